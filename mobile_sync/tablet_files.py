"""The photos and signatures of a tablet: kept beside the outbox under their hash, and sent on their own.

A file is written to the disk before `keep` returns, and let go when the server says that it is durable (complete, and
in a verified backup), not before. So each is asked about every time: a server that was restored says what it lacks.
What is on the way goes on where the server stands; a file that the tablet's own disk has spoilt is told and not sent.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mobile_sync.tablet_line import Line, Refused

# Of two tries the second starts from nothing: more of them would not make a wrong file right.
_TRIES = 2

State = Literal["durable", "complete", "waiting", "damaged", "refused"]


@dataclass(frozen=True)
class Sent:
    """What became of one kept file. `complete`: the server has it, and no backup of the server yet. `waiting`: its
    record has not reached the server, or is not in force there yet.
    `damaged`: it is not what was kept. `refused`: the server's `problem` says why. Only a durable one is let go."""

    sha256: str
    state: State
    problem: dict[str, Any] | None = None


class Files:
    """A folder of files, each with its declaration in a small file beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, content: bytes, purpose: str, media_type: str) -> dict[str, Any]:
        """Writes a file down; the declaration that goes into the `attachments` of a record. Twice is once."""
        said: dict[str, Any] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "media_type": media_type,
            "purpose": purpose,
        }
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # the bytes first: a declaration that is there has its file
        self._write(said["sha256"], content)
        self._write(f"{said['sha256']}.json", json.dumps(said).encode())
        return said

    def kept(self) -> list[dict[str, Any]]:
        """The declarations of what is still here, the oldest first."""
        found = sorted(self.folder.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [_declared(path) for path in found]

    def content(self, sha256: str) -> bytes:
        return (self.folder / sha256).read_bytes()

    def let_go(self, sha256: str) -> None:
        (self.folder / f"{sha256}.json").unlink(missing_ok=True)
        (self.folder / sha256).unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        # a power cut leaves the old file or the new one, never half of one
        beside = self.folder / f"{name}.new"
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / name)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _declared(path: Path) -> dict[str, Any]:
    """One that the disk has spoilt keeps no file back: the hash, all that sending needs of it, is its name too."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        said = None
    return said if isinstance(said, dict) and said.get("sha256") == path.stem else {"sha256": path.stem}


def send(files: Files, line: Line, awaited: Callable[[], set[str]]) -> Iterator[Sent]:
    """Sends what is kept, file by file. Raises Unreachable (all of it stays; come again) and Refused for a sign-in.

    `awaited`: the files that work declares which is not in force yet. The server speaks of the records it knows: what
    is durable for an earlier one has still to be handed in for that work, and stays.
    """
    kept = files.kept()
    if not kept:
        return
    chunk: int = line.call("GET", "/sync/v1/info").json()["attachment_chunk_bytes"]
    for said in kept:
        sent = _send(files, line, said, chunk)
        if sent.state == "durable" and sent.sha256 in awaited():
            sent = Sent(sent.sha256, "waiting")
        if sent.state == "durable":
            files.let_go(sent.sha256)
        yield sent


def _send(files: Files, line: Line, said: dict[str, Any], chunk: int) -> Sent:
    sha256: str = said["sha256"]
    try:
        content = files.content(sha256)
    except OSError:
        return Sent(sha256, "damaged")
    if hashlib.sha256(content).hexdigest() != sha256:
        return Sent(sha256, "damaged")
    problem: dict[str, Any] | None = None
    for _ in range(_TRIES):
        try:
            return _pieces(line, sha256, content, chunk)
        except Refused as refused:
            if refused.status in (401, 403):
                raise
            if refused.slug == "not-found":
                return Sent(sha256, "waiting")
            problem = refused.problem
            if refused.slug != "hash-mismatch":
                break
    return Sent(sha256, "refused", problem)


def _pieces(line: Line, sha256: str, content: bytes, chunk: int) -> Sent:
    path = f"/sync/v1/attachments/{sha256}"
    told = line.call("GET", path).json()
    while not told["complete"]:
        start = min(told["received"], len(content))
        try:
            told = line.call("PUT", path, params={"offset": start}, content=content[start : start + chunk]).json()
        except Refused as refused:
            # the answer to an earlier piece was lost, or a cut piece was sent again: the server says where it stands
            if refused.slug != "wrong-offset" or refused.problem["received"] == start:
                raise
            told = {"received": refused.problem["received"], "complete": False, "durable": False}
        if start == len(content) and told["received"] >= start and not told["complete"]:
            return Sent(sha256, "waiting")  # a record declares more bytes than the file has: nothing is left to send
    return Sent(sha256, "durable" if told["durable"] else "complete")
