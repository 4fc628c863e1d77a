"""What is wrong with one field, in words an officer understands. One row per kind of error pydantic knows."""

import re
from typing import Any

from pydantic import ValidationError

from api.problems import FieldError

# pydantic's error type -> Vietnamese, English; {names} are filled from the error's context
_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("Thiếu trường bắt buộc này.", "This field is required."),
    "extra_forbidden": (
        "Không có trường này. Hãy kiểm tra tên trường.",
        "There is no such field. Check its name.",
    ),
    "string_type": ("Phải là văn bản.", "Must be text."),
    "string_too_short": ("Cần ít nhất {min_length} ký tự.", "Needs at least {min_length} characters."),
    "string_too_long": ("Nhiều nhất {max_length} ký tự.", "At most {max_length} characters."),
    "string_pattern_mismatch": ("Không đúng dạng quy định.", "Does not have the required form."),
    "string_unicode": ("Có ký tự không hợp lệ.", "Contains a character that is no text."),
    "text_not_storable": (
        "Có ký tự không lưu được (NUL hoặc ký tự hỏng).",
        "Contains a character that cannot be stored.",
    ),
    "text_not_one_line": (
        "Chỉ được một dòng, không có ký tự điều khiển.",
        "Must be one line without control characters.",
    ),
    "text_invisible": (
        "Có ký tự ẩn không nhìn thấy được. Hãy xoá và gõ lại.",
        "Contains a character that cannot be seen. Delete the text and type it again.",
    ),
    "name_without_letter": ("Tên cần có ít nhất một chữ cái.", "A name needs at least one letter."),
    "int_type": ("Phải là số nguyên.", "Must be a whole number."),
    "int_parsing": ("Phải là số nguyên.", "Must be a whole number."),
    "int_parsing_size": ("Số quá lớn.", "The number is too large."),
    "int_from_float": ("Phải là số nguyên.", "Must be a whole number."),
    "float_type": ("Phải là số.", "Must be a number."),
    "float_parsing": ("Phải là số.", "Must be a number."),
    "finite_number": ("Phải là số hữu hạn.", "Must be a finite number."),
    "none_required": ("Có thể để trống (null).", "May be null."),
    "bool_type": ("Phải là đúng hoặc sai.", "Must be true or false."),
    "bool_parsing": ("Phải là đúng hoặc sai.", "Must be true or false."),
    "greater_than_equal": ("Phải từ {ge} trở lên.", "Must be {ge} or more."),
    "less_than_equal": ("Phải từ {le} trở xuống.", "Must be {le} or less."),
    "uuid_type": ("Phải là mã UUID.", "Must be a UUID."),
    "uuid_parsing": ("Phải là mã UUID.", "Must be a UUID."),
    "enum": (
        "Mã không có trong danh mục. Các mã có thể dùng: {expected}.",
        "Not a known code. Known: {expected}.",
    ),
    "literal_error": ("Chỉ nhận: {expected}.", "Must be one of: {expected}."),
    "date_type": ("Phải là ngày dạng 2024-12-31.", "Must be a day such as 2024-12-31."),
    "date_parsing": ("Phải là ngày dạng 2024-12-31.", "Must be a day such as 2024-12-31."),
    "date_from_datetime_parsing": ("Phải là ngày dạng 2024-12-31.", "Must be a day such as 2024-12-31."),
    "date_from_datetime_inexact": ("Phải là ngày, không kèm giờ.", "Must be a day without a time."),
    "not_first_of_month": (
        "Phải là ngày đầu tháng, ví dụ 2024-06-01.",
        "Must be the first day of a month, such as 2024-06-01.",
    ),
    "day_out_of_range": ("Ngày phải trong khoảng 1900 đến 2100.", "The day must lie between 1900 and 2100."),
    "day_in_future": ("Ngày không được ở tương lai.", "The day must not lie in the future."),
    "datetime_type": (
        "Phải là thời điểm dạng 2024-12-31T08:00:00+07:00.",
        "Must be a time such as 2024-12-31T08:00:00+07:00.",
    ),
    "datetime_parsing": (
        "Phải là thời điểm dạng 2024-12-31T08:00:00+07:00.",
        "Must be a time such as 2024-12-31T08:00:00+07:00.",
    ),
    "datetime_from_date_parsing": (
        "Phải là thời điểm dạng 2024-12-31T08:00:00+07:00.",
        "Must be a time such as 2024-12-31T08:00:00+07:00.",
    ),
    "moment_in_future": ("Thời điểm không được ở tương lai.", "The time must not lie in the future."),
    "moment_out_of_range": (
        "Thời điểm phải trong khoảng năm 2000 đến 2100.",
        "The time must lie between 2000 and 2100.",
    ),
    "moment_without_offset": (
        "Thời điểm cần múi giờ, ví dụ +07:00.",
        "The time needs an offset, such as +07:00.",
    ),
    "answer_type": (
        "Phải là văn bản, số, đúng hoặc sai, hoặc danh sách mã.",
        "Must be text, a number, true or false, or a list of codes.",
    ),
    "unknown_code": ("Không có mã này. Các mã: {known}.", "There is no such code. Known: {known}."),
    "list_type": ("Phải là danh sách.", "Must be a list."),
    "too_long": ("Quá nhiều mục (nhiều nhất {max_length}).", "Too many items (at most {max_length})."),
    "too_short": ("Cần ít nhất {min_length} mục.", "Needs at least {min_length} items."),
    "dict_type": ("Phải là một đối tượng.", "Must be an object."),
    "model_type": ("Phải là một đối tượng.", "Must be an object."),
    "model_attributes_type": ("Phải là một đối tượng.", "Must be an object."),
    "json_invalid": ("Không phải JSON hợp lệ.", "Not valid JSON."),
}

_EMPTY = ("Không được để trống.", "Must not be empty.")
MOST = 100
_NO_SLIP = 1000
_TOO_MANY = (
    "Có quá nhiều chỗ sai để kể ra. Hãy kiểm tra chương trình đã gửi nội dung này.",
    "Too much is wrong to be listed. Check the program that sent this.",
)

# The first step of FastAPI's location says where the value stood; only a body is addressed by a JSON pointer alone.
_PLACES = {"query": "#query", "path": "#path", "header": "#header", "cookie": "#cookie", "body": "#"}


def pointer(location: tuple[Any, ...], request_location: bool) -> str:
    """`("body", "members", 0, "birth_year")` -> `#/members/0/birth_year` (RFC 6901, as a URI fragment)."""
    start, steps = "#", location
    if request_location and location:
        start, steps = _PLACES.get(str(location[0]), "#"), location[1:]
    named = (step for step in steps if not _is_branch(step))
    return start + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in named)


def _is_branch(step: Any) -> bool:
    # pydantic says which branch of a union refused the value (`function-after[...]`, `none`): no place in the input
    return isinstance(step, str) and (step == "none" or step.startswith(("function-", "nullable[", "union[")))


def told(error: ValidationError) -> tuple[FieldError, ...]:
    """What is wrong, in the first hundred places.

    A thousand faults are no slip of a hand, and told as one: a list of a million costs the server minutes, and whoever
    asks for the outcome later their line.
    """
    if error.error_count() > _NO_SLIP:
        return (FieldError("#", "too_many_errors", *_TOO_MANY),)
    found = error.errors(include_url=False, include_input=False)
    return tuple(translate(one) for one in found[:MOST])


def translate(error: Any, request_location: bool = False) -> FieldError:
    """One entry of pydantic's `errors()` as a place, a code and words. Never repeats the value: it may be personal."""
    kind = error["type"]
    if kind in _WORDS:
        vi, en = _EMPTY if _is_empty(error) else _WORDS[kind]
        context = {key: str(value) for key, value in (error.get("ctx") or {}).items()}
        if "expected" in context:
            context["expected"] = _codes(context["expected"])
        vi, en = _fill(vi, context), _fill(en, context)
    else:
        vi, en = "Giá trị không hợp lệ.", str(error["msg"])
    place = pointer(tuple(error["loc"]), request_location)
    return FieldError(_printable(place), kind, vi, en)


def _is_empty(error: Any) -> bool:
    # a length that is asked for beside a validator: pydantic no longer knows whether it counts letters or items
    context = error.get("ctx") or {}
    return error["type"] == "too_short" and context.get("field_type") == "Value" and context["min_length"] == 1


def _fill(words: str, context: dict[str, str]) -> str:
    for name, value in context.items():
        words = words.replace("{" + name + "}", value)
    return words


def _codes(expected: str) -> str:
    # pydantic lists them in English: 'a', 'b' or 'c'
    return ", ".join(re.findall(r"'([^']*)'", expected)) or expected


def _printable(text: str) -> str:
    # an unknown field's name comes from outside and may be anything, of any length
    return text[:300].encode("utf-8", "replace").decode()
