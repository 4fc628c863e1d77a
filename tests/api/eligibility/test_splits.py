"""A household that a tablet splits off, as its app writes it: before that day it was not there, and its people lived
where they came from. A household that was only registered late was there all along, also where it took somebody in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api import clock
from api.eligibility.register import Which, load
from tests.make import tablets
from tests.make.decisions import people
from tests.make.reviews import acting, household
from tests.make.tablets import member, push, submission

SignIn = Callable[[str], httpx.Client]
Submission = dict[str, Any]
BEFORE, THEN = datetime(2025, 3, 1, 12, tzinfo=clock.VIET_NAM), date(2025, 6, 1)


@dataclass(frozen=True)
class Family:
    """An old household with its head, a son and a grandson; `new`: the id of a household that is yet to come."""

    home: str
    head: str
    son: str
    grandson: str
    new: str

    def made(self, head: str | None) -> Submission:
        data = tablets.household(head_member_id=head) if head else tablets.household()
        return submission("household", data, record=self.new)

    def goes(self, who: str, **more: Any) -> Submission:
        return submission("member", {"household_id": self.new, **more}, base=1, record=who)


@pytest.fixture
def family(session: Session) -> Family:
    with clock.at(BEFORE):
        home = household(session)
        head, son, grandson = people(session, home, 3)
    session.commit()
    return Family(str(home), str(head), str(son), str(grandson), str(uuid4()))


@pytest.fixture
def send(sign_in: SignIn, engine: Engine) -> Callable[..., None]:
    """Sends one batch from the tablet of xóm 3; all of it is applied."""
    surveyor, device, number = sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), 0

    def sent(*works: Submission) -> None:
        nonlocal number
        for work in works:
            number += 1
            work["seq"] = number
        assert {told["outcome"] for told in push(surveyor, device, *works)} == {"applied"}

    return sent


Story = list[Callable[[Family], list[Submission]]]


def _new_person(family: Family, **more: Any) -> Submission:
    return submission("member", member(family.new, "Vũ Thị Mới", relation_to_head="child", **more))


SPLITS: dict[str, Story] = {
    "with its head": [lambda f: [f.made(f.son), f.goes(f.son, relation_to_head="head"), f.goes(f.grandson)]],
    "without a head": [lambda f: [f.made(None), f.goes(f.son)]],
    "its people in a later batch": [lambda f: [f.made(f.son)], lambda f: [f.goes(f.son, relation_to_head="head")]],
    "with a new child": [lambda f: [f.made(f.son), f.goes(f.son, relation_to_head="head"), _new_person(f)]],
    "and a wife from elsewhere": [
        lambda f: [f.made(f.son), f.goes(f.son, relation_to_head="head")],
        lambda f: [_new_person(f)],
    ],
    "and its founder goes back": [
        lambda f: [f.made(f.son), f.goes(f.son), f.goes(f.grandson)],
        lambda f: [_new_person(f)],
        lambda f: [submission("member", {"household_id": f.home}, base=2, record=who) for who in (f.son, f.grandson)],
    ],
}


def registered(family: Family, *more: Submission) -> list[Submission]:
    head = submission("member", member(family.new))
    return [family.made(head["id"]), head, *more]


REGISTERED_LATE: dict[str, Story] = {
    "alone": [registered],
    "with somebody who comes to them": [lambda f: registered(f, f.goes(f.grandson))],
    "who comes later": [registered, lambda f: [f.goes(f.grandson)]],
    "without its people": [lambda f: [f.made(None)]],
}


def was_there(client: httpx.Client, household_id: str, day: date) -> bool:
    answer = client.get(f"/api/v1/households/{household_id}/entitlements", params={"as_of": day.isoformat()})
    assert answer.status_code == 200, answer.text
    active: bool = answer.json()["active"]
    return active


@pytest.mark.parametrize("story", SPLITS.values(), ids=SPLITS)
def test_before_a_split_on_a_tablet_they_lived_together(
    story: Story, family: Family, send: Callable[..., None], sign_in: SignIn, session: Session
) -> None:
    for batch in story:
        send(*batch(family))
    officer, today = sign_in("truc-thai"), clock.today()
    assert was_there(officer, family.new, today)
    assert not was_there(officer, family.new, THEN)
    assert was_there(officer, family.home, THEN)
    (then,) = load(session, acting("truc-thai"), Which(household_id=UUID(family.home)), THEN).homes
    assert {str(one.id) for one in then.people} == {family.head, family.son, family.grandson}


@pytest.mark.parametrize("story", REGISTERED_LATE.values(), ids=REGISTERED_LATE)
def test_a_household_that_was_registered_late_was_there(
    story: Story, family: Family, send: Callable[..., None], sign_in: SignIn
) -> None:
    for batch in story:
        send(*batch(family))
    assert was_there(sign_in("truc-thai"), family.new, THEN)
