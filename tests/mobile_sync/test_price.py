"""What a batch costs in statements, also with a bad record in it; and the kept text, which a resend is known by."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from mobile_sync.arrivals import canonical
from tests.make import tablets
from tests.make.reviews import counted
from tests.make.tablets import household, member, push, submission

SignIn = Callable[[str], httpx.Client]

_TRAP = """
CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.occupation = 'không lưu được' THEN RAISE EXCEPTION 'refused'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_it BEFORE INSERT ON member FOR EACH ROW EXECUTE FUNCTION refuse_it()
"""


def _family(size: int, **last: Any) -> list[dict[str, Any]]:
    """A household and its members; the last one with these fields."""
    home = submission("household", household())
    people = [submission("member", member(home["id"]), seq=n + 2) for n in range(size)]
    people[-1]["data"] |= last
    return [home, *people]


@pytest.fixture
def device(app: Any) -> str:
    return tablets.enrolled(app.state.engine, "xom-3")


def test_a_batch_takes_as_many_statements_however_long_it_is(sign_in: SignIn, app: Any, device: str) -> None:
    surveyor = sign_in("xom-3")
    push(surveyor, device, *_family(1))  # the first one of a session binds it to the tablet
    counts = []
    for size in (2, 60):
        with counted(app.state.engine) as seen:
            push(surveyor, device, *_family(size))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] < 25


def test_a_wrong_field_costs_nothing(sign_in: SignIn, app: Any, device: str) -> None:
    surveyor = sign_in("xom-3")
    push(surveyor, device, *_family(1))
    with counted(app.state.engine) as clean:
        push(surveyor, device, *_family(60))
    with counted(app.state.engine) as seen:
        outcomes = push(surveyor, device, *_family(60, sex="x"))
    assert [o["outcome"] for o in outcomes] == ["applied"] * 60 + ["rejected"]
    assert len(seen) == len(clean)


@pytest.mark.parametrize("taken", [("member",), ("household",), ("member", "household")])
def test_an_id_that_is_taken_costs_its_kind_one_more_go_and_not_the_batch(
    sign_in: SignIn, app: Any, device: str, session: Session, taken: tuple[str, ...]
) -> None:
    surveyor = sign_in("xom-3")
    theirs = _family(1)
    push(surveyor, device, *theirs)
    with counted(app.state.engine) as clean:
        push(surveyor, device, *_family(60))
    sent = [*_family(60), submission("household", household(note="khác"), seq=100)]
    places = {"member": 30, "household": -1}
    for one in theirs:
        if one["entity"] in taken:
            sent[places[one["entity"]]]["id"] = one["id"]
    sent[30]["data"]["full_name"] = "Phạm Thị Khác"
    with counted(app.state.engine) as seen:
        outcomes = push(surveyor, device, *sent)
    wrong = {sent[places[entity]]["submission_id"] for entity in taken}
    assert {o["submission_id"] for o in outcomes if o["outcome"] == "rejected"} == wrong
    assert {o["problem"]["type"] for o in outcomes if o["problem"]} == {"/problems/already-exists"}
    assert {o["outcome"] for o in outcomes if o["submission_id"] not in wrong} == {"applied"}
    assert session.execute(text("SELECT count(*) FROM member")).scalar_one() == 1 + 60 + 60 - ("member" in taken)
    assert len(seen) < (1.5 + len(taken)) * len(clean)
    assert _lookups(seen) == _lookups(clean)


def _lookups(seen: list[str]) -> int:
    """How often the journal was asked: once for each go at the batch."""
    return sum("FROM sync_submission" in statement for statement in seen)


@pytest.mark.parametrize("bad", [1, 2])
def test_a_record_the_database_refuses_is_named_by_it_and_not_searched_for(
    sign_in: SignIn, app: Any, device: str, session: Session, bad: int
) -> None:
    session.execute(text(_TRAP))
    session.commit()
    surveyor = sign_in("xom-3")
    push(surveyor, device, *_family(1))
    with counted(app.state.engine) as clean:
        push(surveyor, device, *_family(60))
    sent = _family(60)
    for one in sent[10 : 10 + bad]:
        one["data"]["occupation"] = "không lưu được"
    with counted(app.state.engine) as seen:
        outcomes = push(surveyor, device, *sent)
    wrong = {one["submission_id"] for one in sent[10 : 10 + bad]}
    assert {o["submission_id"] for o in outcomes if o["outcome"] == "quarantined"} == wrong
    assert {o["outcome"] for o in outcomes if o["submission_id"] not in wrong} == {"applied"}
    assert session.execute(text("SELECT count(*) FROM member")).scalar_one() == 1 + 60 + 60 - bad
    # halving 60 would take ten attempts and more
    assert len(seen) < (1.5 + bad) * len(clean)
    assert _lookups(seen) == _lookups(clean)


_UNTOLD = """
CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.record_id = '{}' THEN RAISE EXCEPTION 'refused'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_it BEFORE INSERT ON change_pending FOR EACH ROW EXECUTE FUNCTION refuse_it()
"""


def test_a_record_that_the_feed_cannot_be_told_of_harms_no_other(
    sign_in: SignIn, device: str, session: Session
) -> None:
    sent = _family(20)
    session.execute(text(_UNTOLD.format(sent[8]["id"])))
    session.commit()
    outcomes = push(sign_in("xom-3"), device, *sent)
    assert [o["outcome"] for o in outcomes] == ["applied"] * 8 + ["quarantined"] + ["applied"] * 12


def test_what_a_batch_writes_late_is_seen_by_what_comes_after_it(sign_in: SignIn, app: Any, device: str) -> None:
    """The history of the new household is not written yet when a change names its id as a person's."""
    surveyor = sign_in("xom-3")
    push(surveyor, device, *_family(1))
    home = submission("household", household())
    mistaken = submission("member", {"occupation": "thợ xây"}, seq=2, base=1, record=home["id"])
    with counted(app.state.engine) as seen:
        outcomes = push(surveyor, device, home, mistaken)
    assert [o["outcome"] for o in outcomes] == ["applied", "rejected"]
    assert outcomes[1]["problem"]["type"] == "/problems/not-found"
    assert [one for one in seen if one.startswith("ROLLBACK") or "SAVEPOINT sa_" in one] == []  # in one go


def _looked_up(seen: list[str]) -> int:
    return sum(statement.startswith("SELECT submission_id FROM sync_submission") for statement in seen)


def test_what_lies_beyond_the_largest_seq_is_not_looked_for(sign_in: SignIn, app: Any, device: str) -> None:
    surveyor = sign_in("xom-3")
    push(surveyor, device, *_family(2))  # up to seq 3
    ahead, level = submission("household", household(), seq=4), submission("household", household(), seq=4)
    with counted(app.state.engine) as first:
        outcomes = push(surveyor, device, ahead)
    with counted(app.state.engine) as again:
        outcomes += push(surveyor, device, ahead, level)
    assert [(o["outcome"], o["replayed"]) for o in outcomes] == [("applied", n == 1) for n in range(3)]
    assert (_looked_up(first), _looked_up(again)) == (0, 1)


@pytest.mark.parametrize(("by", "outcome"), [("xom-3", "applied"), ("truc-thai", "rejected")])
def test_what_another_tablet_sent_before_is_found_beyond_the_largest_seq_too(
    sign_in: SignIn, app: Any, session: Session, device: str, by: str, outcome: str
) -> None:
    """The outbox of a lost tablet, taken over; and an id that is somebody else's."""
    lost = _family(2)
    push(sign_in("xom-3"), device, *lost)
    new = submission("household", household(), seq=9)
    with counted(app.state.engine) as seen:
        outcomes = push(sign_in(by), tablets.enrolled(app.state.engine, by), *lost, new)
    told = [(o["outcome"], o["replayed"]) for o in outcomes]
    assert told == [(outcome, outcome == "applied")] * 3 + [("applied", False)]
    assert _looked_up(seen) == 1  # the journal's key refused the first go
    kept = session.execute(text("SELECT count(*), count(DISTINCT record_id) FROM sync_submission")).one()
    assert tuple(kept) == (4, 4)
    assert session.execute(text("SELECT count(*) FROM record_version")).scalar_one() == 4


def test_the_log_and_the_history_of_a_batch_are_whole(sign_in: SignIn, device: str, session: Session) -> None:
    """Written once for all kinds, in the order in which they were done."""
    sent = _family(3)
    push(sign_in("xom-3"), device, *sent)
    kept = session.execute(text("SELECT entity, submission_id::text FROM record_version ORDER BY entity")).all()
    assert {tuple(row) for row in kept} == {(one["entity"], one["submission_id"]) for one in sent}
    told = session.execute(text("SELECT record_id::text FROM change_pending")).scalars().all()
    assert sorted(told) == sorted(one["id"] for one in sent)
    lines = session.execute(
        text(
            "SELECT e.action, e.device_id::text, cardinality(e.subject_ids), e.detail, p.entry_id IS NOT NULL "
            "FROM audit_entry e LEFT JOIN audit_pending p ON p.entry_id = e.id "
            "WHERE e.action IN ('households.write', 'members.write') ORDER BY e.id"
        )
    ).all()
    assert [tuple(line) for line in lines] == [
        ("households.write", device, 1, {"edits": 1}, True),
        ("members.write", device, 3, {"edits": 3}, True),
    ]


def test_of_more_bad_records_than_are_tried_one_by_one_none_harms_the_others(
    sign_in: SignIn, device: str, session: Session
) -> None:
    session.execute(text(_TRAP))
    session.commit()
    sent = _family(40)
    for one in sent[2:40:4]:
        one["data"]["occupation"] = "không lưu được"
    outcomes = push(sign_in("xom-3"), device, *sent)
    expected = ["quarantined" if "occupation" in one["data"] else "applied" for one in sent]
    assert [o["outcome"] for o in outcomes] == expected
    again = push(sign_in("xom-3"), device, *sent)
    assert [(o["outcome"], o["replayed"]) for o in again] == [(outcome, True) for outcome in expected]


@pytest.mark.parametrize(
    "data",
    [
        {"b": 1, "a": True, "c": None, "ă": 'Đỗ "\\/\t\n\x00\x1f\x7f\u2028\U0001f33e'},
        {"number": 10**30, "z": -(10**30)},
        {"fraction": 1e16, "small": 1e-7, "b": 0.1},
        {"half": "\ud800", "a": 1},
        {"nested": {"b": 1, "a": [{"d": 1, "c": 2}]}},
        {"nested": {"list": [{}, [], ["x", {"small": 1e-7}]]}},
        {"number": [2**64 - 1, 2**64, -(2**63), -(2**63) - 1]},
        {"deep": json.loads("[" * 300 + "]" * 300)},
        {"half": {"key\udfff": 1}},
        {},
    ],
)
def test_the_kept_text_is_what_it_always_was(data: dict[str, Any]) -> None:
    """A submission stored by an earlier version is known by the digest of this very text."""
    for raw in (submission("member", data), {"submission_id": "x", "extra": 1.50, "data": data}):
        text = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii="half" in data)
        assert canonical(raw) == text.encode()
        assert canonical(dict(reversed(raw.items()))) == text.encode()
