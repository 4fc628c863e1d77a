"""Refusals in writing over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import ReadVersion, tagged
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.recognitions import examples, refusals
from api.recognitions.refusal_schemas import RefusalIn, RefusalOut, RefusalSignatureIn
from api.schema import Page

router = APIRouter(tags=["recognitions"])

Reader = Annotated[Actor, allow(Permission.households_read)]
Preparer = Annotated[Actor, allow(Permission.recognitions_prepare)]
Signer = Annotated[Actor, allow(Permission.recognitions_sign)]
_WAITING = examples.REFUSAL | {"version": 1, "number": None, "signed_on": None, "signatory": None, "signed_by": None}


@router.get(
    "/refusals",
    operation_id="list_refusals",
    summary="Danh sách văn bản từ chối",
    responses=problems("invalid-cursor") | example(examples.page(examples.REFUSAL)),
)
def list_refusals(
    actor: Reader,
    db: Db,
    signed: Annotated[bool | None, Query(description="Only those (not) signed.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RefusalOut]:
    """The refusals of requests in the caller's areas, newest first; the reasons for those who may see what is
    sensitive."""
    return refusals.refusals(db, actor, signed=signed, limit=limit, cursor=cursor)


@router.post(
    "/refusals",
    operation_id="prepare_refusal",
    summary="Soạn văn bản từ chối giấy đề nghị",
    status_code=201,
    responses=problems("not-found", "already-exists", "conflict") | example(_WAITING, 201),
)
def prepare_refusal(body: RefusalIn, actor: Preparer, db: Db, response: Response) -> RefusalOut:
    """For a request that was screened out, whose review ended without what it asks for, or whose case of the third path
    does not qualify. A request has one refusal: the same content again changes nothing."""
    return tagged(response, refusals.prepare_refusal(db, actor, body))


@router.get(
    "/refusals/{request_id}",
    operation_id="read_refusal",
    summary="Văn bản từ chối của một giấy đề nghị",
    responses=problems("not-found") | example(examples.REFUSAL),
)
def read_refusal(request_id: UUID, actor: Reader, db: Db, response: Response) -> RefusalOut:
    """The refusal of a request, with its ETag."""
    return tagged(response, refusals.refusal(db, actor, request_id))


@router.post(
    "/refusals/{request_id}/signature",
    operation_id="sign_refusal",
    summary="Ký văn bản từ chối",
    responses=problems(
        "not-found",
        "already-exists",
        "conflict",
        "illegal-stage",
        "separation-of-duties",
        "stale-version",
        "version-required",
    )
    | example(examples.REFUSAL),
)
def sign_refusal(
    request_id: UUID, body: RefusalSignatureIn, actor: Signer, db: Db, response: Response, read: ReadVersion
) -> RefusalOut:
    """The chair signs a refusal with number and day; the preparer cannot. A case of the third path ends with it."""
    return tagged(response, refusals.sign_refusal(db, actor, request_id, read, body))
