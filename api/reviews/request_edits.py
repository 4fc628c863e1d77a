"""One list of edits to requests: reads what they touch, folds them, writes what changed; always as many statements."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Session

from api import audit, clock, field_errors, sql
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.areas.tables import Area, Level
from api.changes import history
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Fold, Met, Record, already_exists, wanting_past
from api.changes.history import Announcement
from api.changes.tables import Op, Origin, RemoveReason
from api.households.stored import Lock, among, hold_households, survivors
from api.problems import FieldError, Invalid, NotFound, Problem
from api.reviews.queries import REQUEST_HAMLET, REQUEST_HOME, at_home
from api.reviews.schemas import RequestChange, RequestFields
from api.reviews.tables import Request, Screening

_request = Request.__table__  # type: ignore[attr-defined]
_screening = Screening.__table__  # type: ignore[attr-defined]

ENTITY = "request"


def _nothing_wrong(*_: Any) -> None:
    """A request holds no fields that could contradict each other."""


@dataclass(frozen=True, slots=True)
class Home:
    """The household an edit names: itself, or the one it was merged into. `mine`: within the caller's areas."""

    id: UUID
    hamlet_id: UUID
    mine: bool


class Requests:
    """What one list of edits touches, and what it does to it."""

    def __init__(self, session: Session, scope: Scope, edits: Sequence[Edit], *, strict: bool, thorough: bool) -> None:
        self.scope = scope
        self.session = session
        self.strict = strict
        self.hamlets: dict[UUID, UUID] = {}  # request -> where it is dealt with, as loaded and then as folded
        self.before: dict[UUID, UUID] = {}
        self.ends: dict[str, str] = {}  # household a paper names -> the one it stands under today
        self.mine: set[UUID] = set()
        records = self._load(edit.record_id for edit in edits)
        self.foreign = history.load_past(session, ENTITY, records, wanting_past(edits, records, thorough))
        self.fold = Fold(records, strict=strict)
        self.homes = self._homes(edits)
        away = [record_id for record_id in records if record_id not in self.mine]
        self.left = history.left_areas(session, scope, set() if strict else away)
        self.mistaken = history.mistaken(session, scope, edits, set() if strict else self.foreign)
        self._own: list[UUID] | None = None

    def write(self, edit: Edit) -> Written:
        """Folds one edit over what the ones before it left."""
        stored = self.fold.records.get(edit.record_id)
        values = _parsed(RequestFields if edit.base_version is None else RequestChange, edit.data)
        if isinstance(values, Problem):
            return rejected(values)
        refused = self._unreachable(edit, stored)
        if refused is not None:
            return refused
        hamlet = values.pop("hamlet_id", None)
        named = values.get("household_id")
        home = self.homes.get(UUID(named)) if named else None
        if named and (home is None or not home.mine):
            return self._no_home(UUID(named))
        if named and home:
            values["household_id"] = self._as_stored(stored, named, str(home.id))
        if stored is None or edit.base_version is None:
            written = self._create(edit, values, home, UUID(hamlet) if hamlet else None)
        else:
            written = self._update(edit, values, home, stored)
        if home is not None and str(home.id) != named and written.outcome in ("applied", "merged"):
            return Written(written.outcome, written.version, result={"merged_into": str(home.id)})
        return written

    def met(self, edit: Edit) -> Met | None:
        """What the edit is held against; None where that is not in reach. Raises its problem."""
        stored = self.fold.records.get(edit.record_id)
        values = _parsed(RequestFields if edit.base_version is None else RequestChange, edit.data)
        if isinstance(values, Problem):
            raise values
        if stored is None or edit.record_id not in self.mine:
            return None
        values.pop("hamlet_id", None)
        named = values.get("household_id")
        home = self.homes.get(UUID(named)) if named else None
        if named and home:
            values["household_id"] = self._as_stored(stored, named, str(home.id))
        return Met(values, stored, stored, self.fold.together)

    def store(self, actor: Actor, origin: Origin) -> None:
        """Writes what the fold left: records, history, the feed's queue and the log."""
        added, changed = self.fold.added(), self.fold.changed()
        for statement, records in (("insert_requests", added), ("update_requests", changed)):
            if records:
                rows = json.dumps([self._row(record) for record in records])
                loaded = sql.load(f"api/reviews/sql/{statement}.sql")
                self.session.execute(loaded, {"rows": rows, "at": clock.now()})
        history.keep(self.session, actor, ENTITY, self.fold.steps, origin)
        history.announce(self.session, [a for record in added + changed for a in self._announced(record)])
        self._take_along(changed)
        if added or changed:
            ids = [record.id for record in added + changed]
            audit.record(self.session, actor, "requests.write", "request", ids, origin=origin.value)

    def _create(self, edit: Edit, values: dict[str, Any], home: Home | None, hamlet: UUID | None) -> Written:
        if edit.record_id not in self.hamlets:
            place = home.hamlet_id if home else self._handed_in(hamlet)
            if isinstance(place, Problem):
                return rejected(place)
            self.hamlets[edit.record_id] = place
        written = self.fold.create(edit, values, _nothing_wrong)
        if written.outcome == "applied":
            self.mine.add(edit.record_id)
        return written

    def _update(self, edit: Edit, values: dict[str, Any], home: Home | None, stored: Record) -> Written:
        written = self.fold.update(edit, values, _nothing_wrong, stored)
        if home is not None and stored.values["household_id"] == str(home.id):
            self.hamlets[edit.record_id] = home.hamlet_id
        return written

    def _handed_in(self, named: UUID | None) -> UUID | Problem:
        """The hamlet of a paper without household: the one named, or the caller's only one."""
        own = self._own_hamlets()
        if named is not None:
            return named if named in own else NotFound("Không tìm thấy xóm này.", "There is no such hamlet.")
        if len(own) == 1:
            return own[0]
        return Invalid(
            errors=(
                FieldError(
                    "#/hamlet_id",
                    "missing",
                    "Hộ chưa có trong sổ: hãy cho biết xóm nơi nhận giấy đề nghị.",
                    "The household is not registered: say in which hamlet the paper was handed in.",
                ),
            )
        )

    def _own_hamlets(self) -> list[UUID]:
        if self._own is None:
            query = select(Area.id).where(Area.level == Level.hamlet, self.scope.covers(Area.id))  # type: ignore[call-overload]
            self._own = list(self.session.execute(query).scalars())
        return self._own

    def _unreachable(self, edit: Edit, stored: Record | None) -> Written | None:
        if stored is not None and edit.record_id in self.mine:
            return None
        if edit.base_version is None:
            if edit.record_id in self.left:
                return Written("held", waiting_for=edit.record_id)
            taken = stored is not None or edit.record_id in self.foreign
            return rejected(already_exists()) if taken else None
        # Not come yet, gone to another area, or never ours: the same answer, so that nobody learns which.
        if self.strict or edit.record_id in self.mistaken:
            return rejected(_no_request())
        return Written("held", waiting_for=edit.record_id)

    def _no_home(self, named: UUID) -> Written:
        # Outside the caller's areas is as if it were not there: whoever knows an id must not learn that it exists.
        if self.strict:
            return rejected(_no_household())
        return Written("held", waiting_for=named)

    def _take_along(self, changed: Sequence[Record]) -> None:
        """The results of Phiếu A go where their requests go: to another household, or from none to one."""
        went = {step.record_id for step in self.fold.steps if step.change and "household_id" in step.change}
        moved = {record.id: record for record in changed if record.id in went}
        if not moved:
            return
        query = select(_screening.c.id, _screening.c.request_id, _screening.c.version)
        rows = self.session.execute(query.where(among(_screening.c.request_id, moved)))
        told = [
            one._replace(entity="screening", record_id=row.id, version=row.version)
            for row in rows
            for one in self._announced(moved[row.request_id])
        ]
        history.announce(self.session, told)

    def _announced(self, record: Record) -> Iterable[Announcement]:
        hamlet, before = self.hamlets[record.id], self.before.get(record.id)
        home = record.values["household_id"]
        group = self.ends.get(home, home) if home else record.id  # a paper without household is its own group
        if before is not None and before != hamlet:
            yield Announcement(ENTITY, record.id, before, group, record.version, Op.remove, RemoveReason.left_area)
        yield Announcement(ENTITY, record.id, hamlet, group, record.version)

    def _row(self, record: Record) -> dict[str, Any]:
        return record.values | {
            "id": str(record.id),
            "hamlet_id": str(self.hamlets[record.id]),
            "version": record.version,
        }

    def _load(self, ids: Iterable[UUID]) -> dict[UUID, Record]:
        asked, mine = among(_request.c.id, ids), self.scope.covers(REQUEST_HAMLET).label("mine")
        query = select(_request, REQUEST_HAMLET.label("hamlet"), REQUEST_HOME.label("home"), mine)
        query = at_home(query.select_from(_request), asked).where(asked)
        records = {}
        for row in self.session.execute(query.order_by(_request.c.id).with_for_update(of=_request)):
            if row.home is not None:
                self.ends[str(row.household_id)] = str(row.home)
            self.hamlets[row.id] = self.before[row.id] = row.hamlet
            if row.mine:
                self.mine.add(row.id)
            values = {
                "household_id": str(row.household_id) if row.household_id else None,
                "kind": str(row.kind),
                "received_on": row.received_on.isoformat(),
                "reason": row.reason,
            }
            records[row.id] = Record(row.id, row.version, values, row.version)
        return records

    def _as_stored(self, stored: Record | None, named: str, today: str) -> str:
        """The household as the paper keeps it: one that stands under the household named already keeps its own.

        So the survivor's id, as the wire shows it, may be sent back; and sent again after its household was merged
        away, the same paper still names the absorbed one.
        """
        if stored is None:
            return today
        kept, first = stored.values["household_id"], stored.at(1)
        if kept is not None and self.ends.get(kept, kept) == today:
            return str(kept)
        return named if first and first["household_id"] == named else today

    def _homes(self, edits: Sequence[Edit]) -> dict[UUID, Home]:
        """Held until the end, so that no household is merged or moved away under a paper that is being written."""
        named = {found for edit in edits if (found := _uuid(edit.data.get("household_id")))}
        held = hold_households(self.session, self.scope, named, Lock.share)
        ends = survivors(self.session, held, self.scope, Lock.share)
        today = {asked: ends.get(asked, asked) for asked in named if asked in held.records}
        return {asked: Home(end, UUID(held.hamlets[end]), end in held.mine) for asked, end in today.items()}


def _parsed(model: type[RequestFields] | type[RequestChange], data: Any) -> dict[str, Any] | Problem:
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        return Invalid(errors=field_errors.told(error))
    return read.model_dump(mode="json", exclude_unset=model is RequestChange)


def _uuid(value: Any) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value)) if value else None
    except ValueError:
        return None


def _no_household() -> Problem:
    vi, en = "Không tìm thấy hộ này.", "There is no such household."
    return NotFound(vi, en, errors=(FieldError("#/household_id", "not_found", vi, en),))


def _no_request() -> Problem:
    return NotFound("Không tìm thấy giấy đề nghị này.", "There is no such request.")
