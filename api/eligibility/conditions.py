"""Conditions over facts of which some are not known: when they hold, and when they do not, whatever the unknown is.

PURE. JsonLogic itself knows only yes and no. From one condition two are made: the first is true where the condition
holds for certain, the second where it fails for certain; where neither is true it is not known (docs/eligibility.md).
An answer that nobody gave about a person is unknown. A class that a household never had is not: null is known there.
"""

from itertools import product
from typing import Any

from api.programmes.facts import VOCABULARIES
from api.standards.expressions import Kind, Logic, Vocabulary, variables

# What was asked about each person and may not have been answered: how many have it lies between `counts` and `most`.
RANGES = ("on_social_allowance", "with_pension")
_MOST = {f"counts.{name}": f"most.{name}" for name in RANGES}
_TURNED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ORDERS = tuple(_TURNED)


def vocabulary(subject: str) -> Vocabulary:
    """What a condition may name, with the upper ends of the counts."""
    return {**VOCABULARIES[subject], **{most: Kind("int", False) for most in _MOST.values()}}


def unknown_when_null(subject: str) -> frozenset[str]:
    """The facts of which null says that nobody knows."""
    return frozenset(name for name, kind in VOCABULARIES[subject].items() if name.startswith("m.") and kind.nullable)


def holds(logic: Logic, unknowns: frozenset[str]) -> Logic:
    """True where the condition is true whatever is not known."""
    return _surely(logic, True, unknowns)


def fails(logic: Logic, unknowns: frozenset[str]) -> Logic:
    """True where the condition is false whatever is not known."""
    return _surely(logic, False, unknowns)


def _surely(logic: Logic, wanted: bool, unknowns: frozenset[str]) -> Logic:
    if isinstance(logic, bool):
        return logic is wanted
    ((operator, given),) = logic.items()
    operands = given if isinstance(given, list) else [given]
    if operator == "!":
        return _surely(operands[0], not wanted, unknowns)
    if operator in ("and", "or"):
        every = [_surely(one, wanted, unknowns) for one in operands]
        return _all(every) if (operator == "and") == wanted else _any(every)
    if operator == "if":
        return _surely(_without_if(operands), wanted, unknowns)
    return _compared(operator, operands, wanted, unknowns)


def _without_if(operands: list[Logic]) -> Logic:
    condition, value, *rest = operands
    otherwise = rest[0] if len(rest) == 1 else {"if": rest}
    return {"or": [{"and": [condition, value]}, {"and": [{"!": [condition]}, otherwise]}]}


def _compared(operator: str, operands: list[Logic], wanted: bool, unknowns: frozenset[str]) -> Logic:
    missing = sorted(variables(operands) & unknowns)
    atom = {operator: operands}
    if None in operands and missing:  # "is it known?": yes is certain where it is known, and no never is
        return _known(missing) if (operator == "!==") == wanted else False
    spans = sorted(variables(operands) & _MOST.keys())
    if spans and operator in ("===", "!=="):
        # the same number is one that is neither smaller nor larger
        least, most = ({order: operands} for order in ("<=", ">="))
        return _surely({"and": [least, most]}, wanted == (operator == "==="), unknowns)
    if not wanted:
        atom = {_TURNED[operator]: operands} if operator in _ORDERS else {"!": [atom]}
    return _all([*([_known(missing)] if missing else []), *_ends(atom, spans)])


def _ends(atom: Logic, spans: list[str]) -> list[Logic]:
    """The comparison at every end of what the counts can be: it holds between them where it holds at all of these."""
    choices = product(*((name, _MOST[name]) for name in spans))
    return [_renamed(atom, dict(zip(spans, chosen, strict=True))) for chosen in choices]


def _renamed(logic: Logic, names: dict[str, str]) -> Logic:
    if isinstance(logic, list):
        return [_renamed(one, names) for one in logic]
    if not isinstance(logic, dict):
        return logic
    if "var" in logic:
        (name,) = variables(logic)
        return {"var": names.get(name, name)}
    return {operator: _renamed(operands, names) for operator, operands in logic.items()}


def _known(names: list[str]) -> Logic:
    return _all([{"!==": [{"var": name}, None]} for name in names])


def _all(conditions: list[Any]) -> Logic:
    return conditions[0] if len(conditions) == 1 else {"and": conditions}


def _any(conditions: list[Any]) -> Logic:
    return conditions[0] if len(conditions) == 1 else {"or": conditions}
