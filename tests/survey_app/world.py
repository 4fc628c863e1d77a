"""What the tablets of `survey_app/tests/line` ask for: an officer's deeds, disasters, a line that breaks.

A small HTTP server beside the service: `POST /verb` with what is said as JSON, answered with what became of it.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.changes.epoch import guard_epoch
from mobile_sync import durability
from tests.make import backups, database, files, tablets
from tests.make.answers import done
from tests.make.bad_line import BadLine
from tests.make.people import account_id
from tests.make.tablets import HAMLET, household, member, pull, push, submission

SignIn = Callable[[str], httpx.Client]


class World:
    """Each public method is a verb."""

    def __init__(self, engine: Engine, sign_in: SignIn, line: BadLine, service: Engine) -> None:
        self._engine, self._sign_in, self._line, self._service = engine, sign_in, line, service

    # an officer

    def code(self, username: str) -> Any:
        made = done(self._sign_in("truc-thai").post("/sync/v1/enrolments", json={"username": username}))
        return {"code": made["enrolment_code"]}

    def homes(self, count: int, hamlet: int = 3) -> list[str]:
        """Households of a hamlet with two people each, written by the officer; their ids."""
        made = [submission("household", household(hamlet, phone="0", note=f"Nhà {n}")) for n in range(count)]
        people = [submission("member", member(home["id"], f"Vũ Thị {n}")) for home in made for n in ("Hoà", "Lan")]
        device = tablets.enrolled(self._engine, "truc-thai")
        for sent in (made, people):  # a batch of a thousand is the most
            told = push(self._sign_in("truc-thai"), device, *sent)
            assert {one["outcome"] for one in told} == {"applied"}
        return [str(home["id"]) for home in made]

    def home_named(self, home: str, over: str) -> None:
        """A household that somebody waits for comes over the web (where nobody knows of tablets), or from a tablet."""
        officer = self._sign_in("truc-thai")
        if over == "web":
            done(officer.post("/api/v1/households", json={"id": home, **household(3)}))
            return
        device = tablets.enrolled(self._engine, "truc-thai")
        (told,) = push(officer, device, submission("household", household(3), record=home))
        assert told["outcome"] == "applied"

    def officer_changes(self, home: str, base: int, data: dict[str, Any]) -> Any:
        device = tablets.enrolled(self._engine, "truc-thai")
        return push(self._sign_in("truc-thai"), device, submission("household", data, base=base, record=home))[0]

    def merge(self, survivor: str, absorbed: str) -> Any:
        body = {"survivor_id": survivor, "absorbed_id": absorbed}
        return done(self._sign_in("truc-thai").post("/api/v1/households/merge", json=body))

    def revoke(self, device_id: str) -> Any:
        return done(self._sign_in("truc-thai").post(f"/sync/v1/devices/{device_id}/revoke"))

    def home_in_round(self) -> dict[str, str]:
        home, round_id = files.home_in_round(self._engine)
        return {"home": str(home), "round": str(round_id)}

    # the line

    def cut(self, after: int, way: Any) -> None:
        self._line.cut_after(after, way)

    def garble(self, text: str) -> None:
        self._line.garble(text.encode())

    # disasters

    def restore(self, lost: list[str]) -> None:
        """The register is another one, in which these records never were; nor was what was sent of them."""
        with self._engine.begin() as connection:
            for record in lost:
                for table in ("record_version", "change_feed", "sync_submission"):
                    connection.execute(text(f"DELETE FROM {table} WHERE record_id = :id"), {"id": record})
                connection.execute(text("DELETE FROM member WHERE id = :id"), {"id": record})
            for record in lost:
                connection.execute(text("DELETE FROM household WHERE id = :id"), {"id": record})
            connection.execute(text("UPDATE feed_epoch SET system_identifier = 'restored'"))
        guard_epoch(self._engine)

    def take_snapshot(self) -> None:
        """Of the disk of the database."""
        url, name = self._engine.url.render_as_string(hide_password=False), str(self._engine.url.database)
        with backups.nobody_connected(self._engine, self._service):
            database.create(url, f"{name}_older", name)

    def set_back(self) -> None:
        """The disk is as it was at the snapshot, and nobody says so: the epoch is the same."""
        url, name = self._engine.url.set(database="postgres"), str(self._engine.url.database)
        server = url.render_as_string(hide_password=False)
        with backups.nobody_connected(self._engine, self._service):
            database.drop(server, name)
            database.create(server, name, f"{name}_older")
            database.drop(server, f"{name}_older")

    def grant(self, hamlet: int) -> None:
        """The surveyor of xóm 3 works in another one, too."""
        with self._engine.begin() as connection:
            connection.execute(
                text("INSERT INTO account_grant SELECT gen_random_uuid(), account_id, role, :hamlet, head, valid_from, "
                     "valid_to, granted_by, created_at, NULL FROM account_grant WHERE account_id = :me LIMIT 1"),
                {"me": account_id("xom-3"), "hamlet": HAMLET[hamlet]},
            )  # fmt: skip

    def end_grant(self, hamlet: int) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                text("DELETE FROM account_grant WHERE account_id = :me AND area_id = :hamlet"),
                {"me": account_id("xom-3"), "hamlet": HAMLET[hamlet]},
            )

    def forget_tablet(self, device_id: str) -> None:
        """As a register that was restored from before the tablet was enrolled."""
        with self._engine.begin() as connection:
            connection.execute(text("UPDATE sign_in SET device_id = NULL WHERE device_id = :id"), {"id": device_id})
            connection.execute(text("DELETE FROM enrolment_code WHERE device_id = :id"), {"id": device_id})
            connection.execute(text("DELETE FROM device WHERE id = :id"), {"id": device_id})

    def sign_everybody_out(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("UPDATE sign_in SET ended_at = now()"))

    def expire(self) -> None:
        """The access tokens of today are none tomorrow."""
        with self._engine.begin() as connection:
            connection.execute(text("UPDATE sign_in SET rotated_at = rotated_at - interval '3 hours'"))

    def back_up(self, without: str | None = None) -> None:
        """`without`: the last batch of this tablet came after the dump."""
        with Session(self._engine) as session, session.begin():
            rows = session.execute(text("SELECT id, arrivals FROM device")).all()
            had = {UUID(str(row.id)): row.arrivals - (str(row.id) == without) for row in rows}
            durability.note_backup(session, had)

    # what is there

    def register(self) -> Any:
        """What a first sync brings: id -> [kind, version, data]."""
        changes, _ = pull(self._sign_in("xom-3"))
        return {one["id"]: [one["entity"], one["version"], one["data"]] for one in changes if one["op"] == "put"}

    def submissions(self, device_id: str) -> Any:
        with self._engine.begin() as connection:
            statement = "SELECT submission_id, seq, outcome FROM sync_submission WHERE device_id = :id ORDER BY seq"
            rows = connection.execute(text(statement), {"id": device_id})
            return [[str(row.submission_id), row.seq, row.outcome] for row in rows]

    def fleet(self, device_id: str) -> Any:
        devices = done(self._sign_in("truc-thai").get("/sync/v1/devices"))["items"]
        return next(one for one in devices if one["id"] == device_id)


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address of a world."""

    class Verbs(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            try:
                told, status = getattr(world, self.path.strip("/"))(**said), 200
            except Exception as error:  # told to whoever asked, who fails with it
                told, status = repr(error), 500
            body = json.dumps(told, default=str).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Verbs)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
