"""Interventions as people make them over HTTP, of whatever kind the catalogue has: least fields, papers, who may."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx

from api import codes
from api.accounts.permissions import Permission, holds
from api.areas.tables import area_id
from api.interventions import kinds
from api.programmes.catalogue import catalogue
from api.programmes.definition import Field, Kind, Step
from tests.make.answers import done
from tests.make.people import CAST, Person

SignIn = Callable[[str], httpx.Client]
ROOT = "/api/v1/interventions"
COMMUNE, HAMLET = str(area_id("14080")), str(area_id("14080-03"))
PROPOSAL = "community_proposal"


def who_holds(right: str, *, but: str | None = None) -> Person:
    """Somebody of Trực Thái who holds a right: of the commune rather than of xóm 3."""
    near = [p for p in CAST if p.area in ("14080", "14080-03", "363") and p.username != but]
    able = [person for person in near if holds(person.role, person.head, Permission(right))]
    assert able, f"nobody of the cast holds {right}"
    return min(able, key=lambda person: ("14080", "14080-03", "363").index(person.area))


def least_value(field: Field) -> Any:
    """A value that the field takes."""
    if field.type in ("code", "codes"):
        listed = [choice.code for choice in field.options] or [
            value["code"] for one in codes.code_lists() if one["code"] == field.list for value in one["values"]
        ]
        return listed[0] if field.type == "code" else listed[:1]
    values = {"text": "Nội dung", "date": "2024-05-02", "boolean": True}
    return values.get(field.type, max(field.min or 0, 0) + (0 if field.max == 0 else 1))


def names(sign_in: SignIn, fields: tuple[Field, ...]) -> dict[str, Any]:
    """Other interventions for the fields that have to name one."""
    named = [field for field in fields if field.type == "intervention" and field.required]
    return {field.code: opened(sign_in, str(field.kind))["id"] for field in named}


def least(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The fields that are required, with values they take."""
    return {field.code: least_value(field) for field in fields if field.required and field.type != "intervention"}


def body_of(kind: Kind, **more: Any) -> dict[str, Any]:
    """What opens one of a kind that is about nobody, with what is required only."""
    person = who_holds(kind.right)
    area = HAMLET if person.area == "14080-03" else COMMUNE
    asked = {"kind": kind.code, "area_id": area, "year": 2024, "title": "Việc thử", "fields": least(kind.fields)}
    return asked | more


def opened(sign_in: SignIn, code: str = PROPOSAL, **more: Any) -> dict[str, Any]:
    """An intervention of a kind, opened by somebody who holds its right."""
    kind = catalogue().kinds[code]
    made: dict[str, Any] = done(sign_in(who_holds(kind.right).username).post(ROOT, json=body_of(kind, **more)))
    return made


def papers(sign_in: SignIn, made: dict[str, Any], step: Step) -> None:
    """Puts the papers in that the step needs and that are not there."""
    client = sign_in(who_holds(catalogue().kinds[made["kind"]].right).username)
    there = {paper["code"] for paper in done(client.get(f"{ROOT}/{made['id']}"))["documents"]}
    for code in kinds.missing_papers(step, there):
        done(client.post(f"{ROOT}/{made['id']}/documents", json={"code": code, "number": "01"}))


def step_body(step: Step, taken_on: str = "2024-06-01", **more: Any) -> dict[str, Any]:
    return {"step": step.code, "taken_on": taken_on, "fields": least(step.fields), **more}


def take(sign_in: SignIn, made: dict[str, Any], code: str, **more: Any) -> dict[str, Any]:
    """Takes a step with its papers, by somebody who may (the approver is somebody else than who opened it)."""
    kind = catalogue().kinds[made["kind"]]
    step = kind.step(code)
    assert step is not None
    papers(sign_in, made, step)
    person = who_holds(kinds.right_of(kind, step))
    body = step_body(step, **more)
    body["fields"] |= names(sign_in, step.fields)
    answer = sign_in(person.username).post(f"{ROOT}/{made['id']}/steps", json=body)
    after: dict[str, Any] = done(answer)
    return after


def way_to(kind: Kind, step: Step) -> list[Step]:
    """Steps that lead from the first stage to one at which `step` is possible."""
    ways: dict[str, list[Step]] = {kind.first_stage: []}
    waiting = [kind.first_stage]
    while waiting:
        stage = waiting.pop(0)
        if stage in step.before:
            return ways[stage]
        for other in kinds.steps_at(kind, stage):
            if other.after is not None and other.after not in ways and not other.of_participant:
                ways[other.after] = [*ways[stage], other]
                waiting.append(other.after)
    raise AssertionError(f"{kind.code}: no way leads to {step.code}")


def enrolled(client: httpx.Client, made: dict[str, Any], *whom: dict[str, Any]) -> list[dict[str, Any]]:
    """These enrolled; each says its role and who."""
    sent = [{"joined_on": "2024-05-20", **one} for one in whom]
    items: list[dict[str, Any]] = done(client.post(f"{ROOT}/{made['id']}/participants", json={"participants": sent}))[
        "items"
    ]
    return items


def somebody(taking: str, household_id: UUID, member_id: UUID, organisation_id: str) -> dict[str, Any]:
    """Who takes part, as what a role takes."""
    taken: dict[str, dict[str, Any]] = {
        "household": {"household_id": str(household_id)},
        "member": {"household_id": str(household_id), "member_id": str(member_id)},
        "organisation": {"organisation_id": organisation_id},
        "outsider": {"outsider": {"name": "Phạm Văn Ngoài", "sex": "male"}},
        "headcount": {"headcount": {"poor": 3, "other": 20}},
    }
    return taken[taking]


def organisation(client: httpx.Client, **more: Any) -> str:
    asked = {"area_id": COMMUNE, "kind": "cooperative", "name": f"Hợp tác xã {uuid4().hex[:6]}", **more}
    return str(done(client.post("/api/v1/organisations", json=asked))["id"])


def first_step(client: httpx.Client, made: dict[str, Any]) -> str:
    """A step of the whole that whoever opened it takes, with its papers: its id."""
    kind = catalogue().kinds[made["kind"]]
    step = next(s for s in kinds.steps_at(kind, made["stage"]) if kinds.right_of(kind, s) == kind.right)
    for code in step.needs:
        done(client.post(f"{ROOT}/{made['id']}/documents", json={"code": code}))
    return str(done(client.post(f"{ROOT}/{made['id']}/steps", json=step_body(step)))["steps"][-1]["id"])
