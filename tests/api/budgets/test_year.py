"""One commune's budget from plan to settlement: who does what, what every sum says, and how the year ends."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text

from api.areas.tables import area_id
from tests.api.papers.reading import pages, squeezed
from tests.make import money
from tests.make.answers import done
from tests.make.money import CENTRAL, CHAIR, COMMUNE, HAMLET, PLANNER, TREASURER
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
M = 1_000_000
SUMS = ("planned", "draft", "approved", "committed", "disbursed", "settled", "remaining")


def budget(sign_in: SignIn, year: int = 2024, area: str = COMMUNE, who: str = "mat-tran") -> Any:
    return done(sign_in(who).get("/api/v1/budget", params={"area_id": area, "year": year}))


def sums(of: dict[str, Any]) -> tuple[int, ...]:
    """In millions, in the order of SUMS."""
    return tuple(of[f"{name}_vnd"] // M for name in SUMS)


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


def test_a_year_of_one_commune_from_plan_to_settlement(sign_in: SignIn, engine: Engine) -> None:
    # January: the officer plans for the commune and for xóm 3, the chair approves
    calves = money.approved(sign_in, 150 * M)
    fish = money.approved(sign_in, 40 * M, area_id=HAMLET, title="Nuôi cá xóm 3")
    money.drafted(sign_in, 25 * M, title="Chưa duyệt")
    assert sums(budget(sign_in)["total"]) == (190, 25, 0, 0, 0, 0, 0)
    # April: money comes, less than was planned
    line = money.funded_line(sign_in, 120 * M, calves)
    money.funded_line(sign_in, 40 * M, fish)
    assert sums(budget(sign_in)["total"]) == (190, 25, 160, 0, 0, 0, 160)
    # May: a contract for a project, prepared by the officer, bound by the chair
    project = money.project(engine, plan_item_id=calves["id"])
    contract = money.committed(sign_in, line["id"], 90 * M, intervention_id=str(project))["commitment"]
    # June: paid in two parts; one calf was no good, and its price comes back
    done(money.pay(sign_in, contract["id"], 60 * M))
    second = done(money.pay(sign_in, contract["id"], 30 * M))
    back = done(money.reverse(sign_in, second["movement"], 9 * M))
    assert (back["movement"]["amount_vnd"], back["line"]["disbursed_vnd"]) == (-9 * M, 81 * M)
    # December: settled; what the contract did not need is set free by the chair
    done(money.pay(sign_in, contract["id"], 81 * M, "settlements"))
    approval = done(sign_in(CHAIR).get("/api/v1/money-movements", params={"kind": "commitment"}))["items"][0]
    done(money.reverse(sign_in, approval, 9 * M))
    assert sums(budget(sign_in)["total"]) == (190, 25, 160, 81, 81, 81, 79)
    with engine.connect() as connection:
        of_project = connection.execute(text("SELECT committed_vnd, disbursed_vnd, funded FROM intervention")).one()
    assert tuple(of_project) == (81 * M, 81 * M, True)
    # January: the rest of the calves' money is given back, that of the fish goes on
    closed = done(money.close(sign_in, line["id"], rest="given_back", document_no="12/BB"))
    assert (closed["rest_vnd"], closed["approved_vnd"], closed["closed_on"]) == (39 * M, 81 * M, "2025-01-31")
    assert sums(budget(sign_in)["total"]) == (190, 25, 121, 81, 81, 81, 40)
    journal = done(sign_in("truc-ninh").get("/api/v1/money-movements", params={"budget_line_id": line["id"]}))["items"]
    booked = [(one["kind"], one["amount_vnd"] // M) for one in journal[::-1]]
    assert booked == [
        ("allocation", 120), ("commitment", 90), ("disbursement", 60), ("disbursement", 30), ("settlement", 81),
        ("disbursement", -9), ("commitment", -9), ("allocation", -39),
    ]  # fmt: skip


def test_the_overview_adds_up_by_component_source_and_hamlet(sign_in: SignIn, app: Any) -> None:
    calves, fish = money.approved(sign_in, 150 * M), money.approved(sign_in, 40 * M, area_id=HAMLET)
    money.funded_line(sign_in, 100 * M, calves)
    money.funded_line(sign_in, 30 * M, fish)
    given = {"source": "mobilised", "level": "none"}
    gifts = money.funded_line(sign_in, 20 * M, component=None, **given)
    money.committed(sign_in, gifts["id"], 5 * M)
    money.funded_line(sign_in, 99 * M, year=2023)
    sign_in("mat-tran")
    with counted(app.state.engine) as few:
        seen = budget(sign_in)
    assert sums(seen["total"]) == (190, 0, 150, 5, 0, 0, 145)
    assert {one["component"]: sums(one) for one in seen["by_component"]} == {
        None: (0, 0, 20, 5, 0, 0, 15),
        "livelihood": (190, 0, 130, 0, 0, 0, 130),
    }
    assert {one["source"]: sums(one) for one in seen["by_source"]} == {
        "mobilised": (0, 0, 20, 5, 0, 0, 15),
        "state_budget": (190, 0, 130, 0, 0, 0, 130),
    }
    assert {one["hamlet_id"]: sums(one) for one in seen["by_hamlet"]} == {
        None: (150, 0, 120, 5, 0, 0, 115),
        HAMLET: (40, 0, 30, 0, 0, 0, 30),
    }
    for listed in ("by_component", "by_source", "by_hamlet", "rows"):
        assert tuple(map(sum, zip(*map(sums, seen[listed]), strict=True))) == sums(seen["total"]), listed
    assert sums(budget(sign_in, area=HAMLET)["total"]) == (40, 0, 30, 0, 0, 0, 30)
    assert sums(budget(sign_in, year=2022)["total"]) == (0,) * 7
    for n in range(3):
        money.funded_line(sign_in, M, money.approved(sign_in, M, area_id=str(area_id(f"14080-0{n + 4}"))))
    with counted(app.state.engine) as many:
        assert len(budget(sign_in)["by_hamlet"]) == 5
    assert len(few) == len(many)


@pytest.mark.parametrize("who", [PLANNER, CHAIR, TREASURER, "mat-tran", "truc-ninh"])
def test_the_commune_its_front_and_its_district_read_the_money(sign_in: SignIn, who: str) -> None:
    line = money.funded_line(sign_in, 10)
    booking = money.committed(sign_in, line["id"], 4)
    client = sign_in(who)
    assert budget(sign_in, who=who)["total"]["committed_vnd"] == 4
    assert done(client.get(f"/api/v1/budget-lines/{line['id']}"))["remaining_vnd"] == 6
    assert done(client.get(f"/api/v1/commitments/{booking['commitment']['id']}"))["committed_vnd"] == 4
    for address, count in (("budget-lines", 1), ("commitments", 1), ("money-movements", 2)):
        assert len(done(client.get(f"/api/v1/{address}"))["items"]) == count


def test_another_commune_finds_nothing_and_others_are_told_the_right(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 10)
    booking = money.committed(sign_in, line["id"], 4)
    stranger = sign_in("truc-dai")
    for address in ("budget-lines", "commitments", "money-movements"):
        assert done(stranger.get(f"/api/v1/{address}"))["items"] == []
    commitment = booking["commitment"]["id"]
    assert stranger.get(f"/api/v1/budget-lines/{line['id']}").status_code == 404
    assert stranger.get(f"/api/v1/commitments/{commitment}").status_code == 404
    assert stranger.get("/api/v1/budget", params={"area_id": COMMUNE, "year": 2024}).status_code == 404
    body = {"budget_line_id": line["id"], "purpose": "x", "amount_vnd": 1}
    assert stranger.post("/api/v1/commitments", json=body).status_code == 404
    for who in ("xom-3", "ngan-hang", "van-hoa", "admin"):
        denied = sign_in(who).get("/api/v1/budget-lines")
        assert (denied.status_code, denied.json()["permission"]) == (403, "budget:read"), who


def test_each_step_belongs_to_its_own_desk(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 100)
    booking = money.committed(sign_in, line["id"], 40)
    commitment, pay = booking["commitment"]["id"], {"amount_vnd": 1, "booked_on": "2024-06-12"}
    back = {"booked_on": "2024-07-01", "reason": "x"}
    tries = [
        (PLANNER, "budget-lines", {"area_id": COMMUNE, "year": 2024, **CENTRAL, "title": "x"}, "budget:write"),
        (CHAIR, f"budget-lines/{line['id']}/allocations", pay | {"document_no": "1"}, "budget:write"),
        (TREASURER, "commitments", {"budget_line_id": line["id"], "purpose": "x", "amount_vnd": 1},
         "commitments:write"),
        (TREASURER, f"commitments/{commitment}/approval", {"decided_on": "2024-05-06"}, "commitments:approve"),
        (PLANNER, f"commitments/{commitment}/refusal", {"decided_on": "2024-05-06", "reason": "x"},
         "commitments:approve"),
        (PLANNER, f"commitments/{commitment}/disbursements", pay, "disbursements:write"),
        (CHAIR, f"commitments/{commitment}/settlements", pay, "settlements:write"),
        (PLANNER, f"budget-lines/{line['id']}/closing", {"closed_on": "2025-01-31"}, "settlements:write"),
        # what the chair bound is not for the treasurer to set free
        (TREASURER, f"money-movements/{booking['movement']['id']}/reversal", back, "commitments:approve"),
        (PLANNER, f"money-movements/{booking['movement']['id']}/reversal", back, "budget:write"),
    ]  # fmt: skip
    for who, address, body, right in tries:
        denied = sign_in(who).post(f"/api/v1/{address}", json=body)
        assert (denied.status_code, denied.json().get("permission")) == (403, right), f"{who} {address}: {denied.text}"


def test_a_line_of_an_item_takes_its_place_and_no_more_than_it_has(sign_in: SignIn) -> None:
    item, treasurer = money.approved(sign_in, 100), sign_in(TREASURER)
    opened = money.line(sign_in, item)
    assert (opened["component"], opened["plan_item_id"]) == ("livelihood", item["id"])
    own = {"area_id": COMMUNE, "year": 2024, "plan_item_id": item["id"], **CENTRAL, "title": "x"}
    for name, value in {"area_id": HAMLET, "year": 2025}.items():
        wrong = treasurer.post("/api/v1/budget-lines", json=own | {name: value})
        assert [error["pointer"] for error in wrong.json()["errors"]] == [f"#/{name}"]
    assert treasurer.post("/api/v1/budget-lines", json=own | {"plan_item_id": str(uuid4())}).status_code == 404
    done(money.allocate(sign_in, opened["id"], 70))
    above = money.allocate(sign_in, money.line(sign_in, item)["id"], 31)
    assert (above.status_code, kind(above)) == (409, "above-approved")
    assert (above.json()["available_vnd"], above.json()["asked_vnd"]) == (30, 31)
    assert "30 đồng" in above.json()["detail"]
    other = money.line(sign_in, item, level="province")
    assert money.allocate(sign_in, other["id"], 1).json()["available_vnd"] == 0


def test_money_moves_only_for_an_approved_item_and_it_is_cancelled_only_without_money(sign_in: SignIn) -> None:
    chair, draft = sign_in(CHAIR), money.drafted(sign_in, 100)
    line = money.line(sign_in, draft)
    assert kind(money.allocate(sign_in, line["id"], 10)) == "illegal-stage"
    money.approve_item(sign_in, draft["id"])
    done(money.allocate(sign_in, line["id"], 100))
    booking = money.committed(sign_in, line["id"], 30)
    waiting = done(money.prepare(sign_in, line["id"], 5))
    cancel = {"cancelled_on": "2024-06-03", "reason": "x"}
    refused = chair.post(f"/api/v1/plan-items/{draft['id']}/cancellation", json=cancel)
    assert (kind(refused), refused.json()["committed_vnd"]) == ("conflict", 30)
    done(money.reverse(sign_in, booking["movement"]))
    done(chair.post(f"/api/v1/plan-items/{draft['id']}/cancellation", json=cancel))
    assert kind(money.approve(sign_in, waiting["id"])) == "illegal-stage"
    assert kind(money.prepare(sign_in, line["id"], 5)) == "illegal-stage"
    assert kind(money.allocate(sign_in, line["id"], 1)) == "illegal-stage"
    gone = {"area_id": COMMUNE, "year": 2024, "plan_item_id": draft["id"], **CENTRAL, "title": "x"}
    assert kind(sign_in(TREASURER).post("/api/v1/budget-lines", json=gone)) == "illegal-stage"
    assert done(chair.get(f"/api/v1/budget-lines/{line['id']}"))["committed_vnd"] == 0


def test_the_overview_is_printed_for_a_commune_and_for_a_hamlet(sign_in: SignIn, app: Any) -> None:
    front = sign_in("mat-tran")
    money.funded_line(sign_in, 30 * M, money.approved(sign_in, 40 * M, area_id=HAMLET))
    gifts = money.funded_line(sign_in, 20 * M, source="mobilised", level="none")
    money.committed(sign_in, gifts["id"], 5 * M)
    paper = front.get("/api/v1/budget/paper", params={"area_id": COMMUNE, "year": 2024})
    assert paper.headers["content-type"] == "application/pdf"
    (page,) = pages(paper.content)
    for line in (
        "Chung cho chương trình 0 20.000.000 5.000.000 0 0 15.000.000",
        "Ngân sách nhà nước: trung ương 40.000.000 30.000.000 0 0 0 30.000.000",
        "Xóm 3 40.000.000 30.000.000 0 0 0 30.000.000",
        "Tổng cộng 40.000.000 50.000.000 5.000.000 0 0 45.000.000",
    ):
        assert squeezed(line) in squeezed(page), line
    (page,) = pages(front.get("/api/v1/budget/paper", params={"area_id": HAMLET, "year": 2024}).content)
    assert squeezed("Tổng cộng 40.000.000 30.000.000 0 0 0 30.000.000") in squeezed(page)
    assert "XÓM 3" in page
    district: dict[str, Any] = {"area_id": str(area_id("363")), "year": 2024}
    assert sign_in("truc-ninh").get("/api/v1/budget", params=district).json()["total"]["approved_vnd"] == 50 * M
    assert sign_in("truc-ninh").get("/api/v1/budget/paper", params=district).status_code == 404
    assert sign_in("truc-dai").get("/api/v1/budget/paper", params={"area_id": COMMUNE, "year": 2024}).status_code == 404
