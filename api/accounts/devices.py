"""Tablets: one-time codes, enrolment, revocation."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit, clock
from api.accounts import attempts, queries
from api.accounts.actor import Actor
from api.accounts.permissions import Permission, Role, holds
from api.accounts.tables import Account, AccountGrant, Device, EnrolmentCode, SignIn
from api.accounts.usernames import lowered
from api.areas.scope import Scope, valid_on
from api.areas.tables import Level
from api.problems import DeviceOfAnotherUser, DeviceRevoked, FieldError, Invalid, NotFound

_account = Account.__table__  # type: ignore[attr-defined]
_code = EnrolmentCode.__table__  # type: ignore[attr-defined]
_grant = AccountGrant.__table__  # type: ignore[attr-defined]
_device = Device.__table__  # type: ignore[attr-defined]
_sign_in = SignIn.__table__  # type: ignore[attr-defined]

CODE_HOURS = 72
CODE_LENGTH = 10
# Without the letters and digits that look alike on a cheap screen: 30 of them, 49 bits in a code.
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

# Whoever guesses at codes is signed in, so one limit per account is enough.
_WINDOW_SECONDS = 900
_MOST_FAILURES = 10


@dataclass(frozen=True)
class Enrolment:
    """A new code. It is told once: only its hash is stored."""

    code: str
    expires_at: datetime


def create_enrolment(session: Session, actor: Actor, hamlet_id: UUID | None, username: str | None) -> Enrolment:
    """A code for one tablet of somebody in the caller's areas, good for 72 hours; with a hamlet or a user, only for
    who works there, or is that user.

    Raises NotFound for a hamlet or user outside of the areas of the caller's tablets:enrol, Invalid for an area that
    is no hamlet or a disabled user.
    """
    if hamlet_id is not None:
        level = queries.area_levels(session, actor.scope, [hamlet_id]).get(hamlet_id)
        if level is None:
            raise NotFound("Không tìm thấy xóm này trong địa bàn của bạn.", "There is no such hamlet in your areas.")
        if level is not Level.hamlet:
            raise _wrong("#/hamlet_id", "not_a_hamlet", "Đơn vị này không phải xóm.", "This area is no hamlet.")
    account_id = _user_in(session, actor.scope, username) if username is not None else None
    code = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
    now = clock.now()
    row = EnrolmentCode(
        code_hash=_hash(code),
        hamlet_id=hamlet_id,
        account_id=account_id,
        created_by=actor.account_id,
        created_at=now,
        expires_at=now + timedelta(hours=CODE_HOURS),
    )
    session.add(row)
    session.flush()
    bound = {"hamlet_id": hamlet_id, "account_id": account_id}
    said = {name: str(value) for name, value in bound.items() if value}
    audit.record(session, actor, "devices.create-code", "enrolment", (), **said)
    return Enrolment(code, row.expires_at)


def enrol_device(
    session: Session, actor: Actor, device_id: UUID, name: str, code: str, app_version: str | None
) -> Device:
    """Binds the tablet to the caller's account and this session to the tablet; the code is spent.

    A tablet of the caller's is renewed. Sent again by the same user for the same tablet, because the answer was lost on
    the road, a spent code gives the same answer. Raises Invalid (code wrong, used, expired, or for somebody else),
    DeviceOfAnotherUser, DeviceRevoked (a revoked id stays revoked), TooManyAttempts.
    """
    key = {f"enrol:{actor.account_id}": _MOST_FAILURES}
    attempts.refuse_when_too_many(session, key, _WINDOW_SECONDS, attempts.WRONG_CODES)
    # locked: of ten who use one code at once, one finds it unused
    found = session.execute(select(_code).where(_code.c.code_hash == _hash(code)).with_for_update()).one_or_none()
    device = _enrolled_with(session, actor, device_id, found)
    if device is None:
        fault = _fault(session, actor, found)
        if fault is not None:
            _count(session, actor, device_id, key, fault)
            raise fault
        device = _stored(session, actor, device_id, name, app_version)
        session.execute(
            update(_code).where(_code.c.code_hash == _hash(code)).values(used_at=clock.now(), device_id=device_id)
        )
    if actor.session_id is not None:
        session.execute(update(_sign_in).where(_sign_in.c.id == actor.session_id).values(device_id=device_id))
    audit.record(session, actor, "devices.enrol", "device", [device_id])
    return device


def revoke_device(session: Session, actor: Actor, device_id: UUID) -> None:
    """The tablet's next request is refused, and every one after it. Once revoked it stays so; again changes nothing.

    Raises NotFound where its owner holds no grant in the areas of the caller's tablets:revoke.
    """
    query = select(_device).where(_device.c.id == device_id, queries.placed_in(_device.c.account_id, actor.scope))
    found = session.execute(query.with_for_update()).one_or_none()
    if found is None:
        raise NotFound("Không tìm thấy máy tính bảng này.", "There is no such tablet.")
    if found.revoked_at is None:
        session.execute(
            update(_device).where(_device.c.id == device_id).values(revoked_at=clock.now(), revoked_by=actor.account_id)
        )
        audit.record(session, actor, "devices.revoke", "device", [device_id])


def _user_in(session: Session, scope: Scope, username: str) -> UUID:
    query = select(_account.c.id, _account.c.disabled_at)
    query = query.where(_account.c.username == lowered(username), queries.placed_in(_account.c.id, scope))
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("Không tìm thấy người dùng này trong địa bàn.", "There is no such user in your areas.")
    if found.disabled_at is not None:
        raise _wrong("#/username", "user_disabled", "Tài khoản này đã bị khoá.", "This account is disabled.")
    account_id: UUID = found.id
    return account_id


def _enrolled_with(session: Session, actor: Actor, device_id: UUID, found: Any) -> Device | None:
    """The caller's tablet, where it was enrolled with this very code. Raises DeviceRevoked."""
    if found is None or found.used_at is None or found.device_id != device_id:
        return None
    device = session.get(Device, device_id)
    if device is None or device.account_id != actor.account_id:
        return None
    if device.revoked_at is not None:
        raise DeviceRevoked()
    return device


def _fault(session: Session, actor: Actor, found: Any) -> Invalid | None:
    """What is wrong with the code for this caller. One that nobody made and one that is spent sound alike."""
    place, now = "#/enrolment_code", clock.now()
    if found is None or found.used_at is not None or found.expires_at <= now:
        vi = "Mã đăng ký không đúng, đã dùng hoặc đã hết hạn. Hãy xin cán bộ xã mã mới."
        return _wrong(place, "code_not_valid", vi, "The code is wrong, used or expired. Ask for a new one.")
    elsewhere = found.hamlet_id is not None and not queries.area_levels(
        session, Scope.of(grant.area_id for grant in actor.grants), [found.hamlet_id]
    )
    if elsewhere or found.account_id not in (None, actor.account_id) or not _in_reach(session, actor, found.created_by):
        vi = "Mã đăng ký này cấp cho người khác hoặc xóm khác."
        return _wrong(place, "code_for_another", vi, "This code is for another user or another hamlet.")
    return None


def _in_reach(session: Session, actor: Actor, maker_id: UUID) -> bool:
    """A code binds nobody outside of the areas where its maker may enrol, as of today."""
    query = select(_grant).where(_grant.c.account_id == maker_id, valid_on(_grant.c, clock.today()))
    able = [g.area_id for g in session.execute(query) if holds(Role(g.role), g.head, Permission.tablets_enrol)]
    return bool(session.scalar(select(queries.placed_in(actor.account_id, Scope.of(able)))))


def _count(session: Session, actor: Actor, device_id: UUID, limits: Mapping[str, int], fault: Invalid) -> None:
    # in a transaction of its own: the refusal takes the request's back
    bind = session.get_bind()
    assert isinstance(bind, Engine)
    with Session(bind) as own, own.begin():
        attempts.count(own, list(limits), _WINDOW_SECONDS)
        audit.record(own, actor, "devices.refuse-code", "device", [device_id], why=fault.errors[0].code)


def _stored(session: Session, actor: Actor, device_id: UUID, name: str, app_version: str | None) -> Device:
    # One statement decides whose it is: two users who enrol one id at once cannot both get it.
    row = {
        "id": device_id,
        "account_id": actor.account_id,
        "name": name,
        "app_version": app_version,
        "enrolled_at": clock.now(),
        "last_seq": 0,
    }
    new = insert(_device).values(row)
    renewed = {column: new.excluded[column] for column in ("name", "app_version", "enrolled_at")}
    mine = (_device.c.account_id == actor.account_id) & _device.c.revoked_at.is_(None)
    kept = session.execute(
        new.on_conflict_do_update(index_elements=["id"], set_=renewed, where=mine).returning(_device.c.id)
    ).scalar_one_or_none()
    device = session.get_one(Device, device_id, populate_existing=True)
    if kept is None:
        raise DeviceOfAnotherUser() if device.account_id != actor.account_id else DeviceRevoked()
    return device


def _hash(code: str) -> bytes:
    # as people type it: small letters, and with the spaces or dashes they were read aloud with
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(typed.encode()).digest()


def _wrong(pointer: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError(pointer, code, vi, en),))
