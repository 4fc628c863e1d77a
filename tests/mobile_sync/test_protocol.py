"""The wire: what is no JSON, what is no envelope, limits, and the content a submission is known by."""

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session
from starlette.types import Message

from api.problems import NotJson, TooLarge
from api.wire import read_body
from mobile_sync.arrivals import canonical, parse, storable
from tests.make import tablets
from tests.make.tablets import batch, household, submission

SignIn = Callable[[str], httpx.Client]


@pytest.mark.parametrize(
    "body",
    [
        b"-0", b"-0.0", b"1E5", b"1e400", b"0.1234567890123456789", b"5e-324", b"9" * 300, b"9" * 3999,
        b'{"a":1,"b":2,"a":3}', b' \r\n\t{"a" : [ ] } ', '"\u2028\ud7ff\ue000\U0001f33e ở"'.encode(), b'"\\u0000\\/"',
        b'"\\ud83c\\udf3e"', b'"\\ud800"', b"[" * 400 + b"]" * 400, '{"ở":"ở"}'.encode("utf-16"), b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_a_body_is_read_as_json_reads_it(body: bytes) -> None:
    """By whichever of the two readers: what a submission is known by must not depend on its neighbours."""
    assert repr(parse(body)) == repr(json.loads(body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nul",
        b"NaN",
        b"[-Infinity]",
        b"[1,]",
        b"01",
        b"1.",
        b".5",
        b'"a\tb"',
        b'"\xff"',
        b"{'a':1}",
        b"[" * 100_000,
    ],
)
def test_what_json_does_not_read_is_no_body(body: bytes) -> None:
    with pytest.raises(NotJson):
        parse(body)


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters()), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_the_text_kept_is_that_of_the_content_however_it_is_written(value: Any) -> None:
    kept = canonical(value)
    assert canonical(json.loads(kept)) == kept
    for indent, ascii_only in ((None, True), (2, True)):
        assert canonical(parse(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode())) == kept


def test_moments_no_calendar_holds_are_not_stored() -> None:
    from datetime import datetime

    assert storable(datetime.fromisoformat("0001-01-01T00:00:00+14:00")) is None
    assert storable(datetime.fromisoformat("9999-12-31T23:00:00-12:00")) is None
    assert storable(datetime.fromisoformat("1970-01-01T00:00:00+00:00")) is not None


BODIES = [
    b"",
    b"{",
    b"\xff\xfe",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_no_json(body: bytes, sign_in: SignIn) -> None:
    answer = sign_in("xom-3").post("/sync/v1/batches", content=body)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/not-json")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"protocol": 2}, "#/protocol"),
        ({"protocol": None}, "#/protocol"),
        ({"batch_id": "x"}, "#/batch_id"),
        ({"device_id": 7}, "#/device_id"),
        ({"sent_at": "2024-01-01T00:00:00+99:00"}, "#/sent_at"),
        ({"submissions": {}}, "#/submissions"),
        ({"submissions": [1]}, "#/submissions/0/submission_id"),
        ({"submissions": [{"submission_id": "\x00"}]}, "#/submissions/0/submission_id"),
        ({"pending": -1}, "#/pending"),
        ({"pending": 10**400}, "#/pending"),
        ({"app_version": "\ud800"}, "#/app_version"),
        ({"other": 1}, "#/other"),
    ],
)
def test_a_broken_envelope_is_refused_with_pointers(
    change: dict[str, Any], pointer: str, sign_in: SignIn, engine: Engine
) -> None:
    body = json.dumps(batch(tablets.enrolled(engine, "xom-3"), []) | change)
    answer = sign_in("xom-3").post("/sync/v1/batches", content=body)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("body", [[], 1, "text"])
def test_an_envelope_that_is_no_object(body: Any, sign_in: SignIn) -> None:
    assert sign_in("xom-3").post("/sync/v1/batches", json=body).status_code == 422


def test_too_many_submissions_store_nothing(sign_in: SignIn, engine: Engine, session: Session) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    info = surveyor.get("/sync/v1/info").json()
    assert info["protocol"] == 1
    assert info["max_submissions"] >= 500
    sent = [submission("household", household())] * (info["max_submissions"] + 1)
    answer = surveyor.post("/sync/v1/batches", json=batch(device, sent))
    assert (answer.status_code, answer.json()["max_submissions"]) == (413, info["max_submissions"])
    assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == 0


def test_gzip_is_unpacked_and_a_bomb_is_too_large(sign_in: SignIn, engine: Engine, session: Session) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    headers = {"Content-Encoding": "gzip"}
    packed = gzip.compress(json.dumps(batch(device, [submission("household", household())])).encode())
    assert surveyor.post("/sync/v1/batches", content=packed, headers=headers).status_code == 200
    bomb = gzip.compress(b" " * (surveyor.get("/sync/v1/info").json()["max_bytes"] + 1))
    assert surveyor.post("/sync/v1/batches", content=bomb, headers=headers).status_code == 413
    cut = surveyor.post("/sync/v1/batches", content=packed[:-20], headers=headers)
    assert cut.status_code == 415
    assert session.execute(text("SELECT count(*) FROM sync_submission")).scalar_one() == 1


@pytest.mark.parametrize("piece", [2**16, 2**20], ids=["in pieces", "at once"])
def test_of_a_bomb_no_more_is_unpacked_than_the_limit_takes(piece: int) -> None:
    limit, bomb = 2**20, gzip.compress(bytes(100 * 2**20))
    pieces = [bomb[at : at + piece] for at in range(0, len(bomb), piece)]

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            asyncio.run(read_body({"headers": [(b"content-encoding", b"gzip")]}, receive, limit))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * limit  # zlib's own buffers come on top of what it gives


def test_a_number_of_thousands_of_digits_harms_no_neighbour(sign_in: SignIn, engine: Engine) -> None:
    device = tablets.enrolled(engine, "xom-3")
    long, good = submission("household", household(note="DIGITS")), submission("household", household())
    body = json.dumps(batch(device, [long, good])).replace('"DIGITS"', "9" * 6000)
    answer = sign_in("xom-3").post("/sync/v1/batches", content=body)
    assert [o["outcome"] for o in answer.json()["outcomes"]] == ["rejected", "applied"]


def test_epoch_and_server_time_stand_in_every_answer(sign_in: SignIn, engine: Engine) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    receipt = surveyor.post("/sync/v1/batches", json=batch(device, [])).json()
    page = surveyor.get("/sync/v1/changes").json()
    info = surveyor.get("/sync/v1/info").json()
    assert receipt["epoch"] == page["epoch"] == info["epoch"]
    assert receipt["server_time"] <= page["server_time"] <= info["server_time"]
    assert receipt["outcomes"] == []


@pytest.mark.parametrize(
    "path",
    [
        "info",
        "changes",
        "reference",
        "submissions?device_id=0190a000-0000-7000-8000-00000000dead",
        "conflicts",
        "devices",
    ],
)
def test_nobody_is_told_anything(path: str, nobody: httpx.Client) -> None:
    assert nobody.get(f"/sync/v1/{path}").status_code == 401
