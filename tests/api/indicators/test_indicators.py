"""Indicators over HTTP: numbers lead to records, wrong questions are answered, and nobody learns too much."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.indicators import counting, queries, records
from api.indicators.catalogue import INDICATORS
from api.indicators.definition import Measure
from api.indicators.examples import SERIES, TOTALS
from api.indicators.schemas import Series
from api.indicators.thresholds import meets, threshold_on
from api.indicators.total_schemas import TotalsOut
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.interventions import handed_out, intervention
from tests.make.people import CAST
from tests.make.recognitions import recognise
from tests.make.reviews import counted, household, households
from tests.make.rounds import cases, review, review_round

SignIn = Callable[[str], httpx.Client]
ROOT = "/api/v1/indicators"
TODAY = clock.today()
LAST_YEAR = date(TODAY.year - 1, 12, 31)
HAMLET = "14080-03"


def value(client: httpx.Client, code: str, area: str = HAMLET, **asked: Any) -> dict[str, Any]:
    """The only point of an answer."""
    (point,) = done(client.get(f"{ROOT}/{code}", params={"area": area, **asked}))["points"]
    found: dict[str, Any] = point
    return found


def numerator(client: httpx.Client, code: str, area: str = HAMLET, **asked: Any) -> int:
    return int(value(client, code, area, **asked)["numerator"])


@pytest.fixture
def home(session: Session) -> UUID:
    """A poor household of xóm 3 with three people."""
    made = household(session, HAMLET)
    recognise(session, made, "poor", date(2024, 1, 2))
    people(session, made, 3)
    session.commit()
    return made


# -- the values


def test_without_totals_a_rate_is_unknown_and_says_why(sign_in: SignIn, home: UUID) -> None:
    officer = sign_in("truc-thai")
    before = value(officer, "poverty_rate")
    assert (before["value"], before["numerator"], before["denominator"]) == (None, 1, None)
    assert before["reason"]["vi"]
    given = {"as_of": str(TODAY), "households": 40, "persons": 150, "source": "Công an xã"}
    done(officer.post(f"/api/v1/areas/{area_id(HAMLET)}/statistics", json=given))
    after = value(officer, "poverty_rate")
    assert (after["value"], after["numerator"], after["denominator"], after["reason"]) == (2.5, 1, 40, None)
    whole = value(officer, "poverty_rate", "14080")
    assert (whole["value"], whole["numerator"], whole["denominator"]) == (None, 1, None), "seven hamlets have no totals"
    assert value(officer, "poverty_rate", as_of=str(TODAY - timedelta(days=1)))["value"] is None, "totals of today"


def test_whether_criterion_11_is_met_is_not_known_without_its_threshold(sign_in: SignIn, home: UUID) -> None:
    said = done(sign_in("truc-thai").get(f"{ROOT}/criterion_11_poverty", params={"area": "14080"}))
    assert said["threshold"]["most_percent"] is None
    assert said["threshold"]["reason"]["vi"]
    assert said["points"][0]["meets"] is None


def test_a_threshold_holds_from_its_day() -> None:
    loaded = {"most": [
        {"valid_from": date(2022, 1, 1), "most_percent": 5, "source": "A", "verified": True},
        {"valid_from": date(2024, 1, 1), "most_percent": 3, "source": "B", "verified": False},
    ]}  # fmt: skip
    assert [threshold_on("most", date(y, 6, 1), loaded).most_percent for y in (2021, 2023, 2025)] == [None, 5, 3]
    known = threshold_on("most", date(2025, 6, 1), loaded)
    assert [meets(value, known) for value in (3.0, 3.01, None)] == [True, False, None]


def test_the_change_is_the_rate_less_that_of_the_year_before(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    homes = households(session, 4, HAMLET)
    for home in homes[:3]:
        recognise(session, home, "poor", date(TODAY.year - 1, 3, 1), TODAY if home == homes[0] else None)
    session.execute(text("UPDATE household SET created_at = created_at - interval '700 days'"))
    session.commit()
    for day, all_of_them in ((date(TODAY.year - 1, 1, 1), 100), (TODAY, 80)):
        given = {"as_of": str(day), "households": all_of_them, "persons": 400, "source": "Công an xã"}
        done(officer.post(f"/api/v1/areas/{area_id(HAMLET)}/statistics", json=given))
    assert value(officer, "poverty_rate", as_of=str(LAST_YEAR))["value"] == 3.0
    assert value(officer, "multidimensional_poverty_change")["value"] == round(2 * 100 / 80 - 3.0, 4)


def test_months_and_areas_and_parts(sign_in: SignIn, home: UUID, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    asked = {"area": "14080", "from": "2024-01-15", "to": "2024-05-10"}
    months = done(officer.get(f"{ROOT}/poor_households", params=asked))["points"]
    assert [p["period"] for p in months] == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-10"]
    below = done(officer.get(f"{ROOT}/poor_households", params={"area": "14080", "by": "area"}))["points"]
    assert [(p["area_code"], p["numerator"]) for p in below] == [(f"14080-{n:02d}", n == 3) for n in range(1, 9)]
    parts = done(officer.get(f"{ROOT}/poor_persons", params={"by": "sex"}))["points"]
    assert [(p["by"], p["by_label"]["vi"], p["numerator"]) for p in parts] == [("female", "Nữ", 3)]
    with counted(engine) as one:
        done(officer.get(f"{ROOT}/poor_households", params={"area": HAMLET}))
    with counted(engine) as many:
        done(officer.get(f"{ROOT}/poor_households", params={"area": "14080", "by": "area", "from": "2023-01-01"}))
    assert len(many) <= len(one) + 8, "a query per hamlet or month"


def test_a_hamlet_that_went_to_another_commune_is_told_to_that_one(
    sign_in: SignIn, home: UUID, session: Session
) -> None:
    gone = TODAY - timedelta(days=40)
    moved = {"hamlet": area_id(HAMLET), "old": area_id("14080"), "new": area_id("14071"), "day": gone}
    for table, below, above, depth in (
        ("area_parent", "area_id", "parent_id", ""),
        ("area_closure", "descendant_id", "ancestor_id", ", depth"),
    ):
        old = f"FROM {table} WHERE {below} = :hamlet AND {above} = :old"
        ended = f"UPDATE {table} SET valid_to = cast(:day AS date) - 1 {old.removeprefix(f'FROM {table} ')}"
        session.execute(text(ended), moved)
        columns = f"INSERT INTO {table} ({below}, {above}, valid_from{depth})"
        session.execute(text(f"{columns} SELECT {below}, :new, :day{depth} {old}"), moved)
    session.commit()
    asked = {"by": "area", "from": str(gone - timedelta(days=60))}
    for who, left in (("truc-thai", True), ("truc-dai", False)):
        points = done(sign_in(who).get(f"{ROOT}/poor_households", params=asked))["points"]
        months = {date.fromisoformat(p["period"]) for p in points}
        told = {date.fromisoformat(p["period"]) for p in points if p["area_code"] == HAMLET}
        assert told == {day for day in months if (day < gone) is left}, who
        assert told
        assert told != months


WRONG: list[tuple[str, dict[str, str], int, str]] = [
    ("poverty_rate", {"as_of": "0001-01-01"}, 422, "#query/as_of"),
    ("poverty_rate", {"as_of": "9999-12-31"}, 422, "#query/as_of"),
    ("poverty_rate", {"as_of": "hôm qua"}, 422, "#query/as_of"),
    ("poverty_rate", {"from": "1900-01-01"}, 422, "#query/from"),
    ("poverty_rate", {"from": "2024-05-01", "to": "2024-04-01"}, 422, "#query/to"),
    ("poverty_rate", {"by": "'; DROP"}, 422, "#query/by"),
    ("poverty_rate", {"by": "kind"}, 422, "#query/by"),
    ("poverty_rate", {"area": "x\x00y"}, 422, "#query/area"),
    ("poverty_rate", {"area": "y" * 100}, 422, "#query/area"),
    ("poverty_rate", {"area": "%' OR 1=1"}, 404, ""),
    ("poverty_rate", {"area": "0190a000-0000-7000-8000-00000000dead"}, 404, ""),
    ("poverty_rate", {"area": "14071"}, 404, ""),
    ("poverty_rate", {"known_at": "0001-01-01T00:00:00+14:00"}, 422, "#query/known_at"),
    ("poverty_rate", {"known_at": "2024-01-01T00:00:00"}, 422, "#query/known_at"),
    ("poverty_rate", {"known_at": "9999-12-31T23:59:59-14:00"}, 422, "#query/known_at"),
    ("poverty_rate", {"unheard": "of"}, 422, "#query/unheard"),
    ("no%00thing", {}, 404, ""),
    ("poverty-rate", {}, 404, ""),
    ("poverty_rate/records", {"part": "denominator"}, 422, "#query/part"),
    ("poverty_rate/records", {"part": "all"}, 422, "#query/part"),
    ("poverty_rate/records", {"by": "area"}, 422, "#query/by"),
    ("poverty_rate/records", {"by": "sex", "value": "\x00"}, 422, "#query/value"),
    ("poverty_rate/records", {"value": "male"}, 422, "#query/by"),
    ("poverty_rate/records", {"cursor": "abc"}, 422, ""),
    ("poverty_rate/records", {"limit": "0"}, 422, "#query/limit"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "asked", "status", "pointer"), WRONG, ids=lambda value: str(value)[:30])
def test_a_wrong_question_is_answered_with_the_place(
    sign_in: SignIn, code: str, asked: dict[str, str], status: int, pointer: str
) -> None:
    answer = sign_in("truc-thai").get(f"{ROOT}/{code}", params=asked)
    assert answer.status_code == status, answer.text
    if pointer:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


def test_a_year_of_which_nothing_is_known(sign_in: SignIn, home: UUID) -> None:
    assert value(sign_in("truc-thai"), "multidimensional_poverty_change", "14080", as_of="1900-01-01")["value"] is None
    assert (
        done(
            sign_in("truc-thai").get(
                f"{ROOT}/poverty_rate", params={"area": "14080", "by": "area", "as_of": "1950-01-01"}
            )
        )["points"]
        == []
    )


# -- records


def behind(client: httpx.Client, code: str, **asked: Any) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        params = {"area": "14080", "limit": 2, **asked} | ({"cursor": cursor} if cursor else {})
        page = done(client.get(f"{ROOT}/{code}/records", params=params))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def busy(session: Session, sign_in: SignIn) -> None:
    """Poor and near-poor households in three hamlets, reviewed or not, served or not."""
    round_id = review_round(session)
    under = intervention(session)
    for n, hamlet in enumerate(("14080-01", "14080-02", "14080-03") * 3):
        home = household(session, hamlet)
        who = people(
            session, home, 1 + n % 3, health_insurance=(None, True, False)[n % 3], birth_year=2012 if n % 2 else 1980
        )
        recognise(session, home, ("poor", "near_poor", "not_poor")[n % 3 if n < 8 else 0], date(2024, 1, 2))
        if n % 2:
            cases(session, round_id, [home], hamlet)
            review(session, round_id, home, undetermined=["clean_water"] if n % 4 == 1 else [])
        if n % 3 == 0:
            handed_out(session, under, household_id=home, member_id=who[0])
    session.commit()


def test_the_records_of_each_part_are_as_many_as_it_says(sign_in: SignIn, busy: None) -> None:
    officer = sign_in("truc-thai")
    listed = 0
    for code, one in INDICATORS.items():
        if one.numerator.grain not in ("household", "person"):
            continue
        whole = value(officer, code, "14080")
        numbers = {"numerator": whole["numerator"]}
        if isinstance(one.denominator, Measure):
            numbers |= {"denominator": whole["denominator"], "missing": whole["denominator"] - whole["numerator"]}
        if one.unknown is not None:
            numbers["unknown"] = whole["unknown"]
        for part, number in numbers.items():
            found = behind(officer, code, part=part)
            assert len(found) == number, f"{code} {part}"
            assert len({r["identity"] for r in found}) == number, f"{code} {part}"
            listed += number
    assert listed > 200


def test_the_records_of_a_part_of_a_breakdown(sign_in: SignIn, busy: None) -> None:
    officer = sign_in("truc-thai")
    points = done(officer.get(f"{ROOT}/health_insurance", params={"area": "14080", "by": "age"}))["points"]
    assert len(points) == 2
    for point in points:
        found = behind(officer, "health_insurance", part="denominator", by="age", value=point["by"])
        assert len(found) == point["denominator"]
        assert all(one["full_name"] and one["member_id"] == one["identity"] for one in found)


def test_a_large_area_is_walked_in_portions_and_nobody_is_lost(
    sign_in: SignIn, busy: None, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = sign_in("truc-thai")
    asked = {"part": "denominator", "limit": 100}
    whole = behind(officer, "health_insurance", **asked)
    with counted(app.state.engine) as before:
        assert behind(officer, "health_insurance", **asked) == whole
    monkeypatch.setattr(counting, "AT_ONCE", 1)
    with counted(app.state.engine) as walked:
        assert behind(officer, "health_insurance", **asked) == whole
    assert len(walked) > len(before)
    assert behind(officer, "health_insurance", part="denominator") == whole, "two on a page"
    monkeypatch.setattr(records, "PORTIONS", 1)
    assert behind(officer, "health_insurance", **asked) == whole, "a page for each hamlet, empty or not"


def test_of_an_area_above_the_communes_nothing_is_kept_but_the_counts_below(
    sign_in: SignIn, busy: None, session: Session
) -> None:
    value(sign_in("truc-ninh"), "poor_households", area="363")
    kept = "SELECT a.level, count(*) FROM indicator_count c JOIN area a ON a.id = c.area_id GROUP BY 1"
    levels = dict(map(tuple, session.execute(text(kept)).all()))
    assert set(levels) == {"hamlet", "commune"}


def test_an_earlier_state_of_knowledge_is_counted_in_portions_and_not_for_a_whole_province(
    sign_in: SignIn, busy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = sign_in("truc-thai")
    asked = {"area": "14080", "known_at": clock.now().isoformat()}
    whole = value(officer, "health_insurance", **asked)
    assert whole["denominator"] > 0
    monkeypatch.setattr(counting, "AT_ONCE", 1)
    assert value(officer, "health_insurance", **asked) == whole
    monkeypatch.setattr(queries, "MOST_COMMUNES_KNOWN", 0)
    answer = officer.get(f"{ROOT}/health_insurance", params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#query/known_at")
    monkeypatch.undo()
    monkeypatch.setattr(counting, "AT_ONCE", 1)
    assert value(officer, "health_insurance", area="14080")["denominator"] == whole["denominator"]


def test_reading_records_is_in_the_audit_log(sign_in: SignIn, home: UUID, session: Session) -> None:
    behind(sign_in("truc-thai"), "poor_households")
    found = session.execute(text("SELECT count(*) FROM audit_entry WHERE action = 'indicators.records'")).scalar()
    assert found == 1


def test_who_moved_out_of_the_area_is_counted_and_not_named(sign_in: SignIn, home: UUID, session: Session) -> None:
    officer = sign_in("truc-thai")
    session.execute(text("UPDATE household SET created_at = created_at - interval '90 days'"))
    session.execute(text("UPDATE record_version SET changed_at = changed_at - interval '90 days'"))
    session.commit()
    body = {"hamlet_id": str(area_id("14071-01")), "moved_on": str(TODAY)}
    done(officer.post(f"/api/v1/households/{home}/move", json=body))
    (gone,) = behind(officer, "poor_households", as_of=str(TODAY - timedelta(days=30)))
    assert (gone["identity"], gone["household_id"], gone["head_name"]) == (str(home), None, None)
    assert behind(officer, "poor_households") == []


MAY_LIST = {
    # who, indicator, more of the question -> what is answered
    ("truc-thai", "health_insurance", "ethnicity"): 200, ("truc-ninh", "health_insurance", "ethnicity"): 403,
    ("truc-ninh", "poor_households", "sex"): 200, ("truc-ninh", "poor_households", "disability"): 403,
    ("mat-tran", "poor_households", ""): 200, ("mat-tran", "poor_households", "sex"): 403,
    ("mat-tran", "deprived_nutrition", ""): 403, ("mat-tran", "health_insurance", ""): 403,
    ("mat-tran", "preferential_credit", ""): 403, ("ngan-hang", "multidimensional_poverty_rate", ""): 200,
    ("ngan-hang", "clean_water", ""): 403, ("van-hoa", "poor_households", ""): 403,
    ("tai-chinh", "clean_water", ""): 403, ("tai-chinh", "poor_households", ""): 200,
    ("mat-tran", "average_living_standard_households", ""): 403,
}  # fmt: skip


@pytest.mark.parametrize(("who", "code", "by"), MAY_LIST, ids=" ".join)
def test_a_list_tells_nobody_more_than_they_may_know(sign_in: SignIn, busy: None, who: str, code: str, by: str) -> None:
    asked = {"area": "14080"} | ({"by": by} if by else {})
    answer = sign_in(who).get(f"{ROOT}/{code}/records", params=asked)
    assert answer.status_code == MAY_LIST[who, code, by], answer.text


# -- small counts


@pytest.mark.parametrize("who", ["mat-tran", "ngan-hang", "van-hoa"])
def test_small_numbers_are_not_told_to_those_who_watch(sign_in: SignIn, session: Session, who: str) -> None:
    for hamlet, poor in (("14080-01", 7), ("14080-02", 2), ("14080-03", 9)):
        for home in households(session, poor, hamlet):
            recognise(session, home, "poor", date(2024, 1, 2))
    session.commit()
    asked = {"area": "14080", "by": "area"}
    whole = {
        p["area_code"]: p["numerator"]
        for p in done(sign_in("truc-thai").get(f"{ROOT}/poor_households", params=asked))["points"]
    }
    assert [whole[f"14080-0{n}"] for n in (1, 2, 3, 4)] == [7, 2, 9, 0]
    told = {p["area_code"]: p for p in done(sign_in(who).get(f"{ROOT}/poor_households", params=asked))["points"]}
    assert [told[f"14080-0{n}"]["numerator"] for n in (1, 2, 3, 4)] == [None, None, 9, 0], "nor what gives it away"
    assert [told[f"14080-0{n}"]["suppressed"] for n in (1, 2, 3, 4)] == [True, True, False, False]
    assert [told[f"14080-0{n}"]["value"] for n in (1, 2, 3, 4)] == [None, None, 9, 0]
    shares = done(sign_in(who).get(f"{ROOT}/clean_water", params=asked))["points"]
    assert {p["area_code"] for p in shares if p["denominator"] is None} == {"14080-01", "14080-02"}


def test_of_both_classes_and_each_of_them_two_do_not_tell_the_third(sign_in: SignIn, session: Session) -> None:
    for hamlet, poor, near in (("14080-01", 7, 3), ("14080-02", 8, 6), ("14080-03", 9, 9), ("14080-04", 10, 0)):
        for number, home in enumerate(households(session, poor + near, hamlet)):
            recognise(session, home, "poor" if number < poor else "near_poor", date(2024, 1, 2))
        given = {"as_of": "2024-01-02", "households": 100, "persons": 400, "source": "Công an xã"}
        done(sign_in("truc-thai").post(f"/api/v1/areas/{area_id(hamlet)}/statistics", json=given))
    session.commit()
    codes = ("multidimensional_poverty_rate", "poverty_rate", "near_poverty_rate", "near_poor_households")

    def told(code: str) -> list[int | None]:
        answer = done(sign_in("van-hoa").get(f"{ROOT}/{code}", params={"area": "14080", "by": "area"}))
        return [point["numerator"] for point in answer["points"][:4]]

    assert [told(code) for code in codes] == [
        [10, 14, 18, 10], [None, None, 9, 10], [None, None, 9, 0], [None, None, 9, 0]]  # fmt: skip
    feed = done(sign_in("van-hoa").get("/api/v1/dashboard", params={"area": "14080"}))["by_area"]
    assert [[point["numerator"] for point in line["points"][:4]] for line in feed] == [told(code) for code in codes[:3]]


def test_what_is_small_the_year_before_is_not_told_by_the_change(sign_in: SignIn, session: Session) -> None:
    homes = households(session, 8, HAMLET)
    for n, home in enumerate(homes):
        recognise(session, home, "poor", date(TODAY.year - 1, 3, 1) if n < 2 else date(TODAY.year, 1, 1))
    session.commit()
    given = {"as_of": f"{TODAY.year - 1}-01-01", "households": 100, "persons": 400, "source": "Công an xã"}
    done(sign_in("truc-thai").post(f"/api/v1/areas/{area_id(HAMLET)}/statistics", json=given))
    assert value(sign_in("truc-thai"), "multidimensional_poverty_change")["value"] == 6.0
    told = value(sign_in("mat-tran"), "multidimensional_poverty_change")
    assert (told["value"], told["numerator"], told["suppressed"]) == (None, 8, True)


# -- who may ask


def test_everybody_who_watches_over_the_work_reads_and_nobody_else(sign_in: SignIn) -> None:
    for person in CAST:
        status = sign_in(person.username).get(f"{ROOT}/poor_households").status_code
        assert status == (403 if person.username in ("admin", "he-thong") else 200), person.username


def test_the_published_examples_are_answers_that_could_be_given() -> None:
    Series.model_validate(SERIES)
    TotalsOut.model_validate(TOTALS)
