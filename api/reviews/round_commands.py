"""Prepares rounds and takes them from step to step (QĐ 24/2021/QĐ-TTg, Điều 4 and 5)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, insert, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.tables import Area, Level
from api.idempotency import new_id
from api.problems import AlreadyExists, Conflict, FieldError, IdempotencyKeyReused, Invalid, SeparationOfDuties
from api.reviews import queries, scoring
from api.reviews.candidates import candidates
from api.reviews.cases import CASE, withdraw_cases
from api.reviews.procedure_law import Procedure, procedure_on
from api.reviews.round_days import WrongDays, days_of
from api.reviews.round_schemas import RoundChange, RoundCreate, StandardRef
from api.reviews.rounds import ROUND, expect_version, hold_round, take_step
from api.reviews.schemas import RoundOut
from api.reviews.stages import SETTLED
from api.reviews.tables import ReviewRound, RoundStage

_area = Area.__table__  # type: ignore[attr-defined]


def prepare_round(session: Session, actor: Actor, body: RoundCreate, key: str | None) -> RoundOut:
    """A round of a commune, prepared: which standard and which procedure apply is fixed by its first day.

    Raises NotFound outside of one's areas, Invalid for days that do not fit the kind, Conflict where a round of the
    same kind is on its way in these days, AlreadyExists for an id that belongs to another round.
    """
    _hold_commune(session, actor, body.area_id)
    round_id = new_id(actor.account_id, "round", body.id, key)
    stored = session.execute(select(ROUND).where(ROUND.c.id == round_id)).one_or_none()
    law = _law(body)
    try:
        opens_on, closes_on = days_of(body.kind, body.year, body.opens_on, body.closes_on, law)
    except WrongDays as wrong:
        raise Invalid(errors=wrong.faults) from wrong
    if stored is not None:
        return _made_before(session, actor, stored, (body.area_id, body.kind, opens_on, closes_on), key)
    _refuse_overlap(session, body, opens_on, closes_on)
    standard = scoring.standard_of_round(session, body.kind, opens_on, body.standard)
    _insert(session, actor, round_id, body, (opens_on, closes_on), standard, law)
    audit.record(session, actor, "rounds.prepare", "round", [round_id], kind=body.kind.value, year=body.year)
    return queries.round_(session, actor.scope, round_id)


def discard(session: Session, actor: Actor, round_id: UUID, version: int | None) -> None:
    """Takes back a round that was prepared by mistake, with its list. Raises NotFound, StaleVersion, Conflict once the
    chair has approved it: then it is taken to its end."""
    row = hold_round(session, actor.scope, round_id, whole=True)
    expect_version(row, version)
    if row.stage != RoundStage.prepared:
        raise Conflict(
            "Đợt đã được Chủ tịch xã duyệt nên không hủy được; hãy thực hiện đến khi kết thúc đợt.",
            "The chair has approved the round: it cannot be discarded, only taken to its end.",
        )
    gone = withdraw_cases(session, round_id)
    session.execute(delete(ROUND).where(ROUND.c.id == round_id))
    audit.record(session, actor, "rounds.discard", "round", [round_id], households=len(gone))


def _law(body: RoundCreate) -> Procedure:
    """The procedure in force on the first day of the round; the window of a year is that of its last day."""
    first = body.opens_on or procedure_on(date(body.year, 12, 31), body.kind).periodic_window(body.year)[0]
    return procedure_on(first, body.kind)


def _hold_commune(session: Session, actor: Actor, area_id: UUID) -> None:
    queries.require_area(session, actor.scope, area_id)
    # two officers who prepare the same round at once: the second one sees the first one's
    level = session.scalar(select(_area.c.level).where(_area.c.id == area_id).with_for_update(key_share=True))
    if level != Level.commune:
        raise Invalid(
            errors=(FieldError("#/area_id", "not_a_commune", "Đợt rà soát là của xã.", "A round is a commune's."),)
        )


def _made_before(
    session: Session, actor: Actor, stored: Row[Any], asked: tuple[UUID, str, date, date], key: str | None
) -> RoundOut:
    if (stored.area_id, stored.kind, stored.opens_on, stored.closes_on) == asked:
        return queries.round_(session, actor.scope, stored.id)
    if key:
        raise IdempotencyKeyReused()
    raise AlreadyExists("Mã này đã dùng cho đợt rà soát khác.", "This id belongs to another round.")


def _refuse_overlap(session: Session, body: RoundCreate, opens_on: date, closes_on: date) -> None:
    other = session.execute(
        select(ROUND.c.id, ROUND.c.opens_on, ROUND.c.closes_on)
        .where(ROUND.c.area_id == body.area_id, ROUND.c.kind == body.kind, ROUND.c.stage != RoundStage.closed)
        .where(ROUND.c.opens_on <= closes_on, ROUND.c.closes_on >= opens_on)
        .limit(1)
    ).one_or_none()
    if other is not None:
        days = f"{other.opens_on:%d/%m/%Y} - {other.closes_on:%d/%m/%Y}"
        raise Conflict(
            f"Xã đang có một đợt cùng loại trong thời gian này ({days}). Hãy kết thúc đợt đó trước.",
            f"The commune has a round of this kind in these days ({days}). Close it first.",
            round_id=str(other.id),
        )


def _insert(
    session: Session,
    actor: Actor,
    round_id: UUID,
    body: RoundCreate,
    days: tuple[date, date],
    standard: StandardRef,
    law: Procedure,
) -> None:
    now = clock.now()
    session.execute(
        insert(ReviewRound).values(
            id=round_id,
            area_id=body.area_id,
            kind=body.kind.value,
            year=body.year,
            standard_code=standard.code,
            standard_version=standard.version,
            procedure_code=law.code,
            procedure_version=law.version,
            upper_level=law.upper_level,
            opens_on=days[0],
            closes_on=days[1],
            stage=RoundStage.prepared.value,
            evidence=body.evidence,
            prepared_by=actor.account_id,
            version=1,
            created_at=now,
            updated_at=now,
        )
    )


def approve(session: Session, actor: Actor, round_id: UUID, version: int | None) -> RoundOut:
    """The chair approves: surveys may begin. Raises NotFound, SeparationOfDuties (who prepared it may not approve it),
    IllegalStage (also while the list is empty)."""
    row = _held(session, actor, round_id, version)
    if row.prepared_by == actor.account_id:
        raise SeparationOfDuties(
            "Người lập đợt rà soát không được duyệt đợt đó. Hãy để Chủ tịch UBND xã duyệt.",
            "Whoever prepared the round may not approve it. Let the chair of the commune do it.",
        )
    holding = {"list_is_not_empty"} if _any_case(session, round_id) else set()
    take_step(session, actor, row, "approve", holding, approved_by=actor.account_id, approved_at=clock.now())
    return queries.round_(session, actor.scope, round_id)


def consolidate(session: Session, actor: Actor, round_id: UUID, version: int | None) -> RoundOut:
    """The surveys are over: nothing changes in the list from now on. Raises NotFound, IllegalStage."""
    row = _held(session, actor, round_id, version)
    unsettled = any(case.present and case.stage not in SETTLED for case in candidates(session, round_id))
    take_step(session, actor, row, "consolidate", set() if unsettled else {"all_cases_settled"})
    return queries.round_(session, actor.scope, round_id)


def reopen(session: Session, actor: Actor, round_id: UUID, version: int | None) -> RoundOut:
    """Back to the surveys, where something was found missing. Raises NotFound, IllegalStage."""
    take_step(session, actor, _held(session, actor, round_id, version), "reopen")
    return queries.round_(session, actor.scope, round_id)


def change_round(session: Session, actor: Actor, round_id: UUID, version: int, body: RoundChange) -> RoundOut:
    """Why a round runs past its last day (it is marked, never blocked; domain.md 10.4), and what its reviews ask for
    beside the answers. Raises NotFound, StaleVersion, Conflict for the evidence of a round that is closed."""
    row = _held(session, actor, round_id, version)
    changes = body.model_dump(exclude_unset=True)
    if "evidence" in changes:
        if row.stage == RoundStage.closed:
            raise Conflict(
                "Đợt đã kết thúc, không lấy thêm minh chứng.", "The round is closed: nobody is asked anymore."
            )
        changes["evidence_before"] = sorted({*row.evidence_before, *row.evidence})
    session.execute(
        update(ROUND).where(ROUND.c.id == round_id).values(**changes, version=row.version + 1, updated_at=clock.now())
    )
    audit.record(session, actor, "rounds.change", "round", [round_id], **_said(changes))
    return queries.round_(session, actor.scope, round_id)


def _said(changes: dict[str, Any]) -> dict[str, list[str]]:
    return {"evidence": changes["evidence"]} if "evidence" in changes else {}


def _held(session: Session, actor: Actor, round_id: UUID, version: int | None) -> Row[Any]:
    row = hold_round(session, actor.scope, round_id, whole=True)
    expect_version(row, version)
    return row


def _any_case(session: Session, round_id: UUID, *where: Any) -> bool:
    return bool(session.scalar(select(exists().where(CASE.c.round_id == round_id, *where))))
