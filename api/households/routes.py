"""Households over HTTP: who may, and which command or query answers. The people stand in member_routes.py."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import ReadVersion, VersionIfGiven
from api.households import duplicates, examples, queries, record_history, search, single
from api.households.doors import AfterMerge, Lister, Merger, Reader, Writer, paged, shown, tagged
from api.households.member_routes import router as members
from api.households.member_schemas import DuplicateOut
from api.households.schemas import (
    ClassCode,
    HouseholdBrief,
    HouseholdCreate,
    HouseholdItem,
    HouseholdOut,
    HouseholdPatch,
    MergeIn,
    MoveIn,
    SplitIn,
    VersionOut,
)
from api.households.tables import HouseholdStatus
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Line120, Page

router = APIRouter()
_HOUSEHOLD = example(examples.HOUSEHOLD)
_CHANGED = example(examples.HOUSEHOLD | {"version": 2})


@router.get(
    "/households",
    tags=["households"],
    operation_id="list_households",
    summary="Danh sách hộ",
    response_model=Page[HouseholdItem | HouseholdBrief],
    responses=problems("invalid-cursor") | example(examples.page(examples.HOUSEHOLD_ITEM)),
)
def list_households(
    actor: Lister,
    db: Db,
    q: Annotated[
        Line120 | None, Query(description="A name or the beginning of its words; tone marks optional.")
    ] = None,
    hamlet_id: Annotated[UUID | None, Query(description="Only of this hamlet.")] = None,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    poverty_class: Annotated[ClassCode | None, Query(alias="class", description="Only of this class today.")] = None,
    status: Annotated[HouseholdStatus | None, Query(description="Only with this status.")] = None,
    newly_escaped: Annotated[bool | None, Query(description="Only (not) newly escaped today.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """The households of the caller's areas. Who may only list sees number, head, hamlet and class; the bank sees
    recognised households only. With `q`, exact tone marks come first. Each answer is written into the audit log."""
    filters = search.Filters(q, hamlet_id, area_id, poverty_class, status, newly_escaped)
    return paged(search.households(db, actor, filters, limit, cursor))


@router.post(
    "/households",
    tags=["households"],
    operation_id="create_household",
    summary="Thêm hộ",
    status_code=201,
    response_model=HouseholdOut,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.HOUSEHOLD, 201),
)
def create_household(
    body: Annotated[HouseholdCreate, shown(examples.HOUSEHOLD_BODY)],
    actor: Writer,
    db: Db,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Registers a household in a hamlet of the caller's areas; commune officers and hamlet surveyors. Its members are
    added one by one. With an `id` of your own or an `Idempotency-Key` a repeated call creates once."""
    return tagged(response, single.create_household(db, actor, body, idempotency_key))


@router.get(
    "/households/duplicates",
    tags=["households"],
    operation_id="list_duplicates",
    summary="Người có thể bị nhập trùng",
    response_model=Page[DuplicateOut],
    responses=problems("invalid-cursor") | example(examples.page(examples.DUPLICATE)),
)
def list_duplicates(actor: Reader, db: Db, limit: Limit = 50, cursor: Cursor = None) -> dict[str, Any]:
    """Pairs of people of the caller's areas who may be one: by citizen number, or by name, birth and hamlet. For those
    who read households; nothing is merged by itself."""
    return paged(duplicates.duplicates(db, actor, limit, cursor))


@router.post(
    "/households/merge",
    tags=["households"],
    operation_id="merge_households",
    summary="Gộp hai hộ bị nhập trùng",
    response_model=HouseholdOut,
    responses=problems("not-found", "conflict") | _CHANGED,
)
def merge_households(
    body: Annotated[MergeIn, shown(examples.MERGE_BODY)], actor: Merger, db: Db, response: Response, tell: AfterMerge
) -> dict[str, Any]:
    """The members of the absorbed household move to the survivor, and late edits of it follow them; commune officers.
    Answers with the survivor. Sent again it changes nothing; `unmerge` takes it back."""
    return tagged(response, single.merge(db, actor, body, tell))


@router.get(
    "/households/{household_id}",
    tags=["households"],
    operation_id="read_household",
    summary="Một hộ",
    response_model=HouseholdOut,
    responses=problems("not-found") | _HOUSEHOLD,
)
def read_household(household_id: UUID, actor: Reader, db: Db, response: Response) -> dict[str, Any]:
    """One household of the caller's areas, with its ETag; for those who read households. Written into the audit log."""
    return tagged(response, queries.household(db, actor, household_id))


@router.patch(
    "/households/{household_id}",
    tags=["households"],
    operation_id="change_household",
    summary="Sửa hộ",
    response_model=HouseholdOut,
    responses=problems("not-found", "already-exists", "conflict", "stale-version", "version-required") | _CHANGED,
)
def change_household(
    household_id: UUID,
    body: Annotated[HouseholdPatch, shown({"phone": "0987654321"})],
    actor: Writer,
    db: Db,
    response: Response,
    version: ReadVersion,
) -> dict[str, Any]:
    """Changes the fields that are sent, on the version named by `If-Match`; commune officers and hamlet surveyors.
    Read-only fields are accepted with their present value only."""
    return tagged(response, single.change_household(db, actor, household_id, version, body))


@router.get(
    "/households/{household_id}/history",
    tags=["households"],
    operation_id="read_household_history",
    summary="Lịch sử thay đổi của hộ",
    response_model=Page[VersionOut],
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.VERSION)),
)
def read_household_history(
    household_id: UUID, actor: Reader, db: Db, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """Every version, newest first: who, when, from which tablet, and each field's old and new value; for those who read
    households."""
    return paged(record_history.household_history(db, actor, household_id, limit, cursor))


@router.post(
    "/households/{household_id}/move",
    tags=["households"],
    operation_id="move_household",
    summary="Chuyển hộ sang xóm khác",
    response_model=HouseholdOut,
    responses=problems("not-found", "conflict", "stale-version") | _CHANGED,
)
def move_household(
    household_id: UUID,
    body: Annotated[MoveIn, shown(examples.MOVE_BODY)],
    actor: Writer,
    db: Db,
    response: Response,
    version: VersionIfGiven,
) -> dict[str, Any]:
    """Moves the household with its people and papers to another hamlet, also of another commune; commune officers and
    hamlet surveyors. Its printed number is kept where it is free, inside the caller's areas; outside of them it stays
    behind. The same move sent again changes nothing."""
    return tagged(response, single.move(db, actor, household_id, body, version))


@router.post(
    "/households/{household_id}/split",
    tags=["households"],
    operation_id="split_household",
    summary="Tách hộ",
    status_code=201,
    response_model=HouseholdOut,
    responses=problems("not-found", "already-exists", "conflict", "stale-version") | example(examples.HOUSEHOLD, 201),
)
def split_household(
    household_id: UUID,
    body: Annotated[SplitIn, shown(examples.SPLIT_BODY)],
    actor: Writer,
    db: Db,
    response: Response,
    version: VersionIfGiven,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """The members named form a new household in the same hamlet; commune officers and hamlet surveyors. The head and
    at least one person stay. Answers with the new household; a repeated call (same `id` or key) splits once."""
    return tagged(response, single.split(db, actor, household_id, body, idempotency_key, version))


@router.post(
    "/households/{household_id}/unmerge",
    tags=["households"],
    operation_id="unmerge_household",
    summary="Bỏ gộp hộ",
    response_model=HouseholdOut,
    responses=problems("not-found", "conflict", "stale-version") | _CHANGED,
)
def unmerge_household(
    household_id: UUID, actor: Merger, db: Db, response: Response, version: VersionIfGiven, tell: AfterMerge
) -> dict[str, Any]:
    """Takes the merge of this (absorbed) household back, with those of its members who still live in the survivor;
    commune officers."""
    return tagged(response, single.unmerge(db, actor, household_id, version, tell))


@router.post(
    "/households/{household_id}/leave",
    tags=["households"],
    operation_id="household_left",
    summary="Ghi nhận hộ đã chuyển khỏi xã",
    response_model=HouseholdOut,
    responses=problems("not-found", "conflict", "stale-version") | _CHANGED,
)
def household_left(
    household_id: UUID, actor: Writer, db: Db, response: Response, version: VersionIfGiven
) -> dict[str, Any]:
    """The household left for a place this register does not know; commune officers and hamlet surveyors."""
    return tagged(response, single.end(db, actor, household_id, HouseholdStatus.left, version))


@router.post(
    "/households/{household_id}/dissolve",
    tags=["households"],
    operation_id="dissolve_household",
    summary="Ghi nhận hộ không còn",
    response_model=HouseholdOut,
    responses=problems("not-found", "conflict", "stale-version") | _CHANGED,
)
def dissolve_household(
    household_id: UUID, actor: Writer, db: Db, response: Response, version: VersionIfGiven
) -> dict[str, Any]:
    """Nobody is left in the household; commune officers and hamlet surveyors."""
    return tagged(response, single.end(db, actor, household_id, HouseholdStatus.dissolved, version))


@router.post(
    "/households/{household_id}/reopen",
    tags=["households"],
    operation_id="reopen_household",
    summary="Đưa hộ trở lại danh sách",
    response_model=HouseholdOut,
    responses=problems("not-found", "conflict", "stale-version") | _CHANGED,
)
def reopen_household(
    household_id: UUID, actor: Writer, db: Db, response: Response, version: VersionIfGiven
) -> dict[str, Any]:
    """It came back, or `leave` or `dissolve` was a mistake; commune officers and hamlet surveyors."""
    return tagged(response, single.end(db, actor, household_id, HouseholdStatus.active, version))


router.include_router(members)
