"""What is wrong with a result of Phiếu A, each with its place."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from api.problems import Conflict, FieldError, IllegalStage, Invalid, NotFound, Problem, UnknownFormVersion
from api.standards.compiled import Standard
from api.standards.form_rules import form_faults, needs_b
from api.standards.queries import FORM_A


def content(standards: Mapping[int, Standard], values: Mapping[str, Any]) -> Problem | None:
    """Of a whole result: a form that is not known, answers that do not fit it, no reason where no rule decides."""
    form, faults, ruled = values["form"], [], None
    if form is not None:
        found = standards.get(form["version"])
        if found is None or found.form(form["code"]) is None or form["code"] != FORM_A or found.training:
            return _no_form(form)
        faults = form_faults(found, form["code"], form["version"], values["answers"])
        ruled = None if faults else needs_b(found, form["code"], values["answers"])
    if not faults and ruled is None and not values["reason"]:
        faults.append(_no_reason())
    return Invalid(errors=tuple(faults)) if faults else None


def no_request() -> Problem:
    return NotFound(
        "Không tìm thấy giấy đề nghị này, hoặc chưa có Phiếu A.", "There is no such request, or no Phiếu A."
    )


def needs_none() -> Problem:
    return _of_request(
        Conflict,
        "needs_none",
        "Chỉ giấy đề nghị rà soát (Mẫu 01) cần Phiếu A.",
        "Only a request to be reviewed (Mẫu 01) needs Phiếu A.",
    )


def has_led() -> Problem:
    return _of_request(
        IllegalStage,
        "listed",
        "Giấy này đã được đưa vào danh sách rà soát.",
        "This request has led onto a list already.",
    )


def is_refused(number: str, day: date) -> Problem:
    return _of_request(
        IllegalStage,
        "refused",
        f"Giấy này đã bị từ chối bằng văn bản số {number} ngày {day:%d/%m/%Y} nên Phiếu A không thay đổi được nữa. "
        "Nếu hoàn cảnh của hộ đã khác, hãy nhận giấy đề nghị mới và làm Phiếu A cho giấy mới.",
        f"This request was refused by the letter no. {number} of {day}, so its Phiếu A stands. If things have changed, "
        "take a new request from the household, and fill in Phiếu A for that one.",
    )


def other_request() -> Problem:
    return _of_request(
        Invalid, "read_only", "Phiếu A này là của giấy đề nghị khác.", "This Phiếu A is of another request."
    )


def wrong_id(named: UUID) -> Problem:
    vi = f"Mã của Phiếu A này phải là {named}: mỗi giấy đề nghị có một kết quả."
    en = f"The id of this Phiếu A must be {named}: a request has one result."
    return Invalid(errors=(FieldError("#/id", "wrong_id", vi, en),))


def _of_request(kind: type[Problem], code: str, vi: str, en: str) -> Problem:
    return kind(vi, en, errors=(FieldError("#/request_id", code, vi, en),))


def _no_form(form: Mapping[str, Any]) -> Problem:
    said = f"{form['code']} {form['version']}"
    vi = f"Không có Phiếu A {said}. Hãy đồng bộ lại máy tính bảng."
    en = f"There is no Phiếu A {said}. Synchronise the tablet."
    return UnknownFormVersion(vi, en, errors=(FieldError("#/form", "unknown", vi, en),))


def _no_reason() -> FieldError:
    return FieldError(
        "#/reason",
        "missing",
        "Cần ghi lý do: chưa có quy tắc nào quyết định thay.",
        "Say why: no rule decides here.",
    )
