"""The six-month and the annual monitoring report (TT 10/2022): indicators, money and counts of a period, row by row."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.places import covers
from api.areas.tables import Level
from api.budgets import period as money_of
from api.budgets.tables import MovementKind
from api.indicators.catalogue import INDICATORS, parts
from api.indicators.definition import Figure, Indicator
from api.indicators.facts import Moment
from api.indicators.points import (
    MORE_THAN_ALL,
    NOBODY_KNOWS,
    Numbers,
    Place,
    denominator_of,
    more_than_all,
    nobody_knows,
    numerator_of,
    unknown_because,
)
from api.indicators.queries import find_place, numbers
from api.reports import grid, upper
from api.reports.basis import Asked
from api.reports.census_queries import below
from api.reports.deadlines import due_on
from api.reports.definition import RATE_BEFORE, data, monitoring_forms
from api.reports.periods import half_or_year, require_day
from api.reports.schemas import CellUnit, OfficialReportOut, ReportArea, ReportCell, ReportColumn, ReportRow, RowUnit
from api.reports.support import support
from api.schema import Words

_NO_RIGHT = Words(vi="Bạn không có quyền xem kinh phí.", en="You may not see the money.")
_BOOKED = {
    "approved": MovementKind.allocation,
    "committed": MovementKind.commitment,
    "disbursed": MovementKind.disbursement,
    "settled": MovementKind.settlement,
}
_COLUMNS: dict[str, CellUnit] = {"unit": "text", "numerator": "count", "denominator": "count", "value": "of_row"}
_NUMERATOR, _DENOMINATOR, _VALUE = 1, 2, 3
_CHANGE = "multidimensional_poverty_change"
_NOT_OF_ALL = Words(
    vi="Chưa biết: có xã chưa nêu tỷ lệ cuối năm trước, hoặc tỷ lệ trong kỳ, ở báo cáo đã nộp.",
    en="Not known: some commune's report does not tell its rate of the end of the year before, or of the period.",
)


def watched(session: Session, actor: Actor, form: str, asked: Asked) -> OfficialReportOut:
    """The report of a commune or hamlet from the register; of a larger area what its communes handed in, added up.

    Everything is as of one day of the period, and what the area did counts from its first day on; where `known_at` is
    given, every row is of what was recorded before it. A fixed number of statements. Raises NotFound (the area),
    Invalid (the period).
    """
    one, read = monitoring_forms()[form], data("monitoring")
    known_at, whole = clock.now(), half_or_year(asked.period, one["period"], asked.as_of, asked.where)
    require_day(whole, asked.as_of, asked.where)
    period, first, last = whole.code, whole.first, whole.last
    day = min(last, asked.as_of or clock.today())
    place = find_place(session, actor, asked.area, day)
    if place.level in (Level.district, Level.province):
        communes = below(session, place.id, day, Level.commune)
        contents = upper.handed_in(session, form, period, [row.id for row in communes], asked.known_at)
        rows = list(_added(list(contents.values())))
        missing = upper.missing(session, communes, contents.keys(), period, monitoring=True)
    else:
        rows = [
            *_indicators(session, place, Moment(day, asked.known_at)),
            *_money(session, actor, place, first, day, asked.known_at),
            *_counts(session, place, first, day, asked.known_at),
        ]
        missing = []
    return OfficialReportOut(
        form=form, title=Words(**one["title"]), source=read["source"], kind="monitoring",
        area=ReportArea(id=place.id, code=place.code, name=place.name, level=place.level), period=period, round_id=None,
        as_of=day, known_at=asked.known_at or known_at, columns=_columns(), rows=rows, totals=[], notes=[], faults=[],
        missing=missing, due_on=due_on(period, place.level, monitoring=True),
    )  # fmt: skip


def _columns() -> list[ReportColumn]:
    words = data("monitoring")["columns"]
    return [
        ReportColumn(
            code=code,
            number=number,
            heading=Words(**words[code]),
            group=None,
            unit=unit,
        )
        for number, (code, unit) in enumerate(_COLUMNS.items(), start=1)
    ]


def _row(code: str, label: Words, kind: str, unit: RowUnit, *cells: ReportCell) -> ReportRow:
    """`kind`: what is counted; the row's line, since it says whether small counts are of people."""
    words = Words(**data("monitoring")["units"][unit])
    named = ReportCell(value=words.vi)
    return ReportRow(
        code=code, kind="item", unit=unit, label=label, area_id=None, line=kind, line_label=words, cells=[named, *cells]
    )  # fmt: skip


def _plain(code: str, label: Words, kind: str, unit: RowUnit, cell: ReportCell) -> ReportRow:
    """A number of its own, no share of anything. Money is no count of anything either: it is only the value."""
    number = ReportCell(value=None) if unit == "vnd" else cell
    return _row(code, label, kind, unit, number, ReportCell(value=None), cell)


def _indicators(session: Session, place: Place, moment: Moment) -> Iterator[ReportRow]:
    listed = [INDICATORS[code] for code in data("monitoring")["indicators"]]
    wanted = sorted({part for one in listed for part in parts(one)})
    new_year = date(moment.day.year, 1, 1) - timedelta(days=1)
    told = numbers(session, [place], [moment.day, new_year], "", wanted, moment.known)
    now, before = (told[day, place.id][""] for day in (moment.day, new_year))
    for one in listed:
        value = _value(one, now)
        if one.change_since_new_year:
            first = _value(one, before)
            yield _rate_before(first)
            value = _change(value, first)
        denominator = denominator_of(one, now)
        known = denominator is not None or one.denominator is None
        why = unknown_because(one, now) if isinstance(one.denominator, Figure) else grid.NO_FIGURES
        lower = ReportCell(value=denominator, reason=None if known else why)
        number = ReportCell(value=numerator_of(one, now))
        yield _row(one.code, one.name, one.numerator.grain, one.unit, number, lower, value)


def _rate_before(rate: ReportCell) -> ReportRow:
    number, lower = (
        ReportCell(value=one, reason=grid.NO_FIGURES if one is None else None)
        for one in (rate.numerator, rate.denominator)
    )
    label = Words(**data("monitoring")["rate_before"])
    return _row(RATE_BEFORE, label, INDICATORS[_CHANGE].numerator.grain, "percent", number, lower, rate)


def _value(one: Indicator, some: Numbers) -> ReportCell:
    numerator, denominator = numerator_of(one, some), denominator_of(one, some)
    if one.denominator is None:
        return ReportCell(value=numerator)
    if nobody_knows(one, some):
        return ReportCell(value=None, numerator=numerator, denominator=denominator, reason=NOBODY_KNOWS)
    found = grid.share(numerator, denominator)
    if isinstance(one.denominator, Figure) and (found.value is None or more_than_all(one, numerator, denominator)):
        return found.model_copy(update={"value": None, "reason": unknown_because(one, some)})
    return found


def _change(now: ReportCell, before: ReportCell, why: Words = grid.NO_FIGURES) -> ReportCell:
    if isinstance(now.value, float | int) and isinstance(before.value, float | int):
        return now.model_copy(update={"value": round(now.value - before.value, 2)})
    return ReportCell(value=None, numerator=now.numerator, denominator=now.denominator, reason=why)


def _money(
    session: Session, actor: Actor, place: Place, first: date, day: date, known: datetime | None
) -> Iterator[ReportRow]:
    """What was booked in the period up to the day, for whoever may read it; the plan is that of the whole year."""
    scope = actor.scope_of(Permission.budget_read)
    sums: dict[str, int] | None = None
    if covers(session, scope, place.id):
        booked = money_of.booked(session, scope, place.id, first, day, known)
        sums = {name: booked.get(kind, 0) for name, kind in _BOOKED.items()}
        sums["planned"] = money_of.planned(session, scope, place.id, day.year, day, known)
    for name, words in data("monitoring")["money"].items():
        cell = ReportCell(value=None, reason=_NO_RIGHT) if sums is None else ReportCell(value=sums[name])
        yield _plain(f"money_{name}", Words(**words), "money", "vnd", cell)


def _counts(session: Session, place: Place, first: date, day: date, known: datetime | None) -> Iterator[ReportRow]:
    """What was handed over in the period up to the day."""
    found = support(session, place.id, first, day, known)
    words = data("monitoring")["counts"]
    for name, number in (("deliveries", found.deliveries), ("supported_households", found.households)):
        yield _plain(name, Words(**words[name]), "household", "count", ReportCell(value=number))
    amount = ReportCell(value=found.amount_vnd)
    yield _plain("supported_amount", Words(**words["supported_amount"]), "money", "vnd", amount)


def _added(contents: Collection[Any]) -> Iterator[ReportRow]:
    """Row by row what the communes say; a rate is taken anew of the sums, a change of the two rates so taken."""
    frozen: dict[str, list[Any]] = {}
    for content in contents:
        for row in content["rows"]:
            frozen.setdefault(row["code"], []).append(row)
    rates: dict[str, ReportCell] = {}
    for code, rows in frozen.items():
        label, indicator = Words(**rows[-1]["label"]), INDICATORS.get(code)
        # a row that counted something else when it was frozen is not of this one
        same = [row for row in rows if indicator is None or row["line"] == indicator.numerator.grain]
        # a commune whose edition has no such row says nothing of it
        silent: list[Any] = [None] * (len(contents) - len(same))
        sums = [
            grid.added([*(one["cells"][at]["value"] for one in same), *silent])
            for at in (_NUMERATOR, _DENOMINATOR, _VALUE)
        ]
        if code != RATE_BEFORE and (indicator is None or indicator.denominator is None):
            number = ReportCell(value=sums[2], reason=grid.NO_FIGURES if sums[2] is None else None)
            yield _plain(code, label, rows[-1]["line"], _unit_of(rows[-1]), number)
            continue
        number, lower = (ReportCell(value=one, reason=grid.NO_FIGURES if one is None else None) for one in sums[:2])
        value = rates[code] = grid.share(*sums[:2]) if indicator is None else _share_of_all(indicator, same, *sums[:2])
        if code == _CHANGE:
            value = _change(value, rates.get(RATE_BEFORE, ReportCell(value=None)), _NOT_OF_ALL)
        unit: RowUnit = "percent" if indicator is None else indicator.unit
        yield _row(code, label, rows[-1]["line"], unit, number, lower, value)


def _share_of_all(one: Indicator, same: list[Any], number: int | None, whole: int | None) -> ReportCell:
    """Of all communes: not known where it is known in none that has somebody below the line."""
    somebody = [row["cells"] for row in same if row["cells"][_DENOMINATOR]["value"]]
    if one.unknown is not None and somebody and all(cells[_VALUE]["value"] is None for cells in somebody):
        return ReportCell(value=None, numerator=number, denominator=whole, reason=NOBODY_KNOWS)
    if more_than_all(one, number, whole):
        return ReportCell(value=None, numerator=number, denominator=whole, reason=MORE_THAN_ALL)
    found = grid.share(number, whole)
    if isinstance(one.denominator, Figure) and None in (number, whole):
        return found.model_copy(update={"reason": one.denominator.meaning.missing})
    return found


def _unit_of(row: Any) -> RowUnit:
    """Of a row of an edition, which did not always say it: money, or a count."""
    return "vnd" if row["line"] == "money" else "count"
