"""PURE: what a monthly list says, from who is entitled on its day and what the insurer was told before.

A person is on or off; a list holds what differs. So, whatever happened in between,

    on after the list = on before it + increases - decreases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from api.programmes.definition import Policy, in_force
from api.programmes.facts import VOCABULARIES
from api.standards.definition import Cited, Words
from api.standards.expressions import Logic, compiled

_CLOSED = {"extra": "forbid"}  # read by pydantic: an unknown key in a file is a typing mistake
Starts = Literal["event", "month", "next_month"]
INCREASE, DECREASE = "increase", "decrease"


@dataclass(frozen=True, kw_only=True)
class Group(Cited):
    """A group that the commune reports, with the insurer's code and the policy that says who is in it."""

    code: str
    policy: str
    label: Words
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Elsewhere(Cited):
    """Who is insured by another group before."""

    code: str
    label: Words
    when: Logic
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Start(Cited):
    """From which day a change of a reason counts."""

    reason: str
    starts: Starts
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Window(Cited):
    """How many months before and after the first day of the list's month a day may lie that an officer writes."""

    months_before: int
    months_after: int
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, slots=True)
class Law:
    """What decides about a list: the groups in their order, with their policies, and the days."""

    groups: tuple[Group, ...]
    policies: Mapping[str, Policy]
    elsewhere: tuple[Elsewhere, ...]
    starts: tuple[Start, ...]
    window: Window

    def start(self, reason: str, day: date) -> Start | None:
        return next((one for one in self.starts if one.reason == reason and in_force(one, day)), None)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the day of a list. `lives_here`: in a household of the commune that is there, born and not left.

    `average_since`: the household is recognised as of average living standard since. `came_on`: the day the household
    last came into the commune from another one.
    """

    member_id: UUID
    household_id: UUID
    lives_here: bool
    poverty_class: str | None = None
    class_since: date | None = None
    average_since: date | None = None
    birth_date: date | None = None
    left_on: date | None = None
    left_reason: str | None = None
    pension: bool | None = None
    merit_person: bool = False
    came_on: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the insurer was told last of a person, and took: on or off, by which policy, why."""

    on: bool
    policy: str
    group_code: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Returned:
    """The last line of a person came back with an error. Not resolved, it waits; resolved, it is told once more."""

    change: str
    valid_from: date
    resolved: bool


@dataclass(frozen=True, slots=True)
class Line:
    household_id: UUID
    member_id: UUID
    change: str
    reason: str
    policy: str
    group_code: str | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class Frame:
    """The list that is drawn up: its month (the first day), its day, and the day of the list before (None: none)."""

    month: date
    as_of: date
    since: date | None


def draw_up(
    people: Iterable[Person],
    told: Mapping[UUID, Told],
    returned: Mapping[UUID, Returned],
    law: Law,
    frame: Frame,
) -> list[Line]:
    """The list: decreases before increases, otherwise in the order of `people` (everybody who is on or entitled)."""
    membership = _Membership(law, frame.as_of)
    decreases: list[Line] = []
    increases: list[Line] = []
    for person in people:
        back = returned.get(person.member_id)
        if back is not None and not back.resolved:
            continue
        before = told.get(person.member_id)
        group = membership.group(person)
        if before is not None and before.on and (group is None or group.policy != before.policy):
            reason = "other_group" if group else _why_off(person, membership, frame)
            decreases.append(_line(person, DECREASE, reason, before.policy, before.group_code, back, law, frame))
        if group is not None and not (before is not None and before.on and before.policy == group.policy):
            reason = _why_on(person, before, frame)
            increases.append(_line(person, INCREASE, reason, group.policy, group.code, back, law, frame))
    return [*decreases, *increases]


class _Membership:
    """Which group somebody is in; every combination of facts is asked once, however many people share it."""

    def __init__(self, law: Law, day: date) -> None:
        self._law, self._day = law, day
        self._groups: dict[tuple[str | None, bool], Group | None] = {}
        self._elsewhere: dict[tuple[bool | None, bool], bool] = {}

    def group(self, person: Person) -> Group | None:
        if not person.lives_here or self.elsewhere(person):
            return None
        key = person.poverty_class, person.average_since is not None
        if key not in self._groups:
            self._groups[key] = next((one for one in self._law.groups if self._holds(one, *key)), None)
        return self._groups[key]

    def elsewhere(self, person: Person) -> bool:
        key = person.pension, person.merit_person
        if key not in self._elsewhere:
            facts = {"m": {"pension": key[0], "merit_person": key[1]}}
            known = (one for one in self._law.elsewhere if in_force(one, self._day))
            self._elsewhere[key] = any(_true(one.when, facts) for one in known)
        return self._elsewhere[key]

    def _holds(self, group: Group, poverty_class: str | None, average: bool) -> bool:
        policy = self._law.policies[group.policy].on(self._day)
        facts = {"h": {"class": poverty_class, "average_living_standard": average}}
        if not in_force(group, self._day) or _true(policy.unless, facts):
            return False
        return any(_true(ground.when, facts) for ground in policy.grounds)


def _true(logic: Logic, facts: Mapping[str, Any]) -> bool:
    if isinstance(logic, bool):
        return logic
    return compiled(logic, VOCABULARIES["member"]).evaluate(facts) is True


def entitled_since(person: Person) -> date | None:
    """The day by whose decision the household is in the group it is in."""
    by_class = person.poverty_class in ("poor", "near_poor")
    return person.class_since if by_class or person.average_since is None else person.average_since


def _why_off(person: Person, membership: _Membership, frame: Frame) -> str:
    if person.left_on is not None and person.left_on <= frame.as_of:
        return {"died": "died", "error": "correction"}.get(person.left_reason or "", "moved_out")
    if not person.lives_here:
        return "moved_out"
    return "other_group" if membership.elsewhere(person) else "escaped"


def _why_on(person: Person, before: Told | None, frame: Frame) -> str:
    if before is not None and (before.on or before.reason == "other_group"):
        return "other_group"
    start, since = entitled_since(person) or frame.as_of, frame.since
    if since is None:
        return "newly_recognised"
    if person.birth_date is not None and person.birth_date > max(start, since):
        return "born"
    if person.came_on is not None and person.came_on > since and start <= person.came_on:
        return "moved_in"
    return "newly_recognised" if start > since else "moved_in"


def _line(
    person: Person,
    change: str,
    reason: str,
    policy: str,
    group_code: str | None,
    back: Returned | None,
    law: Law,
    frame: Frame,
) -> Line:
    if back is not None and back.change == change:
        day = back.valid_from
        return Line(person.household_id, person.member_id, change, "correction", policy, group_code, day)
    day = starts_on(law, reason, _event(person, reason), frame)
    return Line(person.household_id, person.member_id, change, reason, policy, group_code, day)


def _event(person: Person, reason: str) -> date | None:
    """The day something happened, as far as it is known."""
    return {
        "newly_recognised": entitled_since(person),
        "born": person.birth_date,
        "moved_in": person.came_on,
        "escaped": person.class_since,
        "died": person.left_on,
        "moved_out": person.left_on,
    }.get(reason)


def starts_on(law: Law, reason: str, event: date | None, frame: Frame) -> date:
    """The day that the rule of the list's day proposes; without a rule, or without the event's day, its month."""
    rule = law.start(reason, frame.as_of)
    if rule is not None and rule.starts == "event" and event is not None:
        return event
    if rule is not None and rule.starts == "next_month":
        return months_later(frame.month, 1)
    return frame.month


def months_later(first: date, months: int) -> date:
    """The first day of the month so many months after (or before) the one of `first`."""
    month = first.year * 12 + first.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def impossible(told: Mapping[UUID, bool], lines: Iterable[tuple[int, UUID, str]]) -> list[int]:
    """The positions of lines that tell nothing: an increase of who is on by then, a decrease of who is not.

    `told`: who is on before the list; `lines`: position, person and change, in their order.
    """
    on = dict(told)
    found = []
    for position, member_id, change in lines:
        if on.get(member_id, False) == (change == INCREASE):
            found.append(position)
        on[member_id] = change == INCREASE
    return found
