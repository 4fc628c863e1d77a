"""What the programme consists of, as frozen values: components, kinds of interventions, policies.

PURE. `catalogue.py` reads api/programmes/data into these. A component is data plus the few fields that are its own: it
brings kinds of interventions, each with stages, steps, papers, fields and roles. Every value of law names its document,
how sure it is, and whether it is verified; what is not known is None and stays visible (docs/programmes.md).
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from api.standards.definition import Cited, Words
from api.standards.expressions import Logic

_CLOSED = {"extra": "forbid"}  # read by pydantic: an unknown key in a file is a typing mistake

# Whom an intervention can be about, and who can take part in one: an `outsider` is a person outside of the register, a
# `headcount` a group of whom only the numbers by class are known.
Subject = Literal["household", "member", "organisation"]
Taking = Literal["household", "member", "organisation", "outsider", "headcount"]
FieldType = Literal["text", "integer", "vnd", "number", "date", "boolean", "code", "codes", "intervention"]
Served = Literal["once", "month", "quarter", "school_year", "year", "loan", "never"]
# What a number of a policy says: an amount due to somebody, or something that bounds, divides or prices it.
Measure = Literal["amount", "ceiling", "share", "rate", "term", "level"]


def in_force(one: Cited, day: date) -> bool:
    """Does it hold on that day? Both of its days count; without one it has no beginning or no end."""
    return (one.valid_from is None or one.valid_from <= day) and (one.valid_to is None or day <= one.valid_to)


@dataclass(frozen=True)
class Choice:
    code: str
    label: Words
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field that only this kind, step or role has. `vnd` is a whole number of VND.

    Values of `code` and `codes` come from `options`, or from the list `list` of api/data/codes.toml. Of `intervention`
    the value is the id of another intervention, of the kind `kind`; a step names at most one.
    `sensitive`: of a person's health or origin; shown only to who may see such (persons:sensitive).
    """

    code: str
    label: Words
    type: FieldType
    required: bool = False
    options: tuple[Choice, ...] = ()
    list: str | None = None
    kind: str | None = None
    min: int | None = None
    max: int | None = None
    unit: Words | None = None
    sensitive: bool = False
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Step:
    """What may be done at a stage, and where it leads. `after` None: the stage stays.

    `needs`: papers of the checklist that must be there before. `of_participant`: taken for one participant (a result, a
    certificate), not for the whole. `due_months` after the step `due_after`: when it is due (results after 6, 12, 36
    months). `right` None: the right of its kind.
    """

    code: str
    label: Words
    before: tuple[str, ...]
    after: str | None = None
    right: str | None = None
    fields: tuple[Field, ...] = ()
    needs: tuple[str, ...] = ()
    of_participant: bool = False
    repeats: bool = False
    due_months: int | None = None
    due_after: str | None = None
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Role:
    """As what somebody takes part, and what is recorded of them."""

    code: str
    label: Words
    who: tuple[Taking, ...]
    fields: tuple[Field, ...] = ()
    __pydantic_config__ = _CLOSED


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of intervention. `right`: who records it; `readers`: who sees it (any of these rights).

    `about`: its subject, where it is a case of one (empty: of nobody in particular). `parents`: the kinds it can hang
    under (a finding under its inspection). `served`: it can deliver support and so have deliveries and signing sheets.
    `component` None: it belongs to no component (a helper, a supervision note).
    """

    code: str
    label: Words
    section: str
    right: str
    readers: tuple[str, ...] = ("programmes:read",)
    component: str | None = None
    about: tuple[Subject, ...] = ()
    about_required: bool = False
    parents: tuple[str, ...] = ()
    hamlet: bool = False
    stages: tuple[Choice, ...]
    steps: tuple[Step, ...] = ()
    documents: tuple[Choice, ...] = ()
    fields: tuple[Field, ...] = ()
    roles: tuple[Role, ...] = ()
    serves: bool = False
    note: str | None = None
    __pydantic_config__ = _CLOSED

    @property
    def first_stage(self) -> str:
        return self.stages[0].code

    def step(self, code: str) -> Step | None:
        return next((step for step in self.steps if step.code == code), None)

    def role(self, code: str) -> Role | None:
        return next((role for role in self.roles if role.code == code), None)


@dataclass(frozen=True, kw_only=True)
class TargetGroup(Cited):
    """Who a component is for, in the plan's words."""

    code: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Content(Cited):
    """What a component supports, in the plan's words."""

    label: Words


@dataclass(frozen=True, kw_only=True)
class Component(Cited):
    """A component of the programme as the plan has it. `projects`: its numbers in QĐ 90/QĐ-TTg (DA2, DA3-TDA1, …)."""

    code: str
    order: int
    section: str
    projects: tuple[str, ...]
    label: Words
    groups: tuple[TargetGroup, ...] = ()
    contents: tuple[Content, ...] = ()
    legal_bases: tuple[Cited, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parameter(Cited):
    """A number of a policy, from day to day. `value` None: not known. Unverified ones never become an amount due.

    Rows of one `code` follow each other in time. `unit`: a code of the list `parameter_unit`. Only a `measure` of
    `amount` is what somebody receives; a ceiling, a share or a rate is not.
    """

    code: str
    label: Words
    value: int | None = None
    unit: str
    measure: Measure = "amount"


@dataclass(frozen=True, kw_only=True)
class Ground(Cited):
    """One way to come under a policy: a condition over the facts (facts.py), and the reason in words where it holds.

    `asks`: what the register does not know and a person still has to check. Where `when` holds and something is asked,
    the answer is "unknown", with these words; it is never "yes".
    """

    code: str
    reason: Words
    when: Logic
    asks: tuple[Words, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Priority(Cited):
    """A group that the plan wants helped first: a visible reason, no rank (domain.md 10.7)."""

    code: str
    label: Words
    when: Logic


@dataclass(frozen=True, kw_only=True)
class SharedPriority(Cited):
    """A priority that many policies refer to: `when` for households, `when_member` for single persons."""

    code: str
    label: Words
    when: Logic
    when_member: Logic


@dataclass(frozen=True, kw_only=True)
class PrioritySet:
    """Priorities under one name, so that they stand in one place: a policy says `priorities = "plan"`."""

    code: str
    priorities: tuple[SharedPriority, ...]
    __pydantic_config__ = _CLOSED

    def for_subject(self, subject: str) -> tuple[Priority, ...]:
        return tuple(_priority(one, one.when if subject == "household" else one.when_member) for one in self.priorities)


def _priority(shared: SharedPriority, when: Logic) -> Priority:
    cited = {name: getattr(shared, name) for name in Cited.__dataclass_fields__}
    return Priority(code=shared.code, label=shared.label, when=when, **cited)


@dataclass(frozen=True, kw_only=True)
class Policy(Cited):
    """A standing policy or an offer of a component: who appears eligible, for what, by which article.

    `subject`: households or single persons. `unless`: a condition that excludes, with its reason; `true` where nobody
    of this commune can have it. `served`: when somebody counts as served already: by a delivery in the period of the
    day asked, by a loan under way, or (`never`) by nothing but `served_if`, a condition over the facts (an insured
    person is insured). `order`: the order that the policy's own text sets, in words for people.
    """

    code: str
    field: str
    label: Words
    benefit: Words
    responsible: Words
    subject: Literal["household", "member"]
    component: str | None = None
    grounds: tuple[Ground, ...]
    unless: Logic = False
    unless_reason: Words | None = None
    served: Served = "once"
    served_if: Logic = False
    parameters: tuple[Parameter, ...] = ()
    priorities: tuple[Priority, ...] = ()
    order: Words | None = None

    @property
    def known(self) -> bool:
        """Does every parameter have a value that was compared with the text?"""
        return all(one.value is not None and one.verified for one in self.parameters)

    def on(self, day: date) -> "Policy":
        """The policy with only those grounds, parameters and priorities that hold on that day.

        Whether it is in force itself says `in_force(policy, day)`.
        """
        return replace(
            self,
            grounds=tuple(one for one in self.grounds if in_force(one, day)),
            parameters=tuple(one for one in self.parameters if in_force(one, day)),
            priorities=tuple(one for one in self.priorities if in_force(one, day)),
        )
