"""The demo's surveys: the answers of the last finished round, and a round of this year that is on its way.

NO REAL PERSON'S DATA. Every review goes through the writer of the web and the tablets and is scored by the rules of the
standard; the answers are chosen so that the result is the class that the decision of the round gives.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import update
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.demo import accounts
from api.demo.register import NEAR, OUT, POOR, MadeUp
from api.households.stored import among
from api.reviews.assignments import assign
from api.reviews.cases import CASE, case_id
from api.reviews.commands import open_round
from api.reviews.review_commands import write_reviews
from api.reviews.review_rows import REVIEW
from api.reviews.round_schemas import Assignment, Assignments
from api.reviews.scoring import FORM
from api.reviews.tables import CaseStage, RoundKind
from api.standards import rules
from api.standards.compiled import Standard
from api.standards.facts import facts
from api.standards.queries import standard

_SEED = 2023
_STANDARD = ("vn-2022", 1)
_GOOD: dict[str, Any] = {
    "wall_durable": True, "column_durable": True, "roof_durable": True, "water_source": "piped", "toilet": "septic",
    "internet_used": True, "shared_device": True, "personal_device": True,
}  # fmt: skip
# What a house may lack, beside what its people do; the more often in the list, the more often met.
_LACKS: tuple[dict[str, Any], ...] = (
    {"toilet": "other"}, {"toilet": "none"}, {"water_source": "other"}, {"internet_used": False},
    {"internet_used": False}, {"wall_durable": False, "roof_durable": False},
    {"shared_device": False, "personal_device": False}, {"floor_area": 7},
)  # fmt: skip
# The points of the paper: below the line of the countryside, or above it
_POINTS = {POOR: (60, 120), NEAR: (95, 140), OUT: (145, 190)}
_LEAST = {POOR: 3, NEAR: 0, OUT: 0}
_MOST = {POOR: 6, NEAR: 2, OUT: 3}
_CAUSES = ("lack_capital", "lack_labour", "illness_or_accident", "lack_labour_skills")
# The share of a hamlet's list that was surveyed by today, xóm 1 first: some are done, one has not begun
_DONE = (1.0, 0.9, 0.75, 0.6, 0.5, 0.4, 0.2, 0.0)


@dataclass(frozen=True)
class Surveyed:
    """A household of a round, the class its answers are to come to (None: not surveyed yet) and what it was before."""

    home: MadeUp
    wanted: str | None
    before: str | None


def finished(session: Session, actor: Actor, round_id: UUID, homes: Iterable[MadeUp], opens_on: date) -> None:
    """The list and the reviews of the round whose decision gave the second of the two classes."""
    surveyed = [
        Surveyed(home, home.classes[1], home.classes[0]) for home in homes if home.classes[1] is not None
    ]  # fmt: skip
    _list(session, round_id, surveyed)
    _review(session, actor, round_id, surveyed, (opens_on + timedelta(days=14), opens_on + timedelta(days=60)))


def settle(session: Session, round_id: UUID, decision_id: UUID) -> None:
    """The cases of a round whose decision is signed."""
    recognised = {"stage": CaseStage.recognised, "decision_id": decision_id, "updated_at": clock.now()}
    session.execute(update(CASE).where(CASE.c.round_id == round_id).values(**recognised))


def on_its_way(session: Session, homes: Iterable[MadeUp]) -> int:
    """This year's round in xã Trực Thái, in its time of surveys; how many households are on its list."""
    actor, today, round_id = accounts.officer("14080"), clock.today(), _id("round", "14080:this-year")
    # the days of the law (QĐ 24/2021, Điều 4) where they are not over or still to come
    opens_on = min(date(today.year, 9, 1), today - timedelta(days=30))
    closes_on = date(today.year, 12, 14) if today <= date(today.year, 12, 14) else today + timedelta(days=20)
    open_round(
        session, actor, actor.scope_of(Permission.rounds_write), area_id=area_id("14080"), kind=RoundKind.periodic,
        year=today.year, opens_on=opens_on, closes_on=closes_on, round_id=round_id,
    )  # fmt: skip
    listed = list(_now(home for home in homes if home.commune == "14080"))
    _list(session, round_id, listed)
    hamlets = [Assignment(hamlet_id=area_id(f"14080-{n:02d}"), username=f"xom-{n}") for n in range(1, 9)]
    assign(session, actor, round_id, Assignments(items=hamlets))
    surveyed = [one for one in listed if one.wanted is not None]
    _review(session, actor, round_id, surveyed, (opens_on + timedelta(days=7), today))
    return len(listed)


def _now(homes: Iterable[MadeUp]) -> Iterator[Surveyed]:
    """Who is poor or near-poor: hamlet by hamlet as far as the surveyors have come, some of them better off by now."""
    rng = Random(_SEED + 1)  # noqa: S311  (no secret: the same demo for everybody)
    better = {POOR: NEAR, NEAR: OUT}
    for home in homes:
        before = home.classes[1]
        if before not in better:
            continue
        done = rng.random() < _DONE[_hamlet(home) - 1]
        after = better[before] if rng.random() < 0.2 else before
        yield Surveyed(home, after if done else None, before)


def _list(session: Session, round_id: UUID, listed: Sequence[Surveyed]) -> None:
    rows = [
        {
            "id": case_id(round_id, one.home.id), "round_id": round_id, "household_id": one.home.id,
            "hamlet_id": one.home.fields["hamlet_id"], "class_before": one.before,
            "ground": one.before if one.before in (POOR, NEAR) else "request",
        }
        for one in listed
    ]  # fmt: skip
    session.execute(sql.load("api/reviews/sql/insert_cases.sql"), {"rows": sql.rows(rows), "at": clock.now()})


def _review(
    session: Session, actor: Actor, round_id: UUID, surveyed: Sequence[Surveyed], days: tuple[date, date]
) -> None:
    rng, law = Random(_SEED), standard(session, *_STANDARD)  # noqa: S311
    edits = [Edit(_id("review", f"{round_id}:{one.home.id}"), None, _paper(rng, law, round_id, one, days))
             for one in surveyed]  # fmt: skip
    for written in write_reviews(session, actor, edits, Origin.load):
        if written.outcome != "applied":
            raise written.problem or ValueError(f"the demo was not taken: {written}")
    # of a few the people lack more than a class allows, whatever their house is like: the meeting found otherwise
    decided = {"override_reason": "Họp dân thống nhất theo tình hình thực tế của hộ.", "override_by": actor.account_id}
    for aim in _POINTS:
        homes = [one.home.id for one in surveyed if one.wanted == aim]
        theirs = REVIEW.c.round_id == round_id, among(REVIEW.c.household_id, homes)
        values = {"override_class": aim, "override_at": clock.now(), **decided}
        session.execute(update(REVIEW).where(*theirs, REVIEW.c.proposed_class.is_distinct_from(aim)).values(**values))


def _paper(rng: Random, law: Standard, round_id: UUID, one: Surveyed, days: tuple[date, date]) -> dict[str, Any]:
    wanted = one.wanted or NEAR
    day = days[0] + timedelta(days=rng.randint(0, max(0, (days[1] - days[0]).days)))
    return {
        "household_id": str(one.home.id), "round_id": str(round_id), "form": {"code": FORM, "version": 1},
        "surveyed_on": day.isoformat(), "answers": _answers(rng, law, one.home, wanted, day),
        "b1_entered": rng.randint(*_POINTS[wanted]), "paper_no": f"B-{one.home.fields.get('household_no', '000')}",
        "causes": rng.sample(_CAUSES, rng.randint(1, 2)) if wanted in (POOR, NEAR) else [],
    }  # fmt: skip


def _answers(rng: Random, law: Standard, home: MadeUp, wanted: str, day: date) -> dict[str, Any]:
    """A good house, made worse step by step until the household lacks as much as its class needs."""
    answers = _GOOD | {"floor_area": 12 * len(home.members) + rng.randint(10, 40)}
    aim = rng.randint(_LEAST[wanted], _MOST[wanted])
    for worse in rng.sample(_LACKS, len(_LACKS)):
        if _lacking(law, home, answers, day, wanted) >= aim:
            break
        answers |= worse
    return answers


def _lacking(law: Standard, home: MadeUp, answers: dict[str, Any], day: date, wanted: str) -> int:
    """How much the household lacks; what nobody can tell may be lacking too, where it must not be much."""
    people = [{"id": str(member_id), "birth_date": None, "birth_year": None} | who for member_id, who in home.members]
    place = {"area_type": "rural", "region": "red_river_delta"}
    known = facts(answers, people, on=day.isoformat(), school_year_starts=law.definition.school_year_starts, **place)
    found = rules.assess(law, known, 0)
    return len(found.deprivations) + (0 if wanted == POOR else len(found.undetermined))


def _hamlet(home: MadeUp) -> int:
    return next(n for n in range(1, 9) if home.fields["hamlet_id"] == str(area_id(f"14080-{n:02d}")))


def _id(kind: str, name: str) -> UUID:
    return uuid5(NAMESPACE_DNS, f"demo:{kind}:{name}")
