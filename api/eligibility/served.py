"""Who was served already: by a delivery in the period of the day, or by a loan that is under way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session

from api.credit.tables import Loan, LoanState
from api.deliveries.tables import Delivery, DeliveryOutcome
from api.eligibility.register import Found
from api.eligibility.rules import period_start
from api.households.stored import among
from api.interventions.tables import Intervention
from api.programmes.definition import Policy

_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
_INTERVENTION = Intervention.__table__  # type: ignore[attr-defined]
_LOAN = Loan.__table__  # type: ignore[attr-defined]
_UNDER_WAY = (LoanState.active, LoanState.overdue)
_BY_DELIVERY = ("once", "month", "quarter", "school_year", "year")


@dataclass(frozen=True)
class Given:
    """By what somebody was served, and on which day."""

    by: Literal["delivery", "loan"]
    id: UUID
    on: date


# (code of the policy, household or person) -> what served them last
GivenTo = dict[tuple[str, UUID], Given]


def services(session: Session, policies: Iterable[Policy], found: Found, day: date) -> GivenTo:
    """What these policies gave to the households found and their people, as of `day`: two statements, whoever asks.

    A household's policy is served by whatever the household or one of its people received under it; a person's only by
    what names that person.
    """
    policies = list(policies)
    delivered = {one.code: one for one in policies if one.served in _BY_DELIVERY}
    lent = {one.code: one for one in policies if one.served == "loan"}
    by: GivenTo = {}
    for code, household_id, member_id, record_id, on in _deliveries(session, list(delivered), found, day):
        start = period_start(delivered[code].served, day)
        if start is None or on >= start:
            _note(by, delivered[code], found, household_id, member_id, Given("delivery", record_id, on))
    for code, household_id, member_id, record_id, on in _loans(session, list(lent), found, day):
        _note(by, lent[code], found, household_id, member_id, Given("loan", record_id, on))
    return by


def _note(
    by: GivenTo, policy: Policy, found: Found, household_id: UUID, member_id: UUID | None, service: Given
) -> None:
    whose = member_id if policy.subject == "member" else found.homes_of.get(household_id)
    if whose is None:
        return
    known = by.get((policy.code, whose))
    if known is None or known.on < service.on:
        by[policy.code, whose] = service


def _deliveries(session: Session, codes: list[str], found: Found, day: date) -> Iterable[Any]:
    """The last one of each household and person under each policy: received, and not reversed since."""
    key = (_INTERVENTION.c.policy, _DELIVERY.c.household_id, _DELIVERY.c.member_id)
    query = (
        select(*key, _DELIVERY.c.id, _DELIVERY.c.delivered_on)
        .ext(distinct_on(*key))
        .join_from(_DELIVERY, _INTERVENTION, _INTERVENTION.c.id == _DELIVERY.c.intervention_id)
        .where(
            among(_DELIVERY.c.household_id, found.papers_under),
            _INTERVENTION.c.policy.in_(codes),
            _DELIVERY.c.outcome == DeliveryOutcome.delivered,
            _DELIVERY.c.reversed_at.is_(None),
            _DELIVERY.c.delivered_on <= day,
        )
        .order_by(*key, _DELIVERY.c.delivered_on.desc(), _DELIVERY.c.id)
    )
    return session.execute(query)


def _loans(session: Session, codes: list[str], found: Found, day: date) -> Iterable[Any]:
    ended_later = and_(_LOAN.c.state.not_in(_UNDER_WAY), _LOAN.c.state_since > day)
    query = (
        select(_LOAN.c.policy, _LOAN.c.household_id, _LOAN.c.member_id, _LOAN.c.id, _LOAN.c.lent_on)
        .where(
            among(_LOAN.c.household_id, found.papers_under),
            _LOAN.c.policy.in_(codes),
            _LOAN.c.lent_on <= day,
            or_(_LOAN.c.state.in_(_UNDER_WAY), ended_later),
        )
        .order_by(_LOAN.c.lent_on, _LOAN.c.id)
    )
    return session.execute(query)
