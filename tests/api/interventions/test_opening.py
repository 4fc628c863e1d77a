"""Opening, listing, reading and changing interventions: the right of the kind, its place, whom it is about."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text, update
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.interventions.tables import Intervention
from api.plans.tables import PlanItem
from api.programmes.catalogue import catalogue
from tests.conftest import SignIn
from tests.make.answers import done, refused
from tests.make.decisions import people
from tests.make.people import account_id
from tests.make.programme_work import COMMUNE, HAMLET, ROOT, least, opened, organisation, take
from tests.make.reviews import household

OTHER_HAMLET = str(area_id("14080-04"))
STRANGE = str(area_id("14071"))
BODY = {"kind": "community_proposal", "area_id": HAMLET, "year": 2024, "title": "Nuôi bò", "fields": {"proposal": "Bò"}}


@pytest.fixture
def home(session: Session) -> UUID:
    found = household(session)
    people(session, found, 2)
    session.commit()
    return found


def faults(answer: Any) -> set[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return {(error["pointer"], error["code"]) for error in answer.json()["errors"]}


def test_an_intervention_starts_at_the_first_stage_and_says_what_comes_next(sign_in: SignIn) -> None:
    answer = sign_in("truc-thai").post(ROOT, json=BODY)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    made = answer.json()
    assert (made["stage"], made["component"], made["ended"]) == ("proposed", "livelihood", False)
    assert made["checklist"] == [
        {
            "code": "minutes",
            "label": {"vi": "Biên bản họp cộng đồng", "en": "Minutes of the community's meeting"},
            "there": False,
        }
    ]
    (following,) = [one for one in made["next_steps"] if one["step"] == "appraise"]
    assert (following["missing"], following["permission"], following["mine"], following["leads_to"]) == (
        ["minutes"], "interventions:write", True, "appraised",
    )  # fmt: skip
    chair = done(sign_in("chu-tich").get(f"{ROOT}/{made['id']}"))
    assert [one["mine"] for one in chair["next_steps"] if one["step"] == "appraise"] == [False]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"kind": "no_such"}, ("#/kind", "unknown_kind")),
        ({"fields": {}}, ("#/fields/proposal", "missing")),
        ({"fields": {"proposal": "x", "colour": "red"}}, ("#/fields/colour", "extra_forbidden")),
        ({"fields": {"proposal": 5}}, ("#/fields/proposal", "string_type")),
        ({"fields": {"proposal": " "}}, ("#/fields/proposal", "string_too_short")),
        ({"fields": {"proposal": "x" * 2001}}, ("#/fields/proposal", "string_too_long")),
        ({"fields": {"proposal": "a\x00b"}}, ("#/fields/proposal", "text_not_storable")),
        ({"policy": "no_such"}, ("#/policy", "unknown_policy")),
        ({"funded": True}, ("#/funded", "without_plan_item")),
        ({"starts_on": "2024-05-02", "ends_on": "2024-05-01"}, ("#/ends_on", "before_the_start")),
        ({"area_id": None}, ("#/area_id", "missing")),
    ],
)
def test_what_the_kind_does_not_know_is_refused_with_its_place(
    sign_in: SignIn, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert fault in faults(sign_in("truc-thai").post(ROOT, json=BODY | change))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "greater_than_equal"), (169, "less_than_equal"), ("5", "int_type"), (1.5, "int_type"), (True, "int_type"),
        (10**30, "less_than_equal"), ([], "int_type"), ({}, "int_type"),
    ],
)  # fmt: skip
def test_numbers_of_a_kind_have_their_bounds(sign_in: SignIn, value: Any, code: str) -> None:
    body = BODY | {"kind": "loudspeaker_system", "fields": {"speakers": 2, "hours_a_week": value}}
    if value == 0:
        body["fields"] = {"speakers": 0}
    place = "speakers" if value == 0 else "hours_a_week"
    assert faults(sign_in("van-hoa").post(ROOT, json=body)) == {(f"#/fields/{place}", code)}


def test_codes_come_from_the_list_of_the_field(sign_in: SignIn, home: UUID) -> None:
    body = {"kind": "communication_item", "area_id": COMMUNE, "year": 2024, "title": "Tờ rơi"}
    answer = sign_in("van-hoa").post(ROOT, json=body | {"fields": {"channel": "smoke", "topic": "x"}})
    assert faults(answer) == {("#/fields/channel", "enum")}
    assert answer.json()["errors"][0]["details"]["vi"].startswith("Kênh: Mã không có trong danh mục.")


def test_only_who_holds_the_right_of_the_kind_opens_it(sign_in: SignIn) -> None:
    for username in ("van-hoa", "xom-3"):
        answer = sign_in(username).post(ROOT, json=BODY)
        assert refused(answer) == (403, "permission-denied")
        assert answer.json()["permission"] == "interventions:write"
    assert refused(sign_in("ngan-hang").post(ROOT, json=BODY)) == (403, "permission-denied")


def test_an_area_of_others_is_not_there_and_the_level_is_the_kinds(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    for strange in (STRANGE, str(uuid4())):
        assert refused(officer.post(ROOT, json=BODY | {"area_id": strange})) == (404, "not-found")
    course = {"kind": "staff_training", "year": 2024, "title": "Tập huấn", "fields": {"topics": ["review"]}}
    assert faults(officer.post(ROOT, json=course | {"area_id": HAMLET})) == {("#/area_id", "wrong_level")}
    assert officer.post(ROOT, json=course | {"area_id": COMMUNE}).status_code == 201
    district = sign_in("truc-ninh")
    inspected = {
        "kind": "inspection",
        "year": 2024,
        "title": "Kiểm tra",
        "fields": {"kind": "periodic", "content": "x"},
    }
    assert district.post(ROOT, json=inspected | {"area_id": COMMUNE}).status_code == 201
    above = district.post(ROOT, json=inspected | {"area_id": str(area_id("363"))})
    assert faults(above) == {("#/area_id", "wrong_level")}


def test_the_same_id_or_key_opens_once_and_other_content_is_refused(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    named = BODY | {"id": str(uuid4())}
    first = done(officer.post(ROOT, json=named))
    assert done(officer.post(ROOT, json=named))["id"] == first["id"]
    assert refused(officer.post(ROOT, json=named | {"title": "Khác"})) == (409, "already-exists")
    key = {"Idempotency-Key": "bo-xom-3"}
    keyed = done(officer.post(ROOT, json=BODY, headers=key))
    assert done(officer.post(ROOT, json=BODY, headers=key))["id"] == keyed["id"]
    other = officer.post(ROOT, json=BODY | {"year": 2025}, headers=key)
    assert refused(other) == (409, "idempotency-key-reused")
    # the answer to a lost answer is the same after somebody has worked on
    done(officer.patch(f"{ROOT}/{first['id']}", json={"title": "Tên mới"}))
    assert done(officer.post(ROOT, json=named))["title"] == "Tên mới"
    assert len(done(officer.get(ROOT))["items"]) == 2


def test_the_same_again_is_of_the_same_place_and_of_what_its_household_became(
    sign_in: SignIn, session: Session, home: UUID
) -> None:
    officer, survivor = sign_in("truc-thai"), household(session)
    session.commit()
    shared = {"id": str(uuid4()), "kind": "community_proposal", "area_id": COMMUNE, "year": 2024, "title": "Đường"}
    shared |= {"fields": least(catalogue().kinds["community_proposal"].fields)}
    made = done(officer.post(ROOT, json=shared))
    assert done(officer.post(ROOT, json=shared))["id"] == made["id"]
    assert refused(officer.post(ROOT, json=shared | {"area_id": HAMLET})) == (409, "already-exists")
    case = {"id": str(uuid4()), "kind": "housing_case", "year": 2024, "title": "Nhà", "household_id": str(home)}
    case |= {"fields": least(catalogue().kinds["housing_case"].fields)}
    done(officer.post(ROOT, json=case))
    merge = {"survivor_id": str(survivor), "absorbed_id": str(home), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=merge))
    move = {"hamlet_id": str(area_id("14080-04")), "moved_on": "2024-12-20"}
    done(officer.post(f"/api/v1/households/{survivor}/move", json=move))
    again = done(officer.post(ROOT, json=case))
    assert (again["id"], again["household_id"]) == (case["id"], str(survivor))


def test_a_case_of_a_household_lies_where_that_stands(sign_in: SignIn, home: UUID) -> None:
    officer = sign_in("truc-thai")
    made = opened(sign_in, "housing_case", area_id=None, household_id=str(home))
    assert (made["household_id"], made["area_id"]) == (str(home), HAMLET)
    for username, sees in (("xom-3", True), ("xom-4", False), ("chu-tich", True), ("truc-ninh", True)):
        answer = sign_in(username).get(f"{ROOT}/{made['id']}")
        assert answer.status_code == (200 if sees else 404), username
        listed = done(sign_in(username).get(ROOT, params={"kind": "housing_case"}))["items"]
        assert [one["id"] for one in listed] == ([made["id"]] if sees else []), username
    # its readers are those of the kind: the Front and the bank do not read housing cases
    for username in ("mat-tran", "ngan-hang", "van-hoa", "tai-chinh"):
        assert refused(sign_in(username).get(f"{ROOT}/{made['id']}")) == (404, "not-found"), username
    body = {"kind": "housing_case", "year": 2024, "title": "Nhà", "household_id": str(home)}
    wrong = officer.post(ROOT, json=body | {"area_id": OTHER_HAMLET, "fields": made["fields"]})
    assert faults(wrong) == {("#/area_id", "not_of_the_household")}
    gone = officer.post(ROOT, json=body | {"household_id": str(uuid4()), "fields": made["fields"]})
    assert refused(gone) == (404, "not-found")


def test_whom_a_kind_is_not_about_is_not_named(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer = sign_in("truc-thai")
    assert faults(officer.post(ROOT, json=BODY | {"household_id": str(home)})) == {("#/household_id", "not_about")}
    firm = organisation(officer)
    assert faults(officer.post(ROOT, json=BODY | {"organisation_id": firm})) == {("#/organisation_id", "not_about")}
    child = people(session, home)[0]
    session.commit()
    alone = officer.post(ROOT, json=BODY | {"kind": "population_notice", "member_id": str(child), "fields": {}})
    assert ("#/household_id", "missing") in faults(alone)
    stranger = people(session, household(session))[0]
    session.commit()
    body = {"kind": "job_seeker", "household_id": str(home), "member_id": str(stranger)}
    assert refused(officer.post(ROOT, json=BODY | body | {"fields": {}})) == (404, "not-found")


def test_a_case_follows_the_household_it_is_about_into_a_merge(sign_in: SignIn, session: Session, home: UUID) -> None:
    officer = sign_in("truc-thai")
    made = opened(sign_in, "housing_case", area_id=None, household_id=str(home))
    survivor = household(session, "14080-04")
    session.commit()
    asked = {"survivor_id": str(survivor), "absorbed_id": str(home), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=asked))
    assert done(officer.get(f"{ROOT}/{made['id']}"))["household_id"] == str(survivor)
    assert refused(sign_in("xom-3").get(f"{ROOT}/{made['id']}")) == (404, "not-found")
    mine = done(sign_in("xom-4").get(ROOT, params={"household_id": str(survivor)}))["items"]
    assert [one["id"] for one in mine] == [made["id"]]
    # who still names the household that was merged away means its survivor
    again = opened(sign_in, "housing_case", area_id=None, household_id=str(home))
    assert (again["household_id"], again["area_id"]) == (str(survivor), OTHER_HAMLET)


def plan_item(session: Session, **fields: Any) -> str:
    values = {
        "id": uuid4(), "area_id": area_id("14080"), "year": 2024, "component": "livelihood", "title": "Nuôi bò",
        "state": "approved", "approved_by": account_id("chu-tich"), "approved_on": date(2024, 4, 2), "version": 1,
        "created_at": clock.now(), "updated_at": clock.now(), **fields,
    }  # fmt: skip
    session.execute(insert(PlanItem).values(**values))
    session.commit()
    return str(values["id"])


def test_an_item_of_the_plan_is_of_the_same_commune_and_component(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    mine, other = plan_item(session), plan_item(session, component="employment")
    gone, strange = (
        plan_item(session, state="cancelled", cancel_reason="x"),
        plan_item(session, area_id=area_id("14071")),
    )
    made = done(officer.post(ROOT, json=BODY | {"plan_item_id": mine, "funded": True}))
    assert (made["plan_item_id"], made["funded"], made["committed_vnd"]) == (mine, True, 0)
    listed = done(officer.get(ROOT, params={"plan_item_id": mine}))["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert faults(officer.post(ROOT, json=BODY | {"plan_item_id": other})) == {("#/plan_item_id", "other_component")}
    assert faults(officer.post(ROOT, json=BODY | {"plan_item_id": gone})) == {("#/plan_item_id", "cancelled")}
    assert refused(officer.post(ROOT, json=BODY | {"plan_item_id": strange})) == (404, "not-found")


def test_a_part_hangs_under_a_kind_that_has_such_parts(sign_in: SignIn) -> None:
    inspection = opened(sign_in, "inspection")
    finding = opened(sign_in, "finding", parent_id=inspection["id"])
    assert finding["parent_id"] == inspection["id"]
    below = done(sign_in("truc-thai").get(ROOT, params={"parent_id": inspection["id"]}))["items"]
    assert [one["id"] for one in below] == [finding["id"]]
    officer = sign_in("truc-thai")
    proposal = opened(sign_in)
    body = {name: finding[name] for name in ("kind", "area_id", "year", "title", "fields")}
    assert faults(officer.post(ROOT, json=body | {"parent_id": proposal["id"]})) == {("#/parent_id", "wrong_kind")}
    assert refused(officer.post(ROOT, json=body | {"parent_id": str(uuid4())})) == (404, "not-found")


def test_who_is_below_sees_what_the_commune_does_and_may_not_change_it(sign_in: SignIn) -> None:
    made = opened(sign_in, area_id=COMMUNE)
    head = sign_in("xom-3")
    assert done(head.get(f"{ROOT}/{made['id']}"))["title"] == "Việc thử"
    answer = head.patch(f"{ROOT}/{made['id']}", json={"title": "Của xóm"})
    assert (*refused(answer), answer.json()["permission"]) == (403, "permission-denied", "interventions:write")
    # a right that one holds in one's own hamlet does not reach the commune
    support = opened(sign_in, "job_support")
    answer = head.patch(f"{ROOT}/{support['id']}", json={"title": "Của xóm"})
    assert (*refused(answer), answer.json()["permission"]) == (403, "permission-denied", "jobs:write")
    for stranger in ("truc-dai", "xom-td-1"):
        assert refused(sign_in(stranger).get(f"{ROOT}/{made['id']}")) == (404, "not-found")
        assert refused(sign_in(stranger).patch(f"{ROOT}/{made['id']}", json={})) in {
            (404, "not-found"), (403, "permission-denied"),
        }  # fmt: skip
        assert done(sign_in(stranger).get(ROOT))["items"] == []


def test_changes_are_of_what_was_read_and_end_with_the_intervention(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = opened(sign_in, starts_on="2024-05-01")
    address = f"{ROOT}/{made['id']}"
    change = {"title": "Nuôi dê", "ends_on": "2024-12-01", "fields": {"proposal": "Mười con dê"}}
    changed = done(officer.patch(address, json=change, headers={"If-Match": '"1"'}))
    assert (changed["version"], changed["title"], changed["fields"]) == (2, "Nuôi dê", {"proposal": "Mười con dê"})
    assert refused(officer.patch(address, json={"title": "x"}, headers={"If-Match": '"1"'})) == (412, "stale-version")
    assert faults(officer.patch(address, json={"fields": {"proposal": None}})) == {("#/fields/proposal", "missing")}
    assert faults(officer.patch(address, json={"ends_on": "2024-04-01"})) == {("#/ends_on", "before_the_start")}
    assert faults(officer.patch(address, json={"title": None})) == {("#/title", "string_type")}
    assert done(officer.patch(address, json={"starts_on": None}))["starts_on"] is None
    take(sign_in, made, "appraise")
    take(sign_in, made, "refuse")
    answer = officer.patch(address, json={"title": "x"})
    assert refused(answer) == (409, "illegal-stage")
    assert "«Không duyệt»" in answer.json()["details"]["vi"]


def test_a_field_that_is_optional_can_be_taken_away(sign_in: SignIn) -> None:
    made = opened(sign_in, "loudspeaker_system", fields={"speakers": 4, "hours_a_week": 10})
    client = sign_in("van-hoa")
    left = done(client.patch(f"{ROOT}/{made['id']}", json={"fields": {"hours_a_week": None, "smart": False}}))
    assert left["fields"] == {"speakers": 4, "smart": False}


def test_lists_are_filtered_and_paged(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    made = [opened(sign_in, area_id=area, year=year)["id"] for area in (HAMLET, OTHER_HAMLET) for year in (2023, 2024)]
    course = opened(sign_in, "staff_training")
    take(sign_in, {"id": made[0], "kind": "community_proposal"}, "appraise")

    def found(**only: Any) -> list[str]:
        return [one["id"] for one in done(officer.get(ROOT, params=only))["items"]]

    assert found(area_id=HAMLET) == [made[1], made[0]]
    assert set(found(area_id=COMMUNE)) == {*made, course["id"]}
    assert found(year=2023, area_id=OTHER_HAMLET) == [made[2]]
    assert found(stage="appraised") == [made[0]]
    assert found(component="capacity_building") == [course["id"]]
    assert found(kind="staff_training", year=2023) == []
    pages, cursor = [], None
    while True:
        page = done(officer.get(ROOT, params={"limit": 2, **({"cursor": cursor} if cursor else {})}))
        pages.append([one["id"] for one in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sum(pages, []) == found()  # noqa: RUF017
    assert refused(officer.get(ROOT, params={"cursor": "x"})) == (422, "invalid-cursor")


def test_the_sums_are_those_that_the_database_keeps(sign_in: SignIn, session: Session) -> None:
    made = opened(sign_in)
    sums = {"committed_vnd": 900, "disbursed_vnd": 500, "delivered_vnd": 300}
    session.execute(update(Intervention).where(Intervention.id == UUID(made["id"])).values(**sums))  # type: ignore[arg-type]
    session.commit()
    shown = done(sign_in("truc-thai").get(f"{ROOT}/{made['id']}"))
    assert {name: shown[name] for name in sums} == sums


def test_reading_a_case_is_in_the_log_of_its_household(sign_in: SignIn, session: Session, home: UUID) -> None:
    made = opened(sign_in, "housing_case", area_id=None, household_id=str(home))
    done(sign_in("xom-3").get(f"{ROOT}/{made['id']}"))
    seen = session.execute(
        text(
            "SELECT action FROM audit_entry WHERE actor = 'xom-3' AND subject = 'household' AND :id = ANY(subject_ids)"
        ),
        {"id": home},
    ).scalars()
    assert "interventions.read" in set(seen)
