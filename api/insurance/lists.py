"""A monthly list from its draft to the end: drawn up, sent, returned with errors, settled."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.areas.scope import valid_on
from api.areas.tables import Area, Level
from api.idempotency import new_id
from api.insurance import queries, standing
from api.insurance.law import law
from api.insurance.rules import Frame, Line, draw_up, impossible
from api.insurance.schemas import InsuranceListIn, InsuranceListOut, ReturnIn, SendingIn
from api.insurance.standing import LINE, LIST
from api.insurance.tables import InsuranceListState
from api.problems import Conflict, FieldError, Invalid, NotFound
from api.procedure.records import change, expect_state, new_row, reused
from api.recognitions.books import AREA, hold_books
from api.reviews.rounds import expect_version

State = InsuranceListState


def draw_up_list(session: Session, actor: Actor, body: InsuranceListIn, key: str | None) -> InsuranceListOut:
    """The list of a commune and month: who is entitled on its day against what the insurer was told before. Its day is
    today, or the last day of a month that is over. A fixed number of statements, however many people there are.

    The same id or key again gives what is stored. Raises NotFound, Invalid (a month to come, or before the last
    list), Conflict while a draft is open.
    """
    list_id = new_id(actor.account_id, "insurance_list", body.id, key)
    _require_commune(session, actor, body.area_id)
    hold_books(session, body.area_id)
    stored = session.execute(select(LIST).where(LIST.c.id == list_id)).one_or_none()
    if stored is not None:
        if (stored.area_id, stored.month) != (body.area_id, body.month):
            raise reused(by_key=bool(key) and body.id is None)
        return queries.insurance_list(session, actor, list_id)
    frame, number = _frame(session, body)
    told = standing.told(session, body.area_id, frame.as_of)
    back = standing.returned(session, body.area_id, frame.as_of)
    people = standing.people(session, body.area_id, frame.as_of, told.keys() | back.keys())
    lines = draw_up(people, told, back, law(), frame)
    head = {"area_id": body.area_id, "month": body.month, "number": number, "as_of": frame.as_of}
    row = new_row(list_id, head, state=State.drafted, prepared_by=actor.account_id)
    session.execute(insert(LIST).values(**row))
    insert_lines(session, list_id, lines, first=1)
    homes = dict.fromkeys(line.household_id for line in lines)
    audit.record(session, actor, "insurance_lists.draw_up", "household", homes, insurance_list=str(list_id))
    return queries.insurance_list(session, actor, list_id)


def _require_commune(session: Session, actor: Actor, area_id: UUID) -> None:
    known = AREA.c.id == area_id, valid_on(Area, actor.scope.day), actor.scope.covers(AREA.c.id)
    level = session.scalar(select(AREA.c.level).where(*known))
    if level is None:
        raise NotFound("Không tìm thấy xã này.", "There is no such commune.")
    if level != Level.commune:
        vi, en = "Danh sách bảo hiểm y tế lập theo xã.", "A list of health insurance is that of a commune."
        raise Invalid(vi, en, errors=(FieldError("#/area_id", "not_a_commune", vi, en),))


def _frame(session: Session, body: InsuranceListIn) -> tuple[Frame, int]:
    """The day of the list, the day of the one before, and its number in the month."""
    today = clock.today()
    if body.month > today:
        vi, en = "Chưa đến tháng này.", "The month has not begun."
        raise Invalid(vi, en, errors=(FieldError("#/month", "in_future", vi, en),))
    own = LIST.c.area_id == body.area_id
    last = session.execute(
        select(
            func.max(LIST.c.month).label("month"),
            func.max(LIST.c.number).filter(LIST.c.month == body.month).label("number"),
            func.count().filter(LIST.c.state == State.drafted).label("drafts"),
        ).where(own)
    ).one()
    if last.drafts:
        raise Conflict(
            "Xã đang có danh sách chưa gửi. Hãy gửi hoặc hủy danh sách đó trước.",
            "The commune has a list that was not sent yet. Send or discard that one first.",
        )
    if last.month is not None and body.month < last.month:
        vi = f"Đã có danh sách của tháng {last.month:%m/%Y}; không lập lùi lại tháng trước đó."
        en = f"There is a list of {last.month:%Y-%m} already; an earlier month cannot follow."
        raise Invalid(vi, en, errors=(FieldError("#/month", "before_last_list", vi, en),))
    as_of = min(today, _last_day(body.month))
    before = standing.lists_before(body.area_id, as_of), LIST.c.state != State.drafted
    since = session.scalar(select(func.max(LIST.c.as_of)).where(*before))
    return Frame(body.month, as_of, since), (last.number or 0) + 1


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def insert_lines(session: Session, list_id: UUID, lines: list[Line], first: int) -> None:
    """One statement for any number of lines, numbered from `first`."""
    content = [
        {
            "position": position,
            "household_id": line.household_id,
            "member_id": line.member_id,
            "change": line.change,
            "reason": line.reason,
            "policy": line.policy,
            "group_code": line.group_code,
            "valid_from": line.valid_from,
        }
        for position, line in enumerate(lines, start=first)
    ]
    statement = sql.load("api/insurance/sql/insert_lines.sql")
    session.execute(statement, {"list_id": list_id, "rows": sql.rows(content)})


def hold(session: Session, actor: Actor, insurance_list_id: UUID, read: int | None) -> Row[Any]:
    """The list under lock, for whoever writes in its commune. Raises NotFound, StaleVersion."""
    known = LIST.c.id == insurance_list_id, actor.scope.covers(LIST.c.area_id)
    row = session.execute(select(LIST).where(*known).with_for_update()).one_or_none()
    if row is None:
        raise queries.no_such_list()
    expect_version(row, read)
    return row


def require_state(row: Row[Any], *states: InsuranceListState) -> None:
    """Raises IllegalStage in any other state."""
    en = f"This is possible only while the list is {' or '.join(states)}."
    expect_state(row, "Danh sách đang ở trạng thái không làm được bước này.", en, *states)


def discard(session: Session, actor: Actor, insurance_list_id: UUID, read: int | None) -> None:
    """Takes a draft back, so that it can be drawn up anew. Raises NotFound, StaleVersion, IllegalStage once sent."""
    row = hold(session, actor, insurance_list_id, read)
    require_state(row, State.drafted)
    session.execute(delete(LINE).where(LINE.c.list_id == row.id))
    session.execute(delete(LIST).where(LIST.c.id == row.id))
    audit.record(session, actor, "insurance_lists.discard", "insurance_list", [row.id], month=row.month.isoformat())


def send(
    session: Session, actor: Actor, insurance_list_id: UUID, read: int | None, body: SendingIn
) -> InsuranceListOut:
    """The list goes to the insurer; from here on it counts, and its lines stand.

    Raises NotFound, StaleVersion, IllegalStage, Invalid (a day before the list's), Conflict where lines tell nothing:
    an increase of somebody who is on by then, a decrease of somebody who is not (`lines`: their positions).
    """
    row = hold(session, actor, insurance_list_id, read)
    if row.state == State.sent and row.sent_on == body.sent_on:
        return queries.insurance_list(session, actor, row.id)
    require_state(row, State.drafted)
    if body.sent_on < row.as_of:
        vi, en = "Ngày gửi trước ngày lập danh sách.", "The day lies before that of the list."
        raise Invalid(vi, en, errors=(FieldError("#/sent_on", "before_list", vi, en),))
    refuse_impossible(session, row)
    change(session, LIST, row, None, state=State.sent, sent_on=body.sent_on)
    audit.record(session, actor, "insurance_lists.send", "insurance_list", [row.id])
    return queries.insurance_list(session, actor, row.id)


def refuse_impossible(session: Session, row: Row[Any]) -> None:
    """Raises Conflict naming the lines of a draft that tell the insurer nothing."""
    told = standing.told(session, row.area_id, clock.today())
    lines = session.execute(
        select(LINE.c.position, LINE.c.member_id, LINE.c.change)
        .where(LINE.c.list_id == row.id, LINE.c.taken_off.is_(None))
        .order_by(LINE.c.position)
    ).all()
    wrong = impossible({member: one.on for member, one in told.items()}, [tuple(line) for line in lines])
    if wrong:
        named = ", ".join(map(str, wrong[:10])) + ("…" if len(wrong) > 10 else "")
        raise Conflict(
            f"Các dòng {named} báo tăng người đang có tên, hoặc báo giảm người không có tên. Hãy bỏ các dòng đó.",
            f"The lines {named} add somebody who is on, or take off somebody who is not. Take these lines off.",
            lines=wrong,
        )


def take_back(
    session: Session, actor: Actor, insurance_list_id: UUID, read: int | None, body: ReturnIn
) -> InsuranceListOut:
    """The insurer's errors, line by line: these lines told nothing. More errors may follow; the same ones again leave
    what was resolved since as it is. The list keeps the day it first came back.

    Raises NotFound, StaleVersion, IllegalStage, Invalid (a line twice, one that the list has not, a day before it was
    sent).
    """
    row = hold(session, actor, insurance_list_id, read)
    require_state(row, State.sent, State.returned)
    if body.returned_on < row.sent_on:
        vi, en = "Ngày trả lại trước ngày gửi.", "The day lies before the list was sent."
        raise Invalid(vi, en, errors=(FieldError("#/returned_on", "before_sending", vi, en),))
    statement, content = sql.load("api/insurance/sql/set_errors.sql"), [one.model_dump() for one in body.errors]
    values = {"list_id": row.id, "returned_on": body.returned_on, "rows": sql.rows(content)}
    known = set(session.scalars(statement, values))
    seen: set[int] = set()
    for place, one in enumerate(body.errors):
        if one.position not in known or one.position in seen:
            vi, en = "Danh sách không có dòng này, hoặc dòng bị nêu hai lần.", "No such line, or named twice."
            raise Invalid(vi, en, errors=(FieldError(f"#/errors/{place}/position", "no_such_line", vi, en),))
        seen.add(one.position)
    first = min(row.returned_on or body.returned_on, body.returned_on)
    change(session, LIST, row, None, state=State.returned, returned_on=first)
    audit.record(session, actor, "insurance_lists.take_back", "insurance_list", [row.id], errors=len(seen))
    return queries.insurance_list(session, actor, row.id)


def settle(session: Session, actor: Actor, insurance_list_id: UUID, read: int | None) -> InsuranceListOut:
    """Nothing of the list is open any more. Raises NotFound, StaleVersion, IllegalStage, Conflict while an error waits
    (`open_errors`)."""
    row = hold(session, actor, insurance_list_id, read)
    if row.state != State.settled:
        require_state(row, State.sent, State.returned)
        waiting = LINE.c.list_id == row.id, LINE.c.error_text.is_not(None), LINE.c.resolved_on.is_(None)
        count = session.scalar(select(func.count()).select_from(LINE).where(*waiting))
        if count:
            raise Conflict(
                f"Còn {count} dòng bị trả lại chưa xử lý.", f"{count} errors are not resolved.", open_errors=count
            )
        change(session, LIST, row, None, state=State.settled)
        audit.record(session, actor, "insurance_lists.settle", "insurance_list", [row.id])
    return queries.insurance_list(session, actor, row.id)
