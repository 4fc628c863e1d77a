"""Reads imports and their rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.households.homes import HOUSEHOLD
from api.households.search import head_name
from api.households.stored import among
from api.households.wire_records import MEMBER
from api.problems import NotFound
from api.reviews.queries import under
from api.schema import Page
from api.workbooks import stored
from api.workbooks.lines import Line
from api.workbooks.schemas import Candidate, Change, ImportBrief, ImportOut, Mapping, NoteOut, RowOut
from api.workbooks.stored import IMPORT, ROW
from api.workbooks.tables import RowVerdict, WorkbookState


def no_such_import() -> NotFound:
    return NotFound("Không tìm thấy tệp nhập này.", "There is no such import.")


def imports(
    session: Session,
    actor: Actor,
    *,
    area_id: UUID | None,
    state: WorkbookState | None,
    limit: int,
    cursor: str | None,
) -> Page[ImportBrief]:
    """The imports of my communes, newest first."""
    query = select(IMPORT).where(actor.scope.touches(IMPORT.c.area_id))
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, IMPORT.c.area_id))
    if state is not None:
        query = query.where(IMPORT.c.state == state)
    after = paging.decode(cursor, datetime.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(IMPORT.c.created_at, IMPORT.c.id) < tuple_(*after))
    rows = session.execute(query.order_by(IMPORT.c.created_at.desc(), IMPORT.c.id.desc()).limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.created_at.isoformat(), str(row.id)))
    return Page[ImportBrief](items=[ImportBrief(**_brief(row)) for row in shown], next_cursor=next_cursor)


def workbook_import(session: Session, actor: Actor, import_id: UUID) -> ImportOut:
    """One import. Raises NotFound outside of the actor's communes."""
    row = _require(session, actor, import_id)
    return ImportOut(**_brief(row), mapping=Mapping.model_validate(row.mapping))


def _require(session: Session, actor: Actor, import_id: UUID) -> Row[Any]:
    mine = IMPORT.c.id == import_id, actor.scope.touches(IMPORT.c.area_id)
    row = session.execute(select(IMPORT).where(*mine)).one_or_none()
    if row is None:
        raise no_such_import()
    return row


def _brief(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ImportBrief.model_fields}


def rows(
    session: Session,
    actor: Actor,
    import_id: UUID,
    *,
    verdict: RowVerdict | None,
    problem: str | None,
    limit: int,
    cursor: str | None,
) -> Page[RowOut]:
    """The rows of the file in their order, with what each would do. Raises NotFound. Every read is in the log."""
    head = _require(session, actor, import_id)
    query = select(ROW).where(ROW.c.import_id == import_id)
    if verdict is not None:
        query = query.where(ROW.c.verdict == verdict)
    if problem is not None:
        query = query.where(ROW.c.problems.any_() == problem)
    after = paging.decode(cursor, int)
    if after is not None:
        query = query.where(ROW.c.position > after[0])
    found = session.execute(query.order_by(ROW.c.position).limit(limit + 1)).all()
    page, next_cursor = paging.page(found, limit, lambda row: (row.position,))
    lines = stored.lines(session, import_id, Mapping.model_validate(head.mapping), page)
    opened = [stored.opened_found(session, import_id, row.position, row.found) for row in page]
    candidates = _candidates(session, actor, [named for one in opened for named in one.get("candidates", ())])
    told = [_told(row, line, one, candidates) for row, line, one in zip(page, lines, opened, strict=True)]
    homes = {UUID(one["household_id"]) for one in opened if one.get("household_id")}
    audit.record(session, actor, "workbooks.read", "household", homes, workbook=str(import_id), rows=len(page))
    return Page[RowOut](items=told, next_cursor=next_cursor)


def _told(row: Row[Any], line: Line, found: dict[str, Any], candidates: dict[str, Candidate]) -> RowOut:
    return RowOut(
        position=row.position,
        sheet=row.sheet,
        row=row.row_no,
        verdict=row.verdict,
        problems=row.problems,
        notes=[NoteOut(**one) for one in found.get("notes", ())],
        changes=[Change(**one) for one in found.get("changes", ())],
        choices=found.get("choices", []),
        candidates=[candidates[id_] for one in found.get("candidates", ()) if (id_ := one["record_id"]) in candidates],
        household_id=found.get("household_id"),
        member_id=found.get("member_id"),
        cells={name: said for name in line.cells if (said := line.text(name)) is not None},
    )


def _candidates(session: Session, actor: Actor, named: Sequence[dict[str, str]]) -> dict[str, Candidate]:
    """The records that questions name, as they are today; one that has left the actor's areas is not shown."""
    homes = {one["household_id"] for one in named}
    people = {one["record_id"] for one in named if one["record_id"] != one["household_id"]}
    if not homes:
        return {}
    mine = actor.scope.covers(HOUSEHOLD.c.hamlet_id)
    query = select(HOUSEHOLD.c.id, HOUSEHOLD.c.household_no, HOUSEHOLD.c.hamlet_id, head_name().label("name"))
    found: dict[str, Candidate] = {}
    for row in session.execute(query.where(mine, among(HOUSEHOLD.c.id, map(UUID, homes)))):
        place = {"household_no": row.household_no, "hamlet_id": row.hamlet_id}
        found[str(row.id)] = Candidate(record_id=row.id, name=row.name, birth_date=None, birth_year=None, **place)
    query = select(
        MEMBER.c.id, HOUSEHOLD.c.household_no, HOUSEHOLD.c.hamlet_id, MEMBER.c.full_name, MEMBER.c.birth_date,
        MEMBER.c.birth_year,
    ).join(HOUSEHOLD, HOUSEHOLD.c.id == MEMBER.c.household_id)  # fmt: skip
    for row in session.execute(query.where(mine, among(MEMBER.c.id, map(UUID, people)))):
        found[str(row.id)] = Candidate(
            record_id=row.id, household_no=row.household_no, hamlet_id=row.hamlet_id, name=row.full_name,
            birth_date=row.birth_date, birth_year=row.birth_year,
        )  # fmt: skip
    return found
