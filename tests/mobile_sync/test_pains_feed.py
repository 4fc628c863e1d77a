"""What readers of a feed complain of elsewhere, played with the reference tablet: rows that come back, endless first
syncs, interrupted first syncs, removals nobody hears of, other people's areas.

Elsewhere: transactions that commit late (tests/races/test_feed.py), restores (test_feed.py, test_tablet.py), damaged
tablets and leaks by role and area (test_digests.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from api.changes.cursors import decode, encode
from api.reviews.cases import CASE, hold_cases, move_cases
from mobile_sync import tablet_pull
from mobile_sync.surveyor import LosesAnswers
from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Unreachable
from tests.make import reference, tablets, walk
from tests.make.answers import done
from tests.make.people import account_id
from tests.make.reference import Make, records
from tests.make.reviews import acting
from tests.make.tablets import HAMLET, household, member, pull, push, request, submission

SignIn = Callable[[str], httpx.Client]
DAYS = {"kind": "periodic", "year": 2024, "opens_on": "2024-09-01", "closes_on": "2024-12-14"}


@pytest.fixture
def make(base_url: str, tmp_path: Path, sign_in: SignIn) -> Iterator[Make]:
    with reference.tablets(base_url, tmp_path, sign_in) as make:
        yield make


@pytest.fixture
def homes(sign_in: SignIn, engine: Engine) -> list[str]:
    """Four households of xóm 3 and one of xóm 4, with two people and a request each."""
    made = [submission("household", household(4 if n == 4 else 3)) for n in range(5)]
    people = [submission("member", member(home["id"])) for home in made for _ in range(2)]
    papers = [submission("request", request(home["id"])) for home in made]
    push(sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai"), *made, *people, *papers)
    return [str(home["id"]) for home in made]


def kinds(tablet: Tablet) -> dict[str, int]:
    found: dict[str, int] = {}
    for entity, _, _ in records(tablet).values():
        found[entity] = found.get(entity, 0) + 1
    return found


def merge(officer: httpx.Client, survivor: str, absorbed: str) -> None:
    done(officer.post("/api/v1/households/merge", json={"survivor_id": survivor, "absorbed_id": absorbed}))


def grant(session: Session, username: str, hamlet: int) -> None:
    session.execute(
        text("INSERT INTO account_grant SELECT gen_random_uuid(), account_id, role, :hamlet, head, valid_from, "
             "valid_to, granted_by, created_at, NULL FROM account_grant WHERE account_id = :me LIMIT 1"),
        {"me": account_id(username), "hamlet": HAMLET[hamlet]},
    )  # fmt: skip
    session.commit()


def end_grant(session: Session, username: str, hamlet: int) -> None:
    session.execute(
        text("DELETE FROM account_grant WHERE account_id = :me AND area_id = :hamlet"),
        {"me": account_id(username), "hamlet": HAMLET[hamlet]},
    )
    session.commit()


# -- removals, each with its reason, on a tablet


def test_a_household_that_leaves_takes_everything_along(make: Make, homes: list[str], sign_in: SignIn) -> None:
    one, other = make("xom-3"), make("xom-4")
    one.pull(), other.pull()
    assert (kinds(one), kinds(other)) == (
        {"household": 4, "member": 8, "request": 4}, {"household": 1, "member": 2, "request": 1}
    )  # fmt: skip
    body = {"hamlet_id": HAMLET[4], "moved_on": "2024-10-01"}
    done(sign_in("truc-thai").post(f"/api/v1/households/{homes[0]}/move", json=body, headers={"If-Match": '"1"'}))
    assert one.pull().removed == 4
    assert other.pull().put == 4
    assert (kinds(one), kinds(other)) == (
        {"household": 3, "member": 6, "request": 3}, {"household": 2, "member": 4, "request": 2}
    )  # fmt: skip
    assert one.verify().repaired == other.verify().repaired == []


def test_a_merged_household_goes_and_its_people_stand_in_the_survivor(
    make: Make, homes: list[str], sign_in: SignIn
) -> None:
    one = make()
    one.pull()
    cursor = one.storage.setting("cursor")
    merge(sign_in("truc-thai"), homes[0], homes[1])
    gone = [change for change in pull(sign_in("xom-3"), cursor)[0] if change["op"] == "remove"]
    assert [(c["id"], c["reason"], c["into"]) for c in gone] == [(homes[1], "merged", homes[0])]
    one.pull()
    assert kinds(one) == {"household": 3, "member": 8, "request": 4}
    assert {data["household_id"] for entity, _, data in records(one).values() if entity == "member"} == {
        homes[0], homes[2], homes[3]
    }  # fmt: skip
    assert one.verify().repaired == []


def test_the_list_of_a_round_that_is_taken_back_is_deleted_on_the_tablets(
    make: Make, homes: list[str], sign_in: SignIn
) -> None:
    officer, one = sign_in("truc-thai"), make()
    round_id = walk.prepared(officer, **DAYS)["id"]
    for home in homes[:3]:
        body = {"household_id": home, "reason": "Trưởng xóm đề nghị"}
        done(officer.post(f"/api/v1/rounds/{round_id}/households", json=body))
    one.pull()
    cursor = one.storage.setting("cursor")
    assert kinds(one)["review_case"] == 3
    assert officer.delete(f"/api/v1/rounds/{round_id}").status_code == 204
    gone = pull(sign_in("xom-3"), cursor)[0]
    assert {(c["entity"], c["op"], c["reason"]) for c in gone} == {("review_case", "remove", "deleted")}
    one.pull()
    assert "review_case" not in kinds(one)
    assert one.verify().repaired == []


# -- cases of households that became one


def listed_on(tablet: Tablet) -> dict[str, str]:
    """Household -> the id of the case the tablet shows for it; two for one household are a fault."""
    found: dict[str, str] = {}
    for record_id, (entity, _, data) in records(tablet).items():
        if entity == "review_case":
            assert data["household_id"] not in found, "one door, twice on the list"
            found[data["household_id"]] = record_id
    return found


def test_two_cases_that_became_one_household_are_one_door_on_the_tablet_and_two_again_when_it_is_taken_back(
    make: Make, homes: list[str], sign_in: SignIn
) -> None:
    officer = sign_in("truc-thai")
    walk.surveying(sign_in, *homes, **DAYS)
    one, late = make(), make(name="late")
    one.pull()
    before = listed_on(one)
    assert set(before) == set(homes[:4])
    cursor = one.storage.setting("cursor")
    merge(officer, homes[1], homes[0])
    merge(officer, homes[2], homes[1])  # a chain: all three are homes[2] now
    gone = {
        c["id"]: c for c in pull(sign_in("xom-3"), cursor)[0] if c["entity"] == "review_case" and c["op"] == "remove"
    }
    assert {record: change["into"] for record, change in gone.items()} == {
        before[homes[0]]: before[homes[2]], before[homes[1]]: before[homes[2]]
    }  # fmt: skip
    one.pull(), late.pull()
    assert listed_on(one) == listed_on(late) == {home: before[home] for home in homes[2:4]}
    done(officer.post(f"/api/v1/households/{homes[1]}/unmerge"))
    one.pull(), late.pull()
    # homes[0] went into homes[1] before: its case is still spoken for by that of homes[1]
    assert listed_on(one) == listed_on(late) == {home: before[home] for home in homes[1:4]}
    done(officer.post(f"/api/v1/households/{homes[0]}/unmerge"))
    one.pull(), late.pull()
    assert listed_on(one) == listed_on(late) == before
    assert one.verify().repaired == late.verify().repaired == []


def test_into_which_household_of_another_hamlet_it_went_is_told_only_where_that_is_seen(
    make: Make, homes: list[str], sign_in: SignIn
) -> None:
    walk.surveying(sign_in, homes[0], **DAYS)
    readers = sign_in("xom-3"), sign_in("truc-thai")
    cursors = [pull(reader)[-1] for reader in readers]
    merge(sign_in("truc-thai"), homes[4], homes[0])
    here, above = ([c for c in pull(*one)[0] if c["op"] == "remove"] for one in zip(readers, cursors, strict=True))
    assert {(c["entity"], c["reason"], c.get("into")) for c in here} == {
        (entity, "left-area", None) for entity in ("household", "member", "request", "review_case")
    }
    assert [(c["id"], c["reason"], c["into"]) for c in above] == [(homes[0], "merged", homes[4])]


def test_two_merges_between_two_pulls_are_told_each_with_where_it_went(
    make: Make, homes: list[str], sign_in: SignIn
) -> None:
    make().pull()
    _, cursor = pull(sign_in("xom-3"))
    merge(sign_in("truc-thai"), homes[1], homes[0])
    merge(sign_in("truc-thai"), homes[2], homes[1])
    gone = {c["id"]: (c["reason"], c.get("into")) for c in pull(sign_in("xom-3"), cursor)[0] if c["op"] == "remove"}
    assert gone == {homes[0]: ("merged", homes[1]), homes[1]: ("merged", homes[2])}


def test_merged_across_hamlets_the_case_goes_where_the_household_lives(
    make: Make, homes: list[str], sign_in: SignIn
) -> None:
    walk.surveying(sign_in, homes[0], **DAYS)
    one, other = make("xom-3"), make("xom-4")
    one.pull(), other.pull()
    (case_id,) = listed_on(one).values()
    merge(sign_in("truc-thai"), homes[4], homes[0])
    one.pull(), other.pull()
    assert (listed_on(one), listed_on(other)) == ({}, {homes[4]: case_id})
    done(sign_in("truc-thai").post(f"/api/v1/households/{homes[0]}/unmerge"))
    one.pull(), other.pull()
    assert (listed_on(one), listed_on(other)) == ({homes[0]: case_id}, {})
    assert one.verify().repaired == other.verify().repaired == []


def test_a_case_that_is_spoken_for_stays_away_when_it_is_moved_on(
    make: Make, homes: list[str], sign_in: SignIn, session: Session
) -> None:
    walk.surveying(sign_in, *homes[:2], **DAYS)
    merge(sign_in("truc-thai"), homes[0], homes[1])
    one = make()
    one.pull()
    shown = listed_on(one)
    move_cases(session, acting("truc-thai"), hold_cases(session, CASE.c.version >= 1))
    session.commit()
    one.pull()
    assert listed_on(one) == shown
    assert set(shown) == {homes[0]}


# -- other grants


def test_another_hamlet_comes_and_goes_and_unsent_work_stays(make: Make, homes: list[str], session: Session) -> None:
    one = make("xom-3")
    one.pull()
    one.change("household", homes[0], {"note": "chưa gửi"})
    unsent = one.storage.unsent()
    grant(session, "xom-3", 4)
    assert one.pull().resynced
    assert (kinds(one)["household"], one.storage.unsent()) == (5, unsent)
    one.change("household", homes[4], {"note": "của xóm 4, chưa gửi"})
    end_grant(session, "xom-3", 4)
    assert one.pull().resynced
    assert kinds(one) == {"household": 4, "member": 8, "request": 4}
    assert [work.record_id for work in one.storage.unsent()] == [homes[0], homes[4]]
    assert one.verify().repaired == []
    own, foreign = one.push()
    assert own["outcome"] == "applied"
    assert foreign["outcome"] in ("held", "rejected")
    assert not one.pull().resynced


def test_records_of_a_lost_hamlet_go_at_the_end_of_the_new_first_sync_and_not_before(
    make: Make, homes: list[str], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tablet_pull, "_PAGE", 5)
    grant(session, "xom-3", 4)
    line = Cut()
    one = make("xom-3", transport=line, attempts=1)
    line.left = 99
    one.pull()
    end_grant(session, "xom-3", 4)
    line.left = 1
    with pytest.raises(Unreachable):
        one.pull()
    assert kinds(one)["household"] == 5
    line.left = 99
    one.pull()
    assert kinds(one)["household"] == 4
    assert one.verify().repaired == []


def test_the_same_grants_never_start_again_and_another_role_starts_once(
    make: Make, homes: list[str], session: Session
) -> None:
    one = make("xom-3")
    one.pull()
    # the same grant ended and given again: the areas and what is seen there are the same
    session.execute(
        text("UPDATE account_grant SET id = gen_random_uuid(), valid_from = valid_from + 1 WHERE account_id = :me"),
        {"me": account_id("xom-3")},
    )
    session.commit()
    assert [one.pull().resynced for _ in range(3)] == [False] * 3
    # another role in the same hamlet sees other fields: what is stored under the old one must not stay
    session.execute(
        text("UPDATE account_grant SET role = 'commune_chair', head = false WHERE account_id = :me"),
        {"me": account_id("xom-3")},
    )
    session.commit()
    assert [one.pull().resynced for _ in range(3)] == [True, False, False]


# -- rows that come back, first syncs that are interrupted


def test_work_the_server_took_is_shown_until_it_is_pulled(make: Make) -> None:
    one = make()
    home = one.create("household", household(note="của tôi"))
    one.push()
    assert [seen.id for seen in one.storage.records("household")] == [home]
    one.pull()
    one.change("household", home, {"note": "sau"})
    one.push()
    (seen,) = one.storage.records("household")
    assert (seen.version, seen.data["note"]) == (1, "sau")
    one.pull()
    (seen,) = one.storage.records("household")
    assert (seen.version, seen.data["note"]) == (2, "sau")


def test_own_rows_come_back_once_and_what_is_gone_does_not_resurrect(make: Make, sign_in: SignIn) -> None:
    one = make()
    one.pull()
    home = one.create("household", household(note="của tôi"))
    one.change("household", home, {"phone": "0911222333"})
    one.push()
    start = one.storage.setting("cursor")
    assert one.pull().put == 1
    assert one.pull().put == 0
    (shown,) = one.storage.records("household")
    assert (shown.id, shown.version, shown.data["note"], shown.data["phone"]) == (home, 2, "của tôi", "0911222333")
    body = {"hamlet_id": HAMLET[4], "moved_on": "2024-10-01"}
    done(sign_in("truc-thai").post(f"/api/v1/households/{home}/move", json=body, headers={"If-Match": '"2"'}))
    one.pull()
    assert one.storage.records("household") == []
    one.storage.set("cursor", start)  # switched off before the page was stored: it asks from there again
    one.pull()
    assert one.storage.records("household") == []


class Cut(httpx.BaseTransport):
    """A line that carries `left` more pages of changes and then is gone."""

    def __init__(self) -> None:
        self._below = httpx.HTTPTransport()
        self.left = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/sync/v1/changes":
            if self.left == 0:
                raise httpx.ConnectError("mất sóng", request=request)
            self.left -= 1
        return self._below.handle_request(request)

    def close(self) -> None:
        self._below.close()


def test_a_first_sync_interrupted_at_every_page_while_others_write_ends_whole(
    make: Make, homes: list[str], sign_in: SignIn, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tablet_pull, "_PAGE", 3)
    officer, device = sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai")
    line = Cut()
    one = make("truc-thai", transport=line, attempts=1)
    one.create("household", household(note="chưa gửi"))
    interrupted = 0
    while True:
        line.left = 1
        try:
            one.pull()
            break
        except Unreachable:
            interrupted += 1
        write(officer, device, homes, interrupted)
    assert interrupted >= 8
    assert len(one.storage.unsent()) == 1
    line.left = 99
    fresh = make("truc-thai", name="fresh")
    fresh.pull()
    assert one.verify().repaired == []
    assert records(one) == records(fresh)


def write(officer: httpx.Client, device: str, homes: list[str], turn: int) -> None:
    """Something else at each turn; after the sixth nobody writes, or the first sync would never end."""
    if turn == 1:
        born = submission("household", household())
        push(officer, device, born, submission("member", member(born["id"])))
    elif turn == 2:
        push(officer, device, submission("household", {"note": "mới"}, base=1, record=homes[0]))
    elif turn == 3:
        push(officer, device, submission("household", {"hamlet_id": HAMLET[5]}, base=1, record=homes[3]))
    elif turn == 4:
        merge(officer, homes[2], homes[1])
    elif turn == 5:
        push(officer, device, submission("member", member(homes[4], "Trần Thị Lan")))
    elif turn == 6:
        done(officer.post(f"/api/v1/households/{homes[1]}/unmerge"))


def test_a_first_sync_whose_answers_are_lost_asks_again_and_stores_each_record_once(
    make: Make, homes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tablet_pull, "_PAGE", 4)
    one = make(transport=LosesAnswers(httpx.HTTPTransport(), "/sync/v1/changes", times=3))
    assert one.pull().put == len(records(one)) == 16
    assert one.verify().repaired == []


# -- the same feed for other systems


def test_other_systems_and_the_district_read_what_the_tablets_read(
    sign_in: SignIn, homes: list[str], engine: Engine
) -> None:
    system, district, officer = sign_in("he-thong"), sign_in("truc-ninh"), sign_in("truc-thai")
    (_, at), (_, there), (_, over) = (changes(system), changes(district), pull(officer))
    push(
        officer,
        tablets.enrolled(engine, "truc-thai"),
        submission("household", {"note": "mới"}, base=1, record=homes[0]),
    )
    merge(officer, homes[2], homes[1])
    walk.surveying(sign_in, *homes[2:4], **DAYS)
    seen, district_seen, tablet_seen = changes(system, at)[0], changes(district, there)[0], pull(officer, over)[0]
    assert {c["op"] for c in seen} == {"put", "remove"}
    assert seen == district_seen  # neither may see ethnicity or health
    names = ("entity", "id", "version", "op", "area_id", "reason", "into")
    assert [[c.get(name) for name in names] for c in seen] == [[c.get(name) for name in names] for c in tablet_seen]
    assert changes(system)[0] == changes(district)[0]
    whole = {c["id"]: c["version"] for c in pull(officer)[0]}
    assert {c["id"]: c["version"] for c in changes(system)[0]} == whole


def changes(client: httpx.Client, cursor: str | None = None) -> tuple[list[dict[str, Any]], str]:
    told: list[dict[str, Any]] = []
    more = True
    while more:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = done(client.get("/api/v1/changes", params=query))
        told += page["changes"]
        cursor, more = page["cursor"], page["more"]
    assert cursor
    return told, cursor


# -- what a pull costs

_MANY = text(
    """
    INSERT INTO change_feed (record_id, area_id, seq, first_seq, entity, rank, household_id, version, op)
    SELECT id, area, row_number() OVER () + 1000, row_number() OVER () + 1000, 'household', 0, id, 1, 'put'
    FROM (SELECT gen_random_uuid() AS id, unnest(CAST(:areas AS uuid[])) AS area FROM generate_series(1, :many)) AS made
    """
)


@pytest.mark.parametrize("username", ["xom-3", "truc-thai"])
def test_a_pull_reads_what_changed_and_not_the_register(
    username: str, sign_in: SignIn, engine: Engine, session: Session, app: Any, homes: list[str]
) -> None:
    client, device = sign_in(username), tablets.enrolled(engine, "truc-thai")
    _, cursor = pull(client)
    session.execute(_MANY, {"areas": list(HAMLET.values()), "many": 10_000})
    session.execute(text("UPDATE feed_epoch SET last_seq = 90000"))
    session.commit()
    session.execute(text("ANALYZE change_feed"))
    session.commit()
    cursor = at_the_end(cursor)
    for number in range(3):
        push(sign_in("truc-thai"), device, submission("household", {"note": "x"}, base=1, record=homes[number]))
    with asked_of(app.state.engine) as asked:
        told, _ = pull(client, cursor)
    assert [change["id"] for change in told] == homes[:3]
    pages = [one for one in asked if "FROM change_feed" in one[0]]
    assert len(pages) == 1
    plan = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {pages[0][0]}", pages[0][1])
    reads = [node for node in _nodes(plan.scalar_one()[0]["Plan"]) if node.get("Relation Name") == "change_feed"]
    assert reads
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in reads) <= 20, reads


_MORE_HOUSEHOLDS = text(
    """
    INSERT INTO household SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid()))).*
    FROM household AS h, generate_series(1, 3000) WHERE h.id = :home
    """
)
_MORE_MEMBERS = text(
    """
    INSERT INTO member
    SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'household_id', h.id))).*
    FROM member AS m, household AS h WHERE m.household_id = :home
    """
)


@pytest.mark.parametrize("username", ["xom-3", "truc-thai"])
def test_no_statement_of_a_pull_reads_more_of_a_larger_register(
    username: str, sign_in: SignIn, engine: Engine, session: Session, app: Any, homes: list[str]
) -> None:
    client, device = sign_in(username), tablets.enrolled(engine, "truc-thai")
    _, cursor = pull(client)

    def rows_read(base: int) -> int:
        nonlocal cursor
        push(sign_in("truc-thai"), device, submission("household", {"note": str(base)}, base=base, record=homes[0]))
        with asked_of(app.state.engine) as asked:
            told, cursor = pull(client, cursor)
        assert [change["id"] for change in told] == [homes[0]]
        read = [one for one in asked if one[0].lstrip().startswith(("SELECT", "WITH", "UPDATE"))]
        assert len(read) > 5
        return sum(rows_of(session, *one) for one in read)

    session.execute(text("ANALYZE"))
    session.commit()
    few = rows_read(1)
    for statement in (_MORE_HOUSEHOLDS, _MORE_MEMBERS, text("ANALYZE")):
        session.execute(statement, {"home": homes[1]})
    session.commit()
    assert rows_read(2) <= few + 20


@contextmanager
def asked_of(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent to the database inside the block, with their parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def rows_of(session: Session, statement: str, parameters: Any) -> int:
    """How many rows of tables this statement looks at, those included that it then leaves out."""
    plan = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
    reads = [node for node in _nodes(plan.scalar_one()[0]["Plan"]) if "Relation Name" in node]
    session.rollback()
    left_out = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(
        int((node["Actual Rows"] + sum(node.get(name, 0) for name in left_out)) * node["Actual Loops"])
        for node in reads
        if node["Node Type"] != "ModifyTable"
    )


def at_the_end(cursor: str) -> str:
    """The cursor of a reader who has all the made-up rows, without walking there: they have no records."""
    return encode(replace(decode(cursor), after=90_000))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", []):
        yield from _nodes(part)
