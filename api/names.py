"""Vietnamese names as keys: to find one without its tone marks, to compare one with them, to sort a list."""

import re
import unicodedata

# grave (huyền), acute (sắc), tilde (ngã), hook above (hỏi), dot below (nặng): the five written tones
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONE_DIGITS = {tone: str(digit) for digit, tone in enumerate(_TONES, start=1)}
_SPACES = re.compile(r"\s+")


def fold(name: str) -> str:
    """`Nguyễn Văn Á` -> `nguyen van a`: no case, no tones, no vowel marks, đ as d, single spaces."""
    decomposed = unicodedata.normalize("NFD", name.casefold()).replace("đ", "d")
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", bare).strip()


def toned(name: str) -> str:
    """`Hoà` and `Hòa` -> `hoa1`: the tone moves to the end of its syllable.

    Two spellings of one name differ only in where the tone mark is placed; they must compare as equal,
    while `Hoa`, `Hóa` and `Hòa` stay different names.
    """
    return " ".join(_toned_word(word) for word in _SPACES.sub(" ", name.casefold()).strip().split(" "))


def _toned_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    digits = "".join(_TONE_DIGITS[c] for c in decomposed if c in _TONE_DIGITS)
    letters = "".join(c for c in decomposed if c not in _TONE_DIGITS)
    return unicodedata.normalize("NFC", letters) + digits


# The order of a Vietnamese dictionary: letters first, tones (ngang, huyền, hỏi, ngã, sắc, nặng) only to break ties.
_ALPHABET = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
_LETTER_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(_ALPHABET, start=10)}
_TONE_RANK = {"1": "1", "4": "2", "3": "3", "2": "4", "5": "5"}


def sort_key(full_name: str) -> str:
    """Bytes-comparable order of a Vietnamese list: by given name (the last word), then the whole name.

    Computed here and stored, because the database may know no Vietnamese collation (and two databases must agree).
    """
    words = toned(full_name).split(" ")
    return "|".join(_word_key(word) for word in [words[-1], *words[:-1]])


def _word_key(word: str) -> str:
    letters = "".join(_LETTER_RANK.get(c, c) for c in word if not c.isdigit())
    tones = "".join(_TONE_RANK.get(c, c) for c in word if c.isdigit())
    return f"{letters}.{tones or '0'}"
