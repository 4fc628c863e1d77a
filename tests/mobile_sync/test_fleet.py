"""The fleet: which tablets are silent or stuck and why, what waits for a person, and the numbers for the monitoring."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.backups.tables import Backup
from api.db import make_engine
from mobile_sync.fleet_state import Patience
from mobile_sync.gauges import FleetGauges
from mobile_sync.tablet import Tablet
from tests.make import tablets
from tests.make.people import PASSWORD
from tests.make.reviews import counted
from tests.make.tablets import batch, household, member, submission
from tests.mobile_sync.test_intake import UNLEARNT, unlearnt  # noqa: F401 (a fixture)
from tests.mobile_sync.test_pains_feed import asked_of, rows_of
from tests.mobile_sync.test_tablet import tablet  # noqa: F401 (a fixture)

SignIn = Callable[[str], httpx.Client]
Shown = Callable[..., dict[str, Any]]


@pytest.fixture
def device(engine: Engine) -> str:
    device = tablets.enrolled(engine, "xom-3")
    _set(engine, device, enrolled_at="now()")
    return device


@pytest.fixture
def surveyor(nobody: httpx.Client, device: str) -> httpx.Client:
    """xom-3, signed in on the tablet."""
    form = {"username": "xom-3", "password": PASSWORD, "client_id": device}
    token = nobody.post("/api/v1/auth/token", data=form).json()["access_token"]
    nobody.headers["Authorization"] = f"Bearer {token}"
    return nobody


@pytest.fixture
def shown(sign_in: SignIn, device: str) -> Shown:
    """The tablet as the officer sees it."""

    def look(device_id: str = device, **asked: str) -> dict[str, Any]:
        listed = sign_in("truc-thai").get("/sync/v1/devices", params=asked)
        assert listed.status_code == 200, listed.text
        found: dict[str, Any] = {one["id"]: one for one in listed.json()["items"]}[device_id]
        return found

    return look


def _set(engine: Engine, device: str, **values: str) -> None:
    with engine.begin() as connection:
        for column, value in values.items():
            connection.execute(text(f"UPDATE device SET {column} = {value} WHERE id = '{device}'"))


def sent(device: str, *submissions: Any, **more: Any) -> dict[str, Any]:
    return batch(device, list(submissions), **more) | {"sent_at": clock.now().isoformat()}


def pulls(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    answer = client.get("/sync/v1/changes", params=asked)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def ago(**span: float) -> str:
    return (clock.now() - timedelta(**span)).isoformat()


def test_a_tablet_is_silent_after_days_without_contact_from_its_enrolment_on(
    shown: Shown, surveyor: httpx.Client, engine: Engine, device: str
) -> None:
    assert (shown()["state"], shown()["last_contact_at"], shown()["silent_days"]) == ("fine", None, 0)
    _set(engine, device, enrolled_at="now() - interval '6 days 23 hours'")
    assert (shown()["state"], shown()["silent_days"]) == ("fine", 6)
    _set(engine, device, enrolled_at="now() - interval '7 days 1 hour'")
    assert (shown()["state"], shown()["silent_days"], shown()["stuck_because"]) == ("silent", 7, [])
    pulls(surveyor)
    assert (shown()["state"], shown()["silent_days"]) == ("fine", 0)
    _set(
        engine,
        device,
        last_contact_at="now() - interval '8 days'",
        pending="3",
        oldest_pending_at="now() - interval '9 days'",
    )
    assert shown()["state"] == "silent"
    _set(engine, device, revoked_at="now()")
    assert shown()["state"] == "revoked"


def test_the_patience_is_a_setting(shown: Shown, surveyor: httpx.Client, engine: Engine, app: Any, device: str) -> None:
    pulls(surveyor, pending=1, oldest_pending_at=ago(hours=30))
    _set(engine, device, enrolled_at="now() - interval '3 days'", last_contact_at="now() - interval '30 hours'")
    assert shown()["state"] == "fine"
    settings = app.state.settings
    app.state.settings = settings.model_copy(update={"tablet_stuck_days": 1})
    assert (shown()["state"], shown()["stuck_because"]) == ("stuck", ["old_work"])
    app.state.settings = settings.model_copy(update={"tablet_silent_days": 1})
    assert shown()["state"] == "silent"


def test_a_tablet_whose_pushes_fail_is_stuck_though_it_pulls(shown: Shown, surveyor: httpx.Client) -> None:
    pulls(surveyor, pending=12, oldest_pending_at=ago(days=2))
    assert (shown()["state"], shown()["pending"], shown()["unsent_days"]) == ("fine", 12, 2)
    pulls(surveyor, pending=14, oldest_pending_at=ago(days=4))  # within the minute, and noted because it is another
    told = shown()
    assert (told["state"], told["stuck_because"], told["pending"], told["unsent_days"]) == (
        "stuck",
        ["old_work"],
        14,
        4,
    )
    pulls(surveyor)  # of one that says nothing, what was known stays
    assert shown()["pending"] == 14
    pulls(surveyor, pending=0)
    told = shown()
    assert (told["state"], told["oldest_pending_at"], told["unsent_days"]) == ("fine", None, None)


def test_what_a_pull_says_again_is_written_once_a_minute(
    surveyor: httpx.Client, engine: Engine, session: Session, device: str
) -> None:
    said = {"pending": 3, "oldest_pending_at": ago(days=1)}
    cursor = pulls(surveyor, **said)["cursor"]
    written = "SELECT xmin::text FROM device WHERE id = :id"
    before = session.scalar(text(written), {"id": device})
    session.rollback()
    for _ in range(3):
        pulls(surveyor, cursor=cursor, **said)
    assert session.scalar(text(written), {"id": device}) == before
    session.rollback()
    pulls(surveyor, cursor=cursor, **said | {"pending": 4})
    assert session.scalar(text(written), {"id": device}) != before


@pytest.mark.parametrize("wrong", [{"pending": -1}, {"pending": "x"}, {"oldest_pending_at": "2024-01-01T00:00:00"}])
def test_nonsense_about_the_outbox_is_refused_with_its_place(wrong: dict[str, Any], surveyor: httpx.Client) -> None:
    answer = surveyor.get("/sync/v1/changes", params=wrong)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert answer.json()["errors"][0]["pointer"] == f"#query/{next(iter(wrong))}"


@pytest.mark.parametrize("claim", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2019-01-01T00:00:00Z"])
def test_any_time_a_broken_clock_can_show_is_borne(
    claim: str, shown: Shown, surveyor: httpx.Client, engine: Engine, device: str
) -> None:
    for skew in (-(2**31) + 1, 2**31 - 1):
        pulls(surveyor, pending=1, oldest_pending_at=claim)
        _set(engine, device, clock_skew_seconds=str(skew))
        assert shown()["pending"] == 1
        assert FleetGauges(Patience(7, 3)).counted(engine) is not None


def test_a_wrong_clock_is_flagged_and_makes_no_work_old(shown: Shown, surveyor: httpx.Client, device: str) -> None:
    years = timedelta(days=700)
    body = sent(device, pending=2, oldest_pending_at=(clock.now() - years - timedelta(days=1)).isoformat())
    body["sent_at"] = (clock.now() - years).isoformat()
    assert surveyor.post("/sync/v1/batches", json=body).status_code == 200
    told = shown()
    assert (told["clock_wrong"], told["state"], told["unsent_days"]) == (True, "fine", 1)
    assert abs(told["clock_skew_seconds"] + years.total_seconds()) < 60
    assert surveyor.post("/sync/v1/batches", json=sent(device)).status_code == 200
    assert (shown()["clock_wrong"], abs(shown()["clock_skew_seconds"]) < 60) == (False, True)


def test_two_full_syncs_in_a_day_are_stuck_and_a_repeated_first_page_is_none(
    shown: Shown, surveyor: httpx.Client, engine: Engine, device: str, session: Session
) -> None:
    for _ in range(3):  # its answer was lost on the road
        pulls(surveyor)
    assert (shown()["state"], session.scalar(text("SELECT first_syncs FROM device"))) == ("fine", 1)
    session.rollback()
    _set(engine, device, first_sync_at="now() - interval '20 hours'")
    pulls(surveyor)
    told = shown()
    assert (told["state"], told["stuck_because"], told["first_sync_at"] > ago(minutes=5)) == (
        "stuck",
        ["first_syncs"],
        True,
    )
    _set(engine, device, first_sync_before_at="now() - interval '25 hours'")
    assert shown()["state"] == "fine"
    assert session.scalar(text("SELECT first_syncs FROM device")) == 2


def test_a_refused_push_shows_until_one_is_taken(shown: Shown, surveyor: httpx.Client, device: str) -> None:
    broken = sent(device) | {"protocol": 2}
    assert surveyor.post("/sync/v1/batches", json=broken).status_code == 422
    told = shown()
    assert (told["state"], told["stuck_because"], told["refused_with"]) == ("stuck", ["refused"], "invalid")
    assert told["refused_at"] > ago(minutes=5)
    assert surveyor.post("/sync/v1/batches", content=b"{").status_code == 400
    assert shown()["refused_with"] == "not-json"
    unknown = surveyor.post("/sync/v1/batches", json=sent(str(uuid4())))
    assert unknown.json()["type"] == "/problems/device-not-enrolled"
    assert shown()["refused_with"] == "device-not-enrolled"
    assert surveyor.post("/sync/v1/batches", json=sent(device)).status_code == 200
    assert (shown()["state"], shown()["refused_at"], shown()["refused_with"]) == ("fine", None, None)


def test_a_batch_that_is_to_be_split_is_no_refusal(shown: Shown, surveyor: httpx.Client, app: Any, device: str) -> None:
    app.state.settings = app.state.settings.model_copy(update={"sync_max_submissions": 1})
    many = [submission("household", household()) for _ in range(2)]
    assert surveyor.post("/sync/v1/batches", json=sent(device, *many)).status_code == 413
    assert shown()["state"] == "fine"


@pytest.mark.usefixtures("unlearnt")
def test_what_waits_of_each_tablets_work_is_counted(
    shown: Shown, surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    other = tablets.enrolled(engine, "xom-4")
    home = submission("household", household(phone="1"))
    orphan, quarantined = submission("member", member(str(uuid4())), seq=2), submission(UNLEARNT, {}, seq=3)
    surveyor.post("/sync/v1/batches", json=sent(device, home)).raise_for_status()
    first = submission("household", {"phone": "2"}, base=1, record=home["id"])
    surveyor.post("/sync/v1/batches", json=sent(tablets.enrolled(engine, "xom-3"), first)).raise_for_status()
    clash = submission("household", {"phone": "3"}, base=1, record=home["id"], seq=5)
    answer = surveyor.post("/sync/v1/batches", json=sent(device, orphan, quarantined, clash)).json()
    assert [o["outcome"] for o in answer["outcomes"]] == ["held", "quarantined", "conflict"]
    told = shown()
    assert (told["held"], told["quarantined"], told["in_conflict"]) == (1, 1, 1)
    theirs = shown(other)
    assert (theirs["held"], theirs["quarantined"], theirs["in_conflict"]) == (0, 0, 0)
    conflict = answer["outcomes"][2]["conflict_id"]
    decided = {"choice": "server", "reason": "đã gọi điện hỏi"}
    assert sign_in("truc-thai").post(f"/sync/v1/conflicts/{conflict}/resolution", json=decided).status_code == 200
    assert shown()["in_conflict"] == 0


def a_day_passes(engine: Engine) -> None:
    """All that stands there happened a day earlier."""
    with engine.begin() as connection:
        for table, columns in (
            ("device", ("enrolled_at", "last_contact_at", "outcomes_asked_at")),
            ("sync_submission", ("received_at", "decided_at")),
        ):
            earlier = ", ".join(f"{column} = {column} - interval '1 day'" for column in columns)
            connection.execute(text(f"UPDATE {table} SET {earlier}"))


def works(client: httpx.Client, engine: Engine, device: str, *, days: int) -> None:
    """Sends something that is applied, every day."""
    for _ in range(days):
        a_day_passes(engine)
        answer = client.post("/sync/v1/batches", json=sent(device, submission("household", household(), seq=9)))
        assert [o["outcome"] for o in answer.json()["outcomes"]] == ["applied"]


def asks(client: httpx.Client, device: str, **more: int) -> list[str]:
    answer = client.get("/sync/v1/submissions", params={"device_id": device, **more})
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()["items"]]


def test_refusals_that_a_client_takes_for_success_are_counted_until_it_asks(
    shown: Shown, surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    home = submission("household", household(), seq=1)
    wrong = submission("member", member(home["id"], sex="x"), seq=2)
    orphan = submission("member", member(str(uuid4())), seq=3)
    answer = surveyor.post("/sync/v1/batches", json=sent(device, home, wrong, orphan))
    assert [o["outcome"] for o in answer.json()["outcomes"]] == ["applied", "rejected", "held"]
    assert shown()["unread"] == 0
    works(surveyor, engine, device, days=2)
    assert shown()["unread"] == 0
    works(surveyor, engine, device, days=1)
    assert shown()["unread"] == 2
    assert numbers(surveyor)["giamngheo_submissions_unread"] == 2
    assert sign_in("truc-dai").get("/sync/v1/devices").json()["items"] == []
    # the officer has read it, and not the surveyor; and who asks for the newest only was not told
    assert asks(sign_in("truc-thai"), device)[:3] == ["applied", "rejected", "held"]
    assert asks(surveyor, device, after_seq=2)[0] == "held"
    assert shown()["unread"] == 2
    assert asks(surveyor, device, after_seq=1, limit=1) == ["rejected"]
    assert shown()["unread"] == 0
    # what is decided anew is new
    declined = {"reason": "Hộ đã được nhập lại"}
    refusal = f"/sync/v1/submissions/{orphan['submission_id']}/refusal"
    assert sign_in("truc-thai").post(refusal, json=declined).status_code == 200
    works(surveyor, engine, device, days=3)
    assert shown()["unread"] == 1
    assert sign_in("truc-thai").post(f"/sync/v1/devices/{device}/revoke").json()["unread"] == 0


def test_a_tablet_that_was_not_heard_of_since_has_missed_nothing(
    shown: Shown, surveyor: httpx.Client, engine: Engine, device: str, app: Any
) -> None:
    wrong = submission("household", household(residence="x"))
    assert surveyor.post("/sync/v1/batches", json=sent(device, wrong)).status_code == 200
    for _ in range(4):
        a_day_passes(engine)
    assert shown()["unread"] == 0
    pulls(surveyor)
    assert shown()["unread"] == 1
    app.state.settings = app.state.settings.model_copy(update={"tablet_stuck_days": 5})
    assert shown()["unread"] == 0


def test_a_tablet_that_asks_with_every_synchronisation_has_read_all(
    shown: Shown,
    tablet: Callable[..., Tablet],  # noqa: F811
    engine: Engine,
) -> None:
    one = tablet()
    for _ in range(6):
        home = one.create("household", household())
        one.create("member", member(home, sex="x"))
        one.create("member", member(str(uuid4())))
        assert [told["outcome"] for told in one.push()] == ["applied", "rejected", "held"]
        one.pull()
        one.ask_again()
        assert shown(one.device_id)["unread"] == 0
        a_day_passes(engine)
        one.pull()
        assert shown(one.device_id)["unread"] == 0
    for _ in range(3):
        a_day_passes(engine)
    one.pull()  # after days without a line: it has read all there was
    assert shown(one.device_id)["unread"] == 0


def test_who_asks_does_not_wait_for_a_batch_of_the_same_tablet(
    shown: Shown, surveyor: httpx.Client, engine: Engine, device: str
) -> None:
    wrong = submission("household", household(residence="x"))
    assert surveyor.post("/sync/v1/batches", json=sent(device, wrong)).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM device WHERE id = :id FOR NO KEY UPDATE"), {"id": device})
        assert asks(surveyor, device) == ["rejected"]


_MANY = text(
    """
    INSERT INTO sync_submission
    SELECT (jsonb_populate_record(s, jsonb_build_object('submission_id', gen_random_uuid()))).*
    FROM sync_submission AS s, generate_series(1, 5000) WHERE s.outcome = 'applied'
    """
)


def test_what_is_in_force_is_neither_counted_nor_kept_in_the_index_for_it(
    surveyor: httpx.Client, sign_in: SignIn, session: Session, device: str, app: Any
) -> None:
    good, wrong = submission("household", household()), submission("household", household(residence="x"), seq=2)
    assert surveyor.post("/sync/v1/batches", json=sent(device, good, wrong)).status_code == 200
    size = text("SELECT pg_relation_size('ix_sync_submission_not_in_force')")
    before = session.scalar(size)
    for statement in (_MANY, text("ANALYZE")):
        session.execute(statement)
    session.commit()
    assert session.scalar(size) == before
    session.rollback()
    with asked_of(app.state.engine) as asked:
        assert sign_in("truc-thai").get("/sync/v1/devices").json()["items"][0]["unread"] == 0
        asks(surveyor, device, limit=1)
        numbers(surveyor)
    counting = [one for one in asked if "decided_at" in one[0] and "payload" not in one[0]]
    assert len(counting) == 3
    assert [rows for one in counting if (rows := rows_of(session, *one)) > 50] == []


def test_each_state_can_be_asked_for_in_pages_of_one_statement(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    now = "enrolled_at = now()"
    states = {
        "fine": now,
        "silent": "enrolled_at = now() - interval '30 days'",
        "stuck": f"{now}, refused_at = now()",
        "revoked": f"{now}, revoked_at = now()",
    }
    made: dict[str, set[str]] = {}
    for state, values in states.items():
        made[state] = {tablets.enrolled(engine, "xom-3") for _ in range(5)}
        with engine.begin() as connection:
            those = {"ids": list(made[state])}
            connection.execute(text(f"UPDATE device SET {values} WHERE id::text = ANY(:ids)"), those)
    for state, ids in made.items():
        found: list[str] = []
        cursor: str | None = None
        while True:
            asked: dict[str, Any] = {"state": state, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = officer.get("/sync/v1/devices", params=asked).json()
            assert {one["state"] for one in page["items"]} == {state}
            found += [one["id"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(found) == 5
        assert set(found) == ids, state
    assert len(officer.get("/sync/v1/devices").json()["items"]) == 20
    assert sign_in("truc-dai").get("/sync/v1/devices", params={"state": "stuck"}).json()["items"] == []
    assert officer.get("/sync/v1/devices", params={"state": "lost"}).status_code == 422


def test_the_list_costs_the_same_statements_whatever_it_shows(sign_in: SignIn, engine: Engine, app: Any) -> None:
    officer = sign_in("truc-thai")
    tablets.enrolled(engine, "xom-3")

    def statements() -> int:
        with counted(app.state.engine) as seen:
            assert officer.get("/sync/v1/devices").status_code == 200
        return len(seen)

    few = statements()
    for _ in range(25):
        tablets.enrolled(engine, "xom-4")
    assert statements() == few


def numbers(client: httpx.Client) -> dict[str, float]:
    """The numbers of the page that are about the fleet."""
    page = client.get("/metrics")
    assert page.status_code == 200
    lines = [line.rsplit(" ", 1) for line in page.text.splitlines() if not line.startswith("#")]
    ours = (
        "tablets",
        "submissions_waiting",
        "submissions_unread",
        "oldest_waiting",
        "full_syncs",
        "backup_age",
        "fleet_up",
    )
    return {name: float(value) for name, value in lines if name.startswith(tuple(f"giamngheo_{o}" for o in ours))}


def test_the_metrics_count_the_fleet(surveyor: httpx.Client, engine: Engine, device: str) -> None:
    old = tablets.enrolled(engine, "xom-4")
    _set(engine, old, enrolled_at="now() - interval '30 days'")
    orphan = submission("member", member(str(uuid4())))
    assert surveyor.post("/sync/v1/batches", json=sent(device, orphan)).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE sync_submission SET received_at = now() - interval '1 hour'"))
    pulls(surveyor)
    told = numbers(surveyor)
    assert told["giamngheo_fleet_up"] == 1
    states = {s: told[f'giamngheo_tablets{{state="{s}"}}'] for s in ("fine", "silent", "stuck", "revoked")}
    assert states == {"fine": 1, "silent": 1, "stuck": 0, "revoked": 0}
    waiting = {o: told[f'giamngheo_submissions_waiting{{outcome="{o}"}}'] for o in ("held", "quarantined", "conflict")}
    assert waiting == {"held": 1, "quarantined": 0, "conflict": 0}
    assert 3600 <= told["giamngheo_oldest_waiting_seconds"] < 3700
    assert told["giamngheo_full_syncs_total"] == 1


def test_a_scrape_asks_the_database_once_in_a_while(nobody: httpx.Client, app: Any) -> None:
    with counted(app.state.engine) as seen:
        for _ in range(5):
            assert numbers(nobody)["giamngheo_fleet_up"] == 1
    assert len([one for one in seen if "sync_submission" in one]) == 1


def test_without_the_database_the_page_stands_and_says_that_it_cannot_count(nobody: httpx.Client, app: Any) -> None:
    app.state.engine.dispose()
    app.state.engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", pool_size=1)
    assert numbers(nobody) == {"giamngheo_fleet_up": 0}


def test_the_age_of_the_newest_verified_backup(nobody: httpx.Client, engine: Engine, app: Any) -> None:
    assert "giamngheo_backup_age_seconds" not in numbers(nobody)
    app.state.gauges = FleetGauges(app.state.gauges._patience)  # the numbers of a moment ago are kept
    with Session(engine) as session, session.begin():
        for hours in (72, 2):
            at = clock.now() - timedelta(hours=hours)
            session.add(
                Backup(
                    id=uuid4(), file_name="f", size_bytes=1, sha256="00", epoch=uuid4(), submissions=0, taken_at=at,
                    verified_at=at,
                )
            )  # fmt: skip
    assert 7200 <= numbers(nobody)["giamngheo_backup_age_seconds"] < 7300
