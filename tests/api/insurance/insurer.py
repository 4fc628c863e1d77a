"""A commune, its insurer, and the lists between them, as people send them."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from api.areas.tables import area_id
from api.recognitions.tables import LivingStandardRecognition, RecognitionDecision
from tests.make.answers import done
from tests.make.households import actor, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import household

LISTS = "/api/v1/insurance-lists"
COMMUNE = str(area_id("14080"))


def home(session: Session, count: int, poverty_class: str | None = "poor", since: date = date(2023, 12, 11),
         hamlet: str = "14080-03") -> list[UUID]:  # fmt: skip
    """A household of so many people, recognised since; the household first, then its people."""
    found = household(session, hamlet)
    people = [put_member(session, actor("truc-thai"), found, full_name=f"Người Thứ {n}") for n in range(count)]
    if poverty_class is not None:
        recognise(session, found, poverty_class, since)
    session.commit()
    return [found, *people]


def turn(session: Session, household_id: UUID, poverty_class: str, since: date) -> None:
    """Another class from this day on."""
    ending = "UPDATE recognition SET days = daterange(lower(days), :day) WHERE household_id = :home AND upper_inf(days)"
    session.execute(text(ending), {"day": since, "home": household_id})
    recognise(session, household_id, poverty_class, since)
    session.commit()


def average(session: Session, household_id: UUID, since: date) -> None:
    """Not poor any more, and recognised as of average living standard."""
    turn(session, household_id, "not_poor", since)
    decision = session.execute(select(RecognitionDecision.id).limit(1)).scalar_one()  # type: ignore[call-overload]
    session.execute(
        insert(LivingStandardRecognition).values(
            id=uuid4(), household_id=household_id, kind="agri_average_living_standard", decision_id=decision,
            days=Range(since, None),
        )
    )  # fmt: skip
    session.commit()


def drawn(client: httpx.Client, month: str, **more: Any) -> dict[str, Any]:
    return done(client.post(LISTS, json={"area_id": COMMUNE, "month": month, **more}))


def lines(client: httpx.Client, made: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    found = done(client.get(f"{LISTS}/{made['id']}/lines", params={"limit": 1000, **query}))["items"]
    assert isinstance(found, list)
    return found


def sent(client: httpx.Client, made: dict[str, Any]) -> dict[str, Any]:
    return done(client.post(f"{LISTS}/{made['id']}/sending", json={"sent_on": made["as_of"]}))


def round_of(client: httpx.Client, month: str) -> list[dict[str, Any]]:
    """The list of a month, drawn up and sent: its lines."""
    made = drawn(client, month)
    found = lines(client, made)
    sent(client, made)
    return found


def told(found: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["change"], one["reason"], one["member_id"]) for one in found}


def change_member(client: httpx.Client, member_id: Any, **fields: Any) -> None:
    where = f"/api/v1/members/{member_id}"
    tag = client.get(where).headers["ETag"]
    answer = client.patch(where, json=fields, headers={"If-Match": tag})
    assert answer.is_success, answer.text
