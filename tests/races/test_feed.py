"""The feed never skips: writers that hold and roll back at random, readers that poll and start afresh meanwhile."""

import random
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlmodel import Session, col

from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.changes import feed
from api.changes.tables import ChangeFeed, ChangePending
from api.households.tables import Household, Member, Sex
from tests.make import database

SECONDS = 3.0
WRITERS = 12
LEAST = 5  # households of each writer
POLLERS = 4
HAMLETS = [area_id("14080-01"), area_id("14080-02")]
NOW = datetime(2024, 9, 1, tzinfo=UTC)


def reader(*hamlets: UUID) -> Actor:
    return Actor(uuid4(), "người đọc", "Người đọc", None, None, (), Scope.of(hamlets))


def live(table: Any) -> Callable[[Session, Any, Collection[UUID]], dict[UUID, tuple[int, dict[str, Any]]]]:
    def load(session: Session, _: Any, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
        return {i: (v, {}) for i, v in session.execute(select(table.id, table.version).where(table.id.in_(ids)))}

    return load


LOADERS = {"household": live(Household), "member": live(Member)}


def pending(
    session: Session, entity: str, record: UUID, hamlet: UUID, household: UUID, version: int, op: str = "put"
) -> None:
    row = {"entity": entity, "record_id": record, "area_id": hamlet, "household_id": household, "version": version}
    session.execute(insert(ChangePending).values(**row, op=op, reason="left-area" if op == "remove" else None))


def new_household(session: Session, hamlet: UUID) -> UUID:
    household = uuid4()
    session.execute(
        insert(Household).values(
            id=household,
            hamlet_id=hamlet,
            residence="permanent",
            status="active",
            no_labour_capacity=False,
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )
    )
    pending(session, "household", household, hamlet, household, 1)
    return household


def new_member(session: Session, household: UUID, hamlet: UUID) -> UUID:
    member = uuid4()
    session.execute(
        insert(Member).values(
            id=member,
            household_id=household,
            full_name="Vũ Thị Hoà",
            name_folded="",
            name_toned="",
            name_sort="",
            sex=Sex.female,
            birth_year=1980,
            relation_to_head="head",
            ethnicity="kinh",
            merit_person=False,
            disability="none",
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )
    )
    pending(session, "member", member, hamlet, household, 1)
    return member


def changed(session: Session, table: Any, entity: str, record: UUID, household: UUID) -> None:
    locked = select(col(Household.hamlet_id)).where(col(Household.id) == household).with_for_update()
    row = session.execute(locked).one()
    version = session.execute(
        update(table).where(table.id == record).values(version=table.version + 1).returning(table.version)
    ).scalar_one()
    pending(session, entity, record, row[0], household, version)


def moved(session: Session, household: UUID, to: UUID) -> None:
    origin = session.execute(
        select(col(Household.hamlet_id)).where(col(Household.id) == household).with_for_update()
    ).scalar_one()
    version = session.execute(
        update(Household)
        .where(col(Household.id) == household)
        .values(hamlet_id=to, version=col(Household.version) + 1)
        .returning(col(Household.version))
    ).scalar_one()
    of_household = select(col(Member.id), col(Member.version)).where(col(Member.household_id) == household)
    people = session.execute(of_household).all()
    for entity, record, number in [("household", household, version), *(("member", *row) for row in people)]:
        pending(session, entity, record, origin, household, number, "remove")
        pending(session, entity, record, to, household, number)


class Writer(threading.Thread):
    """Makes, changes and moves households of its own; half of its transactions dawdle, a third are undone."""

    def __init__(self, engine: Engine, seed: int, until: float) -> None:
        super().__init__()
        self.engine, self.random, self.until = engine, random.Random(seed), until
        self.households: list[tuple[UUID, list[UUID]]] = []
        self.failed: BaseException | None = None

    def run(self) -> None:
        try:
            # so many at least, however slow the machine
            while time.monotonic() < self.until or len(self.households) < LEAST:
                self.once()
        except BaseException as error:
            self.failed = error

    def once(self) -> None:
        with Session(self.engine) as session:
            made = self.work(session)
            if self.random.random() < 0.5:
                time.sleep(self.random.random() * 0.05)
            if self.random.random() < 0.33:
                session.rollback()
            else:
                session.commit()
                if made:
                    self.households.append(made)

    def work(self, session: Session) -> tuple[UUID, list[UUID]] | None:
        what = self.random.random()
        if what < 0.4 or not self.households:
            hamlet = self.random.choice(HAMLETS)
            household = new_household(session, hamlet)
            return household, [new_member(session, household, hamlet) for _ in range(self.random.randrange(3))]
        household, members = self.random.choice(self.households)
        if what < 0.6:
            changed(session, Household, "household", household, household)
        elif what < 0.8 and members:
            changed(session, Member, "member", self.random.choice(members), household)
        else:
            moved(session, household, self.random.choice(HAMLETS))
        return None


class Poller(threading.Thread):
    """Follows the feed from its own first sync on; counts what came twice and what came before its parent."""

    def __init__(self, engine: Engine, hamlets: list[UUID], seed: int) -> None:
        super().__init__()
        self.engine, self.actor, self.random = engine, reader(*hamlets), random.Random(seed)
        self.cursor: str | None = None
        self.stop = threading.Event()
        self.holds: dict[UUID, int] = {}
        self.homes: dict[UUID, int] = {}  # in which version the home of a record was held when the record came
        self.repeated: list[Any] = []
        self.orphans: list[Any] = []
        self.failed: BaseException | None = None

    def run(self) -> None:
        time.sleep(self.random.random() * SECONDS / 2)  # first syncs begin while everybody writes
        try:
            while not self.stop.is_set():
                self.once()
            while self.once():
                pass
        except BaseException as error:
            self.failed = error

    def once(self) -> bool:
        with Session(self.engine) as session, session.begin():
            page = feed.read(session, self.actor, LOADERS, self.cursor, self.random.choice([3, 10, 50]))
        for change in page.changes:
            self.take(change)
        self.cursor = page.cursor
        return page.more

    def take(self, change: feed.Change) -> None:
        if change.op == "remove":
            self.holds.pop(change.id, None)
            return
        with Session(self.engine) as session:
            home = change.id if change.entity == "household" else session.get_one(Member, change.id).household_id
            of_home = session.get_one(Household, home).version
        if home not in self.holds and home != change.id:
            self.orphans.append(change)
        # a household that moved away and back brings its people again, who have no new version by that: it has one
        known = self.holds.get(change.id, 0) >= change.version
        if known and (home == change.id or self.homes[change.id] == of_home):
            self.repeated.append(change)
        self.holds[change.id] = change.version
        self.homes[change.id] = self.holds.get(home, 0)


def expected(engine: Engine, hamlets: list[UUID]) -> dict[UUID, int]:
    with Session(engine) as session:
        here = col(Household.hamlet_id).in_(hamlets)
        households = session.execute(select(col(Household.id), col(Household.version)).where(here))
        people = session.execute(
            select(col(Member.id), col(Member.version))
            .join(Household, col(Household.id) == col(Member.household_id))
            .where(here)
        )
        return {row.id: row.version for row in [*households, *people]}


def play(engine: Engine, pollers: list[Any]) -> list[Writer]:
    until = time.monotonic() + SECONDS
    writers = [Writer(engine, seed, until) for seed in range(WRITERS)]
    for thread in [*writers, *pollers]:
        thread.start()
    for writer in writers:
        writer.join()
    for poller in pollers:
        poller.stop.set()
        poller.join()
    for thread in [*writers, *pollers]:
        if thread.failed:
            raise thread.failed
    return writers


@pytest.fixture
def busy(database_url: str) -> Any:
    with database.opened(database_url, pool_size=30) as engine:
        yield engine


def test_nothing_is_lost_repeated_or_before_its_parent(busy: Engine) -> None:
    pollers = [Poller(busy, [HAMLETS[n % 2]] if n % 2 else HAMLETS, n) for n in range(POLLERS)]
    writers = play(busy, pollers)
    assert sum(len(writer.households) for writer in writers) >= WRITERS * LEAST
    for poller in pollers:
        assert poller.holds == expected(busy, sorted(poller.actor.scope.area_ids))
        assert poller.orphans == []
        assert poller.repeated == []
    with Session(busy) as session:
        newest, many = session.execute(select(func.max(ChangeFeed.seq), func.count())).one()
        assert newest >= many
        assert session.execute(text("SELECT last_seq FROM feed_epoch")).scalar_one() == newest


class NaivePoller(threading.Thread):
    """What is not built: a cursor over the numbers that writers draw when they start."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine, self.after, self.stop, self.failed = engine, 0, threading.Event(), None
        self.seen: set[int] = set()

    def run(self) -> None:
        while not self.stop.is_set():
            self.once()
        self.once()

    def once(self) -> None:
        with Session(self.engine) as session:
            ids = session.scalars(
                select(col(ChangePending.id)).where(col(ChangePending.id) > self.after).order_by(col(ChangePending.id))
            ).all()
        self.seen |= set(ids)
        self.after = max([self.after, *ids])


def test_the_same_writers_make_a_naive_cursor_lose_changes(busy: Engine) -> None:
    naive = NaivePoller(busy)
    play(busy, [naive])
    with Session(busy) as session:
        written = set(session.scalars(select(col(ChangePending.id))))
    assert written - naive.seen, "the writers no longer overlap: this test would not see a broken feed"
