"""Small counts over HTTP: the bank, the culture board and the Front are not told them, whoever works with people is."""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.areas.tables import area_id
from api.interventions.schemas import Heads
from api.interventions.small_counts import without_small_counts
from api.recognitions.movement_schemas import CountOut, LedgerColumn, MovementsOut, RowOut
from api.recognitions.small_counts import ledger_without_small_counts
from tests.make.answers import done
from tests.make.decisions import decide, people, ready_round
from tests.make.interventions import serving
from tests.make.programme_work import ROOT, enrolled, opened, organisation
from tests.make.recognitions import recognise
from tests.make.reviews import households

SignIn = Callable[[str], httpx.Client]
HAMLET = str(area_id("14080-03"))
WATCHING = ("ngan-hang", "van-hoa", "mat-tran")
WORKING = ("truc-thai", "chu-tich", "xom-3", "truc-ninh", "tai-chinh")


def test_who_takes_part(sign_in: SignIn, session: Session, engine: Any) -> None:
    homes = households(session, 9)
    for place, home in enumerate(homes):
        recognise(session, home, "poor" if place < 3 else "near_poor", date(2023, 12, 12))
        people(session, home)
    session.commit()
    made = str(serving(engine))
    for home in homes:
        session.execute(text(
            "INSERT INTO participant (id, intervention_id, role, household_id, state, joined_on, fields, version,"
            " created_at, updated_at) VALUES (:id, :made, 'household', :home, 'enrolled', '2024-06-01', '{}', 1, now(),"
            " now())"), {"id": uuid4(), "made": made, "home": home},
        )  # fmt: skip
    session.commit()
    for username in WORKING:
        heads = done(sign_in(username).get(f"{ROOT}/{made}"))["heads"]
        assert heads["by_class"] == {"poor": 3, "near_poor": 6, "newly_escaped": 0, "other": 0}, username
        assert heads["suppressed"] is False
    for username in WATCHING:
        heads = done(sign_in(username).get(f"{ROOT}/{made}"))["heads"]
        # 9 households and 6 near-poor ones would tell that 3 are poor
        assert heads["by_class"] == {"poor": None, "near_poor": None, "newly_escaped": 0, "other": 0}, username
        assert (heads["participants"], heads["households"], heads["suppressed"]) == (9, 9, True)


def test_the_groups_of_a_school(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    meals = opened(sign_in, "school_meals", organisation_id=organisation(officer, kind="school"))
    role = done(officer.get("/api/v1/intervention-kinds/school_meals"))["roles"][0]["code"]
    enrolled(officer, meals, {"role": role, "headcount": {"poor": 3, "near_poor": 7, "other": 40}})
    at = f"{ROOT}/{meals['id']}"
    for username in WORKING:
        client = sign_in(username)
        assert done(client.get(at))["heads"]["by_class"]["poor"] == 3
        (group,) = done(client.get(f"{at}/participants"))["items"]
        assert (group["headcount"]["poor"], group["withheld"]) == (3, [])
    for username in WATCHING:
        client = sign_in(username)
        heads = done(client.get(at))["heads"]
        assert (heads["by_class"], heads["in_groups"]) == (
            {"poor": None, "near_poor": None, "newly_escaped": 0, "other": 40}, 50,
        )  # fmt: skip
        # one group and another are the parts of that sum
        (group,) = done(client.get(f"{at}/participants"))["items"]
        assert (group["headcount"], group["withheld"]) == (None, ["headcount"])


@pytest.fixture
def story(session: Session) -> dict[str, Any]:
    """Twelve poor households of xóm 3, of which the round of 2024 finds seven poor and two near-poor; three escape."""
    homes = households(session, 12)
    for home in homes:
        people(session, home, 2)
        recognise(session, home, "poor", date(2022, 12, 12))
    classes = ["poor"] * 7 + ["near_poor"] * 2 + ["not_poor"] * 3
    found = dict(zip(homes, classes, strict=True))
    made = ready_round(session, found)
    session.commit()
    return {"round": str(made), "homes": homes}


def test_movements_and_the_numbers_of_a_decision(sign_in: SignIn, story: dict[str, Any]) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    decision = decide(officer, chair, story["round"], "112/QĐ-UBND", "2024-12-11")
    query = {"round_id": story["round"], "level": "commune"}
    for username in ("truc-thai", "chu-tich", "truc-ninh", "tai-chinh"):
        told = done(sign_in(username).get("/api/v1/movements", params=query))
        row = next(r for r in told["rows"] if r["poverty_class"] == "poor")["households"]
        assert (row["opening"], row["to_other_class"], row["above_line"], row["closing"]) == (12, 2, 3, 7), username
        assert told["suppressed"] is False
    for username in WATCHING:
        told = done(sign_in(username).get("/api/v1/movements", params=query))
        poor, near = (next(r for r in told["rows"] if r["poverty_class"] == c) for c in ("poor", "near_poor"))
        row = poor["households"]
        assert (row["to_other_class"], row["above_line"], row["relapsed"]) == (None, None, 0), username
        # the two that became near-poor stand in the other row too, and people are not told where households are not
        assert (near["households"]["from_other_class"], near["households"]["closing"]) == (None, None)
        assert (poor["persons"]["to_other_class"], poor["persons"]["above_line"]) == (None, None)
        assert told["suppressed"] is True
    path = f"/api/v1/recognition-decisions/{decision}"
    whole = done(officer.get(path))["totals"]
    assert (whole["not_poor"], whole["suppressed"]) == ({"households": 3, "persons": 6}, False)
    for username in ("ngan-hang", "mat-tran"):
        totals = done(sign_in(username).get(path))["totals"]
        assert totals["not_poor"] == {"households": None, "persons": None}, username
        assert set(totals["movements"].values()) == {None}
        assert totals["suppressed"] is True
        listed = done(sign_in(username).get("/api/v1/recognition-decisions"))["items"]
        assert [one["totals"] for one in listed if one["id"] == decision] == [totals]


def test_the_steps_of_a_round(sign_in: SignIn, session: Session, story: dict[str, Any]) -> None:
    session.execute(
        text("UPDATE review_case SET stage = 'posted' WHERE household_id = ANY(:some)"), {"some": story["homes"][:3]}
    )
    session.commit()
    path = f"/api/v1/rounds/{story['round']}/steps"
    whole = done(sign_in("truc-thai").get(path))
    assert ({one["stage"]: one["households"] for one in whole["cases"]}, whole["suppressed"]) == (
        {"posted": 3, "cleared": 9}, False,
    )  # fmt: skip
    seen = done(sign_in("mat-tran").get(path))
    assert ({one["stage"]: one["households"] for one in seen["cases"]}, seen["suppressed"]) == (
        {"posted": None, "cleared": None}, True,
    )  # fmt: skip


def test_the_figures_of_a_report(sign_in: SignIn, session: Session) -> None:
    for place, home in enumerate(households(session, 9)):
        recognise(session, home, "poor" if place < 2 else "near_poor", date(2023, 12, 12))
        people(session, home, 3)
    session.commit()
    front, officer = sign_in("mat-tran"), sign_in("truc-thai")
    opened(sign_in, "production_group", area_id=HAMLET)
    body = {
        "area_id": HAMLET, "author": "front_committee", "period": "year", "period_from": "2024-01-01",
        "period_to": "2024-12-31", "title": "Năm 2024", "content": {"results": "Tốt"},
    }  # fmt: skip
    made = done(front.post("/api/v1/report-submissions", json=body))
    handed_in = done(front.post(f"/api/v1/report-submissions/{made['id']}/submission"))
    read = done(front.get(f"/api/v1/report-submissions/{made['id']}"))
    (listed,) = done(front.get("/api/v1/report-submissions"))["items"]
    for seen in (handed_in, read, listed):
        assert seen["figures"]["poor"] == {"households": None, "persons": None}
        assert seen["figures"]["near_poor"] == {"households": 7, "persons": 21}
        # a group is nobody in particular
        assert list(seen["figures"]["interventions"]["production_group"].values()) == [1]
        assert seen["figures"]["suppressed"] is True
    whole = done(officer.get(f"/api/v1/report-submissions/{made['id']}"))["figures"]
    assert (whole["poor"], whole["suppressed"]) == ({"households": 2, "persons": 6}, False)


def test_what_a_hamlet_promises(sign_in: SignIn, session: Session) -> None:
    (home,) = households(session, 1)
    session.commit()
    plan = done(sign_in("xom-3").post("/api/v1/hamlet-plans", json={
        "hamlet_id": HAMLET, "year": 2024, "summary": "Giảm một hộ",
    }))  # fmt: skip
    opened(sign_in, "escape_registration", household_id=str(home))
    opened(sign_in, "production_group", area_id=HAMLET)

    def promised(username: str) -> dict[str, tuple[list[int | None], bool]]:
        seen = done(sign_in(username).get(f"/api/v1/hamlet-plans/{plan['id']}"))["promises"]
        return {one["kind"]: (list(one["stages"].values()), one["suppressed"]) for one in seen}

    for username in ("truc-thai", "xom-3", "tai-chinh"):
        assert promised(username)["escape_registration"] == ([1], False), username
    for username in WATCHING:
        assert promised(username)["escape_registration"] == ([None], True), username
        assert promised(username)["production_group"] == ([1], False)


def test_a_second_grant_counts_only_where_it_lies(sign_in: SignIn, session: Session, story: dict[str, Any]) -> None:
    """The Front's member surveys xóm 4 besides: that does not open the numbers of the commune."""
    admin = sign_in("admin")
    account = next(one["id"] for one in done(admin.get("/api/v1/users"))["items"] if one["username"] == "mat-tran")
    grant = {"role": "hamlet_surveyor", "area_id": str(area_id("14080-04"))}
    done(admin.post(f"/api/v1/users/{account}/grants", json=grant))
    decide(sign_in("truc-thai"), sign_in("chu-tich"), story["round"], "112/QĐ-UBND", "2024-12-11")
    query = {"round_id": story["round"], "level": "commune"}
    assert done(sign_in("mat-tran").get("/api/v1/movements", params=query))["suppressed"] is True


def heads_of(dice: Random) -> tuple[Heads, int]:
    """A made-up intervention: households and persons by class, groups besides."""
    persons, homes = dice.choice([0, 1, 3, 6, 20]), dice.choice([0, 2, 4, 9, 30])
    left = singles = persons + homes
    by_class = {}
    for one in ("poor", "near_poor", "newly_escaped"):
        by_class[one] = dice.randint(0, left)
        left -= by_class[one]
    by_class["other"] = left
    groups = {one: dice.choice([0, 0, 2, 15]) for one in by_class}
    men = dice.randint(0, persons)
    found = Heads(
        participants=singles, households=homes, organisations=0, persons=persons, in_groups=sum(groups.values()),
        by_class={one: by_class[one] + groups[one] for one in by_class}, by_sex={"male": men, "female": persons - men},
        left=0, suppressed=False,
    )  # fmt: skip
    return found, singles


@pytest.mark.parametrize("seed", range(300))
def test_no_small_head_is_found_by_subtraction(seed: int) -> None:
    heads, singles = heads_of(Random(seed))
    told = without_small_counts(heads, singles, 5)
    small = [name for name in ("households", "persons", "in_groups") if 0 < getattr(heads, name) < 5]
    assert [name for name in small if getattr(told, name) is not None] == []
    for shown, parts in ((told.by_sex, [told.persons]), (told.by_class, [told.participants, told.in_groups])):
        unknown = [one for one, count in shown.items() if count is None]
        assert len(unknown) != 1 or None in parts, (heads, told)
        assert not any(0 < (count or 0) < 5 for count in shown.values())
    # everybody - the groups = the households and persons, and the other way round
    everybody_known = None not in told.by_class.values()
    if everybody_known:
        assert (told.in_groups is None) == (told.participants is None), (heads, told)


def ledger_of(dice: Random) -> MovementsOut:
    areas: list[UUID] = [uuid4() for _ in range(dice.randint(1, 4))]
    names = [column.value for column in LedgerColumn]

    def counts() -> dict[str, int]:
        found = {name: dice.choice([0, 0, 1, 2, 4, 6, 30]) for name in names[1:-1]}
        gone, came = sum(found[n] for n in names[1:4]), sum(found[n] for n in names[4:-1])
        opening = gone + dice.randint(0, 40)
        return {"opening": opening, **found, "closing": opening - gone + came}

    def row(area: UUID, poverty_class: Any, homes: dict[str, int]) -> RowOut:
        persons = {name: 3 * count for name, count in homes.items()}
        return RowOut(
            area_id=area, poverty_class=poverty_class, households=CountOut(**homes), persons=CountOut(**persons)
        )

    by_class = {c: {area: counts() for area in areas} for c in ("poor", "near_poor")}
    rows = [row(area, c, by_class[c][area]) for area in areas for c in by_class]
    sums = {c: {n: sum(one[n] for one in by_class[c].values()) for n in names} for c in by_class}
    return MovementsOut(
        round_id=uuid4(), area_id=uuid4(), level="hamlet", opening_source="standing", opening_round_id=None,
        opening_on=date(2023, 12, 14), closing_source="standing", closing_on=date(2024, 12, 14), rows=rows,
        totals=[row(uuid4(), c, sums[c]) for c in sums], suppressed=False,
    )  # fmt: skip


def equations(told: MovementsOut) -> Iterator[list[int | None]]:
    """The cells of every row, and of every column with its total, of which the last can be computed from the others."""
    for unit in ("households", "persons"):
        for one in (*told.rows, *told.totals):
            yield list(getattr(one, unit).model_dump().values())
        for total in told.totals:
            mine = [row for row in told.rows if row.poverty_class == total.poverty_class]
            for column in LedgerColumn:
                yield [getattr(getattr(one, unit), column.value) for one in (*mine, total)]


@pytest.mark.parametrize("seed", range(100))
def test_no_cell_of_the_ledger_is_found_from_its_row_or_column(seed: int) -> None:
    ledger = ledger_of(Random(seed))
    told = ledger_without_small_counts(ledger, 5)
    for cells in equations(told):
        assert not any(count is not None and 0 < count < 5 for count in cells)
        assert sum(count is None for count in cells) != 1, cells
    for before, after in zip((*ledger.rows, *ledger.totals), (*told.rows, *told.totals), strict=True):
        for column, count in after.households.model_dump().items():
            if count is None and getattr(before.persons, column):
                assert getattr(after.persons, column) is None
