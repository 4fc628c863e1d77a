"""The days of steps: not before what they rest on, whatever was typed when."""

from typing import Any

import pytest
from sqlmodel import Session

from api.interventions import kinds
from api.programmes.catalogue import catalogue
from tests.conftest import SignIn
from tests.make.answers import done, refused
from tests.make.programme_work import ROOT, enrolled, least, opened, papers, step_body, take, who_holds
from tests.make.reviews import household

OFFICER = "truc-thai"


def attempt(sign_in: SignIn, made: dict[str, Any], code: str, day: str, **more: Any) -> Any:
    kind = catalogue().kinds[made["kind"]]
    step = kind.step(code)
    assert step is not None
    papers(sign_in, made, step)
    person = who_holds(kinds.right_of(kind, step))
    return sign_in(person.username).post(f"{ROOT}/{made['id']}/steps", json=step_body(step, day, **more))


def codes_of(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


def running(sign_in: SignIn, *days: str) -> dict[str, Any]:
    made = opened(sign_in, "community_project")
    for code, day in zip(("appraise", "approve", "start"), days, strict=False):
        made = take(sign_in, made, code, taken_on=day)
    return made


def test_a_step_before_an_earlier_one_is_refused_with_that_step_and_its_day(sign_in: SignIn) -> None:
    made = running(sign_in, "2024-03-01", "2024-03-10")
    answer = attempt(sign_in, made, "start", "2024-03-09")
    assert codes_of(answer) == [("#/taken_on", "before_an_earlier_step")]
    said = answer.json()["errors"][0]["details"]
    assert ("ngày 10/03/2024" in said["vi"], "2024-03-10" in said["en"]) == (True, True)
    approval = catalogue().kinds["community_project"].step("approve")
    assert approval is not None
    assert approval.label.vi in said["vi"]
    # on the same day it is fine, and the stage had not moved
    assert done(attempt(sign_in, made, "start", "2024-03-10"))["stage"] == "running"


def test_no_step_lies_years_before_its_intervention(sign_in: SignIn) -> None:
    made = opened(sign_in, "community_proposal")
    for day in ("1900-01-01", "2022-12-31"):
        answer = attempt(sign_in, made, "appraise", day)
        assert codes_of(answer) == [("#/taken_on", "before_its_time")]
        assert "01/01/2023" in answer.json()["errors"][0]["details"]["vi"]
    assert codes_of(attempt(sign_in, made, "appraise", "2099-01-01")) == [("#/taken_on", "day_in_future")]
    # a proposal of 2024 is prepared in 2023
    assert done(attempt(sign_in, made, "appraise", "2023-11-20"))["stage"] == "appraised"


def test_what_ends_does_not_end_before_it_starts(sign_in: SignIn) -> None:
    made = opened(sign_in, "support_round", starts_on="2024-09-05")
    made = take(sign_in, made, "start", taken_on="2024-09-01")
    assert codes_of(attempt(sign_in, made, "end", "2024-09-04")) == [("#/taken_on", "before_the_start")]
    assert done(attempt(sign_in, made, "end", "2024-09-05"))["ended"] is True
    # what is called off before it began is no end of something that ran
    course = opened(sign_in, "vocational_course", starts_on="2024-09-05")
    assert done(attempt(sign_in, course, "cancel", "2024-08-01"))["ended"] is True


def test_visits_are_typed_late_and_in_any_order_but_not_after_the_end(sign_in: SignIn) -> None:
    made = opened(sign_in, "loudspeaker_system")
    for day in ("2024-05-03", "2024-05-01"):
        made = take(sign_in, made, "broadcast", taken_on=day)
    assert codes_of(attempt(sign_in, made, "remove", "2024-05-02")) == [("#/taken_on", "before_an_earlier_step")]
    made = take(sign_in, made, "break", taken_on="2024-05-10")
    made = take(sign_in, made, "repair", taken_on="2024-05-20")
    # while it was broken nothing was broadcast; before it broke, something may have been
    assert codes_of(attempt(sign_in, made, "broadcast", "2024-05-15")) == [("#/taken_on", "before_an_earlier_step")]
    assert attempt(sign_in, made, "broadcast", "2024-05-08").status_code == 201


def test_a_result_lies_after_the_start_and_after_joining(sign_in: SignIn, session: Session) -> None:
    home = household(session)
    session.commit()
    made = running(sign_in, "2024-03-01", "2024-03-10", "2024-03-20")
    role = next(one for one in catalogue().kinds["community_project"].roles if "household" in one.who)
    whom = {"role": role.code, "household_id": str(home), "fields": least(role.fields), "joined_on": "2024-06-01"}
    (one,) = enrolled(sign_in(OFFICER), made, whom)
    before_start = attempt(sign_in, made, "result_6_months", "2024-03-19", participant_id=one["id"])
    assert codes_of(before_start) == [("#/taken_on", "before_an_earlier_step")]
    before_joining = attempt(sign_in, made, "result_6_months", "2024-05-31", participant_id=one["id"])
    assert codes_of(before_joining) == [("#/taken_on", "before_joining")]
    # results may still be typed once it is complete, of days before its completion
    made = take(sign_in, made, "complete", taken_on="2024-12-20")
    assert attempt(sign_in, made, "result_6_months", "2024-12-01", participant_id=one["id"]).status_code == 201


def test_an_undone_step_holds_nothing_up(sign_in: SignIn) -> None:
    made = running(sign_in, "2024-03-01", "2024-03-10")
    (wrong,) = [one["id"] for one in made["steps"] if one["step"] == "approve"]
    done(sign_in("chu-tich").post(f"/api/v1/steps/{wrong}/undoing", json={"reason": "Ghi nhầm ngày"}))
    assert done(attempt(sign_in, made, "approve", "2024-03-05"))["stage"] == "approved"
    assert refused(attempt(sign_in, made, "approve", "2024-03-05")) == (409, "illegal-stage")


@pytest.mark.parametrize("order", [("complete", "result"), ("result", "complete")])
def test_the_end_does_not_wait_for_results_that_may_come_later(
    sign_in: SignIn, session: Session, order: tuple[str, str]
) -> None:
    home = household(session)
    session.commit()
    made = running(sign_in, "2024-03-01", "2024-03-10", "2024-03-20")
    role = next(one for one in catalogue().kinds["community_project"].roles if "household" in one.who)
    whom = {"role": role.code, "household_id": str(home), "fields": least(role.fields), "joined_on": "2024-03-20"}
    (one,) = enrolled(sign_in(OFFICER), made, whom)
    for what in order:
        if what == "result":
            result = attempt(sign_in, made, "result_6_months", "2024-10-01", participant_id=one["id"])
            assert result.status_code == 201, result.text
        else:
            assert attempt(sign_in, made, "complete", "2024-09-20").status_code == 201
