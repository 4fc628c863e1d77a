"""`giamngheo standard …`: the points table to fill in, loading it, and what is stored."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlmodel import Session

from api import clock, codes
from api.accounts.permissions import Permission, Role, holds
from api.accounts.tables import Account, AccountGrant
from api.areas.scope import valid_on
from api.config import settings
from api.db import make_engine
from api.problems import NotFound, PermissionDenied, Problem
from api.standards import commands, queries, table_files
from api.standards.shipped import shipped

app = typer.Typer(no_args_is_help=True, help="Bộ chuẩn nghèo đa chiều / poverty standards.")
_Code = Annotated[str, typer.Option("--standard", help="Mã bộ chuẩn / code of the standard.")]


@dataclass(frozen=True)
class _Loader:
    """The account in whose name a table is loaded at the command line."""

    account_id: UUID
    username: str
    device_id: UUID | None = None


@app.command()
def template(
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Bảng tính / a workbook.")] = False,
    standard: _Code = "vn-2022",
) -> None:
    """In bảng điểm trống của Phiếu B1 để điền / the empty points table, to standard output."""
    content = next((one for one in shipped() if one["code"] == standard), None)
    if content is None:
        _refuse(NotFound(f"Không có bộ chuẩn {standard}.", f"There is no standard {standard}."))
    else:
        made = table_files.xlsx_template(content) if xlsx else table_files.toml_template(content).encode()
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()


@app.command()
def load(
    file: Path,
    by: Annotated[str, typer.Option("--by", help="Tên đăng nhập của người nạp / username of the loader.")],
    standard: _Code = "vn-2022",
) -> None:
    """Nạp bảng điểm đã điền (TOML, XLSX) thành bản nháp, chờ người khác xác nhận / load a filled table as a draft."""
    try:
        content = file.read_bytes()
    except OSError as error:
        _console().print(f"[bold red]✗[/] {escape(str(error))}")
        raise typer.Exit(2) from error
    with _transaction() as session:
        commands.publish_shipped(session)
        made = commands.load_points(session, _loader(session, by), standard, table_files.read(content))
    _console().print(
        f"[bold green]✓[/] {made.code}@{made.version}: bản nháp. Cần người khác xác nhận / a draft; another person "
        f"must confirm it: POST /api/v1/standards/{made.code}/versions/{made.version}/verification"
    )


@app.command("list")
def list_() -> None:
    """Các bộ chuẩn đã công bố / what is published."""
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("Bộ chuẩn", "Phiếu", "Trạng thái", "Từ", "Đến", "Điểm B1"):
        table.add_column(column, no_wrap=True)
    with _transaction() as session:
        for one in queries.standards(session, kind=None, code=None, limit=1000, cursor=None).items:
            table.add_row(
                f"{one.code}@{one.version}",
                str(one.form_version),
                codes.label("standard_status", one.status),
                f"{one.valid_from:%d/%m/%Y}",
                f"{one.valid_to:%d/%m/%Y}" if one.valid_to else "",
                "minh họa" if one.training else "có" if one.points_known else "chưa có",
            )
    _console().print(table)


def _loader(session: Session, username: str) -> _Loader:
    """The account, where it exists and may load standards today. Raises NotFound, PermissionDenied."""
    account = session.execute(
        select(Account.id, Account.username).where(  # type: ignore[call-overload]
            Account.username == username.strip().lower(),
            Account.disabled_at.is_(None),  # type: ignore[union-attr]
        )
    ).one_or_none()
    if account is None:
        raise NotFound(f"Không có người dùng {username}.", f"There is no user {username}.")
    grants = session.execute(
        select(AccountGrant.role, AccountGrant.head).where(  # type: ignore[call-overload]
            AccountGrant.account_id == account.id, valid_on(AccountGrant, clock.today())
        )
    )
    if not any(holds(Role(grant.role), grant.head, Permission.standards_load) for grant in grants):
        raise PermissionDenied(
            f"{username} không có quyền {Permission.standards_load}.",
            f"{username} does not hold {Permission.standards_load}.",
            permission=Permission.standards_load.value,
        )
    return _Loader(account.id, account.username)


@contextmanager
def _transaction() -> Iterator[Session]:
    """One transaction on the installation's database; what is wrong is said in a sentence."""
    from api.databases import database

    with database(settings()) as url:
        engine = make_engine(url, pool_size=1)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                yield session
        except Problem as problem:
            _refuse(problem)
        finally:
            engine.dispose()


def _console() -> Console:
    return Console(highlight=False)


def _refuse(problem: Problem) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(f"[bold red]✗[/] {escape(problem.detail.vi)}\n  {escape(problem.detail.en)}")
    for fault in problem.errors:
        console.print(f"  {escape(fault.pointer)}: {escape(fault.vi)}")
    raise typer.Exit(1) from problem
