"""The rules of the forms are said in the words of their headings, never in the codes of their columns."""

import re

import pytest

from api.reports.definition import Form, forms, spread
from api.reports.rule_words import in_words

RULES = [(form, check) for form in forms().values() for check in form.checks]


def test_the_ledger_of_poor_households() -> None:
    (check,) = forms()["form-02"].checks
    assert in_words(check, forms()["form-02"].columns).vi == (
        "«Cuối kỳ» phải bằng «Đầu kỳ» trừ «Giảm trong kỳ: Trở thành hộ cận nghèo» trừ «Giảm trong kỳ: Vượt chuẩn cận "
        "nghèo» trừ «Giảm trong kỳ: Giảm khác» cộng «Tăng trong kỳ: Từ hộ cận nghèo» cộng «Tăng trong kỳ: Tái nghèo» "
        "cộng «Tăng trong kỳ: Phát sinh mới» cộng «Tăng trong kỳ: Tăng khác»."
    )


@pytest.mark.parametrize(("form", "check"), RULES, ids=lambda one: one.code if isinstance(one, Form) else "")
def test_no_rule_shows_a_code(form: Form, check: object) -> None:
    for present in ({"tay", "thai"}, set()):
        said = in_words(check, spread(form.columns, present))  # type: ignore[arg-type]
        for sentence in (said.vi, said.en):
            assert sentence.endswith(".")
            assert not re.search(r"[a-z]_[a-z]|each|[<=+]", sentence), sentence
