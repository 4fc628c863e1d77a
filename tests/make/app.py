"""The survey app as `make run` builds it: its packages from the lock, its files in survey_app/dist; and the build that
was released before it."""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "survey_app"


@cache
def _made(*what: str) -> str | None:
    """What went wrong, or None. Once a run: nothing changes in between."""
    done = subprocess.run(
        [ROOT / ".make/app.sh", *what],
        check=False,
        env=os.environ | {"PY": sys.executable},
        capture_output=True,
        text=True,
    )
    return done.stderr if done.returncode else None


def _there(fault: str | None) -> Path:
    """A machine without a network skips, but not in CI."""
    if fault is not None and not os.environ.get("CI"):
        pytest.skip(f"the survey app cannot be made here: {fault[-400:]}")
    assert fault is None, fault
    return APP


def with_packages() -> Path:
    """The folder of the app, with what it needs to run its own tests."""
    return _there(_made("packages"))


def built() -> Path:
    """The folder of the built files."""
    return _there(_made()) / "dist"


def version(folder: Path) -> str:
    """Of the build in this folder."""
    return str(json.loads((folder / "version.json").read_text())["version"])


def released(folder: Path) -> Path:
    """The build that tablets have, unpacked into a new folder."""
    (archive,) = (APP / "releases").glob("*.tar.gz")
    folder.mkdir()
    subprocess.run(["tar", "-xzf", archive, "-C", folder], check=True)
    assert archive.name == f"{version(folder)}.tar.gz"
    return folder


def renamed(build: Path, folder: Path, name: str) -> Path:
    """The same build under another version, in a new folder."""
    shutil.copytree(build, folder)
    before = version(build)
    for path in (folder / "sw.js", folder / "version.json"):
        path.write_text(path.read_text().replace(before, name))
    return folder


def next_to(build: Path, folder: Path) -> Path:
    """Today's build; on the day of a release, when it is that very one, under another version."""
    return built() if version(built()) != version(build) else renamed(built(), folder, "today")
