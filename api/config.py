"""What an installation can set, from the environment, and the keys it must keep.

Every name is an environment variable with the prefix GIAMNGHEO_ (`GIAMNGHEO_WORKERS=2`); `DATABASE_URL` and `PORT`
are also understood without it, because hosting platforms set those two.
"""

import os
import secrets as randomness
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AliasChoices, Field, PositiveInt, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.key_files import ConfigError, Secrets, keep, make_home, secrets_from

__all__ = ["ConfigError", "Secrets", "Settings", "settings"]


def _default_home() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/giamngheo")
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local/share") / "giamngheo"


def _default_workers() -> int:
    # Past four workers PostgreSQL on the same machine is the limit, and each one costs memory and connections.
    return min(len(os.sched_getaffinity(0)), 4)


def _sqlalchemy_url(url: str, password: str | None) -> str:
    """The URL with the driver we ship, and with the password of the password file where it names none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ValueError("phải bắt đầu bằng postgresql:// (chỉ dùng PostgreSQL) / must start with postgresql://")
    netloc = parts.netloc
    if password and not parts.password:
        user, at, host = netloc.rpartition("@")
        netloc = f"{user}:{quote(password, safe='')}{at}{host}" if at else netloc
    # `postgresql:///name?host=/run` has an empty host part, which urlunsplit would drop together with its slashes.
    tail = urlunsplit(("", "", parts.path, parts.query, ""))
    return f"postgresql+psycopg://{netloc}{tail}"


class Settings(BaseSettings):
    """The settings of one process. Frozen: what was read at the start holds until the end."""

    model_config = SettingsConfigDict(
        env_prefix="GIAMNGHEO_", env_ignore_empty=True, extra="ignore", frozen=True, validate_by_name=True
    )

    environment: Literal["dev", "test", "production"] = "dev"
    home: Path = Field(default_factory=_default_home)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535, validation_alias=AliasChoices("GIAMNGHEO_PORT", "PORT"))
    workers: PositiveInt = Field(default_factory=_default_workers)
    # repr=False: a URL may carry a password, and settings end up in tracebacks.
    database_url: str | None = Field(
        default=None, repr=False, validation_alias=AliasChoices("GIAMNGHEO_DATABASE_URL", "DATABASE_URL")
    )
    database_url_file: Path | None = Field(
        default=None, validation_alias=AliasChoices("GIAMNGHEO_DATABASE_URL_FILE", "DATABASE_URL_FILE")
    )
    database_password_file: Path | None = Field(
        default=None,
        validation_alias=AliasChoices("GIAMNGHEO_DATABASE_PASSWORD_FILE", "DATABASE_PASSWORD_FILE"),
    )
    pool_size: PositiveInt = 10
    demo_password: SecretStr | None = None
    # Where the public reaches this service: the address in the QR of a letter, which stays on paper for years.
    public_url: str | None = None

    access_token_seconds: PositiveInt = 1800
    refresh_days: PositiveInt = 60
    # A tablet that lost the answer to its refresh may ask once more with the old token within this time.
    refresh_grace_seconds: int = Field(default=120, ge=0)

    max_body_bytes: PositiveInt = 1024 * 1024
    # A workbook with 20,000 rows has about 3 MiB.
    workbook_max_bytes: PositiveInt = 8 * 1024 * 1024
    sync_max_bytes: PositiveInt = 16 * 1024 * 1024
    sync_max_submissions: PositiveInt = 1000
    # Photos, signatures, scans. Several hosts need one folder that all of them see.
    files: Path | None = None
    # A built app for the browser, served at /app/ (api/app_files.py); unset: survey_app/dist beside this code.
    app_folder: Path | None = None
    # Where else such an app may live: its pages may sign in and use the sync protocol (api/app_origins.py).
    app_origins: Annotated[tuple[str, ...], NoDecode] = ()
    # A tablet is `silent` after so many days without contact, `stuck` with unsent work older than so many.
    tablet_silent_days: int = Field(default=7, ge=1, le=3650)
    tablet_stuck_days: int = Field(default=3, ge=1, le=3650)
    # Indicators are counted after midnight and after a start, before anybody asks.
    count_ahead: bool = True

    # Only these may say who the client is (X-Forwarded-For): addresses or networks, separated by commas.
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()

    # Failed sign-ins within the window: one account from one address, one account, one address (a whole office
    # of a commune shares one address, hence the larger number).
    sign_in_window_seconds: PositiveInt = 900
    sign_in_account_address_failures: PositiveInt = 5
    sign_in_account_failures: PositiveInt = 20
    sign_in_address_failures: PositiveInt = 100

    @field_validator("trusted_proxies", "app_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("public_url", mode="after")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value is not None and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
            raise ValueError("phải là địa chỉ như https://giamngheo.example.vn / must be an address with http(s)://")
        return value and value.rstrip("/")

    @field_validator("app_origins", mode="after")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or f"{parts.scheme}://{parts.netloc}" != origin.lower():
                raise ValueError(
                    f"{origin}: phải viết như https://may.example.vn, không có đường dẫn"
                    " / must be like https://tablet.example.vn, without a path"
                )
        return tuple(origin.lower() for origin in value)

    @field_validator("home", "files", "app_folder", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        # The workers and the commands of another day may run in another folder.
        return value and value.expanduser().absolute()

    @model_validator(mode="after")
    def _complete_url(self) -> "Settings":
        url = self.database_url
        if url is None and self.database_url_file is not None:
            url = _content(self.database_url_file, "DATABASE_URL_FILE")
        if url is not None:
            password = (
                _content(self.database_password_file, "DATABASE_PASSWORD_FILE") if self.database_password_file else None
            )
            # The only writer of a frozen value: before anybody has seen the object.
            object.__setattr__(self, "database_url", _sqlalchemy_url(url, password))
        return self

    @property
    def embedded(self) -> bool:
        """True where this installation runs its own PostgreSQL in its home."""
        return self.database_url is None

    def sqlalchemy_url(self) -> str:
        """Where the database is: DATABASE_URL, otherwise the embedded PostgreSQL that runs in this home now.

        Raises ConfigError where none runs.
        """
        if self.database_url is not None:
            return self.database_url
        from api import embedded  # the launcher's workers have DATABASE_URL and never need this module

        url = embedded.running(self.home)
        if url is None:
            raise ConfigError(
                f"PostgreSQL của {self.home} chưa chạy: dùng `giamngheo serve` hoặc đặt DATABASE_URL.\n"
                "The embedded PostgreSQL is not running: use `giamngheo serve` or set DATABASE_URL."
            )
        return url

    @property
    def files_folder(self) -> Path:
        """Where photos, signatures and scans are kept (api/attachments/store.py)."""
        return self.files or self.home / "files"

    @property
    def app_files_folder(self) -> Path:
        """Where the built survey app lies; it may not be there."""
        return self.app_folder or Path(__file__).parents[1] / "survey_app/dist"

    def secrets(self) -> Secrets:
        """The keys: from the environment, otherwise from `home/secrets`, where the first start makes them.

        Raises ConfigError where a key is unusable, or where it is missing in production with an external database:
        a freshly made key would make every stored citizen number unreadable.
        """
        may_create = self.embedded or self.environment != "production"
        return secrets_from(self.home, may_create=may_create)

    def demo_account_password(self) -> str:
        """GIAMNGHEO_DEMO_PASSWORD where it is set, otherwise one made at the first call and kept in the home."""
        if self.demo_password is not None:
            return self.demo_password.get_secret_value()
        make_home(self.home)
        return keep(self.home / "secrets/demo-password", _readable_password)


def _readable_password() -> str:
    """Four groups of four letters, without those that look alike: it is typed from a screen into a tablet."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(randomness.choice(letters) for _ in range(4)) for _ in range(4))


def _content(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name}: không đọc được tệp {path} / cannot read this file ({error.strerror})") from None


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once. Tests call `settings.cache_clear()` after changing the environment."""
    return Settings()
