"""The feed of changes for other systems: the one tablets read, at another address and with another right."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.changes import feed
from api.changes.schemas import ChangesOut, page_out
from api.db import Db
from api.openapi import example, problems

router = APIRouter(prefix="/changes", tags=["changes"])

Limit = Annotated[int, Query(ge=1, le=1000, description="How many changes at most; a page may hold fewer.")]
Cursor = Annotated[str | None, Query(max_length=6000, description="`cursor` of the page before; none: from the start.")]

EXAMPLE = {
    "epoch": "5a0c2f0e-55fb-4b19-90a6-1d0a55b2c8b4",
    "cursor": "eJyLjjbUMdQx0jHWMY0FAA",
    "more": False,
    "server_time": "2024-09-12T08:30:00+07:00",
    "changes": [
        {
            "entity": "household",
            "id": "01920b5e-5c1f-7a53-9d4e-6f0f5c1b7a03",
            "version": 4,
            "op": "remove",
            "reason": "left-area",
        }
    ],
}


@router.get(
    "",
    operation_id="read_changes",
    summary="Dòng thay đổi cho hệ thống khác",
    response_model=ChangesOut,
    responses=problems("invalid-cursor", "resync-required") | example(EXAMPLE),
)
def read_changes(
    request: Request,
    actor: Annotated[Actor, allow(Permission.changes_read)],
    db: Db,
    limit: Limit = 500,
    cursor: Cursor = None,
) -> JSONResponse:
    """Every change of the areas of the caller's grant, in order; other systems and district officers.

    Without a cursor: everything there is, parents before children, in pages that can be resumed. 410 when the
    database was restored or the grant has changed: start again without a cursor.
    """
    return JSONResponse(page_out(feed.read(db, actor, request.app.state.loaders, cursor, limit)))
