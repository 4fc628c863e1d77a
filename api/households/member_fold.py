"""What a list of member edits needs from the database, and the rules an edit of a member meets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import late_rows
from api.areas.scope import Scope
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Fold, Met, Record, already_exists, wanting_past, worth_loading
from api.changes.history import load_past, mistaken
from api.changes.merge import Values
from api.households.citizen_numbers import id_key, masked, sealed, warnings
from api.households.household_fold import no_such_household
from api.households.records import MEMBER_TOGETHER, member_draft, member_faults
from api.households.stored import Lock, hold_households, members_named, survivors
from api.problems import FieldError, NotFound, Problem


class MemberFold:
    """Loads everything a list of edits needs in a fixed number of statements, then answers edit by edit."""

    def __init__(self, session: Session, scope: Scope, edits: Sequence[Edit], strict: bool, thorough: bool) -> None:
        self.strict = strict
        self.key = id_key(session)
        self.drafts = late_rows.meanwhile(session, _draft, edits)
        self._next = iter(self.drafts)
        ids = worth_loading(edits, thorough)
        named = {d["household_id"] for d in self.drafts if isinstance(d, dict) and "household_id" in d}
        self.named = {text: UUID(text) for text in named}
        self.held = hold_households(session, scope, self.named.values(), Lock.share, ids)
        members = members_named(session, ids) if ids else {}
        self._late(session, scope, members)
        self.ends = survivors(session, self.held, scope, Lock.share)
        ends = {text: self.ends.get(named, named) for text, named in self.named.items()}
        # household named -> the one it is today, and is that one in reach? Asked for every member, hashed once
        self.today = {text: (end, end in self.held.mine) for text, end in ends.items()}
        self.fold = Fold(members, MEMBER_TOGETHER, strict)
        self.homes_before = {member_id: record.values["household_id"] for member_id, record in members.items()}
        self.foreign = load_past(session, "member", members, wanting_past(edits, members, thorough))
        self.mistaken = mistaken(session, scope, edits, set() if strict else self.foreign)

    def _late(self, session: Session, scope: Scope, members: dict[UUID, Record]) -> None:
        # A merge committed between our two looks: the members stand in a household that was not loaded with them.
        homes = {UUID(record.values["household_id"]) for record in members.values()}
        missing = homes - self.held.records.keys()
        self.held.take(hold_households(session, scope, missing, Lock.share))

    def written(self, edit: Edit) -> Written:
        """The outcome of the next edit of the list."""
        draft = next(self._next)
        if isinstance(draft, Problem):
            return rejected(draft)
        number = self._seal(edit, draft)
        home, refused = self._home(draft)
        if refused is not None:
            return refused
        written = self._create(edit, draft) if edit.base_version is None else self._update(edit, draft)
        return self._told(edit, written, number, home)

    def met(self, edit: Edit) -> Met | None:
        """What the next edit of the list is held against; None where that is not in reach. Raises its problem."""
        draft = next(self._next)
        if isinstance(draft, Problem):
            raise draft
        record = self.fold.records.get(edit.record_id)
        if record is None or not self._reaches(record):
            return None
        self._seal(edit, draft)
        self._home(draft)
        return Met(draft, record, record, self.fold.together)

    def _seal(self, edit: Edit, draft: dict[str, Any]) -> str | None:
        """Puts the number in its sealed form among the values; the number in clear."""
        number: str | None = draft.get("personal_id")
        if number is not None:
            draft["personal_id"] = sealed(self.key, number, edit.record_id)
        return number

    def _home(self, draft: dict[str, Any]) -> tuple[UUID | None, Written | None]:
        """Where the edit puts the person: follows merges (then returns the survivor), refuses what is not there.

        A household outside the caller's areas is not there: whoever knows an id must not learn that it exists.
        """
        if "household_id" not in draft:
            return None, None
        named = self.named[draft["household_id"]]
        end, mine = self.today[draft["household_id"]]
        if not mine:
            if self.strict:
                return None, rejected(_no_such_home())
            return None, Written("held", waiting_for=named)
        if end is named:
            return None, None
        draft["household_id"] = str(end)
        return end, None

    def _reaches(self, record: Record) -> bool:
        return UUID(record.values["household_id"]) in self.held.mine

    def _create(self, edit: Edit, draft: dict[str, Any]) -> Written:
        stored = self.fold.records.get(edit.record_id)
        if self.foreign and edit.record_id in self.foreign:
            return rejected(already_exists())
        if stored is not None and not self._reaches(stored):
            return rejected(already_exists())
        written = self.fold.create(edit, draft, _check)
        if stored is not None and written.outcome == "rejected" and edit.data["household_id"] != draft["household_id"]:
            # Sent again after its household was merged away: the content is what it was created with.
            written = self.fold.create(edit, draft | {"household_id": str(edit.data["household_id"]).lower()}, _check)
        return written

    def _update(self, edit: Edit, draft: dict[str, Any]) -> Written:
        record = self.fold.records.get(edit.record_id)
        if record is not None and self._reaches(record):
            return self.fold.update(edit, draft, _check, record)
        # Not come yet, gone to another area, or never ours: the same answer, so that nobody learns which.
        if self.strict or edit.record_id in self.mistaken:
            return rejected(no_such_member())
        return Written("held", waiting_for=edit.record_id)

    def _told(self, edit: Edit, written: Written, number: str | None, merged_into: UUID | None) -> Written:
        if written.outcome == "conflict":
            assert written.clashes is not None
            return Written("conflict", written.version, clashes=_masked(written.clashes))
        if written.outcome in ("rejected", "held") or (number is None and merged_into is None):
            return written
        result: dict[str, Any] = {}
        if merged_into is not None:
            result["merged_into"] = str(merged_into)
        if number is not None:
            found = warnings(number, self.fold.records[edit.record_id].values)
            if found:
                result["warnings"] = found
        return Written(written.outcome, written.version, result=result or None)


def _draft(edit: Edit) -> dict[str, Any] | Problem:
    return member_draft(edit.data, edit.base_version is None)


def _check(member_id: UUID, values: Values) -> Problem | None:  # noqa: ARG001 (the shape of a Check)
    return member_faults(values)


def _masked(clashes: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if "personal_id" not in clashes:
        return clashes
    return clashes | {"personal_id": {side: masked(value) for side, value in clashes["personal_id"].items()}}


def no_such_member() -> Problem:
    return NotFound("Không có nhân khẩu này trong địa bàn của bạn.", "There is no such person in your areas.")


def _no_such_home() -> Problem:
    said = no_such_household().detail
    return NotFound(said.vi, said.en, errors=(FieldError("#/household_id", "not_found", said.vi, said.en),))
