"""The catalogue that ships with the program: api/programmes/data, read once and checked as a whole.

Conditions stand in the files as JSON text (TOML has no null). A mistake in a file stops the program at its start and
says where: nobody's support hangs on a typing error.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api import codes
from api.accounts.permissions import Permission
from api.programmes.definition import Component, Field, Kind, Policy, Step
from api.programmes.facts import VOCABULARIES
from api.standards.definition import Cited, Source
from api.standards.expressions import ExpressionError, Logic, check

# A file of data/ holds any of these lists; together they are the catalogue.
_LISTS = {"sources": Source, "components": Component, "kinds": Kind, "policies": Policy}


class CatalogueError(ValueError):
    """A file of api/programmes/data is wrong; says which entry and why."""


@dataclass(frozen=True)
class Catalogue:
    """All of it by code, in the order of the files."""

    sources: dict[str, Source] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue. Shared by all callers: read it, never change it."""
    folder = files("api.programmes").joinpath("data")
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    return read(dict(sorted(texts.items())))


def read(texts: Mapping[str, str]) -> Catalogue:
    """The catalogue of these files. Raises CatalogueError."""
    found = Catalogue()
    for name, text in texts.items():
        for listed, entries in _with_conditions(tomllib.loads(text)).items():
            into: dict[str, Any] = getattr(found, listed, {})
            if listed not in _LISTS:
                raise CatalogueError(f"{name}: no list is called {listed}")
            for entry in entries:
                one = _entry(f"{name}: {listed}/{entry.get('code')}", listed, entry)
                if one.code in into:
                    raise CatalogueError(f"{name}: {listed}/{one.code} stands there twice")
                into[one.code] = one
    faults = [*_of_components(found), *_of_kinds(found), *_of_policies(found)]
    if faults:
        raise CatalogueError("; ".join(faults))
    return found


def _entry(where: str, listed: str, entry: dict[str, Any]) -> Any:
    try:
        return TypeAdapter(_LISTS[listed]).validate_python(entry)
    except ValidationError as error:
        said = "; ".join(f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise CatalogueError(f"{where}: {said}") from error


def _with_conditions(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_conditions(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_conditions(inner) for inner in value]
    return json.loads(value) if isinstance(value, str) and value.startswith("{") and value.endswith("}") else value


def _cited(where: str, one: Cited, sources: Mapping[str, Source]) -> Iterator[str]:
    if one.document not in sources:
        yield f"{where}: no document is called {one.document}"


def _of_components(found: Catalogue) -> Iterator[str]:
    for one in found.components.values():
        for cited in (one, *one.groups, *one.contents):
            yield from _cited(f"components/{one.code}", cited, found.sources)


def _of_kinds(found: Catalogue) -> Iterator[str]:
    for kind in found.kinds.values():
        at = f"kinds/{kind.code}"
        stages = {stage.code for stage in kind.stages}
        papers = {paper.code for paper in kind.documents}
        if kind.component is not None and kind.component not in found.components:
            yield f"{at}: no component is called {kind.component}"
        yield from (f"{at}: no kind is called {code}" for code in kind.parents if code not in found.kinds)
        rights = [kind.right, *kind.readers, *(step.right for step in kind.steps if step.right)]
        yield from (f"{at}: no right is called {right}" for right in rights if right not in set(Permission))
        for step in kind.steps:
            yield from _of_step(f"{at}/{step.code}", step, stages, papers, {other.code for other in kind.steps})
        fields = [
            *kind.fields,
            *(f for step in kind.steps for f in step.fields),
            *(f for r in kind.roles for f in r.fields),
        ]
        for one in fields:
            yield from _of_field(f"{at}/{one.code}", one)


def _of_step(at: str, step: Step, stages: set[str], papers: set[str], steps: set[str]) -> Iterator[str]:
    for stage in (*step.before, *([step.after] if step.after else [])):
        if stage not in stages:
            yield f"{at}: no stage is called {stage}"
    yield from (f"{at}: no paper is called {code}" for code in step.needs if code not in papers)
    if (step.due_after is None) != (step.due_months is None) or step.due_after not in {None, *steps}:
        yield f"{at}: due so many months after a step of the same kind, or not at all"


def _of_field(at: str, one: Field) -> Iterator[str]:
    coded = one.type in ("code", "codes")
    if coded != bool(one.options or one.list) or (one.options and one.list):
        yield f"{at}: a code has options or a list, and nothing else has"
    if one.list is not None and one.list not in {listed["code"] for listed in codes.code_lists()}:
        yield f"{at}: no list is called {one.list}"


def _of_policies(found: Catalogue) -> Iterator[str]:
    for policy in found.policies.values():
        at = f"policies/{policy.code}"
        if policy.component is not None and policy.component not in found.components:
            yield f"{at}: no component is called {policy.component}"
        for cited in (policy, *policy.grounds, *policy.parameters, *policy.priorities):
            yield from _cited(at, cited, found.sources)
        conditions = [(f"grounds/{ground.code}", ground.when) for ground in policy.grounds]
        conditions += [(f"priorities/{one.code}", one.when) for one in policy.priorities]
        conditions += [("unless", policy.unless), ("served_if", policy.served_if)]
        for name, condition in conditions:
            yield from _condition(f"{at}/{name}", condition, policy.subject)
        if policy.unless is not False and policy.unless_reason is None:
            yield f"{at}/unless: the reason is missing"


def _condition(at: str, condition: Logic, subject: str) -> Iterator[str]:
    if isinstance(condition, bool):
        return
    try:
        if check(condition, VOCABULARIES[subject], at).name != "bool":
            yield f"{at}: a condition is a comparison"
    except ExpressionError as error:
        yield str(error)
