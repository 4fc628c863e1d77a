"""What a cursor remembers of a first sync during which others write, and how long it grows. Pure."""

import random
from uuid import UUID

from api.changes import cursors
from api.changes.cursors import Cursor, Place

PAGES = 80
# what the routes take, and less than the 8 kB at which proxies cut an address
LONGEST = 6000


def _id(luck: random.Random) -> UUID:
    return UUID(int=luck.getrandbits(128), version=4)


def read(pages: int, changes: int) -> tuple[Cursor, list[tuple[Place, int]]]:
    """A reader who has read so many pages of the first sync and then of changes, and somebody wrote before each page;
    of the first ones where they ended, and the newest number at that time."""
    luck = random.Random(pages)
    seen = 10**12
    cursor = Cursor(_id(luck), _id(luck), "0123456789abcdef", seen, booting=True)
    told: list[tuple[Place, int]] = []
    for place in sorted((_id(luck), luck.randrange(4), _id(luck)) for _ in range(pages)):
        seen += luck.randint(1, 5000)
        told.append((place, seen))
        cursor = cursor.booted(place, seen)
    cursor = cursor.booted(None, seen)
    for number in range(changes):
        seen += luck.randint(1, 5000)
        cursor = cursor.advanced(10**12 + 1 + number, seen)
    return cursor, told


def test_a_first_sync_with_a_write_before_every_page_is_told_nothing_twice_and_misses_nothing() -> None:
    cursor, told = read(PAGES - 1, 0)
    known = cursors.decode(cursors.encode(cursor))
    for place, seen in told:
        assert known.was_given(place, 10**12 - 1, seen)
        assert not known.was_given(place, 10**12 - 1, seen + 1)


def test_the_longest_cursor_is_an_address_that_servers_take() -> None:
    cursor, _ = read(500, 500)
    assert len(cursors.encode(cursor)) <= LONGEST
    assert cursors.decode(cursors.encode(cursor)) == cursor
