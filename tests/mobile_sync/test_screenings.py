"""Phiếu A from tablets: one result of a request, waiting for it where it has not come, never overwritten unseen; the
rule of a form that has one decides, whoever sends what."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from mobile_sync.tablet import Tablet
from mobile_sync.tablet_work import screening_of
from tests.make import rounds, screening, tablets, walk
from tests.make.screening import FORM
from tests.make.tablets import HAMLET, household, pull, push, request, submission
from tests.make.tablets import screening as found
from tests.mobile_sync import test_tablet
from tests.mobile_sync.test_intake import Statements

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
tablet = test_tablet.tablet
SOUND = {"test_salary": True, "test_car": False, "test_house_unsafe": False}
UNSAFE = SOUND | {"test_house_unsafe": True}
OPEN = {"test_salary": False, "test_car": False, "test_house_unsafe": False}


@pytest.fixture
def home(surveyor: httpx.Client, device: str) -> str:
    sent = submission("household", household())
    push(surveyor, device, sent)
    return str(sent["id"])


@pytest.fixture
def paper(surveyor: httpx.Client, device: str, home: str) -> str:
    sent = submission("request", request(home), seq=2)
    push(surveyor, device, sent)
    return str(sent["id"])


def result(of_request: str, *, seq: int = 3, base: int | None = None, **more: Any) -> dict[str, Any]:
    data = found(of_request, **more) if base is None else more
    return submission("screening", data, seq=seq, base=base, record=screening_of(of_request))


def pointers(outcome: dict[str, Any]) -> set[str]:
    return {error["pointer"] for error in outcome["problem"]["errors"]}


def read(client: httpx.Client, request_id: str) -> Any:
    answer = client.get(f"/api/v1/requests/{request_id}/screening")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_a_tablet_found_is_read_by_the_officer_and_comes_back_after_its_request(
    tablet: Make, sign_in: SignIn
) -> None:
    one = tablet("a")
    home = one.create("household", household())
    paper = one.create("request", request(home))
    one.create("screening", found(paper), screening_of(paper))
    assert [told["outcome"] for told in one.push()] == ["applied"] * 3
    told = read(sign_in("truc-thai"), paper)
    assert (told["passed"], told["reason"], told["screened_by"], told["by_rule"]) == (
        True,
        "Nhà dột, mất việc",
        "xom-3",
        False,
    )
    two = tablet("b")
    two.pull()
    pulled = two.storage.pulled(screening_of(paper))
    assert pulled is not None
    assert (pulled.entity, pulled.version, pulled.data["request_id"]) == ("screening", 1, paper)
    assert pulled.data.keys() == told.keys() - {"id", "version", "recorded_at"}
    entities = [change["entity"] for change in pull(sign_in("xom-3"))[0]]
    assert entities.index("request") < entities.index("screening")
    compared = two.verify()
    assert (compared.compared > 0, compared.repaired, compared.differing) == (True, [], []), "the digests count it too"
    sign_in("truc-thai").post(f"/api/v1/requests/{paper}/screening", json={
        "passed": False, "reason": "Đã xác minh", "screened_on": "2024-09-06"})  # fmt: skip
    two.pull()
    again = two.storage.pulled(screening_of(paper))
    assert again is not None
    assert (again.version, again.data["passed"], again.data["screened_by"]) == (2, False, "truc-thai")


def test_it_leads_onto_the_list_as_one_from_the_web(
    surveyor: httpx.Client, device: str, home: str, paper: str, sign_in: SignIn
) -> None:
    push(surveyor, device, result(paper))
    round_id = walk.surveying(sign_in, kind="periodic", year=2024, opens_on="2024-09-01", closes_on="2024-12-14")
    cases = sign_in("truc-thai").get(f"/api/v1/rounds/{round_id}/households").json()["items"]
    assert [(case["household_id"], case["ground"]) for case in cases] == [(home, "request")]
    (late,) = push(surveyor, device, result(paper, seq=4, base=1, passed=False))
    assert (late["outcome"], late["problem"]["type"], pointers(late)) == (
        "rejected",
        "/problems/illegal-stage",
        {"#/request_id"},
    )


def test_it_comes_after_its_request_whatever_their_ids(surveyor: httpx.Client, device: str, home: str) -> None:
    papers = [submission("request", request(home), seq=10 + n) for n in range(12)]
    push(surveyor, device, *papers), push(surveyor, device, *(result(one["id"], seq=30) for one in papers))
    places = {change["id"]: place for place, change in enumerate(pull(surveyor)[0])}
    assert all(places[one["id"]] < places[screening_of(one["id"])] for one in papers)


@pytest.mark.parametrize("first", ["household", "request", "screening"])
def test_it_waits_for_its_request_and_that_for_its_household(
    first: str, surveyor: httpx.Client, device: str, sign_in: SignIn
) -> None:
    home = submission("household", household(), seq=1)
    sent = {
        "household": home,
        "request": submission("request", request(home["id"]), seq=2),
    }
    sent["screening"] = result(sent["request"]["id"])
    corrected = result(sent["request"]["id"], seq=4, base=1, passed=False)
    (waits,) = push(surveyor, device, corrected)
    assert (waits["outcome"], waits["waiting_for"]) == ("held", corrected["id"])
    order = [first, *(kind for kind in ("screening", "request", "household") if kind != first)]
    for kind in order:
        (told,) = push(surveyor, device, sent[kind])
        parent = {"request": home["id"], "screening": sent["request"]["id"]}.get(kind)
        come = kind == "household" or (kind == "request" and first == "household")
        if told["outcome"] == "held":
            assert told["waiting_for"] == parent
            waiting = sign_in("truc-thai").get("/sync/v1/submissions/waiting").json()["items"]
            assert any(one["entity"] == kind and one["why"]["vi"] for one in waiting)
        else:
            assert come or first == "household"
    page = surveyor.get("/sync/v1/submissions", params={"device_id": device}).json()["items"]
    outcomes = {item["submission_id"]: (item["outcome"], item["version"]) for item in page}
    assert outcomes[sent["screening"]["submission_id"]] == ("applied", 1)
    assert outcomes[corrected["submission_id"]] == ("applied", 2)
    assert read(surveyor, sent["request"]["id"])["passed"] is False


def test_two_tablets_that_found_the_same_agree(surveyor: httpx.Client, device: str, paper: str, engine: Engine) -> None:
    other = tablets.enrolled(engine, "xom-3")
    (first,) = push(surveyor, device, result(paper))
    (second,) = push(surveyor, other, result(paper))
    assert [(one["outcome"], one["version"]) for one in (first, second)] == [("applied", 1)] * 2


@pytest.mark.parametrize(
    ("choice", "passed", "outcome"),
    [("server", True, "rejected"), ("device", False, "merged"), ("values", False, "merged")],
)
def test_two_tablets_that_found_otherwise_wait_for_a_person(
    choice: str,
    passed: bool,
    outcome: str,
    surveyor: httpx.Client,
    device: str,
    paper: str,
    engine: Engine,
    sign_in: SignIn,
) -> None:
    other, officer = tablets.enrolled(engine, "xom-3"), sign_in("truc-thai")
    push(surveyor, device, result(paper))
    sent = result(paper, passed=False, reason="Có lương hưu")
    (clash,) = push(surveyor, other, sent)
    assert clash["outcome"] == "conflict"
    assert read(officer, paper)["passed"] is True, "nothing is overwritten unseen"
    (told,) = officer.get("/sync/v1/conflicts").json()
    assert told["fields"]["passed"] == {"base": None, "server": True, "device": False}
    assert told["fields"].keys() == {"passed", "reason"}
    body: dict[str, Any] = {"choice": choice, "reason": "đã gọi điện"}
    if choice == "values":
        body["values"] = {"passed": False, "reason": "Cả hai đều nói có lương hưu"}
    answer = officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body)
    assert (answer.status_code, answer.json()["passed"]) == (200, passed), answer.text
    assert read(officer, paper)["passed"] is passed
    items = surveyor.get("/sync/v1/submissions", params={"device_id": other}).json()["items"]
    assert [item["outcome"] for item in items] == [outcome]


def test_a_result_is_corrected_as_a_whole(surveyor: httpx.Client, device: str, paper: str, engine: Engine) -> None:
    """Another reason, or day, here and another result there: the mixture is what nobody found."""
    other = tablets.enrolled(engine, "xom-3")
    push(surveyor, device, result(paper))
    (first,) = push(surveyor, device, result(paper, seq=4, base=1, passed=False))
    (second,) = push(surveyor, other, result(paper, base=1, reason="Nhà sập"))
    (day,) = push(surveyor, other, result(paper, seq=5, base=1, screened_on="2024-09-04"))
    assert [one["outcome"] for one in (first, second, day)] == ["applied", "conflict", "conflict"]
    told = read(surveyor, paper)
    assert (told["passed"], told["reason"], told["screened_on"]) == (False, "Nhà dột, mất việc", "2024-09-05")


def test_what_cannot_be_is_refused_with_its_place(
    surveyor: httpx.Client, device: str, home: str, paper: str, session: Session
) -> None:
    escape, listed = (submission("request", request(home, kind=kind), seq=9) for kind in ("escape", "review"))
    push(surveyor, device, escape, listed)
    rounds.cases(session, rounds.review_round(session), [UUID(home)], request_id=UUID(listed["id"]))
    session.commit()
    strange = result(paper) | {"id": str(uuid4())}
    changed = result(paper, seq=20, base=1, request_id=listed["id"])
    wrong = [result(escape["id"]), result(listed["id"]), strange, result(paper, reason=None), result(paper, form=FORM)]
    told = push(surveyor, device, *wrong, result(paper), changed)
    assert [(one["problem"] or {}).get("type", "").removeprefix("/problems/") for one in told] == [
        "conflict", "illegal-stage", "invalid", "invalid", "unknown-form-version", "", "invalid",
    ]  # fmt: skip
    refused = [one for one in told if one["problem"]]
    assert [pointers(one) for one in refused] == [{p} for p in (
        "#/request_id", "#/request_id", "#/id", "#/reason", "#/form", "#/request_id")]  # fmt: skip
    assert screening_of(paper) in refused[2]["problem"]["errors"][0]["details"]["vi"]


def test_outside_of_ones_areas_it_is_as_if_there_were_no_request(paper: str, sign_in: SignIn, engine: Engine) -> None:
    stranger, theirs = sign_in("xom-td-1"), tablets.enrolled(engine, "xom-td-1")
    there, nowhere = result(paper), result(str(uuid4()), seq=4)
    told = push(stranger, theirs, there, nowhere)
    assert [(one["outcome"], one["problem"]) for one in told] == [("held", None)] * 2
    assert [one["waiting_for"] for one in told] == [there["data"]["request_id"], nowhere["data"]["request_id"]]
    assert sign_in("truc-thai").get(f"/api/v1/requests/{paper}/screening").status_code == 404


@pytest.mark.parametrize(
    ("answers", "said", "passed", "by_rule"),
    [
        (UNSAFE, False, True, True),
        (SOUND, True, False, True),
        (UNSAFE, True, True, True),
        (OPEN, True, True, False),
        (OPEN, False, False, False),
    ],
)
def test_the_rule_of_the_form_decides_and_a_person_where_it_leaves_it_open(
    answers: dict[str, Any], said: bool, passed: bool, by_rule: bool,
    surveyor: httpx.Client, device: str, paper: str, session: Session,
) -> None:  # fmt: skip
    screening.in_force(session)
    session.commit()
    reason: dict[str, Any] = {"reason": None} if by_rule else {}
    (told,) = push(surveyor, device, result(paper, form=FORM, answers=answers, passed=said, **reason))
    assert (told["outcome"], told["result"]) == (
        "applied", {"passed": passed, "by_rule": by_rule, "differs_from_device": said is not passed},
    )  # fmt: skip
    stored = read(surveyor, paper)
    assert (stored["passed"], stored["by_rule"], stored["answers"], stored["form"]) == (passed, by_rule, answers, FORM)
    (again,) = push(surveyor, device, result(paper, form=FORM, answers=answers, passed=said, **reason))
    assert (again["outcome"], again["version"]) == ("applied", 1), "sent again it is the same"


def test_other_answers_are_another_result(
    surveyor: httpx.Client, device: str, paper: str, session: Session, sign_in: SignIn
) -> None:
    screening.in_force(session)
    session.commit()
    push(surveyor, device, result(paper, form=FORM, answers=SOUND, passed=False))
    (told,) = push(surveyor, device, result(paper, seq=4, base=1, answers=UNSAFE))
    assert (told["outcome"], told["result"]["passed"]) == ("applied", True)
    assert read(surveyor, paper)["passed"] is True
    (bare,) = push(surveyor, device, result(paper, seq=5, base=2, form=None, answers={}, reason=None))
    assert (bare["problem"]["type"], pointers(bare)) == ("/problems/invalid", {"#/reason"})
    web = {"form": FORM, "answers": SOUND, "passed": True, "screened_on": "2024-09-09"}
    answer = sign_in("truc-thai").post(f"/api/v1/requests/{paper}/screening", json=web)
    assert (answer.json()["passed"], answer.json()["by_rule"], answer.json()["version"]) == (False, True, 3)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"test_salary", "test_car", "test_house_unsafe"}),
        (SOUND | {"test_work_lost": True}, {"test_work_lost"}),
        (SOUND | {"pets": 2}, {"pets"}),
        (SOUND | {"test_car": "no"}, {"test_car"}),
    ],
)
def test_answers_that_do_not_fit_the_form_are_refused_each_with_its_place(
    answers: dict[str, Any], wrong: set[str], surveyor: httpx.Client, device: str, paper: str, session: Session
) -> None:
    screening.in_force(session)
    session.commit()
    (told,) = push(surveyor, device, result(paper, form=FORM, answers=answers))
    assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/invalid")
    assert pointers(told) == {f"#/answers/{code}" for code in wrong}


def test_a_form_for_training_decides_nothing(surveyor: httpx.Client, device: str, paper: str) -> None:
    (told,) = push(surveyor, device, result(paper, form={"code": "form-a", "version": 3}))
    assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/unknown-form-version")


def test_it_goes_where_its_request_goes(
    surveyor: httpx.Client, device: str, home: str, paper: str, sign_in: SignIn, engine: Engine
) -> None:
    push(surveyor, device, result(paper))
    _, cursor = pull(surveyor)
    moved = submission("household", {"hamlet_id": HAMLET[4]}, base=1, record=home)
    officer = sign_in("truc-thai")
    push(officer, tablets.enrolled(engine, "truc-thai"), moved)
    gone = {(c["entity"], c["op"], c.get("reason")) for c in pull(surveyor, cursor)[0]}
    assert ("screening", "remove", "left-area") in gone
    assert [c["op"] for c in pull(sign_in("xom-4"))[0] if c["entity"] == "screening"] == ["put"]


def test_it_goes_with_a_request_that_gets_its_household_later(
    surveyor: httpx.Client, device: str, sign_in: SignIn, engine: Engine
) -> None:
    """Taken down in xóm 3 of somebody not registered yet, who turns out to live in xóm 4."""
    officer, theirs = sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai")
    bare, there = submission("request", request(None)), submission("household", household(4))
    push(surveyor, device, bare), push(officer, theirs, there)
    (told,) = push(surveyor, device, result(bare["id"]))
    assert told["outcome"] == "applied"
    _, cursor = pull(surveyor)
    push(officer, theirs, submission("request", {"household_id": there["id"]}, base=1, record=bare["id"], seq=2))
    gone = {(c["entity"], c["op"]) for c in pull(surveyor, cursor)[0]}
    assert gone == {("request", "remove"), ("screening", "remove")}
    kinds = [c["entity"] for c in pull(sign_in("xom-4"))[0]]
    assert kinds[-2:] == ["request", "screening"]


def test_two_hundred_cost_as_many_statements_as_six(app: Any, surveyor: httpx.Client, device: str) -> None:
    counts = []
    for many, start in ((1, 0), (6, 100), (200, 1000)):
        homes = [submission("household", household(), seq=start + n) for n in range(many)]
        papers = [submission("request", request(one["id"]), seq=start + 200 + n) for n, one in enumerate(homes)]
        push(surveyor, device, *homes), push(surveyor, device, *papers)
        sent = [result(one["id"], seq=start + 400 + n) for n, one in enumerate(papers)]
        with Statements(app.state.engine) as statements:
            assert {told["outcome"] for told in push(surveyor, device, *sent)} == {"applied"}
        counts.append(len(statements.seen))
    assert 0 < counts[1] == counts[2], counts
