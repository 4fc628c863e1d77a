"""The workbook of a form: formulas for the totals, their values beside them; LibreOffice gets the same totals."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from tests.make.answers import done
from tests.make.report_register import commune

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/reports"
FORMS = ("form-01", "form-02", "form-09", "form-12")


@pytest.fixture
def files(sign_in: SignIn, session: Session) -> dict[str, tuple[dict[str, Any], bytes]]:
    """Form -> what the JSON says, and the bytes of its workbook."""
    made = commune(session, 9)
    session.commit()
    officer, query = sign_in("truc-thai"), {"round": str(made.rounds[-1])}
    found = {}
    for form in FORMS:
        answer = officer.get(f"{REPORTS}/{form}/workbook", params=query)
        assert answer.status_code == 200, answer.text
        assert answer.content == officer.get(f"{REPORTS}/{form}/workbook", params=query).content
        found[form] = (done(officer.get(f"{REPORTS}/{form}", params=query)), answer.content)
    return found


def totals_in(content: bytes, *, formulas: bool = False) -> list[list[Any]]:
    """The cells of the rows of the total, without their labels."""
    (sheet,) = load_workbook(io.BytesIO(content), data_only=not formulas).worksheets
    rows = [list(row) for row in sheet.iter_rows(values_only=True) if row[0] == "Tổng cộng"]
    return [[cell for cell in row[1:] if cell is not None] for row in rows]


def expected(report: dict[str, Any]) -> list[list[Any]]:
    lead = [[row["line_label"]["vi"]] if row["line_label"] else [] for row in report["totals"]]
    return [
        before + ["chưa có số liệu" if cell["value"] is None else cell["value"] for cell in row["cells"]]
        for before, row in zip(lead, report["totals"], strict=True)
    ]


def test_the_values_are_those_of_the_report_and_the_totals_are_formulas(
    files: dict[str, tuple[dict[str, Any], bytes]],
) -> None:
    for form, (report, content) in files.items():
        assert totals_in(content) == expected(report), form
    formulas = totals_in(files["form-02"][1], formulas=True)
    assert [row[1].startswith("=SUMIF(") for row in formulas] == [True, True]
    assert totals_in(files["form-01"][1], formulas=True)[0][2].startswith("=SUM(")


def test_libreoffice_counts_the_same_totals(files: dict[str, tuple[dict[str, Any], bytes]], tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here: apt-get install libreoffice-calc-nogui, then this test runs")
    for form, (report, content) in files.items():
        source = tmp_path / f"{form}.xlsx"
        # saved again by openpyxl the formulas have no values: what comes back is what LibreOffice counted
        load_workbook(io.BytesIO(content)).save(source)
        assert totals_in(source.read_bytes()) != expected(report)
        command = [office, f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(tmp_path / "out"), str(source)], check=True, timeout=120)
        assert totals_in((tmp_path / "out" / source.name).read_bytes()) == expected(report), form
