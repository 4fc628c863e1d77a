"""Photos and papers for tests, what declares them, and how they are sent piece by piece."""

import hashlib
import os
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine
from sqlmodel import Session

from tests.make import rounds
from tests.make.reviews import household
from tests.make.tablets import review

_BEGINNINGS = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBP",
    "application/pdf": b"%PDF-1.7\n",
}


def content(size: int = 1000, media_type: str = "image/jpeg") -> bytes:
    """Bytes that nobody has seen before and that begin as their type says."""
    return (_BEGINNINGS[media_type] + os.urandom(size))[:size]


def declaration(data: bytes, media_type: str = "image/jpeg", **more: Any) -> dict[str, Any]:
    said = {"sha256": sha(data), "size": len(data), "media_type": media_type, "purpose": "house"}
    return said | more


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def home_in_round(engine: Engine, hamlet: str = "14080-03") -> tuple[UUID, UUID]:
    """A household on the list of a round in its time of surveys: (household, round)."""
    with Session(engine) as session, session.begin():
        home = household(session, hamlet)
        round_id = rounds.review_round(session, hamlet.split("-", maxsplit=1)[0])
        rounds.cases(session, round_id, [home], hamlet)
    return home, round_id


def reviewed(
    client: httpx.Client, engine: Engine, *files: Any, hamlet: str = "14080-03", **more: Any
) -> dict[str, Any]:
    """A review of a new household, typed by this person, that declares these files."""
    home, round_id = home_in_round(engine, hamlet)
    answer = client.post("/api/v1/reviews", json=review(str(home), str(round_id), attachments=list(files), **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def address(data_or_sha: bytes | str) -> str:
    return f"/sync/v1/attachments/{data_or_sha if isinstance(data_or_sha, str) else sha(data_or_sha)}"


def put(client: httpx.Client, name: bytes | str, piece: bytes, offset: int = 0) -> httpx.Response:
    return client.put(address(name), params={"offset": offset}, content=piece)


def sent(client: httpx.Client, data: bytes) -> None:
    """The whole file, in one piece."""
    answer = put(client, data, data)
    assert (answer.status_code, answer.json()["complete"]) == (200, True), answer.text
