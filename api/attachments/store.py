"""The folder of files. A file grows in `partial`, and stands under its hash only when all of it is here and checked.

Every piece is written under a lock and only at the very end of what is there: of two uploads at once one is told where
the file ends now. A partial belongs to one account, so that nobody completes a file of which they hold only the hash.
"""

import errno
import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from api.attachments import media
from api.problems import HashMismatch, Problem, TooLarge, Unavailable, WrongOffset

log = logging.getLogger("giamngheo.files")

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Slot:
    """Where one account's upload of one file lies, and where the file will stand."""

    folder: Path
    sha256: str
    account_id: UUID

    @property
    def partial(self) -> Path:
        return self.folder / "partial" / f"{self.sha256}.{self.account_id.hex}"

    @property
    def whole(self) -> Path:
        return whole(self.folder, self.sha256)


def whole(folder: Path, sha256: str) -> Path:
    """Where a complete file stands."""
    return folder / sha256[:2] / sha256


def is_whole(folder: Path, sha256: str, size: int) -> bool:
    """Does the disk have this complete file? By its name and size; what is in it was checked when it came."""
    try:
        return whole(folder, sha256).stat().st_size == size
    except OSError:
        return False


def received(slot: Slot) -> int:
    """How many bytes of it are here. Raises Unavailable."""
    with _refusals():
        try:
            return slot.partial.stat().st_size
        except FileNotFoundError:
            return 0


def append(slot: Slot, position: int, data: bytes, size: int) -> int:
    """Writes a piece at `position`, which must be the end of what is there; the new end.

    Raises WrongOffset, TooLarge where it would be longer than `size`, Unavailable where the disk is full or not there.
    """
    with _refusals(), _held(slot) as file:
        state = os.fstat(file)
        there = state.st_size
        # two names: it is finished and only the answer was lost, so not a byte may be added to it any more
        if position != there or (data and state.st_nlink > 1):
            raise wrong_offset(there)
        if there + len(data) > size:
            raise too_long(size, there)
        rest = memoryview(data)
        while rest:
            written = os.pwrite(file, rest, there)
            there, rest = there + written, rest[written:]
        return there


def finish(slot: Slot, size: int, media_type: str) -> None:
    """Checks the file and puts it under its hash; it is on the disk when this returns. The partial stays (`let_go`).

    Raises HashMismatch, and the partial is gone: what was received cannot become the file that was declared.
    """
    with _refusals(), _held(slot) as file:
        problem = _fault(file, slot.sha256, size, media_type)
        if problem is not None:
            slot.partial.unlink()
            raise problem
        os.fsync(file)
        slot.whole.parent.mkdir(mode=0o700, exist_ok=True)
        # A second name, and not another name: a process killed before the database knows must find the partial again.
        # It takes the place of a file that is there: the same bytes, or a copy that the disk has spoilt.
        beside = slot.whole.with_name(f"{slot.sha256}.{uuid4().hex}")
        os.link(slot.partial, beside)
        beside.replace(slot.whole)
        beside.unlink(missing_ok=True)  # still there where both were names of one file
        for folder in (slot.whole.parent, slot.folder):
            _to_disk(folder)


def let_go(slot: Slot) -> None:
    """The database knows the file: the partial is no longer needed."""
    with _refusals(), _held(slot):
        slot.partial.unlink(missing_ok=True)


def opened(folder: Path, sha256: str, size: int) -> int:
    """A complete file, opened for reading. Raises Unavailable where the disk does not have it, or not all of it."""
    with _refusals():
        file = os.open(whole(folder, sha256), os.O_RDONLY | os.O_CLOEXEC)
        if os.fstat(file).st_size == size:
            return file
        os.close(file)
        # its name and its ETag say that it is the whole file
        raise OSError(errno.EIO, "cut short on the disk")


def wrong_offset(there: int) -> WrongOffset:
    return WrongOffset(
        f"Máy chủ đang có {there} byte của tệp này. Hãy gửi tiếp từ đó (offset={there}).",
        f"The server has {there} bytes of this file. Go on from there (offset={there}).",
        received=there,
    )


def too_long(size: int, there: int) -> TooLarge:
    return TooLarge(
        f"Tệp được khai {size} byte, đã nhận {there}; phần gửi lên dài hơn phần còn lại. Hãy gửi đúng phần còn lại.",
        f"The file was declared with {size} bytes, {there} are here; this is more than the rest. Send the rest only.",
        max_bytes=max(size - there, 0),
        received=there,
    )


def _fault(file: int, sha256: str, size: int, media_type: str) -> HashMismatch | None:
    with os.fdopen(os.dup(file), "rb") as content:
        content.seek(0)
        head = content.read(media.HEAD_BYTES)
        content.seek(0)
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if os.fstat(file).st_size != size or found != sha256:
        return HashMismatch(
            "Nội dung nhận được không đúng mã SHA-256 đã khai, nên phần đã nhận bị bỏ. Hãy kiểm tra tệp trên máy và "
            "gửi lại từ đầu.",
            "What arrived has another SHA-256 than was declared, so it was let go. Check the file and send it again "
            "from the start.",
            reason="sha256",
            received=0,
        )
    if not media.begins_as(media_type, head):
        return HashMismatch(
            f"Nội dung tệp không phải {media_type} như đã khai, nên không được nhận. Hãy khai lại đúng loại tệp.",
            f"The file is no {media_type} as was declared, so it was not taken. Declare it with its own type.",
            reason="media_type",
            received=0,
        )
    return None


@contextmanager
def _held(slot: Slot) -> Iterator[int]:
    slot.partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = _locked(slot.partial)
    try:
        yield file
    finally:
        os.close(file)


def _locked(path: Path) -> int:
    """The file at `path`, locked. Who waited for the lock may hold a file that is gone: then the one there now."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(file)
            raise
        os.close(file)


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _refusals() -> Iterator[None]:
    """What the disk refuses is no fault of whoever sends: they keep the file and come again."""
    try:
        yield
    except Problem:
        raise
    except OSError as error:
        log.error("files: %s", errno.errorcode.get(error.errno or 0, "?"))
        full = error.errno in _FULL
        raise Unavailable(
            "Ổ đĩa của máy chủ đã đầy; phần đã nhận vẫn còn. Hãy giữ tệp trên máy, gửi tiếp sau và báo người quản trị."
            if full
            else "Máy chủ tạm thời không đọc hay ghi được tệp. Hãy giữ tệp trên máy và gửi lại sau.",
            "The disk of the server is full; what was received is kept. Keep the file, go on later, tell who runs the "
            "server."
            if full
            else "The server cannot read or write files now. Keep the file and send it again later.",
        ) from error
