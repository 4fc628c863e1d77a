"""Who may import whom: the contracts of pyproject.toml, kept."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_import_contract_is_kept() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Contracts: " in run.stdout


# Every feature's routes ask accounts who comes in, also those of the features below accounts. Nothing else may.
_DOORS = {"api.accounts.actor", "api.accounts.permissions", "api.openapi"}


def test_the_only_exceptions_are_the_doors_of_the_routes() -> None:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = read["tool"]["importlinter"]["contracts"]
    assert len(contracts) >= 3
    for exception in [line for contract in contracts for line in contract.get("ignore_imports", [])]:
        importer, imported = exception.split(" -> ")
        assert importer == "api.*.routes", exception
        assert imported in _DOORS, exception
