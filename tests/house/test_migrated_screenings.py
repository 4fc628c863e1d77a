"""What was written down of Phiếu A before it was a record: told to tablets like any other, where its request stands."""

from collections.abc import Callable
from typing import Any

import httpx
from alembic import command
from sqlalchemy import Engine, text

from mobile_sync.tablet_work import screening_of
from tests.make import database, tablets
from tests.make.tablets import HAMLET, household, pull, push, request, submission

SignIn = Callable[[str], httpx.Client]
RESULT = {"passed": True, "reason": "Nhà dột", "answers": {"A1": True}, "screened_on": "2024-09-05"}


def told(client: httpx.Client) -> dict[str, Any]:
    return {one["id"]: one for one in pull(client)[0] if one["entity"] == "screening" and one["op"] == "put"}


def test_results_of_before_are_in_the_feed_and_can_be_corrected(
    sign_in: SignIn, engine: Engine, database_url: str
) -> None:
    officer, surveyor, device = sign_in("truc-thai"), sign_in("xom-3"), tablets.enrolled(engine, "truc-thai")
    stays, goes, absorbed = (submission("household", household(), seq=n) for n in (1, 2, 3))
    papers = [submission("request", request(one["id"]), seq=n) for n, one in enumerate((stays, goes, absorbed), 4)]
    papers.append(submission("request", request(None, hamlet_id=HAMLET[3]), seq=7))
    assert {o["outcome"] for o in push(officer, device, stays, goes, absorbed, *papers)} == {"applied"}
    pull(surveyor)
    moved = submission("household", {"hamlet_id": HAMLET[4]}, seq=8, base=1, record=goes["id"])
    push(officer, device, moved)
    for paper in papers:
        address = f"/api/v1/requests/{paper['id']}/screening"
        assert officer.post(address, json=RESULT).status_code == 200
    config = database.alembic_config(database_url)
    command.downgrade(config, "0027_figures")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM screening WHERE reason = 'Nhà dột'")).scalar() == 4
        assert "screening" not in connection.execute(text("SELECT entity FROM change_feed")).scalars().all()
    command.upgrade(config, "head")
    ids = [screening_of(paper["id"]) for paper in papers]
    assert told(surveyor).keys() == {ids[0], ids[2], ids[3]}
    assert told(sign_in("xom-4")).keys() == {ids[1]}
    change = submission("screening", {"reason": "Nhà sập"}, seq=20, base=1, record=ids[0])
    assert push(officer, device, change)[0]["outcome"] == "applied"
    assert told(surveyor)[ids[0]]["data"]["reason"] == "Nhà sập"
