"""Which household and which people of the register a file means. What is not certain is a question, never a guess.

A household is found by the code an export wrote, by the citizen numbers of its people, or by its number in the hamlet
where the head agrees; name and birth alone only lead to a question, so that nobody is entered twice in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from api.workbooks.cells import Birth
from api.workbooks.lines import Home, Line
from api.workbooks.reading import HomeSaid, Meaning, PersonSaid
from api.workbooks.register import Known, Person, Register, no_key
from api.workbooks.schemas import Answer
from api.workbooks.tables import RowChoice, SheetRole

Choice = RowChoice


@dataclass(slots=True)
class Found:
    """What was found: a record, or a question with its candidates and the answers it takes, or neither."""

    household: Known | None = None
    person: Person | None = None
    question: str | None = None
    candidates: list[Known | Person] = field(default_factory=list)
    choices: list[RowChoice] = field(default_factory=list)


def agree(person: Person, birth: Birth | None) -> bool | None:
    """Is that the birth the register has? None: the file does not say."""
    if birth is None:
        return None
    if person.birth_date is not None and birth.day is not None:
        return person.birth_date == birth.day
    return person.birth_year == birth.year


def find_home(home: Home, said: HomeSaid, people: Sequence[PersonSaid], register: Register, by: Meaning) -> Found:
    """The household of the register, or what has to be asked. Notes a code that is not known."""
    first = home.first
    answer = by.chosen(first.sheet, first.row, Choice.match)
    named = first.text("household_code")
    if named is not None:
        found = register.household(coded) if (coded := _code(named)) else None
        if found is None:
            first.says("code_unknown", "household_code")
        return Found(found)
    if answer is not None and answer.record_id is not None:
        person = register.people.get(answer.record_id)
        found = register.household(person.household_id if person else answer.record_id)
        if found is None:
            first.says("code_unknown", "full_name")
        return Found(found)
    created = by.chosen(first.sheet, first.row, Choice.create) is not None
    head = next((one for one in people if one.relation == "head"), people[0])
    for way in (_by_people, _by_no, _by_name):
        result = way(said, head, people, register)
        if result is not None and not (result.question and created and Choice.create in result.choices):
            if first.role != SheetRole.listed and Choice.create in result.choices:
                result.choices.remove(Choice.create)
            return result
    return Found()


def _code(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def living(register: Register, said: PersonSaid) -> list[Person]:
    """Who has the citizen number of the row, those who live there before those who left."""
    if said.number is None or said.number.digits is None:
        return []
    return register.by_number.get(register.index(said.number.digits), [])


def _by_people(said: HomeSaid, head: PersonSaid, people: Sequence[PersonSaid], register: Register) -> Found | None:
    homes: dict[UUID, Known] = {}
    for one in people:
        for person in living(register, one):
            if not person.left:
                homes[person.household_id] = register.households[person.household_id]
    for known in homes.values():
        if (
            known.head is not None
            and known.head.name_toned == head.name_toned
            and agree(known.head, head.birth) is not False
        ):
            return Found(known)
    if not homes:
        return None
    own = register.by_no.get(_place(said)) if said.household_no and said.hamlet_id else None
    if own is not None:  # its number decides; somebody who lives elsewhere is asked about in their own row
        return Found(homes[own]) if own in homes and len(homes) == 1 else None
    return Found(
        question="maybe_same_household", candidates=list(homes.values()), choices=[Choice.match, Choice.leave_out]
    )


def _place(said: HomeSaid) -> tuple[UUID, str]:
    return UUID(said.hamlet_id), no_key(said.household_no or "")


def _by_no(said: HomeSaid, head: PersonSaid, _people: Sequence[PersonSaid], register: Register) -> Found | None:
    if said.household_no is None or said.hamlet_id is None:
        return None
    known = register.households.get(register.by_no.get(_place(said), UUID(int=0)))
    if known is None:
        return None
    if (
        known.head is not None
        and known.head.name_toned == head.name_toned
        and agree(known.head, head.birth) is not False
    ):
        return Found(known)
    return Found(question="other_head", candidates=[known], choices=[Choice.match, Choice.leave_out])


def _by_name(said: HomeSaid, head: PersonSaid, _people: Sequence[PersonSaid], register: Register) -> Found | None:
    same = namesakes(register, head, said.hamlet_id)
    if not same:
        return None
    homes = {person.household_id: register.households[person.household_id] for person in same}
    choices = [Choice.match, Choice.create, Choice.leave_out]
    return Found(question="maybe_same_household", candidates=list(homes.values()), choices=choices)


def namesakes(register: Register, said: PersonSaid, hamlet_id: str | None) -> list[Person]:
    """Who of the hamlet (or of the commune, where the file names none) has this name and birth."""
    if not said.name_toned or said.birth is None:
        return []
    return [
        person
        for person in register.by_name.get(said.name_toned, [])
        if agree(person, said.birth)
        and (hamlet_id is None or str(register.households[person.household_id].hamlet_id) == hamlet_id)
        and not _other_number(register, person, said)
    ]


def _other_number(register: Register, person: Person, said: PersonSaid) -> bool:
    """Both have a citizen number, and they differ: two people of one name and birth."""
    digits = said.number.digits if said.number else None
    return person.index is not None and digits is not None and register.index(digits) != person.index


def find_person(
    line: Line,
    said: PersonSaid,
    known: Known | None,
    register: Register,
    by: Meaning,
    used: set[UUID],
    hamlet_id: str | None,
) -> Found:
    """The person of the register that a row means, in its household (`known`; None: a new one) or elsewhere."""
    answer = by.chosen(line.sheet, line.row, Choice.match)
    created = by.chosen(line.sheet, line.row, Choice.create) is not None
    coded = line.text("member_code")
    if coded is not None:
        person = register.people.get(_code(coded) or UUID(int=0))
        if person is None:
            line.says("code_unknown", "member_code")
            return Found()
        return _at_home(person, known, answer, [Choice.match, Choice.leave_out])
    if answer is not None and answer.record_id in register.people:
        return Found(person=register.people[answer.record_id])
    numbered = [person for person in living(register, said) if person.id not in used and _there(person, known)]
    numbered.sort(key=lambda person: known is None or person.household_id != known.id)
    if numbered:
        return _at_home(numbered[0], known, answer, [Choice.match, Choice.leave_out])
    inside = _inside(said, known, used, register, created)
    if inside is not None:
        return inside
    elsewhere = [p for p in namesakes(register, said, hamlet_id) if known is None or p.household_id != known.id]
    if elsewhere and not created:
        choices = [Choice.match, Choice.create, Choice.leave_out]
        return Found(question="person_elsewhere", candidates=list(elsewhere), choices=choices)
    return Found()


def _there(person: Person, known: Known | None) -> bool:
    """Whoever left another household may well have come to this one: that record is no longer theirs."""
    return not person.left or (known is not None and person.household_id == known.id)


def _inside(said: PersonSaid, known: Known | None, used: set[UUID], register: Register, created: bool) -> Found | None:
    """By name, among the people of the household who were not found yet; those who left only where the birth agrees."""
    if known is None:
        return None
    same = [p for p in known.people if p.id not in used and p.name_toned == said.name_toned]
    sure = [p for p in same if agree(p, said.birth) and not _other_number(register, p, said)] or [
        p for p in same if agree(p, said.birth)
    ]
    if sure:
        return Found(person=sure[0])
    there = [p for p in same if not p.left]
    if not there:
        return None
    if said.birth is None and len(there) == 1:
        return Found(person=there[0])
    if created:
        return Found()
    choices = [Choice.match, Choice.create, Choice.leave_out]
    return Found(question="maybe_same_person", candidates=list(there), choices=choices)


def _at_home(person: Person, known: Known | None, answer: Answer | None, choices: list[RowChoice]) -> Found:
    """The person, unless they stand in another household: then an officer has to say whether they moved."""
    if (known is not None and person.household_id == known.id) or person.left:
        return Found(person=person)
    if answer is not None:
        return Found(person=person)
    return Found(question="person_elsewhere", candidates=[person], choices=choices)
