"""The order of days: allocated, bound, paid out, settled, closed; and what a year's papers may be dated."""

from typing import Any

import httpx

from tests.conftest import SignIn
from tests.make import money
from tests.make.answers import done
from tests.make.money import CHAIR, PLANNER


def told(answer: httpx.Response) -> tuple[str, str, str]:
    """(place, code, Vietnamese words) of the one thing that is wrong."""
    assert answer.status_code == 422, answer.text
    (one,) = answer.json()["errors"]
    return one["pointer"], one["code"], one["details"]["vi"]


def test_money_is_bound_paid_and_settled_in_the_order_of_days(sign_in: SignIn) -> None:
    line = money.line(sign_in)
    done(money.allocate(sign_in, line["id"], 100, booked_on="2024-04-10"))
    made = done(money.prepare(sign_in, line["id"], 60))["id"]
    place, code, words = told(money.approve(sign_in, made, "2024-04-09"))
    assert (place, code, "10/04/2024" in words) == ("#/decided_on", "before_its_money", True)
    done(money.approve(sign_in, made, "2024-04-10"))
    place, code, words = told(money.pay(sign_in, made, 60, booked_on="2024-04-09"))
    assert (place, code, "10/04/2024" in words) == ("#/booked_on", "before_its_money", True)
    done(money.pay(sign_in, made, 60, booked_on="2024-06-01"))
    place, code, words = told(money.pay(sign_in, made, 60, "settlements", booked_on="2024-05-31"))
    assert (place, code, "01/06/2024" in words) == ("#/booked_on", "before_its_money", True)
    done(money.pay(sign_in, made, 60, "settlements", booked_on="2024-06-01"))


def test_what_came_later_is_not_bound_before_it_came(sign_in: SignIn) -> None:
    line = money.line(sign_in)
    for amount, day in ((100, "2024-04-10"), (50, "2024-07-01")):
        done(money.allocate(sign_in, line["id"], amount, booked_on=day))
    first, second = (done(money.prepare(sign_in, line["id"], amount))["id"] for amount in (100, 50))
    done(money.approve(sign_in, first, "2024-06-01"))
    # by then the 100 of April were there, but June has bound them
    place, code, words = told(money.approve(sign_in, second, "2024-05-01"))
    assert (place, code, "01/07/2024" in words) == ("#/decided_on", "before_its_money", True)
    done(money.approve(sign_in, second, "2024-07-01"))


def test_a_late_voucher_and_a_corrected_one_keep_their_own_days(sign_in: SignIn) -> None:
    line = money.funded_line(sign_in, 100)
    made = money.committed(sign_in, line["id"], 100)["commitment"]["id"]
    done(money.pay(sign_in, made, 40, booked_on="2024-09-01"))
    # typed after it, of a day before it
    done(money.pay(sign_in, made, 30, booked_on="2024-06-01"))
    wrong = done(money.pay(sign_in, made, 30, booked_on="2024-06-02"))["movement"]
    done(money.reverse(sign_in, wrong, booked_on="2024-10-01"))
    # the wrong one was found in October; the right one is of June all the same
    assert done(money.pay(sign_in, made, 30, booked_on="2024-06-03"))["commitment"]["disbursed_vnd"] == 100


def test_a_line_is_closed_after_its_last_movement_and_not_before_its_year(sign_in: SignIn) -> None:
    line = money.line(sign_in)
    place, code, words = told(money.close(sign_in, line["id"], closed_on="2023-12-31"))
    assert (place, code, "01/01/2024" in words) == ("#/closed_on", "before_its_year", True)
    done(money.allocate(sign_in, line["id"], 100, booked_on="2024-04-10"))
    place, code, words = told(money.close(sign_in, line["id"], closed_on="2024-04-09", rest="given_back"))
    assert (place, code, "10/04/2024" in words) == ("#/closed_on", "before_the_last_movement", True)
    assert done(money.close(sign_in, line["id"], closed_on="2024-04-10", rest="given_back"))["rest_vnd"] == 100


def test_money_of_an_item_moves_once_the_item_is_approved(sign_in: SignIn) -> None:
    item = money.approved(sign_in, 100)
    line = money.line(sign_in, item)
    early = money.allocate(sign_in, line["id"], 100, booked_on="2024-04-01")
    place, code, words = told(early)
    assert (place, code, "02/04/2024" in words) == ("#/booked_on", "before_the_approval", True)
    done(money.allocate(sign_in, line["id"], 100, booked_on="2024-04-02"))
    gone = {"cancelled_on": "2024-04-01", "reason": "x"}
    other = money.approved(sign_in, 100)
    answer = sign_in(CHAIR).post(f"/api/v1/plan-items/{other['id']}/cancellation", json=gone)
    assert told(answer)[:2] == ("#/cancelled_on", "before_the_approval")


def test_no_paper_of_a_year_is_older_than_its_preparation(sign_in: SignIn) -> None:
    def decide(address: str, **body: Any) -> httpx.Response:
        return sign_in(CHAIR).post(f"/api/v1/{address}", json=body)

    old, item = "2022-12-31", money.drafted(sign_in, 100)
    answer = decide(f"plan-items/{item['id']}/approval", approved_on=old)
    place, code, words = told(answer)
    assert (place, code, "01/01/2023" in words) == ("#/approved_on", "before_its_time", True)
    answer = decide(f"plan-items/{item['id']}/cancellation", cancelled_on=old, reason="x")
    assert told(answer)[:2] == ("#/cancelled_on", "before_its_time")
    line = money.line(sign_in)
    assert told(money.allocate(sign_in, line["id"], 1, booked_on=old))[:2] == ("#/booked_on", "before_its_time")
    done(money.allocate(sign_in, line["id"], 1, booked_on="2023-12-25"))
    made = done(sign_in(PLANNER).post("/api/v1/commitments", json={"budget_line_id": line["id"], "purpose": "x",
                                                                   "amount_vnd": 1}))  # fmt: skip
    answer = decide(f"commitments/{made['id']}/refusal", decided_on=old, reason="x")
    assert told(answer)[:2] == ("#/decided_on", "before_its_time")
