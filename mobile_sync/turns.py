"""In which order a tablet's submissions are applied: by `seq`, yet many at once.

Each kind is written in one go, parents first. That is the order of `seq` but where somebody changed a person or a
household after they had written something about it: a review is scored with the people as they were when it was made,
and what was handed to somebody was handed to the household they lived in then. What changed later waits for the next
turn.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.households.stored import homes
from mobile_sync.appliers import KINDS
from mobile_sync.arrivals import Arrival

# What a submission is about beside its own record. Money and lines, too, are given in the order of `seq`.
_NAMED = ("household_id", "member_id", "request_id", "intervention_id")

# Whatever is about these reads them, and is read by none of them.
_GROUND = 0


def in_turns(session: Session, arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """The arrivals (of known kinds, with their parts) by `seq`, in as few turns as keep what was made before a change
    before it: almost always one. Asks the database once, and only where somebody went back to a person or a household.
    """
    in_order = sorted(arrivals, key=lambda arrival: arrival.seq)
    tiers = [_tier(arrival) for arrival in in_order]
    if tiers == sorted(tiers):
        return [in_order]
    lives_in = _homes(session, in_order)
    turns: list[list[Arrival]] = [[]]
    # what was named -> the turn in which it was last, and the highest tier that came to it there
    latest: dict[int, tuple[int, int]] = {}
    # what is created further behind: a parent that comes after its children is written before them all the same
    unborn = {arrival.record_id.int for arrival in in_order if arrival.creates and arrival.record_id}
    for arrival, tier in zip(in_order, tiers, strict=True):
        about = _about(arrival, lives_in)
        came = [(one, *latest[one]) for one in about if one in latest]
        awaited = about[0] in unborn and about[0] in latest
        late = [tier < reached and not awaited and one not in unborn for one, _, reached in came]
        turn = max((at + behind for (_, at, _), behind in zip(came, late, strict=True)), default=0)
        unborn.discard(about[0])
        for one in about:
            at, reached = latest.get(one, (turn, tier))
            latest[one] = turn, max(tier, reached) if at == turn else tier
        if turn == len(turns):
            turns.append([])
        turns[turn].append(arrival)
    return turns


def _tier(arrival: Arrival) -> int:
    """Households and people; what is about them; and what is about that."""
    return max(_GROUND, KINDS[arrival.entity].rank - 1)


def _about(arrival: Arrival, lives_in: dict[int, int]) -> list[int]:
    """Everything the submission is about, its own record first; `lives_in` learns where a person is from now on."""
    assert arrival.submission is not None
    data: dict[str, Any] = arrival.submission.data
    own = arrival.submission.id.int
    about = [own, *(one for name in _NAMED if (one := _id(data.get(name))) is not None)]
    about += [lives_in[one] for one in about if one in lives_in]
    if arrival.entity == "member" and (home := _id(data.get("household_id"))) is not None:
        lives_in[own] = lives_in.get(home, home)
    return about


def _homes(session: Session, arrivals: Sequence[Arrival]) -> dict[int, int]:
    """Of the people who are changed: their household; of the households that were merged away: the one that is left."""
    people = [a.record_id for a in arrivals if a.entity == "member" and a.record_id and not a.creates]
    named = {_id(a.submission.data.get("household_id")) for a in arrivals if a.submission is not None}
    named |= {a.record_id.int for a in arrivals if a.entity == "household" and a.record_id}
    found = homes(session, people, [UUID(int=one) for one in named if one is not None])
    return {one.int: home.int for one, home in found.items()}


def _id(value: Any) -> int | None:
    """An id as a number: it is hashed in C. None for what is no id, which is refused later."""
    try:
        digits = value.replace("-", "")
        return int(digits, 16) if len(digits) == 32 else None
    except (AttributeError, ValueError):
        return None
