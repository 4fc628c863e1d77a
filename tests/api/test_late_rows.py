"""Rows that the database takes in while we go on working: what stands between is neither lost nor confused."""

from collections.abc import Iterator
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import Session

from api import late_rows, sql
from api.areas.tables import area_id
from api.changes import history
from api.changes.history import Announcement

_PATH, _TYPES = "api/changes/sql/announce.sql", history._ANNOUNCED_TYPES
_HERE = area_id("14080-03").bytes

_TRAP = """
CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version = 666 THEN RAISE EXCEPTION 'refused'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_it BEFORE INSERT ON change_pending FOR EACH ROW EXECUTE FUNCTION refuse_it()
"""
_COUNT = text("SELECT count(*) FROM change_pending")


def _rows(count: int) -> list[Any]:
    home = uuid4().bytes
    return [("member", uuid4().bytes, _HERE, home, 1, "put", None, None) for _ in range(count)]


def _announced(count: int) -> list[Announcement]:
    return [Announcement("member", uuid4(), area_id("14080-03"), uuid4(), 1) for _ in range(count)]


def test_the_block_is_done_before_the_rows_are_taken_and_a_question_in_it_waits_for_them(session: Session) -> None:
    done = []
    with sql.copying(session, _PATH, _TYPES, _rows(500)):
        done.append("while")
        assert sql.fetch(session, _COUNT)[0][0] == 500
        assert not sql.landing(session)
    assert done == ["while"]
    assert session.execute(_COUNT).scalar_one() == 500


def test_two_tables_are_taken_in_one_after_the_other(session: Session) -> None:
    with sql.copying(session, _PATH, _TYPES, _rows(200)), sql.copying(session, _PATH, _TYPES, _rows(300)):
        pass
    assert session.execute(_COUNT).scalar_one() == 500


def test_a_statement_that_does_not_wait_is_refused_and_harms_nothing_before_it(session: Session) -> None:
    sql.copy(session, _PATH, _TYPES, _rows(3))
    session.connection().exec_driver_sql("SAVEPOINT before")
    with pytest.raises(OperationalError), sql.copying(session, _PATH, _TYPES, _rows(5)):
        session.execute(_COUNT)
    session.connection().exec_driver_sql("ROLLBACK TO SAVEPOINT before")
    assert session.execute(_COUNT).scalar_one() == 3


def test_a_mistake_in_the_block_leaves_a_connection_that_can_roll_back(session: Session) -> None:
    session.connection().exec_driver_sql("SAVEPOINT before")
    with pytest.raises(KeyError), sql.copying(session, _PATH, _TYPES, _rows(500)):
        raise KeyError("ours")
    session.connection().exec_driver_sql("ROLLBACK TO SAVEPOINT before")
    assert session.execute(_COUNT).scalar_one() == 0


@pytest.mark.parametrize("asks", [False, True])
def test_a_refused_row_names_its_record_when_the_block_ends_or_asks(session: Session, asks: bool) -> None:
    session.execute(text(_TRAP))
    rows = _rows(30)
    rows[17] = ("member", rows[17][1], _HERE, rows[17][3], 666, "put", None, None)
    reached = []

    def sent() -> None:
        with sql.copying(session, _PATH, _TYPES, rows, record=1):
            if asks:
                sql.fetch(session, _COUNT)
            reached.append("end")

    with pytest.raises(DBAPIError) as refused:
        sent()
    assert reached == ([] if asks else ["end"])
    assert sql.refused_id(refused.value) == UUID(bytes=rows[17][1])
    session.rollback()
    assert session.execute(_COUNT).scalar_one() == 0


def test_what_is_collected_is_taken_in_between_the_items_of_other_work(session: Session) -> None:
    def until_taken() -> Iterator[int]:
        started = monotonic()
        while late_rows.waiting(session, history._write_announced):
            assert monotonic() < started + 30, "nothing was sent"
            yield 1

    with late_rows.collected(session):
        history.announce(session, _announced(300))
        done = late_rows.meanwhile(session, lambda one: one + 1, until_taken())
        assert set(done) == {2}
        assert sql.fetch(session, _COUNT)[0][0] == 300
        history.announce(session, _announced(200))
    assert session.execute(_COUNT).scalar_one() == 500


def test_beside_another_batch_what_is_collected_is_written_in_one_go(session: Session, engine: Engine) -> None:
    with Session(engine) as other, late_rows.collected(other), late_rows.collected(session):
        history.announce(session, _announced(300))
        late_rows.meanwhile(session, str, range(2000))
        assert len(late_rows.waiting(session, history._write_announced)) == 300
    with late_rows.collected(session):
        history.announce(session, _announced(200))
        late_rows.meanwhile(session, str, range(2000))
        assert not late_rows.waiting(session, history._write_announced)  # the other one is through
    assert session.execute(_COUNT).scalar_one() == 500


def test_without_anything_collected_it_is_a_map(session: Session) -> None:
    add = late_rows.meanwhile(session, lambda one, other: one + other, [1, 2, 3], [10, 20, 30])
    assert add == [11, 22, 33]
    with pytest.raises(ValueError, match="shorter"):
        late_rows.meanwhile(session, lambda one, other: one + other, [1, 2], [10])


def test_a_bug_in_the_other_work_leaves_what_was_sent_to_the_savepoint(session: Session) -> None:
    session.connection().exec_driver_sql("SAVEPOINT list")

    def with_a_bug() -> None:
        with late_rows.collected(session):
            history.announce(session, _announced(300))
            late_rows.meanwhile(session, lambda number: 100 // number, [4, 0])

    with pytest.raises(ZeroDivisionError):
        with_a_bug()
    session.connection().exec_driver_sql("ROLLBACK TO SAVEPOINT list")
    assert session.execute(_COUNT).scalar_one() == 0
