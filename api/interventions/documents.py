"""Records the papers of an intervention's checklist."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.attachments.commands import Declaration, declare
from api.attachments.tables import AttachmentEntity
from api.idempotency import new_id
from api.interventions.document_queries import DOCUMENT
from api.interventions.reach import hold, kind_of
from api.interventions.step_schemas import DocumentIn
from api.problems import FieldError, Invalid
from api.procedure.records import reused
from api.programmes.definition import Kind


def record_document(session: Session, actor: Actor, intervention_id: UUID, body: DocumentIn, key: str | None) -> UUID:
    """Stores a paper with its scans. The same id or key again stores nothing.

    Raises NotFound, PermissionDenied, Invalid for a paper that is not on the checklist of the kind.
    """
    row = hold(session, actor, intervention_id)
    _check_code(kind_of(row), body.code)
    document_id = new_id(actor.account_id, f"document:{intervention_id}", body.id, key)
    sent = {"intervention_id": intervention_id, **body.model_dump(exclude={"id"})}
    asked = insert(DOCUMENT).values(id=document_id, **sent, recorded_by=actor.account_id, recorded_at=clock.now())
    added = asked.on_conflict_do_nothing(index_elements=[DOCUMENT.c.id]).returning(DOCUMENT.c.id)
    if session.scalar(added) is None:
        stored = session.execute(select(DOCUMENT).where(DOCUMENT.c.id == document_id)).one()
        if any(getattr(stored, name) != value for name, value in sent.items()):
            raise reused(by_key=bool(key) and body.id is None)
        return document_id
    place = {"household_id": row.home} if row.home else {"area_id": row.area_id}
    declare(session, actor, [Declaration(AttachmentEntity.intervention, document_id, sent["attachments"], **place)])
    audit.record(session, actor, "interventions.document", "intervention", [row.id], code=body.code)
    return document_id


def _check_code(kind: Kind, code: str) -> None:
    papers = {paper.code: paper.label for paper in kind.documents}
    if code not in papers:
        known = "; ".join(f"{one} ({label.vi})" for one, label in papers.items()) or "không có giấy tờ nào"
        english = ", ".join(papers) or "none"
        error = FieldError(
            "#/code",
            "not_on_the_checklist",
            f"Giấy tờ này không có trong danh mục của loại hoạt động. Có thể ghi: {known}.",
            f"This paper is not on the checklist of the kind. Known: {english}.",
        )
        raise Invalid(errors=(error,))
