"""Registers complaints about posted households: inside its window a complaint holds the household back."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.households.aliases import known_as
from api.idempotency import new_id
from api.problems import FieldError, IllegalStage, Invalid
from api.procedure import records
from api.procedure.complaint_schemas import ComplaintCreate
from api.procedure.postings import POSTING, posting_not_found
from api.procedure.tables import Complaint, ComplaintState, PostingKind
from api.reviews import steps
from api.reviews.cases import CASE, Case, hold_cases, move_cases
from api.reviews.procedure_law import procedure
from api.reviews.rounds import hold_round
from api.reviews.tables import CaseStage

COMPLAINT = Complaint.__table__  # type: ignore[attr-defined]

_SENT = ("posting_id", "complainant", "received_on", "content")
# A household that is on its way through another complaint is held already: this one goes the same way.
_HELD_ALREADY = (CaseStage.complained, CaseStage.re_verified)


def register_complaint(session: Session, actor: Actor, body: ComplaintCreate, key: str | None) -> UUID:
    """Stores a complaint about a household of a posted list. Late ones are stored too, and hold nobody back.

    Raises NotFound, Invalid (not on that list; before the posting), IllegalStage (third path; the outcome of another
    complaint is about to be posted: then this one is about the new posting).
    """
    query = select(POSTING).where(POSTING.c.id == body.posting_id, actor.scope.covers(POSTING.c.area_id))
    posting = session.execute(query).one_or_none()
    if posting is None:
        raise posting_not_found()
    if posting.kind == PostingKind.living_standard:
        raise _third_path()
    if body.received_on < posting.posted_on:
        raise Invalid(errors=(_before_the_posting(posting.posted_on),))
    row = hold_round(session, actor.scope, posting.round_id)
    case = _held_case(session, posting, body.household_id)
    complaint_id = new_id(actor.account_id, "complaint", body.id, key)
    sent = {"household_id": case.household_id, **{name: getattr(body, name) for name in _SENT}}
    if records.made_before(session, COMPLAINT, complaint_id, sent, by_key=bool(key) and body.id is None) is not None:
        return complaint_id
    records.require_open(row)
    inside = body.received_on <= posting.last_day
    if inside and case.stage is CaseStage.decided:
        raise _post_first(row)
    holds = inside and case.stage is not CaseStage.recognised
    due_on = procedure(row.procedure_code, row.procedure_version).re_verification_days.last_day(body.received_on)
    joined = _joined(session, case) if holds else {}
    store_complaint(session, actor, complaint_id, sent, round_id=row.id, holds=holds, due_on=due_on, **joined)
    if holds and case.stage not in _HELD_ALREADY:
        stage = CaseStage(steps.after("case", "complain", case.stage, {"window_is_open"}))
        move_cases(session, actor, [case._replace(stage=stage)])
    return complaint_id


def store_complaint(
    session: Session,
    actor: Actor,
    complaint_id: UUID,
    sent: dict[str, Any],
    *,
    round_id: UUID | None,
    holds: bool,
    due_on: date,
    **more: Any,
) -> None:
    """The row of a complaint, also of the third path (which has no round)."""
    state = {"state": ComplaintState.open.value, "registered_by": actor.account_id} | more
    row = records.new_row(complaint_id, sent, round_id=round_id, holds=holds, due_on=due_on, **state)
    session.execute(insert(COMPLAINT).values(**row))
    audit.record(
        session, actor, "complaints.register", "household", [sent["household_id"]], complaint=str(complaint_id)
    )


def _held_case(session: Session, posting: Row[Any], household_id: UUID) -> Case:
    """The case of a posted household, under whatever id it is named. Raises Invalid where it is not on that list."""
    named = records.listed(session, [household_id, *posting.household_ids])
    asked = named.get(household_id)
    posted = [i for i in posting.household_ids if asked and named[i].household_id == asked.household_id]
    if not asked or not posted:
        raise Invalid(errors=(_NOT_POSTED,))
    own = asked.household_id if asked.household_id in posted else posted[0]
    return hold_cases(session, CASE.c.round_id == posting.round_id, CASE.c.household_id == own)[0]


def _joined(session: Session, case: Case) -> dict[str, Any]:
    """Of a household that was re-verified meanwhile: that check answers this complaint too."""
    if case.stage is not CaseStage.re_verified:
        return {}
    first = held_complaints(session, case, ComplaintState.re_verified)[0]
    copied = ("state", "re_verified_on", "re_verified_by", "review_id", "review_before_id", "finding")
    return {name: getattr(first, name) for name in copied}


def held_complaints(session: Session, case: Case, state: ComplaintState) -> list[Row[Any]]:
    """The complaints that hold a case back, in this state; locked, in the order of their ids."""
    query = select(COMPLAINT).where(
        COMPLAINT.c.round_id == case.round_id,
        COMPLAINT.c.household_id.in_(known_as(case.household_id)),
        COMPLAINT.c.holds,
        COMPLAINT.c.state == state,
    )
    return list(session.execute(query.order_by(COMPLAINT.c.id).with_for_update(of=COMPLAINT)))


def _third_path() -> IllegalStage:
    return IllegalStage(
        "Kiến nghị về hộ có mức sống trung bình, người lao động có thu nhập thấp được ghi tại hồ sơ của hộ đó.",
        "A complaint about an average living standard is recorded at the case of that household.",
        stage="posted",
        missing=[],
        allowed=[],
    )


def _post_first(row: Row[Any]) -> IllegalStage:
    return IllegalStage(
        "Kiến nghị trước về hộ này vừa được kết luận; hãy niêm yết kết quả rồi ghi kiến nghị vào lần niêm yết đó.",
        "An earlier complaint was just decided: post its outcome, then register this one for that posting.",
        stage=row.stage,
        missing=[],
        allowed=[],
    )


def _before_the_posting(day: date) -> FieldError:
    return FieldError(
        "#/received_on",
        "before_the_posting",
        f"Kiến nghị không thể trước ngày niêm yết ({day:%d/%m/%Y}).",
        f"A complaint cannot come before the list was posted ({day}).",
    )


_NOT_POSTED = FieldError(
    "#/household_id",
    "not_posted",
    "Hộ này không có trong danh sách của lần niêm yết đó.",
    "This household is not on the list of that posting.",
)
