"""Mẫu 01 and Mẫu 04 of a request, as the officer, the surveyor and the district may see them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.api.printing.families import NUMBER, families, printed, said
from tests.make.answers import done
from tests.make.recognitions import recognise

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def homes(session: Session) -> dict[str, UUID]:
    return families(session)


def asked(client: httpx.Client, home: UUID | None, kind: str = "review", **fields: Any) -> str:
    body = {"household_id": home and str(home), "kind": kind, "received_on": "2024-09-20", **fields}
    return str(done(client.post("/api/v1/requests", json=body))["id"])


def test_the_review_is_asked_for_with_all_who_live_there(sign_in: SignIn, homes: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    paper = printed(officer, f"/requests/{asked(officer, homes['huong'], reason='Ốm nặng, thuê người cấy')}/paper")
    assert said(
        paper, "Mẫu số 01", "xã Trực Thái", "Nguyễn Thị Hưởng", "04/03/1961", "Kinh", NUMBER, "Phạm Văn Đoàn", "1958",
        "Phạm Thị Ngọc Ánh", "20/11/2014", "Đang đi học", "Ốm nặng, thuê người cấy",
        "Ngõ 4, xóm 3, xã Trực Thái, huyện Trực Ninh, tỉnh Nam Định", "ngày 20 tháng 9 năm 2024",
    ) == []  # fmt: skip


def test_numbers_and_what_is_sensitive_are_left_for_the_pen(sign_in: SignIn, homes: dict[str, UUID]) -> None:
    paper_id = asked(sign_in("truc-thai"), homes["lua"], reason="Con ốm")
    numbered = asked(sign_in("truc-thai"), homes["huong"], reason="Ốm nặng")
    surveyor = printed(sign_in("xom-3"), f"/requests/{numbered}/paper")
    assert said(surveyor, NUMBER, NUMBER[-4:], "Kinh", "Ốm nặng") == [NUMBER, NUMBER[-4:]]
    district = printed(sign_in("truc-ninh"), f"/requests/{paper_id}/paper")
    assert said(district, "Lò Thị Lụa", "Thái.", "Con ốm", "Dân tộc: Thái") == ["Thái.", "Con ốm", "Dân tộc: Thái"]
    assert said(printed(sign_in("truc-thai"), f"/requests/{paper_id}/paper"), "Dân tộc: Thái", "Con ốm") == []


def test_an_escape_names_the_class_of_that_day(session: Session, sign_in: SignIn, homes: dict[str, UUID]) -> None:
    recognise(session, homes["trai"], "near_poor", date(2023, 12, 10))
    session.commit()
    officer = sign_in("truc-thai")
    answer = officer.get(f"/api/v1/requests/{asked(officer, homes['trai'], 'escape')}/paper")
    assert said(answer.content, "Mẫu số 04", "Trần Đình Trãi", "1949") == []
    assert answer.headers["content-disposition"].endswith("20-09-2024.pdf")
    assert "Tr%E1%BA%A7n" not in answer.headers["content-disposition"]  # no names of persons in histories and logs


def test_a_household_that_is_not_registered_gets_an_empty_form(sign_in: SignIn) -> None:
    paper_id = asked(sign_in("xom-3"), None, "average_living_standard")
    paper = printed(sign_in("xom-3"), f"/requests/{paper_id}/paper")
    assert said(paper, "Mẫu số 01", "........") == []


def test_strangers_do_not_find_it_and_others_may_not(sign_in: SignIn, homes: dict[str, UUID]) -> None:
    address = f"/api/v1/requests/{asked(sign_in('truc-thai'), homes['huong'])}/paper"
    assert [sign_in(who).get(address).status_code for who in ("truc-dai", "xom-4", "ngan-hang")] == [404, 404, 403]


def test_a_print_stands_in_the_log_with_its_household(
    session: Session, sign_in: SignIn, homes: dict[str, UUID]
) -> None:
    printed(sign_in("xom-3"), f"/requests/{asked(sign_in('truc-thai'), homes['huong'])}/paper")
    session.rollback()
    logged = text("SELECT actor FROM audit_entry WHERE action = 'requests.print' AND subject_ids = ARRAY[:home]")
    assert session.scalars(logged, {"home": homes["huong"]}).all() == ["xom-3"]
