"""What happens to whole households: moved, split, merged, un-merged, ended. Each verb holds its households FOR UPDATE,
so that nobody writes a member into a household that is on its way elsewhere."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, Level
from api.changes.fold import Fold, Record
from api.changes.history import Announcement, announce, keep
from api.changes.regroup import regroup
from api.changes.tables import Op, Origin, RemoveReason
from api.households.class_view import classes
from api.households.commands import announce_households, announce_members
from api.households.household_fold import absorbed as was_absorbed
from api.households.household_fold import no_such_hamlet, no_such_household
from api.households.preconditions import refuse_stale
from api.households.schemas import MoveIn
from api.households.stored import (
    Held,
    Lock,
    change_members,
    hold_households,
    hold_members,
    store_households,
    survivor_of,
)
from api.households.tables import Household, HouseholdMerge, HouseholdMove, HouseholdStatus, Member
from api.problems import Conflict, FieldError, Invalid

_AREA = Area.__table__  # type: ignore[attr-defined]
_MOVE = HouseholdMove.__table__  # type: ignore[attr-defined]
_MERGE = HouseholdMerge.__table__  # type: ignore[attr-defined]
_HOUSEHOLD = Household.__table__  # type: ignore[attr-defined]
_MEMBER = Member.__table__  # type: ignore[attr-defined]


def move_household(session: Session, actor: Actor, household_id: UUID, move: MoveIn, read: int | None) -> None:
    """Moves a household with its people and papers to another hamlet, also one outside of the actor's areas.

    Its printed number belongs to the hamlet: inside the actor's areas it is kept where it is free there. Outside of
    them it stays behind always, because an answer that depends on it would tell which numbers are in use. The same
    move sent again changes nothing. Raises NotFound for the household or a hamlet that does not exist today,
    StaleVersion (`read`: the version the caller saw, if they say it), Conflict where it lives there.
    """
    held = _hold(session, actor, Permission.households_write, {household_id})
    record = held.records[household_id]
    _refuse_absorbed(record)
    mine = _is_mine(session, actor.scope_of(Permission.households_write), move.hamlet_id)
    if record.values["hamlet_id"] == str(move.hamlet_id):
        if _moved_before(session, household_id, move):
            return
        raise Conflict("Hộ đang ở xóm này rồi.", "The household lives in this hamlet already.")
    refuse_stale(record, read)
    number = _free_number(session, str(move.hamlet_id), record) if mine else _no_number(record)
    fold = Fold(held.records)
    fold.change(record, {"hamlet_id": str(move.hamlet_id)} | number)
    session.execute(
        insert(_MOVE).values(
            id=uuid4(),
            household_id=household_id,
            from_hamlet_id=UUID(held.hamlets[household_id]),
            to_hamlet_id=move.hamlet_id,
            moved_on=move.moved_on,
            reason=move.reason,
            recorded_at=clock.now(),
            recorded_by=actor.account_id,
        )
    )
    _store(session, actor, fold, held, Origin.move)
    where = {"to": str(move.hamlet_id), "on": str(move.moved_on)}
    audit.record(session, actor, "households.move", "household", [household_id], **where)


# What the features above tell their readers of households that became one, or two again.
AfterMerge = Callable[[Session, Sequence[UUID]], None]


def merge_households(
    session: Session, actor: Actor, survivor_id: UUID, absorbed_id: UUID, reason: str | None, tell: AfterMerge
) -> None:
    """`absorbed` was `survivor` all along: its members move there, papers stand there, late edits of it will follow.

    Sent again it changes nothing. Raises NotFound outside of the actor's areas, Conflict where one of them was merged
    into a third or where the absorbed one has the class, Invalid for a household with itself.
    """
    if survivor_id == absorbed_id:
        words = "Không thể gộp một hộ với chính nó.", "A household cannot be merged with itself."
        raise Invalid(*words, errors=(FieldError("#/absorbed_id", "same_household", *words),))
    held = _hold(session, actor, Permission.households_merge, {survivor_id, absorbed_id})
    survivor, absorbed = held.records[survivor_id], held.records[absorbed_id]
    if absorbed.values["merged_into"] == str(survivor_id):
        return
    _refuse_absorbed(absorbed)
    _refuse_absorbed(survivor)
    _refuse_loss(session, survivor_id, absorbed_id)
    members = hold_members(session, _MEMBER.c.household_id == absorbed_id)
    fold, people = Fold(held.records), Fold(members)
    for member in members.values():
        people.change(member, {"household_id": str(survivor_id)})
    fold.change(absorbed, {"status": HouseholdStatus.merged.value, "merged_into": str(survivor_id)})
    store_households(session, [], fold.changed())
    keep(session, actor, "household", fold.steps, Origin.merge)
    _store_members(session, actor, people, held, Origin.merge, dict.fromkeys(members, str(absorbed_id)))
    announce(session, [_gone(absorbed, survivor_id)])
    told = regroup(session, absorbed_id, survivor_id, held.hamlets[survivor_id])
    tell(session, [survivor_id])
    merged = {"absorbed_id": absorbed_id, "survivor_id": survivor_id, "reason": reason}
    moved = {"moved_member_ids": sorted(members), "told_record_ids": told}
    by = {"merged_at": clock.now(), "merged_by": actor.account_id}
    session.execute(insert(_MERGE).values(id=uuid4(), **merged, **moved, **by))
    audit.record(session, actor, "households.merge", "household", [survivor_id, absorbed_id], members=len(members))


def unmerge_household(session: Session, actor: Actor, absorbed_id: UUID, read: int | None, tell: AfterMerge) -> None:
    """Takes a merge back: the household is there again, with those of its members who still live where they went.

    Raises NotFound outside of the actor's areas, Conflict where it is not merged, StaleVersion.
    """
    end_id = survivor_of(session, absorbed_id)
    held = _hold(session, actor, Permission.households_merge, {absorbed_id} | ({end_id} if end_id else set()))
    absorbed = held.records[absorbed_id]
    merge = session.execute(
        select(_MERGE).where(_MERGE.c.absorbed_id == absorbed_id, _MERGE.c.undone_at.is_(None))
    ).first()
    if end_id is None or merge is None or absorbed.values["status"] != HouseholdStatus.merged:
        raise Conflict("Hộ này không ở trạng thái đã gộp.", "This household is not merged into another one.")
    refuse_stale(absorbed, read)
    came = _MEMBER.c.id.in_(merge.moved_member_ids)
    members = hold_members(session, came & (_MEMBER.c.household_id == end_id))
    fold, people = Fold(held.records), Fold(members)
    number = _free_number(session, absorbed.values["hamlet_id"], absorbed)
    fold.change(absorbed, {"status": HouseholdStatus.active.value, "merged_into": None} | number)
    for member in members.values():
        people.change(member, {"household_id": str(absorbed_id)})
    _store(session, actor, fold, held, Origin.unmerge)
    _store_members(session, actor, people, held, Origin.unmerge, dict.fromkeys(members, str(end_id)))
    regroup(session, end_id, absorbed_id, held.hamlets[absorbed_id], merge.told_record_ids)
    tell(session, [absorbed_id, end_id])
    undone = {"undone_at": clock.now(), "undone_by": actor.account_id}
    session.execute(update(_MERGE).where(_MERGE.c.id == merge.id).values(**undone))
    audit.record(session, actor, "households.unmerge", "household", [absorbed_id, end_id], members=len(members))


def end_household(
    session: Session, actor: Actor, household_id: UUID, status: HouseholdStatus, read: int | None
) -> None:
    """It left the commune (`left`), is no more (`dissolved`), or that was a mistake (`active`).

    Already so: nothing changes. Raises NotFound outside of the actor's areas, Conflict for a merged household,
    StaleVersion.
    """
    held = _hold(session, actor, Permission.households_write, {household_id})
    record = held.records[household_id]
    _refuse_absorbed(record)
    if record.values["status"] == status:
        return
    refuse_stale(record, read)
    number = _free_number(session, record.values["hamlet_id"], record) if status is HouseholdStatus.active else {}
    fold = Fold(held.records)
    fold.change(record, {"status": status.value} | number)
    _store(session, actor, fold, held, Origin.web)
    audit.record(session, actor, "households.end", "household", [household_id], status=status.value)


def _hold(session: Session, actor: Actor, right: Permission, ids: set[UUID]) -> Held:
    held = hold_households(session, actor.scope_of(right), ids, Lock.whole)
    if held.mine != ids:
        raise no_such_household()
    return held


def _gone(absorbed: Record, survivor_id: UUID) -> Announcement:
    area, version = absorbed.values["hamlet_id"], absorbed.version
    return Announcement(
        "household", absorbed.id, area, absorbed.id, version, Op.remove, RemoveReason.merged, survivor_id
    )


def _refuse_absorbed(record: Record) -> None:
    if record.values["merged_into"] is not None:
        raise was_absorbed(UUID(record.values["merged_into"]))


def _refuse_loss(session: Session, survivor_id: UUID, absorbed_id: UUID) -> None:
    """A class stands under the household that a decision names: nobody may lose it because a duplicate was the one that
    was recognised."""
    found = classes(session, (survivor_id, absorbed_id))
    if _standing(found[absorbed_id]) > _standing(found[survivor_id]):
        raise Conflict(
            "Hộ bị gộp đang được công nhận ở diện được hỗ trợ cao hơn. Hãy giữ lại hộ đó và gộp hộ kia vào.",
            "The household to be absorbed stands higher by a decision. Keep that one, and merge the other into it.",
        )


def _standing(found: dict[str, Any]) -> int:
    ranks = {"poor": 3, "near_poor": 2}
    return ranks.get(found["current_class"], 1 if found["newly_escaped_until"] else 0)


def _is_mine(session: Session, scope: Scope, hamlet_id: UUID) -> bool:
    """Does a hamlet of today lie in these areas? Raises Invalid where there is no such hamlet anywhere."""
    is_hamlet = _AREA.c.id == hamlet_id, _AREA.c.level == Level.hamlet, valid_on(_AREA.c, clock.today())
    found = session.execute(select(scope.covers(_AREA.c.id).label("mine")).where(*is_hamlet)).first()
    if found is None:
        raise no_such_hamlet()
    return bool(found.mine)


def _moved_before(session: Session, household_id: UUID, move: MoveIn) -> bool:
    last = session.execute(
        select(_MOVE).where(_MOVE.c.household_id == household_id).order_by(_MOVE.c.recorded_at.desc()).limit(1)
    ).first()
    return last is not None and (last.to_hamlet_id, last.moved_on) == (move.hamlet_id, move.moved_on)


def _free_number(session: Session, hamlet_id: str, record: Record) -> dict[str, None]:
    """Nothing to change where the record's number is free in the hamlet; otherwise the number is given up."""
    if record.values["household_no"] is None:
        return {}
    taken = select(_HOUSEHOLD.c.id).where(
        _HOUSEHOLD.c.hamlet_id == UUID(hamlet_id),
        _HOUSEHOLD.c.household_no == record.values["household_no"],
        _HOUSEHOLD.c.status == HouseholdStatus.active,
        _HOUSEHOLD.c.id != record.id,
    )
    return {"household_no": None} if session.execute(taken).first() else {}


def _no_number(record: Record) -> dict[str, None]:
    return {} if record.values["household_no"] is None else {"household_no": None}


def _store(session: Session, actor: Actor, fold: Fold, held: Held, origin: Origin) -> None:
    store_households(session, fold.added(), fold.changed())
    keep(session, actor, "household", fold.steps, origin)
    announce_households(session, fold, held)


def _store_members(
    session: Session, actor: Actor, people: Fold, held: Held, origin: Origin, homes_before: dict[UUID, str]
) -> None:
    change_members(session, people.changed())
    keep(session, actor, "member", people.steps, origin)
    announce_members(session, people, homes_before, held.hamlets)
