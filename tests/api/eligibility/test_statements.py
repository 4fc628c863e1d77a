"""However many households, people, policies and deliveries: the same number of statements. And what ships compiles."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.eligibility.conditions import RANGES, unknown_when_null
from api.eligibility.judging import books, shipped
from api.eligibility.queries import Asked, entitlements, work_list
from api.eligibility.summary import summary
from api.eligibility.words import ASKED
from api.programmes.catalogue import catalogue
from api.programmes.definition import in_force
from api.programmes.facts import VOCABULARIES
from tests.make.decisions import people
from tests.make.entitlements import delivery, loan, need
from tests.make.recognitions import recognise
from tests.make.reviews import acting, counted, households

PAST = date(2025, 6, 1)


def families(session: Session, count: int, hamlet: str) -> list[UUID]:
    """Poor households with people, a delivery, a loan and a need each."""
    made = households(session, count, hamlet)
    for home in made:
        recognise(session, home, "poor", date(2023, 12, 12))
        first, _ = people(session, home, 2)
        delivery(session, "electricity_poor", home, date(2025, 5, 2))
        loan(session, "credit_poor", home, date(2025, 5, 2))
        need(session, "job", home, date(2025, 5, 2), member_id=first)
    session.commit()
    return made


@pytest.mark.parametrize("day", [PAST, None], ids=["past", "today"])
def test_a_household_and_a_hamlet_cost_the_same(session: Session, engine: Engine, day: date | None) -> None:
    few, many = families(session, 1, "14080-03"), families(session, 25, "14080-04")
    by, officer = shipped(day or clock.today()), acting("truc-thai")

    def statements(call: Any) -> int:
        with counted(engine) as seen, Session(engine) as other, other.begin():
            call(other)
        return len(seen)

    def listing(hamlet: str) -> Any:
        return lambda other: work_list(other, officer, Asked(area_id(hamlet), "all", None, 100, None), by)

    assert len(few) < len(many)
    assert statements(listing("14080-03")) == statements(listing("14080-04")) <= 12
    summaries = [statements(lambda other, h=h: summary(other, officer, area_id(h), by)) for h in ("14080-03", "14080")]
    assert summaries[0] == summaries[1] <= 12
    assert statements(lambda other: entitlements(other, officer, few[0], by)) <= 13


def test_what_ships_compiles_on_every_day_on_which_something_changes() -> None:
    days = {date(2024, 12, 1)}
    for policy in catalogue().policies.values():
        for one in (policy, *policy.grounds, *policy.parameters, *policy.priorities):
            days |= {day for day in (one.valid_from, one.valid_to and one.valid_to + timedelta(days=1)) if day}
    assert len(days) > 3
    for day in sorted(days):
        in_it = {one.code for one in catalogue().policies.values() if in_force(one, day)}
        assert {one.code for one in books(catalogue(), day).policies} == in_it


def test_every_fact_that_can_be_unknown_has_words() -> None:
    assert unknown_when_null("member") | {f"counts.{name}" for name in RANGES} == set(ASKED)
    assert set(ASKED) < set(VOCABULARIES["member"])
    assert all(words.vi and words.en for words in ASKED.values())
