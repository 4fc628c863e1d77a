"""`giamngheo areas …`: load units, look at the tree of a day, apply a change made by law."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree as Branch
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from api import audit, clock
from api.area_change import Plan, apply_change, planned
from api.areas import law, queries
from api.areas.commands import load_areas
from api.areas.loading import Row
from api.areas.names import full_name
from api.areas.schemas import AreaNode
from api.config import settings
from api.db import make_engine
from api.errors import from_database
from api.problems import Problem

app = typer.Typer(no_args_is_help=True, help="Đơn vị hành chính / administrative areas.")
_ACTOR = audit.SystemActor("<giamngheo areas>")
_DAY = ["%Y-%m-%d"]


@contextmanager
def _transaction(read_only: bool = False) -> Iterator[Session]:
    """One transaction on the installation's database; what is wrong is said in a sentence."""
    from api.databases import database

    with database(settings()) as url:
        engine = make_engine(url, pool_size=1)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                if read_only:
                    session.execute(text("SET TRANSACTION READ ONLY"))
                yield session
        except Problem as problem:
            _refuse(problem)
        except DBAPIError as error:
            refused = from_database(error)
            if refused is None:
                raise
            _refuse(refused)
        finally:
            engine.dispose()


@app.command("load")
def load_file(file: Path) -> None:
    """Nạp đơn vị từ một tệp TOML; nạp lại không đổi gì / add the units of a file."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        _console().print(f"[bold red]✗[/] {escape(str(file))}: {escape(str(error))}")
        raise typer.Exit(2) from error
    with _transaction() as session:
        added = load_areas(session, document, _ACTOR)
    _console().print(f"Thêm {added} đơn vị / {added} units added." if added else "Không có gì mới / nothing new.")


@app.command()
def tree(as_of: Annotated[datetime | None, typer.Option(formats=_DAY, help="Ngày / day.")] = None) -> None:
    """In cây đơn vị của một ngày (mặc định: hôm nay) / print the tree of a day."""
    day = as_of.date() if as_of else clock.today()
    with _transaction(read_only=True) as session:
        roots = queries.tree(session, day)
    root = Branch(f"Ngày {_written(day)}")
    for node in roots.items:
        _grow(root, node)
    _console().print(root)


@app.command()
def changes() -> None:
    """Các thay đổi đi kèm phiên bản này, đã áp dụng hay chưa / the changes shipped, and whether applied."""
    table = _table("Tên", "Ngày", "Nội dung", "Trạng thái")
    with _transaction(read_only=True) as session:
        for name in law.shipped():
            change = law.change_called(name)
            state = "đã áp dụng" if law.is_applied(session, change) else "chưa áp dụng"
            table.add_row(name, _written(change.day), escape(change.title), state)
    _console().print(table)


@app.command("apply")
def apply_named(
    name: str,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Chỉ xem, không ghi gì / write nothing.")] = False,
) -> None:
    """Áp dụng một thay đổi đơn vị hành chính theo luật / apply a change made by law, all of it or nothing."""
    with _transaction(read_only=dry_run) as session:
        change = law.change_called(name)
        if dry_run:
            plan = None if law.is_applied(session, change) else planned(session, change)
        else:
            plan = apply_change(session, _ACTOR, change)
    if plan is None:
        _console().print(f"{escape(change.title)}: đã áp dụng / applied already.")
        return
    _show(plan)
    if plan.obstacles:
        raise typer.Exit(1)
    _console().print(
        "[bold]Xem trước: chưa ghi gì.[/] Bỏ --dry-run để áp dụng / nothing was written."
        if dry_run
        else "[bold green]✓[/] Đã áp dụng / applied."
    )


def _show(plan: Plan) -> None:
    console, change = _console(), plan.reform.change
    console.print(f"[bold]{escape(change.title)}[/]\nTừ ngày {_written(change.day)} · {escape(change.source)}\n")
    ended = _table("Đơn vị kết thúc", "Mã", "Kế tiếp", "Căn cứ")
    for end in plan.reform.ended.values():
        ended.add_row(_called(end.row), end.row.code, _called(end.successor), escape(end.source))
    new = _table("Đơn vị mới", "Mã", "Căn cứ")
    for row in plan.reform.new:
        new.add_row(_called(row), row.code, escape(row.source))
    hamlets = _table("Xóm", "Mã", "Từ", "Sang", "Hộ", "Máy tính bảng")
    for at in plan.hamlets:
        numbers = (str(at.households), str(at.tablets))
        hamlets.add_row(_called(at.hamlet), at.hamlet.code, _called(at.origin), _called(at.target), *numbers)
    for shown in (ended, new, hamlets, _grants(plan)):
        console.print(shown)
    for absent in plan.reform.absent:
        if not absent.required:
            old = f"Đơn vị cũ {absent.code} ({absent.level}) cũng kết thúc"
            console.print(f"[dim]{old}, nhưng sổ này không ghi: không phải làm gì.[/]")
    for obstacle in plan.obstacles:
        console.print(f"[bold red]✗[/] {escape(obstacle.vi)} / {escape(obstacle.en)}")


def _grants(plan: Plan) -> Table:
    table = _table("Người dùng", "Vai trò", "Từ", "Sang", "Số xóm trước", "Số xóm sau")
    for following in plan.grants:
        target = "(gộp với dòng trên)" if following.doubled else "(kết thúc)"
        if following.target is not None and not following.doubled:
            target = _called(following.target)
        table.add_row(
            escape(following.username),
            following.grant.role,
            _called(following.origin),
            target,
            str(following.hamlets_before),
            str(following.hamlets_after),
        )
    return table


def _table(*columns: str) -> Table:
    table = Table(title=None, box=None, padding=(0, 2), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _called(row: Row) -> str:
    return escape(full_name(row.local_kind, row.name))


def _grow(branch: Branch, node: AreaNode) -> None:
    grown = branch.add(f"{node.code} {escape(node.full_name)}")
    for child in node.children:
        _grow(grown, child)


def _written(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _console() -> Console:
    return Console(highlight=False)


def _refuse(problem: Problem) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"[bold red]✗[/] {escape(problem.detail.vi)}\n  {escape(problem.detail.en)}"
    )
    raise typer.Exit(1) from problem
