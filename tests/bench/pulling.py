"""A pull of 200 changes out of a small and out of a large register."""

import time
from uuid import UUID

import psycopg

from api.areas.tables import area_id
from tests.bench.bare import plain
from tests.bench.pushing import Tablet, change, push, sealed
from tests.bench.stage import Server

CHANGES = 200

_FILL = """
INSERT INTO household (id, hamlet_id, residence, no_labour_capacity, status, version, created_at, updated_at)
SELECT md5('h' || n)::uuid, (%(hamlets)s::uuid[])[1 + n %% 8], 'permanent', false, 'active', 1, now(), now()
FROM generate_series(1, %(households)s) AS n;
INSERT INTO member (id, household_id, full_name, name_folded, name_toned, name_sort, sex, birth_year, relation_to_head,
    ethnicity, merit_person, disability, version, created_at, updated_at)
SELECT md5('m' || n || '.' || k)::uuid, md5('h' || n)::uuid, 'Nguyễn Văn Mẫu', 'nguyen van mau', 'nguyễn văn mẫu',
    'mau', 'male', 1980, CASE k WHEN 1 THEN 'head' ELSE 'child' END, 'kinh', false, 'none', 1, now(), now()
FROM generate_series(1, %(households)s) AS n, generate_series(1, 4) AS k;
INSERT INTO record_version (record_id, version, entity, change, origin, changed_at)
SELECT id, 1, 'household', '{}'::jsonb, 'load', now() FROM household
UNION ALL SELECT id, 1, 'member', '{}'::jsonb, 'load', now() FROM member;
INSERT INTO change_pending (entity, record_id, area_id, household_id, version, op)
SELECT 'household', id, hamlet_id, id, 1, 'put' FROM household
UNION ALL SELECT 'member', member.id, hamlet_id, household.id, 1, 'put'
FROM member JOIN household ON household.id = household_id;
ANALYZE;
"""


def fill(url: str, records: int) -> None:
    """So many records in the eight hamlets of Trực Thái, one household in five."""
    values = {"hamlets": [area_id(f"14080-{n:02d}") for n in range(1, 9)], "households": records // 5}
    with psycopg.connect(plain(url)) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(_FILL, values)


class Reader:
    """Somebody who has pulled the whole register, and then 200 records changed."""

    def __init__(self, server: Server, tablet: Tablet) -> None:
        self.client = server.sign_in("truc-thai")
        self.cursor = self._at_the_end()
        self._change(tablet)

    def _at_the_end(self) -> str:
        cursor: str | None = None
        while True:
            query = {"limit": "1000"} | ({"cursor": cursor} if cursor else {})
            page = self.client.get("/sync/v1/changes", params=query).raise_for_status().json()
            cursor = page["cursor"]
            if not page["more"]:
                return str(cursor)

    def _change(self, tablet: Tablet) -> None:
        hamlet = UUID(tablet.hamlet_id)
        ids = [n for n in range(1, 10_000) if area_id(f"14080-{1 + n % 8:02d}") == hamlet][:CHANGES]
        sent = [change(tablet, "household", _household(n), {"note": "đã xem"}, 1) for n in ids]
        outcomes = push(tablet, sealed(tablet, sent)).raise_for_status().json()["outcomes"]
        assert {o["outcome"] for o in outcomes} == {"applied"}, outcomes[0]

    def seconds(self) -> float:
        """The best of five pulls of the 200 changes."""
        best = float("inf")
        for _ in range(5):
            started = time.perf_counter()
            answer = self.client.get("/sync/v1/changes", params={"limit": "500", "cursor": self.cursor})
            best = min(best, time.perf_counter() - started)
            assert len(answer.raise_for_status().json()["changes"]) == CHANGES, answer.text[:300]
        return best


def _household(n: int) -> str:
    import hashlib

    return str(UUID(hashlib.md5(f"h{n}".encode(), usedforsecurity=False).hexdigest()))
