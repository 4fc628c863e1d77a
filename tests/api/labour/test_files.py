"""The record as a workbook and as text: the columns are data, and nothing that somebody typed is ever computed."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from api.areas.tables import area_id
from tests.api.labour.made import RECORDS, family, seeks, step
from tests.make.answers import refused
from tests.make.programme_work import COMMUNE

SignIn = Callable[[str], httpx.Client]
FORMULAS = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)"]


def rows_of(client: httpx.Client, form: str, **query: Any) -> list[dict[str, str]]:
    answer = client.get(f"{RECORDS}/{form}", params={"area_id": COMMUNE, **query})
    assert answer.status_code == 200, answer.text
    if form == "csv":
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "inlineStr"}
    heads, *rows = sheet.iter_rows(values_only=True)
    return [{str(h): str(v or "") for h, v in zip(heads, row, strict=True)} for row in rows]


@pytest.mark.parametrize("form", ["workbook", "csv"])
def test_a_file_holds_a_row_for_each_person(session: Session, sign_in: SignIn, form: str) -> None:
    officer = sign_in("truc-thai")
    home, man = family(session, labour_status="unemployed", labour_contract=False, qualification="upper_secondary",
                       birth_date="1985-03-02", birth_year=1985)  # fmt: skip
    family(session, "near_poor", hamlet="14080-04")
    case = seeks(officer, home, man)
    step(officer, case, "place", "2024-06-17", employer="Công ty may", contract=True)
    first, second = rows_of(officer, form)
    assert list(first)[:4] == ["STT", "Họ và tên", "Ngày (năm) sinh", "Giới tính"]
    assert (first["STT"], first["Xóm"], second["STT"], second["Xóm"]) == ("1", "Xóm 3", "2", "Xóm 4")
    assert (first["Ngày (năm) sinh"], second["Ngày (năm) sinh"]) == ("02/03/1985", "1970")
    assert (first["Phân loại"], second["Phân loại"]) == ("Hộ nghèo", "Hộ cận nghèo")
    assert (first["Hợp đồng lao động"], second["Hợp đồng lao động"]) == ("Không", "")
    assert first["Dịch vụ việc làm đã nhận"] == "17/06/2024: Kết nối việc làm thành công (Công ty may)"
    assert first["Đăng ký tìm việc"] == "Đã có việc: May công nghiệp"
    assert len(rows_of(officer, form, as_of="2023-01-01")) == 0


@pytest.mark.parametrize("form", ["workbook", "csv"])
@pytest.mark.parametrize("typed", FORMULAS)
def test_what_looks_like_a_formula_stays_text(session: Session, sign_in: SignIn, form: str, typed: str) -> None:
    family(session, occupation=typed)
    (row,) = rows_of(sign_in("truc-thai"), form)
    # a cell of a workbook is text by its type; in CSV only an apostrophe says so
    assert row["Nghề nghiệp"] == (f"'{typed}" if form == "csv" else typed)


@pytest.mark.parametrize("form", ["workbook", "csv"])
def test_the_district_gets_no_origin_and_no_health(session: Session, sign_in: SignIn, form: str) -> None:
    family(session, disability="severe")
    assert [(r["Dân tộc"], r["Khuyết tật"]) for r in rows_of(sign_in("truc-thai"), form)] == [
        ("Kinh", "Khuyết tật nặng")
    ]
    assert [(r["Dân tộc"], r["Khuyết tật"]) for r in rows_of(sign_in("truc-ninh"), form)] == [("", "")]


@pytest.mark.parametrize("form", ["workbook", "csv"])
def test_only_a_commune_or_hamlet_of_ones_own(session: Session, sign_in: SignIn, form: str) -> None:
    family(session, hamlet="14080-04")
    surveyor, officer = sign_in("xom-4"), sign_in("truc-thai")
    assert len(rows_of(surveyor, form, area_id=str(area_id("14080-04")))) == 1
    asked = ((surveyor, "14080"), (surveyor, "14080-03"), (officer, "14071"), (sign_in("truc-ninh"), "363"))
    for client, area in asked:
        answer = client.get(f"{RECORDS}/{form}", params={"area_id": str(area_id(area))})
        assert refused(answer) == (404, "not-found"), area


def test_a_file_is_saved_under_a_name_that_says_what_it_is(session: Session, sign_in: SignIn) -> None:
    for form, ending in (("workbook", "xlsx"), ("csv", "csv")):
        answer = sign_in("truc-thai").get(f"{RECORDS}/{form}", params={"area_id": COMMUNE, "as_of": "2024-12-31"})
        assert unquote(answer.headers["Content-Disposition"]).endswith(f"Người lao động 31-12-2024.{ending}")
