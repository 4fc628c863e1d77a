"""What the answers of the catalogue look like."""

from typing import Any

_NOTHING: dict[str, Any] = {"note": None, "valid_from": None, "valid_to": None}
_OF_THE_PLAN = _NOTHING | {
    "document": "ke-hoach-16-2024",
    "article": "IV.2.2",
    "source": "16/KH-UBND, IV.2.2",
    "verified": True,
    "confidence": "high",
}
_PLAN = {
    "code": "ke-hoach-16-2024",
    "number": "16/KH-UBND",
    "title": "Kế hoạch thực hiện Chương trình mục tiêu quốc gia giảm nghèo bền vững năm 2024",
    "signed_on": "2024-04-02",
    "valid_from": "2024-04-02",
    "url": None,
}
COMPONENT = _OF_THE_PLAN | {
    "code": "nutrition",
    "order": 2,
    "section": "IV.2.2",
    "projects": ["DA3-TDA2"],
    "label": {"vi": "Cải thiện dinh dưỡng", "en": "Nutrition"},
}
KIND: dict[str, Any] = {
    "code": "nutrition_weighing",
    "label": {"vi": "Cân đo trẻ em", "en": "Weighing of a child"},
    "section": "IV.2.2",
    "component": "nutrition",
    "right": "interventions:write",
    "readers": ["households:read"],
    "about": ["member"],
    "about_required": True,
    "parents": ["nutrition_round"],
    "hamlet": False,
    "serves": False,
    "note": None,
}
_FIELD: dict[str, Any] = {
    "code": "weight",
    "label": {"vi": "Cân nặng", "en": "Weight"},
    "type": "number",
    "required": True,
    "options": [],
    "list": None,
    "min": 0,
    "max": 200,
    "unit": {"vi": "kg", "en": "kg"},
    "sensitive": True,
}
KIND_WHOLE = KIND | {
    "stages": [{"code": "open", "label": {"vi": "Đang theo dõi", "en": "Open"}}],
    "steps": [
        {
            "code": "weigh",
            "label": {"vi": "Cân đo", "en": "Weigh"},
            "before": ["open"],
            "after": None,
            "right": "interventions:write",
            "fields": [_FIELD],
            "needs": [],
            "of_participant": False,
            "repeats": True,
            "due_months": None,
            "due_after": None,
        }
    ],
    "documents": [],
    "fields": [],
    "roles": [],
    "children": [],
}
_ELECTRICITY = _NOTHING | {
    "document": "qd-28-2014",
    "article": None,
    "source": "28/2014/QĐ-TTg",
    "verified": True,
    "confidence": "high",
}
POLICY = _ELECTRICITY | {
    "code": "electricity_poor",
    "field": "electricity",
    "label": {"vi": "Hỗ trợ tiền điện hộ nghèo", "en": "Electricity support for poor households"},
    "benefit": {"vi": "Tiền điện tương đương 30 kWh mỗi tháng", "en": "The price of 30 kWh a month"},
    "responsible": {"vi": "UBND xã", "en": "Commune people's committee"},
    "subject": "household",
    "component": None,
    "served": "quarter",
    "in_force": True,
    "parameter_count": 1,
    "unverified": 1,
}
POLICY_WHOLE = POLICY | {
    "as_of": "2024-11-25",
    "grounds": [
        _ELECTRICITY
        | {
            "code": "poor",
            "reason": {"vi": "Hộ nghèo theo quyết định công nhận", "en": "A poor household by decision"},
            "when": {"===": [{"var": "h.class"}, "poor"]},
            "asks": [],
        }
    ],
    "unless": False,
    "unless_reason": None,
    "served_if": False,
    "parameters": [
        _ELECTRICITY
        | {
            "code": "monthly_amount",
            "label": {"vi": "Mức hỗ trợ mỗi tháng", "en": "Support a month"},
            "value": 56790,
            "unit": "vnd_per_month",
            "unit_label": {"vi": "đồng mỗi tháng", "en": "VND a month"},
            "measure": "amount",
            "verified": False,
            "confidence": "medium",
            "valid_from": "2024-10-11",
            "valid_to": "2025-05-09",
        }
    ],
    "other_parameters": [],
    "priorities": [],
    "order": None,
    "sources": [
        {
            "code": "qd-28-2014",
            "number": "28/2014/QĐ-TTg",
            "title": "Quyết định về cơ cấu biểu giá bán lẻ điện",
            "signed_on": None,
            "valid_from": None,
            "url": None,
        }
    ],
}
COMPONENT_WHOLE = COMPONENT | {
    "groups": [
        _OF_THE_PLAN
        | {
            "code": "children_under_16",
            "label": {
                "vi": "Trẻ em dưới 16 tuổi thuộc hộ nghèo, hộ cận nghèo, hộ mới thoát nghèo",
                "en": "Children under 16 of poor, near-poor and newly escaped households",
            },
        }
    ],
    "contents": [_OF_THE_PLAN | {"label": {"vi": "Chất lượng bữa ăn học đường", "en": "Better school meals"}}],
    "legal_bases": [_OF_THE_PLAN],
    "kinds": [KIND],
    "policies": [],
    "sources": [_PLAN],
}
