"""Every .sql file is a statement that PostgreSQL can plan against the migrated schema, and says what it does."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("api", "mobile_sync") for path in (ROOT / folder).rglob("sql/*.sql"))


def test_there_are_statements() -> None:
    assert len(FILES) >= 10


COPIES = [path for path in FILES if "\nCOPY " in path.read_text(encoding="utf-8")]
PLANNED = [path for path in FILES if path not in COPIES]


@pytest.mark.parametrize("path", COPIES, ids=lambda path: str(path.relative_to(ROOT)))
def test_postgresql_takes_what_is_copied(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(path.read_text(encoding="utf-8")):
            pass
        assert cursor.rowcount == 0


@pytest.mark.parametrize("path", PLANNED, ids=lambda path: str(path.relative_to(ROOT)))
def test_postgresql_plans_it(engine: Engine, path: Path) -> None:
    statement = text(f"EXPLAIN {_whole(path)}")
    nothing = dict.fromkeys(statement.compile().params)
    with engine.connect() as connection:
        assert connection.execute(statement, nothing).all()


def _whole(path: Path) -> str:
    """The statement, with the one it is a part of."""
    written = path.read_text(encoding="utf-8")
    within = _PART_OF.get(path.name)
    if within is None:
        return written
    before = path.with_name(f"{within}.sql").read_text(encoding="utf-8")
    return f"WITH {within} AS (\n{before})\nSELECT FROM (\n{written}) AS part"


# a part -> the part before it, whose rows it reads
_PART_OF = {"person_found.sql": "household_found"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_head_says_what_goes_in_what_comes_out_and_what_it_locks(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    head = "\n".join(line for line in written.splitlines()[:8] if line.startswith("--"))
    assert [word for word in ("In:", "Out:", "Locks:") if word.lower() not in head.lower()] == []


def test_every_statement_is_used() -> None:
    code = "\n".join(p.read_text("utf-8") for folder in ("api", "mobile_sync") for p in (ROOT / folder).rglob("*.py"))
    assert [str(path.relative_to(ROOT)) for path in FILES if path.name not in code and path.stem not in code] == []
