"""Whether answers fit their form, and whether what a tablet computed can be true at all. PURE."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from api.problems import FieldError
from api.standards.compiled import Asked, Standard
from api.standards.definition import Question

_LONGEST_TEXT = 2000
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


def form_faults(standard: Standard, form_code: str, form_version: int, answers: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the answers, each with its pointer; empty where they fit. An answer of null is none."""
    form = standard.form(form_code)
    if form is None or form_version != standard.definition.form_version:
        said = f"{form_code} {form_version}"
        return [FieldError("#/form", "unknown-form-version", f"Không có phiếu {said}.", f"There is no form {said}.")]
    asked = standard.asked[form_code]
    given = {code: value for code, value in answers.items() if value is not None}
    faults = [_fault(code, "unknown_question", "Phiếu không có câu hỏi này.", "The form has no such question.")
              for code in given if code not in asked]  # fmt: skip
    answered = {"answers": given}
    for code, one in asked.items():
        question, condition = one.question, one.visible
        if code not in given and not question.required:
            continue
        visible = condition is None or condition.evaluate(answered)
        if code in given and not visible:
            faults.append(_fault(code, "not_asked", "Câu này không hỏi với các câu trả lời khác đã ghi.",
                                 "With the other answers this is not asked."))  # fmt: skip
        elif code in given:
            faults += _faults_of(one, given[code])
        elif visible:
            faults.append(_fault(code, "missing", f"Chưa trả lời: {question.label.vi}.",
                                 f"Not answered: {question.label.en}."))  # fmt: skip
    return faults


def needs_b(standard: Standard, form_code: str, answers: Mapping[str, Any]) -> bool | None:
    """Do the answers of form A lead to form B? None: no rule is known, or the answers leave it open."""
    rule = standard.needs_b.get(form_code)
    if rule is None:
        return None
    found: bool | None = rule.evaluate({"answers": {code: v for code, v in answers.items() if v is not None}})
    return found


def device_faults(standard: Standard, device_result: Mapping[str, Any]) -> list[FieldError]:
    """What cannot be true of `{b1, b2, proposed_class, deprivations}`, whatever was answered."""
    known = {one.code for one in standard.definition.indicators}
    each, b2, named = standard.definition.deprivation_points, device_result.get("b2"), device_result.get("deprivations")
    faults = []
    strange = sorted(set(named or ()) - known)
    if strange:
        faults.append(_device("deprivations", "unknown_indicator", f"Không có chỉ số {', '.join(strange)}.",
                              f"There is no indicator {', '.join(strange)}."))  # fmt: skip
    if named is not None and len(set(named)) != len(named):
        faults.append(_device("deprivations", "twice", "Một chỉ số ghi hai lần.", "An indicator is named twice."))
    if b2 is None:
        return faults
    most = each * len(known)
    if not 0 <= b2 <= most or b2 % each:
        faults.append(_device("b2", "not_a_sum", f"B2 phải là bội số của {each}, từ 0 đến {most}.",
                              f"B2 is a multiple of {each} from 0 to {most}."))  # fmt: skip
    elif named is not None and b2 != each * len(named):
        faults.append(_device("b2", "differs_from_deprivations",
                              f"B2 phải bằng {each} nhân số chỉ số thiếu hụt ({len(named)}).",
                              f"B2 must be {each} times the {len(named)} deprivations."))  # fmt: skip
    return faults


def _faults_of(asked: Asked, value: Any) -> Iterable[FieldError]:
    question = asked.question
    fits, *said = _TYPES[question.type]
    if not fits(value):
        return [_fault(question.code, "wrong_type", *said)]
    if question.type == "single":
        return () if value in asked.options else _option_faults(asked, [value])
    if question.type == "multi":
        return _option_faults(asked, value)
    return _number_faults(question, value) if question.type == "number" else ()


def _option_faults(asked: Asked, given: list[str]) -> Iterator[FieldError]:
    code = asked.question.code
    for one in given:
        if one not in asked.options:
            yield _fault(code, "unknown_option", f"Không có lựa chọn {one}.", f"There is no option {one}.")
    if len(set(given)) != len(given):
        yield _fault(code, "twice", "Một lựa chọn ghi hai lần.", "An option is given twice.")


def _number_faults(question: Question, value: float) -> Iterator[FieldError]:
    least, most = question.min, question.max
    if (least is not None and value < least) or (most is not None and value > most):
        yield _fault(question.code, "out_of_range", f"Phải từ {least} đến {most}.", f"Must be {least} to {most}.")
    elif round(value, question.decimals) != value:
        yield _fault(question.code, "too_precise", f"Nhiều nhất {question.decimals} chữ số thập phân.",
                     f"At most {question.decimals} decimals.")  # fmt: skip


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT


# type of question -> what an answer has to be, and what is said of another one
_TYPES: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "single": (_is_text, "Phải là một mã lựa chọn.", "Must be one option code."),
    "multi": (_is_list, "Phải là danh sách mã lựa chọn.", "Must be a list of option codes."),
    "boolean": (_is_truth, "Phải là có hoặc không.", "Must be true or false."),
    "number": (_is_number, "Phải là một số.", "Must be a number."),
    "date": (_is_day, "Phải là một ngày.", "Must be a day."),
    "text": (_is_short_text, "Phải là chữ, không quá dài.", "Must be text, not too long."),
}


def _fault(question: str, code: str, vi: str, en: str) -> FieldError:
    place = question.replace("~", "~0").replace("/", "~1")
    return FieldError(f"#/answers/{place}", code, vi, en)


def _device(field: str, code: str, vi: str, en: str) -> FieldError:
    return FieldError(f"#/device_result/{field}", code, vi, en)
