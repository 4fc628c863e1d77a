"""Books gifts to the Fund, what it gives on, and reversals."""

from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.places import require_level
from api.areas.tables import Area, Level
from api.fund.queries import ENTRY, FUND, entries_of
from api.fund.schemas import EntryIn, EntryReversal
from api.fund.tables import FundDirection
from api.households.homes import require_home
from api.idempotency import new_id
from api.interventions.organisation_queries import require_organisation
from api.interventions.reach import require_within
from api.money import dong
from api.problems import Conflict, FieldError, Invalid, NotFound, PermissionDenied
from api.procedure.records import made_before, reused
from api.recognitions.books import commune_of

_AREA = Area.__table__  # type: ignore[attr-defined]
_SENT = ("direction", "amount_vnd", "booked_on", "giver", "public_name", "organisation_id", "household_id",
         "intervention_id", "purpose", "document_no")  # fmt: skip


def book(session: Session, actor: Actor, body: EntryIn, key: str | None) -> UUID:
    """A gift or an outlay. The same id or key again books once.

    Raises NotFound (area, household, organisation, intervention), PermissionDenied (an outlay by a hamlet: it collects,
    the commune's Front gives on), Conflict where the Fund does not hold so much.
    """
    commune_id, hamlet_id = _place(session, actor, body)
    entry_id = new_id(actor.account_id, "fund_entry", body.id, key)
    held = _hold(session, commune_id)
    sent = {name: getattr(body, name) for name in _SENT} | {"area_id": commune_id, "hamlet_id": hamlet_id}
    if made_before(session, ENTRY, entry_id, sent, by_key=bool(key) and body.id is None) is not None:
        return entry_id
    _check_subject(session, actor, body)
    if body.direction is FundDirection.outlay and (left := held.income_vnd - held.outlay_vnd) < body.amount_vnd:
        raise Conflict(
            f"Quỹ chỉ còn {dong(left)}, không đủ để chi {dong(body.amount_vnd)}.",
            f"The Fund holds {left} VND, less than {body.amount_vnd}.",
            available_vnd=left,
            asked_vnd=body.amount_vnd,
        )
    session.execute(insert(ENTRY).values(id=entry_id, **sent, recorded_by=actor.account_id, recorded_at=clock.now()))
    audit.record(session, actor, "fund.book", "fund_entry", [entry_id], direction=body.direction)
    return entry_id


def reverse(session: Session, actor: Actor, entry_id: UUID, body: EntryReversal) -> UUID:
    """Takes an entry back, whole. Raises NotFound, Conflict (taken back already, a reversal itself, or money that has
    been given on since), Invalid (a day before the entry's)."""
    entry = session.execute(entries_of(actor, ENTRY.c.id == entry_id)).one_or_none()
    if entry is None:
        raise NotFound("Không tìm thấy khoản thu, chi này.", "There is no such entry.")
    held = _hold(session, entry.area_id)
    reversal_id = body.id or uuid5(entry_id, "reversal")
    stored = session.execute(select(ENTRY).where(ENTRY.c.id == reversal_id)).one_or_none()
    if stored is not None:
        if (stored.reverses_id, stored.reason, stored.booked_on) != (entry_id, body.reason, body.booked_on):
            raise reused(by_key=False)
        return reversal_id
    if body.booked_on < entry.booked_on:
        vi, en = "Ngày hủy trước ngày ghi sổ.", "The reversal lies before the entry."
        raise Invalid(vi, en, errors=(FieldError("#/booked_on", "before_the_entry", vi, en),))
    before = session.execute(select(ENTRY).where(ENTRY.c.reverses_id == entry_id)).one_or_none()
    if entry.reverses_id is not None or before is not None:
        raise Conflict("Khoản này đã được hủy, hoặc là bút toán hủy.", "It was taken back, or takes back another.")
    if entry.direction == FundDirection.income and held.income_vnd - held.outlay_vnd < entry.amount_vnd:
        raise Conflict("Số tiền này đã được chi, không hủy khoản thu được.", "This money has been given on since.")
    copied = {name: getattr(entry, name) for name in (*_SENT, "area_id", "hamlet_id")}
    changed: dict[str, Any] = {"id": reversal_id, "amount_vnd": -entry.amount_vnd, "booked_on": body.booked_on}
    said = {"reverses_id": entry_id, "reason": body.reason, "recorded_by": actor.account_id}
    session.execute(insert(ENTRY).values(**copied | changed | said, recorded_at=clock.now()))
    audit.record(session, actor, "fund.reverse", "fund_entry", [entry_id])
    return reversal_id


def _place(session: Session, actor: Actor, body: EntryIn) -> tuple[UUID, UUID | None]:
    """The commune whose Fund it is, and the hamlet that collected it."""
    if require_level(session, actor.scope, body.area_id, Level.commune, Level.hamlet) is Level.commune:
        return body.area_id, None
    commune_id = commune_of(session, body.area_id, actor.scope)
    if body.direction is FundDirection.outlay and not _reaches(session, actor, commune_id):
        raise PermissionDenied(
            "Xóm chỉ ghi khoản vận động được; chi Quỹ do Mặt trận xã ghi.",
            "A hamlet enters what it collects; the Front of the commune gives on.",
            permission="fund:write",
        )
    return commune_id, body.area_id


def _reaches(session: Session, actor: Actor, commune_id: UUID) -> bool:
    query = select(_AREA.c.id).where(_AREA.c.id == commune_id, actor.scope.covers(_AREA.c.id))
    return session.scalar(query) is not None


def _check_subject(session: Session, actor: Actor, body: EntryIn) -> None:
    if body.organisation_id is not None:
        require_organisation(session, actor.scope, body.organisation_id)
    if body.household_id is not None:
        require_home(session, actor.scope, body.household_id)
    if body.intervention_id is not None:
        require_within(session, actor.scope, body.intervention_id)


def _hold(session: Session, commune_id: UUID) -> Row[Any]:
    """The sums of the Fund under lock, so that two outlays do not both see the last money."""
    opened = upsert(FUND).values(area_id=commune_id, income_vnd=0, outlay_vnd=0).on_conflict_do_nothing()
    session.execute(opened)
    return session.execute(select(FUND).where(FUND.c.area_id == commune_id).with_for_update()).one()
