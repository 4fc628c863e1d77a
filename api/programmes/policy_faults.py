"""What can be wrong with the policies of a catalogue: each fault with its place, in words for whoever wrote the file.

PURE.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise

from api import codes
from api.programmes.definition import Parameter, Policy, PrioritySet
from api.programmes.facts import VOCABULARIES
from api.standards.definition import Cited
from api.standards.expressions import ExpressionError, Logic, check


def faults_of_policies(
    policies: Mapping[str, Policy], components: Collection[str], documents: Collection[str]
) -> Iterator[str]:
    """Everything that is wrong with them; nothing where they are right."""
    for policy in policies.values():
        at = f"policies/{policy.code}"
        if policy.component is not None and policy.component not in components:
            yield f"{at}: no component is called {policy.component}"
        if not codes.known("policy_field", policy.field):
            yield f"{at}: no field is called {policy.field}"
        if not policy.grounds:
            yield f"{at}: nobody can come under it, a ground is missing"
        yield from faults_of_cited(at, (policy, *policy.grounds, *policy.parameters, *policy.priorities), documents)
        yield from _twice(f"{at}/grounds", [ground.code for ground in policy.grounds])
        yield from _twice(f"{at}/priorities", [one.code for one in policy.priorities])
        yield from _of_conditions(at, policy)
        yield from _of_parameters(at, policy.parameters)


def faults_of_sets(sets: Mapping[str, PrioritySet], documents: Collection[str]) -> Iterator[str]:
    """Whether shared priorities hold for both kinds of subject."""
    for shared in sets.values():
        at = f"priority_sets/{shared.code}"
        yield from faults_of_cited(at, shared.priorities, documents)
        yield from _twice(at, [one.code for one in shared.priorities])
        for one in shared.priorities:
            yield from _condition(f"{at}/{one.code}/when", one.when, "household")
            yield from _condition(f"{at}/{one.code}/when_member", one.when_member, "member")


def faults_of_cited(at: str, cited: Iterable[Cited], documents: Collection[str]) -> Iterator[str]:
    """Whether each names a known document, and days in their order."""
    for one in cited:
        where = f"{at}/{getattr(one, 'code', '')}".rstrip("/")
        if one.document not in documents:
            yield f"{where}: no document is called {one.document}"
        if one.valid_from and one.valid_to and one.valid_to < one.valid_from:
            yield f"{where}: it ends on {one.valid_to}, before it begins on {one.valid_from}"


def _of_conditions(at: str, policy: Policy) -> Iterator[str]:
    conditions = [(f"grounds/{ground.code}", ground.when) for ground in policy.grounds]
    conditions += [(f"priorities/{one.code}", one.when) for one in policy.priorities]
    conditions += [("unless", policy.unless), ("served_if", policy.served_if)]
    for name, condition in conditions:
        yield from _condition(f"{at}/{name}", condition, policy.subject)
    if (policy.unless is not False) != (policy.unless_reason is not None):
        yield f"{at}/unless: a condition and its reason come together"


def _condition(at: str, condition: Logic, subject: str) -> Iterator[str]:
    if isinstance(condition, bool):
        return
    try:
        if check(condition, VOCABULARIES[subject], at).name != "bool":
            yield f"{at}: a condition is a comparison"
    except ExpressionError as error:
        yield str(error)


def _of_parameters(at: str, parameters: Iterable[Parameter]) -> Iterator[str]:
    rows: dict[str, list[Parameter]] = {}
    for one in parameters:
        where = f"{at}/parameters/{one.code}"
        rows.setdefault(one.code, []).append(one)
        if not codes.known("parameter_unit", one.unit):
            yield f"{where}: no unit is called {one.unit}"
        if one.value is not None and one.value < 0:
            yield f"{where}: {one.value} is below zero"
        if one.value is None and one.verified:
            yield f"{where}: a value that is not known cannot be verified"
    for code, of_one in rows.items():
        for before, after in pairwise(sorted(of_one, key=lambda one: one.valid_from or date.min)):
            if before.valid_to is None or after.valid_from is None or after.valid_from <= before.valid_to:
                yield f"{at}/parameters/{code}: two values hold on one day ({after.valid_from})"


def _twice(at: str, found: list[str]) -> Iterator[str]:
    yield from (f"{at}: {code} stands there twice" for code in sorted({one for one in found if found.count(one) > 1}))
