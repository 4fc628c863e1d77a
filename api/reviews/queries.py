"""Reads requests and rounds.

A request is where its household is today: a household that moved takes its papers along, without a write.
"""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, AreaClosure
from api.households.aliases import ends, known_as
from api.households.stored import among
from api.households.tables import Household
from api.problems import NotFound
from api.reviews.schemas import RequestOut, RoundOut
from api.reviews.tables import Request, RequestKind, ReviewRound, RoundState
from api.schema import Page

_request = Request.__table__  # type: ignore[attr-defined]
_household = Household.__table__  # type: ignore[attr-defined]
_round = ReviewRound.__table__  # type: ignore[attr-defined]

# where a request is dealt with: at its household, or where the paper was handed in (of a query made `at_home`)
REQUEST_HAMLET = func.coalesce(_household.c.hamlet_id, _request.c.hamlet_id)
# the household it stands under today
REQUEST_HOME = _household.c.id


def at_home(query: Select[Any], some: Any = None) -> Select[Any]:
    """Joins requests with the household they stand under: the one named, or the one it was merged into.

    `some`: a condition that names the requests, where only few are asked for.
    """
    followed = ends(None if some is None else select(_request.c.household_id).where(some))
    today = func.coalesce(followed.c.survivor, _request.c.household_id)
    return query.outerjoin(followed, followed.c.absorbed == _request.c.household_id).outerjoin(
        _household, _household.c.id == today
    )


# (request, the hamlet it is dealt with in)
REQUEST_PLACES = at_home(select(_request.c.id, REQUEST_HAMLET).select_from(_request))


def requests_of(actor: Actor, some: Any = None) -> Select[Any]:
    """The requests of the actor's areas (all, or those of the condition `some`), with hamlet and home of today."""
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(REQUEST_HAMLET).label("sees_sensitive")
    query = select(_request, REQUEST_HAMLET.label("hamlet"), REQUEST_HOME.label("home"), sensitive)
    found = at_home(query.select_from(_request), some).where(actor.scope.covers(REQUEST_HAMLET))
    return found if some is None else found.where(some)


def requests(
    session: Session,
    actor: Actor,
    *,
    kind: RequestKind | None,
    household_id: UUID | None,
    area_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[RequestOut]:
    """The requests of my areas, newest paper first."""
    query = requests_of(actor).order_by(_request.c.received_on.desc(), _request.c.id.desc())
    if kind is not None:
        query = query.where(_request.c.kind == kind)
    if household_id is not None:
        # the first condition is what is meant, the second what the index finds
        query = query.where(household_id == REQUEST_HOME, _request.c.household_id.in_(known_as(household_id)))
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, REQUEST_HAMLET))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(_request.c.received_on, _request.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.received_on.isoformat(), str(row.id)))
    audit.record(session, actor, "requests.list", "request", [row.id for row in shown])
    return Page[RequestOut](items=[_request_out(row) for row in shown], next_cursor=next_cursor)


def request(session: Session, actor: Actor, request_id: UUID) -> RequestOut:
    """One request. Raises NotFound outside of my areas."""
    row = session.execute(requests_of(actor, _request.c.id == request_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy giấy đề nghị này.", "There is no such request.")
    audit.record(session, actor, "requests.read", "request", [row.id])
    return _request_out(row)


def load_requests(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed: the fields of the wire as JSON, of those the reader may see."""
    rows = session.execute(requests_of(actor, among(_request.c.id, ids)))
    return {row.id: (row.version, _request_out(row).model_dump(mode="json", exclude=_NOT_DATA)) for row in rows}


_NOT_DATA = {"id", "version", "created_at", "updated_at"}


def rounds(
    session: Session, scope: Scope, *, year: int | None, state: RoundState | None, limit: int, cursor: str | None
) -> Page[RoundOut]:
    """The rounds of my areas and of the commune they lie in, newest first."""
    query = select(_round).where(scope.touches(_round.c.area_id))
    query = query.order_by(_round.c.opens_on.desc(), _round.c.id.desc())
    if year is not None:
        query = query.where(_round.c.year == year)
    if state is not None:
        query = query.where(_round.c.state == state)
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(_round.c.opens_on, _round.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.opens_on.isoformat(), str(row.id)))
    return Page[RoundOut](items=[RoundOut.model_validate(row) for row in shown], next_cursor=next_cursor)


def round_(session: Session, scope: Scope, round_id: UUID) -> RoundOut:
    """One round. Raises NotFound where neither its area nor one above or below it is mine."""
    query = select(_round).where(_round.c.id == round_id, scope.touches(_round.c.area_id))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")
    return RoundOut.model_validate(row)


def require_area(session: Session, scope: Scope, area_id: UUID) -> None:
    """Raises NotFound unless the area exists and lies in `scope`."""
    area = Area.__table__.c  # type: ignore[attr-defined]
    if session.scalar(select(area.id).where(area.id == area_id, scope.covers(area.id))) is None:
        raise NotFound("Không tìm thấy đơn vị này.", "There is no such area.")


def under(area_id: UUID, day: date, column: Any) -> Any:
    """The hamlet in `column` is this area or hangs under it (whoever asks is limited by their scope besides)."""
    below = (
        select(AreaClosure.descendant_id)  # type: ignore[call-overload]
        .where(AreaClosure.ancestor_id == area_id)
        .where(valid_on(AreaClosure, day))
    )
    return column.in_(below)


def _request_out(row: Any) -> RequestOut:
    # why a family asks is mostly an illness: withheld like a person's health (permissions.md)
    withheld = [] if row.sees_sensitive else ["reason"]
    return RequestOut(
        id=row.id,
        version=row.version,
        household_id=row.home,
        hamlet_id=row.hamlet,
        kind=row.kind,
        received_on=row.received_on,
        reason=None if withheld else row.reason,
        refused_on=row.refused_on,
        refusal_number=row.refusal_number,
        withheld=withheld,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
