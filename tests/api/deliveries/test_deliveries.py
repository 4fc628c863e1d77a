"""Deliveries over the web: entered, listed, taken back; rights, places, and money that is not there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import files, interventions, sheets
from tests.make.interventions import serving
from tests.make.reviews import counted, households
from tests.make.tablets import HAMLET, delivery

SignIn = Callable[[str], httpx.Client]
URL = "/api/v1/deliveries"


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


@pytest.fixture
def home(session: Session) -> str:
    (made,) = households(session, 1)
    session.commit()
    return str(made)


def post(client: httpx.Client, *bodies: dict[str, Any], key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(URL, json={"deliveries": list(bodies)}, headers=headers)


def made(client: httpx.Client, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
    answer = post(client, *bodies)
    assert answer.status_code == 201, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    place = body["errors"][0]["pointer"] if "errors" in body else None
    return answer.status_code, body["type"].removeprefix("/problems/"), place


def test_one_or_many_are_recorded_and_read(officer: httpx.Client, home: str, engine: Engine) -> None:
    under = serving(engine)
    items = made(officer, delivery(home, under), delivery(home, under, amount_vnd=1, note="Gửi hộ"))
    assert [one["amount_vnd"] for one in items] == [175_000, 1]
    one = officer.get(f"{URL}/{items[1]['id']}")
    assert (one.json(), one.headers["ETag"]) == (items[1], '"1"')
    assert items[1] | {"recorded_by": "truc-thai", "hamlet_id": HAMLET[3], "state": "delivered"} == items[1]


def test_sent_twice_it_is_there_once(officer: httpx.Client, home: str, engine: Engine, session: Session) -> None:
    under, own = serving(engine), str(uuid4())
    first, second = (post(officer, delivery(home, under), delivery(home, under), key="k1") for _ in range(2))
    assert first.json() == second.json()
    assert len({one["id"] for one in first.json()["items"]}) == 2
    assert post(officer, delivery(home, under, amount_vnd=2), key="k1").json()["type"].endswith("key-reused")
    assert [post(officer, delivery(home, under, id=own)).status_code for _ in range(2)] == [201, 201]
    assert problem(post(officer, delivery(home, under, id=own, amount_vnd=2)))[:2] == (409, "already-exists")
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar_one() == 3


def test_all_are_stored_or_none_and_the_guilty_one_is_named(
    officer: httpx.Client, home: str, engine: Engine, session: Session
) -> None:
    under = serving(engine)
    wrong = [
        (delivery(str(uuid4()), under), (404, "not-found", "#/deliveries/1/household_id")),
        (delivery(home, uuid4()), (404, "not-found", "#/deliveries/1/intervention_id")),
        (delivery(home, under, member_id=str(uuid4())), (404, "not-found", "#/deliveries/1/member_id")),
        (delivery(home, under, service="?"), (422, "invalid", "#/deliveries/1/service")),
        (delivery(home, under, amount_vnd=-1), (422, "invalid", "#/deliveries/1/amount_vnd")),
    ]
    for body, expected in wrong:
        assert problem(post(officer, delivery(home, under), body)) == expected
    assert post(officer).status_code == post(officer, *[delivery(home, under)] * 501).status_code == 422
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar_one() == 0


def test_no_more_than_was_approved(officer: httpx.Client, home: str, session: Session) -> None:
    under = interventions.funded(session, 300_000)
    session.commit()
    answer = post(officer, delivery(home, under), delivery(home, under))
    assert problem(answer) == (409, "above-approved", "#/deliveries/1")
    assert (answer.json()["available_vnd"], answer.json()["asked_vnd"]) == (125_000, 175_000)
    assert "125.000" in answer.json()["details"]["vi"]
    (first,) = made(officer, delivery(home, under))
    assert problem(post(officer, delivery(home, under)))[1] == "above-approved"
    assert officer.post(f"{URL}/{first['id']}/reversal", json={"reason": "Ghi nhầm"}).status_code == 200
    made(officer, delivery(home, under, amount_vnd=300_000))


def test_meals_of_a_school_need_no_household(officer: httpx.Client, engine: Engine, sign_in: SignIn) -> None:
    meals = delivery(None, serving(engine), headcount={"poor": 12, "near_poor": 8, "other": 200}, form="in_kind")
    (one,) = made(officer, meals)
    assert (one["household_id"], one["hamlet_id"], one["headcount"]) == (None, None, meals["headcount"])
    assert officer.get(f"{URL}/{one['id']}").status_code == 200
    # of the whole commune: no hamlet's
    assert sign_in("xom-3").get(f"{URL}/{one['id']}").status_code == 404
    assert sign_in("truc-dai").get(f"{URL}/{one['id']}").status_code == 404


def test_a_reversal_is_said_once_and_stays(officer: httpx.Client, home: str, engine: Engine, session: Session) -> None:
    (one,) = made(officer, delivery(home, serving(engine)))
    path = f"{URL}/{one['id']}/reversal"
    stale = officer.post(path, json={"reason": "Ghi nhầm hộ"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    now = officer.post(path, json={"reason": "Ghi nhầm hộ"}, headers={"If-Match": '"1"'})
    assert (now.json()["state"], now.json()["version"], now.headers["ETag"]) == ("reversed", 2, '"2"')
    assert (now.json()["reversal_reason"], now.json()["outcome"]) == ("Ghi nhầm hộ", "delivered")
    again = officer.post(path, json={"reason": "Ghi nhầm hộ"})
    assert again.json() == now.json()
    assert problem(officer.post(path, json={"reason": "Lý do khác"}))[:2] == (409, "conflict")
    assert session.execute(text("SELECT delivered_vnd FROM intervention")).scalar_one() == 0
    # sent again by a tablet that did not hear of it, it is what is stored
    same = post(officer, delivery(home, one["intervention_id"], id=one["id"]))
    assert same.json()["items"][0] == now.json()


def test_what_came_back_returns_its_line(officer: httpx.Client, home: str, engine: Engine) -> None:
    under = serving(engine)
    sheet = sheets.drawn_up(officer, under, [home], amount_vnd=175_000)
    (one,) = made(officer, delivery(home, under))
    assert one["sheet_line_id"] == sheet["lines"][0]["id"]
    officer.post(f"{URL}/{one['id']}/reversal", json={"reason": "Trả lại"})
    now = officer.get(f"{sheets.URL}/{sheet['id']}").json()
    assert (now["by_state"]["returned"], now["delivered_vnd"]) == (1, 0)
    (other,) = made(officer, delivery(home, under, received_by="Vợ"))
    assert other["sheet_line_id"] == sheet["lines"][0]["id"]


def test_the_list_is_filtered_and_comes_in_pages(
    officer: httpx.Client, home: str, engine: Engine, session: Session
) -> None:
    (other,) = households(session, 1, "14080-04")
    session.commit()
    power, gifts = serving(engine), serving(engine, policy=None)
    days = ["2024-11-01", "2024-11-02", "2024-11-03"]
    first = made(officer, *(delivery(home, power, delivered_on=day) for day in days))
    gift, refused = made(
        officer,
        delivery(str(other), gifts, form="in_kind", delivered_on="2024-12-01"),
        delivery(home, gifts, outcome="refused", delivered_on="2024-10-01"),
    )
    officer.post(f"{URL}/{first[0]['id']}/reversal", json={"reason": "Nhầm"})

    def ids(**query: Any) -> list[str]:
        answer = officer.get(URL, params=query)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    power_ids = [one["id"] for one in first[::-1]]
    assert ids() == [gift["id"], *power_ids, refused["id"]]
    assert ids(intervention_id=str(power)) == ids(policy="electricity_poor") == power_ids
    assert ids(household_id=str(other)) == ids(area_id=HAMLET[4]) == ids(form="in_kind") == [gift["id"]]
    assert ids(delivered_from="2024-11-02", delivered_to="2024-11-03") == power_ids[:2]
    assert ids(state="refused") == [refused["id"]]
    assert ids(state="reversed") == power_ids[2:]
    assert ids(state="delivered") == [gift["id"], *power_ids[:2]]
    page = officer.get(URL, params={"limit": 3}).json()
    rest = officer.get(URL, params={"limit": 3, "cursor": page["next_cursor"]}).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == ids()
    assert rest["next_cursor"] is None


def test_who_may_do_what(sign_in: SignIn, home: str, engine: Engine) -> None:
    body = delivery(home, serving(engine), note="Ốm nặng")
    (one,) = made(sign_in("xom-3"), body)
    statuses = {
        who: (
            post(sign_in(who), body).status_code,
            sign_in(who).get(f"{URL}/{one['id']}").status_code,
            sign_in(who).post(f"{URL}/{one['id']}/reversal", json={"reason": "x"}).status_code,
        )
        for who in ("xom-4", "truc-dai", "chu-tich", "truc-ninh", "mat-tran", "ngan-hang", "tai-chinh", "xom-3")
    }
    assert statuses == {
        "xom-4": (404, 404, 403), "truc-dai": (404, 404, 404), "chu-tich": (403, 200, 403),
        "truc-ninh": (403, 200, 403), "mat-tran": (403, 403, 403), "ngan-hang": (403, 403, 403),
        "tai-chinh": (403, 403, 403), "xom-3": (201, 200, 403),
    }  # fmt: skip
    assert sign_in("chu-tich").get(f"{URL}/{one['id']}").json()["note"] == "Ốm nặng"
    seen = sign_in("truc-ninh").get(f"{URL}/{one['id']}").json()
    assert (seen["note"], seen["withheld"]) == (None, ["note", "reversal_reason"])


def test_reads_and_writes_are_in_the_log(officer: httpx.Client, home: str, engine: Engine, session: Session) -> None:
    (one,) = made(officer, delivery(home, serving(engine)))
    officer.get(f"{URL}/{one['id']}")
    officer.get(URL)
    officer.post(f"{URL}/{one['id']}/reversal", json={"reason": "Nhầm"})
    query = "SELECT action FROM audit_entry WHERE :home = ANY(subject_ids) AND action LIKE 'deliveries%' ORDER BY id"
    assert list(session.execute(text(query), {"home": home}).scalars()) == [
        "deliveries.write", "deliveries.read", "deliveries.list", "deliveries.reverse", "deliveries.read"
    ]  # fmt: skip


def test_a_page_takes_as_many_statements_however_long(officer: httpx.Client, app: Any, session: Session) -> None:
    under = interventions.intervention(session)
    homes = households(session, 60)
    session.commit()
    photo = files.declaration(files.content(10))
    made(officer, *(delivery(str(one), under, attachments=[photo]) for one in homes))
    taken = []
    for limit in (5, 60):
        with counted(app.state.engine) as statements:
            assert len(officer.get(URL, params={"limit": limit}).json()["items"]) == limit
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 12
