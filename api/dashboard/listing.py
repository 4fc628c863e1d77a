"""The list of who is behind a number, as the page shows it."""

from dataclasses import dataclass
from datetime import date
from typing import get_args
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import codes
from api.accounts.actor import Actor
from api.areas.names import full_name
from api.areas.tables import Area
from api.indicators.catalogue import indicator
from api.indicators.queries import find_place
from api.indicators.records import Behind, Part, records
from api.indicators.schemas import RecordOut
from api.problems import NotFound

_AREA = Area.__table__  # type: ignore[attr-defined]
_ON_A_PAGE = 100
_PARTS: dict[Part, str] = {
    "numerator": "Được tính",
    "denominator": "Thuộc diện tính",
    "missing": "Thuộc diện tính nhưng chưa được tính",
    "unknown": "Chưa rõ",
}
_GONE = "(hộ hiện không thuộc địa bàn của bạn)"


@dataclass(frozen=True)
class Row:
    """Somebody who is counted: where they live, and who they are as far as the visitor may know."""

    hamlet: str
    number: str
    name: str
    head: str
    poverty_class: str


@dataclass(frozen=True)
class Listing:
    """One page of a list. `of_people`: the names are of persons, and `head` of the head of their household."""

    title: str
    definition: str
    part: str
    area: str
    as_of: date
    of_people: bool
    of_households: bool
    rows: list[Row]
    first: str | None
    next: str | None
    back: str


def listing(
    session: Session, actor: Actor, code: str, area: str | None, day: date, part: str, cursor: str | None
) -> Listing:
    """Raises what `records` raises, and NotFound for a part that no number has."""
    one = indicator(code)
    if part not in get_args(Part):
        raise NotFound("Không có danh sách này.", "There is no such list.")
    place = find_place(session, actor, area, day)
    found = records(session, actor, code, Behind(area, day, part), _ON_A_PAGE, cursor)  # type: ignore[arg-type]
    hamlets = _names(session, {record.place for record in found.items})
    here = {"code": code, "area": str(place.id), "as_of": day.isoformat(), "part": part}
    grain = one.numerator.grain
    return Listing(
        title=one.name.vi,
        definition=one.definition.vi,
        part=_PARTS[part],  # type: ignore[index]
        area=place.name,
        as_of=day,
        of_people=grain == "person",
        of_households=grain in ("household", "person"),
        rows=[_row(record, hamlets) for record in sorted(found.items, key=_order)],
        first=_address(here) if cursor else None,
        next=_address({**here, "cursor": found.next_cursor}) if found.next_cursor else None,
        back="/?" + urlencode({"area": str(place.id), "as_of": day.isoformat()}),
    )


def _address(asked: dict[str, str]) -> str:
    return "/records?" + urlencode(asked)


def _names(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(_AREA.c.id, _AREA.c.local_kind, _AREA.c.name).where(_AREA.c.id.in_(ids)))
    return {row.id: full_name(row.local_kind, row.name) for row in rows}


def _order(record: RecordOut) -> tuple[str, str, str]:
    """Within a page by hamlet and number, as the register on paper is."""
    return record.area_code, record.household_no or "", str(record.identity)


def _row(record: RecordOut, hamlets: dict[UUID, str]) -> Row:
    name = record.title or record.full_name or record.head_name
    return Row(
        hamlet=hamlets[record.place],
        number=record.household_no or "–",
        name=name or ("–" if record.household_id or record.title else _GONE),
        head=record.head_name or "–",
        poverty_class=codes.label("poverty_class", record.poverty_class) if record.poverty_class else "–",
    )
