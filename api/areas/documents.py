"""The files in which areas come: a list of units (`areas load`), or a change made by law (`areas apply`)."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError

from api import field_errors
from api.areas.tables import AreaType, Level, LocalKind, SuccessionKind
from api.problems import Invalid
from api.schema import Day, Label, Line300, Schema

# province 2 digits, district 3, commune 5 (zeros kept); a hamlet has no official one: its commune's and a number
Code = Annotated[str, Field(pattern=r"^(\d{2}|\d{3}|\d{5}|\d{5}-\d{2,3})$", max_length=9)]


class Unit(Schema):
    """A unit as a file names it."""

    code: Code
    level: Level
    local_kind: LocalKind
    name: Label
    area_type: AreaType | None = None
    region: Label | None = None
    parent: Code | None = None
    source: Line300 | None = None
    # The code was another unit's before: the id then names the first day too (tables.area_id).
    reuses_code: bool = False


class DatedUnit(Unit):
    valid_from: Day
    valid_to: Day | None = None


class Hamlets(Schema):
    """`count` hamlets of a commune that are known by their numbers: `14080-01` is "Xóm 1"."""

    parent: Code
    count: Annotated[int, Field(ge=1, le=99)]
    local_kind: LocalKind
    source: Line300 | None = None
    valid_from: Day


class AreaDocument(Schema):
    source: Line300
    area: Annotated[tuple[DatedUnit, ...], Field(max_length=50_000)] = ()
    hamlets: Annotated[tuple[Hamlets, ...], Field(max_length=50_000)] = ()


class UpperLevel(StrEnum):
    """Who does what the district did, for the grants of district officers."""

    province = "province"
    commune = "commune"
    none = "none"


class Ending(Schema):
    """A unit that ends the day before, and the unit that takes its place (or, where abolished, its duties)."""

    code: Code
    level: Level
    into: Code
    kind: SuccessionKind
    source: Line300
    # false: a unit that most registers do not hold (a neighbouring province); it is passed over where it is not there
    required: bool = True


class Rehung(Schema):
    """A unit that lives on, under another parent."""

    code: Code
    parent: Code


class ChangeDocument(Schema):
    title: Label
    day: Day
    source: Line300
    upper_level: UpperLevel = UpperLevel.commune
    new: Annotated[tuple[Unit, ...], Field(max_length=5_000)]
    ends: Annotated[tuple[Ending, ...], Field(max_length=20_000)]
    moves: Annotated[tuple[Rehung, ...], Field(max_length=20_000)] = ()

    @property
    def last_day(self) -> date:
        """The last day of what ends."""
        return date.fromordinal(self.day.toordinal() - 1)


def read_areas(document: dict[str, Any]) -> AreaDocument:
    """A parsed TOML as a list of units. Raises Invalid with a pointer for each thing that is wrong."""
    try:
        return AreaDocument.model_validate(document)
    except ValidationError as error:
        raise _refused(error) from error


def read_change(document: dict[str, Any]) -> ChangeDocument:
    """A parsed TOML as a change of areas. Raises Invalid with a pointer for each thing that is wrong."""
    try:
        return ChangeDocument.model_validate(document)
    except ValidationError as error:
        raise _refused(error) from error


def _refused(error: ValidationError) -> Invalid:
    found = tuple(field_errors.translate(e) for e in error.errors())
    where = "; ".join(f"{e.pointer}: {e.vi}" for e in found[:5])
    return Invalid(f"Tệp chưa đúng: {where}", f"The file is not right: {found[0].pointer}: {found[0].en}", errors=found)
