"""A complaint is checked by somebody else than the first surveyor, and decided by the chair (QĐ 24/2021, Điều 4.4)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.problems import Conflict, FieldError, IllegalStage, Invalid, NotFound, SeparationOfDuties
from api.procedure import records
from api.procedure.complaint_schemas import ComplaintDecision, ReVerification
from api.procedure.complaints import COMPLAINT, held_complaints
from api.procedure.postings import POSTING
from api.procedure.tables import ComplaintOutcome, ComplaintState
from api.reviews import steps
from api.reviews.cases import CASE, Case, hold_cases, move_cases
from api.reviews.review_commands import put_in_force, store_re_verification
from api.reviews.rounds import expect_version, hold_round
from api.reviews.stages import Refusal, allowed
from api.reviews.tables import CaseStage, ReviewKind


def re_verify(session: Session, actor: Actor, complaint_id: UUID, version: int | None, body: ReVerification) -> None:
    """Records the check; it answers every complaint that holds the household back.

    Raises NotFound, StaleVersion, IllegalStage (it holds nobody back, or was checked already), SeparationOfDuties (the
    caller surveyed the household), Invalid (before the complaint).
    """
    complaint, case = _held(session, actor, complaint_id, version)
    stage = CaseStage(steps.after("case", "re_verify", case.stage))
    if not complaint.holds:
        raise IllegalStage(
            "Kiến nghị này không giữ hộ lại nên không phúc tra; Chủ tịch xã trả lời bằng kết luận.",
            "This complaint holds nobody back, so nothing is re-verified; the chair answers it.",
            stage=complaint.state,
            missing=["window_is_open"],
            allowed=[],
        )
    if complaint.state != ComplaintState.open:  # an earlier one, of another posting: this check answers the open ones
        raise Conflict(
            "Kiến nghị này đã được phúc tra; hãy ghi phúc tra vào kiến nghị đang chờ của hộ.",
            "This complaint was re-verified already; record the check at the open complaint of the household.",
        )
    if body.re_verified_on < complaint.received_on:
        raise Invalid(errors=(_too_early("re_verified_on", complaint.received_on),))
    if actor.account_id in {case.surveyor_id, *_surveyors(session, case)}:
        raise SeparationOfDuties(
            "Người đã rà soát hộ này không được phúc tra; hãy giao người khác.",
            "Whoever surveyed this household may not re-verify it; somebody else has to.",
        )
    found: dict[str, Any] = {"state": ComplaintState.re_verified.value, "re_verified_on": body.re_verified_on}
    found |= {"re_verified_by": actor.account_id, "finding": body.finding, "review_before_id": case.review_id}
    if body.review is not None:
        found["review_id"] = _review(session, actor, case, complaint, body)
        case = case._replace(review_id=found["review_id"])
    for open_one in held_complaints(session, case, ComplaintState.open):
        records.change(session, COMPLAINT, open_one, None, **found)
    move_cases(session, actor, [case._replace(stage=stage)])
    audit.record(session, actor, "complaints.re_verify", "household", [case.household_id], complaint=str(complaint_id))


def _surveyors(session: Session, case: Case) -> set[UUID]:
    """Whoever surveyed the household in this round, also before a re-verification, and whose review is in force."""
    surveys = records.REVIEW.c.kind != ReviewKind.re_verification
    query = select(records.REVIEW.c.surveyor_id).where(
        records.REVIEW.c.round_id == case.round_id,
        records.REVIEW.c.household_id == case.household_id,
        or_(surveys, records.REVIEW.c.in_force),
    )
    return set(session.scalars(query))


def _review(session: Session, actor: Actor, case: Case, complaint: Row[Any], body: ReVerification) -> UUID:
    """Stores the review that came with the check, in force at once. What is wrong with it is told where it stands."""
    assert body.review is not None
    if not complaint.received_on <= body.review.surveyed_on <= body.re_verified_on:
        raise Invalid(errors=(_too_early("review/surveyed_on", complaint.received_on),))
    try:
        review_id = store_re_verification(session, actor, case, body.review.model_dump(mode="json", exclude_none=True))
    except Invalid as problem:
        raise Invalid(errors=tuple(replace(e, pointer=f"#/review{e.pointer[1:]}") for e in problem.errors)) from problem
    if records.proposals(session, [review_id])[review_id].poverty_class is None:
        missing = ("class_determined",)
        raise steps.refused(Refusal("case", "re_verify", case.stage, missing, allowed("case", case.stage)))
    return review_id


def decide(session: Session, actor: Actor, complaint_id: UUID, version: int | None, body: ComplaintDecision) -> None:
    """The chair's conclusion, on every complaint that was re-verified with this one.

    Upheld: the review of the re-verification stays in force. Dismissed: the review before it is in force again. A
    complaint that holds nobody back can only be dismissed, with its reason, and moves nothing.

    Raises NotFound, StaleVersion, IllegalStage, SeparationOfDuties (the caller re-verified), Invalid.
    """
    complaint, case = _held(session, actor, complaint_id, version)
    _require_decidable(actor, complaint, body)
    said: dict[str, Any] = {"state": ComplaintState.decided.value, "outcome": body.outcome.value}
    said |= {"decision_reason": body.reason, "decided_on": body.decided_on, "decided_by": actor.account_id}
    if complaint.holds:
        stage = CaseStage(steps.after("case", "decide", case.stage))
        if body.outcome is ComplaintOutcome.dismissed and complaint.review_id is not None:
            put_in_force(session, actor, case, complaint.review_before_id)
            case = case._replace(review_id=complaint.review_before_id)
        for checked in held_complaints(session, case, ComplaintState.re_verified):
            records.change(session, COMPLAINT, checked, None, **said)
        move_cases(session, actor, [case._replace(stage=stage)])
    else:
        records.change(session, COMPLAINT, complaint, None, **said)
    detail = {"complaint": str(complaint_id), "outcome": body.outcome}
    audit.record(session, actor, "complaints.decide", "household", [case.household_id], **detail)


def _require_decidable(actor: Actor, complaint: Row[Any], body: ComplaintDecision) -> None:
    if complaint.state == ComplaintState.decided:
        raise Conflict("Kiến nghị này đã được kết luận.", "This complaint is decided already.")
    if complaint.re_verified_by == actor.account_id:
        raise SeparationOfDuties(
            "Người phúc tra không được kết luận kiến nghị.", "Whoever re-verified may not decide on the complaint."
        )
    wrong = _faults(complaint, body)
    if wrong:
        raise Invalid(errors=wrong)


def _held(session: Session, actor: Actor, complaint_id: UUID, version: int | None) -> tuple[Row[Any], Case]:
    """The complaint and its case, locked: round, then case, then complaint. Raises NotFound, StaleVersion."""
    query = (
        select(COMPLAINT)
        .join(POSTING, POSTING.c.id == COMPLAINT.c.posting_id)
        .where(COMPLAINT.c.id == complaint_id, COMPLAINT.c.round_id.is_not(None))
        .where(actor.scope.covers(POSTING.c.area_id))
    )
    known = session.execute(query).one_or_none()
    if known is None:
        raise NotFound("Không tìm thấy kiến nghị này.", "There is no such complaint.")
    row = hold_round(session, actor.scope, known.round_id)
    records.require_open(row)
    case = hold_cases(session, CASE.c.round_id == row.id, CASE.c.household_id == known.household_id)[0]
    complaint = session.execute(query.with_for_update(of=COMPLAINT)).one()
    expect_version(complaint, version)
    return complaint, case


def _faults(complaint: Row[Any], body: ComplaintDecision) -> tuple[FieldError, ...]:
    if body.decided_on < (complaint.re_verified_on or complaint.received_on):
        return (_too_early("decided_on", complaint.re_verified_on or complaint.received_on),)
    if body.outcome is ComplaintOutcome.upheld and complaint.review_id is None:
        return (
            FieldError(
                "#/outcome",
                "needs_a_review",
                "Chưa có phiếu phúc tra nên kết quả không thể thay đổi; chỉ có thể giữ nguyên (dismissed).",
                "There is no review of a re-verification, so the result cannot change: it can only be dismissed.",
            ),
        )
    return ()


def _too_early(field: str, day: Any) -> FieldError:
    return FieldError(
        f"#/{field}",
        "too_early",
        f"Không thể trước ngày {day:%d/%m/%Y} của bước trước.",
        f"It cannot come before the step before it ({day}).",
    )
