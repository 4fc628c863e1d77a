"""Entitlements over HTTP: one household, the work list, the numbers; whose they are to see, and how much of them."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Permission, Role, holds
from api.areas.tables import area_id
from api.eligibility.judging import books
from api.eligibility.queries import Asked, work_list
from api.eligibility.summary import summary
from tests.make.decisions import people
from tests.make.entitlements import catalogue_of, delivery, policy
from tests.make.recognitions import recognise
from tests.make.reviews import acting, household, households

SignIn = Callable[[str], httpx.Client]
FROM, DAY = date(2023, 12, 12), "2024-11-20"
ELECTRICITY = {"policy": "electricity_poor", "as_of": DAY}


def poor(session: Session, count: int = 1, hamlet: str = "14080-03") -> list[UUID]:
    made = households(session, count, hamlet)
    for home in made:
        recognise(session, home, "poor", FROM)
    return made


def got(client: httpx.Client, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def of(answer: Any, code: str) -> list[dict[str, Any]]:
    return [one for one in answer["entitlements"] if one["policy"] == code]


def listed(client: httpx.Client, **params: Any) -> list[str]:
    """The households of all pages of the work list."""
    found, cursor = [], None
    while True:
        page = got(client, "eligibility", **ELECTRICITY | params | ({"cursor": cursor} if cursor else {}))
        found += [item["household_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_one_household_with_reason_article_and_amount(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    session.commit()
    answer = got(sign_in("truc-thai"), f"households/{home}/entitlements", as_of=DAY)
    assert (answer["household_id"], answer["as_of"], answer["active"]) == (str(home), DAY, True)
    (one,) = of(answer, "electricity_poor")
    assert (one["state"], one["eligible"], one["served"], one["member_id"]) == ("open", True, None, None)
    (reason,) = one["reasons"]
    assert reason["reason"]["vi"] == "Hộ nghèo theo quyết định công nhận"
    assert (reason["document"], reason["certain"]) == ("28/2014/QĐ-TTg", True)
    (brief,) = [one for one in answer["policies"] if one["code"] == "electricity_poor"]
    amount = {one["code"]: one for one in brief["amounts"]}["monthly_amount"]
    assert (amount["value"], amount["unverified_value"]) == (None, 56_790), "unverified: never an amount due"
    assert amount["said"]["vi"].startswith("Chưa kiểm chứng")
    assert {one["policy"] for one in answer["entitlements"]} == {one["code"] for one in answer["policies"]}


def test_what_was_given_is_named_with_its_day(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    given = delivery(session, "electricity_poor", home, date(2024, 10, 5))
    session.commit()
    (one,) = of(got(sign_in("truc-thai"), f"households/{home}/entitlements", as_of=DAY), "electricity_poor")
    assert one["state"] == "served"
    assert one["served"] == {"by": "delivery", "id": str(given), "on": "2024-10-05"}
    (later,) = of(got(sign_in("truc-thai"), f"households/{home}/entitlements", as_of="2025-01-01"), "electricity_poor")
    assert (later["state"], later["served"]) == ("open", None), "a new quarter"


def test_the_people_of_the_household_are_named(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    insured, asked = people(session, home, 1, health_insurance=True), people(session, home, 1, full_name="Lê Văn Ẩn")
    session.commit()
    answer = got(sign_in("truc-thai"), f"households/{home}/entitlements", as_of=DAY)
    found = {one["member_id"]: one for one in of(answer, "health_insurance_poor")}
    assert found.keys() == {str(insured[0]), str(asked[0])}
    assert found[str(insured[0])]["state"] == "served"
    assert found[str(insured[0])]["served"] == {"by": "facts", "id": None, "on": None}
    assert (found[str(asked[0])]["state"], found[str(asked[0])]["full_name"]) == ("open", "Lê Văn Ẩn")
    assert [words["vi"] for words in found[str(asked[0])]["to_check"]] == ["Có thẻ bảo hiểm y tế không"]


def test_a_household_merged_away_is_answered_as_its_survivor(session: Session, sign_in: SignIn) -> None:
    survivor, absorbed = households(session, 2)
    recognise(session, survivor, "poor", FROM)
    given = delivery(session, "electricity_poor", absorbed, date(2024, 11, 2))
    session.commit()
    officer = sign_in("truc-thai")
    merged = officer.post("/api/v1/households/merge", json={"survivor_id": str(survivor), "absorbed_id": str(absorbed)})
    assert merged.is_success, merged.text
    answer = got(officer, f"households/{absorbed}/entitlements", as_of=DAY)
    assert answer["household_id"] == str(survivor)
    (one,) = of(answer, "electricity_poor")
    assert (one["state"], one["served"]["id"]) == ("served", str(given)), "what the other name received counts"
    assert listed(officer) == []
    assert listed(officer, served="served") == [str(survivor)]


def test_a_household_that_is_no_more_comes_under_nothing(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    session.commit()
    officer = sign_in("truc-thai")
    ended = officer.post(f"/api/v1/households/{home}/dissolve", headers={"If-Match": '"1"'})
    assert ended.is_success, ended.text
    answer = got(officer, f"households/{home}/entitlements")
    assert (answer["active"], answer["entitlements"], answer["policies"]) == (False, [], [])
    assert str(home) not in listed(officer, as_of=clock.today().isoformat())


def test_the_work_list_is_open_served_or_both(session: Session, sign_in: SignIn) -> None:
    waiting, served = poor(session, 2)
    near = household(session)
    recognise(session, near, "near_poor", FROM)
    delivery(session, "electricity_poor", served, date(2024, 11, 2))
    session.commit()
    officer = sign_in("truc-thai")
    assert listed(officer) == [str(waiting)]
    assert listed(officer, served="served") == [str(served)]
    assert set(listed(officer, served="all")) == {str(waiting), str(served)}
    assert listed(officer, served="unknown") == []
    assert listed(officer, as_of="2022-01-01") == [], "nobody was poor then"


def test_the_work_list_of_a_hamlet_and_of_ones_own_areas(session: Session, sign_in: SignIn) -> None:
    (three,), (four,) = poor(session), poor(session, hamlet="14080-04")
    elsewhere = poor(session, hamlet="14071-01")
    session.commit()
    officer = sign_in("truc-thai")
    assert set(listed(officer)) == {str(three), str(four)}
    assert listed(officer, area_id=str(area_id("14080-04"))) == [str(four)]
    assert listed(sign_in("xom-3")) == [str(three)]
    assert listed(sign_in("xom-3"), area_id=str(area_id("14080-04"))) == []
    assert listed(officer, area_id=str(area_id("14071"))) == []
    assert len(listed(sign_in("truc-ninh"))) == 2 + len(elsewhere)


def test_pages_follow_each_other_without_a_gap(session: Session, sign_in: SignIn) -> None:
    made = [*poor(session, 7), *poor(session, 5, "14080-04")]
    session.commit()
    officer = sign_in("truc-thai")
    every = listed(officer)
    assert sorted(every) == sorted(map(str, made))
    for limit in (1, 5, 12):
        assert listed(officer, limit=limit) == every
    refused = officer.get("/api/v1/eligibility", params={"cursor": "x"})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-cursor")


def test_a_sparse_list_goes_on_where_a_page_has_looked(session: Session, sign_in: SignIn) -> None:
    made = sorted(households(session, 403))
    first, last = made[0], made[-1]  # more than a page looks at lies between them
    for home in (first, last):
        recognise(session, home, "poor", FROM)
    session.commit()
    officer = sign_in("truc-thai")
    page = got(officer, "eligibility", **ELECTRICITY, limit=1)
    assert [item["household_id"] for item in page["items"]] == [str(first)]
    assert page["next_cursor"] is not None
    assert listed(officer, limit=1) == [str(first), str(last)]


def test_a_policy_that_is_not_there_is_said(sign_in: SignIn) -> None:
    answer = sign_in("truc-thai").get("/api/v1/eligibility", params={"policy": "no-such"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#query/policy"


def test_the_numbers_of_a_hamlet(session: Session, sign_in: SignIn) -> None:
    waiting, served = poor(session, 2)
    people(session, waiting, 3)
    people(session, served, 2)
    poor(session, hamlet="14080-04")
    delivery(session, "electricity_poor", served, date(2024, 11, 2))
    session.commit()
    officer, three = sign_in("truc-thai"), str(area_id("14080-03"))
    answer = got(officer, "eligibility/summary", area_id=three, as_of=DAY)
    assert (answer["area_id"], answer["as_of"], answer["households"], answer["persons"]) == (three, DAY, 2, 5)
    found = {one["policy"]: one for one in answer["policies"]}
    none = {"unknown": 0, "excluded": 0, "withheld": 0}
    assert found["electricity_poor"]["households"] == {"eligible": 2, "open": 1, "served": 1} | none
    assert found["electricity_poor"]["persons"] == {"eligible": 5, "open": 3, "served": 2} | none
    assert found["health_insurance_poor"]["persons"] == {"eligible": 5, "open": 5, "served": 0} | none
    assert found["health_insurance_poor"]["households"] == {"eligible": 2, "open": 2, "served": 0} | none
    commune = got(officer, "eligibility/summary", area_id=str(area_id("14080")), as_of=DAY)
    assert commune["households"] == 3
    assert got(sign_in("xom-4"), "eligibility/summary", area_id=three, as_of=DAY)["households"] == 0


@pytest.mark.parametrize("code", ["363", "36"])
def test_a_district_is_asked_for_commune_by_commune(sign_in: SignIn, code: str) -> None:
    answer = sign_in("truc-ninh").get("/api/v1/eligibility/summary", params={"area_id": str(area_id(code))})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#query/area_id")
    unknown = sign_in("truc-ninh").get("/api/v1/eligibility/summary", params={"area_id": str(uuid4())})
    assert unknown.status_code == 422


@pytest.mark.parametrize(
    "path", ["households/{home}/entitlements", "eligibility", "eligibility/summary?area_id={area}"]
)
@pytest.mark.parametrize("person", ["ngan-hang", "tai-chinh", "van-hoa", "mat-tran", "admin", "he-thong"])
def test_who_may_not_read_households_sees_nothing_of_it(
    session: Session, sign_in: SignIn, path: str, person: str
) -> None:
    (home,) = poor(session)
    session.commit()
    answer = sign_in(person).get(f"/api/v1/{path.format(home=home, area=area_id('14080'))}")
    assert (answer.status_code, answer.json()["permission"]) == (403, "households:read")


def test_outside_of_ones_areas_there_is_no_such_household(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    session.commit()
    for stranger in ("truc-dai", "xom-4"):
        assert sign_in(stranger).get(f"/api/v1/households/{home}/entitlements").status_code == 404
    assert sign_in("truc-thai").get(f"/api/v1/households/{uuid4()}/entitlements").status_code == 404


def test_who_sees_that_somebody_was_served_by_a_loan_may_know_of_loans() -> None:
    readers = [(role, head) for role in Role for head in (False, True) if holds(role, head, Permission.households_read)]
    assert readers
    assert all(holds(role, head, Permission.credit_exists) for role, head in readers)


_DISABLED = catalogue_of(
    policy("disabled", '{"in": [{"var": "m.disability"}, ["severe", "very_severe"]]}', subject="member")
)


def test_the_district_does_not_learn_whose_health_it_is(session: Session) -> None:
    (home,) = poor(session)
    people(session, home, 1, disability="severe")
    people(session, home, 1)
    by, hamlet = books(_DISABLED, date(2024, 11, 20)), area_id("14080-03")
    asked = Asked(hamlet, "all", None, 100, None)
    ((item),) = work_list(session, acting("truc-thai"), asked, by).items
    assert [one.state for one in item.entitlements] == ["open"]
    assert work_list(session, acting("truc-ninh"), asked, by).items == []

    def tallies(who: str) -> tuple[int, ...]:
        (found,) = summary(session, acting(who), hamlet, by).policies
        return found.persons.open, found.persons.withheld

    assert tallies("truc-thai") == (1, 0)
    assert tallies("truc-ninh") == (0, 2), "the same of both people"


def test_priority_groups_of_health_and_merit_are_not_for_the_district(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    people(session, home, 1, merit_person=True, disability="severe", birth_year=1990)
    session.commit()

    def groups(who: str) -> tuple[set[str], set[str]]:
        found = got(sign_in(who), f"households/{home}/entitlements", as_of=DAY)["entitlements"]
        return {g["code"] for one in found for g in one["priorities"]}, {
            name for one in found for name in one["withheld"]
        }

    assert {"merit_member", "disabled", "women"} <= groups("truc-thai")[0]
    assert groups("truc-thai")[1] == set()
    seen, withheld = groups("truc-ninh")
    assert "women" in seen
    assert seen & {"merit_member", "disabled"} == set()
    assert "priorities" in withheld
    assert listed(sign_in("truc-ninh"), priority="disabled") == []
    assert listed(sign_in("truc-thai"), priority="disabled") == [str(home)]


def test_reading_is_written_into_the_log(session: Session, sign_in: SignIn) -> None:
    (home,) = poor(session)
    session.commit()
    officer = sign_in("truc-thai")
    got(officer, f"households/{home}/entitlements")
    listed(officer)
    rows = session.execute(
        text("SELECT action FROM audit_entry WHERE subject_ids @> ARRAY[CAST(:home AS uuid)] ORDER BY id"),
        {"home": home},
    ).scalars()
    assert [action for action in rows if action.startswith("eligibility")] == ["eligibility.read", "eligibility.list"]
