"""The money and the deliveries of a monitoring report: of its days, and as they were known."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from api.households.moves import merge_households, move_household
from api.households.schemas import MoveIn
from tests.make import money
from tests.make.answers import done
from tests.make.interventions import handed_out
from tests.make.report_register import on
from tests.make.reviews import acting, household

SignIn = Callable[[str], httpx.Client]
MONITORING = "/api/v1/reports/monitoring-"
M = 1_000_000


def rows(client: httpx.Client, form: str, period: str, **query: str) -> tuple[str, dict[str, Any]]:
    report = done(client.get(f"{MONITORING}{form}", params={"area": "14080", "period": period, **query}))
    return report["known_at"], {row["code"]: row["cells"][3]["value"] for row in report["rows"]}


def money_of(found: dict[str, Any]) -> list[int]:
    names = ("planned", "approved", "committed", "disbursed", "settled")
    return [found[f"money_{name}"] // M for name in names]


def test_money_counts_in_the_period_of_its_day(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    line = money.funded_line(sign_in, 80 * M, money.approved(sign_in, 100 * M))
    bound = money.committed(sign_in, line["id"], 50 * M)
    at = bound["movement"]["commitment_id"]
    done(money.pay(sign_in, at, 20 * M))  # 12 June
    second = done(money.pay(sign_in, at, 10 * M, booked_on="2024-08-20"))
    done(money.pay(sign_in, at, 15 * M, "settlements", booked_on="2024-12-20"))
    known_at, found = rows(officer, "six-month", "2024-H1")
    assert money_of(found) == [100, 80, 50, 20, 0]
    assert money_of(rows(officer, "six-month", "2024-H2")[1]) == [100, 0, 0, 10, 15]
    assert money_of(rows(officer, "annual", "2024")[1]) == [100, 80, 50, 30, 15]
    assert money_of(rows(officer, "annual", "2024", as_of="2024-05-31")[1]) == [100, 80, 50, 0, 0]
    assert money_of(rows(officer, "six-month", "2023-H2")[1]) == [0, 0, 0, 0, 0]
    done(money.reverse(sign_in, second["movement"], booked_on="2025-01-10"))
    assert money_of(rows(officer, "six-month", "2024-H2")[1]) == [100, 0, 0, 0, 15]
    assert money_of(rows(officer, "six-month", "2024-H2", known_at=known_at)[1]) == [100, 0, 0, 10, 15]


def test_deliveries_of_the_days_as_they_were_known(sign_in: SignIn, session: Session, engine: Engine) -> None:
    officer, project = sign_in("truc-thai"), money.project(engine)
    home = household(session)
    for day, amount in ((date(2024, 6, 30), 1), (date(2024, 7, 1), 2), (date(2024, 10, 1), 4)):
        handed_out(session, project, household_id=home, delivered_on=day, amount_vnd=amount)
    session.commit()
    known_at, found = rows(officer, "six-month", "2024-H2")
    assert (found["deliveries"], found["supported_amount"]) == (2, 6)
    until = rows(officer, "six-month", "2024-H2", as_of="2024-09-01")[1]
    assert (until["deliveries"], until["supported_amount"]) == (1, 2)
    handed_out(session, project, household_id=home, delivered_on=date(2024, 11, 1), amount_vnd=8)
    session.commit()
    assert rows(officer, "six-month", "2024-H2")[1]["supported_amount"] == 14
    assert rows(officer, "six-month", "2024-H2", known_at=known_at)[1]["supported_amount"] == 6
    taken_back = "UPDATE delivery SET reversed_at = now(), reversal_reason = 'trả lại' WHERE amount_vnd = 4"
    session.execute(text(taken_back))
    session.commit()
    assert rows(officer, "six-month", "2024-H2")[1]["supported_amount"] == 10
    assert rows(officer, "six-month", "2024-H2", known_at=known_at)[1]["supported_amount"] == 6


def test_deliveries_count_where_the_household_stood(sign_in: SignIn, session: Session, engine: Engine) -> None:
    """A move that is recorded late counts on its own day, and not for whoever asks what was known before; what was
    handed to a household that was merged away is its survivor's."""
    project, chief = money.project(engine), acting("truc-thai")
    with on(date(2024, 3, 1)):
        home, gone = household(session), household(session)
    with on(date(2024, 8, 1)):
        for whom in (home, gone):
            handed_out(session, project, household_id=whom, delivered_on=date(2024, 7, 20), amount_vnd=5)
    with on(date(2024, 10, 10)):
        move_household(session, chief, home, MoveIn(hamlet_id=area_id("14080-04"), moved_on=date(2024, 8, 15)), None)
    with on(date(2024, 11, 10)):
        merge_households(session, chief, home, gone, None, lambda *_: None)
    session.commit()

    def counts(hamlet: str, **query: str) -> list[int]:
        asked = {"period": "2024-H2", "as_of": "2024-09-01", **query, "area": hamlet}
        report = done(sign_in("truc-thai").get(f"{MONITORING}six-month", params=asked))
        found = {row["code"]: row["cells"][3]["value"] for row in report["rows"]}
        return [found[name] for name in ("deliveries", "supported_households", "supported_amount")]

    before = {"known_at": "2024-10-01T00:00:00Z"}
    assert (counts("14080-03"), counts("14080-04")) == ([1, 1, 5], [1, 1, 5])
    assert (counts("14080-03", **before), counts("14080-04", **before)) == ([2, 2, 10], [0, 0, 0])
    assert counts("14080-04", as_of="2024-08-10") == [0, 0, 0]
    later = {"as_of": "2024-12-31"}
    assert (counts("14080-03", **later), counts("14080-04", **later)) == ([0, 0, 0], [2, 1, 10])


def test_an_item_is_planned_from_its_approval_to_its_cancellation(sign_in: SignIn) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    item = money.approved(sign_in, 100 * M)  # approved on 2 April
    known_at = rows(officer, "six-month", "2024-H1")[0]
    gone = {"cancelled_on": "2024-09-10", "reason": "Không còn hộ có nhu cầu"}
    done(chair.post(f"/api/v1/plan-items/{item['id']}/cancellation", json=gone))
    for day, planned in (("2024-04-01", 0), ("2024-04-02", 100), ("2024-09-09", 100), ("2024-09-10", 0)):
        assert money_of(rows(officer, "annual", "2024", as_of=day)[1])[0] == planned, day
    then = rows(officer, "annual", "2024", as_of="2024-09-10", known_at=known_at)[1]
    assert money_of(then)[0] == 100
    assert money_of(rows(officer, "annual", "2024", known_at="2024-01-01T00:00:00Z")[1])[0] == 0
