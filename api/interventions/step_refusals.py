"""Why a step is refused, in words: what the stage allows, who may do it, and which papers are missing."""

from collections.abc import Sequence
from typing import Any

from api.accounts.permissions import ROLE_PERMISSIONS
from api.interventions import kinds
from api.problems import Conflict, FieldError, IllegalStage, SeparationOfDuties
from api.programmes.definition import Kind, Step


def unknown_step(kind: Kind) -> FieldError:
    known = "; ".join(f"{step.code} ({step.label.vi})" for step in kind.steps) or "không có bước nào"
    english = ", ".join(step.code for step in kind.steps) or "none"
    return FieldError(
        "#/step",
        "unknown_step",
        f"Loại hoạt động này không có bước như vậy. Các bước: {known}.",
        f"This kind has no such step. Its steps: {english}.",
    )


def participant_fault(step: Step) -> FieldError:
    if step.of_participant:
        vi, en = (
            "Bước này ghi cho từng người tham gia; hãy nêu người nào.",
            "This step is of one participant: say which.",
        )
        return FieldError("#/participant_id", "missing", vi, en)
    vi, en = "Bước này ghi cho cả hoạt động, không cho từng người.", "This step is of the whole, not of a participant."
    return FieldError("#/participant_id", "not_of_a_participant", vi, en)


def step_refused(kind: Kind, step: Step, stage: str, missing: Sequence[str]) -> IllegalStage:
    """409 with the stage, the papers that are missing, and the steps that are possible now."""
    label = next(one.label for one in kind.stages if one.code == stage)
    vi, en = f"Hoạt động đang ở bước «{label.vi}».", f"It is at «{label.en}»."
    possible = kinds.steps_at(kind, stage)
    if step in possible:
        papers = [paper.label for paper in kind.documents if paper.code in missing]
        vi += " Còn thiếu: " + "; ".join(paper.vi for paper in papers) + "."
        en += " Missing: " + "; ".join(paper.en for paper in papers) + "."
    elif possible:
        vi += " Có thể làm: " + "; ".join(one.label.vi for one in possible) + "."
        en += " Possible now: " + "; ".join(one.label.en for one in possible) + "."
    allowed = [_told(kind, one) for one in possible]
    return IllegalStage(vi, en, stage=stage, missing=list(missing), allowed=allowed)


def _told(kind: Kind, step: Step) -> dict[str, Any]:
    right = kinds.right_of(kind, step)
    roles = [holder.role.value for holder in ROLE_PERMISSIONS[right]]
    return {"action": step.code, "permission": right.value, "roles": roles}


def taken_already(step: Step) -> Conflict:
    return Conflict(
        f"Bước «{step.label.vi}» đã ghi rồi và chỉ làm một lần. Nếu lần trước ghi nhầm, hãy hủy bước đó.",
        f"«{step.label.en}» was done and is done once. If that was a mistake, undo it.",
    )


def prepared_it_oneself() -> SeparationOfDuties:
    return SeparationOfDuties(
        "Người lập hồ sơ không được tự duyệt; hãy để người khác có thẩm quyền duyệt.",
        "Whoever opened it does not approve it; somebody else with that right has to.",
    )
