"""Deliveries from tablets: stored once, held until their household is there, ticked on the signing sheet; never is more
handed out than was approved."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.deliveries.commands import write_deliveries
from tests.make import files, interventions, sheets
from tests.make.interventions import serving
from tests.make.reviews import acting, counted, households
from tests.make.tablets import HAMLET, delivery, household, member, on_tablet, pull, push, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


@pytest.fixture
def home(surveyor: httpx.Client, device: str) -> str:
    made = submission("household", household(), seq=1)
    push(surveyor, device, made)
    return str(made["id"])


def pulled(client: httpx.Client, entity: str) -> list[dict[str, Any]]:
    return [change for change in pull(client)[0] if change["entity"] == entity]


def merged(officer: httpx.Client, absorbed: str, survivor: str) -> None:
    asked = {"survivor_id": survivor, "absorbed_id": absorbed, "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=asked).is_success


def test_a_delivery_is_stored_once_and_comes_back_in_the_feed(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    sent = submission("delivery", delivery(home, serving(engine), quantity=1.5, unit="suất", note="Nhận đủ"), seq=2)
    (first,) = push(surveyor, device, sent)
    (replayed,) = push(surveyor, device, sent)
    (again,) = push(surveyor, device, sent | {"submission_id": str(uuid4())})
    assert (first["outcome"], first["version"], first["result"]) == ("applied", 1, None)
    assert replayed == first | {"replayed": True}
    assert (again["outcome"], again["version"]) == ("applied", 1)
    (change,) = pulled(surveyor, "delivery")
    assert (change["id"], change["version"], change["area_id"]) == (sent["id"], 1, HAMLET[3])
    assert {name: change["data"][name] for name in sent["data"]} == sent["data"]
    assert (change["data"]["state"], change["data"]["recorded_by"]) == ("delivered", "xom-3")
    assert session.execute(text("SELECT count(*), sum(amount_vnd) FROM delivery")).one() == (1, 175_000)
    assert session.execute(text("SELECT delivered_vnd FROM intervention")).scalar_one() == 175_000


def test_a_delivery_is_never_changed(surveyor: httpx.Client, device: str, home: str, engine: Engine) -> None:
    sent = submission("delivery", delivery(home, serving(engine)), seq=2)
    push(surveyor, device, sent)
    other = submission("delivery", sent["data"] | {"amount_vnd": 1}, seq=3, record=sent["id"])
    changed = submission("delivery", {"amount_vnd": 1}, seq=4, base=1, record=sent["id"])
    of_another = submission("delivery", sent["data"], seq=5, record=home)
    told = push(surveyor, device, other, changed, of_another)
    assert [o["problem"]["type"].removeprefix("/problems/") for o in told] == [
        "already-exists", "conflict", "already-exists"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "pointer", "slug"),
    [
        ({"household_id": None}, "#/household_id", "invalid"),
        ({"household_id": None, "headcount": {"poor": 3}}, "#/household_id", "invalid"),  # of the commune, not of xóm 3
        ({"household_id": None, "headcount": {"rich": 3}}, "#/headcount/rich", "invalid"),
        ({"household_id": None, "headcount": {}}, "#/headcount", "invalid"),
        ({"amount_vnd": -1}, "#/amount_vnd", "invalid"),
        ({"amount_vnd": 10**13 + 1}, "#/amount_vnd", "invalid"),
        ({"amount_vnd": 1.5}, "#/amount_vnd", "invalid"),
        ({"quantity": -1}, "#/quantity", "invalid"),
        ({"service": "magic"}, "#/service", "invalid"),
        ({"form": "gold"}, "#/form", "invalid"),
        ({"delivered_on": "2099-01-01"}, "#/delivered_on", "invalid"),
        ({"received_by": ""}, "#/received_by", "invalid"),
        ({"intervention_id": str(uuid4())}, "#/intervention_id", "not-found"),
        ({"organisation_id": str(uuid4())}, "#/organisation_id", "not-found"),
        ({"sheet_line_id": str(uuid4())}, "#/sheet_line_id", "not-found"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, fields: dict[str, Any], pointer: str, slug: str
) -> None:
    (told,) = push(surveyor, device, submission("delivery", delivery(home, serving(engine)) | fields, seq=2))
    assert (told["outcome"], told["problem"]["type"]) == ("rejected", f"/problems/{slug}"), told
    assert [one["pointer"] for one in told["problem"]["errors"]] == [pointer]


def test_only_a_kind_that_serves_hands_out_and_only_to_whom_it_is_about(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    proposal = serving(engine, "14080-03", kind="community_proposal", stage="proposed")
    (other,) = households(session, 1)
    session.commit()
    about = serving(engine, "14080-03", kind="housing_case", stage="building", household_id=other)
    elsewhere = serving(engine, "14071")
    sent = [submission("delivery", delivery(home, one), seq=n) for n, one in enumerate((proposal, about, elsewhere), 2)]
    told = [(o["problem"]["type"], o["problem"]["errors"][0]["code"]) for o in push(surveyor, device, *sent)]
    assert told == [
        ("/problems/invalid", "does_not_serve"),
        ("/problems/invalid", "about_another"),
        ("/problems/not-found", "not_found"),
    ]
    (right,) = push(surveyor, device, submission("delivery", delivery(str(other), about), seq=9))
    assert right["outcome"] == "applied"


def test_a_delivery_waits_for_its_household_and_its_person(
    surveyor: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    coming, person = submission("household", household(), seq=8), submission("member", member(home), seq=9)
    to_home = submission("delivery", delivery(coming["id"], made), seq=2)
    to_person = submission("delivery", delivery(home, made, member_id=person["id"]), seq=3)
    told = push(surveyor, device, to_home, to_person)
    assert [(o["outcome"], o["waiting_for"]) for o in told] == [("held", coming["id"]), ("held", person["id"])]
    push(surveyor, device, coming, person)
    items = surveyor.get("/sync/v1/submissions", params={"device_id": device}).json()["items"]
    assert {item["outcome"] for item in items} == {"applied"}


def test_somebody_of_another_household_gets_nothing_in_its_name(
    surveyor: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    other = submission("household", household(), seq=2)
    person = submission("member", member(other["id"]), seq=3)
    sent = submission("delivery", delivery(home, serving(engine), member_id=person["id"]), seq=4)
    told = push(surveyor, device, other, person, sent)[-1]
    assert (told["outcome"], told["problem"]["errors"][0]["pointer"]) == ("rejected", "#/member_id")


def test_what_is_above_the_approved_money_is_refused_in_the_order_of_seq(
    surveyor: httpx.Client, device: str, home: str, session: Session
) -> None:
    made = interventions.funded(session, 500)
    session.commit()
    amounts = [(2, 300), (3, 250), (4, 200), (5, 1), (6, 0)]
    sent = [submission("delivery", delivery(home, made, amount_vnd=vnd), seq=n) for n, vnd in amounts]
    refused = submission("delivery", delivery(home, made, amount_vnd=10**6, outcome="refused"), seq=7)
    told = push(surveyor, device, *sent[::-1], refused)
    by_seq = {s["seq"]: o for s, o in zip([*sent[::-1], refused], told, strict=True)}
    assert [by_seq[n]["outcome"] for n in range(2, 8)] == [
        "applied", "rejected", "applied", "rejected", "applied", "applied"
    ]  # fmt: skip
    problem = by_seq[3]["problem"]
    assert (problem["type"], problem["status"]) == ("/problems/above-approved", 409)
    assert (problem["available_vnd"], problem["asked_vnd"]) == (200, 250)
    assert by_seq[5]["problem"]["available_vnd"] == 0
    assert session.execute(text("SELECT committed_vnd, delivered_vnd FROM intervention")).one() == (500, 500)


def test_the_waiting_line_of_the_household_is_ticked_in_the_same_moment(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    sheet = sheets.drawn_up(officer, made, [home], amount_vnd=175_000)
    (line,) = sheet["lines"]
    (before,) = pulled(surveyor, "sheet_line")
    assert before["id"] == line["id"]
    assert before["data"] == {
        "sheet_id": sheet["id"], "position": 1, "household_id": home, "hamlet_id": HAMLET[3], "member_id": None,
        "amount_vnd": 175_000, "quantity": None, "unit": None, "state": "awaited", "delivery_id": None,
        "intervention_id": str(made), "title": "Hỗ trợ tiền điện", "period": "Quý IV/2024",
        "hand_out_on": "2024-11-20", "form": "cash", "paid_by": "hand", "sheet_state": "open",
    }  # fmt: skip
    sent = submission("delivery", delivery(home, made), seq=2)
    (told,) = push(surveyor, device, sent)
    assert (told["outcome"], told["result"]) == ("applied", {"sheet_line_id": line["id"]})
    (after,) = pulled(surveyor, "sheet_line")
    assert (after["version"], after["data"]["state"], after["data"]["delivery_id"]) == (2, "delivered", sent["id"])
    now = officer.get(f"/api/v1/signing-sheets/{sheet['id']}").json()
    assert (now["version"], now["by_state"]["delivered"], now["delivered_vnd"]) == (2, 1, 175_000)
    (delivered,) = pulled(surveyor, "delivery")
    assert delivered["data"]["sheet_line_id"] == line["id"]


@pytest.mark.parametrize("named", [True, False])
def test_the_second_delivery_of_a_line_is_refused_and_names_the_first(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine, named: bool
) -> None:
    made = serving(engine)
    (line,) = sheets.drawn_up(officer, made, [home])["lines"]
    more = {"sheet_line_id": line["id"]} if named else {}
    first = submission("delivery", delivery(home, made, **more), seq=2)
    twin = submission("delivery", delivery(home, made, **more), seq=3)
    told = push(surveyor, device, first, twin)
    later = push(surveyor, device, submission("delivery", delivery(home, made, **more), seq=4))
    assert told[0]["outcome"] == "applied"
    for refused in (told[1], later[0]):
        assert (refused["outcome"], refused["problem"]["type"]) == ("rejected", "/problems/already-delivered")
        assert (refused["problem"]["delivery_id"], refused["problem"]["delivered_on"]) == (first["id"], "2024-11-20")


def test_a_refusal_leaves_the_line_open_for_another_day(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    sheet = sheets.drawn_up(officer, made, [home])
    push(surveyor, device, submission("delivery", delivery(home, made, outcome="refused"), seq=2))
    states = officer.get(f"/api/v1/signing-sheets/{sheet['id']}").json()["by_state"]
    assert states["refused"] == 1
    (told,) = push(surveyor, device, submission("delivery", delivery(home, made), seq=3))
    assert told["result"] == {"sheet_line_id": sheet["lines"][0]["id"]}


def test_a_refusal_is_told_again_when_another_delivery_takes_its_line(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    (line,) = sheets.drawn_up(officer, made, [home])["lines"]
    refusal = submission("delivery", delivery(home, made, outcome="refused"), seq=2)
    push(surveyor, device, refusal)
    before, cursor = pull(surveyor)
    assert on_tablet(before)[refusal["id"]][2]["sheet_line_id"] == line["id"]
    push(surveyor, device, submission("delivery", delivery(home, made), seq=3))
    after, _ = pull(surveyor, cursor)
    assert on_tablet([*before, *after])[refusal["id"]][2]["sheet_line_id"] is None
    assert on_tablet([*before, *after]) == on_tablet(pull(surveyor)[0])


def test_a_line_of_a_person_is_that_persons(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    people = [submission("member", member(home, name), seq=n) for n, name in ((2, "Vũ Thị Hoà"), (3, "Vũ Văn Nam"))]
    push(surveyor, device, *people)
    lines = sheets.drawn_up(officer, made, [(home, one["id"]) for one in people])["lines"]
    second = {"member_id": people[1]["id"]}
    (wrong,) = push(
        surveyor, device, submission("delivery", delivery(home, made, sheet_line_id=lines[0]["id"], **second), seq=4)
    )
    assert wrong["problem"]["errors"][0]["pointer"] == "#/member_id"
    (told,) = push(surveyor, device, submission("delivery", delivery(home, made, **second), seq=5))
    assert told["result"] == {"sheet_line_id": lines[1]["id"]}


def test_of_several_waiting_lines_none_is_guessed(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    one, two = (sheets.drawn_up(officer, made, [home], period=f"Quý {n}")["lines"][0] for n in ("I", "II"))
    (told,) = push(surveyor, device, submission("delivery", delivery(home, made), seq=2))
    assert told["outcome"] == "applied"
    assert [w["code"] for w in told["result"]["warnings"]] == ["several_lines"]
    (named,) = push(surveyor, device, submission("delivery", delivery(home, made, sheet_line_id=two["id"]), seq=3))
    assert named["result"] == {"sheet_line_id": two["id"]}
    (rest,) = push(surveyor, device, submission("delivery", delivery(home, made), seq=4))
    assert rest["result"] == {"sheet_line_id": one["id"]}


def test_work_done_before_a_sheet_was_closed_or_cancelled_counts(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    closed, cancelled = (sheets.drawn_up(officer, made, [home]) for _ in range(2))
    line = closed["lines"][0]["id"]
    sheets.ticked(officer, closed, state="absent")
    assert officer.post(f"/api/v1/signing-sheets/{closed['id']}/closing").status_code == 200
    assert officer.post(f"/api/v1/signing-sheets/{cancelled['id']}/cancellation").status_code == 200
    (shown,) = pulled(surveyor, "sheet_line")
    assert (shown["id"], shown["data"]["sheet_state"], shown["data"]["state"]) == (line, "closed", "absent")
    late = [
        submission("delivery", delivery(home, made, sheet_line_id=one["lines"][0]["id"]), seq=n)
        for n, one in enumerate((closed, cancelled), 2)
    ]
    told = push(surveyor, device, *late)
    assert [o["outcome"] for o in told] == ["applied", "applied"]
    assert [w["code"] for o in told for w in o["result"]["warnings"]] == ["sheet_closed", "sheet_cancelled"]
    assert [o["result"].get("sheet_line_id") for o in told] == [line, None]


def test_deliveries_and_lines_follow_a_household_that_is_merged(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    other = submission("household", household(), seq=2)
    push(surveyor, device, other)
    sheet = sheets.drawn_up(officer, made, [other["id"]])
    early = submission("delivery", delivery(other["id"], serving(engine)), seq=3)
    push(surveyor, device, early)
    merged(officer, other["id"], home)
    (line,) = pulled(surveyor, "sheet_line")
    (given,) = pulled(surveyor, "delivery")
    assert line["data"]["household_id"] == given["data"]["household_id"] == home
    (same,) = push(surveyor, device, early | {"submission_id": str(uuid4())})
    assert (same["outcome"], same["version"], same["result"]) == ("applied", 1, {"merged_into": home})
    sent = submission("delivery", delivery(other["id"], made), seq=4)
    (told,) = push(surveyor, device, sent)
    assert told["result"] == {"merged_into": home, "sheet_line_id": sheet["lines"][0]["id"]}


@pytest.fixture
def made(engine: Engine) -> UUID:
    """An intervention to hand out under."""
    return serving(engine)


@pytest.fixture
def other(surveyor: httpx.Client, device: str) -> str:
    """One more household."""
    sent = submission("household", household(), seq=2)
    push(surveyor, device, sent)
    return str(sent["id"])


@pytest.fixture
def line(officer: httpx.Client, made: UUID, other: str, home: str) -> str:
    """The other one's line on a signing sheet; then the two were merged, the other one away."""
    (drawn,) = sheets.drawn_up(officer, made, [other])["lines"]
    merged(officer, other, home)
    return str(drawn["id"])


def test_a_line_carried_out_under_a_merge_that_was_a_mistake_is_its_own_households(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, other: str, made: UUID, line: str,
    engine: Engine,
) -> None:  # fmt: skip
    (seen,) = pulled(surveyor, "sheet_line")
    as_seen = delivery(seen["data"]["household_id"], made, sheet_line_id=line)
    assert as_seen["household_id"] == home
    assert officer.post(f"/api/v1/households/{other}/unmerge").is_success
    (told,) = push(surveyor, device, submission("delivery", as_seen, seq=3))
    assert (told["outcome"], told["result"]["sheet_line_id"]) == ("applied", line), told
    (given,) = pulled(surveyor, "delivery")
    assert given["data"]["household_id"] == other
    (same,) = push(surveyor, device, submission("delivery", as_seen, seq=4, record=told["id"]))
    assert (same["outcome"], same["version"]) == ("applied", 1), same
    strange = delivery(home, made, sheet_line_id=sheets.drawn_up(officer, serving(engine), [home])["lines"][0]["id"])
    (refused,) = push(surveyor, device, submission("delivery", strange, seq=5))
    assert refused["problem"]["errors"][0]["pointer"] == "#/sheet_line_id"


def test_what_was_handed_out_under_a_merge_is_the_same_after_it_was_taken_back(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, other: str, made: UUID, line: str
) -> None:
    as_seen = delivery(home, made, sheet_line_id=line)
    (told,) = push(surveyor, device, submission("delivery", as_seen, seq=3))
    assert told["outcome"] == "applied", told
    assert officer.post(f"/api/v1/households/{other}/unmerge").is_success
    (same,) = push(surveyor, device, submission("delivery", as_seen, seq=4, record=told["id"]))
    assert (same["outcome"], same["version"]) == ("applied", 1), same


@pytest.mark.parametrize("parted", ["first", "second"])
def test_a_line_carried_out_under_a_chain_of_merges_is_found_whichever_is_taken_back(
    surveyor: httpx.Client,
    officer: httpx.Client,
    device: str,
    home: str,
    other: str,
    made: UUID,
    line: str,
    parted: str,
) -> None:
    last = submission("household", household(), seq=3)
    push(surveyor, device, last)
    merged(officer, home, last["id"])
    undone = {"first": other, "second": home}[parted]
    assert officer.post(f"/api/v1/households/{undone}/unmerge").is_success
    as_seen = delivery(last["id"], made, sheet_line_id=line)
    (told,) = push(surveyor, device, submission("delivery", as_seen, seq=4))
    assert (told["outcome"], told["result"]["sheet_line_id"]) == ("applied", line), told
    (given,) = pulled(surveyor, "delivery")
    assert given["data"]["household_id"] == undone


def test_a_line_whose_household_moved_away_after_its_merge_was_taken_back_waits_for_it(
    surveyor: httpx.Client, officer: httpx.Client, device: str, home: str, other: str, made: UUID, line: str
) -> None:
    as_seen = submission("delivery", delivery(home, made, sheet_line_id=line), seq=3)
    assert officer.post(f"/api/v1/households/{other}/unmerge").is_success
    moved = {"hamlet_id": HAMLET[5], "moved_on": "2024-11-01"}
    assert officer.post(f"/api/v1/households/{other}/move", json=moved).is_success
    (held,) = push(surveyor, device, as_seen)
    assert (held["outcome"], held["waiting_for"]) == ("held", other), held
    retried = officer.post(f"/sync/v1/submissions/{as_seen['submission_id']}/retry")
    assert (retried.status_code, retried.json()["outcome"]) == (200, "applied"), retried.text
    assert retried.json()["result"] == {"sheet_line_id": line}


def test_a_household_that_has_moved_to_another_commune_takes_its_line_along(
    surveyor: httpx.Client, officer: httpx.Client, sign_in: SignIn, device: str, home: str, engine: Engine
) -> None:
    made = serving(engine)
    (line,) = sheets.drawn_up(officer, made, [home])["lines"]
    there = str(area_id("14071-01"))
    moved = {"hamlet_id": there, "moved_on": "2024-11-01"}
    assert officer.post(f"/api/v1/households/{home}/move", json=moved).is_success
    sent = submission("delivery", delivery(home, made), seq=2)
    (held,) = push(surveyor, device, sent)
    assert (held["outcome"], held["waiting_for"]) == ("held", home)
    (seen,) = pulled(sign_in("xom-td-1"), "sheet_line")
    assert (seen["id"], seen["data"]["hamlet_id"]) == (line["id"], there)
    retried = sign_in("truc-dai").post(f"/sync/v1/submissions/{sent['submission_id']}/retry")
    assert (retried.status_code, retried.json()["outcome"]) == (200, "applied"), retried.text
    assert retried.json()["result"] == {"sheet_line_id": line["id"]}


def test_the_receipt_and_the_feed_say_how_many_files_are_here(
    surveyor: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    photo, signature = files.content(100), files.content(120)
    declared = [files.declaration(photo), files.declaration(signature)]
    sent = submission("delivery", delivery(home, serving(engine), attachments=declared), seq=2)
    (told,) = push(surveyor, device, sent)
    assert told["result"] == {"attachments_declared": 2, "attachments_present": 0}
    _, cursor = pull(surveyor)
    put = surveyor.put(f"/sync/v1/attachments/{files.sha(photo)}", content=photo)
    assert put.json()["complete"] is True
    ((change,), _) = pull(surveyor, cursor)
    assert (change["entity"], change["data"]["attachments_present"]) == ("delivery", 1)
    assert [one["present"] for one in change["data"]["attachments"]] == [True, False]
    (again,) = push(surveyor, device, sent | {"submission_id": str(uuid4())})
    assert again["result"] == {"attachments_declared": 2, "attachments_present": 1}


def test_the_reference_names_what_can_be_handed_out(surveyor: httpx.Client, engine: Engine) -> None:
    commune, hamlet = serving(engine), serving(engine, "14080-03", title="Tặng quà Tết", policy=None)
    serving(engine, "14080-04")
    serving(engine, "14071")
    serving(engine, kind="community_proposal", stage="proposed")
    serving(engine, stage="ended")
    told = {one["id"]: one for one in surveyor.get("/sync/v1/reference").json()["interventions"]}
    assert told.keys() == {str(commune), str(hamlet)}
    assert told[str(hamlet)] == {
        "id": str(hamlet), "kind": "support_round", "title": "Tặng quà Tết", "policy": None, "year": 2024,
        "area_id": HAMLET[3],
    }  # fmt: skip


def test_five_deliveries_take_as_many_statements_as_two_hundred(
    officer: httpx.Client, engine: Engine, session: Session
) -> None:
    made = interventions.funded(session, 10**9)
    few, many = households(session, 5), households(session, 200)
    session.commit()
    for homes in (few, many):
        sheets.drawn_up(officer, made, [str(one) for one in homes])
    taken = []
    for homes in (few, many):
        edits = [Edit(uuid4(), None, delivery(str(one), made), uuid4()) for one in homes]
        with counted(engine) as statements:
            written = write_deliveries(session, acting("truc-thai"), edits, Origin.tablet)
        assert {one.outcome for one in written} == {"applied"}
        assert all(one.result and UUID(one.result["sheet_line_id"]) for one in written)
        session.commit()
        taken.append(len(statements))
    assert taken[0] == taken[1] <= 20, statements
