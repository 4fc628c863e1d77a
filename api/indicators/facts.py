"""The facts an indicator counts, as tables to select from: one row per household, person, intervention or trainee.

They are what the database's functions `household_facts`, `person_facts`, ... say of some areas on a day
(migrations/views); `facts` puts them under a statement that names the tables below.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, Date, Integer, MetaData, Select, Table, Text, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import TIMESTAMP

from api import sql

_WHEN = TIMESTAMP(timezone=True)
_METADATA = MetaData()

Grain = Literal["household", "person", "intervention", "trainee"]


def _table(name: str, **columns: Any) -> Table:
    return Table(name, _METADATA, *(Column(column, kind) for column, kind in columns.items()))


_FOUND = _table(
    "household_found",
    household_id=Uuid(), hamlet_id=Uuid(), poverty_class=Text(), newly_escaped=Boolean(),
    average_living_standard=Boolean(), no_labour_capacity=Boolean(), residence=Text(), head_member_id=Uuid(),
    registered_before=_WHEN, movements=ARRAY(Text()), review_id=Uuid(), deprivations=ARRAY(Text()),
    undetermined=ARRAY(Text()), causes=ARRAY(Text()), wishes=ARRAY(Text()), needs=ARRAY(Text()), borrows=Boolean(),
    received=ARRAY(Text()),
)  # fmt: skip
PERSON = _table(
    "person_fact",
    member_id=Uuid(), household_id=Uuid(), hamlet_id=Uuid(), poverty_class=Text(), newly_escaped=Boolean(),
    average_living_standard=Boolean(), low_income_worker=Boolean(), is_head=Boolean(), sex=Text(), ethnicity=Text(),
    age=Integer(), age_months=Integer(), school_age=Integer(), merit_person=Boolean(), disability=Text(),
    health_insurance=Boolean(), social_allowance=Boolean(), schooling=Text(), right_level=Boolean(),
    qualification=Text(), labour_status=Text(), labour_contract=Boolean(), nutrition=Text(), needs=ARRAY(Text()),
    received=ARRAY(Text()),
)  # fmt: skip
INTERVENTION = _table(
    "intervention_fact",
    intervention_id=Uuid(), area_id=Uuid(), kind=Text(), component=Text(), year=Integer(), is_model=Boolean(),
    replicates=Boolean(), started_on=Date(), ended_on=Date(), alive_12_months=Boolean(), replicated=Boolean(),
    household_id=Uuid(), as_of=Date(),
)  # fmt: skip
TRAINEE = _table(
    "trainee_fact",
    participant_id=Uuid(), area_id=Uuid(), category=Text(), sex=Text(), poverty_officer=Boolean(), held_on=Date(),
)  # fmt: skip
# Of its people: how many, and whether there is one who ...; the head's sex and ethnic group are null where nobody is
# named as head.
_OF_PEOPLE = {
    "persons": Integer(), "children": Integer(), "head_sex": Text(), "head_ethnicity": Text(), "merit": Boolean(),
    "disabled": Boolean(), "has_working_age": Boolean(), "has_sustainable_job": Boolean(),
    "job_unknown": Boolean(),
}  # fmt: skip
HOUSEHOLD = _table("household_fact", **{column.name: column.type for column in _FOUND.c}, **_OF_PEOPLE)

TABLES: dict[Grain, Table] = {
    "household": HOUSEHOLD, "person": PERSON, "intervention": INTERVENTION, "trainee": TRAINEE,
}  # fmt: skip
PLACE: dict[Grain, Any] = {
    "household": HOUSEHOLD.c.hamlet_id, "person": PERSON.c.hamlet_id, "intervention": INTERVENTION.c.area_id,
    "trainee": TRAINEE.c.area_id,
}  # fmt: skip
IDENTITY: dict[Grain, Any] = {
    "household": HOUSEHOLD.c.household_id, "person": PERSON.c.member_id,
    "intervention": INTERVENTION.c.intervention_id, "trainee": TRAINEE.c.participant_id,
}  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """The day that facts are of, and what was known: only what was recorded before `known` (None: everything)."""

    day: date
    known: datetime | None = None


def facts(statement: Select[Any], areas: list[UUID], moment: Moment) -> Select[Any]:
    """The statement over the facts of these areas (hamlets, and communes for what is the commune's)."""
    given = (cast(areas, sql.Ids()), cast(moment.day, Date), cast(moment.known or "infinity", _WHEN))
    person = _called("person_facts", PERSON, *given, _MONTHS).cte("person_fact").prefix_with("MATERIALIZED")
    found = _called("household_facts", _FOUND, *given, _MONTHS).subquery("found")
    people = _people(moment.day)
    household = select(found, *(people.c[name] for name in _OF_PEOPLE)).join(
        people, people.c.of_household == found.c.household_id, isouter=True
    )
    return statement.add_cte(
        person,
        household.cte("household_fact"),
        _called("intervention_facts", INTERVENTION, *given).cte("intervention_fact"),
        _called("trainee_facts", TRAINEE, *given).cte("trainee_fact"),
    )


def _called(name: str, table: Table, *given: Any) -> Select[Any]:
    columns = [Column(column.name, column.type) for column in table.c]
    return select(getattr(func, name)(*given).table_valued(*columns, name=name))


def _people(day: date) -> Any:
    p = PERSON.c
    able = working_age(day)
    steady = p.labour_status.is_not_distinct_from("working") & p.labour_contract.is_not_distinct_from(True)
    unsure = p.labour_status.is_(None) | (p.labour_status.is_not_distinct_from("working") & p.labour_contract.is_(None))
    return (
        select(
            p.household_id.label("of_household"),
            func.count().label("persons"),
            func.count().filter(p.age < 16).label("children"),
            func.max(p.sex).filter(p.is_head).label("head_sex"),
            func.max(p.ethnicity).filter(p.is_head).label("head_ethnicity"),
            func.bool_or(p.merit_person).label("merit"),
            func.bool_or(p.disability != "none").label("disabled"),
            func.bool_or(able).label("has_working_age"),
            func.bool_or(able & steady).label("has_sustainable_job"),
            func.bool_or(able & unsure).label("job_unknown"),
        )
        .group_by(p.household_id)
        .subquery("people")
    )


def working_age(day: date) -> Any:
    """Of working age on `day`: from 15 to the age of retirement of that year (data/parameters.toml)."""
    rows = [row for row in _PARAMETERS["working_age"] if row["year"] <= day.year] or _PARAMETERS["working_age"][:1]
    newest = max(rows, key=lambda row: row["year"])
    p = PERSON.c
    men, women = newest["male_months"], newest["female_months"]
    return (p.age >= _PARAMETERS["working_from"]["years"]) & (
        ((p.sex == "male") & (p.age_months < men)) | ((p.sex == "female") & (p.age_months < women))
    )


def _read(package: str, name: str) -> Any:
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))


_PARAMETERS: dict[str, Any] = _read("api.indicators", "data/parameters.toml")
_MONTHS: int = _read("api.households", "data/newly_escaped.toml")["programme"]["months"]
