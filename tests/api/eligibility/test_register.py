"""The facts of households and people as of a day: today's, and a past day's as far as the register knows it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.eligibility.facts import Home
from api.eligibility.register import Which, load
from api.households.commands import write_households, write_members
from api.households.moves import end_household, merge_households, move_household, unmerge_household
from api.households.schemas import MoveIn, SplitIn
from api.households.splits import split_household
from api.households.tables import HouseholdStatus, Residence
from api.recognitions.tables import LivingStandardRecognition, RecognitionDecision
from tests.make.decisions import people
from tests.make.entitlements import need
from tests.make.recognitions import recognise
from tests.make.reviews import acting, household, households

BEFORE, THEN, AFTER = date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1)


def at(day: date) -> Any:
    """Inside, it is noon of that day."""
    return clock.at(datetime(day.year, day.month, day.day, 12, tzinfo=clock.VIET_NAM))


def homes(session: Session, day: date, by: str = "truc-thai", **which: Any) -> dict[UUID, Home]:
    return {home.id: home for home in load(session, acting(by), Which(**which), day).homes}


def change(session: Session, record_id: UUID, entity: str, **fields: Any) -> None:
    write = write_members if entity == "member" else write_households
    version = 1
    (written,) = write(session, acting("truc-thai"), [Edit(record_id, version, fields)], Origin.web)
    assert written.outcome in ("applied", "merged"), written


def silent(_session: Session, _ids: Any) -> None:
    """Nobody is told."""


def test_what_a_condition_reads_of_a_household(session: Session) -> None:
    home = household(session)
    recognise(session, home, "poor", date(2022, 12, 12), date(2024, 12, 11))
    recognise(session, home, "near_poor", date(2024, 12, 11))
    people(session, home, 1, birth_year=1950, merit_person=True, social_allowance=True, pension=False)
    people(session, home, 1, birth_date="2009-06-02", birth_year=None, sex="male", disability="mild")
    people(session, home, 1, birth_date="2009-06-01", birth_year=None, ethnicity="tay", pension=True)
    need(session, "housing", home, date(2025, 5, 1))
    facts = homes(session, THEN)[home].facts
    assert facts["on"] == 20250601
    assert facts["school_year"] == 2024
    assert facts["area_type"] == "rural"
    assert facts["h"] == {
        "class": "near_poor", "class_since": 20241211, "left_poor_on": 20241211, "left_list_on": None,
        "newly_escaped": True, "average_living_standard": False, "no_labour_capacity": False,
        "residence": "permanent", "needs": ["housing"],
    }  # fmt: skip
    assert facts["counts"] == {
        "members": 3, "children_under_16": 1, "women": 2, "merit_persons": 1, "disabled_persons": 1,
        "minority_persons": 1, "age_unknown": 0, "on_social_allowance": 1, "with_pension": 1,
    }  # fmt: skip
    assert facts["most"] == {"on_social_allowance": 3, "with_pension": 2}


def test_what_a_condition_reads_of_a_person(session: Session) -> None:
    home = household(session)
    (person,) = people(session, home, 1, birth_date="2009-09-15", birth_year=None, schooling="upper_secondary")
    need(session, "education", home, date(2025, 5, 1), member_id=person)
    need(session, "toilet", home, date(2025, 5, 1))
    ((found,),) = (home.people for home in homes(session, THEN).values())
    assert found.id == person
    own = found.facts["m"]
    assert (own["age"], own["school_age"], own["schooling"], own["needs"]) == (15, 15, "upper_secondary", ["education"])
    assert own["ethnicity"] == "kinh"
    assert own["health_insurance"] is None
    assert found.facts["h"]["needs"] == ["education", "toilet"], "of the household or of any of its people"


def test_needs_are_those_open_on_the_day(session: Session) -> None:
    home = household(session)
    need(session, "housing", home, BEFORE, THEN)
    need(session, "credit", home, THEN)
    assert homes(session, BEFORE)[home].facts["h"]["needs"] == ["housing"]
    assert homes(session, date(2025, 5, 31))[home].facts["h"]["needs"] == ["housing"]
    assert homes(session, THEN)[home].facts["h"]["needs"] == ["credit"]


def test_a_need_of_somebody_who_has_left_is_nobodys(session: Session) -> None:
    home = household(session)
    _, gone = people(session, home, 2)
    need(session, "job", home, BEFORE, member_id=gone)
    change(session, gone, "member", left_on=THEN.isoformat(), left_reason="moved")
    assert homes(session, BEFORE)[home].facts["h"]["needs"] == ["job"]
    assert homes(session, THEN)[home].facts["h"]["needs"] == []


def third_path(session: Session, household_id: UUID, kind: str, start: date, end: date, **fields: Any) -> None:
    decision = uuid4()
    session.execute(insert(RecognitionDecision).values(
        id=decision, area_id=area_id("14080"), kind="living_standard", state="signed", number="7/QĐ", decided_on=start,
        signatory="Chủ tịch", version=1, recorded_at=clock.now(), updated_at=clock.now(),
    ))  # fmt: skip
    session.execute(insert(LivingStandardRecognition).values(
        id=uuid4(), household_id=household_id, kind=kind, decision_id=decision, days=Range(start, end), **fields,
    ))  # fmt: skip


def test_the_third_path_holds_from_its_day_to_its_day(session: Session) -> None:
    home = household(session)
    worker, other = people(session, home, 2)
    third_path(session, home, "agri_average_living_standard", BEFORE, THEN)
    third_path(session, home, "low_income_worker", THEN, AFTER, member_id=worker)

    def seen(day: date) -> tuple[bool, set[UUID]]:
        found = homes(session, day)[home]
        return found.facts["h"]["average_living_standard"], {
            one.id for one in found.people if one.facts["m"]["low_income_worker"]
        }

    assert seen(BEFORE) == (True, set())
    assert seen(THEN) == (False, {worker})
    assert seen(AFTER) == (False, set())
    assert other != worker


def test_who_was_not_born_yet_and_who_has_left_is_not_counted(session: Session) -> None:
    home = household(session)
    people(session, home, 1, birth_date=THEN.isoformat(), birth_year=None)
    (gone,) = people(session, home, 1)
    change(session, gone, "member", left_on=AFTER.isoformat(), left_reason="died")
    counted = [homes(session, day)[home].facts["counts"]["members"] for day in (BEFORE, THEN, AFTER)]
    assert counted == [1, 2, 1]


def test_what_was_recorded_later_is_taken_back_but_not_who_somebody_is(session: Session) -> None:
    with at(BEFORE):
        home = household(session)
        (person,) = people(session, home, 1, birth_year=1980, health_insurance=False)
    with at(AFTER):
        change(session, person, "member", health_insurance=True, disability="severe", sex="male", birth_year=1960)
        change(session, home, "household", residence="temporary")

    def seen(day: date) -> tuple[Any, ...]:
        found = homes(session, day)[home]
        own = found.people[0].facts["m"]
        return own["health_insurance"], own["disability"], own["sex"], own["age"], found.facts["h"]["residence"]

    assert seen(THEN) == (False, "none", "male", 65, "permanent")
    assert seen(AFTER) == (True, "severe", "male", 65, "temporary"), "of that same day"
    assert seen(date(2025, 8, 31)) == (False, "none", "male", 65, "permanent")


def test_of_several_changes_the_first_one_after_the_day_tells_what_was(session: Session) -> None:
    with at(BEFORE):
        home = household(session)
        (person,) = people(session, home, 1, labour_status="studying")
    for day, status, version in ((THEN, "working", 1), (AFTER, "unemployed", 2), (date(2025, 10, 1), "studying", 3)):
        with at(day):
            edit = Edit(person, version, {"labour_status": status})
            assert write_members(session, acting("truc-thai"), [edit], Origin.web)[0].outcome == "applied"
    days = (BEFORE, THEN, AFTER, date(2025, 10, 1), clock.today())
    seen = [homes(session, day)[home].people[0].facts["m"]["labour_status"] for day in days]
    assert seen == ["studying", "working", "unemployed", "studying", "studying"]


def test_a_household_that_moved_is_found_where_it_was(session: Session) -> None:
    home = household(session, "14080-03")
    move = MoveIn(hamlet_id=area_id("14080-04"), moved_on=THEN)
    move_household(session, acting("truc-thai"), home, move, None)
    old, new = area_id("14080-03"), area_id("14080-04")
    assert home in homes(session, BEFORE, area_id=old)
    assert home not in homes(session, BEFORE, area_id=new)
    assert homes(session, BEFORE)[home].hamlet_id == old
    assert home in homes(session, THEN, area_id=new)
    assert home not in homes(session, THEN, area_id=old)
    assert home in homes(session, clock.today(), area_id=new)
    assert home not in homes(session, BEFORE, by="xom-3"), "it is the other hamlet's household now"
    assert home in homes(session, BEFORE, by="xom-4")


def test_a_household_that_was_ended_later_was_there(session: Session) -> None:
    with at(BEFORE):
        home = household(session)
    with at(AFTER):
        end_household(session, acting("truc-thai"), home, HouseholdStatus.dissolved, None)
    assert home in homes(session, THEN)
    assert home not in homes(session, AFTER)
    assert home not in homes(session, clock.today())
    found = homes(session, clock.today(), household_id=home)[home]
    assert not found.active


def test_before_a_split_they_lived_together(session: Session) -> None:
    with at(BEFORE):
        home = household(session)
        head, son, grandson = people(session, home, 3)
        need(session, "job", home, BEFORE, member_id=son)
    new = uuid4()
    with at(AFTER):
        split = SplitIn(member_ids=[son, grandson], residence=Residence.permanent)
        split_household(session, acting("truc-thai"), home, new, split, None)
    then = homes(session, THEN)
    assert new not in then
    assert not homes(session, THEN, household_id=new)[new].active
    assert {one.id for one in then[home].people} == {head, son, grandson}
    assert then[home].facts["h"]["needs"] == ["job"]
    now = homes(session, clock.today())
    assert {one.id for one in now[home].people} == {head}
    assert {one.id for one in now[new].people} == {son, grandson}
    assert (now[home].facts["h"]["needs"], now[new].facts["h"]["needs"]) == ([], ["job"]), "it went along"


def test_households_that_became_one_were_one(session: Session) -> None:
    with at(BEFORE):
        survivor, absorbed = households(session, 2)
        (one,), (other,) = people(session, survivor), people(session, absorbed)
        need(session, "housing", absorbed, BEFORE)
        third_path(session, absorbed, "agri_average_living_standard", BEFORE, date(2030, 1, 1))
    with at(AFTER):
        merge_households(session, acting("truc-thai"), survivor, absorbed, None, silent)
    for day in (THEN, clock.today()):
        found = homes(session, day)
        assert absorbed not in found
        assert {person.id for person in found[survivor].people} == {one, other}
        assert found[survivor].facts["h"]["needs"] == ["housing"]
        assert found[survivor].facts["h"]["average_living_standard"] is True
    unmerge_household(session, acting("truc-thai"), absorbed, None, silent)
    apart = homes(session, clock.today())
    assert {person.id for person in apart[absorbed].people} == {other}
    assert apart[survivor].facts["h"]["needs"] == []


def test_the_order_is_by_hamlet_and_id_and_goes_on_from_a_place(session: Session) -> None:
    made = [*households(session, 3, "14080-04"), *households(session, 3, "14080-03")]
    every = list(homes(session, clock.today()))
    assert set(every) == set(made)
    places = [(home.today_in, home.id) for home in homes(session, clock.today()).values()]
    assert places == sorted(places)
    assert list(homes(session, clock.today(), limit=2)) == every[:2]
    assert list(homes(session, clock.today(), after=places[1], limit=3)) == every[2:5]


def test_only_ones_own_areas(session: Session) -> None:
    home = household(session, "14080-03")
    assert home in homes(session, clock.today(), by="xom-3")
    for stranger in ("xom-4", "truc-dai"):
        assert homes(session, clock.today(), by=stranger, household_id=home) == {}


def test_an_adult_beyond_school_age_without_a_level_goes_to_no_school(session: Session) -> None:
    home = household(session)
    born: dict[str, Any] = {"birth_year": None, "birth_date": "1994-06-01"}
    (older,) = people(session, home, 1, **born)
    (student,) = people(session, home, 1, **born | {"birth_date": "1980-01-01"}, schooling="university")
    (young,) = people(session, home, 1, **born | {"birth_date": "1994-06-02"})
    # on 1 June 2025 the first one is 31, the third one still 30
    (found,) = homes(session, THEN).values()
    levels = {one.id: one.facts["m"]["schooling"] for one in found.people}
    assert levels == {older: "none", student: "university", young: None}
