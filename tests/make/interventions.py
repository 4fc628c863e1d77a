"""Interventions, and what was handed out under them, put in directly; the caller commits."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, update
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.deliveries.tables import Delivery
from api.interventions.tables import Intervention

INTERVENTION = Intervention.__table__  # type: ignore[attr-defined]


def intervention(session: Session, area: str = "14080", kind: str = "support_round", **fields: Any) -> UUID:
    """An intervention of a commune or hamlet that can hand things out, paid from no budget line."""
    now = clock.now()
    row: dict[str, Any] = {
        "id": uuid4(),
        "area_id": area_id(area),
        "kind": kind,
        "policy": "electricity_poor",
        "year": 2024,
        "title": "Hỗ trợ tiền điện",
        "stage": "running",
        "fields": {},
        "version": 1,
        "created_at": now,
        "updated_at": now,
        **fields,
    }
    session.execute(insert(INTERVENTION).values(**row))
    found: UUID = row["id"]
    return found


def serving(engine: Engine, area: str = "14080", **fields: Any) -> UUID:
    """The same, committed."""
    with Session(engine) as session, session.begin():
        return intervention(session, area, **fields)


def funded(session: Session, committed_vnd: int, area: str = "14080", **fields: Any) -> UUID:
    """One that is paid from a budget line, and of which the chair has approved so much."""
    made = intervention(session, area, funded=True, **fields)
    session.execute(update(INTERVENTION).where(INTERVENTION.c.id == made).values(committed_vnd=committed_vnd))
    return made


def project(session: Session, **fields: Any) -> UUID:
    """A livelihood project of the commune that was approved, to be paid from a budget line."""
    return intervention(session, **{
        "kind": "community_proposal", "policy": None, "component": "livelihood", "title": "Dự án bò sinh sản",
        "stage": "approved", **fields,
    })  # fmt: skip


def handed_out(session: Session, intervention_id: UUID, **fields: Any) -> UUID:
    """A delivery that was received today, unless `fields` say otherwise: to whom, what, when."""
    now = clock.now()
    row: dict[str, Any] = {
        "id": uuid4(), "intervention_id": intervention_id, "delivered_on": clock.today(), "outcome": "delivered",
        "received_by": "Chủ hộ", "attachments": [], "version": 1, "created_at": now, "updated_at": now, **fields,
    }  # fmt: skip
    session.execute(insert(Delivery).values(**row))
    found: UUID = row["id"]
    return found
