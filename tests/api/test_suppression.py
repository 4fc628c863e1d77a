"""Small counts: what is hidden cannot be computed, not even by somebody who knows how it is decided what to hide."""

from collections import defaultdict
from datetime import date
from itertools import product

import pytest

from api.suppression import Line, least_told, suppress

LEAST = 5


def hidden(total: int, *parts: int) -> list[int | str]:
    """The places that are hidden of these parts, and "t" for their total."""
    cells: dict[int | str, int] = {**dict(enumerate(parts)), "t": total}
    line: Line[int | str] = Line(tuple(range(len(parts))), "t")
    found = suppress(cells, [line], least=LEAST)
    return sorted(found, key=str)


def test_one_to_four_are_hidden_and_zero_and_five_are_told() -> None:
    assert suppress({count: count for count in range(8)}, least=LEAST) == {1, 2, 3, 4}


def test_the_next_smallest_part_goes_with_the_only_hidden_one() -> None:
    assert hidden(33, 3, 20, 0, 10) == [0, 3]


def test_a_zero_protects_nothing_so_the_total_is_hidden_where_nothing_else_is_left() -> None:
    assert hidden(3, 3, 0, 0) == [0, "t"]


def test_two_ones_of_a_known_two_are_no_secret() -> None:
    assert hidden(22, 1, 1, 20) == [0, 1, 2]
    assert hidden(28, 4, 4, 20) == [0, 1, 2]
    assert hidden(25, 4, 1, 20) == [0, 1]


def test_a_cell_of_two_sums_is_hidden_in_both() -> None:
    rows = {("a", "x"): 3, ("a", "y"): 9, ("b", "x"): 7, ("b", "y"): 8}
    sums = {("a", "t"): 12, ("b", "t"): 15, ("t", "x"): 10, ("t", "y"): 17}
    lines = [Line(tuple((r, c) for c in "xy"), (r, "t")) for r in "ab"]
    lines += [Line(tuple((r, c) for r in "ab"), ("t", c)) for c in "xy"]
    assert suppress(rows | sums, lines, least=LEAST) == set(rows)


def test_what_is_hidden_for_another_reason_is_not_computed_either() -> None:
    line = Line((0, 1), "t")
    assert suppress({0: 30, 1: 12, "t": 42}, [line], least=LEAST, hidden=[0]) == {0, 1}
    assert suppress({0: 30, 1: 12, "t": 42}, [line], least=LEAST, hidden=["t"]) == {"t", 1}


@pytest.mark.parametrize(("parts", "most"), [(2, 16), (3, 14), (4, 9)])
def test_nobody_computes_a_hidden_count_from_what_is_told(parts: int, most: int) -> None:
    """Every table there is, up to a size: who sees one and tries them all finds at least two that look like it."""
    line: Line[int | str] = Line(tuple(range(parts)), "t")
    worlds: dict[object, list[dict[int | str, int]]] = defaultdict(list)
    for counts in product(range(most), repeat=parts):
        cells: dict[int | str, int] = {**dict(enumerate(counts)), "t": sum(counts)}
        kept = suppress(cells, [line], least=LEAST)
        worlds[tuple((key, None if key in kept else count) for key, count in cells.items())].append(cells)
    told = [
        (seen, key)
        for seen, possible in worlds.items()
        for key, count in seen  # type: ignore[attr-defined]
        if count is None and len({cells[key] for cells in possible}) == 1
    ]
    assert told == []


def test_the_threshold_is_dated_data() -> None:
    assert least_told(date(2024, 7, 1)) == LEAST
    with pytest.raises(LookupError):
        least_told(date(1900, 1, 1))
