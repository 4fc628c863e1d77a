"""Mẫu 01 and Mẫu 04 of a request, filled with what the register knows of the household."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.households.class_view import household_class_on
from api.papers.requests import EscapeRequest, ReviewRequest
from api.printing import people, places
from api.printing.sheet import Sheet
from api.recognitions.living_standard_queries import LIVING
from api.recognitions.tables import LivingStandardKind
from api.reviews.queries import request
from api.reviews.schemas import RequestOut
from api.reviews.tables import RequestKind


def request_paper(session: Session, actor: Actor, request_id: UUID) -> Sheet:
    """Mẫu 01, or Mẫu 04 for a household that says it has escaped. Of a household that is not registered yet the form is
    empty. Raises NotFound."""
    asked = request(session, actor, request_id)
    home = people.homes(session, actor, [asked.household_id]).get(asked.household_id) if asked.household_id else None
    place = places.place(session, asked.hamlet_id, asked.received_on)
    common: dict[str, Any] = {
        "issuer": place.issuer(),
        "year": asked.received_on.year,
        "head": home and people.person(home, place),
        "members": people.members(home) if home else (),
        "reason": asked.reason,
        "filed_on": asked.received_on,
    }
    audit.record(session, actor, "requests.print", "household", [home.id] if home else [], request=str(request_id))
    day = f"{asked.received_on:%d-%m-%Y}"
    if asked.kind is RequestKind.escape:
        paper = EscapeRequest(**common, current_class=_class_then(session, asked))  # type: ignore[arg-type]
        return Sheet("escape_request", paper, f"Mẫu 04 - {place.hamlet} - {day}")
    purpose = "poverty" if asked.kind is RequestKind.review else _third_path(session, request_id)
    return Sheet("review_request", ReviewRequest(**common, purpose=purpose), f"Mẫu 01 - {place.hamlet} - {day}")  # type: ignore[arg-type]


def _class_then(session: Session, asked: RequestOut) -> str | None:
    """Poor or near-poor on the day of the request; None for anything else: the box stays for the pen."""
    day = household_class_on(asked.received_on)
    found: str | None = session.execute(
        select(day.c.current_class).where(day.c.household_id == asked.household_id)
    ).scalar_one_or_none()
    return found if found in ("poor", "near_poor") else None


def _third_path(session: Session, request_id: UUID) -> str:
    """The request says "average living standard" for both; the case opened on it says for whom."""
    kinds = session.scalars(select(LIVING.c.kind).where(LIVING.c.request_id == request_id)).all()
    worker = LivingStandardKind.low_income_worker
    return worker.value if kinds and set(kinds) == {worker} else "average_living_standard"
