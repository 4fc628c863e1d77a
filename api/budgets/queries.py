"""Reads lines, commitments and movements of money. Lines are seen where they are planned, and in what became of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import paging
from api.areas.scope import Scope
from api.budgets.schemas import CommitmentOut, LineOut, MovementOut
from api.budgets.tables import BudgetLine, Commitment, CommitmentState, MoneyMovement, MovementKind
from api.plans.places import inside
from api.plans.tables import MoneyLevel, MoneySource
from api.problems import NotFound
from api.schema import Page

LINE = BudgetLine.__table__  # type: ignore[attr-defined]
COMMITMENT = Commitment.__table__  # type: ignore[attr-defined]
MOVEMENT = MoneyMovement.__table__  # type: ignore[attr-defined]


def lines_of(scope: Scope) -> Select[Any]:
    return select(LINE).where(scope.touches(LINE.c.area_id))


def commitments_of(scope: Scope) -> Select[Any]:
    return select(COMMITMENT).join(LINE, LINE.c.id == COMMITMENT.c.budget_line_id).where(scope.touches(LINE.c.area_id))


def movements_of(scope: Scope) -> Select[Any]:
    return select(MOVEMENT).join(LINE, LINE.c.id == MOVEMENT.c.budget_line_id).where(scope.touches(LINE.c.area_id))


def line_row(session: Session, scope: Scope, budget_line_id: UUID) -> Row[Any]:
    """The stored line. Raises NotFound outside of these areas."""
    row = session.execute(lines_of(scope).where(LINE.c.id == budget_line_id)).one_or_none()
    if row is None:
        raise no_such_line()
    return row


def commitment_row(session: Session, scope: Scope, commitment_id: UUID) -> Row[Any]:
    """The stored commitment. Raises NotFound outside of these areas."""
    row = session.execute(commitments_of(scope).where(COMMITMENT.c.id == commitment_id)).one_or_none()
    if row is None:
        raise no_such_commitment()
    return row


def movement_row(session: Session, scope: Scope, movement_id: UUID) -> Row[Any]:
    """The stored movement. Raises NotFound outside of these areas."""
    row = session.execute(movements_of(scope).where(MOVEMENT.c.id == movement_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy bút toán này.", "There is no such movement of money.")
    return row


def no_such_line() -> NotFound:
    return NotFound("Không tìm thấy dòng ngân sách này.", "There is no such line of the budget.")


def no_such_commitment() -> NotFound:
    return NotFound("Không tìm thấy cam kết này.", "There is no such commitment.")


def line(session: Session, scope: Scope, budget_line_id: UUID) -> LineOut:
    """One line with its sums. Raises NotFound."""
    return line_out(line_row(session, scope, budget_line_id))


def commitment(session: Session, scope: Scope, commitment_id: UUID) -> CommitmentOut:
    """One commitment with its sums. Raises NotFound."""
    return commitment_out(commitment_row(session, scope, commitment_id))


def lines(
    session: Session,
    scope: Scope,
    *,
    area_id: UUID | None,
    year: int | None,
    source: MoneySource | None,
    level: MoneyLevel | None,
    component: str | None,
    plan_item_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[LineOut]:
    """The lines of my areas, newest year first."""
    asked = {"year": year, "source": source, "level": level, "component": component, "plan_item_id": plan_item_id}
    query = _only(lines_of(scope), LINE, asked).order_by(LINE.c.year.desc(), LINE.c.id)
    if area_id is not None:
        query = query.where(inside(area_id, scope.day, LINE.c.area_id))
    after = paging.decode(cursor, int, UUID)
    if after is not None:
        query = query.where(tuple_(-LINE.c.year, LINE.c.id) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (-row.year, str(row.id)))
    return Page[LineOut](items=[line_out(row) for row in shown], next_cursor=next_cursor)


def commitments(
    session: Session,
    scope: Scope,
    *,
    area_id: UUID | None,
    budget_line_id: UUID | None,
    intervention_id: UUID | None,
    state: CommitmentState | None,
    limit: int,
    cursor: str | None,
) -> Page[CommitmentOut]:
    """The commitments of my areas, newest first."""
    asked = {"budget_line_id": budget_line_id, "intervention_id": intervention_id, "state": state}
    query = _only(commitments_of(scope), COMMITMENT, asked)
    query = query.order_by(COMMITMENT.c.created_at.desc(), COMMITMENT.c.id.desc())
    if area_id is not None:
        query = query.where(inside(area_id, scope.day, LINE.c.area_id))
    after = paging.decode(cursor, datetime.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(COMMITMENT.c.created_at, COMMITMENT.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.created_at.isoformat(), str(row.id)))
    return Page[CommitmentOut](items=[commitment_out(row) for row in shown], next_cursor=next_cursor)


def movements(
    session: Session,
    scope: Scope,
    *,
    area_id: UUID | None,
    budget_line_id: UUID | None,
    commitment_id: UUID | None,
    kind: MovementKind | None,
    from_day: date | None,
    to_day: date | None,
    limit: int,
    cursor: str | None,
) -> Page[MovementOut]:
    """The journal of my areas, newest booking first; `from_day` and `to_day` inclusive."""
    asked = {"budget_line_id": budget_line_id, "commitment_id": commitment_id, "kind": kind}
    place = (MOVEMENT.c.booked_on, MOVEMENT.c.recorded_at, MOVEMENT.c.id)
    query = _only(movements_of(scope), MOVEMENT, asked).order_by(*(column.desc() for column in place))
    if area_id is not None:
        query = query.where(inside(area_id, scope.day, LINE.c.area_id))
    if from_day is not None:
        query = query.where(MOVEMENT.c.booked_on >= from_day)
    if to_day is not None:
        query = query.where(MOVEMENT.c.booked_on <= to_day)
    after = paging.decode(cursor, date.fromisoformat, datetime.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(*place) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, _place)
    return Page[MovementOut](items=[movement_out(row) for row in shown], next_cursor=next_cursor)


def _place(row: Row[Any]) -> tuple[str, str, str]:
    return row.booked_on.isoformat(), row.recorded_at.isoformat(), str(row.id)


def _only(query: Select[Any], table: Any, asked: dict[str, Any]) -> Select[Any]:
    return query.where(*(table.c[name] == value for name, value in asked.items() if value is not None))


def line_out(row: Row[Any]) -> LineOut:
    stored = {name: getattr(row, name) for name in LineOut.model_fields if name in row._fields}
    return LineOut(**stored | {"remaining_vnd": row.approved_vnd - row.committed_vnd})


def commitment_out(row: Row[Any]) -> CommitmentOut:
    return CommitmentOut(**{name: getattr(row, name) for name in CommitmentOut.model_fields})


def movement_out(row: Row[Any]) -> MovementOut:
    return MovementOut(**{name: getattr(row, name) for name in MovementOut.model_fields})
