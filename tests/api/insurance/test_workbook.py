"""The list as a workbook: two sheets, columns from data, nothing but text."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import unquote

import httpx
from openpyxl import load_workbook
from sqlmodel import Session

from tests.api.insurance.insurer import LISTS, change_member, drawn, home, sent
from tests.make.answers import done

SignIn = Callable[[str], httpx.Client]


def test_the_workbook_holds_what_the_insurer_is_told(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    _, dies = home(session, 1)
    sent(officer, drawn(officer, "2024-01-01"))
    _, first, second = home(session, 2, since=date(2024, 2, 5))
    # what looks like a formula is a name; the zero of a citizen number stays
    change_member(officer, first, full_name="=CMD Ánh", personal_id="036185001234",
                  birth_date="1985-03-02", birth_year=1985)  # fmt: skip
    change_member(officer, second, birth_date=None, birth_year=1990)
    change_member(officer, dies, left_on="2024-02-09", left_reason="died")
    made = drawn(officer, "2024-02-01")
    off = next(n for n in (2, 3) if line_of(officer, made, n)["member_id"] == str(second))
    done(officer.post(f"{LISTS}/{made['id']}/lines/{off}/removal", json={"reason": "x"}))
    answer = officer.get(f"{LISTS}/{made['id']}/workbook")
    assert unquote(answer.headers["Content-Disposition"]).endswith("BHYT 02-2024 lần 1.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Báo tăng", "Báo giảm"]
    rows = list(book["Báo tăng"].iter_rows(values_only=True))
    assert rows[0][:5] == ("STT", "Họ và tên", "Ngày (năm) sinh", "Giới tính", "Số định danh/CCCD")
    assert len(rows) == 2
    assert rows[1][1:5] == ("=CMD Ánh", "02/03/1985", "Nam", "036185001234")
    assert rows[1][7:11] == ("Xóm 3", "HN", "Mới được công nhận", "05/02/2024")
    kinds = {cell.data_type for row in book["Báo tăng"].iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "inlineStr"}
    (died,) = list(book["Báo giảm"].iter_rows(min_row=2, values_only=True))
    assert (died[8], died[9], died[10]) == ("HN", "Đã chết", "01/03/2024")
    masked = load_workbook(io.BytesIO(sign_in("truc-ninh").get(f"{LISTS}/{made['id']}/workbook").content))
    assert masked["Báo tăng"]["E2"].value == "********1234"


def line_of(client: httpx.Client, made: dict[str, Any], position: int) -> dict[str, Any]:
    found = done(client.get(f"{LISTS}/{made['id']}/lines"))["items"]
    return next(one for one in found if one["position"] == position)
