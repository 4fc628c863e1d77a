"""A step that the table of stages refuses, as an answer: 409 with what is allowed now and who may do it."""

from collections.abc import Collection
from typing import Any

from api.accounts.permissions import ROLE_PERMISSIONS, Permission
from api.codes import label
from api.problems import IllegalStage
from api.reviews import stages
from api.reviews.stages import CONDITIONS, Refusal, Step, Subject

_LISTS = {"round": "round_stage", "case": "case_stage", "living_standard": "living_standard_stage"}


def after(subject: Subject, action: str, stage: str, holding: Collection[str] = ()) -> str:
    """The stage after `action`. Raises IllegalStage (`stage`, `missing`, `allowed`) where the table refuses it."""
    found = stages.taken(subject, action, stage, holding)
    if isinstance(found, Refusal):
        raise refused(found)
    return found


def refused(refusal: Refusal) -> IllegalStage:
    """The sentence: what it is now, what is missing, what could be done instead and by whom."""
    listed = _LISTS[refusal.subject]
    vi = f"Hiện đang ở bước «{label(listed, refusal.stage)}»."
    en = f"It is at «{label(listed, refusal.stage, 'en')}»."
    for name in refusal.missing:
        vi, en = f"{vi} {CONDITIONS[name][0]}", f"{en} {CONDITIONS[name][1]}"
    if refusal.allowed and not refusal.missing:
        vi += " Có thể làm: " + "; ".join(label("step", _key(row)) for row in refusal.allowed) + "."
        en += " Possible now: " + "; ".join(label("step", _key(row), "en") for row in refusal.allowed) + "."
    return IllegalStage(
        vi,
        en,
        stage=refusal.stage,
        missing=list(refusal.missing),
        allowed=[told(row) for row in refusal.allowed],
    )


def told(row: Step) -> dict[str, Any]:
    """A step on the wire: what it is called, the right it needs, and the roles that hold it."""
    roles = [holder.role.value for holder in ROLE_PERMISSIONS[Permission(row.permission)]]
    return {"action": row.action, "permission": row.permission, "roles": roles}


def _key(row: Step) -> str:
    return f"{row.subject}.{row.action}"
