"""People who act in the same moment: what waits is released once, a conflict is decided once, nobody's work is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync.tablet_work import screening_of
from tests.make import refusals, tablets, walk
from tests.make.households import hamlet, household_body
from tests.make.tablets import batch, household, member, pull, push, request, screening, submission
from tests.start.launching import eventually

SignIn = Callable[[str], httpx.Client]
Call = Callable[[], httpx.Response]
ROUNDS = 8
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def at_once(*calls: Call) -> list[httpx.Response]:
    """All calls in one moment. Who came off worst in a deadlock was told to come again, and does."""
    ready = Barrier(len(calls))

    def one(call: Call) -> httpx.Response:
        ready.wait()
        answer = call()
        while answer.status_code == 503:
            answer = call()
        return answer

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def sends(client: httpx.Client, device: str, *submissions: Any) -> Call:
    body = batch(device, list(submissions))
    return lambda: client.post("/sync/v1/batches", json=body)


def outcomes(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [told["outcome"] for told in answer.json()["outcomes"]]


def look(engine: Engine, query: str, **values: Any) -> list[Any]:
    with Session(engine) as session:
        return list(session.execute(text(query), values).all())


def versions(engine: Engine, record: str) -> list[int]:
    rows = look(engine, "SELECT version FROM record_version WHERE record_id = :id ORDER BY version", id=record)
    return [row[0] for row in rows]


def test_a_parent_from_two_tablets_at_once_releases_its_child_once(sign_in: SignIn, engine: Engine) -> None:
    surveyor = sign_in("xom-3")
    for _ in range(ROUNDS):
        one, two, third = (tablets.enrolled(engine, "xom-3") for _ in range(3))
        home = str(uuid4())
        child = submission("member", member(home))
        (held,) = push(surveyor, third, child)
        assert held["outcome"] == "held"
        parents = [submission("household", household(), record=home) for _ in range(2)]
        answers = at_once(sends(surveyor, one, parents[0]), sends(surveyor, two, parents[1]))
        assert [outcomes(answer) for answer in answers] == [["applied"], ["applied"]]
        assert versions(engine, home) == versions(engine, child["id"]) == [1]
        (row,) = look(
            engine,
            "SELECT outcome, version, waiting_for FROM sync_submission WHERE submission_id = :id",
            id=child["submission_id"],
        )
        assert tuple(row) == ("applied", 1, None)


def test_an_officers_retry_and_the_release_by_itself_apply_what_waited_once(sign_in: SignIn, engine: Engine) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    for _ in range(ROUNDS):
        device, home = tablets.enrolled(engine, "xom-3"), str(uuid4())
        child = submission("member", member(home))
        assert [told["outcome"] for told in push(surveyor, device, child)] == ["held"]
        made = officer.post("/api/v1/households", json=household_body(id=home, hamlet_id=hamlet(3)))
        assert made.status_code == 201, made.text
        retry = f"/sync/v1/submissions/{child['submission_id']}/retry"
        stored = {"device_id": device}
        answers = at_once(
            partial(officer.post, retry),
            partial(surveyor.get, "/sync/v1/submissions", params=stored),
            sends(surveyor, device, child),
            partial(officer.post, retry),
        )
        # who came too late is told that it is not waiting any more
        assert [answer.status_code in (200, 409) for answer in answers] == [True] * 4
        # who reads while another one is at it may still be told that it waits; afterwards nobody is
        assert answers[1].json()["items"][0]["outcome"] in ("held", "applied")
        assert outcomes(answers[2])[0] in ("held", "applied")
        assert outcomes(sends(surveyor, device, child)()) == ["applied"]
        assert versions(engine, child["id"]) == [1]


def test_one_conflict_decided_by_two_officers_at_once_is_decided_once(sign_in: SignIn, engine: Engine) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    for _ in range(ROUNDS):
        device = tablets.enrolled(engine, "xom-3")
        home = submission("household", household(phone="0"), seq=1)
        push(surveyor, device, home, submission("household", {"phone": "1"}, seq=2, base=1, record=home["id"]))
        late = submission("household", {"phone": "2"}, seq=3, base=1, record=home["id"])
        (told,) = push(surveyor, tablets.enrolled(engine, "xom-3"), late)
        path = f"/sync/v1/conflicts/{told['conflict_id']}/resolution"
        answers = at_once(
            *(
                lambda path=path, choice=choice: officer.post(path, json={"choice": choice, "reason": "đã hỏi"})
                for choice in ("device", "server", "device", "server")
            )
        )
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
        assert {a.json()["type"] for a in answers if a.status_code == 409} == {"/problems/illegal-stage"}
        phone = officer.get(f"/api/v1/households/{home['id']}").json()["phone"]
        (state, choice, outcome) = look(
            engine,
            "SELECT c.state, c.choice, s.outcome FROM sync_conflict c JOIN sync_submission s USING (submission_id)"
            " WHERE c.id = :id",
            id=told["conflict_id"],
        )[0]
        decided = ("resolved", "device", "merged") if phone == "2" else ("resolved", "server", "rejected")
        assert (state, choice, outcome) == decided
        assert versions(engine, home["id"]) == ([1, 2, 3] if phone == "2" else [1, 2])


def test_a_tablet_revoked_while_it_sends_keeps_what_was_acknowledged(sign_in: SignIn, engine: Engine) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    for _ in range(ROUNDS):
        device = tablets.enrolled(engine, "xom-3")
        homes = [submission("household", household(), seq=n) for n in range(6)]
        revoke = f"/sync/v1/devices/{device}/revoke"
        *answers, revoked = at_once(*(sends(surveyor, device, home) for home in homes), partial(officer.post, revoke))
        assert revoked.status_code == 200, revoked.text
        stored = {str(row[0]) for row in look(engine, "SELECT id FROM household")}
        for home, answer in zip(homes, answers, strict=True):
            assert answer.status_code in (200, 401)
            assert (home["id"] in stored) == (answer.status_code == 200)
        assert sends(surveyor, device, homes[0])().json()["type"] == "/problems/device-revoked"


def test_six_tablets_on_three_fields_of_one_household_keep_all_six_values(sign_in: SignIn, engine: Engine) -> None:
    surveyor = sign_in("xom-3")
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(6)]
    names = ("phone", "note", "address")
    for seq in range(1, ROUNDS + 1):
        home = submission("household", household(phone="0", note="0", address="0"), seq=seq)
        push(surveyor, devices[0], home)
        edits = [
            submission("household", {names[n % 3]: str(n + 1)}, seq=1000 + seq, base=1, record=home["id"])
            for n in range(6)
        ]
        answers = at_once(*(sends(surveyor, device, edit) for device, edit in zip(devices, edits, strict=True)))
        came = Counter(outcome for answer in answers for outcome in outcomes(answer))
        assert (came["applied"], came["merged"], came["conflict"]) == (1, 2, 3)
        (now,) = look(engine, "SELECT phone, note, address, version FROM household WHERE id = :id", id=home["id"])
        kept = look(
            engine,
            "SELECT s.value->>'device' FROM sync_conflict, jsonb_each(fields) s WHERE record_id = :id",
            id=home["id"],
        )
        assert sorted([*now[:3], *(row[0] for row in kept)]) == ["1", "2", "3", "4", "5", "6"]
        assert now.version == 4
        assert versions(engine, home["id"]) == [1, 2, 3, 4]


@pytest.mark.parametrize("goes_first", [True, False])
def test_two_households_become_one_while_tablets_write_on_both(
    goes_first: bool, sign_in: SignIn, engine: Engine
) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    devices = [tablets.enrolled(engine, "xom-3") for _ in range(4)]
    for seq in range(1, ROUNDS + 1):
        stays, goes = (submission("household", household(), seq=2 * seq + n) for n in (0, 1))
        push(surveyor, devices[0], stays, goes)
        edits = [
            submission("household", {"phone": "1"}, seq=100 + seq, base=1, record=stays["id"]),
            submission("household", {"note": "2"}, seq=100 + seq, base=1, record=goes["id"]),
            submission("member", member(stays["id"]), seq=100 + seq),
            submission("member", member(goes["id"]), seq=100 + seq),
        ]
        calls = [sends(surveyor, device, edit) for device, edit in zip(devices, edits, strict=True)]
        one = {"survivor_id": stays["id"], "absorbed_id": goes["id"]}
        merge = lambda one=one: officer.post("/api/v1/households/merge", json=one)  # noqa: E731
        answers = at_once(merge, *calls) if goes_first else at_once(*calls, merge)
        assert {answer.status_code for answer in answers} == {200}
        told = [outcomes(answer) for answer in answers if "outcomes" in answer.json()]
        assert {outcome for (outcome,) in told} <= {"applied", "merged"}
        rows = {
            str(row.id): row
            for row in look(
                engine,
                "SELECT id, phone, note, merged_into FROM household WHERE id = ANY(CAST(:ids AS uuid[]))",
                ids=[stays["id"], goes["id"]],
            )
        }
        assert str(rows[goes["id"]].merged_into) == stays["id"]
        assert rows[stays["id"]].phone == "1"
        assert "2" in (rows[stays["id"]].note, rows[goes["id"]].note)
        people = look(engine, "SELECT id FROM member WHERE household_id = :id", id=stays["id"])
        assert {str(row[0]) for row in people} == {edit["id"] for edit in edits[2:]}
        pulled = {change["id"]: change["data"] for change in pull(surveyor)[0]}
        assert goes["id"] not in pulled
        assert all(pulled[edit["id"]]["household_id"] == stays["id"] for edit in edits[2:])


def test_a_result_that_is_being_corrected_is_the_one_that_leads_onto_a_list(sign_in: SignIn, engine: Engine) -> None:
    """Whoever is screened out in the same moment is not put onto the list, where the result could not be corrected."""
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    home = submission("household", household())
    paper = submission("request", request(home["id"]), seq=2)
    push(surveyor, tablets.enrolled(engine, "xom-3"), home, paper)
    found = {"passed": True, "reason": "Nhà dột", "screened_on": "2024-09-05"}
    assert surveyor.post(f"/api/v1/requests/{paper['id']}/screening", json=found).status_code == 200
    round_id = walk.prepared(officer, year=2024, opens_on="2024-09-01", closes_on="2024-12-14")["id"]
    with Session(engine) as other, ThreadPoolExecutor(1) as pool:
        named = {"id": paper["id"]}
        other.execute(text("SELECT FROM request WHERE id = :id FOR UPDATE"), named)
        built = pool.submit(officer.post, f"/api/v1/rounds/{round_id}/list")
        eventually(lambda: look(engine, WAITING), "the list waits for whoever corrects the result")
        other.execute(text("UPDATE screening SET passed = false WHERE request_id = :id"), named)
        other.commit()
        told = built.result().json()
    assert (told["total"], [left["reason"] for left in told["left_out"]]) == (0, ["screened_out"])


@pytest.mark.parametrize("first", ["letter", "result"])
def test_a_refusal_is_signed_or_the_household_passes_and_never_both(
    first: str, sign_in: SignIn, engine: Engine
) -> None:
    """Whoever comes second sees what the first one wrote."""
    surveyor, chair, device = sign_in("xom-3"), sign_in("chu-tich"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household())
    paper = submission("request", request(home["id"]), seq=2)
    result = submission("screening", screening(paper["id"], passed=False), seq=3, record=screening_of(paper["id"]))
    push(surveyor, device, home, paper, result)
    assert refusals.prepare(sign_in("truc-thai"), paper["id"]).status_code == 201
    better = submission("screening", {"passed": True, "reason": "Nhà sập"}, seq=4, base=1, record=result["id"])
    letter: Call = lambda: refusals.sign(chair, paper["id"])  # noqa: E731
    calls = {"letter": letter, "result": sends(surveyor, device, better)}
    with Session(engine) as other, ThreadPoolExecutor(2) as pool:
        other.execute(text("SELECT FROM request WHERE id = :id FOR UPDATE"), {"id": paper["id"]})
        came: dict[str, Future[httpx.Response]] = {}
        for name in sorted(calls, key=lambda name: name != first):
            came[name] = pool.submit(calls[name])
            eventually(lambda: len(look(engine, WAITING)) == len(came), f"the {name} waits for the request")
        other.commit()
        signed, (outcome,) = came["letter"].result().status_code, outcomes(came["result"].result())
    assert (signed, outcome) == ((200, "rejected") if first == "letter" else (409, "applied"))
    told = surveyor.get(f"/api/v1/requests/{paper['id']}/screening").json()
    assert told["passed"] is (first == "result")
