"""A list hangs on the board for its days, then whoever nobody complained about is cleared."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from api import clock
from tests.make import rounds
from tests.make.answers import done
from tests.make.households import member_body
from tests.make.procedure import minutes, posted, posting, stages, surveyed, under_other_law
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
POSTINGS = "/api/v1/postings"


@pytest.fixture
def round_id(session: Session) -> UUID:
    made = rounds.review_round(session)
    session.commit()
    return made


def test_a_list_hangs_for_three_working_days(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    surveyed(session, round_id)
    head = sign_in("xom-3")
    done(head.post("/api/v1/meetings", json=minutes(round_id)))
    # posted on a Thursday: Friday, Monday, Tuesday
    told = done(head.post(POSTINGS, json=posting(round_id, posted_on="2024-10-17")))
    assert (told["last_day"], told["last_day_approximate"], told["households"]) == ("2024-10-22", False, 3)
    assert (told["kind"], told["ended_on"]) == ("list", None)


def test_after_its_last_day_the_households_are_cleared(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, made = posted(session, sign_in("xom-3"), round_id)
    assert stages(session, round_id, homes) == ["posted"] * 3
    address = f"{POSTINGS}/{made['id']}/ending"
    stale = sign_in("xom-3").post(address, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    told = done(sign_in("xom-3").post(address, headers={"If-Match": '"1"'}))
    assert (told["ended_on"], told["version"]) == (clock.today().isoformat(), 2)
    assert stages(session, round_id, homes) == ["cleared"] * 3
    assert done(sign_in("xom-3").post(address)) == told  # once more changes nothing


def test_before_its_last_day_is_over_nothing_ends(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes = surveyed(session, round_id)
    head, today = sign_in("xom-3"), clock.today().isoformat()
    done(head.post("/api/v1/meetings", json=minutes(round_id)))
    made = done(head.post(POSTINGS, json=posting(round_id, posted_on=today)))
    answer = head.post(f"{POSTINGS}/{made['id']}/ending")
    assert (answer.status_code, answer.json()["missing"]) == (409, ["posting_is_over"])
    assert answer.json()["last_day"] == made["last_day"] > today
    assert stages(session, round_id, homes) == ["posted"] * 3


def test_the_day_after_the_last_day_is_the_first_on_which_it_may_end(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    _, made = posted(session, sign_in("xom-3"), round_id)
    address, evening = f"{POSTINGS}/{made['id']}/ending", clock.now().replace(year=2024, month=10, day=17, hour=23)
    client = sign_in("xom-3")
    now = clock.now()
    with clock.at(evening):
        assert client.post(address).status_code == 409
    with clock.at(evening + timedelta(hours=2)):
        assert done(client.post(address))["ended_on"] == "2024-10-18"
    assert clock.now() >= now


def test_it_hangs_in_both_places_or_it_is_no_posting(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    surveyed(session, round_id)
    done(sign_in("xom-3").post("/api/v1/meetings", json=minutes(round_id)))
    for places in (["hamlet_house"], ["commune_office", "other"]):
        answer = sign_in("xom-3").post(POSTINGS, json=posting(round_id, places=places))
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/places", "place_missing")]
    assert sign_in("xom-3").post(POSTINGS, json=posting(round_id, places=["chợ"])).status_code == 422
    assert sign_in("xom-3").post(POSTINGS, json=posting(round_id, kind="living_standard")).status_code == 422


def test_only_what_was_agreed_by_that_day_hangs_there(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    first = surveyed(session, round_id, ["poor"])
    officer = sign_in("truc-thai")
    done(officer.post("/api/v1/meetings", json=minutes(round_id)))
    late = surveyed(session, round_id, ["near_poor"])
    done(officer.post("/api/v1/meetings", json=minutes(round_id, held_on="2024-10-20")))
    done(officer.post(POSTINGS, json=posting(round_id)))
    assert stages(session, round_id, [*first, *late]) == ["posted", "agreed"]
    assert officer.post(POSTINGS, json=posting(round_id)).status_code == 409
    done(officer.post(POSTINGS, json=posting(round_id, posted_on="2024-10-21")))
    assert stages(session, round_id, [*first, *late]) == ["posted", "posted"]


def test_who_has_not_met_cannot_post(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    surveyed(session, round_id)
    answer = sign_in("xom-3").post(POSTINGS, json=posting(round_id))
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/illegal-stage")
    again = sign_in("xom-3").post(POSTINGS, json=posting(round_id, kind="re_verification"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/illegal-stage")


def test_the_board_shows_name_and_class_and_no_points(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, made = posted(session, sign_in("xom-3"), round_id, "poor", "near_poor")
    person = member_body(full_name="Nguyễn Thị Mận", sex="female")
    done(sign_in("truc-thai").post(f"/api/v1/households/{homes[0]}/members", json=person))
    for who in ("xom-3", "mat-tran", "chu-tich", "truc-ninh"):
        told = done(sign_in(who).get(f"{POSTINGS}/{made['id']}/list"))
        found = {line["household_id"]: line for line in told["items"]}
        assert found[str(homes[0])]["head_name"] == "Nguyễn Thị Mận"
        assert [found[str(home)]["poverty_class"] for home in homes] == ["poor", "near_poor"]
        assert {(line["b1"], line["b2"]) for line in told["items"]} == {(None, None)}
    assert sign_in("ngan-hang").get(f"{POSTINGS}/{made['id']}/list").status_code == 403
    assert sign_in("xom-4").get(f"{POSTINGS}/{made['id']}/list").status_code == 404


def test_points_are_posted_where_the_procedure_says_so(
    session: Session, sign_in: SignIn, round_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, made = posted(session, sign_in("xom-3"), round_id, "poor")
    under_other_law(monkeypatch, scores_posted=True)
    told = done(sign_in("xom-3").get(f"{POSTINGS}/{made['id']}/list"))
    assert [(line["b1"], line["b2"]) for line in told["items"]] == [(100, 40)]


def test_the_doors_of_a_posting(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    _, made = posted(session, sign_in("truc-thai"), round_id)
    for who, status in (("truc-dai", 404), ("xom-4", 404), ("mat-tran", 403), ("chu-tich", 403)):
        assert sign_in(who).post(f"{POSTINGS}/{made['id']}/ending").status_code == status, who
        assert sign_in(who).post(POSTINGS, json=posting(round_id)).status_code == status, who
    assert sign_in("xom-4").get(POSTINGS).json()["items"] == []
    assert sign_in("truc-dai").get(f"{POSTINGS}/{made['id']}").status_code == 404
    listed = done(sign_in("xom-3").get(POSTINGS, params={"round_id": str(round_id), "kind": "list"}))["items"]
    assert [one["id"] for one in listed] == [made["id"]]


def test_posted_twice_at_once_it_hangs_once(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes = surveyed(session, round_id)
    clients = [sign_in("truc-thai"), sign_in("xom-3")] * 3
    done(clients[0].post("/api/v1/meetings", json=minutes(round_id)))
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda client: client.post(POSTINGS, json=posting(round_id)), clients))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]
    assert stages(session, round_id, homes) == ["posted"] * 3


def test_three_hundred_households_cost_as_many_statements_as_three(session: Session, sign_in: SignIn, app: Any) -> None:
    officer, spent = sign_in("truc-thai"), []
    for count in (3, 300):
        round_id = rounds.review_round(session)
        surveyed(session, round_id, ["poor"] * count)
        done(officer.post("/api/v1/meetings", json=minutes(round_id)))
        with counted(app.state.engine) as seen:
            made = done(officer.post(POSTINGS, json=posting(round_id)))
            assert len(done(officer.get(f"{POSTINGS}/{made['id']}/list"))["items"]) == count
            done(officer.post(f"{POSTINGS}/{made['id']}/ending"))
        spent.append(len(seen))
    assert spent[0] == spent[1] <= 40
