"""The lines of a draft are changed, added and taken off; an error that came back is resolved."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.households.homes import HAMLET, HOUSEHOLD
from api.households.wire_records import MEMBER
from api.insurance import queries, standing
from api.insurance.lists import hold, insert_lines, refuse_impossible, require_state
from api.insurance.plausible import group_of, require_code, require_near
from api.insurance.rules import Line
from api.insurance.schemas import InsuranceLineIn, InsuranceLineOut, InsuranceLinePatch, ResolutionIn
from api.insurance.standing import LINE
from api.insurance.tables import InsuranceChange, InsuranceListState
from api.problems import Conflict, FieldError, IllegalStage, Invalid, NotFound
from api.procedure.records import change
from api.reviews.queries import under

State = InsuranceListState


def add_line(
    session: Session, actor: Actor, insurance_list_id: UUID, read: int | None, body: InsuranceLineIn
) -> InsuranceLineOut:
    """A line of the officer's own on a draft. What already stands there word for word is not added twice.

    Raises NotFound (the list, the person), StaleVersion, IllegalStage, Invalid (no such policy, a code of another
    group, a day far from the month or after somebody died or left), Conflict where the line would tell nothing.
    """
    row = hold(session, actor, insurance_list_id, read)
    require_state(row, State.drafted)
    before = standing.told(session, row.area_id, clock.today()).get(body.member_id)
    # whoever is on by this commune's lists can be taken off, wherever they live by now
    ends = body.change is InsuranceChange.decrease and before is not None
    person = _person(session, actor, body.member_id, None if ends else row.area_id)
    _check_here(person, body)
    policy = before.policy if body.change is InsuranceChange.decrease and before else body.policy
    group, told = group_of(policy, row.as_of), before.group_code if before and policy == before.policy else None
    if policy is None or (body.change is InsuranceChange.increase and group is None):
        vi, en = "Hãy nêu chính sách bảo hiểm y tế của một nhóm do xã báo.", "Name the policy of a group."
        raise Invalid(vi, en, errors=(FieldError("#/policy", "unknown_policy", vi, en),))
    require_code(body.group_code, policy, told, row.as_of)
    require_near(body.valid_from, row.month)
    code = body.group_code or told or (group.code if group else None)
    line = Line(person.household_id, person.id, body.change, body.reason, policy, code, body.valid_from)
    there = _standing_already(session, row.id, line)
    if there is None:
        there = 1 + (session.scalar(select(func.max(LINE.c.position)).where(LINE.c.list_id == row.id)) or 0)
        insert_lines(session, row.id, [line], first=there)
        refuse_impossible(session, row)
        change(session, standing.LIST, row, None)
        audit.record(session, actor, "insurance_lists.add_line", "household", [person.household_id], position=there)
    return _line(session, actor, row.id, there)


def _person(session: Session, actor: Actor, member_id: UUID, area_id: UUID | None) -> Row[Any]:
    """Somebody who lives in the commune of the list; without `area_id`, wherever. Raises NotFound."""
    query = (
        select(MEMBER.c.id, MEMBER.c.household_id, MEMBER.c.left_on)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)
        .where(MEMBER.c.id == member_id)
    )
    if area_id is not None:
        query = query.where(actor.scope.covers(HAMLET), under(area_id, actor.scope.day, HAMLET))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy người này trong xã.", "There is no such person in the commune.")
    return row


def _check_here(person: Row[Any], body: InsuranceLineIn) -> None:
    if body.change is InsuranceChange.increase and person.left_on is not None and person.left_on < body.valid_from:
        vi = f"Người này đã mất hoặc không còn ở hộ từ {person.left_on:%d/%m/%Y}; không báo tăng từ ngày sau đó."
        en = f"They died or left the household on {person.left_on}; no card begins after that day."
        raise Invalid(vi, en, errors=(FieldError("#/valid_from", "after_leaving", vi, en),))


def _standing_already(session: Session, list_id: UUID, line: Line) -> int | None:
    same = (
        LINE.c.list_id == list_id,
        LINE.c.taken_off.is_(None),
        LINE.c.member_id == line.member_id,
        LINE.c.change == line.change,
        LINE.c.reason == line.reason,
        LINE.c.policy == line.policy,
        LINE.c.group_code.is_not_distinct_from(line.group_code),
        LINE.c.valid_from == line.valid_from,
    )
    found: int | None = session.scalar(select(func.min(LINE.c.position)).where(*same))
    return found


def _line(session: Session, actor: Actor, list_id: UUID, position: int) -> InsuranceLineOut:
    rows = session.execute(queries.lines_of(actor, list_id).where(LINE.c.position == position)).all()
    if not rows:
        raise _no_such_line()
    return queries.told_lines(session, actor, rows, "read_line")[0]


def _no_such_line() -> NotFound:
    return NotFound("Danh sách không có dòng này.", "The list has no such line.")


def _hold_line(session: Session, list_id: UUID, position: int) -> Row[Any]:
    """The line of a list that is held. Raises NotFound."""
    there = LINE.c.list_id == list_id, LINE.c.position == position
    row = session.execute(select(LINE).where(*there)).one_or_none()
    if row is None:
        raise _no_such_line()
    return row


def _store(session: Session, actor: Actor, held: Row[Any], line: Row[Any], verb: str, **changes: Any) -> None:
    """Stores what differs; nothing changes where nothing differs."""
    changed = {name: value for name, value in changes.items() if getattr(line, name) != value}
    if not changed:
        return
    there = LINE.c.list_id == line.list_id, LINE.c.position == line.position
    session.execute(update(LINE).where(*there).values(**changed))
    change(session, standing.LIST, held, None)
    audit.record(
        session, actor, f"insurance_lists.{verb}", "household", [line.household_id], position=line.position,
        insurance_list=str(line.list_id), fields=sorted(changed),
    )  # fmt: skip


def change_line(
    session: Session,
    actor: Actor,
    insurance_list_id: UUID,
    position: int,
    read: int | None,
    body: InsuranceLinePatch,
) -> InsuranceLineOut:
    """What the officer knows better about a line of a draft; once it is sent, the number of the card that came.

    Raises NotFound, StaleVersion, IllegalStage, Invalid (a code of another group, a day far from the month).
    """
    held = hold(session, actor, insurance_list_id, read)
    line = _hold_line(session, held.id, position)
    said = body.model_dump(exclude_none=True)
    if said.keys() - {"card_no"}:
        require_state(held, State.drafted)
    require_code(body.group_code, line.policy, line.group_code, held.as_of)
    # what the list proposed by itself (a class of years ago on a commune's first list) may stay
    if body.valid_from not in (None, line.valid_from):
        require_near(body.valid_from, held.month)
    _store(session, actor, held, line, "change_line", **said)
    return _line(session, actor, held.id, position)


def take_off(
    session: Session, actor: Actor, insurance_list_id: UUID, position: int, read: int | None, reason: str
) -> InsuranceLineOut:
    """Takes a line off a draft; it stays as a trace. What it told is found again by the next list.

    Raises NotFound, StaleVersion, IllegalStage.
    """
    held = hold(session, actor, insurance_list_id, read)
    require_state(held, State.drafted)
    _store(session, actor, held, _hold_line(session, held.id, position), "take_off", taken_off=reason)
    return _line(session, actor, held.id, position)


def resolve(
    session: Session, actor: Actor, insurance_list_id: UUID, position: int, read: int | None, body: ResolutionIn
) -> InsuranceLineOut:
    """What was done about an error; the next list tells the change once more, as a correction.

    Raises NotFound, StaleVersion, IllegalStage for a line without an error, Conflict where it was resolved otherwise,
    Invalid for a day before the return.
    """
    held = hold(session, actor, insurance_list_id, read)
    line = _hold_line(session, held.id, position)
    if line.error_text is None:
        raise IllegalStage("Dòng này không bị trả lại.", "This line did not come back.", stage=held.state, allowed=[])
    asked = body.resolved_on, body.resolution
    if line.resolved_on is not None and (line.resolved_on, line.resolution) != asked:
        raise Conflict("Lỗi của dòng này đã được xử lý.", "The error of this line is resolved already.")
    _check_day(body.resolved_on, held.returned_on)
    _store(session, actor, held, line, "resolve", resolved_on=body.resolved_on, resolution=body.resolution)
    return _line(session, actor, held.id, position)


def _check_day(resolved_on: date, returned_on: date) -> None:
    if resolved_on < returned_on:
        vi, en = "Ngày xử lý trước ngày bị trả lại.", "The day lies before the return."
        raise Invalid(vi, en, errors=(FieldError("#/resolved_on", "before_return", vi, en),))
