"""A commune's plan and money, made the way people make them: the officer plans and prepares, the chair approves, the
treasurer allocates, pays and settles."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Engine, insert
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Role
from api.accounts.tables import AccountGrant
from api.areas.tables import area_id
from tests.make import interventions
from tests.make.answers import done
from tests.make.people import account_id

SignIn = Callable[[str], httpx.Client]

COMMUNE, HAMLET = str(area_id("14080")), str(area_id("14080-03"))
PLANNER, CHAIR, TREASURER = "truc-thai", "chu-tich", "tai-chinh"
CENTRAL = {"source": "state_budget", "level": "central"}


def item_body(*funding: tuple[dict[str, str], int], **fields: Any) -> dict[str, Any]:
    return {
        "area_id": COMMUNE,
        "year": 2024,
        "component": "livelihood",
        "title": "Hỗ trợ bò cái sinh sản",
        "quantity": 10,
        "unit": "con",
        "funding": [source | {"amount_vnd": amount} for source, amount in funding],
        **fields,
    }


def drafted(sign_in: SignIn, amount: int = 100_000_000, **fields: Any) -> Any:
    """A draft with money from the centre."""
    body = item_body((CENTRAL, amount), **fields)
    return done(sign_in(PLANNER).post("/api/v1/plan-items", json=body))


def approved(sign_in: SignIn, amount: int = 100_000_000, **fields: Any) -> Any:
    """An item that the chair has approved."""
    return approve_item(sign_in, drafted(sign_in, amount, **fields)["id"])


def approve_item(sign_in: SignIn, item_id: str) -> Any:
    body = {"approved_on": "2024-04-02", "document_no": "16/KH-UBND"}
    return done(sign_in(CHAIR).post(f"/api/v1/plan-items/{item_id}/approval", json=body))


def line(sign_in: SignIn, item: Any = None, **fields: Any) -> Any:
    """A line of central money: for an item of the plan, or the commune's own of 2024."""
    own = {"area_id": item["area_id"], "year": item["year"], "plan_item_id": item["id"]} if item else {}
    body = {"area_id": COMMUNE, "year": 2024, **CENTRAL, "title": "Vốn sự nghiệp DA2", **own, **fields}
    return done(sign_in(TREASURER).post("/api/v1/budget-lines", json=body))


def allocate(sign_in: SignIn, line_id: str, amount: int, **fields: Any) -> httpx.Response:
    body = {"amount_vnd": amount, "booked_on": "2024-04-10", "document_no": "45/QĐ-UBND", **fields}
    return sign_in(TREASURER).post(f"/api/v1/budget-lines/{line_id}/allocations", json=body)


def funded_line(sign_in: SignIn, amount: int, item: Any = None, **fields: Any) -> Any:
    """A line with so much money on it."""
    opened = line(sign_in, item, **fields)
    return done(allocate(sign_in, opened["id"], amount))["line"]


def prepare(sign_in: SignIn, line_id: str, amount: int, **fields: Any) -> httpx.Response:
    body = {"budget_line_id": line_id, "purpose": "Hợp đồng mua bò", "amount_vnd": amount, **fields}
    return sign_in(PLANNER).post("/api/v1/commitments", json=body)


def approve(sign_in: SignIn, commitment_id: str, day: str = "2024-05-06", **headers: str) -> httpx.Response:
    address = f"/api/v1/commitments/{commitment_id}/approval"
    return sign_in(CHAIR).post(address, json={"decided_on": day}, headers=headers)


def committed(sign_in: SignIn, line_id: str, amount: int, **fields: Any) -> Any:
    """A commitment that the chair has approved: the booking of its approval."""
    prepared = done(prepare(sign_in, line_id, amount, **fields))
    return done(approve(sign_in, prepared["id"]))


def pay(sign_in: SignIn, commitment_id: str, amount: int, step: str = "disbursements", **fields: Any) -> httpx.Response:
    """`step`: `disbursements` or `settlements`."""
    body = {"amount_vnd": amount, "booked_on": "2024-06-12", "document_no": "UNC 18", **fields}
    return sign_in(TREASURER).post(f"/api/v1/commitments/{commitment_id}/{step}", json=body)


def reverse(sign_in: SignIn, movement: Any, amount: int | None = None, **fields: Any) -> httpx.Response:
    """By whom the right of its kind belongs to."""
    who = CHAIR if movement["kind"] == "commitment" else TREASURER
    body = {"booked_on": "2024-07-01", "reason": "Ghi nhầm", **({"amount_vnd": amount} if amount else {}), **fields}
    return sign_in(who).post(f"/api/v1/money-movements/{movement['id']}/reversal", json=body)


def close(sign_in: SignIn, line_id: str, **fields: Any) -> httpx.Response:
    body = {"closed_on": "2025-01-31", **fields}
    return sign_in(TREASURER).post(f"/api/v1/budget-lines/{line_id}/closing", json=body)


def project(engine: Engine, **fields: Any) -> UUID:
    """A project of the commune, committed."""
    with Session(engine) as session, session.begin():
        return interventions.project(session, **fields)


def deliver(session: Session, intervention_id: UUID, amount: int) -> UUID:
    """People of a school received something worth so much; not committed."""
    what = {"headcount": {"poor": 1}, "form": "in_kind", "amount_vnd": amount, "received_by": "trường"}
    return interventions.handed_out(session, intervention_id, **what)


def also(engine: Engine, username: str, role: Role, area: str = "14080") -> None:
    """The person holds another grant too, in the commune as a deputy who stands in, or in another area."""
    with Session(engine) as session, session.begin():
        grant = {"id": uuid4(), "account_id": account_id(username), "role": role, "head": False}
        grant |= {"area_id": area_id(area), "valid_from": date(2024, 1, 1), "created_at": clock.now()}
        session.execute(insert(AccountGrant).values(**grant))
