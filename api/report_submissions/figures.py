"""The numbers that a report takes along when it is handed in; always as many statements, whatever the area."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import Session

from api.deliveries.tables import Delivery, DeliveryOutcome
from api.households.homes import at_home
from api.households.wire_records import HOUSEHOLD
from api.interventions.reach import INTERVENTION, interventions_of
from api.recognitions.standings import stands_on
from api.report_submissions.schemas import ClassFigures, Figures, SupportFigures
from api.reviews.queries import under
from api.standards.tables import PovertyClass

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]


def figures(session: Session, area_id: UUID, period_from: date, period_to: date, as_of: date) -> Figures:
    """Of an area (a hamlet or a commune) on a period. Classes are those of the last day of the period, or of `as_of`
    while that is to come."""
    standing = list(stands_on(session, area_id, min(period_to, as_of)).values())

    def of_class(poverty_class: PovertyClass) -> ClassFigures:
        mine = [one for one in standing if one.poverty_class == poverty_class]
        return ClassFigures(households=len(mine), persons=sum(one.persons for one in mine))

    return Figures(
        as_of=as_of,
        poor=of_class(PovertyClass.poor),
        near_poor=of_class(PovertyClass.near_poor),
        support=supported(session, area_id, period_from, period_to),
        interventions=_interventions(session, area_id, period_to),
        suppressed=False,
    )


def supported(session: Session, area_id: UUID, period_from: date, period_to: date) -> SupportFigures:
    """What households of the area received on these days; the households are those that live in the area now."""
    query = at_home(select().select_from(_DELIVERY), _DELIVERY.c.household_id)
    row = session.execute(
        query.add_columns(
            func.count(), func.count(HOUSEHOLD.c.id.distinct()), func.coalesce(func.sum(_DELIVERY.c.amount_vnd), 0)
        ).where(
            _DELIVERY.c.delivered_on.between(period_from, period_to),
            _DELIVERY.c.outcome == DeliveryOutcome.delivered,
            _DELIVERY.c.reversed_at.is_(None),
            under(area_id, period_to, HOUSEHOLD.c.hamlet_id),
        )
    ).one()
    return SupportFigures(deliveries=row[0], households=row[1], amount_vnd=int(row[2]))


def _interventions(session: Session, area_id: UUID, day: date) -> dict[str, dict[str, int | None]]:
    """Kind -> stage -> how many, of the year of `day`."""
    place = func.coalesce(HOUSEHOLD.c.hamlet_id, INTERVENTION.c.area_id)
    counted: tuple[Any, ...] = (INTERVENTION.c.kind, INTERVENTION.c.stage)
    where = and_(INTERVENTION.c.year == day.year, under(area_id, day, place))
    found: dict[str, dict[str, int | None]] = {}
    for row in session.execute(
        interventions_of(where, *counted, func.count().label("number")).group_by(*counted).order_by(*counted)
    ):
        found.setdefault(row.kind, {})[row.stage] = row.number
    return found
