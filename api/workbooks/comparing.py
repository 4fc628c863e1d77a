"""A row against the register: what would be new, what would change. An empty cell never takes anything away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from api.changes.edits import Edit
from api.households.records import household_draft, member_draft, member_faults
from api.problems import Problem
from api.workbooks.matching import agree
from api.workbooks.reading import HomeSaid, PersonSaid, failed
from api.workbooks.register import Known, Person, Register, no_key
from api.workbooks.tables import RowVerdict

if TYPE_CHECKING:
    from api.workbooks.planning import Plan

# Length of a citizen number, and of the one before it.
_LENGTHS = (9, 12)
_OLD = 9
_NEEDED = ("full_name", "sex", "birth", "relation", "ethnicity")
_MISSING = {"full_name": "name_missing"}


def plan_member(
    register: Register, plan: "Plan", said: PersonSaid, person: Person | None, home: UUID, import_id: UUID
) -> None:
    """The edit of a person, and the verdict of the row."""
    if person is not None and person.left:
        plan.line.says("person_left")
        return
    _check_number(register, plan, said, person)
    if person is None:
        _new_member(plan, said, home, import_id)
        return
    wanted = _wanted(register, said, person, home)
    if not wanted:
        return
    for name, (old, new) in wanted.items():
        plan.changes[name] = [old, new]
    data = {name: new for name, (_, new) in wanted.items()}
    if "personal_id" in data and said.number is not None:
        plan.changes["personal_id"] = [_last4(person.last4), _last4(said.number.last4)]
        data["personal_id"] = said.number.digits
    plan.member = Edit(person.id, person.version, data)
    _check_draft(plan, member_draft(data, creates=False))
    _raise(plan, RowVerdict.change)


def _last4(digits: str | None) -> dict[str, str] | None:
    return None if digits is None else {"last4": digits}


def _check_number(register: Register, plan: "Plan", said: PersonSaid, person: Person | None) -> None:
    digits = said.number.digits if said.number else None
    if digits is None or (person is not None and person.index == register.index(digits)):
        return  # what stands there already is nobody's fault of today
    if len(digits) not in _LENGTHS:
        plan.line.says("number_length", "number", value=len(digits))
    elif len(digits) == _OLD:
        plan.line.says("number_old", "number")


def _new_member(plan: "Plan", said: PersonSaid, home: UUID, import_id: UUID) -> None:
    line = plan.line
    unread = {note.column for note in line.notes}
    for name in _NEEDED:
        if getattr(said, name) is None and (line.letters.get(name) not in unread or name == "full_name"):
            line.says(_MISSING.get(name, f"{name}_missing"), name)
    if failed(line):
        return
    assert said.birth is not None
    data: dict[str, Any] = {
        "household_id": str(home),
        "full_name": said.full_name,
        "sex": said.sex,
        "relation_to_head": said.relation,
        "ethnicity": said.ethnicity,
        "merit_person": bool(said.merit),
    }
    data |= {"birth_date": said.birth.day.isoformat()} if said.birth.day else {"birth_year": said.birth.year}
    if said.number is not None and said.number.digits is not None:
        data["personal_id"] = said.number.digits
    if said.ethnicity_of_first:
        line.says("ethnicity_of_first", "ethnicity")
    plan.member_id = uuid5(import_id, f"member:{line.position}")
    plan.member = Edit(plan.member_id, None, data)
    drafted = member_draft(data, creates=True)
    _check_draft(plan, drafted)
    if isinstance(drafted, dict):
        _check_draft(plan, member_faults(drafted))
    _raise(plan, RowVerdict.new_member)


def _wanted(register: Register, said: PersonSaid, person: Person, home: UUID) -> dict[str, tuple[Any, Any]]:
    """Field -> (what the register has, what the row says), where the row says something else."""
    found: dict[str, tuple[Any, Any]] = {}
    if said.full_name is not None and said.name_toned != person.name_toned:
        found["full_name"] = (person.full_name, said.full_name)
    plain = {"sex": said.sex, "relation_to_head": said.relation}
    plain |= {} if said.ethnicity_of_first else {"ethnicity": said.ethnicity}
    for name, value in plain.items():
        if value is not None and value != getattr(person, name):
            found[name] = (getattr(person, name), value)
    if agree(person, said.birth) is False and said.birth is not None:
        day = said.birth.day and said.birth.day.isoformat()
        found["birth_date"] = (person.birth_date and person.birth_date.isoformat(), day)
        found["birth_year"] = (person.birth_year, said.birth.year)
    if said.merit and not person.merit_person:
        found["merit_person"] = (False, True)
    digits = said.number.digits if said.number else None
    if digits is not None and person.index != register.index(digits):
        found["personal_id"] = (None, None)
    if person.household_id != home:
        found["household_id"] = (str(person.household_id), str(home))
    return found


def check_heads(plans: Sequence["Plan"], people: Sequence[PersonSaid]) -> None:
    """A second head is an error, unless the register itself has both."""
    first: Plan | None = None
    for plan, said in zip(plans, people, strict=True):
        if said.relation != "head" or plan.verdict in (RowVerdict.left_out, RowVerdict.error):
            continue
        if first is None:
            first = plan
        elif plan.member is not None:
            plan.line.says("two_heads", "relation", other=first.line.row)
            plan.verdict, plan.member = RowVerdict.error, None


def plan_home_fields(
    plan: "Plan", said: HomeSaid, known: Known | None, head: "Plan | None", household_id: UUID
) -> None:
    """The edit of the household, beside its first row."""
    if known is None:
        data: dict[str, Any] = {"hamlet_id": said.hamlet_id, "residence": "permanent"}
        data |= {"household_no": said.household_no, "no_labour_capacity": bool(said.no_labour)}
        data |= {"address": said.address, "head_member_id": head and head.member_id and str(head.member_id)}
        plan.household = Edit(household_id, None, data)
        _check_draft(plan, household_draft(data, creates=True))
        plan.verdict = RowVerdict.error if failed(plan.line) else RowVerdict.new_household
        return
    wanted = _wanted_of_home(said, known, head)
    if wanted:
        plan.changes |= {name: [old, new] for name, (old, new) in wanted.items()}
        data = {name: new for name, (_, new) in wanted.items()}
        plan.household = Edit(known.id, known.version, data)
        _check_draft(plan, household_draft(data, creates=False))
    if plan.household is not None or plan.recognised is not None:
        _raise(plan, RowVerdict.change)


def _wanted_of_home(said: HomeSaid, known: Known, head: "Plan | None") -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    if said.household_no is not None and no_key(said.household_no) != no_key(known.household_no or ""):
        found["household_no"] = (known.household_no, said.household_no)
    if said.no_labour is not None and said.no_labour != known.no_labour_capacity:
        found["no_labour_capacity"] = (known.no_labour_capacity, said.no_labour)
    if said.address is not None and said.address != known.address:
        found["address"] = (known.address, said.address)
    heads = head is not None and head.member_id is not None and (head.member is not None or known.head is None)
    if heads and head is not None and known.head_member_id not in (None, head.member_id):
        found["head_member_id"] = (str(known.head_member_id), str(head.member_id))
    return found


def remark_home(
    plan: "Plan", plans: Sequence["Plan"], said: HomeSaid, people: Sequence[PersonSaid], known: Known | None
) -> None:
    """What the file says of the household that is not written, or does not add up."""
    line = plan.line
    if (
        said.merit
        and not any(one.merit for one in people[1:])
        and not (known and any(p.merit_person for p in known.people))
    ):
        line.says("merit_unknown", "merit")
    persons = line.text("persons")
    if persons is not None and line.role == "listed" and persons != str(len(plans)):
        line.says("persons_differ", "persons", value=persons, other=len(plans))
    if said.kept and plan.verdict != RowVerdict.same:
        line.says("kept_here", "b1")


def _check_draft(plan: "Plan", drafted: dict[str, Any] | Problem | None) -> None:
    if not isinstance(drafted, Problem):
        return
    for error in drafted.errors:
        name = error.pointer.removeprefix("#/")
        plan.line.says("field_invalid", _COLUMNS.get(name), value=name, why_vi=error.vi, why_en=error.en)
    plan.verdict = RowVerdict.error


_COLUMNS = {
    "birth_date": "birth", "birth_year": "birth", "relation_to_head": "relation", "personal_id": "number",
    "full_name": "full_name", "household_no": "household_no", "address": "address",
}  # fmt: skip


def _raise(plan: "Plan", verdict: RowVerdict) -> None:
    """A row that does more than one thing is told by the larger one; an error stays one."""
    order = [RowVerdict.same, RowVerdict.change, RowVerdict.new_member, RowVerdict.new_household]
    if plan.verdict in order and order.index(verdict) > order.index(plan.verdict):
        plan.verdict = verdict
