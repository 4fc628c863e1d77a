"""Opens a file that claims to be a workbook, and reads its cells as values. Nothing in it is run, followed or trusted:
formulas give the value they were saved with, links to other files are not followed, macros are refused.

A workbook is a zip of XML. What unpacks to more than we would read, declares entities or names another encoding is
refused before anything parses it.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from api.problems import FieldError, Invalid, Problem, TooLarge
from api.workbooks.cells import stored

# A commune's register has some thousand people.
MOST_ROWS = 20_000
_MOST_SHEETS = 20
_MOST_COLUMNS = 40
_MOST_PARTS = 500
_MOST_BYTES = 64 * 1024 * 1024
_MOST_TEXTS = 24 * 1024 * 1024
# So many empty rows one after the other end a sheet: a format put on whole columns makes a million of them.
_EMPTY_ROWS = 1000
_PIECE = 1024 * 1024

_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY")


@dataclass(frozen=True)
class SheetRead:
    """A sheet: its number from 1, its name, and its rows that are not empty: number of the row, letter -> cell."""

    number: int
    name: str
    rows: list[tuple[int, dict[str, Any]]]


def read_book(content: bytes) -> list[SheetRead]:
    """The sheets of the workbook. Raises Invalid for what is none, TooLarge for more rows than we take."""
    _inspect(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library does not know of styles and lists is not asked for
            return _sheets(content)
    except Problem:
        raise
    except MemoryError as error:
        raise _too_large() from error
    except Exception as error:  # whatever the library meets in a file that somebody broke
        raise _unreadable("broken", "Tệp bị hỏng, không đọc được.", "The file is broken.") from error


def _sheets(content: bytes) -> list[SheetRead]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        found, left = [], MOST_ROWS
        for number, sheet in enumerate(book.worksheets[:_MOST_SHEETS], start=1):
            rows = list(islice(_rows(sheet), left + 1))
            if len(rows) > left:
                raise _too_large()
            left -= len(rows)
            found.append(SheetRead(number, sheet.title[:120], rows))
        return found
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    empty = 0
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True), start=1):
        cells = {
            get_column_letter(place): kept
            for place, cell in enumerate(row, 1)
            if (kept := stored(cell)) not in (None, "")
        }
        if cells:
            empty = 0
            yield number, cells
        else:
            empty += 1
            if empty > _EMPTY_ROWS:
                return


def _inspect(content: bytes) -> None:
    """Raises Invalid or TooLarge unless the file is a zip of a bearable size whose XML is plain."""
    if content.startswith(_OLD_FORMAT):
        raise _unreadable(
            "old_format",
            "Đây là tệp .xls cũ hoặc tệp có mật khẩu. Hãy mở tệp, bỏ mật khẩu và lưu lại dạng .xlsx.",
            "This is an old .xls file, or one with a password. Open it, take the password off, save it as .xlsx.",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _inspect_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise _no_workbook() from None
    except Problem:
        raise
    except Exception as error:  # what unpacking raises for bytes that somebody broke (zlib, lzma, struct)
        raise _no_workbook() from error


def _inspect_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise _no_workbook()
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _unreadable(
            "macros",
            "Tệp có macro nên không được nhận. Hãy lưu lại dạng .xlsx (không macro).",
            "The file holds macros, so it is not taken. Save it as .xlsx without them.",
        )
    # a part cannot unpack to more than it declares: the reader stops there
    texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_BYTES or texts > _MOST_TEXTS:
        raise _too_large()
    for part in parts:
        if part.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(part) as stream:
                _inspect_xml(stream)


def _inspect_xml(stream: Any) -> None:
    tail = b""
    first = True
    while piece := stream.read(_PIECE):
        if first:
            first = False
            encoding = _ENCODING.match(piece.lstrip(b"\xef\xbb\xbf \r\n\t")[:300])
            if b"\x00" in piece[:200] or (encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
                raise _no_workbook()
        if any(word in tail + piece for word in _FORBIDDEN):
            raise _no_workbook()
        tail = piece[-16:]


def _no_workbook() -> Invalid:
    return _unreadable(
        "no_workbook",
        "Đây không phải tệp Excel .xlsx. Nếu là .csv hay .xls, hãy mở bằng Excel và lưu lại dạng .xlsx.",
        "This is no .xlsx workbook. Open a .csv or .xls file in Excel and save it as .xlsx.",
    )


def _unreadable(code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError("#", code, vi, en),))


def _too_large() -> TooLarge:
    return TooLarge(
        f"Tệp quá lớn: nhiều nhất {MOST_ROWS} dòng có dữ liệu. Hãy chia tệp theo xóm rồi nhập từng tệp.",
        f"The file is too large: at most {MOST_ROWS} rows with data. Split it by hamlet and import the parts.",
        max_rows=MOST_ROWS,
    )
