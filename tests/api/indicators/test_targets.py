"""The progress of the plan of 2024: each target against its indicator, with who is missing."""

import tomllib
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from api.area_change import apply_change
from api.areas.law import change_called
from api.areas.tables import area_id
from api.audit import SystemActor
from api.plans.commands import load_plan
from tests.make.answers import done, pointers, refused
from tests.make.figures import figure
from tests.make.recognitions import recognise
from tests.make.reviews import households
from tests.make.rounds import cases, review, review_round

SignIn = Callable[[str], httpx.Client]
DOCUMENT = tomllib.loads(files("api.plans").joinpath("data/16-kh-ubnd-2024.toml").read_text(encoding="utf-8"))


@pytest.fixture
def plan_id(session: Session) -> UUID:
    """Ten poor households in xóm 3 and ten in xóm 4; of each ten seven have clean water, and one was never reviewed."""
    loaded = load_plan(session, SystemActor(), DOCUMENT)
    round_id = review_round(session)
    for hamlet in ("14080-03", "14080-04"):
        homes = households(session, 10, hamlet)
        for home in homes:
            recognise(session, home, "poor", date(2023, 12, 1))
        cases(session, round_id, homes[:9], hamlet, stage="surveyed")
        for number, home in enumerate(homes[:9]):
            lacks = ["clean_water"] if number < 2 else []
            review(session, round_id, home, b1=100, b2=30, deprivations=lacks)
    session.commit()
    return loaded


def _progress(client: httpx.Client, plan_id: UUID, **asked: Any) -> dict[str, Any]:
    answer = done(client.get(f"/api/v1/plans/{plan_id}/progress", params=asked))
    return {target["code"]: target for target in answer["targets"]}


def test_a_target_says_where_it_stands_and_who_is_missing(sign_in: SignIn, plan_id: UUID) -> None:
    officer = sign_in("truc-thai")
    water = _progress(officer, plan_id, as_of="2024-12-31")["clean_water"]
    assert (water["actual"], water["numerator"], water["denominator"]) == (70.0, 14, 20)
    assert (water["gap"], water["gap_of"], water["on_track"]) == (6, "household", False)  # more than 95 % of 20 is all
    missing = done(officer.get(water["work_list"]))["items"]
    assert len(missing) == 6
    assert {item["area_code"] for item in missing} == {"14080-03", "14080-04"}


def test_by_hamlet_and_by_month(sign_in: SignIn, plan_id: UUID) -> None:
    officer = sign_in("truc-thai")
    by_area = _progress(officer, plan_id, as_of="2024-12-31", by="area")["clean_water"]
    assert {p["area_code"]: (p["numerator"], p["denominator"]) for p in by_area["points"]} == {
        "14080": (14, 20),
        "14080-03": (7, 10),
        "14080-04": (7, 10),
        **{f"14080-0{n}": (0, 0) for n in (1, 2, 5, 6, 7, 8)},
    }
    assert by_area["actual"] == 70.0
    months = _progress(officer, plan_id, as_of="2024-10-15", by="month")["clean_water"]["points"]
    assert [p["period"] for p in months][-2:] == ["2024-09-30", "2024-10-15"]
    # the surveys were on 20 September
    assert [(p["period"], p["numerator"]) for p in months][7:9] == [("2024-08-31", 0), ("2024-09-30", 14)]


def test_a_hamlet_sees_its_own_part(sign_in: SignIn, plan_id: UUID) -> None:
    surveyor = sign_in("xom-3")
    water = _progress(surveyor, plan_id, as_of="2024-12-31", area="14080-03")["clean_water"]
    assert (water["numerator"], water["denominator"], water["gap"]) == (7, 10, 3)
    assert refused(surveyor.get(f"/api/v1/plans/{plan_id}/progress", params={"area": "14080-04"})) == (404, "not-found")


def areas_shown(client: httpx.Client, plan_id: UUID) -> dict[str, set[str]]:
    """Target -> the areas of which something is said, split by area."""
    split = _progress(client, plan_id, as_of="2024-12-31", by="area")
    return {
        code: {point["area_code"] for point in target["points"]} for code, target in split.items() if target["points"]
    }


def test_a_hamlet_is_told_of_itself_and_of_the_whole_commune_never_of_its_neighbours(
    sign_in: SignIn, plan_id: UUID, session: Session
) -> None:
    every = {"14080", *(f"14080-0{n}" for n in range(1, 9))}
    for username, expected in {
        "xom-3": {"14080", "14080-03"},
        "xom-4": {"14080", "14080-04"},
        "truc-thai": every,
        "chu-tich": every,
        "mat-tran": every,
        "truc-ninh": every,
    }.items():
        shown = areas_shown(sign_in(username), plan_id)
        assert set(map(frozenset, shown.values())) == {frozenset(expected)}, username
    water = _progress(sign_in("xom-3"), plan_id, as_of="2024-12-31", by="area")["clean_water"]
    assert {point["area_code"]: point["numerator"] for point in water["points"]} == {"14080": None, "14080-03": 7}
    # since the merger the officer works in another commune, which is made of this one too
    apply_change(session, SystemActor(), change_called("2025-07-01-minh-thai"))
    session.commit()
    assert set(map(frozenset, areas_shown(sign_in("truc-thai"), plan_id).values())) == {frozenset(every)}
    assert set(map(frozenset, areas_shown(sign_in("xom-3"), plan_id).values())) == {frozenset({"14080", "14080-03"})}


def surveys_besides(sign_in: SignIn, username: str, *hamlets: str) -> None:
    admin = sign_in("admin")
    account = next(one["id"] for one in done(admin.get("/api/v1/users"))["items"] if one["username"] == username)
    for code in hamlets:
        grant = {"role": "hamlet_surveyor", "area_id": str(area_id(code))}
        done(admin.post(f"/api/v1/users/{account}/grants", json=grant))


def of_commune(client: httpx.Client, plan_id: UUID, **asked: Any) -> list[tuple[int | None, int | None]]:
    water = _progress(client, plan_id, as_of="2024-12-31", **asked)["clean_water"]
    points = water["points"] or [water]
    return [(p["numerator"], p["denominator"]) for p in points if p.get("area_code", "14080") == "14080"]


@pytest.mark.parametrize("in_the_last", [3, 12])
@pytest.mark.parametrize("asked", [{}, {"by": "area"}, {"by": "month"}], ids=["alone", "by area", "by month"])
def test_whoever_has_all_hamlets_but_one_finds_no_small_number_there_by_subtraction(
    sign_in: SignIn, plan_id: UUID, session: Session, asked: dict[str, str], in_the_last: int
) -> None:
    """The sum over the commune is told as far as the hamlet that is left may be told."""
    round_id = review_round(session, year=2025)
    for hamlet, count, reviewed in (("14080-05", in_the_last, in_the_last), ("14080-06", 8, 4)):
        for number, home in enumerate(households(session, count, hamlet)):
            recognise(session, home, "poor", date(2023, 12, 1))
            if number < reviewed:
                lacks = ["clean_water"] if number % 2 and hamlet == "14080-05" else []
                review(session, round_id, home, b1=100, b2=30, deprivations=lacks)
    session.commit()
    surveys_besides(sign_in, "xom-3", *(f"14080-0{n}" for n in (1, 2, 4, 6, 7, 8)))
    surveyor = sign_in("xom-3")
    whole = of_commune(sign_in("truc-thai"), plan_id, **asked)[-1]
    assert whole == (14 + 4 + (in_the_last + 1) // 2, 20 + 8 + in_the_last)  # 6 are not known, 5 or more lack it
    told = of_commune(surveyor, plan_id, **asked)[-1]
    assert told == ((None, None) if in_the_last < 5 else whole)


def test_an_area_of_another_commune_is_not_of_the_plan(sign_in: SignIn, plan_id: UUID) -> None:
    answer = sign_in("truc-ninh").get(f"/api/v1/plans/{plan_id}/progress", params={"area": "14071-01"})
    assert (answer.status_code, pointers(answer)) == (422, [("#query/area", "not_of_the_plan")])


def test_without_totals_the_fall_of_the_rate_is_not_known(sign_in: SignIn, plan_id: UUID) -> None:
    officer = sign_in("truc-thai")
    fall = _progress(officer, plan_id, as_of="2024-12-31")["multidimensional_poverty_rate"]
    assert (fall["actual"], fall["gap"], fall["on_track"]) == (None, None, None)
    assert "tổng số hộ" in fall["reason"]["vi"]
    for number in range(1, 9):
        body = {"as_of": "2023-12-01", "households": 250, "persons": 900, "source": "Công an xã"}
        done(officer.post(f"/api/v1/areas/{area_id(f'14080-0{number}')}/statistics", json=body))
    fall = _progress(officer, plan_id, as_of="2024-12-31")["multidimensional_poverty_rate"]
    assert (fall["actual"], fall["numerator"], fall["denominator"]) == (0.0, 20, 2000)
    assert fall["gap"] == 10  # 1 % less half a point
    assert fall["on_track"] is False


def test_the_target_of_the_premium_is_the_share_that_is_paid(sign_in: SignIn, plan_id: UUID, session: Session) -> None:
    officer = sign_in("truc-thai")
    premium = _progress(officer, plan_id, as_of="2024-12-31")["premium_support"]
    assert (premium["target"], premium["actual"], premium["on_track"], premium["gap"]) == (50.0, None, None, None)
    assert premium["reason"]["vi"].startswith("Chưa có số tiền phí thẻ")
    figure(session, "14080", "average_premium_due", date(2024, 11, 30), 1_000_001)
    figure(session, "14080", "average_premium_supported", date(2024, 11, 30), 300_000)
    session.commit()
    premium = _progress(officer, plan_id, as_of="2024-12-31")["premium_support"]
    assert (premium["actual"], premium["gap"], premium["gap_of"], premium["on_track"]) == (30.0, 200_001, "vnd", False)
    assert (premium["numerator"], premium["denominator"], premium["work_list"]) == (300_000, 1_000_001, None)
    cards = done(officer.get("/api/v1/indicators/average_living_standard_insured", params={"as_of": "2024-12-31"}))
    assert cards["points"][0]["denominator"] == 0


def test_officers_are_trained_out_of_those_that_the_commune_says_there_are(
    sign_in: SignIn, plan_id: UUID, session: Session
) -> None:
    officer = sign_in("truc-thai")
    trained = _progress(officer, plan_id, as_of="2024-12-31")["officers_trained"]
    assert (trained["actual"], trained["numerator"], trained["on_track"]) == (None, 0, None)
    assert "xã cần ghi" in trained["reason"]["vi"]
    figure(session, "14080", "poverty_officers", date(2024, 2, 1), 12)
    session.commit()
    trained = _progress(officer, plan_id, as_of="2024-12-31", by="area")["officers_trained"]
    assert (trained["actual"], trained["denominator"], trained["gap"], trained["gap_of"]) == (0.0, 12, 12, "trainee")
    assert {point["area_code"]: point["value"] for point in trained["points"]} == {
        "14080": 0.0, **{f"14080-0{n}": None for n in range(1, 9)},
    }  # fmt: skip
