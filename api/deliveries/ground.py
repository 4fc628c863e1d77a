"""What a list of deliveries touches, loaded and held: households, interventions, people, organisations, lines of
signing sheets. As many statements however long the list. Locks: households, interventions, lines.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.changes import history
from api.changes.fold import Record
from api.deliveries.rows import ENTITY, LINE, SHEET, held_lines, parted_lines, stored_deliveries
from api.deliveries.tables import DeliveryOutcome
from api.households.aliases import all_names
from api.households.stored import Held, Lock, among, hold_households, survivors
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.interventions.reach import INTERVENTION, interventions_of, visible
from api.interventions.tables import Organisation

_ORGANISATION = Organisation.__table__  # type: ignore[attr-defined]


@dataclass(slots=True)
class Served:
    """An intervention as held: what of the approved money is left (`left_vnd` None: it is paid from no budget line).
    `home`: the household it is about. `mine`: it lies in the areas of the caller."""

    id: UUID
    kind: str
    area_id: UUID
    home: UUID | None
    mine: bool
    left_vnd: int | None


@dataclass(slots=True)
class Line:
    """A line of a signing sheet as held, and as the list leaves it."""

    id: UUID
    sheet_id: UUID
    sheet_state: str
    intervention_id: UUID
    home: UUID
    member_id: UUID | None
    state: str
    version: int
    note: str | None
    delivery_id: UUID | None
    delivered_on: Any


class Touched:
    """`stored`: the deliveries named; `foreign`: ids that belong to another kind of record; `members`: person -> their
    household, of those in the caller's areas."""

    def __init__(self, session: Session, actor: Actor, ids: Collection[UUID], fields: Sequence[dict[str, Any]]) -> None:
        self.session, self.scope = session, actor.scope
        self.held, self.homes = self._homes(_named(fields, "household_id"))
        self.interventions = self._interventions(actor, _named(fields, "intervention_id"))
        self.members = self._members(_named(fields, "member_id"))
        self.organisations = self._organisations(_named(fields, "organisation_id"))
        self.lines = self._lines()
        self.parted = self._parted(_named(fields, "sheet_line_id") - self.lines.keys())
        self.stored = stored_deliveries(session, self.scope, ids)
        records = {i: Record(i, row["version"], row, row["version"]) for i, row in self.stored.items()}
        self.foreign = history.load_past(session, ENTITY, records, dict.fromkeys(ids, 0))

    def home(self, named: str) -> UUID | None:
        """The household of today, where it lies in the caller's areas."""
        home = self.homes.get(UUID(named))
        return home if home in self.held.mine else None

    def home_of_line(self, fields: dict[str, Any], home: UUID | None) -> UUID | None:
        """Where the tablet had the line: under a household that its own was merged into then, and is not any more. That
        one may have moved out of the caller's areas."""
        line, named = fields["sheet_line_id"], fields["household_id"]
        return self.parted.get((UUID(line), UUID(named)), home) if line and named else home

    def hamlet(self, home: UUID) -> UUID:
        return UUID(str(self.held.hamlets[home]))

    def _homes(self, named: set[UUID]) -> tuple[Held, dict[UUID, UUID]]:
        held = hold_households(self.session, self.scope, named, Lock.share)
        ends = survivors(self.session, held, self.scope, Lock.share)
        return held, {asked: ends.get(asked, asked) for asked in named if asked in held.records}

    def _interventions(self, actor: Actor, ids: set[UUID]) -> dict[UUID, Served]:
        if not ids:
            return {}
        mine = self.scope.covers(INTERVENTION.c.area_id).label("mine")
        columns = (INTERVENTION, HOUSEHOLD.c.id.label("home"), mine)
        # whoever sees a line of it, because its household has moved here, hands out what it says
        lines = all_names(self.held.mine).subquery()
        on_a_sheet = select(SHEET.c.intervention_id).join(LINE, LINE.c.sheet_id == SHEET.c.id)
        on_a_sheet = on_a_sheet.join(lines, lines.c.known == LINE.c.household_id)
        seen = visible(actor) | INTERVENTION.c.id.in_(on_a_sheet)
        query = interventions_of(among(INTERVENTION.c.id, ids) & seen, *columns).order_by(INTERVENTION.c.id)
        rows = self.session.execute(query.with_for_update(of=INTERVENTION, key_share=True))
        return {row.id: _served(row) for row in rows}

    def _members(self, ids: set[UUID]) -> dict[UUID, UUID]:
        if not ids:
            return {}
        query = select(MEMBER.c.id, MEMBER.c.household_id).join(HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)
        query = query.where(among(MEMBER.c.id, ids), self.scope.covers(HOUSEHOLD.c.hamlet_id))
        return {row.id: row.household_id for row in self.session.execute(query)}

    def _organisations(self, ids: set[UUID]) -> set[UUID]:
        if not ids:
            return set()
        here = self.scope.touches(_ORGANISATION.c.area_id)
        query = select(_ORGANISATION.c.id).where(among(_ORGANISATION.c.id, ids), here)
        return set(self.session.execute(query).scalars())

    def _lines(self) -> dict[UUID, Line]:
        if not (self.interventions and self.homes):
            return {}
        rows = held_lines(self.session, self.interventions, set(self.homes.values()))
        return {row.id: _line(row) for row in rows}

    def _parted(self, ids: set[UUID]) -> dict[tuple[UUID, UUID], UUID]:
        """(line, household it once stood under) -> its own household of today."""
        rows = parted_lines(self.session, ids) if ids and self.interventions else []
        self.held.take(hold_households(self.session, self.scope, {row.home for row in rows}, Lock.share))
        self.lines |= {row.id: _line(row) for row in rows if row.intervention_id in self.interventions}
        return {(row.id, row.survivor): row.home for row in rows}


def _line(row: Row[Any]) -> Line:
    return Line(**{name: getattr(row, name) for name in Line.__dataclass_fields__})


def _served(row: Row[Any]) -> Served:
    left = row.committed_vnd - row.delivered_vnd if row.funded else None
    return Served(row.id, row.kind, row.area_id, row.home, row.mine, left)


def _named(fields: Iterable[dict[str, Any]], name: str) -> set[UUID]:
    return {UUID(one[name]) for one in fields if one[name]}


def takes(fields: dict[str, Any]) -> int:
    """How much of the approved money a delivery takes."""
    received = fields["outcome"] == DeliveryOutcome.delivered
    return fields["amount_vnd"] or 0 if received else 0
