"""Standards over HTTP: read by everybody, loaded by one person and confirmed by another."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page
from api.standards import commands, queries
from api.standards.schemas import PointsIn, StandardOut, StandardWhole
from api.standards.tables import StandardKind

router = APIRouter(prefix="/standards", tags=["standards"])

Reader = Annotated[Actor, allow(Permission.areas_read)]
Loader = Annotated[Actor, allow(Permission.standards_load)]
Verifier = Annotated[Actor, allow(Permission.standards_verify)]
Code = Annotated[
    str, Path(pattern="^[a-z0-9-]{1,40}$", examples=["vn-2022"], description="Code of a standard: `vn-2022`.")
]
Version = Annotated[int, Path(ge=1, le=2_000_000_000, examples=[1], description="Version of the standard.")]

_STANDARD = {
    "code": "vn-2022",
    "version": 1,
    "form_version": 1,
    "kind": "live",
    "training": False,
    "status": "verified",
    "label": {"vi": "Chuẩn nghèo đa chiều 2022-2026", "en": "Multidimensional poverty standard 2022-2026"},
    "points_known": False,
    "valid_from": "2022-01-01",
    "valid_to": "2026-12-31",
    "source": "NĐ 07/2021/NĐ-CP Điều 3; NĐ 351/2025/NĐ-CP; TT 07/2021/TT-BLĐTBXH; TT 02/2022/TT-BLĐTBXH",
    "sha256": "0f5c0a1f0b1b8f7a2f0d4f3e6f8f0a4c1f5f9a0e7b6c5d4e3f2a1b0c9d8e7f60",
    "loaded_at": "2026-11-25T08:00:00+07:00",
    "loaded_by": "<giamngheo>",
    "verified_at": None,
    "verified_by": None,
}
_DRAFT = _STANDARD | {
    "version": 1001,
    "form_version": 1001,
    "status": "draft",
    "points_known": True,
    "source": "VBHN 1315/VBHN-BLĐTBXH, Phụ lục IV",
    "loaded_by": "truc-ninh",
}
_THRESHOLD = {
    "code": "b1",
    "area_type": "rural",
    "value": 140,
    "unit": "points",
    "document": "tt-07-2021",
    "verified": True,
    "confidence": "high",
}


@router.get(
    "",
    operation_id="list_standards",
    summary="Các bộ chuẩn nghèo đa chiều",
    responses=problems("invalid-cursor") | example({"items": [_STANDARD], "next_cursor": None}),
)
def list_standards(
    actor: Reader,  # noqa: ARG001  # the door: law is public, but not to the whole internet
    db: Db,
    kind: Annotated[StandardKind | None, Query(description="Only standards of this kind.")] = None,
    code: Annotated[str | None, Query(max_length=40, description="Only versions of this standard.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[StandardOut]:
    """Every published version of every standard, by code, the newest version of each first."""
    return queries.standards(db, kind=kind, code=code, limit=limit, cursor=cursor)


@router.get(
    "/{code}/versions/{version}",
    operation_id="read_standard",
    summary="Một phiên bản của bộ chuẩn, đủ nội dung",
    responses=problems("not-found") | example(_STANDARD | {"content": {"thresholds": [_THRESHOLD]}}),
)
def read_standard(code: Code, version: Version, actor: Reader, db: Db) -> StandardWhole:  # noqa: ARG001
    """Thresholds, indicators, forms, points, causes and needs, each with its document, article and `verified` mark.

    Conditions are JsonLogic. What is not known is null, with a note.
    """
    return queries.whole(db, code, version)


@router.post(
    "/{code}/points",
    operation_id="load_points",
    status_code=201,
    summary="Nạp bảng điểm Phiếu B1 thành một bản nháp",
    responses=problems("not-found", "conflict", "invalid") | example(_DRAFT, status=201),
)
def load_points(code: Code, body: PointsIn, actor: Loader, db: Db) -> StandardOut:
    """A points table becomes a new draft version of the standard. Sent again unchanged, it gives the same version.

    The table is checked as a whole; each row that is wrong is named. A draft is not used in live rounds: another person
    compares it with the text and confirms it.
    """
    return commands.load_points(db, actor, code, body)


@router.post(
    "/{code}/versions/{version}/verification",
    operation_id="verify_standard",
    summary="Xác nhận một bản nháp sau khi đối chiếu với văn bản",
    responses=problems("not-found", "conflict", "separation-of-duties")
    | example(
        _DRAFT | {"status": "verified", "verified_at": "2026-11-26T08:00:00+07:00", "verified_by": "chu-tich"},
    ),
)
def verify_standard(code: Code, version: Version, actor: Verifier, db: Db) -> StandardOut:
    """The second person's confirmation, once. Whoever loaded the version cannot confirm it: 409."""
    return commands.verify(db, actor, code, version)
