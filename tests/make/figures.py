"""Figures of communes, written down at the moment of the clock."""

from datetime import date, timedelta
from random import Random
from uuid import uuid4

from sqlalchemy import insert
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.indicators.tables import AreaFigure, FigureKind
from tests.make.commune_facts import Commune

COMMUNES = ("14080", "14071", "14086")


def figure(session: Session, commune: str, kind: str, day: date, value: int) -> None:
    session.execute(
        insert(AreaFigure).values(
            id=uuid4(), area_id=area_id(commune), kind=kind, as_of=day, value=value, source="Công văn số 1",
            recorded_at=clock.now(),
        )
    )  # fmt: skip


def some_figures(commune: Commune, choose: Random) -> None:
    """What communes write down by chance, of days up to a year ago. `choose` is not the commune's own chance: what
    happens there stays what it was."""
    with clock.at(commune.now), Session(commune.engine) as session, session.begin():
        for code in COMMUNES:
            for kind in FigureKind:
                for _ in range(choose.choice((0, 1, 1, 2))):
                    day = commune.now.date() - timedelta(days=choose.choice((0, 3, 30, 90, 300)))
                    figure(session, code, kind, day, choose.randint(0, 3) * choose.choice((1, 5, 1000)))
