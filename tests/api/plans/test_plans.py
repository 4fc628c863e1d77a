"""The plan 16/KH-UBND of 2024: its targets as it set them, seen by whom it concerns, and no invented progress."""

import copy
import tomllib
from collections.abc import Callable
from importlib.resources import files
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from api import codes
from api.audit import AuditEntry, SystemActor
from api.plans.commands import load_plan
from api.plans.tables import PlanTarget
from api.problems import NotFound

DOCUMENT = tomllib.loads(files("api.plans").joinpath("data/16-kh-ubnd-2024.toml").read_text(encoding="utf-8"))


@pytest.fixture
def plan_id(session: Session) -> UUID:
    loaded = load_plan(session, SystemActor(), DOCUMENT)
    session.commit()
    return loaded


def test_the_targets_are_those_of_the_plan(sign_in: Callable[[str], httpx.Client], plan_id: UUID) -> None:
    plan = sign_in("truc-thai").get(f"/api/v1/plans/{plan_id}").json()
    assert (plan["number"], plan["year"], plan["signed_on"]) == ("16/KH-UBND", 2024, "2024-04-02")
    said = {t["code"]: (t["section"], t["comparison"], t["value"], t["unit"]) for t in plan["targets"]}
    assert said["multidimensional_poverty_rate"] == ("II.1", "decrease_by", 0.5, "percentage_point")
    assert said["clean_water"] == ("II.2.2", "more_than", 95.0, "percent")
    assert said["hygienic_toilet"] == ("II.2.2", "at_least", 90.0, "percent")
    assert said["telecom_service"] == ("II.2.2", "at_least", 70.0, "percent")
    assert said["premium_support"] == ("II.2.2", "at_least", 50.0, "percent")
    hundred = {code for code, (_, comparison, value, _) in said.items() if (comparison, value) == ("at_least", 100.0)}
    assert hundred == {
        "access_to_services_and_policies",
        "preferential_credit",
        "officers_trained",
        "job_support",
        "health_insurance",
        "school_attendance",
        "vocational_training",
    }
    # where the plan gives no number, none is stored
    numberless = {code for code, (_, comparison, value, _) in said.items() if comparison == "strive" and value is None}
    assert numberless == {"livelihood_models", "sustainable_job_in_household", "safe_housing"}
    assert all(codes.known("target_unit", unit) for _, _, _, unit in said.values())
    assert len(said) == 15
    assert [t["position"] for t in plan["targets"]] == list(range(1, 16))
    words = next(t["title_vi"] for t in plan["targets"] if t["code"] == "clean_water")
    assert words == "Trên 95% hộ nghèo, hộ cận nghèo sử dụng nước sinh hoạt hợp vệ sinh"


def test_progress_invents_nothing(sign_in: Callable[[str], httpx.Client], plan_id: UUID) -> None:
    answer = sign_in("truc-thai").get(f"/api/v1/plans/{plan_id}/progress", params={"as_of": "2024-06-30"}).json()
    assert answer["as_of"] == "2024-06-30"
    assert len(answer["targets"]) == 15
    for target in answer["targets"]:
        if target["code"] != "livelihood_models":  # a number of projects, and there are none
            assert (target["actual"], target["on_track"]) == (None, None)
            assert target["reason"]["vi"]


@pytest.mark.parametrize("who", ["truc-ninh", "chu-tich", "xom-3", "ngan-hang", "tai-chinh", "van-hoa", "mat-tran"])
def test_the_commune_its_hamlets_and_its_district_see_the_plan(
    who: str, sign_in: Callable[[str], httpx.Client], plan_id: UUID
) -> None:
    client = sign_in(who)
    assert [p["id"] for p in client.get("/api/v1/plans", params={"year": 2024}).json()["items"]] == [str(plan_id)]
    assert client.get(f"/api/v1/plans/{plan_id}").status_code == 200


@pytest.mark.parametrize("who", ["truc-dai", "xom-td-1"])
def test_another_commune_does_not(who: str, sign_in: Callable[[str], httpx.Client], plan_id: UUID) -> None:
    client = sign_in(who)
    assert client.get("/api/v1/plans").json() == {"items": [], "next_cursor": None}
    for path in ("", "/progress"):
        assert client.get(f"/api/v1/plans/{plan_id}{path}").status_code == 404
        assert client.get(f"/api/v1/plans/{uuid4()}{path}").status_code == 404


@pytest.mark.parametrize("who", ["admin", "he-thong"])
def test_without_the_right_the_right_is_named(who: str, sign_in: Callable[[str], httpx.Client], plan_id: UUID) -> None:
    answer = sign_in(who).get(f"/api/v1/plans/{plan_id}")
    assert answer.status_code == 403
    assert answer.json()["permission"] == "programmes:read"


def test_plans_come_in_pages_newest_year_first(session: Session, sign_in: Callable[[str], httpx.Client]) -> None:
    for year in (2022, 2023, 2024):
        other = copy.deepcopy(DOCUMENT)
        other["plan"] |= {"year": year, "number": f"{year}/KH"}
        load_plan(session, SystemActor(), other)
    session.commit()
    client = sign_in("truc-thai")
    years, cursor = [], None
    while True:
        page = client.get("/api/v1/plans", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        years += [plan["year"] for plan in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert years == [2024, 2023, 2022]
    broken = client.get("/api/v1/plans", params={"cursor": "abc"})
    assert (broken.status_code, broken.json()["type"]) == (422, "/problems/invalid-cursor")


def test_loading_a_plan_again_changes_nothing(session: Session, plan_id: UUID) -> None:
    assert load_plan(session, SystemActor(), DOCUMENT) == plan_id
    assert session.scalar(select(func.count()).select_from(PlanTarget)) == 15
    assert session.scalar(select(func.count()).where(AuditEntry.action == "plans.load")) == 1  # type: ignore[arg-type]


def test_a_plan_of_an_unknown_commune_or_with_a_missing_number_is_refused(session: Session) -> None:
    nowhere = copy.deepcopy(DOCUMENT)
    nowhere["plan"]["area"] = "99999"
    with pytest.raises(NotFound):
        load_plan(session, SystemActor(), nowhere)
    silent = copy.deepcopy(DOCUMENT)
    del silent["target"][1]["value"]
    with pytest.raises(ValueError, match="access_to_services"):
        load_plan(session, SystemActor(), silent)
