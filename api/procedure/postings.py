"""Posts lists, and ends their posting: whoever is not complained about by then is cleared for the decision."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.idempotency import new_id
from api.problems import FieldError, IllegalStage, Invalid, NotFound
from api.procedure import records
from api.procedure.posting_schemas import PostingCreate
from api.procedure.tables import Complaint, Meeting, Posting, PostingKind
from api.reviews import steps
from api.reviews.cases import CASE, hold_cases, merged_cases, move_cases
from api.reviews.procedure_law import procedure
from api.reviews.rounds import hold_round
from api.reviews.tables import CaseStage

POSTING = Posting.__table__  # type: ignore[attr-defined]
_MEETING = Meeting.__table__  # type: ignore[attr-defined]
_COMPLAINT = Complaint.__table__  # type: ignore[attr-defined]

_SENT = ("round_id", "hamlet_id", "kind", "posted_on", "places", "announced")
# QĐ 24/2021, Điều 4.4: both, not one of them
_PLACES = ("hamlet_house", "commune_office")


def post_list(session: Session, actor: Actor, body: PostingCreate, key: str | None) -> UUID:
    """Posts the agreed households of a hamlet, or those whose complaint is decided, from that day on.

    Raises NotFound, Invalid (a place is missing), IllegalStage (nobody waits to be posted; the round is not open).
    """
    if not set(_PLACES) <= set(body.places):
        raise Invalid(errors=(_PLACE_MISSING,))
    row = hold_round(session, actor.scope, body.round_id)
    records.require_hamlet(session, actor.scope, row, body.hamlet_id)
    waiting = CaseStage.agreed if body.kind == PostingKind.list else CaseStage.decided
    held = hold_cases(
        session,
        CASE.c.round_id == row.id,
        CASE.c.hamlet_id == body.hamlet_id,
        CASE.c.stage == waiting,
        CASE.c.id.not_in(merged_cases(session, row.id)),
        _settled_by(row, body),
    )
    posting_id = new_id(actor.account_id, "posting", body.id, key)
    sent = {name: getattr(body, name) for name in _SENT}
    if records.made_before(session, POSTING, posting_id, sent, by_key=bool(key) and body.id is None) is not None:
        return posting_id
    records.require_open(row)
    if not held:
        raise _nobody_waits(row, body)
    law = procedure(row.procedure_code, row.procedure_version)
    term = law.posting_days if body.kind == PostingKind.list else law.reposting_days
    store_posting(
        session,
        actor,
        posting_id,
        sent,
        area_id=body.hamlet_id,
        last_day=term.last_day(body.posted_on),
        household_ids=[case.household_id for case in held],
        review_ids=[case.review_id for case in held if case.review_id is not None],
    )
    stage = CaseStage(steps.after("case", "post", waiting))
    move_cases(session, actor, [case._replace(stage=stage, posting_id=posting_id) for case in held])
    return posting_id


def store_posting(
    session: Session,
    actor: Actor,
    posting_id: UUID,
    sent: dict[str, Any],
    *,
    area_id: UUID,
    last_day: date,
    household_ids: Sequence[UUID],
    review_ids: Sequence[UUID] = (),
) -> None:
    """The row of a posting, also of the third path (which has no round, no hamlet and no reviews)."""
    lists = {"household_ids": list(household_ids), "review_ids": list(review_ids)}
    more = {"area_id": area_id, "last_day": last_day, "recorded_by": actor.account_id, **lists}
    session.execute(insert(POSTING).values(**records.new_row(posting_id, sent, **more)))
    audit.record(session, actor, "postings.record", "household", household_ids, posting=str(posting_id))


def end_posting(session: Session, actor: Actor, posting_id: UUID, version: int | None) -> None:
    """After the last day: the households that are still posted are cleared. Ending twice ends once.

    Raises NotFound, StaleVersion, IllegalStage (before the end of the last day; or, where the procedure says that a
    complaint holds the whole list, while one is open).
    """
    query = select(POSTING).where(POSTING.c.id == posting_id, actor.scope.covers(POSTING.c.area_id))
    known = session.execute(query.where(POSTING.c.round_id.is_not(None))).one_or_none()
    if known is None:
        raise posting_not_found()
    row = hold_round(session, actor.scope, known.round_id)
    held = hold_cases(
        session,
        CASE.c.round_id == row.id,
        CASE.c.hamlet_id == known.hamlet_id,
        CASE.c.posting_id == posting_id,
        CASE.c.stage == CaseStage.posted,
    )
    posting = session.execute(query.with_for_update(of=POSTING)).one()
    if posting.ended_on is not None:
        return
    records.require_open(row)
    _require_over(row, posting)
    if procedure(row.procedure_code, row.procedure_version).complaint_holds == "list":
        _require_nothing_open(session, row, posting)
    stage = CaseStage(steps.after("case", "end_posting", CaseStage.posted, {"posting_is_over"}))
    records.change(session, POSTING, posting, version, ended_on=clock.today(), ended_by=actor.account_id)
    move_cases(session, actor, [case._replace(stage=stage) for case in held])
    cleared = [case.household_id for case in held]
    audit.record(session, actor, "postings.end", "household", cleared, posting=str(posting_id))


def posting_not_found() -> NotFound:
    return NotFound("Không tìm thấy lần niêm yết này.", "There is no such posting.")


def _settled_by(row: Row[Any], body: PostingCreate) -> ColumnElement[bool]:
    """What was agreed or decided only after that day did not hang on the board."""
    if body.kind == PostingKind.list:
        met = select(_MEETING.c.id).where(_MEETING.c.round_id == row.id, _MEETING.c.held_on <= body.posted_on)
        agreed: ColumnElement[bool] = CASE.c.meeting_id.in_(met)
        return agreed
    late = select(_COMPLAINT.c.household_id).where(
        _COMPLAINT.c.round_id == row.id, _COMPLAINT.c.holds, _COMPLAINT.c.decided_on > body.posted_on
    )
    decided: ColumnElement[bool] = CASE.c.household_id.not_in(late)
    return decided


def _nobody_waits(row: Row[Any], body: PostingCreate) -> IllegalStage:
    if body.kind == PostingKind.list:
        vi = "Xóm này không có hộ nào được họp dân thống nhất, chờ niêm yết tới ngày đó."
        en = "No household of this hamlet was agreed on by that day and waits to be posted."
    else:
        vi = "Xóm này không có kiến nghị nào đã kết luận, chờ niêm yết lại tới ngày đó."
        en = "No complaint of this hamlet was decided by that day and waits to be posted again."
    return IllegalStage(vi, en, stage=row.stage, missing=[], allowed=[])


def _require_over(row: Row[Any], posting: Row[Any]) -> None:
    if clock.today() > posting.last_day:
        return
    raise IllegalStage(
        f"Niêm yết tới hết ngày {posting.last_day:%d/%m/%Y}; chỉ ghi kết thúc sau ngày đó.",
        f"The posting lasts to the end of {posting.last_day}; record its end after that day.",
        stage=row.stage,
        missing=["posting_is_over"],
        allowed=[],
        last_day=posting.last_day.isoformat(),
    )


def _require_nothing_open(session: Session, row: Row[Any], posting: Row[Any]) -> None:
    """Where a complaint holds the whole list: no household of the hamlet may be on its way through one."""
    stages = (CaseStage.complained, CaseStage.re_verified, CaseStage.decided)
    open_ = select(CASE.c.household_id).where(
        CASE.c.round_id == row.id, CASE.c.hamlet_id == posting.hamlet_id, CASE.c.stage.in_(stages)
    )
    waiting = session.execute(open_).all()
    if waiting:
        raise IllegalStage(
            f"Còn {len(waiting)} hộ của xóm đang chờ giải quyết kiến nghị; theo quy trình này cả danh sách phải chờ.",
            f"{len(waiting)} households of the hamlet wait for a complaint; by this procedure the whole list waits.",
            stage=row.stage,
            missing=["no_case_held_back"],
            allowed=[],
        )


_PLACE_MISSING = FieldError(
    "#/places",
    "place_missing",
    "Phải niêm yết ở cả nhà văn hoá xóm (hamlet_house) và trụ sở UBND xã (commune_office).",
    "It has to be posted at the hamlet's house (hamlet_house) and at the commune office (commune_office).",
)
