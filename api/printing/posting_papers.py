"""What hangs on the board: name, hamlet and class, and nothing else of a person (domain.md 10.9)."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.households.search import homes_then
from api.households.stored import among
from api.households.wire_records import MEMBER
from api.papers.parts import Signatory
from api.papers.procedure import PostedHousehold, Posting
from api.printing import places
from api.printing.people import word
from api.printing.sheet import NAMELESS, Sheet, is_training, round_name
from api.procedure.posting_queries import posted_list
from api.procedure.postings import POSTING, posting_not_found
from api.procedure.tables import PostingKind
from api.recognitions.living_standard_queries import LIVING
from api.reviews.procedure_law import procedure
from api.reviews.rounds import ROUND

UNDETERMINED = "Chưa xác định"
THIRD_PATH = "Theo Điều 6 Quyết định số 24/2021/QĐ-TTg"
_COMMITTEE = Signatory(authority=("TM. BAN CHỈ ĐẠO RÀ SOÁT", "TRƯỞNG BAN"))
_OF_ROUND = ("kind", "year", "opens_on", "procedure_code", "procedure_version")


def posting(session: Session, actor: Actor, posting_id: UUID) -> Sheet:
    """The list as it was posted then. A fixed number of statements. Raises NotFound outside of the actor's areas."""
    row = session.execute(
        select(POSTING, *(ROUND.c[name].label(f"round_{name}") for name in _OF_ROUND))
        .outerjoin(ROUND, ROUND.c.id == POSTING.c.round_id)
        .where(POSTING.c.id == posting_id, actor.scope.covers(POSTING.c.area_id))
    ).one_or_none()
    if row is None:
        raise posting_not_found()
    place = places.place(session, row.area_id, row.posted_on)
    third_path = row.kind == PostingKind.living_standard
    lines = _third_path_lines(session, row) if third_path else _lines(session, actor, row)
    round_ = None if third_path else _round_of(row)
    paper = Posting(
        issuer=place.issuer(),
        round_name=round_name(round_) if round_ else THIRD_PATH,
        households=lines,
        from_day=row.posted_on,
        to_day=row.last_day,
        complaints_to=f"Ủy ban nhân dân {place.commune}",
        show_scores=bool(round_) and procedure(row.round_procedure_code, row.round_procedure_version).scores_posted,
        after_complaints=row.kind == PostingKind.re_verification,
        third_path=third_path,
        signatory=_COMMITTEE,
        training=is_training(round_),
    )
    audit.record(session, actor, "postings.print", "household", row.household_ids, posting=str(posting_id))
    return Sheet("posting", paper, f"Niêm yết - {place.hamlet or place.commune} - {row.posted_on:%d-%m-%Y}")


def _round_of(row: Row[Any]) -> Any:
    """The columns of the round without their prefix."""
    return SimpleNamespace(**{name: getattr(row, f"round_{name}") for name in _OF_ROUND})


def _lines(session: Session, actor: Actor, row: Row[Any]) -> tuple[PostedHousehold, ...]:
    """The same lines that the posting shows on a screen."""
    found = posted_list(session, actor, row.id).items
    called = places.names(session, [line.hamlet_id for line in found])
    return tuple(
        PostedHousehold(
            head_name=line.head_name or NAMELESS,
            hamlet=called.get(line.hamlet_id, ""),
            class_name=word("poverty_class", line.poverty_class) or UNDETERMINED,
            b1=line.b1,
            b2=line.b2,
        )
        for line in found
    )


def _third_path_lines(session: Session, row: Row[Any]) -> tuple[PostedHousehold, ...]:
    """A household of average living standard by its head, a low-income worker by their own name; both as they were when
    it was posted. A case that was posted again stands under its new posting: the old one finds it by its household."""
    query = (
        select(LIVING.c.kind, LIVING.c.household_id, MEMBER.c.full_name)
        .select_from(LIVING)
        .outerjoin(MEMBER, MEMBER.c.id == LIVING.c.member_id)
        .where(among(LIVING.c.household_id, row.household_ids))
    )
    newest = LIVING.c.posting_id.is_not_distinct_from(row.id), LIVING.c.opened_on, LIVING.c.id
    found = {one.household_id: one for one in session.execute(query.order_by(*newest))}
    then = homes_then(session, found, row.created_at)
    called = places.names(session, [home.hamlet_id for home in then.values()])
    return tuple(
        PostedHousehold(
            head_name=one.full_name or then[one.household_id].head_name or NAMELESS,
            hamlet=called.get(then[one.household_id].hamlet_id, ""),
            class_name=word("living_standard_kind", one.kind) or "",
        )
        for one in found.values()
    )
