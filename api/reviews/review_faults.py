"""Why a review is not taken, in words that say what to do."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from api.problems import Conflict, FieldError, Invalid, NotFound, NotInRound, Problem, ReviewExists
from api.reviews import stages, steps
from api.reviews.rounds import is_surveying
from api.reviews.tables import CaseStage, Evidence


def may_replace(row: Row[Any], stage: CaseStage) -> Problem | None:
    """Before the meeting a review may take another one's place; later a vote or a complaint has to bring it about."""
    return round_fault(row, stage) or (None if stage is CaseStage.surveyed else _refused(stage))


def round_fault(row: Row[Any], stage: CaseStage) -> Problem | None:
    """The round is not, or no longer, in its time of surveys."""
    return None if is_surveying(row) else _refused(stage, "round_is_surveying")


def _refused(stage: CaseStage, *missing: str) -> Problem:
    return steps.refused(stages.Refusal("case", "review", stage, missing, stages.allowed("case", stage)))


def day_fault(fields: Mapping[str, Any], opens_on: date) -> Problem | None:
    """The survey is said to have been before the round."""
    if fields["surveyed_on"] >= opens_on.isoformat():
        return None
    vi = f"Ngày rà soát trước ngày bắt đầu của đợt ({opens_on:%d/%m/%Y})."
    en = f"The day of the survey lies before the first day of the round ({opens_on})."
    return Invalid(errors=(FieldError("#/surveyed_on", "before_the_round", vi, en),))


def position_fault(fields: Mapping[str, Any], row: Row[Any]) -> Problem | None:
    """Where a family was met is kept only where the commune asked for it. A tablet that was told so goes on until it
    hears otherwise: what the round asked for at a time is taken."""
    if fields["position"] is None or Evidence.position in (*row.evidence, *row.evidence_before):
        return None
    vi = "Đợt này không lấy vị trí; hãy gửi lại phiếu không kèm vị trí."
    return Invalid(errors=(FieldError("#/position", "not_asked", vi, "This round does not ask for a position."),))


def no_review() -> Problem:
    return NotFound("Không tìm thấy phiếu rà soát này.", "There is no such review.")


def no_household() -> Problem:
    vi, en = "Không tìm thấy hộ này.", "There is no such household."
    return NotFound(vi, en, errors=(FieldError("#/household_id", "not_found", vi, en),))


def no_round() -> Problem:
    vi, en = "Không tìm thấy đợt rà soát này.", "There is no such round."
    return NotFound(vi, en, errors=(FieldError("#/round_id", "not_found", vi, en),))


def not_in_round() -> Problem:
    return NotInRound(
        "Hộ này không có trong danh sách của đợt. Đề nghị cán bộ xã đưa hộ vào danh sách rồi gửi lại phiếu.",
        "The household is not on the list of the round. Ask the commune officer to add it, then send it again.",
    )


def review_exists(review_id: UUID | None) -> Problem:
    return ReviewExists(
        "Hộ đã có phiếu rà soát trong đợt này. Hãy so hai phiếu; người có quyền có thể thay phiếu, kèm lý do.",
        "The household has a review in this round. Compare the two; whoever may can replace it, with a reason.",
        review_id=review_id and str(review_id),
    )


def append_only() -> Problem:
    return Conflict(
        "Phiếu rà soát không sửa được; hãy lập phiếu mới, phiếu cũ vẫn được giữ.",
        "A review is not changed: make a new one, the old one stays.",
    )


def mixed() -> Problem:
    vi, en = "Hai phiếu không trộn với nhau: hãy chọn một phiếu.", "Two reviews are never mixed: choose one of them."
    return Invalid(errors=(FieldError("#/values", "never_mixed", vi, en),))
