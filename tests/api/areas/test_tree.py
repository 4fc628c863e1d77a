"""The dated tree: loaded from a file, asked for on any day, its closure always what a walk would find."""

import tomllib
from copy import deepcopy
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from api.areas import queries
from api.areas.commands import load_areas
from api.areas.schemas import AreaNode
from api.areas.tables import Area, AreaClosure, AreaParent, Level, LocalKind, area_id
from api.audit import AuditEntry
from api.problems import Invalid
from tests.api.areas.random_trees import Unit, chain, day_of, store, trees

FILE: dict[str, Any] = tomllib.loads(files("api.areas").joinpath("data/truc-ninh.toml").read_text(encoding="utf-8"))


def flat(node: AreaNode) -> list[str]:
    return [node.code, *(code for child in node.children for code in flat(child))]


def test_the_demo_tree_hangs_together(session: Session) -> None:
    (province,) = queries.tree(session, date(2024, 12, 31)).items
    assert province.full_name == "tỉnh Nam Định"
    (district,) = province.children
    assert [c.full_name for c in district.children] == ["xã Trực Đại", "xã Trực Thái", "xã Trực Thắng"]
    assert flat(district.children[1]) == ["14080", *(f"14080-{n:02d}" for n in range(1, 9))]


def test_before_the_first_day_there_is_nothing(session: Session) -> None:
    assert queries.tree(session, date(2004, 7, 7)).items == []


def test_a_hamlet_is_as_rural_as_its_commune_and_lies_in_its_region(session: Session) -> None:
    hamlet = session.get_one(Area, area_id("14080-03"))
    assert (hamlet.name, hamlet.area_type, hamlet.region) == ("Xóm 3", "rural", "red_river_delta")


def test_the_same_file_twice_changes_nothing(session: Session) -> None:
    audited = session.scalar(select(func.count()).select_from(AuditEntry))
    assert load_areas(session, FILE) == 0
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == audited


def test_a_longer_file_adds_what_is_new_and_leaves_what_was_renamed(session: Session) -> None:
    session.get_one(Area, area_id("14080-01")).name = "Xóm Đông"
    session.flush()
    longer = deepcopy(FILE)
    longer["hamlets"][0]["count"] = 9
    assert load_areas(session, longer) == 1
    assert session.get_one(Area, area_id("14080-01")).name == "Xóm Đông"
    assert "14080-09" in flat(queries.tree(session, date(2024, 12, 31)).items[0])


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"level": "xa"}, "#/area/2/level"),
        ({"surprise": 1}, "#/area/2/surprise"),
        ({"code": "1407"}, "#/area/2/code"),
        ({"valid_from": date(1800, 1, 1)}, "#/area/2/valid_from"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(session: Session, change: dict[str, Any], pointer: str) -> None:
    wrong = deepcopy(FILE)
    wrong["area"][2] |= change
    with pytest.raises(Invalid) as refused:
        load_areas(session, wrong)
    assert refused.value.errors[0].pointer == pointer


@pytest.mark.parametrize("parent", ["99999", "14080"])
def test_a_parent_that_is_not_there_or_not_above_is_refused(session: Session, parent: str) -> None:
    unit = {"code": "14099", "level": "commune", "local_kind": "xa", "name": "Lạ", "valid_from": date(2024, 1, 1)}
    with pytest.raises(Invalid, match=parent):
        load_areas(session, {"source": "thử", "area": [unit | {"parent": parent}]})


def test_the_tree_costs_one_statement_however_large(engine: Engine, session: Session) -> None:
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    queries.tree(session, date(2024, 12, 31))
    small = len(counted)
    longer = deepcopy(FILE)
    longer["hamlets"][0]["count"] = 99
    load_areas(session, longer)
    counted.clear()
    assert len(flat(queries.tree(session, date(2024, 12, 31)).items[0])) > 100
    assert len(counted) == small == 1


def test_loading_costs_the_same_statements_for_one_unit_and_for_a_hundred(engine: Engine, session: Session) -> None:
    counted: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    costs = []
    for count in (9, 99):
        counted.clear()
        longer = deepcopy(FILE)
        longer["hamlets"][0]["count"] = count
        assert load_areas(session, longer) == (1 if count == 9 else 90)
        costs.append(len(counted))
    assert costs[0] == costs[1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=trees())
def test_the_closure_is_what_a_walk_finds_on_every_day(engine: Engine, units: list[Unit]) -> None:
    with Session(engine) as session:
        ids = store(session, units)
        index = {area: number for number, area in enumerate(ids)}
        stored = session.execute(select(AreaClosure).where(col(AreaClosure.descendant_id).in_(ids))).scalars().all()
        for day in range(-1, 60):
            on_day = {
                (index[pair.ancestor_id], index[pair.descendant_id], pair.depth)
                for pair in stored
                if pair.valid_from <= day_of(day) and (pair.valid_to is None or pair.valid_to >= day_of(day))
            }
            walked = {
                (ancestor, number, depth)
                for number in range(len(units))
                for depth, ancestor in enumerate(chain(units, number, day))
            }
            assert on_day == walked, f"day {day}"
        session.rollback()


def _area(code: str, first: date, last: date | None = None, level: Level = Level.commune) -> Area:
    return Area(
        id=area_id(code, first),
        code=code,
        level=level,
        name="Lạ",
        name_folded="la",
        name_toned="la",
        local_kind=LocalKind.xa,
        valid_from=first,
        valid_to=last,
        source="thử",
    )


def test_two_living_units_of_a_level_never_share_a_code(session: Session) -> None:
    session.add(_area("14080", date(2024, 1, 1)))
    with pytest.raises(IntegrityError, match="ex_area_code_days"):
        session.flush()


def test_a_code_may_be_used_again_from_the_day_after(session: Session) -> None:
    session.add_all(
        [_area("14999", date(2020, 1, 1), date(2020, 1, 31)), _area("14999", date(2020, 2, 1), date(2020, 2, 2))]
    )
    session.flush()
    session.add(_area("14999", date(2020, 2, 2)))
    with pytest.raises(IntegrityError, match="ex_area_code_days"):
        session.flush()


def test_an_area_never_has_two_parents_on_one_day(session: Session) -> None:
    session.add(
        AreaParent(area_id=area_id("14080-01"), parent_id=area_id("14071"), valid_from=date(2024, 1, 1), valid_to=None)
    )
    with pytest.raises(IntegrityError, match="ex_area_parent_days"):
        session.flush()


def test_an_area_does_not_end_before_it_begins(session: Session) -> None:
    session.add(_area("14999", date(2024, 1, 2), date(2024, 1, 1)))
    with pytest.raises(IntegrityError, match="dates_in_order"):
        session.flush()
