"""The demo's accounts, as the contract names them. Their names are duties, not people."""

from datetime import date
from typing import NamedTuple
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import insert, select, update
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor, Grant
from api.accounts.permissions import Role
from api.accounts.tables import Account, AccountGrant
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.security import hash_password, password_matches


class DemoAccount(NamedTuple):
    username: str
    full_name: str
    role: Role
    area: str  # code
    head: bool = False


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("truc-ninh", "Cán bộ Phòng LĐTBXH huyện Trực Ninh", Role.district_officer, "363"),
    DemoAccount("truc-thai", "Cán bộ LĐTBXH xã Trực Thái", Role.commune_officer, "14080"),
    DemoAccount("chu-tich", "Chủ tịch UBND xã Trực Thái", Role.commune_chair, "14080"),
    *(
        DemoAccount(f"xom-{n}", f"Trưởng xóm {n}, rà soát viên", Role.hamlet_surveyor, f"14080-{n:02d}", head=True)
        for n in range(1, 9)
    ),
    DemoAccount("truc-dai", "Cán bộ LĐTBXH xã Trực Đại", Role.commune_officer, "14071"),
    DemoAccount("ngan-hang", "Phòng giao dịch NHCSXH huyện Trực Ninh", Role.bank_officer, "363"),
    DemoAccount("tai-chinh", "Ban Tài chính xã Trực Thái", Role.finance_officer, "14080"),
    DemoAccount("van-hoa", "Ban Văn hóa - Thông tin xã Trực Thái", Role.culture_officer, "14080"),
    DemoAccount("mat-tran", "Ủy ban MTTQ xã Trực Thái", Role.oversight, "14080"),
    DemoAccount("admin", "Quản trị hệ thống", Role.admin, "36"),
)
OFFICERS = {"14080": "truc-thai", "14071": "truc-dai"}

_account = Account.__table__  # type: ignore[attr-defined]


def account_id(username: str) -> UUID:
    return uuid5(NAMESPACE_DNS, f"demo:account:{username}")


def create_accounts(session: Session, password: str) -> None:
    """All accounts with this password, each with a hash (and a salt) of its own, and their grants."""
    now = clock.now()
    session.execute(
        insert(Account),
        [
            {
                "id": account_id(one.username),
                "username": one.username,
                "full_name": one.full_name,
                "password_hash": hash_password(password),
                "password_changed_at": now,
                "version": 1,
                "created_at": now,
                "updated_at": now,
            }
            for one in ACCOUNTS
        ],
    )
    session.execute(
        insert(AccountGrant),
        [
            {
                "id": uuid5(NAMESPACE_DNS, f"demo:grant:{one.username}"),
                "account_id": account_id(one.username),
                "role": one.role.value,
                "area_id": area_id(one.area),
                "head": one.head,
                "valid_from": date(2024, 1, 1),
                "created_at": now,
            }
            for one in ACCOUNTS
        ],
    )
    audit.record(session, audit.SystemActor(), "accounts.load", "account", [account_id(a.username) for a in ACCOUNTS])


def give_password(session: Session, password: str) -> bool:
    """Gives the password of this start to the accounts whose owner has not changed it; True where that was needed.

    The launcher prints this password: it must be the one that works, also where another was set the last time.
    """
    untouched = (
        select(_account.c.id, _account.c.password_hash)
        .where(_account.c.id.in_([account_id(one.username) for one in ACCOUNTS]))
        .where(_account.c.password_changed_at == _account.c.created_at)
        .order_by(_account.c.id)
    )
    rows = session.execute(untouched).all()
    # they were all given the same one: one look (20 ms) answers for all
    if not rows or password_matches(password, rows[0].password_hash):
        return False
    for row in rows:
        session.execute(update(Account).where(_account.c.id == row.id).values(password_hash=hash_password(password)))
    audit.record(session, audit.SystemActor(), "accounts.demo-password", "account", [row.id for row in rows])
    return True


def officer(commune: str) -> Actor:
    """The officer of a commune, who brings its register in: the history of every record names this account."""
    return acting(OFFICERS[commune])


def acting(username: str) -> Actor:
    """One of the demo's people, as the writers see them."""
    one = next(a for a in ACCOUNTS if a.username == username)
    grant = Grant(one.role, area_id(one.area), one.head)
    return Actor(
        account_id=account_id(one.username),
        username=one.username,
        full_name=one.full_name,
        session_id=None,
        device_id=None,
        grants=(grant,),
        scope=Scope.of([grant.area_id]),
    )
