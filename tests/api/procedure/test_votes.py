"""Half of those present have to agree, and the counts of the minutes have to fit together."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.procedure.votes import Vote, faults

HOME = uuid4()


@pytest.mark.parametrize(("yes", "present", "passed"), [(20, 40, True), (19, 40, False), (20, 41, False), (1, 1, True)])
def test_exactly_half_is_enough_and_one_hand_less_is_not(yes: int, present: int, passed: bool) -> None:
    assert Vote(None, yes, 0).passed(present, 50) is passed


@given(st.integers(1, 500), st.data())
def test_one_more_hand_never_makes_a_vote_fail(present: int, data: st.DataObject) -> None:
    yes = data.draw(st.integers(0, present - 1))
    assert Vote(None, yes, 0).passed(present, 50) <= Vote(None, yes + 1, 0).passed(present, 50)
    assert Vote(None, yes, 0).passed(present, 50) == (2 * yes >= present)


@pytest.mark.parametrize(
    ("present", "votes", "codes"),
    [
        (40, [Vote(None, 30, 5)], []),
        (41, [Vote(None, 30, 5)], ["attendance_differs"]),
        (40, [], ["one_vote_on_the_list"]),
        (40, [Vote(None, 30, 5), Vote(None, 1, 1)], ["one_vote_on_the_list"]),
        (40, [Vote(None, 30, 11)], ["more_votes_than_present"]),
        (40, [Vote(None, 30, 5), Vote(HOME, 1, 1), Vote(HOME, 2, 2)], ["voted_twice", "voted_twice"]),
    ],
)
def test_what_contradicts_itself_is_named(present: int, votes: list[Vote], codes: list[str]) -> None:
    assert [fault.code for fault in faults(present, {"hamlet_head": 1, "other_households": 39}, votes)] == codes
