"""Versions as HTTP says them: `ETag: "3"` with an answer, `If-Match: "3"` with a change."""

import re
from typing import Annotated, Protocol, TypeVar

from fastapi import Depends, Header, Response

from api.problems import StaleVersion, VersionRequired

# a proxy that compresses may have made the tag weak (W/"3"): our tags name a version, not bytes
_OURS = re.compile(r'(?:W/)?"([1-9][0-9]{0,9})"')


def etag(version: int) -> str:
    """The tag of a record's version."""
    return f'"{version}"'


class Versioned(Protocol):
    """A record on the wire that counts its changes."""

    @property
    def version(self) -> int: ...


Record = TypeVar("Record", bound=Versioned)


def tagged(response: Response, record: Record) -> Record:
    """The record, with its version as ETag."""
    response.headers["ETag"] = etag(record.version)
    return record


def version_of(if_match: str | None) -> int:
    """The version the caller read. Raises VersionRequired without the header (or with `*`, which names no version),
    StaleVersion for a tag that is none of ours: nothing can match it."""
    if if_match is None or if_match.strip() in ("", "*"):
        raise VersionRequired(
            'Hãy gửi kèm If-Match với ETag của bản đã đọc, ví dụ If-Match: "3".',
            'Send If-Match with the ETag that was read, such as If-Match: "3".',
        )
    read = _OURS.fullmatch(if_match.strip())
    if read is None:
        raise StaleVersion("If-Match không phải ETag của bản ghi này.", "If-Match is no ETag of this record.")
    return int(read[1])


def _if_match(
    if_match: Annotated[str | None, Header(max_length=200, description="The `ETag` that was read.")] = None,
) -> int:
    return version_of(if_match)


def _if_match_given(
    if_match: Annotated[
        str | None,
        Header(
            max_length=200,
            description="The `ETag` that was read; optional. Where it is sent and the record has changed since: 412.",
        ),
    ] = None,
) -> int | None:
    # `*` asks that the record exists, and the verbs look for that themselves
    return None if if_match is None or if_match.strip() in ("", "*") else version_of(if_match)


ReadVersion = Annotated[int, Depends(_if_match)]
VersionIfGiven = Annotated[int | None, Depends(_if_match_given)]
