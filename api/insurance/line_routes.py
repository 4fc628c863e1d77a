"""The lines of a monthly list of health insurance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import VersionIfGiven
from api.insurance import examples, lines, queries
from api.insurance.schemas import (
    InsuranceLineIn,
    InsuranceLineOut,
    InsuranceLinePatch,
    ResolutionIn,
    TakenOffIn,
)
from api.insurance.tables import InsuranceChange
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter()

Reader = Annotated[Actor, allow(Permission.households_read)]
Writer = Annotated[Actor, allow(Permission.interventions_write)]
Position = Annotated[int, Path(ge=1, le=1_000_000, description="The number of the line on its list.", examples=[1])]
_LINE = problems("not-found", "illegal-stage", "stale-version") | example(examples.LINE)


@router.get(
    "/insurance-lists/{insurance_list_id}/lines",
    operation_id="list_insurance_lines",
    summary="Các dòng của danh sách bảo hiểm y tế",
    responses=problems("not-found", "invalid-cursor") | example(examples.page(examples.LINE)),
)
def list_insurance_lines(
    insurance_list_id: UUID,
    actor: Reader,
    db: Db,
    change: Annotated[InsuranceChange | None, Query(description="Only increases, or only decreases.")] = None,
    open_errors: Annotated[bool, Query(description="Only lines whose error is not resolved.")] = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[InsuranceLineOut]:
    """Person by person, in the order of the list. A hamlet sees the lines of its households. Citizen numbers only with
    `persons:id_full`, otherwise masked."""
    return queries.insurance_lines(
        db, actor, insurance_list_id, change=change, open_errors=open_errors, limit=limit, cursor=cursor
    )


@router.post(
    "/insurance-lists/{insurance_list_id}/lines",
    operation_id="add_insurance_line",
    summary="Thêm một dòng vào danh sách bảo hiểm y tế",
    status_code=201,
    responses=problems("not-found", "illegal-stage", "stale-version", "conflict") | example(examples.LINE, 201),
)
def add_insurance_line(
    insurance_list_id: UUID, body: InsuranceLineIn, actor: Writer, db: Db, read: VersionIfGiven = None
) -> InsuranceLineOut:
    """Adds what the list did not find by itself. The same line sent twice is added once; 409 where it tells nothing."""
    return lines.add_line(db, actor, insurance_list_id, read, body)


@router.patch(
    "/insurance-lists/{insurance_list_id}/lines/{position}",
    operation_id="change_insurance_line",
    summary="Sửa một dòng của danh sách bảo hiểm y tế",
    responses=_LINE,
)
def change_insurance_line(
    insurance_list_id: UUID,
    position: Position,
    body: InsuranceLinePatch,
    actor: Writer,
    db: Db,
    read: VersionIfGiven = None,
) -> InsuranceLineOut:
    """The day, the group and the card of a line of a draft; once the list is sent only the number of the card."""
    return lines.change_line(db, actor, insurance_list_id, position, read, body)


@router.post(
    "/insurance-lists/{insurance_list_id}/lines/{position}/removal",
    operation_id="take_off_insurance_line",
    summary="Bỏ một dòng khỏi danh sách bảo hiểm y tế",
    responses=_LINE,
)
def take_off_insurance_line(
    insurance_list_id: UUID,
    position: Position,
    body: TakenOffIn,
    actor: Writer,
    db: Db,
    read: VersionIfGiven = None,
) -> InsuranceLineOut:
    """Takes a line off a draft with the reason; it stays as a trace, and the insurer is not told."""
    return lines.take_off(db, actor, insurance_list_id, position, read, body.reason)


@router.post(
    "/insurance-lists/{insurance_list_id}/lines/{position}/resolution",
    operation_id="resolve_insurance_line",
    summary="Ghi cách xử lý một dòng bị trả lại",
    responses=problems("conflict") | _LINE,
)
def resolve_insurance_line(
    insurance_list_id: UUID,
    position: Position,
    body: ResolutionIn,
    actor: Writer,
    db: Db,
    read: VersionIfGiven = None,
) -> InsuranceLineOut:
    """What was done about an error. The next list tells the change once more, as a correction."""
    return lines.resolve(db, actor, insurance_list_id, position, read, body)
