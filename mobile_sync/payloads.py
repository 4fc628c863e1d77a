"""Submissions at rest: the text sealed as a whole, for any of its places may hold a citizen number."""

import json
import zlib
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from api.keys import IdKey

# Ciphertext does not shrink, so what PostgreSQL would compress by itself (TOAST, from 2 KB on) is compressed here. Not
# the usual submission of 400 bytes: packing it would take 10 microseconds, a tenth of all the work there is on it.
_LARGE = 1024


class Unreadable(Exception):
    """Sealed with another key, or not for this row: kept as it is, until the right key is back."""


def sealed(key: IdKey, payload: bytes, submission_id: UUID) -> bytes:
    """How a submission's text (a JSON object) is stored."""
    return key.seal_bytes(zlib.compress(payload, 1) if len(payload) > _LARGE else payload, submission_id)


def opened(key: IdKey, stored: bytes, submission_id: UUID) -> Any:
    """The submission as it was sent. Raises Unreadable."""
    try:
        content = key.open_bytes(stored, submission_id)
        # a submission is an object; nothing that zlib makes begins with a brace
        return json.loads(content if content.startswith(b"{") else zlib.decompress(content))
    except (InvalidTag, ValueError, zlib.error) as error:
        raise Unreadable(str(submission_id)) from error
