"""What the outcomes of a tablet tell of its records: to its user of their own areas only, to others by their rights."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.areas.tables import area_id
from tests.make.rounds import listed
from tests.make.tablets import household, member, push, review, submission
from tests.mobile_sync.test_sent_elsewhere import sent_to

SignIn = Callable[[str], httpx.Client]
ELSEWHERE = str(area_id("14071-01"))


def told(client: httpx.Client, device: str) -> dict[str, dict[str, Any]]:
    """The outcomes of the tablet as they are now, by submission."""
    answer = client.get("/sync/v1/submissions", params={"device_id": device})
    assert answer.status_code == 200, answer.text
    return {one["submission_id"]: one for one in answer.json()["items"]}


@pytest.fixture
def home(surveyor: httpx.Client, device: str) -> str:
    """A household of xóm 3 whose only person calls a review's answers into question: of working age, no schooling."""
    made = submission("household", household(phone="1"))
    person = submission("member", member(made["id"], schooling="primary"), seq=2)
    assert [one["outcome"] for one in push(surveyor, device, made, person)] == ["applied", "applied"]
    return str(made["id"])


def test_who_looks_after_the_fleet_reads_results_only_with_the_right_to_read_households(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine, home: str
) -> None:
    seen = submission("review", review(home, listed(engine, home)), seq=3)
    unfit = submission("member", member(home, name="", birth_date="1961-01-02"), seq=4)
    first, refused = push(surveyor, device, seen, unfit)
    assert (first["outcome"], refused["outcome"]) == ("applied", "rejected")
    assert first["result"]["warnings"]
    of_admin, of_district, of_commune, own = (
        told(sign_in(who), device) for who in ("admin", "truc-ninh", "truc-thai", "xom-3")
    )
    shown = [(one["outcome"], one["version"], one["result"], one["problem"]) for one in of_admin.values()]
    assert shown == [("applied", None, None, None)] * 3 + [("rejected", None, None, None)]
    withheld = first["result"] | {"warnings": []}
    results = [one[seen["submission_id"]]["result"] for one in (of_district, of_commune, own)]
    assert results == [withheld, first["result"], first["result"]]
    problems = [one[unfit["submission_id"]]["problem"] for one in (of_district, of_commune, own)]
    assert problems == [refused["problem"]] * 3


def test_who_looks_after_the_fleet_reads_nothing_of_where_the_surveyor_was_before(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine, home: str
) -> None:
    seen = submission("review", review(home, listed(engine, home)), seq=3)
    unfit = submission("member", member(home, name=""), seq=4)
    push(surveyor, device, seen, unfit)
    sent_to(sign_in, ELSEWHERE)
    found = told(sign_in("truc-dai"), device)
    assert [(one["outcome"], one["result"], one["problem"]) for one in found.values()][2:] == [
        ("applied", None, None),
        ("rejected", None, None),
    ]
