"""What waits for an officer: submissions that are held, quarantined, or were refused for want of something here."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account, Device
from api.areas.scope import Scope
from api.changes.history import left_areas
from api.households.citizen_numbers import id_key
from api.problems import (
    AboveApproved,
    AlreadyDelivered,
    IllegalStage,
    NotFound,
    NotInRound,
    Text,
    UnknownEntity,
    UnknownFormVersion,
)
from api.schema import Schema
from mobile_sync import as_sent, intake, payloads, places
from mobile_sync.appliers import KINDS
from mobile_sync.journal import IN_FORCE
from mobile_sync.tables import OutcomeKind, SyncSubmission

# Rejected for want of something here: a kind of record that comes with an update, a form loaded later, a household put
# onto the list later, a round approved later or opened again. Anything else that was rejected is the tablet's to
# correct, with a new submission.
LATER = frozenset(
    problem.uri
    for problem in (UnknownEntity, UnknownFormVersion, NotInRound, IllegalStage, AboveApproved, AlreadyDelivered)
)

_s: Any = SyncSubmission


class Waiting(StrEnum):
    """What an officer can do something about."""

    held = "held"
    quarantined = "quarantined"
    rejected_retryable = "rejected-retryable"


class Why(Schema):
    """Why the submission is not in force, in words."""

    vi: str
    en: str


class WaitingOut(Schema):
    """A submission that is not in force, who sent it, and why.

    `handed_over`: its record has left the reader's areas; the officers there decide, and `problem` is null.
    """

    submission_id: UUID
    outcome: OutcomeKind
    entity: str
    record_id: UUID | None
    seq: int
    base_version: int | None
    username: str
    device_id: UUID
    device_name: str
    recorded_at: datetime | None
    received_at: datetime
    decided_at: datetime
    waiting_for: UUID | None
    problem: dict[str, Any] | None
    handed_over: bool
    why: Why


class WaitingPage(Schema):
    """Oldest first."""

    items: list[WaitingOut]
    next_cursor: str | None


class SubmissionOut(WaitingOut):
    """With the data as sent. Null where the record has left the reader's areas, and where the server's key does not
    open it. Citizen numbers are masked without the right `persons:id_full`."""

    data: dict[str, Any] | None
    result: dict[str, Any] | None


def waiting(session: Session, actor: Actor, outcome: Waiting | None, cursor: str | None, limit: int) -> WaitingPage:
    """Those that the officers of these areas can decide, the oldest first. What can be released by now is, first."""
    intake.release_in(session, actor)
    where = or_(*(_is(kind) for kind in Waiting)) if outcome is None else _is(outcome)
    query = _select(actor.scope).where(where).order_by(_s.received_at, _s.submission_id)
    after = paging.decode(cursor, datetime.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(_s.received_at, _s.submission_id) > after)
    rows, next_cursor = paging.page(session.execute(query.limit(limit + 1)).all(), limit, _position)
    gone = _gone(session, actor.scope, rows)
    ids = [row[0].record_id for row in rows if row[0].record_id]
    audit.record(session, actor, "submissions.list", "submission", ids)
    return WaitingPage(
        items=[WaitingOut(**_told(row, row[0].submission_id in gone)) for row in rows], next_cursor=next_cursor
    )


def submission(session: Session, actor: Actor, submission_id: UUID) -> SubmissionOut:
    """One submission with what was sent; the read is noted. Raises NotFound, also for one of other areas."""
    numbers = places.decidable(actor.scope_of(Permission.persons_id_full)).label("sees_numbers")
    query = _select(actor.scope).add_columns(numbers).where(_s.submission_id == submission_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise no_such_submission()
    gone = submission_id in _gone(session, actor.scope, [row])
    sent: SyncSubmission = row[0]
    data = None if gone else _data(session, sent)
    read = [sent.record_id] if sent.record_id else []
    audit.record(session, actor, "submissions.read", sent.entity or "submission", read, handed_over=gone)
    return SubmissionOut(
        **_told(row, gone),
        data=None if data is None else as_sent.shown(data, numbers=row.sees_numbers),
        result=None if gone else sent.result,
    )


def locked(session: Session, actor: Actor, submission_id: UUID) -> tuple[SyncSubmission, bool]:
    """A submission that the actor may decide, locked; has its record left the actor's areas? Raises NotFound."""
    row = session.execute(
        _select(actor.scope).where(_s.submission_id == submission_id).with_for_update(of=SyncSubmission)
    ).one_or_none()
    if row is None:
        raise no_such_submission()
    return row[0], submission_id in _gone(session, actor.scope, [row])


def came_too_early_or_late(sent: SyncSubmission) -> bool:
    """Was it rejected for want of something here (`LATER`)? Then it stays with the officers until they decide."""
    return (sent.problem or {}).get("type") in LATER


def no_such_submission() -> NotFound:
    return NotFound("Không tìm thấy lần gửi này.", "There is no such submission.")


def _select(scope: Scope) -> Select[Any]:
    here = scope.covers(places.standing(_s.entity, _s.record_id)).label("here")
    waits_here = scope.covers(places.waits_at(_s.waiting_for)).label("waits_here")
    account, device = Account.__table__.c, Device.__table__.c  # type: ignore[attr-defined]
    return (
        select(SyncSubmission, account.username, device.name.label("device_name"), here, waits_here)
        .join(Account, account.id == _s.account_id)
        .join(Device, device.id == _s.device_id)
        .where(places.decidable(scope))
        .execution_options(populate_existing=True)
    )


def _is(wanted: Waiting) -> ColumnElement[bool]:
    if wanted is Waiting.rejected_retryable:
        return and_(_s.outcome == OutcomeKind.rejected, _s.problem["type"].astext.in_(LATER))
    return _s.outcome == wanted.value  # type: ignore[no-any-return]


def _position(row: Row[Any]) -> tuple[str, str]:
    return row[0].received_at.isoformat(), str(row[0].submission_id)


def _gone(session: Session, scope: Scope, rows: Sequence[Row[Any]]) -> set[UUID]:
    """Submissions whose record, or the one they wait for, was in these areas and has left them; and those that are in
    force elsewhere, where somebody has decided about what had left.

    Of the others one that never was here is not told apart from one that is not there at all.
    """
    away = {row[0].record_id for row in rows if not row.here} | {
        row[0].waiting_for for row in rows if not row.waits_here
    }
    left = left_areas(session, scope, away - {None})
    return {
        row[0].submission_id
        for row in rows
        if (not row.here and (row[0].record_id in left or row[0].outcome in IN_FORCE))
        or (not row.waits_here and row[0].waiting_for in left)
    }


def _told(row: Row[Any], gone: bool) -> dict[str, Any]:
    sent: SyncSubmission = row[0]
    own = WaitingOut.model_fields.keys() - {"username", "device_name", "handed_over", "why", "problem", "waiting_for"}
    said = _why(sent, gone)
    return {name: getattr(sent, name) for name in own} | {
        "username": row.username,
        "device_name": row.device_name,
        "problem": None if gone else sent.problem,
        "waiting_for": sent.waiting_for if sent.outcome == OutcomeKind.held else None,
        "handed_over": gone,
        "why": Why(vi=said.vi, en=said.en),
    }


def _why(sent: SyncSubmission, gone: bool) -> Text:
    if gone:
        return _GONE
    if sent.outcome == OutcomeKind.held:
        parent = _PAPER if sent.entity == "screening" else _PARENT
        return _ITSELF if sent.waiting_for == sent.record_id else parent
    if sent.outcome == OutcomeKind.quarantined:
        kind = KINDS.get(sent.entity)
        return _UNLEARNT if kind is not None and kind.write is None else _FAILED
    if sent.problem is not None:
        return Text(sent.problem["details"]["vi"], sent.problem["details"]["en"])
    return _CONFLICT if sent.outcome == OutcomeKind.conflict else _IN_FORCE


_GONE = Text(
    "Bản ghi đã chuyển sang địa bàn khác; cán bộ nơi đó quyết định.",
    "The record has gone to another area; the officers there decide.",
)
_ITSELF = Text(
    "Chờ chính bản ghi này: trong địa bàn của người gửi chưa có bản ghi mang mã ấy.",
    "Waits for the record itself: none of that id is in the sender's areas yet.",
)
_PARENT = Text(
    "Chờ hộ mà phiếu nêu: trong địa bàn của người gửi chưa có hộ mang mã ấy.",
    "Waits for the household it names: none of that id is in the sender's areas yet.",
)
_PAPER = Text(
    "Chờ giấy đề nghị mà Phiếu A nêu: trong địa bàn của người gửi chưa có giấy mang mã ấy.",
    "Waits for the request that Phiếu A names: none of that id is in the sender's areas yet.",
)
_FAILED = Text(
    "Máy chủ gặp lỗi khi xử lý phiếu. Phiếu được giữ nguyên; hãy thử lại, hoặc sửa rồi ghi nhận.",
    "The server failed on it. It is kept as it came; try it again, or correct it.",
)
_UNLEARNT = Text(
    "Máy chủ chưa biết xử lý loại phiếu này. Phiếu được giữ nguyên, thử lại sau khi nâng cấp.",
    "The server cannot apply this kind yet. It is kept as it came; try it again after an update.",
)
_CONFLICT = Text("Đang chờ quyết định mâu thuẫn.", "Waits for a conflict to be decided.")
_IN_FORCE = Text("Đã ghi nhận.", "It is in force.")


def _data(session: Session, sent: SyncSubmission) -> dict[str, Any] | None:
    try:
        opened = payloads.opened(id_key(session), sent.payload, sent.submission_id)
    except payloads.Unreadable:
        return None
    data = opened.get("data") if isinstance(opened, dict) else None
    return data if isinstance(data, dict) else {"data": data}
