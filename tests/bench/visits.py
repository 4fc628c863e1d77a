"""A day in the field: batches that create, that review listed households, and that change what is there already.

Creations alone are the cheapest push there is: they need neither scoring nor merging.
"""

import random
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from sqlmodel import Session

from api.db import make_engine
from tests.bench.bare import columns_of, insert, plain
from tests.bench.pushing import SUBMISSIONS, Batch, Tablet, change, create, family, push, sealed
from tests.make import rounds, tablets

# Of 500: 70 new households with 280 members, 70 reviews (scored), 40 changes of today's version, 40 of an older one
# (merged).
_FAMILIES, _CURRENT, _OLD = 70, 40, 40
assert _FAMILIES * 6 + _CURRENT + _OLD == SUBMISSIONS


@dataclass(frozen=True)
class Ground:
    """What stands before the clock starts: households with four members each, all listed in an open round."""

    round_id: str
    households: list[str]
    members: list[str]


def open_round(url: str) -> str:
    """A round of the commune, in its time of surveys."""
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        round_id = rounds.review_round(session)
    engine.dispose()
    return str(round_id)


def ground(url: str, tablet: Tablet, round_id: str) -> Ground:
    """One batch's: pushed by the tablet itself; some households are at their second version already."""
    families = [family(tablet, random.Random(tablet.seq)) for _ in range(_FAMILIES)]
    households = [one[0]["id"] for one in families]
    members = [member["id"] for one in families for member in one[1:]]
    later = [change(tablet, "household", one, {"phone": "0912 345 678"}, 1) for one in households[:_OLD]]
    for sent in ([submission for one in families for submission in one], later):
        outcomes = push(tablet, sealed(tablet, sent)).raise_for_status().json()["outcomes"]
        assert {o["outcome"] for o in outcomes} == {"applied"}, outcomes[0]
    _list(url, tablet, round_id, households)
    return Ground(round_id, households, members)


def _list(url: str, tablet: Tablet, round_id: str, households: list[str]) -> None:
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        rounds.cases(session, UUID(round_id), [UUID(one) for one in households], tablet.hamlet)
    engine.dispose()


def batch(tablet: Tablet, ground: Ground) -> Batch:
    """What a tablet brings home from visits to these households."""
    rng = random.Random(tablet.seq)
    found = {"occupation": "thợ mộc", "labour_status": "working"}
    return sealed(
        tablet,
        [
            *(one for _ in range(_FAMILIES) for one in family(tablet, rng)),
            *(create(tablet, "review", str(uuid4()), tablets.review(h, ground.round_id)) for h in ground.households),
            *(change(tablet, "member", member, found, 1) for member in ground.members[:_CURRENT]),
            *(change(tablet, "household", home, {"note": "đã xem nhà"}, 1) for home in ground.households[:_OLD]),
        ],
    )


def copy_ground(source: str, target: str, grounds: list[Ground]) -> None:
    """The same rows for bare SQL to change."""
    ids = {"ids": [one for ground in grounds for one in ground.households]}
    with psycopg.connect(plain(source)) as there, psycopg.connect(plain(target)) as here:
        for table, which in _GROUND.items():
            query = f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {table} AS t WHERE {which}"
            rows = there.execute(query, ids).fetchone()
            statement = insert(table, columns_of(there, table)) + " ON CONFLICT DO NOTHING"
            here.execute(statement, rows)


_GROUND = {
    "review_round": "true",
    "household": "id = ANY(%(ids)s::uuid[])",
    "member": "household_id = ANY(%(ids)s::uuid[])",
    "review_case": "household_id = ANY(%(ids)s::uuid[])",
}
