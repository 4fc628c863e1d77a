"""The keys of an installation: made once, kept in files only the owner may read, never lost by a crash."""

import base64
import contextlib
import os
import secrets as randomness
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

KEY_BYTES = 32
# The user of the containers in docker-compose.yml; nobody on the host.
CONTAINER_UID = 10001


class ConfigError(RuntimeError):
    """The installation cannot start like this; the message tells the person at the terminal what to do."""


@dataclass(frozen=True)
class Secrets:
    """The three keys. None of them ever appears in a log: repr shows only the names."""

    token_key_pem: str = field(repr=False)  # EC P-256 private key: signs access tokens (ES256)
    id_key: bytes = field(repr=False)  # seals citizen numbers; lost means unreadable for ever
    refresh_key: bytes = field(repr=False)  # turns refresh tokens into what the database stores of them


def new_token_key() -> str:
    """A fresh EC P-256 private key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def new_key() -> str:
    """32 random bytes, as base64."""
    return base64.b64encode(randomness.token_bytes(KEY_BYTES)).decode()


# What a key is called in the environment, what its file is called, and how it is made.
_MAKERS: dict[str, Callable[[], str]] = {
    "token-key": new_token_key,
    "id-key": new_key,
    "refresh-key": new_key,
}


def make_home(home: Path) -> None:
    """Creates the home folder. Others may pass through it (0711), because a root-started PostgreSQL runs as another
    user; what is secret lies in a folder of its own that they cannot enter. An existing folder stays as it is."""
    if not home.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)
    secrets = home / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)


def keep(path: Path, make: Callable[[], str]) -> str:
    """The content of `path`; made first where it does not exist, readable by the owner only.

    Complete or absent, whatever is killed when, and the same for all who ask at once: the file is written and synced
    under another name, then linked to its own, which only the first one can.
    """
    if path.exists():
        return _read(path)
    draft = path.with_name(f".{path.name}.{randomness.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(make().rstrip("\n") + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return _read(path)


def secrets_from(home: Path, *, may_create: bool) -> Secrets:
    """The keys from GIAMNGHEO_TOKEN_KEY, …_ID_KEY, …_REFRESH_KEY, each also as …_FILE, otherwise from `home/secrets`.

    Raises ConfigError where a key is missing and may not be created, or is not what it should be.
    """
    token_key = _value("token-key", home, may_create)
    try:
        parsed = load_pem_private_key(token_key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"GIAMNGHEO_TOKEN_KEY: không phải khoá PEM / not a PEM key ({error})") from None
    if not (isinstance(parsed, ec.EllipticCurvePrivateKey) and isinstance(parsed.curve, ec.SECP256R1)):
        raise ConfigError("GIAMNGHEO_TOKEN_KEY: phải là khoá riêng EC P-256 / must be an EC P-256 private key")
    return Secrets(
        token_key_pem=token_key,
        id_key=_key_bytes("id-key", _value("id-key", home, may_create)),
        refresh_key=_key_bytes("refresh-key", _value("refresh-key", home, may_create)),
    )


def write_all(folder: Path) -> list[Path]:
    """Makes the files that docker-compose.yml mounts: the three keys and the database password. Keeps existing ones.

    As root they are given to the user of the containers, which could not read them otherwise.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    makers = {**_MAKERS, "db-password": lambda: randomness.token_urlsafe(32)}
    for name, make in makers.items():
        keep(folder / name, make)
        if os.geteuid() == 0:
            os.chown(folder / name, CONTAINER_UID, CONTAINER_UID)
    return [folder / name for name in makers]


def _value(name: str, home: Path, may_create: bool) -> str:
    variable = "GIAMNGHEO_" + name.replace("-", "_").upper()
    if value := os.environ.get(variable):
        return value
    if file := os.environ.get(f"{variable}_FILE"):
        return _read(Path(file))
    path = home / "secrets" / name
    if not may_create and not path.exists():
        raise ConfigError(
            f"Thiếu khoá {variable}: đặt biến {variable} hoặc {variable}_FILE. "
            "Tạo khoá mới: giamngheo secrets THƯ_MỤC. Nếu cơ sở dữ liệu đã có dữ liệu, phải dùng lại đúng khoá cũ.\n"
            f"Missing key: set {variable} or {variable}_FILE; with existing data it must be the key used before."
        )
    make_home(home)
    return keep(path, _MAKERS[name])


def _read(path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"Không đọc được tệp khoá {path} / cannot read: {error.strerror}") from None
    if not content:
        raise ConfigError(f"Tệp khoá {path} rỗng / is empty")
    return content


def _key_bytes(name: str, value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"Khoá {name} phải là {KEY_BYTES} byte dạng base64 / must be {KEY_BYTES} bytes in base64")
    return key
