"""The addresses of convergence: does the tablet hold what the server holds, and what of it differs."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from api import paging
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.changes.routes import Cursor
from api.changes.schemas import ChangeOut
from api.db import Db
from api.openapi import example, problems
from api.schema import Schema
from mobile_sync import digests, examples

router = APIRouter(tags=["sync"])

Reader = Annotated[Actor, allow(Permission.households_read)]
Bucket = Annotated[int, Path(ge=0, le=255, description="The last byte of the ids.")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{16}$", description="XOR of the hashes of its records.")]


class AreaDigest(Schema):
    """What a first sync would bring of one area."""

    area_id: UUID
    count: int
    digest: Digest


class AreaDigests(Schema):
    """`behind`: there are changes after the cursor; pull first, compare then. An area without records is left out."""

    epoch: UUID
    behind: bool
    areas: list[AreaDigest]


class BucketDigest(Schema):
    """The records of an area whose ids end with the byte `bucket`."""

    bucket: int
    count: int
    digest: Digest


class BucketDigests(Schema):
    """The buckets of an area that hold anything."""

    epoch: UUID
    buckets: list[BucketDigest]


class BucketRecords(Schema):
    """`ids`, on the first page: all records of the bucket; what else a tablet has there it forgets. `after`: for the
    next page; null on the last one."""

    epoch: UUID
    changes: list[ChangeOut]
    ids: list[UUID] | None
    after: str | None


@router.get(
    "/digests",
    operation_id="read_digests",
    summary="Dấu kiểm của dữ liệu từng xóm",
    response_model=AreaDigests,
    responses=problems("invalid-cursor", "resync-required") | example(examples.DIGESTS),
)
def read_digests(actor: Reader, db: Db, cursor: Cursor = None) -> JSONResponse:
    """Count and digest of what the caller's areas hold, as a first sync would bring it. Whoever reads households.

    `cursor` as the last pull gave it. Where `behind` is false and a digest differs from the tablet's own, ask for the
    buckets of that area.
    """
    return _json(digests.areas(db, actor, cursor))


@router.get(
    "/digests/{area_id}",
    operation_id="read_area_digests",
    summary="Dấu kiểm từng ngăn của một xóm",
    response_model=BucketDigests,
    responses=problems("not-found", "invalid-cursor", "resync-required") | example(examples.BUCKET_DIGESTS),
)
def read_area_digests(actor: Reader, db: Db, area_id: UUID, cursor: Cursor = None) -> JSONResponse:
    """Up to 256 buckets of an area, each with count and digest, so that only those which differ need to travel. Whoever
    reads households."""
    return _json(digests.buckets(db, actor, area_id, cursor))


@router.get(
    "/digests/{area_id}/{bucket}",
    operation_id="read_bucket",
    summary="Các bản ghi của một ngăn",
    response_model=BucketRecords,
    responses=problems("not-found", "invalid-cursor", "resync-required") | example(examples.BUCKET_RECORDS),
)
def read_bucket(
    actor: Reader,
    db: Db,
    area_id: UUID,
    bucket: Bucket,
    cursor: Cursor = None,
    after: Annotated[str | None, Query(max_length=2000, description="`after` of the page before.")] = None,
    limit: paging.Limit = 500,
) -> JSONResponse:
    """The records of one bucket as the feed would put them, parents first, and the ids of all of them. Whoever reads
    households. Written into the audit log."""
    return _json(digests.records(db, actor, area_id, bucket, cursor, after, limit))


def _json(content: dict[str, Any]) -> JSONResponse:
    # JSON values already, like a page of the feed: no second walk through the model
    return JSONResponse(content)
