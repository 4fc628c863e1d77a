"""What goes over the wire about members (the fields of records.md)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticKnownError

from api import clock
from api.codes import ETHNICITIES
from api.households.schemas import LEFT_OUT, ClassCode, Flag, HouseholdBrief, Maybe, TextPastDay, blank_is_none
from api.households.tables import (
    Disability,
    LabourStatus,
    LeftReason,
    Nutrition,
    Qualification,
    Relation,
    Schooling,
    Sex,
)
from api.schema import Line120, PersonName, Schema


def _until_this_year(value: int) -> int:
    if value > clock.today().year:
        raise PydanticKnownError("less_than_equal", {"le": clock.today().year})
    return value


def _known_ethnicity(value: str) -> str:
    if value not in ETHNICITIES:
        raise PydanticKnownError("enum", {"expected": ", ".join(sorted(ETHNICITIES))})
    return value


def _digits_only(value: Any) -> Any:
    # printed and typed in groups: "036 080 001 234"
    return blank_is_none(value.replace(" ", "")) if isinstance(value, str) else value


BirthYear = Annotated[int, Field(strict=True, ge=1900), AfterValidator(_until_this_year)]
EthnicityCode = Annotated[
    str,
    AfterValidator(_known_ethnicity),
    WithJsonSchema({"type": "string", "enum": sorted(ETHNICITIES), "description": "Code of the national list."}),
]
PersonalId = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[0-9]+$", max_length=12)] | None,
    BeforeValidator(_digits_only),
    Field(description="12 digits (or the old 9). Never logged; masked in answers without `persons:id_full`."),
]


class Implausible(Schema):
    """Kept as given, and worth a second look."""

    pointer: str
    code: str
    detail: str


class MemberIn(Schema):
    """A person in a household. At least one of `birth_date` and `birth_year`."""

    household_id: UUID
    full_name: PersonName
    sex: Sex
    birth_date: TextPastDay | None = None
    birth_year: BirthYear | None = None
    relation_to_head: Relation
    ethnicity: EthnicityCode
    personal_id: PersonalId = None
    schooling: Schooling | None = None
    right_level: Flag | None = None
    qualification: Qualification | None = None
    labour_status: LabourStatus | None = None
    labour_contract: Flag | None = None
    occupation: Annotated[Line120 | None, Maybe] = None
    health_insurance: Flag | None = None
    social_allowance: Flag | None = None
    pension: Flag | None = None
    merit_person: Flag = False
    disability: Disability = Disability.none
    nutrition: Nutrition | None = None
    left_on: TextPastDay | None = None
    left_reason: LeftReason | None = None


class MemberCreate(MemberIn):
    """A new person over REST; the household stands in the address."""

    id: UUID | None = Field(default=None, description="Made by the client (UUIDv7 recommended).")
    household_id: UUID = Field(default=LEFT_OUT, description="The household of the address, or left out.")


class MemberPatch(Schema):
    """The changed fields only."""

    household_id: UUID = LEFT_OUT
    full_name: PersonName = LEFT_OUT
    sex: Sex = LEFT_OUT
    birth_date: TextPastDay | None = None
    birth_year: BirthYear | None = None
    relation_to_head: Relation = LEFT_OUT
    ethnicity: EthnicityCode = LEFT_OUT
    personal_id: PersonalId = None
    schooling: Schooling | None = None
    right_level: Flag | None = None
    qualification: Qualification | None = None
    labour_status: LabourStatus | None = None
    labour_contract: Flag | None = None
    occupation: Annotated[Line120 | None, Maybe] = None
    health_insurance: Flag | None = None
    social_allowance: Flag | None = None
    pension: Flag | None = None
    merit_person: Flag = LEFT_OUT
    disability: Disability = LEFT_OUT
    nutrition: Nutrition | None = None
    left_on: TextPastDay | None = None
    left_reason: LeftReason | None = None


class MemberOut(Schema):
    """A person. Fields the caller may not see are null and named in `withheld`."""

    id: UUID
    version: int
    household_id: UUID
    full_name: str
    sex: Sex
    birth_date: date | None
    birth_year: int | None
    relation_to_head: Relation
    ethnicity: str | None
    personal_id: str | None
    schooling: Schooling | None
    right_level: bool | None
    qualification: Qualification | None
    labour_status: LabourStatus | None
    labour_contract: bool | None
    occupation: str | None
    health_insurance: bool | None
    social_allowance: bool | None
    pension: bool | None
    merit_person: bool
    disability: Disability | None
    nutrition: Nutrition | None
    left_on: date | None
    left_reason: LeftReason | None
    withheld: list[str]
    created_at: datetime
    updated_at: datetime


class MemberFound(Schema):
    """What the bank sees of a person of a recognised household."""

    full_name: str
    household_id: UUID
    hamlet_id: UUID
    current_class: ClassCode | None
    personal_id: str


class MemberWritten(MemberOut):
    """A person just written, with what looks implausible about it."""

    warnings: list[Implausible]


class MemberSearch(Schema):
    """A citizen number stands in a body, never in an address or a log."""

    personal_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]


class DuplicateSide(Schema):
    household: HouseholdBrief
    member: MemberOut


class DuplicateOut(Schema):
    """Two records that may be one person, and why we think so."""

    reasons: list[Literal["personal_id", "name_birth_hamlet"]]
    first: DuplicateSide
    second: DuplicateSide
