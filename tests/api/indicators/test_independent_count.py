"""Every indicator, counted again in plain Python over the rows of random communes: recount.py, definitions.py."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api import clock
from api.areas.tables import Level, area_id
from api.config import Settings
from api.indicators.catalogue import FIGURES, INDICATORS, TOTALS, measures
from api.indicators.definition import Figure, Measure, Statistic
from api.indicators.points import Place
from api.indicators.queries import numbers
from tests.api.indicators.definitions import COUNTED, PARTS
from tests.api.indicators.recount import Facts, Register
from tests.make.commune_facts import Commune
from tests.make.figures import some_figures

SEEDS = range(int(os.environ.get("GIAMNGHEO_COMMUNES", "3")))
START = datetime(2023, 11, 20, 2, tzinfo=UTC)
AREAS = {
    "14080-01": ("14080-01",), "14080-03": ("14080-03",), "14080": (*(f"14080-{n:02d}" for n in range(1, 9)), "14080"),
    "363": (*(f"14080-{n:02d}" for n in range(1, 9)), "14071-01", "14071-02", "14080", "14071", "14086"),
}  # fmt: skip


@pytest.fixture(params=SEEDS)
def commune(request: pytest.FixtureRequest, engine: Engine, config: Settings) -> Commune:
    return Commune(engine, config.secrets().id_key, Random(request.param), START)


def live(commune: Commune, acts: int) -> None:
    for n in range(acts):
        commune.act()
        if n % 6 == 5:
            commune.pass_days(commune.choose.randint(0, 45))


def asked(
    engine: Engine, days: list[date], breakdown: str, known: datetime | None = None
) -> dict[tuple[date, UUID], dict[str, dict[str, int]]]:
    places = [Place(area_id(code), code, code, Level.commune) for code in AREAS]
    with Session(engine) as session, session.begin():
        return numbers(
            session,
            places,
            days,
            breakdown,
            [*measures(), *TOTALS, *(code for figure in FIGURES for code in figure.codes)],
            known,
        )


def recounted(
    facts: Facts, code: str, breakdown: str, under: tuple[str, ...]
) -> dict[str, tuple[int, int | None, int]]:
    """Part -> above the line, below it (None: a total, or nothing), unknown."""
    one = COUNTED[code]
    part_of = PARTS[breakdown].get(one.grain)
    inside = {str(area_id(each)) for each in under}
    found: dict[str, list[Any]] = {}
    for fact in getattr(facts, one.grain):
        if fact["place"] not in inside or part_of is None:
            continue
        row = {**fact, "day": facts.day}
        line = found.setdefault(part_of(row), [0, 0, 0])
        line[0] += callable(one.above) and one.above(row)
        line[1] += callable(one.over) and one.over(row)
        line[2] += one.unknown is not None and one.unknown(row)
    return {part: (line[0], line[1] if callable(one.over) else None, line[2]) for part, line in found.items()}


def told(code: str, by_part: dict[str, dict[str, int]]) -> dict[str, tuple[int, int | None, int]]:
    one = INDICATORS[code]
    return {
        part: (
            some[one.numerator.code],
            some[one.denominator.code] if isinstance(one.denominator, Measure) else None,
            some[one.unknown.code] if one.unknown else 0,
        )
        for part, some in by_part.items()
    }


def without_zeros(found: dict[str, tuple[int, int | None, int]]) -> dict[str, tuple[int, int | None, int]]:
    return {part: line for part, line in found.items() if any(line)}


def compare(engine: Engine, days: list[date], known: datetime | None = None) -> Iterator[tuple[str, Any, Any]]:
    register = Register(engine)
    facts = {day: register.facts(day, known) for day in days}
    for breakdown in PARTS:
        answers = asked(engine, days, breakdown, known)
        for day in days:
            for code, under in AREAS.items():
                by_part = answers[day, area_id(code)]
                for one in INDICATORS.values():
                    if (breakdown and breakdown not in one.breakdowns) or isinstance(one.numerator, Figure):
                        continue
                    mine = recounted(facts[day], one.code, breakdown, under)
                    yield (
                        f"{one.code} by {breakdown!r} of {code} on {day} known {known}",
                        without_zeros(mine),
                        without_zeros(told(one.code, by_part)),
                    )
                if breakdown == "":
                    totals = [facts[day].totals.get(area_id(h)) for h in under if "-" in h]
                    said = [one for one in totals if one is not None]
                    some = by_part[""]
                    yield (
                        f"totals of {code} on {day} known {known}",
                        (sum(h for h, _ in said), sum(p for _, p in said), len(totals) - len(said)),
                        (some["total_households"], some["total_persons"], some["hamlets_without_totals"]),
                    )
                    for figure in FIGURES:
                        every = [facts[day].figures.get((area_id(c), figure.kind.value)) for c in under if "-" not in c]
                        given = [one for one in every if one is not None]
                        yield (
                            f"{figure.kind} of {code} on {day} known {known}",
                            (sum(given), len(given), len(every) - len(given)),
                            tuple(some[part] for part in figure.codes),
                        )


def agree(engine: Engine, days: list[date], known: datetime | None = None) -> int:
    """How many numbers other than zero were compared."""
    compared = 0
    for what, mine, theirs in compare(engine, days, known):
        assert theirs == mine, what
        compared += bool(mine)
    return compared


def test_every_indicator_has_its_plain_definition() -> None:
    assert COUNTED.keys() == INDICATORS.keys()
    for code, one in INDICATORS.items():
        plain = COUNTED[code]
        assert plain.grain == one.numerator.grain, code
        assert (plain.unknown is None) == (one.unknown is None), code
        assert (plain.over if isinstance(plain.over, str) else None) == _stated(one.denominator), code
        assert (plain.above if isinstance(plain.above, str) else None) == _stated(one.numerator), code


def _stated(part: object) -> str | None:
    """The name of a total or a figure."""
    return part.code if isinstance(part, Statistic) else part.kind if isinstance(part, Figure) else None


def test_every_number_is_that_of_the_plain_count(commune: Commune) -> None:
    earlier: list[datetime] = []
    commune.settle()
    papers = Random(commune.now.isoformat())
    for _ in range(2):
        some_figures(commune, papers)
        live(commune, 100)
        some_figures(commune, papers)
        earlier.append(commune.now)
        commune.pass_days(3)
        with clock.at(commune.now):
            today = commune.now.date()
            days = sorted({today, today - timedelta(days=1), today - timedelta(days=40), date(today.year - 1, 12, 31)})
            assert agree(commune.engine, days) > 500, commune.done
            known = commune.choose.choice(earlier)
            assert agree(commune.engine, days, known) > 400, commune.done
