"""What the outcomes of a tablet tell of its records: to its user of their own areas only, to others by their rights."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.areas.tables import area_id
from tests.make import tablets
from tests.make.rounds import listed
from tests.make.tablets import HAMLET, household, member, push, review, submission
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


def moved(officer: httpx.Client, home: str, to: str) -> None:
    path = f"/api/v1/households/{home}"
    match = {"If-Match": officer.get(path).headers["ETag"]}
    answer = officer.post(f"{path}/move", json={"hamlet_id": to, "moved_on": "2024-09-02"}, headers=match)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def other(sign_in: SignIn, engine: Engine) -> str:
    """A household of the other commune, into which the one that moved there is merged."""
    made = submission("household", {"hamlet_id": ELSEWHERE, "residence": "permanent"})
    assert push(sign_in("truc-dai"), tablets.enrolled(engine, "truc-dai"), made)[0]["outcome"] == "applied"
    return str(made["id"])


def merged(sign_in: SignIn, home: str, other: str) -> None:
    moved(sign_in("truc-thai"), home, ELSEWHERE)
    body = {"survivor_id": other, "absorbed_id": home}
    assert sign_in("truc-dai").post("/api/v1/households/merge", json=body).status_code == 200


def both_ways(surveyor: httpx.Client, device: str, sent: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The outcome when it is asked for, and when it is sent again."""
    asked, again = told(surveyor, device)[sent["submission_id"]], push(surveyor, device, sent)[0]
    return [tuple(one[name] for name in ("outcome", "version", "result", "problem")) for one in (asked, again)]


def test_a_surveyor_does_not_learn_into_what_a_household_was_merged_elsewhere(
    surveyor: httpx.Client, sign_in: SignIn, device: str, home: str, other: str
) -> None:
    moved(sign_in("truc-thai"), home, HAMLET[4])
    late = submission("household", {"phone": "9"}, seq=3, base=1, record=home)
    assert push(surveyor, device, late)[0]["outcome"] == "held"
    merged(sign_in, home, other)
    answer = sign_in("truc-dai").post(f"/sync/v1/submissions/{late['submission_id']}/retry")
    assert answer.json()["result"]["merged_into"] == other
    assert both_ways(surveyor, device, late) == [(answer.json()["outcome"], answer.json()["version"], None, None)] * 2


def test_a_surveyor_does_not_learn_it_from_a_conflict_that_is_decided_there(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine, home: str, other: str
) -> None:
    officer = tablets.enrolled(engine, "truc-thai")
    push(sign_in("truc-thai"), officer, submission("household", {"phone": "1"}, base=1, record=home))
    push(sign_in("truc-thai"), officer, submission("household", {"phone": "5"}, seq=2, base=1, record=home))
    late = submission("household", {"phone": "2"}, seq=3, base=1, record=home)
    (clash,) = push(surveyor, device, late)
    assert clash["outcome"] == "conflict"
    merged(sign_in, home, other)
    path = f"/sync/v1/conflicts/{clash['conflict_id']}/resolution"
    answer = sign_in("truc-dai").post(path, json={"choice": "device", "reason": "đã hỏi"})
    assert answer.status_code == 200
    assert both_ways(surveyor, device, late) == [("merged", answer.json()["version"], None, None)] * 2


def test_a_surveyor_does_not_read_the_scores_of_a_household_that_has_gone(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine, home: str
) -> None:
    round_id = listed(engine, home)
    moved(sign_in("truc-thai"), home, HAMLET[5])
    seen = submission("review", review(home, round_id), seq=3)
    assert push(surveyor, device, seen)[0]["outcome"] == "held"
    answer = sign_in("truc-thai").post(f"/sync/v1/submissions/{seen['submission_id']}/retry")
    assert (answer.json()["outcome"], bool(answer.json()["result"]["warnings"])) == ("applied", True)
    assert both_ways(surveyor, device, seen) == [("applied", 1, None, None)] * 2


def test_a_surveyor_is_told_why_an_officer_elsewhere_declined_and_else_only_of_what_kind_the_problem_is(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine, home: str
) -> None:
    moved(sign_in("truc-thai"), home, HAMLET[5])
    declined = submission("household", {"phone": "9"}, seq=3, base=1, record=home)
    taken = submission("household", {"household_no": "2"}, seq=4, base=1, record=home)
    push(surveyor, device, declined, taken)
    there = submission("household", household(5, household_no="2"))
    assert push(sign_in("xom-5"), tablets.enrolled(engine, "xom-5"), there)[0]["outcome"] == "applied"
    officer = sign_in("truc-thai")
    officer.post(f"/sync/v1/submissions/{declined['submission_id']}/refusal", json={"reason": "đã nhập"})
    refused = officer.post(f"/sync/v1/submissions/{taken['submission_id']}/retry").json()
    assert refused["outcome"] == "rejected"
    for (*_, why), (*_, kind) in zip(
        both_ways(surveyor, device, declined), both_ways(surveyor, device, taken), strict=True
    ):
        assert (why["type"], why["reason"]) == ("/problems/superseded", "đã nhập")
        said = {name: refused["problem"][name] for name in ("type", "title", "titles", "status")}
        assert kind == said | {"detail": kind["title"], "details": kind["titles"]}
