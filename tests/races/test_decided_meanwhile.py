"""A conflict is being decided, and somebody else writes at that very moment: nothing is overwritten unseen."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx
from sqlalchemy import Engine, event

from tests.make import tablets
from tests.make.tablets import household, push, submission
from tests.races.test_at_once import WAITING, look
from tests.start.launching import eventually

SignIn = Callable[[str], httpx.Client]


@contextmanager
def meanwhile(engine: Engine, aside: Engine, place: int, act: Callable[[], Any]) -> Iterator[list[Future[Any]]]:
    """Before the n-th statement somebody acts; it goes on once that is done, or waits for what the first one holds."""
    acting: list[Future[Any]] = []
    seen = [0]
    with ThreadPoolExecutor(1) as pool:

        def word(*_: Any) -> None:
            seen[0] += 1
            if seen[0] == place:
                acting.append(pool.submit(act))
                eventually(lambda: acting[0].done() or look(aside, WAITING), "it is done, or waits")

        event.listen(engine, "before_cursor_execute", word)
        try:
            yield acting
        finally:
            event.remove(engine, "before_cursor_execute", word)


def test_what_is_written_at_any_moment_of_a_decision_is_not_overwritten_unseen(
    sign_in: SignIn, engine: Engine, app: Any
) -> None:
    """One tablet says a note beside the number that clashes; another one says its own, while the officer decides."""
    surveyor, officer = sign_in("xom-3"), sign_in("truc-thai")
    fates = []
    for place in range(1, 100):
        one, other, at_web = (tablets.enrolled(engine, who) for who in ("xom-3", "xom-3", "truc-thai"))
        home = submission("household", household(phone="0", note="0"))
        push(surveyor, one, home)
        push(officer, at_web, submission("household", {"phone": "1"}, base=1, record=home["id"]))
        late = submission("household", {"phone": "2", "note": "2"}, seq=2, base=1, record=home["id"])
        (clash,) = push(surveyor, one, late)
        assert clash["outcome"] == "conflict"
        noted = submission("household", {"note": "9"}, base=2, record=home["id"])
        path = f"/sync/v1/conflicts/{clash['conflict_id']}/resolution"
        with meanwhile(app.state.engine, engine, place, partial(push, surveyor, other, noted)) as acting:
            answer = officer.post(path, json={"choice": "device", "reason": "đã hỏi"})
        if not acting:
            break
        (told,) = acting[0].result()
        note = officer.get(f"/api/v1/households/{home['id']}").json()["note"]
        fates.append((told["outcome"], answer.status_code, note))
    # first come, first served: the other one is told, and nobody's note is lost
    assert set(fates) == {("applied", 409, "9"), ("conflict", 200, "2")}
    assert len(fates) > 10
