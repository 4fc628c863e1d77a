"""Signing sheets: drawn up for a hamlet, ticked back from paper, closed or cancelled.

Whoever works on a sheet holds its intervention first, as whoever delivers does: two of them are put in order.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, insert, select
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.changes import history
from api.changes.history import Announcement
from api.changes.tables import Op, RemoveReason
from api.deliveries import faults, sheet_queries
from api.deliveries.commands import hold_intervention
from api.deliveries.rows import LINE, LINE_ENTITY, SHEET, announce_lines
from api.deliveries.sheet_schemas import SheetIn, SheetLineIn, WholeSheetOut
from api.deliveries.tables import SheetLineState, SheetState
from api.households.homes import HAMLET
from api.households.stored import Held, Lock, among, hold_households, survivors
from api.households.tables import HouseholdStatus
from api.households.wire_records import MEMBER
from api.idempotency import new_id
from api.interventions.opening import require_under_way
from api.interventions.reach import require_visible
from api.problems import Conflict, FieldError, IllegalStage, Invalid, NotFound
from api.procedure.records import change, reused
from api.programmes.catalogue import catalogue
from api.reviews.queries import require_area
from api.reviews.rounds import expect_version


def draw_up(session: Session, actor: Actor, body: SheetIn, key: str | None) -> WholeSheetOut:
    """A new sheet. The same id or key with the same content again gives what is stored.

    Raises NotFound (intervention, hamlet, household, person who lives there), Invalid (a kind that hands out nothing, a
    household of another hamlet, or gone, somebody twice), IllegalStage (it has ended), AlreadyExists,
    IdempotencyKeyReused.
    """
    sheet_id = new_id(actor.account_id, "signing_sheet", body.id, key)
    served = require_visible(session, actor, body.intervention_id)
    if not catalogue().kinds[served.kind].serves:
        raise faults.does_not_serve()
    require_area(session, actor.scope, body.hamlet_id)
    held, homes = _homes(session, actor, body.lines)
    hold_intervention(session, body.intervention_id)
    head = body.model_dump(exclude={"id", "lines"})
    stored = session.execute(select(SHEET).where(SHEET.c.id == sheet_id)).one_or_none()
    if stored is not None:
        _check_same(session, stored, head, body.lines, homes, by_key=bool(key) and body.id is None)
        return sheet_queries.sheet(session, actor, sheet_id)
    require_under_way(served)
    _check_lines(session, body, held, homes)
    now = clock.now()
    values = head | {"id": sheet_id, "state": SheetState.open, "prepared_by": actor.account_id}
    session.execute(insert(SHEET).values(**values, version=1, created_at=now, updated_at=now))
    _store_lines(session, sheet_id, body.lines, held, homes)
    audit.record(session, actor, "signing_sheets.write", "household", set(homes.values()), sheet=str(sheet_id))
    return sheet_queries.sheet(session, actor, sheet_id)


def _homes(session: Session, actor: Actor, lines: Sequence[SheetLineIn]) -> tuple[Held, dict[UUID, UUID]]:
    """Household named -> the one of today. Raises NotFound for one outside of the actor's areas."""
    named = {line.household_id for line in lines}
    held = hold_households(session, actor.scope, named, Lock.share)
    ends = survivors(session, held, actor.scope, Lock.share)
    homes = {asked: ends.get(asked, asked) for asked in named if asked in held.records}
    for place, line in enumerate(lines):
        if homes.get(line.household_id) not in held.mine:
            raise faults.placed(faults.no_household(), f"#/lines/{place}")
    return held, homes


def _check_lines(session: Session, body: SheetIn, held: Held, homes: Mapping[UUID, UUID]) -> None:
    people = {line.member_id for line in body.lines if line.member_id is not None}
    query = select(MEMBER.c.id, MEMBER.c.household_id).where(among(MEMBER.c.id, people), MEMBER.c.left_on.is_(None))
    lives = {row.id: row.household_id for row in session.execute(query)} if people else {}
    seen: set[tuple[UUID, UUID | None]] = set()
    for place, line in enumerate(body.lines):
        home = homes[line.household_id]
        if held.hamlets[home] != str(body.hamlet_id):
            vi, en = "Hộ này không ở xóm của danh sách.", "The household is not in the hamlet of the sheet."
            raise _wrong(place, "household_id", "of_another_hamlet", vi, en)
        if held.records[home].values["status"] != HouseholdStatus.active:
            vi = "Hộ đã chuyển đi hoặc không còn. Nếu ghi nhầm, hãy mở lại hộ trước."
            en = "The household has left or is no more. If that was a mistake, reopen it first."
            raise _wrong(place, "household_id", "not_active", vi, en)
        if line.member_id is not None and lives.get(line.member_id) != home:
            raise faults.placed(faults.no_member(), f"#/lines/{place}")
        if (home, line.member_id) in seen:
            vi, en = "Hộ hoặc người này đã có trong danh sách.", "They stand on the sheet already."
            raise _wrong(place, "household_id", "twice", vi, en)
        seen.add((home, line.member_id))


def _wrong(place: int, field: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError(f"#/lines/{place}/{field}", code, vi, en),))


def _check_same(
    session: Session,
    stored: Row[Any],
    head: Mapping[str, Any],
    lines: Sequence[SheetLineIn],
    homes: Mapping[UUID, UUID],
    *,
    by_key: bool,
) -> None:
    query = sheet_queries.LINE_HOMES.where(LINE.c.sheet_id == stored.id).order_by(LINE.c.position)
    there = [
        (row.home, row.member_id, row.amount_vnd, None if row.quantity is None else float(row.quantity), row.unit)
        for row in session.execute(query)
    ]
    sent = [(homes[one.household_id], one.member_id, one.amount_vnd, one.quantity, one.unit) for one in lines]
    if there != sent or any(getattr(stored, name) != value for name, value in head.items()):
        raise reused(by_key=by_key)


def _store_lines(
    session: Session,
    sheet_id: UUID,
    lines: Sequence[SheetLineIn],
    held: Held,
    homes: Mapping[UUID, UUID],
) -> None:
    rows = [
        line.model_dump()
        | {
            "id": uuid5(sheet_id, f"line:{place}"), "sheet_id": sheet_id, "position": place + 1, "version": 1,
            "household_id": homes[line.household_id], "state": SheetLineState.awaited,
        }
        for place, line in enumerate(lines)
    ]  # fmt: skip
    session.execute(sql.load("api/deliveries/sql/insert_lines.sql"), {"rows": sql.rows(rows)})
    told = [(row["id"], held.hamlets[row["household_id"]], row["household_id"], 1) for row in rows]
    announce_lines(session, told)


def hold_sheet(session: Session, actor: Actor, sheet_id: UUID, read: int | None = None) -> Row[Any]:
    """The sheet under lock. Raises NotFound, StaleVersion, IllegalStage for one that is not open."""
    named = sheet_queries.require_sheet(session, actor, sheet_id)
    hold_intervention(session, named.intervention_id)
    row = session.execute(select(SHEET).where(SHEET.c.id == sheet_id).with_for_update(key_share=True)).one()
    expect_version(row, read)
    if row.state != SheetState.open:
        raise IllegalStage(
            "Danh sách ký nhận đã kết thúc hoặc đã hủy.", "The signing sheet is closed or cancelled.", stage=row.state
        )
    return row


def close(session: Session, actor: Actor, sheet_id: UUID, read: int | None) -> WholeSheetOut:
    """After the last line: who has not come is marked absent first. Raises NotFound, StaleVersion, IllegalStage,
    Conflict while somebody is awaited who lives in the actor's areas."""
    row = hold_sheet(session, actor, sheet_id, read)
    # who moved to another commune meanwhile is not awaited here: nobody here could tick that line
    awaited = sum(
        line.state == SheetLineState.awaited for line in _lines(session, sheet_id, actor.scope.covers(HAMLET))
    )
    if awaited:
        raise Conflict(
            f"Còn {awaited} dòng chưa đánh dấu. Ai chưa nhận thì đánh dấu vắng mặt, rồi kết thúc.",
            f"{awaited} lines are not ticked yet. Mark who has not come as absent, then close.",
            awaited=awaited,
        )
    change(session, SHEET, row, None, state=SheetState.closed, closed_on=clock.today())
    # the lines are the same, what stands around them is not: read anew, without a version of their own
    announce_lines(session, [(one.id, one.hamlet_id, one.home, one.version) for one in _lines(session, sheet_id)])
    audit.record(session, actor, "signing_sheets.close", "signing_sheet", [sheet_id])
    return sheet_queries.sheet(session, actor, sheet_id)


def cancel(session: Session, actor: Actor, sheet_id: UUID, read: int | None) -> WholeSheetOut:
    """A sheet of which nothing was handed out; its lines leave the tablets. Raises NotFound, StaleVersion,
    IllegalStage, Conflict where a line is ticked."""
    row = hold_sheet(session, actor, sheet_id, read)
    states = _by_state(session, sheet_id)
    ticked = states[SheetLineState.delivered] + states[SheetLineState.refused] + states[SheetLineState.returned]
    if ticked:
        raise Conflict(
            f"Đã có {ticked} dòng được đánh dấu; danh sách này chỉ kết thúc được, không hủy được.",
            f"{ticked} lines are ticked: the sheet can be closed, not cancelled.",
            ticked=ticked,
        )
    change(session, SHEET, row, None, state=SheetState.cancelled)
    gone = [
        Announcement(LINE_ENTITY, one.id, one.hamlet_id, one.home, one.version, Op.remove, RemoveReason.deleted)
        for one in _lines(session, sheet_id)
    ]
    history.announce(session, gone)
    audit.record(session, actor, "signing_sheets.cancel", "signing_sheet", [sheet_id])
    return sheet_queries.sheet(session, actor, sheet_id)


def _by_state(session: Session, sheet_id: UUID) -> Counter[str]:
    return Counter(session.execute(select(LINE.c.state).where(LINE.c.sheet_id == sheet_id)).scalars())


def _lines(session: Session, sheet_id: UUID, *where: Any) -> Sequence[Row[Any]]:
    query = sheet_queries.LINE_HOMES.where(LINE.c.sheet_id == sheet_id, *where)
    return session.execute(query.order_by(LINE.c.id)).all()


def no_such_line(place: int) -> NotFound:
    vi, en = "Không tìm thấy dòng này trong danh sách.", "There is no such line on the sheet."
    return NotFound(vi, en, errors=(FieldError(f"#/ticks/{place}/line_id", "not_found", vi, en),))
