"""How many take part in an intervention, by class on the day of joining and by sex."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, case, cast, func, true
from sqlmodel import Session

from api import clock
from api.households.wire_records import HOUSEHOLD, MEMBER
from api.interventions.participants_reach import PARTICIPANT, THEN, participants_of
from api.interventions.schemas import Heads
from api.interventions.small_counts import without_small_counts
from api.interventions.tables import ParticipantState
from api.suppression import least_told

# The classes that a reader of a report asks for; whoever is none of the first three is `other`.
CLASSES = ("poor", "near_poor", "newly_escaped", "other")
SEXES = ("male", "female")

class_group = case(
    (THEN.c.current_class.in_(("poor", "near_poor")), THEN.c.current_class),
    (THEN.c.newly_escaped_until.is_not(None), "newly_escaped"),
    else_="other",
)


def heads(session: Session, intervention_id: UUID, *, tells_all: bool) -> Heads:
    """The numbers of one intervention, in one statement. Whoever calls has checked that it may be seen, and whether the
    reader is told small counts (`tells_all`)."""
    here: Any = PARTICIPANT.c.state != ParticipantState.left
    person = and_(here, PARTICIPANT.c.member_id.is_not(None) | PARTICIPANT.c.outsider.is_not(None))
    single = and_(here, PARTICIPANT.c.household_id.is_not(None) | PARTICIPANT.c.outsider.is_not(None))
    sex: Any = func.coalesce(MEMBER.c.sex, PARTICIPANT.c.outsider["sex"].astext)
    counted: list[Any] = [
        func.count().filter(here).label("participants"),
        func.count(HOUSEHOLD.c.id.distinct()).filter(here).label("households"),
        func.count(PARTICIPANT.c.organisation_id.distinct()).filter(here).label("organisations"),
        func.count().filter(person).label("persons"),
        func.count().filter(~here).label("left"),
        func.count().filter(and_(here, single)).label("singles"),
        *(func.count().filter(person, sex == one).label(one) for one in SEXES),
        *(func.count().filter(single, class_group == one).label(one) for one in CLASSES),
        *(func.coalesce(func.sum(_in_group(one)).filter(here), 0).label(f"of_{one}") for one in CLASSES),
    ]
    query = participants_of(PARTICIPANT.c.intervention_id == intervention_id, *counted)
    query = query.outerjoin(MEMBER, MEMBER.c.id == PARTICIPANT.c.member_id)
    row = session.execute(query.outerjoin(THEN, true())).one()._mapping
    groups = {one: int(row[f"of_{one}"]) for one in CLASSES}
    found = Heads(
        **{name: row[name] for name in ("participants", "households", "organisations", "persons", "left")},
        in_groups=sum(groups.values()),
        by_class={one: row[one] + groups[one] for one in CLASSES},
        by_sex={one: row[one] for one in SEXES},
        suppressed=False,
    )
    return found if tells_all else without_small_counts(found, row["singles"], least_told(clock.today()))


def _in_group(one: str) -> Any:
    return cast(PARTICIPANT.c.headcount[one].astext, Integer)
