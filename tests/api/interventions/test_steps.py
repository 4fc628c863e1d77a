"""Steps: what the stage and the papers allow, who may, what is done once, and how a mistake is taken back."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session

from api.programmes.catalogue import catalogue
from tests.conftest import SignIn
from tests.make import files
from tests.make.answers import done, refused
from tests.make.decisions import people
from tests.make.programme_work import (
    COMMUNE,
    HAMLET,
    ROOT,
    enrolled,
    least,
    opened,
    organisation,
    papers,
    step_body,
    take,
    who_holds,
)
from tests.make.reviews import household

APPRAISED = {"step": "appraise", "taken_on": "2024-05-06", "fields": {"opinion": "Phù hợp"}}
APPROVED = {"step": "approve", "taken_on": "2024-05-10", "document_no": "21/QĐ-UBND"}


def post(client: httpx.Client, made: dict[str, Any], body: dict[str, Any], **more: Any) -> httpx.Response:
    return client.post(f"{ROOT}/{made['id']}/steps", json=body, **more)


def with_minutes(sign_in: SignIn) -> dict[str, Any]:
    made = opened(sign_in, area_id=HAMLET)
    done(sign_in("truc-thai").post(f"{ROOT}/{made['id']}/documents", json={"code": "minutes", "number": "03/BB"}))
    return made


def test_a_proposal_goes_from_the_meeting_to_the_chairs_approval(sign_in: SignIn) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    made = with_minutes(sign_in)
    appraised = done(post(officer, made, APPRAISED))
    assert (appraised["stage"], appraised["version"], appraised["ended"]) == ("appraised", 2, False)
    assert {one["step"] for one in appraised["next_steps"]} == {"approve", "refuse"}
    approved = done(post(chair, made, APPROVED))
    assert (approved["stage"], approved["ended"], approved["next_steps"]) == ("approved", True, [])
    assert [
        (one["step"], one["stage_before"], one["stage_after"], one["document_no"], one["position"])
        for one in approved["steps"]
    ] == [("appraise", "proposed", "appraised", None, 1), ("approve", "appraised", "approved", "21/QĐ-UBND", 2)]


def test_a_step_that_is_not_possible_now_says_what_is_and_who_may(sign_in: SignIn) -> None:
    made = with_minutes(sign_in)
    answer = post(sign_in("chu-tich"), made, APPROVED)
    assert refused(answer) == (409, "illegal-stage")
    said = answer.json()
    assert (said["stage"], said["missing"]) == ("proposed", [])
    assert said["allowed"] == [
        {"action": "appraise", "permission": "interventions:write", "roles": ["commune_officer"]}
    ]
    assert said["details"]["vi"] == "Hoạt động đang ở bước «Đã đề xuất». Có thể làm: Thẩm định."


def test_papers_come_before_the_step_that_needs_them(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = opened(sign_in)
    answer = post(officer, made, APPRAISED)
    assert (*refused(answer), answer.json()["missing"]) == (409, "illegal-stage", ["minutes"])
    assert "Còn thiếu: Biên bản họp cộng đồng." in answer.json()["details"]["vi"]
    done(officer.post(f"{ROOT}/{made['id']}/documents", json={"code": "minutes"}))
    assert done(post(officer, made, APPRAISED))["stage"] == "appraised"


def test_a_step_has_its_own_right_and_its_own_fields(sign_in: SignIn) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    made = with_minutes(sign_in)
    done(post(officer, made, APPRAISED))
    answer = post(officer, made, APPROVED)
    assert (*refused(answer), answer.json()["permission"]) == (403, "permission-denied", "plans:approve")
    answer = post(chair, made, APPRAISED)
    assert (*refused(answer), answer.json()["permission"]) == (403, "permission-denied", "interventions:write")
    missing = post(chair, made, {"step": "refuse", "taken_on": "2024-05-10"})
    assert [e["pointer"] for e in missing.json()["errors"]] == ["#/fields/reason"]
    unknown = post(chair, made, {"step": "fly", "taken_on": "2024-05-10"})
    assert [e["code"] for e in unknown.json()["errors"]] == ["unknown_step"]
    future = post(chair, made, APPROVED | {"taken_on": "2099-01-01"})
    assert [e["code"] for e in future.json()["errors"]] == ["day_in_future"]
    assert done(chair.get(f"{ROOT}/{made['id']}"))["stage"] == "appraised"


def test_whoever_opened_it_does_not_approve_it(sign_in: SignIn, session: Session) -> None:
    from sqlalchemy import text

    from tests.make.people import account_id

    made = with_minutes(sign_in)
    done(post(sign_in("truc-thai"), made, APPRAISED))
    # the same account may come to hold both rights: a chair who stands in for the officer
    session.execute(
        text("UPDATE intervention SET recorded_by = :chair WHERE id = :id"),
        {"chair": account_id("chu-tich"), "id": UUID(made["id"])},
    )
    session.commit()
    assert refused(post(sign_in("chu-tich"), made, APPROVED)) == (409, "separation-of-duties")


def test_the_same_step_sent_twice_is_taken_once(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = with_minutes(sign_in)
    named = APPRAISED | {"id": str(uuid4())}
    done(post(officer, made, named))
    again = done(post(officer, made, named))
    assert (len(again["steps"]), again["version"]) == (1, 2)
    assert refused(post(officer, made, named | {"taken_on": "2024-05-07"})) == (409, "already-exists")
    other = with_minutes(sign_in)
    assert refused(post(officer, other, named)) == (409, "already-exists")
    key = {"Idempotency-Key": "tham-dinh"}
    first = done(post(officer, other, APPRAISED, headers=key))
    assert done(post(officer, other, APPRAISED, headers=key))["version"] == first["version"]


def test_two_who_take_the_same_step_at_once_take_it_once(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    for _ in range(3):
        made = with_minutes(sign_in)
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _, made=made: post(officer, made, APPRAISED), range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert len(done(officer.get(f"{ROOT}/{made['id']}"))["steps"]) == 1


def test_a_step_is_of_what_was_read(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = with_minutes(sign_in)
    done(officer.patch(f"{ROOT}/{made['id']}", json={"title": "Khác"}))
    stale = post(officer, made, APPRAISED, headers={"If-Match": '"1"'})
    assert refused(stale) == (412, "stale-version")
    assert done(post(officer, made, APPRAISED, headers={"If-Match": '"2"'}))["version"] == 3


def test_a_mistake_is_undone_the_newest_first_and_stays_on_record(sign_in: SignIn) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    made = with_minutes(sign_in)
    done(post(officer, made, APPRAISED))
    approved = done(post(chair, made, APPROVED))
    first, second = (one["id"] for one in approved["steps"])
    early = officer.post(f"/api/v1/steps/{first}/undoing", json={"reason": "nhầm"})
    assert refused(early) == (409, "illegal-stage")
    assert (early.json()["newest_step_id"], "«Duyệt»" in early.json()["details"]["vi"]) == (second, True)
    denied = officer.post(f"/api/v1/steps/{second}/undoing", json={"reason": "nhầm"})
    assert (*refused(denied), denied.json()["permission"]) == (403, "permission-denied", "plans:approve")
    back = done(chair.post(f"/api/v1/steps/{second}/undoing", json={"reason": "Ghi nhầm đề xuất"}))
    assert (back["stage"], back["ended"]) == ("appraised", False)
    assert [one["undone_reason"] for one in back["steps"]] == [None, "Ghi nhầm đề xuất"]
    assert done(chair.post(f"/api/v1/steps/{second}/undoing", json={"reason": "lại"}))["version"] == back["version"]
    back = done(officer.post(f"/api/v1/steps/{first}/undoing", json={"reason": "Chưa thẩm định"}))
    assert back["stage"] == "proposed"
    # and the work goes on
    assert done(post(officer, made, APPRAISED))["stage"] == "appraised"
    for stranger in ("truc-dai", "xom-td-1"):
        answer = sign_in(stranger).post(f"/api/v1/steps/{first}/undoing", json={"reason": "x"})
        assert refused(answer) == (404, "not-found")
        nowhere = sign_in(stranger).post(f"/api/v1/steps/{uuid4()}/undoing", json={"reason": "x"})
        assert nowhere.json()["details"] == answer.json()["details"]


def test_what_is_done_once_is_not_done_again_unless_it_was_undone(sign_in: SignIn) -> None:
    made = running_project(sign_in)
    done_once = take(sign_in, made, "check_12_months")
    officer = sign_in(who_holds("interventions:write").username)
    step = catalogue().kinds["community_project"].step("check_12_months")
    assert step is not None
    assert refused(post(officer, made, step_body(step))) == (409, "conflict")
    (taken,) = [one for one in done_once["steps"] if one["step"] == "check_12_months"]
    done(officer.post(f"/api/v1/steps/{taken['id']}/undoing", json={"reason": "nhầm"}))
    assert post(officer, made, step_body(step)).status_code == 201


def test_a_step_that_repeats_is_taken_as_often_as_it_happens(sign_in: SignIn) -> None:
    made = opened(sign_in, "loudspeaker_system")
    for _ in range(3):
        made = take(sign_in, made, "broadcast")
    assert [one["step"] for one in made["steps"]] == ["broadcast"] * 3


def running_project(sign_in: SignIn) -> dict[str, Any]:
    kind = catalogue().kinds["community_project"]
    firm = organisation(sign_in("truc-thai"))
    made = opened(sign_in, kind.code, area_id=COMMUNE, organisation_id=firm)
    for code in ("appraise", "approve", "start"):
        made = take(sign_in, made, code)
    return made


def test_a_step_of_a_participant_names_one_that_is_still_there(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    homes = [household(session) for _ in range(2)]
    session.commit()
    made = running_project(sign_in)
    role = catalogue().kinds["community_project"].roles[0]
    who = [{"role": role.code, "household_id": str(home), "fields": least(role.fields)} for home in homes]
    one, other = (each["id"] for each in enrolled(officer, made, *who))
    step = catalogue().kinds["community_project"].step("result_6_months")
    assert step is not None
    nobody = post(officer, made, step_body(step))
    assert [(e["pointer"], e["code"]) for e in nobody.json()["errors"]] == [("#/participant_id", "missing")]
    strange = post(officer, made, step_body(step, participant_id=str(uuid4())))
    assert refused(strange) == (404, "not-found")
    done(post(officer, made, step_body(step, participant_id=one)))
    assert refused(post(officer, made, step_body(step, participant_id=one))) == (409, "conflict")
    done(post(officer, made, step_body(step, participant_id=other)))
    # a mistake with the first one is undone although the other one's result came after it
    listed = done(officer.get(f"{ROOT}/{made['id']}/steps", params={"participant_id": one}))["items"]
    assert [each["step"] for each in listed] == ["result_6_months"]
    done(officer.post(f"/api/v1/steps/{listed[0]['id']}/undoing", json={"reason": "nhầm hộ"}))
    left = {"state": "left", "ended_on": "2024-08-01", "ended_reason": "Chuyển đi"}
    done(officer.patch(f"{ROOT}/{made['id']}/participants/{one}", json=left))
    assert refused(post(officer, made, step_body(step, participant_id=one))) == (409, "illegal-stage")
    whole = catalogue().kinds["community_project"].step("check_12_months")
    assert whole is not None
    wrong = post(officer, made, step_body(whole, participant_id=other))
    assert [e["code"] for e in wrong.json()["errors"]] == ["not_of_a_participant"]
    # undoing what led here comes after everything that rests on it
    (start,) = [each for each in done(officer.get(f"{ROOT}/{made['id']}"))["steps"] if each["step"] == "start"]
    answer = officer.post(f"/api/v1/steps/{start['id']}/undoing", json={"reason": "nhầm"})
    assert refused(answer) == (409, "illegal-stage")


def test_steps_of_participants_are_listed_where_one_may_see_who_it_is(sign_in: SignIn, session: Session) -> None:
    homes = {hamlet: household(session, hamlet) for hamlet in ("14080-03", "14080-04")}
    session.commit()
    made = running_project(sign_in)
    officer = sign_in("truc-thai")
    role = catalogue().kinds["community_project"].roles[0]
    who = [{"role": role.code, "household_id": str(h), "fields": least(role.fields)} for h in homes.values()]
    for each in enrolled(officer, made, *who):
        take(sign_in, made, "result_6_months", participant_id=each["id"])
    seen = {}
    for username in ("truc-thai", "xom-3", "xom-5", "van-hoa"):
        listed = done(sign_in(username).get(f"{ROOT}/{made['id']}/steps"))["items"]
        seen[username] = sum(one["participant_id"] is not None for one in listed)
    assert seen == {"truc-thai": 2, "xom-3": 1, "xom-5": 0, "van-hoa": 0}


def test_papers_are_of_the_checklist_and_bring_their_scans(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    made = opened(sign_in, area_id=COMMUNE)
    address = f"{ROOT}/{made['id']}/documents"
    answer = officer.post(address, json={"code": "passport"})
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/code", "not_on_the_checklist")]
    scan = files.content(100)
    paper = {"id": str(uuid4()), "code": "minutes", "attachments": [files.declaration(scan)]}
    done(officer.post(address, json=paper))
    whole = done(officer.post(address, json=paper))
    assert [(p["code"], len(p["attachments"]), p["attachments"][0]["present"]) for p in whole["documents"]] == [
        ("minutes", 1, False)
    ]
    assert whole["checklist"][0]["there"] is True
    assert refused(officer.post(address, json=paper | {"number": "9"})) == (409, "already-exists")
    waiting = done(officer.get("/api/v1/attachments", params={"state": "missing"}))["items"]
    assert [(one["entity"], one["record_id"]) for one in waiting] == [("intervention", paper["id"])]
    assert [p["id"] for p in done(sign_in("mat-tran").get(address))] == [paper["id"]]
    assert refused(sign_in("xom-3").post(address, json={"code": "minutes"})) == (403, "permission-denied")
    assert refused(sign_in("truc-dai").get(address)) == (404, "not-found")


@pytest.mark.parametrize("code", ["housing_case"])
def test_a_case_of_a_household_takes_its_papers_where_the_household_goes(
    sign_in: SignIn, session: Session, code: str
) -> None:
    home = household(session)
    people(session, home)
    session.commit()
    made = opened(sign_in, code, area_id=None, household_id=str(home))
    scan = files.content(90)
    kind = catalogue().kinds[code]
    paper = {"code": kind.documents[0].code, "attachments": [files.declaration(scan)]}
    done(sign_in("truc-thai").post(f"{ROOT}/{made['id']}/documents", json=paper))
    (waiting,) = done(sign_in("xom-3").get("/api/v1/attachments", params={"state": "missing"}))["items"]
    assert (waiting["household_id"], waiting["entity"]) == (str(home), "intervention")
    papers(sign_in, made, kind.steps[0])


def test_what_is_written_of_somebody_is_withheld_without_the_right(sign_in: SignIn, session: Session) -> None:
    home = household(session)
    session.commit()
    project = opened(sign_in, "support_round")
    case = opened(sign_in, "housing_case", area_id=None, household_id=str(home))
    for made in (case, project):
        steps = catalogue().kinds[made["kind"]].steps
        step = next(one for one in steps if made["stage"] in one.before and not one.of_participant)
        take(sign_in, made, step.code, note="Chủ hộ ốm nặng")
    for username, knows in (("truc-thai", True), ("truc-ninh", False)):
        (told,) = done(sign_in(username).get(f"{ROOT}/{case['id']}"))["steps"]
        assert (told["note"], "note" in told["withheld"]) == (("Chủ hộ ốm nặng", False) if knows else (None, True))
        (listed,) = done(sign_in(username).get(f"{ROOT}/{case['id']}/steps"))["items"]
        assert listed == told
        (open_to_all,) = done(sign_in(username).get(f"{ROOT}/{project['id']}"))["steps"]
        assert open_to_all["note"] == "Chủ hộ ốm nặng"
