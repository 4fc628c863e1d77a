"""The end of a round and the ledger over HTTP: what closes, what the next one opens with, whose number leads to whom;
and whole random histories of a commune against a count by hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.accounts.actor import narrowed
from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_members
from api.households.moves import end_household, move_household
from api.households.schemas import MoveIn, SplitIn
from api.households.splits import split_household
from api.households.tables import HouseholdStatus
from api.recognitions import closing, movement_queries, preparing, signing
from api.recognitions.decision_schemas import DecisionIn, SignatureIn
from api.recognitions.movements import COLUMNS, Stands, movement
from tests.api.recognitions.lives import COMMUNE, counted_by_hand
from tests.make.decisions import decide, people, prepare, ready_round
from tests.make.recognitions import recognise
from tests.make.reviews import acting, counted, household, households
from tests.make.rounds import cases, review_round

SignIn = Callable[[str], httpx.Client]
XOM_3, XOM_4 = str(area_id("14080-03")), str(area_id("14080-04"))


def close(client: httpx.Client, round_id: UUID) -> httpx.Response:
    return client.post(f"/api/v1/rounds/{round_id}/closing")


def ledger(client: httpx.Client, round_id: UUID, **query: str) -> dict[str, Any]:
    answer = client.get("/api/v1/movements", params={"round_id": str(round_id)} | query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row(found: dict[str, Any], area: str, poverty_class: str, unit: str = "households") -> dict[str, int]:
    """The numbers of one row that are not zero."""
    (one,) = [r for r in found["rows"] if (r["area_id"], r["poverty_class"]) == (area, poverty_class)]
    return {name: value for name, value in one[unit].items() if value}


@pytest.fixture
def story(session: Session) -> dict[str, UUID]:
    """Lan and Hoa poor since 2022, Cúc near-poor; the round of 2024 finds Lan near-poor, Cúc out, Mai newly poor."""
    homes = dict(zip(("lan", "hoa", "cuc", "mai"), households(session, 4), strict=True))
    for count, home in enumerate(homes.values(), start=2):
        people(session, home, count)
    for name, poverty_class in (("lan", "poor"), ("hoa", "poor"), ("cuc", "near_poor")):
        recognise(session, homes[name], poverty_class, date(2022, 12, 12))
    found = {"lan": "near_poor", "hoa": "poor", "cuc": "not_poor", "mai": "poor"}
    homes["round"] = ready_round(session, {homes[name]: found[name] for name in found})
    session.commit()
    return homes


def test_a_round_closes_when_nobody_waits_for_a_decision(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    early = close(officer, story["round"])
    assert (early.status_code, early.json()["type"]) == (409, "/problems/illegal-stage")
    made = prepare(officer, story["round"], household_ids=[str(story[n]) for n in ("lan", "hoa", "cuc")])
    body = {"number": "1/QĐ", "decided_on": "2024-12-11", "signatory": "Chủ tịch"}
    signature = f"/api/v1/recognition-decisions/{made['id']}/signature"
    assert chair.post(signature, json=body, headers={"If-Match": '"1"'}).is_success
    held = close(officer, story["round"])
    assert (held.status_code, held.json()["missing"]) == (409, ["no_case_held_back"])
    decide(officer, chair, story["round"], "2/QĐ", "2024-12-12")
    assert officer.post(f"/api/v1/rounds/{story['round']}/closing", headers={"If-Match": '"1"'}).status_code == 412
    closed = close(officer, story["round"])
    assert (closed.status_code, closed.json()["stage"]) == (200, "closed")
    assert closed.headers["ETag"] == f'"{closed.json()["version"]}"'
    session.rollback()
    kept = session.execute(text("SELECT household_id, poverty_class, persons FROM standing")).all()
    assert {tuple(r) for r in kept} == {
        (story["lan"], "near_poor", 2), (story["hoa"], "poor", 3), (story["mai"], "poor", 5),
    }  # fmt: skip
    assert close(officer, story["round"]).status_code == 409


def test_a_round_waits_for_its_cleared_households_and_not_for_absent_ones(sign_in: SignIn, session: Session) -> None:
    away, waits = households(session, 2)
    recognise(session, away, "poor", date(2022, 12, 12))
    round_id = review_round(session, kind="regular", stage="consolidated", upper_level="none")
    cases(session, round_id, [away], stage="not_reached", not_reached_reason="Đi làm ăn xa")
    cases(session, round_id, [waits], stage="cleared")
    session.commit()
    officer, steps = sign_in("truc-thai"), f"/api/v1/rounds/{round_id}/steps"
    now = {step["action"]: step["missing"] for step in officer.get(steps).json()["steps"]}
    assert now["close"] == ["no_case_held_back"]
    assert close(officer, round_id).json()["missing"] == ["no_case_held_back"]
    session.execute(text("UPDATE review_case SET stage = 'not_reached' WHERE stage = 'cleared'"))
    session.commit()
    assert close(officer, round_id).json()["stage"] == "closed"
    assert row(ledger(officer, round_id), XOM_3, "poor") == {"opening": 1, "closing": 1}


def test_a_training_round_just_ends(sign_in: SignIn, session: Session) -> None:
    home = household(session)
    recognise(session, home, "poor", date(2022, 12, 12))
    training = review_round(session, kind="training", stage="surveying")
    session.commit()
    officer = sign_in("truc-thai")
    assert close(officer, training).json()["stage"] == "closed"
    session.rollback()
    assert session.execute(text("SELECT count(*) FROM standing")).scalar_one() == 0
    assert officer.get("/api/v1/movements", params={"round_id": str(training)}).status_code == 409


def _next_round(sign_in: SignIn, session: Session, story: dict[str, UUID]) -> UUID:
    """Life between two rounds, and a regular round in April that finds Lan poor again; closed."""
    officer = sign_in("truc-thai")
    # between the rounds Hoa moves to xóm 4, and Mai's mother dies
    move = {"hamlet_id": XOM_4, "moved_on": "2025-02-01"}
    assert officer.post(f"/api/v1/households/{story['hoa']}/move", json=move).is_success
    member = officer.get(f"/api/v1/households/{story['mai']}/members").json()["items"][1]
    gone = {"left_on": "2025-03-01", "left_reason": "died"}
    changed = officer.patch(f"/api/v1/members/{member['id']}", json=gone, headers={"If-Match": '"1"'})
    assert changed.is_success, changed.text
    regular = ready_round(
        session, {story["lan"]: "poor"}, kind="regular", opens_on=date(2025, 4, 15), closes_on=date(2025, 4, 29)
    )
    session.commit()
    decide(officer, sign_in("chu-tich"), regular, "5/QĐ", "2025-04-28")
    assert close(officer, regular).is_success
    return regular


def test_the_first_ledger_opens_with_the_recognitions_and_the_next_with_the_closing(
    sign_in: SignIn, session: Session, story: dict[str, UUID]
) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    decide(officer, chair, story["round"], "1/QĐ", "2024-12-11")
    now = ledger(officer, story["round"])
    assert (now["opening_source"], now["opening_on"], now["closing_source"]) == (
        "recognitions", "2024-08-31", "current",
    )  # fmt: skip
    assert row(now, XOM_3, "poor") == {"opening": 2, "to_other_class": 1, "new": 1, "closing": 2}
    assert row(now, XOM_3, "poor", "persons") == {"opening": 5, "to_other_class": 2, "new": 5, "closing": 8}
    assert row(now, XOM_3, "near_poor") == {"opening": 1, "above_line": 1, "from_other_class": 1, "closing": 1}
    assert len({r["area_id"] for r in now["rows"]}) == 8
    assert close(officer, story["round"]).is_success
    then = ledger(officer, story["round"])
    assert (then["rows"], then["closing_source"]) == (now["rows"], "standing")
    regular = _next_round(sign_in, session, story)
    later = ledger(officer, regular)
    assert (later["opening_source"], later["opening_round_id"]) == ("standing", str(story["round"]))
    for area in (XOM_3, XOM_4):
        for poverty_class in ("poor", "near_poor"):
            for unit in ("households", "persons"):
                opened = row(later, area, poverty_class, unit).get("opening", 0)
                assert opened == row(then, area, poverty_class, unit).get("closing", 0)
    assert row(later, XOM_3, "poor") == {"opening": 2, "decrease_other": 1, "from_other_class": 1, "closing": 2}
    assert row(later, XOM_3, "poor", "persons") == {
        "opening": 8, "decrease_other": 4, "from_other_class": 2, "closing": 6,
    }  # fmt: skip
    assert row(later, XOM_4, "poor") == {"increase_other": 1, "closing": 1}
    commune = ledger(officer, regular, level="commune", **{"class": "poor"})
    (whole,) = commune["rows"]
    assert {n: v for n, v in whole["households"].items() if v} == {"opening": 2, "from_other_class": 1, "closing": 3}
    # a published ledger stays: what happens later is the next one's
    assert ledger(officer, story["round"])["rows"] == then["rows"]


def test_a_number_leads_to_its_households(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    decide(officer, chair, story["round"], "1/QĐ", "2024-12-11")

    def behind(who: str, column: str, poverty_class: str = "poor", **query: str) -> list[str]:
        asked = {"round_id": str(story["round"]), "class": poverty_class, "column": column} | query
        answer = sign_in(who).get("/api/v1/movements/households", params=asked)
        assert answer.status_code == 200, answer.text
        return [item["household_id"] for item in answer.json()["items"]]

    assert set(behind("truc-thai", "opening", hamlet_id=XOM_3)) == {str(story["lan"]), str(story["hoa"])}
    assert behind("truc-thai", "to_other_class") == [str(story["lan"])]
    assert behind("truc-thai", "new", hamlet_id=XOM_3) == [str(story["mai"])]
    assert behind("xom-3", "above_line", "near_poor") == [str(story["cuc"])]
    assert behind("truc-thai", "new", hamlet_id=XOM_4) == behind("xom-4", "new", hamlet_id=XOM_3) == []


def test_each_sees_the_rows_of_their_areas(sign_in: SignIn, story: dict[str, UUID]) -> None:
    rows = {
        who: len({r["area_id"] for r in ledger(sign_in(who), story["round"])["rows"]})
        for who in ("truc-ninh", "truc-thai", "chu-tich", "xom-3", "ngan-hang", "tai-chinh", "van-hoa", "mat-tran")
    }
    assert rows == dict.fromkeys(rows, 8) | {"xom-3": 1}
    for stranger in ("truc-dai", "xom-td-1"):
        asked = {"round_id": str(story["round"])}
        assert sign_in(stranger).get("/api/v1/movements", params=asked).status_code == 404
    refused = sign_in("admin").get("/api/v1/movements", params={"round_id": str(story["round"])})
    assert (refused.status_code, refused.json()["permission"]) == (403, "indicators:read")


def test_the_ledger_costs_the_same_for_few_and_many(session: Session, engine: Engine) -> None:
    officer = narrowed(acting("truc-thai"), Permission.indicators_read)
    round_id = review_round(session)
    spent = []
    for many in (3, 120):
        for home in households(session, many):
            recognise(session, home, "poor", date(2022, 12, 12))
        session.commit()
        with counted(engine) as seen:
            movement_queries.movements(session, officer, round_id, "hamlet")
        spent.append(len(seen))
    assert spent[0] == spent[1] <= 10


# -- random histories through the real commands


class _Register:
    """The commune of a test, changed through the commands of the service, and read by plain SQL."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.random = session, Random(seed)
        self.officer, self.chair = acting("truc-thai"), acting("chu-tich")
        self.hamlets = [f"14080-{n:02d}" for n in (1, 2, 3)]
        self.homes: list[UUID] = []
        self.members: dict[UUID, list[UUID]] = {}
        self.classes: dict[UUID, str] = {}
        self.left: dict[UUID, set[str]] = {}

    def add(self) -> None:
        home = household(self.session, self.random.choice(self.hamlets))
        self.members[home] = people(self.session, home, self.random.randint(1, 4))
        self.homes.append(home)

    def happen(self, day: date) -> None:
        if not self.homes:
            self.add()
        home = self.random.choice(self.homes)
        event = self.random.choice(["add", "birth", "death", "move", "away", "split", "end"])
        if event == "add":
            self.add()
        elif event == "birth":
            born = people(self.session, home, 1, relation_to_head="child", birth_date=day.isoformat(), birth_year=None)
            self.members[home] += born
        elif event == "death" and len(self.members[home]) > 1:
            gone = self.members[home].pop()
            data = {"left_on": day.isoformat(), "left_reason": "died"}
            (written,) = write_members(self.session, self.officer, [Edit(gone, 1, data)], Origin.web)
            assert written.outcome in ("applied", "merged"), written
        elif event in ("move", "away"):
            to = "14071-01" if event == "away" else self.random.choice(self.hamlets)
            self._move(home, area_id(to), day)
        elif event == "split" and len(self.members[home]) > 1:
            new = uuid4()
            leaves = self.members[home].pop()
            split_household(self.session, self.officer, home, new, SplitIn(member_ids=[leaves]), None)
            self.members[new] = []
            self.homes.append(new)
        elif event == "end":
            end_household(self.session, self.officer, home, HouseholdStatus.left, None)
            self.homes.remove(home)

    def _move(self, home: UUID, to: UUID, day: date) -> None:
        where = self.session.execute(text("SELECT hamlet_id FROM household WHERE id = :id"), {"id": home}).scalar_one()
        if where != to:
            move_household(self.session, self.officer, home, MoveIn(hamlet_id=to, moved_on=day), None)
            if to == area_id("14071-01"):
                self.homes.remove(home)

    def decided(self, round_id: UUID, day: date, number: str, found: dict[UUID, str]) -> dict[UUID, list[str]]:
        """Decides it, and says by hand which movement each household has made."""
        made = preparing.prepare(self.session, self.officer, DecisionIn(round_id=round_id), None)
        body = SignatureIn(number=number, decided_on=day, signatory="Chủ tịch UBND xã")
        signing.sign(self.session, self.chair, made.id, 1, body)
        told = {}
        for home, poverty_class in found.items():
            before, left = self.classes.get(home), self.left.setdefault(home, set())
            told[home] = [movement(before, poverty_class, was_poor="poor" in left, was_near_poor="near_poor" in left)]
            if before and before != poverty_class:
                left.add(before)
            if before or poverty_class != "not_poor":
                self.classes[home] = poverty_class
        return told

    def standing(self) -> dict[UUID, Stands]:
        rows = self.session.execute(
            text(
                "SELECT h.id, h.hamlet_id, r.poverty_class, "
                "(SELECT count(*) FROM member m WHERE m.household_id = h.id AND m.left_on IS NULL) AS persons "
                "FROM household h JOIN recognition r ON r.household_id = h.id AND upper_inf(r.days) "
                "JOIN area a ON a.id = h.hamlet_id "
                "WHERE r.poverty_class <> 'not_poor' AND h.status = 'active' AND a.code LIKE '14080-%'"
            )
        )
        return {r.id: Stands(r.hamlet_id, r.poverty_class, r.persons) for r in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_ledger_of_random_histories_through_the_commands(session: Session, seed: int) -> None:
    register = _Register(session, seed)
    reader = narrowed(register.officer, Permission.indicators_read)
    for _ in range(12):
        register.add()
    opening: dict[UUID, Stands] = {}
    before: dict[tuple[Any, ...], int] = {}
    for number in range(4):
        opens = date(2024, 1, 15) + timedelta(days=120 * number)
        with clock.at(datetime(opens.year, opens.month, opens.day, 9, tzinfo=clock.VIET_NAM)):
            for _ in range(15 if number else 0):
                register.happen(opens)
        found = {
            home: register.random.choice(["poor", "near_poor", "not_poor"])
            for home in register.random.sample(register.homes, min(9, len(register.homes)))
        }
        round_id = ready_round(session, found, kind="regular", opens_on=opens, closes_on=opens + timedelta(days=14))
        with clock.at(datetime(opens.year, opens.month, opens.day, 9, tzinfo=clock.VIET_NAM) + timedelta(days=14)):
            decided = register.decided(round_id, clock.today(), f"{number}/QĐ-UBND", found)
            standing = register.standing()
            closing.close_round(session, register.officer, round_id, None)
            _compare(session, reader, round_id, opening, standing, decided, before)
        opening = standing


def _compare(
    session: Session,
    reader: Any,
    round_id: UUID,
    opening: dict[UUID, Stands],
    standing: dict[UUID, Stands],
    decided: dict[UUID, list[str]],
    before: dict[tuple[Any, ...], int],
) -> None:
    for level in ("hamlet", "commune"):
        told = movement_queries.movements(session, reader, round_id, level)
        by_hand = counted_by_hand(opening, standing, decided, level == "commune")
        seen: dict[tuple[Any, ...], int] = {}
        for line in told.rows:
            area = COMMUNE if level == "commune" else line.area_id
            for unit in ("households", "persons"):
                count = getattr(line, unit)
                assert count.closing == count.opening - (
                    count.to_other_class + count.above_line + count.decrease_other
                ) + (count.from_other_class + count.relapsed + count.new + count.increase_other)
                key = (level, unit, area, line.poverty_class)
                assert count.opening == before.get(key, 0)
                before[key] = count.closing
            for column in COLUMNS:
                if value := getattr(line.households, column):
                    seen[area, line.poverty_class, column] = value
        assert seen == dict(by_hand)


def test_a_round_in_which_nobody_was_met_closes_without_a_decision(sign_in: SignIn, session: Session) -> None:
    """Otherwise it would stay open for ever, and whoever asked could stand on no other list."""
    officer, home = sign_in("truc-thai"), household(session)
    first = review_round(session, kind="regular", upper_level="none", opens_on=date(2024, 10, 15),
                         closes_on=date(2024, 10, 29))  # fmt: skip
    cases(session, first, [home])
    session.commit()
    absent = officer.post(f"/api/v1/rounds/{first}/households/{home}/absence", json={"reason": "Đi vắng"})
    assert absent.is_success, absent.text
    assert close(officer, first).status_code == 409  # the surveys go on
    assert officer.post(f"/api/v1/rounds/{first}/consolidation").is_success
    steps = officer.get(f"/api/v1/rounds/{first}/steps").json()["steps"]
    assert {one["action"]: one["missing"] for one in steps}["close"] == []
    closed = close(officer, first)
    assert (closed.status_code, closed.json()["stage"]) == (200, "closed")
