"""Entitlements as they stand on the wire: the words, articles and documents of what the rules found."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.eligibility import schemas
from api.eligibility.judging import Books, Entitlement, EntitlementState
from api.eligibility.rules import Amount, amounts
from api.programmes.definition import Policy
from api.schema import Words
from api.standards import definition
from api.standards.definition import Cited

# Group -> its place in the order that the commune has set; empty: all equal.
Places = Mapping[str, int]


def entitlement(one: Entitlement, by: Books, places: Places) -> schemas.EntitlementOut:
    judged = one.judgement
    why = one.policy.unless_reason
    return schemas.EntitlementOut(
        policy=one.policy.code,
        member_id=one.person.id if one.person else None,
        full_name=one.person.full_name if one.person else None,
        state=one.state,
        eligible=judged.eligible,
        reasons=[
            schemas.Reason(
                code=held.ground.code,
                reason=words(held.ground.reason),
                **_cited(held.ground, by),
                verified=held.ground.verified,
                certain=held.certain,
            )
            for held in judged.reasons
        ],
        excluded=words(why) if judged.excluded and why else None,
        to_check=[words(said) for said in judged.to_check],
        priorities=[
            schemas.Group(code=g.code, label=words(g.label), **_cited(g, by), place=places.get(g.code))
            for g in judged.priorities
        ],
        served=_served(one),
        withheld=list(judged.withheld),
    )


def first_place(entitlements: Iterable[Entitlement], places: Places) -> int | None:
    """The place of the first of the groups that hold for any of these; None: of no group in the order."""
    found = [places[g.code] for one in entitlements for g in one.judgement.priorities if g.code in places]
    return min(found, default=None)


def policy(one: Policy, by: Books) -> schemas.PolicyBrief:
    return schemas.PolicyBrief(
        code=one.code,
        field=one.field,
        component=one.component,
        subject=one.subject,
        label=words(one.label),
        benefit=words(one.benefit),
        responsible=words(one.responsible),
        **_cited(one, by),
        verified=one.verified,
        amounts=[_amount(found, by) for found in amounts(one, by.day)],
    )


def words(said: definition.Words) -> Words:
    return Words(vi=said.vi, en=said.en)


def _served(one: Entitlement) -> schemas.Served | None:
    if one.state is not EntitlementState.served:
        return None
    if one.service is None:
        return schemas.Served(by="facts", id=None, on=None)
    return schemas.Served(by=one.service.by, id=one.service.id, on=one.service.on)


def _amount(found: Amount, by: Books) -> schemas.AmountOut:
    parameter = found.parameter
    return schemas.AmountOut(
        code=parameter.code,
        label=words(parameter.label),
        measure=parameter.measure,
        unit=parameter.unit,
        value=found.value,
        unverified_value=found.unverified_value,
        said=words(found.said) if found.said else None,
        **_cited(parameter, by),
        valid_from=parameter.valid_from,
        valid_to=parameter.valid_to,
    )


def _cited(one: Cited, by: Books) -> dict[str, Any]:
    source = by.sources.get(one.document)
    return {"document": source.number if source else one.document, "article": one.article}
