"""What waits for an officer: who sees it, with which words, and what becomes of it when it is corrected or declined."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from mobile_sync.appliers import KINDS
from tests.make import tablets
from tests.make.rounds import listed
from tests.make.tablets import HAMLET, batch, household, member, push, request, review, submission
from tests.mobile_sync.test_intake import UNLEARNT, poison, unlearnt  # noqa: F401 (fixtures)

SignIn = Callable[[str], httpx.Client]
NUMBER = "036180012345"


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def waiting(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/sync/v1/submissions/waiting", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def decide(client: httpx.Client, sent: dict[str, Any], what: str, **body: Any) -> httpx.Response:
    return client.post(f"/sync/v1/submissions/{sent['submission_id']}/{what}", json={"reason": "đã gọi hỏi"} | body)


def history(client: httpx.Client, home: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/households/{home}/history")
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.usefixtures("poison", "unlearnt")
def test_the_list_names_who_sent_what_and_why_it_is_not_in_force(
    surveyor: httpx.Client, officer: httpx.Client, sign_in: SignIn, device: str, engine: Engine
) -> None:
    home = submission("household", household())
    push(surveyor, device, home)
    held = submission("household", {"phone": "1"}, seq=2, base=1)
    child = submission("member", member(str(area_id("14071-01"))), seq=3)
    failed = submission("household", household(note="độc"), seq=4)
    unknown = submission(UNLEARNT, {"quantity": 1}, seq=5)
    unlisted = submission("review", review(home["id"], listed(engine)), seq=6)
    wrong = submission("household", {"hamlet_id": HAMLET[3]}, seq=7)
    push(surveyor, device, held, child, failed, unknown, unlisted, wrong)
    seen = {item["submission_id"]: item for item in waiting(officer)}
    expected = [held, child, failed, unknown, unlisted]
    assert seen.keys() == {s["submission_id"] for s in expected}  # `wrong` is the tablet's to correct
    first = seen[held["submission_id"]]
    assert (first["username"], first["device_name"], first["device_id"]) == ("xom-3", "máy", device)
    assert (first["seq"], first["waiting_for"], first["handed_over"]) == (2, held["id"], False)
    said = [seen[s["submission_id"]]["why"] for s in expected]
    assert len({w["vi"] for w in said}) == len({w["en"] for w in said}) == len(expected)
    assert all(w["vi"] != w["en"] for w in said)
    assert seen[unlisted["submission_id"]]["problem"]["type"] == "/problems/not-in-round"
    kinds = {
        kind: {i["submission_id"] for i in waiting(officer, outcome=kind)}
        for kind in ("held", "quarantined", "rejected-retryable")
    }
    assert kinds == {
        "held": {held["submission_id"], child["submission_id"]},
        "quarantined": {failed["submission_id"], unknown["submission_id"]},
        "rejected-retryable": {unlisted["submission_id"]},
    }
    assert waiting(sign_in("truc-dai")) == []
    assert sign_in("xom-3").get("/sync/v1/submissions/waiting").status_code == 403


def test_what_an_older_server_did_not_know_is_tried_again_after_its_update(
    surveyor: httpx.Client, officer: httpx.Client, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = submission("household", household())
    paper = submission("request", request(home["id"]), seq=2)
    learnt = KINDS["request"]
    monkeypatch.delitem(KINDS, "request")
    _, refused = push(surveyor, device, home, paper)
    assert (refused["outcome"], refused["problem"]["type"]) == ("rejected", "/problems/unknown-entity")
    assert [error["pointer"] for error in refused["problem"]["errors"]] == ["#/entity"]
    (item,) = waiting(officer, outcome="rejected-retryable")
    assert item["submission_id"] == paper["submission_id"]
    address = f"/sync/v1/submissions/{paper['submission_id']}/retry"
    assert officer.post(address).json()["outcome"] == "rejected"
    monkeypatch.setitem(KINDS, "request", learnt)
    assert officer.post(address).json()["outcome"] == "applied"
    (told,) = push(surveyor, device, paper)
    assert (told["outcome"], told["version"], told["replayed"]) == ("applied", 1, True)
    assert waiting(officer) == []


def test_the_list_comes_in_pages(surveyor: httpx.Client, officer: httpx.Client, device: str) -> None:
    sent = [submission("household", {"phone": "1"}, seq=n, base=1) for n in range(7)]
    push(surveyor, device, *sent[:4])
    push(surveyor, device, *sent[4:])
    found: list[str] = []
    cursor = None
    for size in (3, 3, 1):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = officer.get("/sync/v1/submissions/waiting", params=query).json()
        found += [item["submission_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        assert len(page["items"]) == size
    assert cursor is None
    assert sorted(found) == sorted(s["submission_id"] for s in sent)
    refused = officer.get("/sync/v1/submissions/waiting", params={"cursor": "zzz"})
    assert refused.json()["type"] == "/problems/invalid-cursor"


def test_what_came_over_the_web_is_released_when_the_officer_looks_though_the_tablet_never_comes_back(
    surveyor: httpx.Client, officer: httpx.Client, device: str
) -> None:
    home = submission("household", household())
    push(surveyor, device, submission("household", {"phone": "7"}, base=1, record=home["id"]))
    officer.post(f"/sync/v1/devices/{device}/revoke")
    assert len(waiting(officer)) == 1
    officer.post("/api/v1/households", json={"id": home["id"], **household()})
    assert waiting(officer) == []
    assert officer.get(f"/api/v1/households/{home['id']}").json()["phone"] == "7"


def test_a_record_that_left_shows_no_values_where_it_was_and_all_of_them_where_it_is(
    surveyor: httpx.Client, officer: httpx.Client, sign_in: SignIn, device: str
) -> None:
    home = submission("household", household())
    push(surveyor, device, home)
    elsewhere = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-09-02"}
    assert officer.post(f"/api/v1/households/{home['id']}/move", json=elsewhere).status_code == 200
    late = submission("household", {"phone": "0911222333"}, seq=2, base=1, record=home["id"])
    child = submission("member", member(home["id"]), seq=3)
    push(surveyor, device, late, child)
    assert [i["handed_over"] for i in waiting(officer)] == [True, True]
    for sent in (late, child):
        there = officer.get(f"/sync/v1/submissions/{sent['submission_id']}").json()
        assert (there["handed_over"], there["data"]) == (True, None)
        declined = decide(officer, sent, "refusal")
        assert (declined.status_code, declined.json()["type"]) == (409, "/problems/conflict")
    now = sign_in("truc-dai")
    assert [i["handed_over"] for i in waiting(now)] == [False, False]
    assert now.get(f"/sync/v1/submissions/{late['submission_id']}").json()["data"] == {"phone": "0911222333"}
    assert decide(now, late, "refusal").json()["outcome"] == "rejected"


def test_a_foreign_record_is_no_other_to_the_officer_than_one_that_is_not_there(
    surveyor: httpx.Client, officer: httpx.Client, sign_in: SignIn, device: str, engine: Engine
) -> None:
    foreign = submission("household", {"hamlet_id": str(area_id("14071-01")), "residence": "permanent"})
    push(sign_in("truc-dai"), tablets.enrolled(engine, "truc-dai"), foreign)
    sent = [submission("household", {"phone": "1"}, seq=1, base=1, record=foreign["id"])]
    sent.append(submission("household", {"phone": "1"}, seq=1, base=1))
    push(surveyor, device, *sent)
    seen = []
    for one in sent:
        (item,) = [i for i in waiting(officer) if i["submission_id"] == one["submission_id"]]
        full = officer.get(f"/sync/v1/submissions/{one['submission_id']}").json()
        repaired = decide(officer, one, "repair", data={"phone": "2"})
        told = json.dumps([item, full, repaired.json() | {"trace_id": ""}])
        seen.append(told.replace(one["submission_id"], "S").replace(one["id"], "R"))
    assert seen[0] == seen[1]
    assert '"handed_over": true' not in seen[0]


def test_what_was_sent_is_shown_with_numbers_masked_and_the_read_is_noted(
    surveyor: httpx.Client, officer: httpx.Client, device: str, session: Session
) -> None:
    body = member(str(area_id("14071-01")), personal_id=NUMBER, occupation=f"CCCD {NUMBER}", birth_year=1980)
    sent = submission("member", body | {"wages": 1e999, "deep": [{"personal_id": 36180012345}], "half": "\ud800"})
    answer = surveyor.post(
        "/sync/v1/batches", content=json.dumps(batch(device, [sent])).replace("Infinity", "1e999").encode()
    )
    assert answer.status_code == 200
    path = f"/sync/v1/submissions/{sent['submission_id']}"
    in_full = officer.get(path)
    assert in_full.status_code == 200, in_full.text
    assert in_full.json()["data"]["personal_id"] == NUMBER
    noted = session.execute(
        text("SELECT actor, subject, subject_ids FROM audit_entry WHERE action = 'submissions.read'")
    )
    assert [(row.actor, row.subject, [str(i) for i in row.subject_ids]) for row in noted] == [
        ("truc-thai", "member", [sent["id"]])
    ]


def test_numbers_are_masked_wherever_they_stand() -> None:
    from mobile_sync.as_sent import shown

    sent = {
        "personal_id": NUMBER, "note": f"số {NUMBER}, cũ 161234567", "phone": "0911222333",
        "deep": [{"personal_id": 7}],
        NUMBER: 36180012345 * 10, "ok": True, "area": 1.5, "much": float("inf"), "half": "a\ud800",
    }  # fmt: skip
    told = json.dumps(shown(sent, numbers=False), ensure_ascii=False, allow_nan=False)
    assert NUMBER not in told
    assert "161234567" not in told
    assert "361800123450" not in told
    assert "0911222333" in told
    assert json.loads(told)["personal_id"] == "********2345"
    assert shown({"personal_id": NUMBER}, numbers=True) == {"personal_id": NUMBER}
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    assert len(json.dumps(shown({"a": deep}, numbers=True))) < 100


@pytest.mark.usefixtures("poison")
def test_a_quarantined_submission_is_corrected_and_what_waited_for_it_comes_with_it(
    surveyor: httpx.Client, officer: httpx.Client, sign_in: SignIn, device: str, session: Session
) -> None:
    home = submission("household", household(note="độc", phone="1"))
    person = submission("member", member(home["id"]), seq=2)
    failed, held = push(surveyor, device, home, person)
    assert (failed["outcome"], held["outcome"]) == ("quarantined", "held")
    before = session.execute(text("SELECT payload, digest FROM sync_submission ORDER BY seq")).all()
    assert decide(sign_in("truc-dai"), home, "repair", data=household()).status_code == 404
    unfit = decide(officer, home, "repair", data=household(land_area="x"))
    assert (unfit.status_code, unfit.json()["type"]) == (422, "/problems/invalid")
    assert push(surveyor, device, home)[0]["outcome"] == "quarantined"  # as it was
    answer = decide(officer, home, "repair", data=household(note="đã sửa", phone="2"))
    assert (answer.status_code, answer.json()["outcome"], answer.json()["version"]) == (200, "applied", 1)
    replayed = push(surveyor, device, home, person)
    assert [o["outcome"] for o in replayed] == ["applied", "applied"]
    assert replayed[0]["result"] == {"corrected_because": "đã gọi hỏi"}
    assert officer.get(f"/api/v1/households/{home['id']}").json()["note"] == "đã sửa"
    (made,) = history(officer, home["id"])
    assert (made["origin"], made["changed_by"], made["device_id"]) == ("web", made["changed_by"], device)
    assert made["submission_id"] == home["submission_id"]
    session.rollback()
    assert session.execute(text("SELECT payload, digest FROM sync_submission ORDER BY seq")).all() == before
    again = decide(officer, home, "repair", data=household())
    assert (again.status_code, again.json()["type"]) == (409, "/problems/illegal-stage")


def test_a_rejected_and_a_held_submission_are_corrected_too(
    surveyor: httpx.Client, officer: httpx.Client, device: str
) -> None:
    wrong = submission("household", {"hamlet_id": HAMLET[3]})
    orphan = submission("household", {"phone": "5"}, seq=2, base=3)
    push(surveyor, device, wrong, orphan)
    assert decide(officer, wrong, "repair", data=household(phone="4")).json()["outcome"] == "applied"
    missing = decide(officer, orphan, "repair", data={"phone": "5"})
    assert (missing.status_code, missing.json()["type"]) == (409, "/problems/conflict")
    made = decide(officer, orphan, "repair", data=household(phone="5"), base_version=None)
    assert (made.json()["outcome"], made.json()["version"]) == ("applied", 1)
    assert officer.get(f"/api/v1/households/{orphan['id']}").json()["phone"] == "5"
    strange = submission("weather", {}, seq=3)
    push(surveyor, device, strange)
    assert decide(officer, strange, "repair", data={}).json()["type"] == "/problems/illegal-stage"


def test_a_correction_on_an_old_version_overwrites_nobody(
    surveyor: httpx.Client, officer: httpx.Client, device: str, engine: Engine
) -> None:
    home = submission("household", household(phone="1", household_no="1"))
    taken = submission("household", household(household_no="2"), seq=2)
    push(surveyor, device, home, taken)
    bad = submission("household", {"phone": "2", "household_no": "2"}, seq=3, base=1, record=home["id"])
    assert push(surveyor, device, bad)[0]["outcome"] == "rejected"
    push(
        officer,
        tablets.enrolled(engine, "truc-thai"),
        submission("household", {"phone": "9"}, base=1, record=home["id"]),
    )
    clash = decide(officer, bad, "repair", data={"phone": "2"})
    assert (clash.status_code, clash.json()["type"]) == (409, "/problems/conflict")
    put = decide(officer, bad, "repair", data={"phone": "2"}, base_version=2)
    assert (put.status_code, put.json()["outcome"], put.json()["version"]) == (200, "applied", 3)


@pytest.mark.usefixtures("poison")
def test_what_cannot_be_corrected_under_a_merge_says_which_household_to_change(
    surveyor: httpx.Client, officer: httpx.Client, device: str
) -> None:
    goes, stays = (submission("household", household(phone=phone), seq=n) for n, phone in ((1, "0"), (2, "8")))
    failed = submission("household", {"phone": "2", "note": "độc"}, seq=3, base=1, record=goes["id"])
    told = push(surveyor, device, goes, stays, failed)
    assert told[2]["outcome"] == "quarantined"
    merge = {"survivor_id": stays["id"], "absorbed_id": goes["id"]}
    assert officer.post("/api/v1/households/merge", json=merge).is_success
    refused = decide(officer, failed, "repair", data={"phone": "2"})
    assert (refused.status_code, refused.json()["merged_into"]) == (409, stays["id"])
    assert decide(officer, failed, "repair", data={"address": "Ngõ 2"}).json()["outcome"] == "merged"
    assert officer.get(f"/api/v1/households/{stays['id']}").json()["phone"] == "8"


def test_a_declined_submission_tells_the_surveyor_why_and_is_declined_once(
    surveyor: httpx.Client, officer: httpx.Client, sign_in: SignIn, device: str, session: Session
) -> None:
    late = submission("household", {"phone": "5"}, base=3)
    push(surveyor, device, late)
    assert decide(sign_in("truc-dai"), late, "refusal").status_code == 404
    assert decide(officer, late, "refusal", reason="").status_code == 422
    answer = decide(officer, late, "refusal", reason="Hộ này xã bên đã nhập")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "rejected")
    (told,) = push(surveyor, device, late)
    assert (told["outcome"], told["replayed"], told["waiting_for"]) == ("rejected", True, None)
    assert told["problem"]["type"] == "/problems/superseded"
    assert told["problem"]["reason"] == "Hộ này xã bên đã nhập"
    assert all("Hộ này xã bên đã nhập" in told["problem"]["details"][language] for language in ("vi", "en"))
    assert waiting(officer) == []
    for what, body in (("refusal", {}), ("repair", {"data": household(), "base_version": None})):
        again = decide(officer, late, what, **body)
        assert (again.status_code, again.json()["type"]) == (409, "/problems/illegal-stage")
    made = officer.post("/api/v1/households", json={"id": late["id"], **household()})
    assert made.status_code == 201
    push(surveyor, device)
    assert officer.get(f"/api/v1/households/{late['id']}").json()["phone"] is None
    done = session.execute(text("SELECT action FROM audit_entry WHERE action LIKE 'submissions.%' ORDER BY id"))
    assert list(done.scalars()) == ["submissions.refuse", "submissions.list"]


def test_what_is_in_force_is_neither_corrected_nor_declined(
    surveyor: httpx.Client, officer: httpx.Client, device: str
) -> None:
    home = submission("household", household())
    push(surveyor, device, home)
    for what, body in (("refusal", {}), ("repair", {"data": household()})):
        answer = decide(officer, home, what, **body)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-stage")


def test_a_review_is_corrected_under_the_surveyors_name(
    surveyor: httpx.Client, officer: httpx.Client, device: str, engine: Engine, session: Session
) -> None:
    home = submission("household", household())
    push(surveyor, device, home)
    body = review(home["id"], listed(engine, home["id"]))
    wrong = submission("review", body | {"paper_no": None}, seq=2)
    assert push(surveyor, device, wrong)[0]["outcome"] == "rejected"
    answer = decide(officer, wrong, "repair", data=body)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "applied"), answer.text
    assert "proposed_class" in answer.json()["result"]
    by = session.execute(
        text("SELECT a.username FROM review r JOIN account a ON a.id = r.surveyor_id WHERE r.in_force")
    ).scalar_one()
    assert by == "xom-3"


def test_a_change_with_a_fault_around_its_data_is_corrected_on_the_version_it_named(
    surveyor: httpx.Client, officer: httpx.Client, device: str
) -> None:
    home = submission("household", household(phone="0"))
    faulty = submission("household", {"note": "mới"}, seq=2, base=1, record=home["id"]) | {"recorded_at": "hôm qua"}
    _, refused = push(surveyor, device, home, faulty)
    assert [error["pointer"] for error in refused["problem"]["errors"]] == ["#/recorded_at"]
    assert officer.get(f"/sync/v1/submissions/{faulty['submission_id']}").json()["base_version"] == 1
    repaired = decide(officer, faulty, "repair", data={"note": "mới"})
    assert (repaired.status_code, repaired.json()["outcome"], repaired.json()["version"]) == (200, "applied", 2)
    stored = officer.get(f"/api/v1/households/{home['id']}").json()
    assert (stored["note"], stored["phone"]) == ("mới", "0")
