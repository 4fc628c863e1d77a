"""The plan of a hamlet: drafted, handed in, returned, handed in again, accepted; with what it promises in numbers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make.answers import done

SignIn = Callable[[str], httpx.Client]
PLANS = "/api/v1/hamlet-plans"
HAMLET = str(area_id("14080-03"))


def plan(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "hamlet_id": HAMLET, "year": 2024, "summary": "Giảm 2 hộ nghèo", **fields}


def test_a_plan_goes_to_the_commune_and_comes_back_and_is_accepted(sign_in: SignIn) -> None:
    head, officer = sign_in("xom-3"), sign_in("truc-thai")
    made = done(head.post(PLANS, json=plan()))
    at = f"{PLANS}/{made['id']}"
    assert officer.post(f"{at}/acceptance").json()["type"] == "/problems/illegal-stage"
    assert done(head.post(f"{at}/submission"))["state"] == "submitted"
    assert head.patch(at, json={"summary": "khác"}, headers={"If-Match": '"2"'}).status_code == 409
    returned = done(officer.post(f"{at}/return", json={"remark": "Thiếu danh sách hộ đăng ký"}))
    assert (returned["state"], returned["remark"]) == ("returned", "Thiếu danh sách hộ đăng ký")
    done(head.patch(at, json={"summary": "Giảm 3 hộ"}, headers={"If-Match": '"3"'}))
    stale = head.patch(at, json={"summary": "cũ"}, headers={"If-Match": '"3"'})
    assert stale.json()["type"] == "/problems/stale-version"
    done(head.post(f"{at}/submission"))
    accepted = done(officer.post(f"{at}/acceptance"))
    assert (accepted["state"], accepted["summary"], accepted["remark"]) == ("accepted", "Giảm 3 hộ", None)
    assert head.post(f"{at}/submission").status_code == 409


def test_a_hamlet_has_one_plan_a_year_and_sees_its_own(sign_in: SignIn) -> None:
    head = sign_in("xom-3")
    made = done(head.post(PLANS, json=plan()))
    assert head.post(PLANS, json=plan()).json()["type"] == "/problems/conflict"
    done(sign_in("xom-4").post(PLANS, json=plan(hamlet_id=str(area_id("14080-04")))))
    assert head.post(PLANS, json=plan(hamlet_id=str(area_id("14080-04")))).status_code == 404
    assert [one["id"] for one in head.get(PLANS).json()["items"]] == [made["id"]]
    assert len(sign_in("truc-thai").get(PLANS, params={"year": 2024}).json()["items"]) == 2
    assert sign_in("truc-dai").get(f"{PLANS}/{made['id']}").status_code == 404


def test_a_plan_counts_what_it_promises(sign_in: SignIn, session: Session) -> None:
    made = done(sign_in("xom-3").post(PLANS, json=plan()))
    row = (
        "INSERT INTO intervention (id, area_id, kind, year, title, stage, fields, funded, committed_vnd, disbursed_vnd,"
        " delivered_vnd, version, created_at, updated_at) VALUES (gen_random_uuid(), :area, 'production_group', :year,"
        " 'Tổ may', :stage, '{}', false, 0, 0, 0, 1, now(), now())"
    )
    for year, stage, area in ((2024, "planned", HAMLET), (2024, "working", HAMLET), (2024, "working", HAMLET),
                              (2023, "working", HAMLET), (2024, "working", str(area_id("14080-04")))):  # fmt: skip
        session.execute(text(row), {"area": area, "year": year, "stage": stage})
    session.commit()
    told = sign_in("xom-3").get(f"{PLANS}/{made['id']}").json()
    assert {one["kind"]: one["stages"] for one in told["promises"]} == {
        "production_group": {"planned": 1, "working": 2}, "job_pledge": {}, "helper": {}, "escape_registration": {},
    }  # fmt: skip


def test_one_id_for_two_hamlets_at_once_is_one_plan(sign_in: SignIn) -> None:
    heads = {hamlet: sign_in(f"xom-{hamlet}") for hamlet in (3, 4)}
    for year in range(2030, 2036):
        same = plan(year=year)

        def send(hamlet: int, body: dict[str, Any] = same) -> httpx.Response:
            return heads[hamlet].post(PLANS, json=body | {"hamlet_id": str(area_id(f"14080-0{hamlet}"))})

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(send, heads))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        (refused,) = (answer.json() for answer in answers if answer.status_code == 409)
        assert refused["type"] == "/problems/already-exists"
