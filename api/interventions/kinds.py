"""What a kind of the catalogue allows: which steps at which stage, by which right, and what is still missing.

PURE. Knows the form of a kind (api/programmes/definition.py), never a particular one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from api.accounts.permissions import Permission
from api.programmes.definition import Kind, Step

# Whoever opened an intervention does not take its steps that need one of these rights: preparer is not approver.
APPROVALS = frozenset({Permission.plans_approve, Permission.commitments_approve})


def right_of(kind: Kind, step: Step) -> Permission:
    """The right that a step needs."""
    return Permission(step.right or kind.right)


def moves_on(step: Step, stage: str) -> bool:
    """Does the step lead from this stage to another one?"""
    return stage in step.before and step.after is not None and step.after != stage


def has_ended(kind: Kind, stage: str) -> bool:
    """Is it an end stage: not the first one, and no step leads on from it?"""
    return stage != kind.first_stage and not any(moves_on(step, stage) for step in kind.steps)


def steps_at(kind: Kind, stage: str) -> list[Step]:
    """The steps that are possible at a stage, in the order of the kind."""
    return [step for step in kind.steps if stage in step.before]


def taken_once(step: Step, stage: str) -> bool:
    """Is it taken once only? A step that leads on may be taken again whenever the stage has come back to it."""
    return not step.repeats and not moves_on(step, stage)


@cache
def stages_before(kind: Kind, step: Step) -> frozenset[str]:
    """The stages at which the step is possible, or still can become possible."""
    found = set(step.before)
    while True:
        more = {stage for other in kind.steps if other.after in found for stage in other.before if stage not in found}
        if not more:
            return frozenset(found)
        found |= more


def missing_papers(step: Step, there: Collection[str]) -> list[str]:
    """The papers that the step needs and that are not there, in the order of the step."""
    return [code for code in step.needs if code not in there]


@dataclass(frozen=True)
class FollowUp:
    """A step that is due so many months after another one; for every participant, or once for the whole."""

    kind: str
    step: str
    after: str
    months: int
    stages: tuple[str, ...]
    of_participant: bool


def follow_ups(kinds: Collection[Kind]) -> Iterator[FollowUp]:
    """What becomes due with time, by the kinds."""
    for kind in kinds:
        for step in kind.steps:
            if step.due_after is not None and step.due_months is not None:
                stages = tuple(sorted(stages_before(kind, step)))
                yield FollowUp(kind.code, step.code, step.due_after, step.due_months, stages, step.of_participant)
