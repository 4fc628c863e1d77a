"""A surveyor who was sent to another commune leaves their work behind, or works in two: who reads and decides it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api import clock
from api.areas.tables import area_id
from mobile_sync.tablet_work import screening_of
from tests.make.people import account_id
from tests.make.poison import poisoned
from tests.make.rounds import listed
from tests.make.tablets import household, member, push, request, review, screening, submission
from tests.mobile_sync.test_sent_elsewhere import sent_to

SignIn = Callable[[str], httpx.Client]
ELSEWHERE = str(area_id("14071-01"))
YESTERDAY = (clock.now() - timedelta(days=1)).isoformat()


@pytest.fixture
def old(sign_in: SignIn) -> httpx.Client:
    """The officer of the commune that the surveyor left."""
    return sign_in("truc-thai")


@pytest.fixture
def new(sign_in: SignIn) -> httpx.Client:
    """The officer of the commune to which the surveyor was sent."""
    return sign_in("truc-dai")


def read(client: httpx.Client, sent: dict[str, Any]) -> httpx.Response:
    return client.get(f"/sync/v1/submissions/{sent['submission_id']}")


@pytest.mark.parametrize(
    "recorded", [YESTERDAY, clock.now().isoformat(), "1970-01-02T00:00:00Z"], ids=["yesterday", "today", "no-clock"]
)
def test_what_was_sent_before_the_transfer_is_read_where_it_was_sent(
    recorded: str, surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, device: str
) -> None:
    """Also on the day of the transfer itself, and whatever the tablet's clock says."""
    home = submission("household", household(note="nợ, ốm"))
    person = submission("member", member(home["id"], disability="severe"), seq=2)
    unfit = submission("member", member(home["id"], sex="x"), seq=3)
    sent = [one | {"recorded_at": recorded} for one in (home, person, unfit)]
    push(surveyor, device, *sent)
    sent_to(sign_in, ELSEWHERE)
    for one in sent:
        there, here = read(new, one), read(old, one)
        assert (there.status_code, here.status_code) == (404, 200)
        assert "Vũ Thị Hoà" not in there.text
        assert here.json()["data"] == json.loads(json.dumps(one["data"]))


def test_what_is_sent_after_the_transfer_is_read_by_the_new_officer(
    surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, device: str
) -> None:
    sent_to(sign_in, ELSEWHERE)
    there = {"hamlet_id": ELSEWHERE, "residence": "permanent", "land_area": "x"}
    unfit = submission("household", there) | {"recorded_at": clock.now().isoformat()}
    assert push(surveyor, device, unfit)[0]["outcome"] == "rejected"
    assert (read(new, unfit).status_code, read(old, unfit).status_code) == (200, 404)


@pytest.fixture
def home(surveyor: httpx.Client, device: str) -> str:
    """A household of the old commune, sent before the transfer."""
    made = submission("household", household(phone="1"))
    assert push(surveyor, device, made)[0]["outcome"] == "applied"
    return str(made["id"])


def decide(client: httpx.Client, sent: dict[str, Any], what: str) -> httpx.Response:
    body = {"retry": {}, "refusal": {"reason": "lạ"}, "repair": {"data": household(), "reason": "lạ"}}[what]
    return client.post(f"/sync/v1/submissions/{sent['submission_id']}/{what}", json=body)


@pytest.mark.parametrize("recorded", [YESTERDAY, clock.now().isoformat()], ids=["before", "after"])
def test_a_late_change_is_decided_where_its_household_stands(
    recorded: str, surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, device: str, home: str
) -> None:
    sent_to(sign_in, ELSEWHERE)
    late = submission("household", {"phone": "2"}, seq=3, base=1, record=home) | {"recorded_at": recorded}
    person = submission("member", member(home), seq=4) | {"recorded_at": recorded}
    assert [o["outcome"] for o in push(surveyor, device, late, person)] == ["held", "held"]
    assert waiting(new) == []
    for one in (late, person):
        assert [decide(new, one, what).status_code for what in ("retry", "refusal", "repair")] == [404] * 3
        assert read(new, one).status_code == 404
    assert waiting(old) == [late["submission_id"], person["submission_id"]]
    assert [decide(old, one, "retry").json()["outcome"] for one in (late, person)] == ["applied", "applied"]


def waiting(client: httpx.Client) -> list[str]:
    items = client.get("/sync/v1/submissions/waiting").json()["items"]
    return [one["submission_id"] for one in sorted(items, key=lambda one: one["seq"])]


def test_who_does_not_reach_the_hamlet_of_a_new_household_spoils_nothing_by_trying(
    surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, device: str, engine: Engine
) -> None:
    """The server failed on both; the tablet's clock makes one of the new commune look like work of the old one, but the
    household names its hamlet."""
    before = submission("household", household(note="độc"))
    after = submission("household", {"hamlet_id": ELSEWHERE, "residence": "permanent", "note": "độc"}, seq=2)
    with poisoned(engine):
        (failed,) = push(surveyor, device, before)
        sent_to(sign_in, ELSEWHERE)
        (failed_too,) = push(surveyor, device, after | {"recorded_at": YESTERDAY})
    assert (failed["outcome"], failed_too["outcome"]) == ("quarantined", "quarantined")
    assert (decide(new, before, "retry").status_code, decide(new, before, "refusal").status_code) == (404, 404)
    assert decide(old, before, "retry").json()["outcome"] == "applied"
    assert {decide(old, after, what).status_code for what in ("retry", "refusal", "repair")} == {404}
    assert decide(new, after, "retry").json()["outcome"] == "applied"


@pytest.mark.parametrize("recorded", [YESTERDAY, clock.now().isoformat()], ids=["before", "after"])
def test_a_new_household_of_the_old_commune_and_its_people_are_decided_there(
    recorded: str, surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, device: str
) -> None:
    """Also where the surveyor went on in the old hamlet: the household names it, whatever day it was."""
    sent_to(sign_in, ELSEWHERE)
    home = submission("household", household(phone="7"), seq=4)
    person = submission("member", member(home["id"]), seq=5)
    paper = submission("request", request(home["id"]), seq=6)
    form_a = submission("screening", screening(paper["id"]), seq=7, record=screening_of(paper["id"]))
    sent = [one | {"recorded_at": recorded} for one in (home, person, paper, form_a)]
    assert [o["outcome"] for o in push(surveyor, device, *sent)] == ["held"] * 4
    assert waiting(new) == []
    assert {read(new, one).status_code for one in sent} == {decide(new, one, "refusal").status_code for one in sent}
    assert decide(new, home, "refusal").status_code == 404
    assert waiting(old) == [one["submission_id"] for one in sent]
    assert [decide(old, one, "retry").json()["outcome"] for one in sent] == ["applied"] * 4


@pytest.mark.parametrize("what", ["refusal", "retry"])
def test_the_people_of_a_new_household_that_was_refused_stay_with_the_old_commune(
    what: str, surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, device: str
) -> None:
    push(surveyor, device, submission("household", household(household_no="077")))
    sent_to(sign_in, ELSEWHERE)
    home = submission("household", household(household_no="077"), seq=2)
    person = submission("member", member(home["id"]), seq=3)
    paper = submission("request", request(home["id"]), seq=4)
    form_a = submission("screening", screening(paper["id"]), seq=5, record=screening_of(paper["id"]))
    sent = (home, person, paper, form_a)
    assert [o["outcome"] for o in push(surveyor, device, *sent)] == ["held"] * 4
    told = decide(old, home, what).json()
    assert (told["outcome"], told["waiting_for"]) == ("rejected", None)
    assert decide(old, paper, "refusal").json()["outcome"] == "rejected"
    assert (waiting(new), waiting(old)) == ([], [person["submission_id"], form_a["submission_id"]])
    assert [read(new, one).status_code for one in sent] == [404] * 4
    assert [read(old, one).status_code for one in sent] == [200] * 4
    (again,) = push(surveyor, device, home)
    assert (again["outcome"], again["waiting_for"]) == ("rejected", None)


def test_what_was_refused_for_want_of_something_stays_with_the_old_commune(
    surveyor: httpx.Client,
    old: httpx.Client,
    new: httpx.Client,
    sign_in: SignIn,
    engine: Engine,
    device: str,
    home: str,
) -> None:
    seen = submission("review", review(home, listed(engine)), seq=3)
    (told,) = push(surveyor, device, seen)
    assert told["problem"]["type"] == "/problems/not-in-round"
    sent_to(sign_in, ELSEWHERE)
    assert (waiting(old), waiting(new)) == ([seen["submission_id"]], [])
    assert decide(old, seen, "retry").json()["outcome"] == "rejected"
    assert decide(new, seen, "retry").status_code == 404


def test_of_a_surveyor_of_two_communes_each_officer_reads_and_decides_the_work_of_their_own(
    surveyor: httpx.Client, old: httpx.Client, new: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    path = f"/api/v1/users/{account_id('xom-3')}/grants"
    also = {"role": "hamlet_surveyor", "area_id": ELSEWHERE}
    assert sign_in("admin").post(path, json=also).status_code == 201
    here = submission("household", household(phone="1"))
    there = submission("household", {"hamlet_id": ELSEWHERE, "residence": "permanent", "note": "nợ, ốm"}, seq=2)
    person = submission("member", member(there["id"], disability="severe"), seq=3)
    push(surveyor, device, here, there, person)
    unlisted = submission("review", review(there["id"], listed(engine)), seq=4)
    unfit = submission("household", {**there["data"], "land_area": "x"}, seq=5)
    with poisoned(engine):
        failing = submission("household", {"note": "độc"}, seq=6, base=1, record=there["id"])
        failing_too = submission("household", {**there["data"], "note": "độc"}, seq=7)
        told = push(surveyor, device, unlisted, unfit, failing, failing_too)
    assert [o["outcome"] for o in told] == ["rejected", "rejected", "quarantined", "quarantined"]
    assert {o["waiting_for"] for o in told} == {None}
    assert (waiting(old), waiting(new)) == ([], [one["submission_id"] for one in (unlisted, failing, failing_too)])
    for one in (there, person, unlisted, unfit, failing, failing_too):
        assert (read(old, one).status_code, read(new, one).status_code) == (404, 200)
        assert {decide(old, one, what).status_code for what in ("retry", "refusal", "repair")} == {404}
    assert (read(old, here).status_code, read(new, here).status_code) == (200, 404)
    assert decide(new, failing, "retry").json()["outcome"] == "applied"
