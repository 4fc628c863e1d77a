"""The whole dashboard of an area, in a fixed number of statements."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.queries import placed_in
from api.accounts.tables import Account, Device
from api.areas.scope import Scope
from api.areas.tables import Level
from api.budgets.overview import overview
from api.dashboard.rounds import newest_round
from api.dashboard.schemas import Dashboard, Lines, MoneyOfYear, PlaceOut, QuietTablet, Tablets
from api.indicators.asked import usual_days
from api.indicators.catalogue import INDICATORS, parts
from api.indicators.definition import Indicator
from api.indicators.points import Numbers, Place, point
from api.indicators.queries import children, find_place, numbers, own_and_right_below
from api.indicators.small_counts import told, without
from api.indicators.targets import held_against, start_of, wanted
from api.plans.queries import newest_plan
from mobile_sync import fleet_state
from mobile_sync.fleet_state import Patience
from mobile_sync.tables import TabletState

_DEVICE = Device.__table__  # type: ignore[attr-defined]
_ACCOUNT = Account.__table__  # type: ignore[attr-defined]
_RATES = ("multidimensional_poverty_rate", "poverty_rate", "near_poverty_rate")
_DEPRIVATIONS = tuple(code for code in INDICATORS if code.startswith("deprived_"))

Found = dict[tuple[date, UUID], dict[str, Numbers]]


def dashboard(session: Session, actor: Actor, area: str | None, as_of: date, patience: Patience) -> Dashboard:
    """Of an area of the caller's on a day. Raises NotFound outside of them."""
    mine = [] if area else own_and_right_below(session, actor, as_of)
    return _of(session, actor, *_chosen(session, actor, area, as_of, mine), as_of, patience)


def board(
    session: Session, actor: Actor, area: str | None, as_of: date, patience: Patience
) -> tuple[Dashboard, list[PlaceOut]]:
    """The same, with the areas whose dashboard the caller may open: their own, and what lies right below. They are read
    once for both."""
    mine = own_and_right_below(session, actor, as_of)
    place, below = _chosen(session, actor, area, as_of, mine)
    # a hamlet of an own commune may be an own one too
    every = {one.id: PlaceOut(area=one.id, area_name=one.name) for some in mine for one in some}
    return _of(session, actor, place, below, as_of, patience), list(every.values())


def _chosen(
    session: Session, actor: Actor, area: str | None, day: date, mine: Sequence[Sequence[Place]]
) -> tuple[Place, list[Place]]:
    """The area asked for and those right below it; read only where it is none of the caller's own (`mine`). Raises
    NotFound outside of them."""
    for place, *below in mine:
        if area in (None, str(place.id)):
            return place, below
    place = next((one for some in mine for one in some if str(one.id) == area), None) or find_place(
        session, actor, area, day
    )
    return place, children(session, place, [day]) if place.level is not Level.hamlet else []


def _of(
    session: Session, actor: Actor, place: Place, below: Sequence[Place], as_of: date, patience: Patience
) -> Dashboard:
    known = clock.now()
    plan = newest_plan(session, place.id, as_of.year)
    days = usual_days(as_of)
    measures = dict.fromkeys(code for one in (*_RATES, *_DEPRIVATIONS) for code in parts(INDICATORS[one]))
    asked = [*dict.fromkeys([*measures, *(wanted(plan) if plan else [])])]
    every = sorted({*days, *([start_of(plan)] if plan else [])})
    found = numbers(session, [place], every, "", asked) | numbers(session, below, [as_of], "", asked)
    return Dashboard(
        area=place.id,
        area_code=place.code,
        area_name=place.name,
        level=place.level.value,
        as_of=as_of,
        known_at=known,
        plan_id=plan.id if plan else None,
        plan_number=plan.number if plan else None,
        over_time=_rates([place], days, found),
        by_area=_rates(below, [as_of], found),
        deprivations=[_lines(INDICATORS[code], [place], [as_of], found) for code in _DEPRIVATIONS],
        targets=held_against(plan, [place], [as_of], found) if plan else [],
        round=newest_round(session, place, as_of),
        money=_money(session, actor, place, as_of),
        tablets=_tablets(session, actor, place, patience),
    )


def _rates(places: Sequence[Place], days: Sequence[date], found: Found) -> list[Lines]:
    """Both classes together and each by itself: of three such numbers two would tell the third."""
    both, *each = (_lines(INDICATORS[code], places, days, found) for code in _RATES)
    hidden = [
        any(point.suppressed for point in points) for points in zip(*(one.points for one in (both, *each)), strict=True)
    ]
    return [
        both,
        *(
            one.model_copy(
                update={"points": [without(p) if gone else p for p, gone in zip(one.points, hidden, strict=True)]}
            )
            for one in each
        ),
    ]


def _lines(one: Indicator, places: Sequence[Place], days: Sequence[date], found: Found) -> Lines:
    points = [point(one, where, day, None, None, found[day, where.id][""], None) for where in places for day in days]
    points = told(one, points, places, with_whole=False)
    return Lines(code=one.code, name=one.name, unit=one.unit, points=points)


def _money(session: Session, actor: Actor, place: Place, as_of: date) -> MoneyOfYear | None:
    if not actor.has(Permission.budget_read) or place.level is Level.hamlet:
        return None
    sums = overview(session, actor.scope_of(Permission.budget_read), place.id, as_of.year).total
    return MoneyOfYear(
        year=as_of.year,
        planned_vnd=sums.planned_vnd,
        approved_vnd=sums.approved_vnd,
        committed_vnd=sums.committed_vnd,
        disbursed_vnd=sums.disbursed_vnd,
        settled_vnd=sums.settled_vnd,
    )


def _tablets(session: Session, actor: Actor, place: Place, patience: Patience) -> Tablets | None:
    """The tablets of whoever works in the place and is the caller's to see; those that are silent or stuck by name."""
    if not actor.has(Permission.fleet_read) or place.level is Level.hamlet:
        return None
    now, mine = clock.now(), actor.scope_of(Permission.fleet_read)
    state = fleet_state.state(now, patience).label("state")
    rows = session.execute(
        select(_DEVICE.c.name, _ACCOUNT.c.full_name, state, _DEVICE.c.pending, fleet_state.heard_at().label("heard"))
        .join(_ACCOUNT, _ACCOUNT.c.id == _DEVICE.c.account_id)
        .where(
            placed_in(_DEVICE.c.account_id, mine),
            placed_in(_DEVICE.c.account_id, Scope(frozenset({place.id}), mine.day)),
            _DEVICE.c.revoked_at.is_(None),
        )
        .order_by(_ACCOUNT.c.username, _DEVICE.c.name)
    ).all()
    quiet = [
        QuietTablet(
            name=row.name, user=row.full_name, state=row.state, silent_days=(now - row.heard).days, pending=row.pending
        )
        for row in rows
        if row.state != TabletState.fine
    ]
    return Tablets(total=len(rows), fine=len(rows) - len(quiet), quiet=quiet)
