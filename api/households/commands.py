"""Writing households and members: lists of edits in, outcomes in the same order out, the same few statements always.

The one way in for the web (a list of one, `strict`: a stale base is refused) and for tablets (merging by base version).
"""

from collections.abc import Sequence
from operator import attrgetter
from uuid import UUID

from sqlmodel import Session

from api import audit, late_rows
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.changes.attempts import in_savepoints
from api.changes.edits import Edit, Written
from api.changes.fold import Fold, Met, already_exists, refused_unseen
from api.changes.history import Announcement, Went, announce, follow, keep
from api.changes.tables import Op, Origin, RemoveReason
from api.households.household_fold import HouseholdFold, number_taken
from api.households.member_fold import MemberFold
from api.households.stored import Held, storing_households, storing_members

_REFUSALS = {
    "uq_household_hamlet_no": number_taken,
    "pk_household": already_exists,
    "pk_member": already_exists,
    "pk_record_version": already_exists,
}


def write_households(
    session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool = False
) -> list[Written]:
    """Creates and changes households. Outcomes as in `Written`; rejected ones carry their problem.

    `strict` is for the web: an edit of another version than today's is refused (stale-version) instead of merged,
    and nothing is held. Raises nothing that an edit could cause.
    """

    def write(part: Sequence[Edit], thorough: bool) -> list[Written]:
        work = HouseholdFold(session, actor.scope_of(Permission.households_write), part, strict, thorough)
        outcomes = [work.written(edit) for edit in part]
        if refused_unseen(part, work.drafts, outcomes, thorough):
            return write(part, True)
        with storing_households(session, work.fold.added(), work.fold.changed()):
            announce_households(session, work.fold, work.held)
            keep(session, actor, "household", work.fold.steps, origin)
            _audit(session, actor, "households.write", "household", part, outcomes)
        return outcomes

    return in_savepoints(session, edits, write, _REFUSALS)


def write_members(
    session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool = False
) -> list[Written]:
    """Creates and changes members, like `write_households`. Needs the session's IdKey (citizen_numbers.id_key)."""

    def write(part: Sequence[Edit], thorough: bool) -> list[Written]:
        work = MemberFold(session, actor.scope_of(Permission.households_write), part, strict, thorough)
        outcomes = late_rows.meanwhile(session, work.written, part)
        if refused_unseen(part, work.drafts, outcomes, thorough):
            return write(part, True)
        with storing_members(session, work.fold.added(), work.fold.changed()):
            announce_members(session, work.fold, work.homes_before, work.held.hamlets)
            keep(session, actor, "member", work.fold.steps, origin)
            _audit(session, actor, "members.write", "member", part, outcomes)
        return outcomes

    return in_savepoints(session, edits, write, _REFUSALS)


def meet_household(session: Session, actor: Actor, edit: Edit) -> Met | None:
    """What this edit would meet now, held as for its writing; None outside the actor's areas. Writes nothing."""
    scope = actor.scope_of(Permission.households_write)
    return HouseholdFold(session, scope, [edit], strict=False, thorough=True).met(edit)


def meet_member(session: Session, actor: Actor, edit: Edit) -> Met | None:
    """Like `meet_household`."""
    scope = actor.scope_of(Permission.households_write)
    return MemberFold(session, scope, [edit], strict=False, thorough=True).met(edit)


def announce_households(session: Session, fold: Fold, held: Held) -> None:
    """Tells the feed of every household touched; one that changed its hamlet takes along what hangs on it."""
    announcements, went = [], []
    for record in (*fold.changed(), *fold.added()):
        before, now = held.hamlets.get(record.id), record.values["hamlet_id"]
        if before is not None and before != now:
            went.append(Went(record.id, before, now))
            announcements.append(
                Announcement(
                    "household", record.id, before, record.id, record.version, Op.remove, RemoveReason.left_area
                )
            )
        announcements.append(Announcement("household", record.id, now, record.id, record.version))
    announce(session, announcements)
    follow(session, went)


def announce_members(session: Session, fold: Fold, homes_before: dict[UUID, str], hamlets: dict[UUID, str]) -> None:
    """`homes_before`: member -> its household as loaded. `hamlets`: household -> hamlet."""
    announcements = []
    areas = {str(home): hamlet for home, hamlet in hamlets.items()}
    for record in (*fold.changed(), *fold.added()):
        home = record.values["household_id"]
        area, before = areas[home], homes_before.get(record.id) if record.loaded else None
        if before is not None and before != home and areas[before] != area:
            announcements.append(
                Announcement(
                    "member",
                    record.id,
                    areas[before],
                    before,
                    record.version,
                    Op.remove,
                    RemoveReason.left_area,
                )
            )
        announcements.append(Announcement("member", record.id, area, home, record.version))
    announce(session, announcements)


def _audit(
    session: Session, actor: Actor, action: str, subject: str, edits: Sequence[Edit], outcomes: list[Written]
) -> None:
    # a refused edit has shown and changed nothing; a conflict shows the stored value
    ids = {edit.record_id for edit, written in zip(edits, outcomes, strict=True) if written.outcome != "rejected"}
    if ids:
        audit.record(session, actor, action, subject, sorted(ids, key=attrgetter("int")), edits=len(edits))
