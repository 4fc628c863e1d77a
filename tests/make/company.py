"""`make test` runs one test a core at once, four at most. What measures or races has the machine to itself."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ALONE = ("tests/races/", "tests/start/", "tests/survey_app/test_speed.py")

# Two things that are there, to be locked by all processes of a run: nothing is left behind.
_ROOM = Path(__file__)
_DOOR = _ROOM.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that are alone come last: nobody waits for them who has something else to do."""
    items.sort(key=lambda item: item.nodeid.startswith(ALONE))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    with _company(alone=item.nodeid.startswith(ALONE)):
        return (yield)


@contextmanager
def _company(*, alone: bool) -> Iterator[None]:
    """Waits for those who are in: to be alone for all of them, else for whoever is alone.

    Who waits does so at the door, where nobody passes meanwhile: to be alone would otherwise never come to pass.
    """
    door, room = (os.open(path, os.O_RDONLY) for path in (_DOOR, _ROOM))
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield
    finally:
        fcntl.flock(room, fcntl.LOCK_UN)  # a process that the test left behind may hold a copy
        os.close(door)
        os.close(room)
