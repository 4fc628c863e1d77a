"""Signs decisions: number, day, signatory, and the classes of the households from that day on.

Order of locks: the round, the books of the commune, the decision, its households, their cases.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.households.stored import Held, Lock, among, hold_households
from api.problems import AlreadyExists, Conflict, FieldError, Invalid, SeparationOfDuties
from api.procedure.opinions import opinion_settled
from api.procedure.postings import POSTING
from api.recognitions import decision_queries as queries
from api.recognitions.books import hold_books
from api.recognitions.decision_queries import DECISION, LINE
from api.recognitions.decision_schemas import DecisionOut, SignatureIn
from api.recognitions.living_standard_decisions import recognise_living_standard
from api.recognitions.recording import Line, give_classes, refuse_while_posted
from api.recognitions.standings import pasts
from api.recognitions.tables import DecisionState, Movement
from api.reviews import steps
from api.reviews.candidates import Candidate, candidates
from api.reviews.cases import CASE, hold_cases, move_cases
from api.reviews.rounds import expect_version, hold_round, take_step
from api.reviews.tables import CaseStage
from api.standards.tables import PovertyClass

# so many of the households that changed are named; the others are counted
_NAMED = 100


def sign(session: Session, actor: Actor, decision_id: UUID, version: int, body: SignatureIn) -> DecisionOut:
    """The chair signs. What was prepared has to hold still: otherwise it is discarded and prepared anew.

    Raises NotFound, StaleVersion, Conflict where it is signed already or households changed since it was prepared
    (`households` counts them), SeparationOfDuties for the preparer, IllegalStage where the round does not allow it or
    the level above has not agreed, AlreadyExists for a number used in that commune and year.
    """
    found = session.execute(
        select(DECISION.c.round_id, DECISION.c.area_id).where(
            DECISION.c.id == decision_id, actor.scope.covers(DECISION.c.area_id)
        )
    ).one_or_none()
    if found is None:
        raise queries.no_such_decision()
    in_round = None if found.round_id is None else hold_round(session, actor.scope, found.round_id, whole=True)
    hold_books(session, found.area_id)
    row = session.execute(select(DECISION).where(DECISION.c.id == decision_id).with_for_update()).one_or_none()
    if row is None:  # discarded meanwhile
        raise queries.no_such_decision()
    _check(session, actor, row, version, body)
    if in_round is None:
        recognise_living_standard(session, actor, row.id, body.decided_on)
    else:
        _recognise(session, actor, in_round, row, body)
    session.execute(
        update(DECISION)
        .where(DECISION.c.id == decision_id)
        .values(
            **body.model_dump(),
            state=DecisionState.signed,
            signed_by=actor.account_id,
            version=row.version + 1,
            updated_at=clock.now(),
        )
    )
    audit.record(session, actor, "decisions.sign", "decision", [decision_id])
    return queries.decision(session, actor, decision_id)


def _check(session: Session, actor: Actor, row: Row[Any], version: int, body: SignatureIn) -> None:
    expect_version(row, version)
    if row.state != DecisionState.prepared:
        raise Conflict("Quyết định này đã ký rồi.", "This decision is signed already.")
    if row.prepared_by == actor.account_id:
        raise SeparationOfDuties(
            "Người trình không được ký quyết định của mình; người khác có quyền phải ký.",
            "Who prepared the decision does not sign it; somebody else with the right has to.",
        )
    refuse_used_number(session, row.area_id, body.decided_on.year, body.number)


def refuse_used_number(session: Session, area_id: UUID, year: int, number: str) -> None:
    """Raises AlreadyExists for a number that a decision of this commune and year has. The caller holds the books."""
    used = session.scalar(
        select(DECISION.c.id).where(
            DECISION.c.area_id == area_id,
            DECISION.c.state == DecisionState.signed,
            func.extract("year", DECISION.c.decided_on) == year,
            func.lower(DECISION.c.number) == number.lower(),
        )
    )
    if used is not None:
        raise AlreadyExists(
            f"Số {number} đã dùng cho một quyết định khác của xã trong năm {year}.",
            f"The number {number} is that of another decision of this commune in {year}.",
            errors=(FieldError("#/number", "already_exists", "Số này đã dùng.", "This number is taken."),),
        )


def _recognise(session: Session, actor: Actor, in_round: Row[Any], row: Row[Any], body: SignatureIn) -> None:
    """The classes of a round's decision: a fixed number of statements, however long the list."""
    if body.decided_on < in_round.opens_on:
        vi = f"Ngày quyết định không được trước ngày mở đợt ({in_round.opens_on:%d/%m/%Y})."
        en = f"The day lies before the round opened ({in_round.opens_on})."
        raise Invalid(vi, en, errors=(FieldError("#/decided_on", "before_round", vi, en),))
    refuse_while_posted(body.decided_on, _posted_until(session, row.id))
    settled = {"opinion_settled"} if opinion_settled(session, in_round.id) else set()
    take_step(session, actor, in_round, "sign", settled)
    lines = {line.household_id: line for line in _lines(session, row.id)}
    cases = {c.household_id: c for c in candidates(session, in_round.id) if not c.merged}
    held = hold_households(session, actor.scope, lines, Lock.edit)
    past = pasts(session, lines, body.decided_on)
    changed = [
        household_id
        for household_id, line in lines.items()
        if not _holds_still(line, cases.get(household_id), held, past)
    ]
    if changed:
        raise _changed(changed)
    kept = hold_cases(session, among(CASE.c.id, [cases[household_id].case_id for household_id in lines]))
    stage = CaseStage(steps.after("case", "recognise", CaseStage.cleared, {"class_determined"}))
    move_cases(session, actor, [case._replace(stage=stage, decision_id=row.id) for case in kept])
    recognised = {i: line.poverty_class for i, line in lines.items() if line.recognises}
    give_classes(session, actor, row.id, body.decided_on, held, recognised)
    audit.record(session, actor, "recognitions.give", "household", recognised, decision=str(row.id))


def _posted_until(session: Session, decision_id: UUID) -> date | None:
    """The latest last day of the postings that the households of a decision came through."""
    last: date | None = session.scalar(
        select(func.max(POSTING.c.last_day))
        .join(CASE, CASE.c.posting_id == POSTING.c.id)
        .join(LINE, LINE.c.review_id == CASE.c.review_id)
        .where(LINE.c.decision_id == decision_id)
    )
    return last


def _lines(session: Session, decision_id: UUID) -> list[Line]:
    rows = session.execute(select(LINE).where(LINE.c.decision_id == decision_id).order_by(LINE.c.household_id))
    return [
        Line(
            row.household_id,
            row.hamlet_id,
            row.review_id,
            PovertyClass(row.poverty_class),
            row.class_before and PovertyClass(row.class_before),
            Movement(row.movement),
            row.persons,
        )
        for row in rows
    ]


def _holds_still(line: Line, case: Candidate | None, held: Held, past: Any) -> bool:
    """Is everything as it was when the decision was prepared: the case, its result, the household, its class?"""
    return (
        case is not None
        and case.stage is CaseStage.cleared
        and (case.review_id, case.poverty_class) == (line.review_id, line.poverty_class)
        and line.household_id in held.mine
        and held.records[line.household_id].values["status"] == "active"
        and past[line.household_id].class_before == line.class_before
    )


def _changed(household_ids: Collection[UUID]) -> Conflict:
    many = len(household_ids)
    return Conflict(
        f"Có {many} hộ đã thay đổi sau khi trình (có kiến nghị, đã nhập, đã chuyển đi hoặc đổi kết quả). "
        "Hãy hủy bản trình này và trình lại.",
        f"{many} households have changed since the decision was prepared (a complaint, a merge, a move, another "
        "result). Discard it, and prepare it anew.",
        households=many,
        household_ids=[str(i) for i in sorted(household_ids)[:_NAMED]],
    )
