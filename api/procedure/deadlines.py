"""Terms of law that are near or missed, as one query over everything that has a term (domain.md 3.1, 3.3)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlmodel import Session

from api import clock, paging
from api.accounts.permissions import ROLE_PERMISSIONS, Permission
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, Level
from api.procedure.complaints import COMPLAINT
from api.procedure.deadline_schemas import Deadline, Who
from api.procedure.opinions import OPINION
from api.procedure.postings import POSTING
from api.procedure.tables import ComplaintState
from api.reviews.procedure_law import procedure_on
from api.reviews.rounds import ROUND
from api.reviews.tables import RoundKind, RoundStage, RoundState
from api.schema import Page

_AREA = Area.__table__  # type: ignore[attr-defined]
_NOT_DECIDED = (
    RoundStage.prepared,
    RoundStage.surveying,
    RoundStage.consolidated,
    RoundStage.opinion_asked,
    RoundStage.opinion_given,
)

# kind: whose task it is, and what to do
_WORDS: dict[str, tuple[Permission, str, str]] = {
    "round_to_open": (
        Permission.rounds_write,
        "Chưa lập đợt rà soát định kỳ của năm.",
        "The periodic round of the year is not prepared yet.",
    ),
    "round_to_decide": (
        Permission.recognitions_sign,
        "Đợt rà soát phải có quyết định công nhận; nếu quá hạn, ghi lý do vào đợt.",
        "The round has to end with a decision; where it is late, record why.",
    ),
    "posting_to_end": (
        Permission.postings_write,
        "Hết hạn niêm yết thì ghi kết thúc niêm yết.",
        "When the days of the posting are over, record its end.",
    ),
    "complaint_to_re_verify": (
        Permission.reviews_write,
        "Kiến nghị phải được phúc tra.",
        "The complaint has to be re-verified.",
    ),
    "complaint_to_decide": (
        Permission.complaints_decide,
        "Đã phúc tra; Chủ tịch xã kết luận kiến nghị.",
        "It is re-verified: the chair concludes.",
    ),
    "opinion_to_give": (
        Permission.opinions_write,
        "Cấp trên trả lời văn bản xin ý kiến của xã.",
        "The level above answers the commune's report.",
    ),
}


def deadlines(
    session: Session,
    scope: Scope,
    *,
    within_days: int,
    overdue: bool | None,
    round_id: UUID | None,
    hamlet_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> Page[Deadline]:
    """What is due by `within_days` from today, or was due before, in my areas and the commune they lie in."""
    today = clock.today()
    due = union_all(*_sources(scope, today)).subquery()
    query = select(due).where(due.c.due_on <= today + timedelta(days=within_days))
    query = query.order_by(due.c.due_on, due.c.kind, due.c.subject_id)
    if overdue is not None:
        query = query.where(due.c.due_on < today if overdue else due.c.due_on >= today)
    if round_id is not None:
        query = query.where(due.c.round_id == round_id)
    if hamlet_id is not None:
        query = query.where(due.c.hamlet_id == hamlet_id)
    after = paging.decode(cursor, date.fromisoformat, str, UUID)
    if after is not None:
        query = query.where(tuple_(due.c.due_on, due.c.kind, due.c.subject_id) > tuple_(*map(literal, after)))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.due_on.isoformat(), row.kind, str(row.subject_id)))
    return Page[Deadline](items=[_out(row, today) for row in shown], next_cursor=next_cursor)


def _sources(scope: Scope, today: date) -> list[Select[Any]]:
    deciding = _source("round_to_decide", ROUND.c.closes_on, ROUND.c.id, ROUND.c.overdue_reason.is_not(None))
    # a posting of the third path has no round
    posting = POSTING.outerjoin(ROUND, ROUND.c.id == POSTING.c.round_id)
    complaint = posting.join(COMPLAINT, COMPLAINT.c.posting_id == POSTING.c.id)
    running = or_(POSTING.c.round_id.is_(None), ROUND.c.state == RoundState.open)
    posted = running, scope.covers(POSTING.c.area_id)
    checking = _source("complaint_to_re_verify", COMPLAINT.c.due_on, COMPLAINT.c.id, hamlet_id=POSTING.c.hamlet_id)
    concluding = _source("complaint_to_decide", COMPLAINT.c.due_on, COMPLAINT.c.id, hamlet_id=POSTING.c.hamlet_id)
    return [
        _opening(scope, today),
        deciding.where(
            ROUND.c.stage.in_(_NOT_DECIDED), ROUND.c.kind != RoundKind.training, scope.touches(ROUND.c.area_id)
        ),
        _source("posting_to_end", POSTING.c.last_day, POSTING.c.id, hamlet_id=POSTING.c.hamlet_id)
        .select_from(posting)
        .where(POSTING.c.ended_on.is_(None), *posted),
        checking.select_from(complaint).where(COMPLAINT.c.state == ComplaintState.open, COMPLAINT.c.holds, *posted),
        # in the third path the recognition or the refusal is the chair's answer
        concluding.select_from(complaint).where(
            COMPLAINT.c.state == ComplaintState.re_verified, POSTING.c.round_id.is_not(None), *posted
        ),
        _source("opinion_to_give", OPINION.c.due_on, OPINION.c.id)
        .select_from(OPINION.join(ROUND, ROUND.c.id == OPINION.c.round_id))
        .where(OPINION.c.verdict.is_(None), scope.touches(ROUND.c.area_id)),
    ]


def _source(
    kind: str, due_on: Any, subject_id: Any, reason_given: ColumnElement[bool] | None = None, hamlet_id: Any = None
) -> Select[Any]:
    return select(
        cast(literal(kind), Text).label("kind"),
        due_on.label("due_on"),
        (false() if reason_given is None else reason_given).label("reason_given"),
        ROUND.c.id.label("round_id"),
        (ROUND.c.area_id if hamlet_id is None else func.coalesce(ROUND.c.area_id, POSTING.c.area_id)).label("area_id"),
        (cast(null(), Uuid) if hamlet_id is None else hamlet_id).label("hamlet_id"),
        subject_id.label("subject_id"),
    )


def _opening(scope: Scope, today: date) -> Select[Any]:
    """The communes without a periodic round in a year whose window has come, or is near."""
    opens_on, _ = procedure_on(today, RoundKind.periodic).periodic_window(today.year)
    prepared = select(ROUND.c.id).where(
        ROUND.c.area_id == _AREA.c.id, ROUND.c.kind == RoundKind.periodic, ROUND.c.year == today.year
    )
    return select(
        cast(literal("round_to_open"), Text).label("kind"),
        cast(literal(opens_on), Date).label("due_on"),
        false().label("reason_given"),
        cast(null(), Uuid).label("round_id"),
        _AREA.c.id.label("area_id"),
        cast(null(), Uuid).label("hamlet_id"),
        _AREA.c.id.label("subject_id"),
    ).where(_AREA.c.level == Level.commune, valid_on(_AREA.c, today), scope.touches(_AREA.c.id), ~prepared.exists())


def _out(row: Any, today: date) -> Deadline:
    permission, vi, en = _WORDS[row.kind]
    return Deadline(
        kind=row.kind,
        due_on=row.due_on,
        days_left=(row.due_on - today).days,
        overdue=row.due_on < today,
        reason_given=row.reason_given,
        round_id=row.round_id,
        area_id=row.area_id,
        hamlet_id=row.hamlet_id,
        subject_id=row.subject_id,
        who=Who(permission=permission.value, roles=[holder.role.value for holder in ROLE_PERMISSIONS[permission]]),
        vi=vi,
        en=en,
    )
