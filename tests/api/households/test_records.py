"""The pure parts between raw fields and stored values."""

from hypothesis import given
from hypothesis import strategies as st

from api.households.records import name_keys
from api.names import fold, sort_key, toned

LETTERS = st.sampled_from("aăâbđêhiklmnoôơptuưyAĐÊÁồễữặ'-1   ")


@given(st.one_of(st.text(LETTERS, min_size=1, max_size=30), st.text(min_size=1, max_size=30)))
def test_keys_put_together_from_words_are_those_of_the_whole_name(name: str) -> None:
    if not name.split():
        return
    name = name.strip()
    expected = {"name_folded": fold(name), "name_toned": toned(name), "name_sort": sort_key(name)}
    assert name_keys(name) == expected
