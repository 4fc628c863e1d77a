"""What a round asks for beside the answers: off unless switched on, told to tablets; a position only where asked."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import tablets, walk
from tests.make.tablets import review

SignIn = Callable[[str], httpx.Client]
HERE = {"lat": 20.2841, "lon": 106.2193, "accuracy_m": 12}


def switch(client: httpx.Client, round_id: str, version: int, *evidence: str) -> httpx.Response:
    return client.patch(
        f"/api/v1/rounds/{round_id}", json={"evidence": list(evidence)}, headers={"If-Match": f'"{version}"'}
    )


def told(client: httpx.Client, round_id: str) -> Any:
    reference = client.get("/sync/v1/reference")
    return next(one["evidence"] for one in reference.json()["rounds"] if one["id"] == round_id)


def test_nothing_is_asked_for_unless_somebody_says_so(sign_in: SignIn, round_id: str) -> None:
    officer = sign_in("truc-thai")
    assert walk.prepared(officer)["evidence"] == []
    assert officer.get(f"/api/v1/rounds/{round_id}").json()["evidence"] == []
    assert told(sign_in("xom-3"), round_id) == []


def test_a_round_is_prepared_with_what_it_asks_for(sign_in: SignIn) -> None:
    made = walk.prepared(sign_in("truc-thai"), evidence=["signature", "photo", "photo"])
    assert made["evidence"] == ["photo", "signature"]


def test_the_officer_switches_it_on_and_off_while_the_round_runs_and_tablets_hear_of_it(
    sign_in: SignIn, session: Session, round_id: str
) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    before = surveyor.get("/sync/v1/reference").headers["etag"]
    on = switch(officer, round_id, 1, "position", "photo")
    assert (on.status_code, on.json()["evidence"], on.json()["version"]) == (200, ["photo", "position"], 2)
    assert surveyor.get("/sync/v1/reference").headers["etag"] != before
    assert told(surveyor, round_id) == ["photo", "position"]
    assert switch(officer, round_id, 1, "photo").status_code == 412
    assert switch(officer, round_id, 2).json()["evidence"] == []
    assert told(surveyor, round_id) == []
    kept = session.execute(
        text("SELECT detail ->> 'evidence' FROM audit_entry WHERE action = 'rounds.change' ORDER BY id")
    )
    assert list(kept.scalars()) == ['["photo", "position"]', "[]"]


def test_only_who_runs_the_round_switches(sign_in: SignIn, session: Session, round_id: str) -> None:
    assert switch(sign_in("xom-3"), round_id, 1, "photo").status_code == 403
    assert switch(sign_in("truc-dai"), round_id, 1, "photo").status_code == 404
    session.execute(text("UPDATE review_round SET stage = 'closed' WHERE id = :id"), {"id": round_id})
    session.commit()
    assert switch(sign_in("truc-thai"), round_id, 1, "photo").status_code == 409


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({}, "#"), ({"evidence": ["fingerprint"]}, "#/evidence/0"), ({"evidence": None}, "#/evidence"),
     ({"overdue_reason": None}, "#/overdue_reason")],
)  # fmt: skip
def test_a_change_that_says_nothing_or_nonsense_is_refused(
    sign_in: SignIn, round_id: str, body: dict[str, Any], pointer: str
) -> None:
    said = sign_in("truc-thai").patch(f"/api/v1/rounds/{round_id}", json=body, headers={"If-Match": '"1"'})
    assert (said.status_code, said.json()["errors"][0]["pointer"]) == (422, pointer)


def test_why_it_is_late_leaves_the_evidence_as_it_is(sign_in: SignIn, round_id: str) -> None:
    officer = sign_in("truc-thai")
    switch(officer, round_id, 1, "photo")
    late = officer.patch(f"/api/v1/rounds/{round_id}", json={"overdue_reason": "Bão"}, headers={"If-Match": '"2"'})
    assert (late.json()["overdue_reason"], late.json()["evidence"]) == ("Bão", ["photo"])
    again = switch(officer, round_id, 3)
    assert (again.json()["overdue_reason"], again.json()["evidence"]) == ("Bão", [])


def test_a_position_is_kept_only_where_the_round_asks_for_it(sign_in: SignIn, home: str, round_id: str) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    body = review(home, round_id, id=str(uuid4()), position=HERE)
    refused = officer.post("/api/v1/reviews", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/position")
    assert refused.json()["errors"][0]["code"] == "not_asked"
    switch(officer, round_id, 1, "position")
    made = officer.post("/api/v1/reviews", json=body)
    assert (made.status_code, made.json()["position"]) == (201, HERE)
    assert officer.post("/api/v1/reviews", json=body).json() == made.json()
    seen, _ = tablets.pull(surveyor)
    assert [one["data"]["position"] for one in seen if one["entity"] == "review"] == [HERE]


def test_a_tablet_in_the_field_may_go_on_as_it_was_told(sign_in: SignIn, home: str, round_id: str) -> None:
    officer = sign_in("truc-thai")
    switch(officer, round_id, 1, "position")
    switch(officer, round_id, 2)
    made = officer.post("/api/v1/reviews", json=review(home, round_id, position=HERE))
    assert (made.status_code, made.json()["position"]) == (201, HERE)


def test_who_sees_no_answers_sees_no_door(sign_in: SignIn, home: str, round_id: str) -> None:
    officer = sign_in("truc-thai")
    switch(officer, round_id, 1, "position")
    made = officer.post("/api/v1/reviews", json=review(home, round_id, position=HERE)).json()
    seen = sign_in("truc-ninh").get(f"/api/v1/reviews/{made['id']}").json()
    assert (seen["position"], seen["answers"]) == (None, None)
    assert "position" in seen["withheld"]
    assert sign_in("truc-dai").get(f"/api/v1/reviews/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"lat": 90.01}, "#/position/lat"), ({"lat": -91}, "#/position/lat"), ({"lon": 180.5}, "#/position/lon"),
        ({"accuracy_m": -1}, "#/position/accuracy_m"), ({"accuracy_m": 1e6}, "#/position/accuracy_m"),
        ({"lat": "20.2"}, "#/position/lat"), ({"lat": True}, "#/position/lat"), ({"lon": None}, "#/position/lon"),
        ({"address": "Xóm 3"}, "#/position/address"),
    ],
)  # fmt: skip
def test_a_place_that_is_none_is_refused_with_its_pointer(
    sign_in: SignIn, home: str, round_id: str, changed: dict[str, Any], pointer: str
) -> None:
    switch(sign_in("truc-thai"), round_id, 1, "position")
    body = review(home, round_id, position=HERE | changed)
    said = sign_in("truc-thai").post("/api/v1/reviews", json=body)
    assert (said.status_code, said.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_tablet_is_told_the_same(sign_in: SignIn, engine: Engine, home: str, round_id: str) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    sent = tablets.submission("review", review(home, round_id, position=HERE))
    (refused,) = tablets.push(surveyor, device, sent)
    assert (refused["outcome"], refused["problem"]["errors"][0]["pointer"]) == ("rejected", "#/position")
    switch(sign_in("truc-thai"), round_id, 1, "position")
    again = tablets.submission("review", review(home, round_id, position=HERE), seq=2)
    (taken,) = tablets.push(surveyor, device, again)
    assert taken["outcome"] == "applied"
