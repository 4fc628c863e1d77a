"""Phiếu A on the tablet: a household asks, it is screened without a network, and the officer reads what was found."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import expect
from sqlalchemy import Engine
from sqlmodel import Session

from api import clock
from mobile_sync.tablet_work import screening_of
from tests.make import screening, tablets
from tests.make.answers import done
from tests.make.people import PASSWORD
from tests.make.refusals import refused
from tests.make.tablets import push, submission
from tests.survey_app.conftest import NewTablet, out_of_reach
from tests.survey_app.field import Commune, head_name
from tests.survey_app.tablet import Tablet, until
from tests.survey_app.test_screens import Album

SignIn = Callable[[str], httpx.Client]
WHY = "Mái dột, người chính ốm dài ngày"


def asks(tablet: Tablet, home: str, kind: str = "review") -> None:
    """The household's paper is written down."""
    tablet.household(home)
    tablet.press("Ghi giấy đề nghị")
    named = {"review": re.compile("Mẫu 01|rà soát", re.IGNORECASE), "escape": re.compile("Mẫu 04|thoát", re.IGNORECASE)}
    tablet.page.get_by_role("radio", name=named[kind]).first.check()
    tablet.press("Lưu")
    expect(tablet.page.get_by_role("heading", name="Người trong hộ")).to_be_visible()


_DRAFTS = """async () => {
  const found = [];
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((opened, failed) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => opened(asked.result);
      asked.onerror = failed;
    });
    if (db.objectStoreNames.contains('drafts')) {
      const rows = db.transaction('drafts').objectStore('drafts').getAll();
      await new Promise(next => { rows.onsuccess = next; });
      const bytes = (_, value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? Array.from(new Uint8Array(value.buffer ?? value)) : value;
      found.push(...rows.result.map(row => JSON.stringify(row, bytes)));
    }
    db.close();
  }
  return found;
}"""


def drafts(tablet: Tablet) -> list[str]:
    """What lies on the disk of half-filled forms, sealed."""
    rows: list[str] = tablet.page.evaluate(_DRAFTS)
    return rows


def handed_in(tablet: Tablet, commune: Commune, home: str) -> str:
    """The household's paper has reached the server, and the tablet is out of reach again: the request's id."""
    asks(tablet, home)
    tablet.network(True)
    tablet.sent()
    tablet.network(False)
    return request_of(commune, home)


def screens(tablet: Tablet) -> None:
    """Phiếu A is filled in at the household whose screen is open, and sent."""
    tablet.press("Làm Phiếu A")
    tablet.page.get_by_role("radio", name="Cần làm Phiếu B", exact=True).check()
    tablet.type("Lý do", WHY)
    tablet.press("Lưu Phiếu A")
    tablet.network(True)
    tablet.sent()


def request_of(commune: Commune, home: str) -> str:
    papers = done(commune.officer.get("/api/v1/requests", params={"household_id": home}))["items"]
    (request,) = (one["id"] for one in papers if one["kind"] == "review")
    return str(request)


def found(commune: Commune, home: str) -> Any:
    return done(commune.officer.get(f"/api/v1/requests/{request_of(commune, home)}/screening"))


def killed_in_the_middle(tablet: Tablet, home: str) -> None:
    """What was answered is there when the browser comes back."""
    tablet.page.get_by_role("radio", name="Cần làm Phiếu B", exact=True).check()
    until(lambda: drafts(tablet) != [], "the first answer is on the disk", tablet.page)
    before = drafts(tablet)
    tablet.type("Lý do", WHY)
    until(lambda: drafts(tablet) != before, "and the second", tablet.page)
    tablet.kill()
    tablet.on()
    tablet.unlock()
    tablet.household(home)
    tablet.press("Làm tiếp Phiếu A")
    expect(tablet.page.get_by_label("Lý do")).to_have_value(WHY)
    expect(tablet.page.get_by_role("radio", name="Cần làm Phiếu B", exact=True)).to_be_checked()


def test_a_request_is_screened_without_a_network_and_the_officer_reads_it(
    new_tablet: NewTablet, commune: Commune
) -> None:
    (home, other) = commune.homes(2)
    tablet = out_of_reach(new_tablet, commune)
    asks(tablet, other, "escape")
    expect(tablet.button("Làm Phiếu A")).to_have_count(0)
    asks(tablet, home)
    tablet.go("list")
    expect(tablet.page.get_by_text("Chờ Phiếu A")).to_have_count(1)
    tablet.household(home)
    tablet.press("Làm Phiếu A")
    tablet.sees("Câu hỏi của Phiếu A chưa có trong sổ")
    tablet.press("Lưu Phiếu A")
    tablet.sees("Xin chọn một kết quả.")
    killed_in_the_middle(tablet, home)
    tablet.press("Lưu Phiếu A")
    tablet.sees("Phiếu A: Cần làm Phiếu B")
    tablet.sees(re.compile("Chưa gửi được: .*kết quả Phiếu A"))
    tablet.go("list")
    expect(tablet.page.get_by_text("Đã có Phiếu A")).to_have_count(1)
    tablet.go("outbox")
    tablet.sees(f"Phiếu A · {head_name(1)}")
    assert WHY.encode() not in tablet.disk()
    tablet.network(True)
    tablet.sent()
    told = found(commune, home)
    assert (told["passed"], told["reason"], told["screened_by"], told["form"]) == (True, WHY, "xom-3", None)
    corrected(tablet, commune, home)
    assert tablet.complaints == []


def corrected(tablet: Tablet, commune: Commune, home: str) -> None:
    tablet.household(home)
    tablet.press("Sửa Phiếu A")
    tablet.page.get_by_role("radio", name="Không cần làm Phiếu B", exact=True).check()
    tablet.press("Lưu Phiếu A")
    tablet.sees("Phiếu A: Không cần làm Phiếu B")
    tablet.sent()
    told = found(commune, home)
    assert (told["passed"], told["reason"], told["version"]) == (False, WHY, 2)


def test_the_list_of_a_training_round_does_not_settle_it(new_tablet: NewTablet, commune: Commune) -> None:
    (home,) = commune.homes(1)
    tablet = out_of_reach(new_tablet, commune)
    asks(tablet, home)
    screens(tablet)
    commune.round([])
    tablet.send()
    tablet.go("list")
    tablet.tab("Chưa làm", 1)
    corrected(tablet, commune, home)
    assert tablet.complaints == []


def test_a_form_with_items_is_asked_question_by_question_and_its_rule_decides(
    new_tablet: NewTablet, commune: Commune, session: Session
) -> None:
    screening.in_force(session)
    session.commit()
    (home,) = commune.homes(1)
    tablet = out_of_reach(new_tablet, commune)
    asks(tablet, home)
    tablet.press("Làm Phiếu A")
    salary = tablet.page.get_by_role("group", name=re.compile("hưởng lương"))
    lost = tablet.page.get_by_role("group", name=re.compile("mất việc"))
    expect(lost).to_have_count(0)
    salary.get_by_label("Không").check()
    expect(lost).to_have_count(1)
    tablet.page.get_by_role("group", name=re.compile("ô tô")).get_by_label("Không").check()
    tablet.press("Tiếp tục")
    expect(lost).to_have_count(0)  # another section: another screen
    tablet.press("Tiếp tục")
    tablet.sees("Còn thiếu, xin bổ sung rồi gửi:")
    expect(tablet.button("Lưu Phiếu A")).to_be_disabled()
    tablet.press("THỬ: Nhà có nguy cơ sập không?")
    tablet.page.get_by_role("group", name=re.compile("nguy cơ sập")).get_by_label("Không").check()
    tablet.press("Tiếp tục")
    tablet.sees("Các câu trả lời chưa đủ để kết luận")
    tablet.press("Trước")
    tablet.page.get_by_role("group", name=re.compile("nguy cơ sập")).get_by_label("Có").check()
    tablet.press("Tiếp tục")
    tablet.sees("Theo các câu trả lời: Cần làm Phiếu B.")
    tablet.press("Lưu Phiếu A")
    tablet.sees("Phiếu A: Cần làm Phiếu B")
    tablet.network(True)
    tablet.sent()
    told = found(commune, home)
    assert (told["passed"], told["by_rule"], told["form"]) == (True, True, screening.FORM)
    assert told["differs_from_device"] is False
    assert told["answers"] == {"test_salary": False, "test_car": False, "test_house_unsafe": True}
    assert tablet.complaints == []


def test_its_questions_fit_every_tablet(new_tablet: NewTablet, commune: Commune, session: Session, axe: str) -> None:
    screening.in_force(session)
    session.commit()
    (home,) = commune.homes(1)
    album, tablet = Album(axe), out_of_reach(new_tablet, commune)
    asks(tablet, home)
    tablet.press("Làm Phiếu A")
    album.shoot(tablet, "screening-questions")
    for step in range(2):
        for question in tablet.page.get_by_role("group", name=re.compile("THỬ")).all():
            question.get_by_label("Không").check()
        tablet.press("Tiếp tục")
        album.shoot(tablet, f"screening-step-{step}")
    assert album.wrong == []


def test_what_somebody_else_found_meanwhile_is_decided_by_the_officer(
    new_tablet: NewTablet, commune: Commune, engine: Engine, sign_in: SignIn
) -> None:
    (home,) = commune.homes(1)
    tablet = out_of_reach(new_tablet, commune)
    request = handed_in(tablet, commune, home)
    theirs = tablets.screening(request, passed=False, reason="Có lương hưu", screened_on=clock.today().isoformat())
    sent = submission("screening", theirs, record=screening_of(request))
    assert push(sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), sent)[0]["outcome"] == "applied"
    tablet.household(home)
    screens(tablet)
    tablet.sees("Có người khác cũng sửa: kết quả Phiếu A. Cán bộ xã sẽ quyết định.")
    tablet.sees("Phiếu A: Cần làm Phiếu B")  # what was written here is still seen here
    assert found(commune, home)["passed"] is False
    officer = new_tablet("cán bộ")
    officer.enrol("truc-thai", PASSWORD, commune.code("truc-thai"))
    officer.go("officer", "conflicts")
    officer.page.locator("main .rows a").first.click()
    expect(officer.page.get_by_role("heading", name=f"Phiếu A · {head_name(1)}")).to_be_visible()
    expect(officer.page.get_by_label("Ghi giá trị khác")).to_have_count(0)
    officer.page.get_by_label("Lấy giá trị của máy tính bảng").check()
    officer.type("Lý do", "Đã đến nhà xem lại")
    officer.press("Quyết định")
    officer.sees("Không có mâu thuẫn nào.")
    told = found(commune, home)
    assert (told["passed"], told["reason"]) == (True, WHY)


def test_a_request_that_was_refused_in_writing_says_so_and_is_closed(
    new_tablet: NewTablet, commune: Commune, sign_in: SignIn, axe: str
) -> None:
    """What was found at the door meanwhile is not lost: it is with the officer."""
    (home,) = commune.homes(1)
    album, tablet = Album(axe), out_of_reach(new_tablet, commune)
    request = handed_in(tablet, commune, home)
    result = {"passed": False, "reason": "Có lương hưu", "screened_on": clock.today().isoformat()}
    done(commune.officer.post(f"/api/v1/requests/{request}/screening", json=result))
    refused(sign_in, request)
    tablet.household(home)
    screens(tablet)
    tablet.sees("Có người khác cũng sửa: kết quả Phiếu A. Cán bộ xã sẽ quyết định.")
    tablet.sees("đã bị từ chối bằng văn bản số 31/TB-UBND ngày 28/10/2024")
    expect(tablet.button("Sửa Phiếu A")).to_have_count(0)
    expect(tablet.button("Làm Phiếu A")).to_have_count(0)
    album.shoot(tablet, "request-refused")
    assert found(commune, home)["passed"] is False
    tablet.go("screening", request)
    tablet.sees("xin ghi giấy đề nghị mới")
    assert album.wrong == []
