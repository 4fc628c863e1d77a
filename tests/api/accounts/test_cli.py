"""`giamngheo users …`: the first administrator, and whatever must be done without one."""

import re

import httpx
import pytest
from typer.testing import CliRunner

from api.accounts import cli
from api.config import settings
from tests.conftest import SignIn


@pytest.fixture
def users(database_url: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("DATABASE_URL", database_url)
    settings.cache_clear()

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.app, list(arguments))
        return result.exit_code, result.output

    yield run
    settings.cache_clear()


def enters(client: httpx.Client, username: str, said: str) -> int:
    password = re.search(r"password \(shown only now\): (\S+)", said)
    assert password
    form = {"username": username, "password": password[1]}
    return client.post("/api/v1/auth/token", data=form).status_code


def test_a_user_added_and_reset_at_the_command_line_gets_in(users: object, nobody: httpx.Client) -> None:
    new = ("--name", "Nguyễn Văn Bình", "--role", "hamlet_surveyor", "--area", "14080-03", "--head")
    code, said = users("add", "Binh", *new)  # type: ignore[operator]
    assert (code, "Rà soát viên, trưởng xóm · Xóm 3 (14080-03)" in said) == (0, True)
    assert enters(nobody, "binh", said) == 200
    assert users("add", "binh", *new)[0] == 1  # type: ignore[operator]
    code, said = users("reset-password", "binh")  # type: ignore[operator]
    assert (code, enters(nobody, "binh", said)) == (0, 200)


def test_roles_are_given_and_ended_at_once(users: object, sign_in: SignIn) -> None:
    surveyor, role = sign_in("xom-1"), ("xom-1", "--role", "hamlet_surveyor", "--area", "14080-02")

    def held() -> set[str]:
        return {grant["area_code"] for grant in surveyor.get("/api/v1/me").json()["grants"]}

    assert users("grant", *role)[0] == 0  # type: ignore[operator]
    assert held() == {"14080-01", "14080-02"}
    assert users("end-grant", *role)[0] == 0  # type: ignore[operator]
    assert held() == {"14080-01"}
    assert users("end-grant", *role)[0] == 1  # type: ignore[operator]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "x y", "--name", "Ai", "--role", "admin", "--area", "36"),
        ("add", "ai", "--name", "Ai", "--role", "hamlet_surveyor", "--area", "14080"),
        ("add", "ai", "--name", "Ai", "--role", "admin", "--area", "99999"),
        ("reset-password", "khong-ai"),
    ],
)
def test_mistakes_are_told_in_a_sentence_of_two_languages(users: object, arguments: tuple[str, ...]) -> None:
    code, said = users(*arguments)  # type: ignore[operator]
    assert code == 1
    assert said.startswith("✗")
    assert "Traceback" not in said


def test_the_list_says_who_holds_what(users: object) -> None:
    code, said = users("list", "chu-tich")  # type: ignore[operator]
    assert code == 0
    assert "Chủ tịch UBND xã" in said
    assert "xom-1" not in said
