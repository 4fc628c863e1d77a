"""Citizen numbers of what tablets send: nowhere in clear, and still there for whoever has to decide or to try again."""

import hashlib
import json
import zlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.databases import check_id_key
from api.households.citizen_numbers import id_key
from api.key_files import ConfigError
from api.keys import IdKey
from mobile_sync import payloads
from mobile_sync.arrivals import canonical
from tests.make import tablets
from tests.make.tablets import household, member, push, submission

SignIn = Callable[[str], httpx.Client]

FIRST, MALFORMED, REUSED, SERVERS, TABLETS, WAITING, MISPLACED = (f"036180{n}4321" for n in range(10, 17))


def dump(session: Session) -> str:
    """Every row of every table as text, what is bytes in hex."""
    tables = session.execute(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    )
    rows = [
        row
        for name in tables.scalars().all()
        for row in session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars()
    ]
    return "\n".join(rows)


def clash(sign_in: SignIn, engine: Engine, device: str, home: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two people change one citizen number: the submission of the second, and its outcome."""
    surveyor, person = sign_in("xom-3"), submission("member", member(home["id"], personal_id=FIRST), seq=2)
    push(surveyor, device, person)
    officers = tablets.enrolled(engine, "truc-thai")
    push(sign_in("truc-thai"), officers, submission("member", {"personal_id": SERVERS}, base=1, record=person["id"]))
    mine = submission("member", {"personal_id": TABLETS, "occupation": "nông"}, seq=3, base=1, record=person["id"])
    (told,) = push(surveyor, device, mine)
    assert told["outcome"] == "conflict"
    return mine, told


def test_no_table_shows_a_number_that_was_sent(sign_in: SignIn, engine: Engine, session: Session) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household())
    push(surveyor, device, home)
    mine, told = clash(sign_in, engine, device, home)
    odd = submission("member", member(home["id"], personal_id=MALFORMED + "x"), seq=4)
    other = mine | {"data": {"personal_id": REUSED}}
    waiting = submission("member", member(submission("household", {})["id"], personal_id=WAITING), seq=5)
    misplaced = submission("member", member(home["id"], sex=MISPLACED, birth_year=int(MISPLACED)), seq=6)
    sent = [odd, other, waiting, misplaced]
    outcomes = push(surveyor, device, *sent)
    assert [outcome["outcome"] for outcome in outcomes] == ["rejected", "rejected", "held", "rejected"]
    assert session.execute(text("SELECT count(*) FROM sync_reuse")).scalar_one() == 1
    sign_in("truc-thai").post(
        f"/sync/v1/conflicts/{told['conflict_id']}/resolution", json={"choice": "device", "reason": "đã gọi"}
    ).raise_for_status()
    stored = dump(session)
    for number in (FIRST, MALFORMED, REUSED, SERVERS, TABLETS, WAITING, MISPLACED):
        for trace in (number, number[1:], number.encode().hex()):
            assert trace not in stored, number
    for one in (mine, *sent):  # nor a hash or a mere packing of it, from which it could be guessed or unpacked
        assert hashlib.sha256(canonical(one)).hexdigest() not in stored
        assert zlib.compress(canonical(one), 1).hex() not in stored
    assert "********4321" in stored  # the officer who decides sees which of two it is


def test_other_content_under_a_used_id_is_kept_too(sign_in: SignIn, engine: Engine, session: Session) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household())
    push(surveyor, device, home)
    other = home | {"data": household(note="khác")}
    push(surveyor, device, other)
    sealed = session.execute(text("SELECT payload FROM sync_reuse")).scalar_one()
    assert payloads.opened(id_key(session), sealed, tablets.uuid_of(home["submission_id"])) == other


@pytest.mark.parametrize(
    ("choice", "values", "number"),
    [("device", None, TABLETS), ("server", None, SERVERS), ("values", {"personal_id": REUSED}, REUSED)],
)
def test_a_conflict_over_a_citizen_number_is_decided_for_the_whole_number(
    sign_in: SignIn, engine: Engine, choice: str, values: Any, number: str
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household())
    push(surveyor, device, home)
    mine, told = clash(sign_in, engine, device, home)
    officer = sign_in("truc-thai")
    (page,) = officer.get("/sync/v1/conflicts").json()
    assert set(page["fields"]["personal_id"].values()) == {"********4321"}
    body = {"choice": choice, "values": values, "reason": "đã xem giấy tờ"}
    answer = officer.post(f"/sync/v1/conflicts/{told['conflict_id']}/resolution", json=body)
    assert answer.status_code == 200, answer.text
    record = officer.get(f"/api/v1/members/{mine['id']}").json()
    assert (record["personal_id"], record["occupation"]) == (number, "nông")


def test_with_another_key_nothing_is_lost_and_nothing_breaks(
    sign_in: SignIn, engine: Engine, app: FastAPI, session: Session
) -> None:
    surveyor, device, officer = sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), sign_in("truc-thai")
    home = submission("household", household())
    push(surveyor, device, home)
    _, conflict = clash(sign_in, engine, device, home)
    late = submission("household", household(), seq=7)
    waiting = submission("member", member(late["id"], personal_id=WAITING), seq=8)
    push(surveyor, device, waiting)
    right = app.state.id_key
    app.state.id_key = IdKey(b"w" * 32)
    (came,) = push(surveyor, device, late)  # the household it waited for: it is tried, and cannot be read
    assert came["outcome"] == "applied"
    retried = officer.post(f"/sync/v1/submissions/{waiting['submission_id']}/retry")
    assert (retried.status_code, retried.json()["outcome"]) == (200, "quarantined")
    decision = {"choice": "device", "reason": "đã gọi"}
    refused = officer.post(f"/sync/v1/conflicts/{conflict['conflict_id']}/resolution", json=decision)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")
    app.state.id_key = right
    for path in (f"submissions/{waiting['submission_id']}/retry", f"conflicts/{conflict['conflict_id']}/resolution"):
        assert officer.post(f"/sync/v1/{path}", json=decision if "conflict" in path else None).status_code == 200
    assert officer.get(f"/api/v1/members/{waiting['id']}").json()["personal_id"] == WAITING
    sealed = session.execute(
        text("SELECT payload FROM sync_submission WHERE submission_id = :id"), {"id": waiting["submission_id"]}
    ).scalar_one()
    assert payloads.opened(right, sealed, tablets.uuid_of(waiting["submission_id"])) == json.loads(json.dumps(waiting))


def test_a_service_with_another_key_does_not_start_on_what_tablets_sent(
    sign_in: SignIn, engine: Engine, database_url: str, app: Any
) -> None:
    """No citizen number is in the register. What is sent again would be refused as other content under the same id."""
    right = app.state.id_key.secret
    surveyor, first = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    check_id_key(database_url, b"w" * 32)  # nothing is sealed yet
    home = submission("household", household())
    push(surveyor, first, home)
    check_id_key(database_url, right)
    with pytest.raises(ConfigError, match="secrets/id-key"):
        check_id_key(database_url, b"w" * 32)
    app.state.id_key = IdKey(b"w" * 32)
    assert push(surveyor, first, home)[0]["outcome"] == "rejected"
    # who went on with it all the same, before this was looked at, is not stopped for ever
    push(surveyor, tablets.enrolled(engine, "xom-3"), submission("household", household()))
    for key in (right, b"w" * 32):
        check_id_key(database_url, key)
