"""The rows of a monitoring report, counted in plain Python over rows as they are stored and a journal of the plan.

Nothing here knows the reports' code. Who counts in which indicator is said in tests/api/indicators/definitions.py."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from api.areas.tables import area_id
from tests.api.indicators.definitions import COUNTED, FIGURES
from tests.api.indicators.recount import FOREVER, Facts, Register
from tests.make.commune_money import RichCommune

RATE, BEFORE = "multidimensional_poverty_rate", "multidimensional_poverty_rate_before"
KINDS = {"allocation": "approved", "commitment": "committed", "disbursement": "disbursed", "settlement": "settled"}


@dataclass
class Line:
    """`unknown`: of how many below the line nobody can tell; `value` is worked out of these."""

    above: int | None
    below: int | None
    unknown: int = 0
    value: float | int | None = None


# code of the row -> what it says
Sheet = dict[str, Line]


class ByHand:
    """Everything there is, as it stands when this is made."""

    def __init__(self, commune: RichCommune, engine: Engine) -> None:
        self.plan, self.register = commune.plan, Register(engine)
        self.kept: dict[tuple[date, datetime | None], Facts] = {}
        query = (
            "SELECT m.id, m.kind, m.amount_vnd, m.reverses_id, m.booked_on, m.recorded_at, l.area_id"
            " FROM money_movement m JOIN budget_line l ON l.id = m.budget_line_id"
        )
        with engine.connect() as connection:
            self.movements = {row.id: row for row in connection.execute(text(query))}

    def sheet(self, under: tuple[str, ...], first: date, day: date, known: datetime | None) -> Sheet:
        """Of an area with these hamlets and communes in it; `first` of the period, `day` the last one that counts."""
        inside = {area_id(code) for code in under}
        found = {code: self.indicator(code, inside, day, known) for code in COUNTED}
        change = found["multidimensional_poverty_change"]
        before = self.indicator(RATE, inside, date(day.year, 1, 1) - timedelta(days=1), known)
        found[BEFORE] = before
        change.value = _less(found[RATE], before)
        return found | self.money(inside, first, day, known or FOREVER) | self.support(inside, first, day, known)

    def indicator(self, code: str, inside: set[UUID], day: date, known: datetime | None) -> Line:
        if (day, known) not in self.kept:
            self.kept[day, known] = self.register.facts(day, known)
        facts, one = self.kept[day, known], COUNTED[code]
        if isinstance(one.above, str):
            return with_share(
                Line(stated(facts, inside, one.above), stated(facts, inside, str(one.over))), of_paper=True
            )
        rows = [{**row, "day": day} for row in getattr(facts, one.grain) if UUID(row["place"]) in inside]
        above = sum(one.above(row) for row in rows)
        if one.over is None:
            return Line(above, None, 0, above)
        if one.over in FIGURES:
            return with_share(Line(above, stated(facts, inside, str(one.over)) or None), of_paper=True)
        if isinstance(one.over, str):
            # communes themselves have no totals: only their hamlets
            totals = [facts.totals.get(area) for area in inside if area not in _COMMUNES]
            place = {"households": 0, "persons": 1}[one.over]
            below = None if None in totals else sum(two[place] for two in totals if two) or None
            return with_share(Line(above, below))
        unknown = sum(one.unknown(row) for row in rows) if one.unknown else 0
        return with_share(Line(above, sum(one.over(row) for row in rows), unknown))

    def money(self, inside: set[UUID], first: date, day: date, known: datetime) -> Sheet:
        sums = dict.fromkeys(("planned", *KINDS.values()), 0)
        for item in self.plan.values():
            if area_id(item.area) in inside and item.year == day.year and item.holds(day, known):
                sums["planned"] += item.amount
        for one in self.movements.values():
            # what was taken back never was
            booked_on = self.movements[one.reverses_id].booked_on if one.reverses_id else one.booked_on
            if one.area_id in inside and first <= booked_on <= day and one.recorded_at < known:
                sums[KINDS[one.kind]] += one.amount_vnd
        return {f"money_{name}": Line(None, None, 0, amount) for name, amount in sums.items()}

    def support(self, inside: set[UUID], first: date, day: date, known: datetime | None) -> Sheet:
        whose = {
            name: home
            for home, (place, names) in self.register.homes(day, known).items()
            if UUID(place) in inside
            for name in names
        }
        last = known or FOREVER
        given = [
            one for one in self.register.rows["delivery"]
            if one["household_id"] in whose and one["outcome"] == "delivered" and first <= one["delivered_on"] <= day
            and one["created_at"] < last and (one["reversed_at"] is None or one["reversed_at"] >= last)
        ]  # fmt: skip
        homes = len({whose[one["household_id"]] for one in given})
        worth = sum(one["amount_vnd"] or 0 for one in given)
        return {
            "deliveries": Line(len(given), None, 0, len(given)), "supported_households": Line(homes, None, 0, homes),
            "supported_amount": Line(None, None, 0, worth),
        }  # fmt: skip


_COMMUNES = {area_id(code) for code in ("14071", "14080")}


def stated(facts: Facts, inside: set[UUID], kind: str) -> int | None:
    """What the communes wrote down, all of them; of a hamlet nothing is."""
    every = [facts.figures.get((area, kind)) for area in inside if area in _COMMUNES]
    return sum(one for one in every if one is not None) if every and None not in every else None


def with_share(line: Line, *, of_paper: bool = False) -> Line:
    """A percentage with two places; none where nobody is below the line, or nothing is known of any of them; and none
    above 100 of what a paper says there is in all."""
    wrong = of_paper and (line.above is None or line.below is None or line.above > line.below)
    if line.below and line.unknown < line.below and not wrong:
        line.value = round((line.above or 0) * 100 / line.below, 2)
    return line


def _less(now: Line, before: Line) -> float | None:
    return None if now.value is None or before.value is None else round(now.value - before.value, 2)


def together(sheets: list[Sheet]) -> Sheet:
    """A district: sums of what its communes say, shares taken of the sums, and the change of these shares."""
    found: Sheet = {}
    for code, first in sheets[0].items():
        same = [sheet[code] for sheet in sheets]
        above, below = _sum([one.above for one in same]), _sum([one.below for one in same])
        line = Line(above, below, sum(one.unknown for one in same))
        if code == BEFORE or (code in COUNTED and COUNTED[code].over is not None):
            with_share(line, of_paper=code in COUNTED and COUNTED[code].over in FIGURES)
        else:
            line.value = sum(one.value or 0 for one in same)
        found[code] = line
        assert first is same[0]
    found["multidimensional_poverty_change"].value = _less(found[RATE], found[BEFORE])
    return found


def _sum(numbers: list[Any]) -> int | None:
    return None if None in numbers else sum(numbers)
