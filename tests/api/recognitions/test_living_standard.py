"""The third path: a request, an income sheet against the bounds, five working days at the commune office, perhaps a
complaint and a second measuring, the chair's decision; no meeting. It stands beside the class."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.recognitions.living_standard import open_case
from api.recognitions.living_standard_law import known_bounds
from api.recognitions.living_standard_rules import bounds_on, verdict
from api.recognitions.living_standard_schemas import CaseIn
from tests.make.decisions import DECISIONS, decide, people, ready_round, sign
from tests.make.recognitions import recognise
from tests.make.reviews import acting, household

SignIn = Callable[[str], httpx.Client]
CASES = "/api/v1/living-standard-cases"
AGRI, WORKER = "agri_average_living_standard", "low_income_worker"
SHEET = {"income_per_head_vnd": 1_950_000, "works_in_agriculture": True, "measured_on": "2024-10-16"}
COMPLAINT = {"complainant": "Trần Thị Hàng Xóm", "received_on": "2024-10-21", "content": "Còn có cửa hàng"}


@pytest.mark.parametrize(
    ("kind", "area", "income", "farms", "poverty_class", "qualifies", "reasons"),
    [
        (AGRI, "rural", 1_500_001, True, None, True, ()),
        (AGRI, "rural", 1_500_000, True, None, False, ("income_not_above_line",)),
        (AGRI, "rural", 2_250_000, True, "not_poor", True, ()),
        (AGRI, "rural", 2_250_001, True, None, False, ("income_above_bound",)),
        (AGRI, "urban", 3_000_000, True, None, True, ()),
        (AGRI, "urban", 3_000_001, True, None, False, ("income_above_bound",)),
        (AGRI, "urban", 2_000_000, True, None, False, ("income_not_above_line",)),
        (AGRI, "rural", 2_000_000, False, None, False, ("not_in_agriculture",)),
        (AGRI, "rural", 2_000_000, None, None, None, ("agriculture_unknown",)),
        (AGRI, "rural", None, None, None, None, ("not_measured", "agriculture_unknown")),
        (AGRI, "rural", 2_000_000, True, "poor", False, ("household_is_poor",)),
        (AGRI, "rural", 9_000_000, False, "near_poor", False,
         ("household_is_poor", "income_above_bound", "not_in_agriculture")),
        (WORKER, "rural", 800_000, None, None, True, ()),
        (WORKER, "rural", 2_250_000, None, None, True, ()),
        (WORKER, "rural", 2_250_001, None, None, False, ("income_above_bound",)),
        (WORKER, "rural", 800_000, None, "near_poor", False, ("household_is_poor",)),
        (WORKER, None, 800_000, None, None, None, ("bounds_unknown",)),
    ],
)  # fmt: skip
def test_what_the_sheet_says_against_the_bounds(
    session: Session, kind: str, area: str | None, income: int | None, farms: bool | None, poverty_class: str | None,
    qualifies: bool | None, reasons: tuple[str, ...],
) -> None:  # fmt: skip
    found = verdict(kind, bounds_on(known_bounds(session), date(2024, 10, 16), area), income, farms, poverty_class)
    assert (found.qualifies, found.reasons) == (qualifies, reasons)


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2027, 1, 1)])
def test_bounds_of_other_years_are_not_invented(session: Session, day: date) -> None:
    assert bounds_on(known_bounds(session), day, "rural") is None


@pytest.fixture
def home(session: Session) -> UUID:
    found = household(session)
    people(session, found, 2)
    session.commit()
    return found


def asked(client: httpx.Client, home: UUID, kind: str = AGRI) -> dict[str, Any]:
    """What opens a case, with the request (Mẫu 01) it rests on."""
    paper = {"household_id": str(home), "kind": "average_living_standard", "received_on": "2024-10-10"}
    request_id = client.post("/api/v1/requests", json=paper).json()["id"]
    return {"request_id": request_id, "household_id": str(home), "kind": kind}


def opened(client: httpx.Client, home: UUID, kind: str = AGRI, **more: Any) -> dict[str, Any]:
    answer = client.post(CASES, json=asked(client, home, kind) | more)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def step(client: httpx.Client, case: dict[str, Any], name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = client.post(f"{CASES}/{case['id']}/{name}", json=body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def refused(
    client: httpx.Client, case: dict[str, Any], name: str, body: dict[str, Any] | None = None
) -> tuple[int, str]:
    answer = client.post(f"{CASES}/{case['id']}/{name}", json=body)
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def cleared(sign_in: SignIn, case: dict[str, Any]) -> dict[str, Any]:
    """Measured by the hamlet, posted in October 2024 and over."""
    step(sign_in("xom-3"), case, "income", SHEET)
    step(sign_in("truc-thai"), case, "posting", {"posted_on": "2024-10-17"})
    return step(sign_in("truc-thai"), case, "ending")


def prepared(officer: httpx.Client, *cases: dict[str, Any]) -> dict[str, Any]:
    body = {"kind": "living_standard", "living_standard_case_ids": [case["id"] for case in cases]}
    answer = officer.post(DECISIONS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def in_force(client: httpx.Client, day: str) -> list[tuple[str, str]]:
    found = client.get("/api/v1/living-standard-recognitions", params={"as_of": day}).json()["items"]
    return [(item["household_id"], item["kind"]) for item in found]


def test_a_case_goes_from_the_sheet_to_the_recognition(sign_in: SignIn, home: UUID) -> None:
    officer, chair, surveyor = sign_in("truc-thai"), sign_in("chu-tich"), sign_in("xom-3")
    case = opened(surveyor, home)
    assert (case["stage"], case["qualifies"], case["reasons"]) == (
        "requested", None, ["not_measured", "agriculture_unknown"],
    )  # fmt: skip
    case = step(surveyor, case, "income", SHEET | {"worksheet": {"lua": 40_000_000}})
    assert (case["stage"], case["qualifies"], case["income_up_to_vnd"]) == ("measured", True, 2_250_000)
    assert (case["bounds_verified"], "07/2021" in case["bounds_source"]) == (False, True)
    case = step(surveyor, case, "posting", {"posted_on": "2024-10-17"})
    assert (case["stage"], case["posted_until"]) == ("posted", "2024-10-24")
    assert step(officer, case, "ending")["stage"] == "cleared"
    made = prepared(officer, case)
    assert (made["totals"]["living_standard"], made["round_id"], made["left_out"]) == (1, None, [])
    assert in_force(officer, "2024-10-25") == []
    signed = sign(chair, made["id"], "98/QĐ-UBND", "2024-10-25")
    assert (signed.status_code, signed.json()["state"]) == (200, "signed"), signed.text
    assert in_force(officer, "2024-10-25") == [(str(home), AGRI)]
    assert in_force(officer, "2024-10-24") == []
    done = officer.get(f"{CASES}/{case['id']}").json()
    assert (done["stage"], done["decision_id"]) == ("recognised", made["id"])
    # no fourth class
    assert officer.get(f"/api/v1/households/{home}").json()["current_class"] is None


def test_a_posting_runs_its_days(sign_in: SignIn, home: UUID) -> None:
    officer, today = sign_in("truc-thai"), clock.today()
    case = step(officer, opened(officer, home), "income", SHEET)
    early = officer.post(f"{CASES}/{case['id']}/posting", json={"posted_on": "2024-10-15"})
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "#/posted_on")
    case = step(officer, case, "posting", {"posted_on": today.isoformat()})
    until = date.fromisoformat(case["posted_until"])
    assert until >= today + timedelta(days=5)  # five working days: of a Saturday or a Sunday no weekend lies between
    assert refused(officer, case, "ending") == (409, "illegal-stage")
    assert refused(officer, case, "income", SHEET) == (409, "illegal-stage")


def test_a_complaint_is_re_verified_by_somebody_else_and_posted_again(
    sign_in: SignIn, session: Session, home: UUID
) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    case = opened(officer, home)
    step(surveyor, case, "income", SHEET)
    step(officer, case, "posting", {"posted_on": "2024-10-17"})
    late = COMPLAINT | {"received_on": "2024-10-25"}
    assert refused(sign_in("mat-tran"), case, "complaint", late) == (409, "illegal-stage")
    assert step(sign_in("xom-3"), case, "complaint", COMPLAINT)["stage"] == "complained"
    again = SHEET | {"finding": "Cửa hàng là của người khác", "measured_on": "2024-10-23"}
    assert refused(surveyor, case, "re-verification", again) == (409, "separation-of-duties")
    found = step(officer, case, "re-verification", again | {"income_per_head_vnd": 2_100_000})
    assert (found["stage"], found["income_per_head_vnd"]) == ("re_verified", 2_100_000)
    session.rollback()
    row = session.execute(text("SELECT state, due_on, finding, holds FROM complaint")).one()
    # Monday 21 October: three working days
    assert tuple(row) == ("re_verified", date(2024, 10, 24), "Cửa hàng là của người khác", True)
    posted = step(officer, case, "posting", {"posted_on": "2024-10-24"})
    assert (posted["stage"], posted["posted_until"]) == ("posted", "2024-10-31")
    session.rollback()
    ends = session.execute(text("SELECT ended_on FROM posting ORDER BY posted_on")).scalars().all()
    assert ends == [clock.today(), None]


def test_what_does_not_qualify_is_not_posted_and_is_refused_in_writing(sign_in: SignIn, home: UUID) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    body = {"household_id": str(home), "kind": "average_living_standard", "received_on": "2024-10-10"}
    request_id = officer.post("/api/v1/requests", json=body).json()["id"]
    case = opened(officer, home, request_id=request_id)
    case = step(officer, case, "income", SHEET | {"income_per_head_vnd": 5_000_000})
    assert (case["qualifies"], case["reasons"]) == (False, ["income_above_bound"])
    answer = officer.post(f"{CASES}/{case['id']}/posting", json={"posted_on": "2024-10-17"})
    assert (answer.status_code, answer.json()["reasons"]) == (409, ["income_above_bound"])
    refusal = {"request_id": request_id, "reasons": "Thu nhập vượt mức quy định"}
    assert officer.post("/api/v1/refusals", json=refusal).status_code == 201
    signature = {"number": "3/TB", "signed_on": "2024-10-17", "signatory": "Chủ tịch"}
    address = f"/api/v1/refusals/{request_id}/signature"
    assert chair.post(address, json=signature, headers={"If-Match": '"1"'}).status_code == 200
    assert officer.get(f"{CASES}/{case['id']}").json()["stage"] == "refused"
    assert refused(officer, case, "income", SHEET) == (409, "illegal-stage")


def test_what_the_re_verification_finds_too_rich_is_refused_in_writing(sign_in: SignIn, home: UUID) -> None:
    officer, chair, surveyor = sign_in("truc-thai"), sign_in("chu-tich"), sign_in("xom-3")
    body = {"household_id": str(home), "kind": "average_living_standard", "received_on": "2024-10-10"}
    request_id = officer.post("/api/v1/requests", json=body).json()["id"]
    case = opened(officer, home, request_id=request_id)
    step(surveyor, case, "income", SHEET)
    step(officer, case, "posting", {"posted_on": "2024-10-17"})
    step(officer, case, "complaint", COMPLAINT)
    due = {"within_days": 0, "overdue": True}
    kinds = {one["kind"] for one in officer.get("/api/v1/deadlines", params=due).json()["items"]}
    assert "complaint_to_re_verify" in kinds
    again = SHEET | {"finding": "Có cửa hàng", "measured_on": "2024-10-23", "income_per_head_vnd": 5_000_000}
    assert step(officer, case, "re-verification", again)["qualifies"] is False
    kinds = {one["kind"] for one in officer.get("/api/v1/deadlines", params=due).json()["items"]}
    assert {"complaint_to_re_verify", "complaint_to_decide"}.isdisjoint(kinds)
    assert refused(officer, case, "posting", {"posted_on": "2024-10-24"}) == (409, "conflict")
    refusal = {"request_id": request_id, "reasons": "Thu nhập vượt mức quy định"}
    assert officer.post("/api/v1/refusals", json=refusal).status_code == 201
    signature = {"number": "3/TB", "signed_on": "2024-10-25", "signatory": "Chủ tịch"}
    address = f"/api/v1/refusals/{request_id}/signature"
    assert chair.post(address, json=signature, headers={"If-Match": '"1"'}).status_code == 200
    assert officer.get(f"{CASES}/{case['id']}").json()["stage"] == "refused"


def test_a_complaint_recorded_after_the_ending_holds_the_case_back(sign_in: SignIn, home: UUID) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    case = cleared(sign_in, opened(officer, home))
    made = prepared(officer, case)
    late = COMPLAINT | {"received_on": "2024-10-25"}
    assert refused(officer, case, "complaint", late) == (409, "illegal-stage")
    # it came on the last day of the posting; who registers it is not shown what the household earns
    told = step(sign_in("mat-tran"), case, "complaint", COMPLAINT | {"received_on": "2024-10-24"})
    assert (told.keys(), told["stage"]) == ({"id", "version", "stage"}, "complained")
    refusal = sign(chair, made["id"], "98/QĐ-UBND", "2024-10-25")
    assert (refusal.status_code, refusal.json()["type"]) == (409, "/problems/illegal-stage")
    assert in_force(officer, "2024-12-31") == []


def test_of_two_cases_opened_at_once_one_is_told_of_the_other(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer, answers = sign_in("truc-thai"), []
    body = asked(officer, home)
    open_case(session, acting("truc-thai"), CaseIn.model_validate(body), None)
    other = threading.Thread(target=lambda: answers.append(officer.post(CASES, json=body)))
    other.start()
    other.join(0.5)
    session.commit()
    other.join(10)
    assert [(one.status_code, one.json()["type"]) for one in answers] == [(409, "/problems/conflict")]


def test_a_worker_of_the_household_is_recognised_beside_it(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    worker = officer.get(f"/api/v1/households/{home}/members").json()["items"][1]["id"]
    for body in ({"kind": WORKER}, {"kind": AGRI, "member_id": worker}):
        answer = officer.post(CASES, json=asked(officer, home) | body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/member_id")
    stranger = officer.post(CASES, json=asked(officer, home, WORKER) | {"member_id": str(uuid4())})
    assert stranger.status_code == 404
    farm, case = opened(officer, home), opened(officer, home, WORKER, member_id=worker)
    second = officer.post(CASES, json=asked(officer, home, WORKER) | {"member_id": worker})
    assert (second.status_code, second.json()["type"]) == (409, "/problems/conflict")
    both = [cleared(sign_in, one) for one in (farm, case)]
    assert sign(chair, prepared(officer, *both)["id"], "98/QĐ-UBND", "2024-10-25").is_success
    assert sorted(in_force(officer, "2024-12-31")) == sorted([(str(home), AGRI), (str(home), WORKER)])


def test_who_becomes_poor_leaves_the_third_path(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    case = cleared(sign_in, opened(officer, home))
    assert sign(chair, prepared(officer, case)["id"], "98/QĐ-UBND", "2024-10-25").is_success
    round_id = ready_round(session, {home: "near_poor"})
    session.commit()
    decide(officer, chair, round_id, "112/QĐ-UBND", "2024-12-11")
    assert in_force(officer, "2024-12-10") == [(str(home), AGRI)]
    assert in_force(officer, "2024-12-11") == []


def test_a_decision_of_the_third_path_has_its_conditions(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    case = opened(officer, home)
    body = {"kind": "living_standard", "living_standard_case_ids": [case["id"]]}
    early = officer.post(DECISIONS, json=body)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/illegal-stage")
    assert officer.post(DECISIONS, json=body | {"living_standard_case_ids": [str(uuid4())]}).status_code == 404
    case = cleared(sign_in, case)
    made = prepared(officer, case)
    taken = officer.post(DECISIONS, json=body)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/conflict")
    assert officer.delete(f"{DECISIONS}/{made['id']}").status_code == 204
    made = prepared(officer, case)
    # poor by another decision since: what was prepared does not hold any more
    recognise(session, home, "poor", date(2024, 10, 1))
    session.commit()
    refusal = sign(chair, made["id"], "98/QĐ-UBND", "2024-10-25")
    assert (refusal.status_code, refusal.json()["living_standard_case_ids"]) == (409, [case["id"]])
    assert in_force(officer, "2024-12-31") == []


def _people(client: httpx.Client, home: UUID) -> list[str]:
    return [one["id"] for one in client.get(f"/api/v1/households/{home}/members").json()["items"]]


def test_opening_twice_opens_once_and_versions_are_heeded(sign_in: SignIn, home: UUID) -> None:
    officer, own = sign_in("truc-thai"), str(uuid4())
    same = asked(officer, home) | {"id": own}
    assert opened(officer, home, **same) == opened(officer, home, **same)
    used = officer.post(CASES, json=asked(officer, home, WORKER) | {"id": own, "member_id": str(uuid4())})
    assert used.json()["type"] == "/problems/already-exists"
    bodies = [asked(officer, home, WORKER) | {"member_id": str(i)} for i in _people(officer, home)]
    keyed = [officer.post(CASES, json=body, headers={"Idempotency-Key": "k-1"}) for body in bodies]
    assert [one.status_code for one in keyed] == [201, 409]
    assert keyed[1].json()["type"] == "/problems/idempotency-key-reused"
    stale = officer.post(f"{CASES}/{own}/income", json=SHEET, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    assert len(officer.get(CASES, params={"stage": "requested"}).json()["items"]) == 2
    assert officer.get(CASES, params={"stage": "posted"}).json()["items"] == []


def test_each_reaches_the_cases_of_their_areas(sign_in: SignIn, home: UUID) -> None:
    case = opened(sign_in("truc-thai"), home)
    seen = {
        who: len(sign_in(who).get(CASES).json()["items"])
        for who in ("truc-ninh", "truc-thai", "chu-tich", "xom-3", "xom-4", "truc-dai")
    }
    assert seen == {"truc-ninh": 1, "truc-thai": 1, "chu-tich": 1, "xom-3": 1, "xom-4": 0, "truc-dai": 0}
    for who in ("xom-4", "truc-dai"):
        assert refused(sign_in(who), case, "income", SHEET) == (404, "not-found")
        assert sign_in(who).get(f"{CASES}/{case['id']}").status_code == 404
    for who in ("mat-tran", "ngan-hang"):
        assert sign_in(who).get(CASES).status_code == 403


def test_what_does_not_qualify_after_the_second_measuring_is_refused_in_writing(sign_in: SignIn, home: UUID) -> None:
    """It can neither be posted again nor stay where it is."""
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    paper = {"household_id": str(home), "kind": "average_living_standard", "received_on": "2024-10-10"}
    request_id = officer.post("/api/v1/requests", json=paper).json()["id"]
    case = opened(officer, home, request_id=request_id)
    step(sign_in("xom-3"), case, "income", SHEET)
    step(officer, case, "posting", {"posted_on": "2024-10-17"})
    step(officer, case, "complaint", COMPLAINT)
    rich = SHEET | {"finding": "Có cửa hàng", "measured_on": "2024-10-23", "income_per_head_vnd": 5_000_000}
    step(officer, case, "re-verification", rich)
    assert refused(officer, case, "posting", {"posted_on": "2024-10-24"}) == (409, "conflict")
    refusal = {"request_id": request_id, "reasons": "Thu nhập vượt mức quy định"}
    assert officer.post("/api/v1/refusals", json=refusal).status_code == 201
    signature = {"number": "3/TB", "signed_on": "2024-10-24", "signatory": "Chủ tịch"}
    address = f"/api/v1/refusals/{request_id}/signature"
    assert chair.post(address, json=signature, headers={"If-Match": '"1"'}).status_code == 200
    assert officer.get(f"{CASES}/{case['id']}").json()["stage"] == "refused"


def test_a_complaint_of_the_last_day_is_taken_after_the_posting_was_ended(sign_in: SignIn, home: UUID) -> None:
    """It came in time and is typed in later: the prepared decision does not go over it."""
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    case = cleared(sign_in, opened(officer, home))
    made = prepared(officer, case)
    early = sign(chair, made["id"], "98/QĐ-UBND", "2024-10-24")
    assert (early.status_code, early.json()["errors"][0]["code"]) == (422, "before_end_of_posting")
    assert refused(officer, case, "complaint", COMPLAINT | {"received_on": "2024-10-25"}) == (409, "illegal-stage")
    assert step(officer, case, "complaint", COMPLAINT | {"received_on": "2024-10-24"})["stage"] == "complained"
    answer = sign(chair, made["id"], "98/QĐ-UBND", "2024-10-25")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-stage")
    assert in_force(officer, "2024-12-31") == []
