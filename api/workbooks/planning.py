"""What confirming an import would do with the rows of a household: nothing here reads or writes the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from api.changes.edits import Edit
from api.households.citizen_numbers import masked
from api.workbooks import classes, comparing, matching
from api.workbooks.lines import Home, Line
from api.workbooks.matching import Found
from api.workbooks.notes import QUESTIONS
from api.workbooks.reading import ClassSaid, HomeSaid, Meaning, PersonSaid, failed, home_said, person_said
from api.workbooks.register import Known, Person, Register, no_key
from api.workbooks.tables import RowChoice, RowVerdict, SheetRole

Verdict = RowVerdict
# key of a person or household -> the row of the file that named it first
Seen = dict[str, tuple[int, int]]


@dataclass(slots=True)
class Plan:
    """What one row would do. `household`, `member`: the edits that are written. `recognised`: the class that its
    household gets. `keys`: what the row names, to be met again in a later row."""

    line: Line
    verdict: RowVerdict = Verdict.same
    household_id: UUID | None = None
    member_id: UUID | None = None
    changes: dict[str, list[Any]] = field(default_factory=dict)
    choices: list[RowChoice] = field(default_factory=list)
    candidates: list[Known | Person] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    household: Edit | None = None
    member: Edit | None = None
    recognised: ClassSaid | None = None

    @property
    def written(self) -> bool:
        """Would confirming write anything of this row?"""
        return self.verdict in (Verdict.new_household, Verdict.new_member, Verdict.change)

    def asks(self, question: str, name: str | None, choices: list[RowChoice], **values: Any) -> None:
        self.line.says(question, name, **values)
        self.verdict = Verdict.question
        self.choices = choices


@dataclass(slots=True)
class _Work:
    """A household under way."""

    home: Home
    said: HomeSaid
    people: list[PersonSaid]
    plans: list[Plan]
    register: Register
    by: Meaning
    seen: Seen
    import_id: UUID
    known: Known | None = None
    used: set[UUID] = field(default_factory=set)

    @property
    def first(self) -> Plan:
        return self.plans[0]

    @property
    def household_id(self) -> UUID:
        if self.known is not None:
            return self.known.id
        return uuid5(self.import_id, f"household:{self.home.first.position}")

    @property
    def hamlet_id(self) -> str | None:
        return str(self.known.hamlet_id) if self.known is not None else self.said.hamlet_id

    def answered(self, line: Line, choice: RowChoice) -> bool:
        return self.by.chosen(line.sheet, line.row, choice) is not None

    def stopped(self) -> bool:
        """Has the first row an error or a question? Then the household waits for it."""
        return self.first.verdict in (Verdict.error, Verdict.question)


def plan_home(home: Home, register: Register, by: Meaning, seen: Seen, import_id: UUID) -> list[Plan]:
    """One plan for each row. `seen` is added to."""
    people = [person_said(line, home, by) for line in home.lines]
    plans = [Plan(line) for line in home.lines]
    work = _Work(home, home_said(home, register, by), people, plans, register, by, seen, import_id)
    if work.answered(home.first, RowChoice.leave_out):
        for plan in plans:
            plan.verdict = Verdict.left_out
        return plans
    _plan_household(work)
    if not work.stopped():
        for plan, said in zip(plans, people, strict=True):
            _plan_person(work, plan, said)
    if not work.stopped():
        _finish(work)
    if work.stopped():
        _the_rest_waits(work)
    return plans


def _plan_household(work: _Work) -> None:
    first = work.first
    if work.home.first.role == SheetRole.listed and _nobodys(work):
        first.line.says("no_home")
    found = matching.find_home(work.home, work.said, work.people, work.register, work.by)
    if found.question is not None and not failed(first.line):
        _ask(first, found, "household_no" if found.question == "other_head" else "full_name")
        return
    work.known = found.household
    if found.question is None:
        _check_household(work)
    if failed(first.line):
        first.verdict = Verdict.error
        return
    known = work.known
    first.household_id = work.household_id
    _name_household(work)
    if failed(first.line):
        first.verdict = Verdict.error
    elif known is not None and _moves_hamlet(work) and not work.answered(first.line, RowChoice.keep):
        first.asks("other_hamlet", "hamlet", [RowChoice.keep, RowChoice.leave_out])
    else:
        classes.plan_class(first, work.said, known, work.register, work.by, work.seen)


def _nobodys(work: _Work) -> bool:
    """The rows before the first household: nothing says whose people they are."""
    first = work.home.first
    names = ("household_no", "head_name", "household_code")
    return all(first.text(name) is None for name in names) and all(one.relation != "head" for one in work.people)


def _check_household(work: _Work) -> None:
    """What a household needs that is not in the register yet."""
    first = work.home.first
    if work.known is not None:
        return
    if first.role != SheetRole.listed:
        first.says("not_in_register", "full_name")
        return
    if not failed(first) and all(one.relation != "head" for one in work.people):
        first.says("no_head", "relation")
    if work.said.hamlet_id is None and not failed(first):
        first.says("hamlet_missing", "hamlet")


def _name_household(work: _Work) -> None:
    """Two blocks of one sheet must not be the same household; the lists of who escaped may name it again."""
    first = work.first
    keys = [f"h:{first.line.role}:{work.household_id}"]
    if work.said.household_no is not None and work.hamlet_id is not None and first.line.role == SheetRole.listed:
        keys.append(f"no:{work.hamlet_id}:{no_key(work.said.household_no)}")
    _name(work, first, keys, "household_twice")


def _name(work: _Work, plan: Plan, keys: list[str], twice: str) -> None:
    here = (plan.line.sheet, plan.line.row)
    for key in keys:
        other = work.seen.setdefault(key, here)
        if other != here:
            plan.line.says(twice, None, other=other[1])
            return
    plan.keys += keys


def _moves_hamlet(work: _Work) -> bool:
    assert work.known is not None
    return work.said.hamlet_id is not None and work.said.hamlet_id != str(work.known.hamlet_id)


def _plan_person(work: _Work, plan: Plan, said: PersonSaid) -> None:
    line = plan.line
    plan.household_id = work.household_id
    if work.answered(line, RowChoice.leave_out):
        plan.verdict = Verdict.left_out
        return
    if (
        said.full_name is None
        and line is work.home.first
        and work.known is not None
        and line.text("member_code") is None
    ):
        return  # a household without people
    found = matching.find_person(line, said, work.known, work.register, work.by, work.used, work.hamlet_id)
    if found.question is not None and not failed(line):
        _ask(plan, found, "full_name")
        return
    person = found.person
    if person is not None:
        work.used.add(person.id)
        plan.member_id = person.id
    _name_person(work, plan, said, person)
    comparing.plan_member(work.register, plan, said, person, work.household_id, work.import_id)
    if failed(line):
        plan.verdict = Verdict.error
    elif person is None:
        _ask_of_namesakes(work, plan, said)


def _ask_of_namesakes(work: _Work, plan: Plan, said: PersonSaid) -> None:
    """Two new people of one name, birth and hamlet without numbers: perhaps one person, written twice."""
    assert said.birth is not None
    if said.number is not None and said.number.digits is not None:
        return
    named = f"{work.hamlet_id}|{said.name_toned}|{said.birth.day or said.birth.year}"
    key, here = f"p:{work.register.index(named).hex()}", (plan.line.sheet, plan.line.row)
    other = work.seen.setdefault(key, here)
    plan.keys.append(key)
    if other != here and not work.answered(plan.line, RowChoice.create):
        plan.asks("same_in_file", "full_name", [RowChoice.create, RowChoice.leave_out], other=other[1])


def _name_person(work: _Work, plan: Plan, said: PersonSaid, person: Person | None) -> None:
    # who escaped stands on the list of those, and perhaps on the list of who is near-poor now
    role = plan.line.role
    _name(work, plan, [f"m:{role}:{person.id}"] if person is not None else [], "twice")
    if said.number is None or said.number.digits is None:
        return
    index = work.register.index(said.number.digits)
    key = f"n:{role}:{index.hex()}"
    if person is None or person.index != index:
        _name(work, plan, [key], "twice")
    else:  # two of the register may have one number already; nobody new gets it
        work.seen.setdefault(key, (plan.line.sheet, plan.line.row))
        plan.keys.append(key)


def _ask(plan: Plan, found: Found, name: str) -> None:
    assert found.question is not None
    plan.asks(found.question, name, found.choices)
    plan.candidates = found.candidates


def _the_rest_waits(work: _Work) -> None:
    """The rows of a household whose first row has an error or a question."""
    wrong = work.first.verdict == Verdict.error
    for plan in work.plans[1:]:
        if plan.verdict != Verdict.left_out:
            plan.line.says("home_in_error" if wrong else "home_waits", None, other=work.home.first.row)
            plan.verdict = Verdict.error if wrong else Verdict.waiting
            plan.choices, plan.candidates = [], []


def _finish(work: _Work) -> None:
    comparing.check_heads(work.plans, work.people)
    head = next(
        (p for p, one in zip(work.plans, work.people, strict=True) if one.relation == "head" and _stays(p)), None
    )
    comparing.plan_home_fields(work.first, work.said, work.known, head, work.household_id)
    comparing.remark_home(work.first, work.plans, work.said, work.people, work.known)
    if work.known is not None and not work.known.active:
        for plan in work.plans:
            plan.household = plan.member = plan.recognised = None
            plan.changes, plan.verdict = {}, Verdict.same if _stays(plan) else plan.verdict
        work.first.line.says("household_ended")


def _stays(plan: Plan) -> bool:
    return plan.verdict not in (Verdict.error, Verdict.left_out, Verdict.question, Verdict.waiting)


def asked(plan: Plan) -> bool:
    """Does the row wait for an answer of its own?"""
    return plan.verdict == Verdict.question and any(one.code in QUESTIONS for one in plan.line.notes)


def shown(changes: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """The changes as they are stored and shown: citizen numbers masked."""
    found = []
    for name, (old, new) in changes.items():
        sides = (masked(old), masked(new)) if name == "personal_id" else (old, new)
        found.append({"field": name, "old": sides[0], "new": sides[1]})
    return found
