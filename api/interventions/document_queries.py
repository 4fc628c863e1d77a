"""Reads the papers of interventions."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.attachments import queries as attachments
from api.attachments.tables import AttachmentEntity
from api.interventions.reach import require_visible
from api.interventions.schemas import DocumentOut
from api.interventions.tables import InterventionDocument

DOCUMENT = InterventionDocument.__table__  # type: ignore[attr-defined]


def documents_of(session: Session, intervention_id: UUID) -> list[DocumentOut]:
    """Its papers in the order in which they were recorded. Whoever calls has checked that it may be seen."""
    query = select(DOCUMENT).where(DOCUMENT.c.intervention_id == intervention_id)
    rows = session.execute(query.order_by(DOCUMENT.c.recorded_at, DOCUMENT.c.id)).all()
    files = attachments.told(session, AttachmentEntity.intervention, {row.id: row.attachments for row in rows})
    plain = [name for name in DocumentOut.model_fields if name != "attachments"]
    return [DocumentOut(**{n: getattr(row, n) for n in plain}, attachments=files[row.id]) for row in rows]


def documents(session: Session, actor: Actor, intervention_id: UUID) -> list[DocumentOut]:
    """The papers of an intervention I may see. Raises NotFound."""
    row: Any = require_visible(session, actor, intervention_id)
    audit.record(session, actor, "interventions.documents", "intervention", [row.id])
    return documents_of(session, row.id)
