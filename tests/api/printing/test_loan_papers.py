"""Mẫu 03/TD as it is printed from what is stored: a draft without number and day, then what the commune confirmed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import Session

from tests.api.credit.bank import LISTS, line, loan_list
from tests.api.papers.reading import pages, squeezed
from tests.make.answers import done, refused
from tests.make.households import actor, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import household

SignIn = Callable[[str], httpx.Client]


def read(client: httpx.Client, list_id: str) -> str:
    answer = client.get(f"{LISTS}/{list_id}/paper")
    assert answer.is_success, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    return squeezed("".join(pages(answer.content)))


def test_the_list_prints_as_a_draft_and_then_as_it_was_confirmed(session: Session, sign_in: SignIn) -> None:
    lines: list[dict[str, Any]] = []
    for name, days in (
        ("Nguyễn Thị Nghèo", ("poor", date(2023, 12, 11), None)),
        ("Trần Văn Thoát", ("near_poor", date(2020, 12, 10), date(2022, 12, 12))),
        ("Lê Thị Rút", ("poor", date(2023, 12, 11), None)),
    ):
        home = household(session)
        head = put_member(session, actor("truc-thai"), home, full_name=name)
        recognise(session, home, *days)
        policy = "credit_newly_escaped" if days[0] == "near_poor" else "credit_poor"
        lines.append(line(home, head, policy=policy, amount_vnd=45_000_000 + len(lines)))
    session.commit()
    officer, bank = sign_in("truc-thai"), sign_in("ngan-hang")
    made = done(officer.post(LISTS, json=loan_list(*lines)))
    done(officer.post(f"{LISTS}/{made['id']}/lines/3/removal", json={"reason": "rút"}))
    draft = read(officer, made["id"])
    assert "Số:..." in draft
    assert refused(bank.get(f"{LISTS}/{made['id']}/paper")) == (404, "not-found")
    done(
        officer.post(f"{LISTS}/{made['id']}/confirmation", json={"number": "27/XN-UBND", "confirmed_on": "2024-12-12"})
    )
    for client in (officer, bank):
        paper = read(client, made["id"])
        for said in ("Số: 27/XN-UBND", "ngày 12 tháng 12 năm 2024", "Nguyễn Thị Nghèo", "Hộ nghèo", "45.000.000",
                     "Trần Văn Thoát", "Hộ mới thoát nghèo", "45.000.001", "90.000.001", "gồm 2 hộ",
                     "Tổ vay vốn xóm 3 (xóm 3)"):  # fmt: skip
            assert squeezed(said) in paper, said
        assert squeezed("Lê Thị Rút") not in paper
    log = "SELECT count(*) FROM audit_entry WHERE action = 'loan_lists.print'"
    assert session.execute(text(log)).scalar_one() == 3
