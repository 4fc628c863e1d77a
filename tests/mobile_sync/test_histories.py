"""Any history of tablets, officers, bad roads and crashes: nothing is lost, nothing is overwritten, nobody sees more.

Hypothesis makes the histories: the same ones every time. GIAMNGHEO_HISTORIES=500 makes other ones, that many, at every
run, and makes one that fails as small as it can.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import Engine, text

from tests.make.commune_work import ELSEWHERE, HAMLETS, Work
from tests.make.field import HAZARDS
from tests.mobile_sync.reckoning import check_all, check_page, check_tablet

SignIn = Callable[[str], httpx.Client]
MORE = os.environ.get("GIAMNGHEO_HISTORIES")

N = st.integers(0, 40)
VALUES = st.sampled_from(["1", "2", "3"])
CHANGES = st.dictionaries(st.sampled_from(["phone", "note"]), VALUES, min_size=1)
ROADS = st.lists(st.sampled_from(HAZARDS), max_size=3)
# work is sent at once (over such a road), or it stays on the tablet
Soon = list[str] | None
SOON = st.none() | ROADS


class Histories(RuleBasedStateMachine):
    """One history. `start` gives the work on empty lists."""

    start: Callable[[], Work]
    met: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.work = type(self).start()

    @initialize()
    def a_first_day(self) -> None:
        for hand, hamlet in zip(self.work.hands, (3, 3, 4, 3), strict=True):
            self.work.add_home(hand, hamlet, None)
            self.work.add_person(hand, self.work.homes[-1])
            self.work.add_paper(hand, self.work.homes[-1])
            hand.tablet.push()
        for hand in self.work.hands[:2]:  # two households of one number: the second is refused
            self.work.add_home(hand, 3, "9")
            hand.tablet.push()
        for hand in self.work.hands:
            hand.tablet.pull()
            check_tablet(self.work, hand)

    def _hand(self, n: int) -> Any:
        working = [hand for hand in self.work.hands if not hand.revoked]
        return working[n % len(working)]

    @rule(who=N, hamlet=st.sampled_from([3, 4, 5]), number=st.sampled_from([None, None, "1", "2"]), road=SOON)
    def a_household_is_found(self, who: int, hamlet: int, number: str | None, road: Soon) -> None:
        self.work.add_home(self._hand(who), hamlet, number)
        self._soon(who, road)

    @rule(who=N, home=N, road=SOON)
    def a_person_is_found(self, who: int, home: int, road: Soon) -> None:
        if self.work.homes:
            self.work.add_person(self._hand(who), self.work.homes[home % len(self.work.homes)])
        self._soon(who, road)

    @rule(who=N, home=N, road=SOON)
    def a_paper_is_taken(self, who: int, home: int, road: Soon) -> None:
        if self.work.homes:
            self.work.add_paper(self._hand(who), self.work.homes[home % len(self.work.homes)])
        self._soon(who, road)

    def _soon(self, who: int, road: Soon) -> None:
        if road is not None:
            self.work.push(self._hand(who), list(road))

    def _change(self, who: int, entity: str, n: int, changes: dict[str, Any]) -> None:
        tablet = self._hand(who).tablet
        known = tablet.storage.records(entity)
        if known:
            tablet.change(entity, known[n % len(known)].id, changes)

    @rule(who=N, home=N, changes=CHANGES, road=SOON)
    def a_household_is_changed(self, who: int, home: int, changes: dict[str, Any], road: Soon) -> None:
        self._change(who, "household", home, changes)
        self._soon(who, road)

    @rule(who=N, other=N, home=N, one=CHANGES, two=CHANGES, road=ROADS)
    def two_change_one_household(
        self, who: int, other: int, home: int, one: dict[str, str], two: dict[str, str], road: list[str]
    ) -> None:
        """Both before either has a line: what they changed alike is a conflict."""
        for hand, changes in ((who, one), (other, two)):
            self._change(hand, "household", home, changes)
        for hand in (who, other):
            self.work.push(self._hand(hand), list(road))

    @rule(who=N, home=N, person=N)
    def a_household_gets_a_head(self, who: int, home: int, person: int) -> None:
        if self.work.people:
            self._change(who, "household", home, {"head_member_id": self.work.people[person % len(self.work.people)]})

    @rule(who=N, person=N, value=VALUES, road=SOON)
    def a_person_is_changed(self, who: int, person: int, value: str, road: Soon) -> None:
        self._change(who, "member", person, {"occupation": value})
        self._soon(who, road)

    @rule(who=N, person=N, home=N, road=SOON)
    def a_person_goes_to_live_elsewhere(self, who: int, person: int, home: int, road: Soon) -> None:
        known = self._hand(who).tablet.storage.records("household")
        if known:
            self._change(who, "member", person, {"household_id": known[home % len(known)].id})
        self._soon(who, road)

    @rule(who=N, paper=N, value=VALUES, road=SOON)
    def a_paper_is_changed(self, who: int, paper: int, value: str, road: Soon) -> None:
        self._change(who, "request", paper, {"reason": value})
        self._soon(who, road)

    @rule(who=N, paper=N, reason=VALUES, road=SOON)
    def a_paper_is_screened(self, who: int, paper: int, reason: str, road: Soon) -> None:
        known = self._hand(who).tablet.storage.records("request")
        if known:
            self.work.screen(self._hand(who), known[paper % len(known)].id, reason)
        self._soon(who, road)

    @rule(who=N, other=N, paper=N, road=ROADS)
    def two_screen_one_paper(self, who: int, other: int, paper: int, road: list[str]) -> None:
        """Both before either has a line."""
        for hand, reason in ((who, "1"), (other, "2")):
            self.a_paper_is_screened(hand, paper, reason, None)
        for hand in (who, other):
            self.work.push(self._hand(hand), list(road))

    @rule(who=N, screening=N, value=VALUES, road=SOON)
    def a_screening_is_changed(self, who: int, screening: int, value: str, road: Soon) -> None:
        self._change(who, "screening", screening, {"screened_on": f"2024-09-0{value}"})
        self._soon(who, road)

    @rule(who=N, road=ROADS)
    def push(self, who: int, road: list[str]) -> None:
        self.work.push(self._hand(who), list(road))

    @rule(who=N, some=st.lists(N, min_size=1, max_size=6))
    def send_again(self, who: int, some: list[int]) -> None:
        self.work.send_again(self._hand(who), some)

    @rule(who=N, n=N)
    def reuse_an_id(self, who: int, n: int) -> None:
        self.work.reuse(self._hand(who), n)

    @rule(who=N)
    def pull(self, who: int) -> None:
        hand = self._hand(who)
        # a pull releases, once it has been answered, what this tablet has waiting: that comes with the next one
        hand.tablet.pull()
        hand.tablet.pull()
        check_tablet(self.work, hand)

    @rule()
    def everybody_pulls(self) -> None:
        for who, _ in enumerate(self.work.hands):
            self.pull(who)

    @rule(who=N)
    def ask_again(self, who: int) -> None:
        self._hand(who).tablet.ask_again()

    @rule(who=N)
    def crash(self, who: int) -> None:
        self._hand(who).crash()

    @rule(who=N, hours=st.integers(-100_000, 100_000))
    def the_clock_goes_wrong(self, who: int, hours: int) -> None:
        self._hand(who).skew = timedelta(hours=hours)

    @rule(who=N)
    def lose_a_tablet(self, who: int) -> None:
        self.work.revoke(self._hand(who))

    @rule(home=N, changes=CHANGES)
    def the_officer_changes_a_household(self, home: int, changes: dict[str, Any]) -> None:
        if self.work.homes:
            self.work.edit(self.work.homes[home % len(self.work.homes)], changes)

    @rule(home=N, hamlet=st.sampled_from([*HAMLETS.values(), ELSEWHERE]))
    def a_household_moves(self, home: int, hamlet: str) -> None:
        if self.work.homes:
            self.work.move(self.work.homes[home % len(self.work.homes)], hamlet)

    @rule(one=N, two=N)
    def two_households_are_one(self, one: int, two: int) -> None:
        if self.work.homes:
            self.work.merge(self.work.homes[one % len(self.work.homes)], self.work.homes[two % len(self.work.homes)])

    @rule(grant=st.sampled_from([("xom-3", 4), ("xom-3", 5), ("xom-4", 3), ("xom-4", 5)]))
    def the_areas_of_a_surveyor_change(self, grant: tuple[str, int]) -> None:
        self.work.grant(*grant)

    @rule(n=N, choice=st.sampled_from(["device", "server", "values"]))
    def resolve(self, n: int, choice: str) -> None:
        self.work.resolve(n, choice)

    @rule(n=N)
    def retry(self, n: int) -> None:
        self.work.retry(n)

    def teardown(self) -> None:
        try:
            self.work.clear_the_desk()
            check_all(self.work)
            self.met.update(row["outcome"] for row in self.work.journal())
            self.met.update(f"web {row['origin']}" for row in self.work.rows("SELECT origin FROM record_version"))
            self.met["screened"] += len(self.work.rows("SELECT 1 FROM screening"))
            self.met["decided"] += len(self.work.said.chosen)
            self.met["sent again"] += len(self.work.rows("SELECT 1 FROM sync_batch WHERE replayed > 0"))
            self.met["lost tablets"] += sum(hand.revoked for hand in self.work.hands)
        finally:
            self.work.close()


@pytest.fixture
def start(engine: Engine, base_url: str, sign_in: SignIn, tmp_path: Path) -> Callable[[], Work]:
    for username in ("truc-thai", "truc-dai", "admin"):
        sign_in(username)
    with engine.connect() as connection:
        names = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        empty = [n for n in names if not connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {n})")).scalar_one()]
    kept = {"feed_epoch", "feed_run", "sign_in", "refresh_token"}
    forget = "; ".join(f"DELETE FROM {name}" for name in empty if name not in kept)

    def begin() -> Work:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(forget))
            connection.execute(text("DELETE FROM account_grant WHERE granted_by IS NOT NULL"))
            connection.execute(text("UPDATE account_grant SET valid_to = NULL"))
        return Work(engine, base_url, tmp_path, sign_in, check_page)

    return begin


def test_any_history_ends_with_what_was_done(start: Callable[[], Work]) -> None:
    class Machine(Histories):
        pass

    Machine.start = staticmethod(start)
    Machine.met = Counter()
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=int(MORE or 6),
            stateful_step_count=40,
            deadline=None,
            derandomize=MORE is None,
            database=None,
            print_blob=True,
            # making a failing history small takes minutes: on demand
            phases=[Phase.generate, Phase.shrink] if MORE else [Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(Machine.met))
    # histories in which none of this happens would show nothing
    for what in (
        "applied",
        "merged",
        "conflict",
        "held",
        "rejected",
        "decided",
        "sent again",
        "lost tablets",
        "screened",
    ):
        assert Machine.met[what], what
