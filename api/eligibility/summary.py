"""The numbers of an area: per policy how many households and persons are eligible, served, open, not known."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.areas.tables import Area, Level
from api.eligibility import shown
from api.eligibility.facts import Home
from api.eligibility.judging import Books, Entitlement, EntitlementState, judge
from api.eligibility.register import Which
from api.eligibility.schemas import PolicySummary, SummaryOut, Tally
from api.problems import FieldError, Invalid
from api.programmes.definition import Policy

_AREA = Area.__table__  # type: ignore[attr-defined]
# (policy, what: a state or "eligible") -> how many
_Counts = Counter[tuple[str, str]]
_ELIGIBLE = "eligible"


def summary(session: Session, actor: Actor, area_id: UUID, by: Books) -> SummaryOut:
    """A commune or a hamlet, as far as the actor's areas reach. Raises Invalid for an area above a commune."""
    _require_small(session, area_id)
    judged = [(home, found) for home, found in judge(session, actor, Which(area_id=area_id), by) if home.active]
    households, persons = _counted(judged)
    audit.record(session, actor, "eligibility.summary", "area", [area_id])
    return SummaryOut(
        area_id=area_id,
        as_of=by.day,
        households=len(judged),
        persons=sum(len(home.people) for home, _ in judged),
        policies=[_summed(one, households, persons) for one in by.policies],
    )


def _counted(judged: Iterable[tuple[Home, list[Entitlement]]]) -> tuple[_Counts, _Counts]:
    households: _Counts = Counter()
    persons: _Counts = Counter()
    for home, found in judged:
        of_home: set[tuple[str, str]] = set()
        for one in found:
            for what in _counts_as(one):
                of_home.add((one.policy.code, what))
                persons[one.policy.code, what] += 1 if one.person else len(home.people)
        households.update(of_home)
    return households, persons


def _counts_as(one: Entitlement) -> list[str]:
    return [one.state.value, *([_ELIGIBLE] if one.judgement.eligible and one.state in _OPEN_OR_SERVED else [])]


_OPEN_OR_SERVED = (EntitlementState.open, EntitlementState.served)


def _summed(policy: Policy, households: _Counts, persons: _Counts) -> PolicySummary:
    return PolicySummary(
        policy=policy.code,
        label=shown.words(policy.label),
        subject=policy.subject,
        households=_tally(policy, households),
        persons=_tally(policy, persons),
    )


def _tally(policy: Policy, counts: _Counts) -> Tally:
    return Tally(**{what: counts[policy.code, what] for what in Tally.model_fields})


def _require_small(session: Session, area_id: UUID) -> None:
    """A district has a hundred thousand people: its numbers are asked for commune by commune."""
    level = session.scalar(select(_AREA.c.level).where(_AREA.c.id == area_id))
    if level not in (Level.commune, Level.hamlet):
        vi, en = "Hãy chọn một xã hoặc một xóm.", "Choose a commune or a hamlet."
        raise Invalid(vi, en, errors=(FieldError("#query/area_id", "no_commune_or_hamlet", vi, en),))
