"""The order of `seq` across kinds: whatever comes in one batch ends as if each submission had come by itself."""

import random
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync import turns
from mobile_sync.appliers import KINDS
from mobile_sync.arrivals import Arrival
from mobile_sync.protocol import Submission
from tests.make.answers import done
from tests.make.interventions import serving
from tests.make.reviews import counted
from tests.make.rounds import listed
from tests.make.tablets import delivery, household, member, push, review, submission

SignIn = Callable[[str], httpx.Client]
Op = tuple[str, int, int]  # what is done, with which person, in which household

_PEOPLE = text("SELECT id, version, left_on, birth_year FROM member WHERE household_id = :home")
INSURED = {"health_insurance": True, "birth_year": 1990}


class World:
    """Two households with two people each, on the list of a round, as one tablet has them."""

    def __init__(self, surveyor: httpx.Client, device: str, engine: Engine, intervention: UUID, first: int) -> None:
        self.surveyor, self.device, self.engine = surveyor, device, engine
        self.intervention, self.seq = intervention, first
        self.homes = [self._made("household", household()) for _ in range(2)]
        self.people = [self._made("member", member(home, f"Người {n}")) for home in self.homes for n in range(2)]
        self.known = {one: n for n, one in enumerate(self.homes + self.people)}
        self.round = listed(engine, *self.homes)

    def _made(self, entity: str, data: dict[str, Any]) -> str:
        self.seq += 1
        made = submission(entity, data, seq=self.seq)
        assert [one["outcome"] for one in push(self.surveyor, self.device, made)] == ["applied"]
        return str(made["id"])

    def done(self, op: Op) -> dict[str, Any]:
        """What the tablet sends for it."""
        what, who, where = op
        person, home = self.people[who], self.homes[where]
        self.seq += 1
        made: dict[str, tuple[str, int | None, dict[str, Any]]] = {
            "insured": ("member", 1, INSURED),
            "moved": ("member", 1, {"household_id": home}),
            "left": ("member", 1, {"left_on": "2024-09-01", "left_reason": "moved-out"}),
            "found": ("member", None, member(home, "Người mới", birth_year=2019)),
            "noted": ("household", 1, {"note": "đã xem nhà"}),
            "reviewed": ("review", None, review(home, self.round)),
            "given": ("delivery", None, delivery(home, self.intervention, member_id=person)),
        }
        entity, base, data = made[what]
        return submission(entity, data, seq=self.seq, base=base, record=None if base is None else
                          home if entity == "household" else person)  # fmt: skip

    def told(self, sent: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> list[Any]:
        """The outcomes in the order of `seq`, and the people at the end; without what no two worlds have in common."""
        by_seq = sorted(zip(sent, outcomes, strict=True), key=lambda pair: pair[0]["seq"])
        kept = ("entity", "outcome", "version", "result")
        found: list[Any] = []
        for _, one in by_seq:
            result = one["result"] and {k: v for k, v in one["result"].items() if k != "warnings"}
            found.append([one["problem"] and one["problem"]["type"], *(one[k] for k in kept[:3]), result])
        for home in self.homes:
            with Session(self.engine) as session:
                people = session.execute(_PEOPLE, {"home": home}).all()
            found.append(sorted([(self.known.get(str(one.id)), *one[1:]) for one in people], key=str))
        return found


OPS = st.tuples(
    st.sampled_from(["insured", "moved", "left", "found", "noted", "reviewed", "given"]),
    st.integers(0, 3),
    st.integers(0, 1),
)


def test_a_batch_ends_as_if_each_submission_had_come_by_itself(
    surveyor: httpx.Client, device: str, engine: Engine
) -> None:
    first = 0

    @settings(max_examples=25, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])  # fmt: skip
    @given(ops=st.lists(OPS, max_size=8), luck=st.integers(0, 5))
    @example(ops=[("given", 0, 0), ("moved", 0, 1)], luck=0)
    @example(ops=[("reviewed", 0, 0), ("insured", 0, 0)], luck=0)
    @example(ops=[("reviewed", 0, 0), ("found", 0, 0), ("reviewed", 0, 1), ("moved", 0, 1)], luck=1)
    def alike(ops: list[Op], luck: int) -> None:
        nonlocal first
        intervention = serving(engine)
        found = []
        for at_once in (False, True):
            world = World(surveyor, device, engine, intervention, first)
            sent = [world.done(op) for op in ops]
            first = world.seq
            if at_once:
                random.Random(luck).shuffle(sent)
                outcomes = push(surveyor, device, *sent) if sent else []
            else:
                outcomes = [push(surveyor, device, one)[0] for one in sent]
            found.append(world.told(sent, outcomes))
        assert found[0] == found[1]

    alike()


_SENT = st.lists(
    st.tuples(
        st.sampled_from(["household", "member", "review", "delivery", "request"]),
        st.booleans(),
        st.integers(0, 3),  # which person, where it is about one
        st.integers(0, 2),  # which household
        st.integers(0, 3),  # where a person moves, or what is named of the rest
    ),
    min_size=1,
    max_size=10,
)


def _arrival(seq: int, what: str, creates: bool, who: int, where: int, more: int) -> Arrival:
    """Somebody's work, with ids that are numbers: 1 to 4 people, 11 to 13 households."""
    person, home = UUID(int=1 + who), UUID(int=11 + where)
    named: dict[str, Any] = {"household_id": str(home)} if what != "household" else {}
    if what == "member" and not creates and more == 0:
        named = {}  # stays where they are
    if what == "delivery" and more < 2:
        named = {"member_id": str(person)} if more else named | {"member_id": str(person)}
    record = {"household": home, "member": person}.get(what, uuid4())
    sent = Submission.model_validate(
        {"submission_id": uuid4(), "seq": seq, "entity": what, "id": record, "base_version": None if creates else 1,
         "recorded_at": "2024-09-20T08:00:00+07:00", "data": named}
    )  # fmt: skip
    return Arrival(sent.submission_id, b"", b"", sent, None, seq, what, record)


@settings(max_examples=400, deadline=None, database=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(sent=_SENT)
@example(sent=[("member", False, 0, 0, 1), ("delivery", True, 0, 1, 1), ("household", False, 0, 0, 0)])
def test_what_need_not_be_looked_at_would_not_have_parted_a_batch(engine: Engine, sent: list[Any]) -> None:
    arrivals = [_arrival(seq, *one) for seq, one in enumerate(sent, 1)]
    with Session(engine) as session:
        looked = turns.in_turns(session, arrivals)
        tiers = [max(0, KINDS[one.entity].rank - 1) for one in arrivals]
        whole = turns._parted(arrivals, tiers, turns._about(session, arrivals))
    assert [[one.seq for one in turn] for turn in looked] == [[one.seq for one in turn] for turn in whole]


def test_a_person_changed_under_the_name_a_household_had_before_it_was_merged_away_is_changed_after_its_review(
    sign_in: SignIn, surveyor: httpx.Client, device: str, engine: Engine
) -> None:
    world = World(surveyor, device, engine, serving(engine), 0)
    stays, goes = world.homes
    done(sign_in("truc-thai").post("/api/v1/households/merge", json={"survivor_id": stays, "absorbed_id": goes}))
    reviewed, insured = world.done(("reviewed", 0, 1)), world.done(("insured", 0, 0))
    told, _ = push(surveyor, device, reviewed, insured)
    with Session(engine) as session:
        (people,) = session.execute(text("SELECT members FROM review WHERE id = :id"), {"id": reviewed["id"]}).one()
    assert told["outcome"] == "applied"
    assert {one["birth_year"] for one in people} == {1980}


def test_what_is_in_the_order_of_the_kinds_asks_nothing_more_and_one_change_too_late_costs_one_more_go(
    surveyor: httpx.Client, device: str, engine: Engine, app: Any
) -> None:
    counts: list[tuple[int, int]] = []
    in_order = [("insured", 0, 0), ("insured", 2, 0), ("reviewed", 0, 0), ("reviewed", 0, 1)]
    for ops in (
        in_order,  # not counted: a process reads a standard once
        in_order,
        [("insured", 0, 0), ("reviewed", 0, 0), ("insured", 2, 0), ("reviewed", 0, 1)],
        [("reviewed", 0, 0), ("reviewed", 0, 1), ("insured", 0, 0)],
        [("reviewed", 0, 0), ("insured", 0, 0), ("reviewed", 0, 1), ("insured", 2, 0), ("moved", 1, 1)],
    ):
        world = World(surveyor, device, engine, serving(engine), counts[-1][0] if counts else 0)
        sent = [world.done(op) for op in ops]
        with counted(app.state.engine) as seen:
            push(surveyor, device, *sent)
        # whether the audit's rows go in one statement or two is a question of time
        counts.append((world.seq, len([one for one in seen if "audit_entry" not in str(one)])))
    _, (_, plain), (_, by_visit), (_, late), (_, often) = counts
    assert by_visit == plain + 1  # where did these people live?
    assert late == often
