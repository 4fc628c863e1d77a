"""Typesetting: `render(name, paper) -> bytes` sets a paper with typst; the same values give the same bytes.

Values travel as JSON in `sys.inputs` and are only ever printed as text, so a name with `#` or `$` prints as it is.
Fonts and templates lie in this folder; nothing is read from the system and nothing from the network.
"""

import io
import json
import re
import unicodedata
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from pypdf import PdfWriter

from api.clock import VIET_NAM
from api.papers.credit import LoanList
from api.papers.decisions import Certificates, Confirmation, RecognitionDecision, Refusal
from api.papers.handouts import SigningSheet
from api.papers.money import BudgetOverview
from api.papers.parts import QrCode
from api.papers.procedure import Minutes, OpinionReport, Posting, ReVerification
from api.papers.reports import OfficialReport
from api.papers.requests import EscapeRequest, ReviewRequest
from api.papers.survey import SurveyForms

FOLDER = Path(__file__).parent
TEMPLATES = FOLDER / "templates"

# The name of a paper is the name of its template; each takes one kind of value.
PAPERS: dict[str, type] = {
    "review_request": ReviewRequest,
    "escape_request": EscapeRequest,
    "decision": RecognitionDecision,
    "certificates": Certificates,
    "confirmation": Confirmation,
    "refusal": Refusal,
    "minutes": Minutes,
    "posting": Posting,
    "re_verification": ReVerification,
    "opinion_report": OpinionReport,
    "survey_forms": SurveyForms,
    "signing_sheet": SigningSheet,
    "budget_overview": BudgetOverview,
    "loan_list": LoanList,
    "report": OfficialReport,
}

# What is printed per household, and the field that holds the households. Typst needs some megabytes for each, so they
# are set in parts: 400 forms at once would take 1.6 GB of a worker, 25 take a tenth of it.
_BATCHES = {"certificates": "certificates", "survey_forms": "households"}
_PART = 25

# Bytes of values: about 7,000 posted rows, 600 forms. More is printed hamlet by hamlet.
LARGEST = 1_000_000
# From here on typst's memory of past documents is worth clearing. And what is so large goes to a printer: the tags for
# screen readers, nine tenths of its bytes, are left out.
_LARGE = 100_000

# A word longer than any name would run over the next cell: it may break anywhere.
_NO_NAME = re.compile(r"\S{24,}")


class PaperTooLarge(ValueError):
    """More than one document can carry: print hamlet by hamlet."""


def render(name: str, paper: Any) -> bytes:
    """The PDF (A4) of `paper`, set with the template `name` (a key of PAPERS). Runs without the interpreter's lock.

    Raises KeyError for an unknown name, TypeError for a value of another paper, PaperTooLarge.
    """
    if type(paper) is not PAPERS[name]:
        raise TypeError(f"{name} is set from {PAPERS[name].__name__}, not from {type(paper).__name__}")
    values = _plain(paper)
    size = len(_json(values))
    if size > LARGEST:
        raise PaperTooLarge(f"{size} bytes of values for {name}, at most {LARGEST}")
    batch = _BATCHES.get(name)
    if batch is None or len(values[batch]) <= _PART:
        return _set(name, values, large=size > _LARGE)
    parts = [values | {batch: values[batch][at : at + _PART]} for at in range(0, len(values[batch]), _PART)]
    return _joined([_set(name, part, large=True) for part in parts])


def _set(name: str, values: dict[str, Any], *, large: bool) -> bytes:
    compiler = typst.Compiler(root=TEMPLATES, font_paths=_fonts(), ignore_system_fonts=True)
    pdf = compiler.compile(
        TEMPLATES / f"{name}.typ",
        format="pdf",
        sys_inputs={"data": _json(values).decode()},
        # A fixed moment: the bytes of a paper must not depend on when it was printed.
        timestamp=0,
        pdf_tags=not large,
    )
    if large:
        _forget(compiler)
    assert isinstance(pdf, bytes)
    return pdf


def _json(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _joined(parts: list[bytes]) -> bytes:
    """One PDF of several; title and language are those of the first."""
    writer = PdfWriter(clone_from=io.BytesIO(parts[0]))
    for part in parts[1:]:
        writer.append(io.BytesIO(part), import_outline=False)
    joined = io.BytesIO()
    writer.write(joined)
    return joined.getvalue()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"])


def _forget(compiler: typst.Compiler) -> None:
    """Typst keeps what the last ten documents computed: 70 MB for a list of 2,000 rows. Ten empty ones clear it."""
    for number in range(11):
        compiler.compile(f"{number}".encode(), format="pdf", sys_inputs=None, timestamp=0)


def _letters(text: str) -> str:
    """In NFC, because a decomposed ệ would leave its marks beside it; without characters that print nothing.

    One of those (U+202E) turns the line around, and with it the date of the decision behind a name.
    """
    composed = unicodedata.normalize("NFC", text)
    printed = "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))
    return _NO_NAME.sub(lambda word: "\u200b".join(word.group()), printed)


def _plain(value: Any) -> Any:
    """A dataclass as JSON values: days as ISO text, moments in Vietnamese time."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _letters(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("a moment without its offset has no hour in Viet Nam")
        return value.astimezone(VIET_NAM).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, QrCode):
        # The quiet zone of four modules is part of the code: without it scanners fail on paper.
        return {"url": value.url, "svg": segno.make_qr(value.url, error="m").svg_inline(border=4)}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"a paper carries text, int, bool, days and tuples, not {type(value).__name__}")
