"""The survey app as `make run` builds it: its packages from the lock, its files in survey_app/dist."""

import os
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
