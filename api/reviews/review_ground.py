"""What a list of reviews touches, loaded and held: rounds, households, cases, standards, people. As many statements
however long the list. Locks: rounds, households, cases.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, any_, bindparam, select, text
from sqlmodel import Session

from api import sql
from api.areas.scope import Scope
from api.changes import history
from api.changes.fold import Record
from api.households.stored import Held, Lock, among, hold_households, survivors
from api.problems import Problem
from api.reviews import review_faults, scoring
from api.reviews.cases import Case, hold_cases_of, speaking
from api.reviews.review_rows import REVIEW, stored_reviews
from api.reviews.review_store import ENTITY
from api.reviews.rounds import ROUND
from api.reviews.scoring import Place
from api.standards.compiled import Standard


@dataclass(slots=True)
class Ground:
    """Where a review stands: its round with its standard, its household of today, and the case."""

    round: Row[Any]
    standard: Standard
    home: UUID
    case: Case
    place: Place


_SURVEYORS = text("SELECT id, account_id FROM device WHERE id = ANY(CAST(:devices AS uuid[]))")


def surveyors(session: Session, device_ids: Iterable[UUID | None]) -> dict[UUID | None, UUID]:
    """Tablet -> whose it is: who made a review on it, also where an officer tries its submission again."""
    named = [device_id for device_id in device_ids if device_id is not None]
    rows = sql.fetch(session, _SURVEYORS, devices=sql.id_list(named)) if named else ()
    return {row.id: row.account_id for row in rows}


class Touched:
    """`stored`: the reviews named and those in force; `foreign`: ids that belong to another kind of record. `decided`:
    the reviews that are decided about where they stand."""

    def __init__(
        self,
        session: Session,
        scope: Scope,
        ids: Collection[UUID],
        fields: Sequence[dict[str, Any]],
        decided: Collection[UUID] = (),
    ) -> None:
        self.session, self.scope = session, scope
        self.rounds = self._rounds({_id(one["round_id"]) for one in fields})
        self.held, self.homes = self._homes({_id(one["household_id"]) for one in fields} | self._standing(decided))
        self.cases = self._cases()
        self.stored = self._stored(ids)
        records = {i: Record(i, row["version"], row, row["version"]) for i, row in self.stored.items()}
        self.foreign = history.load_past(session, ENTITY, records, dict.fromkeys(ids, 0))
        versions = {(row.standard_code, row.standard_version) for row in self.rounds.values()}
        self.standards = scoring.standards_of(session, versions)
        self.places = self._places()
        self.people = scoring.people(session, set(self.homes.values()))

    def home(self, fields: dict[str, Any]) -> UUID | None:
        """The household of today, where it lies in the caller's areas."""
        home = self.homes.get(_id(fields["household_id"]))
        return home if home in self.held.mine else None

    def merged_into(self, fields: dict[str, Any]) -> UUID | None:
        """The household of today, where it lies in the caller's areas and another one was named."""
        home = self.home(fields)
        return None if home == _id(fields["household_id"]) else home

    def hamlet(self, home: UUID) -> UUID:
        return _id(self.held.hamlets[home])

    def ground(self, fields: dict[str, Any], home: UUID, listed_as: UUID | None = None) -> Ground | Problem:
        """Where the review of this household stands, or why nowhere. `listed_as`: at the case listed under this name,
        also where another one stands for the household since a merge."""
        row = self.rounds.get(_id(fields["round_id"]))
        if row is None:
            return review_faults.no_round()
        case = self.listed.get((row.id, listed_as)) if listed_as else self.cases.get((row.id, home))
        if case is None:
            return review_faults.not_in_round()
        standard = self.standards[row.standard_code, row.standard_version]
        return Ground(row, standard, home, case, self.places.get((row.id, case.hamlet_id), Place(None, None)))

    def _rounds(self, ids: set[UUID]) -> dict[UUID, Row[Any]]:
        return {row.id: row for row in sql.fetch(self.session, _rounds(self.scope), ids=sql.id_list(ids))}

    def _homes(self, named: set[UUID]) -> tuple[Held, dict[UUID, UUID]]:
        held = hold_households(self.session, self.scope, named, Lock.share)
        ends = survivors(self.session, held, self.scope, Lock.share)
        return held, {asked: ends.get(asked, asked) for asked in named if asked in held.records}

    def _standing(self, review_ids: Collection[UUID]) -> set[UUID]:
        """The households that these reviews stand under: since a merge was taken back, others than they name."""
        if not review_ids:
            return set()
        return set(self.session.scalars(select(REVIEW.c.household_id).where(among(REVIEW.c.id, review_ids))))

    def _cases(self) -> dict[tuple[UUID, UUID], Case]:
        """(round, household of today) -> the case that stands for it; `listed` has all, by their own names."""
        held, known = hold_cases_of(self.session, self.rounds, set(self.homes.values()))
        self.listed = {(case.round_id, case.household_id): case for case in held}
        return speaking(held, known)

    def _stored(self, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        """The reviews of these ids, and those in force of the cases."""
        in_force = [case.review_id for case in self.listed.values() if case.review_id is not None]
        return stored_reviews(self.session, self.scope, {*ids, *in_force})

    def _places(self) -> dict[tuple[UUID, UUID], Place]:
        found: dict[tuple[UUID, UUID], Place] = {}
        hamlets = {case.hamlet_id for case in self.cases.values()}
        for row in self.rounds.values():
            found |= {(row.id, i): one for i, one in scoring.places(self.session, hamlets, row.opens_on).items()}
        return found


@lru_cache(maxsize=500)
def _rounds(scope: Scope) -> Select[Any]:
    wanted = ROUND.c.id == any_(bindparam("ids", type_=sql.Ids()))
    query = select(ROUND).where(wanted, scope.touches(ROUND.c.area_id)).order_by(ROUND.c.id)
    return query.with_for_update(of=ROUND, read=True)


def _id(value: UUID | str) -> UUID:
    return _parsed(value) if isinstance(value, str) else value


# each stands among the values as text, and is asked for several times
_parsed = lru_cache(maxsize=2000)(UUID)
