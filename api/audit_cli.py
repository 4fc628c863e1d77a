"""`giamngheo audit …`: is the log still what was written?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from sqlalchemy import Engine

from api import audit_chain
from api.audit_chain import Broken, Head
from api.audit_sealer import seal
from api.config import settings
from api.databases import database
from api.db import make_engine

app = typer.Typer(no_args_is_help=True, help="Nhật ký truy cập và chuỗi niêm phong / the audit log and its chain.")


@contextmanager
def _engine() -> Iterator[Engine]:
    with database(settings()) as url:
        engine = make_engine(url, pool_size=1)
        try:
            yield engine
        finally:
            engine.dispose()


@app.command()
def verify(
    expect: Annotated[
        str | None,
        typer.Option(help="Mắt xích đã ghi ra giấy (số:mã) / the head noted on paper."),
    ] = None,
) -> None:
    """Kiểm tra chuỗi niêm phong; báo dòng hỏng đầu tiên / names the first broken entry."""
    expected = _parsed(expect) if expect else None
    with _engine() as engine:
        broken = audit_chain.verify(engine, expected)
        head = audit_chain.head(engine)
    if broken is not None:
        _say(broken)
        raise typer.Exit(1)
    typer.echo(f"Nhật ký nguyên vẹn / the log is whole. {head.number if head else 0} dòng đã niêm / entries sealed.")
    if head:
        typer.echo(f"Hãy ghi ra giấy / note on paper: {head}")


@app.command()
def head() -> None:
    """Niêm phong những gì đang chờ rồi in mắt xích cuối / seal what waits, print the last link."""
    with _engine() as engine:
        seal(engine)
        last = audit_chain.head(engine)
    typer.echo(str(last) if last else "Nhật ký trống / the log is empty.")


def _parsed(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError:
        typer.echo("--expect phải có dạng số:mã (64 chữ số hex) / must look like 12:ab34…", err=True)
        raise typer.Exit(2) from None


def _say(broken: Broken) -> None:
    number = "ngoài chuỗi / outside of the chain" if broken.number is None else f"số / number {broken.number}"
    typer.echo(f"✗ Nhật ký đã bị can thiệp / the log was tampered with: {number}", err=True)
    typer.echo(f"  {broken.words.vi}\n  {broken.words.en}", err=True)
    if broken.entry_id is not None:
        typer.echo(f"  dòng / entry {broken.entry_id}", err=True)
    if broken.at is not None:
        typer.echo(
            f"  lúc / at {broken.at:%d/%m/%Y %H:%M:%S} · người / actor {broken.actor} · việc / action {broken.action}",
            err=True,
        )
