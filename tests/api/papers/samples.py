"""Every paper with everything and with as little as it allows, and ways to change and to list all its texts."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from api.clock import VIET_NAM
from api.papers import credit, decisions, handouts, money, procedure, reports, requests, survey
from api.papers.parts import Issuer, Member, Person, QrCode, Reference, Signatory

TRUC_THAI = Issuer(commune="xã Trực Thái", place="Trực Thái")
HAMLET = Issuer(commune="xã Trực Thái", place="Trực Thái", hamlet="xóm 3")
CHAIR = Signatory(authority=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name="Trần Văn Kiên")
NUMBER = Reference(number="148/QĐ-UBND", day=date(2026, 12, 9))
DRAFT = Reference()
RECIPIENTS = ("Như Điều 3", "UBND huyện Trực Ninh", "Lưu: VT")
QR = QrCode(url="https://giamngheo.example.vn/xac-nhan/7Q2M-K9XD-4TRB")
HEAD = Person(
    name="Nguyễn Thị Hưởng",
    sex="female",
    born=date(1961, 3, 4),
    ethnicity="Kinh",
    citizen_id="036161001234",
    citizen_id_issued=date(2021, 8, 15),
    permanent_residence="Xóm 3, xã Trực Thái, huyện Trực Ninh, tỉnh Nam Định",
    current_residence="Xóm 3, xã Trực Thái",
)
MEMBERS = (
    Member(
        name="Nguyễn Thị Hưởng",
        sex="female",
        born=date(1961, 3, 4),
        ethnicity="Kinh",
        relation="Chủ hộ",
        activity="Có việc làm",
    ),
    Member(
        name="Phạm Văn Đoàn",
        sex="male",
        born=1958,
        ethnicity="Kinh",
        relation="Chồng",
        activity="Không có việc làm",
        note="Khuyết tật nặng",
    ),
    Member(
        name="Phạm Thị Ngọc Ánh",
        sex="female",
        born=date(2014, 11, 20),
        ethnicity="Kinh",
        relation="Cháu",
        activity="Đang đi học",
    ),
)
VOTE = procedure.Vote(agreed=41, against=9, present=50)
QUESTIONS = (
    survey.Question(
        number="1",
        label="Tổng số nhân khẩu trong hộ",
        kind="single",
        options=("1 người", "2 người", "3 người", "4 người", "5 người", "6 người", "Trên 6 người"),
    ),
    survey.Question(number="2", label="Hộ có tường nhà bền chắc", kind="boolean"),
    survey.Question(number="3", label="Diện tích nhà ở", kind="number", unit="m²"),
    survey.Question(
        number="4",
        label="Tài sản chủ yếu",
        kind="multiple",
        options=(
            "Tivi màu",
            "Ô tô",
            "Xe máy",
            "Tủ lạnh",
            "Máy điều hòa",
            "Máy giặt, máy sấy",
            "Bình nước nóng",
            "Lò vi sóng, lò nướng",
        ),
    ),
    survey.Question(number="5", label="Ghi rõ nguồn nước khác", kind="text"),
)
INDICATORS = (
    ("Việc làm", "Có ít nhất 01 người thất nghiệp hoặc làm công ăn lương không có hợp đồng lao động"),
    ("Việc làm", "Tỷ lệ người phụ thuộc lớn hơn 50 %"),
    ("Y tế", "Có ít nhất 01 trẻ em dưới 16 tuổi suy dinh dưỡng"),
    ("Y tế", "Có ít nhất 01 người từ đủ 6 tuổi không có bảo hiểm y tế"),
    ("Giáo dục", "Có người từ 16 đến 30 tuổi không có trình độ tương ứng"),
    ("Giáo dục", "Có trẻ em từ 3 đến dưới 16 tuổi không học đúng bậc học"),
    ("Nhà ở", "Nhà ở thuộc loại không bền chắc"),
    ("Nhà ở", "Diện tích nhà ở bình quân nhỏ hơn 8 m²"),
    ("Nước sinh hoạt và vệ sinh", "Không có nước sạch"),
    ("Nước sinh hoạt và vệ sinh", "Không có nhà tiêu hợp vệ sinh"),
    ("Thông tin", "Không có thành viên nào sử dụng dịch vụ internet"),
    ("Thông tin", "Không có phương tiện phục vụ tiếp cận thông tin"),
)
CAUSES = (
    "Thiếu đất sản xuất",
    "Thiếu vốn",
    "Thiếu lao động",
    "Thiếu công cụ sản xuất",
    "Thiếu kiến thức sản xuất",
    "Thiếu kỹ năng lao động",
    "Ốm đau, tai nạn",
    "Khác",
)
NEEDS = ("Y tế", "Giáo dục", "Sản xuất", "Tín dụng", "Nhà ở", "Khác")

CERTIFICATE = decisions.Certificate(
    number="12/GCN-HN.HCN",
    book_number="12/2026",
    head=HEAD,
    members=MEMBERS,
    issued_on=date(2026, 12, 10),
    years=(
        decisions.CertificateYear(
            year=2025, kind="poor", decision=Reference(number="131/QĐ-UBND", day=date(2025, 12, 8))
        ),
        decisions.CertificateYear(year=2026, kind="near_poor", decision=NUMBER),
    ),
)
SURVEYED = survey.SurveyHousehold(
    paper_no="03-0017",
    household_no="XT-03-017",
    head_name="Nguyễn Thị Hưởng",
    address="Ngõ 4, xóm 3",
    respondent="Phạm Văn Đoàn",
    members=(
        survey.SurveyMember(
            name="Nguyễn Thị Hưởng",
            relation="Chủ hộ",
            sex="female",
            born=date(1961, 3, 4),
            citizen_id="036161001234",
            ethnicity="Kinh",
            schooling="Không đi học",
            qualification="Tốt nghiệp trung học cơ sở",
            labour_status="Đang làm việc",
            labour_contract="Không",
            health_insurance="Có",
            disability="Không",
            social_allowance="Không",
            merit_person="Không",
            note="Tạm vắng",
        ),
        survey.SurveyMember(
            name="Phạm Thị Ngọc Ánh",
            relation="Cháu (gọi chủ hộ là ông, bà)",
            sex="female",
            born=2014,
            schooling="Trung học cơ sở",
            nutrition="Suy dinh dưỡng thể thấp còi",
        ),
    ),
    characteristics=(
        survey.Characteristic(label="Hộ dân tộc thiểu số", holds=False),
        survey.Characteristic(label="Hộ không có khả năng lao động"),
        survey.Characteristic(label="Hộ có người có công với cách mạng", holds=False),
        survey.Characteristic(label="Chủ hộ là nữ", holds=True),
    ),
    history=("2025: hộ nghèo", "2024: hộ nghèo"),
)
FORM_B = survey.SurveyForms(
    form="B",
    issuer=HAMLET,
    province="Nam Định",
    district="Trực Ninh",
    round_name="Rà soát định kỳ năm 2026",
    standard="Chuẩn nghèo đa chiều giai đoạn 2022 - 2026, mẫu phiếu số 3",
    households=(SURVEYED, survey.SurveyHousehold(paper_no="03-0018")),
    area_type="Nông thôn",
    region="Đồng bằng sông Hồng",
    surveyor="Vũ Thị Lý",
    surveyed_on=date(2026, 10, 5),
    sections=(
        survey.Section(title="B1. Mức thu nhập (ước tính qua đặc điểm của hộ)", questions=QUESTIONS),
        survey.Section(title="Bổ sung", note="Ghi thêm nếu có.", questions=QUESTIONS[1:3]),
    ),
    indicators=tuple(survey.DeprivationIndicator(dimension=d, label=label) for d, label in INDICATORS),
    causes=CAUSES,
    needs=NEEDS,
)


def _money(label: str, amount: int) -> money.MoneyLine:
    steps = {"planned": 5, "approved": 4, "committed": 3, "disbursed": 2, "settled": 1, "remaining": 1}
    return money.MoneyLine(label=label, **{name: amount // 5 * part for name, part in steps.items()})


FULL: dict[str, Any] = {
    "review_request": requests.ReviewRequest(
        issuer=TRUC_THAI,
        year=2026,
        purpose="poverty",
        head=HEAD,
        members=MEMBERS,
        filed_on=date(2026, 9, 3),
        reason="Chồng tôi bị tai nạn từ tháng 3, không còn lao động, gia đình mất thu nhập chính.",
    ),
    "escape_request": requests.EscapeRequest(
        issuer=TRUC_THAI,
        year=2026,
        current_class="near_poor",
        head=HEAD,
        members=MEMBERS,
        filed_on=date(2026, 1, 13),
        reason="Các con đã có việc làm ổn định.",
    ),
    "decision": decisions.RecognitionDecision(
        issuer=TRUC_THAI,
        reference=NUMBER,
        signatory=CHAIR,
        year=2026,
        recipients=RECIPIENTS,
        grounds=(
            "Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025",
            "Quyết định số 24/2021/QĐ-TTg ngày 16 tháng 7 năm 2021 của Thủ tướng Chính phủ",
        ),
        proposed_by="Ban Chỉ đạo rà soát hộ nghèo, hộ cận nghèo xã Trực Thái",
        standard="chuẩn nghèo đa chiều giai đoạn 2022 - 2026",
        supplements=Reference(number="141/QĐ-UBND", day=date(2026, 12, 1)),
        effective_on=date(2027, 1, 1),
        lists=(
            decisions.AnnexList(
                kind="poor",
                households=tuple(
                    decisions.ListedHousehold(head_name=n, hamlet=f"Xóm {i}", persons=i + 1)
                    for i, n in enumerate(("Đặng Quỳnh Như", "Lê Thị Thuỷ"), 1)
                ),
            ),
            decisions.AnnexList(kind="near_poor"),
            decisions.AnnexList(
                kind="escaped_poor",
                households=(
                    decisions.ListedHousehold(
                        head_name="Bùi Văn Tĩnh", hamlet="Xóm 8", persons=4, note="Thành hộ cận nghèo"
                    ),
                ),
            ),
            decisions.AnnexList(
                kind="escaped_near_poor", households=(decisions.ListedHousehold(head_name="Đỗ Mỹ Lệ", hamlet="Xóm 2"),)
            ),
        ),
    ),
    "certificates": decisions.Certificates(
        issuer=TRUC_THAI, signatory=CHAIR, certificates=(CERTIFICATE, replace(CERTIFICATE, number="13/GCN-HN.HCN"))
    ),
    "confirmation": decisions.Confirmation(
        issuer=TRUC_THAI,
        reference=Reference(number="27/GXN-UBND", day=date(2027, 2, 3)),
        signatory=CHAIR,
        book_number="27/2027",
        head=HEAD,
        on=date(2026, 12, 31),
        status="hộ mới thoát nghèo",
        decision=NUMBER,
        qr=QR,
        persons=3,
        purpose="Miễn, giảm học phí",
    ),
    "refusal": decisions.Refusal(
        issuer=TRUC_THAI,
        reference=Reference(number="9/TB-UBND", day=date(2026, 10, 28)),
        signatory=CHAIR,
        head_name="Nguyễn Thị Hưởng",
        address="xóm 3, xã Trực Thái",
        request="giấy đề nghị rà soát hộ nghèo (Mẫu 01)",
        filed_on=date(2026, 10, 2),
        b1=155,
        b2=20,
        reasons=(
            "Điểm B1 là 155, cao hơn 140 là mức của khu vực nông thôn.",
            "Họp dân ngày 20/10/2026 thống nhất với kết quả trên.",
        ),
        complaint_to="Ủy ban nhân dân xã Trực Thái, trước ngày 15/11/2026",
        recipients=("Ông/Bà có tên trên", "Lưu: VT"),
    ),
    "minutes": procedure.Minutes(
        issuer=HAMLET,
        round_name="Rà soát định kỳ năm 2026",
        place="Nhà văn hóa xóm 3",
        began_at=datetime(2026, 10, 20, 12, 30, tzinfo=UTC),
        ended_at=datetime(2026, 10, 20, 21, 5, tzinfo=VIET_NAM),
        chair="Hoàng Văn Thắng",
        secretary="Lê Thị Thuỷ",
        present=50,
        list_vote=VOTE,
        result="agreed",
        attendance=(
            procedure.Attendance(role="Ban Chỉ đạo rà soát xã", count=2),
            procedure.Attendance(role="Đại diện hộ được rà soát", count=18),
            procedure.Attendance(role="Đại diện hộ khác", count=30),
        ),
        observers=("Đại diện Mặt trận Tổ quốc xã",),
        comments=("Đề nghị xem lại điểm của hộ ông Bùi Văn Tĩnh.",),
        representatives=("Phạm Văn Đoàn",),
        households=(
            procedure.MeetingHousehold(
                head_name="Nguyễn Thị Hưởng", b1=125, b2=40, class_now="Hộ nghèo", proposed_class="Hộ nghèo"
            ),
            procedure.MeetingHousehold(
                head_name="Bùi Văn Tĩnh",
                b1=150,
                b2=20,
                class_now="Hộ nghèo",
                proposed_class="Hộ không nghèo",
                vote=procedure.Vote(agreed=24, against=25, present=49),
            ),
        ),
    ),
    "posting": procedure.Posting(
        issuer=TRUC_THAI,
        round_name="Rà soát định kỳ năm 2026",
        from_day=date(2026, 10, 22),
        to_day=date(2026, 10, 26),
        signatory=CHAIR,
        qr=QR,
        complaints_to="Ban Chỉ đạo rà soát xã, tại trụ sở Ủy ban nhân dân xã",
        show_scores=True,
        after_complaints=True,
        households=(
            procedure.PostedHousehold(
                head_name="Nguyễn Thị Hưởng", hamlet="Xóm 3", class_name="Hộ nghèo", b1=125, b2=40
            ),
        ),
    ),
    "signing_sheet": handouts.SigningSheet(
        issuer=HAMLET,
        title="Hỗ trợ tiền điện hộ nghèo",
        intervention="Đợt hỗ trợ quý IV",
        period="Quý IV/2026",
        hand_out_on=date(2026, 11, 20),
        form="tiền mặt",
        lines=(
            handouts.Signing(
                head_name="Nguyễn Thị Hưởng",
                receiver="Phạm Văn Đoàn",
                household_no="17",
                amount_vnd="175.000",
                goods="10 kg gạo",
                note="Đã nhận 20/11/2026",
            ),
        ),
        total_vnd="175.000",
        total_words="Một trăm bảy mươi lăm nghìn đồng",
        total_goods="10 kg gạo",
        signatories=(Signatory(authority=("NGƯỜI LẬP",), name="Đỗ Thị Lan"), CHAIR),
    ),
    "re_verification": procedure.ReVerification(
        issuer=TRUC_THAI,
        reference=Reference(number="12/TB-UBND", day=date(2026, 11, 2)),
        signatory=CHAIR,
        round_name="Rà soát định kỳ năm 2026",
        recipients=RECIPIENTS,
        households=(
            procedure.ReVerified(
                head_name="Bùi Văn Tĩnh",
                hamlet="Xóm 8",
                complaint="Hộ đã bán xe máy, không còn tài sản này",
                received_on=date(2026, 10, 23),
                checked_on=date(2026, 10, 30),
                before=procedure.Outcome(b1=150, b2=20, class_name="Hộ không nghèo"),
                after=procedure.Outcome(b1=135, b2=30, class_name="Hộ nghèo"),
                conclusion="Thay đổi phân loại",
            ),
        ),
    ),
    "opinion_report": procedure.OpinionReport(
        issuer=TRUC_THAI,
        reference=Reference(number="88/BC-UBND", day=date(2026, 11, 20)),
        signatory=CHAIR,
        to="Ủy ban nhân dân huyện Trực Ninh",
        round_name="Rà soát định kỳ năm 2026",
        hamlets=tuple(
            procedure.HamletTotals(
                hamlet=f"Xóm {n}",
                total=300 + n,
                poor=n,
                near_poor=2 * n,
                poor_persons=3 * n,
                near_poor_persons=7 * n,
                escaped_poor=1,
                escaped_near_poor=2,
            )
            for n in range(1, 9)
        ),
        remarks=("Trong thời gian niêm yết có 02 khiếu nại, 01 hộ thay đổi phân loại sau phúc tra.",),
        recipients=RECIPIENTS,
    ),
    "survey_forms": FORM_B,
    "budget_overview": money.BudgetOverview(
        issuer=TRUC_THAI,
        reference=Reference(number="15/BC-UBND", day=date(2026, 12, 31)),
        signatory=CHAIR,
        year=2026,
        total=_money("Tổng cộng", 160_000_000),
        tables=(
            money.MoneyTable(by="Hợp phần", lines=(_money("Đa dạng hóa sinh kế, phát triển mô hình", 160_000_000),)),
            money.MoneyTable(by="Địa bàn", lines=(_money("Chung toàn xã", 120_000_000), _money("Xóm 3", 40_000_000))),
        ),
        recipients=RECIPIENTS,
    ),
    "report": reports.OfficialReport(
        issuer=TRUC_THAI,
        reference=Reference(number="45/BC-UBND", day=date(2026, 12, 16)),
        title="Tổng hợp diễn biến hộ nghèo",
        subtitle="Kỳ báo cáo: năm 2026. Số liệu tính đến ngày 14/12/2026.",
        remark="Bản 2, thay bản số 40/BC-UBND. Lý do: sửa số nhân khẩu xóm 3",
        lead="Đơn vị hành chính",
        headings=(
            reports.Heading(text="Đầu kỳ", number=1),
            reports.Heading(text="Thoát nghèo", number=2, group="Giảm trong kỳ"),
            reports.Heading(text="Giảm khác", number=3, group="Giảm trong kỳ"),
            reports.Heading(text="Ghi chú riêng", number=4, left=True, width=3),
        ),
        lines=(
            reports.ReportLine(label="Xóm 3", line="Hộ", cells=("12", "2", "0", "đã họp dân"), span=2),
            reports.ReportLine(label="Xóm 3", line="Nhân khẩu", cells=("41", "7", "1", "chưa có số liệu"), span=0),
            reports.ReportLine(label="Tổng cộng", line="Hộ", cells=("13", "3", "4", "đủ"), strong=True),
        ),
        notes=("Hộ chuyển giữa các xóm được ghi ở cả hai cột.",),
        prepared_by="Lê Văn Biểu",
        signatory=CHAIR,
        recipients=RECIPIENTS,
    ),
    "loan_list": credit.LoanList(
        issuer=TRUC_THAI,
        hamlet="xóm 3",
        reference=Reference(number="27/XN-UBND", day=date(2026, 5, 8)),
        group_name="Tổ vay vốn xóm 3",
        drawn_up_on=date(2026, 5, 6),
        borrowers=(
            credit.Borrower(
                name="Nguyễn Thị Hưởng",
                address="Ngõ 4, xóm 3",
                standing="Hộ nghèo",
                policy="Cho vay hộ nghèo",
                amount_vnd=50_000_000,
                purpose="Mua bò sinh sản",
                term_months=36,
            ),
            credit.Borrower(
                name="Phạm Văn Đoàn",
                standing="Hộ mới thoát nghèo",
                policy="Cho vay hộ mới thoát nghèo",
                amount_vnd=9_500_000,
                purpose="Nuôi gà",
                term_months=24,
            ),
        ),
        signatory=CHAIR,
    ),
}

_NOBODY = Person(name="Nguyễn Thị Hưởng")
MINIMUM: dict[str, Any] = {
    "review_request": requests.ReviewRequest(issuer=TRUC_THAI),
    "escape_request": requests.EscapeRequest(issuer=TRUC_THAI),
    "decision": decisions.RecognitionDecision(
        issuer=TRUC_THAI,
        reference=DRAFT,
        signatory=Signatory(authority=("CHỦ TỊCH",)),
        year=2026,
        lists=(decisions.AnnexList(kind="poor"),),
    ),
    "certificates": decisions.Certificates(
        issuer=TRUC_THAI,
        signatory=Signatory(authority=("CHỦ TỊCH",)),
        certificates=(decisions.Certificate(number=None, book_number=None, head=_NOBODY),),
    ),
    "confirmation": decisions.Confirmation(
        issuer=TRUC_THAI,
        reference=DRAFT,
        signatory=CHAIR,
        book_number="1",
        head=_NOBODY,
        on=date(2026, 12, 31),
        status="hộ nghèo",
        decision=DRAFT,
        qr=QR,
    ),
    "refusal": decisions.Refusal(
        issuer=TRUC_THAI,
        reference=DRAFT,
        signatory=CHAIR,
        head_name="Nguyễn Thị Hưởng",
        address="xóm 3",
        request="giấy đề nghị",
        filed_on=None,
        reasons=(),
    ),
    "minutes": procedure.Minutes(issuer=HAMLET, round_name="Rà soát định kỳ năm 2026"),
    "posting": procedure.Posting(issuer=TRUC_THAI, round_name="Rà soát định kỳ năm 2026", households=()),
    "signing_sheet": handouts.SigningSheet(issuer=HAMLET, title="Quà Tết", intervention="Tặng quà Tết"),
    "re_verification": procedure.ReVerification(
        issuer=TRUC_THAI, reference=DRAFT, signatory=CHAIR, round_name="Rà soát định kỳ năm 2026", households=()
    ),
    "opinion_report": procedure.OpinionReport(
        issuer=TRUC_THAI,
        reference=DRAFT,
        signatory=CHAIR,
        to="Ủy ban nhân dân tỉnh",
        round_name="Rà soát định kỳ năm 2026",
        hamlets=(),
    ),
    "budget_overview": money.BudgetOverview(
        issuer=TRUC_THAI, reference=DRAFT, signatory=CHAIR, year=2026, total=_money("Tổng cộng", 0)
    ),
    "survey_forms": survey.SurveyForms(
        form="A",
        issuer=HAMLET,
        province="Nam Định",
        district=None,
        round_name="Rà soát định kỳ năm 2026",
        standard="Chưa có",
        households=(survey.SurveyHousehold(paper_no="1"),),
        sections=(survey.Section(title="Nội dung nhận dạng"),),
    ),
    "loan_list": credit.LoanList(issuer=TRUC_THAI, reference=DRAFT, group_name="Tổ vay vốn xóm 3"),
    "report": reports.OfficialReport(
        issuer=TRUC_THAI,
        reference=DRAFT,
        title="Danh sách hộ nghèo",
        subtitle="Kỳ báo cáo: năm 2026",
        headings=(reports.Heading(text="Họ và tên", number=1),),
    ),
}

# Fields whose text is a code or an address, not words to print
_CODES = {"sex", "kind", "purpose", "current_class", "form", "result", "url"}


def _codes(value: Any) -> set[str]:
    return _CODES - {"purpose"} if isinstance(value, decisions.Confirmation) else _CODES


def with_every_text(value: Any, text: str) -> Any:
    """The same paper with `text` in the place of every text that is words."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(with_every_text(item, text) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        free = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _codes(value)}
        return replace(value, **{name: with_every_text(held, text) for name, held in free.items()})
    return value


def words_of(value: Any) -> set[str]:
    """Every text of a paper that is words."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, tuple):
        return {word for item in value for word in words_of(item)}
    if is_dataclass(value) and not isinstance(value, type):
        return {w for f in fields(value) if f.name not in _codes(value) for w in words_of(getattr(value, f.name))}
    return set()
