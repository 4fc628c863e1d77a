"""A record that moved to another commune: who is there now decides about late work on it, who was there sees that."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, text

from api.areas.tables import area_id
from tests.make import sheets, tablets
from tests.make.interventions import serving
from tests.make.tablets import delivery, household, member, push, submission

SignIn = Callable[[str], httpx.Client]
ELSEWHERE = str(area_id("14071-01"))


@pytest.fixture
def home(sign_in: SignIn, engine: Engine) -> dict[str, Any]:
    sent = submission("household", household(phone="1", note="cũ", address="a"))
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), sent)
    return sent


def moved(sign_in: SignIn, session: Session, home: dict[str, Any]) -> None:
    """By the commune's own command, so that history and feed know of it."""
    answer = sign_in("truc-thai").get(f"/api/v1/households/{home['id']}")
    body = {"hamlet_id": ELSEWHERE, "moved_on": "2024-09-02"}
    answer = sign_in("truc-thai").post(
        f"/api/v1/households/{home['id']}/move", json=body, headers={"If-Match": answer.headers["ETag"]}
    )
    assert answer.status_code == 200, answer.text


def resolution(client: httpx.Client, conflict_id: str, **body: Any) -> httpx.Response:
    return client.post(f"/sync/v1/conflicts/{conflict_id}/resolution", json={"reason": "đã hỏi", **body})


def clash(sign_in: SignIn, engine: Engine, home: dict[str, Any]) -> str:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    theirs = submission("household", {"phone": "2", "note": "xã"}, base=1, record=home["id"])
    push(officer, tablets.enrolled(engine, "truc-thai"), theirs)
    late = submission("household", {"phone": "3", "note": "xóm", "address": "b"}, base=1, record=home["id"])
    (told,) = push(surveyor, tablets.enrolled(engine, "xom-3"), late)
    assert told["outcome"] == "conflict"
    return str(told["conflict_id"])


def test_late_work_is_decided_where_the_record_stands_now(
    sign_in: SignIn, engine: Engine, session: Session, home: dict[str, Any]
) -> None:
    moved(sign_in, session, home)
    device = tablets.enrolled(engine, "xom-3")
    late = submission("household", {"phone": "9"}, base=1, record=home["id"])
    person = submission("member", member(home["id"]), seq=2)
    assert [o["outcome"] for o in push(sign_in("xom-3"), device, late, person)] == ["held", "held"]
    other = sign_in("truc-thai").post("/api/v1/households", json=household()).json()["id"]
    for sent in (late, person):
        path = f"/sync/v1/submissions/{sent['submission_id']}/retry"
        assert sign_in("truc-thai").post(path).json()["outcome"] == "held"
        put = {"data": member(other), "reason": "sang hộ khác"}
        repaired = sign_in("truc-thai").post(path.replace("retry", "repair"), json=put)
        assert (repaired.status_code, repaired.json()["type"]) == (409, "/problems/conflict")
        answer = sign_in("truc-dai").post(path)
        assert (answer.status_code, answer.json()["outcome"]) in ((200, "applied"), (200, "merged")), answer.text
    there = sign_in("truc-dai").get(f"/api/v1/households/{home['id']}").json()
    assert there["phone"] == "9"


def test_a_conflict_follows_its_record(sign_in: SignIn, engine: Engine, session: Session, home: dict[str, Any]) -> None:
    conflict = clash(sign_in, engine, home)
    assert resolution(sign_in("truc-dai"), conflict, choice="device").status_code == 404
    moved(sign_in, session, home)
    (left,) = sign_in("truc-thai").get("/sync/v1/conflicts").json()
    assert (left["handed_over"], left["fields"]) == (True, {"phone": None, "note": None})
    refused = resolution(sign_in("truc-thai"), conflict, choice="device")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    (here,) = sign_in("truc-dai").get("/sync/v1/conflicts").json()
    assert (here["handed_over"], here["fields"]["phone"]["device"]) == (False, "3")
    assert resolution(sign_in("truc-dai"), conflict, choice="device").json()["phone"] == "3"
    assert sign_in("truc-dai").get("/sync/v1/conflicts").json() == []
    assert session.execute(text("SELECT outcome FROM sync_submission WHERE outcome = 'conflict'")).all() == []


def test_why_it_was_decided_so_is_told_where_the_record_stands(
    sign_in: SignIn, engine: Engine, session: Session, home: dict[str, Any]
) -> None:
    conflict = clash(sign_in, engine, home)
    moved(sign_in, session, home)
    why = {"choice": "device", "reason": "chủ hộ mới là bà Lan, 0999"}
    assert resolution(sign_in("truc-dai"), conflict, **why).status_code == 200
    told = [sign_in(who).get("/sync/v1/conflicts?state=resolved").json() for who in ("truc-thai", "truc-dai")]
    assert [(one["handed_over"], one["choice"], one["reason"]) for (one,) in told] == [
        (True, None, None),
        (False, *why.values()),
    ]


@pytest.mark.parametrize(
    "values", [{}, {"phone": "4"}, {"phone": "4", "note": "x", "land_area": 3}, {"phone": "4", "note": "x", "\x00": 1}]
)
def test_an_officers_values_name_what_clashed_and_nothing_that_was_not_sent(
    values: dict[str, Any], sign_in: SignIn, engine: Engine, home: dict[str, Any]
) -> None:
    conflict = clash(sign_in, engine, home)
    answer = resolution(sign_in("truc-thai"), conflict, choice="values", values=values)
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, ["#/values"])
    whole = {"phone": "4", "note": "x", "address": "c"}
    put = resolution(sign_in("truc-thai"), conflict, choice="values", values=whole)
    assert put.status_code == 200, put.text
    assert {name: put.json()[name] for name in whole} == whole


def test_late_work_on_one_that_was_merged_goes_with_the_one_it_was_merged_into(
    sign_in: SignIn, engine: Engine, session: Session, home: dict[str, Any]
) -> None:
    """It is the other commune's, as if it had moved itself: who was there reads no more of it and declines nothing."""
    old, new, device = sign_in("truc-thai"), sign_in("truc-dai"), tablets.enrolled(engine, "xom-3")
    double = submission("household", household())
    push(sign_in("xom-3"), device, double)
    merged = {"survivor_id": home["id"], "absorbed_id": double["id"]}
    assert old.post("/api/v1/households/merge", json=merged).status_code == 200
    moved(sign_in, session, home)
    late = submission("household", {"phone": "9"}, seq=2, base=1, record=double["id"])
    person = submission("member", member(double["id"]), seq=3)
    assert [o["outcome"] for o in push(sign_in("xom-3"), device, late, person)] == ["held", "held"]
    assert [one["handed_over"] for one in old.get("/sync/v1/submissions/waiting").json()["items"]] == [True, True]
    for sent in (late, person):
        path = f"/sync/v1/submissions/{sent['submission_id']}"
        assert (old.get(path).json()["data"], new.get(path).json()["data"]) == (None, sent["data"])
        assert old.post(f"{path}/refusal", json={"reason": "lạ"}).status_code == 409
        assert new.post(f"{path}/retry").json()["result"] == {"merged_into": home["id"]}
        seen = old.get(path).json()
        assert (seen["handed_over"], seen["data"], seen["result"]) == (True, None, None)


def test_why_it_was_refused_there_is_not_told_to_whom_it_has_left(
    sign_in: SignIn, engine: Engine, session: Session, home: dict[str, Any]
) -> None:
    """Somebody there had handed it over already: when, and to which delivery, is no longer the first surveyor's."""
    old, new, surveyor = sign_in("truc-thai"), sign_in("truc-dai"), sign_in("xom-3")
    device, under = tablets.enrolled(engine, "xom-3"), serving(engine)
    sheets.drawn_up(old, under, [home["id"]], amount_vnd=175_000)
    moved(sign_in, session, home)
    late = submission("delivery", delivery(home["id"], under), seq=2)
    assert push(surveyor, device, late)[0]["outcome"] == "held"
    given = new.post("/api/v1/deliveries", json={"deliveries": [delivery(home["id"], under)]})
    assert given.status_code == 201, given.text
    decided = new.post(f"/sync/v1/submissions/{late['submission_id']}/retry").json()
    assert decided["problem"]["type"] == "/problems/already-delivered"
    (receipt,) = push(surveyor, device, late)
    (asked,) = surveyor.get("/sync/v1/submissions", params={"device_id": device, "after_seq": 1}).json()["items"]
    for told in (receipt, asked):
        assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/already-delivered")
        assert given.json()["items"][0]["id"] not in str(told)
        assert told["problem"]["detail"] == told["problem"]["title"]
