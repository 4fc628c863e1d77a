"""What an officer decides about submissions that could not simply be applied: resolve a conflict, try again."""

from collections.abc import Collection, Mapping, Set
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor, narrowed
from api.changes.edits import Edit, Written
from api.changes.tables import Origin
from api.households.citizen_numbers import id_key
from api.problems import (
    Conflict,
    FieldError,
    IllegalStage,
    Invalid,
    NotFound,
    Superseded,
)
from api.schema import Note, Schema
from mobile_sync import conflicts, held, intake, journal, payloads, senders, since, worklist
from mobile_sync.appliers import KINDS
from mobile_sync.arrivals import Arrival
from mobile_sync.journal import Entry
from mobile_sync.tables import ConflictState, OutcomeKind, SyncConflict, SyncSubmission

# Only what was never applied may be tried again; a rejected one is the tablet's to correct, with a new submission.
_RETRYABLE = (OutcomeKind.quarantined, OutcomeKind.held)
# But for what was rejected for want of something here (worklist.LATER).


class Resolution(Schema):
    """Which value holds: the server's, the tablet's, or others that the officer enters."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"choice": "device", "values": None, "reason": "Đã gọi hỏi chủ hộ"}]}
    )

    choice: Literal["server", "device", "values"]
    values: dict[str, Any] | None = None
    reason: Annotated[Note, Field(min_length=1)]


def resolve(session: Session, actor: Actor, conflict_id: UUID, resolution: Resolution) -> dict[str, Any]:
    """Decides a conflict; the record as it is then. The decision is a change like any other, and reaches the tablets.

    Raises NotFound, IllegalStage where it was decided already, Invalid for values that do not fit.
    """
    conflict, submission = conflicts.locked(session, actor.scope, conflict_id)
    if conflict.state != ConflictState.open:
        raise IllegalStage("Mâu thuẫn này đã được giải quyết.", "This conflict has been decided already.")
    said = since.last_words(session, [submission.submission_id]).get(submission.submission_id, {})
    sent = _sent(session, submission) | {name: said[name] for name in said.keys() & conflict.fields.keys()}
    # what the tablet has said since of the other fields has been dealt with
    open_still = {name: value for name, value in sent.items() if name in conflict.fields or name not in said}
    quiet = since.quiet(session, actor, submission, conflict.fields.keys(), open_still)
    record_id = quiet.record_id
    values = _values(sent, quiet, conflict, resolution)
    outcome = _write(session, actor, conflict.entity, record_id, submission, values) if values else None
    _close(session, actor, conflict, submission, resolution, outcome)
    _tell_survivor(submission, record_id, written=outcome is not None)
    # what stands with a household that this one was merged into, and was not written now, is not said of this one
    if outcome is not None or record_id == submission.record_id:
        submission.upheld = sorted(sent.keys() - conflict.fields.keys() - (resolution.values or {}).keys())
    audit.record(session, actor, "conflicts.resolve", conflict.entity, [record_id], choice=resolution.choice)
    load = KINDS[conflict.entity].load
    assert load is not None
    found = load(session, actor, [record_id]).get(record_id)
    if found is None:
        raise NotFound()
    return {"id": record_id, "version": found[0], **found[1]}


def _tell_survivor(submission: SyncSubmission, record_id: UUID, *, written: bool) -> None:
    """The merge under which it was written, as it stands today: one since the conflict was opened, or none any more."""
    result = dict(submission.result or {})
    if record_id == submission.record_id:
        result.pop("merged_into", None)
    elif written:
        result["merged_into"] = str(record_id)
    submission.result = result or None


def _sent(session: Session, submission: SyncSubmission) -> dict[str, Any]:
    """What the tablet sent. Not from the conflict's own page: there a citizen number is masked."""
    try:
        data: dict[str, Any] = payloads.opened(id_key(session), submission.payload, submission.submission_id)["data"]
    except payloads.Unreadable as error:
        raise Conflict(
            "Máy chủ không mở được phiếu này bằng khoá đang dùng. Hãy báo quản trị viên; phiếu vẫn được giữ nguyên.",
            "The server's present key does not open this submission. Tell the administrator; nothing is lost.",
        ) from error
    return data


def _values(
    sent: dict[str, Any], quiet: since.Quiet, conflict: SyncConflict, resolution: Resolution
) -> Mapping[str, Any]:
    """What is to be written: the fields that did not clash, and for the others the officer's choice."""
    if (resolution.values is not None) != (resolution.choice == "values"):
        raise _misplaced_values()
    if resolution.values is not None:
        _check_named(resolution.values, sent, conflict.fields.keys() | quiet.clash)
        return {**quiet.take, **resolution.values}
    if quiet.clash:
        raise _changed_since(quiet.clash)
    if resolution.choice == "server":
        return quiet.take
    # what belongs to a field that was sent clashes with it, and was not sent: the tablet meant what it had seen there
    chosen = {name: sent.get(name, values["device"]) for name, values in conflict.fields.items()}
    return {**quiet.take, **chosen}


def _check_named(values: Mapping[str, Any], sent: Mapping[str, Any], clashing: Set[str]) -> None:
    """Every field that clashed has to be decided. Others that were sent may be put right too, and nothing else."""
    missing = clashing - values.keys()
    foreign = values.keys() - clashing - sent.keys()
    if missing:
        named = ", ".join(sorted(missing))
        raise _wrong_values("missing", f"Còn thiếu trường: {named}.", f"These fields are still to be decided: {named}.")
    if foreign:
        raise _wrong_values(
            "extra_forbidden",
            "Chỉ được nêu những trường có trong phiếu gửi; trường khác hãy sửa trong hồ sơ.",
            "Only fields that were sent may be named; change others in the record itself.",
        )


def _write(
    session: Session,
    actor: Actor,
    entity: str,
    record_id: UUID,
    submission: SyncSubmission,
    values: Mapping[str, Any],
) -> Written:
    kind = KINDS[entity]
    assert kind.write is not None
    assert kind.load is not None
    writer = narrowed(actor, kind.permission)
    # the version that was decided about: what is merged field by field is held since `since.quiet` looked at it
    found = kind.load(session, writer, [record_id]).get(record_id)
    if found is None:
        raise NotFound()
    edit = Edit(record_id, found[0], values, submission.submission_id, submission.device_id)
    written = kind.write(session, writer, [edit], Origin.web)[0]
    if written.problem is not None:
        raise written.problem
    if written.outcome == "held":
        raise _not_reached([name for name, value in values.items() if str(value) == str(written.waiting_for)])
    if written.outcome not in ("applied", "merged"):
        raise Conflict(
            "Bản ghi vừa được người khác sửa. Hãy đọc lại rồi quyết định.",
            "Someone has just changed this record. Read it again, then decide.",
        )
    return written


def _close(
    session: Session,
    actor: Actor,
    conflict: SyncConflict,
    submission: SyncSubmission,
    resolution: Resolution,
    written: Written | None,
) -> None:
    conflict.state = ConflictState.resolved
    conflict.resolved_at = submission.decided_at = clock.now()
    conflict.resolved_by = actor.account_id
    conflict.choice = resolution.choice
    conflict.reason = resolution.reason
    if written is None:
        submission.outcome = OutcomeKind.rejected
        submission.problem = Superseded().body("vi")
    else:
        submission.outcome = OutcomeKind.merged
        submission.version = written.version
    session.add_all([conflict, submission])
    session.flush()


def retry(session: Session, actor: Actor, submission_id: UUID) -> dict[str, Any]:
    """Tries a held or quarantined submission, or one of `worklist.LATER`, again, with the rights of the officer who
    asks; its outcome then. For whom: `places.decidable`.

    The officer's, not the sender's: the record of a hand-over has left the sender's areas, and somebody who is there
    now has to answer for the change. The history still names the tablet and the submission.
    Raises NotFound (also for one of another area) and IllegalStage for any other outcome.
    """
    row, _ = worklist.locked(session, actor, submission_id)
    if row.outcome not in _RETRYABLE and not worklist.came_too_early_or_late(row):
        raise IllegalStage(
            "Chỉ thử lại được phiếu đang chờ, đang cách ly, hoặc bị từ chối do loại bản ghi, danh sách, mẫu phiếu, đợt "
            f"rà soát; phiếu này: {row.outcome}.",
            "Only what is held, quarantined, or was refused for its kind of record, by the list, the form or the round "
            f"can be tried again; this one is {row.outcome}.",
        )
    # the submission's own tablet stands in the history; the officer is who acts
    acting = senders.with_tablet(actor, row.device_id)
    entry = intake.apply_all(session, acting, [_still_said(session, row)])[0]
    if held.not_found(entry):
        # of an area where the surveyor once was and this officer never: it stays as it is, for the officer of there
        return journal.told_stored(row, replayed=False)
    journal.revise(session, [entry])
    conflicts.open_for(session, [entry])
    held.release_for(session, held.came([entry]), intake.apply_all)
    audit.record(session, actor, "submissions.retry", row.entity, _ids(entry), outcome=str(entry.outcome))
    return journal.told(entry)


def _still_said(session: Session, row: SyncSubmission) -> Arrival:
    """The submission without what its tablet has said otherwise since: older work does not pass as newer."""
    arrival = journal.stored_arrival(session, row)
    sent = arrival.submission
    said = {} if arrival.creates else since.last_words(session, [row.submission_id]).get(row.submission_id, {})
    if sent is not None and said:
        left = {name: value for name, value in sent.data.items() if name not in said}
        arrival.submission = sent.model_copy(update={"data": left})
    return arrival


def _ids(entry: Entry) -> list[UUID]:
    return [entry.arrival.record_id] if entry.arrival.record_id else []


def _changed_since(names: Collection[str]) -> Conflict:
    named = ", ".join(sorted(names))
    return Conflict(
        f"Từ khi mâu thuẫn này mở ra, có người đã sửa thêm: {named}. Hãy đọc lại hồ sơ rồi chọn `values`, nêu cả các "
        "trường đó.",
        f"Since this conflict was opened, somebody has changed: {named}. Read the record again, then choose `values` "
        "and name these fields too.",
        fields=sorted(names),
    )


def _not_reached(names: Collection[str]) -> Conflict:
    return Conflict(
        "Phiếu nêu một hộ không còn trong địa bàn của bạn. Hãy chọn `values` và nêu hộ đúng.",
        "It names a household that is no longer in your areas. Choose `values` and name the right one.",
        fields=sorted(names),
    )


def _misplaced_values() -> Invalid:
    return _wrong_values(
        "missing",
        "Cần `values` khi và chỉ khi `choice` là `values`.",
        "Needed when, and only when, `choice` is `values`.",
    )


def _wrong_values(code: str, vi: str, en: str) -> Invalid:
    return Invalid(errors=(FieldError("#/values", code, vi, en),))
