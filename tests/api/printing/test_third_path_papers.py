"""The papers of the third path: Mẫu 01, the board at the commune office, the re-verification, the decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.printing.request_papers import request_paper
from tests.api.printing.families import families, printed, said, text_of
from tests.make.answers import done
from tests.make.decisions import DECISIONS, sign
from tests.make.households import actor, put_member
from tests.make.reviews import acting

SignIn = Callable[[str], httpx.Client]
CASES = "/api/v1/living-standard-cases"
SHEET = {"income_per_head_vnd": 1_950_000, "works_in_agriculture": True, "measured_on": "2024-10-16"}


@pytest.fixture
def cases(session: Session, sign_in: SignIn) -> dict[str, dict[str, Any]]:
    """Trãi's household farms at an average standard; Sáng, of Hưởng's household, earns little. Both are posted."""
    homes = families(session, "huong", "trai")
    worker = put_member(
        session,
        actor("truc-thai"),
        homes["huong"],
        full_name="Phạm Văn Sáng",
        birth_year=1990,
        relation_to_head="child",
    )
    session.commit()
    kinds: dict[UUID, dict[str, Any]] = {
        homes["trai"]: {"kind": "agri_average_living_standard"},
        homes["huong"]: {"kind": "low_income_worker", "member_id": str(worker)},
    }
    made = {}
    for home, kind in kinds.items():
        body = {"household_id": str(home), "kind": "average_living_standard", "received_on": "2024-10-10"}
        request = done(sign_in("truc-thai").post("/api/v1/requests", json=body))["id"]
        case = done(sign_in("truc-thai").post(CASES, json={"household_id": str(home), "request_id": request, **kind}))
        done(sign_in("xom-3").post(f"{CASES}/{case['id']}/income", json=SHEET))
        done(sign_in("truc-thai").post(f"{CASES}/{case['id']}/posting", json={"posted_on": "2024-10-17"}))
        made[kind["kind"]] = case | {"request_id": request}
    return made


def posting_of(session: Session, case: dict[str, Any]) -> UUID:
    session.rollback()
    query = text("SELECT posting_id FROM living_standard_case WHERE id = :id")
    found: UUID = session.execute(query, {"id": case["id"]}).scalar_one()
    return found


def test_the_board_names_the_household_by_its_head_and_the_worker_by_name(
    session: Session, sign_in: SignIn, cases: dict[str, dict[str, Any]]
) -> None:
    officer = sign_in("truc-thai")
    farm = printed(officer, f"/postings/{posting_of(session, cases['agri_average_living_standard'])}/paper")
    assert said(
        farm, "Kết quả xác định hộ có mức sống trung bình", "Trần Đình Trãi Xóm 3", "có mức sống trung bình",
        "từ ngày 17/10/2024 đến hết ngày 24/10/2024",
    ) == []  # fmt: skip
    work = printed(officer, f"/postings/{posting_of(session, cases['low_income_worker'])}/paper")
    assert said(work, "Phạm Văn Sáng Xóm 3 Người lao động có thu nhập thấp") == []
    assert "NguyễnThịHưởng" not in text_of(work)
    assert "1950000" not in text_of(work).replace(".", "")


def test_the_request_says_for_whom(session: Session, cases: dict[str, dict[str, Any]]) -> None:
    ticked = {
        kind: request_paper(session, acting("truc-thai"), UUID(case["request_id"])).paper.purpose
        for kind, case in cases.items()
    }
    assert ticked == {
        "agri_average_living_standard": "average_living_standard", "low_income_worker": "low_income_worker",
    }  # fmt: skip


def test_a_re_measured_case_is_announced(session: Session, sign_in: SignIn, cases: dict[str, dict[str, Any]]) -> None:
    case = cases["agri_average_living_standard"]
    heard = {"complainant": "Vũ Văn Tố", "received_on": "2024-10-21", "content": "Còn có cửa hàng"}
    done(sign_in("mat-tran").post(f"{CASES}/{case['id']}/complaint", json=heard))
    again = SHEET | {"finding": "Cửa hàng là của người khác", "measured_on": "2024-10-22"}
    done(sign_in("truc-thai").post(f"{CASES}/{case['id']}/re-verification", json=again))
    complaint = session.execute(text("SELECT id FROM complaint")).scalar_one()
    paper = printed(sign_in("chu-tich"), f"/complaints/{complaint}/paper")
    assert said(
        paper, "Kết quả phúc tra hộ có mức sống trung bình", "Điều 6", "Còn có cửa hàng", "Cửa hàng là của người khác",
        "Phúc tra: 22/10/2024",
    ) == []  # fmt: skip
    assert "VũVănTố" not in text_of(paper)


def test_the_decision_lists_both(sign_in: SignIn, cases: dict[str, dict[str, Any]]) -> None:
    officer = sign_in("truc-thai")
    for case in cases.values():
        done(officer.post(f"{CASES}/{case['id']}/ending"))
    body = {"kind": "living_standard", "living_standard_case_ids": [case["id"] for case in cases.values()]}
    made = done(officer.post(DECISIONS, json=body))
    answer = sign(sign_in("chu-tich"), made["id"], "120/QĐ-UBND", "2024-11-04")
    assert answer.status_code == 200, answer.text
    paper = printed(officer, f"/recognition-decisions/{made['id']}/paper")
    assert said(
        paper, "1 hộ có mức sống trung bình, 1 người lao động có thu nhập thấp", "1 Trần Đình Trãi Xóm 3",
        "1 Phạm Văn Sáng Xóm 3", "120/QĐ-UBND",
    ) == []  # fmt: skip
    # certificates are for poor and near-poor households
    assert officer.get(f"{DECISIONS}/{made['id']}/certificates").status_code == 409
