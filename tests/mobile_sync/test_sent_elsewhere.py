"""A surveyor who was sent to another hamlet before the tablet had a line: what they did in the old one is kept."""

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import httpx
import pytest
from sqlalchemy import Engine

from api.areas.tables import area_id
from tests.make import tablets
from tests.make.people import account_id
from tests.make.tablets import HAMLET, household, member, push, request, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def home(sign_in: SignIn, device: str) -> tuple[str, str]:
    """A household of xóm 3 and its person, applied."""
    made = submission("household", household(phone="1"), seq=1)
    person = submission("member", member(made["id"]), seq=2)
    assert [o["outcome"] for o in push(sign_in("xom-3"), device, made, person)] == ["applied", "applied"]
    return str(made["id"]), str(person["id"])


def sent_to(sign_in: SignIn, hamlet_id: str) -> None:
    """The administrator gives xóm 3's surveyor another hamlet, and ends the grant of the old one."""
    path = f"/api/v1/users/{account_id('xom-3')}/grants"
    body = {"role": "hamlet_surveyor", "area_id": hamlet_id}
    assert sign_in("admin").post(path, json=body).status_code == 201
    old = uuid5(NAMESPACE_DNS, "grant:xom-3")
    assert sign_in("admin").post(f"{path}/{old}/end", json={}).status_code == 200


def test_what_waits_of_somebody_whose_grant_has_ended_waits_for_a_person(
    sign_in: SignIn, engine: Engine, device: str
) -> None:
    """The household comes when its sender may write nowhere any more: the work is not refused behind their back."""
    home = submission("household", household(), seq=1)
    late = submission("household", {"phone": "2"}, seq=2, base=1, record=home["id"])
    assert push(sign_in("xom-3"), device, late)[0]["outcome"] == "held"
    old = uuid5(NAMESPACE_DNS, "grant:xom-3")
    ended = sign_in("admin").post(f"/api/v1/users/{account_id('xom-3')}/grants/{old}/end", json={})
    assert ended.status_code == 200, ended.text
    officer = sign_in("truc-thai")
    assert push(officer, tablets.enrolled(engine, "truc-thai"), home)[0]["outcome"] == "applied"
    (waits,) = officer.get("/sync/v1/submissions/waiting").json()["items"]
    assert (waits["submission_id"], waits["outcome"]) == (late["submission_id"], "held")
    assert retry(officer, late) == "applied"


def retry(client: httpx.Client, sent: dict[str, Any]) -> str:
    answer = client.post(f"/sync/v1/submissions/{sent['submission_id']}/retry")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["outcome"])


def test_late_edits_of_the_old_hamlet_wait_for_an_officer(sign_in: SignIn, device: str, home: tuple[str, str]) -> None:
    sent_to(sign_in, HAMLET[5])
    late = submission("household", {"phone": "2"}, seq=3, base=1, record=home[0])
    person = submission("member", {"occupation": "thợ nề"}, seq=4, base=1, record=home[1])
    told = push(sign_in("xom-3"), device, late, person)
    assert [(o["outcome"], o["waiting_for"]) for o in told] == [("held", home[0]), ("held", home[1])]
    officer = sign_in("truc-thai")
    assert [retry(officer, late), retry(officer, person)] == ["applied", "applied"]
    assert officer.get(f"/api/v1/households/{home[0]}").json()["phone"] == "2"


def test_a_new_household_of_the_old_hamlet_and_its_people_wait_for_an_officer(sign_in: SignIn, device: str) -> None:
    sent_to(sign_in, HAMLET[5])
    new = submission("household", household(address="cuối xóm"), seq=1)
    rest = [submission("member", member(new["id"]), seq=2), submission("request", request(new["id"]), seq=3)]
    assert [o["outcome"] for o in push(sign_in("xom-3"), device, new, *rest)] == ["held"] * 3
    assert [retry(sign_in("truc-thai"), one) for one in (new, *rest)] == ["applied"] * 3


def test_an_officer_who_does_not_reach_it_does_not_lose_it(sign_in: SignIn, device: str, home: tuple[str, str]) -> None:
    sent_to(sign_in, str(area_id("14071-01")))
    late = submission("household", {"phone": "2"}, seq=3, base=1, record=home[0])
    assert push(sign_in("xom-3"), device, late)[0]["outcome"] == "held"
    path = f"/sync/v1/submissions/{late['submission_id']}/retry"
    assert sign_in("truc-dai").post(path).status_code == 404
    assert retry(sign_in("truc-thai"), late) == "applied"


def test_what_never_was_theirs_waits_like_what_is_nowhere(
    sign_in: SignIn, engine: Engine, home: tuple[str, str]
) -> None:
    """One answer for a record of others and for one that is not there; a new household of others is refused."""
    sent_to(sign_in, HAMLET[5])
    other = sign_in("xom-4")
    device = tablets.enrolled(engine, "xom-4")
    theirs = submission("household", {"phone": "2"}, seq=1, base=1, record=home[0])
    nowhere = submission("household", {"phone": "2"}, seq=2, base=1, record=str(uuid4()))
    new = submission("household", household(), seq=3)
    told = push(other, device, theirs, nowhere, new)
    assert [(o["outcome"], o["waiting_for"], o["problem"]) for o in told[:2]] == [
        ("held", theirs["id"], None),
        ("held", nowhere["id"], None),
    ]
    assert (told[2]["outcome"], told[2]["problem"]["type"]) == ("rejected", "/problems/not-found")


def test_who_was_sent_elsewhere_still_cannot_reach_further(sign_in: SignIn, engine: Engine, device: str) -> None:
    far = submission("household", household(4, phone="1"), seq=1)
    assert push(sign_in("xom-4"), tablets.enrolled(engine, "xom-4"), far)[0]["outcome"] == "applied"
    sent_to(sign_in, HAMLET[5])
    sent = [
        submission("household", {"phone": "2"}, seq=1, base=1, record=far["id"]),
        submission("household", household(4), seq=2),
        submission("household", {"phone": "2"}, seq=3, base=1, record=str(UUID(int=1))),
    ]
    told = push(sign_in("xom-3"), device, *sent)
    assert [o["outcome"] for o in told] == ["held", "rejected", "held"]
    assert sign_in("truc-thai").get(f"/api/v1/households/{far['id']}").json()["phone"] == "1"
