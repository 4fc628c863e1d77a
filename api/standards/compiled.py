"""A standard ready to score by: its definition, checked, and its conditions compiled into two rules.

PURE. One rule is evaluated for each member, one for the household; each answers with a list of values whose names stand
beside it. The tablet gets the same two rules (`scoring`), so that there is one place where conditions are put together.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from datalogic_py import Rule

from api import codes
from api.standards.definition import Contradiction, Definition, Form, Indicator, Measure, Question, Words, as_json
from api.standards.expressions import Expression, ExpressionError, Kind, Logic, Vocabulary, check, compiled, together
from api.standards.facts import MEMBER_FIELDS

Named = tuple[str, Logic]
_INT, _BOOL = Kind("int", False), Kind("bool")
_AGE_UNKNOWN = {"===": [{"var": "m.age"}, None]}


@dataclass(frozen=True)
class Rules:
    """Conditions evaluated together; `names[i]` says what value i is: `flag:nutrition`, `count:pensioners`."""

    names: tuple[str, ...]
    logic: tuple[Logic, ...]
    rule: Rule

    def evaluate(self, data: dict[str, Any]) -> dict[str, Any]:
        return dict(zip(self.names, self.rule.evaluate(data), strict=True))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a form with what is looked at for each answer. `visible` None: it is always asked."""

    question: Question
    options: frozenset[str]
    visible: Expression | None


@dataclass(frozen=True)
class Standard:
    """A version of a standard. `verified`: whether a second person has confirmed it."""

    definition: Definition
    sha256: str
    verified: bool
    member: Rules
    household: Rules
    # form -> question -> the question
    asked: dict[str, dict[str, Asked]]
    # form -> does it lead to form B? Of the forms whose rule is known
    needs_b: dict[str, Expression]
    labels: dict[str, Words]
    said: dict[tuple[str, Any], Words]
    scoring: dict[str, Any]

    @property
    def code(self) -> str:
        return self.definition.code

    @property
    def version(self) -> int:
        return self.definition.version

    @property
    def training(self) -> bool:
        return self.definition.kind == "training"

    @cached_property
    def counted(self) -> tuple[tuple[str, str, str], ...]:
        """Of each count: the value of a member, and the names of the sums of those that hold and are not known."""
        return tuple((f"count:{one.code}", one.code, f"{one.code}_unknown") for one in self.definition.counts)

    @cached_property
    def flagged(self) -> tuple[tuple[str, Indicator], ...]:
        """The indicators with the names of their values."""
        return tuple((f"flag:{one.code}", one) for one in self.definition.indicators)

    @cached_property
    def warned(self) -> tuple[tuple[str, Contradiction], ...]:
        """The contradictions with the names of their values."""
        return tuple((f"warn:{one.code}", one) for one in self.definition.contradictions)

    def form(self, code: str) -> Form | None:
        return next((form for form in self.definition.forms if form.code == code), None)

    def threshold(self, code: str, area_type: str) -> int | None:
        return next((t.value for t in self.definition.thresholds if (t.code, t.area_type) == (code, area_type)), None)

    def column(self, area_type: str, region: str | None) -> str | None:
        """The column of the points table for a household there. Keys are free: a later table may have others."""
        return next(
            (
                column.key
                for column in self.definition.columns
                if column.area_type == area_type and (not column.regions or region in column.regions)
            ),
            None,
        )


def compile_standard(definition: Definition, sha256: str, verified: bool) -> Standard:
    """The standard with its rules. Raises ExpressionError naming the condition that is outside of the profile."""
    household, member = vocabularies(definition)
    member_rules = _rules(_member_rules(definition), member)
    household_rules = _rules(_household_rules(definition), household)
    answers = _answers(definition)
    asked = {
        form.code: {question.code: _asked(question, answers) for question in form.questions}
        for form in definition.forms
    }
    scoring = _scoring(definition, verified, member_rules, household_rules)
    return Standard(
        definition,
        sha256,
        verified,
        member_rules,
        household_rules,
        asked,
        {form.code: _needs_b(form) for form in definition.forms if form.needs_b_if is not None},
        _labels(definition),
        _said(definition),
        scoring,
    )


def _asked(question: Question, answers: Vocabulary) -> Asked:
    condition = question.visible_if
    visible = None if condition is True else compiled(condition, answers, f"visible:{question.code}")
    return Asked(question, frozenset(option.code for option in question.options), visible)


def _needs_b(form: Form) -> Expression:
    answers, at = _answers_of(form), f"{form.code}/needs_b_if"
    if check(form.needs_b_if, answers, at).name != "bool":
        raise ExpressionError(f"{at}: the form leads to form B, or it does not")
    return compiled(form.needs_b_if, answers, at)


def _labels(definition: Definition) -> dict[str, Words]:
    """The words of what an explanation shows: questions, their options, counts."""
    found = {f"counts.{count.code}": count.label for count in definition.counts}
    for question in (question for form in definition.forms for question in form.questions):
        found[question.code] = question.label
        found |= {f"{question.code}/{option.code}": option.label for option in question.options}
    return found


def _said(definition: Definition) -> dict[tuple[str, Any], Words]:
    """(question, answer) -> `question: answer`, for every answer that is not a number: scoring asks for them all."""
    found: dict[tuple[str, Any], Words] = {}
    for question in (question for form in definition.forms for question in form.questions):
        words: dict[Any, Words] = {option.code: option.label for option in question.options}
        words |= {None: definition.words["unknown"]}
        if question.type == "boolean":  # only there: as a key True is the number 1
            words |= {True: definition.words["yes"], False: definition.words["no"]}
        for value, said in words.items():
            both = Words(f"{question.label.vi}: {said.vi}", f"{question.label.en}: {said.en}")
            found[question.code, value] = both
    return found


def vocabularies(definition: Definition) -> tuple[Vocabulary, Vocabulary]:
    """What a condition may read: of a household, and of a member."""
    shared = {
        "on": _INT,
        "school_year": _INT,
        "area_type": Kind("code", False, _codes("area_type")),
        "region": Kind("code", True, _codes("region")),
        **_answers(definition),
    }
    counts = {"counts.members": _INT}
    for count in definition.counts:
        counts |= {f"counts.{count.code}": _INT, f"counts.{count.code}_unknown": _INT}
    # born, birth year and school age are null only where the age is, and nothing is asked of a member without an age
    member = {f"m.{name}": _INT for name in ("born", "birth_year", "school_age")}
    member |= {"m.age": Kind("int"), "m.year_only": Kind("bool", False)}
    member |= {f"m.{name}": Kind(kind, True, _codes(listed)) for name, kind, listed in MEMBER_FIELDS}
    return shared | counts, shared | member


def _answers(definition: Definition) -> dict[str, Kind]:
    return {name: kind for form in definition.forms for name, kind in _answers_of(form).items()}


def _answers_of(form: Form) -> dict[str, Kind]:
    named = {"single": "code", "multi": "codes", "boolean": "bool", "number": "number", "date": "text", "text": "text"}
    return {
        f"answers.{question.code}": Kind(named[question.type], True, frozenset(c.code for c in question.options))
        for question in form.questions
    }


def _codes(name: str | None) -> frozenset[str]:
    if name is None:
        return frozenset()
    return frozenset(v["code"] for listed in codes.code_lists() if listed["code"] == name for v in listed["values"])


def _rules(named: Iterator[Named], vocabulary: Vocabulary) -> Rules:
    listed = list(named)
    checked = [compiled(logic, vocabulary, name) for name, logic in listed]
    return Rules(tuple(name for name, _ in listed), tuple(logic for _, logic in listed), together(checked))


def _member_rules(definition: Definition) -> Iterator[Named]:
    for count in definition.counts:
        counted = {"if": [count.count_if, 1, 0]}
        yield f"count:{count.code}", {"if": [_AGE_UNKNOWN, None, count.unknown_if, None, counted]}
    for one in definition.indicators:
        if one.kind == "member":
            yield f"flag:{one.code}", _deprived(one, {"!": [one.applies_if]}, False)
    for warning in definition.contradictions:
        if warning.kind == "member":
            yield f"warn:{warning.code}", {"if": [_AGE_UNKNOWN, False, warning.warn_if]}


def _deprived(one: Indicator, *before: Logic) -> Logic:
    if one.deprived_if is None:
        return None
    age = [_AGE_UNKNOWN, None] if one.kind == "member" else []
    return {"if": [*age, *before, one.unknown_if, None, one.deprived_if]}


def _household_rules(definition: Definition) -> Iterator[Named]:
    for one in definition.indicators:
        if one.kind == "household":
            yield f"flag:{one.code}", _deprived(one)
    measures = {measure.code: measure for measure in definition.measures}
    for group in definition.groups:
        measure = measures.get(group.measure or group.code)
        if measure is None:
            raise ExpressionError(f"group {group.code}: nothing measures {group.measure or group.code}")
        yield f"no_score:{group.code}", group.no_score_if
        yield from _measured(group.code, measure)
    for warning in definition.contradictions:
        if warning.kind == "household":
            yield f"warn:{warning.code}", warning.warn_if


def _measured(group: str, measure: Measure) -> Iterator[Named]:
    if measure.kind == "flags":
        for code, logic in measure.flags.items():
            yield f"holds:{group}/{code}", {"if": [measure.unknown_if, None, logic]}
        return
    yield f"value:{group}", {"if": [measure.unknown_if, None, measure.value]}
    yield f"per:{group}", measure.per


def _scoring(definition: Definition, verified: bool, member: Rules, household: Rules) -> dict[str, Any]:
    """What a tablet needs to score, beside the questions: words, points, thresholds and the two rules."""
    kept = ("kind", "label", "valid_from", "valid_to", "school_year_starts", "deprivation_points", "poor_min_b2")
    whole = asdict(definition)
    listed = ("points_known", "thresholds", "columns", "reasons", "words")
    found: dict[str, Any] = as_json(
        {name: whole[name] for name in (*kept, *listed)}
        | {
            "standard": {"code": definition.code, "version": definition.version},
            "training": definition.kind == "training",
            "verified": verified,
            "counts": [{"code": count.code, "label": asdict(count.label)} for count in definition.counts],
            "indicators": [_without_logic(one) for one in whole["indicators"]],
            "groups": [_without_logic(one) for one in whole["groups"]],
            "contradictions": [_without_logic(one) for one in whole["contradictions"]],
            "questions": [_shown(q) for form in definition.forms for q in form.questions],
            "member_rule": {"names": member.names, "logic": member.logic},
            "household_rule": {"names": household.names, "logic": household.logic},
        }
    )
    return found


def _without_logic(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not name.endswith("_if")}


def _shown(question: Question) -> dict[str, Any]:
    return {
        "code": question.code,
        "label": asdict(question.label),
        "options": [asdict(option) for option in question.options],
    }
