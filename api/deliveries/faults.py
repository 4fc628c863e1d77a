"""Why a delivery is not taken, in words that say what to do."""

from datetime import date
from typing import Any
from uuid import UUID

from api.money import in_digits
from api.problems import AboveApproved, AlreadyDelivered, Conflict, FieldError, Invalid, NotFound, Problem


def no_delivery() -> Problem:
    return NotFound("Không tìm thấy lượt hỗ trợ này.", "There is no such delivery.")


def append_only() -> Problem:
    return Conflict(
        "Lượt hỗ trợ đã ghi không sửa được; ghi sai thì đề nghị cán bộ xã hủy lượt đó, có lý do, rồi ghi lại.",
        "A delivery is not changed. Where it is wrong, the commune officer reverses it; then record it again.",
    )


def no_household() -> Problem:
    return _not_there("household_id", "Không tìm thấy hộ này.", "There is no such household.")


def no_member() -> Problem:
    return _not_there("member_id", "Không tìm thấy người này trong hộ.", "There is no such person in the household.")


def no_intervention() -> Problem:
    return _not_there("intervention_id", "Không tìm thấy hoạt động này.", "There is no such intervention.")


def no_organisation() -> Problem:
    return _not_there("organisation_id", "Không tìm thấy tổ chức này.", "There is no such organisation.")


def no_line() -> Problem:
    vi = "Không tìm thấy dòng này trong danh sách ký nhận của hoạt động và của hộ."
    return _not_there("sheet_line_id", vi, "The household has no such line on a signing sheet of this intervention.")


def _not_there(field: str, vi: str, en: str) -> Problem:
    return NotFound(vi, en, errors=(FieldError(f"#/{field}", "not_found", vi, en),))


def does_not_serve() -> Problem:
    vi = "Hoạt động loại này không chi trả, không cấp phát cho ai."
    return _wrong("intervention_id", "does_not_serve", vi, "An intervention of this kind hands out nothing.")


def about_another() -> Problem:
    vi = "Hoạt động này là của một hộ khác."
    return _wrong("household_id", "about_another", vi, "This intervention is about another household.")


def of_another_place() -> Problem:
    vi = "Hoạt động này không thuộc địa bàn của bạn; chỉ ghi được cho hộ trong địa bàn."
    en = "This intervention is not of your areas: you record only what households of your areas receive."
    return _wrong("household_id", "missing", vi, en)


def line_of_another() -> Problem:
    vi = "Dòng này trong danh sách ký nhận là của một người khác trong hộ."
    return _wrong("member_id", "line_of_another", vi, "The line of the signing sheet is another person's.")


def _wrong(field: str, code: str, vi: str, en: str) -> Problem:
    return Invalid(vi, en, errors=(FieldError(f"#/{field}", code, vi, en),))


def already_delivered(delivery_id: UUID, on: date) -> Problem:
    return AlreadyDelivered(
        f"Khoản này đã được giao ngày {on:%d/%m/%Y}. Nếu đã giao hai lần, hãy báo cán bộ xã.",
        f"This was handed over on {on} already. If it was given twice, tell the commune officer.",
        delivery_id=str(delivery_id),
        delivered_on=on.isoformat(),
    )


def above_approved(available: int, asked: int) -> Problem:
    left, said = in_digits(available), in_digits(asked)
    return AboveApproved(
        f"Chỉ còn {left} đồng trong số đã duyệt cho hoạt động này; lượt này ghi {said} đồng.",
        f"{available} VND are left of what was approved for this intervention; this delivery says {asked} VND.",
        available_vnd=available,
        asked_vnd=asked,
    )


def warning(code: str) -> dict[str, Any]:
    """What is kept all the same, and pointed out."""
    vi, en = _WARNINGS[code]
    return {"code": code, "vi": vi, "en": en}


_WARNINGS = {
    "several_lines": (
        "Hộ có nhiều dòng đang chờ trong các danh sách ký nhận; lượt này chưa được gắn với dòng nào.",
        "The household waits on several signing sheets: this delivery ticked none of them.",
    ),
    "sheet_closed": (
        "Danh sách ký nhận đã kết thúc; dòng vẫn được đánh dấu.",
        "The signing sheet was closed already; its line is ticked all the same.",
    ),
    "sheet_cancelled": (
        "Danh sách ký nhận đã bị hủy; lượt này vẫn được ghi, không gắn với danh sách.",
        "The signing sheet was cancelled; the delivery is kept without it.",
    ),
}


def placed(problem: Problem, place: str) -> Problem:
    """The same problem, said of one item of a list: `#/deliveries/3`."""
    inner = problem.errors or (FieldError("#", problem.slug, problem.detail.vi, problem.detail.en),)
    problem.errors = tuple(FieldError(place + one.pointer.removeprefix("#"), one.code, one.vi, one.en) for one in inner)
    return problem
