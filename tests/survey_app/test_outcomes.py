"""Work that could not simply be put into the register: what the surveyor reads of it in the outbox, and what the
officer decides about it on a tablet of their own. Nothing is lost on the way."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Route, expect
from sqlalchemy import Engine, text

from api.areas.tables import area_id
from tests.make import tablets
from tests.make.answers import done
from tests.make.people import PASSWORD
from tests.make.poison import mended, poisoned
from tests.make.tablets import push, review, submission
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune, head_name
from tests.survey_app.tablet import Tablet, until

SignIn = Callable[[str], httpx.Client]
KEPT = "Máy chủ đang giữ, chờ xử lý"


@pytest.fixture
def fault(engine: Engine) -> Iterator[None]:
    """A fault of the server until it is mended: the database refuses one value for a reason that nobody expects."""
    with poisoned(engine):
        yield


def enrolled(new_tablet: NewTablet, commune: Commune, username: str, name: str = "máy xóm 3") -> Tablet:
    tablet = new_tablet(name)
    tablet.enrol(username, PASSWORD, commune.code(username))
    return tablet


def officers(new_tablet: NewTablet, code: str, username: str = "truc-thai") -> Tablet:
    officer = new_tablet(f"máy {username}")
    officer.enrol(username, PASSWORD, code)
    officer.page.get_by_role("link", name="Cán bộ").click()
    return officer


def new_household(tablet: Tablet, note: str) -> None:
    """Without a network: a household of one person, which the register does not know."""
    tablet.network(False)
    tablet.page.get_by_role("link", name=re.compile("Thêm hộ mới")).click()
    tablet.type("Số hộ", "601")
    tablet.type("Ghi chú", note)
    person(tablet.page.locator("section.person"), "Đoàn Văn Chờ")
    tablet.press("Lưu")
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()


def person(place: Locator, name: str) -> None:
    place.get_by_label("Họ và tên").fill(name)
    place.get_by_label("Nam", exact=True).check()
    place.get_by_label("Năm sinh").fill("1970")
    place.get_by_label("Dân tộc").select_option("kinh")


def outbox(tablet: Tablet) -> None:
    """Everything that can be sent is sent; what came of it is on the screen."""
    tablet.network(True)
    tablet.send()
    until(lambda: not tablet.busy(), "a synchronisation ends", tablet.page)
    tablet.sent()


def group(tablet: Tablet, title: str, count: int) -> Locator:
    expect(tablet.page.get_by_role("heading", name=f"{title} ({count})")).to_be_visible()
    return tablet.page.locator("section.card").filter(has=tablet.page.get_by_role("heading", name=title))


def waiting(officer: Tablet, kind: str) -> Locator:
    """The officer's list of one kind, as the server has it now."""
    officer.go("officer")
    officer.page.get_by_role("link", name=re.compile("Phiếu chờ xử lý")).click()
    officer.press(kind)
    expect(officer.page.get_by_role("button", name=kind, exact=True)).to_have_attribute("aria-pressed", "true")
    expect(officer.page.get_by_text("Đang hỏi máy chủ…")).to_have_count(0)
    return officer.page.locator("article.piece")


def late_answer(officer: Tablet) -> None:
    """The held ones are asked for, then those that failed; the first answer is the last to come."""
    asked: list[Route] = []
    path = "**/submissions/waiting?outcome=held*"
    officer.page.route(path, lambda route: asked.append(route))  # noqa: PLW0108 (a built-in has no place for its events)
    officer.go("officer", "waiting")
    until(lambda: bool(asked), "the held ones are asked for", officer.page)
    officer.press("Lỗi máy chủ")
    shown = officer.page.locator("article.piece")
    expect(shown).to_contain_text("Máy chủ gặp lỗi khi xử lý phiếu.")
    with officer.page.expect_response(path):
        asked[0].continue_()
    officer.page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(shown).to_contain_text("Máy chủ gặp lỗi khi xử lý phiếu.")
    officer.page.unroute(path)


def not_asked_for_days(engine: Engine) -> None:
    """As if the tablet had been in contact all the time, and had not asked what became of its work."""
    with engine.begin() as connection:
        earlier = "received_at = received_at - interval '4 days', decided_at = decided_at - interval '4 days'"
        connection.execute(text(f"UPDATE sync_submission SET {earlier}"))
        connection.execute(text("UPDATE device SET outcomes_asked_at = NULL"))


def total(commune: Commune) -> int:
    return len(done(commune.officer.get("/api/v1/households"))["items"])


@pytest.mark.usefixtures("fault")
def test_work_that_failed_on_the_server_is_kept_and_tried_again_by_the_officer(
    new_tablet: NewTablet, commune: Commune, engine: Engine
) -> None:
    surveyor = enrolled(new_tablet, commune, "xom-3")
    new_household(surveyor, "độc")
    outbox(surveyor)
    kept = group(surveyor, KEPT, 2)
    expect(kept.get_by_role("article", name="Hộ · Đoàn Văn Chờ")).to_be_visible()
    expect(kept.get_by_role("article", name="Thành viên · Đoàn Văn Chờ")).to_be_visible()
    expect(kept.get_by_role("button", name="Sửa lại")).to_have_count(0)
    kept.get_by_role("button", name="Mở hộ").first.click()
    surveyor.sees("Đang chờ xử lý trên máy chủ: thông tin hộ.")
    officer = officers(new_tablet, commune.code("truc-thai"))
    not_asked_for_days(engine)
    officer.page.get_by_role("link", name=re.compile("Các máy tính bảng")).click()
    line = officer.page.get_by_role("article", name="Máy của xom-3")
    expect(line).to_contain_text("giữ 1, lỗi 1, mâu thuẫn 0")
    expect(line).to_contain_text("không còn phiếu nào")
    expect(line).to_contain_text("2 phiếu không có hiệu lực, mà máy không hỏi lại kết quả")
    late_answer(officer)
    expect(waiting(officer, "Đang giữ")).to_have_count(1)
    failed = waiting(officer, "Lỗi máy chủ")
    expect(failed).to_contain_text("xom-3, Máy của xom-3")
    failed.get_by_role("button", name="Xem nội dung").click()
    expect(failed).to_contain_text(re.compile("Số hộ601.*Ghi chúđộc"))
    failed.get_by_role("button", name="Thử lại").click()
    officer.sees("Hộ: máy chủ vẫn gặp lỗi")
    mended(engine)
    failed.get_by_role("button", name="Thử lại").click()
    officer.sees("Hộ: đã ghi nhận")
    expect(failed).to_have_count(0)
    expect(officer.page.locator("h1")).to_be_focused()
    expect(waiting(officer, "Đang giữ")).to_have_count(0)  # its person came with it
    outbox(surveyor)
    group(surveyor, "Đã gửi và an toàn", 2)
    assert total(commune) == 1
    assert officer.complaints == surveyor.complaints == []


@pytest.mark.usefixtures("fault")
def test_work_that_the_officer_does_not_take_comes_back_with_the_reason_and_is_put_right(
    new_tablet: NewTablet, commune: Commune
) -> None:
    surveyor = enrolled(new_tablet, commune, "xom-3")
    new_household(surveyor, "độc")
    outbox(surveyor)
    officer = officers(new_tablet, commune.code("truc-thai"))
    failed = waiting(officer, "Lỗi máy chủ")
    refuse = failed.get_by_role("button", name="Không nhận…")
    refuse.press("Enter")
    reason = failed.get_by_label("Lý do không nhận")
    expect(reason).to_be_focused()
    reason.press("Escape")
    expect(refuse).to_be_focused()
    refuse.press("Enter")
    expect(failed.get_by_role("button", name="Không nhận phiếu này")).to_be_disabled()
    reason.fill("Ghi chú này máy chủ không nhận, xin ghi lại")
    failed.get_by_role("button", name="Không nhận phiếu này").press("Enter")
    officer.sees("Hộ: không nhận")
    expect(failed).to_have_count(0)
    outbox(surveyor)
    group(surveyor, KEPT, 1)  # the person still waits for the household
    refused = group(surveyor, "Bị trả lại, cần sửa", 1)
    expect(refused).to_contain_text("Ghi chú này máy chủ không nhận, xin ghi lại")
    refused.get_by_role("button", name="Sửa lại").click()
    expect(surveyor.page.get_by_label("Số hộ")).to_have_value("601")
    surveyor.type("Ghi chú", "lành")
    surveyor.press("Lưu")
    expect(surveyor.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()
    outbox(surveyor)
    expect(surveyor.page.get_by_role("heading", name=KEPT)).to_have_count(0)
    group(surveyor, "Bị trả lại, đã làm lại", 1)
    (home,) = done(commune.officer.get("/api/v1/households"))["items"]
    assert (home["note"], home["household_no"]) == ("lành", "601")
    people = done(commune.officer.get(f"/api/v1/households/{home['id']}/members"))
    assert [one["full_name"] for one in people["items"]] == ["Đoàn Văn Chờ"]
    assert officer.complaints == surveyor.complaints == []


def test_work_on_a_household_that_has_moved_is_decided_where_it_lives_now(
    new_tablet: NewTablet, commune: Commune, sign_in: SignIn
) -> None:
    (home,) = commune.homes(1)
    surveyor = enrolled(new_tablet, commune, "xom-3")
    surveyor.network(False)
    surveyor.writes(home, "Điện thoại", "0911222333")
    elsewhere = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2026-11-02"}
    done(commune.officer.post(f"/api/v1/households/{home}/move", json=elsewhere))
    outbox(surveyor)
    group(surveyor, KEPT, 1)
    here = officers(new_tablet, commune.code("truc-thai"))
    left = waiting(here, "Đang giữ")
    expect(left).to_have_count(1)
    expect(left).not_to_contain_text("0911222333")
    expect(left.get_by_role("button")).to_have_count(0)
    code = done(sign_in("truc-dai").post("/sync/v1/enrolments", json={"username": "truc-dai"}))["enrolment_code"]
    there = officers(new_tablet, code, "truc-dai")
    came = waiting(there, "Đang giữ")
    expect(came).to_contain_text(head_name(1))
    came.get_by_role("button", name="Xem nội dung").click()
    expect(came).to_contain_text("0911222333")
    came.get_by_role("button", name="Thử lại").click()
    there.sees(re.compile("đã ghi nhận"))
    stored = done(sign_in("truc-dai").get(f"/api/v1/households/{home}"))
    assert stored["phone"] == "0911222333"
    assert waiting(here, "Đang giữ").count() == 0
    outbox(surveyor)
    expect(surveyor.page.get_by_role("heading", name=KEPT)).to_have_count(0)
    assert here.complaints == there.complaints == surveyor.complaints == []


def test_a_review_that_was_refused_too_early_is_taken_when_the_household_is_on_the_list(
    new_tablet: NewTablet, commune: Commune, engine: Engine, sign_in: SignIn
) -> None:
    listed, late = commune.homes(2)
    round_id = commune.round([listed])
    form = next(one for one in commune.reference()["forms"] if one["code"] == "form-b")
    paper = review(late, round_id, form={"code": form["code"], "version": form["version"]}, surveyed_on="2026-11-20")
    del paper["b1_entered"]
    sent = push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), submission("review", paper))
    assert [(one["outcome"], one["problem"]["type"]) for one in sent] == [("rejected", "/problems/not-in-round")]
    officer = officers(new_tablet, commune.code("truc-thai"))
    refused = waiting(officer, "Thử lại được")
    expect(refused).to_contain_text(re.compile("không (có tên |có |nằm )?trong (danh sách|đợt)", re.IGNORECASE))
    expect(refused.get_by_role("button", name="Không nhận…")).to_be_enabled()  # or else it would stay there for ever
    refused.get_by_role("button", name="Thử lại").click()
    officer.sees(re.compile(": không nhận"))
    addition = {"household_id": late, "reason": "Trưởng xóm đề nghị"}
    done(commune.officer.post(f"/api/v1/rounds/{round_id}/households", json=addition))
    refused.get_by_role("button", name="Thử lại").click()
    officer.sees(re.compile(": đã ghi nhận"))
    expect(refused).to_have_count(0)
    assert commune.reviews(round_id)[late]["paper_no"] == paper["paper_no"]
    assert officer.complaints == []
