"""Rules and register together: what each household and person appears entitled to, and what of it is still open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from sqlmodel import Session

from api.accounts.actor import Actor
from api.eligibility.facts import Home, Person
from api.eligibility.register import Which, load
from api.eligibility.rules import Judgement, Rulebook, rulebook
from api.eligibility.served import Given, GivenTo, services
from api.programmes.catalogue import Catalogue, catalogue
from api.programmes.definition import Policy
from api.standards.definition import Source


class EntitlementState(StrEnum):
    """Eligible and not served yet; served; not known; excluded though a ground holds; not for this reader to know."""

    open = "open"
    served = "served"
    unknown = "unknown"
    excluded = "excluded"
    withheld = "withheld"


@dataclass(frozen=True)
class Books:
    """The policies in force on a day, compiled, with the documents they cite."""

    day: date
    household: Rulebook
    member: Rulebook
    sources: Mapping[str, Source]

    @property
    def policies(self) -> tuple[Policy, ...]:
        return (*self.household.policies, *self.member.policies)


@dataclass(frozen=True)
class Entitlement:
    """A policy under which a household, or one person of it, appears to come."""

    judgement: Judgement
    person: Person | None
    state: EntitlementState
    service: Given | None

    @property
    def policy(self) -> Policy:
        return self.judgement.policy


def books(known: Catalogue, day: date, code: str | None = None) -> Books:
    """The policies of a catalogue that are in force on `day` (or only the one called `code`)."""
    asked = [one for one in known.policies.values() if code in (None, one.code)]
    return Books(day, rulebook(asked, "household", day), rulebook(asked, "member", day), known.sources)


@lru_cache(maxsize=100)
def shipped(day: date, code: str | None = None) -> Books:
    """`books` of the catalogue that ships, compiled once a day."""
    return books(catalogue(), day, code)


def judge(session: Session, actor: Actor, which: Which, by: Books) -> list[tuple[Home, list[Entitlement]]]:
    """The households asked for, in the order of hamlet and id, each with what it comes under. However many households
    and policies: the same number of statements."""
    found = load(session, actor, which, by.day)
    given = services(session, by.policies, found, by.day)
    return [(home, entitlements_of(home, by, given)) for home in found.homes]


def entitlements_of(home: Home, by: Books, given: GivenTo) -> list[Entitlement]:
    """Nothing for a household that was not there on the day; otherwise of the household, then of each person."""
    if not home.active:
        return []
    sees = home.sees_sensitive
    judged: list[tuple[Person | None, Judgement]]
    judged = [(None, one) for one in by.household.judge(home.facts, sees_sensitive=sees)]
    judged += [(one, found) for one in home.people for found in by.member.judge(one.facts, sees_sensitive=sees)]
    entitled = []
    for person, judgement in judged:
        service = given.get((judgement.policy.code, person.id if person else home.id))
        state = state_of(judgement, service)
        if state is not None:
            entitled.append(Entitlement(judgement, person, state, service))
    return entitled


def state_of(judgement: Judgement, service: Given | None) -> EntitlementState | None:
    """None: does not come under the policy."""
    if judgement.hidden:
        return EntitlementState.withheld
    if judgement.eligible is False:
        return EntitlementState.excluded if judgement.excluded else None
    if service is not None or judgement.served_by_facts:
        return EntitlementState.served
    return EntitlementState.unknown if judgement.eligible is None else EntitlementState.open
