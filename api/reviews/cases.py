"""Cases of a round (households on its list): held with their locks, moved from stage to stage in one statement.

Whoever moves cases holds their round first (rounds.hold_round), so that a round cannot be consolidated meanwhile; cases
are locked in the order of their ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import Select, any_, bindparam, delete, func, select
from sqlmodel import Session

from api import clock, sql
from api.audit import Acting
from api.changes import history
from api.changes.history import Announcement
from api.changes.tables import Op, RemoveReason
from api.households.aliases import all_names, ends, names_where
from api.households.stored import among
from api.households.tables import Household
from api.reviews.tables import CaseStage, ReviewCase

CASE = ReviewCase.__table__  # type: ignore[attr-defined]
ENTITY = "review_case"
_HOME = Household.__table__  # type: ignore[attr-defined]


class Case(NamedTuple):
    """A case as loaded under lock; `_replace` makes the state it is moved to."""

    id: UUID
    round_id: UUID
    household_id: UUID
    hamlet_id: UUID
    stage: CaseStage
    version: int
    class_before: str | None
    request_id: UUID | None
    surveyor_id: UUID | None
    not_reached_reason: str | None
    review_id: UUID | None
    meeting_id: UUID | None
    posting_id: UUID | None
    decision_id: UUID | None


_FIELDS = Case._fields
_MOVED = ("stage", "surveyor_id", "not_reached_reason", "review_id", "meeting_id", "posting_id", "decision_id")


def case_id(round_id: UUID, household_id: UUID) -> UUID:
    """The id of a household's case in a round: the same for whoever lists it, so that listing twice lists once."""
    return uuid5(round_id, f"case:{household_id}")


def hold_cases(session: Session, *where: Any) -> list[Case]:
    """The cases that fulfil all conditions (on `CASE.c`), locked until the end of the transaction, by id."""
    rows = session.execute(
        select(*(CASE.c[name] for name in _FIELDS))
        .where(*where)
        .order_by(CASE.c.id)
        .with_for_update(of=CASE, key_share=True)
    )
    return [_case(row) for row in rows]


def _case(row: Iterable[Any]) -> Case:
    case_id, round_id, household_id, hamlet_id, stage, *others = row
    return Case(case_id, round_id, household_id, hamlet_id, CaseStage(stage), *others)


def hold_cases_of(
    session: Session, round_ids: Iterable[UUID], household_ids: Iterable[UUID]
) -> tuple[list[Case], dict[UUID, UUID]]:
    """The cases of these households in these rounds, under whatever id they were listed, locked as by `hold_cases`;
    and household as listed -> household of today."""
    held: list[Case] = []
    home: dict[UUID, UUID] = {}
    asked = {"rounds": sql.id_list(round_ids), "homes": sql.id_list(household_ids)}
    for *values, today in sql.fetch(session, _cases_of(), **asked):
        case = _case(values)
        held.append(case)
        home[case.household_id] = today
    return held, home


@cache
def _cases_of() -> Select[Any]:
    """The statement of `hold_cases_of`, put together once: that takes 0.6 ms."""
    names = names_where(_HOME.c.id == any_(bindparam("homes", type_=sql.Ids()))).subquery()
    return (
        select(*(CASE.c[name] for name in _FIELDS), names.c.home)
        .join(names, names.c.known == CASE.c.household_id)
        .where(CASE.c.round_id == any_(bindparam("rounds", type_=sql.Ids())))
        .order_by(CASE.c.id)
        .with_for_update(of=CASE, key_share=True)
    )


def speaking(cases: Iterable[Case], home: Mapping[UUID, UUID]) -> dict[tuple[UUID, UUID], Case]:
    """(round, household of today) -> the case that stands for it: of several that became one household the one listed
    under its own name, or else the first. `home`: household as listed -> household of today."""
    found: dict[tuple[UUID, UUID], Case] = {}
    for case in cases:
        place = case.round_id, home[case.household_id]
        if place not in found or case.household_id == place[1]:
            found[place] = case
    return found


def merged_cases(session: Session, round_id: UUID) -> set[UUID]:
    """The cases of a round that stand for nobody any more: their household was merged, and has another case there."""
    followed = ends(select(CASE.c.household_id).where(CASE.c.round_id == round_id))
    home = func.coalesce(followed.c.survivor, CASE.c.household_id)
    rows: Any = session.execute(
        select(CASE.c.id, CASE.c.round_id, CASE.c.household_id, home.label("home"))
        .outerjoin(followed, followed.c.absorbed == CASE.c.household_id)
        .where(CASE.c.round_id == round_id, home.in_(select(followed.c.survivor)))
        .order_by(CASE.c.id)
    ).all()
    stand = {case.id for case in speaking(rows, {row.household_id: row.home for row in rows}).values()}
    return {row.id for row in rows} - stand


def move_cases(
    session: Session,
    actor: Acting,  # noqa: ARG001
    moved: Sequence[Case],
    home: Mapping[UUID, tuple[UUID, UUID]] | None = None,
    beside: Sequence[Announcement] = (),
) -> list[Case]:
    """Stores these states of held cases as their next versions and tells the feed; always as many statements. `home`:
    what `homes` finds, from a caller who knows it. `beside`: what else is told, after them."""
    if not moved:
        history.announce(session, beside)
        return []
    after = [case._replace(version=case.version + 1) for case in moved]
    rows = [
        {"id": case.id, "version": case.version, **{name: getattr(case, name) for name in _MOVED}} for case in after
    ]
    sql.fetch(session, sql.load("api/reviews/sql/move_cases.sql"), rows=sql.rows(rows), at=clock.now())
    announce_cases(session, after, home, beside)
    return after


def announce_cases(
    session: Session,
    cases: Sequence[Case],
    home: Mapping[UUID, tuple[UUID, UUID]] | None = None,
    beside: Sequence[Announcement] = (),
) -> None:
    """Puts cases into the queue of the feed, under the household they stand under today and in its hamlet.

    A case that stands for nobody any more (its household was merged into one that has another) is taken from the
    tablets, `into` that other case: they would send somebody to the same door twice.
    """
    if home is None:
        home = homes(session, {case.household_id for case in cases})
    absorbed = {home[case.household_id][1] for case in cases if home[case.household_id][1] != case.household_id}
    instead = _spoken_for(session, absorbed) if absorbed else {}
    told = [Announcement(ENTITY, case.id, *home[case.household_id], case.version) for case in cases]
    history.announce(session, [*(_superseded(one, instead.get(one.record_id)) for one in told), *beside])


def _superseded(told: Announcement, by: UUID | None) -> Announcement:
    return told if by is None else told._replace(op=Op.remove, reason=RemoveReason.merged, into_id=by)


def _spoken_for(session: Session, household_ids: set[UUID]) -> dict[UUID, UUID]:
    """Case -> the case that stands for it: of all cases of these households, under whatever id they were listed."""
    names = all_names(household_ids).subquery()
    rows: Any = session.execute(
        select(CASE.c.id, CASE.c.round_id, CASE.c.household_id, names.c.home)
        .join(names, names.c.known == CASE.c.household_id)
        .order_by(CASE.c.id)
    ).all()
    stand = speaking(rows, {row.household_id: row.home for row in rows})
    instead = {row.id: stand[row.round_id, row.home].id for row in rows}
    return {case_id: other for case_id, other in instead.items() if case_id != other}


def announce_cases_of(session: Session, household_ids: Sequence[UUID]) -> None:
    """After a merge, or one taken back: every case of these households is told as it stands now. Whoever calls holds
    the households; the cases keep their versions."""
    names = all_names(household_ids).subquery()
    rows = session.execute(
        select(*(CASE.c[name] for name in _FIELDS))
        .where(CASE.c.household_id.in_(select(names.c.known)))
        .order_by(CASE.c.id)
    )
    announce_cases(session, [_case(row) for row in rows])


def withdraw_cases(session: Session, round_id: UUID) -> list[Case]:
    """Takes the whole list of a round away, also from the tablets. Only of one nobody has worked in."""
    gone = hold_cases(session, CASE.c.round_id == round_id)
    home = homes(session, {case.household_id for case in gone})
    session.execute(delete(CASE).where(CASE.c.round_id == round_id))
    history.announce(
        session,
        [
            Announcement(ENTITY, case.id, *home[case.household_id], case.version + 1, Op.remove, RemoveReason.deleted)
            for case in gone
        ],
    )
    return gone


def homes(session: Session, household_ids: set[UUID]) -> dict[UUID, tuple[UUID, UUID]]:
    """Household -> (its hamlet today, itself or the household it was merged into)."""
    home, named = _HOME, _HOME.alias("named")
    followed = ends()
    today = func.coalesce(followed.c.survivor, named.c.id)
    rows = session.execute(
        select(named.c.id, home.c.hamlet_id, home.c.id.label("home"))
        .select_from(named)
        .outerjoin(followed, followed.c.absorbed == named.c.id)
        .join(home, home.c.id == today)
        .where(among(named.c.id, household_ids))
    )
    return {row.id: (row.hamlet_id, row.home) for row in rows}
