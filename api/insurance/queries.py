"""Reads the monthly lists of health insurance and their lines."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, case, func, or_, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.names import full_name
from api.areas.tables import LocalKind
from api.households.citizen_numbers import id_key
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import head_name
from api.households.wire_records import MEMBER
from api.insurance.law import law
from api.insurance.rules import Elsewhere, Group
from api.insurance.schemas import (
    CitedGroup,
    CitedStart,
    InsuranceLineOut,
    InsuranceListBrief,
    InsuranceListOut,
)
from api.insurance.standing import LINE, LIST, sums
from api.insurance.tables import InsuranceChange, InsuranceListState
from api.keys import mask
from api.problems import NotFound
from api.programmes.definition import in_force
from api.recognitions.books import AREA
from api.reviews.queries import under
from api.schema import Page


def lists_of(actor: Actor) -> Select[Any]:
    """The lists of the communes of the actor, also of the commune in which they have a hamlet; lines counted."""
    return select(
        LIST,
        _count(LINE.c.taken_off.is_(None)).label("line_count"),
        _count(LINE.c.taken_off.is_not(None)).label("taken_off_count"),
        _count(LINE.c.error_text.is_not(None)).label("error_count"),
        _count(LINE.c.error_text.is_not(None), LINE.c.resolved_on.is_(None)).label("open_error_count"),
    ).where(actor.scope.touches(LIST.c.area_id))


def _count(*where: Any) -> Any:
    return select(func.count()).where(LINE.c.list_id == LIST.c.id, *where).correlate(LIST).scalar_subquery()


def insurance_lists(
    session: Session,
    actor: Actor,
    *,
    area_id: UUID | None,
    state: InsuranceListState | None,
    limit: int,
    cursor: str | None,
) -> Page[InsuranceListBrief]:
    """The lists of my communes, newest month first, without their lines."""
    query = lists_of(actor).order_by(LIST.c.month.desc(), LIST.c.number.desc(), LIST.c.id.desc())
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, LIST.c.area_id))
    if state is not None:
        query = query.where(LIST.c.state == state)
    after = paging.decode(cursor, date.fromisoformat, int, UUID)
    if after is not None:
        query = query.where(tuple_(LIST.c.month, LIST.c.number, LIST.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.month.isoformat(), row.number, str(row.id)))
    return Page[InsuranceListBrief](items=[InsuranceListBrief(**_brief(row)) for row in shown], next_cursor=next_cursor)


def insurance_list(session: Session, actor: Actor, insurance_list_id: UUID) -> InsuranceListOut:
    """One list with its sums, and the rules it was drawn up by. Raises NotFound outside of the actor's areas."""
    row = session.execute(lists_of(actor).where(LIST.c.id == insurance_list_id)).one_or_none()
    if row is None:
        raise no_such_list()
    counted = sums(session, row.area_id, clock.today(), row.id)
    before = 0
    for list_id, (increases, decreases) in counted.items():
        if list_id == row.id:
            break
        before += increases - decreases
    increases, decreases = counted[row.id]
    audit.record(session, actor, "insurance_lists.read", "insurance_list", [row.id])
    return InsuranceListOut(
        **_brief(row),
        on_before=before,
        increases=increases,
        decreases=decreases,
        on_after=before + increases - decreases,
        **_rules(row.as_of),
    )


def no_such_list() -> NotFound:
    return NotFound("Không tìm thấy danh sách bảo hiểm y tế này.", "There is no such list of health insurance.")


def _brief(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in InsuranceListBrief.model_fields}


def _rules(day: date) -> dict[str, Any]:
    known = law()
    return {
        "groups": [_group(one, one.policy) for one in known.groups if in_force(one, day)],
        "insured_elsewhere": [_group(one, None) for one in known.elsewhere if in_force(one, day)],
        "valid_from_rules": [CitedStart.model_validate(one) for one in known.starts if in_force(one, day)],
    }


def _group(one: Group | Elsewhere, policy: str | None) -> CitedGroup:
    return CitedGroup(
        code=one.code,
        policy=policy,
        label_vi=one.label.vi,
        label_en=one.label.en,
        document=one.document,
        confidence=one.confidence,
        verified=one.verified,
    )


def lines_of(actor: Actor, insurance_list_id: UUID) -> Select[Any]:
    """The lines of a list. Who has a hamlet of the commune sees those of the households that live there today; the
    commune sees all of its own list, also of who moved away: that they did, and not to where or to whom."""
    person, called = MEMBER.alias("person"), AREA.alias("called")
    mine = actor.scope.covers(HAMLET)
    whole = select(LIST.c.id).where(actor.scope.covers(LIST.c.area_id))
    columns = ("full_name", "birth_date", "birth_year", "sex", "personal_id_sealed", "personal_id_last4")
    query = at_home(
        select(
            LINE,
            HOUSEHOLD.c.id.label("home"),
            HAMLET,
            called.c.local_kind,
            called.c.name.label("hamlet_name"),
            case((mine, head_name())).label("head_name"),
            mine.label("mine"),
            *(person.c[name] for name in columns),
            actor.scope_of(Permission.persons_id_full).covers(HAMLET).label("sees_number"),
        )
        .select_from(LINE)
        .join(person, person.c.id == LINE.c.member_id),
        LINE.c.household_id,
    ).join(called, called.c.id == HAMLET)
    seen = or_(mine, LINE.c.list_id.in_(whole))
    return query.where(LINE.c.list_id == insurance_list_id, seen).order_by(LINE.c.position)


def insurance_lines(
    session: Session,
    actor: Actor,
    insurance_list_id: UUID,
    *,
    change: InsuranceChange | None,
    open_errors: bool,
    limit: int,
    cursor: str | None,
) -> Page[InsuranceLineOut]:
    """The lines in their order. Raises NotFound for a list outside of the actor's areas."""
    require_list(session, actor, insurance_list_id)
    query = lines_of(actor, insurance_list_id)
    if change is not None:
        query = query.where(LINE.c.change == change)
    if open_errors:
        query = query.where(LINE.c.error_text.is_not(None), LINE.c.resolved_on.is_(None))
    after = paging.decode(cursor, int)
    if after is not None:
        query = query.where(LINE.c.position > after[0])
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.position,))
    return Page[InsuranceLineOut](items=told_lines(session, actor, shown, "read_lines"), next_cursor=next_cursor)


def told_lines(session: Session, actor: Actor, rows: Sequence[Row[Any]], verb: str) -> list[InsuranceLineOut]:
    """The lines as this caller may see them; who looked is in the log."""
    audit.record(session, actor, f"insurance_lists.{verb}", "household", dict.fromkeys(row.home for row in rows))
    return [_line_out(session, row) for row in rows]


def require_list(session: Session, actor: Actor, insurance_list_id: UUID) -> Row[Any]:
    """Raises NotFound for a list outside of the actor's areas."""
    known = LIST.c.id == insurance_list_id, actor.scope.touches(LIST.c.area_id)
    row = session.execute(select(LIST).where(*known)).one_or_none()
    if row is None:
        raise no_such_list()
    return row


def _line_out(session: Session, row: Row[Any]) -> InsuranceLineOut:
    number = None
    if row.personal_id_sealed is not None:
        sealed = row.personal_id_sealed
        number = id_key(session).open(sealed, row.member_id) if row.sees_number else mask(row.personal_id_last4)
    stored = {name: getattr(row, name) for name in InsuranceLineOut.model_fields if name in row._fields}
    return InsuranceLineOut(
        **stored
        | {
            "household_id": row.home,
            "member_name": row.full_name,
            "hamlet": full_name(LocalKind(row.local_kind), row.hamlet_name) if row.mine else None,
            "personal_id": number,
        }
    )
