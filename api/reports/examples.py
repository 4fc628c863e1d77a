"""What good answers look like, for the page of the wire."""

from typing import Any

_COMMUNE = "1c2f9c5e-3c7f-5b0e-8a0e-5e8f8a2f6c11"
_HAMLET = "3d1c8a7b-5e4f-5a2b-9c8d-7e6f5a4b3c21"


def _cell(value: Any, reason: Any = None, numerator: Any = None, denominator: Any = None) -> dict[str, Any]:
    return {"value": value, "numerator": numerator, "denominator": denominator, "reason": reason, "suppressed": False}


REPORT: dict[str, Any] = {
    "form": "form-01",
    "title": {"vi": "Tổng hợp kết quả rà soát hộ nghèo, hộ cận nghèo", "en": "Result of the review"},
    "source": "QĐ 24/2021/QĐ-TTg, Điều 7; TT 07/2021/TT-BLĐTBXH",
    "kind": "table",
    "area": {"id": _COMMUNE, "code": "14080", "name": "xã Trực Thái", "level": "commune"},
    "period": "2024",
    "round_id": "7d3c1a9e-2f4b-4c55-9a6d-1f2e3d4c5b6a",
    "as_of": "2024-12-14",
    "known_at": "2024-12-14T16:30:00+07:00",
    "columns": [
        {"code": "poor_households", "number": 3, "heading": {"vi": "Số hộ", "en": "Households"},
         "group": {"vi": "Hộ nghèo", "en": "Poor"}, "unit": "count"},
        {"code": "poor_rate", "number": 4, "heading": {"vi": "Tỷ lệ hộ (%)", "en": "Share (%)"},
         "group": {"vi": "Hộ nghèo", "en": "Poor"}, "unit": "percent"},
    ],
    "rows": [
        {"code": "14080-03", "kind": "area", "label": {"vi": "Xóm 3", "en": "Xóm 3"}, "area_id": _HAMLET,
         "area_type": "rural", "line": None, "line_label": None, "cells": [_cell(9), _cell(2.88, None, 9, 312)]},
    ],
    "totals": [
        {"code": "total", "kind": "total", "label": {"vi": "Tổng cộng", "en": "Total"}, "area_id": None,
         "area_type": None, "line": None, "line_label": None, "cells": [_cell(9), _cell(2.88, None, 9, 312)]},
    ],
    "notes": [],
    "faults": [],
    "missing": [],
    "due_on": "2024-12-19",
}  # fmt: skip
RECORD: dict[str, Any] = {
    "identity": "8e7d6c5b-4a39-4281-9706-f5e4d3c2b1a0",
    "area_id": _HAMLET,
    "household_id": "8e7d6c5b-4a39-4281-9706-f5e4d3c2b1a0",
    "household_no": "0312",
    "head_name": "Nguyễn Thị Lan",
    "member_id": None,
    "full_name": None,
    "count": 1,
}
CONTENT: dict[str, Any] = {
    "header": {
        "edition": 1, "number": "45/BC-UBND", "issued_on": "2024-12-16", "prepared_by": "Lê Văn Biểu",
        "signatory": "Trần Văn Chủ", "recipients": ["UBND huyện Trực Ninh", "Lưu: VT"], "audience": "internal",
        "replaces": None, "reason": None,
    },
    "report": REPORT,
}  # fmt: skip
