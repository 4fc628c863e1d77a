"""Writes a workbook of layout A. All of it is text: a citizen number keeps its zeros, and nothing is computed."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import xlsxwriter
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.areas.names import full_name
from api.areas.tables import LocalKind
from api.codes import label
from api.downloads import WorkbookAnswer, saved_as
from api.workbooks import layout
from api.workbooks.export_queries import Listed, listed, require_place
from api.workbooks.tables import SheetRole

Cells = dict[str, Any]


def export_households(session: Session, actor: Actor, area_id: UUID, day: date) -> WorkbookAnswer:
    """Who was poor, near-poor or had just escaped in the area on `day`, as far as the actor may see. Raises NotFound,
    Invalid. Every export is in the log."""
    place = require_place(session, actor, area_id)
    homes = listed(session, actor, area_id, day)
    named = full_name(LocalKind(place.local_kind), place.name)
    content = _written(homes, named, day)
    ids = [home.row.id for home in homes]
    audit.record(session, actor, "workbooks.export", "household", ids, area=str(area_id), as_of=day.isoformat())
    return WorkbookAnswer(content, headers=saved_as(f"Hộ nghèo, cận nghèo {named} {day:%d-%m-%Y}.xlsx"))


def _written(homes: list[Listed], named: str, day: date) -> bytes:
    stream = io.BytesIO()
    # a name that begins with `=` is a name
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        for sheet in layout.sheets():
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(sheet.first_row - 1, 4)
            for column in sheet.columns:
                page.set_column(f"{column.column}:{column.column}", column.width)
            # rows in their order: each one is written to the disk when the next one begins
            page.write_string("A1", f"UBND {named}", bold)
            page.write_string("A3", sheet.title, bold)
            page.write_string("A4", f"(Tính đến ngày {day:%d/%m/%Y})")
            # who receives the file can count its rows
            page.write_string("A5", _sums(sheet.role, homes))
            for column in sheet.columns:
                page.write_string(f"{column.column}{sheet.first_row - 2}", column.heading, head)
            for place, column in enumerate(sheet.columns, start=1):
                page.write_string(f"{column.column}{sheet.first_row - 1}", f"({place})", head)
            letters = sheet.fields()
            for row, cells in enumerate(_rows(sheet.role, homes, day), start=sheet.first_row):
                for name, said in cells.items():
                    if said not in (None, "") and name in letters:
                        page.write_string(f"{letters[name]}{row}", str(said))
    return stream.getvalue()


def _sums(role: SheetRole, homes: list[Listed]) -> str:
    here = [home for home in homes if role in home.roles()]
    return f"Số hộ: {len(here)}; số nhân khẩu: {sum(len(home.people) for home in here)}"


def _rows(role: SheetRole, homes: list[Listed], day: date) -> Iterator[Cells]:
    number = 0
    for home in homes:
        if role not in home.roles():
            continue
        number += 1
        people: list[dict[str, Any] | None] = list(home.people[:1]) or [None]
        if role == SheetRole.listed:
            people += home.people[1:]
        for place, person in enumerate(people):
            household = _household(home, role) | {"line_no": number} if place == 0 else {}
            codes = {"household_code": home.row.id}
            yield household | codes | (_person(person, day) if person else {}) | _merit(home, person, place)


def _household(home: Listed, role: SheetRole) -> Cells:
    row, place = home.row, home.place
    causes = [label("cause", code) for code in row.causes or ()] if row.sees_sensitive else []
    first = home.people[0] if home.people else None
    minority = first is not None and first["ethnicity"] not in (None, "kinh")
    return {
        "household_no": row.household_no,
        "head_name": first and first["full_name"],
        "province": place.names.get("province"),
        "district": place.names.get("district"),
        "district_code": place.codes.get("district"),
        "commune": place.names.get("commune"),
        "commune_code": place.codes.get("commune"),
        "hamlet": place.names.get("hamlet"),
        "address": row.address,
        "poverty_class": label("poverty_class", row.poverty_class),
        "decision_no": row.number,
        "decided_on": f"{row.decided_on:%d/%m/%Y}",
        "b1": row.b1,
        "b2": row.b2,
        "minority": "x" if minority else None,
        "no_labour": "x" if row.no_labour_capacity else None,
        "causes": "; ".join(causes),
        "persons": len(home.people),
        "note": "Trở thành hộ cận nghèo" if role != SheetRole.listed and row.poverty_class == "near_poor" else None,
    }


def _person(person: dict[str, Any], day: date) -> Cells:
    born = person["birth_date"]
    return {
        "full_name": person["full_name"],
        "relation": label("relation", person["relation_to_head"]),
        "birth": f"{born:%d/%m/%Y}" if born else person["birth_year"],
        "sex": label("sex", person["sex"]),
        "number": person["number"],
        "ethnicity": person["ethnicity"] and label("ethnicity", person["ethnicity"]),
        "age": day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        if born
        else day.year - person["birth_year"],
        "member_code": person["id"],
    }


def _merit(home: Listed, person: dict[str, Any] | None, place: int) -> Cells:
    """In the first row: somebody of the household; in the others: this person."""
    somebody = any(one["merit_person"] for one in home.people)
    marked = somebody if place == 0 else person is not None and person["merit_person"]
    return {"merit": "x" if marked else None}
