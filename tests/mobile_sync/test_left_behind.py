"""A surveyor who was sent to another commune leaves their work behind: who reads and decides it then."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api import clock
from api.areas.tables import area_id
from tests.make.tablets import household, member, push, submission
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
