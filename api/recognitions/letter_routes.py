"""Confirmation letters over HTTP, and the public page that verifies one."""

from html import escape
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.idempotency import IdempotencyKey
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.problems import NotFound
from api.recognitions import examples, letters
from api.recognitions.certificate_schemas import LetterIn, LetterOut, VerifiedOut
from api.schema import Page

router = APIRouter(tags=["recognitions"])
# at the root, not under /api/v1: the address stands in a QR code on paper, and shall be short and last
verify_router = APIRouter(tags=["recognitions"])

Writer = Annotated[Actor, allow(Permission.certificates_print)]


@router.get(
    "/confirmation-letters",
    operation_id="list_letters",
    summary="Sổ cấp giấy xác nhận",
    responses=problems("invalid-cursor") | example(examples.page(examples.LETTER)),
)
def list_letters(
    actor: Writer,
    db: Db,
    household_id: Annotated[UUID | None, Query(description="Only of this household.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[LetterOut]:
    """The letters given to households of the caller's areas, newest first; for those who print them."""
    return letters.letters(db, actor, household_id=household_id, limit=limit, cursor=cursor)


@router.post(
    "/confirmation-letters",
    operation_id="write_letter",
    summary="Cấp giấy xác nhận hộ nghèo, cận nghèo, mới thoát nghèo",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused", "conflict")
    | example(examples.LETTER, 201),
)
def write_letter(body: LetterIn, actor: Writer, db: Db, idempotency_key: IdempotencyKey = None) -> LetterOut:
    """Confirms what a household was on a day, with the decision, a number in the book of the year, and a code for the
    QR. 409 where it was neither poor, near-poor nor newly escaped then. A repeated call writes one letter."""
    return letters.write_letter(db, actor, body, idempotency_key)


@router.get(
    "/confirmation-letters/{letter_id}",
    operation_id="read_letter",
    summary="Một giấy xác nhận",
    responses=problems("not-found") | example(examples.LETTER),
)
def read_letter(letter_id: UUID, actor: Writer, db: Db) -> LetterOut:
    """One letter of the caller's areas, with its code; for those who print it. It never changes."""
    return letters.letter(db, actor, letter_id)


@verify_router.get(
    "/verify/{code}",
    operation_id="verify_letter",
    summary="Kiểm tra giấy xác nhận bằng mã QR",
    response_model=VerifiedOut,
    responses=problems("not-found") | example(examples.VERIFIED),
)
def verify_letter(
    code: Annotated[str, Path(max_length=64, description="The code of the QR.", examples=["MFRGGZDFMZTWQ2LKNNWG23TP"])],
    request: Request,
    db: Db,
) -> Response:
    """Public: whether a commune has issued a letter with this code, under which number and when; nothing about whom or
    why. An unknown code is 404 with the same members, `valid` false. A browser gets a page for people. Any query
    parameter is taken: programs that open a QR code add their own."""
    found = letters.verified(db, code)
    headers = {"Vary": "Accept", "Referrer-Policy": "no-referrer"}
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page(found), headers=headers)
    if found is None:
        unknown: dict[str, Any] = dict.fromkeys(VerifiedOut.model_fields) | {"valid": False}
        raise NotFound("Không có giấy xác nhận nào mang mã này.", "No letter has this code.", **unknown)
    return JSONResponse(found.model_dump(mode="json"), headers=headers)


def _page(found: VerifiedOut | None) -> str:
    """A page that a phone shows after reading the QR: a browser gets it with 200 for an unknown code too."""
    if found is None or found.issued_on is None:
        vi, en, rows = "Không có giấy xác nhận nào mang mã này", "No letter has this code", ""
    else:
        vi, en = "Giấy xác nhận có thật", "This letter is genuine"
        told: dict[str, Any] = {
            "Nơi cấp · issued by": f"UBND {found.commune}",
            "Số · number": f"{found.book_no}/{found.year}",
            "Ngày cấp · issued on": f"{found.issued_on:%d/%m/%Y}",
        }
        rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in told.items())
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{vi}</title><h1>{vi}</h1><p lang="en">{en}</p><dl>{rows}</dl>'
        "<p>Trang này không nêu thông tin về người dân; hãy đối chiếu số và ngày với tờ giấy. "
        '<span lang="en">Nothing is told about a person here: compare number and day with the paper.</span></p></html>'
    )
