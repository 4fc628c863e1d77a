"""Random conditions over random facts: what the compiled rules say, and what a plain reading in three values says.

The second reading knows nothing of the first: it walks through the condition with yes, no and not known. A third one
fills in everything that could be true of what is not known, and asks the engine itself: certain is what never changes.
"""

import operator
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.eligibility.conditions import fails, holds, unknown_when_null, vocabulary
from api.standards.expressions import compiled
from tests.api.eligibility.test_rules import facts

_UNKNOWN = object()
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "===": operator.eq, "!==": operator.ne,
}  # fmt: skip
_STATES = ("working", "unemployed", "studying", "not_working")
_AGES = (3, 16, 60, 75)
_COULD_BE: dict[str, tuple[Any, ...]] = {
    "m.pension": (False, True), "m.health_insurance": (False, True), "m.labour_status": _STATES, "m.age": _AGES,
}  # fmt: skip


def _var(name: str) -> dict[str, str]:
    return {"var": name}


def _atoms() -> st.SearchStrategy[Any]:
    same = st.sampled_from(["===", "!=="])
    order = st.sampled_from(["<", "<=", ">", ">=", "===", "!=="])
    small = st.integers(0, 3)
    spans = st.sampled_from([_var("counts.with_pension"), _var("counts.on_social_allowance"), _var("counts.women")])
    number = st.one_of(spans, st.builds(lambda a, b: {"+": [a, b]}, spans, spans), st.builds(_less, spans, small))
    return st.one_of(
        st.builds(lambda op, n, v: {op: [_var(n), v]}, same, st.sampled_from(["m.pension", "m.health_insurance"]),
                  st.sampled_from([True, False, None])),
        st.builds(lambda op, v: {op: [_var("m.labour_status"), v]}, same, st.sampled_from([*_STATES, None])),
        st.builds(lambda v: {"in": [_var("m.labour_status"), sorted(v)]},
                  st.sets(st.sampled_from(_STATES), min_size=1, max_size=3)),
        st.builds(lambda op, v: {"and": [{"!==": [_var("m.age"), None]}, {op: [_var("m.age"), v]}]}, order,
                  st.sampled_from(_AGES)),
        st.builds(lambda op, v: {op: [_var("h.class"), v]}, same, st.sampled_from(["poor", "near_poor", None])),
        st.builds(lambda v: {"and": [{"!==": [_var("h.left_list_on"), None]},
                                     {"<=": [_var("on"), {"+": [_var("h.left_list_on"), v]}]}]},
                  st.sampled_from([10_000, 30_000])),
        st.builds(lambda op, a, b: {op: [a, b]}, order, number, small),
    )  # fmt: skip


def _less(span: Any, less: int) -> Any:
    return {"-": [span, less]}


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda op, many: {op: many}, st.sampled_from(["and", "or"]), some),
        st.builds(lambda one: {"!": [one]}, inner),
        st.builds(lambda a, b, c: {"if": [a, b, c]}, inner, inner, st.one_of(inner, st.booleans())),
        st.builds(lambda a, b, c, d, e: {"if": [a, b, c, d, e]}, inner, inner, inner, inner, inner),
    )


CONDITIONS = st.recursive(_atoms(), _grown, max_leaves=8)
FACTS = st.builds(
    lambda pension, insured, work, age, poverty, left, paid, more_paid, helped, more_helped, women: facts(
        m_pension=pension, m_health_insurance=insured, m_labour_status=work, m_age=age, h_class=poverty,
        h_left_list_on=left, counts_with_pension=paid, most_with_pension=paid + more_paid,
        counts_on_social_allowance=helped, most_on_social_allowance=helped + more_helped, counts_women=women,
    ),
    st.sampled_from([None, True, False]), st.sampled_from([None, True, False]), st.sampled_from([None, *_STATES]),
    st.sampled_from([None, *_AGES]), st.sampled_from([None, "poor", "near_poor", "not_poor"]),
    st.sampled_from([None, 20211130, 20211201, 20231212]), *(st.integers(0, 2) for _ in range(5)),
)  # fmt: skip


def compiled_says(condition: Any, known: dict[str, Any]) -> bool | None:
    unknowns, names = unknown_when_null("member"), vocabulary("member")
    yes = compiled(holds(condition, unknowns), names).evaluate(known)
    no = compiled(fails(condition, unknowns), names).evaluate(known)
    assert not (yes and no)
    return True if yes else False if no else None


def plainly(logic: Any, known: dict[str, Any]) -> bool | None:
    """Yes, no or not known, by what each word means."""
    if isinstance(logic, bool):
        return logic
    ((word, parts),) = logic.items()
    if word == "!":
        inside = plainly(parts[0], known)
        return None if inside is None else not inside
    if word in ("and", "or"):
        decides, found = word == "or", []
        for part in parts:  # from left to right: what stands behind a guard is not read where the guard says no
            found.append(plainly(part, known))
            if found[-1] is decides:
                return decides
        return None if None in found else not decides
    if word == "if":
        return _chosen(parts, known)
    return _compared(word, parts, known)


def _chosen(parts: list[Any], known: dict[str, Any]) -> bool | None:
    if len(parts) == 1:
        return plainly(parts[0], known)
    condition = plainly(parts[0], known)
    if condition is not None:
        return plainly(parts[1], known) if condition else _chosen(parts[2:], known)
    return False if plainly(parts[1], known) is False and _chosen(parts[2:], known) is False else None


def _compared(word: str, parts: list[Any], known: dict[str, Any]) -> bool | None:
    values = [_values(part, known) for part in parts]
    if any(_UNKNOWN in some for some in values):
        return None
    if word == "in":
        return values[0][0] in parts[1]
    answers = {_ORDERS[word](left, right) for left, right in product(*values)}
    return answers.pop() if len(answers) == 1 else None


def _values(part: Any, known: dict[str, Any]) -> list[Any]:
    """All that it could be."""
    if not isinstance(part, dict):
        return [part]
    ((word, parts),) = part.items()
    if word == "var":
        where, name = parts.split(".") if "." in parts else ("", parts)
        value = known[where][name] if where else known[name]
        if where == "counts" and name in known["most"]:
            return list(range(value, known["most"][name] + 1))
        return [_UNKNOWN] if where == "m" and value is None else [value]
    calculate = operator.add if word == "+" else operator.sub
    return sorted({calculate(a, b) for a, b in product(*(_values(one, known) for one in parts))})


def _completed(known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts with every way of filling in what is not known."""
    choices = [
        values if known["m"][name[2:]] is None else (known["m"][name[2:]],) for name, values in _COULD_BE.items()
    ]
    spans = [range(known["counts"][name], known["most"][name] + 1) for name in known["most"]]
    for chosen in product(*choices, *spans):
        people, counts = chosen[: len(_COULD_BE)], chosen[len(_COULD_BE) :]
        filled = dict(zip((name[2:] for name in _COULD_BE), people, strict=True))
        counted = dict(zip(known["most"], counts, strict=True))
        yield known | {"m": known["m"] | filled, "counts": known["counts"] | counted}


@settings(max_examples=400, deadline=None)
@given(condition=CONDITIONS, known=FACTS)
def test_the_compiled_rules_say_what_a_plain_reading_says(condition: Any, known: dict[str, Any]) -> None:
    assert compiled_says(condition, known) is plainly(condition, known)


@settings(max_examples=150, deadline=None)
@given(condition=CONDITIONS, known=FACTS)
def test_what_is_certain_stays_so_whatever_turns_out(condition: Any, known: dict[str, Any]) -> None:
    found = compiled_says(condition, known)
    if found is not None:
        rule = compiled(condition, vocabulary("member"))
        assert {rule.evaluate(one) for one in _completed(known)} == {found}
