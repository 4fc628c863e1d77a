"""What one household and its people received, for the page that shows everything done for it."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.deliveries.tables import Delivery
from api.households.aliases import known_as
from api.interventions.support_schemas import Received

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
_STORED = [name for name in Received.model_fields if name != "reversed"]


def received_by(session: Session, actor: Actor, household_id: UUID, most: int) -> list[Received]:  # noqa: ARG001
    """The newest deliveries, the reversed ones too. Whoever calls has checked that the actor may read the household."""
    query = select(_DELIVERY).where(_DELIVERY.c.household_id.in_(known_as(household_id)))
    rows = session.execute(query.order_by(_DELIVERY.c.delivered_on.desc(), _DELIVERY.c.id).limit(most))
    return [
        Received(**{name: getattr(row, name) for name in _STORED}, reversed=row.reversed_at is not None) for row in rows
    ]
