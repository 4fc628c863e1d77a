"""Rounds over HTTP: preparing, the list, who surveys whom, progress, and the steps the officer and the chair take."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import ReadVersion, VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.reviews import assignments, examples, round_commands, round_list, round_queries
from api.reviews.round_schemas import (
    Absence,
    Assignments,
    AssignmentsOut,
    CaseOut,
    ListAddition,
    ListOut,
    ProgressOut,
    RoundChange,
    RoundCreate,
)
from api.reviews.schemas import RoundOut
from api.reviews.tables import CaseStage
from api.schema import Page

router = APIRouter(tags=["reviews"])

Writer = Annotated[Actor, allow(Permission.rounds_write)]
Chair = Annotated[Actor, allow(Permission.rounds_approve)]
Reader = Annotated[Actor, allow(Permission.households_read)]
Reviewer = Annotated[Actor, allow(Permission.reviews_write)]


@router.post(
    "/rounds",
    operation_id="prepare_round",
    summary="Lập đợt rà soát",
    status_code=201,
    responses=problems("not-found", "conflict", "already-exists", "idempotency-key-reused")
    | example(examples.ROUND | {"stage": "prepared", "state": "prepared"}, 201),
)
def prepare_round(
    body: RoundCreate, actor: Writer, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> RoundOut:
    """Prepares a round in a commune; its first day fixes the standard and the procedure. The commune officer.

    Periodic rounds run from 1 September to 14 December, regular ones from the 15th of a month for 15 days; a training
    round on any days, scored with the training standard and without legal effect.
    """
    return tagged(response, round_commands.prepare_round(db, actor, body, idempotency_key))


@router.patch(
    "/rounds/{round_id}",
    operation_id="change_round",
    summary="Sửa đợt rà soát: lý do quá hạn, ảnh, chữ ký, vị trí cần lấy",
    responses=problems("not-found", "conflict", "stale-version", "version-required") | example(examples.ROUND),
)
def change_round(
    round_id: UUID, body: RoundChange, actor: Writer, db: Db, response: Response, version: ReadVersion
) -> RoundOut:
    """Says why a round runs past its last day (it is marked, never blocked), and which `evidence` its reviews ask for
    beside the answers: `photo`, `signature`, `position`, each off unless it is switched on. The commune officer."""
    return tagged(response, round_commands.change_round(db, actor, round_id, version, body))


@router.delete(
    "/rounds/{round_id}",
    operation_id="discard_round",
    summary="Hủy đợt rà soát chưa được duyệt",
    status_code=204,
    responses=problems("not-found", "conflict", "stale-version"),
)
def discard_round(round_id: UUID, actor: Writer, db: Db, version: VersionIfGiven) -> None:
    """Takes back a round prepared by mistake, with its list; one that the chair has approved stays."""
    round_commands.discard(db, actor, round_id, version)


@router.post(
    "/rounds/{round_id}/list",
    operation_id="build_round_list",
    summary="Lập danh sách hộ cần rà soát",
    responses=problems("not-found", "illegal-stage") | example(examples.LIST),
)
def build_round_list(round_id: UUID, actor: Writer, db: Db) -> ListOut:
    """Puts onto the list whoever belongs there: the poor and near-poor, and requests that passed Phiếu A.

    May be asked again: it adds what came meanwhile. The answer counts by ground and hamlet and names the requests left
    out, each with its reason (`no_household`, `household_gone`, `not_screened`, `screened_out`, `in_another_round`).
    """
    return round_list.build_list(db, actor, round_id)


@router.post(
    "/rounds/{round_id}/households",
    operation_id="add_to_round",
    summary="Đưa một hộ vào danh sách",
    status_code=201,
    responses=problems("not-found", "illegal-stage", "conflict")
    | example(examples.CASE | {"stage": "listed", "ground": "added"}, 201),
)
def add_to_round(round_id: UUID, body: ListAddition, actor: Writer, db: Db) -> CaseOut:
    """Puts a household of the commune onto the list by hand, with the reason. The commune officer."""
    return round_list.add_household(db, actor, round_id, body.household_id, body.reason)


@router.get(
    "/rounds/{round_id}/households",
    operation_id="list_round_households",
    summary="Danh sách hộ của đợt",
    responses=problems("not-found", "invalid-cursor") | example({"items": [examples.CASE], "next_cursor": None}),
)
def list_round_households(
    round_id: UUID,
    actor: Reader,
    db: Db,
    stage: Annotated[CaseStage | None, Query(description="Only at this stage.")] = None,
    hamlet_id: Annotated[UUID | None, Query(description="Only of this hamlet's list.")] = None,
    surveyor: Annotated[str | None, Query(max_length=60, description="Only of this username.")] = None,
    household_id: Annotated[UUID | None, Query(description="Only this household.")] = None,
    q: Annotated[str | None, Query(max_length=120, description="A name in the household, tone marks or not.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[CaseOut]:
    """The list of a round in the caller's areas, with stage, surveyor and what the review in force proposes."""
    filters = round_queries.Filters(stage, hamlet_id, surveyor, household_id, q)
    return round_queries.cases(db, actor, round_id, filters, limit=limit, cursor=cursor)


@router.put(
    "/rounds/{round_id}/assignments",
    operation_id="assign_surveyors",
    summary="Phân công rà soát viên",
    responses=problems("not-found", "illegal-stage") | example(examples.ASSIGNED),
)
def assign_surveyors(round_id: UUID, body: Assignments, actor: Writer, db: Db) -> AssignmentsOut:
    """Gives hamlets or single households to people who may review there; a later item wins. The commune officer."""
    return assignments.assign(db, actor, round_id, body)


@router.get(
    "/rounds/{round_id}/progress",
    operation_id="read_round_progress",
    summary="Tiến độ rà soát theo xóm",
    responses=problems("not-found") | example(examples.PROGRESS),
)
def read_round_progress(round_id: UUID, actor: Reader, db: Db) -> ProgressOut:
    """How far each hamlet has come: households by stage, not reached, held back by complaints. Counts only."""
    return round_queries.progress(db, actor, round_id)


@router.post(
    "/rounds/{round_id}/households/{household_id}/absence",
    operation_id="record_absence",
    summary="Ghi lý do chưa gặp được hộ",
    responses=problems("not-found", "not-in-round", "illegal-stage")
    | example(examples.CASE | {"stage": "not_reached", "not_reached_reason": "Đi làm ăn xa"}),
)
def record_absence(round_id: UUID, household_id: UUID, body: Absence, actor: Reviewer, db: Db) -> CaseOut:
    """Nobody was met: the household counts as not reached until it is reviewed. Surveyors and the officer."""
    return assignments.record_absence(db, actor, round_id, household_id, body.reason)


@router.post(
    "/rounds/{round_id}/approval",
    operation_id="approve_round",
    summary="Duyệt đợt rà soát",
    responses=problems("not-found", "separation-of-duties", "illegal-stage", "stale-version")
    | example(examples.ROUND | {"stage": "surveying", "state": "open"}),
)
def approve_round(round_id: UUID, actor: Chair, db: Db, response: Response, version: VersionIfGiven) -> RoundOut:
    """The chair approves the round, and the surveys may begin; whoever prepared it may not approve it."""
    return tagged(response, round_commands.approve(db, actor, round_id, version))


@router.post(
    "/rounds/{round_id}/consolidation",
    operation_id="consolidate_round",
    summary="Tổng hợp kết quả rà soát",
    responses=problems("not-found", "illegal-stage", "stale-version")
    | example(examples.ROUND | {"stage": "consolidated", "state": "open"}),
)
def consolidate_round(round_id: UUID, actor: Writer, db: Db, response: Response, version: VersionIfGiven) -> RoundOut:
    """Ends the surveys, once every household is through, held back, or not met for a reason. The commune officer."""
    return tagged(response, round_commands.consolidate(db, actor, round_id, version))


@router.post(
    "/rounds/{round_id}/reopening",
    operation_id="reopen_round",
    summary="Mở lại đợt để rà soát bổ sung",
    responses=problems("not-found", "illegal-stage", "stale-version")
    | example(examples.ROUND | {"stage": "surveying", "state": "open"}),
)
def reopen_round(round_id: UUID, actor: Writer, db: Db, response: Response, version: VersionIfGiven) -> RoundOut:
    """Opens the surveys again after the consolidation, before the decision. The commune officer."""
    return tagged(response, round_commands.reopen(db, actor, round_id, version))
