"""Conflicts from end to end: two tablets, an officer, and what both tablets have afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync.tablet import Tablet
from tests.make import tablets
from tests.make.rounds import listed
from tests.make.tablets import batch, household, member, push, review, submission
from tests.mobile_sync import test_tablet

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
tablet = test_tablet.tablet


def open_conflicts(officer: httpx.Client) -> list[dict[str, Any]]:
    answer = officer.get("/sync/v1/conflicts")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def resolve(officer: httpx.Client, conflict: str, choice: str, **more: Any) -> httpx.Response:
    body = {"choice": choice, "reason": "đã gọi điện", **more}
    return officer.post(f"/sync/v1/conflicts/{conflict}/resolution", json=body)


@pytest.mark.parametrize(
    ("choice", "phone", "outcome"), [("server", "1", "rejected"), ("device", "2", "merged"), ("values", "3", "merged")]
)
def test_the_officers_decision_reaches_both_tablets(
    choice: str,
    phone: str,
    outcome: str,
    tablet: Make,
    sign_in: SignIn,
) -> None:
    one, two = tablet("a"), tablet("b")
    home = one.create("household", household(phone="0"))
    one.push()
    one.pull(), two.pull()
    one.change("household", home, {"phone": "1"})
    two.change("household", home, {"phone": "2"})
    assert one.push()[0]["outcome"] == "applied"
    (clash,) = two.push()
    assert clash["outcome"] == "conflict"
    one.pull(), two.pull()
    more = {"values": {"phone": "3"}} if choice == "values" else {}
    answer = resolve(sign_in("truc-thai"), clash["conflict_id"], choice, **more)
    assert answer.status_code == 200, answer.text
    for each in (one, two):
        each.pull()
        each.ask_again()
        stored = each.storage.pulled(home)
        assert stored is not None
        assert stored.data["phone"] == phone
    told = [work for work in two.receipts() if work.submission_id == clash["submission_id"]]
    assert [work.outcome for work in told] == [outcome]
    # the next change on either tablet is made on the decision, and no conflict of old comes back
    two.change("household", home, {"phone": "4"})
    assert two.push()[0]["outcome"] == "applied"
    assert open_conflicts(sign_in("truc-thai")) == []


def test_a_conflict_of_a_revoked_tablet_is_decided_like_any_other(
    tablet: Make,
    sign_in: SignIn,
) -> None:
    one, lost = tablet("a"), tablet("b")
    officer = sign_in("truc-thai")
    home = one.create("household", household(phone="0"))
    one.push()
    lost.pull()
    one.change("household", home, {"phone": "1"})
    one.push()
    lost.change("household", home, {"phone": "2"})
    (clash,) = lost.push()
    assert officer.post(f"/sync/v1/devices/{lost.device_id}/revoke").status_code in (200, 204)
    assert resolve(officer, clash["conflict_id"], "device").status_code == 200
    one.pull()
    stored = one.storage.pulled(home)
    assert stored is not None
    assert stored.data["phone"] == "2"
    entry = officer.get(f"/api/v1/households/{home}/history").json()["items"][0]
    assert (entry["device_id"], entry["submission_id"]) == (lost.device_id, clash["submission_id"])


@pytest.fixture
def two_open(sign_in: SignIn, engine: Engine) -> tuple[str, list[dict[str, Any]]]:
    """A household whose phone is 1, and two tablets that both want another one."""
    surveyor = sign_in("xom-3")
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(3)]
    home = submission("household", household(phone="0"))
    push(surveyor, devices[0], home)
    told = [
        push(surveyor, device, submission("household", {"phone": str(n)}, seq=2, base=1, record=home["id"]))[0]
        for n, device in enumerate(devices, start=1)
    ]
    assert [o["outcome"] for o in told] == ["applied", "conflict", "conflict"]
    return home["id"], told[1:]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("then", "left"), [("server", "earlier"), ("device", "later"), ("values", "7")])
def test_two_conflicts_of_one_field_are_decided_in_either_order(
    first: int, then: str, left: str, two_open: tuple[str, list[dict[str, Any]]], sign_in: SignIn
) -> None:
    officer, (home, clashes) = sign_in("truc-thai"), two_open
    earlier, later = clashes[first], clashes[1 - first]
    phones = {"earlier": str(2 + first), "later": str(3 - first)}
    assert resolve(officer, earlier["conflict_id"], "device").json()["phone"] == phones["earlier"]
    (open_one,) = open_conflicts(officer)
    # the value on the server's side is today's, not the one of when the conflict was opened
    assert (open_one["id"], open_one["fields"]["phone"]["server"]) == (later["conflict_id"], phones["earlier"])
    assert (open_one["fields"]["phone"]["base"], open_one["fields"]["phone"]["device"]) == ("0", phones["later"])
    more = {"values": {"phone": "7"}} if then == "values" else {}
    decided = resolve(officer, later["conflict_id"], then, **more)
    assert (decided.status_code, decided.json()["phone"]) == (200, phones.get(left, left))
    assert open_conflicts(officer) == []
    assert officer.get(f"/api/v1/households/{home}").json()["phone"] == phones.get(left, left)


def test_a_citizen_number_on_the_servers_side_of_an_open_conflict_is_masked(sign_in: SignIn, engine: Engine) -> None:
    surveyor, device, other = sign_in("xom-3"), *(tablets.enrolled(engine, "xom-3") for _ in range(2))
    home = submission("household", household())
    person = submission("member", member(home["id"], birth_year=1980), seq=2)
    push(surveyor, device, home, person)
    numbers = ("036180000001", "036180000002")
    for tablet_id, number in zip((device, other), numbers, strict=True):
        push(surveyor, tablet_id, submission("member", {"personal_id": number}, seq=3, base=1, record=person["id"]))
    (clash,) = open_conflicts(sign_in("truc-thai"))
    assert clash["fields"]["personal_id"] == {"base": None, "server": "********0001", "device": "********0002"}


def test_reviews_of_one_household_at_once_leave_one_in_force_and_show_the_others(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    surveyor = sign_in("xom-3")
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(6)]
    home = submission("household", household())
    push(surveyor, devices[0], home)
    round_id = listed(engine, home["id"])
    bodies = [
        batch(device, [submission("review", review(home["id"], round_id, b1_entered=100 + 10 * n), seq=9)])
        for n, device in enumerate(devices)
    ]
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = list(pool.map(lambda body: surveyor.post("/sync/v1/batches", json=body), bodies))
    assert {answer.status_code for answer in answers} == {200}
    outcomes = [answer.json()["outcomes"][0]["outcome"] for answer in answers]
    assert sorted(outcomes) == ["applied"] + ["conflict"] * 5
    assert session.execute(text("SELECT count(*), count(*) FILTER (WHERE in_force) FROM review")).one() == (6, 1)
    assert len(open_conflicts(sign_in("truc-thai"))) == 5


def test_a_value_that_looks_like_an_escape_is_a_conflict_like_any_other(
    surveyor: httpx.Client, device: str, sign_in: SignIn, engine: Engine
) -> None:
    home = submission("household", household(note="cũ"))
    push(surveyor, device, home)
    push(surveyor, tablets.enrolled(engine, "xom-3"), submission("household", {"note": "1"}, base=1, record=home["id"]))
    odd = submission("household", {"note": "C:\\u0000"}, seq=2, base=1, record=home["id"])
    clash, neighbour = push(surveyor, device, odd, submission("household", household(), seq=3))
    assert (clash["outcome"], neighbour["outcome"]) == ("conflict", "applied")
    (shown,) = open_conflicts(sign_in("truc-thai"))
    assert shown["fields"]["note"]["device"] == "C:\\u0000"
