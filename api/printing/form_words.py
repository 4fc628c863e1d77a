"""The words of a survey form: what the standard asks, and what the register already answers.

Only what somebody has said is filled in. Where the register says "no" by default (no disability, no merit person), the
box stays open: a default is no answer.
"""

from api.codes import label
from api.households.tables import Sex
from api.papers import survey
from api.printing.people import Home, born, word
from api.standards.compiled import Standard
from api.standards.definition import Question

_KINDS = {"multi": "multiple", "date": "text"}
_TITLES = {
    "b1": "B1. Thu nhập: việc làm, tài sản, đất đai, chăn nuôi của hộ",
    "b2": "B2. Nhà ở, nước sạch, vệ sinh, thông tin và việc làm, học tập của thành viên",
}
_POINTS_BY_PAPER = (
    "Chấm điểm theo Phụ lục IV Thông tư số 07/2021/TT-BLĐTBXH, cả số nhân khẩu, người phụ thuộc, bằng cấp, lương hưu; "
    "ghi tổng vào ô Kết quả."
)


def sections(standard: Standard, form_code: str) -> tuple[survey.Section, ...]:
    """The questions of a form in its order, numbered through. A form whose items are not known says so."""
    form = standard.form(form_code)
    if form is None or not form.questions:
        return (survey.Section(title="Nội dung", note=form.note if form else None),)
    by_section: dict[str, list[survey.Question]] = {}
    for number, question in enumerate(form.questions, start=1):
        by_section.setdefault(question.section, []).append(_question(str(number), question))
    by_hand = not standard.definition.points_known and not standard.training
    return tuple(
        survey.Section(
            title=_TITLES.get(code, "Nội dung"),
            questions=tuple(questions),
            note=_POINTS_BY_PAPER if code == "b1" and by_hand else None,
        )
        for code, questions in by_section.items()
    )


def _question(number: str, question: Question) -> survey.Question:
    return survey.Question(
        number=number,
        label=question.label.vi,
        kind=_KINDS.get(question.type, question.type),  # type: ignore[arg-type]  # the words of the paper
        options=tuple(option.label.vi for option in question.options),
    )


def indicators(standard: Standard) -> tuple[survey.DeprivationIndicator, ...]:
    """The twelve, in the order of the decree."""
    dimensions = {one.code: one.label.vi for one in standard.definition.dimensions}
    ordered = sorted(standard.definition.indicators, key=lambda one: one.order)
    return tuple(
        survey.DeprivationIndicator(dimension=dimensions[one.dimension], label=one.definition.vi) for one in ordered
    )


def survey_members(home: Home) -> tuple[survey.SurveyMember, ...]:
    """Everybody who lives there, with what is known."""
    return tuple(
        survey.SurveyMember(
            name=one["full_name"],
            relation=word("relation", one["relation_to_head"]),
            sex=one["sex"],
            born=born(one),
            citizen_id=one["personal_id"],
            ethnicity=word("ethnicity", one["ethnicity"]),
            schooling=word("schooling", one["schooling"]),
            qualification=word("qualification", one["qualification"]),
            labour_status=word("labour_status", one["labour_status"]),
            labour_contract=_said(one["labour_contract"]),
            health_insurance=_said(one["health_insurance"]),
            disability=None if one["disability"] == "none" else word("disability", one["disability"]),
            social_allowance=_said(one["social_allowance"]),
            merit_person="Có" if one["merit_person"] else None,
            nutrition=word("nutrition", one["nutrition"]),
        )
        for one in home.people
    )


def _said(value: bool | None) -> str | None:
    return None if value is None else "Có" if value else "Không"


def characteristics(home: Home) -> tuple[survey.Characteristic, ...]:
    """The marks of domain.md 2.2. When a household counts as one of a minority is not defined where it is mixed."""
    origins = {one["ethnicity"] for one in home.people}
    head = home.head
    return (
        survey.Characteristic(label="Hộ dân tộc thiểu số", holds=_minority(origins)),
        survey.Characteristic(label="Không có khả năng lao động", holds=home.no_labour_capacity or None),
        survey.Characteristic(label="Có người có công", holds=any(one["merit_person"] for one in home.people) or None),
        survey.Characteristic(
            label=f"Chủ hộ là {label('sex', Sex.female).lower()}",
            holds=None if head is None else head["sex"] == Sex.female,
        ),
    )


def _minority(origins: set[str | None]) -> bool | None:
    """None: withheld, nobody is registered, or some are and some are not."""
    if not origins or None in origins:
        return None
    minority = {origin not in ("kinh", "foreign") for origin in origins}
    return minority.pop() if len(minority) == 1 else None
