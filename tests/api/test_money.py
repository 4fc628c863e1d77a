"""Amounts in words, as Vietnamese papers write them; read back, each gives the amount again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.money import in_digits, in_words

KNOWN = {
    0: "Không đồng",
    5: "Năm đồng",
    10: "Mười đồng",
    15: "Mười lăm đồng",
    11: "Mười một đồng",
    21: "Hai mươi mốt đồng",
    24: "Hai mươi bốn đồng",
    55: "Năm mươi lăm đồng",
    100: "Một trăm đồng",
    105: "Một trăm linh năm đồng",
    110: "Một trăm mười đồng",
    175_000: "Một trăm bảy mươi lăm nghìn đồng",
    1_005_000: "Một triệu không trăm linh năm nghìn đồng",
    1_000_005: "Một triệu không trăm linh năm đồng",
    56_790: "Năm mươi sáu nghìn bảy trăm chín mươi đồng",
    2_500_000_000: "Hai tỷ năm trăm triệu đồng",
    1_050_000_000: "Một tỷ không trăm năm mươi triệu đồng",
    1_000_000_000_000: "Một nghìn tỷ đồng",
    10**13: "Mười nghìn tỷ đồng",
    1_500_000_000_001: "Một nghìn năm trăm tỷ không trăm linh một đồng",
}
_DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9,
}  # fmt: skip
_SCALES = {"nghìn": 10**3, "triệu": 10**6}


def read_back(words: str) -> int:
    """A second reading, from the words alone."""
    billions = below = group = digit = 0
    for word in words.lower().removesuffix(" đồng").split():
        if word in _DIGITS:
            digit = _DIGITS[word]
        elif word == "trăm":
            group, digit = group + 100 * digit, 0
        elif word == "mười":
            group, digit = group + 10, 0
        elif word == "mươi":
            group, digit = group + 10 * digit, 0
        elif word in _SCALES:
            below, group, digit = below + (group + digit) * _SCALES[word], 0, 0
        elif word == "tỷ":
            billions, below, group, digit = (billions + below + group + digit) * 10**9, 0, 0, 0
        else:
            assert word == "linh", word
    return billions + below + group + digit


@pytest.mark.parametrize(("amount", "words"), KNOWN.items())
def test_known_amounts(amount: int, words: str) -> None:
    assert in_words(amount) == words


@given(st.one_of(st.integers(0, 10**13), st.integers(0, 10**6), st.sampled_from([10**n for n in range(14)])))
def test_the_words_say_the_amount(amount: int) -> None:
    words = in_words(amount)
    assert read_back(words) == amount
    assert words[0].isupper()
    assert "  " not in words


def test_digits_are_grouped_by_points_and_nothing_is_negative() -> None:
    assert in_digits(1_250_000) == "1.250.000"
    with pytest.raises(ValueError, match="negative"):
        in_words(-1)
