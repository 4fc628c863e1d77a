"""Reads lists 03/TD, and holds their lines against the recognitions of the day of the list."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, case, func, or_, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.credit.loan_queries import LOAN
from api.credit.rules import NEWLY_ESCAPED, ON_THE_LIST, Facts, Finding, ceiling, finding, twice
from api.credit.schemas import LoanLineOut, LoanListBrief, LoanListOut
from api.credit.tables import LoanList, LoanListLine, LoanListState, LoanState
from api.households.aliases import ends
from api.households.class_view import household_class_on
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import head_name
from api.households.stored import among
from api.households.tables import HouseholdStatus
from api.households.wire_records import MEMBER
from api.problems import NotFound
from api.programmes.catalogue import catalogue
from api.recognitions.standings import hamlet_on
from api.recognitions.tables import Recognition
from api.reviews.queries import under
from api.schema import Page

LIST = LoanList.__table__  # type: ignore[attr-defined]
LINE = LoanListLine.__table__  # type: ignore[attr-defined]
_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]
_STANDING = and_(LINE.c.list_id == LIST.c.id, LINE.c.taken_off.is_(None))


def lists_of(actor: Actor) -> Select[Any]:
    """The lists of hamlets in the actor's areas. Whoever does not draw them up (the bank) sees the confirmed ones."""
    own = actor.scope_of(Permission.interventions_write).covers(LIST.c.hamlet_id)
    counted = select(func.count()).where(_STANDING).correlate(LIST).scalar_subquery()
    asked = select(func.coalesce(func.sum(LINE.c.amount_vnd), 0)).where(_STANDING).correlate(LIST).scalar_subquery()
    return select(LIST, counted.label("line_count"), asked.label("amount_vnd"), own.label("draws_up")).where(
        actor.scope.covers(LIST.c.hamlet_id), or_(LIST.c.state == LoanListState.confirmed, own)
    )


def loan_lists(
    session: Session,
    actor: Actor,
    *,
    area_id: UUID | None,
    state: LoanListState | None,
    limit: int,
    cursor: str | None,
) -> Page[LoanListBrief]:
    """The lists of my areas, newest first, without their lines."""
    query = lists_of(actor).order_by(LIST.c.drawn_up_on.desc(), LIST.c.id.desc())
    if state is not None:
        query = query.where(LIST.c.state == state)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, LIST.c.hamlet_id))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(LIST.c.drawn_up_on, LIST.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.drawn_up_on.isoformat(), str(row.id)))
    return Page[LoanListBrief](items=[LoanListBrief(**_brief(row)) for row in shown], next_cursor=next_cursor)


def loan_list(session: Session, actor: Actor, loan_list_id: UUID) -> LoanListOut:
    """One list with its lines. A draft is checked as it is read; a confirmed one shows what was found then.

    Raises NotFound outside of the actor's areas.
    """
    row = session.execute(lists_of(actor).where(LIST.c.id == loan_list_id)).one_or_none()
    if row is None:
        raise no_such_list()
    lines = lines_of(session, actor, loan_list_id, with_taken_off=row.draws_up)
    found = findings(session, row, lines) if row.state == LoanListState.drafted else {}
    audit.record(session, actor, "loan_lists.read", "household", dict.fromkeys(line.home for line in lines))
    shown = [line_out(line, found.get(line.position), row.drawn_up_on) for line in lines]
    return LoanListOut(**_brief(row), lines=shown)


def no_such_list() -> NotFound:
    return NotFound("Không tìm thấy danh sách vay vốn này.", "There is no such list of loans.")


def lines_of(session: Session, actor: Actor, loan_list_id: UUID, *, with_taken_off: bool) -> list[Row[Any]]:
    """The lines in their order, each with the household of today, its head and who borrows; one statement. Of a
    household that lives outside of the actor's areas by now: who borrows, and not where or with whom."""
    mine = actor.scope.covers(HAMLET)
    query = at_home(
        select(
            LINE,
            HOUSEHOLD.c.id.label("home"),
            HAMLET,
            case((mine, HOUSEHOLD.c.household_no)).label("household_no"),
            case((mine, HOUSEHOLD.c.address)).label("address"),
            case((mine, head_name())).label("head_name"),
            _member_name(),
        ).select_from(LINE),
        LINE.c.household_id,
    ).where(LINE.c.list_id == loan_list_id)
    if not with_taken_off:
        query = query.where(LINE.c.taken_off.is_(None))
    return list(session.execute(query.order_by(LINE.c.position)).all())


def _member_name() -> Any:
    # its own alias: the head of the household is found in the same table
    borrower = MEMBER.alias("borrower")
    name = select(borrower.c.full_name).where(borrower.c.id == LINE.c.member_id)
    return name.correlate(LINE).scalar_subquery().label("member_name")


def findings(session: Session, row: Row[Any], lines: Collection[Row[Any]]) -> dict[int, Finding]:
    """Position -> the line held against the recognitions and loans; two statements for any number of lines."""
    known = facts(session, {line.home for line in lines}, row.drawn_up_on)
    policies: Mapping[str, Any] = catalogue().policies
    found = {
        line.position: finding(
            policies[line.policy],
            policies.get(NEWLY_ESCAPED),
            known[line.home],
            line.amount_vnd,
            row.hamlet_id,
            row.drawn_up_on,
        )
        for line in lines
    }
    standing = ((line.position, line.home, line.policy) for line in lines if line.taken_off is None)
    for position in twice(standing):
        found[position] = replace(found[position], objection=found[position].objection or "twice")
    return found


def facts(session: Session, household_ids: Iterable[UUID], day: date) -> dict[UUID, Facts]:
    """What decides about credit, of these households on a day. Whoever calls has checked the scope."""
    ids = list(household_ids)
    on = household_class_on(day)
    rows = session.execute(
        select(
            HOUSEHOLD.c.id,
            hamlet_on(day).label("hamlet_id"),
            HOUSEHOLD.c.status,
            on.c.current_class,
            on.c.class_since,
            _last_day_after(("poor",), day).label("poor_until"),
            _last_day_after(ON_THE_LIST, day).label("listed_until"),
        )
        .outerjoin(on, on.c.household_id == HOUSEHOLD.c.id)
        .where(among(HOUSEHOLD.c.id, ids))
    ).all()
    borrows = _loans_under_way(session, ids)
    return {
        row.id: Facts(
            row.hamlet_id,
            row.current_class,
            row.class_since,
            None if row.current_class == "poor" else row.poor_until,
            None if row.current_class in ON_THE_LIST else row.listed_until,
            frozenset(borrows.get(row.id, ())),
            row.status != HouseholdStatus.active,
        )
        for row in rows
    }


def _last_day_after(classes: tuple[str, ...], day: date) -> Any:
    """The first day after the last range of these classes that had ended by `day`."""
    end = func.upper(_RECOGNITION.c.days)
    where = _RECOGNITION.c.household_id == HOUSEHOLD.c.id, _RECOGNITION.c.poverty_class.in_(classes), end <= day
    return select(func.max(end)).where(*where).correlate(HOUSEHOLD).scalar_subquery()


def _loans_under_way(session: Session, household_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    followed = ends(select(LOAN.c.household_id))
    home = func.coalesce(followed.c.survivor, LOAN.c.household_id)
    rows = session.execute(
        select(home.label("home"), LOAN.c.policy)
        .select_from(LOAN)
        .outerjoin(followed, followed.c.absorbed == LOAN.c.household_id)
        .where(among(home, household_ids), LOAN.c.state.in_((LoanState.active, LoanState.overdue)))
    )
    found: dict[UUID, set[str]] = {}
    for row in rows:
        found.setdefault(row.home, set()).add(row.policy)
    return found


def line_out(line: Row[Any], found: Finding | None, day: date) -> LoanLineOut:
    """A line as it is shown: with what was found now, or what is stored of a confirmed list."""
    policy = catalogue().policies.get(line.policy)
    highest = policy and ceiling(policy, day)
    stored = {name: getattr(line, name) for name in LoanLineOut.model_fields if name in line._fields}
    said = found or line
    return LoanLineOut(
        **stored
        | {
            "household_id": line.home,
            "poverty_class": said.poverty_class,
            "newly_escaped": said.newly_escaped,
            "objection": said.objection,
            "limit_vnd": highest and highest.value,
            "limit_verified": highest and highest.verified,
        }
    )


def _brief(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in LoanListBrief.model_fields}
