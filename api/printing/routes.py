"""The printed papers over HTTP: PDF, each print in the log as a read of the households it names."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.db import Db
from api.openapi import pdf, problems
from api.printing import (
    budget_papers,
    certificate_papers,
    complaint_papers,
    decision_papers,
    letter_papers,
    loan_papers,
    meeting_papers,
    opinion_papers,
    posting_papers,
    request_papers,
    signing_papers,
    survey_forms,
)
from api.printing.answers import PdfAnswer, printed
from api.printing.doors import (
    BudgetPrinter,
    CertificatePrinter,
    ComplaintPrinter,
    DecisionPrinter,
    FormPrinter,
    LoanListPrinter,
    OpinionPrinter,
    RequestPrinter,
    SheetPrinter,
)
from api.procedure.doors import MeetingGuest, Poster
from api.schema import Year

router = APIRouter(tags=["papers"], default_response_class=PdfAnswer)


@router.get(
    "/requests/{request_id}/paper",
    operation_id="print_request",
    summary="In giấy đề nghị (Mẫu 01, Mẫu 04)",
    responses=problems("not-found") | pdf("Mẫu 01 or Mẫu 04, A4"),
)
def print_request(request_id: UUID, actor: RequestPrinter, db: Db) -> PdfAnswer:
    """The request of a household, filled with its members. Citizen numbers only with `persons:id_full`, ethnicity and
    the reason only with `persons:sensitive`; what is withheld or unknown is left for the pen."""
    return printed(request_papers.request_paper(db, actor, request_id))


@router.get(
    "/rounds/{round_id}/hamlets/{hamlet_id}/forms",
    operation_id="print_survey_forms",
    summary="In Phiếu A, Phiếu B điền sẵn của một xóm",
    responses=problems("not-found", "not-in-round", "paper-too-large") | pdf("Phiếu A or Phiếu B, A4"),
)
def print_survey_forms(
    round_id: UUID,
    hamlet_id: UUID,
    actor: FormPrinter,
    db: Db,
    form: Annotated[
        survey_forms.FormCode, Query(description="Phiếu A: only of households that asked to be reviewed or were added.")
    ] = "form-b",
    household_id: Annotated[UUID | None, Query(description="Only of this household.")] = None,
) -> PdfAnswer:
    """A form for each household on the list of a hamlet, filled with what the register knows. Each has a number
    (`paper_no`, the same at every print) with which it is typed back: `POST /reviews`."""
    return printed(survey_forms.forms(db, actor, round_id, hamlet_id, form, household_id))


@router.get(
    "/meetings/{meeting_id}/minutes",
    operation_id="print_minutes",
    summary="In biên bản họp dân",
    responses=problems("not-found", "paper-too-large") | pdf("Biên bản họp dân, A4"),
)
def print_minutes(meeting_id: UUID, actor: MeetingGuest, db: Db) -> PdfAnswer:
    """The minutes of a hamlet meeting (QĐ 24/2021, Điều 4): attendance, points and classes as they were proposed then,
    the votes, the result."""
    return printed(meeting_papers.minutes(db, actor, meeting_id))


@router.get(
    "/postings/{posting_id}/paper",
    operation_id="print_posting",
    summary="In danh sách niêm yết",
    responses=problems("not-found", "paper-too-large") | pdf("Danh sách niêm yết, A4"),
)
def print_posting(posting_id: UUID, actor: Poster, db: Db) -> PdfAnswer:
    """The list for the board: name, hamlet, class and nothing else; points only where the procedure says so."""
    return printed(posting_papers.posting(db, actor, posting_id))


@router.get(
    "/complaints/{complaint_id}/paper",
    operation_id="print_re_verification",
    summary="In thông báo kết quả phúc tra",
    responses=problems("not-found", "illegal-stage") | pdf("Thông báo kết quả phúc tra, A4"),
)
def print_re_verification(complaint_id: UUID, actor: ComplaintPrinter, db: Db) -> PdfAnswer:
    """The result of a re-verification, without the name of whoever complained; also needs `households:read`. Before the
    chair has decided it says what was found."""
    return printed(complaint_papers.re_verification(db, actor, complaint_id))


@router.get(
    "/opinions/{opinion_id}/paper",
    operation_id="print_opinion_report",
    summary="In báo cáo xin ý kiến cấp trên",
    responses=problems("not-found", "paper-too-large") | pdf("Báo cáo xin ý kiến, A4"),
)
def print_opinion_report(opinion_id: UUID, actor: OpinionPrinter, db: Db) -> PdfAnswer:
    """The report to the level above with the totals of the day it was asked on. No personal data."""
    return printed(opinion_papers.opinion_report(db, actor, opinion_id))


@router.get(
    "/recognition-decisions/{decision_id}/paper",
    operation_id="print_decision",
    summary="In quyết định công nhận (Mẫu 02)",
    responses=problems("not-found", "paper-too-large") | pdf("Mẫu 02, A4"),
)
def print_decision(decision_id: UUID, actor: DecisionPrinter, db: Db) -> PdfAnswer:
    """The decision with its lists: poor, near-poor, escaped. One that is not signed prints as a draft, without number
    and day."""
    return printed(decision_papers.decision(db, actor, decision_id))


@router.get(
    "/recognition-decisions/{decision_id}/certificates",
    operation_id="print_certificates",
    summary="In giấy chứng nhận theo quyết định (Mẫu 03)",
    responses=problems("not-found", "conflict", "paper-too-large") | pdf("Mẫu 03, many, A4"),
)
def print_certificates(
    decision_id: UUID,
    actor: CertificatePrinter,
    db: Db,
    hamlet_id: Annotated[UUID | None, Query(description="Only of households that live in this hamlet.")] = None,
) -> PdfAnswer:
    """All certificates in force with a line of this decision, by book number; print a large commune hamlet by hamlet.
    409 as long as none was issued."""
    return printed(certificate_papers.of_decision(db, actor, decision_id, hamlet_id))


@router.get(
    "/certificates/{certificate_id}/paper",
    operation_id="print_certificate",
    summary="In một giấy chứng nhận (Mẫu 03)",
    responses=problems("not-found", "conflict") | pdf("Mẫu 03, A4"),
)
def print_certificate(certificate_id: UUID, actor: CertificatePrinter, db: Db) -> PdfAnswer:
    """One certificate with its members of today and a line for each year. 409 for one that was withdrawn."""
    return printed(certificate_papers.certificate(db, actor, certificate_id))


@router.get(
    "/confirmation-letters/{letter_id}/paper",
    operation_id="print_letter",
    summary="In giấy xác nhận có mã QR",
    responses=problems("not-found") | pdf("Giấy xác nhận, A4"),
)
def print_letter(letter_id: UUID, actor: CertificatePrinter, db: Db, request: Request) -> PdfAnswer:
    """The letter with a QR that leads to the public page of its code (`GIAMNGHEO_PUBLIC_URL`, or where this call came
    in)."""
    address = request.app.state.settings.public_url or str(request.base_url).rstrip("/")
    return printed(letter_papers.confirmation(db, actor, letter_id, address))


@router.get(
    "/refusals/{request_id}/paper",
    operation_id="print_refusal",
    summary="In thông báo không công nhận",
    responses=problems("not-found") | pdf("Thông báo không công nhận, A4"),
)
def print_refusal(request_id: UUID, actor: DecisionPrinter, db: Db) -> PdfAnswer:
    """The written refusal of a request with its reasons; one that is not signed prints as a draft."""
    return printed(letter_papers.refusal(db, actor, request_id))


@router.get(
    "/signing-sheets/{sheet_id}/paper",
    operation_id="print_signing_sheet",
    summary="In danh sách ký nhận",
    responses=problems("not-found", "paper-too-large") | pdf("Danh sách ký nhận, A4"),
)
def print_signing_sheet(sheet_id: UUID, actor: SheetPrinter, db: Db) -> PdfAnswer:
    """Who of a hamlet is to sign for what, with the sum in digits and words. A line that is ticked already says so."""
    return printed(signing_papers.signing_sheet(db, actor, sheet_id))


@router.get(
    "/budget/paper",
    operation_id="print_budget",
    summary="In tổng hợp kinh phí trong năm",
    responses=problems("not-found") | pdf("Tổng hợp kinh phí, A4"),
)
def print_budget(
    actor: BudgetPrinter,
    db: Db,
    area_id: Annotated[UUID, Query(description="A commune, or one hamlet of it.")],
    year: Annotated[Year, Query(examples=[2024])],
) -> PdfAnswer:
    """The year's money of a commune or hamlet: planned, allocated, committed, paid out, settled and left, by component,
    source and hamlet."""
    return printed(budget_papers.budget_overview(db, actor, area_id, year))


@router.get(
    "/loan-lists/{loan_list_id}/paper",
    operation_id="print_loan_list",
    summary="In danh sách đề nghị vay vốn (Mẫu 03/TD)",
    responses=problems("not-found", "paper-too-large") | pdf("Mẫu 03/TD, A4"),
)
def print_loan_list(loan_list_id: UUID, actor: LoanListPrinter, db: Db) -> PdfAnswer:
    """The list as it stands, without the lines that were taken off. One that is not confirmed prints as a draft,
    without number and day; the bank prints confirmed ones."""
    return printed(loan_papers.loan_list(db, actor, loan_list_id))
