"""The catalogue on the wire. Each value of law says where it stands, how sure it is, and whether it was compared."""

from datetime import date
from typing import Any

from pydantic import Field as Described

from api.schema import Schema, Words
from api.standards.definition import Confidence


class CitedOut(Schema):
    """Where a value stands. `source`: the document and the article in words; `document`: its code in `sources`.

    `verified` false: nobody has compared it with the text yet. The days say how long it holds; null: without end.
    """

    document: str
    article: str | None
    source: str
    verified: bool
    confidence: Confidence
    note: str | None
    valid_from: date | None
    valid_to: date | None


class SourceOut(Schema):
    """A document that the entry cites."""

    code: str
    number: str
    title: str
    signed_on: date | None
    valid_from: date | None
    url: str | None


class ChoiceOut(Schema):
    code: str
    label: Words


class KindShort(Schema):
    """A kind of intervention. `right`: who records it; `readers`: who sees it (any of these rights)."""

    code: str
    label: Words
    section: str
    component: str | None
    right: str
    readers: list[str]
    about: list[str]
    about_required: bool
    parents: list[str]
    hamlet: bool
    serves: bool
    note: str | None


class KindList(Schema):
    items: list[KindShort]


class FieldOut(Schema):
    """A field of a form. `options`: all values of a `code` or `codes`, also where they come from the list `list`.
    `kind`: of the intervention whose id is the value, where `type` is `intervention`."""

    code: str
    label: Words
    type: str
    required: bool
    options: list[ChoiceOut]
    list: str | None
    kind: str | None
    min: int | None
    max: int | None
    unit: Words | None
    sensitive: bool


class StepOut(Schema):
    """What may be done at the stages `before`, and where it leads (`after` null: the stage stays).

    `right`: who may take it. `needs`: papers that must be there. `due_months` after the step `due_after`: when.
    """

    code: str
    label: Words
    before: list[str]
    after: str | None
    right: str
    fields: list[FieldOut]
    needs: list[str]
    of_participant: bool
    repeats: bool
    due_months: int | None
    due_after: str | None


class RoleOut(Schema):
    code: str
    label: Words
    who: list[str]
    fields: list[FieldOut]


class KindOut(KindShort):
    """Everything an app needs to draw its forms. The first stage is where one begins; `children`: what hangs under."""

    stages: list[ChoiceOut]
    steps: list[StepOut]
    documents: list[ChoiceOut]
    fields: list[FieldOut]
    roles: list[RoleOut]
    children: list[str]


class ComponentShort(CitedOut):
    """A component of the programme. `projects`: its numbers in QĐ 90/QĐ-TTg."""

    code: str
    order: int
    section: str
    projects: list[str]
    label: Words


class ComponentList(Schema):
    items: list[ComponentShort]


class GroupOut(CitedOut):
    code: str
    label: Words


class ContentOut(CitedOut):
    label: Words


class GroundOut(CitedOut):
    """One way to come under a policy. `when`: JsonLogic over the facts. `asks`: what a person still has to check."""

    code: str
    reason: Words
    when: Any
    asks: list[Words]


class ParameterOut(CitedOut):
    """A number of a policy. `value` null: not known. Only a verified `amount` is ever an amount due."""

    code: str
    label: Words
    value: int | None
    unit: str
    unit_label: Words
    measure: str


class PriorityOut(CitedOut):
    """A group that is to be helped first: a reason, no rank."""

    code: str
    label: Words
    when: Any


class PolicyShort(CitedOut):
    """A policy as of a day. `unverified`: how many of its parameters of that day nobody has compared with the text."""

    code: str
    field: str
    label: Words
    benefit: Words
    responsible: Words
    subject: str
    component: str | None
    served: str
    in_force: bool
    parameter_count: int
    unverified: int


class PolicyList(Schema):
    as_of: date
    items: list[PolicyShort]


class PolicyOut(PolicyShort):
    """With its conditions and numbers as of the day. `other_parameters`: those of other days."""

    as_of: date
    grounds: list[GroundOut]
    unless: Any = Described(description="JsonLogic; false: nobody is excluded, true: nobody can have it here.")
    unless_reason: Words | None
    served_if: Any = Described(description="JsonLogic over the facts; false: only deliveries and loans count.")
    parameters: list[ParameterOut]
    other_parameters: list[ParameterOut]
    priorities: list[PriorityOut]
    order: Words | None
    sources: list[SourceOut]


class ComponentOut(ComponentShort):
    """Who it is for and what it supports, in the plan's words; the kinds of interventions and policies it brings."""

    groups: list[GroupOut]
    contents: list[ContentOut]
    legal_bases: list[CitedOut]
    kinds: list[KindShort]
    policies: list[PolicyShort]
    sources: list[SourceOut]
