"""Items of the yearly plan: drafted with their money, approved by somebody else, and never changed afterwards."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Role
from api.areas.tables import area_id
from api.plans.tables import Plan
from tests.make import money
from tests.make.answers import done
from tests.make.money import CENTRAL, CHAIR, COMMUNE, HAMLET, PLANNER, item_body
from tests.make.people import account_id
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
MOBILISED = {"source": "mobilised", "level": "none"}
ITEMS = "/api/v1/plan-items"


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


def test_an_item_is_drafted_with_its_money_and_approved_by_the_chair(sign_in: SignIn) -> None:
    body = item_body((CENTRAL, 120_000_000), (MOBILISED, 30_000_000))
    made = sign_in(PLANNER).post(ITEMS, json=body)
    item = done(made)
    assert (made.status_code, made.headers["ETag"], item["state"]) == (201, '"1"', "draft")
    assert item["planned_vnd"] == 150_000_000
    assert (item["quantity"], item["unit"], item["prepared_by"]) == (10, "con", str(account_id(PLANNER)))
    assert [one["source"] for one in item["funding"]] == ["mobilised", "state_budget"]
    approved = money.approve_item(sign_in, item["id"])
    assert (approved["state"], approved["approved_on"], approved["version"]) == ("approved", "2024-04-02", 2)
    assert (approved["approved_by"], approved["document_no"]) == (str(account_id(CHAIR)), "16/KH-UBND")


def test_a_draft_changes_with_its_version_and_an_approved_item_never_again(sign_in: SignIn) -> None:
    officer, item = sign_in(PLANNER), money.drafted(sign_in)
    address = f"{ITEMS}/{item['id']}"
    assert officer.patch(address, json={"quantity": 12}).status_code == 428
    patch = {"quantity": 12.5, "funding": [MOBILISED | {"amount_vnd": 7}], "note": None}
    changed = done(officer.patch(address, json=patch, headers={"If-Match": '"1"'}))
    assert (changed["quantity"], changed["planned_vnd"], changed["title"]) == (12.5, 7, item["title"])
    assert kind(officer.patch(address, json={"title": "x"}, headers={"If-Match": '"1"'})) == "stale-version"
    nothing = officer.patch(address, json={"title": None}, headers={"If-Match": '"2"'})
    assert pointers(nothing) == ["#/title"]
    money.approve_item(sign_in, item["id"])
    refused = officer.patch(address, json={"title": "x"}, headers={"If-Match": '"3"'})
    assert (refused.status_code, kind(refused)) == (409, "illegal-stage")
    assert done(officer.get(address))["title"] == item["title"]


def test_whoever_prepared_or_changed_it_does_not_approve_it(sign_in: SignIn, engine: Engine) -> None:
    money.also(engine, PLANNER, Role.commune_chair)
    money.also(engine, CHAIR, Role.commune_officer)
    officer, chair = sign_in(PLANNER), sign_in(CHAIR)
    item = money.drafted(sign_in)
    approval = {"approved_on": "2024-04-02"}
    own = officer.post(f"{ITEMS}/{item['id']}/approval", json=approval)
    assert (own.status_code, kind(own)) == (409, "separation-of-duties")
    done(chair.patch(f"{ITEMS}/{item['id']}", json={"quantity": 11}, headers={"If-Match": '"1"'}))
    assert kind(chair.post(f"{ITEMS}/{item['id']}/approval", json=approval)) == "separation-of-duties"
    assert kind(officer.post(f"{ITEMS}/{item['id']}/approval", json=approval)) == "separation-of-duties"
    again = money.drafted(sign_in)
    done(chair.post(f"{ITEMS}/{again['id']}/approval", json=approval))
    assert kind(chair.post(f"{ITEMS}/{again['id']}/approval", json=approval)) == "illegal-stage"


def test_the_database_itself_refuses_an_approval_by_the_author(engine: Engine, sign_in: SignIn) -> None:
    item = money.drafted(sign_in)
    with Session(engine) as session, pytest.raises(Exception, match="ck_plan_item_approved_by_another"):
        session.execute(
            text("UPDATE plan_item SET state = 'approved', approved_by = prepared_by WHERE id = :id"),
            {"id": item["id"]},
        )


def test_the_same_draft_again_is_the_same_and_another_one_is_refused(sign_in: SignIn) -> None:
    officer = sign_in(PLANNER)
    body = item_body((MOBILISED, 5), (CENTRAL, 4))
    first = done(officer.post(ITEMS, json=body, headers={"Idempotency-Key": "k1"}))
    turned = body | {"funding": body["funding"][::-1]}
    assert done(officer.post(ITEMS, json=turned, headers={"Idempotency-Key": "k1"}))["id"] == first["id"]
    other = officer.post(ITEMS, json=body | {"title": "khác"}, headers={"Idempotency-Key": "k1"})
    assert kind(other) == "idempotency-key-reused"
    more = officer.post(ITEMS, json=body | {"funding": []}, headers={"Idempotency-Key": "k1"})
    assert kind(more) == "idempotency-key-reused"
    assert kind(officer.post(ITEMS, json=body | {"id": first["id"], "title": "khác"})) == "already-exists"
    theirs = body | {"id": first["id"], "area_id": str(area_id("14071"))}
    assert kind(sign_in("truc-dai").post(ITEMS, json=theirs)) == "already-exists"
    assert len(done(officer.get(ITEMS))["items"]) == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"component": "roads"}, "#/component"),
        ({"funding": [{"source": "state_budget", "amount_vnd": 1}]}, "#/funding/0/level"),
        ({"funding": [{"source": "credit", "level": "commune", "amount_vnd": 1}]}, "#/funding/0/level"),
        ({"funding": [MOBILISED | {"amount_vnd": 1}, MOBILISED | {"amount_vnd": 2}]}, "#/funding/1"),
        ({"funding": [MOBILISED | {"amount_vnd": 0}]}, "#/funding/0/amount_vnd"),
        ({"funding": [MOBILISED | {"amount_vnd": 1.5}]}, "#/funding/0/amount_vnd"),
        ({"funding": [MOBILISED | {"amount_vnd": 10**13 + 1}]}, "#/funding/0/amount_vnd"),
        ({"funding": [MOBILISED | {"amount_vnd": "100"}]}, "#/funding/0/amount_vnd"),
        ({"quantity": -1}, "#/quantity"),
        ({"title": " "}, "#/title"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(sign_in: SignIn, change: dict[str, Any], pointer: str) -> None:
    assert pointers(sign_in(PLANNER).post(ITEMS, json=item_body() | change)) == [pointer]


def test_an_item_lies_in_a_commune_or_hamlet_of_the_planner_and_in_a_plan_of_its_year(
    sign_in: SignIn, session: Session
) -> None:
    officer = sign_in(PLANNER)
    for code in ("14071", "363", "36"):
        assert officer.post(ITEMS, json=item_body(area_id=str(area_id(code)))).status_code == 404
    plan = Plan(
        id=uuid4(), area_id=area_id("14080"), year=2024, number="16/KH-UBND", title="Kế hoạch",
        signed_on=date(2024, 4, 2), signatory="Chủ tịch", created_at=clock.now(),
    )  # fmt: skip
    session.add(plan)
    session.commit()
    assert officer.post(ITEMS, json=item_body(year=2025, plan_id=str(plan.id))).status_code == 404
    assert done(officer.post(ITEMS, json=item_body(plan_id=str(plan.id))))["plan_id"] == str(plan.id)


def test_the_list_is_cut_by_area_year_component_and_state_and_seen_where_it_concerns(sign_in: SignIn) -> None:
    officer = sign_in(PLANNER)
    whole, third = money.approved(sign_in), money.drafted(sign_in, area_id=HAMLET)
    fourth = money.drafted(sign_in, area_id=str(area_id("14080-04")), year=2023)

    def seen(who: str, **only: Any) -> set[str]:
        return {item["id"] for item in done(sign_in(who).get(ITEMS, params=only))["items"]}

    every = {whole["id"], third["id"], fourth["id"]}
    for who in (PLANNER, CHAIR, "tai-chinh", "mat-tran", "truc-ninh", "ngan-hang", "van-hoa"):
        assert seen(who) == every, who
    assert seen("xom-3") == {whole["id"], third["id"]}
    assert seen("truc-dai") == seen("xom-td-1") == set()
    assert seen(PLANNER, area_id=COMMUNE) == every
    assert seen(PLANNER, area_id=HAMLET) == {third["id"]}
    assert seen(PLANNER, year=2023) == {fourth["id"]}
    assert seen(PLANNER, state="approved") == {whole["id"]}
    assert seen(PLANNER, component="livelihood") == every
    unknown = sign_in(PLANNER).get(ITEMS, params={"component": "roads"})
    assert pointers(unknown) == ["#query/component"]
    assert sign_in("truc-dai").get(f"{ITEMS}/{whole['id']}").status_code == 404
    assert sign_in("xom-4").get(f"{ITEMS}/{third['id']}").status_code == 404
    assert sign_in("xom-3").post(ITEMS, json=item_body(area_id=HAMLET)).status_code == 403
    assert officer.post(f"{ITEMS}/{third['id']}/approval", json={"approved_on": "2024-04-02"}).status_code == 403


def test_pages_follow_each_other_without_a_statement_for_each_item(sign_in: SignIn, app: Any) -> None:
    officer = sign_in(PLANNER)
    made = {money.drafted(sign_in, year=2023 + n % 3)["id"] for n in range(7)}
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(officer.get(ITEMS, params={"limit": 3, **cursor}))
        found += [item["id"] for item in page["items"]]
        assert all(item["planned_vnd"] == 100_000_000 for item in page["items"])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert (len(found), set(found)) == (7, made)
    with counted(app.state.engine) as few:
        officer.get(ITEMS, params={"limit": 2})
    with counted(app.state.engine) as many:
        officer.get(ITEMS, params={"limit": 7})
    assert len(few) == len(many)


def test_a_cancelled_item_says_why_and_stays_readable(sign_in: SignIn) -> None:
    chair, item = sign_in(CHAIR), money.drafted(sign_in)
    body = {"cancelled_on": "2024-06-03", "reason": "Không còn hộ có nhu cầu"}
    assert sign_in(PLANNER).post(f"{ITEMS}/{item['id']}/cancellation", json=body).status_code == 403
    assert pointers(chair.post(f"{ITEMS}/{item['id']}/cancellation", json=body | {"reason": " "})) == ["#/reason"]
    cancelled = done(chair.post(f"{ITEMS}/{item['id']}/cancellation", json=body))
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", body["reason"])
    assert kind(chair.post(f"{ITEMS}/{item['id']}/cancellation", json=body)) == "illegal-stage"
    assert kind(chair.post(f"{ITEMS}/{item['id']}/approval", json={"approved_on": "2024-06-04"})) == "illegal-stage"
    assert done(sign_in(PLANNER).get(f"{ITEMS}/{item['id']}"))["state"] == "cancelled"
