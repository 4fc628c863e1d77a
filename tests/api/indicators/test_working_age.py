"""Indicators and the labour record know the same people as being of working age: one law, read by both."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import Session

from api.areas.tables import area_id
from api.indicators import catalogue, facts
from api.labour import law
from api.labour.rules import of_working_age
from tests.make.decisions import people
from tests.make.reviews import households

HAMLET = "14080-03"
# before the law of 2019, at its turn, in two years of one question, when men's age no longer grows, and women's
DAYS = [date(2019, 6, 1), date(2020, 12, 31), date(2021, 1, 1), date(2026, 3, 31), date(2030, 7, 15), date(2036, 1, 1)]


def on_the_edges(day: date) -> list[tuple[str, date]]:
    """Who turns 15 that day, or the ages at which a law may let them go; and who is a day younger."""
    found = []
    for sex, ages in (("male", (180, 720, 723, 738, 744)), ("female", (180, 660, 664, 684, 720))):
        for months in ages:
            born = day.year * 12 + day.month - 1 - months
            first = date(born // 12, born % 12 + 1, 1)
            found += [(sex, first.replace(day=number)) for number in (min(day.day, 28), min(day.day, 28) + 1)]
    return found


def by_indicators(session: Session, homes: list[UUID], days: list[date]) -> dict[tuple[date, UUID], bool]:
    h = facts.HOUSEHOLD.c
    found = facts.facts_of_days(select(h.as_of, h.household_id, h.has_working_age), [area_id(HAMLET)], days, None)
    return {(row.as_of, row.household_id): bool(row.has_working_age) for row in session.execute(found)}


def test_the_indicators_and_the_labour_record_agree_on_every_edge(session: Session) -> None:
    persons = sorted({one for day in DAYS for one in on_the_edges(day)})
    homes = households(session, len(persons), HAMLET)
    for home, (sex, born) in zip(homes, persons, strict=True):
        people(session, home, sex=sex, birth_date=str(born), birth_year=born.year)
    for table in ("household", "member"):
        session.execute(text(f"UPDATE {table} SET created_at = created_at - interval '30 years'"))
    session.flush()
    expected: dict[Any, bool] = {
        (day, home): born <= day and of_working_age(born, sex, day, law.law().working_age)
        for day in DAYS
        for home, (sex, born) in zip(homes, persons, strict=True)
    }
    assert by_indicators(session, homes, DAYS) == expected
    for day in DAYS:  # asked alone, only the law of that day is in the statement
        alone = by_indicators(session, homes, [day])
        assert alone == {key: works for key, works in expected.items() if key[0] == day}
        assert len(set(alone.values())) == 2


def test_counts_by_another_law_are_stale() -> None:
    retires_later = facts.law_of_facts().replace("744", "745")
    assert retires_later != facts.law_of_facts()
    assert catalogue.named(facts.law_of_facts()) == catalogue.fingerprint() != catalogue.named(retires_later)
