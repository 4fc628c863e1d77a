"""What answers look like, for the description of the wire. Made up."""

from typing import Any

_CASE = "0f1e2d3c-4b5a-4968-8776-5a4b3c2d1e0f"


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


RECORD: dict[str, Any] = {
    "member_id": "3d2c1b0a-9f8e-4d7c-8b6a-5f4e3d2c1b0a",
    "full_name": "Nguyễn Thị Mận",
    "birth_date": "1985-03-02",
    "birth_year": 1985,
    "sex": "female",
    "ethnicity": "kinh",
    "disability": "none",
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "household_no": "0123",
    "hamlet_id": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "poverty_class": "poor",
    "newly_escaped": False,
    "low_income_worker": False,
    "labour_status": "working",
    "labour_contract": True,
    "occupation": "Công nhân may",
    "schooling": None,
    "qualification": "lower_secondary",
    "needs": ["vocational_training"],
    "seeker": {
        "intervention_id": _CASE,
        "stage": "placed",
        "stage_label": {"vi": "Đã có việc", "en": "Placed"},
        "wants": "May công nghiệp",
    },
    "services": [
        {"service": "counselling", "on": "2024-05-20", "at": None, "intervention_id": _CASE},
        {"service": "referral", "on": "2024-06-03", "at": "Tuyển công nhân may", "intervention_id": _CASE},
        {"service": "placement", "on": "2024-06-17", "at": "Công ty may (minh hoạ)", "intervention_id": _CASE},
    ],
    "job": {
        "intervention_id": _CASE,
        "placed_on": "2024-06-17",
        "employer": "Công ty may (minh hoạ)",
        "contract": True,
        "lost_on": None,
        "after_6_months": True,
        "after_12_months": None,
    },
    "courses": [
        {
            "intervention_id": "6c5b4a39-2817-4065-8f4e-3d2c1b0a9f8e",
            "title": "Lớp may công nghiệp",
            "trade": "May công nghiệp",
            "state": "finished",
            "joined_on": "2024-03-04",
            "ended_on": "2024-05-10",
            "certificate_no": "CC-014",
            "certified_on": "2024-05-10",
            "works_after_6_months": None,
        }
    ],
    "withheld": [],
}

TEXT = """\
"STT","Họ và tên","Ngày (năm) sinh","Giới tính","Dân tộc","Số hộ","Xóm","Phân loại"
"1","Nguyễn Thị Mận","02/03/1985","Nữ","Kinh","0123","Xóm 3","Hộ nghèo"
"""
