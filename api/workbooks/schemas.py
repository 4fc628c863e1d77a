"""What goes over the wire about workbooks that are imported."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from api.households.member_schemas import EthnicityCode
from api.households.schemas import Flag
from api.households.tables import Relation
from api.schema import Label, Line60, Line120, PastDay, Schema
from api.standards.tables import PovertyClass
from api.workbooks import layout
from api.workbooks.tables import RowChoice, RowVerdict, SheetRole, WorkbookState

SheetNumber = Annotated[int, Field(ge=1, le=20, description="The sheet, counted from 1.")]
RowNumber = Annotated[int, Field(ge=1, le=1_048_576, description="The row, as the spreadsheet counts.")]
Letter = Annotated[str, StringConstraints(pattern=r"^(?:[A-Z]|A[A-N])$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def _known_field(value: str) -> str:
    if value not in layout.fields():
        raise PydanticKnownError("enum", {"expected": ", ".join(sorted(layout.fields()))})
    return value


FieldName = Annotated[str, AfterValidator(_known_field)]


class SheetMapping(Schema):
    """How a sheet is read: what it lists, where its data begins, which column holds what, and the decision of rows
    that name none."""

    sheet: SheetNumber
    role: SheetRole
    first_row: RowNumber
    columns: dict[FieldName, Letter] = Field(max_length=40)
    decision_no: Annotated[Line60 | None, Field(description="Of rows without a decision of their own.")] = None
    decided_on: PastDay | None = None


class Answer(Schema):
    """What an officer says to a question, or that a row is left out. `record_id`: which record of the register it is,
    where `match` is the choice."""

    sheet: SheetNumber
    row: RowNumber
    choice: RowChoice
    record_id: UUID | None = None

    @model_validator(mode="after")
    def _names_a_record(self) -> "Answer":
        if self.choice == RowChoice.match and self.record_id is None:
            raise PydanticCustomError("missing", "record_id is needed")
        return self


class Mapping(Schema):
    """How the file is read. `hamlets`, `classes`, `relations`, `ethnicities`: a word of the file -> what it means."""

    sheets: list[SheetMapping] = Field(max_length=20)
    hamlets: dict[Word, UUID] = Field(default_factory=dict, max_length=200)
    classes: dict[Word, PovertyClass] = Field(default_factory=dict, max_length=100)
    relations: dict[Word, Relation] = Field(default_factory=dict, max_length=200)
    ethnicities: dict[Word, EthnicityCode] = Field(default_factory=dict, max_length=100)
    signatory: Label = "Chủ tịch UBND xã"
    answers: list[Answer] = Field(default_factory=list, max_length=20_000)


class MappingPatch(Schema):
    """The parts that change; each replaces what it was. The file is checked again from its first row."""

    sheets: list[SheetMapping] | None = Field(default=None, max_length=20)
    hamlets: dict[Word, UUID] | None = Field(default=None, max_length=200)
    classes: dict[Word, PovertyClass] | None = Field(default=None, max_length=100)
    relations: dict[Word, Relation] | None = Field(default=None, max_length=200)
    ethnicities: dict[Word, EthnicityCode] | None = Field(default=None, max_length=100)
    signatory: Label | None = None
    answers: list[Answer] | None = Field(default=None, max_length=20_000)


class ConfirmationIn(Schema):
    """`leave_out_errors`: rows with an error are left out; without it they keep the whole file from being written."""

    leave_out_errors: Flag = False


class ImportBrief(Schema):
    """An import in a list. `counts`: its rows by verdict, as far as they are checked."""

    id: UUID
    version: int
    area_id: UUID
    file_name: str | None
    sha256: str
    state: WorkbookState
    total: int
    done: int
    counts: dict[str, int]
    imported_by: UUID | None
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ImportOut(ImportBrief):
    """One import, with how its file is read."""

    mapping: Mapping


class NoteOut(Schema):
    """Something about a row, in both languages. `column`: the letter it is about."""

    code: str
    column: str | None
    vi: str
    en: str


class Change(Schema):
    """A field as the register has it and as the file would have it; citizen numbers are masked."""

    field: str
    old: Any
    new: Any


class Candidate(Schema):
    """A record of the register that a row may mean: the household, its number, its hamlet, its head, the person."""

    record_id: UUID
    household_no: str | None
    hamlet_id: UUID
    name: str | None
    birth_date: date | None
    birth_year: int | None


class RowOut(Schema):
    """A row of the file and what it would do. `choices`: how its question may be answered in the mapping.

    `verdict` is null while it is not checked. `cells`: what the row says, by field.
    """

    position: int
    sheet: int
    row: int
    verdict: RowVerdict | None
    problems: list[str]
    notes: list[NoteOut]
    changes: list[Change]
    choices: list[RowChoice]
    candidates: list[Candidate]
    household_id: UUID | None
    member_id: UUID | None
    cells: dict[str, str]


FileName = Annotated[Line120 | None, Field(description="The name of the file, as it is shown in the list of imports.")]
