"""Enrolment, revocation, whose tablet it is, and what the fleet shows."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from tests.make import tablets
from tests.make.people import PASSWORD
from tests.make.tablets import HAMLET, batch, household, push, submission

SignIn = Callable[[str], httpx.Client]


def enrol(sign_in: SignIn, who: str = "xom-3", **wanted: str) -> tuple[str, httpx.Response]:
    code = sign_in("truc-thai").post("/sync/v1/enrolments", json=wanted or {"hamlet_id": HAMLET[3]})
    assert code.status_code == 201, code.text
    device = str(uuid4())
    body = {"device_id": device, "name": "Máy xóm 3", "enrolment_code": code.json()["enrolment_code"]}
    return device, sign_in(who).post("/sync/v1/devices", json=body | {"app_version": "1.0"})


def test_a_tablet_is_enrolled_with_a_code_once(sign_in: SignIn) -> None:
    device, answer = enrol(sign_in)
    assert answer.status_code == 201, answer.text
    assert answer.json()["device_id"] == device
    assert answer.json()["user"] == "xom-3"
    assert [area["code"] for area in answer.json()["areas"]] == ["14080-03"]
    assert push(sign_in("xom-3"), device, submission("household", household()))[0]["outcome"] == "applied"


def test_a_code_for_another_hamlet_or_user_is_refused(sign_in: SignIn) -> None:
    assert enrol(sign_in, "xom-4", hamlet_id=HAMLET[3])[1].status_code == 422
    assert enrol(sign_in, "xom-4", username="xom-3")[1].status_code == 422


def test_only_a_commune_officer_makes_codes_and_only_in_the_commune(sign_in: SignIn) -> None:
    assert sign_in("xom-3").post("/sync/v1/enrolments", json={"hamlet_id": HAMLET[3]}).status_code == 403
    assert sign_in("truc-dai").post("/sync/v1/enrolments", json={"hamlet_id": HAMLET[3]}).status_code == 404


def test_batches_of_a_tablet_that_is_not_enrolled_or_not_mine(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    unknown = sign_in("xom-3").post("/sync/v1/batches", json=batch(str(uuid4()), [submission("household", {})]))
    assert (unknown.status_code, unknown.json()["type"]) == (403, "/problems/device-not-enrolled")
    other = tablets.enrolled(engine, "xom-4")
    theirs = sign_in("xom-3").post("/sync/v1/batches", json=batch(other, [submission("household", {})]))
    assert (theirs.status_code, theirs.json()["type"]) == (403, "/problems/device-of-another-user")
    assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == 0


def test_a_revoked_tablet_is_refused_at_its_next_request_on_every_call(sign_in: SignIn, nobody: httpx.Client) -> None:
    device, _ = enrol(sign_in)
    surveyor = sign_in("xom-3")
    assert sign_in("truc-dai").post(f"/sync/v1/devices/{device}/revoke").status_code == 404
    assert sign_in("truc-thai").post(f"/sync/v1/devices/{device}/revoke").status_code == 200
    for path in ("info", "changes", "reference", f"submissions?device_id={device}"):
        answer = surveyor.get(f"/sync/v1/{path}")
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/device-revoked"), path
    token = nobody.post("/api/v1/auth/token", data={"username": "xom-3", "password": PASSWORD}).json()["access_token"]
    again = nobody.post("/sync/v1/batches", json=batch(device, []), headers={"Authorization": f"Bearer {token}"})
    assert (again.status_code, again.json()["type"]) == (401, "/problems/device-revoked")


def test_the_session_is_bound_to_the_tablet_its_batches_name(sign_in: SignIn, engine: Engine) -> None:
    device, surveyor = tablets.enrolled(engine, "xom-3"), sign_in("xom-3")
    push(surveyor, device)
    sign_in("truc-thai").post(f"/sync/v1/devices/{device}/revoke")
    assert surveyor.get("/api/v1/me").json()["type"] == "/problems/device-revoked"


def test_the_fleet_shows_contact_skew_and_what_is_unsent(sign_in: SignIn) -> None:
    device, _ = enrol(sign_in)
    sent = [submission("household", household(), seq=41)]
    said = {"pending": 12, "app_version": "1.1", "form_version": "vn-2022/1"}
    body = batch(device, sent, **said) | {"sent_at": "2024-01-01T00:00:00+07:00"}
    assert sign_in("xom-3").post("/sync/v1/batches", json=body).status_code == 200
    (shown,) = sign_in("truc-thai").get("/sync/v1/devices").json()["items"]
    assert (shown["id"], shown["last_seq"]) == (device, 41)
    assert {name: shown[name] for name in said} == said
    assert shown["last_contact_at"] is not None
    assert shown["clock_skew_seconds"] < -86400 * 300
    assert sign_in("truc-dai").get("/sync/v1/devices").json()["items"] == []
    assert sign_in("xom-3").post("/sync/v1/batches", json=batch(device, [])).status_code == 200
    (later,) = sign_in("truc-thai").get("/sync/v1/devices").json()["items"]
    assert later["form_version"] == "vn-2022/1"  # a batch that does not say it takes nothing back


def test_the_journal_keeps_of_every_batch_how_wrong_the_clock_of_its_tablet_was(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    device, surveyor = tablets.enrolled(engine, "xom-3"), sign_in("xom-3")
    for wrong in (timedelta(days=-300), timedelta(hours=5), timedelta()):
        body = batch(device, []) | {"sent_at": (clock.now() + wrong).isoformat()}
        assert surveyor.post("/sync/v1/batches", json=body).status_code == 200
    kept = session.scalars(text("SELECT skew_seconds FROM sync_batch ORDER BY id")).all()
    assert kept == pytest.approx([-300 * 86400, 5 * 3600, 0], abs=60)
