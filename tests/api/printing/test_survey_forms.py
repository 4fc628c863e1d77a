"""Phiếu A and Phiếu B of a hamlet: what is filled in, what stays open, and the numbers they are typed back with."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api import clock
from tests.api.papers.reading import pages
from tests.api.printing.families import NUMBER, families, family, printed, said, text_of
from tests.make import rounds
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.households import actor, hamlet, put_household, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import counted, households
from tests.make.tablets import ANSWERS

SignIn = Callable[[str], httpx.Client]
NUMBERED = re.compile(r"Phiếu số\s*(\S+-\d{4})")


@pytest.fixture
def homes(session: Session) -> dict[str, UUID]:
    return families(session)


@pytest.fixture
def round_id(session: Session, homes: dict[str, UUID]) -> UUID:
    """Hưởng is managed as poor, Trãi was added, Lụa asked to be reviewed."""
    made = rounds.review_round(session)
    listed = {"huong": ("poor", "poor"), "trai": ("added", None), "lua": ("request", None)}
    for n, (name, (ground, before)) in enumerate(listed.items()):
        earlier = clock.now() - timedelta(minutes=10 - n)
        rounds.cases(session, made, [homes[name]], ground=ground, class_before=before, created_at=earlier)
    session.commit()
    return made


def address(round_id: UUID, number: int = 3) -> str:
    return f"/rounds/{round_id}/hamlets/{hamlet(number)}/forms"


def numbers(pdf: bytes) -> dict[str, str]:
    """The head of each form and its number."""
    found = {}
    for page in pages(pdf):
        head = re.search(r"Họ và tên chủ hộ:\s*(.+?)\s*Địa chỉ", page)
        number = NUMBERED.search(page)
        if head and number:
            found[head.group(1)] = number.group(1)
    return found


def test_each_household_of_the_list_gets_its_form_b(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    recognise(session, homes["huong"], "poor", date(2022, 12, 12))
    session.commit()
    paper = printed(sign_in("truc-thai"), address(round_id))
    assert numbers(paper) == {
        "Nguyễn Thị Hưởng": "03-0001", "Trần Đình Trãi": "03-0002", "Lò Thị Lụa": "03-0003",
    }  # fmt: skip
    assert said(
        paper, "PHIẾU B", "Rà soát định kỳ năm 2024", "tỉnh Nam Định", "Huyện: huyện Trực Ninh", "xã Trực Thái",
        "xóm 3", "Nông thôn", "Đồng bằng sông Hồng", "Hộ số: 017", "Ngõ 4", NUMBER, "Khuyết tật nặng", "Tiểu học",
        "Hộ nghèo từ ngày 12/12/2022", "Điện tiêu thụ bình quân", "Phụ lục IV", "người phụ thuộc",
        "Không có vốn sản xuất", "Hỗ trợ y tế", "Tivi màu", "(vn-2022, phiên bản 1)",
    ) == []  # fmt: skip
    assert "TẬP HUẤN" not in text_of(paper)


def test_form_a_is_for_those_who_asked(sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]) -> None:
    surveyor = sign_in("xom-3")
    assert numbers(printed(surveyor, address(round_id), form="form-a")) == {
        "Trần Đình Trãi": "03-0002", "Lò Thị Lụa": "03-0003",
    }  # fmt: skip
    one = printed(surveyor, address(round_id), form="form-a", household_id=homes["huong"])
    assert numbers(one) == {"Nguyễn Thị Hưởng": "03-0001"}
    assert said(one, "Chưa có nội dung Phiếu A", "Đủ điều kiện rà soát Phiếu B") == []


def test_a_number_never_changes_hands(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    officer = sign_in("truc-thai")
    before = numbers(printed(officer, address(round_id)))
    # the first one of all by its number in the register
    added = put_household(session, actor("truc-thai"), hamlet_id=hamlet(3), household_no="001")
    put_member(session, actor("truc-thai"), added, full_name="Bùi Văn Ất")
    session.commit()
    done(officer.post(f"/api/v1/rounds/{round_id}/households", json={"household_id": str(added), "reason": "Mới về"}))
    assert numbers(printed(officer, address(round_id), household_id=homes["lua"])) == {"Lò Thị Lụa": "03-0003"}
    assert numbers(printed(officer, address(round_id), household_id=added)) == {"Bùi Văn Ất": "03-0004"}
    assert set(before.values()) == {"03-0001", "03-0002", "03-0003"}


def test_the_paper_is_typed_back_with_its_number(sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    number = numbers(printed(officer, address(round_id), household_id=homes["trai"]))["Trần Đình Trãi"]
    body: dict[str, Any] = {
        "household_id": str(homes["trai"]), "round_id": str(round_id), "form": {"code": "form-b", "version": 1},
        "surveyed_on": "2024-09-20", "paper_no": number, "b1_entered": 120,
        "answers": ANSWERS,
    }  # fmt: skip
    typed = done(officer.post("/api/v1/reviews", json=body))
    assert (typed["paper_no"], typed["result"]["b1"]) == (number, 120)


def test_what_the_surveyor_may_not_see_stays_open(sign_in: SignIn, round_id: UUID) -> None:
    paper = printed(sign_in("xom-3"), address(round_id))
    assert said(paper, NUMBER, NUMBER[-4:], "Khuyết tật nặng") == [NUMBER, NUMBER[-4:]]


def test_a_household_that_became_another_one_has_one_form(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    merge = {"survivor_id": str(homes["lua"]), "absorbed_id": str(homes["trai"]), "reason": "ghi hai lần"}
    done(sign_in("truc-thai").post("/api/v1/households/merge", json=merge))
    paper = printed(sign_in("truc-thai"), address(round_id))
    assert numbers(paper) == {"Nguyễn Thị Hưởng": "03-0001", "Lò Thị Lụa": "03-0003"}
    assert said(paper, "Trần Đình Trãi") == []  # he lives in the household that stayed
    asked = printed(sign_in("truc-thai"), address(round_id), household_id=homes["trai"])
    assert numbers(asked) == {"Lò Thị Lụa": "03-0003"}


def test_training_forms_say_so(session: Session, sign_in: SignIn, homes: dict[str, UUID]) -> None:
    made = rounds.review_round(
        session, kind="training", upper_level="none", standard_code="training-2022", standard_version=1
    )
    rounds.cases(session, made, [homes["trai"]])
    session.commit()
    paper = printed(sign_in("xom-3"), address(made))
    assert all("TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in page for page in pages(paper))
    assert said(paper, "Đợt tập huấn rà soát năm 2024", "MINH HỌA") == []


def test_who_does_not_find_them(session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]) -> None:
    at = f"/api/v1{address(round_id)}"
    assert [sign_in(who).get(at).status_code for who in ("truc-dai", "xom-4", "chu-tich")] == [404, 404, 403]
    known = {"household_id": str(homes["trai"])}
    assert [sign_in(who).get(at, params=known).status_code for who in ("truc-dai", "xom-4")] == [404, 404]
    elsewhere = family(session, "trai", number=4)
    session.commit()
    off_the_list = sign_in("truc-thai").get(at, params={"household_id": str(elsewhere)})
    assert (off_the_list.status_code, off_the_list.json()["type"]) == (409, "/problems/not-in-round")
    nobody = sign_in("truc-thai").get(f"/api/v1{address(round_id, 4)}")
    assert (nobody.status_code, nobody.json()["type"]) == (404, "/problems/not-found")


def test_who_has_moved_away_is_printed_by_the_commune_only(
    sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    officer = sign_in("truc-thai")
    away = {"hamlet_id": hamlet(4), "moved_on": "2024-10-01"}
    done(officer.post(f"/api/v1/households/{homes['trai']}/move", json=away))
    assert "Trần Đình Trãi" in numbers(printed(officer, address(round_id)))
    assert numbers(printed(sign_in("xom-3"), address(round_id))) == {
        "Nguyễn Thị Hưởng": "03-0001", "Lò Thị Lụa": "03-0003",
    }  # fmt: skip
    # it is not on the list of xóm 4, and the list of xóm 3 is not theirs
    assert sign_in("xom-4").get(f"/api/v1{address(round_id)}").status_code == 404


def test_many_forms_cost_as_many_statements_as_few(session: Session, sign_in: SignIn, app: Any, engine: Engine) -> None:
    made = rounds.review_round(session)
    few, many = households(session, 3, "14080-01"), households(session, 30, "14080-02")
    for home in (*few, *many):
        people(session, home, 3)
    rounds.cases(session, made, few, "14080-01")
    rounds.cases(session, made, many, "14080-02")
    session.commit()
    officer = sign_in("truc-thai")
    spent = []
    for number in (1, 1, 2):  # the first one compiles the standard
        with counted(app.state.engine) as statements:
            printed(officer, address(made, number))
        spent.append(len(statements))
    assert spent[1] == spent[2] <= 20
