"""A folder of files at `/app/`: an app for the browser, as it was built. The service knows names and bytes, and nothing
of what the app does; it could as well lie on another host (docs/operations.md)."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.compression import takes_gzip
from api.problems import NotFound

router = APIRouter(include_in_schema=False)

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}

# Its own files and its own host, nothing else: what is typed into the app has nowhere else to go.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",  # photos that were just taken
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Names stay the same from build to build: a kept file is asked about every time, and costs a 304.
    "Cache-Control": "no-cache",
}


@dataclass(frozen=True)
class Served:
    """One file as it goes out. `packed` is None where packing saves nothing."""

    media_type: str
    content: bytes
    packed: bytes | None
    tag: str


@router.get("/app")
def to_the_app() -> Response:
    """The address as people type it; relative names in the app's page need the stroke at the end."""
    return RedirectResponse("/app/", status_code=308)


@router.api_route("/app/{path:path}", methods=["GET", "HEAD"])
def read_app_file(request: Request, path: str) -> Response:
    """A file of the app's folder, or its first page. Raises NotFound."""
    folder: Path = request.app.state.settings.app_files_folder
    file = _file(folder, path or "index.html")
    if file is None:
        raise NotFound() if _file(folder, "index.html") else _not_built()
    try:
        served = _read(file, file.stat().st_mtime_ns)
    except OSError as gone:  # a new build is being written this moment
        raise NotFound() from gone
    headers = HEADERS | {"ETag": served.tag}
    if served.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    content = served.content
    if served.packed is not None and takes_gzip(request.headers.get("accept-encoding", "")):
        content, headers["Content-Encoding"] = served.packed, "gzip"
    return Response(content, media_type=served.media_type, headers=headers)


def _file(folder: Path, path: str) -> Path | None:
    """The file of this name in the folder; None for any other name: what is not told by the folder is not opened."""
    names = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.suffix in _TYPES}
    file = names.get(path)
    return file if file is not None and file.is_file() else None


@lru_cache(maxsize=64)
def _read(file: Path, _changed_ns: int) -> Served:
    """Read and packed once for each build: the second value is the time of its last change."""
    content = file.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    worth_it = len(packed) < 0.9 * len(content)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Served(_TYPES[file.suffix], content, packed if worth_it else None, tag)


def _not_built() -> NotFound:
    return NotFound(
        "Ứng dụng rà soát chưa có trên máy chủ này. Chạy `make run` trong thư mục mã nguồn để dựng,"
        " hoặc đặt GIAMNGHEO_APP_FOLDER là thư mục chứa bản đã dựng.",
        "The survey app is not on this server. `make run` in the checkout builds it; or set GIAMNGHEO_APP_FOLDER to"
        " the folder of a built one.",
    )
