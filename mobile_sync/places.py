"""Where the records stand that submissions and conflicts name: there, now, somebody has to decide about them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from api import clock
from api.accounts.past_grants import ever_placed_in, once_placed_among, placed_at
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area
from api.households.aliases import ends
from api.problems import Conflict
from mobile_sync.appliers import KINDS
from mobile_sync.tables import OutcomeKind, SyncSubmission


def standing(entity: Any, record_id: Any) -> ColumnElement[Any]:
    """The hamlet in which the record stands now; null for one that is not there."""
    return case(
        *((entity == kind.entity, _hamlet(kind.place, record_id)) for kind in KINDS.values() if kind.place is not None)
    )


def decidable(scope: Scope) -> ColumnElement[bool]:
    """Submissions whose record, or what they wait for, stands in these areas now, and the work of who was there then.

    Where the sender is today opens nothing: a surveyor who was sent elsewhere leaves their work behind, and one who
    works in two communes shows neither of them the households of the other.
    """
    s: Any = SyncSubmission
    return or_(
        scope.covers(standing(s.entity, s.record_id)),
        scope.covers(named()),
        case(
            (_awaits_new_household(s), once_placed_among(s.account_id, scope)),
            else_=and_(_recorded_in(scope), ~_at_home()),
        ),
    )


def _awaits_new_household(sent: Any, further: int = 2) -> ColumnElement[bool]:
    """Is it a new household that waits for itself (or did, and was refused), or does it hang on one? Its hamlet is one
    that its sender has left (`held.where_they_were`). A person or a paper hangs on the household, Phiếu A on the paper.
    """
    parent: Any = aliased(SyncSubmission)
    of_sender = and_(parent.record_id == sent.waiting_for, parent.account_id == sent.account_id)
    new = and_(parent.outcome.in_((OutcomeKind.held, OutcomeKind.rejected)), parent.base_version.is_(None))
    itself = and_(parent.entity == "household", parent.waiting_for == parent.record_id)
    beyond = _awaits_new_household(parent, further - 1) if further else false()
    return exists().where(of_sender, new, or_(itself, beyond))


def _recorded_in(scope: Scope) -> ColumnElement[bool]:
    """Did its sender belong to these areas when it was received, or when it was recorded? The tablet's clock may be
    wrong: what it says opens a submission to those of then too, and hides it from nobody."""
    s: Any = SyncSubmission
    claimed = func.least(s.recorded_at, s.received_at)
    return or_(*(placed_at(s.account_id, moment, scope) for moment in (s.received_at, claimed)))


def _at_home() -> ColumnElement[bool]:
    """Does its record, or what it waits for, stand where the sender is or once was? Then whoever is there decides, and
    nobody of another commune where the sender is or was as well. What never was theirs is not told apart from what
    stands nowhere."""
    s: Any = SyncSubmission
    places = (standing(s.entity, s.record_id), named())
    return or_(*(ever_placed_in(s.account_id, place) for place in places))


def waits_at(record_id: Any) -> ColumnElement[Any]:
    """The hamlet in which the record of that id, of whatever kind, stands now; null for one that is not there."""
    return func.coalesce(*(_hamlet(kind.place, record_id) for kind in KINDS.values() if kind.place is not None))


def named() -> ColumnElement[Any]:
    """Where what the submission waits for stands. What was refused, or failed, waits for nothing: there it is the
    household or paper that it names, and of a new household the hamlet (`journal.entry_of`)."""
    s: Any = SyncSubmission
    area: Any = Area
    hamlet = select(area.id).where(area.id == s.waiting_for, s.outcome != OutcomeKind.held)
    return func.coalesce(waits_at(s.waiting_for), hamlet.where(valid_on(area, clock.today())).scalar_subquery())


def _hamlet(place: Select[Any], record_id: Any) -> ColumnElement[Any]:
    record, hamlet = place.selected_columns
    return place.with_only_columns(hamlet, maintain_column_froms=True).where(record == record_id).scalar_subquery()


def stand_for(session: Session, household_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of these households those that were merged away, with the one that stands for each today. One statement."""
    if not household_ids:
        return {}
    followed = ends(list(household_ids))
    return {row.absorbed: row.survivor for row in session.execute(select(followed.c.absorbed, followed.c.survivor))}


def moved_on() -> Conflict:
    """For whoever would decide about a record that has left their areas."""
    return Conflict(
        "Bản ghi này đã chuyển khỏi địa bàn của bạn; cán bộ nơi chuyển đến sẽ quyết định.",
        "This record has left your areas; the officers of where it stands now decide.",
    )
