"""Between the row of a review, what was sent, and what is told of its result."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlmodel import Session

from api.areas.scope import Scope
from api.households.aliases import ends
from api.households.stored import among
from api.households.tables import Household
from api.reviews import scoring
from api.reviews.cases import CASE
from api.reviews.review_schemas import ReviewContent
from api.reviews.tables import Review
from api.standards.compiled import Standard

REVIEW = Review.__table__  # type: ignore[attr-defined]
HOME = Household.__table__  # type: ignore[attr-defined]

# what somebody asked and answered; the rest of a review is the server's
CONTENT = tuple(ReviewContent.model_fields)


def at_home(query: Select[Any], some: Any = None) -> Select[Any]:
    """Joins reviews with the household they stand under today. `some`: a condition that names few reviews."""
    followed = ends(None if some is None else select(REVIEW.c.household_id).where(some))
    return query.outerjoin(followed, followed.c.absorbed == REVIEW.c.household_id).join(
        HOME, HOME.c.id == func.coalesce(followed.c.survivor, REVIEW.c.household_id)
    )


# (review, the hamlet it stands in)
REVIEW_PLACES = at_home(select(REVIEW.c.id, HOME.c.hamlet_id).select_from(REVIEW))


def stored_reviews(session: Session, scope: Scope, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Reviews by id as JSON values, with `home`, `hamlet` and whether they are `mine`."""
    wanted = list(ids)
    if not wanted:
        return {}
    asked = among(REVIEW.c.id, wanted)
    query = select(REVIEW, HOME.c.id.label("home"), HOME.c.hamlet_id.label("hamlet"),
                   scope.covers(HOME.c.hamlet_id).label("mine")).select_from(REVIEW)  # fmt: skip
    rows = session.execute(at_home(query, asked).where(asked)).mappings()
    return {row["id"]: _values(dict(row)) for row in rows}


def _values(row: dict[str, Any]) -> dict[str, Any]:
    form = {"code": row["form_code"], "version": row["form_version"]}
    return row | {"surveyed_on": row["surveyed_on"].isoformat(), "form": form}


def in_force_beside(session: Session, scope: Scope, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Review -> what was sent of the one that is in force at its case today, where that is another one."""
    instead = REVIEW.alias()
    query = (
        select(REVIEW.c.id, instead.c.id)
        .join(CASE, and_(CASE.c.round_id == REVIEW.c.round_id, CASE.c.household_id == REVIEW.c.household_id))
        .join(instead, instead.c.id == CASE.c.review_id)
        .where(among(REVIEW.c.id, ids), instead.c.id != REVIEW.c.id)
    )
    pairs = dict(session.execute(query).all())
    rows = stored_reviews(session, scope, set(pairs.values()))
    return {review_id: sent_of(rows[other]) for review_id, other in pairs.items()}


def sent_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, of the household as it stands today."""
    return {name: row[name] for name in CONTENT} | {
        "household_id": str(row["home"]),
        "round_id": str(row["round_id"]),
    }


def row_of(
    fields: Mapping[str, Any],
    members: list[dict[str, Any]],
    place: scoring.Place,
    standard: Standard,
    found: scoring.Scored,
) -> dict[str, Any]:
    """The columns of a new review: what was sent, the facts of that day, and what the rules make of them."""
    result = found.assessment
    return {name: fields[name] for name in CONTENT} | {
        "form_code": fields["form"]["code"],
        "form_version": fields["form"]["version"],
        "members": members,
        "area_type": place.area_type,
        "region": place.region,
        "standard_code": standard.code,
        "standard_version": standard.version,
        "b1": result.b1,
        "b2": result.b2,
        "proposed_class": result.proposed_class,
        "deprivations": list(result.deprivations),
        "undetermined": list(result.undetermined),
        "warnings": found.warnings,
        "differs_from_device": bool(found.differences),
    }


def result_of(row: Mapping[str, Any], standard: Standard) -> dict[str, Any]:
    """The result as a receipt and the resource tell it."""
    return {
        "b1": row["b1"],
        "b2": row["b2"],
        "proposed_class": row["proposed_class"],
        "deprivations": list(row["deprivations"]),
        "undetermined": list(row["undetermined"]),
        "standard": {"code": row["standard_code"], "version": row["standard_version"]},
        "differs_from_device": row["differs_from_device"],
        "differences": scoring.differences(row["device_result"], row),
        "warnings": list(row["warnings"]),
        "training": standard.training,
    }
