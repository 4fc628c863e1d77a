"""1 July 2025, three communes become one: the money of each is found, paid, settled and carried over in the new one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlmodel import Session

from api.area_change import apply_change
from api.areas import law
from api.areas.tables import area_id
from api.audit import SystemActor
from tests.make import money
from tests.make.answers import done
from tests.make.money import CENTRAL, COMMUNE, TREASURER

SignIn = Callable[[str], httpx.Client]
MINH_THAI = area_id("14071", date(2025, 7, 1))


def merge(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        apply_change(session, SystemActor(), law.change_called("2025-07-01-minh-thai"))


def total(sign_in: SignIn, area: Any, year: int) -> Any:
    return done(sign_in("mat-tran").get("/api/v1/budget", params={"area_id": str(area), "year": year}))["total"]


def test_the_money_of_a_merged_commune_goes_on_in_what_it_became(sign_in: SignIn, engine: Engine) -> None:
    old = money.funded_line(sign_in, 100, year=2024)
    item = money.approved(sign_in, 80, year=2025)
    line = money.funded_line(sign_in, 80, item)
    paid = money.committed(sign_in, line["id"], 50)["commitment"]["id"]
    waiting = done(money.prepare(sign_in, line["id"], 10))
    merge(engine)
    done(money.pay(sign_in, paid, 50))
    done(money.pay(sign_in, paid, 50, "settlements"))
    done(money.approve(sign_in, waiting["id"]))
    done(money.pay(sign_in, waiting["id"], 10))
    done(money.pay(sign_in, waiting["id"], 10, "settlements"))
    of_new = money.project(engine, area_id=MINH_THAI)
    refused = done(money.prepare(sign_in, line["id"], 5, intervention_id=str(of_new)))
    body: dict[str, Any] = {"decided_on": "2025-12-20", "reason": "Hết năm"}
    done(sign_in("chu-tich").post(f"/api/v1/commitments/{refused['id']}/refusal", json=body))
    # each year adds up where it was spent
    assert total(sign_in, COMMUNE, 2024)["approved_vnd"] == 100
    assert total(sign_in, MINH_THAI, 2024)["approved_vnd"] == 0
    assert [total(sign_in, MINH_THAI, 2025)[f"{name}_vnd"] for name in ("planned", "approved", "settled")] == [
        80,
        80,
        60,
    ]
    for area in (COMMUNE, str(MINH_THAI)):
        found = done(sign_in(TREASURER).get("/api/v1/budget-lines", params={"area_id": area}))["items"]
        assert {one["id"] for one in found} == {line["id"], old["id"]}
        found = done(sign_in(TREASURER).get("/api/v1/plan-items", params={"area_id": area}))["items"]
        assert [one["id"] for one in found] == [item["id"]]
    # and the rest goes on into the new commune's next year
    body = {"area_id": str(MINH_THAI), "year": 2026, **CENTRAL, "component": "livelihood", "title": "Chuyển nguồn"}
    following = done(sign_in(TREASURER).post("/api/v1/budget-lines", json=body))
    fields = {"closed_on": "2026-01-31", "rest": "carried_over", "to_line_id": following["id"]}
    assert done(money.close(sign_in, line["id"], **fields))["rest_vnd"] == 20
    assert total(sign_in, MINH_THAI, 2026)["approved_vnd"] == 20
