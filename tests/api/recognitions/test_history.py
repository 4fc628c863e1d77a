"""Recognition as history: who is what on any day, who escaped, relapsed or came new up to it, by which decision."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.recognitions.recording import Decision, record_decision
from api.recognitions.standings import pasts
from api.standards.tables import PovertyClass
from tests.make.recognitions import recognise
from tests.make.reviews import acting, households

SignIn = Callable[[str], httpx.Client]
POOR, NEAR, OUT = PovertyClass.poor, PovertyClass.near_poor, PovertyClass.not_poor


@pytest.fixture
def story(session: Session) -> dict[str, UUID]:
    """Three decisions: Lan escapes and falls back, Hoa climbs step by step, Mai is poor throughout."""
    homes = dict(zip(("lan", "hoa", "mai"), households(session, 3), strict=True))
    actor = acting("truc-thai")
    for day, found in (
        (date(2019, 12, 10), {"lan": POOR, "hoa": POOR, "mai": POOR}),
        (date(2020, 12, 10), {"lan": OUT, "hoa": NEAR, "mai": POOR}),
        (date(2022, 12, 12), {"lan": POOR, "hoa": OUT, "mai": POOR}),
    ):
        decision = Decision(f"{day.year}/QĐ", day, "Chủ tịch", area_id("14080"))
        scope = actor.scope_of(Permission.recognitions_prepare)
        record_decision(session, actor, scope, decision, {homes[name]: found[name] for name in found})
    session.commit()
    return homes


def names(client: httpx.Client, story: dict[str, UUID], status: str, **query: str) -> dict[str, str]:
    """Who is found, and by which movement."""
    answer = client.get("/api/v1/recognitions", params={"status": status} | query)
    assert answer.status_code == 200, answer.text
    named = {str(home): name for name, home in story.items()}
    return {named[item["household_id"]]: item["movement"] for item in answer.json()["items"]}


def test_the_class_of_any_day(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    everybody = dict.fromkeys(("lan", "hoa", "mai"), "new_poor")
    assert names(officer, story, "current_poor", as_of="2019-12-10") == everybody
    assert names(officer, story, "current_poor", as_of="2019-12-09") == {}
    assert names(officer, story, "current_poor", as_of="2020-12-10") == {"mai": "stays"}
    assert names(officer, story, "current_near_poor", as_of="2020-12-10") == {"hoa": "poor_to_near_poor"}
    assert names(officer, story, "current_poor") == {"mai": "stays", "lan": "relapsed_poor"}
    assert names(officer, story, "current_near_poor") == {}


def test_newly_escaped_lasts_36_months_from_the_decision(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    assert names(officer, story, "newly_escaped", as_of="2020-12-09") == {}
    assert set(names(officer, story, "newly_escaped", as_of="2020-12-10")) == {"lan", "hoa"}
    # Lan is poor again; Hoa, near-poor and then not poor, was poor until 2020
    assert set(names(officer, story, "newly_escaped", as_of="2022-12-12")) == {"hoa"}
    assert set(names(officer, story, "newly_escaped", as_of="2023-12-10")) == {"hoa"}
    assert names(officer, story, "newly_escaped", as_of="2023-12-11") == {}


def test_movements_since_a_day(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    assert names(officer, story, "escaped", as_of="2020-12-31") == {"lan": "escaped_poor", "hoa": "poor_to_near_poor"}
    assert names(officer, story, "escaped", as_of="2022-12-31") == {"hoa": "escaped_near_poor"}
    assert names(officer, story, "escaped", as_of="2022-12-11") == {}
    assert names(officer, story, "relapsed", as_of="2022-12-31") == {"lan": "relapsed_poor"}
    assert names(officer, story, "relapsed", as_of="2022-12-31", since="2022-12-13") == {}
    assert set(names(officer, story, "new", since="2019-01-01", as_of="2022-12-31")) == {"lan", "hoa", "mai"}
    assert names(officer, story, "new", as_of="2022-12-31") == {}


@pytest.mark.parametrize(
    ("day", "months", "was_poor"),
    [
        (date(2022, 12, 9), None, True),
        (date(2022, 12, 10), 24, True),
        (date(2022, 12, 11), 24, False),
        (date(2020, 12, 9), None, False),
    ],
)
def test_the_look_back_of_a_relapse(
    session: Session, story: dict[str, UUID], day: date, months: int | None, was_poor: bool
) -> None:
    """Lan left poverty on 10 December 2020; two years later that still counts, a day after not any more."""
    assert pasts(session, [story["lan"]], day, months)[story["lan"]].was_poor is was_poor


def test_a_decision_recorded_without_its_lines_has_no_movement(sign_in: SignIn, session: Session) -> None:
    (home,) = households(session, 1)
    recognise(session, home, "poor", date(2022, 12, 12))
    session.commit()
    (item,) = sign_in("truc-thai").get("/api/v1/recognitions", params={"status": "current_poor"}).json()["items"]
    assert (item["movement"], item["decision"]["decided_on"]) == (None, "2022-12-12")
