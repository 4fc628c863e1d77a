"""Every printed form: all texts come back out of the PDF as they went in, on A4, whatever they are."""

import re
import unicodedata
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from api.papers import decisions, procedure, rendering
from api.papers.grounds import legal_grounds
from api.papers.parts import Member
from api.papers.rendering import PAPERS, PaperTooLarge, render
from tests.api.papers import samples
from tests.api.papers.reading import across, fonts, letters_not_drawn, pages, sizes, squeezed

BANNER = "TẬP HUẤN - KHÔNG CÓ GIÁ TRỊ PHÁP LÝ"
LONG_NAME = "Tôn Nữ Hoàng Thị Phương Thảo Nguyễn Khắc Quỳnh Uyển Đặng Trần Bảo Ngọc Ánh Tuyết " * 3
EVERY_LETTER = (
    " ".join(
        chr(code)
        for code in range(0xC0, 0x1EFA)
        if unicodedata.normalize("NFD", chr(code).upper())[0] in "AEIOUYĂÂÊÔƠƯ"
        and all(
            mark in "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
            for mark in unicodedata.normalize("NFD", chr(code))[1:]
        )
    )
    + " đ Đ"
)
HOSTILE = [
    '#panic(1) #import "x.typ": * #data $x^2$ *đậm* _nghiêng_ `mã` \\ \\u{41} <nhãn> @nguồn',
    "= Tiêu đề // chú thích /* hết */ ~ -- --- ... ; 1. + - / [ ] { } ( ) & % \" ' \" '",
    "<script>alert(1)</script> {{7*7}} ${x} %s {0} ]] #] ốc",
]

# What a form holds and must not show, or shows in capitals only: members' columns that the legal form does not have.
NOT_PRINTED: dict[str, set[str]] = {
    "review_request": {"Khuyết tật nặng"},
    "escape_request": {"Khuyết tật nặng"},
    "decision": set(),
    "certificates": {
        "Có việc làm",
        "Không có việc làm",
        "Đang đi học",
        "Xóm 3, xã Trực Thái, huyện Trực Ninh, tỉnh Nam Định",
    },
    "confirmation": {"Xóm 3, xã Trực Thái, huyện Trực Ninh, tỉnh Nam Định"},
}


def text_of(pdf: bytes) -> str:
    return squeezed("".join(pages(pdf)))


def test_there_is_a_template_and_a_sample_of_every_paper() -> None:
    templates = {path.stem for path in rendering.TEMPLATES.glob("*.typ")} - {"layout", "household_request"}
    assert templates == set(PAPERS) == set(samples.FULL) == set(samples.MINIMUM)


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("given", [samples.FULL, samples.MINIMUM], ids=["full", "minimum"])
def test_a_paper_is_a4_in_the_bundled_font_with_every_letter_drawn(name: str, given: dict[str, Any]) -> None:
    pdf = render(name, given[name])
    assert sizes(pdf) == {(210, 297)}
    assert letters_not_drawn(pdf) == 0
    assert {font.split("-")[0] for font in fonts(pdf)} == {"Tinos"}


@pytest.mark.parametrize("name", PAPERS)
def test_what_goes_in_is_what_is_printed(name: str) -> None:
    paper = samples.FULL[name]
    printed = text_of(render(name, paper))
    absent = {words for words in samples.words_of(paper) if squeezed(words) not in printed}
    # The place stands before a day, and a posting or a survey form has none.
    upper = {words for words in absent if squeezed(words.upper()) in printed}
    assert absent - upper - {paper.issuer.place} == NOT_PRINTED.get(name, set())


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_known_leaves_lines_for_the_pen(name: str) -> None:
    printed = text_of(render(name, samples.MINIMUM[name]))
    assert "None" not in printed
    assert "none" not in printed
    assert "....." in printed or name in ("opinion_report", "re_verification", "posting")


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize(
    "text", [LONG_NAME, EVERY_LETTER, *HOSTILE], ids=["long", "letters", "markup", "signs", "code"]
)
def test_any_text_prints_as_it_is(name: str, text: str) -> None:
    pdf = render(name, samples.with_every_text(samples.FULL[name], text))
    printed = text_of(pdf)
    assert squeezed(unicodedata.normalize("NFC", text)) in printed
    assert letters_not_drawn(pdf) == 0


def test_a_letter_the_font_lacks_would_be_noticed() -> None:
    assert letters_not_drawn(render("refusal", replace(samples.FULL["refusal"], head_name="阮氏香"))) > 0


@pytest.mark.parametrize("name", PAPERS)
def test_training_is_said_on_every_page_and_only_there(name: str) -> None:
    real = samples.FULL[name]
    # In the head and behind the text, so that it survives scissors.
    assert {page.count(BANNER) for page in pages(render(name, replace(real, training=True)))} == {2}
    assert not any("TẬP HUẤN" in page for page in pages(render(name, real)))


@pytest.mark.parametrize("name", PAPERS)
def test_equal_values_give_equal_bytes_however_their_accents_are_written(name: str) -> None:
    first = render(name, samples.with_every_text(samples.FULL[name], "Nguyễn Thị Hưởng"))
    decomposed = unicodedata.normalize("NFD", "Nguyễn Thị Hưởng")
    assert render(name, samples.with_every_text(samples.FULL[name], decomposed)) == first


def test_the_value_of_another_paper_is_refused() -> None:
    with pytest.raises(TypeError, match="Posting"):
        render("posting", samples.FULL["minutes"])
    with pytest.raises(KeyError):
        render("passport", samples.FULL["minutes"])


def test_more_than_a_document_can_carry_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "LARGEST", 1000)
    with pytest.raises(PaperTooLarge):
        render("posting", many_posted(100))


def many_posted(count: int, **more: Any) -> procedure.Posting:
    rows = tuple(
        procedure.PostedHousehold(
            head_name=f"Nguyễn Thị Người {n:04d}", hamlet="Xóm 3", class_name="Hộ nghèo", b1=987, b2=654
        )
        for n in range(1, count + 1)
    )
    return replace(samples.FULL["posting"], households=rows, after_complaints=False, **more)


def test_two_thousand_households_are_all_posted_under_a_head_on_each_page() -> None:
    read = pages(render("posting", many_posted(2000, training=True)))
    assert len(read) > 30
    with_rows = [page for page in read if "Nguyễn Thị Người" in page]
    assert all("Họ và tên chủ hộ" in page for page in with_rows)
    assert all(BANNER in page for page in read)
    names = [line for page in read for line in page.split("Nguyễn Thị Người ")[1:]]
    assert [int(line[:4]) for line in names] == list(range(1, 2001))


def test_a_posting_shows_points_only_where_it_is_asked_to() -> None:
    hidden = text_of(render("posting", many_posted(3, show_scores=False)))
    assert "987" not in hidden
    assert "654" not in hidden
    assert "ĐiểmB1" not in hidden
    shown = text_of(render("posting", many_posted(3, show_scores=True)))
    assert shown.count("987") == 3


def test_certificates_of_many_households_begin_on_their_own_page_and_count_from_one() -> None:
    family = tuple(Member(name=f"Phạm Văn Con {n}", sex="male", born=2010) for n in range(45))
    one = replace(samples.CERTIFICATE, members=family)
    batch = replace(samples.FULL["certificates"], certificates=(one, replace(one, number="13/GCN-HN.HCN"), one))
    read = pages(render("certificates", batch))
    firsts = [at for at, page in enumerate(read) if "GIẤY CHỨNG NHẬN" in page]
    assert len(firsts) == 3
    assert len(read) == 3 * firsts[1]
    assert [at for at, page in enumerate(read) if page.lstrip().startswith("2\n")] == [at + 1 for at in firsts]


def test_a_large_batch_is_one_document_in_the_order_given() -> None:
    forms = tuple(replace(samples.SURVEYED, paper_no=f"03-{number:04d}") for number in range(1, 31))
    given = replace(samples.FORM_B, households=forms)
    pdf = render("survey_forms", given)
    numbers = [re.search(r"03-(\d{4})", page) for page in pages(pdf)]
    assert [int(found.group(1)) for found in numbers if found] == [n for n in range(1, 31) for _ in range(2)]
    assert pdf == render("survey_forms", given)
    assert sizes(pdf) == {(210, 297)}


def test_a_certificate_puts_the_birth_year_under_the_right_sex() -> None:
    people = (Member(name="Ông", sex="male", born=date(1958, 1, 2)), Member(name="Bà", sex="female", born=1961))
    only = replace(samples.CERTIFICATE, members=people)
    pdf = render("certificates", replace(samples.FULL["certificates"], certificates=(only,)))
    at = across(pdf, ("Nam", "Nữ", "1958", "1961"))
    assert abs(at["1958"] - at["Nam"]) < 15 < abs(at["1958"] - at["Nữ"])
    assert abs(at["1961"] - at["Nữ"]) < 15 < abs(at["1961"] - at["Nam"])
    assert "02/01/1958" not in text_of(pdf)


def test_what_prints_nothing_cannot_turn_a_line_around() -> None:
    turned = replace(samples.FULL["refusal"], head_name="Nguyễn\u202e Thị\x00\u200f Hưởng")
    assert render("refusal", turned) == render("refusal", samples.FULL["refusal"])


def test_a_meeting_has_the_hour_of_viet_nam() -> None:
    assert "19giờ30,ngày20tháng10năm2026" in text_of(render("minutes", samples.FULL["minutes"]))
    with pytest.raises(TypeError):
        render("minutes", replace(samples.FULL["minutes"], began_at=datetime(2026, 10, 20, 19, 30)))  # noqa: DTZ001


def test_loose_sheets_of_survey_forms_find_their_household_again() -> None:
    read = pages(render("survey_forms", samples.FORM_B))
    belongs = ["03-0017" if "03-0017" in page else "03-0018" if "03-0018" in page else "" for page in read]
    assert "" not in belongs
    assert belongs == sorted(belongs)
    assert set(belongs) == {"03-0017", "03-0018"}
    heads = [re.match(r"(\d+)\s*Phiếu số", page) for page in read]
    assert [head.group(1) if head else "1" for head in heads] == ["1", "2", "1", "2"]


@pytest.mark.parametrize("name", ["confirmation", "posting"])
def test_the_address_of_the_qr_code_is_printed_beside_it(name: str) -> None:
    assert samples.QR.url in text_of(render(name, samples.FULL[name]))


@pytest.mark.parametrize("count", range(1, 45, 2))
def test_a_signature_never_stands_alone_on_a_page(count: int) -> None:
    reasons = tuple(f"Lý do thứ {n}" for n in range(count))
    read = pages(render("refusal", replace(samples.FULL["refusal"], reasons=reasons)))
    assert ["được biết" in page for page in read] == ["Trần Văn Kiên" in page for page in read]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 2, 3), "ngày 03 tháng 02 năm 2027"),
        (date(2026, 12, 10), "ngày 10 tháng 12 năm 2026"),
        (date(2026, 9, 3), "ngày 03 tháng 9 năm 2026"),
    ],
)
def test_days_are_written_as_decree_30_writes_them(day: date, words: str) -> None:
    paper = replace(samples.FULL["review_request"], filed_on=day)
    assert squeezed(words) in text_of(render("review_request", paper))


def test_a_share_is_rounded_down_so_that_less_than_half_never_reads_as_half() -> None:
    vote = procedure.Vote(agreed=1249, against=1251, present=2500)
    printed = text_of(render("minutes", replace(samples.FULL["minutes"], list_vote=vote, households=())))
    assert "49,9%" in printed
    assert "50,0%" not in printed


def test_a_hamlet_without_its_total_leaves_total_and_rate_unknown() -> None:
    report = samples.FULL["opinion_report"]
    known = text_of(render("opinion_report", report))
    assert "Tổngcộng2436361,4%72" in known
    unknown = replace(report, hamlets=(replace(report.hamlets[0], total=None), *report.hamlets[1:]))
    assert "Tổngcộngchưacó36chưacó72chưacó" in text_of(render("opinion_report", unknown))


def test_a_decision_counts_its_lists_and_sums_persons_only_when_all_are_known() -> None:
    rows = tuple(decisions.ListedHousehold(head_name=f"Hộ {n}", hamlet="Xóm 1", persons=3) for n in range(7))
    decision = replace(
        samples.FULL["decision"], supplements=None, lists=(decisions.AnnexList(kind="poor", households=rows),)
    )
    printed = text_of(render("decision", decision))
    assert "gồm:7hộnghèo(" in printed
    assert "Tổngcộng:7hộ21" in printed
    assert "bổsung" not in printed
    some = (replace(rows[0], persons=None), *rows[1:])
    printed = text_of(render("decision", replace(decision, lists=(decisions.AnnexList(kind="poor", households=some),))))
    assert printed.endswith("Tổngcộng:7hộ")


def test_a_decision_cites_the_law_of_its_day() -> None:
    cited = {year: " ".join(legal_grounds(date(year, 12, 10))) for year in (2022, 2024, 2026, 2027)}
    assert all("24/2021/QĐ-TTg" in text for text in cited.values())
    assert ["07/2021/NĐ-CP" in cited[year] for year in cited] == [True, True, True, False]
    assert ["351/2025/NĐ-CP" in cited[year] for year in cited] == [False, False, True, True]
    assert ["ngày 19 tháng 6 năm 2015" in cited[year] for year in cited] == [True, True, False, False]
