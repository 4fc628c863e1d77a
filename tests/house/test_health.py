"""Alive without the database, ready only with all of it, and counters of all workers together."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.db import make_engine

Check = Callable[[httpx.Response], dict[str, Any]]


def test_ready_names_the_migration(nobody: httpx.Client, engine: Engine) -> None:
    with engine.connect() as connection:
        level = connection.scalar(text("SELECT version_num FROM alembic_version"))
    answer = nobody.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "migration": level}


def test_without_the_database_it_lives_and_is_not_ready(nobody: httpx.Client, app: Any, problem: Check) -> None:
    app.state.engine.dispose()
    app.state.engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", pool_size=1)
    assert nobody.get("/healthz").status_code == 200
    assert nobody.get("/metrics").status_code == 200
    answer = nobody.get("/readyz")
    body = problem(answer)
    assert (answer.status_code, body["type"], body["reason"]) == (503, "/problems/unavailable", "database")
    assert int(answer.headers["retry-after"]) > 0


def test_behind_its_migrations_it_is_not_ready_and_says_so(
    nobody: httpx.Client, engine: Engine, problem: Check
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001_areas'"))
    body = problem(nobody.get("/readyz"))
    assert (body["status"], body["reason"], body["migration"]) == (503, "migration", "0001_areas")
    assert body["needed"] != "0001_areas"
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert problem(nobody.get("/readyz"))["migration"] is None


def test_the_counters_of_all_workers_are_added_up(tmp_path: Path) -> None:
    # prometheus_client looks at the environment when it is imported: hence processes of their own
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "from api import wire; wire._REQUESTS.labels('GET', '/x', 200).inc()"
    for _ in range(3):
        subprocess.run([sys.executable, "-c", count], env=environment, check=True)
    show = "from api import health; print(health._metrics().decode())"
    said = subprocess.run([sys.executable, "-c", show], env=environment, check=True, capture_output=True, text=True)
    assert 'giamngheo_requests_total{method="GET",route="/x",status="200"} 3.0' in said.stdout


def test_a_look_at_readiness_writes_nothing_into_the_log(
    nobody: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert nobody.get("/readyz").status_code == 200
    assert [record.name for record in caplog.records if record.name.startswith("alembic")] == []
