"""The commune's report that asks the level above for an opinion (QĐ 24/2021, Điều 4.5): the totals of that day."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.areas.tables import AreaStatistic
from api.households.stored import among
from api.papers.parts import Reference
from api.papers.procedure import HamletTotals, OpinionReport
from api.printing import places
from api.printing.sheet import Sheet, chair, full_name_of, is_training, round_name
from api.problems import NotFound
from api.procedure.opinions import OPINION
from api.reviews.rounds import ROUND

_STATISTIC = AreaStatistic.__table__  # type: ignore[attr-defined]
_COUNTED = ("poor", "near_poor", "poor_persons", "near_poor_persons", "escaped_poor", "escaped_near_poor")
_OF_ROUND = ("area_id", "kind", "year", "opens_on")


def opinion_report(session: Session, actor: Actor, opinion_id: UUID) -> Sheet:
    """The report as it was asked; no personal data. A fixed number of statements. Raises NotFound."""
    row = session.execute(
        select(OPINION, *(ROUND.c[name] for name in _OF_ROUND))
        .join_from(OPINION, ROUND, ROUND.c.id == OPINION.c.round_id)
        .where(OPINION.c.id == opinion_id, actor.scope.covers(ROUND.c.area_id))
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy văn bản xin ý kiến này.", "There is no such request for an opinion.")
    place = places.place(session, row.area_id, row.asked_on)
    to = f"Ủy ban nhân dân {place.upper(row.level) or ''}".strip()
    totals = row.totals["total"]
    paper = OpinionReport(
        issuer=place.issuer(),
        reference=Reference(number=row.report_number, day=row.asked_on),
        signatory=chair(full_name_of(session, row.asked_by)),
        to=to,
        round_name=round_name(row),
        hamlets=_hamlets(session, row.totals["hamlets"], row.asked_on),
        remarks=_remarks(totals),
        recipients=(to, "Lưu: VT"),
        training=is_training(row),
    )
    audit.record(session, actor, "opinions.print", "opinion", [opinion_id])
    return Sheet("opinion_report", paper, f"Báo cáo xin ý kiến - {place.commune} - {row.asked_on:%d-%m-%Y}")


def _hamlets(session: Session, counted: list[dict[str, Any]], day: date) -> tuple[HamletTotals, ...]:
    """By name; the number of all households is the newest statistic of that day, or unknown."""
    ids = [UUID(one["hamlet_id"]) for one in counted]
    called, households = places.names(session, ids), _households(session, ids, day)
    lines = [
        HamletTotals(hamlet=called[i], total=households.get(i), **{name: one[name] for name in _COUNTED})
        for i, one in zip(ids, counted, strict=True)
    ]
    return tuple(sorted(lines, key=lambda line: (len(line.hamlet), line.hamlet)))


def _households(session: Session, hamlet_ids: list[UUID], day: date) -> dict[UUID, int]:
    newest = func.row_number().over(
        partition_by=_STATISTIC.c.area_id,
        order_by=(_STATISTIC.c.as_of.desc(), _STATISTIC.c.recorded_at.desc(), _STATISTIC.c.id.desc()),
    )
    rows = (
        select(_STATISTIC.c.area_id, _STATISTIC.c.households, newest.label("rank"))
        .where(among(_STATISTIC.c.area_id, hamlet_ids), _STATISTIC.c.as_of <= day)
        .subquery()
    )
    found = session.execute(select(rows.c.area_id, rows.c.households).where(rows.c.rank == 1))
    return {row.area_id: row.households for row in found}


def _remarks(totals: dict[str, int]) -> tuple[str, ...]:
    """Who of the list is not in the table, and why."""
    return (
        f"Số hộ đã rà soát không thuộc diện hộ nghèo, hộ cận nghèo: {totals['not_poor']} hộ.",
        f"Số hộ chưa kết luận do có phản ánh, khiếu nại: {totals['held_back']} hộ.",
        f"Số hộ chưa gặp được: {totals['not_reached']} hộ.",
    )
