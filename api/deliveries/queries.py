"""Reads deliveries, each as its reader may see it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.attachments import queries as attachments
from api.attachments.schemas import AttachmentOut
from api.attachments.tables import AttachmentEntity
from api.deliveries import faults
from api.deliveries.rows import DELIVERY, HOME, LINE, PLACE, at_home
from api.deliveries.schemas import DeliveriesOut, DeliveryOut, DeliveryState
from api.deliveries.tables import SupportForm
from api.households.aliases import known_as
from api.households.stored import among, home_of
from api.households.wire_records import HOUSEHOLD
from api.interventions.reach import INTERVENTION, interventions_of, visible
from api.programmes.catalogue import catalogue
from api.programmes.definition import Kind
from api.reviews.queries import under
from api.schema import Page

_ACCOUNT = Account.__table__  # type: ignore[attr-defined]
_NOT_DATA = {"id", "version", "created_at", "updated_at"}
_MOST_SERVING = 500
# What people write beside a delivery is mostly an illness or a quarrel (permissions.md)
SENSITIVE = ("note", "reversal_reason")


@dataclass(frozen=True)
class Filters:
    """What is asked for; None means anything."""

    intervention_id: UUID | None = None
    household_id: UUID | None = None
    area_id: UUID | None = None
    policy: str | None = None
    delivered_from: date | None = None
    delivered_to: date | None = None
    form: SupportForm | None = None
    state: DeliveryState | None = None


def deliveries_of(actor: Actor, some: Any = None) -> Select[Any]:
    """The deliveries of the actor's areas (all, or those of the condition `some`), with home and place of today."""
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(PLACE).label("sees_sensitive")
    line = select(LINE.c.id).where(LINE.c.delivery_id == DELIVERY.c.id).limit(1).scalar_subquery()
    query: Select[Any] = select(
        *DELIVERY.c,
        HOME.label("home"),
        HOUSEHOLD.c.hamlet_id.label("hamlet"),
        PLACE.label("place"),
        line.label("sheet_line_id"),
        _ACCOUNT.c.username.label("recorder"),
        sensitive,
    ).select_from(DELIVERY)
    query = at_home(query, some).outerjoin(_ACCOUNT, _ACCOUNT.c.id == DELIVERY.c.recorded_by)
    query = query.where(actor.scope.covers(PLACE))
    return query if some is None else query.where(some)


def deliveries(
    session: Session, actor: Actor, filters: Filters, *, limit: int, cursor: str | None
) -> Page[DeliveryOut]:
    """The deliveries of my areas, the latest day first."""
    filters = replace(filters, household_id=home_of(session, filters.household_id))
    query = deliveries_of(actor).where(*_conditions(actor, filters))
    query = query.order_by(DELIVERY.c.delivered_on.desc(), DELIVERY.c.id.desc())
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(DELIVERY.c.delivered_on, DELIVERY.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.delivered_on.isoformat(), str(row.id)))
    audit.record(session, actor, "deliveries.list", "household", _homes(shown))
    return Page[DeliveryOut](items=_told(session, shown), next_cursor=next_cursor)


def delivery(session: Session, actor: Actor, delivery_id: UUID) -> DeliveryOut:
    """One delivery. Raises NotFound outside of my areas."""
    row = session.execute(deliveries_of(actor, DELIVERY.c.id == delivery_id)).one_or_none()
    if row is None:
        raise faults.no_delivery()
    audit.record(session, actor, "deliveries.read", "household", _homes([row]))
    return _told(session, [row])[0]


def deliveries_by_id(session: Session, actor: Actor, ids: Sequence[UUID]) -> DeliveriesOut:
    """These deliveries of the actor's areas, in the order named; each once."""
    rows = {row.id: row for row in session.execute(deliveries_of(actor, among(DELIVERY.c.id, ids)))}
    return DeliveriesOut(items=_told(session, [rows[one] for one in dict.fromkeys(ids) if one in rows]))


def load_deliveries(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed, of those the reader may see, withheld in the same way."""
    rows = session.execute(deliveries_of(actor, among(DELIVERY.c.id, ids))).all()
    return {one.id: (one.version, one.model_dump(mode="json", exclude=_NOT_DATA)) for one in _told(session, rows)}


def serving(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """The interventions of the actor's areas under which something can be handed out now, for tablets: the newest."""
    kinds = [kind.code for kind in catalogue().kinds.values() if kind.serves]
    columns = ("id", "kind", "title", "policy", "year", "area_id", "stage", "ends_on")
    query = interventions_of(INTERVENTION.c.kind.in_(kinds) & visible(actor), *(INTERVENTION.c[n] for n in columns))
    query = query.order_by(INTERVENTION.c.year.desc(), INTERVENTION.c.id.desc()).limit(_MOST_SERVING)
    return [
        {name: getattr(row, name) for name in columns if name not in ("stage", "ends_on")}
        for row in session.execute(query)
        if goes_on(catalogue().kinds[row.kind], row.stage)
    ]


def goes_on(kind: Kind, stage: str) -> bool:
    """Is it a stage from which a step leads on, or of a kind that has no end?"""
    moves = [step for step in kind.steps if step.after is not None and step.after not in step.before]
    return not moves or any(stage in step.before for step in moves)


def _told(session: Session, rows: Sequence[Row[Any]]) -> list[DeliveryOut]:
    files = attachments.told(session, AttachmentEntity.delivery, {row.id: row.attachments for row in rows})
    return [_out(row, files[row.id]) for row in rows]


def _out(row: Row[Any], files: list[AttachmentOut]) -> DeliveryOut:
    withheld = [] if row.sees_sensitive else list(SENSITIVE)
    stored = {name: getattr(row, name) for name in DeliveryOut.model_fields if name in row._fields}
    told = {
        "household_id": row.home,
        "hamlet_id": row.hamlet,
        "state": "reversed" if row.reversed_at is not None else row.outcome,
        "attachments": files,
        "attachments_declared": len(files),
        "attachments_present": sum(file.present for file in files),
        "recorded_by": row.recorder,
        "withheld": withheld,
    }
    return DeliveryOut.model_validate(stored | told | dict.fromkeys(withheld))


def _homes(rows: Sequence[Row[Any]]) -> list[UUID]:
    return list(dict.fromkeys(row.home for row in rows if row.home is not None))


def _conditions(actor: Actor, filters: Filters) -> list[Any]:
    found: list[Any] = []
    for column, value in (
        (DELIVERY.c.intervention_id, filters.intervention_id),
        (INTERVENTION.c.policy, filters.policy),
        (DELIVERY.c.form, filters.form),
    ):
        if value is not None:
            found.append(column == value)
    if filters.household_id is not None:
        # the first condition is what is meant, the second what the index finds
        found += [filters.household_id == HOME, DELIVERY.c.household_id.in_(known_as(filters.household_id))]
    if filters.area_id is not None:
        found.append(under(filters.area_id, actor.scope.day, PLACE))
    if filters.delivered_from is not None:
        found.append(DELIVERY.c.delivered_on >= filters.delivered_from)
    if filters.delivered_to is not None:
        found.append(DELIVERY.c.delivered_on <= filters.delivered_to)
    if filters.state is not None:
        reversed_ = DELIVERY.c.reversed_at.is_not(None)
        found.append(reversed_ if filters.state == "reversed" else ~reversed_ & (DELIVERY.c.outcome == filters.state))
    return found
