"""The dry run: what the reviews of a round would come to under a standard, from the answers and facts they keep."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit
from api.accounts.queries import Reader
from api.reviews import queries, scoring
from api.reviews.review_rows import HOME, REVIEW, at_home
from api.reviews.review_schemas import Rescored, RescoringOut
from api.reviews.round_schemas import StandardRef
from api.standards import queries as standards
from api.standards.compiled import Standard


def rescoring(session: Session, actor: Reader, round_id: UUID, asked: str | None) -> RescoringOut:
    """The reviews in force of a round in the actor's areas, scored again. Raises NotFound for round or standard."""
    row = queries.round_(session, actor.scope, round_id)
    query = select(*REVIEW.c, HOME.c.id.label("home")).select_from(REVIEW).order_by(REVIEW.c.id)
    found = session.execute(
        at_home(query, REVIEW.c.round_id == round_id).where(
            REVIEW.c.round_id == round_id, REVIEW.c.in_force, actor.scope.covers(HOME.c.hamlet_id)
        )
    ).all()
    code, _, version = (asked or f"{row.standard_code}@{row.standard_version}").partition("@")
    standard = standards.standard(session, code, int(version))
    changes = [one for review in found if (one := _rescored(standard, review)) is not None]
    audit.record(session, actor, "rounds.rescore", "household", [one.home for one in found], standard=asked)
    return RescoringOut(
        round_id=round_id,
        standard=StandardRef(code=code, version=int(version)),
        training=standard.training,
        reviews=len(found),
        changed=len(changes),
        changes=changes,
    )


def _rescored(standard: Standard, review: Row[Any]) -> Rescored | None:
    then = scoring.again(standard, review)
    before = (review.b1, review.b2, review.proposed_class)
    if before == (then.b1, then.b2, then.proposed_class):
        return None
    return Rescored.model_validate(
        {
            "review_id": review.id,
            "household_id": review.home,
            "class_now": review.proposed_class,
            "class_then": then.proposed_class,
            "b1_now": review.b1,
            "b1_then": then.b1,
            "b2_now": review.b2,
            "b2_then": then.b2,
            "reason": {"vi": then.reason_vi, "en": then.reason_en},
        }
    )
