"""Any order of handing out, refusing, ticking and taking back: the sums say what a simple model says, and never more is
out than was approved."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.changes.edits import Edit
from api.changes.tables import Origin
from api.config import Settings
from api.deliveries import commands, sheets, ticks
from api.deliveries.commands import write_deliveries
from api.deliveries.schemas import ReversalIn
from api.deliveries.sheet_schemas import SheetIn, TickIn, TicksIn
from api.keys import IdKey
from api.problems import AboveApproved, AlreadyDelivered
from tests.make import interventions
from tests.make import sheets as bodies
from tests.make.reviews import acting, households
from tests.make.tablets import delivery

APPROVED = 1_000
AMOUNTS = st.one_of(st.integers(0, 400), st.just(APPROVED))
OUTCOMES = st.sampled_from(["delivered", "delivered", "delivered", "refused"])


@dataclass
class Given:
    """One delivery as the model knows it. `line`: the number of the line it ticked."""

    id: UUID
    amount: int
    delivered: bool
    line: int | None
    back: bool = False


class HandingOut(RuleBasedStateMachine):
    """An intervention with 1,000 đồng, a sheet of three lines, a household that stands on none."""

    session: Session

    @initialize(funded=st.booleans())
    def begin(self, funded: bool) -> None:
        self.officer = acting("truc-thai")
        self.homes = households(self.session, 4)
        make = interventions.funded(self.session, APPROVED) if funded else interventions.intervention(self.session)
        self.under, self.limit = make, APPROVED if funded else None
        body = SheetIn.model_validate(bodies.body(make, self.homes[:3], amount_vnd=150))
        self.sheet = sheets.draw_up(self.session, self.officer, body, None)
        self.given: list[Given] = []
        self.lines: list[str] = ["awaited"] * 3

    def out(self) -> int:
        return sum(one.amount for one in self.given if one.delivered and not one.back)

    def fits(self, asked: int) -> bool:
        return self.limit is None or asked <= self.limit - self.out()

    @rule(some=st.lists(st.tuples(st.integers(0, 3), AMOUNTS, OUTCOMES), min_size=1, max_size=4))
    def hand_out(self, some: list[tuple[int, int, str]]) -> None:
        edits = [
            Edit(uuid4(), None, delivery(str(self.homes[n]), self.under, amount_vnd=vnd, outcome=outcome))
            for n, vnd, outcome in some
        ]
        written = write_deliveries(self.session, self.officer, edits, Origin.tablet)
        for edit, (n, vnd, outcome), told in zip(edits, some, written, strict=True):
            asked = vnd if outcome == "delivered" else 0
            if n < 3 and self.lines[n] == "delivered":
                assert (told.outcome, told.problem and told.problem.slug) == ("rejected", "already-delivered")
            elif not self.fits(asked):
                assert told.problem is not None
                assert told.problem.slug == "above-approved"
                assert told.problem.extras == {"available_vnd": APPROVED - self.out(), "asked_vnd": asked}
            else:
                assert told.outcome == "applied"
                self.note(edit.record_id, vnd, outcome, n if n < 3 else None)

    def note(self, delivery_id: UUID, vnd: int, outcome: str, line: int | None) -> None:
        self.given.append(Given(delivery_id, vnd, outcome == "delivered", line))
        if line is not None:
            self.lines[line] = outcome

    @rule(n=st.integers(0, 2), state=st.sampled_from(["delivered", "refused", "absent"]))
    def tick(self, n: int, state: Any) -> None:
        line = self.sheet.lines[n]
        body = TicksIn(ticks=[TickIn(line_id=line.id, state=state, received_by=f"người {len(self.given)}")])
        taken = self.lines[n] == "delivered"
        if taken or not self.fits(150 if state == "delivered" else 0):
            with pytest.raises(AlreadyDelivered if taken else AboveApproved), self.session.begin_nested():
                ticks.tick(self.session, self.officer, self.sheet.id, None, body)
            return
        now = ticks.tick(self.session, self.officer, self.sheet.id, None, body)
        if state == "absent":
            self.lines[n] = "absent"
        else:
            given = now.lines[n].delivery_id
            assert given is not None
            self.note(given, 150, state, n)

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.given))
        commands.reverse(self.session, self.officer, one.id, None, ReversalIn(reason="nhầm"))
        newest = [other for other in self.given if other.line == one.line][-1]
        if not one.back and one.line is not None and newest is one:
            self.lines[one.line] = "returned"
        one.back = True

    @invariant()
    def the_sums_are_those_of_the_model(self) -> None:
        if not hasattr(self, "given"):
            return
        query = "SELECT delivered_vnd FROM intervention WHERE id = :id"
        assert self.session.execute(text(query), {"id": self.under}).scalar_one() == self.out()
        assert self.limit is None or self.out() <= self.limit
        rows = self.session.execute(
            text("SELECT state, delivery_id FROM sheet_line WHERE sheet_id = :id ORDER BY position"),
            {"id": self.sheet.id},
        ).all()
        assert [row.state for row in rows] == self.lines
        for n, row in enumerate(rows):
            of_line = [one.id for one in self.given if one.line == n]
            assert row.delivery_id == (of_line[-1] if of_line else None)

    def teardown(self) -> None:
        self.session.rollback()


@pytest.fixture
def machine(engine: Engine, config: Settings) -> Iterator[type[HandingOut]]:
    with Session(engine, expire_on_commit=False) as session:
        session.info["id_key"] = IdKey(config.secrets().id_key)
        yield type("HandingOut", (HandingOut,), {"session": session})


def test_the_sums_hold_in_any_order(machine: type[HandingOut]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
