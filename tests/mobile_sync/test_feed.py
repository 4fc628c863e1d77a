"""Pulling: first sync, changes, removals, other areas, other epochs; the same feed for other systems."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import db
from api.changes.cursors import Cursor, decode, encode
from api.changes.epoch import guard_epoch
from api.changes.feed import number
from tests.make import tablets
from tests.make.database import opened
from tests.make.people import account_id
from tests.make.tablets import HAMLET, household, member, pull, push, request, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def homes(sign_in: SignIn, engine: Engine) -> list[dict[str, Any]]:
    """Five households of xóm 3 with three people and a request each."""
    device = tablets.enrolled(engine, "xom-3")
    homes = [submission("household", household(note=str(n))) for n in range(5)]
    people = [submission("member", member(home["id"])) for home in homes for _ in range(3)]
    papers = [submission("request", request(home["id"])) for home in homes]
    push(sign_in("xom-3"), device, *homes, *people, *papers)
    return homes


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_the_first_sync_brings_everything_once_and_parents_first(
    limit: int, sign_in: SignIn, homes: list[dict[str, Any]]
) -> None:
    changes, cursor = pull(sign_in("xom-3"), limit=limit)
    assert len(changes) == len({change["id"] for change in changes}) == 25
    known: set[str] = set()
    for change in changes:
        assert change["op"] == "put"
        assert change["data"].get("household_id", change["id"]) in {*known, change["id"]}
        known.add(change["id"])
    assert pull(sign_in("xom-3"), cursor) == ([], pull(sign_in("xom-3"), cursor)[1])
    assert homes[0]["id"] in known


@pytest.mark.parametrize("limit", [1, 2, 3, 500])
def test_what_is_new_and_was_changed_since_comes_once_with_its_parent_before_it(
    limit: int, sign_in: SignIn, engine: Engine, homes: list[dict[str, Any]]
) -> None:
    """It comes where it is new, ahead of the number of its change, and not again at that number."""
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    _, cursor = pull(surveyor)
    home = submission("household", household())
    person, paper = submission("member", member(home["id"])), submission("request", request(home["id"]))
    push(surveyor, device, home, person, paper)
    number(engine)
    edits = {"household": {"note": "mới"}, "member": {"occupation": "nông"}, "request": {"reason": "nhà dột"}}
    news = [submission(one["entity"], edits[one["entity"]], base=1, record=one["id"]) for one in (home, person, paper)]
    assert [told["outcome"] for told in push(surveyor, device, *news)] == ["applied"] * 3
    changes, _ = pull(surveyor, cursor, limit=limit)
    assert [(c["id"], c["version"]) for c in changes] == [(one["id"], 2) for one in (home, person, paper)]


def test_data_is_that_of_the_record_without_what_stands_beside_it(sign_in: SignIn, homes: list[dict[str, Any]]) -> None:
    changes, _ = pull(sign_in("xom-3"))
    shown = next(change for change in changes if change["id"] == homes[0]["id"])
    assert shown["version"] == 1
    assert {"hamlet_id", "residence", "status", "current_class", "note"} <= shown["data"].keys()
    assert not {"id", "version", "created_at"} & shown["data"].keys()


def test_a_pull_costs_what_changed(sign_in: SignIn, engine: Engine, homes: list[dict[str, Any]]) -> None:
    surveyor = sign_in("xom-3")
    _, cursor = pull(surveyor)
    device = tablets.enrolled(engine, "xom-3")
    push(surveyor, device, submission("household", {"note": "mới"}, base=1, record=homes[2]["id"]))
    changes, _ = pull(surveyor, cursor)
    assert [(c["id"], c["version"], c["data"]["note"]) for c in changes] == [(homes[2]["id"], 2, "mới")]


def test_a_tablet_sees_its_own_areas_only(sign_in: SignIn, homes: list[dict[str, Any]]) -> None:
    assert pull(sign_in("xom-4"))[0] == []
    assert pull(sign_in("truc-dai"))[0] == []
    assert len(pull(sign_in("truc-thai"))[0]) == 25


def test_a_household_that_leaves_is_removed_with_its_people_and_work_on_it_is_kept_for_a_person(
    sign_in: SignIn, engine: Engine, homes: list[dict[str, Any]]
) -> None:
    surveyor, officer, other = sign_in("xom-3"), sign_in("truc-thai"), sign_in("xom-4")
    _, elsewhere = pull(sign_in("xom-5"))
    (_, here), (_, there), (_, over) = pull(surveyor), pull(other), pull(officer)
    theirs = tablets.enrolled(engine, "truc-thai")
    home = homes[1]["id"]
    push(officer, theirs, submission("household", {"hamlet_id": HAMLET[4]}, base=1, record=home))
    gone, _ = pull(surveyor, here)
    assert {(c["op"], c["reason"]) for c in gone} == {("remove", "left-area")}
    assert len(gone) == 5
    assert "data" not in gone[0]
    assert pull(sign_in("xom-5"), elsewhere)[0] == []
    arrived, _ = pull(other, there)
    assert [c["op"] for c in arrived] == ["put"] * 5
    assert arrived[0]["id"] == home
    seen, _ = pull(officer, over)
    assert {c["op"] for c in seen} == {"put"}
    late = submission("household", {"phone": "0911222333"}, base=1, record=home)
    (held,) = push(surveyor, tablets.enrolled(engine, "xom-3"), late)
    assert held["outcome"] == "held"
    handed = officer.post(f"/sync/v1/submissions/{late['submission_id']}/retry").json()
    assert handed["outcome"] in ("applied", "merged")
    assert [c["data"]["phone"] for c in pull(other, there)[0] if c["id"] == home] == ["0911222333"]


def test_another_grant_starts_again(sign_in: SignIn, session: Session, homes: list[dict[str, Any]]) -> None:
    surveyor = sign_in("xom-3")
    _, cursor = pull(surveyor)
    session.execute(
        text("INSERT INTO account_grant SELECT gen_random_uuid(), :me, role, :hamlet, false, valid_from, valid_to, "
             "granted_by, created_at, NULL FROM account_grant WHERE account_id = :me"),
        {"me": account_id("xom-3"), "hamlet": HAMLET[5]},
    )  # fmt: skip
    session.commit()
    answer = surveyor.get("/sync/v1/changes", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (410, "/problems/resync-required")
    assert len(pull(surveyor)[0]) == 25


@pytest.mark.parametrize("known", ["system_identifier = 'another cluster'", "timeline = timeline + 1"])
def test_a_restored_or_promoted_database_starts_again_and_an_untouched_one_does_not(
    known: str, sign_in: SignIn, engine: Engine, session: Session, homes: list[dict[str, Any]]
) -> None:
    surveyor = sign_in("xom-3")
    _, cursor = pull(surveyor)
    first = guard_epoch(engine)
    assert guard_epoch(engine) == first
    assert surveyor.get("/sync/v1/changes", params={"cursor": cursor}).status_code == 200
    before = session.execute(text("SELECT last_seq FROM feed_epoch")).scalar_one()
    session.execute(text(f"UPDATE feed_epoch SET {known}"))  # what was known of the database is not what it is
    session.commit()
    assert guard_epoch(engine) != first
    answer = surveyor.get("/sync/v1/changes", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (410, "/problems/resync-required")
    newest = text("SELECT last_seq FROM feed_epoch ORDER BY started_at DESC LIMIT 1")
    assert session.execute(newest).scalar_one() == before
    assert len(pull(surveyor)[0]) == 25


def test_a_restart_goes_on_where_the_reader_stands(
    sign_in: SignIn, engine: Engine, homes: list[dict[str, Any]]
) -> None:
    surveyor = sign_in("xom-3")
    half = surveyor.get("/sync/v1/changes", params={"limit": 7}).json()
    guard_epoch(engine)
    rest, cursor = pull(surveyor, half["cursor"], limit=7)
    assert len({change["id"] for change in [*half["changes"], *rest]}) == 25
    for _ in range(3):
        guard_epoch(engine)
    assert pull(surveyor, cursor)[0] == []
    push(surveyor, tablets.enrolled(engine, "xom-3"), submission("household", household()))
    assert len(pull(surveyor, cursor)[0]) == 1


class Snapshot:
    """The data as they were, to be rolled back to: what a snapshot of the disk brings back."""

    TABLES = ("change_feed", "change_pending", "feed_epoch", "feed_run")

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.begin() as connection:
            for name in self.TABLES:
                connection.execute(text(f"CREATE TABLE kept_{name} AS SELECT * FROM {name}"))

    def roll_back(self) -> None:
        with self.engine.begin() as connection:
            for name in self.TABLES:
                connection.execute(text(f"DELETE FROM {name}"))
                connection.execute(text(f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM kept_{name}"))


@pytest.mark.parametrize("restarted", [False, True])
def test_data_rolled_back_to_an_older_day_start_readers_of_later_numbers_again(
    restarted: bool, sign_in: SignIn, engine: Engine, homes: list[dict[str, Any]]
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    guard_epoch(engine)
    _, before = pull(surveyor)
    snapshot = Snapshot(engine)
    if restarted:  # the service was started again after the snapshot: the run of the later cursor is gone
        guard_epoch(engine)
    push(surveyor, device, submission("household", household()))
    _, later = pull(surveyor, before)
    snapshot.roll_back()
    guard_epoch(engine)
    assert surveyor.get("/sync/v1/changes", params={"cursor": before}).status_code == 200
    for _ in range(3):  # other changes take the numbers that the reader has passed
        push(surveyor, device, submission("household", household()))
        number(engine)
        answer = surveyor.get("/sync/v1/changes", params={"cursor": later})
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/resync-required")


def test_what_was_written_while_nobody_read_is_numbered_however_long_it_takes(
    sign_in: SignIn, engine: Engine, monkeypatch: pytest.MonkeyPatch, homes: list[dict[str, Any]]
) -> None:
    """Half a million changes took 45 s; stopped at the limit of a request, every reader would begin them anew."""
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op)
            SELECT 'household', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'put'
            FROM generate_series(1, 20000)
        """)
        )
    short = db._SESSION_SETTINGS.replace("statement_timeout=60000", "statement_timeout=100")
    monkeypatch.setattr(db, "_SESSION_SETTINGS", short)
    with opened(engine.url.render_as_string(hide_password=False)) as hurried:
        assert number(hurried) == 20000 + 25
    assert len(pull(sign_in("xom-3"))[0]) == 25


def test_a_role_that_may_not_read_pg_control_still_starts(engine: Engine, session: Session) -> None:
    session.execute(text("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC"))
    session.execute(text("CREATE ROLE plain LOGIN"))
    session.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain"))
    session.commit()
    from api.db import make_engine

    plain = make_engine(engine.url.set(username="plain").render_as_string(hide_password=False))
    try:
        assert guard_epoch(plain) == guard_epoch(plain)
    finally:
        plain.dispose()
        session.execute(text("DROP OWNED BY plain"))
        session.execute(text("DROP ROLE plain"))
        session.commit()


@pytest.mark.parametrize("cursor", ["", "x", "đ", "eJyLjjXUMTbQMdMxNgYACpYCEw", "A" * 5000])
def test_a_cursor_that_is_none_of_ours(cursor: str, sign_in: SignIn) -> None:
    answer = sign_in("xom-3").get("/sync/v1/changes", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor")


def test_a_cursor_cut_short_or_grown_is_none_of_ours(sign_in: SignIn, homes: list[dict[str, Any]]) -> None:
    _, cursor = pull(sign_in("xom-3"), limit=3)
    for broken in (cursor[:-1], cursor[:-2], cursor[:-3], cursor[:-10], cursor + "AAAA", cursor + "!", "." + cursor):
        answer = sign_in("xom-3").get("/sync/v1/changes", params={"cursor": broken})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor"), broken


def test_a_cursor_keeps_its_place_and_few_marks(sign_in: SignIn) -> None:
    from uuid import UUID

    cursor = Cursor(UUID(int=1), UUID(int=2), "scope", 5, booting=True)
    for n in range(100):
        cursor = cursor.booted((UUID(int=n), 0, UUID(int=n)), 5 + n)
    assert decode(encode(cursor)) == cursor
    assert len(encode(cursor)) < 6000
    cursor = cursor.booted(None, 200)
    assert cursor.after == 5
    assert cursor.was_given((UUID(int=99), 0, UUID(int=99)), 1, 104)
    assert not cursor.was_given((UUID(int=98), 0, UUID(int=98)), 1, 104)


def test_other_systems_read_the_same_feed_with_their_own_right(sign_in: SignIn, homes: list[dict[str, Any]]) -> None:
    page = sign_in("he-thong").get("/api/v1/changes")
    assert page.status_code == 200, page.text
    assert len(page.json()["changes"]) == 25
    assert page.json().keys() == sign_in("xom-3").get("/sync/v1/changes").json().keys()
    assert sign_in("xom-3").get("/api/v1/changes").status_code == 403
    assert sign_in("he-thong").get("/sync/v1/changes").status_code == 403
