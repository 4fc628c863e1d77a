"""Everything is kept raw, and can be asked for again; the database gone in the middle leaves nothing behind."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.households.citizen_numbers import id_key
from mobile_sync import payloads
from tests.make import tablets
from tests.make.tablets import batch, household, member, push, submission

SignIn = Callable[[str], httpx.Client]


@pytest.mark.parametrize(
    "broken",
    [{}, {"more": {"a": [1.5, None]}}, {"seq": "bảy"}, {"entity": 7}, {"id": None}, {"recorded_at": "hôm qua"}],
    ids=lambda broken: next(iter(broken), "data"),
)
def test_what_came_is_kept_word_for_word_whatever_is_wrong_with_it(
    broken: dict[str, Any], sign_in: SignIn, engine: Engine, session: Session
) -> None:
    device = tablets.enrolled(engine, "xom-3")
    sent = submission("household", household(note="Đông \u0000 \ud800 \U0001f33e")) | broken
    body = json.dumps(batch(device, [sent]))
    answer = sign_in("xom-3").post("/sync/v1/batches", content=body)
    assert answer.json()["outcomes"][0]["outcome"] == "rejected"
    payload = session.execute(text("SELECT payload FROM sync_submission")).scalar_one()
    assert payloads.opened(id_key(session), payload, tablets.uuid_of(sent["submission_id"])) == sent


def test_outcomes_can_be_asked_for_page_by_page(sign_in: SignIn, engine: Engine) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    sent = [submission("household", household(), seq=n // 2) for n in range(10)]
    told = {o["submission_id"]: o["outcome"] for o in push(surveyor, device, *sent)}
    found: dict[str, str] = {}
    after: int | None = -1
    while after is not None:
        page = surveyor.get("/sync/v1/submissions", params={"device_id": device, "after_seq": after, "limit": 3}).json()
        assert not found.keys() & {item["submission_id"] for item in page["items"]}
        found |= {item["submission_id"]: item["outcome"] for item in page["items"]}
        after = page["after_seq"]
    assert found == told


def test_outcomes_of_a_tablet_are_seen_by_its_user_and_by_the_officer_of_the_area(
    sign_in: SignIn, engine: Engine
) -> None:
    device = tablets.enrolled(engine, "xom-3")
    push(sign_in("xom-3"), device, submission("household", household()))
    seen = {
        who: sign_in(who).get("/sync/v1/submissions", params={"device_id": device}).status_code
        for who in ("xom-3", "truc-thai", "truc-ninh", "admin", "xom-4", "truc-dai", "chu-tich")
    }
    assert seen == {
        "xom-3": 200, "truc-thai": 200, "truc-ninh": 200, "admin": 200, "xom-4": 404, "truc-dai": 404, "chu-tich": 403,
    }  # fmt: skip


def test_a_database_that_goes_away_in_the_middle_stores_nothing(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    with engine.begin() as connection:
        connection.execute(
            text("""
            CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
            CREATE TRIGGER gone BEFORE INSERT ON sync_submission FOR EACH ROW EXECUTE FUNCTION gone();
        """)
        )
    home = submission("household", household())
    body = batch(device, [home, submission("member", member(home["id"]))])
    answer = surveyor.post("/sync/v1/batches", json=body)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable"), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    for table in ("household", "member", "sync_submission", "sync_batch", "record_version", "change_pending"):
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0, table
    session.rollback()
    with engine.begin() as connection:
        connection.execute(text("DROP FUNCTION gone CASCADE"))
    again = surveyor.post("/sync/v1/batches", json=body).json()["outcomes"]
    assert [(o["outcome"], o["replayed"]) for o in again] == [("applied", False)] * 2


def test_a_failure_nobody_foresaw_quarantines_the_batch_and_loses_nothing(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    with engine.begin() as connection:  # a conflict cannot be written down: outside of every writer's savepoint
        connection.execute(text("ALTER TABLE sync_submission ADD CONSTRAINT broken CHECK (outcome <> 'applied')"))
    (told,) = push(surveyor, device, submission("household", household()))
    assert told["outcome"] == "quarantined"
    assert session.execute(text("SELECT count(*) FROM household")).scalar_one() == 0
    session.rollback()
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE sync_submission DROP CONSTRAINT broken"))
    retried = sign_in("truc-thai").post(f"/sync/v1/submissions/{told['submission_id']}/retry")
    assert retried.json()["outcome"] == "applied"
