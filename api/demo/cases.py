"""Interventions of the demo, opened and led on through the commands of the web."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.demo import accounts
from api.demo.year import YEAR, demo_id
from api.interventions.documents import record_document
from api.interventions.opening import open_intervention
from api.interventions.participant_schemas import ParticipantIn
from api.interventions.participants import enrol
from api.interventions.schemas import InterventionIn
from api.interventions.step_schemas import DocumentIn, StepIn
from api.interventions.steps import take_step


def opened(session: Session, who: str, name: str, **body: Any) -> UUID:
    """Opens an intervention; `name` makes its id."""
    read = InterventionIn.model_validate({"id": demo_id("intervention", name), "year": YEAR, **body})
    return open_intervention(session, accounts.acting(who), read, None)


def papers(session: Session, who: str, case: UUID, signed_on: str, *codes: str) -> None:
    """Papers of its checklist, without scans."""
    for code in codes:
        read = {"id": demo_id("document", f"{case}:{code}"), "code": code, "signed_on": signed_on}
        record_document(session, accounts.acting(who), case, DocumentIn.model_validate(read), None)


def step(
    session: Session, who: str, case: UUID, code: str, taken_on: str, participant: UUID | None = None, **fields: Any
) -> None:
    """Takes a step; the same step of the same day and participant is one."""
    read = {
        "id": demo_id("step", f"{case}:{code}:{taken_on}:{participant}"),
        "step": code,
        "taken_on": taken_on,
        "participant_id": participant,
        "fields": fields,
    }
    take_step(session, accounts.acting(who), case, None, StepIn.model_validate(read), None)


def enrolled(session: Session, who: str, case: UUID, people: Iterable[dict[str, Any]]) -> list[UUID]:
    """Enrols all of them at once; their ids in this order."""
    sent = [
        ParticipantIn.model_validate({"id": demo_id("participant", f"{case}:{place}"), **one})
        for place, one in enumerate(people)
    ]
    return enrol(session, accounts.acting(who), case, sent, None).ids
