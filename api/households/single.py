"""One household or member over REST: the same writers as the tablets', with one edit that is applied or refused."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.accounts.actor import Actor
from api.changes.edits import Edit, Written
from api.changes.tables import Origin
from api.households import moves, queries
from api.households.commands import write_households, write_members
from api.households.household_fold import no_such_household
from api.households.member_fold import no_such_member
from api.households.member_schemas import MemberCreate, MemberPatch
from api.households.schemas import HouseholdCreate, HouseholdPatch, MergeIn, MoveIn, SplitIn
from api.households.splits import split_household
from api.households.tables import HouseholdStatus
from api.households.wire_records import household_records, member_records
from api.idempotency import new_id
from api.problems import FieldError, IdempotencyKeyReused, Invalid, Problem

Record = dict[str, Any]


def create_household(session: Session, actor: Actor, body: HouseholdCreate, key: str | None) -> Record:
    """A new household; the one that is there where the same id or key came with the same content."""
    household_id = new_id(actor.account_id, "household", body.id, key)
    data = body.model_dump(mode="json", exclude={"id"}, exclude_unset=True)
    _created(write_households(session, actor, [Edit(household_id, None, data)], Origin.web, strict=True)[0], body, key)
    return household_records(session, actor, [household_id])[household_id]


def change_household(session: Session, actor: Actor, household_id: UUID, version: int, body: HouseholdPatch) -> Record:
    """Changes the fields that were sent. Raises NotFound, StaleVersion, Conflict for a household merged away."""
    edit = Edit(household_id, version, body.model_dump(mode="json", exclude_unset=True))
    _accepted(write_households(session, actor, [edit], Origin.web, strict=True)[0])
    return household_records(session, actor, [household_id])[household_id]


def create_member(session: Session, actor: Actor, household_id: UUID, body: MemberCreate, key: str | None) -> Record:
    """A new person of this household; `warnings` say what is implausible about the citizen number."""
    if body.household_id not in (None, household_id):
        words = "Hộ trong nội dung khác với hộ trong địa chỉ.", "Differs from the household in the address."
        raise Invalid(*words, errors=(FieldError("#/household_id", "differs", *words),))
    member_id = new_id(actor.account_id, "member", body.id, key)
    data = body.model_dump(mode="json", exclude={"id"}, exclude_unset=True) | {"household_id": str(household_id)}
    written = write_members(session, actor, [Edit(member_id, None, data)], Origin.web, strict=True)[0]
    _created(written, body, key)
    return _member(session, actor, member_id, written)


def change_member(
    session: Session, actor: Actor, member_id: UUID, version: int, body: MemberPatch, household_id: UUID | None = None
) -> Record:
    """Changes the fields that were sent. Raises NotFound (also where it is not of `household_id`), StaleVersion."""
    if household_id is not None and _home_of(session, actor, member_id) != household_id:
        raise no_such_member()
    edit = Edit(member_id, version, body.model_dump(mode="json", exclude_unset=True))
    written = write_members(session, actor, [edit], Origin.web, strict=True)[0]
    _accepted(written)
    return _member(session, actor, member_id, written)


def move(session: Session, actor: Actor, household_id: UUID, body: MoveIn, read: int | None) -> Record:
    """Moves the household and shows it, for the last time where it has left the actor's areas."""
    moves.move_household(session, actor, household_id, body, read)
    return household_records(session, actor, [household_id])[household_id]


def split(
    session: Session, actor: Actor, household_id: UUID, body: SplitIn, key: str | None, read: int | None
) -> Record:
    """The new household."""
    split_id = new_id(actor.account_id, "split", body.id, key)
    split_household(session, actor, household_id, split_id, body, read)
    return household_records(session, actor, [split_id])[split_id]


def merge(session: Session, actor: Actor, body: MergeIn, tell: moves.AfterMerge) -> Record:
    """The survivor."""
    moves.merge_households(session, actor, body.survivor_id, body.absorbed_id, body.reason, tell)
    return household_records(session, actor, [body.survivor_id])[body.survivor_id]


def unmerge(session: Session, actor: Actor, household_id: UUID, read: int | None, tell: moves.AfterMerge) -> Record:
    """The household that is there again."""
    moves.unmerge_household(session, actor, household_id, read, tell)
    return household_records(session, actor, [household_id])[household_id]


def end(session: Session, actor: Actor, household_id: UUID, status: HouseholdStatus, read: int | None) -> Record:
    moves.end_household(session, actor, household_id, status, read)
    return household_records(session, actor, [household_id])[household_id]


def _created(written: Written, body: HouseholdCreate | MemberCreate, key: str | None) -> None:
    try:
        _accepted(written)
    except Problem as problem:
        by_key = key is not None and body.id is None
        if by_key and problem.slug == "already-exists" and not problem.errors:
            raise IdempotencyKeyReused() from problem
        raise


def _accepted(written: Written) -> None:
    if written.problem is not None:
        raise written.problem
    if written.outcome != "applied":  # only a list that may merge or hold gives another outcome
        raise no_such_household()


def _home_of(session: Session, actor: Actor, member_id: UUID) -> UUID:
    home: UUID = queries.member(session, actor, member_id)["household_id"]
    return home


def _member(session: Session, actor: Actor, member_id: UUID, written: Written) -> Record:
    record = member_records(session, actor, [member_id])[member_id]
    return record | {"warnings": (written.result or {}).get("warnings", [])}
