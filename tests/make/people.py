"""The named cast: the contract's demo accounts, and who stands where. Everybody in a test signs in as somebody."""

from datetime import date
from typing import Any, NamedTuple
from uuid import NAMESPACE_DNS, UUID, uuid5

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Role
from api.accounts.tables import Account, AccountGrant
from api.areas.commands import load_areas
from api.areas.tables import area_id
from api.standards.commands import publish_shipped

# One password for the whole cast; the demo's own is generated at first start.
PASSWORD = "mật khẩu thử nghiệm 2024"

# A hash tells with which costs it was made, and is checked with them: a sign-in of the cast takes 1 ms instead of 20.
# What the service hashes itself (a new account, a changed password) has its own costs, here too.
_QUICK = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


class Person(NamedTuple):
    username: str
    role: Role
    area: str  # code
    head: bool = False


CAST: tuple[Person, ...] = (
    Person("truc-ninh", Role.district_officer, "363"),
    Person("truc-thai", Role.commune_officer, "14080"),
    Person("chu-tich", Role.commune_chair, "14080"),
    *(Person(f"xom-{n}", Role.hamlet_surveyor, f"14080-{n:02d}", head=True) for n in range(1, 9)),
    Person("truc-dai", Role.commune_officer, "14071"),
    Person("ngan-hang", Role.bank_officer, "363"),
    Person("tai-chinh", Role.finance_officer, "14080"),
    Person("van-hoa", Role.culture_officer, "14080"),
    Person("mat-tran", Role.oversight, "14080"),
    Person("admin", Role.admin, "36"),
    # beyond the contract: a system that reads the feed, and a surveyor of the other commune
    Person("he-thong", Role.service, "36"),
    Person("xom-td-1", Role.hamlet_surveyor, "14071-01"),
)

# One person per role, for tests that try every door as every role.
ONE_OF_EACH = tuple({person.role: person for person in reversed(CAST)}.values())


def load(session: Session, areas: dict[str, Any]) -> None:
    """Puts the contract's areas, the shipped standards and the whole cast into an empty database."""
    load_areas(session, areas)
    publish_shipped(session)
    password_hash = _QUICK.hash(PASSWORD)
    now = clock.now()
    session.add_all(
        Account(
            id=account_id(person.username),
            username=person.username,
            full_name=person.username,
            password_hash=password_hash,
            password_changed_at=now,
            created_at=now,
            updated_at=now,
        )
        for person in CAST
    )
    session.flush()
    session.add_all(
        AccountGrant(
            id=uuid5(NAMESPACE_DNS, f"grant:{person.username}"),
            account_id=account_id(person.username),
            role=person.role,
            area_id=area_id(person.area),
            head=person.head,
            valid_from=date(2024, 1, 1),
            created_at=now,
        )
        for person in CAST
    )
    session.flush()


def account_id(username: str) -> UUID:
    return uuid5(NAMESPACE_DNS, f"account:{username}")
