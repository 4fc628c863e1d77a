"""Prepares a decision over the cleared households of a round, or discards one; the signature comes from another person
(signing.py)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.idempotency import new_id
from api.problems import Conflict, FieldError, Invalid, NotFound
from api.procedure.records import reused
from api.recognitions import decision_queries as queries
from api.recognitions.decision_queries import DECISION, LINE
from api.recognitions.decision_schemas import DecisionIn, LeftOut, LeftOutReason, PreparedOut
from api.recognitions.living_standard_decisions import prepare_living_standard, release
from api.recognitions.recording import insert_lines, line, prepare_decision
from api.recognitions.standings import pasts
from api.recognitions.tables import DecisionKind, DecisionState
from api.reviews import steps
from api.reviews.candidates import Candidate, candidates
from api.reviews.procedure_law import procedure
from api.reviews.rounds import conditions, expect_version, hold_round
from api.reviews.tables import CaseStage

_WHY: dict[CaseStage, LeftOutReason] = {
    CaseStage.listed: LeftOutReason.not_surveyed,
    CaseStage.not_reached: LeftOutReason.not_reached,
    CaseStage.resurvey: LeftOutReason.to_resurvey,
    CaseStage.surveyed: LeftOutReason.not_agreed,
    CaseStage.agreed: LeftOutReason.not_posted,
    CaseStage.posted: LeftOutReason.posting_open,
    CaseStage.complained: LeftOutReason.held_back,
    CaseStage.re_verified: LeftOutReason.held_back,
    CaseStage.decided: LeftOutReason.held_back,
    CaseStage.recognised: LeftOutReason.recognised_before,
}


def prepare(session: Session, actor: Actor, body: DecisionIn, key: str | None) -> PreparedOut:
    """A decision over all cleared households of a round that have a class, or over those named.

    The same `id` or idempotency key again gives what is stored. Raises NotFound (the round; a household that is not on
    its list), IllegalStage while the round is not consolidated and for training, Conflict where another decision of the
    round waits for its signature, where the kind does not fit, and where nothing can be
    decided (`left_out` counts why).
    """
    decision_id = new_id(actor.account_id, "recognition_decision", body.id, key)
    if body.kind is DecisionKind.living_standard:
        return prepare_living_standard(session, actor, decision_id, body)
    row = hold_round(session, actor.scope, _round_of(body), whole=True)
    before = _stored(session, actor, decision_id, row.id, body, by_key=bool(key) and body.id is None)
    if before is not None:
        return before
    steps.after("round", "sign", row.stage, {*conditions(row), "opinion_settled"})
    kind = _kind(session, row.id, body.kind)
    chosen, left_out = _chosen(candidates(session, row.id), body.household_ids)
    if not chosen:
        raise _nothing_to_decide(left_out)
    law = procedure(row.procedure_code, row.procedure_version)
    past = pasts(session, [c.household_id for c in chosen], clock.today(), law.relapse_lookback_months)
    prepare_decision(session, actor, decision_id, row.area_id, kind, row.id)
    insert_lines(
        session,
        decision_id,
        [line(c.household_id, past[c.household_id], c.poverty_class, c.review_id) for c in chosen if c.poverty_class],
    )
    ids = [c.household_id for c in chosen]
    audit.record(session, actor, "decisions.prepare", "household", ids, decision=str(decision_id))
    return PreparedOut(**queries.decision(session, actor, decision_id).model_dump(), left_out=left_out)


def _round_of(body: DecisionIn) -> UUID:
    if body.living_standard_case_ids is not None:
        vi, en = "Chỉ dùng với loại living_standard.", "Only with the kind living_standard."
        raise Invalid(errors=(FieldError("#/living_standard_case_ids", "extra_forbidden", vi, en),))
    if body.round_id is None:
        vi, en = "Hãy nêu đợt rà soát.", "Name the round."
        raise Invalid(errors=(FieldError("#/round_id", "missing", vi, en),))
    return body.round_id


def _stored(
    session: Session, actor: Actor, decision_id: UUID, round_id: UUID, body: DecisionIn, *, by_key: bool
) -> PreparedOut | None:
    """What the same id made before: the decision as it is now, with what it still leaves out."""
    stored = session.execute(select(DECISION).where(DECISION.c.id == decision_id)).one_or_none()
    if stored is None:
        return None
    named = set(session.scalars(select(LINE.c.household_id).where(LINE.c.decision_id == decision_id)))
    others_named = body.household_ids is not None and not named <= set(body.household_ids)
    if stored.round_id != round_id or stored.prepared_by != actor.account_id or others_named:
        raise reused(by_key)
    others = [c for c in candidates(session, round_id) if c.household_id not in named or c.merged]
    left_out = [_left(c, _why(c) or LeftOutReason.not_named) for c in others]
    return PreparedOut(**queries.decision(session, actor, decision_id).model_dump(), left_out=left_out)


def _kind(session: Session, round_id: UUID, asked: DecisionKind | None) -> DecisionKind:
    """The first decision of a round is the main one, later ones are supplementary; one waits at a time."""
    states = session.execute(select(DECISION.c.state, DECISION.c.id).where(DECISION.c.round_id == round_id)).all()
    waiting = [row.id for row in states if row.state == DecisionState.prepared]
    if waiting:
        raise Conflict(
            "Đợt này đang có một quyết định chờ ký. Hãy ký hoặc hủy quyết định đó trước.",
            "A decision of this round waits for its signature. Have it signed, or discard it first.",
            decision_id=str(waiting[0]),
        )
    fits = DecisionKind.supplementary if states else DecisionKind.main
    if asked not in (None, fits):
        raise Conflict(
            "Quyết định đầu tiên của đợt là quyết định chính (main), các quyết định sau là bổ sung (supplementary).",
            "The first decision of a round is the main one, later ones are supplementary.",
            kind=fits.value,
        )
    return fits


def _chosen(found: Sequence[Candidate], named: list[UUID] | None) -> tuple[list[Candidate], list[LeftOut]]:
    if named is not None and (missing := set(named) - {c.household_id for c in found}):
        raise NotFound(
            f"Có {len(missing)} hộ không nằm trong danh sách của đợt.",
            f"{len(missing)} households are not on the list of the round.",
        )
    chosen, left_out = [], []
    for candidate in found:
        why = _why(candidate)
        if why is None and named is not None and candidate.household_id not in named:
            why = LeftOutReason.not_named
        if why is None:
            chosen.append(candidate)
        else:
            left_out.append(_left(candidate, why))
    return chosen, left_out


def _why(candidate: Candidate) -> LeftOutReason | None:
    """Why this case cannot be decided on now; None where it can."""
    if candidate.merged:
        return LeftOutReason.merged
    if candidate.status != "active":
        return LeftOutReason.household_ended
    if candidate.moved_away:
        return LeftOutReason.moved_away
    if candidate.stage is not CaseStage.cleared:
        return _WHY[candidate.stage]
    return None if candidate.poverty_class else LeftOutReason.undetermined


def _left(candidate: Candidate, why: LeftOutReason) -> LeftOut:
    return LeftOut(household_id=candidate.household_id, hamlet_id=candidate.hamlet_id, reason=why)


def _nothing_to_decide(left_out: Sequence[LeftOut]) -> Conflict:
    counts: dict[str, int] = {}
    for one in left_out:
        counts[one.reason.value] = counts.get(one.reason.value, 0) + 1
    return Conflict(
        "Chưa có hộ nào của đợt đã hết hạn niêm yết mà chưa được quyết định.",
        "No household of the round has come through its posting and waits for a decision.",
        left_out=counts,
    )


def discard(session: Session, actor: Actor, decision_id: UUID, read: int | None) -> None:
    """Takes a prepared decision back, so that it can be prepared anew. Raises NotFound, StaleVersion, Conflict once
    it is signed: what was signed is changed by another decision only."""
    query = select(DECISION).where(DECISION.c.id == decision_id, actor.scope.covers(DECISION.c.area_id))
    row: Row[Any] | None = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise queries.no_such_decision()
    expect_version(row, read)
    if row.state != DecisionState.prepared:
        raise Conflict(
            "Quyết định đã ký nên không hủy được; muốn thay đổi phải ra quyết định khác.",
            "The decision is signed; another decision can change what it says.",
        )
    session.execute(delete(LINE).where(LINE.c.decision_id == decision_id))
    release(session, decision_id)
    session.execute(delete(DECISION).where(DECISION.c.id == decision_id))
    audit.record(session, actor, "decisions.discard", "decision", [decision_id])
