"""The labour record: who is in it, what it tells of them, and to whom."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from tests.api.insurance.insurer import change_member
from tests.api.labour.made import RECORDS, comes_to_work, family, low_income, records, seeks, step
from tests.make import interventions
from tests.make.answers import done, refused
from tests.make.decisions import people
from tests.make.entitlements import need
from tests.make.programme_work import COMMUNE
from tests.make.recognitions import recognise
from tests.make.reviews import counted, households

SignIn = Callable[[str], httpx.Client]


def names(found: list[dict[str, Any]]) -> set[str]:
    return {one["full_name"] for one in found}


def test_one_record_tells_how_somebody_came_to_work(session: Session, sign_in: SignIn) -> None:
    home = comes_to_work(session, sign_in)
    officer = sign_in("truc-thai")
    (told,) = records(officer)
    assert (told["full_name"], told["household_id"], told["poverty_class"]) == ("Nguyễn Thị A", str(home), "poor")
    assert (told["labour_status"], told["labour_contract"], told["occupation"]) == ("working", True, "Công nhân may")
    assert (told["qualification"], told["needs"]) == ("lower_secondary", ["vocational_training"])
    assert (told["ethnicity"], told["disability"], told["withheld"]) == ("kinh", "none", [])
    assert (told["seeker"]["stage"], told["seeker"]["wants"]) == ("placed", "May công nghiệp")
    assert [(one["service"], one["on"], one["at"]) for one in told["services"]] == [
        ("counselling", "2024-05-22", None),
        ("referral", "2024-06-03", "Tuyển công nhân may"),
        ("placement", "2024-06-17", "Công ty may"),
    ]
    job = told["job"]
    assert (job["placed_on"], job["contract"], job["after_6_months"], job["after_12_months"]) == (
        "2024-06-17", True, True, None,
    )  # fmt: skip
    (learnt,) = told["courses"]
    assert (learnt["trade"], learnt["state"], learnt["certificate_no"]) == ("May", "finished", "CC-014")
    assert learnt["works_after_6_months"] is False


def test_of_a_past_day_it_tells_what_had_come_to_pass(session: Session, sign_in: SignIn) -> None:
    comes_to_work(session, sign_in)
    officer = sign_in("truc-thai")
    (then,) = records(officer, as_of="2024-04-01")
    assert (then["needs"], then["seeker"], then["job"], then["services"]) == ([], None, None, [])
    assert [(one["state"], one["certificate_no"], one["ended_on"]) for one in then["courses"]] == [
        ("enrolled", None, None)
    ]
    (then,) = records(officer, as_of="2024-06-10")
    assert (then["seeker"]["stage"], then["job"]) == ("seeking", None)


def test_a_job_that_was_lost_has_not_lasted(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home, man = family(session)
    case = seeks(officer, home, man)
    step(officer, case, "place", "2024-06-17", employer="Xưởng mộc", contract=False)
    step(officer, case, "lasts_6_months", "2024-12-18", works=True)
    step(officer, case, "lose", "2025-02-01")
    (told,) = records(officer)
    job = told["job"]
    assert (job["lost_on"], job["after_6_months"], job["after_12_months"]) == ("2025-02-01", True, False)
    assert told["seeker"]["stage"] == "seeking"


def test_who_is_in_it(session: Session, sign_in: SignIn) -> None:
    family(session, "poor", full_name="Người Nghèo")
    near, *_ = family(session, "near_poor", full_name="Người Cận Nghèo")
    people(session, near, full_name="Cháu Nhỏ", birth_year=2015)
    people(session, near, full_name="Cụ Già", birth_year=1940)
    escaped = family(session, None, full_name="Người Mới Thoát Nghèo")[0]
    recognise(session, escaped, "poor", date(2023, 12, 12), date(2025, 12, 12))
    recognise(session, escaped, "not_poor", date(2025, 12, 12))
    family(session, None, full_name="Người Khá Giả")
    worker_home, worker = family(session, None, full_name="Người Thu Nhập Thấp")
    people(session, worker_home, full_name="Vợ Người Thu Nhập Thấp")
    session.commit()
    low_income(session, worker_home, worker)
    found = {one["full_name"]: one for one in records(sign_in("truc-thai"))}
    assert set(found) == {"Người Nghèo", "Người Cận Nghèo", "Người Mới Thoát Nghèo", "Người Thu Nhập Thấp"}
    told = ("poverty_class", "newly_escaped", "low_income_worker")
    assert {name: tuple(one[field] for field in told) for name, one in found.items()} == {
        "Người Nghèo": ("poor", False, False),
        "Người Cận Nghèo": ("near_poor", False, False),
        "Người Mới Thoát Nghèo": (None, True, False),
        "Người Thu Nhập Thấp": (None, False, True),
    }
    assert records(sign_in("truc-thai"), as_of="2023-01-01") == []


def test_each_sees_the_people_of_their_areas(session: Session, sign_in: SignIn) -> None:
    family(session, full_name="Xóm Ba")
    family(session, hamlet="14080-04", full_name="Xóm Bốn")
    family(session, hamlet="14071-01", full_name="Trực Đại")
    assert names(records(sign_in("truc-thai"))) == {"Xóm Ba", "Xóm Bốn"}
    assert names(records(sign_in("xom-4"))) == {"Xóm Bốn"}
    assert names(records(sign_in("truc-thai"), area_id=str(area_id("14080-03")))) == {"Xóm Ba"}
    assert records(sign_in("truc-thai"), area_id=str(area_id("14071"))) == []
    district = records(sign_in("truc-ninh"))
    assert names(district) == {"Xóm Ba", "Xóm Bốn", "Trực Đại"}
    # the district reads households, and not what is sensitive of people
    assert {(one["ethnicity"], one["disability"], *one["withheld"]) for one in district} == {
        (None, None, "ethnicity", "disability")
    }
    for username in ("ngan-hang", "mat-tran", "van-hoa", "tai-chinh", "admin"):
        for path in (RECORDS, f"{RECORDS}/workbook?area_id={COMMUNE}", f"{RECORDS}/csv?area_id={COMMUNE}"):
            assert refused(sign_in(username).get(path)) == (403, "permission-denied"), username


def test_pages_hold_everybody_once(session: Session, sign_in: SignIn) -> None:
    for n, count in enumerate((3, 1, 4)):
        family(session, count=count, hamlet=f"14080-{n + 3:02d}")
    officer = sign_in("truc-thai")
    whole = [one["member_id"] for one in records(officer)]
    assert len(whole) == len(set(whole)) == 8
    for limit in (1, 2, 3):
        assert [one["member_id"] for one in records(officer, limit=limit)] == whole
    assert refused(officer.get(RECORDS, params={"cursor": "x"})) == (422, "invalid-cursor")


def test_a_page_without_workers_is_not_the_end(session: Session, sign_in: SignIn) -> None:
    homes = sorted(households(session, 203))
    for home in homes:
        recognise(session, home, "poor", date(2023, 12, 12))
    people(session, homes[-1], full_name="Người Cuối Cùng")
    session.commit()
    first = done(sign_in("truc-thai").get(RECORDS))
    assert first["items"] == []
    assert first["next_cursor"] is not None
    assert names(records(sign_in("truc-thai"))) == {"Người Cuối Cùng"}


def test_a_household_that_was_merged_away_is_its_survivor(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    goes, man = family(session, full_name="Người Tìm Việc")
    stays, *_ = family(session, full_name="Chủ Hộ")
    case = seeks(officer, goes, man)
    done(officer.post("/api/v1/households/merge", json={"survivor_id": str(stays), "absorbed_id": str(goes)}))
    found = {one["full_name"]: one for one in records(officer)}
    assert {one["household_id"] for one in found.values()} == {str(stays)}
    assert found["Người Tìm Việc"]["seeker"]["intervention_id"] == case


def test_a_worker_of_low_income_is_found_after_a_merge(session: Session, sign_in: SignIn) -> None:
    goes, worker = family(session, None, full_name="Người Thu Nhập Thấp")
    stays, *_ = family(session, None, full_name="Chủ Hộ")
    recognise(session, stays, "not_poor", date(2023, 12, 12))  # a decision to refer to
    low_income(session, goes, worker)
    merge = {"survivor_id": str(stays), "absorbed_id": str(goes)}
    done(sign_in("truc-thai").post("/api/v1/households/merge", json=merge))
    (found,) = records(sign_in("truc-thai"))
    assert (found["full_name"], found["household_id"]) == ("Người Thu Nhập Thấp", str(stays))


def crowd(session: Session, count: int, hamlet: str) -> None:
    """So many people of working age, five to a household, each with a service, a need and a course."""
    support = interventions.intervention(session, kind="job_support", policy=None)
    course = interventions.intervention(session, kind="vocational_course", policy=None, fields={"trade": "May"})
    for home in households(session, count // 5, hamlet):
        recognise(session, home, "poor", date(2023, 12, 12))
        for one in people(session, home, 5):
            whom: dict[str, Any] = {"household_id": home, "member_id": one}
            interventions.handed_out(session, support, service="counselling", delivered_on=date(2024, 5, 2), **whom)
            need(session, "job", home, date(2024, 5, 2), member_id=one)
            session.execute(text(
                "INSERT INTO participant (id, intervention_id, role, household_id, member_id, state, joined_on, fields,"
                " version, created_at, updated_at) VALUES (:id, :course, 'learner', :home, :one, 'enrolled',"
                " '2024-03-04', '{}', 1, now(), now())"
            ), {"id": uuid4(), "course": course, "home": home, "one": one})  # fmt: skip
    session.commit()


@pytest.mark.parametrize("day", ["2025-06-01", None], ids=["past", "today"])
def test_three_hundred_people_cost_as_many_statements_as_five(
    session: Session, engine: Engine, sign_in: SignIn, day: str | None
) -> None:
    crowd(session, 5, "14080-03")
    crowd(session, 300, "14080-04")
    officer = sign_in("truc-thai")

    def statements(path: str, hamlet: str) -> int:
        query: dict[str, Any] = {"area_id": str(area_id(hamlet)), "limit": 1000, **({"as_of": day} if day else {})}
        if path != RECORDS:
            del query["limit"]
        assert officer.get(path, params=query).status_code == 200  # whatever is read once is read
        with counted(engine) as seen:
            answer = officer.get(path, params=query)
        if path == RECORDS:
            assert len(answer.json()["items"]) == {"14080-03": 5, "14080-04": 300}[hamlet]
            assert {len(one["services"]) for one in answer.json()["items"]} == {1}
            assert {len(one["courses"]) for one in answer.json()["items"]} == {1}
        return len(seen)

    for path in (RECORDS, f"{RECORDS}/workbook", f"{RECORDS}/csv"):
        assert statements(path, "14080-03") == statements(path, "14080-04") <= 22, path


def test_reading_and_exporting_are_in_the_log(session: Session, sign_in: SignIn) -> None:
    home, _ = family(session)
    officer = sign_in("truc-thai")
    records(officer)
    for form in ("workbook", "csv"):
        assert officer.get(f"{RECORDS}/{form}", params={"area_id": COMMUNE}).status_code == 200
    query = "SELECT action, detail->>'form' FROM audit_entry WHERE :home = ANY(subject_ids) ORDER BY id"
    told = [tuple(one) for one in session.execute(text(query), {"home": home}) if one[0].startswith("labour.")]
    assert told == [("labour.list", None), ("labour.export", "xlsx"), ("labour.export", "csv")]


def test_what_was_recorded_later_of_somebody_is_not_told_of_before(session: Session, sign_in: SignIn) -> None:
    _, man = family(session, occupation="Làm ruộng", labour_status="unemployed")
    change_member(sign_in("truc-thai"), man, occupation="Thợ mộc", labour_status="working")
    (today,) = records(sign_in("truc-thai"))
    (before,) = records(sign_in("truc-thai"), as_of=str(date.fromordinal(clock.today().toordinal() - 1)))
    assert (today["occupation"], today["labour_status"]) == ("Thợ mộc", "working")
    assert (before["occupation"], before["labour_status"]) == ("Làm ruộng", "unemployed")
