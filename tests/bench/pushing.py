"""Batches of tablets, made before the clock starts, and pushed by as many clients as asked."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from api import clock
from api.areas.tables import area_id
from tests.bench.stage import Server

SUBMISSIONS = 500  # in a batch: a hundred households of four
PEOPLE = 4  # of a household
_SURNAMES = ("Nguyễn", "Trần", "Phạm", "Vũ", "Đỗ", "Lại", "Đoàn")
_GIVEN = ("Văn Hùng", "Thị Hoà", "Thị Nhài", "Đức Anh", "Minh Châu", "Văn Quý")


@dataclass
class Tablet:
    """A surveyor's tablet: a line to the server, and how far its numbers have come."""

    client: httpx.Client
    device_id: str
    hamlet: str  # its code
    seq: int = 0

    @property
    def hamlet_id(self) -> str:
        return str(area_id(self.hamlet))


@dataclass(frozen=True)
class Batch:
    body: bytes
    batch_id: str


Work = Sequence[tuple[Tablet, list[Batch]]]  # what each client pushes


def tablets(server: Server, count: int) -> list[Tablet]:
    """One of each hamlet, enrolled the way people do it."""
    officer = server.sign_in("truc-thai")
    made = []
    for number in range(1, count + 1):
        hamlet = f"14080-{number:02d}"
        client = server.sign_in(f"xom-{number}")
        code = officer.post("/sync/v1/enrolments", json={"hamlet_id": str(area_id(hamlet))}).raise_for_status().json()
        device = str(uuid4())
        asked = {"device_id": device, "name": "bench", "enrolment_code": code["enrolment_code"]}
        client.post("/sync/v1/devices", json=asked).raise_for_status()
        made.append(Tablet(client, device, hamlet))
    return made


def batches(tablet: Tablet, count: int) -> list[Batch]:
    """New households with their members, and nothing else."""
    made = []
    for _ in range(count):
        rng = random.Random(tablet.seq)
        made.append(sealed(tablet, [one for _ in range(SUBMISSIONS // (1 + PEOPLE)) for one in family(tablet, rng)]))
    return made


def family(tablet: Tablet, rng: random.Random) -> list[dict[str, Any]]:
    """A new household and its four members."""
    household = str(uuid4())
    home = {"hamlet_id": tablet.hamlet_id, "residence": "permanent", "address": "cạnh nhà văn hoá", "note": "…"}
    submissions = [create(tablet, "household", household, home)]
    for relation in ("head", "spouse", "child", "child"):
        female, born = rng.random() < 0.5, rng.randint(1940, 2020)
        data = {
            "household_id": household, "full_name": f"{rng.choice(_SURNAMES)} {rng.choice(_GIVEN)}",
            "sex": "female" if female else "male", "birth_year": born,
            "relation_to_head": relation, "ethnicity": "kinh",
            "personal_id": _citizen_number(rng, female, born), "health_insurance": True,
        }  # fmt: skip
        submissions.append(create(tablet, "member", str(uuid4()), data))
    return submissions


def _citizen_number(rng: random.Random, female: bool, born: int) -> str:
    """One that fits the person: a number that does not is kept with a warning, which is the rare case."""
    return f"036{(2 if born >= 2000 else 0) + female}{born % 100:02d}{rng.randint(0, 999999):06d}"


def sealed(tablet: Tablet, submissions: list[dict[str, Any]]) -> Batch:
    batch_id = str(uuid4())
    body = {
        "protocol": 1, "batch_id": batch_id, "device_id": tablet.device_id, "sent_at": clock.now().isoformat(),
        "submissions": submissions,
    }  # fmt: skip
    return Batch(json.dumps(body, ensure_ascii=False).encode(), batch_id)


def create(tablet: Tablet, entity: str, record: str, data: dict[str, Any]) -> dict[str, Any]:
    return _submission(tablet, entity, record, data, None)


def change(tablet: Tablet, entity: str, record: str, data: dict[str, Any], base: int) -> dict[str, Any]:
    return _submission(tablet, entity, record, data, base)


def _submission(tablet: Tablet, entity: str, record: str, data: dict[str, Any], base: int | None) -> dict[str, Any]:
    tablet.seq += 1
    return {
        "submission_id": str(uuid4()), "seq": tablet.seq, "entity": entity, "id": record, "base_version": base,
        "recorded_at": clock.now().isoformat(), "data": data,
    }  # fmt: skip


def push(tablet: Tablet, batch: Batch) -> httpx.Response:
    return tablet.client.post("/sync/v1/batches", content=batch.body, headers={"Content-Type": "application/json"})


def seconds(work: Work, *, replayed: bool) -> float:
    """How long it takes until every client has its receipts. Looks at them after the clock has stopped."""
    answers: list[httpx.Response] = []

    def run(tablet: Tablet, mine: list[Batch]) -> None:
        answers.extend(push(tablet, batch) for batch in mine)

    taken = together([lambda t=t, mine=mine: run(t, mine) for t, mine in work])  # type: ignore[misc]
    for answer in answers:
        outcomes = answer.raise_for_status().json()["outcomes"]
        assert {o["outcome"] for o in outcomes} <= {"applied", "merged"}, outcomes[0]
        assert {o["replayed"] for o in outcomes} == {replayed}
    return taken


def together(jobs: Sequence[Callable[[], object]]) -> float:
    """The seconds from the start of all jobs at once to the end of the last one. Raises what one of them raised."""
    failures: list[BaseException] = []
    ready = threading.Barrier(len(jobs) + 1)

    def run(job: Callable[[], object]) -> None:
        ready.wait()
        try:
            job()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - started
    if failures:
        raise failures[0]
    return taken
