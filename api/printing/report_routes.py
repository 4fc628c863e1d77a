"""Official reports on paper, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from api.db import Db
from api.openapi import pdf, problems
from api.printing.answers import PdfAnswer, printed
from api.printing.report_papers import report_paper
from api.reports import edition_queries, queries
from api.reports.basis import Asked
from api.reports.doors import FormCode, Reader, asked

router = APIRouter(tags=["official reports"], default_response_class=PdfAnswer)


@router.get(
    "/reports/{form}/paper",
    operation_id="print_report",
    summary="In một biểu",
    responses=problems(
        "unknown-form", "not-found", "invalid", "permission-denied", "conflict", "does-not-balance", "paper-too-large"
    )
    | pdf("The form, A4 landscape"),
)
def print_report(form: FormCode, actor: Reader, db: Db, query: Annotated[Asked, Depends(asked)]) -> PdfAnswer:
    """The form as a paper without number and day. What does not balance is not printed."""
    return printed(report_paper(db, queries.report(db, actor, form, query)))


@router.get(
    "/report-editions/{report_edition_id}/paper",
    operation_id="print_report_edition",
    summary="In bản báo cáo đã ban hành",
    responses=problems("not-found", "permission-denied", "paper-too-large") | pdf("The frozen report, A4 landscape"),
)
def print_report_edition(report_edition_id: UUID, actor: Reader, db: Db) -> PdfAnswer:
    """An edition as it was frozen, with its number, day, signature blocks and recipients: always the same bytes."""
    frozen = edition_queries.frozen(db, actor, report_edition_id)
    return printed(report_paper(db, frozen.report, frozen.header))
