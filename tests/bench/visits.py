"""A day in the field: batches that create, that review listed households, and that change what is there already.

Creations alone are the cheapest push there is: they need neither scoring nor merging.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from tests.bench.pushing import PEOPLE, SUBMISSIONS, Batch, Tablet, change, create, family, sealed
from tests.make import rounds, tablets

# Of 500: 70 new households with 280 members, 70 reviews (scored), 40 changes of today's version, 40 of an older one
# (merged).
_FAMILIES, _CURRENT, _OLD = 70, 40, 40
assert _FAMILIES * 6 + _CURRENT + _OLD == SUBMISSIONS


@dataclass(frozen=True)
class Ground:
    """What stands before the clock starts: households, all listed in an open round, and members of some of them.

    Some households are at their second version already.
    """

    round_id: str
    households: list[str]
    members: list[str]


def open_round(engines: Sequence[Engine]) -> str:
    """A round of the commune, in its time of surveys: the same in each database."""
    round_id = uuid4()
    for engine in engines:
        with Session(engine) as session, session.begin():
            rounds.review_round(session, id=round_id)
    return str(round_id)


def ground(pushed: Batch, round_id: str) -> Ground:
    """Of a batch of creations that both databases have."""
    sent = json.loads(pushed.body)["submissions"]
    of = {kind: [one["id"] for one in sent if one["entity"] == kind] for kind in ("household", "member")}
    return Ground(round_id, of["household"][:_FAMILIES], of["member"][:_CURRENT])


def later(tablet: Tablet, grounds: Sequence[Ground]) -> Batch:
    """The second version of some of the households."""
    found = {"phone": "0912 345 678"}
    return sealed(tablet, [change(tablet, "household", one, found, 1) for g in grounds for one in g.households[:_OLD]])


def list_households(engines: Sequence[Engine], grounds: Sequence[tuple[Tablet, Sequence[Ground]]]) -> None:
    """All of them on the list of the round, in each database."""
    for engine in engines:
        with Session(engine) as session, session.begin():
            for tablet, some in grounds:
                households = [UUID(one) for ground in some for one in ground.households]
                rounds.cases(session, UUID(some[0].round_id), households, tablet.hamlet)


def batch(tablet: Tablet, ground: Ground) -> Batch:
    """What a tablet brings home from visits to these households, in the order of its day: in each what changed, then
    the review."""
    rng = random.Random(tablet.seq)
    families = [one for _ in range(_FAMILIES) for one in family(tablet, rng)]
    return sealed(tablet, [*families, *(one for number in range(_FAMILIES) for one in _visit(tablet, ground, number))])


def _visit(tablet: Tablet, ground: Ground, number: int) -> list[dict[str, Any]]:
    home = ground.households[number]
    people = ground.members[number * PEOPLE : (number + 1) * PEOPLE]
    found = {"occupation": "thợ mộc", "labour_status": "working"}
    seen = [change(tablet, "member", person, found, 1) for person in people]
    if number < _OLD:
        seen.append(change(tablet, "household", home, {"note": "đã xem nhà"}, 1))
    return [*seen, create(tablet, "review", str(uuid4()), tablets.review(home, ground.round_id))]
