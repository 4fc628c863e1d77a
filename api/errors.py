"""Turns everything that can be raised into a problem: ours, the framework's, the database's, and bugs."""

import logging
import re
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api import field_errors
from api.constraints_of_money import MONEY
from api.problems import (
    AlreadyExists,
    Conflict,
    FieldError,
    InternalError,
    Invalid,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    NotJson,
    NotSignedIn,
    PermissionDenied,
    Problem,
    TooLarge,
    Unavailable,
)

log = logging.getLogger("giamngheo.errors")

MEDIA_TYPE = "application/problem+json"

# What a constraint's refusal means to a person. A constraint that is not here is a bug of ours when it fires.
_CONSTRAINTS: dict[str, tuple[type[Problem], str, str]] = {
    "uq_household_hamlet_no": (
        AlreadyExists,
        "Số hộ này đã được dùng cho một hộ khác trong xóm. Hãy kiểm tra lại số hộ.",
        "This household number is taken by another household of the hamlet.",
    ),
    "uq_account_username": (AlreadyExists, "Tên đăng nhập này đã có.", "This username is taken."),
    "pk_household": (AlreadyExists, "Mã hộ này đã có.", "This household id exists."),
    "pk_member": (AlreadyExists, "Mã nhân khẩu này đã có.", "This member id exists."),
    "pk_request": (AlreadyExists, "Mã giấy đề nghị này đã có.", "This request id exists."),
    "pk_participant": (AlreadyExists, "Mã người tham gia này đã có.", "This participant id exists."),
    "pk_intervention_step": (AlreadyExists, "Mã bước này đã có.", "This step id exists."),
    "pk_support_need": (AlreadyExists, "Mã nhu cầu này đã có.", "This need id exists."),
    "uq_participant_household": (
        Conflict,
        "Hộ hoặc người này đã tham gia với vai trò này.",
        "The household or person takes part in this role already.",
    ),
    "uq_support_need_open": (
        Conflict,
        "Nhu cầu này đang được ghi là chưa đáp ứng.",
        "This need is open already.",
    ),
    "pk_loan": (AlreadyExists, "Mã khoản vay này đã có.", "This loan id exists."),
    "pk_loan_list": (AlreadyExists, "Mã danh sách này đã có.", "This list id exists."),
    "pk_insurance_list": (AlreadyExists, "Mã danh sách này đã có.", "This list id exists."),
    # an id of one's own, sent at the same moment for two records of different places: the locks of neither meet
    **dict.fromkeys(
        (
            "pk_fund_entry",
            "pk_hamlet_plan",
            "pk_intervention_document",
            "pk_organisation",
            "pk_priority_order",
            "pk_report",
            "pk_signing_sheet",
        ),
        (AlreadyExists, "Mã này đã dùng cho bản ghi khác.", "This id belongs to another record."),
    ),
    "fk_household_hamlet_id": (NotFound, "Không có xóm này.", "There is no such hamlet."),
    "fk_member_household_id": (NotFound, "Không có hộ này.", "There is no such household."),
    "ex_area_code_days": (
        Conflict,
        "Mã đơn vị này đang được dùng.",
        "This area code is in use on those days.",
    ),
    "ex_area_parent_days": (
        Conflict,
        "Một đơn vị chỉ có một cấp trên trong một ngày.",
        "An area has one parent a day.",
    ),
    "ex_recognition_days": (
        Conflict,
        "Hộ đã có phân loại trong những ngày này.",
        "The household has a class on those days.",
    ),
    "ck_fund_spent_as_given": (
        Conflict,
        "Quỹ không còn đủ tiền cho khoản này.",
        "The Fund does not hold so much.",
    ),
    "uq_hamlet_plan_year": (Conflict, "Xóm đã có kế hoạch của năm này.", "The hamlet has a plan for this year."),
    "uq_living_standard_case_under_way": (
        Conflict,
        "Hộ đang có hồ sơ cùng loại chưa xong.",
        "A case of this kind is under way already.",
    ),
    "uq_insurance_list_draft": (
        Conflict,
        "Xã đang có danh sách bảo hiểm y tế chưa gửi.",
        "The commune has a list of health insurance that was not sent yet.",
    ),
    "ex_living_standard_recognition_days": (
        Conflict,
        "Hộ hoặc người lao động đã được công nhận từ ngày này hoặc muộn hơn.",
        "The household or its worker is recognised from this or a later day already.",
    ),
    **MONEY,
}

_HTTP: dict[int, type[Problem]] = {
    400: NotJson,
    401: NotSignedIn,
    403: PermissionDenied,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: NotAcceptable,
}

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")

# SQLSTATE classes that mean "try again": a lost connection, a deadlock, a lock waited for too long, shutting down
_TRY_AGAIN = ("08", "40", "53", "55P03", "57")


def language(request: Request) -> str:
    """`vi` unless the reader likes English better (quality values, RFC 9110, 12.4.2); of equals the first."""
    best, chosen = 0.0, "vi"
    for choice in request.headers.get("accept-language", "").lower().split(","):
        tag, *options = (part.strip() for part in choice.split(";"))
        name, liked = tag.split("-")[0], _quality(options)
        if name in ("vi", "en") and liked > best:
            best, chosen = liked, name
    return chosen


def _quality(options: list[str]) -> float:
    given = next((option[2:] for option in options if option.startswith("q=")), "1")
    return float(given) if _QUALITY.fullmatch(given) else 0.0


def answer(request: Request, problem: Problem) -> JSONResponse:
    """The one shape of every answer that is not 2xx."""
    trace_id = getattr(request.state, "trace_id", None)
    return JSONResponse(
        problem.body(language(request), trace_id),
        status_code=problem.status,
        headers=problem.headers | {"Content-Language": language(request)},
        media_type=MEDIA_TYPE,
    )


def from_database(error: DBAPIError) -> Problem | None:
    """The database's refusal as a sentence; None for one that no input should be able to cause."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if isinstance(error, IntegrityError):
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""
        if name in _CONSTRAINTS:
            kind, vi, en = _CONSTRAINTS[name]
            return kind(vi, en, constraint=name)
    if error.connection_invalidated or isinstance(error, InterfaceError) or state.startswith(_TRY_AGAIN):
        return Unavailable()
    if isinstance(error, OperationalError) and not state:
        return Unavailable()  # no SQLSTATE: the server was not reached at all
    if isinstance(error, DataError):
        vi, en = "Có giá trị nằm ngoài phạm vi lưu được.", "A value lies outside of what can be stored."
        return Invalid(vi, en, errors=(FieldError("#", "not_storable", vi, en),))  # the database does not say which
    return None


def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = error.errors()
    if any(e["type"] == "json_invalid" for e in errors):
        return answer(request, NotJson())
    if isinstance(error.body, bytes):  # left as it came, because its Content-Type does not say that it is JSON
        vi = "Nội dung phải là JSON, gửi kèm Content-Type: application/json."
        return answer(request, NotAcceptable(vi, "The body must be JSON, sent with Content-Type: application/json."))
    return answer(
        request,
        Invalid(errors=tuple(field_errors.translate(e, request_location=True) for e in errors[: field_errors.MOST])),
    )


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = _HTTP.get(error.status_code, InternalError if error.status_code >= 500 else Invalid)
    problem = kind()
    problem.headers |= dict(error.headers or {})
    if problem.status == 405:
        problem.headers["Allow"] = ", ".join(_methods_here(request) or ["GET", "HEAD"])  # none: a static file
    return answer(request, problem)


def _methods_here(request: Request) -> list[str]:
    """Every method of this path. The framework names those of the first route it met only."""
    routes = iter_route_contexts(request.app.routes)
    return sorted(
        {
            method
            for route in routes
            if route.methods and route.matches(request.scope)[0] is not Match.NONE
            for method in route.methods
        }
    )


def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return answer(request, error)


def _database(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DBAPIError)
    problem = from_database(error)
    if problem is None:
        return _bug(request, error)
    return answer(request, problem)


def _bug(request: Request, error: Exception) -> JSONResponse:
    # The trace id is all a stranger learns. A statement's values stay out of the log too: they are people.
    hidden = isinstance(error, DBAPIError)
    log.error(
        "bug trace=%s %s",
        getattr(request.state, "trace_id", None),
        type(getattr(error, "orig", error)).__name__ if hidden else type(error).__name__,
        exc_info=None if hidden else error,
    )
    return answer(request, InternalError())


def install(app: FastAPI) -> None:
    """Registers the handlers. Order does not matter: the most specific class wins."""
    handlers: dict[Any, Any] = {
        Problem: _problem,
        RequestValidationError: _validation,
        HTTPException: _http,
        DBAPIError: _database,
        PoolTimeout: lambda request, _: answer(request, Unavailable()),
        Exception: _bug,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
