"""What goes over the wire about households and members (the fields of records.md)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticKnownError

from api import clock
from api.codes import ETHNICITIES
from api.households.tables import (
    Disability,
    HouseholdStatus,
    LabourStatus,
    LeftReason,
    Nutrition,
    Qualification,
    Relation,
    Residence,
    Schooling,
    Sex,
)
from api.schema import AreaId, Day, Line20, Line120, Line300, Note, PastDay, PersonName, Schema, Version

ClassCode = Literal["poor", "near_poor", "not_poor"]


def _blank_is_none(value: Any) -> Any:
    # a cleared field of a form is sent as "", and two households without a number do not share the number ""
    return None if isinstance(value, str) and not value.strip() else value


def _day_text(value: Any) -> Any:
    # pydantic would read 0 as 1970-01-01
    if value is None or isinstance(value, str | date):
        return value
    raise PydanticKnownError("date_type")


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
    return _blank_is_none(value.replace(" ", "")) if isinstance(value, str) else value


Maybe = BeforeValidator(_blank_is_none)
Flag = Annotated[bool, Field(strict=True)]
TextDay = Annotated[Day, BeforeValidator(_day_text)]
TextPastDay = Annotated[PastDay, BeforeValidator(_day_text)]
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
_LEFT_OUT: Any = None  # the default of a patch: not sent. Sending null where no null may stand is refused.


class _HouseholdReadOnly(Schema):
    """Given by us. Accepted back only with the value it has."""

    status: HouseholdStatus = _LEFT_OUT
    merged_into: UUID | None = None
    current_class: ClassCode | None = None
    class_since: TextDay | None = None
    newly_escaped_until: TextDay | None = None


class HouseholdIn(_HouseholdReadOnly):
    """A household as it comes to be known. Its members are records of their own."""

    hamlet_id: AreaId
    household_no: Annotated[Line20 | None, Maybe] = None
    address: Annotated[Line300 | None, Maybe] = None
    phone: Annotated[Line20 | None, Maybe] = None
    note: Annotated[Note | None, Maybe] = None
    residence: Residence
    head_member_id: UUID | None = Field(default=None, description="May name a member that arrives later.")
    no_labour_capacity: Flag = False
    no_labour_capacity_ground: Annotated[Line300 | None, Maybe] = None


class HouseholdCreate(HouseholdIn):
    """A new household over REST: with its own id, or with an Idempotency-Key, or with neither."""

    id: UUID | None = Field(default=None, description="Made by the client (UUIDv7 recommended).")


class HouseholdPatch(_HouseholdReadOnly):
    """The changed fields only."""

    hamlet_id: AreaId = _LEFT_OUT
    household_no: Annotated[Line20 | None, Maybe] = None
    address: Annotated[Line300 | None, Maybe] = None
    phone: Annotated[Line20 | None, Maybe] = None
    note: Annotated[Note | None, Maybe] = None
    residence: Residence = _LEFT_OUT
    head_member_id: UUID | None = None
    no_labour_capacity: Flag = _LEFT_OUT
    no_labour_capacity_ground: Annotated[Line300 | None, Maybe] = None


class Implausible(Schema):
    """Kept as given, and worth a second look."""

    pointer: str
    code: str
    detail: str


class HouseholdOut(Schema):
    """A household; class and dates are those of today, from recognitions."""

    id: UUID
    version: int
    hamlet_id: UUID
    household_no: str | None
    address: str | None
    phone: str | None
    note: str | None
    residence: Residence
    head_member_id: UUID | None
    no_labour_capacity: bool
    no_labour_capacity_ground: str | None
    status: HouseholdStatus
    merged_into: UUID | None
    current_class: ClassCode | None
    class_since: date | None
    newly_escaped_until: date | None
    created_at: datetime
    updated_at: datetime


class HouseholdItem(HouseholdOut):
    """A household in a list, with the name it is looked for."""

    head_name: str | None


class HouseholdBrief(Schema):
    """What a caller with `households:list` only may see."""

    id: UUID
    household_no: str | None
    head_name: str | None
    hamlet_id: UUID
    current_class: ClassCode | None


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
    household_id: UUID = Field(default=_LEFT_OUT, description="The household of the address, or left out.")


class MemberPatch(Schema):
    """The changed fields only."""

    household_id: UUID = _LEFT_OUT
    full_name: PersonName = _LEFT_OUT
    sex: Sex = _LEFT_OUT
    birth_date: TextPastDay | None = None
    birth_year: BirthYear | None = None
    relation_to_head: Relation = _LEFT_OUT
    ethnicity: EthnicityCode = _LEFT_OUT
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
    merit_person: Flag = _LEFT_OUT
    disability: Disability = _LEFT_OUT
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


class MemberWritten(MemberOut):
    """A person just written, with what looks implausible about it."""

    warnings: list[Implausible]


class MemberSearch(Schema):
    """A citizen number stands in a body, never in an address or a log."""

    personal_id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]


class MoveIn(Schema):
    hamlet_id: AreaId
    moved_on: TextPastDay
    reason: Annotated[Line300 | None, Maybe] = None


class SplitIn(Schema):
    """The members who leave, and the household they form."""

    id: UUID | None = None
    member_ids: list[UUID] = Field(min_length=1, max_length=100)
    household_no: Annotated[Line20 | None, Maybe] = None
    head_member_id: UUID | None = None
    address: Annotated[Line300 | None, Maybe] = None
    residence: Residence | None = None
    reason: Annotated[Line300 | None, Maybe] = None


class MergeIn(Schema):
    survivor_id: UUID
    absorbed_id: UUID
    reason: Annotated[Line300 | None, Maybe] = None


class EndIn(Schema):
    """Why a household is no longer one: it left the register, or its last person died or joined another."""

    ended_on: TextPastDay
    reason: Annotated[Line300 | None, Maybe] = None


class VersionOut(Schema):
    """One change: when, by whom, from which tablet, and for each field the old and the new value."""

    version: Version
    changed_at: datetime
    origin: str
    changed_by: str | None
    changed_by_name: str | None
    device_id: UUID | None
    device_name: str | None
    submission_id: UUID | None
    change: dict[str, list[Any]] | None
    withheld: list[str]


class DuplicateSide(Schema):
    household: HouseholdBrief
    member: MemberOut


class DuplicateOut(Schema):
    """Two records that may be one person, and why we think so."""

    reasons: list[Literal["personal_id", "name_birth_hamlet"]]
    first: DuplicateSide
    second: DuplicateSide
