"""The end of a line's year: everything paid out is settled, and the rest is given back or carried over.

Money that was not used by the end of the year is cancelled unless it may be carried over (Luật Ngân sách nhà nước
2015, Điều 64); which of the two is said by whoever closes the line, never assumed.
"""

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, or_, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.budgets import queries
from api.budgets.booking import book, hold_line, hold_line_of_item, require_open
from api.budgets.days import require_after_approval, require_last
from api.budgets.lines import require_planned
from api.budgets.queries import COMMITMENT, LINE, MOVEMENT
from api.budgets.schemas import ClosingIn, LineOut
from api.budgets.tables import CommitmentState, MovementKind
from api.money import dong
from api.plans.places import is_or_became
from api.problems import Conflict, FieldError, IllegalStage, Invalid
from api.reviews.rounds import expect_version

_SAME = ("source", "level", "component")
_GIVEN_BACK, _CARRIED = "Khoá sổ: nộp trả phần chưa sử dụng", "Khoá sổ: chuyển nguồn sang năm sau"


def close(session: Session, actor: Actor, budget_line_id: UUID, read: int | None, body: ClosingIn) -> LineOut:
    """Closes a line; its rest is taken out by reversals of its allocations, and carried over by a new one.

    The same closing again changes nothing. Raises NotFound, StaleVersion, IllegalStage (closed already, or money that
    is committed and not paid out or settled), Invalid (a rest without a word about it, a day before the last movement),
    Conflict (a line to carry over to that is not the same money of the next year), AboveApproved (more than its item of
    the plan has).
    """
    line = hold_line(session, actor.scope, budget_line_id)
    # where nothing was left, nothing was carried over, whatever was said of it
    if line.closed_on == body.closed_on and line.carried_to_id == (body.to_line_id if line.rest_vnd else None):
        return queries.line_out(line)
    expect_version(line, read)
    require_open(line)
    _require_settled(session, line)
    require_last(session, line, body.closed_on)
    rest = int(line.approved_vnd - line.committed_vnd)
    _require_word(body, rest)
    carried_to = body.to_line_id if rest else None
    _take_out(session, actor, line, rest, body)
    if carried_to is not None:
        _carry_over(session, actor, line, carried_to, rest, body)
    session.execute(
        update(LINE)
        .where(LINE.c.id == line.id)
        .values(closed_on=body.closed_on, rest_vnd=rest, carried_to_id=carried_to, version=LINE.c.version + 1,
                updated_at=clock.now())
    )  # fmt: skip
    audit.record(session, actor, "money.close", "budget_line", [line.id], rest_vnd=rest, carried=carried_to is not None)
    return queries.line(session, actor.scope, line.id)


def _require_settled(session: Session, line: Row[Any]) -> None:
    unfinished = or_(
        COMMITMENT.c.state == CommitmentState.prepared,
        COMMITMENT.c.disbursed_vnd < COMMITMENT.c.committed_vnd,
        COMMITMENT.c.settled_vnd < COMMITMENT.c.disbursed_vnd,
    )
    query = select(COMMITMENT.c.id).where(COMMITMENT.c.budget_line_id == line.id, unfinished)
    found = session.scalars(query.order_by(COMMITMENT.c.created_at, COMMITMENT.c.id).limit(20)).all()
    if found:
        unpaid, unsettled = line.committed_vnd - line.disbursed_vnd, line.disbursed_vnd - line.settled_vnd
        raise IllegalStage(
            f"Chưa khoá sổ được: còn {dong(unpaid)} đã cam kết mà chưa chi, {dong(unsettled)} đã chi mà chưa "
            "quyết toán, hoặc cam kết chờ phê duyệt. Hãy chi, quyết toán, hoàn hoặc từ chối các cam kết được nêu.",
            f"Not to be closed yet: {unpaid} VND are committed and not paid out, {unsettled} paid out and not settled, "
            "or a commitment waits for the chair. Pay, settle, reverse or refuse the commitments named.",
            commitments=[str(one) for one in found],
            unpaid_vnd=unpaid,
            unsettled_vnd=unsettled,
        )


def _require_word(body: ClosingIn, rest: int) -> None:
    if rest and body.rest is None:
        vi = f"Còn {dong(rest)} chưa cam kết: hãy nêu nộp trả (given_back) hay chuyển nguồn (carried_over)."
        en = f"{rest} VND were not committed: say whether they are given back or carried over."
        raise Invalid(vi, en, errors=(FieldError("#/rest", "missing", vi, en),))
    if (body.to_line_id is not None) != (body.rest == "carried_over"):
        vi = "Chuyển nguồn phải nêu dòng ngân sách năm sau; nộp trả thì không."
        en = "Carrying over names the line of the next year; giving back does not."
        raise Invalid(vi, en, errors=(FieldError("#/to_line_id", "line_and_rest", vi, en),))


def _take_out(session: Session, actor: Actor, line: Row[Any], rest: int, body: ClosingIn) -> None:
    """Reverses allocations, the latest first, until the rest is out of the line. A line has a handful of them."""
    query = select(MOVEMENT).where(
        MOVEMENT.c.budget_line_id == line.id,
        MOVEMENT.c.kind == MovementKind.allocation,
        MOVEMENT.c.amount_vnd > MOVEMENT.c.reversed_vnd,
    )
    for allocation in session.execute(query.order_by(MOVEMENT.c.recorded_at.desc(), MOVEMENT.c.id)).all():
        taken = min(rest, allocation.amount_vnd - allocation.reversed_vnd)
        if taken == 0:
            return
        reversal = {
            "budget_line_id": line.id,
            "kind": MovementKind.allocation,
            "amount_vnd": -taken,
            "reverses_id": allocation.id,
            "booked_on": body.closed_on,
            "document_no": body.document_no,
            "reason": _CARRIED if body.rest == "carried_over" else _GIVEN_BACK,
        }
        book(session, actor, uuid5(line.id, f"closing:{allocation.id}"), reversal)
        rest -= taken


def _carry_over(session: Session, actor: Actor, line: Row[Any], to_id: UUID, rest: int, body: ClosingIn) -> None:
    target, item = hold_line_of_item(session, actor.scope, to_id, share=False)
    place = is_or_became(line.area_id, actor.scope.day, LINE.c.area_id)
    elsewhere = session.execute(select(LINE.c.id).where(LINE.c.id == target.id, place)).first() is None
    other = any(getattr(target, name) != getattr(line, name) for name in _SAME)
    if elsewhere or other or target.year != line.year + 1:
        raise Conflict(
            "Chỉ chuyển nguồn sang dòng ngân sách năm sau của cùng đơn vị, nguồn, cấp và hợp phần.",
            "Money is carried over to a line of the next year, of the same area, source, level and component.",
        )
    require_open(target)
    require_planned(session, target, item, rest)
    require_after_approval(item, body.closed_on, "#/closed_on")
    carried = {
        "budget_line_id": target.id,
        "kind": MovementKind.allocation,
        "amount_vnd": rest,
        "booked_on": body.closed_on,
        "document_no": body.document_no,
        "reason": f"{_CARRIED} ({line.year})",
    }
    book(session, actor, uuid5(line.id, f"carried:{target.id}"), carried)
