"""The files that tablets uploaded (`files/<2 hex>/<sha256>`), copied beside the dumps and back: each one once."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from api.backups import manifest
from api.key_files import ConfigError

_NAME = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20


@dataclass
class Copied:
    """How many were copied, how many lay there already, and which are not what their name says."""

    new: int = 0
    there: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """A complete file as a dump knows it: for so many declarations it has arrived (`arrivals`). `durable`: an earlier
    verified backup has all of that too."""

    sha256: str
    size_bytes: int
    arrivals: int
    durable: bool


def lacking(folder: Path, known: Iterable[Known]) -> set[str]:
    """Those of the files a dump knows that are not in its folder, whole. What no backup had before is read and hashed;
    of the others the size is compared."""
    found = set()
    for file in known:
        place = folder / file.sha256[:2] / file.sha256
        try:
            whole = place.stat().st_size == file.size_bytes
            if whole and not file.durable:
                whole = manifest.sha256(place) == file.sha256
        except OSError:
            whole = False
        if not whole:
            found.add(file.sha256)
    return found


def copied_anew(source: Path, target: Path, names: Iterable[str]) -> set[str]:
    """Those of these files (sha256) that lie in `target` again, whole, because `source` has them whole."""
    with _sentences(target):
        known = [(name, source / name[:2] / name) for name in names]
        return {name for name, path in known if path.is_file() and _copied(path, target / name[:2] / name)}


def copy(source: Path, target: Path) -> Copied:
    """Copies what is missing in `target`, or was cut short there; a file's name is its hash, and it is checked. No
    folder, no files."""
    result = Copied()
    with _sentences(target):
        for path in sorted(source.glob("??/*")):
            if not _NAME.fullmatch(path.name) or path.parent.name != path.name[:2]:
                continue
            place = target / path.parent.name / path.name
            if place.exists() and place.stat().st_size == path.stat().st_size:
                result.there += 1
            elif _copied(path, place):
                result.new += 1
            else:
                result.damaged.append(path.name)
    return result


@contextmanager
def _sentences(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"Không sao chép được tệp đính kèm sang {target} / cannot copy the uploaded files: {error.strerror}"
        ) from None


def _copied(path: Path, place: Path) -> bool:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = place.with_name(f".{place.name}.tmp")
    digest = hashlib.sha256()
    try:
        with path.open("rb") as read, manifest.private(draft) as written:
            while chunk := read.read(_CHUNK):
                digest.update(chunk)
                written.write(chunk)
            manifest.synced(written)
        if digest.hexdigest() != path.name:
            return False
        draft.rename(place)
        manifest.sync_folder(place.parent)
    finally:
        draft.unlink(missing_ok=True)
    return True
