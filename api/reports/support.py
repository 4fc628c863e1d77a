"""What households of an area received in a period: of where they stood on its last day, as known at a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from api import sql
from api.areas.tables import Level
from api.indicators.counting import counted_areas

_ALWAYS = "infinity"


@dataclass(frozen=True, slots=True)
class Support:
    """Deliveries that were received, and not taken back; to how many households; worth how many VND."""

    deliveries: int
    households: int
    amount_vnd: int


def support(session: Session, area_id: UUID, first: date, last: date, known: datetime | None) -> Support:
    """Of a hamlet or commune. `known`: only what was recorded before (None: everything). Two statements."""
    under = session.execute(counted_areas([area_id], [last])).all()
    hamlets = [row.id for row in under if row.level == Level.hamlet]
    given = {"areas": sql.id_list(hamlets), "first": first, "last": last, "known": known or _ALWAYS}
    (row,) = sql.fetch(session, sql.load("api/reports/sql/support.sql"), **given)
    return Support(row.deliveries, row.households, row.amount_vnd)
