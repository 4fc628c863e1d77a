"""Policies of a made-up catalogue, and what serves them: deliveries, loans, needs, put in directly."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from api import clock
from api.credit.tables import Loan
from api.eligibility.judging import Books, Entitlement, books, judge
from api.eligibility.register import Which
from api.interventions.tables import SupportNeed
from api.programmes.catalogue import Catalogue, read
from tests.make import interventions
from tests.make.reviews import acting

_HEAD = """
[[sources]]
code = "luat"
number = "1/2024/QĐ-TTg"
title = "Quyết định để thử"
"""


def policy(code: str, *grounds: str, subject: str = "household", more: str = "") -> str:
    """A policy as it stands in a file; each ground is a condition as JSON, called g0, g1, …; `more`: lines of TOML."""
    text = f"""
[[policies]]
code = "{code}"
field = "electricity"
label = {{vi = "Chính sách {code}", en = "Policy {code}"}}
benefit = {{vi = "Được hỗ trợ", en = "Support"}}
responsible = {{vi = "UBND xã", en = "The commune"}}
subject = "{subject}"
document = "luat"
article = "Điều 1"
{more}
"""
    for number, condition in enumerate(grounds):
        text += f"""
[[policies.grounds]]
code = "g{number}"
reason = {{vi = "Lý do {number}", en = "Reason {number}"}}
when = '{condition}'
document = "luat"
article = "Điều {number + 2}"
"""
    return text


def catalogue_of(*policies: str) -> Catalogue:
    return read({"thu.toml": _HEAD + "".join(policies)})


def judged(
    session: Session, known: Catalogue, day: date, by: str = "truc-thai", **which: Any
) -> dict[UUID, list[Entitlement]]:
    """Household -> what it and its people come under on that day."""
    by_day: Books = books(known, day)
    return {home.id: found for home, found in judge(session, acting(by), Which(**which), by_day)}


def states(found: list[Entitlement]) -> dict[str, str]:
    """Policy -> state, of the household itself."""
    return {one.policy.code: one.state.value for one in found if one.person is None}


def intervention(session: Session, policy_code: str | None) -> UUID:
    return interventions.intervention(session, policy=policy_code)


def delivery(session: Session, policy_code: str | None, household_id: UUID, on: date, **fields: Any) -> UUID:
    """Delivered under an intervention of its own; `fields` say what differs."""
    whom = {"household_id": household_id, "delivered_on": on, **fields}
    under = whom.pop("intervention_id", None) or intervention(session, policy_code)
    return interventions.handed_out(session, under, **whom)


def loan(session: Session, policy_code: str, household_id: UUID, on: date, **fields: Any) -> UUID:
    new_id, now = uuid4(), clock.now()
    values = {
        "id": new_id, "household_id": household_id, "policy": policy_code, "purpose": "Nuôi bò", "lent_on": on,
        "amount_vnd": 50_000_000, "outstanding_vnd": 50_000_000, "term_months": 36, "state": "active",
        "state_since": on, "version": 1, "created_at": now, "updated_at": now,
    }  # fmt: skip
    session.execute(insert(Loan).values(values | fields))
    return new_id


def need(session: Session, kind: str, household_id: UUID, on: date, ended_on: date | None = None, **f: Any) -> None:
    now = clock.now()
    values = {
        "id": uuid4(), "household_id": household_id, "kind": kind, "noted_on": on, "ended_on": ended_on,
        "state": "met" if ended_on else "open", "version": 1, "created_at": now, "updated_at": now,
    }  # fmt: skip
    session.execute(insert(SupportNeed).values(values | f))
