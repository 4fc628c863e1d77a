"""The fields that only a kind, a step or a role has: checked against the catalogue, told with their places and labels.

Values are kept as JSON holds them. A field without a value is not kept.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, StrictBool, ValidationError, create_model
from pydantic import Field as PydanticField
from pydantic_core import PydanticCustomError

from api import codes, field_errors
from api.problems import FieldError
from api.programmes.definition import Field
from api.schema import Day, FilledNote, Line60, Schema

_MOST = 1_000_000_000_000
_MOST_VND = 1_000_000_000_000_000


def checked(fields: tuple[Field, ...], values: Mapping[str, Any], at: str) -> dict[str, Any] | tuple[FieldError, ...]:
    """The values as they are kept, or what is wrong with them; `at`: where they stand in the body (`#/fields`)."""
    try:
        model = _model(fields).model_validate(dict(values))
    except ValidationError as error:
        labels = {field.code: field.label for field in fields}
        return tuple(_at(at, labels, one) for one in field_errors.told(error))
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def changed(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values with those that were sent; null takes one away."""
    return {code: value for code, value in {**stored, **sent}.items() if value is not None}


def shown(fields: tuple[Field, ...], values: Mapping[str, Any], sees_sensitive: bool) -> dict[str, Any]:
    """`fields` and `withheld` as a reader may see them: what tells of health or origin is left out and named."""
    withheld = [] if sees_sensitive else [field.code for field in fields if field.sensitive]
    return {
        "fields": {code: value for code, value in values.items() if code not in withheld},
        "withheld": withheld,
    }


def _at(at: str, labels: Mapping[str, Any], error: FieldError) -> FieldError:
    label = labels.get(error.pointer.removeprefix("#/").split("/")[0])
    vi, en = (f"{label.vi}: {error.vi}", f"{label.en}: {error.en}") if label else (error.vi, error.en)
    return FieldError(at + error.pointer.removeprefix("#"), error.code, vi, en)


@cache
def _model(fields: tuple[Field, ...]) -> type[Schema]:
    # under names of our own: a field of the catalogue may be called as something that every model has
    declared: dict[str, Any] = {
        f"value_{n}": (
            _type(field) if field.required else _type(field) | None,
            PydanticField(... if field.required else None, alias=field.code),
        )
        for n, field in enumerate(fields)
    }
    return create_model("Fields", __base__=Schema, **declared)


def _type(field: Field) -> Any:
    least, most = field.min, field.max
    if field.type == "text":
        return FilledNote
    if field.type == "date":
        return Day
    if field.type == "boolean":
        return StrictBool
    if field.type == "intervention":
        return UUID
    if field.type == "code":
        return _code(field)
    if field.type == "codes":
        return Annotated[list[_code(field)], PydanticField(min_length=1, max_length=60), AfterValidator(_once)]  # type: ignore[misc]
    floor, ceiling = (0, _MOST_VND) if field.type == "vnd" else (-_MOST, _MOST)
    whole: Any = float if field.type == "number" else int
    return Annotated[whole, PydanticField(strict=True, ge=_or(least, floor), le=_or(most, ceiling))]


def _or(bound: int | None, otherwise: int) -> int:
    return otherwise if bound is None else bound


def _code(field: Field) -> Any:
    known = [choice.code for choice in field.options] or [
        value["code"] for one in codes.code_lists() if one["code"] == field.list for value in one["values"]
    ]

    def is_known(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("enum", "not a known code", {"expected": ", ".join(known)})
        return value

    return Annotated[Line60, AfterValidator(is_known)]


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))
