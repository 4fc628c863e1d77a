"""The conditions of a standard: JsonLogic, in a closed profile that every engine reads alike (docs/decisions/0008).

PURE. Engines of JsonLogic differ where values are coerced: a comparison with a text, a sum with null, the truth of an
empty list. Nothing of that passes `check`: every variable must be known, an order holds between numbers that cannot be
null at that place, and only a comparison is a condition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datalogic_py import Engine, Rule

Logic = Any  # a JsonLogic rule: JSON
_ENGINE = Engine()
_NUMBERS = ("int", "number")
_ORDER = ("<", "<=", ">", ">=")
_SAMENESS = ("===", "!==")
_ARITHMETIC = ("+", "-", "*")
_LISTED = 2  # operands of a comparison, of `in`, of a difference


@dataclass(frozen=True)
class Kind:
    """What a variable holds: `int`, `number`, `bool`, `code` (one of `codes`), `codes` (a list of them), `text`."""

    name: str
    nullable: bool = True
    codes: frozenset[str] = frozenset()


Vocabulary = Mapping[str, Kind]
_BOOL, _INT, _NULL = Kind("bool", False), Kind("int", False), Kind("null")


class ExpressionError(ValueError):
    """A rule outside of the profile; says where (`deprived_if/and/1`) and what is wrong."""


@dataclass(frozen=True)
class Expression:
    """A checked rule, ready to be evaluated."""

    logic: Logic
    rule: Rule

    def evaluate(self, data: Mapping[str, Any]) -> Any:
        return self.rule.evaluate(data)


def compiled(logic: Logic, vocabulary: Vocabulary, where: str = "") -> Expression:
    """The rule, checked and compiled. Raises ExpressionError that names the place."""
    check(logic, vocabulary, where)
    return Expression(logic, _ENGINE.compile(logic))


def together(rules: Sequence[Expression]) -> Rule:
    """Many checked rules as one that answers with the list of their values: the data cross into the engine once."""
    return _ENGINE.compile([rule.logic for rule in rules])


def check(logic: Logic, vocabulary: Vocabulary, where: str = "") -> Kind:
    """The kind of the rule's value. Raises ExpressionError for anything that is not in the profile."""
    return _Check(vocabulary).kind(logic, frozenset(), where)


@dataclass(frozen=True)
class _Check:
    """One walk through a rule. `known`: the variables that cannot be null at this place."""

    vocabulary: Vocabulary

    def kind(self, logic: Logic, known: frozenset[str], at: str) -> Kind:
        if not isinstance(logic, dict):
            return _literal(logic, at)
        if len(logic) != 1:
            raise ExpressionError(f"{at}: one operator, not {len(logic)}")
        ((operator, given),) = logic.items()
        operands = given if isinstance(given, list) else [given]
        at = f"{at}/{operator}"
        if operator == "var":
            return self._variable(operands, known, at)
        if operator in _ORDER or operator in _ARITHMETIC:
            return self._numbers(operator, operands, known, at)
        if operator in _SAMENESS:
            return self._same(operands, known, at)
        if operator == "in":
            return self._in(operands, known, at)
        if operator in ("and", "or", "!"):
            return self._logical(operator, operands, known, at)
        if operator == "if":
            return self._if(operands, known, at)
        raise ExpressionError(f"{at}: an operator outside of the profile")

    def _variable(self, operands: list[Logic], known: frozenset[str], at: str) -> Kind:
        if len(operands) != 1 or not isinstance(operands[0], str):
            raise ExpressionError(f"{at}: one literal path, no default")
        kind = self.vocabulary.get(operands[0])
        if kind is None:
            raise ExpressionError(f"{at}: nothing is called {operands[0]}")
        return Kind(kind.name, kind.nullable and operands[0] not in known, kind.codes)

    def _numbers(self, operator: str, operands: list[Logic], known: frozenset[str], at: str) -> Kind:
        if len(operands) < _LISTED or (len(operands) > _LISTED and operator not in ("+", "*")):
            raise ExpressionError(f"{at}: two operands")
        for place, operand in enumerate(operands):
            kind = self.kind(operand, known, f"{at}/{place}")
            if kind.name not in _NUMBERS or kind.nullable:
                raise ExpressionError(f"{at}/{place}: a number that cannot be null here, not {_said(kind)}")
        return _BOOL if operator in _ORDER else _INT

    def _same(self, operands: list[Logic], known: frozenset[str], at: str) -> Kind:
        if len(operands) != _LISTED:
            raise ExpressionError(f"{at}: two operands")
        left, right = (self.kind(operand, known, f"{at}/{place}") for place, operand in enumerate(operands))
        alike = left.name == right.name or {left.name, right.name} <= set(_NUMBERS) or "null" in (left.name, right.name)
        code = left.name == "code" and right.name == "text" and operands[1] in left.codes
        if left.name == "codes" and right.name != "null":
            raise ExpressionError(f"{at}: a list is only the same as null")
        if not (alike or code):
            raise ExpressionError(f"{at}: {_said(left)} is never {operands[1]!r}")
        return _BOOL

    def _in(self, operands: list[Logic], known: frozenset[str], at: str) -> Kind:
        if len(operands) != _LISTED:
            raise ExpressionError(f"{at}: two operands")
        wanted, among = operands
        if isinstance(among, list):
            kind = self.kind(wanted, known, f"{at}/0")
            if kind.name != "code" or not among or not set(among) <= kind.codes:
                raise ExpressionError(f"{at}: {_said(kind)} is never all of {among!r}")
            return _BOOL
        kind = self.kind(among, known, f"{at}/1")
        if kind.name != "codes" or wanted not in kind.codes:
            raise ExpressionError(f"{at}: {wanted!r} is never in {_said(kind)}")
        return _BOOL

    def _logical(self, operator: str, operands: list[Logic], known: frozenset[str], at: str) -> Kind:
        if not operands or (operator == "!" and len(operands) != 1):
            raise ExpressionError(f"{at}: too many or too few operands")
        for place, operand in enumerate(operands):
            if self.kind(operand, known, f"{at}/{place}") != _BOOL:
                raise ExpressionError(f"{at}/{place}: a condition is a comparison, such as === true")
            known |= _known(operand, operator != "or")
        return _BOOL

    def _if(self, operands: list[Logic], known: frozenset[str], at: str) -> Kind:
        if len(operands) % 2 == 0:
            raise ExpressionError(f"{at}: a condition, its value, and what holds otherwise")
        kinds = []
        for place in range(0, len(operands) - 1, 2):
            if self.kind(operands[place], known, f"{at}/{place}") != _BOOL:
                raise ExpressionError(f"{at}/{place}: a condition is a comparison, such as === true")
            kinds.append(self.kind(operands[place + 1], known | _known(operands[place], True), f"{at}/{place + 1}"))
            known |= _known(operands[place], False)
        kinds.append(self.kind(operands[-1], known, f"{at}/{len(operands) - 1}"))
        said = [kind for kind in kinds if kind.name != "null"]
        if len({"int" if kind.name in _NUMBERS else kind.name for kind in said}) > 1:
            raise ExpressionError(f"{at}: values of different kinds")
        nullable = len(said) < len(kinds) or any(kind.nullable for kind in said)
        return Kind(said[0].name, nullable, said[0].codes) if said else _NULL


def variables(logic: Logic) -> frozenset[str]:
    """The variables that a rule names."""
    if isinstance(logic, list):
        return frozenset().union(*map(variables, logic))
    if not isinstance(logic, dict):
        return frozenset()
    ((operator, operands),) = logic.items()
    if operator == "var":
        return frozenset([operands if isinstance(operands, str) else operands[0]])
    return variables(operands)


def _known(condition: Logic, holds: bool) -> frozenset[str]:
    """The variables that are not null where the condition holds (or does not hold)."""
    if not isinstance(condition, dict):
        return frozenset()
    ((operator, operands),) = condition.items()
    if operator == "!":
        return _known(operands[0] if isinstance(operands, list) else operands, not holds)
    if operator == ("and" if holds else "or"):
        return frozenset().union(*(_known(operand, holds) for operand in operands))
    if operator in _SAMENESS and isinstance(operands[0], dict) and "var" in operands[0]:
        equal = (operator == "===") == holds
        literal = not isinstance(operands[1], dict)
        if literal and equal == (operands[1] is not None):
            return frozenset([operands[0]["var"]])
    return frozenset()


def _literal(value: Any, at: str) -> Kind:
    if value is None:
        return _NULL
    for type_, kind in ((bool, _BOOL), (int, _INT), (str, Kind("text", False))):
        if isinstance(value, type_):
            return kind
    raise ExpressionError(f"{at}: {value!r} is no whole number, truth value, text or null")


def _said(kind: Kind) -> str:
    return f"{kind.name}{' or null' if kind.nullable else ''}"
