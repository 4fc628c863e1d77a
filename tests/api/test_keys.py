"""Citizen numbers at rest: unreadable without the key, bound to their row, found again by exact number only."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from api.keys import IdKey, mask

KEY = IdKey(b"k" * 32)
NUMBER = "036084001234"


def test_the_number_comes_back_for_its_own_member() -> None:
    member = uuid4()
    assert KEY.open(KEY.seal(NUMBER, member), member) == NUMBER


def test_the_same_number_is_sealed_differently_each_time() -> None:
    member = uuid4()
    assert KEY.seal(NUMBER, member) != KEY.seal(NUMBER, member)


def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    sealed = KEY.seal(NUMBER, uuid4())
    with pytest.raises(InvalidTag):
        KEY.open(sealed, uuid4())


def test_another_key_opens_nothing_and_finds_nothing() -> None:
    member, other = uuid4(), IdKey(b"o" * 32)
    with pytest.raises(InvalidTag):
        other.open(KEY.seal(NUMBER, member), member)
    assert other.index(NUMBER) != KEY.index(NUMBER)


def test_equal_numbers_have_equal_indexes_and_others_do_not() -> None:
    assert KEY.index(NUMBER) == KEY.index(NUMBER)
    assert KEY.index(NUMBER) != KEY.index("036084001235")
    assert NUMBER.encode() not in KEY.seal(NUMBER, uuid4()) + KEY.index(NUMBER)


def test_the_mask_shows_four_digits() -> None:
    assert mask("1234") == "********1234"


def test_content_comes_back_for_its_own_row_only() -> None:
    row, other = uuid4(), IdKey(b"o" * 32)
    sealed = KEY.seal_bytes(NUMBER.encode(), row)
    assert KEY.open_bytes(sealed, row) == NUMBER.encode()
    assert NUMBER.encode() not in sealed
    assert sealed != KEY.seal_bytes(NUMBER.encode(), row)
    for key, place in ((KEY, uuid4()), (other, row)):
        with pytest.raises(InvalidTag):
            key.open_bytes(sealed, place)
    with pytest.raises(InvalidTag):  # a sealed number is no sealed content: another key derived
        KEY.open_bytes(KEY.seal(NUMBER, row), row)


def test_a_fingerprint_is_equal_for_equal_content_under_one_key() -> None:
    content = NUMBER.encode()
    assert KEY.fingerprint(content) == KEY.fingerprint(content)
    assert len({KEY.fingerprint(content), IdKey(b"o" * 32).fingerprint(content), KEY.fingerprint(b"")}) == 3
    assert not KEY.fingerprint(content).startswith(KEY.index(NUMBER))


def _nonces(count: int) -> list[bytes]:
    member = uuid4()
    return [KEY.seal(NUMBER, member)[1:13] for _ in range(count)]


def test_no_two_threads_seal_with_one_nonce() -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = [nonce for some in pool.map(_nonces, [2000] * 8) for nonce in some]
    assert len(set(drawn)) == len(drawn) == 16_000


def _in_a_child(draw: Callable[[], bytes]) -> bytes:
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writes, draw())
        finally:
            os._exit(0)
    os.close(writes)
    os.waitpid(child, 0)
    with os.fdopen(reads, "rb") as told:
        return told.read()


def test_a_forked_process_does_not_seal_with_the_nonces_of_its_parent() -> None:
    _nonces(1)  # so that the parent has drawn some for later
    theirs = _in_a_child(lambda: b"".join(_nonces(300)))
    assert len(theirs) == 300 * 12
    assert {theirs[at : at + 12] for at in range(0, len(theirs), 12)}.isdisjoint(_nonces(300))
