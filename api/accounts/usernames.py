"""PURE: how a username is written. One form, so that `Xom-1 ` on a tablet's keyboard is `xom-1`."""

import re
import unicodedata

_FORM = re.compile(r"[a-z0-9._-]{2,40}")


def lowered(username: str) -> str:
    return unicodedata.normalize("NFC", username).strip().lower()


def known_form(username: str) -> str | None:
    """The name as it is stored, or None for a text that can be no username."""
    name = lowered(username)
    return name if _FORM.fullmatch(name) else None
