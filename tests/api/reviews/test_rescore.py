"""The dry run: whose result would be another one under a standard; nothing is written."""

from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session
from typer.testing import CliRunner

from api.config import settings
from api.reviews import cli
from tests.make import rounds
from tests.make.households import post_member
from tests.make.reviews import household
from tests.make.tablets import review

SignIn = Callable[[str], httpx.Client]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def reviewed(session: Session, sign_in: SignIn) -> tuple[str, str]:
    """A round with one review, scored by the rules: (round, household)."""
    home = household(session)
    round_id = rounds.review_round(session)
    rounds.cases(session, round_id, [home])
    session.commit()
    officer = sign_in("truc-thai")
    post_member(officer, str(home), health_insurance=True, labour_status="working", labour_contract=True,
                qualification="university", schooling="none", social_allowance=False, pension=False)  # fmt: skip
    made = officer.post("/api/v1/reviews", json=review(str(home), str(round_id)))
    assert made.json()["result"]["proposed_class"] == "near_poor", made.text
    return str(round_id), str(home)


def test_under_its_own_standard_nothing_changes(reviewed: tuple[str, str], sign_in: SignIn) -> None:
    told = sign_in("truc-thai").get(f"/api/v1/rounds/{reviewed[0]}/rescoring").json()
    assert (told["standard"], told["reviews"], told["changed"]) == ({"code": "vn-2022", "version": 1}, 1, 0)


def test_another_result_is_told_with_its_reason_and_nothing_is_written(
    reviewed: tuple[str, str], sign_in: SignIn, session: Session
) -> None:
    round_id, home = reviewed
    rows = text("SELECT id, b1, b2, proposed_class, version FROM review")
    before = session.execute(rows).all()
    session.rollback()
    told = sign_in("truc-thai").get(f"/api/v1/rounds/{round_id}/rescoring", params={"standard": "training-2022@1"})
    assert told.status_code == 200, told.text
    (change,) = told.json()["changes"]
    assert (change["household_id"], change["class_now"], change["b1_now"]) == (home, "near_poor", 120)
    assert (change["class_then"], change["b1_then"]) == (None, None)  # its questions were not asked
    assert change["reason"]["vi"]
    assert session.execute(rows).all() == before


def test_a_standard_that_is_not_there_and_a_round_of_others_are_not_found(
    reviewed: tuple[str, str], sign_in: SignIn
) -> None:
    address = f"/api/v1/rounds/{reviewed[0]}/rescoring"
    assert sign_in("truc-thai").get(address, params={"standard": "vn-1999@1"}).status_code == 404
    assert sign_in("truc-thai").get(address, params={"standard": "vn-2022"}).status_code == 422
    assert sign_in("truc-dai").get(address).status_code == 404
    assert sign_in("xom-3").get(address).status_code == 403


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings.cache_clear()

    def called(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, list(arguments))
        return result.exit_code, result.output

    yield called
    settings.cache_clear()


def test_the_command_line_shows_the_same(reviewed: tuple[str, str], run: Run) -> None:
    round_id, home = reviewed
    code, said = run("rescore", round_id)
    assert (code, "vn-2022@1: 0 / 1" in said) == (0, True), said
    code, said = run("rescore", round_id, "--standard", "training-2022@1")
    assert (code, "training-2022@1: 1 / 1" in said, home in said) == (0, True, True), said
    assert "120 → ?" in said
    assert run("rescore", str(UUID(int=7)))[0] == 1
    assert run("rescore", round_id, "--standard", "vn-2022")[0] == 2
