"""Draws up a list 03/TD, takes lines off, and confirms it for the bank (the plan, VI.2)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session

from api import audit, sql
from api.accounts.actor import Actor
from api.areas.places import require_level
from api.areas.tables import Level
from api.credit import list_queries as queries
from api.credit.list_queries import LINE, LIST
from api.credit.loans import require_policy
from api.credit.rules import Finding, checkable
from api.credit.schemas import ConfirmationIn, LoanLineIn, LoanListIn, LoanListOut
from api.credit.tables import LoanListState
from api.households.stored import Lock, among, hold_households, survivors
from api.households.wire_records import MEMBER
from api.idempotency import new_id
from api.problems import Conflict, FieldError, IllegalStage, Invalid, NotFound
from api.procedure.records import change, new_row, reused
from api.programmes.catalogue import catalogue
from api.reviews.rounds import expect_version


def draw_up(session: Session, actor: Actor, body: LoanListIn, key: str | None) -> LoanListOut:
    """Keeps the list as the group drew it up; what speaks against a line is said beside it and refuses nothing yet.

    The same id or key again gives what is stored. Raises NotFound (hamlet, household, person), Invalid (a policy that
    is not checked on such a list, a household twice for one policy), AlreadyExists.
    """
    list_id = new_id(actor.account_id, "loan_list", body.id, key)
    require_level(session, actor.scope, body.hamlet_id, Level.hamlet)
    homes = _homes(session, actor, body.lines)
    stored = session.execute(select(LIST).where(LIST.c.id == list_id)).one_or_none()
    if stored is not None:
        if not _same(session, stored, body):
            raise reused(by_key=bool(key) and body.id is None)
        return queries.loan_list(session, actor, list_id)
    _check_lines(body.lines, homes)
    _require_members(session, body.lines, homes)
    sent = body.model_dump(exclude={"id", "lines"})
    row = new_row(list_id, sent, state=LoanListState.drafted, recorded_by=actor.account_id)
    session.execute(insert(LIST).values(**row))
    lines = [
        line.model_dump() | {"list_id": list_id, "position": position, "household_id": home, "newly_escaped": False}
        for position, (line, home) in enumerate(zip(body.lines, homes, strict=True), start=1)
    ]
    session.execute(insert(LINE), lines)
    audit.record(session, actor, "loan_lists.draw_up", "household", dict.fromkeys(homes), loan_list=str(list_id))
    return queries.loan_list(session, actor, list_id)


def _homes(session: Session, actor: Actor, lines: Sequence[LoanLineIn]) -> list[UUID]:
    """The households of the lines as of today, held: whoever sends the same list twice at once waits here.

    Raises NotFound naming those outside of the actor's areas.
    """
    held = hold_households(session, actor.scope, {line.household_id for line in lines}, Lock.edit)
    followed = survivors(session, held, actor.scope, Lock.edit)
    homes = [followed.get(line.household_id, line.household_id) for line in lines]
    missing = [place for place, home in enumerate(homes) if home not in held.mine]
    if missing:
        vi, en = "Không tìm thấy hộ này.", "There is no such household."
        raise NotFound(vi, en, errors=_at(missing, "household_id", "not_found", vi, en))
    return homes


def _at(places: Sequence[int], name: str, code: str, vi: str, en: str) -> tuple[FieldError, ...]:
    return tuple(FieldError(f"#/lines/{place}/{name}", code, vi, en) for place in places)


def _check_lines(lines: Sequence[LoanLineIn], homes: Sequence[UUID]) -> None:
    seen: set[tuple[UUID, str]] = set()
    for place, (line, home) in enumerate(zip(lines, homes, strict=True)):
        require_policy(line.policy, f"#/lines/{place}/policy")
        if not checkable(catalogue().policies[line.policy]):
            vi = "Chương trình này không xét theo phân loại hộ, nên không lập trên mẫu 03/TD này."
            en = "This policy does not go by the class of the household and stands on no list of this kind."
            raise Invalid(vi, en, errors=_at([place], "policy", "not_by_class", vi, en))
        if (home, line.policy) in seen:
            vi, en = "Hộ đã có một dòng cho chương trình này.", "The household has a line for this policy already."
            raise Invalid(vi, en, errors=_at([place], "household_id", "twice", vi, en))
        seen.add((home, line.policy))


def _require_members(session: Session, lines: Sequence[LoanLineIn], homes: Sequence[UUID]) -> None:
    asked = {line.member_id for line in lines}
    rows = session.execute(
        select(MEMBER.c.id, MEMBER.c.household_id).where(among(MEMBER.c.id, asked), MEMBER.c.left_on.is_(None))
    )
    lives = {row.id: row.household_id for row in rows}
    pairs = zip(lines, homes, strict=True)
    missing = [place for place, (line, home) in enumerate(pairs) if lives.get(line.member_id) != home]
    if missing:
        vi, en = "Không tìm thấy người này trong hộ.", "There is no such person in the household."
        raise NotFound(vi, en, errors=_at(missing, "member_id", "not_found", vi, en))


def _same(session: Session, stored: Row[Any], body: LoanListIn) -> bool:
    """Is it the list that was sent before? Who borrows says of which household."""
    names = ("member_id", "policy", "purpose", "amount_vnd", "term_months")
    lines = session.execute(
        select(*(LINE.c[name] for name in names)).where(LINE.c.list_id == stored.id).order_by(LINE.c.position)
    )
    head = ("hamlet_id", "group_name", "drawn_up_on")
    return all(getattr(stored, name) == getattr(body, name) for name in head) and [tuple(row) for row in lines] == [
        tuple(getattr(line, name) for name in names) for line in body.lines
    ]


def _hold(session: Session, actor: Actor, loan_list_id: UUID, read: int | None) -> Row[Any]:
    query = queries.lists_of(actor).where(LIST.c.id == loan_list_id).with_for_update(of=LIST)
    row = session.execute(query).one_or_none()
    if row is None:
        raise queries.no_such_list()
    expect_version(row, read)
    return row


def _require_draft(row: Row[Any]) -> None:
    if row.state != LoanListState.drafted:
        raise IllegalStage(
            "Danh sách đã được xã xác nhận, không sửa được nữa. Hãy lập danh sách mới.",
            "The list is confirmed and cannot be changed any more. Draw up another one.",
            stage=row.state,
            allowed=[],
        )


def take_off(
    session: Session, actor: Actor, loan_list_id: UUID, position: int, read: int | None, reason: str
) -> LoanListOut:
    """Takes a line off a draft; it stays as a trace with the reason. Raises NotFound, StaleVersion, IllegalStage."""
    row = _hold(session, actor, loan_list_id, read)
    _require_draft(row)
    there = LINE.c.list_id == loan_list_id, LINE.c.position == position
    found = session.execute(select(LINE.c.household_id, LINE.c.taken_off).where(*there)).one_or_none()
    if found is None:
        raise NotFound("Danh sách không có dòng này.", "The list has no such line.")
    if found.taken_off != reason:
        session.execute(update(LINE).where(*there).values(taken_off=reason))
        change(session, LIST, row, None)
        audit.record(session, actor, "loan_lists.take_off", "household", [found.household_id], position=position)
    return queries.loan_list(session, actor, loan_list_id)


def confirm(session: Session, actor: Actor, loan_list_id: UUID, read: int | None, body: ConfirmationIn) -> LoanListOut:
    """The commune confirms a list of which no line objects; what was found is kept with it.

    Raises NotFound, StaleVersion, IllegalStage, Invalid (a day before the list), Conflict while a line that still
    stands objects (`lines`: their positions).
    """
    row = _hold(session, actor, loan_list_id, read)
    if row.state == LoanListState.confirmed and (row.number, row.confirmed_on) == (body.number, body.confirmed_on):
        return queries.loan_list(session, actor, loan_list_id)
    _require_draft(row)
    if body.confirmed_on < row.drawn_up_on:
        vi, en = "Ngày xác nhận trước ngày lập danh sách.", "The day lies before the list was drawn up."
        raise Invalid(vi, en, errors=(FieldError("#/confirmed_on", "before_list", vi, en),))
    lines = queries.lines_of(session, actor, loan_list_id, with_taken_off=False)
    found = queries.findings(session, row, lines)
    _refuse_objections(found)
    content = [
        {"position": at, "poverty_class": one.poverty_class, "newly_escaped": one.newly_escaped, "objection": None}
        for at, one in found.items()
    ]
    session.execute(sql.load("api/credit/sql/set_findings.sql"), {"list_id": loan_list_id, "rows": sql.rows(content)})
    change(session, LIST, row, None, state=LoanListState.confirmed, confirmed_by=actor.account_id, **body.model_dump())
    homes = dict.fromkeys(line.home for line in lines)
    audit.record(session, actor, "loan_lists.confirm", "household", homes, loan_list=str(loan_list_id))
    return queries.loan_list(session, actor, loan_list_id)


def _refuse_objections(found: dict[int, Finding]) -> None:
    if not found:
        raise Conflict("Danh sách không còn dòng nào để xác nhận.", "No line is left to be confirmed.", lines=[])
    objecting = sorted(position for position, one in found.items() if one.objection)
    if objecting:
        named = ", ".join(map(str, objecting))
        raise Conflict(
            f"Các dòng {named} chưa đủ điều kiện. Hãy đưa các dòng đó ra khỏi danh sách, hoặc lập lại danh sách.",
            f"Something speaks against the lines {named}. Take them off, or draw the list up anew.",
            lines=objecting,
        )
