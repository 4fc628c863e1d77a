"""Money booked in the same moment, with real commits: the last of it goes to one, a double click books once."""

from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import Engine, text

from tests.make import money
from tests.make.answers import done
from tests.make.money import CHAIR, COMMUNE, PLANNER, TREASURER
from tests.races.test_at_once import at_once

SignIn = Callable[[str], httpx.Client]
ROUNDS = 6


def kinds(answers: list[httpx.Response]) -> list[str]:
    return sorted("done" if one.is_success else one.json()["type"].removeprefix("/problems/") for one in answers)


def sums(engine: Engine) -> tuple[int, ...]:
    """Of the newest line; those of its movements are the same, or this fails."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT id, approved_vnd, committed_vnd, disbursed_vnd, settled_vnd FROM budget_line "
                "ORDER BY created_at DESC LIMIT 1"
            )
        ).one()
        of_line = "SELECT kind, sum(amount_vnd) AS total FROM money_movement WHERE budget_line_id = :id GROUP BY kind"
        booked = {one.kind: one.total for one in connection.execute(text(of_line), {"id": row.id})}
    kinds_in_order = ("allocation", "commitment", "disbursement", "settlement")
    assert tuple(row[1:]) == tuple(booked.get(kind, 0) for kind in kinds_in_order)
    return tuple(row[1:])


def posts(client: httpx.Client, address: str, body: Any, **headers: str) -> Callable[[], httpx.Response]:
    return lambda: client.post(f"/api/v1/{address}", json=body, headers=headers)


def approving(chair: httpx.Client, commitment: Any, **headers: str) -> Callable[[], httpx.Response]:
    return posts(chair, f"commitments/{commitment['id']}/approval", {"decided_on": "2024-05-06"}, **headers)


def test_of_two_approvals_for_the_last_money_one_wins(sign_in: SignIn, engine: Engine) -> None:
    for _ in range(ROUNDS):
        line = money.funded_line(sign_in, 100)
        one, two = (done(money.prepare(sign_in, line["id"], 60)) for _ in range(2))
        answers = at_once(approving(sign_in(CHAIR), one), approving(sign_in(CHAIR), two))
        assert kinds(answers) == ["above-approved", "done"]
        (refused,) = (answer.json() for answer in answers if not answer.is_success)
        assert (refused["available_vnd"], refused["asked_vnd"]) == (40, 60)
        assert sums(engine) == (100, 60, 0, 0)


def thrice(client: httpx.Client, address: str, body: Any, **headers: str) -> Any:
    """The same request three times in one moment: the one answer that all got."""
    answers = [done(one) for one in at_once(*[posts(client, address, body, **headers)] * 3)]
    assert len({(one.get("movement") or one)["id"] for one in answers}) == 1
    return answers[0]


def test_a_double_click_with_one_key_books_once(sign_in: SignIn, engine: Engine) -> None:
    treasurer, officer, chair = sign_in(TREASURER), sign_in(PLANNER), sign_in(CHAIR)
    for turn in range(ROUNDS):
        key = {"Idempotency-Key": str(turn)}
        thrice(officer, "plan-items", money.item_body((money.CENTRAL, 5)), **key)
        body: dict[str, Any] = {"area_id": COMMUNE, "year": 2024, **money.CENTRAL, "title": "DA2"}
        line = thrice(treasurer, "budget-lines", body, **key)
        body = {"amount_vnd": 100, "booked_on": "2024-04-10", "document_no": "1"}
        thrice(treasurer, f"budget-lines/{line['id']}/allocations", body, **key)
        body = {"budget_line_id": line["id"], "purpose": "Bò", "amount_vnd": 60}
        commitment = thrice(officer, "commitments", body, **key)
        thrice(chair, f"commitments/{commitment['id']}/approval", {"decided_on": "2024-05-06"}, **key)
        body = {"amount_vnd": 30, "booked_on": "2024-06-12"}
        thrice(treasurer, f"commitments/{commitment['id']}/disbursements", body, **key)
        assert sums(engine) == (100, 60, 30, 0)


def test_a_movement_is_reversed_once_by_two_at_once(sign_in: SignIn, engine: Engine) -> None:
    treasurer, body = sign_in(TREASURER), {"booked_on": "2024-07-01", "reason": "Ghi nhầm"}
    for amounts, expected, left in (
        (({}, {}), ["conflict", "done"], 0),
        (({"amount_vnd": 20}, {"amount_vnd": 20}), ["above-approved", "done"], 10),
        (({"amount_vnd": 15}, {"amount_vnd": 15}), ["done", "done"], 0),
    ):
        for _ in range(ROUNDS // 2):
            line = money.funded_line(sign_in, 100)
            commitment = money.committed(sign_in, line["id"], 60)["commitment"]
            paid = done(money.pay(sign_in, commitment["id"], 30))["movement"]
            address = f"money-movements/{paid['id']}/reversal"
            answers = at_once(*(posts(treasurer, address, body | part) for part in amounts))
            assert kinds(answers) == expected
            assert sums(engine) == (100, 60, left, 0)


def test_an_item_is_not_cancelled_while_money_is_bound_for_it(sign_in: SignIn, engine: Engine) -> None:
    cancel = {"cancelled_on": "2024-06-03", "reason": "x"}
    for _ in range(ROUNDS):
        item = money.approved(sign_in, 100)
        line = money.funded_line(sign_in, 100, item)
        waiting = done(money.prepare(sign_in, line["id"], 60))
        address = f"plan-items/{item['id']}/cancellation"
        answers = at_once(approving(sign_in(CHAIR), waiting), posts(sign_in(CHAIR), address, cancel))
        bound, cancelled = (answer.is_success for answer in answers)
        assert bound != cancelled, [answer.text for answer in answers]
        assert sums(engine) == (100, 60 if bound else 0, 0, 0)


def test_two_lines_of_an_item_never_have_more_than_it(sign_in: SignIn, engine: Engine) -> None:
    body = {"amount_vnd": 60, "booked_on": "2024-04-10", "document_no": "1"}
    for _ in range(ROUNDS):
        item = money.approved(sign_in, 100)
        addresses = [f"budget-lines/{money.line(sign_in, item)['id']}/allocations" for _ in range(2)]
        answers = at_once(*(posts(sign_in(TREASURER), address, body) for address in addresses))
        assert kinds(answers) == ["above-approved", "done"]


def test_a_line_is_not_closed_over_a_payment(sign_in: SignIn, engine: Engine) -> None:
    treasurer = sign_in(TREASURER)
    for _ in range(ROUNDS):
        line = money.funded_line(sign_in, 100)
        waiting = done(money.prepare(sign_in, line["id"], 60))
        done(sign_in(CHAIR).post(
            f"/api/v1/commitments/{waiting['id']}/refusal", json={"decided_on": "2024-05-06", "reason": "x"}
        ))  # fmt: skip
        closing = {"closed_on": "2025-01-31", "rest": "given_back"}
        more = {"amount_vnd": 50, "booked_on": "2024-12-30", "document_no": "2"}
        address = f"budget-lines/{line['id']}"
        closed, allocated = at_once(
            posts(treasurer, f"{address}/closing", closing), posts(treasurer, f"{address}/allocations", more)
        )
        assert closed.is_success
        assert kinds([allocated]) in (["done"], ["illegal-stage"])
        assert closed.json()["rest_vnd"] == (150 if allocated.is_success else 100)
        assert sums(engine) == (0, 0, 0, 0)
