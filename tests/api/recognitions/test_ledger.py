"""The ledger of movements, pure: what a decision does to a class, and the identity on random histories."""

from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.recognitions.movements import CLASSES, COLUMNS, Count, Row, Stands, entries, ledger, movement, total
from tests.api.recognitions.lives import COMMUNE, EVENTS, HAMLETS, Commune, counted_by_hand

X, Y = HAMLETS[0], HAMLETS[1]
LAN, HOA = UUID(int=101), UUID(int=102)


@pytest.mark.parametrize(
    ("before", "after", "was", "made"),
    [
        ("poor", "poor", "", "stays"),
        ("poor", "near_poor", "", "poor_to_near_poor"),
        ("poor", "not_poor", "", "escaped_poor"),
        ("near_poor", "poor", "", "near_poor_to_poor"),
        ("near_poor", "near_poor", "", "stays"),
        ("near_poor", "not_poor", "", "escaped_near_poor"),
        (None, "poor", "", "new_poor"),
        (None, "near_poor", "", "new_near_poor"),
        (None, "not_poor", "", "stays_not_poor"),
        ("not_poor", "not_poor", "poor", "stays_not_poor"),
        ("not_poor", "poor", "poor", "relapsed_poor"),
        ("not_poor", "poor", "near_poor", "new_poor"),
        ("not_poor", "near_poor", "near_poor", "relapsed_near_poor"),
        ("not_poor", "near_poor", "poor", "new_near_poor"),
        ("not_poor", "poor", "", "new_poor"),
        # relapse is about who comes from above the line
        ("near_poor", "poor", "poor", "near_poor_to_poor"),
    ],
)
def test_the_movement_of_a_decision(before: str | None, after: str, was: str, made: str) -> None:
    assert movement(before, after, was_poor=was == "poor", was_near_poor=was == "near_poor") == made


def counts(row: Row) -> tuple[dict[str, int], dict[str, int]]:
    """The numbers of a row that are not zero, in households and in persons."""

    def told(count: Count) -> dict[str, int]:
        return {name: value for name in COLUMNS if (value := getattr(count, name))}

    return told(row.households), told(row.persons)


def test_a_household_that_changes_its_class_takes_its_people_from_one_ledger_to_the_other() -> None:
    found = entries({LAN: Stands(X, "poor", 4)}, {LAN: Stands(Y, "near_poor", 5)}, {LAN: ["poor_to_near_poor"]})
    poor_x, poor_y, near_x, near_y = ledger(found, [X, Y])
    assert counts(poor_x) == (
        {"opening": 1, "to_other_class": 1},
        {"opening": 4, "to_other_class": 5, "increase_other": 1},
    )
    assert counts(near_y) == ({"from_other_class": 1, "closing": 1}, {"from_other_class": 5, "closing": 5})
    assert counts(poor_y) == counts(near_x) == ({}, {})


def test_a_birth_moves_a_person_and_no_household() -> None:
    found = entries({LAN: Stands(X, "poor", 4), HOA: Stands(X, "poor", 3)}, {
        LAN: Stands(X, "poor", 5), HOA: Stands(X, "poor", 1),
    }, {})  # fmt: skip
    (row,) = ledger(found, [X], ["poor"])
    assert counts(row) == (
        {"opening": 2, "closing": 2},
        {"opening": 7, "decrease_other": 2, "increase_other": 1, "closing": 6},
    )


def test_a_move_inside_the_commune_is_no_movement_of_the_commune() -> None:
    opening, closing = {LAN: Stands(X, "poor", 4)}, {LAN: Stands(Y, "poor", 4)}
    x, y = ledger(entries(opening, closing, {}), [X, Y], ["poor"])
    assert counts(x)[0] == {"opening": 1, "decrease_other": 1}
    assert counts(y)[0] == {"increase_other": 1, "closing": 1}
    (commune,) = ledger(entries(opening, closing, {}, lambda _: COMMUNE), [COMMUNE], ["poor"])
    assert counts(commune)[0] == {"opening": 1, "closing": 1}


@pytest.mark.parametrize(
    ("decided", "column"),
    [
        (["escaped_poor"], "above_line"),
        (["poor_to_near_poor", "escaped_near_poor"], "above_line"),
        (["escaped_poor", "stays_not_poor"], "above_line"),
        ([], "decrease_other"),
        (["stays"], "decrease_other"),
        (["escaped_poor", "relapsed_poor"], "decrease_other"),
    ],
)
def test_who_leaves_escaped_or_went_otherwise(decided: list[str], column: str) -> None:
    (row,) = ledger(entries({LAN: Stands(X, "poor", 2)}, {}, {LAN: decided}), [X], ["poor"])
    assert counts(row) == ({"opening": 1, column: 1}, {"opening": 2, column: 2})


@pytest.mark.parametrize(
    ("decided", "column"),
    [
        (["new_poor"], "new"),
        (["relapsed_poor"], "relapsed"),
        (["new_near_poor", "near_poor_to_poor"], "new"),
        ([], "increase_other"),
        (["stays"], "increase_other"),
    ],
)
def test_who_comes_is_new_relapsed_or_moved_in(decided: list[str], column: str) -> None:
    (row,) = ledger(entries({}, {LAN: Stands(X, "poor", 2)}, {LAN: decided}), [X], ["poor"])
    assert counts(row) == ({column: 1, "closing": 1}, {column: 2, "closing": 2})


def test_a_hamlet_without_poor_households_has_its_row_of_zeros() -> None:
    assert ledger([], [X], ["poor"]) == [Row(X, "poor", Count(), Count())]


def holds(count: Count) -> bool:
    gone = count.to_other_class + count.above_line + count.decrease_other
    come = count.from_other_class + count.relapsed + count.new + count.increase_other
    return count.closing == count.opening - gone + come and all(getattr(count, name) >= 0 for name in COLUMNS)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    start=st.integers(0, 12),
    rounds=st.lists(st.lists(st.sampled_from(EVENTS), max_size=25), min_size=1, max_size=5),
)
def test_the_ledger_of_random_histories(seed: int, start: int, rounds: list[list[str]]) -> None:
    commune = Commune(Random(seed))
    for _ in range(start):
        commune.happen("moves in")
    opening, before = commune.standing(), None
    for events in rounds:
        for event in events:
            commune.happen(event)
        decided = commune.decided
        closing = commune.standing()
        for inside in (False, True):
            areas = [COMMUNE] if inside else HAMLETS
            found = entries(opening, closing, decided, (lambda _: COMMUNE) if inside else (lambda hamlet: hamlet))
            rows = ledger(found, areas)
            assert all(holds(row.households) and holds(row.persons) for row in rows)
            by_hand = counted_by_hand(opening, closing, decided, inside)
            told = {
                (row.area_id, row.poverty_class, column): getattr(row.households, column)
                for row in rows
                for column in COLUMNS
            }
            assert {key: value for key, value in told.items() if value} == dict(by_hand)
        # what one ledger gives away the other one gets, in households and in persons
        poor, near = (
            {"h": total(r.households for r in rows if r.poverty_class == c),
             "p": total(r.persons for r in rows if r.poverty_class == c)}
            for c in CLASSES
        )  # fmt: skip
        for unit in ("h", "p"):
            assert poor[unit].to_other_class == near[unit].from_other_class
            assert near[unit].to_other_class == poor[unit].from_other_class
            assert poor[unit].closing == sum(
                s.persons if unit == "p" else 1 for s in closing.values() if s.poverty_class == "poor"
            )
        if before is not None:
            assert [row.households.opening for row in rows] == before
        before = [row.households.closing for row in rows]
        opening = closing
