"""The points table as a file: out empty, filled in, back in; and what is wrong with it, row by row."""

import io
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.problems import Invalid
from api.standards import table_files
from api.standards.points import with_points
from api.standards.shipped import shipped
from tests.api.standards.sample_2016 import KEYS, ROWS, WITHOUT

ROOT = Path(__file__).parents[3]
BASE = next(content for content in shipped() if content["code"] == "vn-2022")


def filled_toml() -> str:
    """The template with a 7 in every cell, as somebody fills it in who knows no better."""
    said = table_files.toml_template(BASE).replace('= "?"', "= 7")
    return said.replace("legal_source = 7", 'legal_source = "thử"').replace("article = 7", 'article = "PL IV"')


def filled_xlsx(**about: Any) -> openpyxl.Workbook:
    """The template with the sample of 2016, its other groups deleted."""
    book = openpyxl.load_workbook(io.BytesIO(table_files.xlsx_template(BASE)))
    sheet = book["Bảng điểm"]
    for row in range(sheet.max_row, 1, -1):
        group, option = (str(sheet.cell(row, column).value) for column in (1, 2))
        if group not in ROWS:
            sheet.delete_rows(row)
            continue
        for place, points in enumerate(ROWS[group][option]):
            sheet.cell(row, 7 + place, points)
    for named, told in book["Văn bản"].iter_rows(max_col=2):
        told.value = ({"legal_source": "thử", "without": ", ".join(WITHOUT)} | about).get(str(named.value))
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_toml_template_filled_in_is_a_table() -> None:
    content = with_points(BASE, table_files.read(filled_toml().encode()))
    assert len(content["groups"]) == len(BASE["groups"]) == 16
    for group, before in zip(content["groups"], BASE["groups"], strict=True):
        assert [o["code"] for o in group["options"]] == [o["code"] for o in before["options"]]
        assert all(o["points"] == dict.fromkeys(KEYS, 7) for o in group["options"])
        assert [(o.get("min"), o.get("max")) for o in group["options"]] == [
            (o.get("min"), o.get("max")) for o in before["options"]
        ]


def test_the_template_as_it_is_says_what_to_fill_in() -> None:
    with pytest.raises(Invalid) as refused:
        table_files.read(table_files.toml_template(BASE).encode())
    assert [fault.pointer for fault in refused.value.errors] == ["#/legal_source"]
    with_source = table_files.toml_template(BASE).replace('legal_source = "?"', 'legal_source = "thử"')
    with pytest.raises(Invalid) as refused:
        with_points(BASE, table_files.read(with_source.encode()))
    lines = sum(len(group["options"]) for group in BASE["groups"])
    assert [fault.code for fault in refused.value.errors] == ["missing_points"] * lines * len(KEYS)


def test_the_workbook_filled_in_is_the_same_table() -> None:
    content = with_points(BASE, table_files.read(saved(filled_xlsx())))
    points = {
        group["code"]: {option["code"]: tuple(option["points"][key] for key in KEYS) for option in group["options"]}
        for group in content["groups"]
    }
    assert points == ROWS


def test_an_x_is_not_printed_and_gives_nothing() -> None:
    book = filled_xlsx()
    book["Bảng điểm"].cell(2, 7).value = "x"
    first = with_points(BASE, table_files.read(saved(book)))["groups"][0]["options"][0]
    assert first["points"]["NT_DBSH"] is None
    said = filled_toml().replace("NT_DBSH = 7", 'NT_DBSH = "x"', 1)
    first = with_points(BASE, table_files.read(said.encode()))["groups"][0]["options"][0]
    assert first["points"]["NT_DBSH"] is None


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [(7, "15a", "not_whole"), (8, 1.5, "not_whole"), (5, "một", "not_whole"), (2, None, "missing")],
)
def test_a_cell_that_is_wrong_is_named_by_its_row(column: int, value: Any, code: str) -> None:
    book = filled_xlsx()
    book["Bảng điểm"].cell(3, column).value = value
    with pytest.raises(Invalid) as refused:
        table_files.read(saved(book))
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("#/rows/3", code)]
    assert "Dòng 3" in refused.value.detail.vi


def test_a_workbook_that_is_none_of_ours() -> None:
    other = openpyxl.Workbook()
    for content in (saved(other), b"PK\x03\x04 no zip", "ghi chú".encode("utf-16")):
        with pytest.raises(Invalid):
            table_files.read(content)
    book = filled_xlsx()
    book["Bảng điểm"].cell(1, 1).value = "nhóm"
    with pytest.raises(Invalid, match="Row 1"):
        table_files.read(saved(book))


# -- the command line


def run(*arguments: str, url: str | None = None, home: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    import os

    environment = os.environ | ({"DATABASE_URL": url} if url else {}) | ({"GIAMNGHEO_HOME": str(home)} if home else {})
    return subprocess.run(
        [sys.executable, "-m", "api.cli", "standard", *arguments],
        cwd=ROOT, capture_output=True, env=environment, check=False,
    )  # fmt: skip


def test_the_template_comes_out_of_the_command_line() -> None:
    made = run("template")
    assert made.returncode == 0, made.stderr.decode()
    assert len(tomllib.loads(made.stdout.decode())["groups"]) == 16
    book = openpyxl.load_workbook(io.BytesIO(run("template", "--xlsx").stdout))
    assert book["Bảng điểm"].cell(1, 7).value == "NT_DBSH"
    assert run("template", "--standard", "vn-1999").returncode == 1


def test_a_table_is_loaded_at_the_command_line(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "diem.xlsx"
    file.write_bytes(saved(filled_xlsx()))
    loaded = run("load", str(file), "--by", "truc-ninh", url=database_url, home=tmp_path)
    assert loaded.returncode == 0, loaded.stderr.decode()
    assert "vn-2022@1001" in loaded.stdout.decode()
    listed = run("list", url=database_url, home=tmp_path).stdout.decode()
    assert any("vn-2022@1001" in line and "Bản nháp" in line for line in listed.splitlines()), listed


def test_the_command_line_says_who_may_not_load_and_what_is_wrong(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "diem.toml"
    file.write_text(filled_toml().replace("NT_DBSH = 7", 'NT_DBSH = "?"', 1), encoding="utf-8")
    for who in ("xom-1", "khong-co"):
        refused = run("load", str(file), "--by", who, url=database_url, home=tmp_path)
        assert refused.returncode == 1
        assert who in refused.stderr.decode()
    refused = run("load", str(file), "--by", "truc-ninh", url=database_url, home=tmp_path)
    assert refused.returncode == 1
    assert "#/groups/household_size/options/size_1/points/NT_DBSH" in refused.stderr.decode()
    assert run("load", "nothing.toml", "--by", "truc-ninh", url=database_url, home=tmp_path).returncode == 2


def test_a_file_nested_without_end_is_refused_in_words() -> None:
    with pytest.raises(Invalid) as refused:
        table_files.read(b"a=" + b"[" * 5000 + b"]" * 5000)
    assert "TOML" in refused.value.detail.vi
