"""Health in words (why nobody can work, why a family asks) is withheld like a person's health, wherever it is read."""

from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session

from api.accounts.actor import narrowed
from api.accounts.permissions import Permission
from api.households.queries import load_households
from api.reviews.queries import load_requests
from tests.conftest import SignIn
from tests.make.households import actor, post_household
from tests.make.recognitions import recognise

GROUND, REASON = "chủ hộ bị liệt", "vợ ốm nặng"


@pytest.fixture
def home(sign_in: SignIn) -> str:
    made: str = post_household(sign_in("truc-thai"), no_labour_capacity=True, no_labour_capacity_ground=GROUND)["id"]
    return made


def test_the_ground_is_withheld_in_records_lists_and_history(sign_in: SignIn, home: str) -> None:
    address = f"/api/v1/households/{home}"
    change = {"no_labour_capacity_ground": "bị tai biến", "phone": "1"}
    changed = sign_in("truc-thai").patch(address, json=change, headers={"If-Match": '"1"'})
    assert (changed.json()["no_labour_capacity_ground"], changed.json()["withheld"]) == ("bị tai biến", [])
    for who, ground, withheld in (
        ("truc-thai", "bị tai biến", []),
        ("xom-1", "bị tai biến", []),
        ("truc-ninh", None, ["no_labour_capacity_ground"]),
    ):
        one, listed = sign_in(who).get(address).json(), sign_in(who).get("/api/v1/households").json()["items"][0]
        for record in (one, listed):
            assert (record["no_labour_capacity_ground"], record["withheld"]) == (ground, withheld), who
            assert record["no_labour_capacity"] is True
        latest, first = sign_in(who).get(f"{address}/history").json()["items"]
        assert [v["withheld"] for v in (latest, first)] == [withheld, withheld], who
        assert [v["change"].get("no_labour_capacity_ground") for v in (latest, first)] == (
            [None, None] if withheld else [[GROUND, ground], [None, GROUND]]
        )
        assert latest["change"]["phone"] == [None, "1"]


def test_the_reason_of_a_request_is_withheld(sign_in: SignIn, home: str) -> None:
    body = {"household_id": home, "kind": "review", "received_on": "2024-03-18", "reason": REASON}
    made = sign_in("truc-thai").post("/api/v1/requests", json=body).json()
    assert (made["reason"], made["withheld"]) == (REASON, [])
    for who, reason, withheld in (("chu-tich", REASON, []), ("truc-ninh", None, ["reason"])):
        one = sign_in(who).get(f"/api/v1/requests/{made['id']}").json()
        listed = sign_in(who).get("/api/v1/requests").json()["items"][0]
        assert [(r["reason"], r["withheld"]) for r in (one, listed)] == [(reason, withheld)] * 2, who


def test_the_feed_of_another_system_tells_neither(sign_in: SignIn, session: Session, home: str) -> None:
    body = {"household_id": home, "kind": "review", "received_on": "2024-03-18", "reason": REASON}
    paper = sign_in("truc-thai").post("/api/v1/requests", json=body).json()["id"]
    for who, right in (("he-thong", Permission.changes_read), ("truc-ninh", Permission.changes_read)):
        reader = narrowed(actor(who), right)
        _, household = load_households(session, reader, [UUID(home)])[UUID(home)]
        _, request = load_requests(session, reader, [UUID(paper)])[UUID(paper)]
        assert (household["no_labour_capacity_ground"], household["withheld"]) == (None, ["no_labour_capacity_ground"])
        assert (request["reason"], request["withheld"]) == (None, ["reason"])
    _, own = load_households(session, narrowed(actor("xom-1"), Permission.households_read), [UUID(home)])[UUID(home)]
    assert own["no_labour_capacity_ground"] == GROUND


def test_the_bank_reads_no_class_of_a_household_it_may_not_list(sign_in: SignIn, session: Session, home: str) -> None:
    poor = post_household(sign_in("truc-thai"))["id"]
    recognise(session, UUID(poor), "poor", date(2023, 1, 1))
    recognise(session, UUID(home), "near_poor", date(2018, 1, 1), date(2019, 1, 1))
    recognise(session, UUID(home), "not_poor", date(2019, 1, 1))
    session.commit()

    def seen(who: str, **asked: str) -> set[str]:
        items = sign_in(who).get("/api/v1/recognitions", params=asked).json()["items"]
        return {item["household_id"] for item in items}

    assert {h["id"] for h in sign_in("ngan-hang").get("/api/v1/households").json()["items"]} == {poor}
    assert seen("ngan-hang") == seen("ngan-hang", as_of="2024-01-01") == {poor}
    assert seen("ngan-hang", household_id=home) == set()
    assert seen("truc-thai") == seen("mat-tran") == {poor, home}
