"""Signing sheets: drawn up, ticked back from paper, closed, cancelled, printed."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, text, update
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make import interventions, sheets
from tests.make.answers import done
from tests.make.households import put_member
from tests.make.interventions import INTERVENTION, serving
from tests.make.reviews import acting, counted, households
from tests.make.tablets import HAMLET, pull

SignIn = Callable[[str], httpx.Client]
URL = sheets.URL


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


@pytest.fixture
def homes(session: Session) -> list[str]:
    """Three households of xóm 3 with a head each."""
    made = households(session, 3)
    for home, name in zip(made, ("Nguyễn Văn An", "Trần Thị Bình", "Phạm Văn Cường"), strict=True):
        put_member(session, acting("truc-thai"), home, full_name=name)
    session.commit()
    return [str(home) for home in made]


def problem(answer: httpx.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    place = body["errors"][0]["pointer"] if "errors" in body else None
    return answer.status_code, body["type"].removeprefix("/problems/"), place


def tick(client: httpx.Client, sheet: dict[str, Any], *ticks: tuple[int, str], **more: Any) -> httpx.Response:
    """`ticks`: (which line, what became of it)."""
    body = [{"line_id": sheet["lines"][n]["id"], "state": state, **more} for n, state in ticks]
    return client.post(f"{URL}/{sheet['id']}/ticks", json={"ticks": body})


def end(client: httpx.Client, sheet: dict[str, Any], how: str, **headers: str) -> httpx.Response:
    return client.post(f"{URL}/{sheet['id']}/{how}", headers=headers)


def test_a_sheet_names_who_signs_for_what(officer: httpx.Client, homes: list[str], engine: Engine) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes, amount_vnd=175_000)
    assert [one["position"] for one in made["lines"]] == [1, 2, 3]
    assert [one["head_name"] for one in made["lines"]] == ["Nguyễn Văn An", "Trần Thị Bình", "Phạm Văn Cường"]
    assert (made["total_vnd"], made["delivered_vnd"], made["state"]) == (525_000, 0, "open")
    assert made["by_state"] == {"awaited": 3, "delivered": 0, "refused": 0, "absent": 0, "returned": 0}
    assert officer.get(f"{URL}/{made['id']}").json() == made
    (listed,) = officer.get(URL).json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "lines"}


def test_a_sheet_sent_twice_is_there_once(
    officer: httpx.Client, homes: list[str], engine: Engine, session: Session
) -> None:
    under = serving(engine)
    body = sheets.body(under, homes, quantity=1.5, unit="suất", id=str(uuid4()))
    first, second = (officer.post(URL, json=body) for _ in range(2))
    assert (first.status_code, second.json()) == (201, first.json())
    assert problem(officer.post(URL, json=body | {"title": "Khác"}))[:2] == (409, "already-exists")
    assert problem(officer.post(URL, json=body | {"lines": body["lines"][:2]}))[:2] == (409, "already-exists")
    keyed = {"Idempotency-Key": "to-1"}
    nameless = sheets.body(under, homes)
    one, two = (officer.post(URL, json=nameless, headers=keyed) for _ in range(2))
    assert one.json()["id"] == two.json()["id"]
    other = officer.post(URL, json=nameless | {"period": None}, headers=keyed)
    assert problem(other)[1] == "idempotency-key-reused"
    assert session.execute(text("SELECT count(*) FROM signing_sheet")).scalar_one() == 2


def test_what_a_sheet_cannot_hold(officer: httpx.Client, homes: list[str], engine: Engine, session: Session) -> None:
    under = serving(engine)
    (elsewhere,), (foreign,) = households(session, 1, "14080-04"), households(session, 1, "14071-01")
    session.commit()
    wrong = [
        (sheets.body(under, [*homes, str(elsewhere)]), (422, "invalid", "#/lines/3/household_id")),
        (sheets.body(under, [*homes, str(foreign)]), (404, "not-found", "#/lines/3/household_id")),
        (sheets.body(under, [*homes, homes[0]]), (422, "invalid", "#/lines/3/household_id")),
        (sheets.body(under, [(homes[0], str(uuid4()))]), (404, "not-found", "#/lines/0/member_id")),
        (sheets.body(uuid4(), homes), (404, "not-found", None)),
        (sheets.body(serving(engine, "14071"), homes), (404, "not-found", None)),
        (sheets.body(serving(engine, kind="community_proposal"), homes), (422, "invalid", "#/intervention_id")),
        (sheets.body(under, homes) | {"hamlet_id": str(uuid4())}, (404, "not-found", None)),
        (sheets.body(under, []), (422, "invalid", "#/lines")),
    ]
    for body, expected in wrong:
        assert problem(officer.post(URL, json=body)) == expected, body
    assert session.execute(text("SELECT count(*) FROM signing_sheet")).scalar_one() == 0


def test_nobody_signs_who_has_died_and_no_household_that_is_gone(
    officer: httpx.Client, homes: list[str], engine: Engine
) -> None:
    under = serving(engine)
    people = done(officer.get(f"/api/v1/households/{homes[0]}/members"))
    dead = (people["items"] if isinstance(people, dict) else people)[0]["id"]
    drawn = sheets.drawn_up(officer, under, [(homes[0], dead)])
    tag = {"If-Match": officer.get(f"/api/v1/members/{dead}").headers["ETag"]}
    done(officer.patch(f"/api/v1/members/{dead}", json={"left_on": "2024-11-01", "left_reason": "died"}, headers=tag))
    answer = officer.post(URL, json=sheets.body(under, [homes[1], (homes[0], dead)]))
    assert problem(answer) == (404, "not-found", "#/lines/1/member_id")
    for verb in ("leave", "dissolve"):
        done(officer.post(f"/api/v1/households/{homes[1]}/{verb}"))
        gone = officer.post(URL, json=sheets.body(under, [homes[2], homes[1]]))
        assert problem(gone) == (422, "invalid", "#/lines/1/household_id")
        done(officer.post(f"/api/v1/households/{homes[1]}/reopen"))
    # what was handed out before is ticked all the same
    assert tick(officer, drawn, (0, "delivered"), received_by="Con gái").status_code == 200


def test_an_intervention_that_has_ended_gets_no_new_sheet_but_those_it_has_are_ticked(
    officer: httpx.Client, homes: list[str], engine: Engine, session: Session
) -> None:
    served = serving(engine)
    sheet = sheets.drawn_up(officer, served, homes[:1], id=str(uuid4()))
    session.execute(update(INTERVENTION).where(INTERVENTION.c.id == served).values(stage="ended"))
    session.commit()
    assert problem(officer.post(URL, json=sheets.body(served, homes[1:2])))[:2] == (409, "illegal-stage")
    assert officer.post(URL, json=sheets.body(served, homes[:1], id=sheet["id"])).status_code == 201  # sent again
    assert sheets.ticked(officer, sheet)["by_state"]["delivered"] == 1


def test_a_signed_paper_is_ticked_back(
    officer: httpx.Client, sign_in: SignIn, homes: list[str], engine: Engine, session: Session
) -> None:
    under = serving(engine)
    made = sheets.drawn_up(officer, under, homes, amount_vnd=175_000)
    now = tick(officer, made, (0, "delivered"), (1, "refused"), (2, "absent"), note="theo giấy").json()
    assert [one["state"] for one in now["lines"]] == ["delivered", "refused", "absent"]
    assert [one["received_by"] for one in now["lines"]] == ["Nguyễn Văn An", "Trần Thị Bình", None]
    assert [one["delivered_on"] for one in now["lines"]] == ["2024-11-20", "2024-11-20", None]
    assert (now["delivered_vnd"], now["version"]) == (175_000, 3)
    items = officer.get("/api/v1/deliveries").json()["items"]
    assert {(one["outcome"], one["form"], one["paid_by"], one["amount_vnd"]) for one in items} == {
        ("delivered", "cash", "hand", 175_000), ("refused", "cash", "hand", 175_000)
    }  # fmt: skip
    assert session.execute(text("SELECT delivered_vnd FROM intervention")).scalar_one() == 175_000
    # whoever was absent comes another day, and whoever refused changes their mind
    later = tick(officer, made, (1, "delivered"), (2, "delivered"), delivered_on="2024-11-25").json()
    assert later["by_state"] == {"awaited": 0, "delivered": 3, "refused": 0, "absent": 0, "returned": 0}
    told = [change for change in pull(sign_in("xom-3"))[0] if change["entity"] == "sheet_line"]
    assert {change["data"]["state"] for change in told} == {"delivered"}


def test_the_same_ticks_again_change_nothing_and_others_are_refused(
    officer: httpx.Client, homes: list[str], engine: Engine, session: Session
) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes, amount_vnd=1)
    ticks = ((0, "delivered"), (1, "refused"), (2, "absent"))
    first = tick(officer, made, *ticks).json()
    assert tick(officer, made, *ticks).json() == first
    answer = tick(officer, made, (2, "delivered"), (0, "delivered"), delivered_on="2024-11-21")
    assert problem(answer) == (409, "already-delivered", "#/ticks/1")
    assert answer.json()["delivery_id"] == first["lines"][0]["delivery_id"]
    assert problem(tick(officer, made, (0, "absent")))[:2] == (409, "already-delivered")
    assert problem(tick(officer, made, (2, "absent"), (2, "absent"))) == (422, "invalid", "#/ticks/1/line_id")
    body = {"ticks": [{"line_id": str(uuid4()), "state": "absent"}]}
    unknown = officer.post(f"{URL}/{made['id']}/ticks", json=body)
    assert problem(unknown) == (404, "not-found", "#/ticks/0/line_id")
    assert officer.get(f"{URL}/{made['id']}").json() == first
    assert session.execute(text("SELECT count(*) FROM delivery")).scalar_one() == 2


def test_a_sheet_hands_out_no_more_than_was_approved(officer: httpx.Client, homes: list[str], session: Session) -> None:
    under = interventions.funded(session, 250)
    session.commit()
    made = sheets.drawn_up(officer, under, homes, amount_vnd=100)
    answer = tick(officer, made, (0, "delivered"), (1, "delivered"), (2, "delivered"))
    assert problem(answer) == (409, "above-approved", "#/ticks/2")
    assert officer.get(f"{URL}/{made['id']}").json() == made
    assert tick(officer, made, (0, "delivered"), (1, "delivered"), (2, "refused")).status_code == 200


def test_a_sheet_is_closed_when_nobody_is_awaited(officer: httpx.Client, homes: list[str], engine: Engine) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes)
    tick(officer, made, (0, "delivered"))
    answer = end(officer, made, "closing")
    assert (problem(answer)[:2], answer.json()["awaited"]) == ((409, "conflict"), 2)
    assert problem(end(officer, made, "cancellation"))[:2] == (409, "conflict")
    tick(officer, made, (1, "absent"), (2, "absent"))
    assert problem(end(officer, made, "closing", **{"If-Match": '"1"'}))[:2] == (412, "stale-version")
    closed = end(officer, made, "closing", **{"If-Match": '"3"'})
    assert (closed.json()["state"], closed.headers["ETag"]) == ("closed", '"4"')
    assert closed.json()["closed_on"]
    for answer in (
        end(officer, made, "closing"),
        end(officer, made, "cancellation"),
        tick(officer, made, (1, "absent")),
    ):
        assert problem(answer)[:2] == (409, "illegal-stage")


def test_who_moved_to_another_commune_does_not_keep_a_sheet_open(
    officer: httpx.Client, homes: list[str], engine: Engine
) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes)
    tick(officer, made, (1, "delivered"))
    move = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-11-25"}
    done(officer.post(f"/api/v1/households/{homes[0]}/move", json=move))
    assert problem(tick(officer, made, (0, "absent"))) == (404, "not-found", "#/ticks/0/line_id")
    answer = end(officer, made, "closing")
    assert (problem(answer)[:2], answer.json()["awaited"]) == ((409, "conflict"), 1), "the third one still is"
    tick(officer, made, (2, "absent"))
    assert done(end(officer, made, "closing"))["state"] == "closed"


def test_a_cancelled_sheet_leaves_the_tablets(
    officer: httpx.Client, sign_in: SignIn, homes: list[str], engine: Engine
) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes)
    _, cursor = pull(sign_in("xom-3"))
    assert end(officer, made, "cancellation").json()["state"] == "cancelled"
    changes, _ = pull(sign_in("xom-3"), cursor)
    assert {(change["op"], change["reason"]) for change in changes} == {("remove", "deleted")}
    assert {change["id"] for change in changes} == {one["id"] for one in made["lines"]}


def test_who_may_do_what(sign_in: SignIn, homes: list[str], engine: Engine) -> None:
    under = serving(engine)
    made = sheets.drawn_up(sign_in("truc-thai"), under, homes)
    people = ("xom-3", "xom-4", "truc-dai", "chu-tich", "truc-ninh", "mat-tran", "ngan-hang")
    statuses = {
        who: [
            client.post(URL, json=sheets.body(under, homes)).status_code,
            client.get(f"{URL}/{made['id']}").status_code,
            client.get(f"{URL}/{made['id']}/paper").status_code,
            tick(client, made, (0, "absent")).status_code,
            end(client, made, "cancellation").status_code,
        ]
        for who in people
        for client in (sign_in(who),)
    }
    assert statuses == {
        "xom-3": [403, 200, 200, 200, 403], "xom-4": [403, 404, 404, 404, 403], "truc-dai": [404, 404, 404, 404, 404],
        "chu-tich": [403, 200, 200, 403, 403], "truc-ninh": [403, 200, 200, 403, 403],
        "mat-tran": [403, 403, 403, 403, 403], "ngan-hang": [403, 403, 403, 403, 403],
    }  # fmt: skip
    assert sign_in("truc-dai").get(URL).json()["items"] == []


def test_sheets_are_listed_in_pages(officer: httpx.Client, homes: list[str], engine: Engine) -> None:
    under, other = serving(engine), serving(engine)
    days = ("2024-11-01", "2024-11-02", "2024-11-03")
    made = [sheets.drawn_up(officer, under, homes, hand_out_on=day)["id"] for day in days]
    cancelled = sheets.drawn_up(officer, other, homes, hand_out_on="2024-10-01")
    end(officer, cancelled, "cancellation")

    def ids(**query: Any) -> list[str]:
        return [one["id"] for one in officer.get(URL, params=query).json()["items"]]

    assert ids() == [*made[::-1], cancelled["id"]]
    assert ids(intervention_id=str(other)) == ids(state="cancelled") == [cancelled["id"]]
    assert ids(area_id=HAMLET[4]) == []
    assert ids(area_id=HAMLET[3]) == ids()
    page = officer.get(URL, params={"limit": 2}).json()
    assert [one["id"] for one in page["items"]] + ids(limit=2, cursor=page["next_cursor"]) == ids()


def test_the_paper_says_who_signs_for_what_and_what_it_comes_to(
    officer: httpx.Client, homes: list[str], engine: Engine, session: Session
) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes, amount_vnd=175_000)
    tick(officer, made, (1, "absent"))
    answer = officer.get(f"{URL}/{made['id']}/paper")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    read = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    for words in ("DANH SÁCH KÝ NHẬN", "Quý IV/2024", "Trần Thị Bình", "Vắng mặt", "525.000", "tiền mặt"):
        assert words in read, words
    assert "Năm trăm hai mươi lăm nghìn đồng" in read
    printed = "SELECT subject_ids FROM audit_entry WHERE action = 'signing_sheets.print'"
    assert {str(one) for one in session.execute(text(printed)).scalar_one()} == set(homes)


def test_two_hundred_lines_take_as_many_statements_as_five(officer: httpx.Client, app: Any, session: Session) -> None:
    under = interventions.funded(session, 10**9)
    few, many = (households(session, count) for count in (5, 200))
    session.commit()
    taken = []
    for homes in (few, many):
        with counted(app.state.engine) as statements:
            made = sheets.drawn_up(officer, under, [str(one) for one in homes], amount_vnd=1)
            sheets.ticked(officer, made)
            assert end(officer, made, "closing").status_code == 200
        taken.append(len(statements))
    assert taken[0] == taken[1], statements


def test_ticks_hold_households_before_the_intervention_as_a_batch_does(
    officer: httpx.Client, homes: list[str], engine: Engine, app: Any
) -> None:
    made = sheets.drawn_up(officer, serving(engine), homes, amount_vnd=1)
    with counted(app.state.engine) as statements:
        sheets.ticked(officer, made)
    held = [one for one in statements if " FOR " in one and "LIMIT" not in one]
    households_at = next(n for n, one in enumerate(held) if "FOR KEY SHARE" in one and "household" in one)
    intervention_at = next(n for n, one in enumerate(held) if "FROM intervention" in one and "FOR NO KEY" in one)
    assert households_at < intervention_at, held
