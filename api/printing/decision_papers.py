"""Mẫu 02: the decision of a round, its supplements, and those of the third path; not signed it is a draft."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import head_name
from api.households.wire_records import MEMBER
from api.papers.decisions import AnnexList, ListedHousehold, RecognitionDecision
from api.papers.grounds import legal_grounds
from api.papers.parts import ListKind, Reference
from api.printing import places
from api.printing.people import word
from api.printing.places import Place
from api.printing.sheet import NAMELESS, Sheet, chair, is_training
from api.recognitions.decision_queries import DECISION, LINE, find, no_such_decision
from api.recognitions.living_standard_queries import LIVING
from api.recognitions.tables import DecisionKind, DecisionState, LivingStandardKind, Movement
from api.reviews.rounds import ROUND
from api.standards import queries as standards

_ESCAPES = {
    Movement.poor_to_near_poor: "escaped_poor",
    Movement.escaped_poor: "escaped_poor",
    Movement.escaped_near_poor: "escaped_near_poor",
}
_LISTS: tuple[ListKind, ...] = ("poor", "near_poor", "escaped_poor", "escaped_near_poor")
_THIRD: dict[str, ListKind] = {
    LivingStandardKind.agri_average_living_standard: "average_living_standard",
    LivingStandardKind.low_income_worker: "low_income_worker",
}


def decision(session: Session, actor: Actor, decision_id: UUID) -> Sheet:
    """The decision with its lists as they were decided, also of households that have moved away since. A fixed number
    of statements. Raises NotFound outside of the actor's communes."""
    row = session.execute(find(actor, decision_id)).one_or_none()
    if row is None:
        raise no_such_decision()
    day = row.decided_on or clock.today()
    place = places.place(session, row.area_id, day)
    round_ = session.execute(select(ROUND).where(ROUND.c.id == row.round_id)).one_or_none()
    third_path = row.kind == DecisionKind.living_standard
    lines = _third_path_lines(session, row.id) if third_path else _lines(session, row.id)
    called = places.names(session, [line.hamlet_id for line in lines])
    paper = RecognitionDecision(
        issuer=place.issuer(),
        reference=Reference(number=row.number, day=row.decided_on),
        signatory=chair(row.signatory),
        year=round_.year if round_ else day.year,
        lists=_third_path_lists(lines, called) if third_path else _annexes(lines, called),
        grounds=legal_grounds(day),
        standard=_standard(session, round_),
        supplements=_supplemented(session, row),
        recipients=_recipients(place, round_),
        training=is_training(round_),
    )
    homes = dict.fromkeys(line.home for line in lines)
    audit.record(session, actor, "decisions.print", "household", homes, decision=str(decision_id))
    state = row.number.replace("/", "-") if row.state == DecisionState.signed else "dự thảo"
    return Sheet("decision", paper, f"Quyết định công nhận - {place.commune} - {state}")


def _lines(session: Session, decision_id: UUID) -> Sequence[Row[Any]]:
    columns = ("hamlet_id", "poverty_class", "movement", "persons")
    query = at_home(
        select(
            *(LINE.c[name] for name in columns), HOUSEHOLD.c.id.label("home"), head_name().label("head_name")
        ).select_from(LINE),
        LINE.c.household_id,
    )
    return session.execute(query.where(LINE.c.decision_id == decision_id)).all()


def _annexes(lines: Sequence[Row[Any]], called: dict[Any, str]) -> tuple[AnnexList, ...]:
    """The four lists of Mẫu 02. Who escapes poverty into near-poverty stands on two of them."""
    kinds: dict[str, list[ListedHousehold]] = {kind: [] for kind in _LISTS}
    for line in sorted(lines, key=lambda one: _order(called, one)):
        movement = Movement(line.movement)
        listed = {line.poverty_class, _ESCAPES.get(movement)} & kinds.keys()
        note = None if movement is Movement.stays else word("movement", movement)
        household = ListedHousehold(
            head_name=line.head_name or NAMELESS,
            hamlet=called.get(line.hamlet_id, ""),
            persons=line.persons,
            note=note,
        )
        for kind in listed:
            kinds[kind].append(household)
    return tuple(AnnexList(kind=kind, households=tuple(kinds[kind])) for kind in _LISTS)


def _third_path_lines(session: Session, decision_id: UUID) -> Sequence[Row[Any]]:
    query = at_home(
        select(
            LIVING.c.kind,
            HAMLET,
            HOUSEHOLD.c.id.label("home"),
            MEMBER.c.full_name.label("worker"),
            head_name().label("head_name"),
        )
        .select_from(LIVING)
        .outerjoin(MEMBER, MEMBER.c.id == LIVING.c.member_id),
        LIVING.c.household_id,
    )
    return session.execute(query.where(LIVING.c.decision_id == decision_id)).all()


def _third_path_lists(lines: Sequence[Row[Any]], called: dict[Any, str]) -> tuple[AnnexList, ...]:
    """A household by its head, a worker by their own name; only the lists that have somebody on them."""
    kinds: dict[ListKind, list[ListedHousehold]] = {}
    for line in sorted(lines, key=lambda one: _order(called, one)):
        listed = ListedHousehold(
            head_name=line.worker or line.head_name or NAMELESS, hamlet=called.get(line.hamlet_id, "")
        )
        kinds.setdefault(_THIRD[line.kind], []).append(listed)
    return tuple(AnnexList(kind=kind, households=tuple(kinds[kind])) for kind in _THIRD.values() if kind in kinds)


def _order(called: dict[Any, str], line: Row[Any]) -> tuple[Any, ...]:
    """By hamlet (`Xóm 2` before `Xóm 10`), then by name."""
    hamlet = called.get(line.hamlet_id, "")
    return len(hamlet), hamlet, line.head_name or "", line.home


def _standard(session: Session, round_: Row[Any] | None) -> str | None:
    """`Chuẩn nghèo đa chiều 2022-2026`: by which standard the round was reviewed."""
    if round_ is None:
        return None
    label = standards.standard(session, round_.standard_code, round_.standard_version).definition.label.vi
    return places.in_a_sentence(label)


def _supplemented(session: Session, row: Row[Any]) -> Reference | None:
    """The decision of the round that a supplementary one adds to."""
    if row.kind != DecisionKind.supplementary:
        return None
    main = session.execute(
        select(DECISION.c.number, DECISION.c.decided_on).where(
            DECISION.c.round_id == row.round_id,
            DECISION.c.kind == DecisionKind.main,
            DECISION.c.state == DecisionState.signed,
        )
    ).first()
    return Reference(number=main.number, day=main.decided_on) if main else Reference()


def _recipients(place: Place, round_: Row[Any] | None) -> tuple[str, ...]:
    upper = place.upper(round_.upper_level) if round_ else None
    return ("Như Điều 3", *([f"Ủy ban nhân dân {upper}"] if upper else []), "Lưu: VT")
