"""Minutes, postings, re-verifications and reports, printed from what people recorded over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.area_change import apply_change
from api.areas.law import change_called
from api.areas.tables import area_id
from api.audit import SystemActor
from tests.api.papers.reading import pages
from tests.api.printing.families import NUMBER, families, printed, reviewed, said, text_of
from tests.make import rounds
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.people import account_id
from tests.make.procedure import HAMLET, complaint, minutes, posting, surveyed
from tests.make.reviews import counted, households

SignIn = Callable[[str], httpx.Client]
CHECK = {"re_verified_on": "2024-10-18", "finding": "Xe máy là của con đã tách hộ."}
MOVE = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-11-20"}
UPHELD = {"outcome": "upheld", "reason": "Điểm B2 thay đổi.", "decided_on": "2024-10-21"}


@pytest.fixture
def homes(session: Session) -> dict[str, UUID]:
    return families(session)


@pytest.fixture
def round_id(session: Session, homes: dict[str, UUID]) -> UUID:
    """A round in which xóm 3 is surveyed; Hưởng was poor before."""
    made = rounds.review_round(session)
    reviewed(session, made, {homes["huong"]: "poor"}, class_before="poor")
    reviewed(session, made, {homes["trai"]: "near_poor", homes["lua"]: "not_poor"})
    session.commit()
    return made


def met(client: httpx.Client, round_id: UUID, *separate: tuple[UUID, int, int], **fields: Any) -> str:
    return str(done(client.post("/api/v1/meetings", json=minutes(round_id, *separate, **fields)))["id"])


def hung(client: httpx.Client, round_id: UUID, **fields: Any) -> str:
    return str(done(client.post("/api/v1/postings", json=posting(round_id, **fields)))["id"])


def complained(sign_in: SignIn, posting_id: str, home: UUID) -> str:
    said_so = complaint(posting_id, home, received_on="2024-10-16", complainant="Vũ Văn Tố")
    return str(done(sign_in("mat-tran").post("/api/v1/complaints", json=said_so))["id"])


def test_the_minutes_say_who_came_and_how_they_voted(sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]) -> None:
    head = sign_in("xom-3")
    meeting = met(head, round_id, (homes["lua"], 12, 20), comments="Bà Lụa mới về xóm.\nNên xem lại điểm.")
    for who in ("xom-3", "mat-tran"):
        paper = printed(sign_in(who), f"/meetings/{meeting}/minutes")
        assert said(
            paper, "BIÊN BẢN HỌP DÂN", "xóm 3", "ngày 12 tháng 10 năm 2024", "Nhà văn hoá xóm 3", "Trần Văn Hoà",
            "Phạm Thị Lụa", "Trưởng xóm", "Đại diện hộ khác", "Mặt trận Tổ quốc Việt Nam xã Trực Thái",
            "Nguyễn Thị Hưởng 100 40 Hộ nghèo Hộ nghèo", "Trần Đình Trãi 120 20 Hộ cận nghèo",
            "trừ các hộ biểu quyết riêng 40 30 75,0 % 5",
            "Biểu quyết riêng: Lò Thị Lụa (Hộ không nghèo) 40 12 30,0 % 20",
            "Bà Lụa mới về xóm.", "Nên xem lại điểm.",
        ) == []  # fmt: skip
    order = [text_of(paper).index(name) for name in ("TrầnĐìnhTrãi", "NguyễnThịHưởng", "LòThịLụa")]
    assert order == sorted(order)  # by the number of the household


def test_the_minutes_keep_what_was_proposed_then(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    meeting = met(sign_in("xom-3"), round_id, votes=(10, 25))  # all are surveyed again
    session.execute(text("UPDATE review SET in_force = false WHERE household_id = :id"), {"id": homes["trai"]})
    rounds.review(session, round_id, homes["trai"], "poor", kind="resurvey")
    override = text("UPDATE review SET override_class = 'poor', override_reason = 'x', override_at = now() "
                    "WHERE household_id = :id")  # fmt: skip
    session.execute(override, {"id": homes["lua"]})
    session.commit()
    paper = printed(sign_in("truc-thai"), f"/meetings/{meeting}/minutes")
    assert said(paper, "Trần Đình Trãi 120 20 Hộ cận nghèo", "Lò Thị Lụa 150 10 Hộ không nghèo") == []
    assert said(paper, "Trần Đình Trãi 100 40") == ["Trần Đình Trãi 100 40"]


def test_the_board_names_head_hamlet_and_class_and_nothing_else(sign_in: SignIn, round_id: UUID) -> None:
    head = sign_in("xom-3")
    met(head, round_id)
    paper = printed(head, f"/postings/{hung(head, round_id)}/paper")
    assert said(
        paper, "DANH SÁCH NIÊM YẾT CÔNG KHAI", "từ ngày 14/10/2024 đến hết ngày 17/10/2024",
        "Nguyễn Thị Hưởng Xóm 3 Hộ nghèo", "Trần Đình Trãi Xóm 3 Hộ cận nghèo", "Lò Thị Lụa Xóm 3 Hộ không nghèo",
        "Ủy ban nhân dân xã Trực Thái",
    ) == []  # fmt: skip
    forbidden = (NUMBER, NUMBER[-4:], "1961", "Ngõ 4", "Kinh", "Thái ", "B1", "120", "Khuyết tật", "Phạm Thị Ngọc Ánh")
    told = text_of(paper).replace("TrựcThái", "").replace("TRỰCTHÁI", "")
    assert [word for word in forbidden if word.replace(" ", "") in told] == []


def test_a_board_of_a_training_round_says_so(session: Session, sign_in: SignIn, homes: dict[str, UUID]) -> None:
    made = rounds.review_round(
        session, kind="training", upper_level="none", standard_code="training-2022", standard_version=1
    )
    reviewed(session, made, {homes["trai"]: "poor"})
    session.commit()
    head = sign_in("xom-3")
    addresses = [f"/meetings/{met(head, made)}/minutes", f"/postings/{hung(head, made)}/paper"]
    for address in addresses:
        assert all("TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in page for page in pages(printed(head, address))), address


def test_a_re_verification_is_announced_without_who_complained(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    officer = sign_in("truc-thai")
    met(officer, round_id)
    made = complained(sign_in, hung(officer, round_id), homes["huong"])
    address = f"/api/v1/complaints/{made}/paper"
    early = officer.get(address)
    assert (early.status_code, early.json()["type"]) == (409, "/problems/illegal-stage")
    checked(session, officer, round_id, homes["huong"], made)
    assert said(printed(officer, f"/complaints/{made}/paper"), "Xe máy là của con đã tách hộ.", "Số:") == []
    done(sign_in("chu-tich").post(f"/api/v1/complaints/{made}/decision", json=UPHELD))
    paper = printed(sign_in("chu-tich"), f"/complaints/{made}/paper")
    assert said(
        paper, "Kết quả phúc tra hộ nghèo, hộ cận nghèo", "Nguyễn Thị Hưởng", "Xóm 3", "Hộ này có hai xe máy.",
        "Nhận: 16/10/2024", "Phúc tra: 18/10/2024", "100 40 Hộ nghèo 120 20 Hộ cận nghèo",
        "Kiến nghị đúng, thay đổi kết quả. Điểm B2 thay đổi.", "ngày 21 tháng 10 năm 2024", "chu-tich",
    ) == []  # fmt: skip
    assert "VũVănTố" not in text_of(paper)
    # the Front registers complaints, but does not read households
    refused = sign_in("mat-tran").get(address)
    assert (refused.status_code, refused.json()["permission"]) == (403, "households:read")
    assert [sign_in(who).get(address).status_code for who in ("truc-dai", "xom-4")] == [404, 404]


def checked(session: Session, officer: httpx.Client, round_id: UUID, home: UUID, complaint_id: str) -> None:
    """Re-verified by the officer as near-poor, with the review that comes with the check."""
    done(officer.post(f"/api/v1/complaints/{complaint_id}/re-verification", json=CHECK))
    before = text("UPDATE review SET in_force = false WHERE household_id = :id RETURNING id")
    review_before = session.execute(before, {"id": home}).scalar_one()
    fields = {"kind": "re_verification", "surveyor_id": account_id("truc-thai")}
    review = rounds.review(session, round_id, home, "near_poor", **fields)
    pointing = text("UPDATE complaint SET review_id = :review, review_before_id = :before WHERE id = :id")
    session.execute(pointing, {"review": review, "before": review_before, "id": complaint_id})
    session.commit()


def test_the_report_asks_with_the_totals_of_its_day(session: Session, sign_in: SignIn) -> None:
    made = rounds.review_round(session, stage="consolidated")
    poor, near, escaped, risen = households(session, 4)
    rounds.cases(session, made, [poor, near], stage="cleared")
    rounds.cases(session, made, [escaped, risen], stage="cleared", class_before="poor")
    for home, proposed in {poor: "poor", near: "near_poor", escaped: "not_poor", risen: "near_poor"}.items():
        rounds.review(session, made, home, proposed, members=[{"sex": "female"}, {"sex": "male"}])
    session.commit()
    totals = {"as_of": "2024-06-30", "households": 120, "persons": 400, "source": "Công an xã"}
    done(sign_in("truc-thai").post(f"/api/v1/areas/{HAMLET}/statistics", json=totals))
    asked = {"id": str(uuid4()), "round_id": str(made), "report_number": "45/BC-UBND", "asked_on": "2024-11-20"}
    report = done(sign_in("chu-tich").post("/api/v1/opinions", json=asked))
    counted_then = report["totals"]["total"]
    assert {name: counted_then[name] for name in ("poor_persons", "near_poor_persons")} == {
        "poor_persons": 2, "near_poor_persons": 4,
    }  # fmt: skip
    paper = printed(sign_in("truc-thai"), f"/opinions/{report['id']}/paper")
    assert said(
        paper, "45/BC-UBND", "ngày 20 tháng 11 năm 2024", "Ủy ban nhân dân huyện Trực Ninh",
        "Xóm 3 120 1 0,8 % 2 1,6 % 2 4 2 0", "không thuộc diện hộ nghèo, hộ cận nghèo: 1 hộ", "chu-tich",
    ) == []  # fmt: skip
    assert sign_in("truc-dai").get(f"/api/v1/opinions/{report['id']}/paper").status_code == 404


def test_a_paper_names_the_units_of_its_day(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    met(sign_in("xom-3"), round_id)
    made = hung(sign_in("xom-3"), round_id)
    apply_change(session, SystemActor(), change_called("2025-07-01-minh-thai"))
    session.commit()
    board = printed(sign_in("xom-3"), f"/postings/{made}/paper")
    assert said(board, "XÃ TRỰC THÁI") == []
    body = {"household_id": str(homes["trai"]), "kind": "review", "received_on": "2025-09-20"}
    asked = done(sign_in("xom-3").post("/api/v1/requests", json=body))["id"]
    request = printed(sign_in("xom-3"), f"/requests/{asked}/paper")
    assert said(request, "Chủ tịch Ủy ban nhân dân xã Minh Thái", "Xóm 3, xã Minh Thái, tỉnh Ninh Bình") == []


def test_long_lists_cost_as_many_statements_as_short_ones(session: Session, sign_in: SignIn, app: Any) -> None:
    officer = sign_in("truc-thai")
    spent: dict[str, list[int]] = {}
    for number, count in (("14080-01", 10), ("14080-02", 100)):
        made = rounds.review_round(session)
        homes = surveyed(session, made, ["poor"] * count, number)
        for home in homes:
            people(session, home, 2)
        session.commit()
        at = {"hamlet_id": str(area_id(number))}
        for address in (
            f"/meetings/{met(officer, made, **at)}/minutes",
            f"/postings/{hung(officer, made, **at)}/paper",
        ):
            with counted(app.state.engine) as statements:
                printed(officer, address)
            spent.setdefault(address.split("/")[1], []).append(len(statements))
    for kind, (few, many) in spent.items():
        assert few == many <= 20, kind


def moved_and_renamed(sign_in: SignIn, home: UUID, head: str) -> None:
    """The household moves to another commune, which enters another head and what the first one is called there."""
    done(sign_in("truc-thai").post(f"/api/v1/households/{home}/move", json=MOVE))
    there = sign_in("truc-dai")
    (old,) = done(there.get(f"/api/v1/households/{home}/members"))["items"]
    renamed = {"full_name": "Trần Đình Tráng", "relation_to_head": "parent"}
    done(
        there.patch(
            f"/api/v1/households/{home}/members/{old['id']}", json=renamed, headers={"If-Match": f'"{old["version"]}"'}
        )
    )
    person = {"sex": "female", "birth_year": 1975, "relation_to_head": "head", "ethnicity": "kinh"}
    done(there.post(f"/api/v1/households/{home}/members", json={"full_name": head, **person}))


def test_a_paper_keeps_the_name_of_its_day_when_the_household_moves_away(
    sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    head = sign_in("xom-3")
    addresses = [f"/meetings/{met(head, round_id)}/minutes", f"/postings/{(board := hung(head, round_id))}/paper"]
    moved_and_renamed(sign_in, homes["trai"], "Đỗ Thị Mến")
    for address in addresses:
        paper = printed(head, address)
        assert said(paper, "Trần Đình Trãi") == [], address
        assert said(paper, "Đỗ Thị Mến", "Trần Đình Tráng") == ["Đỗ Thị Mến", "Trần Đình Tráng"], address
    on_screen = done(head.get(f"/api/v1/postings/{board}/list"))["items"]
    assert [line["head_name"] for line in on_screen] == ["Lò Thị Lụa", "Nguyễn Thị Hưởng", "Trần Đình Trãi"]


def test_who_is_entered_elsewhere_stands_on_no_paper_of_before(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    head = sign_in("xom-3")
    stays, goes = surveyed(session, round_id, ["poor", "poor"])  # nobody is registered there yet
    meeting = met(head, round_id)
    people(session, stays, full_name="Cao Thị Ở Lại")
    session.commit()
    done(sign_in("truc-thai").post(f"/api/v1/households/{goes}/move", json=MOVE))
    people(session, goes, by="truc-dai", full_name="Đỗ Thị Mến")
    session.commit()
    paper = printed(head, f"/meetings/{meeting}/minutes")
    assert said(paper, "Cao Thị Ở Lại", "Đỗ Thị Mến") == ["Đỗ Thị Mến"]


def test_of_two_that_became_one_each_keeps_the_name_it_was_listed_with(
    session: Session, sign_in: SignIn, round_id: UUID, homes: dict[str, UUID]
) -> None:
    officer = sign_in("truc-thai")
    meeting = met(officer, round_id)
    session.execute(text("UPDATE review_case SET stage = 'recognised'"))  # a list in work holds its households
    session.commit()
    merged = {"survivor_id": str(homes["huong"]), "absorbed_id": str(homes["lua"])}
    done(officer.post("/api/v1/households/merge", json=merged))
    paper = printed(officer, f"/meetings/{meeting}/minutes")
    assert said(paper, "Nguyễn Thị Hưởng", "Lò Thị Lụa") == ["Lò Thị Lụa"]
