"""A decision on 10,000 households: prepared and signed by the service, against the rows it writes by bare SQL."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import psycopg
from psycopg import sql

from api.areas.tables import area_id
from tests.bench.bare import plain
from tests.bench.stage import Server

HOUSEHOLDS = 10_000
_ROUND = "11111111-1111-4111-8111-111111111111"
_DECIDED = "2024-12-11"

# A commune of 10,000 households, one in three with a class of 2022, all through the procedure of a round of 2024.
_FILL = """
INSERT INTO household (id, hamlet_id, residence, no_labour_capacity, status, version, created_at, updated_at)
SELECT md5('h' || n)::uuid, (%(hamlets)s::uuid[])[1 + n %% 8], 'permanent', false, 'active', 1, now(), now()
FROM generate_series(1, %(households)s) AS n;
INSERT INTO member (id, household_id, full_name, name_folded, name_toned, name_sort, sex, birth_year, relation_to_head,
    ethnicity, merit_person, disability, version, created_at, updated_at)
SELECT md5('m' || n || '.' || k)::uuid, md5('h' || n)::uuid, 'Nguyễn Văn Mẫu', 'nguyen van mau', 'nguyễn văn mẫu',
    'mau', 'male', 1980, CASE k WHEN 1 THEN 'head' ELSE 'child' END, 'kinh', false, 'none', 1, now(), now()
FROM generate_series(1, %(households)s) AS n, generate_series(1, 3) AS k;
INSERT INTO recognition_decision (id, area_id, kind, state, number, decided_on, signatory, version, recorded_at,
    updated_at)
VALUES (md5('2022')::uuid, %(commune)s, 'main', 'signed', '1/QĐ-UBND', '2022-12-12', 'Chủ tịch', 1, now(), now());
INSERT INTO recognition (id, household_id, decision_id, poverty_class, days)
SELECT gen_random_uuid(), md5('h' || n)::uuid, md5('2022')::uuid, CASE n %% 2 WHEN 0 THEN 'poor' ELSE 'near_poor' END,
    daterange('2022-12-12', NULL)
FROM generate_series(1, %(households)s, 3) AS n;
INSERT INTO review_round (id, area_id, kind, year, standard_code, standard_version, procedure_code, procedure_version,
    upper_level, opens_on, closes_on, stage, version, created_at, updated_at)
VALUES (%(round)s, %(commune)s, 'periodic', 2024, 'vn-2022', 1, 'qd-24-2021', 1, 'none', '2024-09-01', '2024-12-14',
    'consolidated', 1, now(), now());
INSERT INTO review (id, round_id, household_id, kind, form_code, form_version, surveyed_on, answers, members, causes,
    needs, attachments, standard_code, standard_version, b1, b2, proposed_class, deprivations, undetermined, warnings,
    differs_from_device, in_force, version, created_at, updated_at)
SELECT md5('r' || n)::uuid, %(round)s, md5('h' || n)::uuid, 'survey', 'form-b', 1, '2024-09-20', '{}', '[]', '{}', '{}',
    '[]', 'vn-2022', 1, 100, 30, (ARRAY['poor', 'near_poor', 'not_poor'])[1 + n %% 3], '{}', '{}', '[]', false, true, 1,
    now(), now()
FROM generate_series(1, %(households)s) AS n;
INSERT INTO review_case (id, round_id, household_id, hamlet_id, ground, stage, review_id, version, created_at,
    updated_at)
SELECT md5('c' || n)::uuid, %(round)s, md5('h' || n)::uuid, (%(hamlets)s::uuid[])[1 + n %% 8], 'added', 'cleared',
    md5('r' || n)::uuid, 1, now(), now()
FROM generate_series(1, %(households)s) AS n;
ANALYZE;
"""

# What the decision leaves behind: (rows to read from the service's database, how bare SQL writes them).
_NEW = {
    "recognition_decision": "round_id IS NOT NULL",
    "decision_household": "true",
    "recognition": f"lower(days) = '{_DECIDED}'",
    "record_version": "true",
    "change_pending": "true",
}
_MADE_BY_THE_DATABASE = {"change_pending": {"id"}}
_CHANGED = (
    ("UPDATE review_case SET stage = 'recognised', version = review_case.version + 1, decision_id = d.id, "
     "updated_at = now() FROM recognition_decision d WHERE d.round_id = review_case.round_id"),
    (f"UPDATE recognition SET days = daterange(lower(days), '{_DECIDED}') WHERE days @> '{_DECIDED}'::date "
     f"AND lower(days) < '{_DECIDED}' AND household_id IN (SELECT household_id FROM decision_household)"),
    ("UPDATE household SET version = household.version + 1, updated_at = now() "
     "FROM record_version v WHERE v.record_id = household.id"),
    "UPDATE review_round SET stage = 'recognised', version = version + 1, updated_at = now()",
)  # fmt: skip


@dataclass(frozen=True)
class Recognising:
    """Seconds for the same decision: by the service (prepared, then signed), and by bare SQL."""

    prepare: float
    sign: float
    bare: float

    @property
    def ratio(self) -> float:
        """Bare SQL in percent of what the service needs."""
        return self.bare / (self.prepare + self.sign)


def fill(url: str) -> None:
    hamlets = [area_id(f"14080-{n:02d}") for n in range(1, 9)]
    values = {"hamlets": hamlets, "households": HOUSEHOLDS, "round": _ROUND, "commune": area_id("14080")}
    with psycopg.connect(plain(url)) as connection, psycopg.ClientCursor(connection) as cursor:
        cursor.execute(_FILL, values)


def measured(url: str, bare_url: str) -> Recognising:
    """Once on each of two equal databases."""
    fill(url)
    fill(bare_url)
    service = Server(url)
    try:
        officer, chair = service.sign_in("truc-thai"), service.sign_in("chu-tich")
        started = time.perf_counter()
        decision = _prepared(officer)
        prepared = time.perf_counter()
        _signed(chair, decision)
        signed = time.perf_counter()
    finally:
        service.stop()
    rows = _read_back(url)
    return Recognising(prepared - started, signed - prepared, _written(bare_url, rows))


def _prepared(officer: httpx.Client) -> str:
    answer = officer.post("/api/v1/recognition-decisions", json={"round_id": _ROUND})
    assert answer.status_code == 201, answer.text[:500]
    totals = answer.json()["totals"]
    assert sum(totals[name]["households"] for name in ("poor", "near_poor", "not_poor")) == HOUSEHOLDS
    return str(answer.json()["id"])


def _signed(chair: httpx.Client, decision: str) -> None:
    body = {"number": "112/QĐ-UBND", "decided_on": _DECIDED, "signatory": "Chủ tịch UBND xã"}
    address = f"/api/v1/recognition-decisions/{decision}/signature"
    answer = chair.post(address, json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text[:500]


def _read_back(url: str) -> Sequence[tuple[sql.Composed, str]]:
    statements = []
    with psycopg.connect(plain(url)) as connection:
        for table, which in _NEW.items():
            found = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table)))
            made = _MADE_BY_THE_DATABASE.get(table, set())
            columns = sql.SQL(", ").join(sql.Identifier(c.name) for c in found.description or () if c.name not in made)
            rows = connection.execute(
                sql.SQL("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {} AS t WHERE " + which).format(
                    sql.Identifier(table)
                )
            ).fetchone()
            assert rows is not None
            insert = sql.SQL(
                "INSERT INTO {table} ({columns}) "
                "SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
            )
            statements.append((insert.format(table=sql.Identifier(table), columns=columns), rows[0]))
    return statements


def _written(url: str, rows: Sequence[tuple[sql.Composed, str]]) -> float:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("SELECT 1")
        started = time.perf_counter()
        with connection.transaction():
            decision, lines, recognitions, *others = rows
            for statement, content in (decision, lines):
                connection.execute(statement, (content,))
            connection.execute(_CHANGED[1])
            connection.execute(recognitions[0], (recognitions[1],))
            for statement, content in others:
                connection.execute(statement, (content,))
            for changed in (_CHANGED[0], *_CHANGED[2:]):
                connection.execute(changed)
        return time.perf_counter() - started
