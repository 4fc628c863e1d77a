"""What the API answered: the body of a good answer, or what was refused."""

from typing import Any

import httpx


def done(answer: httpx.Response) -> Any:
    """What came back; fails where it was refused."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json()


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and slug of a refusal."""
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def pointers(answer: httpx.Response) -> list[tuple[str, str]]:
    """(place, code) of each field that was refused."""
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
