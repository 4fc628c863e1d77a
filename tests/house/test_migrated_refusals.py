"""Requests that were refused before they said so: told to tablets anew, with the letter, where they stand."""

from collections.abc import Callable

import httpx
from alembic import command
from sqlalchemy import Engine, text

from mobile_sync.tablet_work import screening_of
from tests.make import database, refusals, tablets
from tests.make.tablets import household, pull, push, request, screening, submission

SignIn = Callable[[str], httpx.Client]


def test_refusals_of_before_close_their_requests_and_tablets_learn_it(
    sign_in: SignIn, engine: Engine, database_url: str
) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    home = submission("household", household(), seq=1)
    papers = [submission("request", request(home["id"]), seq=n) for n in (2, 3)]
    found = [
        submission("screening", screening(one["id"], passed=False), seq=n, record=screening_of(one["id"]))
        for n, one in enumerate(papers, 4)
    ]
    assert {told["outcome"] for told in push(surveyor, device, home, *papers, *found)} == {"applied"}
    signed, prepared = (one["id"] for one in papers)
    refusals.refused(sign_in, signed)
    assert refusals.prepare(sign_in("truc-thai"), prepared).status_code == 201
    _, cursor = pull(surveyor)
    config = database.alembic_config(database_url)
    command.downgrade(config, "0028_screenings")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM refusal WHERE number IS NOT NULL")).scalar() == 1
    command.upgrade(config, "head")
    (told,) = pull(surveyor, cursor)[0]
    assert (told["id"], told["version"], told["data"]["refusal_number"]) == (signed, 3, "31/TB-UBND")
    with engine.connect() as connection:
        history = "SELECT change FROM record_version WHERE record_id = :id ORDER BY version"
        changes = connection.execute(text(history), {"id": signed}).scalars().all()
    letter = {"refused_on": [None, "2024-10-28"], "refusal_number": [None, "31/TB-UBND"]}
    assert changes == [None, letter, letter]
    late = submission("screening", {"passed": True}, seq=9, base=1, record=screening_of(signed))
    still = submission("screening", {"passed": True}, seq=10, base=1, record=screening_of(prepared))
    assert [one["outcome"] for one in push(surveyor, device, late, still)] == ["rejected", "applied"]
