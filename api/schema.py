"""What every body on the wire has in common: the strict base class and the field types shared by features.

Text is normalised to NFC and trimmed at the door. What PostgreSQL cannot store (NUL) or JSON cannot carry
(half a surrogate pair) is refused there too, with the place where it stands.
"""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api import clock


class Schema(BaseModel):
    """Unknown fields are refused, infinities too; an Out schema is read straight from a row or a dataclass."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, allow_inf_nan=False)


NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # categories Cc, Zl, Zp
# Category Cf (joiners, direction overrides, tags) and the letters that fill without being seen: two texts that look
# alike would differ, and a number could be read backwards. Written out: asking Unicode costs 0.2 s at every start.
_INVISIBLE = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001"
    "\U000e0020-\U000e007f\u115f\u1160\u3164\uffa0]"
)
_FILLER = re.compile("[\u115f\u1160\u3164\uffa0]")  # those of them that Python calls printable


def _storable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    printable = value.isprintable()  # almost every text is, and then holds nothing of what is looked for here
    if printable and value.isascii():
        return value.strip()
    if not printable and NOT_TEXT.search(value):
        raise PydanticCustomError(
            "text_not_storable", "contains a character that no text has (NUL or half a surrogate)"
        )
    return unicodedata.normalize("NFC", value).strip()


def _one_line(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.isprintable():  # then it holds no character of a category that begins with C, nor one of Zl and Zp
        if value.isascii():
            return value.strip()
        if _FILLER.search(value):
            raise PydanticCustomError("text_invisible", "contains a character that cannot be seen")
        return unicodedata.normalize("NFC", value).strip()
    value = _storable(value)
    if _CONTROL.search(value):
        raise PydanticCustomError("text_not_one_line", "contains a control character or a line break")
    if _INVISIBLE.search(value):
        raise PydanticCustomError("text_invisible", "contains a character that cannot be seen")
    return value


def _has_letter(value: str) -> str:
    if not value[:1].isalpha() and not any(char.isalpha() for char in value):
        raise PydanticCustomError("name_without_letter", "has no letter")
    return value


def line(max_length: int, min_length: int = 0, *more: Any) -> Any:
    """One line of text of at most `max_length` characters; `more` says what else must hold."""
    return Annotated[
        str,
        # next to `str`: it counts letters, not items; strict: bytes would become text after it was looked at
        StringConstraints(strict=True, min_length=min_length, max_length=max_length),
        *more,
        BeforeValidator(_one_line),
    ]


PersonName = line(120, 1, AfterValidator(_has_letter))
Line20 = line(20)
Line60 = line(60)
Line120 = line(120)
Line300 = line(300)
Label = line(120, min_length=1)


Note = Annotated[str, StringConstraints(max_length=2000), BeforeValidator(_storable)]
FilledNote = Annotated[str, StringConstraints(min_length=1, max_length=2000), BeforeValidator(_storable)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=20_000), BeforeValidator(_storable)]


def _possible_day(value: date) -> date:
    if not 1900 <= value.year <= 2100:
        raise PydanticCustomError("day_out_of_range", "is not between 1900 and 2100")
    return value


def _not_after_today(value: date) -> date:
    if value > clock.today():
        raise PydanticCustomError("day_in_future", "lies in the future")
    return value


def _possible_moment(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2100:
        raise PydanticCustomError("moment_out_of_range", "is not between 2000 and 2100")
    if value.tzinfo is None:
        raise PydanticCustomError("moment_without_offset", "has no offset from UTC, such as +07:00")
    return value


def _not_after_now(value: datetime) -> datetime:
    if value > clock.now():
        raise PydanticCustomError("moment_in_future", "lies in the future")
    return value


Day = Annotated[date, AfterValidator(_possible_day)]
PastDay = Annotated[date, AfterValidator(_possible_day), AfterValidator(_not_after_today)]
Moment = Annotated[datetime, AfterValidator(_possible_moment)]
PastMoment = Annotated[datetime, AfterValidator(_possible_moment), AfterValidator(_not_after_now)]
Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="Counts the changes of this record, from 1.")]
AreaId = Annotated[UUID, Field(description="Id of an area (UUIDv5 of `area:<code>`).")]
Count = Annotated[int, Field(ge=0, le=100_000_000)]
# 10 trillion: more than any commune sees, and far below what a sum of bigints could not hold
_MOST_VND = 10**13
Vnd = Annotated[int, Field(strict=True, ge=1, le=_MOST_VND, description="Whole VND.")]
VndOrNothing = Annotated[int, Field(strict=True, ge=0, le=_MOST_VND, description="Whole VND.")]
Year = Annotated[int, Field(ge=2000, le=2100)]


class Words(Schema):
    """The same words for a Vietnamese and an English reader."""

    vi: str
    en: str


Item = TypeVar("Item")


class Page(Schema, Generic[Item]):
    """One page of a list, in a stable order. `next_cursor` is null on the last page."""

    items: list[Item]
    next_cursor: str | None
