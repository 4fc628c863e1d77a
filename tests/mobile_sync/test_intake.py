"""Receiving batches: one outcome each, replays, order, isolation. The cases at the end hold for every kind."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from api.accounts.permissions import Permission
from api.reviews.screening_edits import screening_id
from mobile_sync.appliers import KINDS, Kind
from tests.make import tablets
from tests.make.interventions import serving
from tests.make.poison import poisoned
from tests.make.rounds import listed
from tests.make.tablets import batch, delivery, household, member, push, request, review, screening, submission

SignIn = Callable[[str], httpx.Client]


def test_a_household_with_its_people_and_a_request_in_one_batch(surveyor: httpx.Client, device: str) -> None:
    home = submission("household", household(phone="0911222333"), seq=3)
    person = submission("member", member(home["id"]), seq=2)
    paper = submission("request", request(home["id"]), seq=1)
    outcomes = push(surveyor, device, paper, person, home)
    assert [(o["outcome"], o["version"], o["replayed"]) for o in outcomes] == [("applied", 1, False)] * 3
    assert [o["id"] for o in outcomes] == [paper["id"], person["id"], home["id"]]


def test_the_same_batch_again_changes_nothing(surveyor: httpx.Client, device: str, session: Session) -> None:
    home = submission("household", household())
    body = batch(device, [home, submission("member", member(home["id"]))])
    first = surveyor.post("/sync/v1/batches", json=body).json()["outcomes"]
    again = surveyor.post("/sync/v1/batches", json=body).json()["outcomes"]
    assert again == [outcome | {"replayed": True} for outcome in first]
    assert session.execute(
        text("SELECT count(*), max(version) FROM household WHERE id = :id"), {"id": home["id"]}
    ).one() == (1, 1)
    assert session.execute(text("SELECT replayed FROM sync_batch ORDER BY id")).scalars().all() == [0, 2]


def test_a_replay_is_known_however_it_is_spaced(surveyor: httpx.Client, device: str) -> None:
    sent = submission("household", household(address="Xóm 3, \u0110ông"))
    push(surveyor, device, sent)
    turned = dict(reversed(list(sent.items())))
    body = json.dumps(batch(device, [turned]), indent=3, ensure_ascii=False)
    (outcome,) = surveyor.post("/sync/v1/batches", content=body.encode()).json()["outcomes"]
    assert (outcome["outcome"], outcome["replayed"]) == ("applied", True)


def test_order_is_by_seq_whatever_the_order_in_the_batch(surveyor: httpx.Client, device: str, session: Session) -> None:
    home = submission("household", household(), seq=1)
    second = submission("household", {"note": "sau"}, seq=3, base=2, record=home["id"])
    first = submission("household", {"note": "trước"}, seq=2, base=1, record=home["id"])
    outcomes = push(surveyor, device, second, home, first)
    assert [o["version"] for o in outcomes] == [3, 1, 2]
    assert session.execute(text("SELECT note FROM household WHERE id = :id"), {"id": home["id"]}).scalar_one() == "sau"


def test_other_fields_merge_and_one_field_becomes_a_conflict(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    home = submission("household", household(phone="1", note="cũ"))
    push(surveyor, device, home)
    officers = tablets.enrolled(engine, "truc-thai")
    push(sign_in("truc-thai"), officers, submission("household", {"phone": "2"}, base=1, record=home["id"]))
    merged, clash = push(
        surveyor,
        device,
        submission("household", {"note": "mới"}, seq=2, base=1, record=home["id"]),
        submission("household", {"phone": "3", "address": "Xóm 3"}, seq=3, base=1, record=home["id"]),
    )
    assert (merged["outcome"], merged["version"]) == ("merged", 3)
    assert clash["outcome"] == "conflict"
    (open_one,) = sign_in("truc-thai").get("/sync/v1/conflicts").json()
    assert open_one["fields"] == {"phone": {"base": "1", "server": "2", "device": "3"}}
    assert open_one["id"] == clash["conflict_id"]


@pytest.mark.parametrize(
    ("choice", "outcome", "phone", "address"),
    [("server", "merged", "2", "Xóm 3"), ("device", "merged", "3", "Xóm 3"), ("values", "merged", "4", "Xóm 3")],
)
def test_an_officer_decides_a_conflict(
    surveyor: httpx.Client,
    sign_in: SignIn,
    device: str,
    engine: Engine,
    choice: str,
    outcome: str,
    phone: str,
    address: str,
) -> None:
    home = submission("household", household(phone="1"))
    push(surveyor, device, home)
    officer, other = sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai")
    push(officer, other, submission("household", {"phone": "2"}, base=1, record=home["id"]))
    mine = submission("household", {"phone": "3", "address": "Xóm 3"}, seq=2, base=1, record=home["id"])
    (clash,) = push(surveyor, device, mine)
    _, cursor = tablets.pull(surveyor)
    body = {"choice": choice, "reason": "đã gọi điện"} | ({"values": {"phone": "4"}} if choice == "values" else {})
    answer = officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["phone"], answer.json()["address"]) == (phone, address)
    (stored,) = push(surveyor, device, mine)
    assert (stored["outcome"], stored["replayed"]) == (outcome, True)
    changes, _ = tablets.pull(surveyor, cursor)
    assert [(c["id"], c["data"]["phone"]) for c in changes] == [(home["id"], phone)]
    again = officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/illegal-stage")


def test_where_the_servers_value_holds_and_nothing_else_was_sent_the_submission_is_superseded(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine
) -> None:
    home = submission("household", household(phone="1"))
    push(surveyor, device, home)
    officer, other = sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai")
    push(officer, other, submission("household", {"phone": "2"}, base=1, record=home["id"]))
    mine = submission("household", {"phone": "3"}, seq=2, base=1, record=home["id"])
    (clash,) = push(surveyor, device, mine)
    body = {"choice": "server", "reason": "số mới đúng"}
    assert officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body).json()["phone"] == "2"
    (stored,) = push(surveyor, device, mine)
    assert (stored["outcome"], stored["problem"]["type"]) == ("rejected", "/problems/superseded")


def test_a_conflict_of_another_commune_is_not_there(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine
) -> None:
    home = submission("household", household(phone="1"))
    push(surveyor, device, home)
    other = tablets.enrolled(engine, "truc-thai")
    push(sign_in("truc-thai"), other, submission("household", {"phone": "2"}, base=1, record=home["id"]))
    (clash,) = push(surveyor, device, submission("household", {"phone": "3"}, seq=2, base=1, record=home["id"]))
    assert sign_in("truc-dai").get("/sync/v1/conflicts").json() == []
    body = {"choice": "device", "reason": "x"}
    assert (
        sign_in("truc-dai").post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body).status_code == 404
    )


def test_a_child_waits_for_its_household_and_what_comes_after_it_waits_too(surveyor: httpx.Client, device: str) -> None:
    home = submission("household", household(), seq=4)
    person = submission("member", member(home["id"]), seq=1)
    (held,) = push(surveyor, device, person)
    assert (held["outcome"], held["waiting_for"]) == ("held", home["id"])
    later = submission("member", {"occupation": "thợ nề"}, seq=2, base=1, record=person["id"])
    (behind,) = push(surveyor, device, later)
    assert (behind["outcome"], behind["waiting_for"]) == ("held", person["id"])
    push(surveyor, device, home)
    replayed = push(surveyor, device, person, later)
    assert [(o["outcome"], o["version"], o["replayed"]) for o in replayed] == [
        ("applied", 1, True),
        ("applied", 2, True),
    ]


def test_a_household_from_another_tablet_releases_what_waits(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    home = submission("household", household())
    person = submission("member", member(home["id"]))
    push(surveyor, device, person)
    push(sign_in("truc-thai"), tablets.enrolled(engine, "truc-thai"), home)
    (released,) = push(surveyor, device, person)
    assert released["outcome"] == "applied"


def test_a_household_from_the_web_releases_what_waits_at_the_next_contact(
    surveyor: httpx.Client, sign_in: SignIn, device: str
) -> None:
    home = submission("household", household())
    person = submission("member", member(home["id"]))
    push(surveyor, device, person)
    made = sign_in("truc-thai").post("/api/v1/households", json={"id": home["id"], **household()})
    assert made.status_code == 201, made.text
    (released,) = push(surveyor, device, person)
    assert (released["outcome"], released["replayed"]) == ("applied", True)


def test_what_waited_for_a_household_of_the_web_is_released_when_the_tablet_asks(
    surveyor: httpx.Client, sign_in: SignIn, device: str
) -> None:
    home = submission("household", household())
    push(surveyor, device, submission("member", member(home["id"])))
    sign_in("truc-thai").post("/api/v1/households", json={"id": home["id"], **household()})
    (asked,) = surveyor.get("/sync/v1/submissions", params={"device_id": device}).json()["items"]
    assert (asked["outcome"], asked["version"]) == ("applied", 1)


UNLEARNT = "inspection_visit"


@pytest.fixture
def unlearnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of a later protocol, which a build knows by name and cannot apply yet."""
    monkeypatch.setitem(KINDS, UNLEARNT, Kind(UNLEARNT, 2, Permission.households_write, None, None, None))


@pytest.mark.usefixtures("unlearnt")
def test_a_kind_that_this_build_does_not_apply_yet_is_kept_and_a_kind_nobody_knows_is_refused(
    surveyor: httpx.Client, device: str, session: Session
) -> None:
    visit, strange = submission(UNLEARNT, {"quantity": 1}), submission("weather", {})
    kept, refused = push(surveyor, device, visit, strange)
    assert (kept["outcome"], kept["problem"]) == ("quarantined", None)
    assert (refused["outcome"], refused["problem"]["type"]) == ("rejected", "/problems/unknown-entity")
    assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == 2


def test_a_right_that_is_missing_refuses_its_kind_only(sign_in: SignIn, engine: Engine) -> None:
    chair = sign_in("chu-tich").post("/sync/v1/batches", json=batch(str(uuid4()), []))
    assert (chair.status_code, chair.json()["type"]) == (403, "/problems/permission-denied")


@pytest.fixture
def poison(engine: Engine) -> Iterator[None]:
    with poisoned(engine):
        yield


@pytest.mark.usefixtures("poison")
def test_one_poisoned_submission_is_quarantined_and_harms_no_other(
    surveyor: httpx.Client, sign_in: SignIn, device: str, session: Session, engine: Engine
) -> None:
    homes = [submission("household", household(note=str(n)), seq=n) for n in range(40)]
    homes[17]["data"]["note"] = "độc"
    people = [submission("member", member(home["id"]), seq=100 + n) for n, home in enumerate(homes)]
    outcomes = push(surveyor, device, *homes, *people)
    assert [n for n, o in enumerate(outcomes) if o["outcome"] != "applied"] == [17, 57]
    assert (outcomes[17]["outcome"], outcomes[57]["outcome"]) == ("quarantined", "held")
    with engine.begin() as connection:  # the fault is mended, and an officer tries again
        connection.execute(text("DROP TRIGGER poison ON household"))
    retried = sign_in("truc-thai").post(f"/sync/v1/submissions/{homes[17]['submission_id']}/retry")
    assert (retried.status_code, retried.json()["outcome"]) == (200, "applied")
    assert push(surveyor, device, people[17])[0]["outcome"] == "applied"
    other = sign_in("truc-dai").post(f"/sync/v1/submissions/{homes[17]['submission_id']}/retry")
    assert other.status_code == 404


class Statements:
    """Counts what is sent to the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> "Statements":
        self.seen: list[str] = []
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.seen.append(statement)


def test_a_batch_of_two_hundred_costs_as_many_statements_as_one_of_six(
    app: Any, surveyor: httpx.Client, device: str
) -> None:
    def mixed(many: int, start: int) -> list[Any]:
        homes = [submission("household", household(), seq=start + n) for n in range(many)]
        people = [submission("member", member(h["id"]), seq=start + many + n) for n, h in enumerate(homes)]
        return homes + people + [submission("request", request(h["id"]), seq=start + 2 * many) for h in homes]

    push(surveyor, device, *mixed(1, 0))
    counts = []
    for many, start in ((2, 10), (67, 100)):
        sent = mixed(many, start)
        with Statements(app.state.engine) as statements:
            assert {o["outcome"] for o in push(surveyor, device, *sent)} == {"applied"}
        counts.append(len(statements.seen))
    assert counts[0] == counts[1] <= 45, statements.seen


# what holds for every kind of record


Made = Callable[[str], dict[str, Any]]


@pytest.fixture
def made(surveyor: httpx.Client, device: str, engine: Engine) -> Made:
    """`made("member")`: a good submission that creates a record of this kind, in a household that is there."""

    def submitted(kind: str) -> dict[str, Any]:
        home = submission("household", household())
        if kind == "household":
            return home
        push(surveyor, device, home)
        if kind == "screening":
            paper = submission("request", request(home["id"]), seq=2)
            push(surveyor, device, paper)
            named = str(screening_id(UUID(paper["id"])))
            return submission(kind, screening(paper["id"]), seq=3, record=named)
        bodies: dict[str, Made] = {
            "member": member,
            "request": request,
            "review": lambda i: review(i, listed(engine, i)),
            "delivery": lambda i: delivery(i, serving(engine)),
        }
        return submission(kind, bodies[kind](home["id"]), seq=2)

    return submitted


FIELD = {
    "household": "note", "member": "occupation", "request": "reason", "screening": "reason", "review": "respondent",
    "delivery": "note",
}  # fmt: skip
CHANGE = {kind: {field: "mới"} for kind, field in FIELD.items()}
OTHER = {kind: {field: "khác"} for kind, field in FIELD.items()}
APPLIED = [kind.entity for kind in KINDS.values() if kind.write is not None]
every_kind = pytest.mark.parametrize("kind", APPLIED)
# a review is never changed: a later one takes its place (test_reviews.py); a delivery is a fact (test_deliveries.py)
NEVER_CHANGED = ("review", "delivery")
every_kind_that_changes = pytest.mark.parametrize("kind", [kind for kind in APPLIED if kind not in NEVER_CHANGED])


@every_kind
def test_sent_twice_in_one_batch(kind: str, made: Made, surveyor: httpx.Client, device: str) -> None:
    sent = made(kind)
    outcomes = push(surveyor, device, sent, sent)
    assert [(o["outcome"], o["replayed"]) for o in outcomes] == [("applied", False), ("applied", True)]


@every_kind
def test_the_same_id_with_other_content(
    kind: str, made: Made, surveyor: httpx.Client, device: str, session: Session
) -> None:
    sent = made(kind)
    other = {**sent, "data": {**sent["data"], **CHANGE[kind]}}
    inside = push(surveyor, device, sent, other)
    later = push(surveyor, device, other, sent)
    for refused in (inside[1], later[0]):
        assert (refused["outcome"], refused["problem"]["type"]) == ("rejected", "/problems/submission-id-reused")
    assert (later[1]["outcome"], later[1]["replayed"]) == ("applied", True)
    assert session.execute(text("SELECT count(*) FROM sync_reuse")).scalar_one() == 1


@every_kind
def test_an_id_of_another_users_submission_tells_nothing(
    kind: str, made: Made, surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    sent = made(kind)
    push(surveyor, device, sent)
    thief = tablets.enrolled(engine, "xom-td-1")
    (told,) = push(sign_in("xom-td-1"), thief, sent)
    assert (told["outcome"], told["version"], told["replayed"]) == ("rejected", None, False)
    assert told["problem"]["type"] == "/problems/submission-id-reused"


@every_kind_that_changes
def test_a_stale_change_merges_or_becomes_a_conflict(
    kind: str, made: Made, surveyor: httpx.Client, device: str, engine: Engine
) -> None:
    sent = made(kind)
    push(surveyor, device, sent)
    record = sent["id"]
    (first,) = push(surveyor, device, submission(kind, CHANGE[kind], seq=10, base=1, record=record))
    same, other = push(
        surveyor,
        tablets.enrolled(engine, "xom-3"),
        submission(kind, CHANGE[kind], seq=11, base=1, record=record),
        submission(kind, OTHER[kind], seq=12, base=1, record=record),
    )
    assert [first["outcome"], same["outcome"], other["outcome"]] == ["applied", "merged", "conflict"]
    assert other["conflict_id"]


@every_kind_that_changes
def test_a_tablets_own_changes_on_one_version_follow_each_other(
    kind: str, made: Made, surveyor: httpx.Client, device: str
) -> None:
    sent = made(kind)
    push(surveyor, device, sent)
    later = [
        submission(kind, data[kind], seq=seq, base=1, record=sent["id"]) for seq, data in ((10, CHANGE), (11, OTHER))
    ]
    assert [o["outcome"] for o in push(surveyor, device, *later)] == ["applied"] * 2
    (back,) = push(surveyor, device, submission(kind, CHANGE[kind], seq=12, base=1, record=sent["id"]))
    assert (back["outcome"], back["version"]) == ("applied", 4)


@every_kind
def test_a_record_of_another_area_sounds_like_one_that_is_not_there(
    kind: str, made: Made, surveyor: httpx.Client, sign_in: SignIn, engine: Engine, device: str
) -> None:
    sent = made(kind)
    push(surveyor, device, sent)
    stranger, theirs = sign_in("xom-td-1"), tablets.enrolled(engine, "xom-td-1")
    there = submission(kind, CHANGE[kind], base=1, record=sent["id"])
    nowhere = submission(kind, CHANGE[kind], base=1)
    outcomes = push(stranger, theirs, there, nowhere)
    if kind in NEVER_CHANGED:  # never changed by anybody: nothing to wait for
        assert [o["problem"]["type"] for o in outcomes] == ["/problems/not-found"] * 2
    else:
        assert [(o["outcome"], o["waiting_for"]) for o in outcomes] == [("held", sent["id"]), ("held", nowhere["id"])]
    assert outcomes[0]["problem"] == outcomes[1]["problem"]


# what stands around the data, wrong in one place each
WRONG_AROUND: list[tuple[str, Any]] = [
    ("data", "text"),
    ("data", None),
    ("seq", -1),
    ("seq", 2**60),
    ("seq", "7"),
    ("seq", True),
    ("id", "x"),
    ("id", 5),
    ("base_version", 0),
    ("base_version", 2**40),
    ("base_version", "1"),
    ("recorded_at", "hôm qua"),
    ("recorded_at", 5),
    ("recorded_at", "2024-01-01T00:00:00+99:00"),
    ("recorded_at", "2024-01-01T00:00:00"),
    ("entity", 7),
    ("entity", "a\x00"),
    ("entity", "x" * 5000),
    ("more", 1),
]


def faulty(kind: str, good: dict[str, Any]) -> list[dict[str, Any]]:
    """Submissions that are wrong in one place each."""
    data = good["data"]
    text_field = next(iter(CHANGE[kind]))
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    wrong_data = [
        {**data, text_field: "a\x00b"},
        {**data, text_field: "\ud800"},
        {**data, text_field: "x" * 3000},
        {**data, text_field: deep},
        {**data, text_field: 10**30},
        {**data, "no\x00such\ud800field": 1},
        {**data, "no\\u0000such\\\x00field": 1},
        {**data, text_field: 1e999},
        {},
    ]
    wrong = [{**good, "data": one} for one in wrong_data]
    wrong += [{**good, name: value} for name, value in WRONG_AROUND]
    wrong.append({name: value for name, value in good.items() if name != "base_version"})
    return [{**one, "submission_id": str(uuid4())} for one in wrong]


@every_kind
def test_what_is_malformed_is_refused_with_a_place_and_harms_no_neighbour(
    kind: str, made: Made, surveyor: httpx.Client, device: str, session: Session
) -> None:
    good = made(kind)
    wrong = faulty(kind, good)
    body = json.dumps(batch(device, [*wrong, good])).replace("Infinity", "1e999")
    answer = surveyor.post("/sync/v1/batches", content=body)
    assert answer.status_code == 200, answer.text
    *refused, last = answer.json()["outcomes"]
    assert last["outcome"] == "applied"
    for sent, outcome in zip(wrong, refused, strict=True):
        assert outcome["outcome"] == "rejected", sent
        problem = outcome["problem"]
        assert problem["type"] in ("/problems/invalid", "/problems/unknown-entity"), (sent, problem)
        if problem["type"] == "/problems/invalid":
            assert all(e["pointer"].startswith("#") and e["details"]["vi"] for e in problem["errors"])
    assert session.execute(text("SELECT count(*) FROM sync_submission WHERE outcome = 'rejected'")).scalar_one() == len(
        wrong
    )
    again = surveyor.post("/sync/v1/batches", content=body).json()["outcomes"]
    assert again == [outcome | {"replayed": True} for outcome in [*refused, last]]


@pytest.mark.parametrize("kind", APPLIED)
@pytest.mark.parametrize(("fields", "code"), [(300, "extra_forbidden"), (5000, "too_many_errors")])
def test_a_broken_app_that_sends_thousands_of_fields_is_told_so_in_short(
    kind: str, fields: int, code: str, surveyor: httpx.Client, device: str
) -> None:
    sent = submission(kind, {f"k{n}": n for n in range(fields)})
    (outcome,) = push(surveyor, device, sent)
    assert (outcome["outcome"], outcome["problem"]["type"]) == ("rejected", "/problems/invalid")
    assert code in {error["code"] for error in outcome["problem"]["errors"]}
    assert len(outcome["problem"]["errors"]) <= 100


@every_kind
@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"])
def test_a_broken_clock_is_a_claim_and_nothing_else(
    kind: str, made: Made, when: str, surveyor: httpx.Client, device: str
) -> None:
    sent = made(kind) | {"recorded_at": when}
    body = batch(device, [sent]) | {"sent_at": when}
    answer = surveyor.post("/sync/v1/batches", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["outcomes"][0]["outcome"] == "applied"
    listed = surveyor.get("/sync/v1/submissions", params={"device_id": device})
    assert listed.status_code == 200
