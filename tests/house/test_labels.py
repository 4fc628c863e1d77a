"""Every code that can be on the wire has words for people, in Vietnamese and in English."""

import re
from enum import StrEnum
from importlib import import_module

import pytest

from api.codes import label
from api.tables import FEATURES

# These name things to programs, not to people: a right is described in docs/permissions.md.
_NOT_FOR_PEOPLE = {"Permission"}
_VIETNAMESE = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE)


def enums() -> list[type[StrEnum]]:
    modules = [*FEATURES, import_module("api.accounts.permissions")]
    found = {
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, StrEnum) and thing is not StrEnum
    }
    return sorted((e for e in found if e.__name__ not in _NOT_FOR_PEOPLE), key=lambda e: e.__name__)


def test_there_are_enums() -> None:
    assert len(enums()) >= 20


@pytest.mark.parametrize("enum", enums(), ids=lambda enum: enum.__name__)
def test_every_value_has_vietnamese_and_english_words(enum: type[StrEnum]) -> None:
    code_list = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.__name__).lower()
    words = {value: (label(code_list, value, "vi"), label(code_list, value, "en")) for value in enum}
    assert {value: said for value, said in words.items() if not all(said)} == {}
    # Words without a single tone mark would be a sign of text typed without them.
    assert any(_VIETNAMESE.search(vi) for vi, _ in words.values()), words
