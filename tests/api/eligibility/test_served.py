"""Who counts as served: by which delivery of which period, by which loan, by what the register says."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from api import clock
from api.households.schemas import SplitIn
from api.households.splits import split_household
from tests.make.decisions import people
from tests.make.entitlements import catalogue_of, delivery, intervention, judged, loan, policy
from tests.make.people import account_id
from tests.make.reviews import acting, household, households

DAY = date(2024, 11, 20)
_ALL = '{"===": [{"var": "h.residence"}, "permanent"]}'
_SERVED = ("once", "month", "quarter", "school_year", "year", "loan", "never")
_POLICIES = catalogue_of(*(policy(name, _ALL, more=f'served = "{name}"') for name in _SERVED))
_PERSONS = catalogue_of(policy("course", _ALL, subject="member"), policy("house", _ALL))


def of(session: Session, home: UUID, known: Any = _POLICIES, day: date = DAY) -> dict[str, tuple[str, Any, Any]]:
    """Policy (and `/n` for the n-th person) -> state, by what, on which day."""
    found = judged(session, known, day)[home]
    persons = sorted({one.person.id for one in found if one.person})
    return {
        one.policy.code + (f"/{persons.index(one.person.id)}" if one.person else ""): (
            one.state.value,
            one.service and one.service.id,
            one.service and one.service.on,
        )
        for one in found
    }


OPEN = ("open", None, None)


def test_without_anything_all_is_open(session: Session) -> None:
    assert set(of(session, household(session)).values()) == {OPEN}


@pytest.mark.parametrize(
    ("name", "inside", "before"),
    [
        ("month", date(2024, 11, 1), date(2024, 10, 31)),
        ("quarter", date(2024, 10, 1), date(2024, 9, 30)),
        ("school_year", date(2024, 9, 1), date(2024, 8, 31)),
        ("year", date(2024, 1, 1), date(2023, 12, 31)),
    ],
)
def test_a_delivery_serves_the_period_in_which_it_was_made(
    session: Session, name: str, inside: date, before: date
) -> None:
    served, not_yet = households(session, 2)
    given = delivery(session, name, served, inside)
    delivery(session, name, not_yet, before)
    assert of(session, served)[name] == ("served", given, inside)
    assert of(session, not_yet)[name] == OPEN
    assert {state for code, state in of(session, served).items() if code != name} == {OPEN}


def test_once_is_once_and_the_last_one_is_named(session: Session) -> None:
    home = household(session)
    delivery(session, "once", home, date(2015, 5, 1))
    last = delivery(session, "once", home, date(2019, 5, 1))
    assert of(session, home)["once"] == ("served", last, date(2019, 5, 1))


def test_what_comes_after_the_day_asked_has_not_served_yet(session: Session) -> None:
    home = household(session)
    delivery(session, "year", home, date(2024, 11, 21))
    assert of(session, home)["year"] == OPEN
    assert of(session, home, day=date(2024, 11, 21))["year"][0] == "served"


def test_refused_reversed_and_of_no_policy_do_not_serve(session: Session) -> None:
    home = household(session)
    delivery(session, "year", home, DAY, outcome="refused")
    reversal = {"reversed_at": clock.now(), "reversed_by": account_id("truc-thai"), "reversal_reason": "Nhầm hộ"}
    delivery(session, "year", home, DAY, **reversal)
    delivery(session, None, home, DAY)
    assert of(session, home)["year"] == OPEN


def test_a_household_is_served_by_what_one_of_its_people_received(session: Session) -> None:
    home = household(session)
    one, _ = people(session, home, 2)
    given = delivery(session, "house", home, DAY, member_id=one)
    assert of(session, home, _PERSONS)["house"] == ("served", given, DAY)


def test_a_person_is_served_only_by_what_names_them(session: Session) -> None:
    home = household(session)
    first, second = sorted(people(session, home, 2))
    delivery(session, "course", home, DAY)
    given = delivery(session, "course", home, DAY, member_id=second)
    found = of(session, home, _PERSONS)
    assert found["course/0"] == OPEN
    assert found["course/1"] == ("served", given, DAY)
    assert first != second


def test_a_loan_serves_while_it_is_under_way(session: Session) -> None:
    active, overdue, repaid, later = households(session, 4)
    lent = loan(session, "loan", active, date(2024, 1, 5))
    loan(session, "loan", overdue, date(2021, 1, 5), state="overdue", state_since=date(2024, 1, 6))
    loan(session, "loan", repaid, date(2021, 1, 5), state="repaid", state_since=date(2024, 3, 1), outstanding_vnd=0)
    loan(session, "loan", later, date(2024, 11, 21))
    assert of(session, active)["loan"] == ("served", lent, date(2024, 1, 5))
    assert of(session, overdue)["loan"][0] == "served"
    assert of(session, repaid)["loan"] == OPEN
    assert of(session, repaid, day=date(2024, 2, 29))["loan"][0] == "served", "it was repaid the day after"
    assert of(session, later)["loan"] == OPEN


def test_a_delivery_does_not_serve_what_a_loan_serves_and_nothing_serves_never(session: Session) -> None:
    home = household(session)
    delivery(session, "loan", home, DAY)
    delivery(session, "never", home, DAY)
    loan(session, "never", home, DAY)
    loan(session, "year", home, DAY)
    assert set(of(session, home).values()) == {OPEN}


def test_what_another_household_received_serves_nobody_else(session: Session) -> None:
    one, other = households(session, 2)
    given = intervention(session, "year")
    delivery(session, None, one, DAY, intervention_id=given)
    assert of(session, one)["year"][0] == "served"
    assert of(session, other)["year"] == OPEN


def test_what_a_person_received_where_they_lived_before_goes_along(session: Session) -> None:
    home, new = household(session), uuid4()
    head, son = people(session, home, 2)
    given = delivery(session, "course", home, DAY, member_id=son)
    delivery(session, "house", home, DAY)
    split_household(session, acting("truc-thai"), home, new, SplitIn(member_ids=[son]), None)
    today = clock.today()
    assert of(session, new, _PERSONS, today) == {"house": OPEN, "course/0": ("served", given, DAY)}
    assert of(session, home, _PERSONS, today)["house"][0] == "served", "the house stays where it was"
    assert of(session, home, _PERSONS, today)["course/0"] == OPEN
    assert head != son
