"""What may be done with a round and its households now, read from the table of stages (api/reviews/stages.py)."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.codes import label
from api.problems import NotFound
from api.procedure.deadline_schemas import CasesAt, RoundSteps, StepNow
from api.procedure.opinions import opinion_settled
from api.reviews import stages, steps
from api.reviews.candidates import candidates
from api.reviews.rounds import ROUND, conditions
from api.reviews.stages import Step
from api.reviews.tables import CaseStage, RoundKind
from api.suppression import Line, least_told, suppress

# Household by household: nothing that can be said of all of them at once.
_OF_ONE_CASE = frozenset({"class_determined", "window_is_open", "posting_is_over"})


def steps_now(session: Session, actor: Actor, round_id: UUID) -> RoundSteps:
    """The steps that follow, with who may take them and what is missing. Raises NotFound. No personal data."""
    rights = Permission.households_read, Permission.meetings_observe
    whole = actor.tells_all(*rights).touches(ROUND.c.area_id).label("tells_all")
    query = select(ROUND, whole).where(ROUND.c.id == round_id, actor.scope.touches(ROUND.c.area_id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")
    found = Counter(case.stage for case in candidates(session, round_id) if case.present)
    holding = _holding(session, row, found)
    cases = [stage for stage in CaseStage if stage in found]
    hidden = frozenset() if row.tells_all else suppress(found, [Line(tuple(found))], least=least_told(clock.today()))
    return RoundSteps(
        round_id=round_id,
        stage=row.stage,
        steps=[_now(step, holding) for step in stages.allowed("round", row.stage) if _fits(step, row)],
        cases=[
            CasesAt(
                stage=stage,
                households=None if stage in hidden else found[stage],
                steps=[_now(step, holding | _OF_ONE_CASE) for step in stages.allowed("case", stage)],
            )
            for stage in cases
        ],
        suppressed=bool(hidden),
    )


def _fits(step: Step, row: Row[Any]) -> bool:
    training = bool(row.kind == RoundKind.training)
    return training if step.action == "end_training" else not (training and step.action == "close")


def _holding(session: Session, row: Row[Any], found: Collection[str]) -> set[str]:
    holding = conditions(row)
    if found:
        holding.add("list_is_not_empty")
    if set(found) <= stages.SETTLED:
        holding.add("all_cases_settled")
    if set(found) <= {CaseStage.not_reached, CaseStage.recognised}:
        holding.add("no_case_held_back")
    if opinion_settled(session, row.id):
        holding.add("opinion_settled")
    return holding


def _now(step: Step, holding: Collection[str]) -> StepNow:
    key = f"{step.subject}.{step.action}"
    return StepNow(
        **steps.told(step),
        vi=label("step", key),
        en=label("step", key, "en"),
        missing=[need for need in step.needs if need not in holding],
    )
