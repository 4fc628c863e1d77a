"""Vietnamese names as keys: found without tones, told apart with them, sorted as in a dictionary."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.names import fold, sort_key, toned


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Nguyễn Văn Á", "nguyen van a"),
        ("ĐẶNG  Thị   Thuỷ", "dang thi thuy"),
        ("Đỗ Ưng Ơn", "do ung on"),
        (unicodedata.normalize("NFD", "Trần Thị Hường"), "tran thi huong"),
    ],
)
def test_a_name_is_found_without_its_marks(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(("old", "new"), [("Hoà", "Hòa"), ("Thuỷ", "Thủy"), ("Khoẻ", "Khỏe"), ("Tuý", "Túy")])
def test_where_the_tone_mark_stands_makes_no_other_name(old: str, new: str) -> None:
    assert toned(old) == toned(new)
    assert sort_key(old) == sort_key(new)


def test_tones_and_vowel_marks_make_other_names() -> None:
    assert len({toned(name) for name in ("Hoa", "Hòa", "Hóa", "Hỏa", "Hõa", "Họa", "Hôa")}) == 7


def test_a_list_is_sorted_by_given_name_in_dictionary_order() -> None:
    in_order = [
        "Trần Văn An",
        "Bùi Thị Ân",
        "Đỗ Văn Bình",
        "Lê Thị Da",
        "Lê Thị Đa",
        "Phạm Văn Ma",
        "Phạm Văn Mà",
        "Phạm Văn Mả",
        "Phạm Văn Mã",
        "Phạm Văn Má",
        "Phạm Văn Mạ",
        "Ngô Thị Yến",
    ]
    backwards = in_order[::-1]
    assert sorted(backwards, key=sort_key) == in_order


@given(st.text(max_size=60))
def test_no_text_breaks_the_keys(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert toned(unicodedata.normalize("NFD", text.casefold())) == toned(unicodedata.normalize("NFC", text.casefold()))
    assert isinstance(sort_key(text), str)
