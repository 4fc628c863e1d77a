"""Reads complaints. What people said is withheld from whoever may not read households (NĐ 356/2025)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.households.aliases import known_as
from api.problems import NotFound
from api.procedure import records
from api.procedure.complaint_schemas import ComplaintOut, Warned
from api.procedure.complaints import COMPLAINT
from api.procedure.postings import POSTING
from api.procedure.tables import ComplaintState
from api.reviews.procedure_law import counted_roughly
from api.schema import Page

_PERSONAL = ("complainant", "content", "finding", "decision_reason")
_NOT_STORED = {"household_id", "hamlet_id", "due_on_approximate", "withheld", "warning"}
_PLAIN = [name for name in ComplaintOut.model_fields if name not in _NOT_STORED]


def complaints(
    session: Session,
    actor: Actor,
    *,
    round_id: UUID | None,
    hamlet_id: UUID | None,
    household_id: UUID | None,
    state: ComplaintState | None,
    holds: bool | None,
    limit: int,
    cursor: str | None,
) -> Page[ComplaintOut]:
    """The complaints of my areas, the last one first."""
    query = _mine(actor).order_by(COMPLAINT.c.received_on.desc(), COMPLAINT.c.id.desc())
    asked = ((COMPLAINT.c.round_id, round_id), (POSTING.c.hamlet_id, hamlet_id), (COMPLAINT.c.state, state))
    for column, value in (*asked, (COMPLAINT.c.holds, holds)):
        if value is not None:
            query = query.where(column == value)
    if household_id is not None:
        query = query.where(COMPLAINT.c.household_id.in_(known_as(household_id)))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(COMPLAINT.c.received_on, COMPLAINT.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.received_on.isoformat(), str(row.id)))
    return Page[ComplaintOut](items=_shown(session, actor, shown), next_cursor=next_cursor)


def complaint(session: Session, actor: Actor, complaint_id: UUID) -> ComplaintOut:
    """One complaint. Raises NotFound outside of my areas."""
    row = session.execute(_mine(actor).where(COMPLAINT.c.id == complaint_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy kiến nghị này.", "There is no such complaint.")
    return _shown(session, actor, [row])[0]


def _mine(actor: Actor) -> Select[Any]:
    reads = actor.scope_of(Permission.households_read).covers(POSTING.c.area_id).label("reads_households")
    columns = (POSTING.c.hamlet_id, POSTING.c.last_day, reads)
    query = select(COMPLAINT, *columns).join_from(COMPLAINT, POSTING, POSTING.c.id == COMPLAINT.c.posting_id)
    return query.where(actor.scope.covers(POSTING.c.area_id))


def _shown(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> list[ComplaintOut]:
    named = records.listed(session, {row.household_id for row in rows})
    audit.record(session, actor, "complaints.read", "complaint", [row.id for row in rows])
    return [_out(row, named[row.household_id].household_id) for row in rows]


def _out(row: Row[Any], home: UUID) -> ComplaintOut:
    withheld = [] if row.reads_households else list(_PERSONAL)
    stored: dict[str, Any] = {name: None if name in withheld else getattr(row, name) for name in _PLAIN}
    return ComplaintOut(
        **stored,
        household_id=home,
        hamlet_id=row.hamlet_id,
        due_on_approximate=counted_roughly(row.received_on, row.due_on),
        withheld=withheld,
        warning=_warning(row),
    )


def _warning(row: Row[Any]) -> Warned | None:
    if row.holds:
        return None
    if row.received_on > row.last_day:
        return Warned(
            vi=f"Kiến nghị đến sau hạn niêm yết ({row.last_day:%d/%m/%Y}) nên không giữ hộ lại; vẫn được lưu.",
            en=f"It came after the last day of the posting ({row.last_day}): it holds nobody back, and is kept.",
        )
    return Warned(
        vi="Hộ đã có quyết định công nhận nên kiến nghị không giữ hộ lại; vẫn được lưu để trả lời.",
        en="The household is recognised by decision already: it holds nobody back, and is kept to be answered.",
    )
