"""A file as an answer: what it is, and the name it is saved under.

Plumbing: knows no feature, and not what is in the file.
"""

from typing import Literal
from urllib.parse import quote

from fastapi import Response

from api.openapi import XLSX


class WorkbookAnswer(Response):
    """A workbook."""

    media_type = XLSX


def saved_as(name: str, shown: Literal["attachment", "inline"] = "attachment") -> dict[str, str]:
    """The header that names a file, in any language (RFC 6266): to be saved, or shown by the browser (`inline`)."""
    return {"Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name, safe='')}"}
