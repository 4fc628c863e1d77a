"""The result of a re-verification (phúc tra) as it is announced: before, after, conclusion; never who complained."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.papers.parts import Reference
from api.papers.procedure import Outcome, ReVerification, ReVerified
from api.printing import places
from api.printing.people import word
from api.printing.posting_papers import THIRD_PATH
from api.printing.sheet import NAMELESS, Sheet, chair, full_name_of, is_training, round_name
from api.problems import IllegalStage, NotFound
from api.procedure import records
from api.procedure.complaints import COMPLAINT
from api.procedure.postings import POSTING
from api.procedure.records import Proposal
from api.procedure.tables import ComplaintState, PostingKind
from api.reviews.rounds import ROUND


def re_verification(session: Session, actor: Actor, complaint_id: UUID) -> Sheet:
    """The announcement of one complaint; without its conclusion while the chair has not decided. What people said is
    for those who may read households. Raises PermissionDenied, NotFound, IllegalStage (nobody has checked yet)."""
    reads = narrowed(actor, Permission.households_read).scope
    row = session.execute(
        select(COMPLAINT, POSTING.c.area_id, POSTING.c.hamlet_id, POSTING.c.kind.label("posting_kind"))
        .join_from(COMPLAINT, POSTING, POSTING.c.id == COMPLAINT.c.posting_id)
        .where(COMPLAINT.c.id == complaint_id)
        .where(actor.scope.covers(POSTING.c.area_id), reads.covers(POSTING.c.area_id))
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy kiến nghị này.", "There is no such complaint.")
    if row.state == ComplaintState.open:
        raise _not_checked()
    round_ = session.execute(select(ROUND).where(ROUND.c.id == row.round_id)).one_or_none()
    day = row.decided_on or row.re_verified_on
    place = places.place(session, row.area_id, day)
    named = records.listed_then(session, [row.household_id], row.created_at, row.hamlet_id)[row.household_id]
    paper = ReVerification(
        issuer=place.issuer(),
        reference=Reference(day=row.decided_on),
        signatory=chair(full_name_of(session, row.decided_by)),
        round_name=round_name(round_) if round_ else THIRD_PATH,
        households=(_checked(session, row, named.head_name or NAMELESS),),
        recipients=("Hộ gia đình có tên trên", "Người phản ánh, khiếu nại", "Lưu: VT"),
        third_path=row.posting_kind == PostingKind.living_standard,
        training=is_training(round_),
    )
    audit.record(session, actor, "complaints.print", "household", [named.household_id], complaint=str(complaint_id))
    return Sheet("re_verification", paper, f"Kết quả phúc tra - {place.hamlet or place.commune} - {day:%d-%m-%Y}")


def _not_checked() -> IllegalStage:
    return IllegalStage(
        "Kiến nghị này chưa phúc tra; hãy ghi kết quả phúc tra rồi in thông báo.",
        "Nobody has re-verified this complaint yet: record the result, then print.",
        stage=ComplaintState.open.value,
        missing=[],
        allowed=[],
    )


def _checked(session: Session, row: Row[Any], head: str) -> ReVerified:
    reviews = records.proposals(session, [row.review_id, row.review_before_id])
    return ReVerified(
        head_name=head,
        hamlet=places.names(session, [row.hamlet_id]).get(row.hamlet_id, ""),
        complaint=row.content,
        received_on=row.received_on,
        checked_on=row.re_verified_on,
        before=_outcome(reviews.get(row.review_before_id)),
        after=_outcome(reviews.get(row.review_id)),
        conclusion=_conclusion(row),
    )


def _outcome(found: Proposal | None) -> Outcome:
    if found is None:
        return Outcome()
    return Outcome(b1=found.b1, b2=found.b2, class_name=word("poverty_class", found.poverty_class))


def _conclusion(row: Row[Any]) -> str | None:
    """What the chair decided and why; before that what was found."""
    if row.state != ComplaintState.decided:
        found: str | None = row.finding
        return found
    said = (word("complaint_outcome", row.outcome), row.decision_reason)
    return ". ".join(one.rstrip(".") for one in said if one) + "."
