"""Reads loans: the bank and the commune officer see all of one, others that it exists (the plan, VI.2)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.credit.schemas import LoanOut
from api.credit.tables import Loan, LoanState
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import head_name
from api.households.stored import home_of
from api.problems import NotFound
from api.reviews.queries import under
from api.schema import Page

LOAN = Loan.__table__  # type: ignore[attr-defined]
# of a loan that somebody only may know to exist
WITHHELD = ("state_since", "member_id", "purpose", "amount_vnd", "outstanding_vnd", "term_months", "contract_no")


def loans_of(actor: Actor) -> Select[Any]:
    """The loans of households in the actor's areas, each under the household of today."""
    amounts = actor.scope_of(Permission.credit_amounts).covers(HAMLET)
    query = at_home(
        select(
            LOAN,
            HOUSEHOLD.c.id.label("home"),
            HAMLET,
            head_name().label("head_name"),
            amounts.label("sees_amounts"),
        ).select_from(LOAN),
        LOAN.c.household_id,
    )
    return query.where(actor.scope.covers(HAMLET))


def loan(session: Session, actor: Actor, loan_id: UUID) -> LoanOut:
    """One loan. Raises NotFound outside of the actor's areas."""
    row = session.execute(loans_of(actor).where(LOAN.c.id == loan_id)).one_or_none()
    if row is None:
        raise no_such_loan()
    audit.record(session, actor, "loans.read", "household", [row.home])
    return _out(row)


def no_such_loan() -> NotFound:
    return NotFound("Không tìm thấy khoản vay này.", "There is no such loan.")


def loans(
    session: Session,
    actor: Actor,
    *,
    household_id: UUID | None,
    area_id: UUID | None,
    policy: str | None,
    state: LoanState | None,
    limit: int,
    cursor: str | None,
) -> Page[LoanOut]:
    """The loans of my areas, newest first; one statement besides the log and the household of today."""
    query = loans_of(actor).order_by(LOAN.c.lent_on.desc(), LOAN.c.id.desc())
    home = home_of(session, household_id)
    for column, value in ((HOUSEHOLD.c.id, home), (LOAN.c.policy, policy), (LOAN.c.state, state)):
        if value is not None:
            query = query.where(column == value)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, HAMLET))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(LOAN.c.lent_on, LOAN.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.lent_on.isoformat(), str(row.id)))
    audit.record(session, actor, "loans.list", "household", dict.fromkeys(row.home for row in shown))
    return Page[LoanOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def _out(row: Row[Any]) -> LoanOut:
    withheld = [] if row.sees_amounts else list(WITHHELD)
    stored = {name: getattr(row, name) for name in LoanOut.model_fields if name in row._fields}
    return LoanOut(**stored | dict.fromkeys(withheld) | {"household_id": row.home, "withheld": withheld})
