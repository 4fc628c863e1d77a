"""Batches as tablets sent them, a file for each generation of their programs: tests/vectors/traffic. What is recorded
is on the road and never changes. Another generation is a file beside it: of the reference client by
`python -m tests.make.traffic reference-client-3`, of the app by survey_app/tests/actions/traffic.test.ts."""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from mobile_sync.tablet_work import screening_of
from tests.make.recorded_codes import recorded
from tests.make.tablets import HAMLET, NOW

FOLDER = Path(__file__).parents[1] / "vectors" / "traffic"
GENERATIONS = sorted(path.stem for path in FOLDER.glob("*.json"))
NEWEST_CLIENT = "reference-client-2"
Names = dict[str, str]


def batches(generation: str) -> list[dict[str, Any]]:
    """As they were sent, in order. What begins with @ is known only where they are played (`filled`)."""
    read: list[dict[str, Any]] = json.loads((FOLDER / f"{generation}.json").read_text(encoding="utf-8"))["batches"]
    return read


def filled(value: Any, names: Names) -> Any:
    """The same with these names in place of "@round" and the like."""
    if isinstance(value, dict):
        return {name: filled(inner, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, names) for inner in value]
    return names[value] if isinstance(value, str) and value.startswith("@") else value


# a day of the reference client


def played() -> list[dict[str, Any]]:
    """What today's reference client sends when this day's work is done with it."""
    came: list[dict[str, Any]] = []
    transport = httpx.MockTransport(_taking_everything(came))
    storage = Storage(":memory:")
    tablet = Tablet(storage, Line("http://tablet", transport=transport), form_version="vn-2022/1", clock=lambda: NOW)
    for part in (_written, _changed, _asked, _reviewed, _handed_out):
        part(tablet)
        tablet.push()
    tablet.line.close()
    storage.close()
    return came


def _taking_everything(came: list[dict[str, Any]]) -> Callable[[httpx.Request], httpx.Response]:
    def told(request: httpx.Request) -> httpx.Response:
        said: dict[str, Any] = {"epoch": "e", "durable_through": 0, "max_submissions": 1000, "max_bytes": 2**24}
        if request.method == "POST":
            came.append(json.loads(gzip.decompress(request.content)))
            named = ("submission_id", "entity", "id")
            said["outcomes"] = [
                {name: one[name] for name in named} | {"outcome": "applied", "version": (one["base_version"] or 0) + 1}
                for one in came[-1]["submissions"]
            ]
        return httpx.Response(200, headers={"X-Trace-Id": "x"}, json=said)

    return told


def _id(kind: int, number: int) -> str:
    return f"0192f4b0-000{kind}-7000-8000-{number:012d}"


HOME, OTHER = _id(1, 1), _id(1, 2)
_LISTS: dict[str, list[str]] = recorded()["lists"]


def _pick(name: str, number: int) -> str:
    return _LISTS[name][number % len(_LISTS[name])]


def _written(tablet: Tablet) -> None:
    """Two households, and people among whom every code of a person is found but for the list of ethnic groups."""
    for number, home in enumerate((HOME, OTHER)):
        tablet.create("household", {
            "hamlet_id": HAMLET[3], "household_no": f"9{number}", "address": "Ngõ 3", "phone": "0912000000",
            "note": "Nhà cuối xóm", "residence": _pick("residence", number), "head_member_id": _id(2, number),
            "no_labour_capacity": number == 0, "no_labour_capacity_ground": "Ốm dài ngày" if number == 0 else None,
        }, home)  # fmt: skip
    for number in range(9):
        tablet.create("member", {
            "household_id": OTHER if number == 1 else HOME, "full_name": f"Trần Văn {'ABCDEGHIK'[number]}",
            "sex": _pick("sex", number), "birth_date": f"19{60 + number}-03-02", "birth_year": 1960 + number,
            "relation_to_head": "head" if number == 1 else _pick("relation", number),
            "ethnicity": _pick("ethnicity", -number), "personal_id": f"03606{number}001234",
            "schooling": _pick("schooling", number), "right_level": number % 2 == 0,
            "qualification": _pick("qualification", number), "labour_status": _pick("labour_status", number),
            "labour_contract": number % 2 == 0, "occupation": "Thợ nề", "health_insurance": True,
            "social_allowance": False, "pension": False, "merit_person": number == 2,
            "disability": _pick("disability", number), "nutrition": _pick("nutrition", number),
        }, _id(2, number))  # fmt: skip


def _changed(tablet: Tablet) -> None:
    tablet.change("household", HOME, {"phone": None, "no_labour_capacity": False, "no_labour_capacity_ground": None})
    tablet.change("household", HOME, {"note": "Đã sửa mái", "residence": "temporary", "household_no": "93"})
    tablet.change("member", _id(2, 0), {"occupation": "Làm ruộng", "health_insurance": None, "birth_date": None})
    tablet.change("member", _id(2, 3), {"household_id": OTHER, "relation_to_head": "spouse"})
    for number, reason in enumerate(_LISTS["left_reason"]):
        tablet.change("member", _id(2, 4 + number), {"left_on": "2024-10-01", "left_reason": reason})
    tablet.change("member", _id(2, 4), {"left_on": None, "left_reason": None})


def _asked(tablet: Tablet) -> None:
    """Papers; one of a household that is only named later, and one whose result is corrected."""
    for number, kind in enumerate(_LISTS["request_kind"]):
        paper = {"household_id": None if number == 1 else HOME, "kind": kind, "received_on": "2024-10-02"}
        tablet.create("request", paper | {"reason": "Mất việc"}, _id(3, number))
    tablet.change("request", _id(3, 1), {"household_id": OTHER, "reason": None, "received_on": "2024-10-03"})
    result = screening_of(_id(3, 0))
    found: dict[str, Any] = {
        "form": None,
        "answers": {},
        "passed": False,
        "reason": "Nhà dột",
        "screened_on": "2024-10-04",
    }
    tablet.create("screening", {"request_id": _id(3, 0), **found}, result)
    tablet.change("screening", result, {"passed": True, "reason": "Đã xem lại", "screened_on": "2024-10-05"})


_ANSWERS: dict[str, Any] = {
    "non_farm_job": "none", "electricity_kwh": 45, "assets": ["colour_tv", "motorbike"], "land": [], "cattle": 0,
    "pigs": 2, "poultry": 15, "aquaculture": False, "hired_without_contract": True, "wall_durable": True,
    "column_durable": True, "roof_durable": False, "floor_area": 42.5, "water_source": "rain_water",
    "toilet": "two_compartment", "internet_used": False, "shared_device": True, "personal_device": False,
}  # fmt: skip


def _reviewed(tablet: Tablet) -> None:
    """One from a signed paper, in a round that asks for evidence; one of a training round, which computes points."""
    shared = {"surveyed_on": "2024-10-05", "respondent": "Chủ hộ", "answers": _ANSWERS, "causes": _LISTS["cause"]}
    result = {"b1": 110, "b2": 20, "proposed_class": "near_poor", "deprivations": ["housing_quality", "clean_water"]}
    photo = {"sha256": "b" * 64, "size": 90_000, "media_type": "image/png", "purpose": "house"}
    tablet.create("review", {
        "household_id": HOME, "round_id": "@round", "form": {"code": "form-b", "version": 1}, "paper_no": "B-1",
        "b1_entered": 110, "needs": _LISTS["need"], "device_result": result, "attachments": [photo],
        "position": {"lat": 20.25, "lon": 106.3, "accuracy_m": 8.5}, **shared,
    }, _id(4, 0))  # fmt: skip
    trained = {"household_id": OTHER, "round_id": "@training", "form": {"code": "form-b", "version": 3}}
    tablet.create("review", {**trained, **shared, "needs": [], "attachments": []}, _id(4, 1))


def _handed_out(tablet: Tablet) -> None:
    """A service of every kind; what was given to an organisation, and what only numbers are known of."""
    day = {"delivered_on": "2024-11-20", "received_by": "Trần Văn A", "outcome": "delivered"}
    for number, service in enumerate(_LISTS["service_kind"]):
        more = {"form": "service", "service": service, "quantity": 1.5, "unit": "buổi", "note": "Nhận đủ"}
        whom = {"intervention_id": "@intervention", "household_id": HOME, "member_id": _id(2, 0)}
        tablet.create("delivery", {**whom, **day, **more}, _id(5, number))
    many = {"poor": 3, "near_poor": 2, "newly_escaped": 1, "other": 0}
    of_all = {"intervention_id": "@intervention of the hamlet", "form": "in_kind", "quantity": 6.0, "unit": "suất"}
    tablet.create("delivery", {**of_all, **day, "headcount": many, "amount_vnd": 600_000}, _id(5, 101))
    tablet.create("delivery", {**of_all, **day, "organisation_id": "@organisation"}, _id(5, 102))


def _as_text(sent: list[dict[str, Any]]) -> str:
    """A line for each submission."""
    each = []
    for one in sent:
        head = json.dumps({k: v for k, v in one.items() if k != "submissions"} | {"device_id": "@device"})
        lines = ",\n".join(json.dumps(work, ensure_ascii=False) for work in one["submissions"])
        each.append(f'{head[:-1]}, "submissions": [\n{lines}\n]}}')
    return '{"app": "mobile_sync/tablet.py", "batches": [\n' + ",\n".join(each) + "\n]}\n"


if __name__ == "__main__":
    with (FOLDER / f"{sys.argv[1]}.json").open("x", encoding="utf-8") as file:
        file.write(_as_text(played()))
