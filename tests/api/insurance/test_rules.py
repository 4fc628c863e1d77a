"""What a list says, by the pure rules: whatever happens from month to month, the sums add up."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.insurance.law import law
from api.insurance.rules import Frame, Line, Person, Returned, Told, draw_up, impossible, starts_on
from api.insurance.schemas import InsuranceLineOut
from api.insurance.tables import InsuranceReason
from api.programmes.catalogue import catalogue

NOBODY = UUID(int=0)
IDS = [uuid5(NOBODY, str(n)) for n in range(6)]
FIRST = date(2024, 1, 31)
MAY = Frame(date(2024, 5, 1), date(2024, 5, 31), date(2024, 4, 30))
SINCE = date(2023, 12, 11)


def person(**fields: object) -> Person:
    given = {"member_id": IDS[0], "household_id": NOBODY, "lives_here": True, "poverty_class": "poor",
             "class_since": SINCE}  # fmt: skip
    return Person(**(given | fields))  # type: ignore[arg-type]


def one_line(who: Person, told: Told | None = None, frame: Frame = MAY, back: Returned | None = None) -> Line | None:
    found = draw_up([who], {IDS[0]: told} if told else {}, {IDS[0]: back} if back else {}, law(), frame)
    assert len(found) <= 1
    return found[0] if found else None


ON = Told(True, "health_insurance_poor", "HN", "newly_recognised")
OFF = Told(False, "health_insurance_poor", "HN", "escaped")


@pytest.mark.parametrize(
    ("who", "told", "change", "reason", "valid_from"),
    [
        (person(class_since=date(2024, 5, 20)), None, "increase", "newly_recognised", date(2024, 5, 20)),
        # decided on the day of the list before: that one did not know; a day later: new
        (person(class_since=date(2024, 4, 30)), None, "increase", "moved_in", date(2024, 5, 1)),
        (person(class_since=date(2024, 5, 1)), None, "increase", "newly_recognised", date(2024, 5, 1)),
        (person(birth_date=date(2024, 5, 3)), None, "increase", "born", date(2024, 5, 3)),
        (person(birth_date=date(2024, 4, 30)), None, "increase", "moved_in", date(2024, 5, 1)),
        # recognised after the birth: the whole household is new
        (person(birth_date=date(2024, 5, 3), class_since=date(2024, 5, 20)), None, "increase", "newly_recognised",
         date(2024, 5, 20)),
        (person(came_on=date(2024, 5, 7)), None, "increase", "moved_in", date(2024, 5, 1)),
        (person(came_on=date(2024, 5, 7), class_since=date(2024, 5, 20)), None, "increase", "newly_recognised",
         date(2024, 5, 20)),
        (person(came_on=date(2024, 5, 7)), OFF, "increase", "moved_in", date(2024, 5, 1)),
        (person(), replace(OFF, reason="other_group"), "increase", "other_group", date(2024, 5, 1)),
        (person(left_on=date(2024, 5, 9), left_reason="died", lives_here=False), ON, "decrease", "died",
         date(2024, 6, 1)),
        (person(left_on=date(2024, 5, 9), left_reason="married", lives_here=False), ON, "decrease", "moved_out",
         date(2024, 6, 1)),
        (person(left_on=date(2024, 5, 9), left_reason="error", lives_here=False), ON, "decrease", "correction",
         date(2024, 5, 1)),
        (person(lives_here=False), ON, "decrease", "moved_out", date(2024, 6, 1)),
        (person(poverty_class="not_poor", class_since=date(2024, 5, 20)), ON, "decrease", "escaped", date(2024, 6, 1)),
        (person(poverty_class=None, class_since=None), ON, "decrease", "escaped", date(2024, 6, 1)),
        (person(pension=True), ON, "decrease", "other_group", date(2024, 5, 1)),
        (person(merit_person=True), ON, "decrease", "other_group", date(2024, 5, 1)),
    ],
)  # fmt: skip
def test_why_and_from_when(who: Person, told: Told | None, change: str, reason: str, valid_from: date) -> None:
    found = one_line(who, told)
    assert found is not None
    assert (found.change, found.reason, found.valid_from) == (change, reason, valid_from)
    assert (found.policy, found.group_code) == ("health_insurance_poor", "HN")


@pytest.mark.parametrize("who", [person(pension=True), person(merit_person=True), person(lives_here=False),
                                 person(poverty_class="not_poor"), person(poverty_class=None)])  # fmt: skip
def test_of_whom_nothing_is_told(who: Person) -> None:
    assert one_line(who) is None
    assert one_line(who, OFF) is None


def test_who_is_on_and_entitled_stands_on_no_list() -> None:
    assert one_line(person(), ON) is None


@pytest.mark.parametrize(
    ("fields", "policy", "code"),
    [
        ({"poverty_class": "poor"}, "health_insurance_poor", "HN"),
        ({"poverty_class": "near_poor"}, "health_insurance_near_poor", "CN"),
        ({"poverty_class": "not_poor", "average_since": SINCE}, "health_insurance_average", "GB"),
        # the better group counts where two could
        ({"poverty_class": "poor", "average_since": SINCE}, "health_insurance_poor", "HN"),
    ],
)
def test_the_group_is_the_first_whose_policy_holds(fields: dict[str, object], policy: str, code: str) -> None:
    found = one_line(person(**fields))
    assert found is not None
    assert (found.policy, found.group_code) == (policy, code)


def test_another_group_is_a_decrease_and_then_an_increase() -> None:
    found = draw_up([person(poverty_class="near_poor")], {IDS[0]: ON}, {}, law(), MAY)
    assert [(line.change, line.reason, line.group_code) for line in found] == [
        ("decrease", "other_group", "HN"),
        ("increase", "other_group", "CN"),
    ]


def test_what_came_back_waits_until_it_is_resolved_and_then_is_told_with_its_day() -> None:
    day = date(2024, 4, 2)
    assert one_line(person(), back=Returned("increase", day, False)) is None
    found = one_line(person(), back=Returned("increase", day, True))
    assert found is not None
    assert (found.change, found.reason, found.valid_from) == ("increase", "correction", day)
    gone = person(left_on=day, left_reason="died", lives_here=False)
    off = one_line(gone, ON, back=Returned("decrease", day, True))
    assert off is not None
    assert (off.change, off.reason) == ("decrease", "correction")
    # what is not so any more is not told once more
    assert one_line(gone, back=Returned("increase", day, True)) is None


def test_the_first_list_of_a_commune_finds_everybody_new() -> None:
    found = one_line(person(birth_date=date(2024, 5, 3)), frame=replace(MAY, since=None))
    assert found is not None
    assert (found.reason, found.valid_from) == ("newly_recognised", SINCE)


@pytest.mark.parametrize(
    ("month", "first"), [(date(2024, 12, 1), date(2025, 1, 1)), (date(2024, 1, 1), date(2024, 2, 1))]
)
def test_the_month_after_december_is_january(month: date, first: date) -> None:
    assert starts_on(law(), "died", None, Frame(month, month, None)) == first


def test_without_the_day_of_the_event_the_month_counts() -> None:
    assert starts_on(law(), "born", None, MAY) == MAY.month


def test_every_reason_has_one_rule_a_day_and_every_value_of_law_its_document() -> None:
    known = law()
    assert sorted(rule.reason for rule in known.starts) == sorted(InsuranceReason)
    documents = {one.document for one in (*known.groups, *known.elsewhere, *known.starts)}
    assert documents <= set(catalogue().sources)
    assert {one.policy for one in known.groups} <= set(catalogue().policies)
    assert [(one.code, one.confidence, one.verified) for one in known.groups] == [
        ("HN", "medium", False), ("CN", "medium", False), ("GB", "high", False),
    ]  # fmt: skip


def test_the_columns_of_the_workbook_are_fields_of_a_line() -> None:
    columns = tomllib.loads(files("api.insurance").joinpath("data/columns.toml").read_text("utf-8"))["columns"]
    assert {one["field"] for one in columns} - {"born"} <= set(InsuranceLineOut.model_fields)


def test_lines_that_tell_nothing_are_named() -> None:
    a, b, c = IDS[:3]
    found = [(1, a, "increase"), (2, b, "decrease"), (3, c, "decrease"), (4, c, "increase"), (5, b, "increase"),
             (6, b, "increase")]  # fmt: skip
    assert impossible({a: True, c: True}, found) == [1, 2, 6]


LIVES = st.builds(
    person,
    lives_here=st.booleans(),
    poverty_class=st.sampled_from(["poor", "near_poor", "not_poor", None]),
    average_since=st.sampled_from([None, SINCE]),
    pension=st.sampled_from([None, False, True]),
    merit_person=st.booleans(),
    left_reason=st.sampled_from([None, "died", "moved", "error"]),
    class_since=st.sampled_from([None, SINCE, date(2024, 3, 10)]),
    birth_date=st.sampled_from([None, date(1980, 1, 1), date(2024, 3, 3)]),
)
# month by month: how everybody lives; which lines come back, and whether that is resolved before the next list
MONTHS = st.lists(
    st.tuples(st.lists(LIVES, min_size=len(IDS), max_size=len(IDS)), st.sets(st.integers(0, 11)), st.booleans()),
    min_size=1,
    max_size=8,
)


def entitled(who: Person) -> bool:
    """Read once more, without the catalogue."""
    listed = who.poverty_class in ("poor", "near_poor") or who.average_since is not None
    return who.lives_here and listed and not who.pension and not who.merit_person


@settings(max_examples=300, deadline=None)
@given(MONTHS)
def test_on_after_is_on_before_with_the_increases_and_without_the_decreases(
    months: list[tuple[list[Person], set[int], bool]],
) -> None:
    told: dict[UUID, Told] = {}
    waiting: dict[UUID, Returned] = {}
    day = FIRST
    for number, (lives, errors, resolved) in enumerate(months):
        people = [replace(who, member_id=member) for who, member in zip(lives, IDS, strict=True)]
        frame = Frame(day.replace(day=1), day, None if number == 0 else day - timedelta(days=31))
        back = {member: replace(one, resolved=resolved) for member, one in waiting.items()}
        before = {member for member, one in told.items() if one.on}
        found = draw_up(people, told, back, law(), frame)
        assert impossible(dict.fromkeys(before, True), _numbered(found)) == []
        increases, decreases = (
            [line.member_id for line in found if line.change == change] for change in ("increase", "decrease")
        )
        took = {line.member_id for line in found}
        after = (before - set(decreases)) | set(increases)
        assert len(after) == len(before) + len(increases) - len(decreases)
        silent = {member for member, one in back.items() if not one.resolved}
        assert after - silent == {who.member_id for who in people if entitled(who)} - silent
        assert took & silent == set()
        for member in took:
            waiting.pop(member, None)
        for place, line in enumerate(found):
            if place in errors:
                waiting[line.member_id] = Returned(line.change, line.valid_from, False)
            else:
                told[line.member_id] = Told(line.change == "increase", line.policy, line.group_code, line.reason)
                waiting.pop(line.member_id, None)
        day = (day + timedelta(days=5)).replace(day=28)


def _numbered(found: list[Line]) -> list[tuple[int, UUID, str]]:
    return [(place, line.member_id, line.change) for place, line in enumerate(found)]
