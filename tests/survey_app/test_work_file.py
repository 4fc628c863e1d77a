"""The way out without a network: a sealed file goes from one tablet to another of the same surveyor."""

from pathlib import Path

from playwright.sync_api import expect

from tests.make.people import PASSWORD
from tests.survey_app.conftest import NewTablet
from tests.survey_app.field import Commune

NOTE = "Ốm nặng, nợ Quỹ tín dụng"
PASSPHRASE = "mot cau that dai"


def test_work_that_cannot_be_sent_goes_by_a_file_and_arrives_once(
    new_tablet: NewTablet, commune: Commune, tmp_path: Path
) -> None:
    (home,) = commune.homes(1)
    first = new_tablet("máy hỏng mạng")
    first.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    first.network(False)
    first.writes(home, "Ghi chú", NOTE)
    first.go("outbox", "file")
    fields = first.page.locator("form").first.locator("input[type=password]")
    expect(fields).to_have_count(2)
    for field in fields.all():
        field.fill(PASSPHRASE)
    with first.page.expect_download() as saving:
        first.press("Tạo tệp và lưu")
    file = tmp_path / "phieu.giamngheo"
    saving.value.save_as(file)
    assert NOTE.encode() not in file.read_bytes()
    second = new_tablet("máy khác")
    second.enrol("xom-3", PASSWORD, commune.code("xom-3"))
    second.go("outbox", "file")
    second.page.locator("input[type=file]").set_input_files(file)
    passphrase = second.page.locator("form").nth(1).locator("input[type=password]")
    passphrase.fill("khong phai cau do")
    second.press("Nhận vào máy")
    expect(second.page.locator("[role=alert]")).to_have_text("Chưa đúng, xin thử lại.")
    passphrase.fill(PASSPHRASE)
    second.press("Nhận vào máy")
    second.sees("Đã nhận 1 phiếu vào hộp gửi.")
    second.press("Nhận vào máy")
    second.sees("Mọi phiếu trong tệp đã có trên máy này.")
    second.send()
    second.sent()
    first.network(True)
    first.send()
    first.sent()
    assert commune.household(home)["note"] == NOTE
    assert [outcome for _, outcome in commune.submissions()] == ["applied"]
    assert first.complaints == second.complaints == []
