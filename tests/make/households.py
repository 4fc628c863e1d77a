"""Households and members for tests: bodies with sensible values, made over HTTP or put in through the writers."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import Session

from api.accounts.actor import Actor, Grant
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_households, write_members
from tests.make.people import CAST, account_id


def hamlet(number: int, commune: str = "14080") -> str:
    """`hamlet(3)`: the id of xóm 14080-03."""
    return str(area_id(f"{commune}-{number:02d}"))


def household_body(**fields: Any) -> dict[str, Any]:
    return {"hamlet_id": hamlet(1), "residence": "permanent", **fields}


def member_body(**fields: Any) -> dict[str, Any]:
    return {
        "full_name": "Nguyễn Văn Á",
        "sex": "male",
        "birth_year": 1980,
        "relation_to_head": "head",
        "ethnicity": "kinh",
        **fields,
    }


def post_household(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/households", json=household_body(**fields))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def post_member(client: httpx.Client, household_id: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/households/{household_id}/members", json=member_body(**fields))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def actor(username: str) -> Actor:
    """A person of the cast as commands know them, without a sign-in."""
    person = next(person for person in CAST if person.username == username)
    grant = Grant(person.role, area_id(person.area), person.head)
    return Actor(account_id(username), username, username, None, None, (grant,), Scope.of([grant.area_id]))


def put_household(session: Session, who: Actor, household_id: UUID | None = None, **fields: Any) -> UUID:
    """A household through its writer; the caller commits."""
    new_id = household_id or uuid4()
    written = write_households(session, who, [Edit(new_id, None, household_body(**fields))], Origin.web)[0]
    assert written.outcome == "applied", written
    return new_id


def put_member(session: Session, who: Actor, household_id: UUID, member_id: UUID | None = None, **fields: Any) -> UUID:
    new_id = member_id or uuid4()
    data = member_body(household_id=str(household_id), **fields)
    written = write_members(session, who, [Edit(new_id, None, data)], Origin.web)[0]
    assert written.outcome == "applied", written
    return new_id
