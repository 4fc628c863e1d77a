"""In which order a tablet's submissions are applied: by `seq`, yet many at once.

Each kind is written in one go, parents first. That is the order of `seq` but where somebody changed a person or a
household after they had written something about it: a review is scored with the people as they were when it was made,
and what was handed to somebody was handed to the household they lived in then. What changed later waits for the next
turn.
"""

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from sqlmodel import Session

from api.households.stored import homes
from mobile_sync.appliers import KINDS
from mobile_sync.arrivals import Arrival

# What a submission is about beside its own record. Money and lines, too, are given in the order of `seq`.
_NAMED = ("household_id", "member_id", "request_id", "intervention_id")
_NAMED_BY: dict[str, Sequence[str]] = {"household": (), "member": ("household_id",)}
# What every household with a number is about too: a number that one gives up late is free for another one only then.
_NUMBERS = -1


def in_turns(session: Session, arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """The arrivals (of known kinds, with their parts) by `seq`, in as few turns as keep what was made before a change
    before it: almost always one. Asks the database only where a change came after something else at all: once, and
    once more where there is more than one turn.
    """
    in_order = sorted(arrivals, key=attrgetter("seq"))
    # households and people (0), which whatever is about them reads; what is about them; what is about that
    tier_of = {entity: max(0, KINDS[entity].rank - 1) for entity in {arrival.entity for arrival in arrivals}}
    tiers = [tier_of[arrival.entity] for arrival in in_order]
    if tiers == sorted(tiers):
        return [in_order]
    telling = _telling(in_order, tiers)
    if not _goes_back([tier_of[arrival.entity] for arrival in telling], _about(session, telling)):
        return [in_order]
    return _parted(in_order, tiers, _about(session, in_order))


def _telling(in_order: Sequence[Arrival], tiers: Sequence[int]) -> list[Arrival]:
    """Those that show whether something goes back: what comes from the first one on that is about another, and before
    it the people who are named there. The rest, new families as a rule, need not be looked at."""
    first = next(place for place, tier in enumerate(tiers) if tier)
    behind = in_order[first:]
    named = {one for arrival in behind for one in _named(arrival)}
    people = (arrival for arrival in in_order[:first] if arrival.entity == "member")
    return [*(one for one in people if one.record_id and one.record_id.int in named), *behind]


def _goes_back(tiers: Sequence[int], about: Sequence[Sequence[int]]) -> bool:
    """Does something come after what is about it? A look that takes a fifth of the time of parting them."""
    reached: dict[int, int] = {}
    for tier, ids in zip(tiers, about, strict=True):
        if not reached.keys().isdisjoint(ids) and any(reached.get(one, 0) > tier for one in ids):
            return True
        if tier:
            reached.update(dict.fromkeys(ids, tier))
    return False


def _parted(in_order: Sequence[Arrival], tiers: Sequence[int], about: Sequence[Sequence[int]]) -> list[list[Arrival]]:
    turns: list[list[Arrival]] = [[]]
    # what was named -> the turn in which it was last, and the highest tier that came to it there
    latest: dict[int, tuple[int, int]] = {}
    # what was named -> the first turn in which it was: a parent that comes after its children is written before them
    first: dict[int, int] = {}
    for arrival, tier, ids in zip(in_order, tiers, about, strict=True):
        if arrival.creates and ids[0] in first:
            turn = first[ids[0]]
        else:
            came = [latest[one] for one in ids if one in latest]
            turn = max((at + (tier < reached) for at, reached in came), default=0)
        for one in ids:
            first.setdefault(one, turn)
            at, reached = latest.get(one, (turn, tier))
            if turn >= at:
                latest[one] = turn, max(tier, reached) if at == turn else tier
        if turn == len(turns):
            turns.append([])
        turns[turn].append(arrival)
    return turns


def _about(session: Session, in_order: Sequence[Arrival]) -> list[list[int]]:
    """Everything that each is about, its own record first; of a person also where they live by then."""
    about = [_named(arrival) for arrival in in_order]
    lives_in = _homes(session, in_order, about)
    known = lives_in.keys()
    for arrival, ids in zip(in_order, about, strict=True):
        home = ids[1] if arrival.entity == "member" and len(ids) > 1 else None
        if not known.isdisjoint(ids):
            ids += [one for named in ids if named in known for one in lives_in[named]]
        if home is not None:  # also where they lived: whether they may move shows only when it is written
            lives_in[ids[0]] = lives_in.get(ids[0], set()) | lives_in.get(home, set()) | {home}
    return about


def _named(arrival: Arrival) -> list[int]:
    sent = arrival.submission
    assert sent is not None
    ids = [sent.id.int]
    for name in _NAMED_BY.get(arrival.entity, _NAMED):
        value = sent.data.get(name)
        if isinstance(value, str) and len(value) <= _LONGEST and (one := _number(value)) is not None:
            ids.append(one)
    if arrival.entity == "household":
        gives_up = not arrival.creates and not sent.data.keys().isdisjoint(("household_no", "hamlet_id"))
        if gives_up or sent.data.get("household_no"):
            ids.append(_NUMBERS)
    return ids


def _homes(session: Session, in_order: Sequence[Arrival], about: Sequence[Sequence[int]]) -> dict[int, set[int]]:
    """Of the people who are changed: their household; of the households that were merged away: the one that is left."""
    people = [a.record_id for a in in_order if a.entity == "member" and a.record_id and not a.creates]
    named = {one for a, ids in zip(in_order, about, strict=True) for one in _of_household(a, ids)}
    found = homes(session, people, [UUID(int=one) for one in named])
    return {one.int: {home.int} for one, home in found.items()}


def _of_household(arrival: Arrival, ids: Sequence[int]) -> Sequence[int]:
    return ids[:1] if arrival.entity == "household" else ids[1:2]  # `_NAMED` begins with it


_LONGEST = len("urn:uuid:") + 36


# the people of a household all name the same one
@lru_cache(maxsize=1000)
def _number(text: str) -> int | None:
    """An id as a number: it is hashed in C. None for what is no id, which is refused later."""
    try:
        return UUID(text).int
    except ValueError:
        return None
