"""The list forms: 14 and 15 with everybody of each household; lists for posting with name, hamlet and class."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import audit, clock, codes
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.areas.places import covers
from api.areas.tables import Level
from api.indicators.facts import Moment
from api.names import sort_key
from api.reports import names
from api.reports.basis import Asked, Basis, basis
from api.reports.census import Census, Home, Human
from api.reports.census_queries import census
from api.reports.deadlines import due_on
from api.reports.definition import ListForm, data
from api.reports.grid import UnitRow
from api.reports.periods import wrong
from api.reports.schemas import OfficialReportOut, ReportArea, ReportCell, ReportColumn, ReportRow
from api.schema import Words

SOURCE = "QĐ 24/2021/QĐ-TTg, Điều 4; TT 07/2021/TT-BLĐTBXH"
NAMELESS = "(chưa có tên chủ hộ)"
_WITHHELD = Words(vi="Bạn không có quyền xem dân tộc.", en="You may not see ethnic groups.")
_POSTED = (("name", "Họ và tên chủ hộ", "Head"), ("hamlet", "Xóm", "Hamlet"), ("class", "Kết quả", "Class"))
_DETAILED = (
    ("household_no", "Số hộ", "Household no."),
    ("member_no", "STT thành viên", "Member no."),
    ("name", "Họ và tên", "Name"),
    ("born_male", "Năm sinh (nam)", "Born (male)"),
    ("born_female", "Năm sinh (nữ)", "Born (female)"),
    ("ethnicity", "Dân tộc", "Ethnic group"),
    ("relation", "Quan hệ với chủ hộ", "Relation to the head"),
    ("mark", "Hộ cũ, mới, tái", "Old, new, relapsed"),
    ("merit", "Người có công", "Merit"),
    ("no_labour", "Không có KNLĐ", "No labour capacity"),
)
# (class that was left, column of the ledger) -> the movement, as it is called on the list
_ESCAPED = {
    ("poor", "above_line"): "escaped_poor",
    ("poor", "to_other_class"): "poor_to_near_poor",
    ("near_poor", "above_line"): "escaped_near_poor",
}
_MARKS = {"new": "mới", "relapsed": "tái", "from_other_class": "chuyển"}


def listed(session: Session, actor: Actor, form: ListForm, asked: Asked) -> OfficialReportOut:
    """The list, hamlet by hamlet, by the given name of the head. Every reading is in the log.

    Raises NotFound, Invalid for more than a commune.
    """
    needed = Permission.households_read if form.detailed else Permission.households_list
    actor = narrowed(actor, needed)
    where = basis(session, actor, asked, needs_round=form.escaped)
    if where.place.level not in (Level.commune, Level.hamlet):
        vi = "Danh sách lập theo xã hoặc xóm."
        raise wrong(vi, "Lists are of a commune or a hamlet.", asked.where, ("area", "too_large"))
    known_at = clock.now()
    units, found = census(session, actor, where)
    homes = list(_escaped(found, form) if form.escaped else _standing(found, form))
    called = names.households(session, actor, [home.household_id for home in homes])
    order = {unit.id: place for place, unit in enumerate(units)}
    homes = [home for home in homes if home.household_id in called and home.hamlet_id in order]
    homes.sort(key=lambda home: (order[home.hamlet_id], _by_name(called[home.household_id]), home.household_id))
    read = dict.fromkeys(called[one.household_id].id for one in homes)
    audit.record(session, actor, "reports.list", "household", read, form=form.code)
    lines = _detailed(session, actor, where, form, homes, called, units, found) if form.detailed else (
        _posted(form, homes, called, units))  # fmt: skip
    return OfficialReportOut(
        form=form.code, title=form.title, source=SOURCE, kind="list",
        area=ReportArea(id=where.place.id, code=where.place.code, name=where.place.name, level=where.place.level),
        period=where.period, round_id=None if where.round is None else where.round.id, as_of=where.day,
        known_at=where.known or known_at, columns=_columns(form), rows=list(lines), totals=[], notes=[], faults=[],
        missing=[], due_on=due_on(where.period, where.place.level, preliminary=where.preliminary),
        preliminary=where.preliminary,
    )  # fmt: skip


def _by_name(called: Any) -> str:
    """As Vietnamese lists go: by given name, then by the whole of it. Who has no name comes first."""
    return sort_key(called.head_name) if called.head_name else ""


def _standing(found: Census, form: ListForm) -> Iterator[Home]:
    return (home for home in found.homes if home.poverty_class == form.poverty_class)


def _escaped(found: Census, form: ListForm) -> Iterator[Home]:
    """Who left the class: above the line, in no standing any more; or out of poverty and near-poor (domain.md 1.5)."""
    for entry in found.entries:
        came = _ESCAPED.get((form.poverty_class, entry.column))
        if entry.poverty_class == form.poverty_class and came is not None:
            yield Home(entry.household_id, entry.area_id, None, entry.persons, movements=frozenset({came}))


def _columns(form: ListForm) -> list[ReportColumn]:
    known = [(code, Words(vi=vi, en=en), None) for code, vi, en in (_DETAILED if form.detailed else _POSTED)]
    columns: list[tuple[str, Words, Words | None]] = list(known)
    if form.detailed:
        group = Words(**data("forms")["groups"]["support"])
        for need in _needs():
            label = Words(vi=codes.label("need", need), en=codes.label("need", need, "en"))
            columns.append((f"support_{need}", label, group))
    return [
        ReportColumn(code=code, number=number, heading=heading, group=group, unit="text")
        for number, (code, heading, group) in enumerate(columns, start=1)
    ]


def _needs() -> list[str]:
    return [value["code"] for one in codes.code_lists() if one["code"] == "need" for value in one["values"]]


def _posted(
    form: ListForm, homes: Iterable[Home], called: dict[UUID, Any], units: list[UnitRow]
) -> Iterator[ReportRow]:
    hamlets = {unit.id: unit for unit in units}
    for number, home in enumerate(homes, start=1):
        hamlet = hamlets[home.hamlet_id]
        yield _row(number, hamlet, [called[home.household_id].head_name or NAMELESS, hamlet.name, _kind(form, home)])


def _kind(form: ListForm, home: Home) -> str:
    """`Hộ nghèo`, `Hộ thoát nghèo, trở thành hộ cận nghèo`."""
    if not form.escaped:
        return codes.label("poverty_class", form.poverty_class)
    (movement,) = home.movements
    said = codes.label("movement", movement)
    return f"Hộ {said[0].lower()}{said[1:]}"


def _row(number: int, hamlet: UnitRow, values: list[str | int | None]) -> ReportRow:
    return ReportRow(
        code=str(number), kind="entry", label=Words(vi=hamlet.name, en=hamlet.name), area_id=hamlet.id, line=None,
        line_label=None, cells=[ReportCell(value=value) for value in values],
    )  # fmt: skip


def _detailed(
    session: Session, actor: Actor, where: Basis, form: ListForm, homes: list[Home], called: dict[UUID, Any],
    units: list[UnitRow], found: Census,
) -> Iterator[ReportRow]:  # fmt: skip
    sensitive = covers(session, actor.scope_of(Permission.persons_sensitive), where.place.id)
    people: dict[UUID, list[Human]] = {}
    for human in found.humans:
        people.setdefault(human.household_id, []).append(human)
    listed = [human.member_id for home in homes for human in people.get(home.household_id, [])]
    records = names.people(session, listed, Moment(where.day, where.known))
    hamlets = {unit.id: unit for unit in units}
    came, number = _marks(homes, found, form), 0
    for home in homes:
        mark = came.get(home.household_id, "cũ")
        family = sorted(
            people.get(home.household_id, []),
            key=lambda one: (not one.is_head, records[one.member_id].born or 0, one.member_id),
        )
        for place, human in enumerate(family, start=1):
            number += 1
            values = _person(records[human.member_id], home, mark, called[home.household_id].household_no, place)
            row = _row(number, hamlets[home.hamlet_id], values)
            yield row if sensitive else _without_ethnicity(row)


def _person(
    record: names.Person, home: Home, mark: str, household_no: str | None, place: int
) -> list[str | int | None]:
    male, born = record.sex == "male", record.born
    return [
        household_no,
        place,
        record.full_name,
        born if male else None,
        None if male else born,
        codes.label("ethnicity", record.ethnicity),
        codes.label("relation", record.relation_to_head),
        mark if place == 1 else None,
        "x" if record.merit_person else None,
        "x" if home.no_labour and place == 1 else None,
        *("x" if need in home.wishes and place == 1 else None for need in _needs()),
    ]


def _without_ethnicity(row: ReportRow) -> ReportRow:
    at = [code for code, _, _ in _DETAILED].index("ethnicity")
    return row.model_copy(
        update={"cells": [*row.cells[:at], ReportCell(value=None, reason=_WITHHELD), *row.cells[at + 1 :]]}
    )


def _marks(homes: Iterable[Home], found: Census, form: ListForm) -> dict[UUID, str]:
    """How each household came to its class: by the ledger of the round, or by the decisions of the year."""
    if found.entries:
        return {
            entry.household_id: _MARKS[entry.column]
            for entry in found.entries
            if entry.poverty_class == form.poverty_class and entry.column in _MARKS
        }
    words = {f"relapsed_{form.poverty_class}": "tái", f"new_{form.poverty_class}": "mới"}
    return {home.household_id: words[one] for home in homes for one in sorted(home.movements) if one in words}
