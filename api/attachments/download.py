"""A stored file as an HTTP answer: whole, or the part that `Range` asks for (RFC 9110, 14)."""

import os
import re
from collections.abc import Iterator

from fastapi import Response
from fastapi.responses import StreamingResponse

from api.problems import RangeNotSatisfiable

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
_PIECE = 256 * 1024


def tag_of(sha256: str) -> str:
    """The name of a file is the hash of its bytes, so it is its ETag too."""
    return f'"{sha256}"'


def answer(file: int, size: int, sha256: str, media_type: str, *, wanted: str | None, if_range: str | None) -> Response:
    """Reads and closes `file`. A `Range` that is not one plain range, or of another file, is passed over: the whole
    file is a right answer too. Raises RangeNotSatisfiable for one behind the end."""
    headers = {
        "ETag": tag_of(sha256),
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{sha256[:16]}.{_ENDINGS.get(media_type, "bin")}"',
        # a file of somebody's making: nothing in it may run, whatever opens it
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    try:
        part = _part(wanted, size) if if_range in (None, tag_of(sha256)) else None
    except RangeNotSatisfiable:
        os.close(file)
        raise
    start, end = part or (0, size - 1)
    headers["Content-Length"] = str(end - start + 1)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    return StreamingResponse(
        _pieces(file, start, end + 1), 206 if part else 200, headers=headers, media_type=media_type
    )


def _part(wanted: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte, both included; None for the whole file."""
    found = _ONE_RANGE.fullmatch((wanted or "").replace(" ", ""))
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:  # the last so many bytes
        start, end = max(size - int(found[2]), 0), size - 1
        nothing = int(found[2]) == 0
    else:
        start, end = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < start:
            return None  # not a range at all
        nothing = start >= size
    if nothing:
        raise RangeNotSatisfiable(
            f"Tệp chỉ có {size} byte.",
            f"The file has {size} bytes only.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end


def _pieces(file: int, start: int, stop: int) -> Iterator[bytes]:
    try:
        while start < stop:
            piece = os.pread(file, min(_PIECE, stop - start), start)
            if not piece:
                return  # cut on the disk meanwhile: the reader sees fewer bytes than Content-Length
            start += len(piece)
            yield piece
    finally:
        os.close(file)
