"""Recognises classes by decision: the only way a household gets one (QĐ 24/2021, Điều 4-5)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from api import audit, clock, sql
from api.areas.scope import Scope
from api.changes import history
from api.changes.fold import Step
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.households.class_view import classes
from api.households.stored import Lock, hold_households
from api.problems import Conflict, NotFound
from api.recognitions.tables import DecisionKind, DecisionState, RecognitionDecision
from api.reviews import queries
from api.standards.tables import PovertyClass


@dataclass(frozen=True)
class Decision:
    """The paper (Mẫu 02). `id` may be given, so that recording it twice fails instead of doubling it."""

    number: str
    decided_on: date
    signatory: str
    area_id: UUID
    round_id: UUID | None = None
    id: UUID | None = None


def record_decision(
    session: Session,
    actor: audit.Acting,
    scope: Scope,
    decision: Decision,
    recognised: Mapping[UUID, PovertyClass],
    origin: Origin = Origin.web,
) -> UUID:
    """From the day of the decision each household has the class it names; the class before ends the day before.

    Whoever is not named keeps what they had. Set-based: the number of statements does not grow with the list. The class
    is part of a household on the wire, so a household whose class fields are others today gets a new version, with the
    old and the new values in its history, and the tablets of its area learn it.

    Raises NotFound where the area or a household is not in `scope` or is merged away, Conflict where a household has a
    class from this day or a later one already: history is not rewritten (a correction is a decision of its own).
    """
    queries.require_area(session, scope, decision.area_id)
    held = hold_households(session, scope, recognised, Lock.edit)
    living = {i for i in held.mine if held.records[i].values["status"] != "merged"}
    if living != recognised.keys():
        raise NotFound("Có hộ trong quyết định không tìm thấy.", "A household of the decision is not there.")
    before = classes(session, recognised)
    decision_id = _insert(session, decision)
    _replace_ranges(session, decision_id, decision.decided_on, recognised)
    _announce(session, actor, held.records, held.hamlets, before, origin)
    audit.record(session, actor, "recognitions.record", "household", recognised, decision=str(decision_id))
    return decision_id


def _insert(session: Session, decision: Decision) -> UUID:
    decision_id = decision.id or uuid4()
    session.execute(
        insert(RecognitionDecision).values(
            id=decision_id,
            area_id=decision.area_id,
            round_id=decision.round_id,
            number=decision.number,
            decided_on=decision.decided_on,
            signatory=decision.signatory,
            kind=DecisionKind.main.value,
            state=DecisionState.signed.value,
            version=1,
            recorded_at=clock.now(),
            updated_at=clock.now(),
        )
    )
    return decision_id


def _replace_ranges(session: Session, decision_id: UUID, day: date, recognised: Mapping[UUID, PovertyClass]) -> None:
    rows = json.dumps([{"household_id": str(i), "poverty_class": c.value} for i, c in recognised.items()])
    later = session.scalar(sql.load("api/recognitions/sql/count_later_recognitions.sql"), {"rows": rows, "day": day})
    if later:
        raise Conflict(
            f"Có {later} hộ đã được phân loại từ ngày {day:%d/%m/%Y} hoặc muộn hơn.",
            f"{later} households have a class from {day} or a later day already.",
            households=later,
        )
    session.execute(sql.load("api/recognitions/sql/close_recognitions.sql"), {"rows": rows, "day": day})
    session.execute(
        sql.load("api/recognitions/sql/open_recognitions.sql"), {"rows": rows, "day": day, "decision_id": decision_id}
    )


def _announce(
    session: Session,
    actor: audit.Acting,
    records: Mapping[UUID, Any],
    hamlets: Mapping[UUID, str],
    before: Mapping[UUID, dict[str, Any]],
    origin: Origin,
) -> None:
    after = classes(session, records)
    steps = []
    for household_id, record in records.items():
        now, then = after[household_id], before[household_id]
        change = {name: [then[name], now[name]] for name in now if now[name] != then[name]}
        if change:
            steps.append(Step(household_id, record.version + 1, change))
    if not steps:
        return
    ids = json.dumps([{"household_id": str(step.record_id)} for step in steps])
    session.execute(sql.load("api/recognitions/sql/raise_versions.sql"), {"rows": ids, "at": clock.now()})
    history.keep(session, actor, "household", steps, origin)
    history.announce(
        session,
        [Announcement("household", s.record_id, hamlets[s.record_id], s.record_id, s.version) for s in steps],
    )
