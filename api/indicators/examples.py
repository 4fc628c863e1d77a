"""Examples of the wire."""

from typing import Any

_NAME = {
    "vi": "Tỷ lệ nghèo đa chiều (hộ nghèo và hộ cận nghèo)",
    "en": "Multidimensional poverty rate (poor and near-poor households)",
}
_DEFINITION = {"vi": "Số hộ chia cho tổng số hộ của địa bàn.", "en": "Households over all households of the area."}
INDICATOR: dict[str, Any] = {
    "code": "multidimensional_poverty_rate",
    "name": _NAME,
    "definition": _DEFINITION,
    "unit": "percent",
    "grain": "household",
    "over": "total_households",
    "tells_unknown": False,
    "breakdowns": ["area", "sex", "ethnicity", "merit", "disability"],
    "source": "Kế hoạch 16/KH-UBND, mục II.1",
    "lower_is_better": True,
}
SERIES: dict[str, Any] = {
    "code": "multidimensional_poverty_rate",
    "name": _NAME,
    "unit": "percent",
    "definition": _DEFINITION,
    "source": "Kế hoạch 16/KH-UBND, mục II.1",
    "as_of": "2024-12-31",
    "known_at": "2025-01-03T09:00:00+07:00",
    "threshold": None,
    "points": [
        {
            "area": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
            "area_code": "14080",
            "area_name": "xã Trực Thái",
            "period": "2024-12-31",
            "by": None,
            "by_label": None,
            "value": 3.1496,
            "numerator": 80,
            "denominator": 2540,
            "unknown": None,
            "suppressed": False,
            "reason": None,
            "meets": None,
        }
    ],
}
RECORD: dict[str, Any] = {
    "place": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
    "area_code": "14080-03",
    "identity": "018f9c5e-3c7f-7b0e-8a0e-5e8f8a2f6c99",
    "household_id": "018f9c5e-3c7f-7b0e-8a0e-5e8f8a2f6c99",
    "household_no": "03-017",
    "head_name": "Nguyễn Thị Hoa",
    "poverty_class": "poor",
    "member_id": None,
    "full_name": None,
    "title": None,
}
PROGRESS: dict[str, Any] = {
    "plan_id": "0f8e7c7a-5d0e-5a3e-9a56-0d3f0f5d1c11",
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "as_of": "2024-06-30",
    "targets": [
        {
            "code": "clean_water",
            "name": {
                "vi": "Trên 95% hộ nghèo, hộ cận nghèo sử dụng nước sinh hoạt hợp vệ sinh",
                "en": "Poor and near-poor households with hygienic domestic water",
            },
            "section": "II.2.2",
            "indicator": "clean_water",
            "comparison": "more_than",
            "target": 95.0,
            "unit": "percent",
            "actual": 92.5,
            "numerator": 74,
            "denominator": 80,
            "reason": None,
            "gap": 3,
            "gap_of": "household",
            "expected": 93.1,
            "on_track": False,
            "rule": {
                "vi": "Đúng tiến độ: giá trị đã đạt phần của mục tiêu ...",
                "en": "On track: the value has come ...",
            },
            "work_list": "/api/v1/indicators/clean_water/records?part=missing",
            "points": [],
        }
    ],
}
TOTALS: dict[str, Any] = {
    "as_of": "2024-06-30",
    "hamlets": 8,
    "missing": 7,
    "old": 0,
    "items": [
        {
            "area": "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11",
            "area_code": "14080-03",
            "area_name": "Xóm 3",
            "state": "current",
            "as_of": "2024-06-30",
            "households": 312,
            "persons": 1104,
            "source": "Công an xã Trực Thái",
            "registered_households": 24,
            "registered_persons": 71,
            "warning": None,
        }
    ],
}
FIGURE: dict[str, Any] = {
    "id": "0c7f3e52-5d0e-7a3e-9a56-0d3f0f5d1c77",
    "area_id": "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22",
    "kind": "poverty_officers",
    "as_of": "2024-03-01",
    "value": 14,
    "source": "Quyết định số 21/QĐ-UBND ngày 01/3/2024 của UBND xã",
    "recorded_at": "2024-03-04T09:00:00+07:00",
    "recorded_by": "5b9f3b0a-8a5e-5d0e-8f59-2f3c1f0a7d99",
    "current": True,
}
FIGURE_KIND: dict[str, Any] = {
    "kind": "poverty_officers",
    "label": {
        "vi": "Số cán bộ làm công tác giảm nghèo của xã (người)",
        "en": "Officers for poverty reduction of the commune (persons)",
    },
    "meaning": {
        "vi": "Số người đang làm công tác giảm nghèo của xã, theo quyết định hoặc danh sách phân công.",
        "en": "Who works on poverty reduction in the commune, by the decision or list that assigns them.",
    },
    "unit": "persons",
    "of_year": False,
    "needed_by": ["officers_trained"],
}
