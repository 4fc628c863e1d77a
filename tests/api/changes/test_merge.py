"""The merge table: its vectors, and a random check of what a merge must never do."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.changes.merge import UNSEEN, Verdict, decide_create, decide_update, same, three_way, values_at

VECTORS = Path(__file__).parents[2] / "vectors" / "merge"
THREE_WAY = json.loads((VECTORS / "three-way.json").read_text(encoding="utf-8"))
VERDICTS = json.loads((VECTORS / "verdicts.json").read_text(encoding="utf-8"))


def _named(case: dict[str, Any]) -> str:
    return str(case["name"])


def _seen(case: dict[str, Any]) -> dict[str, Any] | None:
    return case["base"] and case["base"] | dict.fromkeys(case.get("unseen", ()), UNSEEN)


@pytest.mark.parametrize("case", THREE_WAY["cases"], ids=_named)
def test_three_way(case: dict[str, Any]) -> None:
    merge = three_way(_seen(case), case["server"], case["device"], THREE_WAY["together"])
    assert merge.take == case["take"]
    assert merge.clashes == case["clashes"]


@pytest.mark.parametrize("case", VERDICTS["creates"], ids=_named)
def test_what_becomes_of_a_create(case: dict[str, Any]) -> None:
    assert decide_create(case["now"], case["first"], case["device"]).verdict == case["verdict"]


@pytest.mark.parametrize("case", VERDICTS["updates"], ids=_named)
def test_what_becomes_of_an_update(case: dict[str, Any]) -> None:
    decision = decide_update(
        _seen(case), case["server"], case["device"], current=case["current"], strict=case["strict"]
    )
    assert decision.verdict == case["verdict"]


FIELDS = ("a", "b", "c", "d")
VALUES = st.sampled_from([None, 1, 2])
RECORD = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))
SEEN = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES | st.just(UNSEEN)))
EDIT = st.dictionaries(st.sampled_from(FIELDS), VALUES)


def by_the_table(
    base: dict[str, Any] | None, server: dict[str, Any], device: dict[str, Any], current: bool, strict: bool
) -> tuple[str, dict[str, Any]]:
    """The decision table said in another way: whole statements (a field, or fields that belong together) are compared
    three ways. The verdict, and the record as it is afterwards."""
    after = server | device
    if current:
        return ("unchanged", server) if after == server else ("apply", after)
    if strict:
        return "stale", server
    old = dict.fromkeys(FIELDS) | (base or {})
    merged = dict(server)
    for statement in (("a", "b"), ("c",), ("d",)):
        unsaid = server if base is None else {n: server[n] if old[n] is UNSEEN else old[n] for n in old}
        mine, theirs, was = ({name: one[name] for name in statement} for one in (unsaid | device, server, old))
        untouched = base is not None and all(device.get(name, old[name]) == old[name] for name in statement)
        if mine == theirs or untouched:
            continue
        if theirs != was:
            return "conflict", server
        merged |= mine
    return ("unchanged", server) if merged == server else ("merge", merged)


@given(st.none() | SEEN, RECORD, EDIT, st.booleans(), st.booleans())
def test_the_decision_is_the_tables(
    base: dict[str, Any] | None, server: dict[str, Any], device: dict[str, Any], current: bool, strict: bool
) -> None:
    told = decide_update(base, server, device, current=current, strict=strict, together=(("a", "b"),))
    assert (told.verdict, told.merge.clashes != {}) == (
        by_the_table(base, server, device, current, strict)[0],
        told.verdict == "conflict",
    )
    if told.verdict != "conflict":
        assert server | told.merge.take == by_the_table(base, server, device, current, strict)[1]


def test_every_row_of_the_table_has_vectors() -> None:
    told = {case["verdict"] for case in VERDICTS["creates"] + VERDICTS["updates"]}
    assert told == set(get_args(Verdict))
    for wanted in ({"current": True}, {"current": False, "strict": True}, {"current": False, "strict": False}):
        rows = [c for c in VERDICTS["updates"] if wanted.items() <= c.items()]
        assert len(rows) > 1, wanted


@given(SEEN, RECORD, EDIT, EDIT)
def test_no_change_is_overwritten_in_silence(
    base: dict[str, Any], unseen: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    """Also where nobody at the tablet can have seen what a field held."""
    server = {name: unseen[name] if value is UNSEEN else value for name, value in base.items()} | theirs
    merge = three_way(base, server, mine, (("a", "b"),))
    for name in FIELDS:
        changed_there = not same(server[name], base[name])
        changed_here = name in mine and not same(mine[name], base[name])
        if name in merge.take:
            assert changed_here
            assert not changed_there
        elif changed_here and not same(mine[name], server[name]):
            assert name in merge.clashes  # my change is in force, agreed with, or shown to a person: never dropped


@given(RECORD, EDIT, EDIT)
def test_without_a_clash_the_order_of_two_editors_does_not_matter(
    base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = three_way(base, base | one, other), three_way(base, base | other, one)
    assert bool(first.clashes) == bool(second.clashes)
    if not first.clashes:
        assert base | one | first.take == base | other | second.take


@given(RECORD, st.lists(EDIT, max_size=6))
def test_history_rolls_back_to_every_version(created: dict[str, Any], edits: list[dict[str, Any]]) -> None:
    states, past = [created], []
    for number, edit in enumerate(edits, start=2):
        now = states[-1]
        past.append((number, {name: [now[name], value] for name, value in edit.items()}))
        states.append(now | edit)
    for version, state in enumerate(states, start=1):
        assert values_at(states[-1], past, version) == state
