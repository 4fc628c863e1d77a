"""What a row says of a person, and its household's first row of the household. What cannot be read is noted there."""

from collections.abc import Mapping as Words
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api import clock
from api.names import fold, toned
from api.workbooks import cells, layout
from api.workbooks.lines import Home, Line, household_no
from api.workbooks.notes import ERRORS
from api.workbooks.register import Register, place_key
from api.workbooks.schemas import Answer, Mapping
from api.workbooks.tables import RowChoice, SheetRole


@dataclass(frozen=True, slots=True)
class Meaning:
    """What words mean, made ready once: those of the lists and those of the mapping; and the answers by row."""

    words: Words[str, Words[str, str]]
    hamlets: Words[str, UUID]
    answers: Words[tuple[int, int], list[Answer]]

    def chosen(self, sheet: int, row: int, choice: RowChoice) -> Answer | None:
        """The answer of this kind that the row was given."""
        return next((one for one in self.answers.get((sheet, row), ()) if one.choice == choice), None)


def meaning(mapping: Mapping) -> Meaning:
    own: dict[str, Words[str, str]] = {
        "relation": mapping.relations,
        "ethnicity": mapping.ethnicities,
        "poverty_class": mapping.classes,
        "sex": {},
    }
    answers: dict[tuple[int, int], list[Answer]] = {}
    for answer in mapping.answers:
        answers.setdefault((answer.sheet, answer.row), []).append(answer)
    return Meaning(
        words={
            kind: layout.words(kind) | {fold(w): str(code) for w, code in said.items()} for kind, said in own.items()
        },
        hamlets={place_key(word): hamlet for word, hamlet in mapping.hamlets.items()},
        answers=answers,
    )


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """A person as the file has them; None: the file does not say. `ethnicity_of_first`: it is that of the first row."""

    full_name: str | None
    name_toned: str
    sex: str | None
    birth: cells.Birth | None
    relation: str | None
    ethnicity: str | None
    ethnicity_of_first: bool
    number: cells.Number | None
    merit: bool | None


@dataclass(frozen=True, slots=True)
class ClassSaid:
    """A class by a decision on paper."""

    poverty_class: str
    number: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class HomeSaid:
    """A household as the file has it; None: the file does not say. `kept`: points and causes, for which the register
    has no place without a review."""

    household_no: str | None
    hamlet_id: str | None
    no_labour: bool | None
    merit: bool | None
    address: str | None
    recognised: ClassSaid | None
    scores: tuple[int | None, int | None]
    kept: bool


def failed(line: Line) -> bool:
    """Is something of the row wrong?"""
    return any(one.code in ERRORS for one in line.notes)


def person_said(line: Line, home: Home, by: Meaning) -> PersonSaid:
    """The person of a row. Notes what cannot be read."""
    name = line.text("full_name")
    if name is None and line is home.first:
        name = line.text("head_name")
    ethnicity = _word(line, "ethnicity", "ethnicity_unknown", by)
    of_first = ethnicity is None and line is not home.first and line.text("ethnicity") is None
    if of_first:
        ethnicity = _known(home.first.text("ethnicity"), "ethnicity", by)
    return PersonSaid(
        full_name=name,
        name_toned=toned(name or ""),
        sex=_word(line, "sex", "sex_unknown", by),
        birth=_birth(line),
        relation=_relation(line, home, name, by),
        ethnicity=ethnicity,
        ethnicity_of_first=of_first and ethnicity is not None,
        number=_number(line),
        merit=None if _of_household(line, home) else _flag(line, "merit"),
    )


def _of_household(line: Line, home: Home) -> bool:
    """Does a mark of this row mean somebody of the household, rather than the person of the row?"""
    return len(home.lines) > 1 and (line is home.first or line.text("head_name") is not None)


def _relation(line: Line, home: Home, name: str | None, by: Meaning) -> str | None:
    said = _word(line, "relation", "relation_unknown", by)
    if said is not None or line.text("relation") is not None:
        return said
    head = line.text("head_name")
    begins = line is home.first and not any(_is_head(other, by) for other in home.lines)
    return "head" if begins and (head is None or toned(head) == toned(name or "")) else None


def _is_head(line: Line, by: Meaning) -> bool:
    return _known(line.text("relation"), "relation", by) == "head"


def _birth(line: Line) -> cells.Birth | None:
    if line.text("birth") is None:
        return None
    found = cells.birth(line.cells["birth"])
    if found is None or found.year > clock.today().year or (found.day and found.day > clock.today()):
        line.says("birth_unreadable", "birth", value=line.text("birth"))
        return None
    if found.counted:
        line.says("birth_counted", "birth", value=f"{found.day:%d/%m/%Y}")
    return found


def _number(line: Line) -> cells.Number | None:
    if line.text("number") is None:
        return None
    found = cells.number(line.cells["number"])
    if found is None:
        line.says("number_unreadable", "number")
    elif found.digits is None:
        line.says("number_masked", "number")
    elif found.padded:
        line.says("number_padded", "number")
    return found


def home_said(home: Home, register: Register, by: Meaning) -> HomeSaid:
    """The household, of the row in which it begins. Notes beside that row what cannot be read."""
    first = home.first
    _check_commune(first, register)
    scores = _score(first, "b1"), _score(first, "b2")
    return HomeSaid(
        household_no=household_no(home),
        hamlet_id=_hamlet(home, register, by),
        no_labour=_flag(first, "no_labour"),
        merit=_flag(first, "merit") if _of_household(first, home) else None,
        address=first.text("address"),
        recognised=_recognised(first, by),
        scores=scores,
        kept=scores != (None, None) or first.text("causes") is not None,
    )


def _check_commune(first: Line, register: Register) -> None:
    for name in ("commune", "commune_code"):
        said = first.text(name)
        if said is not None and place_key(said) not in register.commune_names:
            first.says("commune_differs", name, value=said)
            return


def _hamlet(home: Home, register: Register, by: Meaning) -> str | None:
    said, name = home.said("hamlet"), "hamlet"
    if said is None and home.first.text("address") is not None:
        said, name = (home.first.text("address") or "").split(",")[0], "address"
    if said is None:
        return None
    mapped = by.hamlets.get(place_key(said))
    found = mapped if mapped in register.hamlets else register.hamlet(said)
    if found is None and name == "hamlet":
        home.first.says("hamlet_unknown", name, value=said)
    return None if found is None else str(found)


def _recognised(first: Line, by: Meaning) -> ClassSaid | None:
    poverty_class = _class_of(first, by)
    if poverty_class is None:
        return None
    number, day = first.text("decision_no"), cells.day(first.cells.get("decided_on"))
    if first.text("decided_on") is not None and day is None:
        first.says("decision_day_unreadable", "decided_on", value=first.text("decided_on"))
    elif number is None or day is None or len(number) > 60:
        first.says("class_without_decision", "decision_no")
    elif day > clock.today():
        first.says("decision_in_future", "decided_on")
    else:
        return ClassSaid(poverty_class, number, day)
    return None


def _class_of(first: Line, by: Meaning) -> str | None:
    if first.role != SheetRole.listed:
        return "not_poor"
    return _word(first, "poverty_class", "class_unknown", by)


def _score(first: Line, name: str) -> int | None:
    said = first.text(name)
    if said is None:
        return None
    points = cells.whole(first.cells[name])
    b2 = layout.b2()
    if points is None or (name == "b2" and (points % b2.step or points > b2.most)):
        first.says("score_unreadable", name, value=said)
        return None
    return points


def _flag(line: Line, name: str) -> bool | None:
    said = line.text(name)
    if said is None:
        return None
    found = layout.words("flag").get(fold(said))
    if found is None:
        line.says("flag_unknown", name, value=said)
        return None
    return found == "true"


def _word(line: Line, name: str, unknown: str, by: Meaning) -> str | None:
    said = line.text(name)
    if said is None:
        return None
    found = _known(said, name, by)
    if found is None:
        line.says(unknown, name, value=said)
    return found


def _known(said: str | None, kind: str, by: Meaning) -> str | None:
    return None if said is None else by.words[kind].get(fold(said))
