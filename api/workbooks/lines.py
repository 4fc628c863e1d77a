"""A row of the file by field, its sheet's role, and the households that the rows make up.

Household fields stand in the first row of a household only, or in each of its rows: both are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.names import fold, toned
from api.workbooks import cells, layout
from api.workbooks.book import SheetRead
from api.workbooks.notes import Note, note
from api.workbooks.schemas import SheetMapping
from api.workbooks.tables import SheetRole

# A row that says none of these is no row of data.
_NAMES = ("full_name", "head_name", "household_no", "household_code", "member_code")
_OF_A_PERSON = ("birth", "number", "relation", "sex")


@dataclass(slots=True)
class Line:
    """A row with the cells of its fields. `letters`: field -> letter of its column."""

    position: int
    sheet: int
    row: int
    role: SheetRole
    cells: dict[str, Any]
    letters: Mapping[str, str]
    notes: list[Note] = field(default_factory=list)
    _is_data: bool | None = None

    def text(self, name: str) -> str | None:
        return cells.text(self.cells.get(name))

    def says(self, code: str, name: str | None = None, **values: Any) -> None:
        """Puts a note beside the row, about the column of a field."""
        self.notes.append(note(code, self.row, self.letters.get(name) if name else None, **values))

    @property
    def is_data(self) -> bool:
        """Is it a row of data? Looked at once: every cell is compared with the headings."""
        if self._is_data is None:
            self._is_data = self.role != SheetRole.ignored and _is_data(self)
        return self._is_data


@dataclass(slots=True)
class Home:
    """The rows of a household. What is said of the household stands in the first one."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]

    def said(self, name: str) -> str | None:
        """What the file says of the household: in its first row, or in the first of its rows that says it."""
        return next((said for line in self.lines if (said := line.text(name)) is not None), None)


def line_of(position: int, sheet: int, row: int, raw: Mapping[str, Any], read_as: SheetMapping | None) -> Line:
    """A stored row, read as the mapping says; the sheet's decision where the row has none."""
    if read_as is None or row < read_as.first_row:
        return Line(position, sheet, row, SheetRole.ignored, dict(raw), {})
    found = {name: raw[letter] for name, letter in read_as.columns.items() if letter in raw}
    if "decision_no" not in found and "decided_on" not in found and read_as.decided_on is not None:
        found |= {"decision_no": read_as.decision_no, "decided_on": ["d", read_as.decided_on.isoformat()]}
    return Line(position, sheet, row, read_as.role, found, read_as.columns)


def homes(lines: Iterable[Line]) -> Iterator[Home]:
    """The households in the order of the file; rows that are no data are left out."""
    current: Home | None = None
    for line in lines:
        if not line.is_data:
            continue
        if current is None or line.sheet != current.first.sheet or _begins(line, current):
            if current is not None:
                yield current
            current = Home([line])
        else:
            current.lines.append(line)
    if current is not None:
        yield current


def _begins(line: Line, home: Home) -> bool:
    """Does another household begin here?"""
    code, number = line.text("household_code"), line.text("household_no")
    if code is not None:
        return code != home.first.text("household_code")
    if line.role != SheetRole.listed:
        return is_head(line) or line.text("relation") is None
    if number is not None:
        return number != home.first.text("household_no") or _is_mark(number)
    head = line.text("head_name")
    if head is None:
        return False
    return toned(head) != toned(home.first.text("head_name") or "") or (is_head(line) and any(map(is_head, home.lines)))


def _is_mark(said: str) -> bool:
    return fold(said) in layout.words("begins")


def household_no(home: Home) -> str | None:
    """Its number; a mark that says only that a household begins is none."""
    said = home.said("household_no")
    return None if said is None or _is_mark(said) else said


def is_head(line: Line) -> bool:
    said = line.text("relation")
    return said is not None and layout.words("relation").get(fold(said)) == "head"


def _is_data(line: Line) -> bool:
    said = {name: found for name in line.cells if (found := line.text(name)) is not None}
    if sum(fold(words) in layout.headings() for words in said.values()) >= 2:
        return False  # the headings once more
    if len(said) >= 3 and all(_is_place(words) for words in said.values()):
        return False  # the numbers under the headings
    first = fold(next(iter(said.values()), ""))
    if any(first.startswith(word) for word in layout.words("foot")) and not said.keys() & set(_OF_A_PERSON):
        return False
    return bool(said.keys() & {*_NAMES, *_OF_A_PERSON})


def _is_place(words: str) -> bool:
    bare = words.strip("()")
    return (bare.isascii() and bare.isdigit() and len(bare) <= 2) or (bare.isalpha() and len(bare) == 1)


def guessed(sheets: Sequence[SheetRead]) -> list[SheetMapping]:
    """How the sheets of a file are read before anybody says otherwise: as layout A, told apart by their titles; a sheet
    whose title says nothing is what stands at its place in the layout, unless another sheet says that it is."""
    free = {sheet.role: sheet for sheet in layout.sheets()}
    known = {
        read.number: free.pop(role) for read in sheets if (role := _role_by_title(read)) is not None and role in free
    }
    for read in sheets:
        role = _role_by_place(read)
        if read.number not in known and _role_by_title(read) is None and role in free:
            known[read.number] = free.pop(role)
    return [_as_layout(read, known.get(read.number)) for read in sheets]


def _as_layout(read: SheetRead, sheet: layout.Sheet | None) -> SheetMapping:
    if sheet is None:
        return SheetMapping(sheet=read.number, role=SheetRole.ignored, first_row=1, columns={})
    return SheetMapping(sheet=read.number, role=sheet.role, first_row=sheet.first_row, columns=sheet.fields())


def _role_by_title(read: SheetRead) -> SheetRole | None:
    titles = [fold(read.name)]
    titles += [fold(str(cell)) for row, found in read.rows if row < 8 for cell in found.values()]
    for sheet in reversed(layout.sheets()):
        if any(mark in title for mark in sheet.marks for title in titles):
            return sheet.role
    return None


def _role_by_place(read: SheetRead) -> SheetRole | None:
    return layout.sheets()[read.number - 1].role if read.number <= len(layout.sheets()) else None
