"""A batch in which everything happens at once: created, merged, a conflict, held, released, refused."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine, text

from tests.make import tablets
from tests.make.interventions import serving
from tests.make.rounds import listed
from tests.make.tablets import batch, delivery, household, member, push, request, review, submission

OUTCOMES = [
    "applied", "applied", "merged", "conflict", "applied", "applied", "applied", "rejected", "held", "applied",
    "rejected",
]  # fmt: skip


@dataclass
class Mixed:
    """`body`: the batch, not sent yet. `waiting`: a submission of another tablet that it releases."""

    body: dict[str, Any]
    waiting: dict[str, Any]
    other: str
    reused: str

    @property
    def ids(self) -> list[str]:
        return [one["submission_id"] for one in self.body["submissions"]]


def mixed(surveyor: httpx.Client, officer: httpx.Client, engine: Engine) -> Mixed:
    """Of a new tablet of xom-3, on records that are made for it."""
    device, other = tablets.enrolled(engine, "xom-3"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household(phone="0", note="0"), seq=1)
    person = submission("member", member(home["id"]), seq=2)
    push(surveyor, device, home, person)
    web = officer.patch(f"/api/v1/households/{home['id']}", json={"phone": "1"}, headers={"If-Match": '"1"'})
    assert web.status_code == 200, web.text
    coming = str(uuid4())
    waiting = submission("member", member(coming), seq=1)
    assert [told["outcome"] for told in push(surveyor, other, waiting)] == ["held"]
    round_id = listed(engine, home["id"])
    sent = [
        submission("household", household(), seq=10, record=coming),
        submission("member", member(coming), seq=11),
        submission("household", {"note": "1"}, seq=12, base=1, record=home["id"]),
        submission("household", {"phone": "2"}, seq=13, base=1, record=home["id"]),
        submission("member", {"schooling": "primary"}, seq=14, base=1, record=person["id"]),
        submission("request", request(home["id"]), seq=15),
        submission("review", review(home["id"], round_id), seq=16),
        submission("household", household(residence="?"), seq=17),
        submission("member", member(str(uuid4())), seq=18),
        submission("delivery", delivery(home["id"], serving(engine)), seq=19),
        home | {"data": household(phone="9")},
    ]
    return Mixed(batch(device, sent), waiting, other, home["submission_id"])


def everything(engine: Engine) -> dict[str, tuple[int, str]]:
    """How many rows every table has, and a digest of them: equal where nothing at all has changed."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        parts = " UNION ALL ".join(
            f"SELECT '{name}', count(*), coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') "
            f'FROM "{name}" AS t'
            for name in sorted(tables)
        )
        return {row[0]: (row[1], row[2]) for row in connection.execute(text(parts))}
