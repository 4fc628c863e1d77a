"""docs/workbooks.md explains every column, code and answer that there is."""

import re
from pathlib import Path

from api.workbooks import layout, notes
from api.workbooks.tables import RowChoice, RowVerdict

PAGE = (Path(__file__).parents[3] / "docs/workbooks.md").read_text(encoding="utf-8")


def test_every_message_stands_on_the_page_with_its_words_and_no_other() -> None:
    told = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    known = notes.ERRORS | notes.QUESTIONS | notes.REMARKS
    assert told == {code: vi for code, (vi, _) in known.items()}
    assert len(known) == len(notes.ERRORS) + len(notes.QUESTIONS) + len(notes.REMARKS)


def test_every_column_stands_on_the_page() -> None:
    for sheet in layout.sheets():
        for column in sheet.columns:
            mark = " *" if column.ours else ""
            assert f"| {column.column} | {column.heading}{mark} | `{column.field}` |" in PAGE


def test_every_verdict_and_choice_stands_on_the_page() -> None:
    assert [code for code in (*RowVerdict, *RowChoice) if f"`{code}`" not in PAGE] == []


def test_every_message_is_raised_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in Path(notes.__file__).parent.glob("*.py"))
    raised = {name for name in notes.ERRORS | notes.QUESTIONS | notes.REMARKS if code.count(f'"{name}"') > 1}
    made = {f"{name}_missing" for name in ("sex", "birth", "relation", "ethnicity")}
    assert set(notes.ERRORS | notes.QUESTIONS | notes.REMARKS) - raised == made
