"""Batches that are parted into turns, and once were not, or wrongly: sent as one they end as one by one.

Random days (test_turns.py) hardly ever have what these need: a move that does not come into force, a number given up,
something made a second time, what had waited."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from mobile_sync import turns
from tests.make import tablets
from tests.make.rounds import listed
from tests.make.tablets import household, member, push, request, review, submission

SignIn = Callable[[str], httpx.Client]
Sent = dict[str, Any]


@dataclass
class Sender:
    """A tablet that sends a day as one batch, or piece by piece."""

    surveyor: httpx.Client
    device: str
    engine: Engine
    at_once: bool
    seq: int = 0

    def work(self, entity: str, data: dict[str, Any], record: str | None = None, base: int | None = None) -> Sent:
        self.seq += 1
        return submission(entity, data, seq=self.seq, base=base, record=record)

    def made(self, entity: str, data: dict[str, Any]) -> str:
        one = self.work(entity, data)
        assert [told["outcome"] for told in push(self.surveyor, self.device, one)] == ["applied"]
        return str(one["id"])

    def send(self, *works: Sent) -> list[str]:
        """The outcomes as they are at the end."""
        batches = [list(works)] if self.at_once else [[one] for one in works]
        for batch in batches:
            push(self.surveyor, self.device, *batch)
        with Session(self.engine) as session:
            rows = session.execute(text("SELECT submission_id::text, outcome FROM sync_submission")).all()
        outcomes = {row.submission_id: str(row.outcome) for row in rows}
        return [outcomes[one["submission_id"]] for one in works]

    def born(self, seen: Sent) -> list[int]:
        """The birth years with which a review was scored."""
        with Session(self.engine) as session:
            asked = text("SELECT members FROM review WHERE id = :id")
            (people,) = session.execute(asked, {"id": seen["id"]}).one()
        return sorted(one["birth_year"] for one in people)


@pytest.fixture(params=[False, True], ids=["one-by-one", "at-once"])
def sender(request: pytest.FixtureRequest, surveyor: httpx.Client, device: str, engine: Engine) -> Sender:
    return Sender(surveyor, device, engine, request.param)


def test_a_number_given_up_after_a_review_is_free_for_the_next_household(sender: Sender) -> None:
    home = sender.made("household", household(household_no="5"))
    seen = sender.work("review", review(home, listed(sender.engine, home)))
    given_up = sender.work("household", {"household_no": "99"}, home, 1)
    assert sender.send(seen, given_up, sender.work("household", household(household_no="5"))) == ["applied"] * 3


@pytest.mark.parametrize("fate", ["held", "conflict"])
def test_a_move_that_does_not_come_into_force_hides_nothing_that_comes_later(
    fate: str, sender: Sender, sign_in: SignIn
) -> None:
    home, aim, other = (sender.made("household", household()) for _ in range(3))
    person = sender.made("member", member(home))
    sender.made("member", member(other, "Kha"))
    round_id = listed(sender.engine, home, other)
    lives = home
    if fate == "held":
        aim = str(uuid4())
    else:  # the commune was faster
        moved = submission("member", {"household_id": other}, base=1, record=person)
        (told,) = push(sign_in("truc-thai"), tablets.enrolled(sender.engine, "truc-thai"), moved)
        assert told["outcome"] == "applied"
        lives = other
    moves = sender.work("member", {"household_id": aim}, person, 1)
    seen = sender.work("review", review(lives, round_id))
    later = sender.work("member", {"birth_year": 1990}, person, 1)
    outcomes = sender.send(moves, seen, later)
    assert outcomes[:2] == [fate, "applied"]
    assert set(sender.born(seen)) == {1980}


@pytest.mark.parametrize("again", ["household", "member"])
def test_what_is_made_a_second_time_behind_puts_no_change_before_the_review(again: str, sender: Sender) -> None:
    made = household()
    home = sender.made("household", made)
    person = sender.made("member", member(home))
    seen = sender.work("review", review(home, listed(sender.engine, home)))
    later = sender.work("member", {"birth_year": 1990}, person, 1)
    twice = (
        sender.work("household", made, home) if again == "household" else sender.work("member", member(home), person)
    )
    assert sender.send(seen, later, twice) == ["applied"] * 3
    assert sender.born(seen) == [1980]


@pytest.mark.parametrize("spelling", ["{%s}", "urn:uuid:%s", "%s"])
def test_an_id_in_any_spelling_is_the_same(spelling: str, sender: Sender) -> None:
    home = sender.made("household", household())
    person = sender.made("member", member(home))
    seen = sender.work("review", review(spelling % home.upper(), listed(sender.engine, home)))
    later = sender.work("member", {"birth_year": 1990}, person, 1)
    assert sender.send(seen, later) == ["applied"] * 2
    assert sender.born(seen) == [1980]


def test_a_parent_behind_its_child_is_there_for_it_also_where_somebody_moves_in_late(sender: Sender) -> None:
    home, new = sender.made("household", household()), str(uuid4())
    person = sender.made("member", member(home))
    asks, asked = sender.work("request", request(new)), sender.work("request", request(home))
    moves = sender.work("member", {"household_id": new}, person, 1)
    works = [asks, asked, moves, sender.work("household", household(), new)]
    outcomes = sender.send(*works)
    if sender.at_once:
        assert outcomes == ["applied"] * 4
    else:  # came before their household, and were released by it or are with the next contact
        sender.surveyor.get("/sync/v1/submissions", params={"device_id": sender.device})
        assert sender.send(works[3]) == ["applied"]


def test_what_waited_does_not_clash_with_itself_where_a_request_came_between(
    surveyor: httpx.Client, device: str, engine: Engine
) -> None:
    sender = Sender(surveyor, device, engine, True)
    home = sender.work("household", household(phone="0"))
    late = [
        sender.work("household", {"phone": "1"}, home["id"], 1),
        sender.work("request", request(home["id"])),
        sender.work("household", {"phone": "2"}, home["id"], 1),
    ]
    assert sender.send(*late) == ["held"] * 3
    assert sender.send(home) == ["applied"]
    assert sender.send(*late) == ["applied"] * 3
    assert surveyor.get(f"/api/v1/households/{home['id']}").json()["phone"] == "2"


def test_what_waited_of_a_person_does_not_clash_with_what_comes_with_them(
    surveyor: httpx.Client, device: str, engine: Engine
) -> None:
    sender = Sender(surveyor, device, engine, True)
    home = sender.made("household", household())
    person = sender.work("member", member(home))
    first = sender.work("member", {"birth_year": 1981}, person["id"], 1)
    asked = sender.work("request", request(home))
    second = sender.work("member", {"birth_year": 1982}, person["id"], 1)
    assert sender.send(first) == ["held"]
    assert sender.send(person, asked, second) == ["applied"] * 3
    assert sender.send(first) == ["applied"]


def test_a_text_of_any_length_in_the_place_of_an_id_is_not_kept(sender: Sender) -> None:
    home = sender.made("household", household())
    turns._number.cache_clear()
    far = "9" * 5000
    sender.send(
        sender.work("request", request(home)),
        sender.work("member", member(far)),
        sender.work("household", {"note": "đã xem"}, home, 1),
    )
    hits = turns._number.cache_info().hits
    turns._number(far)
    assert turns._number.cache_info().hits == hits
