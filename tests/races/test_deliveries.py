"""Two who hand out in the same moment: a line is ticked once, and the last money is given once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make import interventions, sheets, tablets
from tests.make.answers import done, refused
from tests.make.interventions import serving
from tests.make.reviews import households
from tests.make.tablets import delivery, submission
from tests.races.test_at_once import ROUNDS, at_once, look, outcomes, sends
from tests.start.launching import eventually

SignIn = Callable[[str], httpx.Client]
DELIVERIES = "/api/v1/deliveries"
ELSEWHERE = str(area_id("14071-01"))


def home_of(engine: Engine) -> str:
    with Session(engine) as session, session.begin():
        return str(households(session, 1)[0])


def told(answer: httpx.Response) -> dict[str, Any]:
    (outcome,) = answer.json()["outcomes"]
    found: dict[str, Any] = outcome
    return found


def test_a_line_from_two_tablets_at_once_is_ticked_once(sign_in: SignIn, engine: Engine) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    for n in range(ROUNDS):
        home, under = home_of(engine), serving(engine)
        (line,) = sheets.drawn_up(officer, under, [home])["lines"]
        named = {"sheet_line_id": line["id"]} if n % 2 else {}
        sent = [submission("delivery", delivery(home, under, **named)) for _ in range(2)]
        calls = [sends(surveyor, tablets.enrolled(engine, "xom-3"), one) for one in sent]
        answers = at_once(*calls)
        assert sorted(told(answer)["outcome"] for answer in answers) == ["applied", "rejected"]
        first = next(one for one, answer in zip(sent, answers, strict=True) if outcomes(answer) == ["applied"])
        (second,) = [told(answer) for answer in answers if outcomes(answer) == ["rejected"]]
        assert (second["problem"]["type"], second["problem"]["delivery_id"]) == (
            "/problems/already-delivered", first["id"]
        )  # fmt: skip
        (row,) = look(engine, "SELECT state, version, delivery_id FROM sheet_line WHERE id = :id", id=line["id"])
        assert (row.state, row.version, str(row.delivery_id)) == ("delivered", 2, first["id"])


def test_the_last_money_is_given_once(sign_in: SignIn, engine: Engine) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    for _ in range(ROUNDS):
        with Session(engine) as session, session.begin():
            under = interventions.funded(session, 250)
        home = home_of(engine)
        body = {"deliveries": [delivery(home, under, amount_vnd=100)]}
        tablet = sends(
            surveyor, tablets.enrolled(engine, "xom-3"), submission("delivery", delivery(home, under, amount_vnd=100))
        )
        answers = at_once(*(lambda body=body: officer.post(DELIVERIES, json=body) for _ in range(3)), tablet)
        web = Counter(answer.status_code for answer in answers[:3])
        given = web[201] + (outcomes(answers[3]) == ["applied"])
        assert given == 2
        assert {answer.json()["type"] for answer in answers[:3] if answer.status_code != 201} <= {
            "/problems/above-approved"
        }
        (row,) = look(engine, "SELECT delivered_vnd FROM intervention WHERE id = :id", id=under)
        assert row.delivered_vnd == 200


def test_the_same_delivery_twice_at_once_is_there_once_and_reversed_once(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    for n in range(ROUNDS):
        home, under = home_of(engine), serving(engine)
        body = {"deliveries": [delivery(home, under)]}
        headers = {"Idempotency-Key": f"k{n}"}
        calls = [lambda body=body, headers=headers: officer.post(DELIVERIES, json=body, headers=headers)] * 4
        answers = at_once(*calls)
        assert [answer.status_code for answer in answers] == [201] * 4
        assert len({answer.json()["items"][0]["id"] for answer in answers}) == 1
        path = f"{DELIVERIES}/{answers[0].json()['items'][0]['id']}/reversal"
        reversed_ = at_once(*[lambda path=path: officer.post(path, json={"reason": "nhầm"})] * 4)
        assert {answer.status_code for answer in reversed_} == {200}
        rows = look(engine, "SELECT delivered_vnd FROM intervention WHERE id = :id", id=under)
        assert [row.delivered_vnd for row in rows] == [0]


def test_a_sheet_ticked_on_paper_and_on_a_tablet_at_once_gives_once(sign_in: SignIn, engine: Engine) -> None:
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    for _ in range(ROUNDS):
        homes, under = [home_of(engine) for _ in range(3)], serving(engine)
        sheet = sheets.drawn_up(officer, under, homes, amount_vnd=1)
        ticks = {"ticks": [{"line_id": line["id"], "state": "delivered"} for line in sheet["lines"]]}
        path = f"{sheets.URL}/{sheet['id']}/ticks"
        at_tablet = submission("delivery", delivery(homes[1], under, amount_vnd=1))
        paper, tablet = at_once(
            partial(officer.post, path, json=ticks),
            sends(surveyor, tablets.enrolled(engine, "xom-3"), at_tablet),
        )
        fates = (paper.status_code, outcomes(tablet))
        assert fates in ((200, ["rejected"]), (409, ["applied"])), paper.text
        query = "SELECT count(*) AS given FROM delivery WHERE intervention_id = :id"
        assert look(engine, query, id=under)[0].given == (3 if paper.status_code == 200 else 1)


def test_a_household_that_moves_away_while_its_delivery_is_taken_back(sign_in: SignIn, engine: Engine) -> None:
    officer, home, under = sign_in("truc-thai"), home_of(engine), serving(engine)
    made = done(officer.post(DELIVERIES, json={"deliveries": [delivery(home, under)]}))["items"][0]
    waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as gate, ThreadPoolExecutor(1) as pool:
        gate.execute(text("SELECT id FROM intervention WHERE id = :id FOR UPDATE"), {"id": under})
        path = f"{DELIVERIES}/{made['id']}/reversal"
        reversing = pool.submit(lambda: officer.post(path, json={"reason": "nhầm"}))
        eventually(lambda: look(engine, waits), "the reversal waits for the intervention")
        move = {"hamlet_id": ELSEWHERE, "moved_on": "2024-11-25"}
        done(sign_in("truc-thai").post(f"/api/v1/households/{home}/move", json=move))
        gate.rollback()
        assert refused(reversing.result()) == (404, "not-found")
    assert done(sign_in("truc-dai").get(f"{DELIVERIES}/{made['id']}"))["state"] == "delivered"


def test_the_database_itself_refuses_what_nobody_looked_at(engine: Engine) -> None:
    """The last line: the sum of the intervention, whoever writes."""
    with Session(engine) as session, session.begin():
        under = interventions.funded(session, 100)
    insert = text("""
        INSERT INTO delivery (id, intervention_id, headcount, delivered_on, amount_vnd, outcome, received_by,
            attachments, version, created_at, updated_at)
        VALUES (gen_random_uuid(), :under, '{"poor": 1}', '2024-11-20', :vnd, 'delivered', 'x', '[]', 1, now(), now())
    """)
    with Session(engine) as session:
        session.execute(insert, {"under": under, "vnd": 60})
        session.commit()
        refused = None
        try:
            session.execute(insert, {"under": under, "vnd": 41})
        except Exception as error:
            refused = getattr(error, "orig", None)
    assert "ck_intervention_delivered_as_approved" in str(refused)
