"""Names that say nothing are not used; what is personal is never logged; nothing names the machine it was made on."""

import logging
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.house import trucs

ROOT = Path(__file__).parents[2]
SignIn = Callable[[str], httpx.Client]

EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "service",
    "services",
    "base",
    "common",
    "misc",
}
SECRETS = ("Nguyễn Thị Kín", "Kín", "036161901234", "Ốm đau", "0912345678", "cạnh nhà thờ", "tìm kín")


def files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_no_file_or_folder_has_an_empty_name() -> None:
    found = [str(p.relative_to(ROOT)) for p in files() if EMPTY_NAMES & {part.split(".")[0] for part in p.parts[-4:]}]
    assert found == []


def test_no_class_has_an_empty_name() -> None:
    pattern = re.compile(r"^class (\w*(?:Manager|Helper|Service|Util|Handler))\b", re.MULTILINE)
    code = [p for p in files() if p.suffix == ".py" and p.is_relative_to(ROOT / "api")]
    assert [(p.name, name) for p in code for name in pattern.findall(p.read_text(encoding="utf-8"))] == []


def test_nothing_points_at_the_machine_it_was_made_on() -> None:
    pattern = re.compile(r"/" + r"(?:work/(?:main|shared)|home/\w+/|root/|var/lib/pgdev)")
    found = []
    for path in files():
        if path.suffix in {".py", ".md", ".toml", ".yml", ".sql", ".sh", ".lock", ".mako", ""}:
            text = path.read_text(encoding="utf-8", errors="ignore")
            found += [f"{path.relative_to(ROOT)}: {hit}" for hit in pattern.findall(text)]
    assert found == []


def test_only_one_place_commits() -> None:
    code = [p for p in files() if p.suffix == ".py" and p.parts[len(ROOT.parts)] in {"api", "mobile_sync"}]
    found = [
        str(p.relative_to(ROOT)) for p in code if re.search(r"\bsession\.commit\(|\bdb\.commit\(", p.read_text("utf-8"))
    ]
    assert found == []


def test_queries_and_commands_do_not_know_the_web() -> None:
    code = [p for p in files() if p.name in {"queries.py", "commands.py", "tables.py"} and p.suffix == ".py"]
    assert len(code) >= 8
    found = [
        str(p.relative_to(ROOT))
        for p in code
        if re.search(r"^\s*(?:from|import) (?:fastapi|starlette)\b", p.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == []


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):  # the client's own log, in this process only because the test is
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return lambda: "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)


def test_the_log_knows_no_person(
    sign_in: SignIn, nobody: httpx.Client, session: object, log: Callable[[], str]
) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-3")
    ids = trucs.make(session, officer, surveyor).ids  # type: ignore[arg-type]
    household = f"/api/v1/households/{ids['household_id']}"
    officer.get(household)
    officer.get(f"{household}/members")
    officer.get(f"{household}/history")
    officer.get("/api/v1/households", params={"q": "Nguyễn Thị Kín"})
    officer.get("/api/v1/households/tìm kín")
    officer.get("/api/v1/Kín/036161901234")
    officer.patch(household, json={"phone": "0912345678", "address": "cạnh nhà thờ"}, headers={"If-Match": '"2"'})
    officer.patch(household, json={"phone": "0912345678" * 9}, headers={"If-Match": '"3"'})
    officer.post("/api/v1/households", json={"hamlet_id": trucs.HAMLET, "residence": "x", "note": "Ốm đau"})
    officer.post(
        "/api/v1/households", json={"hamlet_id": trucs.HAMLET, "residence": "permanent", "household_no": "901"}
    )
    surveyor.post("/sync/v1/batches", content=b'{"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b K\xc3\xadn": 036161901234}')
    nobody.post("/api/v1/auth/token", data={"username": "Nguyễn Thị Kín", "password": "036161901234"})
    said = log()
    assert "/households/{household_id}" in said, "the access log was not captured"
    assert [secret for secret in SECRETS if secret in said] == []
    assert officer.headers["Authorization"].split()[1] not in said


def test_a_bug_logs_where_it_happened_and_nobodys_name(
    sign_in: SignIn, app: object, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import text

    officer = sign_in("truc-thai")

    def broken(*_: object, **__: object) -> None:
        with app.state.engine.connect() as connection:  # type: ignore[attr-defined]
            connection.execute(text("SELECT no_such_column FROM member WHERE full_name = :name"), {"name": "Kín"})

    monkeypatch.setattr("api.accounts.queries.me", broken)
    answer = officer.get("/api/v1/me")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert "Kín" not in answer.text
    said = log()
    assert answer.json()["trace_id"] in said
    assert "Kín" not in said


def test_the_metrics_know_no_person_and_no_address_that_a_stranger_made_up(nobody: httpx.Client) -> None:
    for path in ("/api/v1/households/036161901234", "/036161901234", "/api/v1/Kin"):
        nobody.get(path)
        nobody.request("PROPFIND", path)
    said = nobody.get("/metrics").text
    assert "giamngheo_requests_total" in said
    assert "036161901234" not in said
    assert "Kin" not in said
    assert 'method="PROPFIND"' not in said
