"""A hamlet meets: who is agreed on, who is surveyed again, and what the minutes may not say."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make import rounds
from tests.make.answers import done
from tests.make.households import member_body
from tests.make.procedure import HAMLET, minutes, stages, surveyed
from tests.make.reviews import counted, households

SignIn = Callable[[str], httpx.Client]
MEETINGS = "/api/v1/meetings"


@pytest.fixture
def round_id(session: Session) -> UUID:
    made = rounds.review_round(session)
    session.commit()
    return made


def test_the_list_passes_and_a_household_voted_down_is_surveyed_again(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes = surveyed(session, round_id)
    body = minutes(round_id, (homes[1], 20, 20), (homes[2], 19, 3))
    told = done(sign_in("xom-3").post(MEETINGS, json=body))
    assert stages(session, round_id, homes) == ["agreed", "agreed", "resurvey"]
    assert (told["result"], told["households"], told["version"]) == ("agreed", 3, 1)
    assert told["votes"][0]["household_id"] is None
    assert {vote["household_id"]: vote["passed"] for vote in told["votes"]} == {
        None: True, str(homes[1]): True, str(homes[2]): False,
    }  # fmt: skip


def test_the_list_fails_and_all_are_surveyed_again(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes = surveyed(session, round_id)
    told = done(sign_in("truc-thai").post(MEETINGS, json=minutes(round_id, (homes[0], 40, 0), votes=(19, 21))))
    assert told["result"] == "resurvey"
    assert stages(session, round_id, homes) == ["resurvey"] * 3


def test_a_late_household_has_a_meeting_of_its_own(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes = surveyed(session, round_id)
    late = surveyed(session, round_id, ["poor"], surveyed_on=date(2024, 10, 13))
    waits = minutes(round_id, except_household_ids=[str(homes[0])])
    assert done(sign_in("xom-3").post(MEETINGS, json=waits))["households"] == 2
    assert stages(session, round_id, [*homes, *late]) == ["surveyed", "agreed", "agreed", "surveyed"]
    second = minutes(round_id, held_on="2024-10-20")
    assert done(sign_in("xom-3").post(MEETINGS, json=second))["households"] == 2
    assert stages(session, round_id, [*homes, *late]) == ["agreed"] * 4
    listed = done(sign_in("xom-3").get(MEETINGS, params={"round_id": str(round_id)}))["items"]
    assert [one["held_on"] for one in listed] == ["2024-10-20", "2024-10-12"]


def test_a_class_that_cannot_be_told_is_named_and_may_wait(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes = surveyed(session, round_id)
    session.execute(
        text("UPDATE review SET proposed_class = NULL, undetermined = '{nutrition}' WHERE household_id = :id"),
        {"id": homes[2]},
    )
    session.commit()
    answer = sign_in("xom-3").post(MEETINGS, json=minutes(round_id))
    assert answer.status_code == 409
    said = answer.json()
    assert (said["type"], said["missing"]) == ("/problems/illegal-stage", ["class_determined"])
    assert said["household_ids"] == [str(homes[2])]
    assert stages(session, round_id, homes) == ["surveyed"] * 3
    done(sign_in("xom-3").post(MEETINGS, json=minutes(round_id, except_household_ids=[str(homes[2])])))
    assert stages(session, round_id, homes) == ["agreed", "agreed", "surveyed"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"present": 41}, "#/present", "attendance_differs"),
        ({"attendance": {"chu_tich": 40}}, "#/attendance/chu_tich/[key]", "enum"),
        ({"votes": [{"votes_for": 30, "votes_against": 11}]}, "#/votes/0", "more_votes_than_present"),
        ({"held_on": "2024-08-31"}, "#/held_on", "before_the_round"),
        ({"held_on": "2030-01-01"}, "#/held_on", "day_in_future"),
        ({"except_household_ids": [str(uuid4())]}, "#/except_household_ids/0", "not_on_the_list"),
    ],
)  # fmt: skip
def test_minutes_that_contradict_themselves_are_refused(
    session: Session, sign_in: SignIn, round_id: UUID, change: dict[str, Any], pointer: str, code: str
) -> None:
    homes = surveyed(session, round_id)
    answer = sign_in("xom-3").post(MEETINGS, json=minutes(round_id) | change)
    assert answer.status_code == 422, answer.text
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [(pointer, code)]
    assert stages(session, round_id, homes) == ["surveyed"] * 3


def test_a_vote_on_a_household_that_waits_or_is_nowhere_is_refused(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes = surveyed(session, round_id)
    foreign = surveyed(session, round_id, ["poor"], hamlet="14080-04")[0]
    named_and_fields: list[tuple[UUID, dict[str, Any]]] = [
        (foreign, {}), (homes[0], {"except_household_ids": [str(homes[0])]}),
    ]  # fmt: skip
    for named, fields in named_and_fields:
        answer = sign_in("xom-3").post(MEETINGS, json=minutes(round_id, (named, 30, 1), **fields))
        assert answer.status_code == 422
        assert [e["pointer"] for e in answer.json()["errors"]] == ["#/votes/1/household_id"]


@pytest.mark.parametrize("stage", ["prepared", "consolidated", "closed"])
def test_nobody_meets_outside_the_time_of_surveys(session: Session, sign_in: SignIn, stage: str) -> None:
    round_id = rounds.review_round(session, stage=stage)
    surveyed(session, round_id)
    answer = sign_in("truc-thai").post(MEETINGS, json=minutes(round_id))
    assert (answer.status_code, answer.json()["missing"]) == (409, ["round_is_surveying"])


def test_without_a_surveyed_household_there_is_nothing_to_vote_on(sign_in: SignIn, round_id: UUID) -> None:
    answer = sign_in("xom-3").post(MEETINGS, json=minutes(round_id))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-stage")


def test_only_the_head_of_that_hamlet_and_the_officer_record_it(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes = surveyed(session, round_id)
    for who, status in (("xom-4", 404), ("truc-dai", 404), ("chu-tich", 403), ("mat-tran", 403), ("truc-ninh", 403)):
        assert sign_in(who).post(MEETINGS, json=minutes(round_id)).status_code == status, who
    session.execute(text("UPDATE account_grant SET head = false WHERE area_id = :id"), {"id": area_id("14080-03")})
    session.commit()
    assert sign_in("xom-3").post(MEETINGS, json=minutes(round_id)).status_code == 403
    assert stages(session, round_id, homes) == ["surveyed"] * 3
    done(sign_in("truc-thai").post(MEETINGS, json=minutes(round_id)))


def test_sent_twice_it_is_one_meeting_and_the_id_is_not_used_for_another(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    surveyed(session, round_id)
    officer, body = sign_in("truc-thai"), minutes(round_id)
    first = done(officer.post(MEETINGS, json=body))
    assert done(officer.post(MEETINGS, json=body)) == first
    assert officer.post(MEETINGS, json=body | {"place": "Sân đình"}).json()["type"] == "/problems/already-exists"
    other = [{"household_id": None, "votes_for": 31, "votes_against": 5}]
    assert officer.post(MEETINGS, json=body | {"votes": other}).status_code == 409
    by_key = {name: value for name, value in body.items() if name != "id"} | {"held_on": "2024-10-20"}
    surveyed(session, round_id, ["poor"])
    key = {"Idempotency-Key": "họp xóm 3".encode().hex()}
    assert done(officer.post(MEETINGS, json=by_key, headers=key)) == done(
        officer.post(MEETINGS, json=by_key, headers=key)
    )
    reused = officer.post(MEETINGS, json=by_key | {"present": 39, "attendance": {"hamlet_head": 39}}, headers=key)
    assert reused.json()["type"] == "/problems/idempotency-key-reused"


def test_two_people_record_the_meeting_at_once_and_it_is_held_once(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes = surveyed(session, round_id)
    clients = [sign_in("truc-thai"), sign_in("xom-3")] * 3
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda client: client.post(MEETINGS, json=minutes(round_id)), clients))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert stages(session, round_id, homes) == ["agreed"] * 3
    assert session.execute(text("SELECT max(version) FROM review_case")).scalar_one() == 2


def test_the_same_minutes_at_once_are_answered_alike(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    surveyed(session, round_id)
    officer, body = sign_in("truc-thai"), minutes(round_id)
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: officer.post(MEETINGS, json=body), range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1


def test_the_front_writes_what_it_saw(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    surveyed(session, round_id)
    made = done(sign_in("xom-3").post(MEETINGS, json=minutes(round_id, front_observed=False)))
    address = f"{MEETINGS}/{made['id']}/observation"
    front, seen = sign_in("mat-tran"), {"observation": "Cuộc họp dân chủ, đúng trình tự."}
    assert front.post(address, json=seen).status_code == 428
    assert sign_in("truc-thai").post(address, json=seen, headers={"If-Match": '"1"'}).status_code == 403
    told = done(front.post(address, json=seen, headers={"If-Match": '"1"'}))
    assert (told["front_observed"], told["observation"], told["version"]) == (True, seen["observation"], 2)
    assert front.post(address, json=seen, headers={"If-Match": '"1"'}).status_code == 412
    assert front.get(f"{MEETINGS}/{made['id']}").headers["ETag"] == '"2"'
    assert sign_in("truc-dai").get(f"{MEETINGS}/{made['id']}").status_code == 404
    assert sign_in("xom-4").get(MEETINGS).json()["items"] == []


def test_the_sheet_shows_points_and_proposed_class_to_the_hamlet(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes = surveyed(session, round_id, ["poor", "near_poor"])
    officer = sign_in("truc-thai")
    person = member_body(full_name="Nguyễn Thị Mận", sex="female")
    done(officer.post(f"/api/v1/households/{homes[0]}/members", json=person))
    session.execute(
        text("UPDATE review SET override_class = 'poor', override_reason = 'x' WHERE household_id = :id"),
        {"id": homes[1]},
    )
    session.commit()
    address = f"/api/v1/rounds/{round_id}/hamlets/{HAMLET}/meeting-sheet"
    for who in ("xom-3", "mat-tran", "truc-thai"):
        told = {line["household_id"]: line for line in done(sign_in(who).get(address))["items"]}
        first, second = told[str(homes[0])], told[str(homes[1])]
        assert (first["head_name"], first["b1"], first["b2"], first["proposed_class"]) == (
            "Nguyễn Thị Mận", 100, 40, "poor",
        )  # fmt: skip
        assert second["proposed_class"] == "poor"  # the officer's override counts
    assert sign_in("xom-4").get(address).status_code == 404
    assert sign_in("truc-ninh").get(address).status_code == 403


def test_a_household_merged_meanwhile_is_meant_by_either_id(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes = surveyed(session, round_id)
    survivor = households(session, 1)[0]
    session.commit()
    merge = {"survivor_id": str(survivor), "absorbed_id": str(homes[0]), "reason": "ghi hai lần"}
    done(sign_in("truc-thai").post("/api/v1/households/merge", json=merge))
    told = done(sign_in("xom-3").post(MEETINGS, json=minutes(round_id, (survivor, 3, 30))))
    assert stages(session, round_id, homes) == ["resurvey", "agreed", "agreed"]
    assert told["votes"][1]["household_id"] == str(survivor)


def test_three_hundred_households_cost_as_many_statements_as_three(
    session: Session, sign_in: SignIn, engine: Engine, app: Any
) -> None:
    officer, spent = sign_in("truc-thai"), []
    for count in (3, 300):
        round_id = rounds.review_round(session)
        surveyed(session, round_id, ["poor", "near_poor", "not_poor"] * (count // 3))
        with counted(app.state.engine) as seen:
            done(officer.get(f"/api/v1/rounds/{round_id}/hamlets/{HAMLET}/meeting-sheet"))
            assert done(officer.post(MEETINGS, json=minutes(round_id)))["households"] == count
        spent.append(len(seen))
    assert spent[0] == spent[1] <= 32
