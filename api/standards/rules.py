"""A household scored by a standard: B1, the deprivation flags, B2 and the class they propose, each with its lines.

PURE, and the same as survey_app/src/scoring/rules.ts. A score is a proposal: a class exists only by decision
(QĐ 24/2021). An unknown fact leaves a flag, a sum or the class undetermined (None) where it could still change it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from api.standards.compiled import Standard
from api.standards.definition import Group, Indicator, Option, Words


class Line(NamedTuple):
    """One line of an explanation: what was asked, what was answered, what it gives, and where the law says so."""

    code: str
    label_vi: str
    label_en: str
    answer_vi: str
    answer_en: str
    points: int | None
    deprived: bool | None
    member_ids: tuple[str, ...]
    document: str
    article: str | None
    verified: bool


@dataclass(frozen=True)
class Assessment:
    """`flags` in the order of the indicators; `proposed_class` None: undetermined, and `reason_…` says why."""

    b1: int | None
    b2: int | None
    proposed_class: str | None
    deprivations: tuple[str, ...]
    undetermined: tuple[str, ...]
    flags: dict[str, bool | None]
    b1_lines: tuple[Line, ...]
    b2_lines: tuple[Line, ...]
    reason_vi: str
    reason_en: str


@dataclass(frozen=True)
class Derived:
    """The facts with the standard's counts, and the value of every condition."""

    facts: Mapping[str, Any]
    counts: dict[str, int]
    members: list[tuple[str, dict[str, Any]]]
    household: dict[str, Any]


def derive(standard: Standard, facts: Mapping[str, Any]) -> Derived:
    """Every condition of the standard evaluated over the facts (`facts.facts`)."""
    shared = {name: facts[name] for name in ("on", "school_year", "area_type", "region", "answers")}
    members = [(m["id"], standard.member.evaluate(shared | {"m": m})) for m in facts["members"]]
    counts = {"members": len(members)}
    for name, held, unknown in standard.counted:
        found = [values[name] for _, values in members]
        counts[held], counts[unknown] = found.count(1), found.count(None)
    return Derived(facts, counts, members, standard.household.evaluate(shared | {"counts": counts}))


def assess(standard: Standard, facts: Mapping[str, Any], b1_entered: int | None = None) -> Assessment:
    """Scores a household. `b1_entered`: the total of the signed paper, used only where the points are not known."""
    return judged(standard, derive(standard, facts), b1_entered)


def judged(standard: Standard, derived: Derived, b1_entered: int | None = None, *, told: bool = True) -> Assessment:
    """Scores a household whose facts are derived. Not `told`: without the lines of B2 and the reason, for whoever keeps
    the result only; they are half of the work."""
    b1_lines = _b1_lines(standard, derived, b1_entered)
    b1 = _total([line.points for line in b1_lines])
    flags = {one.code: _flag(derived, one, name) for name, one in standard.flagged}
    b2 = _total([_points(standard, flag) for flag in flags.values()])
    deprivations = tuple(code for code, flag in flags.items() if flag)
    undetermined = tuple(code for code, flag in flags.items() if flag is None)
    area_type = derived.facts["area_type"]
    proposed, reason = classify(standard, area_type, b1, len(deprivations), len(undetermined))
    if not told:
        return Assessment(b1, b2, proposed, deprivations, undetermined, flags, b1_lines, (), "", "")
    said = standard.definition.reasons[reason]
    numbers = {
        "b1": b1,
        "b2": standard.definition.deprivation_points * len(deprivations),
        "threshold": standard.threshold("b1", area_type),
        "poor_min_b2": standard.definition.poor_min_b2,
        "undetermined": len(undetermined),
    }
    return Assessment(
        b1, b2, proposed, deprivations, undetermined, flags, b1_lines,
        tuple(_b2_line(standard, derived, one, flags[one.code], _named(derived, name, flags[one.code]))
              for name, one in standard.flagged),
        _filled(said.vi, numbers), _filled(said.en, numbers),
    )  # fmt: skip


def classify(
    standard: Standard, area_type: str, b1: int | None, deprived: int, undetermined: int
) -> tuple[str | None, str]:
    """The class proposed, and the code of its reason (TT 07/2021): B1 at the threshold is still below the line."""
    threshold = standard.threshold("b1", area_type)
    points, poor_from = standard.definition.deprivation_points, standard.definition.poor_min_b2
    if threshold is None:
        return None, "no_threshold"
    if b1 is None:
        return None, "b1_unknown"
    if b1 > threshold:
        return "not_poor", "not_poor"
    if points * deprived >= poor_from:
        return "poor", "poor"
    if points * (deprived + undetermined) < poor_from:
        return "near_poor", "near_poor"
    return None, "deprivations_unknown"


def contradictions(standard: Standard, derived: Derived) -> list[dict[str, Any]]:
    """What cannot well be true together: `{code, member_id, vi, en}`. Warnings, never a refusal."""
    found = []
    for name, warning in standard.warned:
        where: list[str | None]
        if warning.kind == "member":
            where = [member_id for member_id, values in derived.members if values[name]]
        else:
            where = [None] if derived.household[name] else []
        found += [{"code": warning.code, "member_id": i, "vi": warning.said.vi, "en": warning.said.en} for i in where]
    return found


def _total(points: list[int | None]) -> int | None:
    """The sum; None while one of them is not known, and of nothing."""
    return sum(p for p in points if p is not None) if points and None not in points else None


def _b1_lines(standard: Standard, derived: Derived, entered: int | None) -> tuple[Line, ...]:
    words = standard.definition.words
    column = standard.column(derived.facts["area_type"], derived.facts["region"])
    if not standard.definition.points_known or column is None:
        if entered is None:
            return ()
        paper = words["from_paper"]
        cited = (*standard.definition.groups, *standard.definition.thresholds)[0]
        return (
            Line(
                "b1_entered", paper.vi, paper.en, str(entered), str(entered), entered, None, (),
                cited.document, cited.article, False,
            ),
        )  # fmt: skip
    return tuple(
        line for group in standard.definition.groups for line in _group_lines(standard, derived, group, column)
    )


def _group_lines(standard: Standard, derived: Derived, group: Group, column: str) -> list[Line]:
    words, values = standard.definition.words, derived.household
    if values[f"no_score:{group.code}"]:
        return [_b1_line(standard, group, words["no_score"], 0)]
    if f"value:{group.code}" not in values:
        holds = [(option, values.get(f"holds:{group.code}/{option.code}", False)) for option in group.options]
        if any(value is None for _, value in holds):
            return [_b1_line(standard, group, words["unknown"], None)]
        found = [option for option, value in holds if value]
        if not found:
            return [_b1_line(standard, group, words["none_of_these"], 0)]
        return [_b1_line(standard, group, o.label, o.points.get(column) or 0, f"{group.code}/{o.code}") for o in found]
    value, per = values[f"value:{group.code}"], values[f"per:{group.code}"]
    if value is None:
        return [_b1_line(standard, group, words["unknown"], None)]
    chosen = next((option for option in group.options if _holds(option, value, per)), None)
    if chosen is None:
        return [_b1_line(standard, group, words["none_of_these"], 0)]
    return [_b1_line(standard, group, chosen.label, chosen.points.get(column) or 0)]


def _holds(option: Option, value: Any, per: int) -> bool:
    if isinstance(value, str):
        return option.code == value
    return (option.min is None or option.min * per <= value) and (option.max is None or value < option.max * per)


def _b1_line(standard: Standard, group: Group, answer: Words, points: int | None, code: str = "") -> Line:
    return Line(
        code or group.code, group.label.vi, group.label.en, answer.vi, answer.en, points, None, (),
        group.document, group.article, group.verified or (standard.verified and not standard.training),
    )  # fmt: skip


def _flag(derived: Derived, one: Indicator, name: str) -> bool | None:
    """Is the household deprived?"""
    if one.kind == "household":
        flag: bool | None = derived.household[name]
        return flag
    found = [values[name] for _, values in derived.members]
    return True if True in found else None if None in found or not found else False


def _named(derived: Derived, name: str, flag: bool | None) -> tuple[str, ...]:
    """Which members make it so (or leave it unknown); of an indicator that is asked of the household, nobody."""
    if flag is False:
        return ()
    return tuple(member_id for member_id, values in derived.members if name in values and values[name] is flag)


def _points(standard: Standard, flag: bool | None) -> int | None:
    return None if flag is None else standard.definition.deprivation_points * flag


def _b2_line(standard: Standard, derived: Derived, one: Indicator, flag: bool | None, named: tuple[str, ...]) -> Line:
    if one.kind == "household":
        answer = _answers_shown(standard, derived, one)
    else:
        words = standard.definition.words[{True: "members", None: "members_unknown", False: "nobody"}[flag]]
        answer = Words(_filled(words.vi, {"count": len(named)}), _filled(words.en, {"count": len(named)}))
    return Line(
        one.code, one.label.vi, one.label.en, answer.vi, answer.en, _points(standard, flag), flag, named,
        one.document, one.article, one.verified,
    )  # fmt: skip


def _answers_shown(standard: Standard, derived: Derived, one: Indicator) -> Words:
    shown = [_answer_shown(standard, derived, code) for code in one.shows]
    if len(shown) == 1:
        return shown[0]
    return Words("; ".join([words.vi for words in shown]), "; ".join([words.en for words in shown]))


def _answer_shown(standard: Standard, derived: Derived, code: str) -> Words:
    if code.startswith("counts."):
        label = standard.labels.get(code, standard.definition.words["member_count"])
        value: Any = derived.counts[code.removeprefix("counts.")]
    else:
        value = derived.facts["answers"].get(code)
        label = standard.labels[code]
        if (value is None or isinstance(value, bool | str)) and (code, value) in standard.said:
            return standard.said[code, value]
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    return Words(f"{label.vi}: {number}", f"{label.en}: {number}")


def _filled(text: str, numbers: Mapping[str, Any]) -> str:
    for name, value in numbers.items():
        text = text.replace("{" + name + "}", str(value))
    return text
