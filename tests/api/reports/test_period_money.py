"""The money and the deliveries of a monitoring report: of its days, and as they were known."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlmodel import Session

from tests.make import money
from tests.make.answers import done
from tests.make.interventions import handed_out
from tests.make.reviews import household

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
