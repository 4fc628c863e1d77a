"""Families of a hamlet whose people work, look for work and learn; put in directly or over HTTP."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from api.recognitions.tables import LivingStandardRecognition, RecognitionDecision
from tests.make import interventions
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.entitlements import need
from tests.make.programme_work import ROOT, enrolled, opened
from tests.make.recognitions import recognise
from tests.make.reviews import households

RECORDS = "/api/v1/labour-records"
SINCE = date(2023, 12, 12)


def family(session: Session, poverty_class: str | None = "poor", count: int = 1, hamlet: str = "14080-03",
           since: date = SINCE, **fields: Any) -> list[UUID]:  # fmt: skip
    """A recognised household; it first, then its people (born from 1970 on)."""
    (home,) = households(session, 1, hamlet)
    if poverty_class is not None:
        recognise(session, home, poverty_class, since)
    made = people(session, home, count, by="truc-thai" if hamlet.startswith("14080") else "truc-dai", **fields)
    session.commit()
    return [home, *made]


def low_income(session: Session, home: UUID, member: UUID, since: date = SINCE) -> None:
    """The person is recognised as a worker of low income, from that day on."""
    decision = session.execute(select(RecognitionDecision.id).limit(1)).scalar_one()  # type: ignore[call-overload]
    session.execute(
        insert(LivingStandardRecognition).values(
            id=uuid4(), household_id=home, member_id=member, kind="low_income_worker", decision_id=decision,
            days=Range(since, None),
        )
    )  # fmt: skip
    session.commit()


def seeks(client: httpx.Client, home: UUID, member: UUID, **more: Any) -> str:
    asked = {
        "kind": "job_seeker", "year": 2024, "title": "Tìm việc", "household_id": str(home), "member_id": str(member),
        "starts_on": "2024-05-20", "fields": {"wants": "May công nghiệp"}, **more,
    }  # fmt: skip
    return str(done(client.post(ROOT, json=asked))["id"])


def step(client: httpx.Client, case: str, code: str, day: str, participant: str | None = None, **fields: Any) -> None:
    body = {"step": code, "taken_on": day, "participant_id": participant, "fields": fields}
    done(client.post(f"{ROOT}/{case}/steps", json=body))


def records(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = done(client.get(RECORDS, params={**query, **({"cursor": cursor} if cursor else {})}))
        assert len(page["items"]) <= query.get("limit", 100)
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def comes_to_work(session: Session, sign_in: Callable[[str], httpx.Client]) -> UUID:
    """A person learns to sew, looks for work, is counselled and referred, works, and still works after six months."""
    officer = sign_in("truc-thai")
    home, man = family(session, labour_status="working", labour_contract=True, occupation="Công nhân may",
                       qualification="lower_secondary")  # fmt: skip
    need(session, "vocational_training", home, date(2024, 5, 1), member_id=man)
    need(session, "credit", home, date(2024, 5, 1), member_id=man)
    support = interventions.intervention(session, kind="job_support", policy=None)
    whom: dict[str, Any] = {"household_id": home, "member_id": man, "delivered_on": date(2024, 5, 22)}
    interventions.handed_out(session, support, service="counselling", **whom)
    interventions.handed_out(session, support, service="job_fair", **{**whom, "outcome": "refused"})
    session.commit()
    vacancy = opened(sign_in, "vacancy", title="Tuyển công nhân may")["id"]
    case = seeks(officer, home, man)
    step(officer, case, "refer", "2024-06-03", vacancy_id=vacancy)
    step(officer, case, "place", "2024-06-17", vacancy_id=vacancy, employer="Công ty may", contract=True)
    step(officer, case, "lasts_6_months", "2024-12-20", works=True)
    course = opened(sign_in, "vocational_course", fields={"trade": "May"}, title="Lớp may")
    (learner,) = enrolled(officer, course, {
        "role": "learner", "household_id": str(home), "member_id": str(man), "joined_on": "2024-03-04",
    })  # fmt: skip
    done(officer.patch(f"{ROOT}/{course['id']}/participants/{learner['id']}", json={
        "state": "finished", "ended_on": "2024-05-10",
        "fields": {"certificate_no": "CC-014", "certified_on": "2024-05-10"},
    }))  # fmt: skip
    step(officer, course["id"], "start", "2024-03-04")
    step(officer, course["id"], "end", "2024-05-10")
    step(officer, course["id"], "job_6_months", "2024-11-10", learner["id"], works=False)
    return home
