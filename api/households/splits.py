"""A household becomes two: some of its members form a new one, in the same hamlet."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.changes.fold import Fold, Record, Step, already_exists
from api.changes.history import keep
from api.changes.tables import Origin
from api.households.commands import announce_households, announce_members
from api.households.household_fold import absorbed, no_such_household
from api.households.preconditions import refuse_stale
from api.households.schemas import SplitIn
from api.households.stored import Held, Lock, change_members, hold_households, hold_members, store_households
from api.households.tables import HouseholdStatus, Member
from api.problems import Conflict, FieldError, Invalid, Problem

_MEMBER = Member.__table__  # type: ignore[attr-defined]


def split_household(
    session: Session, actor: Actor, household_id: UUID, new_id: UUID, split: SplitIn, read: int | None
) -> None:
    """The members named leave and form the household `new_id`; who is head there is said or left open.

    Somebody stays, and the head stays. Sent again with the same id it changes nothing. Raises NotFound outside of the
    actor's areas, Invalid (with pointers) for people who do not live there or a head who does not go along,
    AlreadyExists where the id belongs to another household, StaleVersion (`read`: the version the caller saw).
    """
    held = hold_households(session, actor.scope_of(Permission.households_write), {household_id, new_id}, Lock.whole)
    if household_id not in held.mine:
        raise no_such_household()
    people = hold_members(session, _MEMBER.c.household_id.in_([household_id, new_id]))
    chosen = {member_id: people[member_id] for member_id in split.member_ids if member_id in people}
    if new_id in held.records:
        if _split_before(chosen, new_id, split):
            return
        raise already_exists()
    refuse_stale(held.records[household_id], read)
    _check(held.records[household_id], people, chosen, split)
    _write(session, actor, held, household_id, new_id, chosen, split)
    audit.record(session, actor, "households.split", "household", [household_id, new_id], members=len(chosen))


def _split_before(chosen: dict[UUID, Record], new_id: UUID, split: SplitIn) -> bool:
    return len(chosen) == len(set(split.member_ids)) and all(
        record.values["household_id"] == str(new_id) for record in chosen.values()
    )


def _check(home: Record, people: dict[UUID, Record], chosen: dict[UUID, Record], split: SplitIn) -> None:
    if home.values["merged_into"]:
        raise absorbed(UUID(home.values["merged_into"]))
    if home.values["status"] != HouseholdStatus.active:
        raise Conflict("Hộ này không còn đang quản lý.", "This household is not active.")
    for place, member_id in enumerate(split.member_ids):
        if member_id not in chosen or chosen[member_id].values["left_on"]:
            raise _fault(
                f"#/member_ids/{place}",
                "not_a_member",
                "Người này không ở trong hộ.",
                "Does not live there.",
            )
        if str(member_id) == home.values["head_member_id"]:
            raise _fault(
                f"#/member_ids/{place}",
                "head_stays",
                "Chủ hộ ở lại; hãy đổi chủ hộ trước khi tách.",
                "The head stays; name another head before the split.",
            )
    if not any(record.id not in chosen and not record.values["left_on"] for record in people.values()):
        raise _fault("#/member_ids", "nobody_stays", "Phải còn ít nhất một người ở lại.", "Somebody has to stay.")
    if split.head_member_id is not None and split.head_member_id not in chosen:
        raise _fault(
            "#/head_member_id", "not_a_member", "Chủ hộ mới phải là người được tách.", "The new head must go along."
        )


def _write(
    session: Session,
    actor: Actor,
    held: Held,
    household_id: UUID,
    new_id: UUID,
    chosen: dict[UUID, Record],
    split: SplitIn,
) -> None:
    homes, people = Fold(held.records), Fold(chosen)
    homes.records[new_id] = Record(new_id, 1, _values(held.records[household_id], split), 0)
    homes.steps.append(Step(new_id, 1, None))
    for record in chosen.values():
        take: dict[str, Any] = {"household_id": str(new_id)}
        if record.id == split.head_member_id:
            take["relation_to_head"] = "head"
        people.change(record, {n: v for n, v in take.items() if record.values[n] != v})
    store_households(session, homes.added(), [])
    keep(session, actor, "household", homes.steps, Origin.split)
    announce_households(session, homes, held)
    change_members(session, people.changed())
    keep(session, actor, "member", people.steps, Origin.split)
    hamlets = held.hamlets | {new_id: held.hamlets[household_id]}
    announce_members(session, people, dict.fromkeys(chosen, str(household_id)), hamlets)


def _values(home: Record, split: SplitIn) -> dict[str, Any]:
    head = split.head_member_id
    return home.values | {
        "household_no": split.household_no,
        "address": split.address if split.address is not None else home.values["address"],
        "phone": None,
        "note": None,
        "residence": (split.residence or home.values["residence"]),
        "head_member_id": str(head) if head else None,
        "no_labour_capacity": False,
        "no_labour_capacity_ground": None,
    }


def _fault(pointer: str, code: str, vi: str, en: str) -> Problem:
    return Invalid(vi, en, errors=(FieldError(pointer, code, vi, en),))
