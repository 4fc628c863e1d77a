"""Takes a workbook in, changes how it is read, takes it back. The register is not touched here (confirming.py)."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.areas.places import require_level
from api.areas.tables import Level
from api.idempotency import new_id
from api.problems import FieldError, Invalid, NotFound
from api.procedure.records import change, expect_state, new_row, reused
from api.reviews.queries import require_area
from api.reviews.rounds import expect_version
from api.workbooks import stored
from api.workbooks.book import read_book
from api.workbooks.checking import check_piece
from api.workbooks.lines import guessed
from api.workbooks.queries import no_such_import, workbook_import
from api.workbooks.schemas import ImportOut, Mapping, MappingPatch
from api.workbooks.stored import IMPORT, ROW
from api.workbooks.tables import WorkbookState

State = WorkbookState


def require_commune(session: Session, actor: Actor, area_id: UUID) -> None:
    """Raises NotFound unless the area is a commune of today whose register the actor writes and whose decisions they
    prepare; PermissionDenied for an actor who never writes households. Held until the end of the transaction."""
    require_level(session, actor.scope, area_id, Level.commune)
    require_level(session, narrowed(actor, Permission.households_write).scope, area_id, Level.commune)


def import_workbook(
    session: Session, actor: Actor, area_id: UUID, content: bytes, file_name: str | None, key: str | None
) -> ImportOut:
    """Stores the rows of the file and checks the first piece of them. The same key with the same file again gives what
    is stored. Raises NotFound, Invalid, TooLarge (book.py), IdempotencyKeyReused."""
    import_id = new_id(actor.account_id, "workbook_import", None, key)
    require_area(session, actor.scope, area_id)
    sheets = read_book(content)  # takes seconds, so nobody in the commune waits for it
    require_commune(session, actor, area_id)
    sha256 = hashlib.sha256(content).hexdigest()
    before = session.execute(select(IMPORT).where(IMPORT.c.id == import_id)).one_or_none()
    if before is not None:
        if (before.area_id, before.sha256) != (area_id, sha256):
            raise reused(by_key=True)
        return workbook_import(session, actor, import_id)
    total = sum(len(sheet.rows) for sheet in sheets)
    if total == 0:
        vi, en = "Tệp không có dòng nào có dữ liệu.", "The file has no row with data."
        raise Invalid(vi, en, errors=(FieldError("#", "empty", vi, en),))
    mapping = Mapping(sheets=guessed(sheets)).model_dump(mode="json")
    sent = {"area_id": area_id, "sha256": sha256, "file_name": file_name, "total": total, "mapping": mapping}
    row = new_row(import_id, sent, done=0, counts={}, state=State.read, imported_by=actor.account_id)
    session.execute(insert(IMPORT).values(**row))
    stored.insert_rows(session, import_id, sheets)
    audit.record(session, actor, "workbooks.import", "workbook_import", [import_id], rows=total, sha256=sha256)
    check_piece(session, actor, hold_import(session, actor, import_id))
    return workbook_import(session, actor, import_id)


def hold_import(session: Session, actor: Actor, import_id: UUID) -> Row[Any]:
    """The import, held for writing, its commune before it. Raises NotFound outside of the actor's communes."""
    mine = IMPORT.c.id == import_id, actor.scope.touches(IMPORT.c.area_id)
    area_id = session.scalar(select(IMPORT.c.area_id).where(*mine))
    if area_id is None:
        raise no_such_import()
    require_commune(session, actor, area_id)
    return session.execute(select(IMPORT).where(*mine).with_for_update()).one()


def check_on(session: Session, actor: Actor, import_id: UUID, read: int | None) -> ImportOut:
    """Checks the next piece; one that is checked already is checked again, from its first row: the register may have
    changed. Raises NotFound, StaleVersion, IllegalStage."""
    row = hold_import(session, actor, import_id)
    _expect_open(row)
    expect_version(row, read)
    if row.state == State.checked:
        stored.forget_verdicts(session, import_id)
        check_piece(session, actor, row, done=0, counts={})
    else:
        check_piece(session, actor, row)
    return workbook_import(session, actor, import_id)


def map_import(session: Session, actor: Actor, import_id: UUID, read: int, body: MappingPatch) -> ImportOut:
    """Changes how the file is read, or answers its questions, and checks it from its first row again.

    Raises NotFound (also for a hamlet of elsewhere), StaleVersion, IllegalStage, Invalid.
    """
    row = hold_import(session, actor, import_id)
    _expect_open(row)
    expect_version(row, read)
    given = body.model_dump(mode="json", exclude_unset=True)
    for name, value in given.items():
        if value is None:
            vi, en = "Trường này không được để trống (null).", "This field may not be null."
            raise Invalid(vi, en, errors=(FieldError(f"#/{name}", "none_forbidden", vi, en),))
    for place, hamlet_id in enumerate((body.hamlets or {}).values()):
        _require_hamlet(session, actor, hamlet_id, place)
    mapping = Mapping.model_validate(row.mapping | given).model_dump(mode="json")
    stored.forget_verdicts(session, import_id)
    check_piece(session, actor, row, mapping=mapping, done=0, counts={})
    return workbook_import(session, actor, import_id)


def _require_hamlet(session: Session, actor: Actor, hamlet_id: UUID, place: int) -> None:
    try:
        require_level(session, actor.scope, hamlet_id, Level.hamlet)
    except NotFound as problem:
        said = problem.detail
        error = FieldError(f"#/hamlets/{place}", "not_found", said.vi, said.en)
        raise NotFound(said.vi, said.en, errors=(error,)) from problem


def cancel_import(session: Session, actor: Actor, import_id: UUID, read: int | None) -> None:
    """Takes an import back that was not confirmed: its rows are deleted, that it was there stays known. Again: nothing.

    Raises NotFound, StaleVersion, IllegalStage for one that was confirmed.
    """
    row = hold_import(session, actor, import_id)
    if row.state == State.cancelled:
        return
    _expect_open(row)
    session.execute(delete(ROW).where(ROW.c.import_id == import_id))
    change(session, IMPORT, row, read, state=State.cancelled)
    audit.record(session, actor, "workbooks.cancel", "workbook_import", [import_id])


def _expect_open(row: Row[Any]) -> None:
    vi = "Tệp này đã được ghi vào sổ hoặc đã hủy. Hãy nhập lại tệp nếu cần."
    en = "This file was written into the register, or taken back. Import it again if needed."
    expect_state(row, vi, en, State.read, State.checked)
