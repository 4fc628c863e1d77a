"""PURE: what a password must be. Length before mixture: long and remembered beats short and written on the tablet."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

SHORTEST = 10
LONGEST = 200


@dataclass(frozen=True)
class Fault:
    code: str
    vi: str
    en: str


def normalised(password: str) -> str:
    """One form (NFC) for one text: a phone and a computer may send `ế` as one character or as three."""
    return unicodedata.normalize("NFC", password)


def plain(password: str) -> str:
    """The key by which common passwords are known: no case, no marks, no spaces or punctuation between letters."""
    decomposed = unicodedata.normalize("NFD", password.casefold()).replace("đ", "d")
    return "".join(c for c in decomposed if c.isalnum())


def faults(password: str, username: str, common: Collection[str]) -> list[Fault]:
    """Everything that is wrong with a new (normalised) password; `common` holds plain() forms."""
    found = []
    if not SHORTEST <= len(password) <= LONGEST:
        found.append(
            Fault(
                "password_length",
                f"Mật khẩu cần từ {SHORTEST} đến {LONGEST} ký tự. Một câu dễ nhớ là tốt nhất.",
                f"A password has {SHORTEST} to {LONGEST} characters. A sentence you remember is best.",
            )
        )
    if len(set(password)) < 4 or plain(password) in common or _is_repeated(plain(password), common):
        found.append(
            Fault(
                "password_common",
                "Mật khẩu này quá phổ biến, kẻ xấu sẽ thử đầu tiên. Hãy chọn mật khẩu khác.",
                "This password is too common: it is among the first to be guessed. Choose another one.",
            )
        )
    if plain(username) and plain(username) in plain(password):
        found.append(
            Fault(
                "password_contains_username",
                "Mật khẩu không được chứa tên đăng nhập.",
                "The password must not contain the username.",
            )
        )
    return found


def _is_repeated(key: str, common: Collection[str]) -> bool:
    # `matkhaumatkhau` and `123456123456` are the same word twice
    return any(
        len(key) % size == 0 and key == key[:size] * (len(key) // size) and (key[:size] in common or size < 4)
        for size in range(1, len(key) // 2 + 1)
    )
