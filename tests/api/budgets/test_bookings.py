"""Commitments, payments, reversals and the end of the year: what is above is refused with the numbers, what is
repeated is booked once, and the journal is never changed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from api.accounts.permissions import Role
from api.areas.tables import area_id
from tests.make import money
from tests.make.answers import done
from tests.make.money import CHAIR, COMMUNE, HAMLET, PLANNER, TREASURER
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/problems/")


def left(answer: httpx.Response) -> tuple[int, int]:
    """How much was left, and how much was asked for."""
    assert (answer.status_code, kind(answer)) == (409, "above-approved"), answer.text
    return answer.json()["available_vnd"], answer.json()["asked_vnd"]


def journal(sign_in: SignIn, **only: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done(sign_in("truc-ninh").get("/api/v1/money-movements", params=only))["items"]
    return found


def test_nothing_goes_above_the_step_before_it(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 100)
    assert left(money.prepare(sign_in, line["id"], 101)) == (100, 101)
    one, two = (done(money.prepare(sign_in, line["id"], amount)) for amount in (60, 60))
    bound = done(money.approve(sign_in, one["id"]))["commitment"]
    assert left(money.approve(sign_in, two["id"])) == (40, 60)
    assert left(money.pay(sign_in, bound["id"], 61)) == (60, 61)
    done(money.pay(sign_in, bound["id"], 50))
    assert left(money.pay(sign_in, bound["id"], 11)) == (10, 11)
    assert left(money.pay(sign_in, bound["id"], 51, "settlements")) == (50, 51)
    booked = done(money.pay(sign_in, bound["id"], 20, "settlements"))
    assert (booked["commitment"]["settled_vnd"], booked["line"]["settled_vnd"]) == (20, 20)


def test_money_is_paid_out_of_an_approved_commitment_only(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 100)
    waiting = done(money.prepare(sign_in, line["id"], 60))
    assert (waiting["state"], waiting["committed_vnd"]) == ("prepared", 0)
    for step in ("disbursements", "settlements"):
        assert kind(money.pay(sign_in, waiting["id"], 1, step)) == "illegal-stage"
    address = f"/api/v1/commitments/{waiting['id']}"
    body = {"decided_on": "2024-05-06", "reason": "Thiếu báo giá"}
    stale = sign_in(CHAIR).post(f"{address}/refusal", json=body, headers={"If-Match": '"7"'})
    assert kind(stale) == "stale-version"
    refused = done(sign_in(CHAIR).post(f"{address}/refusal", json=body))
    assert (refused["state"], refused["decision_reason"]) == ("refused", "Thiếu báo giá")
    assert kind(money.approve(sign_in, waiting["id"])) == "illegal-stage"
    assert kind(money.pay(sign_in, waiting["id"], 1)) == "illegal-stage"
    assert done(sign_in(CHAIR).get(f"/api/v1/budget-lines/{line['id']}"))["remaining_vnd"] == 100


def test_whoever_prepared_a_commitment_does_not_decide_on_it(sign_in: SignIn, engine: Engine) -> None:
    money.also(engine, PLANNER, Role.commune_chair)
    line = money.funded_line(sign_in, 100)
    own = done(money.prepare(sign_in, line["id"], 60))
    address = f"/api/v1/commitments/{own['id']}"
    for verb, body in (("approval", {}), ("refusal", {"reason": "x"})):
        answer = sign_in(PLANNER).post(f"{address}/{verb}", json={"decided_on": "2024-05-06", **body})
        assert (answer.status_code, kind(answer)) == (409, "separation-of-duties")
    with Session(engine) as session, pytest.raises(DBAPIError, match="ck_commitment_approved_by_another"):
        session.execute(text("UPDATE commitment SET state = 'approved', decided_by = prepared_by"))


def test_a_repeated_booking_is_booked_once_by_id_or_by_key(sign_in: SignIn) -> None:
    line = money.line(sign_in)
    given = str(uuid4())
    first = done(money.allocate(sign_in, line["id"], 100, id=given))
    assert done(money.allocate(sign_in, line["id"], 100, id=given))["movement"] == first["movement"]
    assert kind(money.allocate(sign_in, line["id"], 101, id=given)) == "already-exists"
    treasurer, key = sign_in(TREASURER), {"Idempotency-Key": "one"}
    booking = money.committed(sign_in, line["id"], 60)
    commitment = booking["commitment"]["id"]
    body = {"amount_vnd": 10, "booked_on": "2024-06-12"}
    for step in ("disbursements", "settlements"):  # the same key for another kind is another booking
        address = f"/api/v1/commitments/{commitment}/{step}"
        one, again = (done(treasurer.post(address, json=body, headers={"Idempotency-Key": "1"})) for _ in range(2))
        assert one["movement"] == again["movement"]
        other = treasurer.post(address, json=body | {"amount_vnd": 11}, headers={"Idempotency-Key": "1"})
        assert kind(other) == "idempotency-key-reused"
    back = {"booked_on": "2024-07-01", "reason": "Ghi nhầm"}
    address = f"/api/v1/money-movements/{one['movement']['id']}/reversal"
    one, again = (done(treasurer.post(address, json=back, headers=key)) for _ in range(2))
    assert one["movement"] == again["movement"]
    assert kind(treasurer.post(address, json=back)) == "conflict"  # nothing is left of it
    amounts = sorted((one["kind"], one["amount_vnd"]) for one in journal(sign_in))
    assert amounts == [
        ("allocation", 100), ("commitment", 60), ("disbursement", 10), ("settlement", -10), ("settlement", 10),
    ]  # fmt: skip


def test_lines_commitments_and_approvals_are_repeated_without_harm(sign_in: SignIn) -> None:
    treasurer, officer, key = sign_in(TREASURER), sign_in(PLANNER), {"Idempotency-Key": "1"}
    body = {"area_id": COMMUNE, "year": 2024, **money.CENTRAL, "title": "DA2"}
    line, again = (done(treasurer.post("/api/v1/budget-lines", json=body, headers=key)) for _ in range(2))
    assert line == again
    other = treasurer.post("/api/v1/budget-lines", json=body | {"title": "DA3"}, headers=key)
    assert kind(other) == "idempotency-key-reused"
    done(money.allocate(sign_in, line["id"], 100))
    asked = {"budget_line_id": line["id"], "purpose": "Bò", "amount_vnd": 60}
    one, again = (done(officer.post("/api/v1/commitments", json=asked, headers=key)) for _ in range(2))
    assert one == again
    reused = officer.post("/api/v1/commitments", json=asked | {"amount_vnd": 61}, headers=key)
    assert kind(reused) == "idempotency-key-reused"
    first, second = (done(money.approve(sign_in, one["id"], **key)) for _ in range(2))
    assert first == second
    assert kind(money.approve(sign_in, one["id"])) == "illegal-stage"
    assert first["line"]["committed_vnd"] == 60


def test_a_movement_is_taken_back_in_parts_by_the_same_kind_and_with_a_reason(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 100)
    commitment = money.committed(sign_in, line["id"], 60)["commitment"]["id"]
    paid = done(money.pay(sign_in, commitment, 50))["movement"]
    part = done(money.reverse(sign_in, paid, 20))
    assert (part["movement"]["kind"], part["movement"]["amount_vnd"]) == ("disbursement", -20)
    assert part["movement"]["reverses_id"] == paid["id"]
    assert left(money.reverse(sign_in, paid, 31)) == (30, 31)
    assert done(money.reverse(sign_in, paid))["commitment"]["disbursed_vnd"] == 0
    assert {one["reversed_vnd"] for one in journal(sign_in, kind="disbursement")} == {0, 50}
    assert kind(money.reverse(sign_in, part["movement"])) == "conflict"
    without = sign_in(TREASURER).post(
        f"/api/v1/money-movements/{paid['id']}/reversal", json={"booked_on": "2024-07-01", "reason": "  "}
    )
    assert (without.status_code, without.json()["errors"][0]["pointer"]) == (422, "#/reason")


def test_what_a_later_step_has_used_is_not_taken_back(sign_in: SignIn, engine: Engine) -> None:
    line = money.line(sign_in)
    allocation = done(money.allocate(sign_in, line["id"], 100))["movement"]
    project = money.project(engine)
    bound = money.committed(sign_in, line["id"], 60, intervention_id=str(project))
    paid = done(money.pay(sign_in, bound["commitment"]["id"], 30))["movement"]
    done(money.pay(sign_in, bound["commitment"]["id"], 20, "settlements"))
    assert left(money.reverse(sign_in, allocation)) == (40, 100)
    assert left(money.reverse(sign_in, bound["movement"])) == (30, 60)
    assert left(money.reverse(sign_in, paid)) == (10, 30)
    with Session(engine) as session, session.begin():
        money.deliver(session, project, 55)
    assert left(money.reverse(sign_in, bound["movement"], 6)) == (5, 6)
    assert done(money.reverse(sign_in, bound["movement"], 5))["commitment"]["committed_vnd"] == 55
    with Session(engine) as session, pytest.raises(DBAPIError, match="ck_intervention_delivered_as_approved"):
        money.deliver(session, project, 1)


def test_a_commitment_serves_an_intervention_of_its_own_place_and_component(sign_in: SignIn, engine: Engine) -> None:
    line = money.funded_line(sign_in, 100, component="livelihood", area_id=HAMLET)
    for wrong in ({"area_id": area_id("14080-04")}, {"area_id": area_id("14080-03"), "component": "nutrition"}):
        other = str(money.project(engine, **wrong))
        assert kind(money.prepare(sign_in, line["id"], 10, intervention_id=other)) == "conflict"
    theirs = str(money.project(engine, area_id=area_id("14071")))
    assert money.prepare(sign_in, line["id"], 10, intervention_id=theirs).status_code == 404
    assert money.prepare(sign_in, line["id"], 10, organisation_id=str(uuid4())).status_code == 404
    good = str(money.project(engine, area_id=area_id("14080-03"), component=None))
    assert done(money.prepare(sign_in, line["id"], 10, intervention_id=good))["intervention_id"] == good


def test_the_journal_is_never_changed(sign_in: SignIn, engine: Engine) -> None:
    money.funded_line(sign_in, 100)
    statements = (
        "UPDATE money_movement SET amount_vnd = 1", "UPDATE money_movement SET booked_on = '2020-01-01'",
        "DELETE FROM money_movement", "UPDATE money_movement SET reversed_vnd = 101",
    )  # fmt: skip
    for statement in statements:
        with Session(engine) as session, pytest.raises(DBAPIError, match=r"append-only|reversed_once"):
            session.execute(text(statement))


@pytest.mark.parametrize("amount", [0, -5, 1.5, 10**13 + 1, "100", True])
def test_amounts_are_whole_and_plausible(sign_in: SignIn, amount: Any) -> None:
    answer = money.allocate(sign_in, money.line(sign_in)["id"], amount)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/amount_vnd")


def test_a_line_is_closed_when_all_is_settled_and_says_what_became_of_its_rest(sign_in: SignIn) -> None:
    line = money.line(sign_in)
    for amount in (70, 30):
        done(money.allocate(sign_in, line["id"], amount))
    waiting = done(money.prepare(sign_in, line["id"], 5))
    bound = money.committed(sign_in, line["id"], 60)
    commitment = bound["commitment"]["id"]
    done(money.pay(sign_in, commitment, 50))
    done(money.pay(sign_in, commitment, 40, "settlements"))
    early = money.close(sign_in, line["id"], rest="given_back")
    assert kind(early) == "illegal-stage"
    said = early.json()
    assert (set(said["commitments"]), said["unpaid_vnd"], said["unsettled_vnd"]) == (
        {waiting["id"], commitment},
        10,
        10,
    )
    body = {"decided_on": "2024-12-20", "reason": "Hết năm"}
    done(sign_in(CHAIR).post(f"/api/v1/commitments/{waiting['id']}/refusal", json=body))
    done(money.pay(sign_in, commitment, 10, "settlements"))
    done(money.reverse(sign_in, bound["movement"], 10))
    assert money.close(sign_in, line["id"]).json()["errors"][0]["pointer"] == "#/rest"
    stray = money.close(sign_in, line["id"], rest="given_back", to_line_id=line["id"])
    assert stray.json()["errors"][0]["pointer"] == "#/to_line_id"
    closed = done(money.close(sign_in, line["id"], rest="given_back"))
    assert (closed["rest_vnd"], closed["approved_vnd"], closed["settled_vnd"]) == (50, 50, 50)
    assert done(money.close(sign_in, line["id"], rest="given_back")) == closed
    assert kind(money.close(sign_in, line["id"], closed_on="2025-02-01")) == "illegal-stage"
    given = [one["amount_vnd"] for one in journal(sign_in, kind="allocation")]
    assert sorted(given) == [-30, -20, 30, 70]


def test_on_a_closed_line_only_reversals_are_booked(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 50)
    bound = money.committed(sign_in, line["id"], 50)["commitment"]["id"]
    done(money.pay(sign_in, bound, 50))
    settled = done(money.pay(sign_in, bound, 50, "settlements"))["movement"]
    assert done(money.close(sign_in, line["id"]))["rest_vnd"] == 0
    for refused in (
        money.allocate(sign_in, line["id"], 1),
        money.prepare(sign_in, line["id"], 1),
        money.pay(sign_in, bound, 1),
        money.pay(sign_in, bound, 1, "settlements"),
    ):
        assert (kind(refused), refused.json()["closed_on"]) == ("illegal-stage", "2025-01-31")
    assert done(money.reverse(sign_in, settled, 5))["line"]["settled_vnd"] == 45


def test_where_nothing_is_left_the_same_closing_again_changes_nothing(sign_in: SignIn) -> None:
    line, following = money.line(sign_in), money.line(sign_in, year=2025)
    said = {"rest": "carried_over", "to_line_id": following["id"]}
    closed = done(money.close(sign_in, line["id"], **said))
    assert (closed["rest_vnd"], closed["carried_to_id"]) == (0, None)
    assert done(money.close(sign_in, line["id"], **said)) == closed


def test_nothing_is_taken_back_before_the_day_it_was_booked(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 100)
    (allocated,) = journal(sign_in, budget_line_id=line["id"])
    early = money.reverse(sign_in, allocated, booked_on="2024-04-09")
    assert [error["code"] for error in early.json()["errors"]] == ["before_the_movement"]
    assert done(money.reverse(sign_in, allocated, booked_on="2024-04-10"))["line"]["approved_vnd"] == 0


def test_a_rest_is_carried_over_to_the_same_money_of_the_next_year(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 80)
    wrong = [
        money.line(sign_in, year=2026), money.line(sign_in, year=2025, level="province"),
        money.line(sign_in, year=2025, component="livelihood"), money.line(sign_in, year=2025, area_id=HAMLET),
    ]  # fmt: skip
    for other in wrong:
        answer = money.close(sign_in, line["id"], rest="carried_over", to_line_id=other["id"])
        assert kind(answer) == "conflict", answer.text
    assert money.close(sign_in, line["id"], rest="carried_over", to_line_id=str(uuid4())).status_code == 404
    assert money.close(sign_in, line["id"], rest="carried_over").status_code == 422
    item = money.approved(sign_in, 79, year=2025)
    small = money.funded_line(sign_in, 80, component="livelihood")
    too_small = money.close(sign_in, small["id"], rest="carried_over", to_line_id=money.line(sign_in, item)["id"])
    assert left(too_small) == (79, 80)
    following = money.line(sign_in, year=2025)
    closed = done(money.close(sign_in, line["id"], rest="carried_over", to_line_id=following["id"]))
    assert (closed["approved_vnd"], closed["rest_vnd"], closed["carried_to_id"]) == (0, 80, following["id"])
    assert done(sign_in(CHAIR).get(f"/api/v1/budget-lines/{following['id']}"))["approved_vnd"] == 80
    (arrived,) = journal(sign_in, budget_line_id=following["id"])
    assert (arrived["amount_vnd"], arrived["reason"]) == (80, "Khoá sổ: chuyển nguồn sang năm sau (2024)")


def test_lists_are_cut_and_paged_without_a_statement_for_each(sign_in: SignIn, app: Any) -> None:
    line = money.funded_line(sign_in, 1000)
    other = money.funded_line(sign_in, 10, year=2023, area_id=HAMLET)
    bound = [money.committed(sign_in, line["id"], 10)["commitment"]["id"] for _ in range(3)]
    for day in ("2024-06-01", "2024-06-02", "2024-06-03"):
        done(money.pay(sign_in, bound[0], 1, booked_on=day))
    days = [one["booked_on"] for one in journal(sign_in, from_day="2024-06-02", to_day="2024-06-03")]
    assert days == ["2024-06-03", "2024-06-02"]
    assert len(journal(sign_in, commitment_id=bound[0])) == 4
    assert len(journal(sign_in, area_id=HAMLET)) == 1
    client = sign_in(CHAIR)
    for address, only, count in (
        ("budget-lines", {"year": 2023}, 1), ("budget-lines", {"area_id": HAMLET}, 1), ("budget-lines", {}, 2),
        ("budget-lines", {"source": "credit"}, 0), ("commitments", {"budget_line_id": other["id"]}, 0),
        ("commitments", {"state": "approved"}, 3), ("commitments", {"state": "prepared"}, 0),
        ("money-movements", {}, 8),
    ):  # fmt: skip
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = done(client.get(f"/api/v1/{address}", params={**only, **cursor, "limit": 2}))
            found += [one["id"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert (len(found), len(set(found))) == (count, count), (address, only)
        with counted(app.state.engine) as few:
            client.get(f"/api/v1/{address}", params={"limit": 1})
        with counted(app.state.engine) as many:
            client.get(f"/api/v1/{address}", params={"limit": 1000})
        assert len(few) == len(many)
