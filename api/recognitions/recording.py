"""Recognises classes by decision: the only way a household gets one (QĐ 24/2021, Điều 4-5)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
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
from api.households.stored import Held, Lock, hold_households
from api.problems import Conflict, FieldError, Invalid, NotFound
from api.recognitions.movements import movement
from api.recognitions.standings import Past, pasts
from api.recognitions.tables import DecisionKind, DecisionState, Movement, RecognitionDecision
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


@dataclass(frozen=True, slots=True)
class Line:
    """A household in a decision: its class before and by it, and the movement between the two."""

    household_id: UUID
    hamlet_id: UUID
    review_id: UUID | None
    poverty_class: PovertyClass
    class_before: PovertyClass | None
    movement: Movement
    persons: int

    @property
    def recognises(self) -> bool:
        """Who never had a class and is not poor gets no recognition: there is nothing to recognise."""
        return self.poverty_class != PovertyClass.not_poor or self.class_before is not None


def line(household_id: UUID, past: Past, poverty_class: PovertyClass, review_id: UUID | None = None) -> Line:
    """What a decision says of a household with this past."""
    moved = movement(past.class_before, poverty_class, was_poor=past.was_poor, was_near_poor=past.was_near_poor)
    return Line(
        household_id, past.hamlet_id, review_id, poverty_class, past.class_before, Movement(moved), past.persons
    )


def insert_lines(session: Session, decision_id: UUID, lines: Iterable[Line]) -> None:
    """Stores the lines of a decision; one statement."""
    session.execute(
        sql.load("api/recognitions/sql/insert_decision_lines.sql"),
        {"rows": sql.rows([asdict(found) for found in lines]), "decision_id": decision_id},
    )


def record_decision(
    session: Session,
    actor: audit.Acting,
    scope: Scope,
    decision: Decision,
    recognised: Mapping[UUID, PovertyClass],
    origin: Origin = Origin.web,
) -> UUID:
    """A decision signed on paper before, with the classes it gives (`give_classes`): the demo's past rounds.

    Raises NotFound where the area or a household is not in `scope` or is merged away, Conflict where a household has a
    class from this day or a later one already: history is not rewritten (a correction is a decision of its own).
    """
    queries.require_area(session, scope, decision.area_id)
    held = _hold_all(session, scope, recognised)
    decision_id = decision.id or uuid4()
    signed = {"id": decision_id, "kind": DecisionKind.main.value, "state": DecisionState.signed.value}
    _insert(session, asdict(decision) | signed)
    _recognise(session, actor, decision_id, decision.decided_on, held, recognised, origin)
    return decision_id


def add_to_decision(
    session: Session,
    actor: audit.Acting,
    scope: Scope,
    decision_id: UUID,
    decided_on: date,
    recognised: Mapping[UUID, PovertyClass],
    origin: Origin = Origin.web,
) -> None:
    """More households of a decision that was recorded from paper (`record_decision`), by the paper they stand on.
    Raises like that."""
    held = _hold_all(session, scope, recognised)
    _recognise(session, actor, decision_id, decided_on, held, recognised, origin)


def _hold_all(session: Session, scope: Scope, recognised: Mapping[UUID, PovertyClass]) -> Held:
    held = hold_households(session, scope, recognised, Lock.edit)
    living = {i for i in held.mine if held.records[i].values["status"] != "merged"}
    if living != recognised.keys():
        raise NotFound("Có hộ trong quyết định không tìm thấy.", "A household of the decision is not there.")
    return held


def _recognise(
    session: Session,
    actor: audit.Acting,
    decision_id: UUID,
    day: date,
    held: Held,
    recognised: Mapping[UUID, PovertyClass],
    origin: Origin,
) -> None:
    past = pasts(session, recognised, day)
    insert_lines(session, decision_id, [line(i, past[i], c) for i, c in recognised.items()])
    give_classes(session, actor, decision_id, day, held, recognised, origin)
    audit.record(session, actor, "recognitions.record", "household", recognised, decision=str(decision_id))


def give_classes(
    session: Session,
    actor: audit.Acting,
    decision_id: UUID,
    day: date,
    held: Held,
    recognised: Mapping[UUID, PovertyClass],
    origin: Origin = Origin.web,
) -> None:
    """From `day` each household has the class it names; the class before ends the day before.

    Whoever is not named keeps what they had. `held`: the households, locked for editing. Set-based: the number of
    statements does not grow with the list. The class is part of a household on the wire, so a household whose class
    fields are others today gets a new version, with the old and the new values in its history, and the tablets of its
    area learn it. Raises Conflict where a household has a class from this day or a later one already.
    """
    before = classes(session, recognised)
    rows = sql.rows([{"household_id": i, "poverty_class": c} for i, c in recognised.items()])
    later = session.scalar(sql.load("api/recognitions/sql/count_later_recognitions.sql"), {"rows": rows, "day": day})
    if later:
        raise Conflict(
            f"Có {later} hộ đã được phân loại từ ngày {day:%d/%m/%Y} hoặc muộn hơn.",
            f"{later} households have a class from {day} or a later day already.",
            households=later,
        )
    session.execute(sql.load("api/recognitions/sql/close_recognitions.sql"), {"rows": rows, "day": day})
    opened = {"rows": rows, "day": day, "decision_id": decision_id, "at": clock.now()}
    session.execute(sql.load("api/recognitions/sql/open_recognitions.sql"), opened)
    # a poor or near-poor household is excluded from the third path from then on (QĐ 24/2021, Điều 2)
    ended = {"rows": rows, "day": day, "at": clock.now()}
    session.execute(sql.load("api/recognitions/sql/end_living_standard.sql"), ended)
    _announce(session, actor, held, before, classes(session, recognised), origin)


def refuse_while_posted(day: date, last: date | None) -> None:
    """Raises Invalid for a decision of a day on which a list it rests on still hung, up to and with `last`: until then
    anybody may complain (QĐ 24/2021, Điều 4.4, Điều 6)."""
    if last is not None and day <= last:
        vi = f"Danh sách niêm yết tới hết ngày {last:%d/%m/%Y}; ngày quyết định phải sau ngày đó."
        en = f"The list was posted to the end of {last}; the decision has to come after that day."
        raise Invalid(vi, en, errors=(FieldError("#/decided_on", "before_end_of_posting", vi, en),))


def prepare_decision(
    session: Session, actor: audit.Acting, decision_id: UUID, area_id: UUID, kind: DecisionKind, round_id: UUID | None
) -> None:
    """Stores a decision that waits for its signature."""
    _insert(
        session,
        {
            "id": decision_id,
            "area_id": area_id,
            "round_id": round_id,
            "kind": kind.value,
            "state": DecisionState.prepared.value,
            "prepared_by": actor.account_id,
        },
    )


def _insert(session: Session, values: dict[str, Any]) -> None:
    now = clock.now()
    session.execute(insert(RecognitionDecision).values(**values, version=1, recorded_at=now, updated_at=now))


def _announce(
    session: Session,
    actor: audit.Acting,
    held: Held,
    before: Mapping[UUID, dict[str, Any]],
    after: Mapping[UUID, dict[str, Any]],
    origin: Origin,
) -> None:
    steps = []
    for household_id, now in after.items():
        then = before[household_id]
        change = {name: [then[name], now[name]] for name in now if now[name] != then[name]}
        if change:
            steps.append(Step(household_id, held.records[household_id].version + 1, change))
    if not steps:
        return
    ids = sql.rows([{"household_id": step.record_id} for step in steps])
    session.execute(sql.load("api/recognitions/sql/raise_versions.sql"), {"rows": ids, "at": clock.now()})
    history.keep(session, actor, "household", steps, origin)
    history.announce(
        session,
        [Announcement("household", s.record_id, held.hamlets[s.record_id], s.record_id, s.version) for s in steps],
    )
