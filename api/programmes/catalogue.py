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
from api.programmes.definition import Component, Field, Kind, Policy, PrioritySet, Step
from api.programmes.policy_faults import faults_of_cited, faults_of_policies, faults_of_sets
from api.standards.definition import Source

# A file of data/ holds any of these lists; together they are the catalogue. In this order one may refer to another.
_LISTS: dict[str, TypeAdapter[Any]] = {
    "sources": TypeAdapter(Source),
    "components": TypeAdapter(Component),
    "kinds": TypeAdapter(Kind),
    "priority_sets": TypeAdapter(PrioritySet),
    "policies": TypeAdapter(Policy),
}
_Entries = dict[str, list[tuple[str, dict[str, Any]]]]


class CatalogueError(ValueError):
    """A file of api/programmes/data is wrong; says which file, which entry and why."""


@dataclass(frozen=True)
class Catalogue:
    """All of it by code, in the order of the files."""

    sources: dict[str, Source] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    priority_sets: dict[str, PrioritySet] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue. Shared by all callers: read it, never change it."""
    folder = files("api.programmes").joinpath("data")
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    return read(dict(sorted(texts.items())))


def read(texts: Mapping[str, str]) -> Catalogue:
    """The catalogue of these files. Raises CatalogueError."""
    found, entries = Catalogue(), _entries(texts)
    for listed, shape in _LISTS.items():
        into: dict[str, Any] = getattr(found, listed)
        for name, entry in entries.get(listed, []):
            where = f"{name}: {listed}/{entry.get('code')}"
            one = _entry(where, shape, _completed(where, listed, entry, found.priority_sets))
            if one.code in into:
                raise CatalogueError(f"{where} stands there twice")
            into[one.code] = one
    faults = [
        *_of_components(found),
        *_of_kinds(found),
        *faults_of_sets(found.priority_sets, found.sources),
        *faults_of_policies(found.policies, found.components, found.sources),
    ]
    if faults:
        raise CatalogueError("; ".join(faults))
    return found


def _entries(texts: Mapping[str, str]) -> _Entries:
    """By list, with the name of the file of each."""
    found: _Entries = {}
    for name, text in texts.items():
        try:
            lists = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogueError(f"{name}: {error}") from error
        for listed, entries in lists.items():
            if listed not in _LISTS:
                raise CatalogueError(f"{name}: no list is called {listed}")
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise CatalogueError(f"{name}: {listed} is a list: write [[{listed}]]")
            for entry in entries:
                where = f"{name}: {listed}/{entry.get('code')}"
                found.setdefault(listed, []).append((name, _with_conditions(where, entry)))
    return found


def _completed(where: str, listed: str, entry: dict[str, Any], sets: Mapping[str, PrioritySet]) -> dict[str, Any]:
    """With what a file says once for many: the text a component quotes, the priorities that policies share."""
    if listed == "components":
        cited = {name: entry[name] for name in ("document", "article", "confidence", "verified") if name in entry}
        quoted = {
            name: [one if "document" in one else cited | one for one in entry[name]]
            for name in ("groups", "contents")
            if name in entry
        }
        return entry | quoted
    return _with_priorities(where, entry, sets) if listed == "policies" else entry


def _with_priorities(where: str, entry: dict[str, Any], sets: Mapping[str, PrioritySet]) -> dict[str, Any]:
    """`priorities = "plan"` names a set that many policies share."""
    named = entry.get("priorities")
    if not isinstance(named, str):
        return entry
    if named not in sets:
        raise CatalogueError(f"{where}/priorities: no set is called {named}")
    return entry | {"priorities": sets[named].for_subject(str(entry.get("subject")))}


def _entry(where: str, shape: TypeAdapter[Any], entry: dict[str, Any]) -> Any:
    try:
        return shape.validate_python(entry)
    except ValidationError as error:
        said = "; ".join(f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise CatalogueError(f"{where}: {said}") from error


def _with_conditions(where: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_conditions(f"{where}/{key}", inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_conditions(f"{where}/{place}", inner) for place, inner in enumerate(value)]
    if not (isinstance(value, str) and value.startswith("{")):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise CatalogueError(f"{where}: no JSON: {error}") from error


def _of_components(found: Catalogue) -> Iterator[str]:
    for one in found.components.values():
        cited = (one, *one.groups, *one.contents, *one.legal_bases)
        yield from faults_of_cited(f"components/{one.code}", cited, found.sources)
        groups = [group.code for group in one.groups]
        if len(set(groups)) < len(groups):
            yield f"components/{one.code}: two groups have one code"


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
        yield from _of_references(at, kind, found.kinds)


def _of_references(at: str, kind: Kind, kinds: Mapping[str, Kind]) -> Iterator[str]:
    """Only a step names another intervention, and one at most: its row points there."""
    for step in kind.steps:
        named = [one for one in step.fields if one.type == "intervention"]
        unknown = [one for one in named if one.kind not in kinds]
        yield from (f"{at}/{step.code}/{one.code}: no kind is called {one.kind}" for one in unknown)
        if len(named) > 1:
            yield f"{at}/{step.code}: names two interventions"
    others = (*kind.fields, *(one for role in kind.roles for one in role.fields))
    yield from (f"{at}/{one.code}: only a step names an intervention" for one in others if one.type == "intervention")


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
    if (one.type == "intervention") != (one.kind is not None):
        yield f"{at}: a named intervention has a kind, and nothing else has"
    if one.list is not None and one.list not in {listed["code"] for listed in codes.code_lists()}:
        yield f"{at}: no list is called {one.list}"
