"""The households and people behind a cell: as many as it says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.areas.places import covers
from api.areas.tables import Level
from api.indicators.records import Behind
from api.indicators.records import records as behind_indicator
from api.problems import FieldError, Invalid
from api.reports import names
from api.reports.basis import Asked, basis
from api.reports.counters import Of, completed, has_records, marks, tells
from api.reports.definition import Form, forms, list_forms, monitoring_forms
from api.reports.monitoring import watched
from api.reports.queries import Counted, counted
from api.reports.schemas import ReportRecordOut
from api.reports.small import sees_small_counts
from api.reports.wrong import denied, unknown_form
from api.schema import Page


def records(
    session: Session, actor: Actor, form: str, asked: Asked, row: str, column: str, limit: int, cursor: str | None
) -> Page[ReportRecordOut]:
    """Who counts in a cell; of who may not be seen any more only that they do.

    Raises UnknownForm, NotFound, PermissionDenied, Invalid: a row or column that there is not, or that has no records.
    """
    if form in monitoring_forms():
        return _of_indicator(session, actor, form, asked, row, column, limit, cursor)
    if form in list_forms():
        raise _no_records("Danh sách đã là hồ sơ.", "A list is its own records.")
    one = forms().get(form)
    if one is None:
        raise unknown_form(form)
    where = basis(session, actor, asked, needs_round=one.basis == "round")
    if where.place.level in (Level.district, Level.province):
        raise _no_records("Báo cáo cấp trên cộng từ các xã: xem hồ sơ ở biểu của xã.", "Look in the commune's report.")
    found = counted(session, actor, one, where)
    of, hamlets = _cell(found, one, row, column)
    actor = _may_see(session, actor, where.place.id, of)
    behind = [mark for mark in marks(found.census, of) if mark.hamlet_id in hamlets]
    total: Counter[tuple[UUID, UUID | None, UUID]] = Counter()
    for mark in behind:
        total[mark.household_id, mark.member_id, mark.hamlet_id] += mark.number
    ordered = sorted(total, key=lambda key: (key[1] or key[0], key[0], key[2]))
    after = paging.decode(cursor, UUID, UUID)
    if after is not None:
        ordered = [key for key in ordered if (key[1] or key[0], key[2]) > (after[0], after[1])]
    some = [key for key in ordered if total[key]][: limit + 1]
    shown, next_cursor = paging.page(some, limit, lambda key: (str(key[1] or key[0]), str(key[2])))
    return Page[ReportRecordOut](items=_named(session, actor, form, shown, total), next_cursor=next_cursor)


_Key = tuple[UUID, UUID | None, UUID]  # household, member, hamlet


def _named(
    session: Session, actor: Actor, form: str, shown: Sequence[_Key], total: Mapping[_Key, int]
) -> list[ReportRecordOut]:
    """With the names the caller may see. Every reading is in the log."""
    called = names.households(session, actor, [key[0] for key in shown])
    people = names.members(session, [key[1] for key in shown if key[1] and key[0] in called])
    seen = dict.fromkeys(one.id for one in called.values())
    audit.record(session, actor, "reports.records", "household", seen, form=form)
    return [
        ReportRecordOut(
            identity=member or household, area_id=hamlet,
            household_id=home.id if (home := called.get(household)) else None,
            household_no=home.household_no if home else None, head_name=home.head_name if home else None,
            member_id=member if home else None,
            full_name=people[member].full_name if home and member in people else None,
            count=total[household, member, hamlet],
        )
        for household, member, hamlet in shown
    ]  # fmt: skip


def _cell(found: Counted, form: Form, row: str, column: str) -> tuple[Of, set[UUID]]:
    """What a cell counts, and in which hamlets. `row` as the report calls it: a hamlet's code or `total`, and the line.

    Raises Invalid: there is no such cell, or nobody is behind it.
    """
    code, _, line_code = row.partition(":")
    line = next((line for line in form.lines if line.code == line_code or len(form.lines) == 1), None)
    known = next((one for one in found.columns if one.code == column), None)
    split = ("urban", "rural")
    units = [unit for unit in found.units if code in (unit.code, "total") or (code in split and unit.area_type == code)]
    if line is None or known is None or (not units and code not in ("total", *split)):
        vi, en = "Biểu này không có ô đó.", "The form has no such cell."
        raise Invalid(vi, en, errors=(FieldError("#query/row", "no_such_cell", vi, en),))
    of = completed(known.counts, line.unit, line.poverty_class, form.poverty_class)
    if not has_records(of):
        raise _no_records("Ô này là số liệu thống kê của xóm, không đếm từ hồ sơ.", "It is a statistic of the hamlets.")
    return of, {unit.id for unit in units}


def _may_see(session: Session, actor: Actor, area_id: UUID, of: Of) -> Actor:
    """The caller, in the areas of the right that the cell needs. Raises PermissionDenied where it does not reach over
    the whole of this one, and for whoever is not told small counts: they are not shown the three either."""
    said = tells(of)
    needed = [Permission.households_read]
    if said == "class":
        needed = [Permission.households_list, Permission.households_read]
    if not covers(session, actor.scope_of(*needed), area_id) or not sees_small_counts(session, actor, area_id):
        raise denied(needed[0])
    if said == "sensitive" and not covers(session, actor.scope_of(Permission.persons_sensitive), area_id):
        raise denied(
            Permission.persons_sensitive,
            "Danh sách này cho biết dân tộc, sức khoẻ, khả năng lao động hoặc thiếu hụt của từng hộ: bạn không có "
            "quyền xem các thông tin đó.",
            "This list tells ethnic groups, health, labour capacity or deprivations: you may not see these.",
        )
    return narrowed(actor, *needed)


def _of_indicator(
    session: Session, actor: Actor, form: str, asked: Asked, row: str, column: str, limit: int, cursor: str | None
) -> Page[ReportRecordOut]:
    report = watched(session, actor, form, asked)
    rows = {one.code for one in report.rows if one.line in ("household", "person", "intervention", "trainee")}
    parts = {"numerator": "numerator", "value": "numerator", "denominator": "denominator"}
    from_counts = row in ("deliveries", "supported_households")
    if row not in rows or column not in parts or from_counts or report.area.level in (Level.district, Level.province):
        raise _no_records(
            "Ô này không đếm từ sổ bộ: tiền xem ở dòng ngân sách, số giao xem ở danh sách giao nhận.",
            "Money is behind /budget-lines, what was handed over behind /deliveries.",
        )
    part = parts[column]
    behind = Behind(str(report.area.id), report.as_of, part, known_at=asked.known_at)  # type: ignore[arg-type]
    page = behind_indicator(session, actor, row, behind, limit, cursor)
    items = [
        ReportRecordOut(
            identity=one.identity, area_id=one.place, household_id=one.household_id, household_no=one.household_no,
            head_name=one.head_name or one.title, member_id=one.member_id, full_name=one.full_name, count=1,
        )
        for one in page.items
    ]  # fmt: skip
    return Page[ReportRecordOut](items=items, next_cursor=page.next_cursor)


def _no_records(vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError("#query/column", "no_records", vi, en),))
