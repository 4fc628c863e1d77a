"""The texts and the one shared schema of the OpenAPI document."""

from typing import Any

DESCRIPTION = """\
Sổ theo dõi hộ nghèo, hộ cận nghèo của xã: hộ, thành viên, giấy đề nghị, kế hoạch; máy tính bảng làm việc cả khi
mất mạng.

The register of poor and near-poor households of a commune: households, members, requests, plans; tablets work offline.

* Mọi câu trả lời không phải 2xx là `application/problem+json` (RFC 9457), có tiêu đề tiếng Việt và tiếng Anh.
  Every answer that is not 2xx is such a problem; `docs/problems.md` explains each `type`.
* Ngoài địa bàn của mình: 404, như không có. Trong địa bàn mà không có quyền: 403 và tên quyền.
  Outside one's areas: 404, as if it were not there. Inside them without the right: 403 naming it.
* Trường lạ và tham số lạ bị từ chối. Mọi văn bản được chuẩn hoá NFC.
  Unknown fields and unknown query parameters are refused; all text is normalised to NFC.
* Bản đầy đủ theo OpenAPI 3.1 ở `/openapi.json`; công cụ chỉ đọc được 3.0 dùng `/docs/openapi-3.0.json`, như trang này.
  The whole in OpenAPI 3.1 is at `/openapi.json`; tools that read 3.0 only take `/docs/openapi-3.0.json`, as this page.
"""

SECURITY = (
    "Đăng nhập bằng `POST /api/v1/auth/token`, gửi kèm `Authorization: Bearer …`. "
    "Sign in at `POST /api/v1/auth/token` and send the access token as a bearer token."
)

TAGS: list[dict[str, str]] = [
    {"name": name, "description": description}
    for name, description in (
        ("auth", "Đăng nhập, gia hạn, đăng xuất. Sign in, refresh, sign out."),
        ("accounts", "Người dùng, vai trò, quyền theo địa bàn. Users, roles, grants in areas."),
        ("areas", "Tỉnh, huyện, xã, xóm theo ngày. Provinces, districts, communes, hamlets, as dated data."),
        ("households", "Hộ: xem, sửa, chuyển, tách, gộp, lịch sử. Households: read, change, move, split, merge."),
        ("members", "Thành viên của hộ. The people of a household."),
        ("standards", "Bộ chuẩn nghèo: ngưỡng, chỉ số, biểu mẫu, bảng điểm. Poverty standards as cited data."),
        ("requests", "Giấy đề nghị rà soát (Mẫu 01, Mẫu 04). Requests to be reviewed."),
        ("reviews", "Đợt rà soát, phân loại, giấy đề nghị. Rounds, recognitions, requests."),
        ("procedure", "Họp dân, niêm yết, kiến nghị, xin ý kiến, thời hạn. Meetings, postings, complaints, opinions."),
        ("recognitions", "Quyết định, diễn biến, giấy chứng nhận. Decisions, movements, certificates, letters."),
        ("papers", "In biểu mẫu, giấy tờ dạng PDF. The printed papers of the procedure, as PDF."),
        ("attachments", "Ảnh, chữ ký, bản chụp của phiếu. Photos, signatures and scans of records."),
        (
            "programmes",
            "Hợp phần, loại hoạt động, chính sách. The programme's components, kinds, policies, as cited data.",
        ),
        ("plans", "Kế hoạch giảm nghèo và chỉ tiêu. Poverty-reduction plans and their targets."),
        ("budget", "Kinh phí: dòng ngân sách, cam kết, chi, quyết toán. Money: lines, commitments, payments, journal."),
        (
            "interventions",
            "Hoạt động, người tham gia, nhu cầu, tổ chức. Interventions, participants, needs, organisations.",
        ),
        (
            "deliveries",
            "Chi trả, cấp phát, danh sách ký nhận. Deliveries and the sheets on which people sign for them.",
        ),
        ("credit", "Vay vốn chính sách, danh sách 03/TD. Loans of the policy bank, lists 03/TD."),
        ("insurance", "Danh sách tăng, giảm bảo hiểm y tế. Monthly lists of health insurance."),
        ("eligibility", "Chính sách hộ được hưởng, còn lại. What households appear entitled to, and what is open."),
        ("labour", "Sổ người lao động: việc làm, học nghề, dịch vụ. The labour record per worker, and as a file."),
        ("fund", "Quỹ vì người nghèo: thu, chi, công khai. The Fund for the poor and its public account."),
        ("hamlet plans", "Kế hoạch của xóm. The yearly plans of hamlets."),
        ("reports", "Báo cáo xóm, xã, huyện. The reporting line from hamlet to commune to the level above."),
        ("workbooks", "Nhập, xuất danh sách hộ bằng Excel. Lists of households as workbooks, in and out."),
        ("official reports", "Biểu mẫu chính thức, bản ban hành, nộp lên cấp trên. Official forms and their editions."),
        ("changes", "Dòng thay đổi cho hệ thống khác. The feed of changes for other systems."),
        ("indicators", "Chỉ tiêu, mục tiêu, hồ sơ đứng sau mỗi con số. Indicators, targets, the records behind."),
        ("dashboard", "Bảng tổng hợp của địa bàn, như trang ở /. What the officers' page at / shows."),
        ("audit", "Nhật ký ai đã xem, ai đã sửa. Who read and who changed what."),
        ("sync", "Đồng bộ máy tính bảng. Synchronisation of tablets."),
        ("health", "Máy chủ còn sống và sẵn sàng. Whether the server lives and is ready."),
    )
]

_BOTH = {
    "type": "object",
    "properties": {"vi": {"type": "string"}, "en": {"type": "string"}},
    "required": ["vi", "en"],
}


def problem_schema() -> dict[str, Any]:
    """RFC 9457 with our members. More members may come by type (`current_version`, `permission`, `max_bytes`)."""
    text = {"type": "string"}
    return {
        "title": "Problem",
        "description": "Mọi câu trả lời không phải 2xx. Every answer that is not 2xx (RFC 9457).",
        "type": "object",
        "properties": {
            "type": text | {"description": "`/problems/<slug>`; the slug never changes.", "pattern": "^/problems/"},
            "title": text | {"description": "In the language of Accept-Language (vi, en)."},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text | {"description": "What happened this time, and what to do."},
            "titles": _BOTH,
            "details": _BOTH,
            "errors": {"type": "array", "items": _field_error()},
            "trace_id": text | {"description": "Say this to the administrator: the log of the server has it too."},
        },
        "required": ["type", "title", "status", "detail", "titles", "details"],
        "additionalProperties": True,
    }


def _field_error() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "pointer": {"type": "string", "description": "JSON pointer into the body: `#/birth_year`."},
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "details": _BOTH,
        },
        "required": ["pointer", "code", "detail", "details"],
    }
