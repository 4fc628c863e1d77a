"""The writers: lists of edits from tablets, in one transaction, with as many statements for 200 as for 2."""

import threading
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from api.changes.edits import Edit, Written
from api.changes.fold import Fold, Record
from api.changes.tables import Origin
from api.households import household_fold
from api.households.commands import write_households, write_members
from tests.make.households import actor, hamlet, household_body, member_body, put_household, put_member
from tests.make.reviews import counted

OFFICER, SURVEYOR = actor("truc-thai"), actor("xom-1")


def households(session: Session, *edits: Edit, who: Any = SURVEYOR) -> list[Written]:
    return write_households(session, who, edits, Origin.tablet)


def members(session: Session, *edits: Edit, who: Any = SURVEYOR) -> list[Written]:
    return write_members(session, who, edits, Origin.tablet)


def test_edits_of_one_list_see_each_other(session: Session) -> None:
    home, person = uuid4(), uuid4()
    written = households(
        session,
        Edit(home, None, household_body(head_member_id=str(person))),
        Edit(home, 1, {"phone": "1"}),
        Edit(home, 1, {"note": "a"}),
        Edit(home, 2, {"phone": "2"}),
        Edit(home, 1, {"phone": "3"}),
        Edit(home, None, household_body(head_member_id=str(person))),
    )
    assert [(w.outcome, w.version) for w in written] == [
        ("applied", 1),
        ("applied", 2),
        ("merged", 3),
        ("merged", 4),
        ("conflict", 4),
        ("applied", 1),
    ]
    assert written[4].clashes == {"phone": {"base": None, "server": "2", "device": "3"}}
    written = members(session, Edit(person, None, member_body(household_id=str(home))))
    assert written[0].outcome == "applied"
    kept = session.execute(text("SELECT version FROM record_version WHERE record_id = :id ORDER BY 1"), {"id": home})
    assert kept.scalars().all() == [1, 2, 3, 4]


def test_one_bad_edit_harms_no_neighbour(session: Session) -> None:
    homes = [uuid4() for _ in range(6)]
    written = households(
        session,
        Edit(homes[0], None, household_body(household_no="1")),
        Edit(homes[1], None, household_body(household_no="1")),
        Edit(homes[2], None, household_body(hamlet_id=hamlet(2))),
        Edit(homes[3], None, {"hamlet_id": 7, "wrong": True}),
        Edit(homes[4], 3, {"phone": "1"}),
        Edit(homes[5], None, household_body(household_no="2")),
    )
    said = [w.problem.slug if w.problem else w.outcome for w in written]
    assert said == ["applied", "already-exists", "not-found", "invalid", "held", "applied"]
    pointers = {error.pointer for error in written[3].problem.errors}  # type: ignore[union-attr]
    assert pointers == {"#/hamlet_id", "#/residence", "#/wrong"}


def test_a_number_given_up_in_a_list_may_be_taken_in_it(session: Session) -> None:
    home = put_household(session, SURVEYOR, household_no="1")
    written = households(
        session, Edit(home, 1, {"household_no": "2"}), Edit(uuid4(), None, household_body(household_no="1"))
    )
    assert [w.outcome for w in written] == ["applied", "applied"]


def test_two_households_may_swap_numbers_one_after_the_other(session: Session) -> None:
    one, two = (put_household(session, SURVEYOR, household_no=number) for number in ("1", "2"))
    steps = (
        Edit(one, 1, {"household_no": None}),
        Edit(two, 1, {"household_no": "1"}),
        Edit(one, 2, {"household_no": "2"}),
    )
    assert [w.outcome for w in households(session, *steps)] == ["applied"] * 3
    numbers = session.execute(text("SELECT id, household_no FROM household")).all()
    assert {tuple(row) for row in numbers} == {(one, "2"), (two, "1")}


def test_a_member_waits_for_its_household(session: Session) -> None:
    home, person = uuid4(), uuid4()
    waiting = members(
        session,
        Edit(person, None, member_body(household_id=str(home))),
        Edit(person, 1, {"pension": True}),
    )
    assert [(w.outcome, w.waiting_for) for w in waiting] == [("held", home), ("held", person)]
    households(session, Edit(home, None, household_body()))
    assert members(session, Edit(person, None, member_body(household_id=str(home))))[0].outcome == "applied"


def test_what_is_outside_of_my_areas_is_waited_for_like_what_is_not_there(session: Session) -> None:
    officer = actor("truc-thai")
    far = put_household(session, officer, hamlet_id=hamlet(2))
    inside = put_member(session, officer, far)
    nowhere = uuid4()
    unknown = [
        *households(session, Edit(far, 1, {"phone": "1"}), Edit(nowhere, 1, {"phone": "1"})),
        *members(session, Edit(inside, 1, {"pension": True}), Edit(nowhere, 1, {"pension": True})),
    ]
    assert unknown == [Written("held", waiting_for=id_) for id_ in (far, nowhere, inside, nowhere)]
    unborn = members(
        session,
        Edit(uuid4(), None, member_body(household_id=str(far))),
        Edit(uuid4(), None, member_body(household_id=str(nowhere))),
        Edit(inside, 1, {"household_id": str(far)}),
        Edit(uuid4(), 1, {"household_id": str(far)}),
    )
    assert [(w.outcome, w.waiting_for) for w in unborn] == [("held", id_) for id_ in (far, nowhere, far, far)]
    gone = put_household(session, officer)
    person = put_member(session, officer, gone)
    write_households(session, officer, [Edit(gone, 1, {"hamlet_id": hamlet(2)})], Origin.web)
    held = [
        *households(session, Edit(gone, 1, {"phone": "1"})),
        *members(session, Edit(person, 1, {"pension": True})),
        *members(session, Edit(uuid4(), None, member_body(household_id=str(gone)))),
    ]
    assert [(w.outcome, w.waiting_for) for w in held] == [("held", gone), ("held", person), ("held", gone)]
    strict = write_households(session, SURVEYOR, [Edit(gone, 1, {"phone": "1"})], Origin.web, strict=True)[0]
    assert strict.outcome == "rejected"


def test_an_id_of_another_kind_is_refused_in_my_areas_and_waited_for_elsewhere(session: Session) -> None:
    officer = actor("truc-thai")
    mine, far = put_household(session, SURVEYOR), put_household(session, officer, hamlet_id=hamlet(2))
    person, stranger = put_member(session, SURVEYOR, mine), put_member(session, officer, far)
    told = [
        *households(session, Edit(person, 1, {"phone": "1"}), Edit(stranger, 1, {"phone": "1"})),
        *members(session, Edit(mine, 1, {"pension": True}), Edit(far, 1, {"pension": True})),
    ]
    assert [w.problem.slug if w.problem else w.outcome for w in told] == ["not-found", "held", "not-found", "held"]


def test_a_version_that_never_was_overwrites_nothing(session: Session) -> None:
    home = put_household(session, SURVEYOR, phone="1")
    written = households(session, Edit(home, 9, {"phone": "2"}))[0]
    assert (written.outcome, written.clashes) == ("conflict", {"phone": {"base": None, "server": "1", "device": "2"}})


def test_one_id_is_one_record(session: Session) -> None:
    home = put_household(session, SURVEYOR)
    session.commit()
    as_member = members(session, Edit(home, None, member_body(household_id=str(home))))[0]
    assert as_member.problem is not None
    assert as_member.problem.slug == "already-exists"
    again = households(session, Edit(home, None, household_body(note="khác")))[0]
    assert again.problem is not None
    stranger = households(session, Edit(home, None, household_body()), who=actor("xom-td-1"))[0]
    assert stranger.problem is not None
    assert stranger.problem.slug == "already-exists"


def test_a_conflict_shows_citizen_numbers_masked(session: Session) -> None:
    home = put_household(session, SURVEYOR)
    person = put_member(session, SURVEYOR, home, personal_id="036080001111")
    members(session, Edit(person, 1, {"personal_id": "036080002222"}))
    same = members(session, Edit(person, 1, {"personal_id": "036080002222", "pension": True}))[0]
    assert (same.outcome, same.version) == ("merged", 3)
    clash = members(session, Edit(person, 1, {"personal_id": "036080003333"}))[0]
    assert clash.clashes == {
        "personal_id": {"base": "********1111", "server": "********2222", "device": "********3333"}
    }


def test_a_member_may_change_household_and_both_hamlets_are_told(session: Session) -> None:
    here, there = put_household(session, OFFICER), put_household(session, OFFICER, hamlet_id=hamlet(2))
    person = put_member(session, OFFICER, here)
    session.execute(text("DELETE FROM change_pending"))
    assert members(session, Edit(person, 1, {"household_id": str(there)}), who=OFFICER)[0].outcome == "applied"
    told = session.execute(text("SELECT area_id::text, op, household_id FROM change_pending")).all()
    assert {tuple(row) for row in told} == {(hamlet(1), "remove", here), (hamlet(2), "put", there)}
    # the person left the surveyor's hamlet: what is still sent about them waits for somebody who reaches them
    late = members(session, Edit(person, 2, {"household_id": str(here)}))[0]
    assert (late.outcome, late.waiting_for) == ("held", person)


@pytest.mark.parametrize(
    ("stored", "edit", "pointer"),
    [
        ({"birth_year": 1980}, {"birth_year": None}, "#/birth_year"),
        ({"birth_year": 1980}, {"birth_date": "1981-01-01"}, "#/birth_year"),
        ({"birth_year": 1980}, {"birth_date": "1981-01-01", "birth_year": 1981}, None),
        ({"birth_date": "1980-02-29", "birth_year": None}, {"birth_year": 1980}, None),
    ],
)
def test_a_birth_is_known_and_agrees(
    session: Session, stored: dict[str, Any], edit: dict[str, Any], pointer: str | None
) -> None:
    person = put_member(session, SURVEYOR, put_household(session, SURVEYOR), **stored)
    written = members(session, Edit(person, 1, edit))[0]
    assert (written.problem.errors[0].pointer if written.problem else None) == pointer


def _statements(engine: Engine, session: Session, count: int) -> list[int]:
    """Statements for lists of `count`: create households, create members, change both, change both on a stale base."""
    homes, people = [uuid4() for _ in range(count)], [uuid4() for _ in range(count)]
    lists: list[tuple[Any, list[Edit]]] = [
        (write_households, [Edit(h, None, household_body(household_no=str(h)[:18])) for h in homes]),
        (write_members, [Edit(p, None, member_body(household_id=str(h))) for p, h in zip(people, homes, strict=True)]),
        (write_households, [Edit(h, 1, {"phone": "1", "household_no": str(h)[:17]}) for h in homes]),
        (write_members, [Edit(p, 1, {"personal_id": "036080001234"}) for p in people]),
        (write_households, [Edit(h, 1, {"note": "a", "status": "active", "current_class": None}) for h in homes]),
        (write_members, [Edit(p, 1, {"pension": True}) for p in people]),
        (write_members, [Edit(p, 1, {"personal_id": "036080009999"}) for p in people]),
    ]
    spent = []
    for write, edits in lists:
        with counted(engine) as statements:
            outcomes = Counter(w.outcome for w in write(session, SURVEYOR, edits, Origin.tablet))
        assert len(outcomes) == 1
        spent.append(len(statements))
    return spent


def test_two_hundred_edits_cost_as_many_statements_as_two(engine: Engine, session: Session) -> None:
    few = _statements(engine, session, 2)
    assert _statements(engine, session, 200) == few
    assert max(few) <= 10


def test_a_change_of_people_does_not_read_the_register(session: Session) -> None:
    edits = [Edit(uuid4(), None, household_body()) for _ in range(2000)]
    households(session, *edits)
    people = [put_member(session, SURVEYOR, edit.record_id) for edit in edits[:2]]
    session.commit()
    session.execute(text("ANALYZE household, member"))
    read = text("SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'household'")
    before = session.execute(read).scalar_one()
    written = members(session, *(Edit(person, 1, {"full_name": "Nguyễn Thị Bé"}) for person in people))
    assert [w.outcome for w in written] == ["applied", "applied"]
    assert 2 <= session.execute(read).scalar_one() - before < 20


def test_tablets_that_create_the_same_records_at_once(engine: Engine, session: Session) -> None:
    key = session.info["id_key"]
    for _ in range(4):
        homes, people = [uuid4() for _ in range(20)], [uuid4() for _ in range(20)]
        results: list[list[Written]] = []

        def push(homes: list[UUID] = homes, people: list[UUID] = people, results: Any = results) -> None:
            with Session(engine, info={"id_key": key}) as own, own.begin():
                made = write_households(own, SURVEYOR, [Edit(h, None, household_body()) for h in homes], Origin.tablet)
                edits = [Edit(p, None, member_body(household_id=str(h))) for p, h in zip(people, homes, strict=True)]
                results.append(made + write_members(own, SURVEYOR, edits, Origin.tablet))

        _at_once(push, push, push)
        assert len(results) == 3
        assert all(w.outcome == "applied" and w.version == 1 for written in results for w in written)


def test_only_the_edit_that_loses_a_race_for_a_number_is_refused(
    engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_household(session, OFFICER, household_no="race")
    session.commit()
    # as if the other one had been committed after our look, every time: the database has the last word
    monkeypatch.setattr(household_fold.HouseholdFold, "_taken", lambda *_: {})
    homes = [uuid4() for _ in range(7)]
    edits = [Edit(h, None, household_body(household_no="race" if n == 3 else str(n))) for n, h in enumerate(homes)]
    written = households(session, *edits)
    assert [w.outcome for w in written] == ["applied"] * 3 + ["rejected"] + ["applied"] * 3
    assert written[3].problem is not None
    assert written[3].problem.errors[0].pointer == "#/household_no"


def test_two_who_merge_onto_one_record_lose_nothing(engine: Engine, session: Session) -> None:
    home = put_household(session, SURVEYOR)
    session.commit()
    fields = ("phone", "note", "address", "no_labour_capacity_ground")

    def push(name: str) -> None:
        with Session(engine) as own, own.begin():
            assert households(own, Edit(home, 1, {name: name}))[0].outcome in ("applied", "merged")

    _at_once(*(lambda name=name: push(name) for name in fields))
    row = session.execute(text("SELECT * FROM household")).mappings().one()
    assert row["version"] == 5
    assert [row[name] for name in fields] == list(fields)


def _at_once(*tasks: Any) -> None:
    failures: list[BaseException] = []

    def run(task: Any) -> None:
        try:
            task()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


EDITS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.none(), st.integers(1, 4)),
        st.dictionaries(st.sampled_from(["phone", "note", "address"]), st.sampled_from([None, "1", "2"])),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS, cuts=st.sets(st.integers(1, 11)))
def test_lists_give_the_same_as_one_edit_at_a_time(
    session: Session, edits: list[tuple[int, int | None, dict[str, Any]]], cuts: set[int]
) -> None:
    ids = [uuid4() for _ in range(3)]
    whole = [Edit(ids[n], base, household_body(**data) if base is None else data) for n, base, data in edits]
    model = _Serial()
    expected = [model.write(edit) for edit in whole]
    parts = [whole[start:end] for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), None], strict=True)]
    written = [w for part in parts for w in write_households(session, SURVEYOR, part, Origin.tablet)]
    assert [(w.outcome, w.version) for w in written] == expected
    rows = session.execute(text("SELECT id, version, phone, note, address FROM household")).mappings()
    stored = {row["id"]: dict(row) for row in rows if row["id"] in ids}
    assert {i: (r["version"], r["phone"], r["note"], r["address"]) for i, r in stored.items()} == model.state()


_UNKNOWN = object()  # what a version that never was held


class _Serial:
    """The same rules said the slow way: every version of every record is kept whole."""

    def __init__(self) -> None:
        self.versions: dict[UUID, list[dict[str, Any]]] = {}

    def write(self, edit: Edit) -> tuple[str, int | None]:
        fields = {name: edit.data.get(name) for name in ("phone", "note", "address")}
        known = self.versions.get(edit.record_id)
        if edit.base_version is None:
            if known is None:
                self.versions[edit.record_id] = [fields]
                return "applied", 1
            if fields == known[-1]:
                return "applied", len(known)
            return ("applied", 1) if fields == known[0] else ("rejected", None)
        if known is None:
            return "held", None
        server = known[-1]
        current = edit.base_version == len(known)
        base = known[edit.base_version - 1] if edit.base_version <= len(known) else {}
        wanted = {name: value for name, value in edit.data.items() if current or value != base.get(name, _UNKNOWN)}
        new = {name: value for name, value in wanted.items() if value != server[name]}
        if not current and any(server[name] != base.get(name) for name in new):
            return "conflict", len(known)
        if new:
            known.append(server | new)
        return ("applied" if current else "merged"), len(known)

    def state(self) -> dict[UUID, tuple[Any, ...]]:
        return {
            record_id: (len(known), known[-1]["phone"], known[-1]["note"], known[-1]["address"])
            for record_id, known in self.versions.items()
        }


def test_the_fold_writes_nothing_and_copies_little() -> None:
    record = Record(uuid4(), 1, {"phone": "1"}, 1)
    fold = Fold({record.id: record})
    before = record.values
    fold.change(record, {"phone": "2"})
    assert (before, record.values, record.at(1)) == ({"phone": "1"}, {"phone": "2"}, {"phone": "1"})


def test_a_refused_list_leaves_no_trace(engine: Engine, session: Session) -> None:
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement))
    assert households(session, Edit(uuid4(), None, {}))[0].outcome == "rejected"
    assert not [statement for statement in seen if "INSERT" in statement or "UPDATE h" in statement]
