"""A term stands once in the glossary: two rows drift apart, and who reads one does not know of the other."""

import re
from collections import Counter
from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[2] / "docs/glossary.md"
_TERM = re.compile(r"`([^`]+)`")


def terms(text: str) -> list[str]:
    """The identifiers of the first column of every row."""
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [term for cell in cells for term in _TERM.findall(cell.split("(")[0].split("=")[0])]


def test_every_term_stands_once() -> None:
    found = terms(GLOSSARY.read_text(encoding="utf-8"))
    assert len(found) > 150
    assert [term for term, count in Counter(found).items() if count > 1] == []


def test_a_row_says_the_term_in_vietnamese() -> None:
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [row for row in rows if not row.split("|")[2].strip()] == []
