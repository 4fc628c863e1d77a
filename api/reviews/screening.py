"""Phiếu A of a request (TT 07/2021, Phụ lục II): does the household go on to Phiếu B?"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.problems import Conflict, IllegalStage, NotFound
from api.reviews.cases import CASE
from api.reviews.queries import REQUEST_HAMLET, at_home
from api.reviews.round_schemas import ScreeningIn, ScreeningOut
from api.reviews.tables import Request, RequestKind, Screening

_request = Request.__table__  # type: ignore[attr-defined]
_screening = Screening.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]


def screen(session: Session, actor: Actor, request_id: UUID, body: ScreeningIn) -> ScreeningOut:
    """Stores the result; a new one replaces the old one until the household stands on a list by this request.

    Raises NotFound, Conflict for a request that needs no Phiếu A, IllegalStage once it has led onto a list.
    """
    kind = session.scalar(
        at_home(select(_request.c.kind).select_from(_request), _request.c.id == request_id)
        .where(_request.c.id == request_id, actor.scope.covers(REQUEST_HAMLET))
        .with_for_update(of=_request)
    )
    if kind is None:
        raise _no_request()
    if kind != RequestKind.review:
        raise Conflict(
            "Chỉ giấy đề nghị rà soát (Mẫu 01) cần Phiếu A.", "Only a request to be reviewed (Mẫu 01) needs Phiếu A."
        )
    if session.scalar(select(exists().where(CASE.c.request_id == request_id))):
        raise IllegalStage("Giấy này đã được đưa vào danh sách rà soát.", "This request has led onto a list already.")
    values = {
        "passed": body.passed,
        "reason": body.reason,
        "answers": body.answers,
        "screened_on": body.screened_on,
        "screened_by": actor.account_id,
        "recorded_at": clock.now(),
    }
    written = insert(Screening).values(request_id=request_id, **values)
    session.execute(written.on_conflict_do_update(index_elements=["request_id"], set_=values))
    audit.record(session, actor, "requests.screen", "request", [request_id], passed=body.passed)
    return _read(session, actor, request_id)


def screening(session: Session, actor: Actor, request_id: UUID) -> ScreeningOut:
    """The result of a request. Raises NotFound outside of one's areas, and where there is none yet."""
    found = _read(session, actor, request_id)
    audit.record(session, actor, "requests.read-screening", "request", [request_id])
    return found


def _read(session: Session, actor: Actor, request_id: UUID) -> ScreeningOut:
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(REQUEST_HAMLET).label("sees_sensitive")
    query = select(*_screening.c, _account.c.username, sensitive).select_from(_request)
    row = session.execute(
        at_home(query.join(_screening, _screening.c.request_id == _request.c.id), _request.c.id == request_id)
        .outerjoin(_account, _account.c.id == _screening.c.screened_by)
        .where(_request.c.id == request_id, actor.scope.covers(REQUEST_HAMLET))
    ).one_or_none()
    if row is None:
        raise _no_request()
    return _out(row)


def _out(row: Row[Any]) -> ScreeningOut:
    # what is asked of a family in need is withheld like the reason of its request
    withheld = [] if row.sees_sensitive else ["reason", "answers"]
    return ScreeningOut(
        request_id=row.request_id,
        passed=row.passed,
        reason=None if withheld else row.reason,
        answers=None if withheld else row.answers,
        screened_on=row.screened_on,
        screened_by=row.username,
        withheld=withheld,
        recorded_at=row.recorded_at,
    )


def _no_request() -> NotFound:
    return NotFound(
        "Không tìm thấy giấy đề nghị này, hoặc chưa có Phiếu A.", "There is no such request, or no Phiếu A."
    )
