"""Reads the ledger of a round: its opening, its closing, the decisions between them, and the households behind."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.households.homes import HAMLET
from api.households.search import NAMED, named_today
from api.households.stored import among
from api.problems import Conflict, NotFound
from api.recognitions.books import AREA
from api.recognitions.closing import last_closed
from api.recognitions.decision_queries import DECISION, LINE
from api.recognitions.movement_schemas import CountOut, LedgerColumn, LedgerLevel, MovedOut, MovementsOut, RowOut
from api.recognitions.movements import CLASSES, Entry, Stands, entries, ledger, total
from api.recognitions.small_counts import ledger_without_small_counts
from api.recognitions.standings import hamlets_of, stands_on
from api.recognitions.tables import DecisionState, Standing
from api.reviews.rounds import ROUND
from api.reviews.tables import RoundKind
from api.schema import Page
from api.suppression import least_told

_STANDING = Standing.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Period:
    """What the ledger of a round lies between. `opening_round_id` None: it is the first one of the commune."""

    row: Row[Any]
    opening_round_id: UUID | None
    opening_on: date
    closing_on: date


def movements(
    session: Session, actor: Actor, round_id: UUID, level: LedgerLevel, classes: Sequence[str] = CLASSES
) -> MovementsOut:
    """The ledger of a round by hamlet, or of its commune as one area; of the areas that are the actor's.

    A fixed number of statements. Raises NotFound, Conflict for a training round: nothing moves in it.
    """
    period = _period(session, actor.scope, round_id)
    found = _entries(session, period, level)
    areas = _mine(session, actor.scope, _areas(session, period, found, level))
    rows = ledger([entry for entry in found if entry.area_id in set(areas)], areas, classes)
    totals = []
    for poverty_class in classes:
        some = [row for row in rows if row.poverty_class == poverty_class]
        households, persons = total(row.households for row in some), total(row.persons for row in some)
        totals.append(_row_out(period.row.area_id, poverty_class, households, persons))
    told = MovementsOut(
        round_id=round_id,
        area_id=period.row.area_id,
        level=level,
        opening_source="recognitions" if period.opening_round_id is None else "standing",
        opening_round_id=period.opening_round_id,
        opening_on=period.opening_on,
        closing_source="current" if period.row.closed_on is None else "standing",
        closing_on=period.closing_on,
        rows=[_row_out(row.area_id, row.poverty_class, row.households, row.persons) for row in rows],
        totals=totals,
        suppressed=False,
    )
    whole = _mine(session, actor.tells_all(Permission.indicators_read), areas) == areas
    return told if whole else ledger_without_small_counts(told, least_told(clock.today()))


def _row_out(area_id: UUID, poverty_class: Any, households: Any, persons: Any) -> RowOut:
    return RowOut(
        area_id=area_id,
        poverty_class=poverty_class,
        households=CountOut(**asdict(households)),
        persons=CountOut(**asdict(persons)),
    )


def round_ledger(session: Session, scope: Scope, round_id: UUID) -> tuple[Period, list[Entry]]:
    """What a round's ledger lies between, and where each household of the commune stands in those of its hamlets.

    Raises NotFound, Conflict for a training round. Whoever calls leaves out the hamlets that are not the caller's.
    """
    period = _period(session, scope, round_id)
    return period, _entries(session, period, "hamlet")


def moved(
    session: Session,
    actor: Actor,
    round_id: UUID,
    *,
    hamlet_id: UUID | None,
    poverty_class: str,
    column: LedgerColumn,
    limit: int,
    cursor: str | None,
) -> Page[MovedOut]:
    """The households behind a number of the ledger, of those the actor may list; without a hamlet: the commune's."""
    period = _period(session, actor.scope, round_id)
    level: Literal["hamlet", "commune"] = "commune" if hamlet_id is None else "hamlet"
    behind = {
        entry.household_id: entry
        for entry in _entries(session, period, level)
        if (entry.poverty_class, entry.column) == (poverty_class, column.value)
        and entry.area_id == (hamlet_id or period.row.area_id)
    }
    query = named_today(actor, behind).where(actor.scope.covers(HAMLET))
    after = paging.decode(cursor, UUID)
    if after is not None:
        query = query.where(NAMED.c.id > after[0])
    rows = session.execute(query.order_by(NAMED.c.id).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (str(row.named),))
    audit.record(session, actor, "movements.households", "household", dict.fromkeys(row.id for row in shown))
    return Page[MovedOut](items=[_moved_out(row, behind[row.named]) for row in shown], next_cursor=next_cursor)


def _moved_out(row: Row[Any], entry: Entry) -> MovedOut:
    return MovedOut(
        household_id=row.id,
        household_no=row.household_no,
        head_name=row.head_name,
        area_id=entry.area_id,
        households=entry.households,
        persons=entry.persons,
    )


def _period(session: Session, scope: Scope, round_id: UUID) -> Period:
    row = session.execute(select(ROUND).where(ROUND.c.id == round_id, scope.touches(ROUND.c.area_id))).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")
    if row.kind == RoundKind.training:
        raise Conflict("Đợt tập huấn không có diễn biến hộ nghèo.", "Nothing moves in a training round.")
    before = row.opening_round_id if row.closed_on else last_closed(session, row.area_id)
    opening_on = None if before is None else session.scalar(select(ROUND.c.closed_on).where(ROUND.c.id == before))
    return Period(row, before, opening_on or row.opens_on - timedelta(days=1), row.closed_on or clock.today())


def _entries(session: Session, period: Period, level: LedgerLevel) -> list[Entry]:
    area_id = period.row.area_id
    if period.opening_round_id is None:
        opening = stands_on(session, area_id, period.opening_on)
    else:
        opening = _stood(session, period.opening_round_id)
    closing = (
        stands_on(session, area_id, period.closing_on)
        if period.row.closed_on is None
        else _stood(session, period.row.id)
    )
    decided = _decided(session, period)
    if level == "commune":
        return entries(opening, closing, decided, lambda _: area_id)
    return entries(opening, closing, decided)


def _stood(session: Session, round_id: UUID) -> dict[UUID, Stands]:
    rows = session.execute(select(_STANDING).where(_STANDING.c.round_id == round_id))
    return {row.household_id: Stands(row.hamlet_id, row.poverty_class, row.persons) for row in rows}


def _decided(session: Session, period: Period) -> dict[UUID, list[str]]:
    """Household -> its movements by the decisions of the period, in the order of their days."""
    query = (
        select(LINE.c.household_id, LINE.c.movement)
        .join(DECISION, DECISION.c.id == LINE.c.decision_id)
        .where(DECISION.c.area_id == period.row.area_id, DECISION.c.state == DecisionState.signed)
        .order_by(DECISION.c.decided_on, DECISION.c.updated_at, DECISION.c.id)
    )
    if period.row.closed_on is None:
        query = query.where(DECISION.c.ledger_round_id.is_(None))
    else:
        query = query.where(DECISION.c.ledger_round_id == period.row.id)
    if period.opening_round_id is None:  # what was decided before the opening is in it
        query = query.where(DECISION.c.decided_on > period.opening_on)
    found: dict[UUID, list[str]] = {}
    for row in session.execute(query):
        found.setdefault(row.household_id, []).append(row.movement)
    return found


def _areas(session: Session, period: Period, found: Sequence[Entry], level: LedgerLevel) -> list[UUID]:
    if level == "commune":
        return [period.row.area_id]
    hamlets = list(hamlets_of(session, period.row.area_id, period.closing_on))
    # a hamlet that has left the commune since the opening
    return hamlets + sorted({entry.area_id for entry in found} - set(hamlets))


def _mine(session: Session, scope: Scope, areas: Sequence[UUID]) -> list[UUID]:
    covered = set(session.scalars(select(AREA.c.id).where(among(AREA.c.id, areas), scope.covers(AREA.c.id))))
    return [area_id for area_id in areas if area_id in covered]
