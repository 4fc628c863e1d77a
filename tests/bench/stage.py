"""What the measurements stand on: databases with the cast in them, servers started the way production starts them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import httpx
from sqlmodel import Session

from api.db import make_engine
from tests.make import database, people


@contextmanager
def postgres() -> Iterator[str]:
    """GIAMNGHEO_TEST_SERVER, otherwise an embedded PostgreSQL of this run."""
    given = os.environ.get("GIAMNGHEO_TEST_SERVER")
    if given:
        yield given
        return
    from api import embedded

    home = Path(tempfile.mkdtemp(prefix="gn-bench-", dir="/tmp"))
    cluster = embedded.start(home)
    try:
        yield cluster.url
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def databases(server: str, count: int) -> Iterator[list[str]]:
    """So many equal databases with the areas and the cast; dropped afterwards."""
    names = [f"bench_{uuid4().hex[:12]}" for _ in range(count)]
    try:
        database.create(server, names[0])
        url = database.url_of(server, names[0])
        database.migrate(url)
        engine = make_engine(url)
        with Session(engine) as session, session.begin():
            areas = tomllib.loads(files("api.areas").joinpath("data/truc-ninh.toml").read_text(encoding="utf-8"))
            people.load(session, areas)
        engine.dispose()
        for name in names[1:]:
            database.create(server, name, names[0])
        yield [database.url_of(server, name) for name in names]
    finally:
        for name in names:
            database.drop(server, name)


class Server:
    """`giamngheo serve` on a database: as many workers as in production, in processes of their own."""

    def __init__(self, url: str, **more: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}"
        self.home = tempfile.mkdtemp(prefix="gn-bench-home-", dir="/tmp")
        environment = os.environ | {"DATABASE_URL": url, "GIAMNGHEO_HOME": self.home, "PORT": str(port)} | more
        self.log = Path(self.home, "log").open("wb")  # noqa: SIM115  # as long as the server lives
        self.process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve"], env=environment, stdout=self.log, stderr=self.log
        )
        deadline = time.monotonic() + 180  # on a busy machine a worker takes a minute to start
        while True:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.base_url}/readyz").status_code == 200:
                    return
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = Path(self.home, "log").read_text(encoding="utf-8")
                self.stop()
                raise SystemExit(said)
            time.sleep(0.1)

    def sign_in(self, username: str) -> httpx.Client:
        # A new line for every call, as of a tablet that comes home, taken by whichever worker is free. Lines that stay
        # open lie with the workers as luck had it: four of four with one of two, every eighth time.
        client = httpx.Client(base_url=self.base_url, timeout=120, limits=httpx.Limits(max_keepalive_connections=0))
        answer = client.post("/api/v1/auth/token", data={"username": username, "password": people.PASSWORD})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    def peak_bytes(self) -> int:
        """The largest resident memory of each process of the service, added up (PostgreSQL is not among them)."""
        return sum(_peak(pid) for pid in _tree(self.process.pid))

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        self.process.kill()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _tree(int(child)))]


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
