"""The workbook of every form says what the JSON says; totals are formulas, and LibreOffice gets the same of them."""

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from tests.make.answers import done
from tests.make.report_register import HAMLETS, commune, total

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/reports"
TABLES = [f"form-{n:02d}" for n in range(1, 14)]
LISTS = ["form-14", "form-15", "list-poor", "list-near-poor", "list-escaped-poor", "list-escaped-near-poor"]
MONITORING = {"monitoring-annual": "2025", "monitoring-six-month": "2025-H1"}
# form -> what the JSON says, and the bytes of its workbook
Files = dict[str, tuple[dict[str, Any], bytes]]


@pytest.fixture
def files(sign_in: SignIn, session: Session) -> Files:
    made = commune(session, 9)
    # what a total adds up is known of every hamlet where something is listed
    for place, hamlet in enumerate((*HAMLETS, *(f"14080-{n:02d}" for n in range(4, 9))), start=1):
        total(session, hamlet, date(2024, 7, 1), 100 * place, 300 * place)
    session.commit()
    officer, of_round = sign_in("truc-thai"), {"round": str(made.rounds[-1])}
    asked = dict.fromkeys((*TABLES, *LISTS), of_round)
    asked |= {form: {"area": "14080", "period": period} for form, period in MONITORING.items()}
    listed = {one["code"] for one in done(officer.get(REPORTS))["items"]}
    assert asked.keys() == listed, "a form without its file here"
    found = {}
    for form, query in asked.items():
        answer = officer.get(f"{REPORTS}/{form}/workbook", params=query)
        assert answer.status_code == 200, answer.text
        if form in ("form-02", "form-15", "monitoring-annual"):
            assert answer.content == officer.get(f"{REPORTS}/{form}/workbook", params=query).content
        found[form] = (done(officer.get(f"{REPORTS}/{form}", params=query)), answer.content)
    return found


def lines_in(content: bytes, many: int, *, formulas: bool = False) -> list[list[Any]]:
    """The rows of the table, with their labels: those below the line of the column numbers."""
    (sheet,) = load_workbook(io.BytesIO(content), data_only=not formulas).worksheets
    rows = [[None if cell == "" else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    first = next(number for number, row in enumerate(rows) if "(1)" in row) + 1
    return [_without_empty_end(row) for row in rows[first : first + many]]


def _without_empty_end(row: list[Any]) -> list[Any]:
    while row and row[-1] is None:
        row = row[:-1]
    return row


def expected(report: dict[str, Any]) -> list[list[Any]]:
    """Label, what the line counts, cells; as people read them."""
    table = [*report["rows"], *report["totals"]]
    several = any(row["line_label"] and row["kind"] != "item" for row in table)
    return [
        _without_empty_end([
            row["code"] if row["kind"] == "entry" else row["label"]["vi"],
            *([row["line_label"]["vi"]] if several else []),
            *(
                "chưa có số liệu" if cell["value"] is None and cell["reason"] else cell["value"]
                for cell in row["cells"]
            ),
        ])
        for row in table
    ]  # fmt: skip


def every_line(report: dict[str, Any], content: bytes, **how: bool) -> list[list[Any]]:
    return lines_in(content, len(report["rows"]) + len(report["totals"]), **how)


def test_the_values_are_those_of_the_report_and_the_totals_are_formulas(files: Files) -> None:
    for form, (report, content) in files.items():
        assert every_line(report, content) == expected(report), form
        assert expected(report), form
    formulas = every_line(*files["form-02"], formulas=True)[-2:]
    assert [row[2].startswith("=SUMIF(") for row in formulas] == [True, True]
    assert every_line(*files["form-01"], formulas=True)[-1][3].startswith("=SUM(")


def test_libreoffice_counts_the_same_totals(files: Files, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here: apt-get install libreoffice-calc-nogui, then this test runs")
    for form, (_, content) in files.items():
        # saved again by openpyxl the formulas have no values: what comes back is what LibreOffice counted
        load_workbook(io.BytesIO(content)).save(tmp_path / f"{form}.xlsx")
    for form in TABLES:
        report = files[form][0]
        assert every_line(report, (tmp_path / f"{form}.xlsx").read_bytes()) != expected(report), form
    command = [office, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "xlsx"]
    sources = [str(tmp_path / f"{form}.xlsx") for form in files]
    # one start for all of them: it takes seconds
    subprocess.run([*command, "--outdir", str(tmp_path / "out"), *sources], check=True, timeout=180)
    for form, (report, _) in files.items():
        assert every_line(report, (tmp_path / "out" / f"{form}.xlsx").read_bytes()) == expected(report), form
