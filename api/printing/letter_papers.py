"""Letters to one household: the confirmation of a day with its QR, and the refusal of a request."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.papers.decisions import Confirmation, Refusal
from api.papers.parts import QrCode, Reference
from api.printing import people, places
from api.printing.people import word
from api.printing.sheet import NAMELESS, Sheet, as_lines, chair
from api.problems import NotFound
from api.recognitions import letters, refusals
from api.recognitions.certificate_schemas import LetterOut
from api.recognitions.refusal_schemas import RefusalOut
from api.reviews.cases import CASE
from api.reviews.queries import request
from api.reviews.tables import Review

_REVIEW = Review.__table__  # type: ignore[attr-defined]


def confirmation(session: Session, actor: Actor, letter_id: UUID, public_address: str) -> Sheet:
    """Giấy xác nhận. The QR leads to `public_address`/verify/…, where anybody sees that the letter is genuine and
    nothing of a person. Raises NotFound outside of the actor's areas."""
    letter = letters.letter(session, actor, letter_id)
    place = places.place(session, letter.hamlet_id, letter.issued_on)
    home = people.homes(session, actor, [letter.household_id])[letter.household_id]
    decision = letter.decision
    paper = Confirmation(
        issuer=place.issuer(),
        reference=Reference(number=f"{letter.book_no}/GXN-UBND", day=letter.issued_on),
        signatory=chair(None),
        book_number=f"{letter.book_no}/{letter.year}",
        head=people.person(home, place) or people.nobody(),
        on=letter.as_of,
        status=_status(letter),
        decision=Reference(number=decision.number, day=decision.decided_on) if decision else Reference(),
        qr=QrCode(url=f"{public_address}{letter.verify_path}"),
    )
    audit.record(session, actor, "letters.print", "household", [home.id], letter=str(letter_id))
    return Sheet("confirmation", paper, f"Giấy xác nhận số {letter.book_no}-{letter.year}")


def _status(letter: LetterOut) -> str:
    """A household can be near-poor and newly escaped from poverty at once (domain.md 10.3)."""
    poor = letter.poverty_class if letter.poverty_class in ("poor", "near_poor") else None
    said = [word("poverty_class", poor), "hộ mới thoát nghèo" if letter.newly_escaped else None]
    return ", ".join(places.in_a_sentence(one) for one in said if one)


def refusal(session: Session, actor: Actor, request_id: UUID) -> Sheet:
    """Thông báo không công nhận; not signed it is a draft. Raises NotFound where the request was not refused."""
    found = refusals.refusal(session, actor, request_id)
    asked = request(session, actor, request_id)
    home = people.homes(session, actor, [found.household_id]).get(found.household_id) if found.household_id else None
    if home is None:
        raise NotFound("Không tìm thấy hộ của giấy đề nghị này.", "The household of this request is not there.")
    place = places.place(session, home.hamlet_id, found.signed_on or asked.received_on)
    b1, b2 = _points(session, found)
    paper = Refusal(
        issuer=place.issuer(),
        reference=Reference(number=found.number, day=found.signed_on),
        signatory=chair(found.signatory),
        head_name=home.head_name or NAMELESS,
        address=place.address(home.address),
        request=f"giấy {places.in_a_sentence(word('request_kind', asked.kind) or '')}",
        filed_on=asked.received_on,
        reasons=as_lines(found.reasons),
        b1=b1,
        b2=b2,
        complaint_to=f"Ủy ban nhân dân {place.commune}",
        recipients=("Như trên", "Lưu: VT"),
    )
    audit.record(session, actor, "refusals.print", "household", [home.id], request=str(request_id))
    return Sheet("refusal", paper, f"Thông báo không công nhận - {place.hamlet} - {asked.received_on:%d-%m-%Y}")


def _points(session: Session, found: RefusalOut) -> tuple[int | None, int | None]:
    """Of the review in the round that the request was refused after; none where it was screened out."""
    row = session.execute(
        select(_REVIEW.c.b1, _REVIEW.c.b2)
        .join(CASE, CASE.c.review_id == _REVIEW.c.id)
        .where(CASE.c.request_id == found.request_id, CASE.c.round_id == found.round_id)
    ).first()
    return (None, None) if row is None else (row.b1, row.b2)
