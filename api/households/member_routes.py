"""Members over HTTP, under their household and by their own id."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from api.db import Db
from api.etag import ReadVersion
from api.households import examples, queries, record_history, single
from api.households.doors import NumberReader, Reader, Writer, paged, shown, tagged
from api.households.member_schemas import MemberCreate, MemberFound, MemberOut, MemberPatch, MemberSearch, MemberWritten
from api.households.schemas import VersionOut
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter(tags=["members"])
_ONE = problems("not-found") | example(examples.MEMBER)
_CHANGED = problems("not-found", "stale-version", "version-required") | example(examples.MEMBER_WRITTEN)
Patch = Annotated[MemberPatch, shown({"occupation": "thợ may"})]


@router.get(
    "/households/{household_id}/members",
    operation_id="list_members",
    summary="Thành viên của hộ",
    response_model=Page[MemberOut],
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.MEMBER)),
)
def list_members(
    household_id: UUID, actor: Reader, db: Db, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """The people of a household by name, those who left last; for those who read households. Citizen numbers are masked
    without `persons:id_full`; what `persons:sensitive` covers is null and named in `withheld` without it."""
    return paged(queries.members_of(db, actor, household_id, limit, cursor))


@router.post(
    "/households/{household_id}/members",
    operation_id="create_member",
    summary="Thêm thành viên",
    status_code=201,
    response_model=MemberWritten,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.MEMBER_WRITTEN, 201),
)
def create_member(
    household_id: UUID,
    body: Annotated[MemberCreate, shown(examples.MEMBER_BODY)],
    actor: Writer,
    db: Db,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Any]:
    """Adds a person; commune officers and hamlet surveyors. An implausible citizen number is kept and named in
    `warnings`. With an `id` of your own or an `Idempotency-Key` a repeated call creates once."""
    return tagged(response, single.create_member(db, actor, household_id, body, idempotency_key))


@router.get(
    "/households/{household_id}/members/{member_id}",
    operation_id="read_member_of_household",
    summary="Một thành viên của hộ",
    response_model=MemberOut,
    responses=_ONE,
)
def read_member_of_household(
    household_id: UUID, member_id: UUID, actor: Reader, db: Db, response: Response
) -> dict[str, Any]:
    """One person of this household, with its ETag; for those who read households."""
    return tagged(response, queries.member(db, actor, member_id, household_id))


@router.patch(
    "/households/{household_id}/members/{member_id}",
    operation_id="change_member_of_household",
    summary="Sửa thành viên của hộ",
    response_model=MemberWritten,
    responses=_CHANGED,
)
def change_member_of_household(
    household_id: UUID, member_id: UUID, body: Patch, actor: Writer, db: Db, response: Response, version: ReadVersion
) -> dict[str, Any]:
    """Changes the fields that are sent, on the version named by `If-Match`; commune officers and hamlet surveyors."""
    return tagged(response, single.change_member(db, actor, member_id, version, body, household_id))


@router.post(
    "/members/search",
    operation_id="search_members",
    summary="Tìm theo số định danh",
    response_model=list[MemberOut | MemberFound],
    responses=example([examples.MEMBER | {"personal_id": "036080001234"}]),
)
def search_members(
    body: Annotated[MemberSearch, shown({"personal_id": "036080001234"})], actor: NumberReader, db: Db
) -> list[dict[str, Any]]:
    """Whoever has exactly this citizen number, where the caller may see numbers and read households; the bank finds
    people of recognised households, with name, household, hamlet, class and the number only. The number stands in the
    body, because addresses end up in logs."""
    return queries.members_with_number(db, actor, body.personal_id)


@router.get(
    "/members/{member_id}",
    operation_id="read_member",
    summary="Một thành viên",
    response_model=MemberOut,
    responses=_ONE,
)
def read_member(member_id: UUID, actor: Reader, db: Db, response: Response) -> dict[str, Any]:
    """One person of the caller's areas, with its ETag; for those who read households. Written into the audit log."""
    return tagged(response, queries.member(db, actor, member_id))


@router.patch(
    "/members/{member_id}",
    operation_id="change_member",
    summary="Sửa thành viên",
    response_model=MemberWritten,
    responses=_CHANGED,
)
def change_member(
    member_id: UUID, body: Patch, actor: Writer, db: Db, response: Response, version: ReadVersion
) -> dict[str, Any]:
    """Changes the fields that are sent, on the version named by `If-Match`; commune officers and hamlet surveyors."""
    return tagged(response, single.change_member(db, actor, member_id, version, body))


@router.get(
    "/members/{member_id}/history",
    operation_id="read_member_history",
    summary="Lịch sử thay đổi của thành viên",
    response_model=Page[VersionOut],
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.VERSION)),
)
def read_member_history(
    member_id: UUID, actor: Reader, db: Db, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """Every version, newest first, masked like the person itself; for those who read households."""
    return paged(record_history.member_history(db, actor, member_id, limit, cursor))
