"""Confirmation letters: that a household was poor, near-poor or newly escaped on a day. The code in the QR verifies a
letter without saying anything about a person."""

import base64
import secrets
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.areas.names import full_name
from api.areas.tables import LocalKind
from api.households.class_view import household_class_on
from api.households.homes import HAMLET, HOUSEHOLD, at_home, require_home
from api.idempotency import new_id
from api.problems import Conflict, NotFound
from api.procedure.records import reused
from api.recognitions.books import AREA, commune_of, hold_books
from api.recognitions.certificate_schemas import LetterIn, LetterOut, VerifiedOut
from api.recognitions.decision_queries import DECISION
from api.recognitions.schemas import DecisionBrief
from api.recognitions.tables import ConfirmationLetter, Recognition
from api.schema import Page

_LETTER = ConfirmationLetter.__table__  # type: ignore[attr-defined]
_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]
# 160 random bits, 32 letters and digits that a person can also read out
_CODE_BYTES = 20


def write_letter(session: Session, actor: Actor, body: LetterIn, key: str | None) -> LetterOut:
    """A letter with the next number of the year's book. The same id or key again gives the one that is there.

    Raises NotFound, Conflict where the household was neither poor, near-poor nor newly escaped on that day: there is
    nothing to confirm.
    """
    letter_id = new_id(actor.account_id, "confirmation_letter", body.id, key)
    home = require_home(session, actor.scope, body.household_id)
    area_id = commune_of(session, home.hamlet_id, actor.scope)
    hold_books(session, area_id)
    stored = session.execute(select(_LETTER).where(_LETTER.c.id == letter_id)).one_or_none()
    if stored is not None:
        if (stored.household_id, stored.as_of) != (body.household_id, body.as_of):
            raise reused(by_key=bool(key) and body.id is None)
        return letter(session, actor, letter_id)
    found = _on(session, home.id, body.as_of)
    today = clock.today()
    last = select(func.max(_LETTER.c.book_no)).where(_LETTER.c.area_id == area_id, _LETTER.c.year == today.year)
    values: dict[str, Any] = {
        "id": letter_id,
        "code": base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode(),
        "household_id": home.id,
        "area_id": area_id,
        "year": today.year,
        "book_no": (session.scalar(last) or 0) + 1,
        "as_of": body.as_of,
        "poverty_class": found.current_class,
        "newly_escaped": found.newly_escaped_until is not None,
        "decision_id": found.decision_id,
        "issued_on": today,
        "issued_by": actor.account_id,
        "created_at": clock.now(),
    }
    session.execute(insert(_LETTER).values(**values))
    audit.record(session, actor, "letters.write", "household", [home.id], as_of=body.as_of.isoformat())
    return letter(session, actor, letter_id)


def _on(session: Session, household_id: UUID, day: date) -> Any:
    """What the household was on a day, and the decision that says so. Raises Conflict where there is nothing to say."""
    on = household_class_on(day)
    row = session.execute(
        select(on.c.current_class, on.c.newly_escaped_until, _RECOGNITION.c.decision_id)
        .outerjoin(
            _RECOGNITION,
            (_RECOGNITION.c.household_id == on.c.household_id) & _RECOGNITION.c.days.op("@>")(day),
        )
        .where(on.c.household_id == household_id)
    ).one()
    if row.current_class not in ("poor", "near_poor") and row.newly_escaped_until is None:
        raise Conflict(
            f"Ngày {day:%d/%m/%Y} hộ này không phải hộ nghèo, hộ cận nghèo hay hộ mới thoát nghèo.",
            f"On {day} the household was neither poor, near-poor nor newly escaped.",
        )
    return row


def letters(
    session: Session, actor: Actor, *, household_id: UUID | None, limit: int, cursor: str | None
) -> Page[LetterOut]:
    """The letters of the households of my areas, newest first."""
    order = (_LETTER.c.issued_on, _LETTER.c.id)
    query = _letters_of(actor).order_by(*(column.desc() for column in order))
    if household_id is not None:
        query = query.where(HOUSEHOLD.c.id == household_id)
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.issued_on.isoformat(), str(row.id)))
    audit.record(session, actor, "letters.list", "household", dict.fromkeys(row.home for row in shown))
    return Page[LetterOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def letter(session: Session, actor: Actor, letter_id: UUID) -> LetterOut:
    """One letter. Raises NotFound where its household is none of my areas."""
    row = session.execute(_letters_of(actor).where(_LETTER.c.id == letter_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy giấy xác nhận này.", "There is no such letter.")
    audit.record(session, actor, "letters.read", "household", [row.home])
    return _out(row)


def _letters_of(actor: Actor) -> Select[Any]:
    brief = (DECISION.c.number, DECISION.c.decided_on, DECISION.c.signatory, DECISION.c.round_id)
    query = select(_LETTER, HOUSEHOLD.c.id.label("home"), HAMLET, *brief).select_from(_LETTER)
    query = query.outerjoin(DECISION, DECISION.c.id == _LETTER.c.decision_id)
    return at_home(query, _LETTER.c.household_id).where(actor.scope.covers(HAMLET))


def _out(row: Any) -> LetterOut:
    stored = {name: getattr(row, name) for name in LetterOut.model_fields if name in row._fields}
    decision = None
    if row.decision_id is not None:
        brief = {name: getattr(row, name) for name in ("number", "decided_on", "signatory", "round_id")}
        decision = DecisionBrief(id=row.decision_id, **brief)
    return LetterOut(**stored | {"household_id": row.home, "verify_path": f"/verify/{row.code}", "decision": decision})


def verified(session: Session, code: str) -> VerifiedOut | None:
    """The letter of a code as everybody may know it; None for a code that no letter has."""
    row = session.execute(
        select(_LETTER.c.book_no, _LETTER.c.year, _LETTER.c.issued_on, AREA.c.name, AREA.c.local_kind)
        .join(AREA, AREA.c.id == _LETTER.c.area_id)
        .where(_LETTER.c.code == code.upper())
    ).one_or_none()
    if row is None:
        return None
    commune = full_name(LocalKind(row.local_kind), row.name)
    return VerifiedOut(valid=True, commune=commune, book_no=row.book_no, year=row.year, issued_on=row.issued_on)
