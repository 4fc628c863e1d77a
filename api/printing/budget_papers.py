"""The year's money as a paper: what `GET /budget` answers, in words, under the head of the commune."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from api import audit, codes
from api.accounts.actor import Actor
from api.areas.tables import Area, Level
from api.budgets.overview import overview
from api.budgets.schemas import SourceSums, Sums
from api.papers.money import BudgetOverview, MoneyLine, MoneyTable
from api.papers.parts import Reference
from api.plans.tables import MoneyLevel
from api.printing import places
from api.printing.sheet import Sheet, chair
from api.problems import NotFound
from api.programmes.catalogue import catalogue

_AREA = Area.__table__  # type: ignore[attr-defined]


def budget_overview(session: Session, actor: Actor, area_id: UUID, year: int) -> Sheet:
    """The money of a commune, or of one hamlet. A fixed number of statements. Raises NotFound, also for a larger
    area: its paper would have no commune to issue it."""
    sums = overview(session, actor.scope, area_id, year)
    if session.scalar(select(_AREA.c.level).where(_AREA.c.id == area_id)) not in (Level.commune, Level.hamlet):
        raise NotFound("Chỉ in tổng hợp của một xã hoặc một xóm.", "Printed for a commune or a hamlet only.")
    day = min(actor.scope.day, date(year, 12, 31))
    place = places.place(session, area_id, day)
    hamlets = places.names(session, (one.hamlet_id for one in sums.by_hamlet))
    paper = BudgetOverview(
        issuer=place.hamlet_issuer() if place.hamlet else place.issuer(),
        reference=Reference(day=actor.scope.day),
        signatory=chair(None),
        year=year,
        total=_line("Tổng cộng", sums.total),
        tables=(
            _table("Hợp phần", ((_component(one.component), one) for one in sums.by_component)),
            _table("Nguồn vốn", ((_source(one), one) for one in sums.by_source)),
            _table("Địa bàn", ((hamlets.get(one.hamlet_id, "Chung toàn xã"), one) for one in sums.by_hamlet)),
        ),
        recipients=("Lưu: VT",),
    )
    audit.record(session, actor, "money.print", "area", [area_id], year=year)
    return Sheet("budget_overview", paper, f"Tổng hợp kinh phí {year} - {place.hamlet or place.commune}")


def _table(by: str, lines: Iterable[tuple[str, Any]]) -> MoneyTable:
    return MoneyTable(by=by, lines=tuple(_line(label, sums) for label, sums in lines))


def _line(label: str, sums: Sums) -> MoneyLine:
    names = ("planned", "approved", "committed", "disbursed", "settled", "remaining")
    return MoneyLine(label=label, **{name: getattr(sums, f"{name}_vnd") for name in names})


def _component(code: str | None) -> str:
    known = catalogue().components.get(code or "")
    return known.label.vi if known else code or "Chung cho chương trình"


def _source(one: SourceSums) -> str:
    source = codes.label("money_source", one.source)
    return source if one.level is MoneyLevel.none else f"{source}: {codes.label('money_level', one.level).lower()}"
