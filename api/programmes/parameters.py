"""Query parameters that take a code of the catalogue: one it does not have is refused, with those it has.

An empty list for a mistyped code would read as "nobody".
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from api import codes
from api.programmes.catalogue import catalogue
from api.schema import Line60


def one_of(known: Callable[[], Iterable[str]]) -> Any:
    """A validator for a code that has to be among `known`, which are read when they are needed."""

    def check(value: str) -> str:
        there = list(dict.fromkeys(known()))
        if value not in there:
            raise PydanticCustomError("unknown_code", "is not one of: {known}", {"known": ", ".join(there)})
        return value

    return AfterValidator(check)


def _stages() -> Iterable[str]:
    return (stage.code for kind in catalogue().kinds.values() for stage in kind.stages)


def _fields() -> Iterable[str]:
    return (value["code"] for one in codes.code_lists() if one["code"] == "policy_field" for value in one["values"])


PolicyFilter = Annotated[
    Annotated[Line60, one_of(lambda: catalogue().policies)] | None, Query(description="Only of this policy.")
]
ComponentFilter = Annotated[
    Annotated[Line60, one_of(lambda: catalogue().components)] | None,
    Query(description="Only of this component of the programme."),
]
KindFilter = Annotated[
    Annotated[Line60, one_of(lambda: catalogue().kinds)] | None, Query(description="Only of this kind.")
]
StageFilter = Annotated[Annotated[Line60, one_of(_stages)] | None, Query(description="Only at this stage.")]
FieldFilter = Annotated[
    Annotated[Line60, one_of(_fields)] | None, Query(description="Only of this code of `policy_field`.")
]
