"""An officer corrects a submission that is not in force, or declines it. What the tablet sent stays as it came."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor, narrowed
from api.changes.edits import Edit, Written
from api.changes.tables import Origin
from api.problems import Conflict, IllegalStage, Problem, Superseded
from api.schema import Note, Schema
from mobile_sync import held, intake, journal, places, worklist
from mobile_sync.appliers import KINDS, Kind
from mobile_sync.journal import Entry
from mobile_sync.protocol import BaseVersion
from mobile_sync.tables import OutcomeKind, SyncSubmission

_CORRECTED = (OutcomeKind.held, OutcomeKind.quarantined, OutcomeKind.rejected)
_DECLINED = (OutcomeKind.held, OutcomeKind.quarantined)


class Correction(Schema):
    """What is to be written instead. Without `base_version`: on the version that the tablet named; null creates."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": {"phone": "0911222335"}, "base_version": 3, "reason": "Ghi nhầm số"}]}
    )

    data: dict[str, Any]
    base_version: BaseVersion = None
    reason: Annotated[Note, Field(min_length=1)]


class Refusal(Schema):
    """Why a submission is not taken; the surveyor reads it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Hộ đã được xã bên nhập lại"}]})

    reason: Annotated[Note, Field(min_length=1)]


def repair(session: Session, actor: Actor, submission_id: UUID, correction: Correction) -> dict[str, Any]:
    """Writes what the officer says in the place of a held, quarantined or rejected submission; its outcome then.

    It is the officer's change (origin web), and the history names the tablet and the submission.
    Raises NotFound, IllegalStage for one that is in force, declined, or of a kind nobody can write; the problem of
    the values where they do not fit (the submission stays as it was); Conflict where others changed the record, or it
    has left the actor's areas.
    """
    row, gone = worklist.locked(session, actor, submission_id)
    kind = KINDS.get(row.entity)
    declined = (row.problem or {}).get("type") == Superseded.uri
    if row.outcome not in _CORRECTED or declined:
        raise _not_now(row)
    if kind is None or kind.write is None or row.record_id is None:
        raise IllegalStage(
            "Không sửa được phiếu này: máy chủ chưa biết loại bản ghi, hoặc phiếu không nêu mã bản ghi.",
            "This one cannot be corrected: its kind of record is not known here, or it names no record.",
        )
    if gone:
        raise places.moved_on()
    named = correction.base_version if "base_version" in correction.model_fields_set else row.base_version
    edit = Edit(row.record_id, named, correction.data, row.submission_id, row.device_id)
    written = _written(session, actor, kind, edit)
    entry = Entry(
        journal.stored_arrival(session, row),
        OutcomeKind(written.outcome),
        written.version,
        (written.result or {}) | {"corrected_because": correction.reason},
    )
    journal.revise(session, [entry])
    if named is None:
        held.release_for(session, {row.record_id}, intake.apply_all)
    audit.record(session, actor, "submissions.repair", row.entity, [row.record_id], outcome=written.outcome)
    return journal.told(entry)


def _written(session: Session, actor: Actor, kind: Kind, edit: Edit) -> Written:
    assert kind.write is not None
    written = kind.write(session, narrowed(actor, kind.permission), [edit], Origin.web)[0]
    if written.problem is not None:
        raise written.problem
    if written.outcome == "held":
        raise Conflict(
            "Bản ghi, hoặc hộ mà phiếu nêu, không có trong địa bàn của bạn.",
            "The record, or the household it names, is not in your areas.",
        )
    survivor = (written.result or {}).get("merged_into")
    if written.outcome == "conflict" and survivor is not None:
        # a version would be of the one or of the other, and nobody could tell which of the two was read
        raise Conflict(
            "Hộ này đã được nhập vào hộ khác, nơi đang ghi khác. Hãy sửa ở hộ còn lại, rồi không nhận phiếu này.",
            "This household was merged into another one, which says otherwise. Change that one, then decline this.",
            merged_into=survivor,
        )
    if written.outcome == "conflict":
        raise Conflict(
            "Bản ghi đã được người khác sửa. Hãy đọc lại, rồi nêu phiên bản vừa đọc.",
            "Someone else has changed this record. Read it again, then name the version you read.",
        )
    return written


def refuse(session: Session, actor: Actor, submission_id: UUID, refusal: Refusal) -> dict[str, Any]:
    """Declines what waits for an officer (held, quarantined, or one of `worklist.LATER`): it is `rejected` for good,
    and the surveyor reads the reason.

    Raises NotFound, IllegalStage for any other outcome, Conflict where the record has left the actor's areas.
    """
    row, gone = worklist.locked(session, actor, submission_id)
    if row.outcome not in _DECLINED and not worklist.came_too_early_or_late(row):
        raise _not_now(row)
    if gone:
        raise places.moved_on()
    problem = Superseded(
        f"Cán bộ không nhận phiếu này: {refusal.reason}",
        f"An officer has declined this submission: {refusal.reason}",
        reason=refusal.reason,
    )
    entry = journal.rejected(journal.stored_arrival(session, row), problem)
    journal.revise(session, [entry])
    ids = [row.record_id] if row.record_id else []
    audit.record(session, actor, "submissions.refuse", row.entity or "submission", ids)
    return journal.told(entry)


def _not_now(row: SyncSubmission) -> Problem:
    return IllegalStage(
        f"Phiếu này đã được xử lý xong ({row.outcome}); không còn gì để quyết định.",
        f"This submission has been dealt with ({row.outcome}); there is nothing left to decide.",
    )
