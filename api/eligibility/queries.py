"""Reads what households appear entitled to: one with everything, and the work list of an area."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.eligibility import priority_orders, shown
from api.eligibility.facts import Home
from api.eligibility.judging import Books, Entitlement, EntitlementState, judge
from api.eligibility.register import Which
from api.eligibility.schemas import EntitlementsOut, WorkItem
from api.households.household_fold import no_such_household
from api.households.stored import survivor_of
from api.schema import Page

# So many households are judged for a page: each page costs the same, and a sparse list needs few of them.
_LEAST, _MOST, _TIMES = 200, 1000, 4
_LAST = 1_000_000  # the place of whoever is in no group of the order
_LISTED = {
    "open": frozenset({EntitlementState.open}),
    "served": frozenset({EntitlementState.served}),
    "unknown": frozenset({EntitlementState.unknown}),
    "all": frozenset({EntitlementState.open, EntitlementState.served, EntitlementState.unknown}),
}


def entitlements(session: Session, actor: Actor, household_id: UUID, by: Books) -> EntitlementsOut:
    """One household (or the one it was merged into) with its people. Raises NotFound outside of the actor's areas."""
    home_id = survivor_of(session, household_id) or household_id
    judged = judge(session, actor, Which(household_id=home_id), by)
    if not judged:
        raise no_such_household()
    ((home, found),) = judged
    places = priority_orders.places(session, home.hamlet_id, by.day)
    audit.record(session, actor, "eligibility.read", "household", [home.id])
    named = {one.policy.code for one in found}
    return EntitlementsOut(
        household_id=home.id,
        hamlet_id=home.hamlet_id,
        as_of=by.day,
        active=home.active,
        policies=[shown.policy(one, by) for one in by.policies if one.code in named],
        entitlements=[shown.entitlement(one, by, places) for one in found],
    )


@dataclass(frozen=True)
class Asked:
    """What a work list is asked for: `served` is a key of _LISTED, `priority` the code of a group."""

    area_id: UUID | None
    served: str
    priority: str | None
    limit: int
    cursor: str | None

    def wanted(self, one: Entitlement) -> bool:
        groups = {group.code for group in one.judgement.priorities}
        return one.state in _LISTED[self.served] and (self.priority is None or self.priority in groups)


def work_list(session: Session, actor: Actor, asked: Asked, by: Books) -> Page[WorkItem]:
    """The households with an entitlement as it is asked for, by hamlet and id; where the commune of the area has set
    an order of the priority groups, by that first. The statements of a page are the same however many households.

    Without an order a page looks at so many households: it may show fewer than `limit`, and not be the last.
    """
    area_id = asked.area_id or _only_area(actor)
    places = priority_orders.places(session, area_id, by.day) if area_id else {}
    read = _by_order if places else _by_household
    rows, next_cursor = read(session, actor, asked, by, places)
    audit.record(session, actor, "eligibility.list", "household", [row.home.id for row in rows])
    return Page[WorkItem](items=[_item(row, by, places) for row in rows], next_cursor=next_cursor)


@dataclass(frozen=True)
class _Row:
    home: Home
    found: list[Entitlement]
    place: int | None

    def position(self) -> list[Any]:
        return [_LAST if self.place is None else self.place, str(self.home.today_in), str(self.home.id)]


def _by_household(
    session: Session, actor: Actor, asked: Asked, by: Books, places: shown.Places
) -> tuple[list[_Row], str | None]:
    after = paging.decode(asked.cursor, int, UUID, UUID)
    at_once = min(_MOST, max(_LEAST, _TIMES * asked.limit))
    which = Which(area_id=asked.area_id, after=after and (after[1], after[2]), limit=at_once + 1)
    judged = judge(session, actor, which, by)
    rows = _rows(judged[:at_once], asked, places)
    if len(rows) > asked.limit or len(judged) <= at_once:
        return paging.page(rows, asked.limit, _Row.position)
    last, _ = judged[at_once - 1]
    return rows, paging.encode(_Row(last, [], None).position())


def _by_order(
    session: Session, actor: Actor, asked: Asked, by: Books, places: shown.Places
) -> tuple[list[_Row], str | None]:
    after = paging.decode(asked.cursor, int, str, str)
    rows = _rows(judge(session, actor, Which(area_id=asked.area_id), by), asked, places)
    rows.sort(key=_Row.position)
    later = [row for row in rows if after is None or row.position() > list(after)]
    return paging.page(later, asked.limit, _Row.position)


def _rows(judged: Iterable[tuple[Home, list[Entitlement]]], asked: Asked, places: shown.Places) -> list[_Row]:
    rows = []
    for home, found in judged:
        wanted = [one for one in found if asked.wanted(one)]
        if wanted:
            rows.append(_Row(home, wanted, shown.first_place(wanted, places)))
    return rows


def _item(row: _Row, by: Books, places: shown.Places) -> WorkItem:
    return WorkItem(
        household_id=row.home.id,
        hamlet_id=row.home.hamlet_id,
        household_no=row.home.household_no,
        head_name=row.home.head_name,
        place=row.place,
        entitlements=[shown.entitlement(one, by, places) for one in row.found],
    )


def _only_area(actor: Actor) -> UUID | None:
    """The area of a caller who has one: the surveyor of a hamlet, the officer of a commune."""
    return next(iter(actor.scope.area_ids)) if len(actor.scope.area_ids) == 1 else None
