"""The third path over HTTP: average living standard and low-income workers (QĐ 24/2021, Điều 6)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.recognitions import examples
from api.recognitions import living_standard as commands
from api.recognitions import living_standard_queries as queries
from api.recognitions.living_standard_schemas import (
    CaseComplaintIn,
    CaseIn,
    CaseOut,
    CasePostingIn,
    ComplainedOut,
    IncomeIn,
    LivingStandardOut,
    ReMeasuredIn,
)
from api.recognitions.tables import LivingStandardKind, LivingStandardStage
from api.schema import Day, Page

router = APIRouter(tags=["recognitions"])

Reader = Annotated[Actor, allow(Permission.households_read)]
ClassReader = Annotated[Actor, allow(Permission.households_list)]
Opener = Annotated[Actor, allow(Permission.requests_write)]
Measurer = Annotated[Actor, allow(Permission.reviews_write)]
Poster = Annotated[Actor, allow(Permission.postings_write)]
Registrar = Annotated[Actor, allow(Permission.complaints_register)]
KindFilter = Annotated[LivingStandardKind | None, Query(description="Only of this kind.")]
HouseholdFilter = Annotated[UUID | None, Query(description="Only of this household.")]
_STEP = problems("not-found", "illegal-stage", "stale-version") | example(examples.LIVING_STANDARD_CASE)


@router.get(
    "/living-standard-cases",
    operation_id="list_living_standard_cases",
    summary="Hồ sơ xác định mức sống trung bình, người lao động có thu nhập thấp",
    responses=problems("invalid-cursor") | example(examples.page(examples.LIVING_STANDARD_CASE)),
)
def list_cases(
    actor: Reader,
    db: Db,
    stage: Annotated[LivingStandardStage | None, Query(description="Only at this stage.")] = None,
    kind: KindFilter = None,
    household_id: HouseholdFilter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[CaseOut]:
    """The cases of the third path in the caller's areas with what their income sheets say, newest first."""
    return queries.cases(db, actor, stage=stage, kind=kind, household_id=household_id, limit=limit, cursor=cursor)


@router.post(
    "/living-standard-cases",
    operation_id="open_living_standard_case",
    summary="Mở hồ sơ xác định mức sống trung bình, người lao động có thu nhập thấp",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict", "illegal-stage")
    | example(examples.LIVING_STANDARD_CASE, 201),
)
def open_case(
    body: CaseIn, actor: Opener, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> CaseOut:
    """Opens a case of a household, or of one of its workers (NĐ 30/2025), perhaps on a request (Mẫu 01). One case of a
    kind is under way at a time; with an `id` of your own or an `Idempotency-Key` a repeated call opens once."""
    return tagged(response, commands.open_case(db, actor, body, idempotency_key))


@router.get(
    "/living-standard-cases/{living_standard_id}",
    operation_id="read_living_standard_case",
    summary="Một hồ sơ xác định mức sống trung bình",
    responses=problems("not-found") | example(examples.LIVING_STANDARD_CASE),
)
def read_case(living_standard_id: UUID, actor: Reader, db: Db, response: Response) -> CaseOut:
    """One case with its ETag: the income sheet, the bounds in force on its day, and whether it qualifies."""
    return tagged(response, queries.case(db, actor, living_standard_id))


@router.post(
    "/living-standard-cases/{living_standard_id}/income",
    operation_id="measure_living_standard_income",
    summary="Ghi kết quả xác định thu nhập",
    responses=_STEP,
)
def measure_income(
    living_standard_id: UUID, body: IncomeIn, actor: Measurer, db: Db, response: Response, read: VersionIfGiven = None
) -> CaseOut:
    """The income of the 12 months before, per person and month, without state allowances. The answer shows what the
    bounds make of it; nothing is recognised by that."""
    return tagged(response, commands.measure(db, actor, living_standard_id, read, body))


@router.post(
    "/living-standard-cases/{living_standard_id}/posting",
    operation_id="post_living_standard_case",
    summary="Niêm yết tại trụ sở xã",
    responses=problems("conflict") | _STEP,
)
def post_case(
    living_standard_id: UUID,
    body: CasePostingIn,
    actor: Poster,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> CaseOut:
    """Posts a case that qualifies at the commune office, for the working days that the procedure fixes."""
    return tagged(response, commands.post(db, actor, living_standard_id, read, body))


@router.post(
    "/living-standard-cases/{living_standard_id}/complaint",
    operation_id="complain_living_standard_case",
    summary="Nhận kiến nghị về hồ sơ đang niêm yết",
    responses=problems("not-found", "illegal-stage", "stale-version") | example(examples.COMPLAINED_CASE),
)
def complain_case(
    living_standard_id: UUID,
    body: CaseComplaintIn,
    actor: Registrar,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> ComplainedOut:
    """Registers a complaint that came in while the case was posted; the case waits for its re-verification. Neither the
    income sheet nor what the complainant said is shown here."""
    return tagged(response, commands.complain(db, actor, living_standard_id, read, body))


@router.post(
    "/living-standard-cases/{living_standard_id}/re-verification",
    operation_id="re_verify_living_standard_case",
    summary="Phúc tra thu nhập",
    responses=problems("separation-of-duties") | _STEP,
)
def re_verify_case(
    living_standard_id: UUID,
    body: ReMeasuredIn,
    actor: Measurer,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> CaseOut:
    """The income sheet once more, by somebody else than who measured first; then the case is posted again."""
    return tagged(response, commands.re_measure(db, actor, living_standard_id, read, body))


@router.post(
    "/living-standard-cases/{living_standard_id}/ending",
    operation_id="end_living_standard_posting",
    summary="Kết thúc niêm yết hồ sơ",
    responses=_STEP,
)
def end_posting(
    living_standard_id: UUID, actor: Poster, db: Db, response: Response, read: VersionIfGiven = None
) -> CaseOut:
    """After the last day of the posting the case waits for the chair's decision; before it, 409."""
    return tagged(response, commands.end_posting(db, actor, living_standard_id, read))


@router.get(
    "/living-standard-recognitions",
    operation_id="list_living_standard_recognitions",
    summary="Hộ có mức sống trung bình, người lao động có thu nhập thấp đã công nhận",
    responses=problems("invalid-cursor") | example(examples.page(examples.LIVING_STANDARD)),
)
def list_recognised(
    actor: ClassReader,
    db: Db,
    as_of: Annotated[Day | None, Query(description="Only what is in force on this day.")] = None,
    kind: KindFilter = None,
    household_id: HouseholdFilter = None,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LivingStandardOut]:
    """Who is recognised by the third path from when to when, by which decision, in the caller's areas. It stands
    beside the class, which remains `not_poor`."""
    return queries.recognised(
        db, actor, as_of=as_of, kind=kind, household_id=household_id, area_id=area_id, limit=limit, cursor=cursor
    )
