"""Between a row, the values the history keeps, and raw fields: one place that knows which fields a record has.

Values are what JSON holds (ids and days as text); a citizen number is sealed among them. Pure but for the clock
inside the field types.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import NoneType
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from api import field_errors
from api.households.citizen_numbers import birth_year
from api.households.member_schemas import MemberIn, MemberPatch
from api.households.schemas import HouseholdIn, HouseholdPatch
from api.names import fold, sort_key, toned
from api.problems import FieldError, Invalid, Problem
from api.schema import Schema
from api.sql import id_text

# Of a household, what recognitions and the verbs of the domain decide: given back only with the value it has.
READ_ONLY = ("status", "merged_into", "current_class", "class_since", "newly_escaped_until")
HOUSEHOLD_FIELDS = (
    *(name for name in HouseholdIn.model_fields if name not in READ_ONLY),
    "status",
    "merged_into",
)
MEMBER_FIELDS = tuple(MemberIn.model_fields)

# Fields that mean one thing: changed by two people in part, they are a conflict and not a mixture.
HOUSEHOLD_TOGETHER = (("no_labour_capacity", "no_labour_capacity_ground"),)
MEMBER_TOGETHER = (("birth_date", "birth_year"), ("left_on", "left_reason"))


def draft(schema: type[Schema], data: Mapping[str, Any], whole: bool) -> dict[str, Any] | Problem:
    """The fields of an edit, checked and normalised; `whole` with the defaults of what was not sent."""
    try:
        model: Schema = _READ[schema](data)
    except ValidationError as error:
        return Invalid(errors=field_errors.told(error))
    # What model_dump(mode="json") would give, in half of its time: the model is thrown away, so its fields are ours.
    values, sent = model.__dict__, model.model_fields_set
    if not whole and len(sent) < len(values):
        values = {name: value for name, value in values.items() if name in sent}
    for name, value in values.items():
        if value.__class__ not in _OF_JSON:
            values[name] = id_text(value) if value.__class__ is UUID else str(value)  # days, codes
    return values


_OF_JSON = {str, int, bool, NoneType}
# the readers themselves: `model_validate` is written in Python around them, and takes a microsecond more
_SCHEMAS: tuple[type[Schema], ...] = (HouseholdIn, HouseholdPatch, MemberIn, MemberPatch)
_READ = {schema: TypeAdapter(schema).validator.validate_python for schema in _SCHEMAS}


def household_draft(data: Mapping[str, Any], creates: bool) -> dict[str, Any] | Problem:
    return draft(HouseholdIn if creates else HouseholdPatch, data, creates)


def member_draft(data: Mapping[str, Any], creates: bool) -> dict[str, Any] | Problem:
    return draft(MemberIn if creates else MemberPatch, data, creates)


def member_faults(values: Mapping[str, Any]) -> Problem | None:
    """What no single field shows: a birth must be known, and its day and year must agree."""
    day, year = values.get("birth_date"), values.get("birth_year")
    if day is None and year is None:
        return Invalid(
            errors=(
                FieldError("#/birth_year", "missing", "Cần ngày sinh hoặc năm sinh.", "Give birth_date or birth_year."),
            )
        )
    if day is not None and year is not None and int(day[:4]) != year:
        return Invalid(
            errors=(
                FieldError(
                    "#/birth_year",
                    "birth_year_differs",
                    f"Năm sinh {year} không khớp với ngày sinh; hãy sửa cả hai.",
                    f"Birth year {year} contradicts birth_date; change both.",
                ),
            )
        )
    return None


def read_only_fault(name: str) -> Problem:
    return Invalid(
        errors=(
            FieldError(
                f"#/{name}",
                "read_only",
                "Trường này do hệ thống ghi, chỉ được gửi lại đúng giá trị hiện có.",
                "This field is read-only: it may only be sent back with its present value.",
            ),
        )
    )


def name_keys(full_name: str) -> dict[str, str]:
    """The stored keys of a name: to find it, to rank it, to sort it. What api/names.py makes of the whole name, put
    together from its words: a commune knows a thousand of them, and a batch is mostly names."""
    words = [_word_keys(word) for word in full_name.split()]
    folded, with_tones, sort = zip(*words, strict=True)
    return {
        "name_folded": " ".join(folded),
        "name_toned": " ".join(with_tones),
        "name_sort": "|".join((sort[-1], *sort[:-1])),
    }


@lru_cache(maxsize=20_000)
def _word_keys(word: str) -> tuple[str, str, str]:
    return fold(word), toned(word), sort_key(word)


def same_birth(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Equal days where both are known, otherwise equal years."""
    if one.get("birth_date") and other.get("birth_date"):
        return bool(one["birth_date"] == other["birth_date"])
    return birth_year(dict(one)) == birth_year(dict(other))
