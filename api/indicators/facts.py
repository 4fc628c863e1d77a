"""The facts an indicator counts, as tables to select from: one row per household, person, intervention or trainee.

They are what statements of api/indicators/sql (households, persons) and functions of the database (migrations/views:
interventions, trainees) say of some areas on some days; `facts` puts them under a statement that names these tables.
"""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    Uuid,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP

from api import sql
from api.labour.law import law
from api.labour.rules import WorkingAge, rule_on

_WHEN = TIMESTAMP(timezone=True)
_METADATA = MetaData()
_ALWAYS = "infinity"
_GIVEN: dict[str, Any] = {
    "areas": sql.Ids(), "days": ARRAY(Date()), "known": _WHEN, "months": Integer(),
}  # fmt: skip

Grain = Literal["household", "person", "intervention", "trainee"]


def _table(name: str, **columns: Any) -> Table:
    return Table(name, _METADATA, *(Column(column, kind) for column, kind in columns.items()))


_FOUND = _table(
    "household_found",
    as_of=Date(), household_id=Uuid(), hamlet_id=Uuid(), poverty_class=Text(), newly_escaped=Boolean(),
    average_living_standard=Boolean(), no_labour_capacity=Boolean(), head_member_id=Uuid(),
    registered_before=_WHEN, movements=ARRAY(Text()), review_id=Uuid(), deprivations=ARRAY(Text()),
    undetermined=ARRAY(Text()), causes=ARRAY(Text()), wishes=ARRAY(Text()), needs=ARRAY(Text()), borrows=Boolean(),
    received=ARRAY(Text()),
)  # fmt: skip
_PERSON_FOUND = _table(
    "person_found",
    as_of=Date(), household_id=Uuid(), member_id=Uuid(), low_income_worker=Boolean(), is_head=Boolean(), sex=Text(),
    ethnicity=Text(),
    age=Integer(), age_months=Integer(), school_age=Integer(), merit_person=Boolean(), disability=Text(),
    health_insurance=Boolean(), schooling=Text(), right_level=Boolean(),
    labour_status=Text(), labour_contract=Boolean(), nutrition=Text(), needs=ARRAY(Text()),
    received=ARRAY(Text()),
)  # fmt: skip
# What a person has from their household.
_OF_HOUSEHOLD = (
    "as_of", "household_id", "hamlet_id", "poverty_class", "newly_escaped", "average_living_standard",
)  # fmt: skip
INTERVENTION = _table(
    "intervention_fact",
    intervention_id=Uuid(), area_id=Uuid(), kind=Text(), replicates=Boolean(), started_on=Date(),
    alive_12_months=Boolean(), replicated=Boolean(), as_of=Date(),
)  # fmt: skip
TRAINEE = _table(
    "trainee_fact",
    participant_id=Uuid(), area_id=Uuid(), category=Text(), sex=Text(), first_of_officer=Boolean(),
    as_of=Date(),
)  # fmt: skip
# Of its people: how many, and whether there is one who ...; the head's sex and ethnic group are null where nobody is
# named as head.
_OF_PEOPLE = {
    "persons": Integer(), "head_sex": Text(), "head_ethnicity": Text(), "merit": Boolean(),
    "disabled": Boolean(), "has_working_age": Boolean(), "has_sustainable_job": Boolean(),
    "job_unknown": Boolean(),
}  # fmt: skip
HOUSEHOLD = _table("household_fact", **{column.name: column.type for column in _FOUND.c}, **_OF_PEOPLE)

PERSON = _table(
    "person_fact",
    **{name: _FOUND.c[name].type for name in _OF_HOUSEHOLD},
    **{column.name: column.type for column in _PERSON_FOUND.c if column.name not in _OF_HOUSEHOLD},
)

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


def facts(statement: Any, areas: Collection[UUID], moment: Moment) -> Any:
    """The statement over the facts of these areas (hamlets, and communes for what is the commune's) on a day."""
    return facts_of_days(statement, areas, [moment.day], moment.known)


def facts_of_days(statement: Any, areas: Collection[UUID], days: Collection[date], known: datetime | None) -> Any:
    """The same over the facts of several days, which their column `as_of` tells apart."""
    given = {"areas": list(areas), "days": list(days), "known": known or _ALWAYS}
    where, at = bindparam("areas", given["areas"], sql.Ids()), bindparam("known", given["known"], _WHEN)
    day = func.unnest(bindparam("days", given["days"], ARRAY(Date))).table_valued(Column("as_of", Date), name="asked")
    day = day.render_derived()
    found = _read_at_once("household_found", _FOUND, **given, months=_MONTHS)
    person = _read_at_once("person_found", _PERSON_FOUND, days=given["days"], known=given["known"])
    here = (person.c.household_id == found.c.household_id) & (person.c.as_of == found.c.as_of)
    persons = select(
        *(found.c[name] for name in _OF_HOUSEHOLD),
        *(column for column in person.c if column.name not in _OF_HOUSEHOLD),
    ).join_from(found, person, here)
    people = _people(days)
    household = select(found, *(people.c[name] for name in _OF_PEOPLE)).join(
        people,
        (people.c.of_household == found.c.household_id) & (people.c.of_day == found.c.as_of),
        isouter=True,
    )
    return statement.add_cte(
        persons.cte("person_fact").prefix_with("MATERIALIZED"),
        household.cte("household_fact"),
        _each(day, "intervention_facts", INTERVENTION, where, day.c.as_of, at).cte("intervention_fact"),
        _each(day, "trainee_facts", TRAINEE, where, day.c.as_of, at).cte("trainee_fact"),
    )


def _read_at_once(name: str, table: Table, **given: Any) -> Any:
    """What a statement of api/indicators/sql says of all days at once, as a part of another statement."""
    statement = sql.load(f"api/indicators/sql/{name}.sql").bindparams(
        *(bindparam(key, value, _GIVEN[key]) for key, value in given.items())
    )
    return statement.columns(*(Column(column.name, column.type) for column in table.c)).cte(name)


def _each(day: Any, name: str, table: Table, *given: Any) -> Select[Any]:
    """What a function says of each day, in the columns of the table."""
    said = _columns(name, table, *given)
    return select(*(day.c.as_of if column.name == "as_of" else said.c[column.name] for column in table.c)).join_from(
        day, said, true()
    )


def _columns(name: str, table: Table, *given: Any) -> Any:
    columns = [Column(column.name, column.type) for column in table.c if column.name != "as_of"]
    return getattr(func, name)(*given).table_valued(*columns, name=name).lateral(name)


def _people(days: Collection[date]) -> Any:
    p = PERSON.c
    able = _working_age(days)
    steady = p.labour_status.is_not_distinct_from("working") & p.labour_contract.is_not_distinct_from(True)
    unsure = p.labour_status.is_(None) | (p.labour_status.is_not_distinct_from("working") & p.labour_contract.is_(None))
    return (
        select(
            p.household_id.label("of_household"),
            p.as_of.label("of_day"),
            func.count().label("persons"),
            func.max(p.sex).filter(p.is_head).label("head_sex"),
            func.max(p.ethnicity).filter(p.is_head).label("head_ethnicity"),
            func.bool_or(p.merit_person).label("merit"),
            func.bool_or(p.disability != "none").label("disabled"),
            func.bool_or(able).label("has_working_age"),
            func.bool_or(able & steady).label("has_sustainable_job"),
            func.bool_or(able & unsure).label("job_unknown"),
        )
        .group_by(p.household_id, p.as_of)
        .subquery("people")
    )


def _working_age(days: Collection[date]) -> Any:
    """Of working age on the day, as the labour record has it (api/labour/data/labour.toml). Only what is in force on
    one of the days is asked of each person: a rule for every year up to 2035 would be paid for by every one of them."""
    rules = {rule.valid_from: rule for rule in (rule_on(day, law().working_age) for day in days)}
    if not rules:
        return false()
    *newer, oldest = (rules[since] for since in sorted(rules, reverse=True))
    if not newer:
        return _works(oldest)
    return case(*((PERSON.c.as_of >= rule.valid_from, _works(rule)) for rule in newer), else_=_works(oldest))


def _works(rule: WorkingAge) -> Any:
    p = PERSON.c
    until = or_(*((p.sex == sex) & (p.age_months < months) for sex, months in sorted(rule.until_months.items())))
    return (p.age_months >= rule.from_months) & until


def _read(package: str, name: str) -> Any:
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))


PARAMETERS: dict[str, Any] = _read("api.indicators", "data/parameters.toml")
_MONTHS: int = _read("api.households", "data/newly_escaped.toml")["programme"]["months"]


def law_of_facts() -> str:
    """The numbers of the law that the facts were found by: counts by other numbers are stale."""
    return f"{_MONTHS} {law().working_age}"
