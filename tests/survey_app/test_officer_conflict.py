"""An officer decides about a second review of a household: it is taken or left as a whole."""

from collections.abc import Callable

import httpx
from playwright.sync_api import expect
from sqlalchemy import Engine

from tests.make import tablets
from tests.make.people import PASSWORD
from tests.make.tablets import push, review, submission
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, head_name
from tests.survey_app.tablet import Tablet

SignIn = Callable[[str], httpx.Client]


def opened(new_tablet: NewTablet, commune: Commune) -> Tablet:
    officer = new_tablet("cán bộ")
    officer.enrol("truc-thai", PASSWORD, commune.code("truc-thai"))
    officer.page.get_by_role("link", name="Cán bộ").wait_for()
    officer.go("officer", "conflicts")
    officer.page.locator("main .rows a").first.click()
    return officer


def test_a_second_review_is_taken_or_left_as_a_whole(
    new_tablet: NewTablet, commune: Commune, engine: Engine, sign_in: SignIn
) -> None:
    (home,) = commune.homes(1)
    round_id = commune.round([home])
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    paper = review(home, round_id, form={"code": form["code"], "version": form["version"]}, surveyed_on="2026-11-20")
    del paper["b1_entered"]
    assert commune.officer.post("/api/v1/reviews", json=paper).status_code == 201
    second = submission(
        "review", paper | {"paper_no": "B-2", "answers": {**paper["answers"], "roof_durable": False}}, seq=1
    )
    assert push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), second)[0]["outcome"] == "conflict"
    officer = opened(new_tablet, commune)
    expect(officer.page.get_by_role("heading", name=head_name(1))).to_be_visible()
    # what differs, and in the words of the form
    expect(officer.page.locator("tbody td:nth-child(3)")).to_have_text(["Có", "B-1"])
    expect(officer.page.locator("tbody td:nth-child(4)")).to_have_text(["Không", "B-2"])
    expect(officer.page.get_by_label("Giữ giá trị trên máy chủ")).to_be_visible()
    expect(officer.page.get_by_label("Ghi giá trị khác")).to_have_count(0)
    officer.page.get_by_label("Lấy giá trị của máy tính bảng").check()
    officer.type("Lý do", "Phiếu của máy mới hơn")
    officer.press("Quyết định")
    officer.sees("Không có mâu thuẫn nào.")
    assert commune.reviews(round_id)[home]["paper_no"] == "B-2"


def test_what_others_changed_since_is_decided_too(
    new_tablet: NewTablet, commune: Commune, engine: Engine, sign_in: SignIn
) -> None:
    (home,) = commune.homes(1)
    before = commune.household(home)
    commune.change(home, phone="0911000001")
    said = {"phone": "0911000002", "note": "cửa xanh"}
    sent = submission("household", said, record=home, base=before["version"])
    assert push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), sent)[0]["outcome"] == "conflict"
    officer = opened(new_tablet, commune)
    commune.change(home, note="cửa đỏ")
    officer.page.get_by_label("Lấy giá trị của máy tính bảng").check()
    officer.type("Lý do", "Đã gọi điện hỏi chủ hộ")
    officer.press("Quyết định")
    officer.sees("Từ khi mâu thuẫn này mở ra")
    expect(officer.page.get_by_label("Ghi chú")).to_have_value("cửa đỏ")
    officer.type("Điện thoại", "0911000002")
    officer.press("Quyết định")
    officer.sees("Không có mâu thuẫn nào.")
    decided = commune.household(home)
    assert (decided["phone"], decided["note"]) == ("0911000002", "cửa đỏ")
