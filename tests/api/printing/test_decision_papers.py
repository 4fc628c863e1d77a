"""Decisions, certificates, letters and refusals, printed from what was prepared, signed and issued over HTTP."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from tests.api.papers.reading import pages
from tests.api.printing.families import NUMBER, families, printed, reviewed, said, text_of
from tests.make import rounds
from tests.make.answers import done
from tests.make.decisions import DECISIONS, people, prepare, ready_round, sign
from tests.make.households import actor, hamlet, put_household, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import counted, households

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def homes(session: Session) -> dict[str, UUID]:
    """The three families and two more with a past: Cúc rises to near-poor, Dậu above it."""
    made = families(session)
    for name, born, poverty_class in (("Vũ Thị Cúc", 1966, "poor"), ("Bùi Văn Dậu", 1971, "near_poor")):
        home = made[name] = put_household(session, actor("truc-thai"), hamlet_id=hamlet(3))
        put_member(session, actor("truc-thai"), home, full_name=name, birth_year=born)
        recognise(session, home, poverty_class, date(2022, 12, 12))
    session.commit()
    return made


@pytest.fixture
def round_id(session: Session, homes: dict[str, UUID]) -> UUID:
    found = {"huong": "poor", "trai": "near_poor", "lua": "not_poor", "Vũ Thị Cúc": "near_poor"}
    made = ready_round(session, {homes[name]: proposed for name, proposed in found.items()})
    rounds.cases(session, made, [homes["Bùi Văn Dậu"]], stage="cleared", class_before="near_poor")
    rounds.review(session, made, homes["Bùi Văn Dậu"], "not_poor")
    session.commit()
    return made


def signed(sign_in: SignIn, round_id: UUID, number: str = "148/QĐ-UBND", day: str = "2024-12-11") -> str:
    made = prepare(sign_in("truc-thai"), round_id)
    answer = sign(sign_in("chu-tich"), made["id"], number, day)
    assert answer.status_code == 200, answer.text
    return str(made["id"])


def issued(sign_in: SignIn, decision_id: str) -> list[dict[str, Any]]:
    done(sign_in("chu-tich").post("/api/v1/certificates", json={"decision_id": decision_id}))
    return list(done(sign_in("truc-thai").get("/api/v1/certificates"))["items"])


def test_a_decision_lists_who_is_poor_near_poor_and_escaped(sign_in: SignIn, round_id: UUID) -> None:
    paper = printed(sign_in("chu-tich"), f"/recognition-decisions/{signed(sign_in, round_id)}/paper")
    assert said(
        paper, "148/QĐ-UBND", "ngày 11 tháng 12 năm 2024", "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ TRỰC THÁI",
        "Quyết định số 24/2021/QĐ-TTg", "chuẩn nghèo đa chiều 2022-2026", "năm 2024",
        "1 hộ nghèo, 2 hộ cận nghèo, 1 hộ thoát nghèo, 1 hộ thoát cận nghèo", "Chủ tịch UBND xã",
        "1 Nguyễn Thị Hưởng Xóm 3 3 Nghèo phát sinh mới", "Trần Đình Trãi Xóm 3 1 Cận nghèo phát sinh mới",
        "1 Bùi Văn Dậu Xóm 3 1 Thoát cận nghèo", "1 Vũ Thị Cúc Xóm 3 1 Thoát nghèo, trở thành hộ cận nghèo",
    ) == []  # fmt: skip
    told = text_of(paper)
    assert told.count("VũThịCúc") == 2  # near-poor, and escaped from poverty
    assert NUMBER not in told
    assert "LòThịLụa" not in told  # neither poor nor escaped


def test_what_is_not_signed_is_a_draft(sign_in: SignIn, round_id: UUID) -> None:
    made = prepare(sign_in("truc-thai"), round_id)
    answer = sign_in("truc-thai").get(f"{DECISIONS}/{made['id']}/paper")
    assert said(answer.content, "Số: ....", "ngày ......", "Nguyễn Thị Hưởng") == []
    assert "d%E1%BB%B1%20th%E1%BA%A3o" in answer.headers["content-disposition"]


def test_a_supplement_names_the_decision_it_adds_to(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    signed(sign_in, round_id)
    late = put_household(session, actor("truc-thai"), hamlet_id=hamlet(4))
    put_member(session, actor("truc-thai"), late, full_name="Đỗ Thị Muộn", sex="female")
    rounds.cases(session, round_id, [late], "14080-04", stage="cleared")
    rounds.review(session, round_id, late, "poor")
    session.commit()
    added = signed(sign_in, round_id, "151/QĐ-UBND", "2024-12-20")
    paper = printed(sign_in("truc-thai"), f"/recognition-decisions/{added}/paper")
    before = "Quyết định số 148/QĐ-UBND ngày 11 tháng 12 năm 2024"
    assert said(paper, "Công nhận bổ sung", before, "Đỗ Thị Muộn Xóm 4") == []
    assert "NguyễnThịHưởng" not in text_of(paper)


def test_certificates_name_the_people_and_a_line_per_year(
    sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    decision = signed(sign_in, round_id)
    early = sign_in("truc-thai").get(f"{DECISIONS}/{decision}/certificates")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/conflict")
    given = issued(sign_in, decision)
    paper = printed(sign_in("truc-thai"), f"/recognition-decisions/{decision}/certificates")
    assert len(pages(paper)) == 3 == len(given)
    by_head = {item["head_name"]: item for item in given}
    one = by_head["Nguyễn Thị Hưởng"]
    single = printed(sign_in("truc-thai"), f"/certificates/{one['id']}/paper")
    for told in (paper, single):
        assert said(
            told, "GIẤY CHỨNG NHẬN", f"Số: {one['number']}", "Nguyễn Thị Hưởng", NUMBER, "Phạm Văn Đoàn",
            "Phạm Thị Ngọc Ánh", "2014", "Ngõ 4, xóm 3, xã Trực Thái", "2024 Hộ nghèo Số 148/QĐ-UBND ngày 11/12/2024",
        ) == []  # fmt: skip
    assert said(single, "Trần Đình Trãi") == ["Trần Đình Trãi"]
    assert said(paper, "Trần Đình Trãi", "Hộ cận nghèo Số 148/QĐ-UBND") == []
    elsewhere = sign_in("truc-thai").get(f"{DECISIONS}/{decision}/certificates", params={"hamlet_id": hamlet(4)})
    assert elsewhere.status_code == 409
    here = printed(sign_in("truc-thai"), f"/recognition-decisions/{decision}/certificates", hamlet_id=hamlet(3))
    assert len(pages(here)) == 3


def test_a_certificate_that_was_withdrawn_is_not_printed(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    decision = signed(sign_in, round_id)
    mine = next(item for item in issued(sign_in, decision) if item["household_id"] == str(homes["trai"]))
    later = ready_round(session, {homes["trai"]: "not_poor"}, year=2025)
    session.commit()
    issued(sign_in, signed(sign_in, later, "160/QĐ-UBND", "2025-12-10"))
    left = printed(sign_in("truc-thai"), f"/recognition-decisions/{decision}/certificates")
    assert len(pages(left)) == 2
    assert "TrầnĐìnhTrãi" not in text_of(left)
    answer = sign_in("truc-thai").get(f"/api/v1/certificates/{mine['id']}/paper")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")


def test_a_letter_carries_a_code_that_anybody_may_check(
    sign_in: SignIn, nobody: httpx.Client, round_id: UUID, homes: dict[str, UUID], app: Any
) -> None:
    signed(sign_in, round_id)
    officer = sign_in("truc-thai")
    body = {"household_id": str(homes["Vũ Thị Cúc"]), "as_of": "2024-12-31"}
    letter = done(officer.post("/api/v1/confirmation-letters", json=body))
    address = f"/confirmation-letters/{letter['id']}/paper"
    paper = printed(officer, address)
    assert said(
        paper, "GIẤY XÁC NHẬN", "Vũ Thị Cúc", "1966", "ngày 31 tháng 12 năm 2024",
        "thuộc diện hộ cận nghèo, hộ mới thoát nghèo", "148/QĐ-UBND", f"{letter['book_no']}/{letter['year']}",
        f"{str(nobody.base_url).rstrip('/')}{letter['verify_path']}",
    ) == []  # fmt: skip
    assert nobody.get(letter["verify_path"]).json()["valid"] is True
    app.state.settings = app.state.settings.model_copy(update={"public_url": "https://giamngheo.example.vn"})
    assert said(printed(officer, address), f"https://giamngheo.example.vn{letter['verify_path']}") == []


def test_a_refusal_gives_its_reasons(session: Session, sign_in: SignIn, homes: dict[str, UUID]) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    asked = {"household_id": str(homes["lua"]), "kind": "review", "received_on": "2024-09-20"}
    request_id = done(officer.post("/api/v1/requests", json=asked))["id"]
    made = rounds.review_round(session)
    reviewed(session, made, {homes["lua"]: "not_poor"}, stage="cleared", ground="request", request_id=UUID(request_id))
    session.commit()
    reasons = "Tổng điểm B1 là 150, cao hơn 140.\nHộ có hai xe máy."
    done(officer.post("/api/v1/refusals", json={"request_id": request_id, "reasons": reasons}))
    draft = printed(officer, f"/refusals/{request_id}/paper")
    assert said(draft, "Số: ....") == []
    signature = {"number": "31/TB-UBND", "signed_on": "2024-10-28", "signatory": "Trần Văn Kiên"}
    done(chair.post(f"/api/v1/refusals/{request_id}/signature", json=signature, headers={"If-Match": '"1"'}))
    paper = printed(chair, f"/refusals/{request_id}/paper")
    assert said(
        paper, "31/TB-UBND", "ngày 28 tháng 10 năm 2024", "Ông/Bà Lò Thị Lụa, Xóm 3, xã Trực Thái, huyện Trực Ninh",
        "giấy đề nghị rà soát hộ nghèo, hộ cận nghèo (Mẫu 01)", "ngày 20 tháng 9 năm 2024",
        "điểm B1 (thu nhập): 150; điểm B2 (mức độ thiếu hụt): 10", "1. Tổng điểm B1 là 150, cao hơn 140.",
        "2. Hộ có hai xe máy.", "Trần Văn Kiên",
    ) == []  # fmt: skip


def test_a_letter_and_its_kin_are_not_found_elsewhere(sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]) -> None:
    decision = signed(sign_in, round_id)
    given = issued(sign_in, decision)
    body = {"household_id": str(homes["huong"]), "as_of": "2024-12-31"}
    letter = done(sign_in("truc-thai").post("/api/v1/confirmation-letters", json=body))
    addresses = [
        f"{DECISIONS}/{decision}/paper", f"{DECISIONS}/{decision}/certificates",
        f"/api/v1/certificates/{given[0]['id']}/paper", f"/api/v1/confirmation-letters/{letter['id']}/paper",
    ]  # fmt: skip
    assert [sign_in("truc-dai").get(address).status_code for address in addresses] == [404] * 4
    assert [sign_in("xom-3").get(address).status_code for address in addresses] == [403] * 4


def test_many_certificates_cost_as_many_statements_as_few(session: Session, sign_in: SignIn, app: Any) -> None:
    spent: dict[str, list[int]] = {"paper": [], "certificates": []}
    for number, count, year in (("14080-01", 10, 2023), ("14080-02", 100, 2024)):
        found = households(session, count, number)
        for home in found:
            people(session, home, 2)
        days = {"year": year, "opens_on": date(year, 9, 1), "closes_on": date(year, 12, 14)}
        made = ready_round(session, dict.fromkeys(found, "poor"), number, **days)
        session.commit()
        decision = signed(sign_in, made, f"{count}/QĐ-UBND", f"{year}-12-11")
        issued(sign_in, decision)
        for what, counts in spent.items():
            with counted(app.state.engine) as statements:
                paper = printed(sign_in("truc-thai"), f"/recognition-decisions/{decision}/{what}")
            counts.append(len(statements))
        assert len(pages(paper)) == count
    for what, (few, many) in spent.items():
        assert few == many <= 20, what
