"""Where an account belonged at a moment of the past: which areas its grants reached then."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from api import clock
from api.accounts.tables import AccountGrant
from api.areas.scope import Scope
from api.areas.tables import AreaClosure

_grant = AccountGrant.__table__  # type: ignore[attr-defined]
_below = AreaClosure.__table__  # type: ignore[attr-defined]


def placed_at(account_id: Any, moment: Any, scope: Scope) -> ColumnElement[bool]:
    """The account belonged to my areas at that moment: by a grant that held then; where none did, by those that had
    ended last. A grant in a unit that became one of mine since is one of mine.
    """
    # One ended at once has yesterday as its last day (grants.end_grant), though it held this morning: what was done
    # this morning is placed by it all the same, for whatever was given instead had not been given yet.
    later = _grant.alias("later")
    ended_later = _until(later.c, moment) > _until(_grant.c, moment)
    superseded = exists().where(later.c.account_id == _grant.c.account_id, _begun(later.c, moment), ended_later)
    superseded = superseded.correlate_except(later)  # the moment is a column of whoever asks, two selects further out
    here = scope.covers_or_became(_grant.c.area_id)
    return exists().where(_grant.c.account_id == account_id, _begun(_grant.c, moment), here, ~superseded)


def ever_placed_in(account_id: Any, area_id: Any) -> ColumnElement[bool]:
    """The account belongs to that area, or once did. False where there is no such area."""
    below = select(_below.c.descendant_id).join(_grant, _grant.c.area_id == _below.c.ancestor_id)
    below = below.where(_grant.c.account_id == account_id, _grant.c.valid_from <= clock.today())
    return func.coalesce(area_id.in_(below.correlate_except(_grant, _below)), false())


def once_placed_among(account_id: Any, scope: Scope) -> ColumnElement[bool]:
    """The account belonged to my areas, by a grant that has ended."""
    return exists().where(_ended(account_id), scope.covers_or_became(_grant.c.area_id))


def _ended(account_id: Any) -> ColumnElement[bool]:
    return and_(_grant.c.account_id == account_id, _grant.c.valid_to < clock.today())


def _begun(grant: Any, moment: Any) -> ColumnElement[bool]:
    # given on its first day, it began when it was given; one that was given later for days past began with its day
    given = or_(grant.created_at <= moment, grant.valid_from < _day(grant.created_at))
    return and_(grant.valid_from <= _day(moment), given)


def _until(grant: Any, moment: Any) -> ColumnElement[Any]:
    return func.least(grant.valid_to, _day(moment))


def _day(moment: Any) -> ColumnElement[Any]:
    return func.date(func.timezone("Asia/Ho_Chi_Minh", moment))
