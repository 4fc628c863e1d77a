"""Who takes part: hundreds at once, nobody twice, with the class of the day of joining, seen by whom it concerns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.programmes.catalogue import catalogue
from tests.conftest import SignIn
from tests.make.answers import done, refused
from tests.make.decisions import people
from tests.make.programme_work import COMMUNE, ROOT, enrolled, least, opened, organisation, take
from tests.make.recognitions import recognise
from tests.make.reviews import counted, household, households

COURSE, TRAINING, WEIGHING = "vocational_course", "staff_training", "nutrition_weighing"


@pytest.fixture
def round_(sign_in: SignIn) -> dict[str, Any]:
    """A round of support of the commune: households take part."""
    return opened(sign_in, "support_round")


def line(made: dict[str, Any], household_id: UUID | str, **more: Any) -> dict[str, Any]:
    role = next(r for r in catalogue().kinds[made["kind"]].roles if {"household", "member"} & set(r.who))
    who = {"role": role.code, "joined_on": "2024-05-20", "fields": least(role.fields)}
    return who | {"household_id": str(household_id)} | more


def test_five_and_two_hundred_cost_the_same_statements(
    sign_in: SignIn, session: Session, engine: Engine, app: Any
) -> None:
    officer = sign_in("truc-thai")
    homes = households(session, 205)
    session.commit()
    costs = []
    for some in (homes[:5], homes[5:]):
        made = opened(sign_in, "support_round")
        with counted(app.state.engine) as seen:
            items = enrolled(officer, made, *(line(made, home) for home in some))
        assert [one["household_id"] for one in items] == [str(home) for home in some]
        with counted(app.state.engine) as listing:
            assert len(done(officer.get(f"{ROOT}/{made['id']}/participants", params={"limit": 500}))["items"]) == len(
                some
            )
        with counted(app.state.engine) as reading:
            assert done(officer.get(f"{ROOT}/{made['id']}"))["heads"]["households"] == len(some)
        costs.append((len(seen), len(listing), len(reading)))
    assert costs[0] == costs[1], costs
    assert max(costs[0]) <= 20, costs


def test_all_are_enrolled_or_none_and_every_fault_has_its_place(
    sign_in: SignIn, session: Session, round_: dict[str, Any]
) -> None:
    officer = sign_in("truc-thai")
    home, strange = household(session), household(session, "14071-01", by="truc-dai")
    session.commit()
    address = f"{ROOT}/{round_['id']}/participants"
    sent = [line(round_, home), line(round_, strange), line(round_, uuid4())]
    answer = officer.post(address, json={"participants": sent})
    assert refused(answer) == (404, "not-found")
    places = [error["pointer"] for error in answer.json()["errors"]]
    assert places == ["#/participants/1/household_id", "#/participants/2/household_id"]
    twice = [line(round_, home), line(round_, home)]
    answer = officer.post(address, json={"participants": twice})
    assert (*refused(answer), answer.json()["errors"][0]["pointer"]) == (409, "conflict", "#/participants/1")
    role = round_["kind"]
    answer = officer.post(address, json={"participants": [line(round_, home, role="king")]})
    assert [e["code"] for e in answer.json()["errors"]] == ["unknown_role"], role
    nobody = {"role": line(round_, home)["role"], "joined_on": "2024-05-20"}
    answer = officer.post(address, json={"participants": [nobody]})
    assert [e["code"] for e in answer.json()["errors"]] == ["nobody"]
    yes = nobody | {"headcount": {"poor": True}}
    answer = officer.post(address, json={"participants": [yes]})
    assert [e["pointer"] for e in answer.json()["errors"]] == ["#/participants/0/headcount/poor"]
    same = str(uuid4())
    other = household(session)
    session.commit()
    ids = {"participants": [line(round_, home, id=same), line(round_, other, id=same)]}
    assert {e["code"] for e in officer.post(address, json=ids).json()["errors"]} == {"twice"}
    assert done(officer.get(address))["items"] == []


def test_a_list_that_is_sent_twice_enrols_once(sign_in: SignIn, session: Session, round_: dict[str, Any]) -> None:
    officer = sign_in("truc-thai")
    homes = households(session, 3)
    session.commit()
    address = f"{ROOT}/{round_['id']}/participants"
    body = {"participants": [line(round_, home, id=str(uuid4())) for home in homes]}
    first = done(officer.post(address, json=body))
    assert done(officer.post(address, json=body)) == first
    key = {"Idempotency-Key": "quy-1"}
    more = {"participants": [line(round_, household(session))]}
    session.commit()
    keyed = done(officer.post(address, json=more, headers=key))
    assert done(officer.post(address, json=more, headers=key)) == keyed
    changed = {"participants": [more["participants"][0] | {"joined_on": "2024-05-21"}]}
    assert refused(officer.post(address, json=changed, headers=key)) == (409, "idempotency-key-reused")
    assert len(done(officer.get(address))["items"]) == 4
    # and again after somebody has left: the answer of then, no second enrolment
    left = {"state": "left", "ended_on": "2024-06-01", "ended_reason": "Chuyển đi"}
    done(officer.patch(f"{address}/{first['items'][0]['id']}", json=left))
    assert [one["state"] for one in done(officer.post(address, json=body))["items"]] == ["left", "enrolled", "enrolled"]


def test_two_who_enrol_the_same_household_at_once_enrol_it_once(
    sign_in: SignIn, session: Session, round_: dict[str, Any]
) -> None:
    officer = sign_in("truc-thai")
    for home in households(session, 3):
        session.commit()
        body = {"participants": [line(round_, home)]}
        with ThreadPoolExecutor(2) as pool:
            post = lambda _, body=body: officer.post(f"{ROOT}/{round_['id']}/participants", json=body)  # noqa: E731
            answers = list(pool.map(post, range(2)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_a_household_takes_part_once_under_whatever_name(
    sign_in: SignIn, session: Session, round_: dict[str, Any]
) -> None:
    officer = sign_in("truc-thai")
    survivor, absorbed = households(session, 2)
    session.commit()
    address = f"{ROOT}/{round_['id']}/participants"
    (one,) = enrolled(officer, round_, line(round_, absorbed))
    asked = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=asked))
    assert [p["household_id"] for p in done(officer.get(address))["items"]] == [str(survivor)]
    for name in (survivor, absorbed):
        answer = officer.post(address, json={"participants": [line(round_, name)]})
        assert refused(answer) == (409, "conflict"), name
    # the list that was sent before the merge is still the same list
    again = officer.post(address, json={"participants": [line(round_, absorbed, id=one["id"])]})
    assert done(again)["items"][0]["household_id"] == str(survivor)
    left = {"state": "left", "ended_on": "2024-06-01", "ended_reason": "Đăng ký nhầm"}
    done(officer.patch(f"{address}/{one['id']}", json=left))
    (new,) = enrolled(officer, round_, line(round_, absorbed))
    assert new["household_id"] == str(survivor)
    back = officer.patch(f"{address}/{one['id']}", json={"state": "enrolled"})
    assert refused(back) == (409, "conflict")


def test_the_class_is_that_of_the_day_of_joining(sign_in: SignIn, session: Session, round_: dict[str, Any]) -> None:
    officer = sign_in("truc-thai")
    poor, escaped, near, unknown = households(session, 4)
    recognise(session, poor, "poor", date(2023, 1, 1), date(2024, 1, 1))
    recognise(session, poor, "near_poor", date(2024, 1, 1))
    recognise(session, escaped, "poor", date(2022, 1, 1), date(2023, 1, 1))
    recognise(session, escaped, "not_poor", date(2023, 1, 1))
    recognise(session, near, "near_poor", date(2023, 1, 1))
    session.commit()
    first = enrolled(
        officer, round_, *(line(round_, h, joined_on="2023-06-01") for h in (poor, escaped, near, unknown))
    )
    assert [one["class_on_joining"] for one in first] == ["poor", "newly_escaped", "near_poor", "other"]
    later = opened(sign_in, "support_round")
    assert [one["class_on_joining"] for one in enrolled(officer, later, line(later, poor))] == ["near_poor"]
    heads = done(officer.get(f"{ROOT}/{round_['id']}"))["heads"]
    assert heads["by_class"] == {"poor": 1, "near_poor": 1, "newly_escaped": 1, "other": 1}
    assert (heads["participants"], heads["households"], heads["persons"]) == (4, 4, 0)


def test_numbers_count_people_by_sex_and_groups_by_class(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home = household(session)
    recognise(session, home, "poor", date(2024, 1, 1))
    mother, daughter = people(session, home, 2)
    session.commit()
    course = opened(sign_in, COURSE)
    items = enrolled(officer, course, *(line(course, home, member_id=str(m)) for m in (mother, daughter)))
    assert [one["name"] for one in items] == ["Nguyễn Thị A", "Nguyễn Thị B"]
    heads = done(officer.get(f"{ROOT}/{course['id']}"))["heads"]
    assert (heads["persons"], heads["households"], heads["by_sex"]) == (2, 1, {"male": 0, "female": 2})
    assert heads["by_class"]["poor"] == 2
    gone = {"state": "left", "ended_on": "2024-06-01", "ended_reason": "Ốm"}
    done(officer.patch(f"{ROOT}/{course['id']}/participants/{items[0]['id']}", json=gone))
    heads = done(officer.get(f"{ROOT}/{course['id']}"))["heads"]
    assert (heads["persons"], heads["left"], heads["by_sex"]["female"]) == (1, 1, 1)
    school = organisation(officer, kind="school")
    meals = opened(sign_in, "school_meals", organisation_id=school)
    role = catalogue().kinds["school_meals"].roles[0]
    numbers = {"poor": 12, "near_poor": 8, "other": 100}
    who = {"role": role.code, "fields": least(role.fields), "headcount": numbers}
    enrolled(officer, meals, who | ({"organisation_id": school} if "organisation" in role.who else {}))
    heads = done(officer.get(f"{ROOT}/{meals['id']}"))["heads"]
    assert (heads["in_groups"], heads["households"]) == (120, 0)
    assert heads["by_class"] == {"poor": 12, "near_poor": 8, "newly_escaped": 0, "other": 100}


def test_names_are_for_those_who_may_list_the_household(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    poor, other = household(session), household(session, "14080-04")
    recognise(session, poor, "poor", date(2024, 1, 1))
    people(session, poor)
    people(session, other)
    session.commit()
    made = opened(sign_in, "support_round")
    enrolled(officer, made, line(made, poor), line(made, other))
    seen = {}
    for username in ("chu-tich", "xom-3", "xom-4", "ngan-hang", "van-hoa", "mat-tran"):
        items = done(sign_in(username).get(f"{ROOT}/{made['id']}/participants"))["items"]
        seen[username] = {one["household_id"] for one in items}
        assert all(one["name"] == "Nguyễn Thị A" for one in items)
        # two of them are few: the numbers count everybody, and those who only watch are not told small ones
        told = None if username in ("ngan-hang", "van-hoa", "mat-tran") else 2
        assert done(sign_in(username).get(f"{ROOT}/{made['id']}"))["heads"]["households"] == told, username
    both = {str(poor), str(other)}
    assert seen == {
        "chu-tich": both, "xom-3": {str(poor)}, "xom-4": {str(other)}, "ngan-hang": {str(poor)}, "van-hoa": set(),
        "mat-tran": both,
    }  # fmt: skip


def test_people_from_outside_are_known_to_who_works_with_them(sign_in: SignIn) -> None:
    made = opened(sign_in, TRAINING)
    role = catalogue().kinds[TRAINING].roles[0]
    who = {"role": role.code, "fields": least(role.fields), "outsider": {"name": "Phạm Văn Ngoài", "sex": "male"}}
    enrolled(sign_in("van-hoa"), made, who)
    for username, knows in (("van-hoa", True), ("chu-tich", True), ("ngan-hang", False), ("tai-chinh", False)):
        (one,) = done(sign_in(username).get(f"{ROOT}/{made['id']}/participants"))["items"]
        assert (one["name"] == "Phạm Văn Ngoài", one["sex"]) == (knows, "male"), username
        assert ("outsider" in one["withheld"]) != knows
        assert ("Ngoài" in str(one)) == knows


def test_what_tells_of_health_is_withheld_and_named(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home = household(session)
    (child,) = people(session, home)
    session.commit()
    made = opened(sign_in, WEIGHING)
    fields = {"height_mm": 950, "judgement": least(catalogue().kinds[WEIGHING].roles[0].fields)["judgement"]}
    (one,) = enrolled(officer, made, line(made, home, member_id=str(child), fields=fields))
    assert (one["fields"], one["withheld"]) == (fields, [])
    (seen,) = done(sign_in("truc-ninh").get(f"{ROOT}/{made['id']}/participants"))["items"]
    assert seen["fields"] == {}
    assert set(seen["withheld"]) == {"height_mm", "weight_g", "judgement", "ended_reason"}
    wrong = officer.patch(f"{ROOT}/{made['id']}/participants/{one['id']}", json={"fields": {"height_mm": 9}})
    assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [("#/fields/height_mm", "greater_than_equal")]
    answer = officer.patch(
        f"{ROOT}/{made['id']}/participants/{one['id']}",
        json={"fields": {"weight_g": 14000}},
        headers={"If-Match": '"1"'},
    )
    assert done(answer)["fields"] == fields | {"weight_g": 14000}


def test_who_finishes_or_leaves_does_so_on_a_day(sign_in: SignIn, session: Session, round_: dict[str, Any]) -> None:
    officer = sign_in("truc-thai")
    home = household(session)
    session.commit()
    (one,) = enrolled(officer, round_, line(round_, home))
    address = f"{ROOT}/{round_['id']}/participants/{one['id']}"
    for change, code in (
        ({"state": "finished"}, "missing"),
        ({"state": "left", "ended_on": "2024-06-01"}, "missing"),
        ({"state": "finished", "ended_on": "2024-05-01"}, "before_joining"),
        ({"ended_on": "2024-06-01"}, "not_ended"),
    ):
        assert [e["code"] for e in officer.patch(address, json=change).json()["errors"]] == [code], change
    ended = done(officer.patch(address, json={"state": "finished", "ended_on": "2024-06-01"}))
    assert (ended["state"], ended["ended_on"], ended["version"]) == ("finished", "2024-06-01", 2)
    assert refused(officer.patch(address, json={"fields": {}}, headers={"If-Match": '"1"'})) == (412, "stale-version")
    back = done(officer.patch(address, json={"state": "enrolled"}))
    assert (back["state"], back["ended_on"]) == ("enrolled", None)
    strange = f"{ROOT}/{opened(sign_in, 'support_round')['id']}/participants/{one['id']}"
    assert refused(officer.patch(strange, json={"fields": {}})) == (404, "not-found")
    assert refused(sign_in("xom-3").patch(address, json={"fields": {}})) == (403, "permission-denied")


def test_after_the_end_only_who_came_before_it_is_put_down(sign_in: SignIn) -> None:
    made = opened(sign_in, TRAINING, area_id=COMMUNE)
    client = sign_in("truc-thai")
    take(sign_in, made, "hold", taken_on="2024-06-01")
    role = catalogue().kinds[TRAINING].roles[0]
    who = {"role": role.code, "fields": least(role.fields), "outsider": {"name": "Phạm Văn Ngoài"}}
    late = client.post(f"{ROOT}/{made['id']}/participants", json={"participants": [who | {"joined_on": "2024-06-02"}]})
    assert refused(late) == (409, "illegal-stage")
    assert len(enrolled(client, made, who | {"joined_on": "2024-06-01"})) == 1


def test_who_may_not_list_households_enrols_nobody_of_the_register(sign_in: SignIn, session: Session) -> None:
    culture, home = sign_in("van-hoa"), household(session)
    (person,) = people(session, home, 1)
    session.commit()
    made = opened(sign_in, "study_visit")
    address = f"{ROOT}/{made['id']}/participants"
    there = line(made, home, member_id=str(person))
    nowhere = line(made, uuid4(), member_id=str(uuid4()))
    answers = [culture.post(address, json={"participants": [one]}) for one in (there, nowhere)]
    assert [(*refused(one), one.json()["permission"]) for one in answers] == [
        (403, "permission-denied", "households:list")
    ] * 2
    assert answers[0].json()["details"] == answers[1].json()["details"]
    outsider = {key: value for key, value in there.items() if key not in ("household_id", "member_id")}
    outsider["outsider"] = {"name": "Trần Văn Khách", "sex": "male"}
    (shown,) = enrolled(culture, made, outsider)
    ended = {"state": "finished", "ended_on": "2024-05-21"}
    assert done(culture.patch(f"{address}/{shown['id']}", json=ended))["state"] == "finished"
    # who may list them puts them down, in the same list
    assert len(enrolled(sign_in("truc-thai"), made, there)) == 1
    assert [one["id"] for one in done(culture.get(address))["items"]] == [shown["id"]]
