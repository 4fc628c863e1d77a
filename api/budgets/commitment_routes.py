"""Commitments, payments and the journal over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.budgets import commitments, examples, payments, queries, reversals
from api.budgets.schemas import (
    Booking,
    CommitmentApprovalIn,
    CommitmentIn,
    CommitmentOut,
    CommitmentRefusalIn,
    MovementOut,
    PaymentIn,
    ReversalIn,
)
from api.budgets.tables import CommitmentState, MovementKind
from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Day, Page

router = APIRouter(tags=["budget"])

Reader = Annotated[Actor, allow(Permission.budget_read)]
Preparer = Annotated[Actor, allow(Permission.commitments_write)]
Approver = Annotated[Actor, allow(Permission.commitments_approve)]
Payer = Annotated[Actor, allow(Permission.disbursements_write)]
Settler = Annotated[Actor, allow(Permission.settlements_write)]
# the right of the kind that is reversed (api/budgets/reversals.py)
Reverser = Annotated[
    Actor,
    allow(
        Permission.budget_write,
        Permission.commitments_approve,
        Permission.disbursements_write,
        Permission.settlements_write,
    ),
]
AreaFilter = Annotated[UUID | None, Query(description="Only of lines of this area and what lies under it.")]
LineFilter = Annotated[UUID | None, Query(description="Only of this line.")]
_BOOKED = problems(
    "not-found", "already-exists", "idempotency-key-reused", "illegal-stage", "above-approved"
) | example(examples.BOOKING, 201)


@router.get(
    "/commitments",
    operation_id="list_commitments",
    summary="Danh sách cam kết chi",
    responses=problems("invalid-cursor") | example(examples.page(examples.COMMITMENT)),
)
def list_commitments(
    actor: Reader,
    db: Db,
    area_id: AreaFilter = None,
    budget_line_id: LineFilter = None,
    intervention_id: Annotated[UUID | None, Query(description="Only for this intervention.")] = None,
    state: Annotated[CommitmentState | None, Query(description="Only in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[CommitmentOut]:
    """The commitments of the caller's areas with their sums, newest first; `state=prepared`: what waits for the
    chair."""
    return queries.commitments(
        db, actor.scope, area_id=area_id, budget_line_id=budget_line_id, intervention_id=intervention_id, state=state,
        limit=limit, cursor=cursor,
    )  # fmt: skip


@router.post(
    "/commitments",
    operation_id="prepare_commitment",
    summary="Lập cam kết chi",
    status_code=201,
    responses=problems(
        "not-found", "already-exists", "idempotency-key-reused", "illegal-stage", "above-approved", "conflict"
    )
    | example(examples.COMMITMENT, 201),
)
def prepare_commitment(
    body: CommitmentIn, actor: Preparer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> CommitmentOut:
    """Prepares a commitment on a line: for an approved item of the plan, or a line without one; perhaps for an
    intervention and with an organisation. The money is bound once the chair approves."""
    return tagged(response, commitments.prepare(db, actor, body, idempotency_key))


@router.get(
    "/commitments/{commitment_id}",
    operation_id="read_commitment",
    summary="Một cam kết chi",
    responses=problems("not-found") | example(examples.COMMITMENT),
)
def read_commitment(commitment_id: UUID, actor: Reader, db: Db, response: Response) -> CommitmentOut:
    """One commitment with its sums and its ETag."""
    return tagged(response, queries.commitment(db, actor.scope, commitment_id))


@router.post(
    "/commitments/{commitment_id}/approval",
    operation_id="approve_commitment",
    summary="Phê duyệt cam kết chi",
    responses=problems(
        "not-found",
        "illegal-stage",
        "separation-of-duties",
        "above-approved",
        "stale-version",
        "idempotency-key-reused",
    )
    | example(examples.BOOKING),
)
def approve_commitment(
    commitment_id: UUID,
    body: CommitmentApprovalIn,
    actor: Approver,
    db: Db,
    read: VersionIfGiven = None,
    idempotency_key: IdempotencyKey = None,
) -> Booking:
    """The chair approves and the money is bound; whoever prepared it cannot."""
    return commitments.approve(db, actor, commitment_id, read, body, idempotency_key)


@router.post(
    "/commitments/{commitment_id}/refusal",
    operation_id="refuse_commitment",
    summary="Từ chối cam kết chi",
    responses=problems("not-found", "illegal-stage", "separation-of-duties", "stale-version")
    | example(examples.COMMITMENT),
)
def refuse_commitment(
    commitment_id: UUID,
    body: CommitmentRefusalIn,
    actor: Approver,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> CommitmentOut:
    """The chair refuses, with a reason. Nothing was bound; another commitment may be prepared."""
    return tagged(response, commitments.refuse(db, actor, commitment_id, read, body))


@router.post(
    "/commitments/{commitment_id}/disbursements",
    operation_id="disburse",
    summary="Ghi chi tiền",
    status_code=201,
    responses=_BOOKED,
)
def disburse(
    commitment_id: UUID, body: PaymentIn, actor: Payer, db: Db, idempotency_key: IdempotencyKey = None
) -> Booking:
    """Books a payment, never more than is left of the commitment. With an `id` of your own or an `Idempotency-Key` a
    repeated call books once."""
    return payments.disburse(db, actor, commitment_id, body, idempotency_key)


@router.post(
    "/commitments/{commitment_id}/settlements",
    operation_id="settle",
    summary="Ghi quyết toán",
    status_code=201,
    responses=_BOOKED,
)
def settle(
    commitment_id: UUID, body: PaymentIn, actor: Settler, db: Db, idempotency_key: IdempotencyKey = None
) -> Booking:
    """Books what was accounted for of the money paid out, never more than that."""
    return payments.settle(db, actor, commitment_id, body, idempotency_key)


@router.get(
    "/money-movements",
    operation_id="list_money_movements",
    summary="Sổ nhật ký tiền",
    responses=problems("invalid-cursor") | example(examples.page(examples.MOVEMENT)),
)
def list_movements(
    actor: Reader,
    db: Db,
    area_id: AreaFilter = None,
    budget_line_id: LineFilter = None,
    commitment_id: Annotated[UUID | None, Query(description="Only of this commitment.")] = None,
    kind: Annotated[MovementKind | None, Query(description="Only of this kind.")] = None,
    from_day: Annotated[Day | None, Query(description="Booked on this day or later.")] = None,
    to_day: Annotated[Day | None, Query(description="Booked on this day or earlier.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[MovementOut]:
    """The journal: every booking of the caller's areas, newest day first. It is never changed; a mistake stands there
    with its reversal."""
    return queries.movements(
        db, actor.scope, area_id=area_id, budget_line_id=budget_line_id, commitment_id=commitment_id, kind=kind,
        from_day=from_day, to_day=to_day, limit=limit, cursor=cursor,
    )  # fmt: skip


@router.post(
    "/money-movements/{movement_id}/reversal",
    operation_id="reverse_money_movement",
    summary="Hoàn bút toán",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict", "above-approved")
    | example(examples.BOOKING, 201),
)
def reverse_movement(
    movement_id: UUID, body: ReversalIn, actor: Reverser, db: Db, idempotency_key: IdempotencyKey = None
) -> Booking:
    """Takes a movement back, whole or in part, with a reason, by whoever has the right of its kind (what the chair
    bound, the chair sets free). Only what no later step has used."""
    return reversals.reverse(db, actor, movement_id, body, idempotency_key)
