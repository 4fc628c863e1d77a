"""The paper that travels with a backup: `giamngheo-….dump.json`, which tells what the file is and what it must hold."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from api.backups.contents import Contents
from api.key_files import ConfigError

_FORMAT = 1
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """`verified_at` is null until the file was restored on trial and held what it should."""

    file_name: str
    sha256: str
    size_bytes: int
    taken_at: datetime
    verified_at: datetime | None
    version: str
    contents: Contents

    def verified(self, at: datetime) -> "Manifest":
        return replace(self, verified_at=at)


def path_of(dump: Path) -> Path:
    return dump.with_name(dump.name + ".json")


def write(manifest: Manifest, dump: Path) -> None:
    """Beside the dump, complete or not at all."""
    said = {"format": _FORMAT, **asdict(manifest)}
    path = path_of(dump)
    draft = path.with_name(f".{path.name}.tmp")
    with private(draft) as file:
        file.write(json.dumps(said, ensure_ascii=False, indent=1, default=str).encode())
        synced(file)
    draft.rename(path)
    sync_folder(path.parent)


def read(dump: Path) -> Manifest:
    """Raises ConfigError where there is none, or none of ours."""
    try:
        said: dict[str, Any] = json.loads(path_of(dump).read_text(encoding="utf-8"))
        if said.pop("format") != _FORMAT:
            raise ValueError("format")
        verified = said["verified_at"]
        if type(said["size_bytes"]) is not int or not all(
            isinstance(said[name], str) for name in ("file_name", "sha256")
        ):
            raise ValueError("not ours")
        return Manifest(
            **{
                **said,
                "taken_at": _moment(said["taken_at"]),
                "verified_at": _moment(verified) if verified else None,
                "contents": Contents(**said["contents"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ConfigError(
            f"Không đọc được {path_of(dump)}: tệp này đi cùng bản sao lưu và phải nằm cạnh nó.\n"
            "The paper of this backup cannot be read: it has to lie beside the dump."
        ) from None


def papers(folder: Path, pattern: str = "*.dump") -> Iterator[tuple[Path, Manifest]]:
    """The dumps in this folder, in no order; what has no paper of ours is left out: it is not ours to judge."""
    for path in folder.glob(pattern):
        with suppress(ConfigError):
            yield path, read(path)


def verified(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """Those of them that are backups: proved by a restore on trial."""
    return ((path, paper) for path, paper in papers(folder) if paper.verified_at is not None)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("without an offset")  # could not be compared with other backups
    return moment


def check_file(dump: Path, manifest: Manifest) -> None:
    """Raises ConfigError where the file is not the one that was written."""
    try:
        size, digest = dump.stat().st_size, sha256(dump)
    except OSError as error:
        raise ConfigError(f"Không đọc được {dump} / cannot read it ({error.strerror})") from None
    if (size, digest) != (manifest.size_bytes, manifest.sha256):
        raise ConfigError(
            f"{dump} không còn nguyên vẹn: {size} byte, sha256 {digest[:16]}…; khi ghi là {manifest.size_bytes} byte, "
            f"{manifest.sha256[:16]}…. Hãy dùng bản sao khác.\n"
            "This file is not what was written (size or hash differ): use another copy."
        )


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def private(path: Path) -> Any:
    """A new file that only its owner may read: it holds the whole register."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def synced(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """A new name is as safe as its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
