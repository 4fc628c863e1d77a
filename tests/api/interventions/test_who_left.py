"""A household that has left the commune stays in the commune's project: its results are recorded, its address is not
told."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import Session

from api.areas.tables import area_id
from api.programmes.catalogue import catalogue
from tests.conftest import SignIn
from tests.make.answers import done, refused
from tests.make.decisions import people
from tests.make.programme_work import ROOT, enrolled, least, opened, step_body, take
from tests.make.reviews import household

KIND = catalogue().kinds["community_project"]
AWAY = str(area_id("14071-01"))


def project_with(sign_in: SignIn, home: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """A project that runs, and the household's part in it."""
    made = opened(sign_in, KIND.code)
    role = next(one for one in KIND.roles if "household" in one.who)
    (one,) = enrolled(
        sign_in("truc-thai"), made, {"role": role.code, "fields": least(role.fields), "household_id": str(home)}
    )
    for code in ("appraise", "approve", "start"):
        made = take(sign_in, made, code, taken_on="2024-05-20")
    return made, one


def move(client: httpx.Client, home: UUID) -> None:
    done(client.post(f"/api/v1/households/{home}/move", json={"hamlet_id": AWAY, "moved_on": "2024-06-21"}))


def test_the_commune_whose_project_it_was_follows_up_a_household_that_left(sign_in: SignIn, session: Session) -> None:
    officer, home = sign_in("truc-thai"), household(session)
    people(session, home)
    session.commit()
    made, one = project_with(sign_in, home)
    move(officer, home)
    assert refused(officer.get(f"/api/v1/households/{home}")) == (404, "not-found")
    due = done(officer.get("/api/v1/follow-ups", params={"until": "2026-01-01"}))["items"]
    mine = [line for line in due if line["participant_id"] == one["id"]]
    assert {line["step"] for line in mine} == {"result_6_months", "result_12_months"}
    assert {(line["household_id"], line["name"], line["hamlet_id"]) for line in mine} == {
        (str(home), "Nguyễn Thị A", None)
    }
    (shown,) = done(officer.get(f"{ROOT}/{made['id']}/participants"))["items"]
    assert (shown["household_id"], shown["hamlet_id"]) == (str(home), None)
    step = KIND.step("result_6_months")
    assert step is not None
    body = step_body(step, "2024-11-25", participant_id=one["id"])
    after = done(officer.post(f"{ROOT}/{made['id']}/steps", json=body))
    assert ("result_6_months", one["id"]) not in {(line["step"], line["participant_id"]) for line in after["due"]}
    (taken,) = done(officer.get(f"{ROOT}/{made['id']}/steps", params={"participant_id": one["id"]}))["items"]
    assert taken["step"] == "result_6_months"
    ended = {"state": "finished", "ended_on": "2024-12-31"}
    assert done(officer.patch(f"{ROOT}/{made['id']}/participants/{one['id']}", json=ended))["state"] == "finished"


def test_where_it_went_is_found_out_by_no_filter_and_by_nobody_else(sign_in: SignIn, session: Session) -> None:
    officer, home = sign_in("truc-thai"), household(session)
    session.commit()
    made, _ = project_with(sign_in, home)
    move(officer, home)
    for area in (AWAY, str(area_id("14071"))):
        due = done(officer.get("/api/v1/follow-ups", params={"until": "2026-01-01", "area_id": area}))["items"]
        assert due == []
    step = KIND.step("result_6_months")
    assert step is not None
    body = step_body(step, "2024-11-25")
    # the commune it went to has no part in the project; who reads no households here sees nobody who left
    assert refused(sign_in("truc-dai").get(f"{ROOT}/{made['id']}")) == (404, "not-found")
    for username in ("xom-3", "xom-5", "van-hoa", "mat-tran"):
        client = sign_in(username)
        assert done(client.get(f"{ROOT}/{made['id']}/participants"))["items"] == [], username
        assert [d for d in done(client.get("/api/v1/follow-ups", params={"until": "2026-01-01"}))["items"]
                if d["participant_id"]] == [], username  # fmt: skip
    assert done(sign_in("truc-ninh").get(f"{ROOT}/{made['id']}/participants"))["items"][0]["hamlet_id"] == AWAY
    nobody = officer.post(f"{ROOT}/{made['id']}/steps", json=body | {"participant_id": str(uuid4())})
    assert refused(nobody) == (404, "not-found")
