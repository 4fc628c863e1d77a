"""The six-month and the annual monitoring report (TT 10/2022): indicators, money and counts of a period, row by row."""

from collections.abc import Iterator
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
from api.indicators.definition import Indicator, Missing
from api.indicators.facts import Moment
from api.indicators.points import Place, denominator_of
from api.indicators.queries import find_place, numbers
from api.report_submissions.figures import supported
from api.reports import grid, upper
from api.reports.basis import Asked
from api.reports.census_queries import below
from api.reports.deadlines import due_on
from api.reports.definition import data, monitoring_forms
from api.reports.periods import half_or_year, require_day
from api.reports.schemas import OfficialReportOut, ReportArea, ReportCell, ReportColumn, ReportRow
from api.schema import Words

_NO_RIGHT = Words(vi="Bạn không có quyền xem kinh phí.", en="You may not see the money.")
_BOOKED = {
    "approved": MovementKind.allocation,
    "committed": MovementKind.commitment,
    "disbursed": MovementKind.disbursement,
    "settled": MovementKind.settlement,
}
_COLUMNS = ("unit", "numerator", "denominator", "value")


def watched(session: Session, actor: Actor, form: str, asked: Asked) -> OfficialReportOut:
    """The report of a commune or hamlet from the register; of a larger area what its communes handed in, added up.

    A fixed number of statements. Raises NotFound (the area), Invalid (the period).
    """
    one, read = monitoring_forms()[form], data("monitoring")
    known_at, whole = clock.now(), half_or_year(asked.period, one["period"], asked.as_of, asked.where)
    require_day(whole, asked.as_of, asked.where)
    period, first, last = whole.code, whole.first, whole.last
    day = min(last, asked.as_of or clock.today())
    place = find_place(session, actor, asked.area, day)
    if place.level in (Level.district, Level.province):
        communes = below(session, place.id, day, Level.commune)
        contents = upper.handed_in(session, form, period, [row.id for row in communes])
        rows = list(_added(contents.values()))
        missing = upper.missing(communes, contents.keys(), period, monitoring=True)
    else:
        rows = [
            *_indicators(session, place, Moment(day, asked.known_at)),
            *_money(session, actor, place, first, day, asked.known_at or known_at),
            *_counts(session, place, first, day, asked.known_at or known_at),
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
            unit="text" if code == "unit" else "count",
        )
        for number, code in enumerate(_COLUMNS, start=1)
    ]


def _row(code: str, label: Words, kind: str, unit: str, *cells: ReportCell) -> ReportRow:
    """`kind`: what is counted; the row's line, since it says whether small counts are of people."""
    words = Words(**data("monitoring")["units"][unit])
    named = ReportCell(value=words.vi)
    return ReportRow(
        code=code, kind="item", label=label, area_id=None, line=kind, line_label=words, cells=[named, *cells]
    )  # fmt: skip


def _indicators(session: Session, place: Place, moment: Moment) -> Iterator[ReportRow]:
    listed = [INDICATORS[code] for code in data("monitoring")["indicators"]]
    wanted = sorted({part for one in listed for part in parts(one)})
    new_year = date(moment.day.year, 1, 1) - timedelta(days=1)
    told = numbers(session, [place], [moment.day, new_year], "", wanted, moment.known)
    now, before = (told[day, place.id][""] for day in (moment.day, new_year))
    for one in listed:
        numerator, denominator = now[one.numerator.code], denominator_of(one, now)
        value = _value(one, numerator, denominator)
        if one.change_since_new_year:
            value = _change(value, _value(one, before[one.numerator.code], denominator_of(one, before)))
        lower = ReportCell(
            value=denominator, reason=grid.NO_FIGURES if denominator is None and one.denominator else None
        )
        yield _row(one.code, one.name, one.numerator.grain, one.unit, ReportCell(value=numerator), lower, value)


def _value(one: Indicator, numerator: int, denominator: int | None) -> ReportCell:
    if one.denominator is None:
        return ReportCell(value=numerator)
    if isinstance(one.denominator, Missing):
        return ReportCell(value=None, numerator=numerator, reason=one.denominator.reason)
    return grid.share(numerator, denominator)


def _change(now: ReportCell, before: ReportCell) -> ReportCell:
    if isinstance(now.value, float | int) and isinstance(before.value, float | int):
        return now.model_copy(update={"value": round(now.value - before.value, 2)})
    return ReportCell(value=None, numerator=now.numerator, denominator=now.denominator, reason=grid.NO_FIGURES)


def _money(
    session: Session, actor: Actor, place: Place, first: date, day: date, known_at: datetime
) -> Iterator[ReportRow]:
    """What was booked in the period up to the day, for whoever may read it; the plan is that of the whole year."""
    scope = actor.scope_of(Permission.budget_read)
    sums: dict[str, int] | None = None
    if covers(session, scope, place.id):
        booked = money_of.booked(session, scope, place.id, first, day, known_at)
        sums = {name: booked.get(kind, 0) for name, kind in _BOOKED.items()}
        sums["planned"] = money_of.planned(session, scope, place.id, day.year, day)
    for name, words in data("monitoring")["money"].items():
        cell = ReportCell(value=None, reason=_NO_RIGHT) if sums is None else ReportCell(value=sums[name])
        yield _row(f"money_{name}", Words(**words), "money", "vnd", cell, ReportCell(value=None), cell)


def _counts(session: Session, place: Place, first: date, day: date, known_at: datetime) -> Iterator[ReportRow]:
    """What was handed over in the period up to the day."""
    support = supported(session, place.id, first, day, known_at)
    words = data("monitoring")["counts"]
    for name, number, kind, unit in (
        ("deliveries", support.deliveries, "household", "count"),
        ("supported_households", support.households, "household", "count"),
        ("supported_amount", support.amount_vnd, "money", "vnd"),
    ):
        cell = ReportCell(value=number)
        yield _row(name, Words(**words[name]), kind, unit, cell, ReportCell(value=None), cell)


def _added(contents: Any) -> Iterator[ReportRow]:
    """Row by row what the communes say; a rate is taken anew of the sums, a change of a rate is not added."""
    read = list(contents)
    if not read:
        return
    for place, row in enumerate(read[0]["rows"]):
        same = [content["rows"][place] for content in read]
        cells = [[one["cells"][at] for one in same] for at in range(len(_COLUMNS))]
        upper_, lower = (grid.added(cell["value"] for cell in column) for column in cells[1:3])
        if INDICATORS.get(row["code"]) is None or INDICATORS[row["code"]].denominator is None:
            value = ReportCell(value=upper_)
        elif INDICATORS[row["code"]].change_since_new_year:
            value = ReportCell(value=None, numerator=upper_, denominator=lower, reason=grid.NO_FIGURES)
        else:
            value = grid.share(upper_, lower)
        numbers_ = (ReportCell(value=upper_), ReportCell(value=lower), value)
        yield ReportRow(
            code=row["code"], kind="item", label=Words(**row["label"]), area_id=None, line=row["line"],
            line_label=Words(**row["line_label"]), cells=[ReportCell(value=cells[0][0]["value"]), *numbers_],
        )  # fmt: skip
