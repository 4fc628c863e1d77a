"""The audit log on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.schema import Page, Schema


class AuditLine(Schema):
    """`actor` did `action` to records of the kind `subject`. `detail` is null for those who may see who, not what."""

    id: int
    at: datetime
    actor_id: UUID | None
    actor: str
    device_id: UUID | None
    action: str
    subject: str
    subject_ids: list[UUID]
    detail: dict[str, Any] | None


AuditPage = Page[AuditLine]
