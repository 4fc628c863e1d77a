"""Submissions at rest: the text compressed and sealed as a whole, for any of its places may hold a citizen number."""

import json
import zlib
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from api.keys import IdKey

# What most submissions hold, told to the packer beforehand: 130 bytes for a person instead of 310 without, and 420
# unpacked. Part of the format, for ever: another text is another version, which `opened` would have to tell apart.
_USUAL = (
    b'"recorded_at":"2026-11-","seq":1,"submission_id":"{"base_version":null,"data":{"address":"","hamlet_id":"'
    b'","household_no":"","note":"","phone":"","residence":"permanent"},"entity":"household","id":"'
    b'{"base_version":null,"data":{"birth_date":"19","birth_year":19,"disability":"none","ethnicity":"kinh",'
    b'"full_name":"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b V\xc4\x83n ","health_insurance":true,"household_id":"'
    b'","occupation":"","personal_id":"036","relation_to_head":"head","sex":"female","sex":"male"},'
    b'"entity":"member","id":"","recorded_at":"2026-11-24T08:00:00.000000+07:00","seq":1,"submission_id":"'
)
# A window of 4 KiB and little state: half the time of zlib's defaults, at the same size.
_WINDOW, _MEMORY = 12, 5


class Unreadable(Exception):
    """Sealed with another key, or not for this row: kept as it is, until the right key is back."""


def sealed(key: IdKey, payload: bytes, submission_id: UUID) -> bytes:
    """How a submission's text is stored."""
    packer = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=_USUAL)
    return key.seal_bytes(packer.compress(payload) + packer.flush(), submission_id)


def opened(key: IdKey, stored: bytes, submission_id: UUID) -> Any:
    """The submission as it was sent. Raises Unreadable."""
    unpacker = zlib.decompressobj(zdict=_USUAL)
    try:
        return json.loads(unpacker.decompress(key.open_bytes(stored, submission_id)) + unpacker.flush())
    except (InvalidTag, ValueError, zlib.error) as error:
        raise Unreadable(str(submission_id)) from error
