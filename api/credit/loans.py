"""The bank records its loans: paid out, what is still owed, repaid, overdue, written off."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.credit import loan_queries as queries
from api.credit.loan_queries import LOAN
from api.credit.rules import FIELD
from api.credit.schemas import LoanIn, LoanOut, LoanPatch
from api.credit.tables import LoanState
from api.households.class_view import household_class
from api.households.homes import HOUSEHOLD
from api.households.search import visible
from api.households.stored import Lock, hold_households, survivor_of
from api.idempotency import new_id
from api.interventions.places import require_member
from api.problems import FieldError, Invalid, NotFound
from api.procedure.records import change, new_row, reused
from api.programmes.catalogue import catalogue
from api.reviews.rounds import expect_version

_OWES = (LoanState.active, LoanState.overdue)


def record_loan(session: Session, actor: Actor, body: LoanIn, key: str | None) -> LoanOut:
    """A loan of a household that the bank may see: recognised today, or a borrower. The same id or key again gives what
    is stored; a household that was merged away is its survivor.

    Raises NotFound, Invalid (a policy that is none of credit, a sum that owes more than was lent), AlreadyExists.
    """
    loan_id = new_id(actor.account_id, "loan", body.id, key)
    home = survivor_of(session, body.household_id) or body.household_id
    # whoever sends the same loan twice at once waits here for the first one
    held = hold_households(session, actor.scope, [home], Lock.edit)
    stored = session.execute(select(LOAN).where(LOAN.c.id == loan_id)).one_or_none()
    if home in held.mine and stored is not None:
        return _sent_again(session, actor, stored, body, home, by_key=bool(key) and body.id is None)
    if home not in held.mine or not _seen(session, actor, home):
        raise NotFound("Không tìm thấy hộ này.", "There is no such household.")
    require_policy(body.policy, "#/policy")
    if body.member_id is not None:
        require_member(session, home, body.member_id)
    owed = body.amount_vnd if body.outstanding_vnd is None else body.outstanding_vnd
    _check_owed(LoanState.active, owed, body.amount_vnd)
    sent = body.model_dump(exclude={"id"}) | {"household_id": home, "outstanding_vnd": owed}
    first = {"state": LoanState.active, "state_since": body.lent_on, "recorded_by": actor.account_id}
    session.execute(insert(LOAN).values(**new_row(loan_id, sent, **first)))
    audit.record(session, actor, "loans.record", "household", [home], policy=body.policy)
    return queries.loan(session, actor, loan_id)


def _sent_again(session: Session, actor: Actor, stored: Any, body: LoanIn, home: UUID, by_key: bool) -> LoanOut:
    """What can have changed since it was recorded (what is owed, the term) is not compared."""
    same = ("member_id", "policy", "amount_vnd", "lent_on")
    where = survivor_of(session, stored.household_id) or stored.household_id
    if where != home or any(getattr(stored, name) != getattr(body, name) for name in same):
        raise reused(by_key)
    return queries.loan(session, actor, stored.id)


def _seen(session: Session, actor: Actor, household_id: UUID) -> bool:
    """Is it a household that this caller may list? The bank sees recognised households and its borrowers only."""
    query = (
        select(HOUSEHOLD.c.id)
        .outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
        .where(HOUSEHOLD.c.id == household_id, visible(actor))
    )
    return session.scalar(query) is not None


def require_policy(code: str, pointer: str) -> None:
    """Raises Invalid for a code that is no policy of credit."""
    policy = catalogue().policies.get(code)
    if policy is None or policy.field != FIELD:
        vi, en = "Không có chương trình tín dụng nào mang mã này.", "No policy of credit has this code."
        raise Invalid(vi, en, errors=(FieldError(pointer, "unknown_policy", vi, en),))


def change_loan(session: Session, actor: Actor, loan_id: UUID, read: int | None, body: LoanPatch) -> LoanOut:
    """What the bank says of a loan now. Any state may follow any other: its own books decide, and a wrong entry is set
    right by the next one; both stay in the log.

    Raises NotFound, StaleVersion, Invalid (a day before the loan, repaid and still owing).
    """
    query = queries.loans_of(actor).where(LOAN.c.id == loan_id).with_for_update(of=LOAN)
    row = session.execute(query).one_or_none()
    if row is None:
        raise queries.no_such_loan()
    expect_version(row, read)
    said = body.model_dump(exclude_none=True)
    if said.get("state", row.state) != row.state and "state_since" not in said:
        said["state_since"] = clock.today()
    state = LoanState(said.get("state", row.state))
    if state is LoanState.repaid and "outstanding_vnd" not in said:
        said["outstanding_vnd"] = 0
    _check_owed(state, said.get("outstanding_vnd", row.outstanding_vnd), row.amount_vnd)
    _check_day(said.get("state_since", row.state_since), row.lent_on)
    changed = {name: value for name, value in said.items() if getattr(row, name) != value}
    if changed:
        change(session, LOAN, row, None, **changed)
        audit.record(session, actor, "loans.change", "household", [row.home], fields=sorted(changed))
    return queries.loan(session, actor, loan_id)


def _check_owed(state: LoanState, owed: int, lent: int) -> None:
    if owed > lent:
        vi, en = "Dư nợ lớn hơn số tiền đã cho vay.", "More is owed than was lent."
        raise Invalid(vi, en, errors=(FieldError("#/outstanding_vnd", "above_amount", vi, en),))
    if state is LoanState.repaid and owed:
        vi, en = "Khoản vay đã trả hết thì không còn dư nợ.", "A repaid loan owes nothing."
        raise Invalid(vi, en, errors=(FieldError("#/outstanding_vnd", "repaid_and_owing", vi, en),))
    if state in _OWES and not owed:
        vi = "Không còn dư nợ thì ghi trạng thái đã trả hết (repaid) cùng ngày trả; còn nợ thì ghi số dư nợ."
        en = "Nothing owed: record the state `repaid` with its day. Something owed: say how much (`outstanding_vnd`)."
        raise Invalid(vi, en, errors=(FieldError("#/state", "owes_nothing", vi, en),))


def _check_day(since: date, lent_on: date) -> None:
    if since < lent_on:
        vi, en = "Ngày thay đổi trước ngày cho vay.", "The day lies before the loan."
        raise Invalid(vi, en, errors=(FieldError("#/state_since", "before_loan", vi, en),))
