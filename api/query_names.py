"""A mistyped filter must not show everything: query parameters that an operation does not have are refused."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel

from api import field_errors
from api.problems import Invalid


def known_query(request: Request) -> None:
    """For every operation: called once somebody is signed in, a dependency of the two that sign in. What monitoring
    asks takes any parameter: probes add one against caches.

    Raises Invalid naming each parameter that the matched route does not declare.
    """
    if not request.query_params:
        return
    names = _declared(request.scope["route"].dependant)
    unknown = [name for name in request.query_params if name not in names]
    if unknown:
        errors = ({"type": "extra_forbidden", "loc": ("query", name)} for name in unknown)
        raise Invalid(errors=tuple(field_errors.translate(error, request_location=True) for error in errors))


def _declared(dependant: Any) -> set[str]:
    names: set[str] = set()
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):  # all parameters as one model
            names |= {inner.alias or name for name, inner in model.model_fields.items()}
        else:
            names.add(field.alias)
    for inner in dependant.dependencies:
        names |= _declared(inner)
    return names
