"""1 July 2025: three communes become one, the district goes, the province is new. Nobody loses a hamlet by it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, and_, inspect, select, text
from sqlmodel import Session, col
from typer.testing import CliRunner, Result

from api import areas_cli, clock
from api.accounts.permissions import Role
from api.accounts.tables import Account, AccountGrant, Device
from api.area_change import Plan, apply_change, planned
from api.areas import law, queries
from api.areas.commands import load_areas, rebuild_closure
from api.areas.documents import ChangeDocument, Rehung, UpperLevel
from api.areas.schemas import AreaNode
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, AreaClosure, AreaParent, AreaSuccession, Level, area_id
from api.audit import AuditEntry, SystemActor
from api.config import settings
from api.households.tables import Household, Residence
from api.problems import Conflict, Invalid, NotFound
from tests.api.areas.test_tree import FILE
from tests.conftest import SignIn
from tests.make.households import post_household
from tests.make.people import CAST, account_id

NAME = "2025-07-01-minh-thai"
DAY = date(2025, 7, 1)
EVE = date(2025, 6, 30)
MINH_THAI = area_id("14071", DAY)
NINH_BINH = area_id("37", DAY)
ACTOR = SystemActor("<thử>")


@pytest.fixture
def change() -> ChangeDocument:
    return law.change_called(NAME)


def outline(node: AreaNode) -> dict[str, Any]:
    return {node.full_name: [outline(child) for child in node.children if child.level is not Level.hamlet]}


def rows_of_everything(engine: Engine) -> dict[str, str]:
    """One hash per table over all of its rows."""
    with engine.connect() as connection:
        return {
            name: connection.execute(
                text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" AS t")
            ).scalar_one()
            for name in inspect(engine).get_table_names()
        }


def hamlets_of(session: Session, username: str, day: date) -> set[str]:
    """What somebody's grants of a day reach on that day."""
    held = select(col(AccountGrant.area_id)).where(
        col(AccountGrant.account_id) == account_id(username), valid_on(AccountGrant, day)
    )
    scope = Scope(frozenset(session.execute(held).scalars()), day)
    covered = select(col(Area.code)).where(scope.covers(col(Area.id)), col(Area.level) == Level.hamlet)
    return set(session.execute(covered).scalars())


def household(session: Session, hamlet: str, **fields: Any) -> UUID:
    now = clock.now()
    row = Household(
        id=uuid4(),
        hamlet_id=area_id(hamlet),
        residence=Residence.permanent,
        version=1,
        created_at=now,
        updated_at=now,
        **fields,
    )
    session.add(row)
    session.flush()
    return row.id


def grant(session: Session, username: str, role: Role, area: UUID, first: date, last: date | None = None) -> UUID:
    row = AccountGrant(
        id=uuid4(),
        account_id=account_id(username),
        role=role,
        area_id=area,
        valid_from=first,
        valid_to=last,
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row.id


def fields_of(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in type(row).model_fields}


def followed(session: Session, grant_id: UUID) -> list[AccountGrant]:
    found = select(AccountGrant).where(col(AccountGrant.followed_from) == grant_id)
    return list(session.execute(found.order_by(col(AccountGrant.area_id))).scalars())


_COMMUNES: list[Any] = [{"xã Trực Đại": []}, {"xã Trực Thái": []}, {"xã Trực Thắng": []}]
BEFORE: list[Any] = [{"tỉnh Nam Định": [{"huyện Trực Ninh": _COMMUNES}]}]
AFTER: list[Any] = [{"tỉnh Ninh Bình": [{"xã Minh Thái": []}]}]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2024, 12, 31), BEFORE), (EVE, BEFORE), (DAY, AFTER), (clock.today(), AFTER)],
    ids=["2024", "the-eve", "the-day", "today"],
)
def test_the_tree_of_every_day(session: Session, change: ChangeDocument, day: date, expected: list[Any]) -> None:
    apply_change(session, ACTOR, change)
    assert [outline(top) for top in queries.tree(session, day).items] == expected


def test_all_ten_hamlets_keep_their_ids_and_hang_under_minh_thai(session: Session, change: ChangeDocument) -> None:
    before = {row.id for row in session.execute(select(Area).where(col(Area.level) == Level.hamlet)).scalars()}
    apply_change(session, ACTOR, change)
    (province,) = queries.tree(session, DAY).items
    assert {hamlet.id for hamlet in province.children[0].children} == before
    assert len(before) == 10


def test_one_code_is_two_units_on_different_days(session: Session, change: ChangeDocument) -> None:
    apply_change(session, ACTOR, change)
    held = session.execute(select(Area).where(col(Area.code) == "14071").order_by(col(Area.valid_from))).scalars().all()
    assert [(a.name, a.valid_from, a.valid_to) for a in held] == [
        ("Trực Đại", date(2004, 7, 8), EVE),
        ("Minh Thái", DAY, None),
    ]
    assert held[0].id != held[1].id


def test_succession_tells_what_became_of_each_with_its_source(session: Session, change: ChangeDocument) -> None:
    apply_change(session, ACTOR, change)
    rows = session.execute(select(AreaSuccession).where(col(AreaSuccession.on_day) == DAY)).scalars()
    assert {(r.predecessor_id, r.successor_id, r.kind) for r in rows} == {
        (area_id("36"), NINH_BINH, "merged_into"),
        (area_id("363"), MINH_THAI, "abolished"),
        *((area_id(code), MINH_THAI, "merged_into") for code in ("14071", "14080", "14086")),
    }
    detail = queries.area(session, MINH_THAI)
    assert [p.area.full_name for p in detail.predecessors if p.kind == "merged_into"] == [
        "xã Trực Đại",
        "xã Trực Thái",
        "xã Trực Thắng",
    ]
    assert all("1674" in p.source for p in detail.predecessors if p.kind == "merged_into")
    gone = queries.area(session, area_id("14080"))
    assert gone.as_of == EVE
    assert [s.area.id for s in gone.successors] == [MINH_THAI]
    assert [a.full_name for a in gone.ancestors] == ["huyện Trực Ninh", "tỉnh Nam Định"]


def test_looking_writes_nothing_even_where_the_database_would_refuse(engine: Engine, change: ChangeDocument) -> None:
    before = rows_of_everything(engine)
    with Session(engine) as session, session.begin():
        session.execute(text("SET TRANSACTION READ ONLY"))
        assert planned(session, change).obstacles == []
    assert rows_of_everything(engine) == before


def test_applied_twice_it_is_applied_once(engine: Engine, change: ChangeDocument) -> None:
    with Session(engine) as session, session.begin():
        assert isinstance(apply_change(session, ACTOR, change), Plan)
    once = rows_of_everything(engine)
    with Session(engine) as session, session.begin():
        assert apply_change(session, ACTOR, change) is None
    assert rows_of_everything(engine) == once


def test_the_plan_says_what_then_happens(session: Session, change: ChangeDocument) -> None:
    household(session, "14080-01")
    household(session, "14080-01")
    session.add(Device(id=uuid4(), account_id=account_id("xom-1"), name="Máy 1", enrolled_at=clock.now(), last_seq=0))
    session.flush()
    plan = planned(session, change)
    first = next(at for at in plan.hamlets if at.hamlet.code == "14080-01")
    assert (first.origin.name, first.target.name, first.households, first.tablets) == ("Trực Thái", "Minh Thái", 2, 1)
    told = {(f.username, f.target.id if f.target else None) for f in plan.grants}
    apply_change(session, ACTOR, change)
    new = select(col(Account.username), col(AccountGrant.area_id)).join(
        AccountGrant, col(AccountGrant.account_id) == col(Account.id)
    )
    now = {tuple(row) for row in session.execute(new.where(col(AccountGrant.followed_from).is_not(None)))}
    assert now == told


@pytest.mark.parametrize("username", [person.username for person in CAST])
def test_nobody_loses_a_hamlet_on_any_day(session: Session, change: ChangeDocument, username: str) -> None:
    before = hamlets_of(session, username, clock.today())
    assert before
    apply_change(session, ACTOR, change)
    for day in (date(2024, 12, 31), EVE, DAY, clock.today()):
        assert before <= hamlets_of(session, username, day), day


@pytest.mark.parametrize("username", ["truc-ninh", "ngan-hang", "admin", "he-thong", "xom-1", "xom-td-1"])
def test_who_stands_above_a_commune_or_in_a_hamlet_reaches_no_more(
    session: Session, change: ChangeDocument, username: str
) -> None:
    before = hamlets_of(session, username, EVE)
    apply_change(session, ACTOR, change)
    assert hamlets_of(session, username, clock.today()) == before


def test_a_surveyors_grant_is_not_touched(session: Session, change: ChangeDocument) -> None:
    held = select(AccountGrant).where(col(AccountGrant.account_id) == account_id("xom-1"))
    before = fields_of(session.execute(held).scalar_one())
    apply_change(session, ACTOR, change)
    session.expire_all()
    assert fields_of(session.execute(held).scalar_one()) == before


def test_an_officer_is_signed_in_over_the_change(session: Session, change: ChangeDocument, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    apply_change(session, ACTOR, change)
    session.commit()
    # the same session, the same token: rights are read at every request
    url = f"/api/v1/areas/{area_id('14071-01')}/statistics"
    said = {"as_of": "2025-08-01", "households": 3, "persons": 9, "source": "Công an xã"}
    assert officer.post(url, json=said).status_code == 201


def test_a_hamlets_tablet_goes_on_where_it_was(session: Session, change: ChangeDocument, sign_in: SignIn) -> None:
    """No resync, and nothing missed: what is written after the change arrives after the same cursor."""
    surveyor, officer, pull = sign_in("xom-1"), sign_in("truc-thai"), "/sync/v1/changes"
    first = post_household(officer)
    read = surveyor.get(pull).json()
    assert [c["id"] for c in read["changes"]] == [first["id"]]
    theirs = officer.get(pull).json()["cursor"]
    apply_change(session, ACTOR, change)
    session.commit()
    second = post_household(surveyor)
    again = surveyor.get(pull, params={"cursor": read["cursor"]})
    assert (again.status_code, [c["id"] for c in again.json()["changes"]]) == (200, [second["id"]])
    # the commune is another one: its officer's tablet starts again, and finds both
    assert officer.get(pull, params={"cursor": theirs}).status_code == 410
    assert {c["id"] for c in officer.get(pull).json()["changes"]} == {first["id"], second["id"]}


def test_no_household_is_orphaned(session: Session, change: ChangeDocument) -> None:
    ids = {household(session, hamlet) for hamlet in ("14080-01", "14080-08", "14071-02")}
    apply_change(session, ACTOR, change)
    scope = Scope.of([MINH_THAI])
    found = select(col(Household.id)).where(scope.covers(col(Household.hamlet_id)))
    assert set(session.execute(found).scalars()) == ids


def test_what_a_commune_published_is_read_in_the_commune_it_became(session: Session, change: ChangeDocument) -> None:
    apply_change(session, ACTOR, change)
    touches = Scope.of([area_id("14080-01")]).touches(col(Area.id))
    assert area_id("14080") in session.execute(select(col(Area.id)).where(touches)).scalars().all()


def test_a_grant_with_an_end_follows_until_that_end(session: Session, change: ChangeDocument) -> None:
    held = grant(session, "van-hoa", Role.culture_officer, area_id("14086"), date(2024, 1, 1), date(2025, 12, 31))
    over = grant(session, "van-hoa", Role.culture_officer, area_id("14086"), date(2023, 1, 1), date(2025, 6, 30))
    apply_change(session, ACTOR, change)
    session.expire_all()
    assert [(g.valid_from, g.valid_to) for g in followed(session, held)] == [(DAY, date(2025, 12, 31))]
    assert followed(session, over) == []
    assert session.get_one(AccountGrant, held).valid_to == EVE


def test_a_grant_given_after_the_day_follows_from_its_own_first_day(session: Session, change: ChangeDocument) -> None:
    late = date(2026, 1, 5)
    held = grant(session, "van-hoa", Role.culture_officer, area_id("14086"), late)
    apply_change(session, ACTOR, change)
    session.expire_all()
    assert session.get_one(AccountGrant, held).valid_to == late
    assert [(g.area_id, g.valid_from, g.valid_to) for g in followed(session, held)] == [(MINH_THAI, late, None)]


def test_an_officer_of_two_communes_gets_one_grant_on_the_one_they_become(
    session: Session, change: ChangeDocument
) -> None:
    grant(session, "chu-tich", Role.commune_chair, area_id("14086"), date(2024, 1, 1))
    apply_change(session, ACTOR, change)
    held = select(AccountGrant).where(
        col(AccountGrant.account_id) == account_id("chu-tich"), valid_on(AccountGrant, clock.today())
    )
    assert [g.area_id for g in session.execute(held).scalars()] == [MINH_THAI]


def test_a_hamlet_added_after_the_day_comes_along(session: Session, change: ChangeDocument) -> None:
    late = area_id("14080-09")
    fields = fields_of(session.get_one(Area, area_id("14080-08"))) | {"name": "Xóm 9"}
    session.add(Area(**(fields | {"id": late, "code": "14080-09", "valid_from": date(2026, 2, 1)})))
    session.flush()
    session.add(AreaParent(area_id=late, parent_id=area_id("14080"), valid_from=date(2026, 2, 1), valid_to=None))
    rebuild_closure(session)
    apply_change(session, ACTOR, change)
    assert [a.id for a in queries.area(session, late).ancestors] == [MINH_THAI, NINH_BINH]


@pytest.mark.parametrize(
    ("upper", "area"), [(UpperLevel.province, [NINH_BINH]), (UpperLevel.none, []), (UpperLevel.commune, [MINH_THAI])]
)
def test_the_file_says_where_district_officers_go(
    session: Session, change: ChangeDocument, upper: UpperLevel, area: list[UUID]
) -> None:
    apply_change(session, ACTOR, change.model_copy(update={"upper_level": upper}))
    held = select(col(AccountGrant.area_id)).where(
        col(AccountGrant.account_id) == account_id("truc-ninh"), valid_on(AccountGrant, clock.today())
    )
    assert list(session.execute(held).scalars()) == area
    bank = held.where(col(AccountGrant.account_id) == account_id("ngan-hang"))
    assert hamlets_of(session, "ngan-hang", clock.today()), bank


def test_a_commune_that_the_file_forgets_stops_it(engine: Engine, change: ChangeDocument) -> None:
    short = change.model_copy(update={"ends": tuple(e for e in change.ends if e.code != "14086")})
    before = rows_of_everything(engine)
    with Session(engine) as session, pytest.raises(Conflict, match="14086"), session.begin():
        apply_change(session, ACTOR, short)
    assert rows_of_everything(engine) == before


def test_a_commune_does_not_silently_follow_the_districts_duties(session: Session, change: ChangeDocument) -> None:
    ends = [e for e in change.ends if e.code != "14086"]
    ends = [e.model_copy(update={"into": "37"}) if e.code == "363" else e for e in ends]
    with pytest.raises(Conflict, match="14086"):
        apply_change(session, ACTOR, change.model_copy(update={"ends": tuple(ends)}))


def test_a_register_without_one_of_the_communes_is_told_so(session: Session, change: ChangeDocument) -> None:
    session.get_one(Area, area_id("14086")).valid_to = date(2020, 1, 1)
    session.flush()
    with pytest.raises(Conflict, match="14086"):
        apply_change(session, ACTOR, change)


def test_households_in_a_hamlet_that_would_end_stop_it(session: Session, change: ChangeDocument) -> None:
    household(session, "14080-08")
    ends = (
        *change.ends,
        change.ends[-1].model_copy(update={"code": "14080-08", "level": Level.hamlet, "into": "14080-07"}),
    )
    with pytest.raises(Conflict, match="households would have no hamlet"):
        apply_change(session, ACTOR, change.model_copy(update={"ends": ends}))


def test_a_merger_over_the_district_border_is_not_applied_behind_a_district_officers_back(
    session: Session, change: ChangeDocument
) -> None:
    other = fields_of(session.get_one(Area, area_id("363"))) | {"id": uuid4(), "code": "364", "name": "Nam Trực"}
    session.add(Area(**other))
    session.flush()
    link = session.execute(select(AreaParent).where(col(AreaParent.area_id) == area_id("14071"))).scalar_one()
    link.parent_id = other["id"]
    session.add(AreaParent(area_id=other["id"], parent_id=area_id("36"), valid_from=other["valid_from"], valid_to=None))
    ends = (*change.ends, change.ends[3].model_copy(update={"code": "364"}))
    rebuild_closure(session)
    with pytest.raises(Conflict, match=r"truc-ninh .* would reach more"):
        apply_change(session, ACTOR, change.model_copy(update={"ends": ends}))


def test_a_hamlet_that_goes_to_another_commune_is_not_taken_from_its_officer_unsaid(
    session: Session, change: ChangeDocument
) -> None:
    other = fields_of(session.get_one(Area, area_id("14080"))) | {"id": uuid4(), "code": "14099", "name": "Cát Thành"}
    session.add(Area(**other))
    session.flush()
    session.add(
        AreaParent(area_id=other["id"], parent_id=area_id("363"), valid_from=other["valid_from"], valid_to=None)
    )
    rebuild_closure(session)
    moves = (Rehung(code="14099", parent="37"), Rehung(code="14080-08", parent="14099"))
    moved = change.model_copy(update={"moves": moves})
    plan = planned(session, moved)
    assert {at.target.name for at in plan.hamlets if at.hamlet.code == "14080-08"} == {"Cát Thành"}
    with pytest.raises(Conflict, match=r"truc-thai .* would lose hamlets"):
        apply_change(session, ACTOR, moved)
    held = select(AccountGrant).where(col(AccountGrant.area_id) == area_id("14080"))
    for old in session.execute(held).scalars():
        old.valid_to = EVE
    session.flush()
    apply_change(session, ACTOR, moved)
    assert [a.name for a in session.execute(_above("14080-08")).scalars()] == ["Cát Thành", "Ninh Bình"]
    # the district officer follows to both communes that come out of the district
    assert len(hamlets_of(session, "truc-ninh", DAY)) == 10


def _above(code: str) -> Any:
    pair = and_(col(AreaClosure.ancestor_id) == col(Area.id), valid_on(AreaClosure, DAY), col(AreaClosure.depth) > 0)
    hamlet = col(AreaClosure.descendant_id) == area_id(code)
    return select(Area).join(AreaClosure, pair).where(hamlet).order_by(col(AreaClosure.depth))


def test_it_is_in_the_audit_log_with_all_grants(session: Session, change: ChangeDocument) -> None:
    apply_change(session, ACTOR, change)
    said = session.execute(select(AuditEntry).where(col(AuditEntry.actor) == "<thử>")).scalars().all()
    assert {entry.action for entry in said} == {"areas.apply", "grants.follow_areas"}
    assert len(next(e for e in said if e.action == "grants.follow_areas").detail["grants"]) == 10


def test_an_unknown_change_is_not_found() -> None:
    with pytest.raises(NotFound, match="minh-thai"):
        law.change_called("../../etc/passwd")


@pytest.fixture
def areas(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`giamngheo areas …` on this test's database."""
    for name, value in (("DATABASE_URL", database_url), ("GIAMNGHEO_HOME", str(tmp_path)), ("COLUMNS", "200")):
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield lambda *arguments: CliRunner().invoke(areas_cli.app, arguments)
    settings.cache_clear()


def test_the_command_shows_then_applies_then_says_so(engine: Engine, areas: Callable[..., Result]) -> None:
    before = rows_of_everything(engine)
    shown = areas("apply", NAME, "--dry-run")
    assert shown.exit_code == 0, shown.output
    for word in ("xã Minh Thái", "14080-08", "truc-ninh", "huyện Trực Ninh", "tỉnh Ninh Bình", "chưa ghi gì"):
        assert word in shown.stdout
    assert rows_of_everything(engine) == before
    assert "chưa áp dụng" in areas("changes").stdout
    assert "Đã áp dụng" in areas("apply", NAME).stdout
    assert "đã áp dụng" in areas("apply", NAME).stdout
    assert "đã áp dụng" in areas("changes").stdout
    assert "xã Minh Thái" in areas("tree").stdout
    assert "xã Minh Thái" not in areas("tree", "--as-of", "2025-06-30").stdout


def test_a_dry_run_could_not_write_if_it_tried(
    engine: Engine, areas: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(session: Session, change: ChangeDocument) -> Plan:
        session.execute(text("UPDATE area SET name = 'x'"))
        return planned(session, change)

    monkeypatch.setattr(areas_cli, "planned", faulty)
    before = rows_of_everything(engine)
    assert areas("apply", NAME, "--dry-run").exit_code != 0
    assert rows_of_everything(engine) == before


def test_the_command_loads_a_file_once(areas: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "units.toml"
    file.write_text(
        'source = "thử"\n[[hamlets]]\nparent = "14086"\ncount = 3\nlocal_kind = "xom"\nvalid_from = 2004-07-08\n',
        encoding="utf-8",
    )
    assert "Thêm 3 đơn vị" in areas("load", str(file)).stdout
    assert "Không có gì mới" in areas("load", str(file)).stdout
    file.write_text(
        'source = "thử"\n[[area]]\ncode = "363"\nreuses_code = true\nlevel = "district"\nlocal_kind = "huyen"\n'
        'name = "Khác"\nparent = "36"\nvalid_from = 2020-01-01\n',
        encoding="utf-8",
    )
    taken = areas("load", str(file))
    assert (taken.exit_code, "Mã đơn vị này đang được dùng" in taken.output) == (1, True)
    file.write_text("source = ", encoding="utf-8")
    assert areas("load", str(file)).exit_code == 2
    file.write_text('source = "thử"\nareas = 1\n', encoding="utf-8")
    refused = areas("load", str(file))
    assert (refused.exit_code, "#/areas" in refused.output) == (1, True)


def test_an_older_file_cannot_hang_a_hamlet_under_a_commune_that_is_gone(
    session: Session, change: ChangeDocument
) -> None:
    apply_change(session, ACTOR, change)
    older = deepcopy(FILE)
    assert load_areas(session, older) == 0
    older["hamlets"][0]["count"] = 9
    with pytest.raises(Invalid, match="14080"):
        load_areas(session, older)


def test_an_unknown_name_lists_the_known_ones(areas: Callable[..., Result]) -> None:
    refused = areas("apply", "khong-co")
    assert (refused.exit_code, NAME in refused.output) == (1, True)
