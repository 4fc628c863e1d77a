"""The outbox of a tablet that broke, taken over from a file by another one: nothing twice, nothing refused as reused.

What survey_app/src/disk/ways_out.ts relies on.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import tablets
from tests.make.answers import done
from tests.make.tablets import household, member, pull, push, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def two(engine: Engine) -> tuple[str, str]:
    """The broken tablet and the other one, of one surveyor."""
    return tablets.enrolled(engine, "xom-3"), tablets.enrolled(engine, "xom-3")


def versions(session: Session) -> list[int]:
    return list(session.execute(text("SELECT version FROM household")).scalars())


def test_what_both_tablets_send_is_applied_once(sign_in: SignIn, two: tuple[str, str], session: Session) -> None:
    client, (broken, other) = sign_in("xom-3"), two
    work = submission("household", household(phone="1"), seq=7)
    change = submission("household", {"phone": "2"}, seq=8, base=1, record=work["id"])
    assert [told["replayed"] for told in push(client, other, work, change)] == [False, False]
    told = push(client, broken, work, change)
    assert [(one["outcome"], one["version"], one["replayed"]) for one in told] == [
        ("applied", 1, True),
        ("applied", 2, True),
    ]
    assert versions(session) == [2]


@pytest.mark.parametrize(
    "other_content", [{"seq": 1}, {"base_version": 2}, {"recorded_at": "2024-10-05T09:00:00+07:00"}]
)
def test_seq_base_and_claimed_time_belong_to_the_content(
    sign_in: SignIn, two: tuple[str, str], session: Session, other_content: dict[str, Any]
) -> None:
    client, (broken, other) = sign_in("xom-3"), two
    work = submission("household", household(), seq=7)
    assert push(client, broken, work)[0]["outcome"] == "applied"
    (told,) = push(client, other, work | other_content)
    assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/submission-id-reused")
    assert versions(session) == [1]


def test_another_account_cannot_repeat_it(sign_in: SignIn, engine: Engine, two: tuple[str, str]) -> None:
    work = submission("household", household(), seq=7)
    assert push(sign_in("xom-3"), two[0], work)[0]["outcome"] == "applied"
    (told,) = push(sign_in("xom-4"), tablets.enrolled(engine, "xom-4"), work)
    assert told["problem"]["type"] == "/problems/submission-id-reused"


def test_a_tablet_may_send_one_seq_twice_where_one_is_taken_over(
    sign_in: SignIn, two: tuple[str, str], session: Session
) -> None:
    client, (_, other) = sign_in("xom-3"), two
    own, theirs = (submission("household", household(), seq=7) for _ in range(2))
    later = submission("household", {"phone": "3"}, seq=8, base=1, record=theirs["id"])
    assert [told["outcome"] for told in push(client, other, own, theirs)] == ["applied", "applied"]
    assert push(client, other, later)[0]["version"] == 2
    page = client.get("/sync/v1/submissions", params={"device_id": other, "limit": 1}).json()
    assert {one["submission_id"] for one in page["items"]} == {own["submission_id"], theirs["submission_id"]}
    assert sorted(versions(session)) == [1, 2]


def test_what_waited_for_the_broken_tablet_is_applied_when_the_other_one_asks(
    sign_in: SignIn, two: tuple[str, str]
) -> None:
    client, (broken, other) = sign_in("xom-3"), two
    home = str(uuid4())
    person = submission("member", member(home), seq=7)
    assert push(client, broken, person)[0]["outcome"] == "held"
    assert push(client, other, person)[0]["outcome"] == "held"
    done(sign_in("truc-thai").post("/api/v1/households", json=household(id=home)))
    assert [(one["entity"], one["id"]) for one in pull(client)[0]] == [("household", home)]
    (told,) = push(client, other, person)
    assert (told["outcome"], told["replayed"]) == ("applied", True)
