"""One person's record, put together from what the register and the interventions tell of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.eligibility.facts import Home, Person
from api.interventions import fields
from api.interventions.tables import ParticipantState
from api.labour.law import Courses, Seekers, law
from api.labour.rules import age_in_months, of_working_age
from api.labour.schemas import CourseOut, JobOut, LabourRecord, SeekerOut, ServiceOut
from api.labour.traces import Case, Learner, Traces
from api.programmes.catalogue import catalogue
from api.programmes.definition import Field
from api.schema import Words

_PLAIN = ("birth_date", "birth_year", "labour_status", "labour_contract", "occupation", "schooling", "qualification")
_SENSITIVE = ("ethnicity", "disability")
_LISTED = ("poor", "near_poor")


def belongs(home: Home, person: Person, day: date) -> bool:
    """Of working age, and of a poor, near-poor or newly escaped household, or recognised as a worker of low income."""
    h, worker = home.facts["h"], person.facts["m"]["low_income_worker"]
    if not (h["class"] in _LISTED or h["newly_escaped"] or worker):
        return False
    record = person.record
    born = record["birth_date"] or date(record["birth_year"], 1, 1)
    return of_working_age(born, record["sex"], day, law().working_age)


def told(home: Home, person: Person, found: Traces, day: date) -> LabourRecord:
    """The record as its reader may see it."""
    record, sees = person.record, home.sees_sensitive
    cases = found.cases.get(person.id, [])
    poverty_class = home.facts["h"]["class"]
    return LabourRecord(
        member_id=person.id,
        full_name=person.full_name,
        sex=record["sex"],
        **{name: record[name] for name in _PLAIN},
        **{name: record[name] if sees else None for name in _SENSITIVE},
        household_id=home.id,
        household_no=home.household_no,
        hamlet_id=home.hamlet_id,
        poverty_class=poverty_class if poverty_class in _LISTED else None,
        newly_escaped=home.facts["h"]["newly_escaped"],
        low_income_worker=person.facts["m"]["low_income_worker"],
        needs=[one for one in person.facts["m"]["needs"] if one in law().needs.kinds],
        seeker=_seeker(cases[-1], sees) if cases else None,
        services=_services(cases, found.services.get(person.id, []), sees),
        job=_job(cases, sees),
        courses=[_course(one, sees, day) for one in found.courses.get(person.id, [])],
        withheld=[] if sees else list(_SENSITIVE),
    )


def _rule(case: Case) -> Seekers:
    return next(one for one in law().seekers if one.kind == case.row.kind)


def _seeker(case: Case, sees: bool) -> SeekerOut:
    kind = catalogue().kinds[case.row.kind]
    led = [step.stage_after for step in case.steps if step.stage_after != step.stage_before]
    stage = led[-1] if led else kind.first_stage
    label = next(one.label for one in kind.stages if one.code == stage)
    wants = _values(kind.fields, case.row.fields, sees).get(_rule(case).wants)
    return SeekerOut(intervention_id=case.row.id, stage=stage, stage_label=Words(vi=label.vi, en=label.en), wants=wants)


def _services(cases: Sequence[Case], delivered: Sequence[Any], sees: bool) -> list[ServiceOut]:
    found = [
        ServiceOut(service=row.service, on=row.delivered_on, at=None, intervention_id=row.intervention_id)
        for row in delivered
    ]
    for case in cases:
        called = {_rule(case).referral: "referral", _rule(case).placement: "placement"}
        found += [
            ServiceOut(
                service=called[step.step], on=step.taken_on, at=_where(case, step, sees), intervention_id=case.row.id
            )
            for step in case.steps
            if step.step in called
        ]
    return sorted(found, key=lambda one: (one.on, one.service))


def _where(case: Case, step: Any, sees: bool) -> str | None:
    """The employer where one is named, otherwise the vacancy."""
    values = _of_step(case.row.kind, step, sees)
    employer = values.get("employer")
    return str(employer) if employer else step.vacancy


def _job(cases: Sequence[Case], sees: bool) -> JobOut | None:
    placements = [(case, step) for case in cases for step in case.steps if step.step == _rule(case).placement]
    if not placements:
        return None
    case, place = max(placements, key=lambda one: (one[1].taken_on, one[1].position))
    rule, later = _rule(case), [step for step in case.steps if step.position > place.position]
    lost = next((step.taken_on for step in later if step.stage_before == place.stage_after != step.stage_after), None)
    values = _of_step(case.row.kind, place, sees)

    def lasted(code: str, months: int) -> bool | None:
        said = [_works(case.row.kind, step, sees) for step in later if step.step == code]
        if said:
            return said[-1]
        return False if lost is not None and age_in_months(place.taken_on, lost) < months else None

    return JobOut(
        intervention_id=case.row.id,
        placed_on=place.taken_on,
        employer=_where(case, place, sees),
        contract=values.get("contract"),
        lost_on=lost,
        after_6_months=lasted(rule.after_6_months, 6),
        after_12_months=lasted(rule.after_12_months, 12),
    )


def _course(one: Learner, sees: bool, day: date) -> CourseOut:
    row, kind = one.row, catalogue().kinds[one.row.kind]
    rule: Courses = next(known for known in law().courses if known.kind == row.kind)
    role = kind.role(rule.role)
    values = _values(role.fields if role else (), row.fields, sees)
    # of a past day: whoever has left or finished since was still learning, and had no certificate yet
    over = row.ended_on is not None and row.ended_on <= day
    certified_on = values.get("certified_on") and date.fromisoformat(values["certified_on"])
    has = certified_on <= day if certified_on else over or row.ended_on is None
    works = [_works(row.kind, step, sees) for step in one.steps if step.step == rule.after_6_months]
    return CourseOut(
        intervention_id=row.id,
        title=row.title,
        trade=_values(kind.fields, row.of_course, sees).get("trade"),
        state=row.state if over else ParticipantState.enrolled,
        joined_on=row.joined_on,
        ended_on=row.ended_on if over else None,
        certificate_no=values.get("certificate_no") if has else None,
        certified_on=certified_on if has else None,
        works_after_6_months=works[-1] if works else None,
    )


def _works(kind: str, step: Any, sees: bool) -> bool | None:
    return _of_step(kind, step, sees).get("works")


def _of_step(kind: str, step: Any, sees: bool) -> dict[str, Any]:
    known = catalogue().kinds[kind].step(step.step)
    return _values(known.fields if known else (), step.fields, sees)


def _values(known: tuple[Field, ...], values: dict[str, Any], sees: bool) -> dict[str, Any]:
    """What is sensitive stays out, whatever the catalogue may call so one day."""
    found: dict[str, Any] = fields.shown(known, values, sees)["fields"]
    return found
