"""Writes deliveries: from tablets and from the web through the same door; and takes them back."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.changes import history
from api.changes.attempts import in_savepoints
from api.changes.edits import Edit, Written
from api.changes.fold import Step, already_exists
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.deliveries import faults, queries
from api.deliveries.edits import Deliveries
from api.deliveries.rows import DELIVERY, ENTITY, LINE, announce_lines, mark_lines
from api.deliveries.schemas import DeliveriesIn, DeliveriesOut, DeliveryOut, ReversalIn
from api.deliveries.tables import SheetLineState
from api.idempotency import new_id
from api.interventions.reach import INTERVENTION
from api.problems import AboveApproved, Conflict, IdempotencyKeyReused, Problem
from api.reviews.rounds import expect_version

# What the breaking of a constraint means: another writer was faster.
_REFUSALS = {
    "pk_delivery": already_exists,
    "pk_record_version": already_exists,
    "ck_intervention_delivered_as_approved": AboveApproved,
}


def write_deliveries(
    session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool = False
) -> list[Written]:
    """Stores deliveries and ticks the lines of signing sheets they fulfil; one outcome per edit, in the same order.

    What is above the money approved for an intervention is refused, the first ones of the list have it. A delivery of
    a household or person that is not there yet is `held`; `strict` is for the web: there it is refused.
    """

    def write(some: Sequence[Edit], thorough: bool) -> list[Written]:
        deliveries = Deliveries(session, actor, some, origin, strict=strict, thorough=thorough)
        outcomes = [deliveries.write(edit, fields) for edit, fields in zip(some, deliveries.fields, strict=True)]
        if not thorough and any(written.outcome != "applied" for written in outcomes):
            return write(some, True)  # one that is there already may be answered otherwise
        deliveries.store()
        return deliveries.with_files(some, outcomes)

    return in_savepoints(session, edits, write, _REFUSALS)


def create_deliveries(session: Session, actor: Actor, body: DeliveriesIn, key: str | None) -> DeliveriesOut:
    """All of the list, or none. The same ids or key with the same content again give what is stored.

    Raises what is wrong with the first one that is refused, with its place: NotFound, Invalid, AboveApproved,
    AlreadyDelivered, AlreadyExists, IdempotencyKeyReused.
    """
    edits = []
    for place, one in enumerate(body.deliveries):
        own_key = key and f"{key}:{place}"
        delivery_id = new_id(actor.account_id, ENTITY, one.id, own_key)
        edits.append(Edit(delivery_id, None, one.model_dump(mode="json", exclude={"id"})))
    written = write_deliveries(session, actor, edits, Origin.web, strict=True)
    for place, (one, outcome) in enumerate(zip(body.deliveries, written, strict=True)):
        if outcome.problem is not None:
            raise _refusal(outcome.problem, f"#/deliveries/{place}", by_key=bool(key) and one.id is None)
    return queries.deliveries_by_id(session, actor, [edit.record_id for edit in edits])


def _refusal(problem: Problem, place: str, *, by_key: bool) -> Problem:
    if by_key and problem.slug == "already-exists":
        return IdempotencyKeyReused()
    return faults.placed(problem, place)


def reverse(session: Session, actor: Actor, delivery_id: UUID, read: int | None, body: ReversalIn) -> DeliveryOut:
    """Takes a delivery back: it no longer counts, its line is `returned`. The same reason again changes nothing.

    Raises NotFound, StaleVersion, Conflict for one that was taken back for another reason.
    """
    row = _hold(session, actor, delivery_id)
    if row.reversed_at is not None:
        if row.reversal_reason != body.reason:
            vi = f"Lượt hỗ trợ này đã bị hủy ngày {row.reversed_at.astimezone(clock.VIET_NAM):%d/%m/%Y}."
            raise Conflict(vi, "This delivery was taken back already.")
        return queries.delivery(session, actor, delivery_id)
    expect_version(row, read)
    now, version = clock.now(), row.version + 1
    session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.id == delivery_id)
        .values(
            reversed_at=now, reversed_by=actor.account_id, reversal_reason=body.reason, version=version, updated_at=now
        )
    )
    history.keep(session, actor, ENTITY, [Step(delivery_id, version, {"reversed": [False, True]})], Origin.web)
    history.announce(session, [Announcement(ENTITY, delivery_id, row.place, row.home or delivery_id, version)])
    _return_lines(session, actor, row)
    audit.record(session, actor, "deliveries.reverse", "household", [row.home] if row.home else [])
    return queries.delivery(session, actor, delivery_id)


def _hold(session: Session, actor: Actor, delivery_id: UUID) -> Row[Any]:
    """The delivery under lock, after its intervention, as whoever delivers locks them. Raises NotFound."""
    named = session.execute(queries.deliveries_of(actor, DELIVERY.c.id == delivery_id)).one_or_none()
    if named is None:
        raise faults.no_delivery()
    hold_intervention(session, named.intervention_id)
    query = queries.deliveries_of(actor, DELIVERY.c.id == delivery_id)
    row = session.execute(query.with_for_update(of=DELIVERY)).one_or_none()
    if row is None:
        raise faults.no_delivery()  # its household moved to another commune meanwhile
    return row


def hold_intervention(session: Session, intervention_id: UUID) -> None:
    """Whoever delivers under an intervention or works on its signing sheets waits here for the one before."""
    query = select(INTERVENTION.c.id).where(INTERVENTION.c.id == intervention_id)
    session.execute(query.with_for_update(key_share=True))


def _return_lines(session: Session, actor: Actor, row: Row[Any]) -> None:
    query = select(LINE).where(LINE.c.delivery_id == row.id).order_by(LINE.c.id)
    lines = session.execute(query.with_for_update(key_share=True)).all()
    if not lines:
        return
    marked = [{**line._mapping, "state": SheetLineState.returned, "version": line.version + 1} for line in lines]
    mark_lines(session, marked, actor.account_id)
    announce_lines(session, [(line.id, row.place, row.home, line.version + 1) for line in lines])
