"""What a batch tells about its tablet: numbers as large as the protocol allows, and no reason to refuse a batch."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make.tablets import batch, household, push, submission

SignIn = Callable[[str], httpx.Client]
LARGEST = 2**53


def fleet(sign_in: SignIn, device: str) -> dict[str, Any]:
    listed = sign_in("truc-thai").get("/sync/v1/devices")
    assert listed.status_code == 200, listed.text
    found: dict[str, Any] = next(one for one in listed.json()["items"] if one["id"] == device)
    return found


@pytest.mark.parametrize("seq", [2**31 - 1, 2**31, 2**32 + 5, LARGEST])
def test_every_seq_of_the_protocol_is_stored_and_told(seq: int, sign_in: SignIn, device: str) -> None:
    surveyor = sign_in("xom-3")
    home = submission("household", household(), seq=seq)
    assert [o["outcome"] for o in push(surveyor, device, home)] == ["applied"]
    assert fleet(sign_in, device)["last_seq"] == seq
    told = surveyor.get("/sync/v1/submissions", params={"device_id": device, "after_seq": seq - 1}).json()["items"]
    assert [one["seq"] for one in told] == [seq]
    later = submission("household", household(), seq=1)
    assert [o["outcome"] for o in push(surveyor, device, later)] == ["applied"]
    assert fleet(sign_in, device)["last_seq"] == seq


def test_the_newest_seq_is_that_of_work_that_could_be_read(sign_in: SignIn, device: str) -> None:
    good = submission("household", household(), seq=4)
    broken = submission("household", household(), seq=LARGEST) | {"more": 1}
    assert [o["outcome"] for o in push(sign_in("xom-3"), device, good, broken)] == ["applied", "rejected"]
    assert fleet(sign_in, device)["last_seq"] == 4


def test_a_contact_that_cannot_be_noted_refuses_no_batch(
    sign_in: SignIn, device: str, engine: Engine, session: Session
) -> None:
    sign_in("xom-3")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE device ADD CONSTRAINT narrow CHECK (last_seq < 100)"))
    home = submission("household", household(), seq=100)
    assert [o["outcome"] for o in push(sign_in("xom-3"), device, home)] == ["applied"]
    stored = session.execute(text("SELECT seq FROM sync_submission WHERE outcome = 'applied'")).scalars().all()
    assert stored == [100]


@pytest.mark.parametrize("protocol", [True, 1.0, "1", 0, 2, None])
def test_protocol_one_is_the_whole_number(protocol: Any, sign_in: SignIn, device: str) -> None:
    body = batch(device, [submission("household", household())]) | {"protocol": protocol}
    answer = sign_in("xom-3").post("/sync/v1/batches", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/protocol"]


@pytest.mark.parametrize("behind", [b"junk", gzip.compress(b"{}")], ids=["junk", "member"])
def test_what_stands_behind_a_gzip_body_is_refused(behind: bytes, sign_in: SignIn, device: str) -> None:
    body = gzip.compress(json.dumps(batch(device, [submission("household", household())])).encode())
    headers = {"Content-Encoding": "gzip"}
    answer = sign_in("xom-3").post("/sync/v1/batches", content=body + behind, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-encoding")
    assert sign_in("xom-3").post("/sync/v1/batches", content=body, headers=headers).status_code == 200
