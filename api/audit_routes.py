"""The audit log over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api import audit_queries
from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.audit_schemas import AuditPage
from api.db import Db
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Line60, Moment

router = APIRouter(prefix="/audit", tags=["audit"])

Auditor = Annotated[Actor, allow(Permission.audit_read)]

_LINE = {
    "id": 4711,
    "at": "2024-06-03T09:12:44.120000+07:00",
    "actor_id": "7647f75b-5bb2-576d-9e47-f03a672a3b82",
    "actor": "xom-3",
    "device_id": None,
    "action": "households.read",
    "subject": "household",
    "subject_ids": ["2b0f6f2a-6a0b-4a55-8c5e-0d0b7c1f9a10"],
    "detail": None,
}


@router.get(
    "",
    operation_id="list_audit",
    summary="Nhật ký truy cập và thay đổi",
    responses=problems("invalid-cursor") | example({"items": [_LINE], "next_cursor": None}),
)
def list_audit(
    actor: Auditor,
    db: Db,
    by: Annotated[Line60 | None, Query(alias="actor", description="Only lines of this username.")] = None,
    subject_id: Annotated[UUID | None, Query(description="Only lines about this record.")] = None,
    action: Annotated[Line60 | None, Query(description="`households.read`, or `households` for all of them.")] = None,
    since: Annotated[Moment | None, Query(alias="from", description="Not before this moment.")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="Before this moment.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> AuditPage:
    """Who read and who changed what, the newest first: lines of people with a grant in the caller's areas, and lines
    about households, members and requests of those areas, whoever read or changed them.

    Administrators see what was said (`detail`, never personal data); the commune's chair sees who, when and which.
    """
    only = audit_queries.Filter(actor=by, subject_id=subject_id, action=action, since=since, until=until)
    return audit_queries.lines(db, actor, only, limit=limit, cursor=cursor)
