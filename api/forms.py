"""PURE: HTML forms as bytes."""

import re

_FORM = b"application/x-www-form-urlencoded"
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def percent_encoded(content_type: bytes, body: bytes) -> bytes:
    """A form's body with the bytes percent-encoded that were sent raw.

    `curl -d password='mật khẩu'` sends UTF-8 as it is. The framework would read these bytes as Latin-1 and refuse a
    right password. What is no UTF-8 is left to it.
    """
    if not content_type.strip().lower().startswith(_FORM) or body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        return body
    return _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], body)
