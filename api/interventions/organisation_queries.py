"""Reads the organisations of a commune."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_, select, tuple_
from sqlmodel import Session

from api import clock, paging
from api.areas.scope import Scope
from api.households.stored import among
from api.interventions.names import ORGANISATION
from api.interventions.organisation_schemas import OrganisationOut
from api.interventions.tables import LedBy, OrganisationKind
from api.problems import NotFound
from api.reviews.queries import under
from api.schema import Page


def organisations(
    session: Session,
    scope: Scope,
    *,
    kind: OrganisationKind | None,
    led_by: LedBy | None,
    area_id: UUID | None,
    ended: bool | None,
    limit: int,
    cursor: str | None,
) -> Page[OrganisationOut]:
    """The organisations of my areas and of the commune these lie in, by name."""
    query = select(ORGANISATION).where(scope.touches(ORGANISATION.c.area_id))
    if kind is not None:
        query = query.where(ORGANISATION.c.kind == kind)
    if led_by is not None:
        query = query.where(ORGANISATION.c.led_by.contains([led_by]))
    if area_id is not None:
        query = query.where(under(area_id, scope.day, ORGANISATION.c.area_id))
    if ended is not None:
        query = query.where(~_works() if ended else _works())
    after = paging.decode(cursor, str, UUID)
    if after is not None:
        query = query.where(tuple_(ORGANISATION.c.name, ORGANISATION.c.id) > tuple_(*after))
    rows = session.execute(query.order_by(ORGANISATION.c.name, ORGANISATION.c.id).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.name, str(row.id)))
    return Page[OrganisationOut](items=[OrganisationOut.model_validate(row) for row in shown], next_cursor=next_cursor)


def organisation(session: Session, scope: Scope, organisation_id: UUID) -> OrganisationOut:
    """One organisation. Raises NotFound."""
    return OrganisationOut.model_validate(_one(session, scope, organisation_id))


def require_organisation(session: Session, scope: Scope, organisation_id: UUID) -> None:
    """Raises NotFound unless the commune works with it today."""
    if not working(session, scope, [organisation_id]):
        raise no_such_organisation()


def working(session: Session, scope: Scope, ids: Collection[UUID]) -> set[UUID]:
    """Those of these organisations with which the communes of `scope` work today."""
    if not ids:
        return set()
    mine = among(ORGANISATION.c.id, ids), scope.touches(ORGANISATION.c.area_id), _works()
    return set(session.scalars(select(ORGANISATION.c.id).where(*mine)))


def no_such_organisation() -> NotFound:
    return NotFound("Không tìm thấy tổ chức này.", "There is no such organisation.")


def _one(session: Session, scope: Scope, organisation_id: UUID) -> Row[Any]:
    query = select(ORGANISATION).where(ORGANISATION.c.id == organisation_id, scope.touches(ORGANISATION.c.area_id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise no_such_organisation()
    return row


def _works() -> ColumnElement[bool]:
    return or_(ORGANISATION.c.ended_on.is_(None), ORGANISATION.c.ended_on >= clock.today())
