"""What is written down at a door without a network is in the register as it was typed, once it is sent: a new household
with its people, a split, requests, support that was handed over."""

import re
from typing import Any

from playwright.sync_api import Locator, expect
from sqlalchemy import Engine

from api import clock
from tests.make import interventions, sheets
from tests.make.answers import done
from tests.survey_app.conftest import NewTablet, out_of_reach
from tests.survey_app.field import Commune, child_name, head_name
from tests.survey_app.tablet import Tablet

HEAD = {
    "full_name": "Đặng Văn Mới", "sex": "male", "birth_date": "1979-03-08", "relation_to_head": "head",
    "ethnicity": "kinh", "qualification": "lower_secondary", "labour_status": "working", "labour_contract": False,
    "occupation": "Đánh cá", "health_insurance": True, "social_allowance": False, "merit_person": True,
    "disability": "mild",
}  # fmt: skip
WIFE = {"full_name": "Vũ Thị Út", "sex": "female", "birth_year": 1984, "relation_to_head": "spouse", "ethnicity": "tay"}
CHILD = {
    "full_name": "Đặng Thị Nhỏ", "sex": "female", "birth_date": "2017-11-30", "relation_to_head": "child",
    "ethnicity": "kinh", "schooling": "primary", "right_level": True, "nutrition": "normal",
}  # fmt: skip
LABELS = {
    "full_name": "Họ và tên", "birth_date": "Ngày sinh", "birth_year": "Năm sinh",
    "relation_to_head": "Quan hệ với chủ hộ", "ethnicity": "Dân tộc", "qualification": "Trình độ cao nhất",
    "labour_status": "Việc làm", "occupation": "Nghề nghiệp", "disability": "Khuyết tật", "schooling": "Đang học cấp",
    "nutrition": "Dinh dưỡng",
}  # fmt: skip
YES_NO = {
    "labour_contract": "Có hợp đồng lao động?", "health_insurance": "Có thẻ bảo hiểm y tế?",
    "merit_person": "Người có công?", "social_allowance": "Hưởng trợ cấp xã hội hằng tháng?",
    "right_level": "Học đúng cấp so với tuổi?",
}  # fmt: skip


def fill(place: Locator, person: dict[str, Any]) -> None:
    """Everything of a person, field by field, as it stands on the screen."""
    for field, value in person.items():
        if field == "sex":
            place.get_by_label("Nam" if value == "male" else "Nữ", exact=True).check()
        elif field in YES_NO:
            group = place.get_by_role("group", name=YES_NO[field])
            group.get_by_label("Có" if value else "Không", exact=True).check()
        elif field in (
            "ethnicity",
            "relation_to_head",
            "qualification",
            "labour_status",
            "disability",
            "schooling",
            "nutrition",
        ):
            chosen = place.get_by_label(LABELS[field])
            if chosen.count():  # what the head is to the head is not asked
                chosen.select_option(value)
        else:
            place.get_by_label(LABELS[field]).fill(str(value))


def people_of(commune: Commune, home: str) -> dict[str, Any]:
    """By name."""
    told = done(commune.officer.get(f"/api/v1/households/{home}/members"))
    return {one["full_name"]: one for one in (told["items"] if isinstance(told, dict) else told)}


def home_on_screen(tablet: Tablet) -> str:
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    return str(tablet.page.evaluate("location.hash")).split("/")[2]


def write_a_new_household(tablet: Tablet) -> str:
    tablet.page.get_by_role("link", name=re.compile("Thêm hộ mới ở Xóm 3")).click()
    tablet.type("Số hộ", "501")
    tablet.type("Địa chỉ", "Đầu đê, nhà mới")
    tablet.page.get_by_label("Tạm trú").check()
    tablet.press("Thêm người")
    tablet.press("Thêm người")
    for place, person in enumerate((HEAD, WIFE, CHILD)):
        fill(tablet.page.locator("section.person").nth(place), person)
    tablet.press("Lưu")
    return home_on_screen(tablet)


def test_a_new_household_is_changed_before_it_is_sent_and_is_in_the_register_as_it_was_typed(
    new_tablet: NewTablet, commune: Commune
) -> None:
    tablet = out_of_reach(new_tablet, commune)
    home = write_a_new_household(tablet)
    tablet.writes(home, "Điện thoại", "0912345670")
    tablet.page.get_by_role("button", name="Đặng Thị Nhỏ").click()
    fill(tablet.page.locator("main"), {"full_name": "Đặng Thị Nhỏ Hơn", "schooling": "lower_secondary"})
    tablet.press("Lưu")
    home_on_screen(tablet)
    tablet.press("Thêm người")
    baby = {"full_name": "Đặng Văn Bé", "sex": "male", "birth_date": "2025-02-01", "relation_to_head": "child"}
    fill(tablet.page.locator("main"), baby)
    tablet.press("Lưu")
    home_on_screen(tablet)
    tablet.off()
    tablet.on()
    tablet.unlock()
    tablet.sees("Đặng Văn Mới")
    tablet.network(True)
    tablet.send()
    tablet.sent()
    stored = commune.household(home)
    told = {name: stored[name] for name in ("household_no", "address", "phone", "residence", "hamlet_id")}
    hamlet = next(area["id"] for area in commune.reference()["areas"] if area["level"] == "hamlet")
    assert told == {
        "household_no": "501", "address": "Đầu đê, nhà mới", "phone": "0912345670", "residence": "temporary",
        "hamlet_id": hamlet,
    }  # fmt: skip
    people = people_of(commune, home)
    older = CHILD | {"full_name": "Đặng Thị Nhỏ Hơn", "schooling": "lower_secondary"}
    typed = {str(one["full_name"]): one for one in (HEAD, WIFE, older, baby | {"ethnicity": "kinh"})}
    assert {name: {field: people[name][field] for field in one} for name, one in typed.items()} == typed
    assert people.keys() == typed.keys()
    assert stored["head_member_id"] == people["Đặng Văn Mới"]["id"]
    assert [outcome for _, outcome in commune.submissions()] == ["applied"] * 7
    assert tablet.complaints == []


def test_two_who_leave_for_a_household_of_their_own_are_there_in_the_register(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (old,) = commune.homes(1)
    tablet = out_of_reach(new_tablet, commune)
    tablet.household(old)
    tablet.press("Thêm người")
    son = {"full_name": "Trần Văn Con Trai", "sex": "male", "birth_year": 1998, "relation_to_head": "child"}
    fill(tablet.page.locator("main"), son)
    tablet.press("Lưu")
    home_on_screen(tablet)
    tablet.press("Tách hộ")
    tablet.page.get_by_label("Trần Văn Con Trai").check()
    tablet.page.get_by_label(child_name(1)).check()
    tablet.page.get_by_role("group", name="Ai là chủ hộ mới?").get_by_label("Trần Văn Con Trai").check()
    tablet.page.get_by_label(f"{child_name(1)} là gì của chủ hộ mới?").select_option("grandchild")
    tablet.type("Số hộ của hộ mới", "502")
    tablet.type("Địa chỉ hộ mới", "Sau chùa")
    tablet.press("Lưu")
    assert home_on_screen(tablet) == old
    expect(tablet.page.locator("ul.people li")).to_have_count(1)
    tablet.network(True)
    tablet.send()
    tablet.sent()
    assert people_of(commune, old).keys() == {head_name(1)}
    page = done(commune.officer.get("/api/v1/households", params={"limit": 50}))
    (new,) = [one for one in page["items"] if one["id"] != old]
    stored = commune.household(new["id"])
    assert (stored["household_no"], stored["address"], stored["residence"]) == ("502", "Sau chùa", "permanent")
    people = people_of(commune, new["id"])
    assert {name: one["relation_to_head"] for name, one in people.items()} == {
        "Trần Văn Con Trai": "head", child_name(1): "grandchild",
    }  # fmt: skip
    assert stored["head_member_id"] == people["Trần Văn Con Trai"]["id"]
    assert [outcome for _, outcome in commune.submissions()] == ["applied"] * 4
    assert tablet.complaints == []


def test_requests_of_mau_01_and_mau_04_are_in_the_register(new_tablet: NewTablet, commune: Commune) -> None:
    first, second = commune.homes(2)
    tablet = out_of_reach(new_tablet, commune)
    for home, kind, reason in (
        (first, "Mẫu 01", "Nhà cháy, mất hết lúa"), (second, "Mẫu 04", "Con đi làm, đủ ăn"),
    ):  # fmt: skip
        tablet.household(home)
        tablet.press("Ghi giấy đề nghị")
        tablet.page.get_by_label(re.compile(rf"Đề nghị (rà soát|công nhận).*{kind}")).check()
        tablet.type("Ngày nhận giấy", "2026-11-02")
        tablet.type("Lý do hộ nêu", reason)
        tablet.press("Lưu")
        assert home_on_screen(tablet) == home
        tablet.sees(re.compile("Chưa gửi được: giấy đề nghị"))
        tablet.sees(re.compile(f"{kind}.*, 02/11/2026"))
    tablet.network(True)
    tablet.send()
    tablet.sent()
    stored = done(commune.officer.get("/api/v1/requests"))["items"]
    assert {(one["household_id"], one["kind"], one["received_on"], one["reason"]) for one in stored} == {
        (first, "review", "2026-11-02", "Nhà cháy, mất hết lúa"), (second, "escape", "2026-11-02", "Con đi làm, đủ ăn"),
    }  # fmt: skip
    assert len(stored) == 2
    assert tablet.complaints == []


def test_support_that_was_handed_over_or_refused_is_ticked_in_the_register(
    new_tablet: NewTablet, commune: Commune, engine: Engine
) -> None:
    taken, refused = commune.homes(2)
    sheet = sheets.drawn_up(commune.officer, interventions.serving(engine), [taken, refused], amount_vnd=175_000)
    tablet = out_of_reach(new_tablet, commune)
    for home, takes in ((taken, True), (refused, False)):
        tablet.household(home)
        tablet.page.get_by_role("button", name=re.compile(r"Hỗ trợ tiền điện.*175\.000")).click()
        if takes:
            tablet.type("Người nhận", "Con gái chủ hộ")
        else:
            tablet.page.get_by_role("group", name="Hộ có nhận không?").get_by_label("Không", exact=True).check()
            tablet.type("Ghi chú", "Nhường cho nhà khác")
        tablet.press("Lưu")
        assert home_on_screen(tablet) == home
        expect(tablet.page.get_by_text("Hỗ trợ chờ trao")).to_have_count(0)
    tablet.network(True)
    tablet.send()
    tablet.sent()
    stored = {one["household_id"]: one for one in done(commune.officer.get("/api/v1/deliveries"))["items"]}
    today = clock.today().isoformat()
    fields = ("outcome", "received_by", "delivered_on", "amount_vnd", "note")
    assert {home: tuple(one[name] for name in fields) for home, one in stored.items()} == {
        taken: ("delivered", "Con gái chủ hộ", today, 175_000, None),
        refused: ("refused", head_name(2), today, 175_000, "Nhường cho nhà khác"),
    }  # fmt: skip
    lines = done(commune.officer.get(f"{sheets.URL}/{sheet['id']}"))["lines"]
    assert {line["household_id"]: line["state"] for line in lines} == {taken: "delivered", refused: "refused"}
    assert tablet.complaints == []
