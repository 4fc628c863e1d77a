"""Files over HTTP: which are declared and not here yet, and the bytes of those that are."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.attachments import download, examples, queries, store
from api.attachments.queries import State
from api.attachments.schemas import MEDIA_TYPES, SHA256, DeclaredOut
from api.db import Db
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter(tags=["attachments"])

Reader = Annotated[Actor, allow(Permission.households_read)]
Sha256 = Annotated[str, Path(pattern=SHA256, description="SHA-256 of the file, 64 small hexadecimal digits.")]
_BYTES: dict[str, Any] = {
    kind: {"schema": {"type": "string", "format": "binary"}, "example": "…"} for kind in MEDIA_TYPES
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "Tệp / the file", "content": _BYTES},
    206: {"description": "Phần được hỏi / the part asked for", "content": _BYTES},
    304: {"description": "Không đổi / not changed"},
}


@router.get(
    "/attachments",
    operation_id="list_attachments",
    summary="Danh sách ảnh, chữ ký đã khai",
    responses=problems("invalid-cursor") | example({"items": [examples.DECLARED], "next_cursor": None}),
)
def list_attachments(
    actor: Reader,
    db: Db,
    state: Annotated[State, Query(description="`missing`: declared and not here yet; `present`: here.")] = "missing",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[DeclaredOut]:
    """The files that records of the caller's areas declare, the longest awaited first, with record and tablet."""
    return queries.declared(db, actor, state=state, limit=limit, cursor=cursor)


@router.get(
    "/attachments/{sha256}",
    operation_id="read_attachment",
    summary="Tải ảnh, chữ ký, bản chụp",
    response_class=Response,
    responses=problems("not-found", "permission-denied", "range-not-satisfiable") | _FILE,
)
def read_attachment(
    sha256: Sha256,
    request: Request,
    actor: Reader,
    db: Db,
    wanted: Annotated[str | None, Header(alias="Range", max_length=200, description="One range of bytes.")] = None,
    if_range: Annotated[str | None, Header(max_length=200)] = None,
    if_none_match: Annotated[str | None, Header(max_length=1000, description="The `ETag` held already.")] = None,
) -> Response:
    """The bytes of a file that a record in the caller's areas declares, whole or a `Range` of it.

    The files of a household's review need `persons:sensitive` there too: a scan shows the answers. Every read is
    written into the audit log.
    """
    found = queries.stored(db, actor, sha256)
    if download.tag_of(sha256) in (if_none_match or ""):
        return Response(status_code=304, headers={"ETag": download.tag_of(sha256)})
    file = store.opened(request.app.state.settings.files_folder, sha256, found.size)
    return download.answer(file, found.size, sha256, found.media_type, wanted=wanted, if_range=if_range)
