"""A request refused by a signed letter: tablets learn it, and a Phiếu A that comes too late is for a person."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync.tablet import Tablet
from mobile_sync.tablet_work import screening_of
from tests.make import tablets
from tests.make.people import account_id
from tests.make.refusals import SIGNATURE, refused
from tests.make.tablets import HAMLET, household, push, request, submission
from tests.make.tablets import screening as found
from tests.mobile_sync import test_screenings, test_tablet
from tests.mobile_sync.test_screenings import pointers, read, result
from tests.mobile_sync.test_screenings_decided import decided

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
home, paper, tablet = test_screenings.home, test_screenings.paper, test_tablet.tablet


@pytest.fixture
def letter(surveyor: httpx.Client, device: str, paper: str, sign_in: SignIn) -> str:
    """The request, screened out and refused in writing."""
    (told,) = push(surveyor, device, result(paper, passed=False))
    assert told["outcome"] == "applied"
    refused(sign_in, paper)
    return paper


def waiting(officer: httpx.Client) -> dict[str, Any]:
    return {one["submission_id"]: one for one in officer.get("/sync/v1/submissions/waiting").json()["items"]}


@pytest.mark.parametrize("registered", [True, False])
def test_a_tablet_learns_by_which_letter_its_request_is_refused(
    registered: bool, tablet: Make, sign_in: SignIn, session: Session
) -> None:
    one = tablet("a")
    home = one.create("household", household()) if registered else None
    paper = one.create("request", request(home) | ({} if home else {"hamlet_id": HAMLET[3]}))
    one.create("screening", found(paper, passed=False), screening_of(paper))
    one.push(), one.pull()
    refused(sign_in, paper)
    one.pull()
    kept = one.storage.pulled(paper)
    assert kept is not None
    told = {name: kept.data[name] for name in ("refused_on", "refusal_number", "household_id")}
    assert (kept.version, told) == (
        2,
        {"refused_on": SIGNATURE["signed_on"], "refusal_number": SIGNATURE["number"], "household_id": home},
    )
    stands = session.execute(text("SELECT household_id FROM change_feed WHERE record_id = :id"), {"id": paper})
    assert [str(group) for group in stands.scalars()] == [home or paper], "in the group where it was"
    compared = one.verify()
    assert (compared.compared > 0, compared.repaired, compared.differing) == (True, [], [])


def test_a_result_that_comes_too_late_is_kept_for_a_person(
    letter: str, surveyor: httpx.Client, device: str, sign_in: SignIn
) -> None:
    officer, late = sign_in("truc-thai"), result(letter, seq=4, base=1, passed=True, reason="Nhà sập")
    (told,) = push(surveyor, device, late)
    assert (told["outcome"], told["problem"]["type"], pointers(told)) == (
        "rejected", "/problems/illegal-stage", {"#/request_id"},
    )  # fmt: skip
    (one,) = waiting(officer).values()
    assert one["submission_id"] == late["submission_id"]
    assert all(word in one["why"]["vi"] for word in ("31/TB-UBND", "28/10/2024", "giấy đề nghị mới"))
    address = f"/sync/v1/submissions/{late['submission_id']}"
    assert officer.get(address).json()["data"]["reason"] == "Nhà sập"
    assert officer.post(f"{address}/retry").json()["outcome"] == "rejected"
    assert read(officer, letter)["passed"] is False
    assert officer.post(f"{address}/refusal", json={"reason": "Đã nhận giấy mới"}).status_code == 200
    assert waiting(officer) == {}
    mine = surveyor.get("/sync/v1/submissions", params={"device_id": device}).json()["items"]
    (seen,) = (item for item in mine if item["submission_id"] == late["submission_id"])
    assert (seen["problem"]["type"], seen["problem"]["reason"]) == ("/problems/superseded", "Đã nhận giấy mới")


@pytest.mark.parametrize(("choice", "status"), [("device", 409), ("server", 200)])
def test_another_tablets_result_is_a_conflict_that_cannot_open_it_again(
    choice: str, status: int, letter: str, surveyor: httpx.Client, engine: Engine, sign_in: SignIn
) -> None:
    other = tablets.enrolled(engine, "xom-3")
    (clash,) = push(surveyor, other, result(letter))
    assert clash["outcome"] == "conflict"
    answer = decided(sign_in("truc-thai"), clash, choice)
    assert answer.status_code == status, answer.text
    assert read(surveyor, letter)["passed"] is False
    (same,) = push(surveyor, other, result(letter, seq=5, passed=False))
    assert (same["outcome"], same["version"]) == ("applied", 1), "what says the same is no news"


def test_a_change_of_the_request_made_before_is_merged_with_it(
    letter: str, surveyor: httpx.Client, device: str, session: Session
) -> None:
    change = submission("request", {"reason": "Chủ hộ mất việc"}, seq=4, base=1, record=letter)
    (told,) = push(surveyor, device, change)
    assert (told["outcome"], told["version"]) == ("merged", 3)
    now = surveyor.get(f"/api/v1/requests/{letter}").json()
    assert (now["reason"], now["refusal_number"]) == ("Chủ hộ mất việc", SIGNATURE["number"])
    history = text("SELECT version, change, changed_by FROM record_version WHERE record_id = :id ORDER BY version")
    first, signed, changed = session.execute(history, {"id": letter}).all()
    assert (first.change, signed.changed_by) == (None, account_id("chu-tich"))
    assert signed.change == {"refused_on": [None, "2024-10-28"], "refusal_number": [None, "31/TB-UBND"]}
    assert changed.change == {"reason": [None, "Chủ hộ mất việc"]}
