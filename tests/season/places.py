"""The communes, hamlets and people of a season beyond the cast: put in at once, with one password for all."""

from datetime import date
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlmodel import Session

from api import clock
from api.accounts.permissions import Role
from api.accounts.tables import Account, AccountGrant
from api.areas.commands import load_areas
from api.areas.tables import area_id
from api.security import hash_password
from tests.make import database
from tests.make.people import CAST, PASSWORD, account_id
from tests.season.plan import HAMLETS_PER_COMMUNE, Plan

_KNOWN = {person.username for person in CAST}


def load(url: str, plan: Plan) -> None:
    """Adds what the plan needs to a database that has the cast."""
    with database.opened(url) as engine, Session(engine) as session, session.begin():
        load_areas(session, _areas(plan))
        _people(session, _grants(plan))


def officer_of(commune: str) -> str:
    return "truc-thai" if commune == "14080" else f"cb-{commune}"


def first_grant(username: str) -> UUID:
    """The id of the grant with which somebody began (of the cast too: tests/make/people.py)."""
    return uuid5(NAMESPACE_DNS, f"grant:{username}")


def _areas(plan: Plan) -> dict[str, Any]:
    listed: list[dict[str, Any]] = []
    since = date(2004, 7, 8)
    for code in plan.communes():
        if code == "14080":
            continue
        kind = {"level": "commune", "local_kind": "xa", "area_type": "rural", "parent": "363"}
        listed.append({"code": code, "name": f"Mẫu {code}", "valid_from": since} | kind)
        for place in range(1, HAMLETS_PER_COMMUNE + 1):
            hamlet = {"level": "hamlet", "local_kind": "xom", "name": str(place), "parent": code}
            listed.append({"code": f"{code}-{place:02d}", "valid_from": since} | hamlet)
    return {"source": "Mùa rà soát thử", "area": listed}


def _grants(plan: Plan) -> list[tuple[str, Role, str]]:
    officers = [(officer_of(code), Role.commune_officer, code) for code in plan.communes()]
    surveyors = [(post.username, Role.hamlet_surveyor, post.hamlet) for post in plan.posts()]
    return [one for one in officers + surveyors if one[0] not in _KNOWN]


def _people(session: Session, grants: list[tuple[str, Role, str]]) -> None:
    password_hash = hash_password(PASSWORD)
    now = clock.now()
    session.add_all(
        Account(
            id=account_id(username),
            username=username,
            full_name=username,
            password_hash=password_hash,
            password_changed_at=now,
            created_at=now,
            updated_at=now,
        )
        for username, _, _ in grants
    )
    session.flush()
    session.add_all(
        AccountGrant(
            id=first_grant(username),
            account_id=account_id(username),
            role=role,
            area_id=area_id(code),
            valid_from=date(2024, 1, 1),
            created_at=now,
        )
        for username, role, code in grants
    )
