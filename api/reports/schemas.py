"""Official reports on the wire."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.areas.tables import Level
from api.schema import Schema, Words

FormKind = Literal["table", "list", "monitoring"]
RowKind = Literal["area", "urban", "rural", "total", "item", "entry"]
CellUnit = Literal["count", "percent", "text", "of_row"]
RowUnit = Literal["count", "percent", "percentage_point", "vnd"]


class FormOut(Schema):
    """An entry of the catalogue. `basis`: `round` where only a round has it; `period`: of a half year, a year."""

    code: str
    title: Words
    kind: FormKind
    basis: Literal["round", "day", "period"]
    source: str


class FormList(Schema):
    items: list[FormOut] = Field(description="Every form, in the order of the annex.")


class ReportColumn(Schema):
    """`number` as the form prints it; `group`: what several columns stand under; `unit`: what the cells are in, which
    for `of_row` each row says of its own."""

    code: str
    number: int
    heading: Words
    group: Words | None
    unit: CellUnit


class ReportCell(Schema):
    """One cell. `value` is null where it is not known, and `reason` says why; never 0 or 100 % instead.

    A percentage carries its `numerator` and `denominator`. `suppressed`: too small a count for whoever asks.
    """

    value: int | float | str | None
    numerator: int | None = None
    denominator: int | None = None
    reason: Words | None = None
    suppressed: bool = False


class ReportRow(Schema):
    """`code` names the row when its records are asked for. `line`: what the row counts, where an area has several.
    `unit`: of the cells whose column leaves it to the row (the value in a monitoring report); null elsewhere.
    `area_type` of a unit's row says in which of the rows `urban` and `rural` it is added up."""

    code: str
    kind: RowKind
    unit: RowUnit | None = None
    label: Words
    area_id: UUID | None
    area_type: Literal["urban", "rural"] | None = None
    line: str | None
    line_label: Words | None
    cells: list[ReportCell]


class ReportFault(Schema):
    """Two numbers that ought to balance and do not: `left` ought to be `relation` `right`. `rule` is it in the codes of
    the columns, `words` in their headings."""

    row: str
    column: str
    left: int
    relation: Literal["=", "<="]
    right: int
    rule: str
    words: Words


class ReportArea(Schema):
    id: UUID
    code: str
    name: str
    level: Level


class MissingOut(Schema):
    """A unit below that has not handed in; `overdue`: its day has passed."""

    area_id: UUID
    code: str
    name: str
    due_on: date | None
    overdue: bool


class OfficialReportOut(Schema):
    """A report. The same `as_of` and `known_at` give the same numbers after later edits; a closed round counts with its
    frozen standing. `faults` empty: it balances. `missing`: who has not handed in, of a report that adds up others.
    `preliminary`: of the year's review while it goes on.

    `known_at`: every number is of what was recorded before it, in a monitoring report the money and the deliveries too,
    and in a report that adds up others what had been handed in by then. Two things are as of today: what people are
    called, and the totals of hamlets under a round, which mostly come after its closing.

    `period`: of a monitoring report the half year or year. Indicators are of its day `as_of`, and count what happened
    (movements, what was received, started, trained) since 1 January of that year; money and deliveries are what was
    booked and handed over from the first day of the period to `as_of`; the plan is that of the whole year.

    A share divides by what its definition names: facts of the register, or the dated totals of the hamlets. It is null
    where one of these is missing, where there is nobody below the line, and where nothing is known of any of them.
    """

    form: str
    title: Words
    source: str
    kind: FormKind
    area: ReportArea
    period: str
    round_id: UUID | None
    as_of: date
    known_at: datetime
    columns: list[ReportColumn]
    rows: list[ReportRow]
    totals: list[ReportRow]
    notes: list[Words]
    faults: list[ReportFault]
    missing: list[MissingOut]
    due_on: date | None
    preliminary: bool = False


class ReportRecordOut(Schema):
    """Who counts in a cell, and how often (`count`): they add up to it. The names are null for whoever has gone where
    the caller may not look."""

    identity: UUID
    area_id: UUID
    household_id: UUID | None
    household_no: str | None
    head_name: str | None
    member_id: UUID | None
    full_name: str | None
    count: int


FORM_EXAMPLE: dict[str, Any] = {
    "code": "form-02",
    "title": {"vi": "Tổng hợp diễn biến hộ nghèo", "en": "Movement of poor households"},
    "kind": "table",
    "basis": "round",
    "source": "QĐ 24/2021/QĐ-TTg, Điều 7; TT 07/2021/TT-BLĐTBXH",
}
