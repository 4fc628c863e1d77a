"""A number of a day stays what it was, whatever is edited later; and what was recorded late can be told apart."""

import os
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.areas.tables import Level, area_id
from api.config import Settings
from api.indicators.catalogue import places
from api.indicators.counting import count
from api.indicators.points import Place
from api.indicators.queries import numbers
from tests.make.commune_facts import HAMLETS, Commune
from tests.make.figures import some_figures

SEEDS = range(int(os.environ.get("GIAMNGHEO_COMMUNES", "2")))
START = datetime(2023, 11, 20, 2, tzinfo=UTC)
LEVELS = {area_id(code): Level.hamlet for code in HAMLETS} | {area_id(c): Level.commune for c in ("14080", "14071")}
CODES = {area_id(code): code for code in (*HAMLETS, "14080", "14071")}
BREAKDOWNS = ("", "class", "sex", "merit", "age", "kind", "category")


@pytest.fixture(params=SEEDS)
def commune(request: pytest.FixtureRequest, engine: Engine, config: Settings) -> Commune:
    made = Commune(engine, config.secrets().id_key, Random(100 + request.param), START)
    made.settle()
    return made


def on_the_spot(engine: Engine, day: date, breakdown: str, known: datetime | None = None) -> dict[str, dict[str, Any]]:
    """Area -> part -> what is not zero; counted now, and not kept."""
    with Session(engine) as session:
        found = count(session, LEVELS, [day], known, breakdown)[day]
    names = list(places())
    return {
        CODES[area]: {
            part: {name: number for name, number in zip(names, line, strict=True) if number}
            for part, line in by_part.items() if any(line)
        }
        for area, by_part in found.items()
    }  # fmt: skip


def as_kept(engine: Engine, days: list[date], breakdown: str) -> dict[date, dict[str, Any]]:
    """The same from the counts that are kept; of areas without children, so that nothing is added up."""
    hamlets = [Place(area_id(code), code, code, Level.hamlet) for code in HAMLETS]
    with Session(engine) as session, session.begin():
        found = numbers(session, hamlets, days, breakdown, list(places()))
    return {
        day: {
            CODES[place.id]: {
                part: some
                for part, line in found[day, place.id].items()
                if (some := {name: number for name, number in line.items() if number})
            }
            for place in hamlets
        }
        for day in days
    }  # fmt: skip


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    return [
        (area, part, name, one[area].get(part, {}).get(name), other[area].get(part, {}).get(name))
        for area in one
        for part in one[area].keys() | other[area].keys()
        for name in one[area].get(part, {}).keys() | other[area].get(part, {}).keys()
        if one[area].get(part, {}).get(name) != other[area].get(part, {}).get(name)
    ]


def test_no_edit_of_today_changes_what_was_true_yesterday(commune: Commune) -> None:
    commune.pass_days(1)
    commune.late = False
    changed = 0
    for n in range(75):
        if n % 5 == 0:
            commune.pass_days(commune.choose.choice((1, 1, 20, 60)))
            today = commune.now.date()
            days = [today - timedelta(days=1), today - timedelta(days=50), date(today.year - 1, 12, 31)]
            before = {
                (day, by): on_the_spot(commune.engine, day, by) for day in days for by in ("", "sex", "age", "category")
            }
            now = on_the_spot(commune.engine, today, "")
        commune.act()
        if n % 5 == 4:
            for (day, by), then in before.items():
                after = on_the_spot(commune.engine, day, by)
                assert after == then, f"{day} by {by!r}: {commune.done[-5:]}: {differences(then, after)}"
            changed += on_the_spot(commune.engine, today, "") != now
    assert changed > 5, "the acts did change what is true today"


def test_what_was_answered_comes_out_again_for_what_was_known_then(commune: Commune) -> None:
    answers: list[tuple[date, str, datetime, dict[str, Any]]] = []
    changed, papers = 0, Random(commune.now.isoformat())
    for _ in range(12):
        some_figures(commune, papers)
        for _ in range(10):
            commune.act()
        commune.now += timedelta(minutes=1)
        today = commune.now.date()
        for day in (today, today - timedelta(days=30), date(today.year - 1, 12, 31)):
            by = commune.choose.choice(BREAKDOWNS)
            answers.append((day, by, commune.now, on_the_spot(commune.engine, day, by)))
        commune.pass_days(commune.choose.choice((0, 1, 15, 50)))
    for day, by, known, then in answers:
        assert on_the_spot(commune.engine, day, by, known) == then, f"{day} by {by!r} as known at {known}"
        changed += on_the_spot(commune.engine, day, by) != then
    assert changed > 2, "what was recorded late did change them"


def test_what_is_kept_is_what_would_be_counted_now(commune: Commune) -> None:
    """After every act: no mark is missing."""
    for n in range(100):
        commune.act()
        if n % 15 == 14:
            commune.pass_days(commune.choose.choice((0, 1, 15, 50)))
        today = commune.now.date()
        days = [today - timedelta(days=commune.choose.choice((0, 0, 25))), date(today.year - 1, 12, 31)]
        by = "" if n % 3 else commune.choose.choice(BREAKDOWNS)
        kept = as_kept(commune.engine, days, by)
        for day in days:
            counted = on_the_spot(commune.engine, day, by)
            assert kept[day] == {code: counted[code] for code in HAMLETS}, f"{day} by {by!r} after {commune.done[-3:]}"
