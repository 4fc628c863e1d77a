"""What the tests of the whole house share: the shape of a problem, and what lies in the tables."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, func, select

from api.problems import CATALOGUE
from api.tables import metadata

# Who tried what, whether it was allowed or not: these grow by being asked.
_GROW_BY_ASKING = {"audit_entry", "audit_pending", "audit_seal", "sign_in", "failed_attempt"}


@pytest.fixture
def counts(engine: Engine) -> Callable[[], dict[str, int]]:
    """`counts()`: how many rows each table has now."""

    def count() -> dict[str, int]:
        tables = [table for table in metadata.sorted_tables if table.name not in _GROW_BY_ASKING]
        with engine.connect() as connection:
            return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}

    return count


def check_problem(answer: httpx.Response) -> dict[str, Any]:
    """Fails unless the answer is a problem as docs/problems.md promises. Gives its body."""
    said = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:500]}"
    assert answer.status_code < 500 or answer.status_code == 503, said
    assert answer.headers["content-type"] == "application/problem+json", said
    body: dict[str, Any] = answer.json()
    kind = CATALOGUE.get(body["type"].removeprefix("/problems/"))
    assert kind is not None, said
    assert body["status"] == answer.status_code == kind.status, said
    assert body["titles"] == {"vi": kind.title.vi, "en": kind.title.en}, said
    assert body["details"]["vi"], said
    assert body["details"]["en"], said
    assert body["trace_id"] == answer.headers["x-trace-id"], said
    for error in body.get("errors", []):
        assert error["pointer"].startswith("#"), said
        assert error["code"], said
        assert error["detail"], said
    return body


@pytest.fixture
def problem() -> Callable[[httpx.Response], dict[str, Any]]:
    return check_problem
