"""Where a unit lay on a day, in the words a paper prints: a paper of 2024 names the district that there was in 2024."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from api.areas.names import full_name
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure, Level, LocalKind
from api.households.stored import among
from api.papers.parts import Issuer

_AREA = Area.__table__  # type: ignore[attr-defined]
_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Place:
    """The units above a place, with their kind (`xã Trực Thái`); None where there is none of that level.

    `town`: the commune without its kind, as it stands before the day of a paper.
    """

    commune: str
    town: str
    commune_code: str
    hamlet: str | None = None
    hamlet_code: str | None = None
    district: str | None = None
    province: str | None = None

    def issuer(self) -> Issuer:
        """The People's Committee of the commune."""
        return Issuer(commune=self.commune, place=self.town)

    def hamlet_issuer(self) -> Issuer:
        """For what a hamlet writes."""
        return Issuer(commune=self.commune, place=self.town, hamlet=self.hamlet and in_a_sentence(self.hamlet))

    def address(self, own: str | None) -> str:
        """`Ngõ 4, xóm 3, xã Trực Thái, huyện Trực Ninh, tỉnh Nam Định`."""
        hamlet = self.hamlet and (in_a_sentence(self.hamlet) if own else self.hamlet)
        parts = [own, hamlet, self.commune, self.district, self.province]
        # people write the hamlet into the address, too
        if own and self.hamlet and self.hamlet.casefold() in own.casefold():
            parts.remove(hamlet)
        return ", ".join(part for part in parts if part)

    def upper(self, level: str) -> str | None:
        """The unit that is asked for its opinion (`UpperLevel`)."""
        return {"district": self.district, "province": self.province}.get(level)

    def paper_prefix(self) -> str:
        """The hamlet in the number of a survey form: `03`. A hamlet that came from another commune keeps its whole
        code, since the commune it joined has a hamlet of that number already."""
        return (self.hamlet_code or self.commune_code).removeprefix(f"{self.commune_code}-")


def place(session: Session, area_id: UUID, day: date) -> Place:
    """Where a hamlet or commune lay on `day`, or on the nearest day on which it was there; one statement."""
    unit = _AREA.alias("unit")
    then = func.least(func.greatest(day, unit.c.valid_from), unit.c.valid_to)
    rows = session.execute(
        select(_AREA.c.level, _AREA.c.local_kind, _AREA.c.name, _AREA.c.code)
        .join(_CLOSURE, _CLOSURE.c.ancestor_id == _AREA.c.id)
        .join(unit, unit.c.id == _CLOSURE.c.descendant_id)
        .where(unit.c.id == area_id, valid_on(_CLOSURE.c, then))
    )
    found = {row.level: row for row in rows}
    commune = found[Level.commune]
    called = {level: full_name(LocalKind(row.local_kind), row.name) for level, row in found.items()}
    hamlet = found.get(Level.hamlet)
    return Place(
        commune=called[Level.commune],
        town=commune.name,
        commune_code=commune.code,
        hamlet=called.get(Level.hamlet),
        hamlet_code=hamlet.code if hamlet else None,
        district=called.get(Level.district),
        province=called.get(Level.province),
    )


def names(session: Session, area_ids: Iterable[Any]) -> dict[Any, str]:
    """What units are called: `Xóm 3`. A unit keeps its name as long as it lives."""
    rows = session.execute(
        select(_AREA.c.id, _AREA.c.local_kind, _AREA.c.name).where(among(_AREA.c.id, set(area_ids) - {None}))
    )
    return {row.id: full_name(LocalKind(row.local_kind), row.name) for row in rows}


def in_a_sentence(name: str) -> str:
    """`xóm 3`, as it stands after other words."""
    return name[:1].lower() + name[1:]
