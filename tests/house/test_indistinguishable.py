"""Who knows an id of another area learns nothing by naming it: the answers are those for an id nobody has, byte for
byte but for the ids and the trace."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from mobile_sync.tablet_work import screening_of
from tests.house import trucs
from tests.make import interventions, tablets
from tests.make.procedure import complaint, minutes, posting
from tests.make.tablets import HAMLET, batch, delivery, household, member, push, request, review, screening, submission

SignIn = Callable[[str], httpx.Client]
VERSION = {"If-Match": '"1"'}
MOVE = {"hamlet_id": HAMLET[4], "moved_on": "2024-09-03"}
SPLIT = {"member_ids": ["{member_id}"], "id": "{new}"}
PERSON = {name: value for name, value in member("").items() if name != "household_id"}
# of a household that is not recognised: for the bank as if there were none
LOAN = {
    "household_id": "{absorbed_id}", "policy": "credit_poor", "purpose": "x", "amount_vnd": 1, "lent_on": "2024-05-10",
    "term_months": 12,
}  # fmt: skip
LOAN_LIST = {
    "hamlet_id": "{own_hamlet}", "group_name": "x", "drawn_up_on": "2024-05-06", "lines": [{
        "household_id": "{household_id}", "member_id": "{member_id}", "policy": "credit_poor", "purpose": "x",
        "amount_vnd": 1, "term_months": 12,
    }],
}  # fmt: skip
HEADCOUNT = {"total": 1}
RESOLUTION = {"choice": "device", "reason": "x"}

# who asks, method, address, body: {household_id} and its like are of xóm 3, then of nobody; {mine} is the asker's own
REST: list[tuple[str, str, str, Any]] = [
    *(("truc-dai", "GET", f"/api/v1/households/{{household_id}}{tail}", None) for tail in ("", "/history", "/members")),
    *(("truc-dai", "POST", f"/api/v1/households/{{household_id}}/{verb}", None)
      for verb in ("unmerge", "leave", "dissolve", "reopen")),
    ("truc-dai", "PATCH", "/api/v1/households/{household_id}", {"phone": "1"}),
    ("truc-dai", "PATCH", "/api/v1/households/{mine}", {"head_member_id": "{member_id}"}),
    ("truc-dai", "POST", "/api/v1/households/{household_id}/move", MOVE),
    ("truc-dai", "POST", "/api/v1/households/{household_id}/split", SPLIT),
    ("truc-dai", "POST", "/api/v1/households/{mine}/split", SPLIT),
    ("truc-dai", "POST", "/api/v1/households/merge", {"survivor_id": "{mine}", "absorbed_id": "{household_id}"}),
    ("truc-dai", "POST", "/api/v1/households/merge", {"survivor_id": "{household_id}", "absorbed_id": "{mine}"}),
    ("truc-dai", "POST", "/api/v1/households/{household_id}/members", PERSON),
    ("truc-dai", "GET", "/api/v1/households/{household_id}/members/{member_id}", None),
    ("truc-dai", "GET", "/api/v1/households/{mine}/members/{member_id}", None),
    ("truc-dai", "PATCH", "/api/v1/households/{mine}/members/{member_id}", {"pension": True}),
    ("truc-dai", "GET", "/api/v1/members/{member_id}", None),
    ("truc-dai", "GET", "/api/v1/members/{member_id}/history", None),
    ("truc-dai", "PATCH", "/api/v1/members/{member_id}", {"pension": True}),
    ("truc-dai", "PATCH", "/api/v1/members/{my_member}", {"household_id": "{household_id}"}),
    ("truc-dai", "GET", "/api/v1/requests/{request_id}", None),
    ("truc-dai", "GET", "/api/v1/requests?household_id={household_id}", None),
    ("truc-dai", "GET", "/api/v1/recognitions?household_id={household_id}", None),
    ("truc-dai", "PATCH", "/api/v1/requests/{request_id}", {"reason": "x"}),
    ("truc-dai", "POST", "/api/v1/requests",
     {"household_id": "{household_id}", "kind": "review", "received_on": "2024-09-02"}),
    ("truc-dai", "POST", "/api/v1/requests",
     {"household_id": None, "hamlet_id": "{hamlet_id}", "kind": "review", "received_on": "2024-09-02"}),
    ("truc-dai", "POST", "/api/v1/households", {"hamlet_id": "{hamlet_id}", "residence": "permanent"}),
    *(("truc-dai", "GET", address, None) for address in (
        "/api/v1/reviews/{review_id}", "/api/v1/reviews/{review_id}/explanation", "/api/v1/rounds/{round_id}/progress",
        "/api/v1/reviews?household_id={household_id}", "/api/v1/reviews?round_id={round_id}",
        "/api/v1/rounds/{round_id}/households", "/api/v1/rounds/{round_id}/rescoring",
        "/api/v1/requests/{request_id}/screening",
    )),
    *(("truc-dai", "GET", f"/api/v1/{address}", None) for address in (
        "meetings/{meeting_id}", "meetings?round_id={round_id}", "postings/{posting_id}", "postings/{posting_id}/list",
        "complaints/{complaint_id}", "complaints?household_id={household_id}", "opinions/{opinion_id}",
        "rounds/{round_id}/steps", "rounds/{round_id}/hamlets/{own_hamlet}/meeting-sheet",
        "rounds/{round_id}/hamlets/{hamlet_id}/meeting-sheet", "deadlines?round_id={round_id}",
        "recognition-decisions/{decision_id}", "recognition-decisions/{decision_id}/households",
        "recognition-decisions?round_id={round_id}", "movements?round_id={round_id}",
        "movements/households?round_id={round_id}&class=poor&column=closing", "certificates/{certificate_id}",
        "certificates?household_id={household_id}", "confirmation-letters/{letter_id}", "refusals/{request_id}",
        "living-standard-cases/{living_standard_id}", "living-standard-recognitions?household_id={household_id}",
        "requests/{request_id}/paper", "rounds/{round_id}/hamlets/{own_hamlet}/forms", "meetings/{meeting_id}/minutes",
        "postings/{posting_id}/paper", "complaints/{complaint_id}/paper", "opinions/{opinion_id}/paper",
        "recognition-decisions/{decision_id}/paper", "recognition-decisions/{decision_id}/certificates",
        "certificates/{certificate_id}/paper", "confirmation-letters/{letter_id}/paper", "refusals/{request_id}/paper",
    )),
    *(("truc-dai", "GET", f"/api/v1/{address}", None) for address in (
        "plan-items/{plan_item_id}", "budget-lines/{budget_line_id}", "commitments/{commitment_id}",
        "budget-lines?plan_item_id={plan_item_id}", "commitments?budget_line_id={budget_line_id}",
        "money-movements?commitment_id={commitment_id}", "money-movements?budget_line_id={budget_line_id}",
    )),
    ("truc-dai", "PATCH", "/api/v1/plan-items/{plan_item_id}", {"title": "x"}),
    ("truc-dai", "POST", "/api/v1/commitments",
     {"budget_line_id": "{budget_line_id}", "purpose": "x", "amount_vnd": 1}),
    *(("truc-dai", "GET", f"/api/v1/{address}", None) for address in (
        "loans/{loan_id}", "loans?household_id={household_id}", "loan-lists/{loan_list_id}",
        "loan-lists/{loan_list_id}/paper", "insurance-lists/{insurance_list_id}",
        "insurance-lists/{insurance_list_id}/lines", "insurance-lists/{insurance_list_id}/workbook",
    )),
    ("ngan-hang", "POST", "/api/v1/loans", LOAN),
    ("truc-dai", "POST", "/api/v1/loan-lists", LOAN_LIST),
    ("truc-dai", "POST", "/api/v1/loan-lists/{loan_list_id}/confirmation",
     {"number": "1", "confirmed_on": "2024-05-08"}),
    ("truc-dai", "POST", "/api/v1/insurance-lists/{insurance_list_id}/sending", {"sent_on": "2024-06-03"}),
    ("truc-dai", "PATCH", "/api/v1/insurance-lists/{insurance_list_id}/lines/1", {"card_no": "x"}),
    ("truc-dai", "DELETE", "/api/v1/insurance-lists/{insurance_list_id}", None),
    ("truc-dai", "POST", "/api/v1/meetings", minutes("{round_id}", hamlet_id="{own_hamlet}")),
    ("truc-dai", "POST", "/api/v1/meetings", minutes("{round_id}")),
    ("truc-dai", "POST", "/api/v1/postings", posting("{round_id}", hamlet_id="{own_hamlet}")),
    ("truc-dai", "POST", "/api/v1/complaints", complaint("{posting_id}", "{mine}")),
    ("truc-dai", "POST", "/api/v1/recognition-decisions", {"round_id": "{round_id}"}),
    ("truc-dai", "POST", "/api/v1/recognition-decisions",
     {"kind": "living_standard", "living_standard_case_ids": ["{living_standard_id}"]}),
    ("truc-dai", "DELETE", "/api/v1/recognition-decisions/{decision_id}", None),
    ("truc-dai", "POST", "/api/v1/confirmation-letters", {"household_id": "{household_id}", "as_of": "2024-01-01"}),
    ("truc-dai", "POST", "/api/v1/refusals", {"request_id": "{request_id}", "reasons": "x"}),
    ("truc-dai", "POST", "/api/v1/living-standard-cases",
     {"request_id": "{request_id}", "household_id": "{household_id}", "kind": "agri_average_living_standard"}),
    ("truc-dai", "POST", "/api/v1/living-standard-cases",
     {"request_id": "{request_id}", "household_id": "{mine}", "kind": "low_income_worker", "member_id": "{member_id}"}),
    ("truc-dai", "POST", "/api/v1/living-standard-cases/{living_standard_id}/income",
     {"income_per_head_vnd": 1, "measured_on": "2024-10-16"}),
    ("truc-dai", "POST", "/api/v1/rounds/{round_id}/consolidation", None),
    ("truc-dai", "POST", "/api/v1/rounds/{round_id}/closing", None),
    ("truc-dai", "POST", "/api/v1/reviews", review("{household_id}", "{round_id}")),
    ("truc-dai", "POST", "/api/v1/reviews", review("{mine}", "{round_id}")),
    ("truc-dai", "POST", "/api/v1/rounds/{round_id}/list", None),
    ("truc-dai", "POST", "/api/v1/rounds/{round_id}/households", {"household_id": "{mine}", "reason": "x"}),
    ("truc-dai", "POST", "/api/v1/rounds/{round_id}/households/{mine}/absence", {"reason": "x"}),
    ("truc-dai", "POST", "/sync/v1/submissions/{submission_id}/retry", None),
    ("truc-dai", "GET", "/sync/v1/submissions/{submission_id}", None),
    ("truc-dai", "POST", "/sync/v1/submissions/{submission_id}/repair", {"data": {"phone": "1"}, "reason": "x"}),
    ("truc-dai", "POST", "/sync/v1/submissions/{submission_id}/refusal", {"reason": "x"}),
    ("truc-dai", "POST", "/sync/v1/conflicts/{conflict_id}/resolution", RESOLUTION),
    ("truc-dai", "POST", "/sync/v1/devices/{device_id}/revoke", None),
    ("truc-dai", "POST", "/sync/v1/enrolments", {"hamlet_id": "{hamlet_id}"}),
    ("truc-dai", "POST", "/sync/v1/enrolments", {"username": "{username}"}),
    ("xom-td-1", "GET", "/sync/v1/submissions?device_id={device_id}", None),
    *((who, "GET", f"/api/v1/{address}", None) for who in ("truc-dai", "xom-4") for address in (
        "deliveries/{delivery_id}", "deliveries?household_id={household_id}", "signing-sheets/{sheet_id}",
        "attachments/{sha256}", "interventions/{intervention_id}", "needs?household_id={household_id}",
        "interventions/{intervention_id}/participants", "households/{household_id}/eligibility",
    )),
    ("xom-4", "GET", "/sync/v1/attachments/{sha256}", None),
    ("truc-dai", "POST", "/api/v1/deliveries/{delivery_id}/reversal", {"reason": "x"}),
    *(("xom-4", "POST", "/api/v1/deliveries", {"deliveries": [one]}) for one in (
        delivery("{household_id}", "{serving}"), delivery(None, "{intervention_id}", headcount=HEADCOUNT),
    )),
]  # fmt: skip

# entity, id, base version, data: what a tablet of another hamlet of the commune sends
SENT: list[tuple[str, str, int | None, dict[str, Any]]] = [
    ("member", "{new}", None, member("{household_id}")),
    ("member", "{my_member}", 1, {"household_id": "{household_id}"}),
    ("member", "{member_id}", 1, {"household_id": "{household_id}"}),
    ("member", "{member_id}", 1, {"household_id": "{mine}"}),
    ("member", "{member_id}", 1, {"pension": True}),
    ("request", "{new}", None, request("{household_id}")),
    ("request", "{request_id}", 1, {"reason": "x"}),
    ("request", "{request_id}", 1, {"household_id": "{mine}"}),
    ("screening", "{screening_id}", None, screening("{request_id}")),
    ("screening", "{new}", None, screening("{request_id}")),
    ("screening", "{screening_id}", 1, {"passed": False}),
    ("review", "{new}", None, review("{household_id}", "{round_id}")),
    ("review", "{review_id}", 1, {"b1_entered": 1}),
    ("household", "{household_id}", 1, {"phone": "1"}),
    ("household", "{household_id}", 1, {"hamlet_id": HAMLET[4]}),
    ("household", "{new}", None, household(4, head_member_id="{member_id}")),
    ("household", "{mine}", 1, {"head_member_id": "{member_id}"}),
    ("household", "{new}", None, {"hamlet_id": "{hamlet_id}", "residence": "permanent"}),
    ("delivery", "{new}", None, delivery("{household_id}", "{serving}")),
    ("delivery", "{new}", None, delivery("{mine}", "{intervention_id}")),
    ("delivery", "{new}", None, delivery("{mine}", "{serving}", member_id="{member_id}")),
    ("delivery", "{new}", None, delivery("{mine}", "{serving}", sheet_line_id="{sheet_line_id}")),
    ("delivery", "{new}", None, delivery("{absorbed_id}", "{serving}", sheet_line_id="{sheet_line_id}")),
    ("delivery", "{delivery_id}", 1, {"note": "x"}),
]


def filled(value: Any, ids: dict[str, str]) -> Any:
    written = json.dumps(value)
    for name, known in ids.items():
        written = written.replace("{" + name + "}", known)
    return json.loads(written)


def blind(answer: Any, ids: dict[str, str]) -> str:
    """The answer with every id replaced by the name of its place, and without the trace."""
    if isinstance(answer, dict):
        answer = {name: value for name, value in answer.items() if name != "trace_id"}
    written = json.dumps(answer, ensure_ascii=False)
    for name, known in ids.items():
        written = written.replace(known, "{" + name + "}")
    return written


def sides(session: Session, sign_in: SignIn, mine: str, my_member: str) -> tuple[dict[str, str], dict[str, str]]:
    known = trucs.make(session, sign_in("truc-thai"), sign_in("xom-3")).ids
    names = (
        "household_id", "member_id", "request_id", "submission_id", "conflict_id", "device_id", "hamlet_id",
        "review_id", "round_id", "meeting_id", "posting_id", "complaint_id", "opinion_id", "decision_id",
        "certificate_id", "letter_id", "living_standard_id", "plan_item_id", "budget_line_id", "commitment_id",
        "loan_id", "loan_list_id", "insurance_list_id", "intervention_id", "delivery_id", "sheet_id", "sheet_line_id",
        "absorbed_id",
    )  # fmt: skip
    sheet = sign_in("truc-thai").get(f"/api/v1/signing-sheets/{known['sheet_id']}").json()
    known["sheet_line_id"] = sheet["lines"][0]["id"]
    serving = interventions.intervention(session)
    session.commit()
    own = {"mine": mine, "my_member": my_member, "own_hamlet": str(area_id("14071-01")), "serving": str(serving)}
    foreign = {name: known[name] for name in names} | {"username": "xom-3"} | own
    nobody = {name: str(uuid4()) for name in names} | {"username": "khong-ai"} | own
    foreign["sha256"], nobody["sha256"] = known["sha256"], "0" * 64
    for one in (foreign, nobody):
        one |= {"new": str(uuid4()), "screening_id": screening_of(one["request_id"])}
    return foreign, nobody


@pytest.fixture
def pair(session: Session, sign_in: SignIn) -> tuple[dict[str, str], dict[str, str]]:
    officer = sign_in("truc-dai")
    hamlet = str(area_id("14071-01"))
    mine = officer.post("/api/v1/households", json={"hamlet_id": hamlet, "residence": "permanent"}).json()["id"]
    person = officer.post(f"/api/v1/households/{mine}/members", json=PERSON).json()["id"]
    return sides(session, sign_in, mine, person)


def test_over_rest(sign_in: SignIn, pair: tuple[dict[str, str], dict[str, str]]) -> None:
    for who, method, path, body in REST:
        answers = []
        for ids in pair:
            client = sign_in(who)
            version = VERSION if method == "PATCH" else {}
            if "head_member_id" in json.dumps(body) and "{mine}" in path:
                version = {"If-Match": f'"{client.get(filled(path, ids)).json()["version"]}"'}
            answer = client.request(method, filled(path, ids), json=filled(body, ids), headers=version)
            answers.append((answer.status_code, answer.json(), ids))
        (one, other) = answers
        if one[0] < 400 and method != "GET":
            assert one[0] == other[0], (method, path)  # a field that nobody checks: taken as it is
            continue
        assert (one[0], blind(one[1], one[2])) == (other[0], blind(other[1], other[2])), (method, path)


@pytest.mark.parametrize("case", SENT, ids=lambda case: f"{case[0]}-{case[2]}-{min(case[3])}")
def test_from_a_tablet(
    case: tuple[str, str, int | None, dict[str, Any]], sign_in: SignIn, engine: Engine, session: Session
) -> None:
    surveyor, device = sign_in("xom-4"), tablets.enrolled(engine, "xom-4")
    answers = []
    entity, record, base, data = case
    for place, pair_of in enumerate(sides(session, sign_in, "", "")):
        home = submission("household", household(4), seq=2 * place)
        person = submission("member", member(home["id"]), seq=2 * place + 1)
        push(surveyor, device, home, person)
        ids = pair_of | {"mine": home["id"], "my_member": person["id"]}
        sent = submission(entity, filled(data, ids), seq=10 + place, base=base, record=filled(record, ids))
        (outcome,) = push(surveyor, device, sent)
        push(surveyor, device)  # another contact: what waits is looked at again
        row = session.execute(
            text("SELECT outcome, attempts FROM sync_submission WHERE submission_id = :id"),
            {"id": sent["submission_id"]},
        ).one()
        answers.append((blind(outcome, ids | {"sent": sent["submission_id"]}), tuple(row)))
    assert answers[0] == answers[1]


def test_an_id_that_is_taken_is_refused_in_the_same_words_wherever_it_is_taken(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    surveyor, device = sign_in("xom-4"), tablets.enrolled(engine, "xom-4")
    home = submission("household", household(4))
    push(surveyor, device, home)
    known = trucs.make(session, sign_in("truc-thai"), sign_in("xom-3")).ids
    # my own with other content; another hamlet's; another kind of record
    bodies = [
        ("household", taken, household(4, phone="9"))
        for taken in (home["id"], known["household_id"], known["member_id"])
    ]
    bodies += [
        ("member", taken, member(home["id"])) for taken in (known["member_id"], known["household_id"], home["id"])
    ]
    bodies += [
        ("request", taken, request(home["id"])) for taken in (known["request_id"], known["member_id"], home["id"])
    ]
    problems = set()
    for place, (entity, taken, data) in enumerate(bodies):
        (outcome,) = push(surveyor, device, submission(entity, data, seq=20 + place, record=taken))
        assert outcome["outcome"] == "rejected", (entity, outcome)
        problems.add(json.dumps(outcome["problem"], sort_keys=True))
    assert len(problems) == 1


def test_what_waits_is_released_when_the_survivor_comes_back_and_not_across_areas(
    sign_in: SignIn, engine: Engine, session: Session
) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-4")
    mine, other = tablets.enrolled(engine, "xom-4"), tablets.enrolled(engine, "xom-3")
    goes, stays = submission("household", household(4)), submission("household", household(3))
    push(surveyor, mine, goes)
    push(sign_in("xom-3"), other, stays)
    merged = officer.post("/api/v1/households/merge", json={"survivor_id": stays["id"], "absorbed_id": goes["id"]})
    assert merged.status_code == 200
    person = submission("member", member(goes["id"]), seq=5)
    phone = submission("household", {"phone": "1"}, seq=6, base=1, record=goes["id"])
    held = push(surveyor, mine, person, phone)
    assert [(o["outcome"], o["waiting_for"]) for o in held] == [("held", goes["id"])] * 2
    assert stays["id"] not in json.dumps(held)
    before = surveyor.get("/sync/v1/submissions", params={"device_id": mine, "after_seq": 4}).json()
    push(sign_in("xom-3"), other, submission("household", household(3), seq=2))
    push(surveyor, mine)
    assert surveyor.get("/sync/v1/submissions", params={"device_id": mine, "after_seq": 4}).json() == before
    back = {"hamlet_id": HAMLET[4], "moved_on": "2024-09-03"}
    assert officer.post(f"/api/v1/households/{stays['id']}/move", json=back).status_code == 200
    push(surveyor, mine)
    released = push(surveyor, mine, person, phone)
    assert [o["outcome"] for o in released] == ["applied", "merged"]
    assert {o["result"]["merged_into"] for o in released} == {stays["id"]}


def test_what_names_a_foreign_alias_is_released_when_its_survivor_comes(sign_in: SignIn, engine: Engine) -> None:
    officer, surveyor, mine = sign_in("truc-thai"), sign_in("xom-4"), tablets.enrolled(engine, "xom-4")
    goes, stays = submission("household", household(3)), submission("household", household(3))
    push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), goes, stays)
    asked = {"survivor_id": stays["id"], "absorbed_id": goes["id"]}
    assert officer.post("/api/v1/households/merge", json=asked).status_code == 200
    person = submission("member", member(goes["id"]))
    assert push(surveyor, mine, person)[0]["waiting_for"] == goes["id"]
    back = {"hamlet_id": HAMLET[4], "moved_on": "2024-09-03"}
    assert officer.post(f"/api/v1/households/{stays['id']}/move", json=back).status_code == 200
    push(surveyor, mine)
    assert push(surveyor, mine, person)[0]["outcome"] == "applied"


def test_a_parent_that_comes_in_another_area_releases_nothing(sign_in: SignIn, engine: Engine) -> None:
    surveyor, mine = sign_in("xom-4"), tablets.enrolled(engine, "xom-4")
    foreign = submission("household", household(3))
    waiting = submission("member", member(foreign["id"]))
    push(surveyor, mine, waiting)
    asked = {"device_id": mine}
    before = surveyor.get("/sync/v1/submissions", params=asked).json()
    answer = sign_in("xom-3").post("/sync/v1/batches", json=batch(tablets.enrolled(engine, "xom-3"), [foreign]))
    assert answer.json()["outcomes"][0]["outcome"] == "applied"
    assert surveyor.get("/sync/v1/submissions", params=asked).json() == before
