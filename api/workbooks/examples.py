"""What answers look like, for the description of the wire. Made up."""

from typing import Any

from api.workbooks import layout

_MOMENT = "2024-06-03T09:12:40+07:00"
_AREA = "b9f3b0a1-8a5e-5d0e-8f59-2f3c1f0a7d22"


def page(item: dict[str, Any]) -> dict[str, Any]:
    return {"items": [item], "next_cursor": None}


BRIEF: dict[str, Any] = {
    "id": "6d0c2f3a-5b1e-4c77-9a41-0f1e2d3c4b5a",
    "version": 2,
    "area_id": _AREA,
    "file_name": "Hộ nghèo xã Trực Thái 2023.xlsx",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "state": "checked",
    "total": 412,
    "done": 412,
    "counts": {
        "not_data": 5,
        "same": 380,
        "change": 20,
        "new_household": 3,
        "new_member": 2,
        "error": 1,
        "question": 1,
    },
    "imported_by": "0f2b4c6d-8e0a-4b1c-9d3e-5f7a9b1c3d5e",
    "confirmed_by": None,
    "confirmed_at": None,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
_SHEET: dict[str, Any] = {
    "sheet": 1,
    "role": "listed",
    "first_row": 8,
    "columns": layout.sheets()[0].fields(),
    "decision_no": None,
    "decided_on": None,
}
_MAPPING: dict[str, Any] = {
    "sheets": [_SHEET],
    "hamlets": {},
    "classes": {},
    "relations": {"thím": "in_law"},
    "ethnicities": {},
    "signatory": "Chủ tịch UBND xã",
    "answers": [],
}
IMPORT: dict[str, Any] = BRIEF | {"mapping": _MAPPING}
CONFIRMED: dict[str, Any] = IMPORT | {
    "state": "confirmed",
    "version": 3,
    "confirmed_by": BRIEF["imported_by"],
    "confirmed_at": "2024-06-03T10:02:00+07:00",
}
PATCH: dict[str, Any] = {
    "relations": {"thím": "in_law"},
    "answers": [{"sheet": 1, "row": 57, "choice": "leave_out"}],
}
ROW: dict[str, Any] = {
    "position": 23,
    "sheet": 1,
    "row": 30,
    "verdict": "error",
    "problems": ["birth_unreadable"],
    "notes": [
        {
            "code": "birth_unreadable",
            "column": "F",
            "vi": "Dòng 30: ngày sinh «32/13/1980» không đọc được; sửa thành dd/mm/yyyy hoặc ghi năm sinh.",
            "en": "Row 30: the birth «32/13/1980» cannot be read; write dd/mm/yyyy or the year.",
        }
    ],
    "changes": [],
    "choices": [],
    "candidates": [],
    "household_id": "3c9d1e2f-4a5b-4c6d-8e7f-901a2b3c4d5e",
    "member_id": None,
    "cells": {"full_name": "Nguyễn Thị Lụa", "relation": "Con", "birth": "32/13/1980", "sex": "Nữ"},
}
