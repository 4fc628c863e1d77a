"""From a file of units to rows: hamlets are numbered, parents found, types and regions inherited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from api.areas.documents import AreaDocument, DatedUnit, Hamlets
from api.areas.names import full_name, numbered
from api.areas.tables import AreaType, Level, LocalKind, area_id
from api.names import fold, toned
from api.problems import Invalid

_RANK = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True)
class Row:
    """A unit ready to be stored."""

    id: UUID
    code: str
    level: Level
    name: str
    local_kind: LocalKind
    area_type: AreaType | None
    region: str | None
    valid_from: date
    valid_to: date | None
    source: str
    parent_id: UUID | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Row":
        """From a row of the table, where levels and kinds are plain text."""
        return cls(
            **{
                **stored,
                "level": Level(stored["level"]),
                "local_kind": LocalKind(stored["local_kind"]),
                "area_type": AreaType(stored["area_type"]) if stored["area_type"] else None,
            }
        )

    def as_json(self) -> dict[str, Any]:
        """What insert_areas.sql reads: with the keys by which a name is found."""
        called = full_name(self.local_kind, self.name)
        return {key: None if value is None else str(value) for key, value in self.__dict__.items()} | {
            "name_folded": fold(called),
            "name_toned": toned(called),
        }


def is_above(parent: Level, child: Level) -> bool:
    """May a unit of level `child` hang under one of level `parent`? (Levels may be left out, never turned round.)"""
    return _RANK[parent] < _RANK[child]


def rows_of(document: AreaDocument, known: Iterable[Row]) -> list[Row]:
    """The file's units that are not known yet as rows, parents first. `known`: what is stored; a parent may be there.

    What is stored stands, also where the file says otherwise: it may have ended since the file was written.
    Raises Invalid for a parent that is in neither, or that does not stand above on all of those days.
    """
    found: dict[str, list[Row]] = {}
    ids = set()
    for row in known:
        found.setdefault(row.code, []).append(row)
        ids.add(row.id)
    rows = []
    units = [*document.area, *(unit for hamlets in document.hamlets for unit in _numbered(hamlets))]
    for unit in sorted(units, key=lambda u: _RANK[u.level]):
        row = row_of(unit, document.source)
        if row.id in ids:
            continue
        row = hung(row, unit.parent, found)
        found.setdefault(row.code, []).append(row)
        rows.append(row)
    return rows


def _numbered(hamlets: Hamlets) -> list[DatedUnit]:
    return [
        DatedUnit(
            code=f"{hamlets.parent}-{number:02d}",
            level=Level.hamlet,
            local_kind=hamlets.local_kind,
            name=numbered(hamlets.local_kind, number),
            parent=hamlets.parent,
            source=hamlets.source,
            valid_from=hamlets.valid_from,
        )
        for number in range(1, hamlets.count + 1)
    ]


def row_of(unit: DatedUnit, source: str) -> Row:
    """A unit as a row, not yet hung under anything; `source` where it names none of its own."""
    return Row(
        id=area_id(unit.code, unit.valid_from if unit.reuses_code else None),
        code=unit.code,
        level=unit.level,
        name=unit.name,
        local_kind=unit.local_kind,
        area_type=unit.area_type,
        region=unit.region,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        source=unit.source or source,
    )


def hung(row: Row, parent_code: str | None, found: dict[str, list[Row]]) -> Row:
    """The row under its parent, with what it inherits. Raises Invalid where there is no such unit above it."""
    if parent_code is None:
        return row
    parent = next((p for p in found.get(parent_code, ()) if _lives_through(p, row)), None)
    if parent is None or not is_above(parent.level, row.level):
        raise Invalid(
            f"{row.code} {row.name}: không có đơn vị cấp trên {parent_code} trong những ngày đó.",
            f"{row.code}: there is no unit {parent_code} above it on those days.",
        )
    # a hamlet is as rural or urban as its commune, and everything lies in its province's region
    return replace(
        row,
        parent_id=parent.id,
        area_type=row.area_type or parent.area_type,
        region=row.region or parent.region,
    )


def _lives_through(parent: Row, child: Row) -> bool:
    return parent.valid_from <= child.valid_from and (
        parent.valid_to is None or (child.valid_to is not None and child.valid_to <= parent.valid_to)
    )
