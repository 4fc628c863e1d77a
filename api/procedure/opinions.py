"""The opinion of the level above on a periodic round (QĐ 24/2021, Điều 4.5): asked for, answered in writing."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.accounts.permissions import Permission, holds
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure
from api.codes import label
from api.idempotency import new_id
from api.problems import Conflict, FieldError, Invalid, NotFound, PermissionDenied, SeparationOfDuties
from api.procedure import records
from api.procedure.opinion_schemas import OpinionAnswer, OpinionCreate
from api.procedure.tables import Opinion, Verdict
from api.reviews import stages
from api.reviews.cases import CASE, merged_cases
from api.reviews.procedure_law import procedure
from api.reviews.rounds import ROUND, conditions, expect_version, hold_round, take_step
from api.reviews.tables import CaseStage, RoundStage
from api.standards.tables import PovertyClass

OPINION = Opinion.__table__  # type: ignore[attr-defined]

_SENT = ("round_id", "report_number", "asked_on")
_THROUGH = (CaseStage.cleared, CaseStage.recognised)


def ask_opinion(session: Session, actor: Actor, body: OpinionCreate, key: str | None) -> UUID:
    """The chair reports the totals of a consolidated round. Raises NotFound, IllegalStage (none is required, too)."""
    row = hold_round(session, actor.scope, body.round_id, whole=True)
    opinion_id = new_id(actor.account_id, "opinion", body.id, key)
    sent = {name: getattr(body, name) for name in _SENT}
    if records.made_before(session, OPINION, opinion_id, sent, by_key=bool(key) and body.id is None) is not None:
        return opinion_id
    due_on = procedure(row.procedure_code, row.procedure_version).opinion_days.last_day(body.asked_on)
    take_step(session, actor, row, "ask_opinion")
    more = {"level": row.upper_level, "due_on": due_on, "asked_by": actor.account_id, "totals": _totals(session, row)}
    session.execute(insert(OPINION).values(**records.new_row(opinion_id, sent, **more)))
    audit.record(session, actor, "opinions.ask", "opinion", [opinion_id])
    return opinion_id


def answer(session: Session, actor: Actor, opinion_id: UUID, version: int | None, body: OpinionAnswer) -> None:
    """The level that the round has fixed answers. Raises NotFound, StaleVersion, Conflict (answered already),
    PermissionDenied (another level), SeparationOfDuties (who asked), Invalid (before it was asked)."""
    query = (
        select(OPINION, ROUND.c.area_id)
        .join(ROUND, ROUND.c.id == OPINION.c.round_id)
        .where(OPINION.c.id == opinion_id, actor.scope.covers(ROUND.c.area_id))
    )
    known = session.execute(query).one_or_none()
    if known is None:
        raise NotFound("Không tìm thấy văn bản xin ý kiến này.", "There is no such request for an opinion.")
    row = hold_round(session, actor.scope, known.round_id, whole=True)
    opinion = session.execute(query.with_for_update(of=OPINION)).one()
    expect_version(opinion, version)
    if opinion.verdict is not None:
        raise Conflict("Văn bản này đã được trả lời.", "This opinion is given already.")
    _require_level(session, actor, opinion)
    if opinion.asked_by == actor.account_id:
        raise SeparationOfDuties(
            "Người xin ý kiến không được tự trả lời.", "Whoever asked for the opinion may not give it."
        )
    if body.answered_on < opinion.asked_on:
        raise Invalid(errors=(_before_it_was_asked(opinion),))
    said = {"verdict": body.verdict.value, "letter_number": body.letter_number, "answered_on": body.answered_on}
    more = {"remarks": body.remarks, "answered_by": actor.account_id}
    records.change(session, OPINION, opinion, None, **said, **more)
    take_step(session, actor, row, "give_opinion")
    audit.record(session, actor, "opinions.answer", "opinion", [opinion_id], verdict=body.verdict)


def opinion_settled(session: Session, round_id: UUID) -> bool:
    """May the decision of the round be signed as far as the level above is concerned?

    True where none is required, or where the last opinion agrees and the round was not opened again since.
    """
    row = session.execute(select(ROUND).where(ROUND.c.id == round_id)).one()
    if "opinion_required" not in conditions(row):
        return True
    if row.stage not in (RoundStage.opinion_given, RoundStage.recognised, RoundStage.closed):
        return False
    newest = select(OPINION.c.verdict).where(OPINION.c.round_id == round_id)
    newest = newest.order_by(OPINION.c.created_at.desc(), OPINION.c.id.desc()).limit(1)
    return bool(session.scalar(newest) == Verdict.agree)


def _totals(session: Session, row: Row[Any]) -> dict[str, Any]:
    """Of every hamlet: the proposed classes of those who are through and their persons on the day of the survey, who
    escapes (a poor household also to near-poor), who is held back, who was not met."""
    through = CASE.c.stage.in_(_THROUGH)
    proposed = {c: through & (c == records.PROPOSED_CLASS) for c in PovertyClass}
    households = {c.value: which for c, which in proposed.items()}
    households["not_reached"] = CASE.c.stage == CaseStage.not_reached
    households["held_back"] = CASE.c.stage.in_(stages.SETTLED - {*_THROUGH, CaseStage.not_reached})
    was, poor, near_poor = CASE.c.class_before, proposed[PovertyClass.poor], proposed[PovertyClass.near_poor]
    above = proposed[PovertyClass.not_poor]
    households["escaped_poor"] = (was == PovertyClass.poor) & (near_poor | above)
    households["escaped_near_poor"] = (was == PovertyClass.near_poor) & above
    persons = func.jsonb_array_length(records.REVIEW.c.members)
    counted: dict[str, Any] = {name: func.count().filter(which) for name, which in households.items()}
    for name, which in (("poor_persons", poor), ("near_poor_persons", near_poor)):
        counted[name] = func.coalesce(func.sum(persons).filter(which), 0)
    found = session.execute(
        select(CASE.c.hamlet_id, *(counts.label(name) for name, counts in counted.items()))
        .outerjoin_from(CASE, records.REVIEW, records.REVIEW.c.id == CASE.c.review_id)
        .where(CASE.c.round_id == row.id, CASE.c.id.not_in(merged_cases(session, row.id)))
        .group_by(CASE.c.hamlet_id)
        .order_by(CASE.c.hamlet_id)
    ).all()
    hamlets = [{"hamlet_id": str(one.hamlet_id)} | {name: getattr(one, name) for name in counted} for one in found]
    return {"hamlets": hamlets, "total": {name: sum(getattr(one, name) for one in found) for name in counted}}


def _require_level(session: Session, actor: Actor, opinion: Row[Any]) -> None:
    """The right has to come from a grant on the level that the round has fixed."""
    givers = {g.area_id for g in actor.grants if holds(g.role, g.head, Permission.opinions_write)}
    above = select(AreaClosure.ancestor_id).where(  # type: ignore[call-overload]
        AreaClosure.descendant_id == opinion.area_id, valid_on(AreaClosure, actor.scope.day)
    )
    area = Area.__table__.c  # type: ignore[attr-defined]
    query = select(area.id).where(area.id.in_(givers), area.id.in_(above), area.level == opinion.level)
    if session.execute(query).first() is None:
        level_vi, level_en = label("upper_level", opinion.level), label("upper_level", opinion.level, "en")
        raise PermissionDenied(
            f"Đợt này xin ý kiến của: {level_vi}. Tài khoản của bạn không thuộc cấp đó.",
            f"This round asks the {level_en}: your account is of another level.",
            permission=Permission.opinions_write.value,
        )


def _before_it_was_asked(opinion: Row[Any]) -> FieldError:
    return FieldError(
        "#/answered_on",
        "too_early",
        f"Không thể trước ngày xin ý kiến ({opinion.asked_on:%d/%m/%Y}).",
        f"It cannot come before the opinion was asked for ({opinion.asked_on}).",
    )
