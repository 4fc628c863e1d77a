"""What a list of household edits needs from the database, and the rules an edit of a household meets."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session

from api import clock, sql
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, Level
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Fold, Met, Record, already_exists, wanting_past, worth_loading
from api.changes.history import load_past, mistaken
from api.changes.merge import Values
from api.households.class_view import CLASS_FIELDS, classes
from api.households.records import HOUSEHOLD_TOGETHER, READ_ONLY, household_draft, read_only_fault
from api.households.stored import Lock, hold_households, survivors
from api.households.tables import HouseholdStatus
from api.problems import AlreadyExists, Conflict, FieldError, NotFound, Problem

_AREA = Area.__table__.c  # type: ignore[attr-defined]
_NUMBERS = text(
    """
    SELECT h.hamlet_id, h.household_no, h.id
    FROM jsonb_to_recordset(:pairs) AS p (hamlet_id uuid, household_no text)
    JOIN household h ON h.hamlet_id = p.hamlet_id AND h.household_no = p.household_no
    WHERE h.status = 'active' AND h.household_no IS NOT NULL -- so that the partial unique index is used
    """
).bindparams(bindparam("pairs", type_=JSONB))


@lru_cache(maxsize=500)
def _hamlets(scope: Scope, day: date) -> Select[Any]:
    named = _AREA.id == any_(bindparam("named", type_=sql.Ids()))
    return select(_AREA.id).where(named, _AREA.level == Level.hamlet, valid_on(_AREA, day), scope.covers(_AREA.id))


class HouseholdFold:
    """Loads everything a list of edits needs in a fixed number of statements, then answers edit by edit."""

    def __init__(self, session: Session, scope: Scope, edits: Sequence[Edit], strict: bool, thorough: bool) -> None:
        self.strict = strict
        self.drafts = [household_draft(edit.data, edit.base_version is None) for edit in edits]
        self._next = iter(self.drafts)
        relocates = any(
            edit.base_version is not None and isinstance(draft, dict) and "hamlet_id" in draft
            for edit, draft in zip(edits, self.drafts, strict=True)
        )
        lock = Lock.whole if relocates else Lock.edit
        self.held = hold_households(session, scope, worth_loading(edits, thorough), lock)
        self.ends = survivors(session, self.held, scope, lock)
        self.fold = Fold(self.held.records, HOUSEHOLD_TOGETHER, strict)
        wanted = wanting_past(edits, self.held.records, thorough)
        # what a tablet did with one merged away is in the history of the one that stands for it
        wanted |= dict.fromkeys((self.ends[i] for i in wanted if i in self.ends), 0)
        self.foreign = load_past(session, "household", self.held.records, wanted)
        self.mistaken = mistaken(session, scope, edits, set() if strict else self.foreign)
        self.hamlets = self._hamlets(session, scope)
        self.taken = self._taken(session, edits)
        self.classes = classes(session, self._class_named(edits))

    def written(self, edit: Edit) -> Written:
        """The outcome of the next edit of the list."""
        draft = next(self._next)
        if isinstance(draft, Problem):
            return rejected(draft)
        return self._create(edit, draft) if edit.base_version is None else self._update(edit, draft)

    def met(self, edit: Edit) -> Met | None:
        """What the next edit of the list is held against; None where that is not in reach. Raises its problem."""
        draft = next(self._next)
        if isinstance(draft, Problem):
            raise draft
        seen = self.fold.records.get(edit.record_id)
        target = seen and self.fold.records[self.ends.get(seen.id, seen.id)]
        if seen is None or target is None or not self._reaches(target.id):
            return None
        values = {name: value for name, value in draft.items() if name not in READ_ONLY}
        return Met(values, seen, target, self.fold.together)

    def _create(self, edit: Edit, draft: dict[str, Any]) -> Written:
        given = {name: draft.pop(name) for name in READ_ONLY}
        if given.pop("status") not in (None, HouseholdStatus.active):
            return rejected(read_only_fault("status"))
        for name, value in given.items():
            if value is not None:
                return rejected(read_only_fault(name))
        stored = edit.record_id in self.fold.records
        if (self.foreign and edit.record_id in self.foreign) or (stored and not self._reaches(edit.record_id)):
            return rejected(already_exists())
        if not stored and draft["hamlet_id"] not in self.hamlets:
            return rejected(no_such_hamlet())
        if not stored:
            draft |= {"status": HouseholdStatus.active.value, "merged_into": None}
        written = self.fold.create(edit, draft, self._check)
        end = self.ends.get(edit.record_id)
        if end is None or written.outcome == "rejected" or not self._reaches(end):
            return written
        # sent again after it was merged away: whoever sends it learns which record stands for it, and its version
        return written._replace(version=self.fold.records[end].version, result={"merged_into": str(end)})

    def _update(self, edit: Edit, draft: dict[str, Any]) -> Written:
        seen = self.fold.records.get(edit.record_id)
        if seen is None:
            return self._not_there(edit)
        end = self.ends.get(seen.id)
        target = self.fold.records[end] if end else seen
        if not self._reaches(target.id):
            return self._not_there(edit)
        for name in [name for name in READ_ONLY if name in draft]:
            if draft.pop(name) != self._stored(seen, name):
                return rejected(read_only_fault(name))
        if target is not seen and self.strict:
            return rejected(absorbed(target.id))
        if draft.get("hamlet_id", target.values["hamlet_id"]) not in {*self.hamlets, target.values["hamlet_id"]}:
            return rejected(no_such_hamlet())
        written = self.fold.update(edit, draft, self._check, target, seen)
        if target is not seen and written.outcome != "rejected":
            return Written(
                written.outcome, written.version, clashes=written.clashes, result={"merged_into": str(target.id)}
            )
        return written

    def _reaches(self, household_id: UUID) -> bool:
        record = self.fold.records[household_id]
        return household_id in self.held.mine or not record.loaded

    def _not_there(self, edit: Edit) -> Written:
        # Not come yet, gone to another area, or never ours: the same answer, so that nobody learns which. It waits for
        # the id that was named: where that one was merged into is nothing the surveyor may see.
        if self.strict or edit.record_id in self.mistaken:
            return rejected(no_such_household())
        return Written("held", waiting_for=edit.record_id)

    def _stored(self, record: Record, name: str) -> Any:
        if name in CLASS_FIELDS:
            return self.classes.get(record.id, {}).get(name)
        return record.values[name]

    def _check(self, household_id: UUID, values: Values) -> Problem | None:
        """The number of a living household is its own in its hamlet; an accepted edit takes and gives up numbers."""
        key = (values["hamlet_id"], values["household_no"])
        lives = values["status"] == HouseholdStatus.active
        if lives and key[1] is not None:
            if self.taken.get(key, household_id) != household_id:
                return number_taken()
            self.taken[key] = household_id
        before = self.fold.records.get(household_id)
        if before is not None:
            old = (before.values["hamlet_id"], before.values["household_no"])
            if old != key and self.taken.get(old) == household_id:
                del self.taken[old]
        return None

    def _hamlets(self, session: Session, scope: Scope) -> set[str]:
        """Those of the hamlets named that exist today, inside the caller's areas."""
        named = {draft["hamlet_id"] for draft in self.drafts if isinstance(draft, dict) and "hamlet_id" in draft}
        if not named:
            return set()
        found = sql.fetch(session, _hamlets(scope, clock.today()), named=sql.id_list(map(UUID, named)))
        return {str(hamlet_id) for (hamlet_id,) in found}

    def _taken(self, session: Session, edits: Sequence[Edit]) -> dict[tuple[str, str | None], UUID]:
        """(hamlet, number) -> the living household that has it, for every number the edits might give."""
        pairs = set()
        for edit, draft in zip(edits, self.drafts, strict=True):
            if not isinstance(draft, dict) or not draft.keys() & {"household_no", "hamlet_id"}:
                continue
            record = self.fold.records.get(self.ends.get(edit.record_id, edit.record_id))
            now: Values = record.values if record else {}
            pairs.add(
                (draft.get("hamlet_id", now.get("hamlet_id")), draft.get("household_no", now.get("household_no")))
            )
        wanted = [{"hamlet_id": hamlet, "household_no": no} for hamlet, no in pairs if no is not None]
        if not wanted:
            return {}
        return {(str(row.hamlet_id), row.household_no): row.id for row in session.execute(_NUMBERS, {"pairs": wanted})}

    def _class_named(self, edits: Sequence[Edit]) -> set[UUID]:
        return {
            edit.record_id
            for edit, draft in zip(edits, self.drafts, strict=True)
            if edit.base_version is not None and isinstance(draft, dict) and draft.keys() & set(CLASS_FIELDS)
        }


def number_taken() -> Problem:
    vi = "Số hộ này đã được dùng cho một hộ khác trong xóm. Hãy kiểm tra lại số hộ."
    en = "This household number is taken by another household of the hamlet."
    return AlreadyExists(vi, en, errors=(FieldError("#/household_no", "taken", vi, en),))


def no_such_household() -> Problem:
    return NotFound("Không có hộ này trong địa bàn của bạn.", "There is no such household in your areas.")


def no_such_hamlet() -> Problem:
    vi, en = "Không có xóm này trong địa bàn của bạn.", "There is no such hamlet in your areas."
    return NotFound(vi, en, errors=(FieldError("#/hamlet_id", "not_found", vi, en),))


def absorbed(survivor_id: UUID) -> Problem:
    return Conflict(
        "Hộ này đã được nhập vào hộ khác. Hãy sửa ở hộ còn lại.",
        "This household was merged into another one. Change that one.",
        merged_into=str(survivor_id),
    )
