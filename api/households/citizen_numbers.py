"""Citizen numbers: sealed for storage, opened for those who may, checked for plausibility (never refused).

The twelve digits say the province of birth registration (3), century and sex (1), birth year (2), and six random
ones (NĐ 137/2015/NĐ-CP, Điều 13). Nine digits are an old CMND, no longer valid since 01/01/2025 but still on paper.
"""

import base64
from binascii import b2a_base64
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.keys import IdKey, mask


def id_key(session: Session) -> IdKey:
    """The key of this process. `api.db.unit_of_work` puts it into a request's session; the CLI calls `use_key`."""
    key = session.info["id_key"]
    assert isinstance(key, IdKey)
    return key


def use_key(session: Session, key: IdKey) -> None:
    """For sessions that no request opened (CLI, demo, tests)."""
    session.info["id_key"] = key


def sealed(key: IdKey, number: str, member_id: UUID) -> dict[str, str]:
    """How a number stands in a member's values, in the history and in whatever else is stored."""
    return {
        "sealed": b2a_base64(key.seal(number, member_id), newline=False).decode(),
        "index": key.index(number).hex(),
        "last4": number[-4:],
    }


def opened(key: IdKey, number: dict[str, str], member_id: UUID) -> str:
    """The number in clear, from what `sealed` made of it."""
    return key.open(base64.b64decode(number["sealed"]), member_id)


def masked(number: dict[str, str] | None) -> str | None:
    """What everybody else sees of it."""
    return mask(number["last4"]) if number else None


def warnings(number: str, values: dict[str, Any]) -> list[dict[str, str]]:
    """What is implausible about a number, beside the sex and the birth of its holder; `detail` is Vietnamese."""
    if len(number) == 9:
        return [_warning("personal_id_old", "Số CMND 9 chữ số đã hết giá trị từ 01/01/2025; nên cập nhật số căn cước.")]
    if len(number) != 12:
        return [_warning("personal_id_length", "Số định danh thường có 12 chữ số (CMND cũ: 9); hãy đối chiếu giấy tờ.")]
    found = []
    century_and_sex = int(number[3])
    if century_and_sex % 2 != (1 if values.get("sex") == "female" else 0):
        found.append(_warning("personal_id_sex", "Chữ số thứ tư của số định danh không khớp với giới tính."))
    year = birth_year(values)
    if year is not None and 1900 + century_and_sex // 2 * 100 + int(number[4:6]) != year:
        found.append(_warning("personal_id_birth_year", "Số định danh không khớp với năm sinh."))
    return found


def birth_year(values: dict[str, Any]) -> int | None:
    """From the year, or from the day (`YYYY-MM-DD`)."""
    year = values.get("birth_year")
    if year is None and values.get("birth_date"):
        year = int(values["birth_date"][:4])
    return year


def _warning(code: str, detail: str) -> dict[str, str]:
    return {"pointer": "#/personal_id", "code": code, "detail": detail}
