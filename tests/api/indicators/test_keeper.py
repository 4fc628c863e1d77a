"""Counting ahead: nobody waits in the morning, nothing is lost by pruning, and one works at a time."""

import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.areas.tables import Level, area_id
from api.indicators.asked import usual_days
from api.indicators.keeper import KEEPER_LOCK, Keeper, count_ahead, prune
from api.indicators.points import Place
from api.indicators.queries import numbers
from tests.make.reviews import counted

COMMUNE = Place(area_id("14080"), "14080", "Trực Thái", Level.commune)
HAMLET = Place(area_id("14080-01"), "14080-01", "Xóm 1", Level.hamlet)


def total(engine: Engine, place: Place, day: date) -> int:
    with Session(engine) as session, session.begin():
        return numbers(session, [place], [day], "", ["total_households"])[day, place.id][""]["total_households"]


def say_total(engine: Engine, households: int, day: date) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO area_statistic (id, area_id, as_of, households, persons, source, recorded_at) "
                "VALUES (gen_random_uuid(), :area, :day, :households, :households, 'thống kê', now())"
            ),
            {"area": HAMLET.id, "day": day, "households": households},
        )


def rows(engine: Engine, query: str, **given: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(query), given).scalars())


def run(engine: Engine, today: date, oldest: int | None) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        prune(connection, today, oldest)


def now(engine: Engine) -> int:
    return int(rows(engine, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text")[0])


def seen_by_all(engine: Engine) -> None:
    """Transactions of other databases of this server, older than our last mark, are over."""
    last = rows(engine, "SELECT max(xid) FROM fact_mark")[0]
    assert wait_for(lambda: now(engine) > last)


def test_after_counting_ahead_the_usual_days_are_one_statement(engine: Engine) -> None:
    today = clock.today()
    say_total(engine, 100, today - timedelta(days=400))
    with counted(engine) as cold, Session(engine) as session, session.begin():
        numbers(session, [HAMLET], [today], "", ["total_households"])
    assert len(cold) > 1  # or the next line says nothing
    assert count_ahead(engine, today)
    with counted(engine) as warm, Session(engine) as session, session.begin():
        found = numbers(session, [COMMUNE, HAMLET], usual_days(today), "", ["total_households"])
    assert len(warm) == 1
    assert found[today, COMMUNE.id][""]["total_households"] == 100
    for part in ("class", "sex", "age", "kind"):
        with counted(engine) as warm, Session(engine) as session, session.begin():
            numbers(session, [COMMUNE], [today], part, ["listed_households"])
        assert len(warm) == 1, part


def test_what_changed_is_counted_again_and_what_did_not_is_of_this_moment(engine: Engine) -> None:
    today = clock.today()
    count_ahead(engine, today)
    say_total(engine, 100, today - timedelta(days=400))
    say_total(engine, 120, today)
    before = set(rows(engine, "SELECT snapshot FROM indicator_count"))
    count_ahead(engine, today)
    assert total(engine, COMMUNE, today) == 120
    assert total(engine, COMMUNE, date(today.year - 1, 12, 31)) == 100
    assert before
    assert not before & set(rows(engine, "SELECT snapshot FROM indicator_count")), "all are of the second time"


def test_pruning_keeps_what_is_asked_for_and_the_marks_somebody_has_not_seen(engine: Engine) -> None:
    today = clock.today()
    other = today - timedelta(days=1 if today.day != 1 else 2)
    say_total(engine, 100, today - timedelta(days=400))
    seen_by_all(engine)
    for day in (*usual_days(today), other):
        total(engine, HAMLET, day)
    say_total(engine, 120, today)
    marks = rows(engine, "SELECT xid FROM fact_mark WHERE area_id = :area", area=HAMLET.id)
    run(engine, today, None)
    assert rows(engine, "SELECT xid FROM fact_mark WHERE area_id = :area", area=HAMLET.id) == marks
    kept = set(rows(engine, "SELECT DISTINCT day FROM indicator_count WHERE area_id = :area", area=HAMLET.id))
    assert kept == set(usual_days(today))

    seen_by_all(engine)
    run(engine, today, now(engine))
    left = rows(engine, "SELECT xid FROM fact_mark WHERE area_id = :area", area=HAMLET.id)
    assert left == marks[-1:], "the first change is in every count, the second in none"
    assert total(engine, HAMLET, today) == 120

    for _ in range(2):  # what was stale is counted again, then nothing is older
        count_ahead(engine, today)
    run(engine, today, now(engine))
    assert rows(engine, "SELECT xid FROM fact_mark WHERE area_id = :area", area=HAMLET.id) == []
    assert total(engine, HAMLET, today) == 120


def test_one_keeper_works_at_a_time(engine: Engine) -> None:
    keeper = Keeper(engine, seconds=0.02)
    with counted(engine) as seen, engine.connect() as holder:
        holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": KEEPER_LOCK})
        keeper.start()
        try:
            # whoever works after the first try does not try again that day
            assert wait_for(lambda: sum("pg_try_advisory_lock" in one for one in seen) >= 3)
            assert rows(engine, "SELECT 1 FROM indicator_count") == []
            holder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": KEEPER_LOCK})
            counts = "SELECT count(*) FROM indicator_count WHERE area_id = :area AND breakdown = 'category'"
            assert wait_for(lambda: rows(engine, counts, area=COMMUNE.id)[0] == 1)
        finally:
            keeper.stop()
    assert "indicator-keeper" not in {thread.name for thread in threading.enumerate()}


def test_a_keeper_is_stopped_at_once(engine: Engine) -> None:
    today = clock.today()
    assert not count_ahead(engine, today, lambda: True)
    keeper = Keeper(engine, seconds=3600)
    keeper.start()
    keeper.stop()  # does not sit out its hour
    assert "indicator-keeper" not in {thread.name for thread in threading.enumerate()}


def wait_for(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False
