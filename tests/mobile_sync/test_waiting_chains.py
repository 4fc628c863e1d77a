"""What comes before the record it names waits for it, and is applied in the surveyor's order when that comes."""

import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import tablets
from tests.make.tablets import HAMLET, household, member, push, request, submission
from tests.mobile_sync.test_intake import Statements

SignIn = Callable[[str], httpx.Client]


def changes(record: str, *notes: str, entity: str = "household", field: str = "note", start: int = 2) -> list[Any]:
    """Updates 2, 3, 4 … of a record, each made on what the one before it became."""
    return [submission(entity, {field: note}, seq=start + n, base=1 + n, record=record) for n, note in enumerate(notes)]


def told(client: httpx.Client, device: str) -> dict[str, Any]:
    page = client.get("/sync/v1/submissions", params={"device_id": device}).json()
    return {item["submission_id"]: item for item in page["items"]}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_updates_that_came_before_the_create_are_applied_in_the_surveyors_order(
    order: tuple[int, ...], surveyor: httpx.Client, device: str, session: Session
) -> None:
    home = submission("household", household(), seq=1)
    late = changes(home["id"], "hai", "ba", "bốn")
    for place in order:
        (waits,) = push(surveyor, device, late[place])
        assert (waits["outcome"], waits["waiting_for"], waits["problem"]) == ("held", home["id"], None)
    (created,) = push(surveyor, device, home)
    assert created["outcome"] == "applied"
    now = told(surveyor, device)
    assert [(now[s["submission_id"]]["outcome"], now[s["submission_id"]]["version"]) for s in late] == [
        ("applied", 2),
        ("applied", 3),
        ("applied", 4),
    ]
    assert session.execute(text("SELECT note FROM household")).scalar_one() == "bốn"


def test_a_tablet_that_did_not_know_the_versions_does_not_clash_with_itself(
    surveyor: httpx.Client, device: str, session: Session
) -> None:
    """All that waited was made on the version the tablet had; its own work is no reason for a conflict."""
    home = submission("household", household(phone="0"), seq=1)
    late = [submission("household", {"phone": str(n)}, seq=n, base=1, record=home["id"]) for n in (2, 3, 4)]
    push(surveyor, device, late[2])
    push(surveyor, device, late[0], late[1])
    push(surveyor, device, home)
    assert [told(surveyor, device)[s["submission_id"]]["outcome"] for s in late] == ["applied"] * 3
    assert session.execute(text("SELECT phone FROM household")).scalar_one() == "4"


def test_what_others_changed_meanwhile_is_not_passed_over(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    home = submission("household", household(phone="0"))
    late = [submission("household", {"phone": str(n)}, seq=n, base=1, record=home["id"]) for n in (2, 3)]
    push(surveyor, device, *late)
    officers = tablets.enrolled(engine, "truc-thai")
    theirs = submission("household", {"phone": "9"}, seq=2, base=1, record=home["id"])
    # the officer's own change comes with the record: it stands before anything that waited
    assert [o["outcome"] for o in push(sign_in("truc-thai"), officers, home, theirs)] == ["applied", "applied"]
    assert [told(surveyor, device)[s["submission_id"]]["outcome"] for s in late] == ["conflict", "conflict"]


def test_a_new_change_does_not_overtake_the_one_that_waits(
    surveyor: httpx.Client, sign_in: SignIn, device: str, session: Session
) -> None:
    """The record came over the web; the tablet's next batch brings a later change of it."""
    home = submission("household", household())
    first, second = changes(home["id"], "trước", "sau")
    push(surveyor, device, first)
    made = sign_in("truc-thai").post("/api/v1/households", json={"id": home["id"], **household()})
    assert made.status_code == 201
    (outcome,) = push(surveyor, device, second)
    assert (outcome["outcome"], outcome["version"]) == ("applied", 3)
    assert session.execute(text("SELECT note FROM household")).scalar_one() == "sau"


def test_what_waits_for_a_waiting_member_is_decided_with_the_batch_that_brings_the_household(
    surveyor: httpx.Client, device: str, session: Session
) -> None:
    home = submission("household", household(), seq=1)
    person = submission("member", member(home["id"]), seq=2)
    jobs = changes(person["id"], "hai", "ba", "bốn", entity="member", field="occupation", start=3)
    push(surveyor, device, jobs[1])
    push(surveyor, device, person)
    push(surveyor, device, jobs[0])
    outcomes = push(surveyor, device, jobs[2], home)
    assert [(o["outcome"], o["version"]) for o in outcomes] == [("applied", 4), ("applied", 1)]
    assert session.execute(text("SELECT occupation, version FROM member")).one() == ("bốn", 4)


def test_a_household_of_another_tablet_brings_the_member_and_the_member_its_changes(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str, session: Session
) -> None:
    """In the transaction that brings the household, without another word of the tablet that waits."""
    home = submission("household", household())
    person, paper = submission("member", member(home["id"])), submission("request", request(home["id"]), seq=2)
    job, reason = (
        submission("member", {"occupation": "thợ nề"}, seq=3, base=1, record=person["id"]),
        submission("request", {"reason": "mất mùa"}, seq=4, base=1, record=paper["id"]),
    )
    for one in (reason, job, paper, person):
        assert push(surveyor, device, one)[0]["outcome"] == "held"
    push(sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai"), home)
    assert set(session.execute(text("SELECT outcome FROM sync_submission")).scalars()) == {"applied"}
    assert session.execute(text("SELECT occupation FROM member")).scalar_one() == "thợ nề"
    assert session.execute(text("SELECT reason FROM request")).scalar_one() == "mất mùa"


def test_a_household_registered_elsewhere_releases_nothing_until_it_comes_here(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    home = submission("household", household(4))
    late = submission("household", {"note": "sau"}, base=1, record=home["id"])
    (first,) = push(surveyor, device, late)
    before = told(surveyor, device)
    push(sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai"), home)
    push(surveyor, device)
    assert told(surveyor, device) == before
    assert first["waiting_for"] == home["id"]
    here = {"hamlet_id": HAMLET[3], "moved_on": "2024-09-03"}
    assert sign_in("truc-thai").post(f"/api/v1/households/{home['id']}/move", json=here).status_code == 200
    assert told(surveyor, device)[late["submission_id"]]["outcome"] == "merged"


def test_a_change_of_a_refused_creation_waits_for_the_corrected_one(
    surveyor: httpx.Client, device: str, session: Session
) -> None:
    wrong = submission("household", {"hamlet_id": HAMLET[3]}, seq=1)
    refused, waits = push(surveyor, device, wrong, *changes(wrong["id"], "sau"))
    assert (refused["outcome"], waits["outcome"], waits["waiting_for"]) == ("rejected", "held", wrong["id"])
    (created,) = push(surveyor, device, submission("household", household(), seq=3, record=wrong["id"]))
    assert created["outcome"] == "applied"
    assert session.execute(text("SELECT note, version FROM household")).one() == ("sau", 2)


def test_what_waited_and_fails_harms_neither_its_neighbours_nor_the_batch_that_released_it(
    surveyor: httpx.Client, device: str, session: Session
) -> None:
    home = submission("household", household(household_no="1"))
    taken = submission("household", household(household_no="2"), seq=2)
    bad = submission("household", {"household_no": "2"}, seq=3, base=1, record=home["id"])
    good = submission("household", {"note": "sau"}, seq=4, base=1, record=home["id"])
    assert {o["outcome"] for o in push(surveyor, device, bad, good)} == {"held"}
    assert {o["outcome"] for o in push(surveyor, device, taken, home)} == {"applied"}
    now = told(surveyor, device)
    assert (now[bad["submission_id"]]["outcome"], now[good["submission_id"]]["outcome"]) == ("rejected", "applied")
    assert session.execute(text("SELECT note FROM household WHERE household_no = '1'")).scalar_one() == "sau"


@pytest.mark.parametrize("where", ["same tablet", "another tablet"])
def test_a_release_costs_as_many_statements_for_sixty_as_for_two(
    where: str, app: Any, surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    officers = tablets.enrolled(engine, "truc-thai")
    sender, tablet = (surveyor, device) if where == "same tablet" else (sign_in("truc-thai"), officers)
    push(sender, tablet)  # its first contact costs a little more
    counts = []
    for many, start in ((2, 10), (60, 1000)):
        homes = [submission("household", household(), seq=start + n) for n in range(many)]
        people = [submission("member", member(h["id"]), seq=start + 100 + n) for n, h in enumerate(homes)]
        jobs = [change for p in people for change in changes(p["id"], "a", entity="member", field="occupation")]
        assert {o["outcome"] for o in push(surveyor, device, *jobs, *people)} == {"held"}
        with Statements(app.state.engine) as statements:
            push(sender, tablet, *homes)
        counts.append(len(statements.seen))
        now = told(surveyor, device)
        assert {now[s["submission_id"]]["outcome"] for s in [*people, *jobs]} == {"applied"}
    assert counts[0] == counts[1], statements.seen
