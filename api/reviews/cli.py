"""`giamngheo round …`: what the reviews of a round would come to under another standard; writes nothing."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlmodel import Session

from api import codes
from api.areas.scope import Scope
from api.areas.tables import Area, Level
from api.config import settings
from api.databases import database
from api.db import make_engine
from api.problems import Problem
from api.reviews.rescoring import rescoring
from api.reviews.review_schemas import RescoringOut

app = typer.Typer(no_args_is_help=True, help="Đợt rà soát / review rounds.")

_area = Area.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Operator:
    """Whoever holds the machine: every area there is."""

    scope: Scope
    username: str = "<giamngheo round>"
    account_id: UUID | None = None
    device_id: UUID | None = None


@app.callback()
def _group() -> None:
    """Commands of rounds; with only one, it is still named."""


@app.command()
def rescore(
    round_id: Annotated[UUID, typer.Argument(help="Mã đợt rà soát / id of the round.")],
    standard: Annotated[
        str | None, typer.Option(help="Bộ chuẩn, ví dụ vn-2022@1 / code@version; the round's own without it.")
    ] = None,
) -> None:
    """Chấm thử: hộ nào đổi phân loại đề xuất và vì sao / whose proposed class would change, and why."""
    if standard is not None and not (standard.rpartition("@")[0] and standard.rpartition("@")[2].isdigit()):
        raise typer.BadParameter("dạng vn-2022@1 / such as vn-2022@1", param_hint="--standard")
    with database(settings()) as url:
        engine = make_engine(url, pool_size=1)
        try:
            with Session(engine) as session, session.begin():
                roots = session.execute(select(_area.c.id).where(_area.c.level == Level.province.value)).scalars()
                found = rescoring(session, _Operator(Scope.of(roots)), round_id, standard)
        except Problem as problem:
            typer.echo(f"{problem.detail.vi} / {problem.detail.en}", err=True)
            raise typer.Exit(1) from problem
        finally:
            engine.dispose()
    _show(found)


def _show(found: RescoringOut) -> None:
    table = Table("Hộ / household", "B1", "B2", "Phân loại / class", "Vì sao / why")
    for one in found.changes:
        table.add_row(
            str(one.household_id),
            f"{_said(one.b1_now)} → {_said(one.b1_then)}",
            f"{_said(one.b2_now)} → {_said(one.b2_then)}",
            f"{_named(one.class_now)} → {_named(one.class_then)}",
            escape(one.reason["vi"]),
        )
    console = Console(width=140)
    if found.changes:
        console.print(table)
    named = f"{found.standard.code}@{found.standard.version}"
    counted = f"{named}: {found.changed} / {found.reviews}"
    console.print(f"{counted} phiếu đổi kết quả; chưa ghi gì / reviews would change; nothing was written.")


def _said(points: int | None) -> str:
    return "?" if points is None else str(points)


def _named(poverty_class: str | None) -> str:
    return "?" if poverty_class is None else codes.label("poverty_class", poverty_class)
