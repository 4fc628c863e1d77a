"""The third path: a case is opened, its income measured, posted at the commune, perhaps complained about and measured
again, and cleared; the chair recognises by a decision (living_standard_decisions.py). No community meeting."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.households.homes import require_home
from api.households.wire_records import MEMBER
from api.idempotency import new_id
from api.problems import Conflict, FieldError, IllegalStage, Invalid, NotFound, SeparationOfDuties
from api.procedure.complaints import COMPLAINT, store_complaint
from api.procedure.postings import POSTING, store_posting
from api.procedure.records import reused
from api.procedure.tables import ComplaintState, PostingKind
from api.recognitions import living_standard_queries as queries
from api.recognitions.books import commune_of
from api.recognitions.living_standard_law import known_bounds
from api.recognitions.living_standard_queries import LIVING
from api.recognitions.living_standard_schemas import (
    CaseComplaintIn,
    CaseIn,
    CaseOut,
    CasePostingIn,
    ComplainedOut,
    IncomeIn,
    ReMeasuredIn,
)
from api.recognitions.tables import LivingStandardKind, LivingStandardStage
from api.reviews import steps
from api.reviews.procedure_law import Term, procedure_on
from api.reviews.queries import requests_of
from api.reviews.rounds import expect_version
from api.reviews.tables import Request, RequestKind

_REQUEST = Request.__table__  # type: ignore[attr-defined]
_ENDED = (LivingStandardStage.recognised, LivingStandardStage.refused)


def open_case(session: Session, actor: Actor, body: CaseIn, key: str | None) -> CaseOut:
    """A case of a household, or of one of its workers. The same id or key again gives what is stored.

    Raises NotFound (household, member or request that is not there), Invalid (a worker for a household's kind, or none
    for a worker's), IllegalStage where the request is refused in writing, Conflict while another case of the same kind
    is under way.
    """
    case_id = new_id(actor.account_id, "living_standard_case", body.id, key)
    home = require_home(session, actor.scope, body.household_id)
    asked = body.model_dump(exclude={"id"})
    stored = session.execute(select(LIVING).where(LIVING.c.id == case_id)).one_or_none()
    if stored is not None:
        if {name: getattr(stored, name) for name in asked} != asked:
            raise reused(by_key=bool(key) and body.id is None)
        return queries.case(session, actor, case_id)
    _check_member(session, body)
    _check_request(session, actor, body)
    under_way = select(LIVING.c.id).where(
        LIVING.c.household_id == home.id,
        LIVING.c.kind == body.kind,
        LIVING.c.member_id.is_not_distinct_from(body.member_id),
        LIVING.c.stage.not_in(_ENDED),
    )
    if session.scalar(under_way) is not None:
        raise Conflict("Hộ đang có hồ sơ cùng loại chưa xong.", "A case of this kind is under way already.")
    values: dict[str, Any] = asked | {"id": case_id, "stage": LivingStandardStage.requested, "worksheet": {}}
    now = clock.now()
    session.execute(insert(LIVING).values(**values, opened_on=clock.today(), version=1, created_at=now, updated_at=now))
    audit.record(session, actor, "living_standard.open", "household", [home.id], kind=body.kind)
    return queries.case(session, actor, case_id)


def _check_member(session: Session, body: CaseIn) -> None:
    if (body.member_id is not None) != (body.kind is LivingStandardKind.low_income_worker):
        vi = "Chỉ hồ sơ người lao động có thu nhập thấp mới nêu người lao động, và phải nêu."
        en = "A low-income worker has to be named, and only with that kind."
        raise Invalid(vi, en, errors=(FieldError("#/member_id", "worker_and_kind", vi, en),))
    lives = MEMBER.c.household_id == body.household_id, MEMBER.c.left_on.is_(None)
    if (
        body.member_id is not None
        and session.scalar(select(MEMBER.c.id).where(MEMBER.c.id == body.member_id, *lives)) is None
    ):
        raise NotFound("Không tìm thấy người này trong hộ.", "There is no such person in the household.")


def _check_request(session: Session, actor: Actor, body: CaseIn) -> None:
    # held against who signs its refusal meanwhile, which would end the cases it finds
    query = requests_of(actor, _REQUEST.c.id == body.request_id)
    row = session.execute(query.with_for_update(of=_REQUEST, read=True, key_share=True)).one_or_none()
    if row is None or row.home != body.household_id or row.kind != RequestKind.average_living_standard:
        raise NotFound(
            "Không tìm thấy giấy đề nghị xác định mức sống trung bình của hộ này.",
            "The household has no such request of the third path.",
        )
    if row.refused_on is not None:
        raise IllegalStage(
            f"Giấy này đã bị từ chối bằng văn bản số {row.refusal_number} ngày {row.refused_on:%d/%m/%Y}; "
            "hãy nhận giấy đề nghị mới.",
            f"This request was refused by the letter no. {row.refusal_number} of {row.refused_on}; take a new one.",
        )


def _hold(session: Session, actor: Actor, living_standard_id: UUID, read: int | None) -> Row[Any]:
    """The case under lock. Raises NotFound, StaleVersion."""
    query = queries.cases_of(actor.scope, clock.today()).where(LIVING.c.id == living_standard_id)
    row = session.execute(query.with_for_update(of=LIVING)).one_or_none()
    if row is None:
        raise queries.no_such_case()
    expect_version(row, read)
    return row


def _move(session: Session, actor: Actor, row: Row[Any], action: str, *holding: str, **changes: Any) -> CaseOut:
    stage = steps.after("living_standard", action, row.stage, holding)
    session.execute(
        update(LIVING)
        .where(LIVING.c.id == row.id)
        .values(stage=stage, version=row.version + 1, updated_at=clock.now(), **changes)
    )
    audit.record(session, actor, f"living_standard.{action}", "household", [row.home])
    return queries.case(session, actor, row.id)


def measure(session: Session, actor: Actor, living_standard_id: UUID, read: int | None, body: IncomeIn) -> CaseOut:
    """Keeps the income sheet. Measuring again before the posting replaces it. Raises NotFound, IllegalStage."""
    row = _hold(session, actor, living_standard_id, read)
    return _move(session, actor, row, "measure", **body.model_dump(), measured_by=actor.account_id)


def post(session: Session, actor: Actor, living_standard_id: UUID, read: int | None, body: CasePostingIn) -> CaseOut:
    """Posts a case whose sheet qualifies; one that does not is refused in writing. Raises Conflict, IllegalStage."""
    row = _hold(session, actor, living_standard_id, read)
    steps.after("living_standard", "post", row.stage)
    found = queries.judged(row, known_bounds(session))
    if not found.qualifies:
        raise Conflict(
            "Kết quả xác định thu nhập chưa đủ điều kiện công nhận; hãy bổ sung, hoặc trả lời từ chối bằng văn bản.",
            "The income sheet does not qualify (yet); complete it, or refuse the request in writing.",
            reasons=list(found.reasons),
        )
    if body.posted_on < row.measured_on:
        vi, en = "Ngày niêm yết trước ngày xác định thu nhập.", "The posting lies before the measuring."
        raise Invalid(vi, en, errors=(FieldError("#/posted_on", "before_measuring", vi, en),))
    term: Term = procedure_on(body.posted_on, "regular").living_standard.posting_days
    posting_id = uuid4()
    hung = {"kind": PostingKind.living_standard, "places": ["commune_office"], **body.model_dump()}
    area_id = commune_of(session, row.hamlet_id, actor.scope)
    last_day = term.last_day(body.posted_on)
    store_posting(session, actor, posting_id, hung, area_id=area_id, last_day=last_day, household_ids=[row.home])
    return _move(session, actor, row, "post", posting_id=posting_id)


def complain(
    session: Session, actor: Actor, living_standard_id: UUID, read: int | None, body: CaseComplaintIn
) -> ComplainedOut:
    """Registers a complaint that came inside the days of the posting, which ends with it. Raises IllegalStage for a
    later one."""
    row = _hold(session, actor, living_standard_id, read)
    inside = row.posted_until is not None and body.received_on <= row.posted_until
    moved = _move(session, actor, row, "complain", *(["window_is_open"] if inside else []))
    term: Term = procedure_on(body.received_on, "regular").living_standard.re_verification_days
    said = {"household_id": row.home, "posting_id": row.posting_id, **body.model_dump()}
    due_on = term.last_day(body.received_on)
    store_complaint(session, actor, uuid4(), said, round_id=None, holds=True, due_on=due_on)
    _end_posting(session, actor, row.posting_id)
    return ComplainedOut(id=moved.id, version=moved.version, stage=moved.stage)


def re_measure(
    session: Session, actor: Actor, living_standard_id: UUID, read: int | None, body: ReMeasuredIn
) -> CaseOut:
    """The re-verification, by somebody else than who measured; it is posted again. Raises SeparationOfDuties."""
    row = _hold(session, actor, living_standard_id, read)
    steps.after("living_standard", "re_verify", row.stage)
    if row.measured_by == actor.account_id:
        raise SeparationOfDuties(
            "Người đã xác định thu nhập lần đầu không được phúc tra; hãy phân công người khác.",
            "Who measured first does not re-verify; somebody else has to.",
        )
    session.execute(
        update(COMPLAINT)
        .where(COMPLAINT.c.posting_id == row.posting_id, COMPLAINT.c.state == ComplaintState.open)
        .values(
            state=ComplaintState.re_verified,
            re_verified_on=body.measured_on,
            re_verified_by=actor.account_id,
            finding=body.finding,
            version=COMPLAINT.c.version + 1,
            updated_at=clock.now(),
        )
    )
    sheet = body.model_dump(exclude={"finding"})
    return _move(session, actor, row, "re_verify", **sheet, measured_by=actor.account_id)


def end_posting(session: Session, actor: Actor, living_standard_id: UUID, read: int | None) -> CaseOut:
    """After the last day of the posting the case waits for the decision. Raises IllegalStage before."""
    row = _hold(session, actor, living_standard_id, read)
    over = row.posted_until is not None and clock.today() > row.posted_until
    moved = _move(session, actor, row, "end_posting", *(["posting_is_over"] if over else []))
    _end_posting(session, actor, row.posting_id)
    return moved


def _end_posting(session: Session, actor: Actor, posting_id: UUID) -> None:
    session.execute(
        update(POSTING)
        .where(POSTING.c.id == posting_id, POSTING.c.ended_on.is_(None))
        .values(
            ended_on=clock.today(),
            ended_by=actor.account_id,
            version=POSTING.c.version + 1,
            updated_at=clock.now(),
        )
    )
