"""The tail: no file and no function so long that nobody reads it from top to bottom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_TEST_FILE, LONGEST_FUNCTION, MOST_ROUTES = 300, 600, 40, 20

CODE = sorted(path for folder in ("api", "mobile_sync") for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, (node.end_lineno or node.lineno) - node.lineno + 1) for node in found]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_measure() -> None:
    assert len(CODE) > 60
    assert len(TESTS) > 20


@pytest.mark.parametrize(("paths", "most"), [(CODE, LONGEST_FILE), (TESTS, LONGEST_TEST_FILE)], ids=["code", "tests"])
def test_no_file_is_longer_than_a_person_reads(paths: list[Path], most: int) -> None:
    lines = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {path: count for path, count in lines.items() if count > most} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {f"{name(p)}:{f}": lines for p in CODE + TESTS for f, lines in functions(p) if lines > LONGEST_FUNCTION}
    assert long == {}


def test_no_routes_file_has_more_than_twenty_addresses() -> None:
    many = {}
    for path in CODE:
        if path.name.endswith("routes.py"):
            addresses = path.read_text(encoding="utf-8").count("@router.")
            if addresses > MOST_ROUTES:
                many[name(path)] = addresses
    assert many == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [name(p) for p in CODE if p.stat().st_size and not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert silent == []
