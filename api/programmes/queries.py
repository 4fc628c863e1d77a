"""Reads the catalogue for the wire: no rows, no areas. Law and the commune's plan are the same for every reader."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, TypeVar

from api import codes
from api.problems import NotFound
from api.programmes.catalogue import catalogue
from api.programmes.definition import Field, Kind, Parameter, Policy, Step, in_force
from api.programmes.schemas import (
    ComponentList,
    ComponentOut,
    ComponentShort,
    KindList,
    KindOut,
    KindShort,
    PolicyList,
    PolicyOut,
    PolicyShort,
    SourceOut,
)
from api.schema import Schema
from api.standards.definition import Cited

Shown = TypeVar("Shown", bound=Schema)


def components() -> ComponentList:
    """The components in the order of the plan."""
    ordered = sorted(catalogue().components.values(), key=lambda one: one.order)
    return ComponentList(items=[_shown(ComponentShort, one) for one in ordered])


def component(code: str, day: date) -> ComponentOut:
    """One component with what it brings, its policies as of `day`. Raises NotFound."""
    found = catalogue().components.get(code)
    if found is None:
        raise NotFound(f"Không có hợp phần {code}.", f"There is no component {code}.")
    policies = [one for one in catalogue().policies.values() if one.component == code]
    return _shown(
        ComponentOut,
        found,
        kinds=kinds(code).items,
        policies=[_policy(PolicyShort, one, day) for one in policies],
        sources=_sources(found),
    )


def kinds(component_code: str | None = None) -> KindList:
    """The kinds of interventions, of one component or all."""
    found = [one for one in catalogue().kinds.values() if component_code in (None, one.component)]
    return KindList(items=[_shown(KindShort, one) for one in found])


def kind(code: str) -> KindOut:
    """One kind with its stages, steps, papers, fields and roles. Raises NotFound."""
    found = catalogue().kinds.get(code)
    if found is None:
        raise NotFound(f"Không có loại hoạt động {code}.", f"There is no kind of intervention {code}.")
    children = [one.code for one in catalogue().kinds.values() if code in one.parents]
    return _shown(KindOut, found, steps=[_step(found, step) for step in found.steps], children=children)


def policies(
    day: date, *, component_code: str | None = None, field: str | None = None, subject: str | None = None
) -> PolicyList:
    """The policies in force on `day`."""
    found = [
        one
        for one in catalogue().policies.values()
        if in_force(one, day)
        and component_code in (None, one.component)
        and field in (None, one.field)
        and subject in (None, one.subject)
    ]
    return PolicyList(as_of=day, items=[_policy(PolicyShort, one, day) for one in found])


def policy(code: str, day: date) -> PolicyOut:
    """One policy with the grounds, parameters and priorities of `day`, in force then or not. Raises NotFound."""
    found = catalogue().policies.get(code)
    if found is None:
        raise NotFound(f"Không có chính sách {code}.", f"There is no policy {code}.")
    return _policy(PolicyOut, found, day)


PolicyShown = TypeVar("PolicyShown", bound=PolicyShort)


def _policy(schema: type[PolicyShown], found: Policy, day: date) -> PolicyShown:
    today = found.on(day)
    return _shown(
        schema,
        today,
        as_of=day,
        in_force=in_force(found, day),
        parameter_count=len(today.parameters),
        unverified=sum(not one.verified for one in today.parameters),
        other_parameters=[_plain(one) for one in found.parameters if not in_force(one, day)],
        sources=_sources(found),
    )


def _step(of: Kind, step: Step) -> dict[str, Any]:
    shown: dict[str, Any] = _plain(step)
    return shown | {"right": step.right or of.right}


def _shown(schema: type[Shown], value: Any, **more: Any) -> Shown:
    """The value, with `more`, as this schema shows it: a short one leaves out what it does not have."""
    told = _plain(value) | more
    return schema.model_validate({name: told[name] for name in schema.model_fields})


def _plain(value: Any) -> Any:
    """Frozen values as dictionaries; conditions stay as they are."""
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if not is_dataclass(value):
        return value
    told: dict[str, Any] = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Cited):
        told["source"] = _source_text(value)
    if isinstance(value, Field) and value.list is not None:
        told["options"] = next(one["values"] for one in codes.code_lists() if one["code"] == value.list)
    if isinstance(value, Parameter):
        told["unit_label"] = {
            language: codes.label("parameter_unit", value.unit, language) for language in ("vi", "en")
        }
    return told


def _source_text(one: Cited) -> str:
    number = catalogue().sources[one.document].number
    return f"{number}, {one.article}" if one.article else number


def _sources(value: Any) -> list[SourceOut]:
    named = dict.fromkeys(one.document for one in _cited(value))
    return [_shown(SourceOut, catalogue().sources[code]) for code in named]


def _cited(value: Any) -> Iterator[Cited]:
    if isinstance(value, Cited):
        yield value
    if isinstance(value, tuple):
        for inner in value:
            yield from _cited(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _cited(getattr(value, field.name))
