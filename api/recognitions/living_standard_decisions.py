"""Decisions of the third path: over cleared cases, signed by the chair, recognised over a range of days."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.households.stored import among
from api.problems import AlreadyExists, Conflict, FieldError, Invalid, NotFound
from api.recognitions import decision_queries, living_standard_queries
from api.recognitions.books import commune_of
from api.recognitions.decision_queries import DECISION
from api.recognitions.decision_schemas import DecisionIn, PreparedOut
from api.recognitions.living_standard_law import known_bounds
from api.recognitions.living_standard_queries import LIVING, judged
from api.recognitions.recording import prepare_decision, refuse_while_posted
from api.recognitions.tables import DecisionKind, LivingStandardStage
from api.reviews import steps


def prepare_living_standard(session: Session, actor: Actor, decision_id: UUID, body: DecisionIn) -> PreparedOut:
    """A decision over these cases, all cleared and of one commune. Raises NotFound, IllegalStage, Conflict where one
    does not qualify or stands in another decision."""
    ids = _ids_of(body)
    stored = session.execute(select(DECISION).where(DECISION.c.id == decision_id)).one_or_none()
    if stored is not None:
        if stored.kind != DecisionKind.living_standard or stored.prepared_by != actor.account_id:
            raise AlreadyExists("Mã này đã dùng cho một quyết định khác.", "This id belongs to another decision.")
        return _prepared(session, actor, decision_id)
    rows = _hold(session, actor, among(LIVING.c.id, ids))
    if len(rows) != len(ids):
        raise NotFound("Có hồ sơ không tìm thấy.", "A case is not there.")
    for row in rows:
        steps.after("living_standard", "recognise", row.stage)
    _refuse_unfit(session, rows)
    communes = {commune_of(session, hamlet_id, actor.scope) for hamlet_id in {row.hamlet_id for row in rows}}
    if len(communes) != 1:
        raise Conflict("Các hồ sơ thuộc nhiều xã.", "The cases are of several communes.")
    taken = [row for row in rows if row.decision_id is not None]
    if taken:
        raise Conflict(
            f"Có {len(taken)} hồ sơ đang nằm trong một quyết định khác chờ ký.",
            f"{len(taken)} cases stand in another decision that waits for its signature.",
        )
    prepare_decision(session, actor, decision_id, communes.pop(), DecisionKind.living_standard, None)
    _set(session, among(LIVING.c.id, ids), decision_id=decision_id)
    homes = [row.home for row in rows]
    audit.record(session, actor, "decisions.prepare", "household", homes, decision=str(decision_id))
    return _prepared(session, actor, decision_id)


def _ids_of(body: DecisionIn) -> set[UUID]:
    given = {"#/round_id": body.round_id, "#/household_ids": body.household_ids}
    wrong = tuple(
        FieldError(pointer, "extra_forbidden", "Không dùng với loại living_standard.", "Not with living_standard.")
        for pointer, value in given.items()
        if value is not None
    )
    if not body.living_standard_case_ids:
        wrong += (FieldError("#/living_standard_case_ids", "missing", "Hãy nêu các hồ sơ.", "Name the cases."),)
    if wrong:
        raise Invalid(errors=wrong)
    return set(body.living_standard_case_ids or [])


def _hold(session: Session, actor: Actor, where: Any) -> list[Row[Any]]:
    query = living_standard_queries.cases_of(actor.scope, clock.today()).where(where).order_by(LIVING.c.id)
    return list(session.execute(query.with_for_update(of=LIVING)))


def _refuse_unfit(session: Session, rows: list[Row[Any]]) -> None:
    known = known_bounds(session)
    unfit = [row for row in rows if not judged(row, known).qualifies]
    if unfit:
        raise Conflict(
            f"Có {len(unfit)} hồ sơ không đủ điều kiện công nhận.",
            f"{len(unfit)} cases do not qualify.",
            living_standard_case_ids=[str(row.id) for row in unfit],
        )


def _prepared(session: Session, actor: Actor, decision_id: UUID) -> PreparedOut:
    return PreparedOut(**decision_queries.decision(session, actor, decision_id).model_dump(), left_out=[])


def _set(session: Session, where: Any, **changes: Any) -> None:
    session.execute(update(LIVING).where(where).values(**changes, version=LIVING.c.version + 1, updated_at=clock.now()))


def release(session: Session, decision_id: UUID) -> None:
    """The cases of a discarded decision wait again."""
    _set(session, LIVING.c.decision_id == decision_id, decision_id=None)


def recognise_living_standard(session: Session, actor: Actor, decision_id: UUID, day: date) -> None:
    """What the signature of such a decision does; a fixed number of statements. Raises Conflict where a household or
    its class has changed since it was prepared."""
    rows = _hold(session, actor, LIVING.c.decision_id == decision_id)
    named = session.scalars(select(LIVING.c.id).where(LIVING.c.decision_id == decision_id)).all()
    if len(rows) != len(named):
        raise Conflict(
            "Có hộ đã chuyển khỏi xã sau khi trình. Hãy hủy bản trình này và trình lại.",
            "A household has left the commune since. Discard the decision, and prepare it anew.",
        )
    for row in rows:  # a complaint may have come since it was prepared
        steps.after("living_standard", "recognise", row.stage)
    refuse_while_posted(day, max((row.posted_until for row in rows if row.posted_until), default=None))
    _refuse_unfit(session, rows)
    content = [{"household_id": r.home, "member_id": r.member_id, "kind": r.kind} for r in rows]
    values = {"rows": sql.rows(content), "day": day, "at": clock.now()}
    session.execute(sql.load("api/recognitions/sql/close_living_standard.sql"), values)
    # from the same or a later day already: ex_living_standard_recognition_days refuses it (api/errors.py)
    opened = sql.load("api/recognitions/sql/open_living_standard.sql")
    session.execute(opened, values | {"decision_id": decision_id})
    stage = steps.after("living_standard", "recognise", LivingStandardStage.cleared)
    _set(session, LIVING.c.decision_id == decision_id, stage=stage)
    homes = [row.home for row in rows]
    audit.record(session, actor, "living_standard.recognise", "household", homes, decision=str(decision_id))
