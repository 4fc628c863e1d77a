"""`giamngheo users …`: accounts from the command line of the installation, for the first administrator and for need."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlmodel import Session

from api import clock, codes
from api.accounts import commands, queries
from api.accounts.permissions import Role
from api.accounts.schemas import GrantIn, GrantOut, UserIn, UserOut, UserPatch
from api.accounts.tables import Account
from api.accounts.usernames import known_form, lowered
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, Level
from api.config import settings
from api.databases import database
from api.db import make_engine
from api.field_errors import translate
from api.problems import FieldError, NotFound, Problem, Text

app = typer.Typer(no_args_is_help=True, help="Người dùng và quyền / users and their rights.")

_account: Any = Account.__table__  # type: ignore[attr-defined]
_area: Any = Area.__table__  # type: ignore[attr-defined]

Username = Annotated[str, typer.Argument(help="Tên đăng nhập / username.")]
RoleOption = Annotated[Role, typer.Option(help="Vai trò / role.")]
AreaOption = Annotated[str, typer.Option("--area", help="Mã đơn vị, ví dụ 14080 hay 14080-03 / code of the area.")]
HeadOption = Annotated[bool, typer.Option("--head", help="Là trưởng xóm / heads the hamlet.")]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Ngày đầu, dạng 2024-12-31 / first day.")
]
PasswordOption = Annotated[
    bool, typer.Option("--ask-password", help="Hỏi mật khẩu thay vì tạo ra / ask for it instead of making one.")
]


@dataclass(frozen=True)
class _Operator:
    """Whoever holds the machine: every area there is."""

    scope: Scope
    username: str = "<giamngheo users>"
    account_id: UUID | None = None
    device_id: UUID | None = None


@contextmanager
def _transaction() -> Iterator[tuple[Session, _Operator]]:
    with database(settings()) as url:
        engine = make_engine(url, pool_size=1)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                roots = session.execute(select(_area.c.id).where(_area.c.level == Level.province.value)).scalars()
                yield session, _Operator(Scope.of(roots))
        except Problem as problem:
            _refuse(problem.errors or (problem.detail,))
        except ValidationError as error:
            _refuse([translate(fault) for fault in error.errors()])
        finally:
            engine.dispose()


@app.command()
def add(
    username: Username,
    full_name: Annotated[str, typer.Option("--name", help="Họ và tên / full name.")],
    role: RoleOption,
    area: AreaOption,
    head: HeadOption = False,
    ask_password: PasswordOption = False,
) -> None:
    """Thêm người dùng với một vai trò / add a user with a first role."""
    given = _asked() if ask_password else None
    with _transaction() as (session, actor):
        grant = GrantIn(role=role, area_id=_area_called(session, area), head=head)
        new = UserIn(username=username, full_name=full_name, password=given, grants=[grant])
        made = commands.add_user(session, actor, new)
    typer.echo(f"Đã thêm {made.username}: {_said(made.grants[0])}.")
    _tell(made.password)


@app.command()
def grant(
    username: Username, role: RoleOption, area: AreaOption, head: HeadOption = False, start: FromOption = None
) -> None:
    """Giao thêm một vai trò / give one more role."""
    with _transaction() as (session, actor):
        first = start.date() if start else None
        new = GrantIn(role=role, area_id=_area_called(session, area), head=head, valid_from=first)
        user = commands.grant_role(session, actor, _user_called(session, username), new)
    typer.echo(f"Đã giao cho {user.username}:")
    _show([user])


@app.command("end-grant")
def end_grant(username: Username, role: RoleOption, area: AreaOption) -> None:
    """Thôi giao một vai trò, có hiệu lực ngay / end a role at once."""
    with _transaction() as (session, actor):
        user_id = _user_called(session, username)
        area_id = _area_called(session, area)
        user = queries.user(session, actor.scope, user_id)
        ended = [held for held in user.grants if held.role is role and held.area_id == area_id and _holds(held)]
        if not ended:
            raise NotFound(f"{user.username} không có vai trò này ở {area}.", f"{user.username} has no such grant.")
        for held in ended:
            commands.end_role(session, actor, user_id, held.id, None)
    typer.echo(f"Đã thôi giao: {_said(ended[0])}.")


@app.command("reset-password")
def reset_password(username: Username, ask_password: PasswordOption = False) -> None:
    """Đặt lại mật khẩu; mọi phiên đăng nhập bị đóng / a new password; every session ends."""
    given = _asked() if ask_password else None
    with _transaction() as (session, actor):
        user_id = _user_called(session, username)
        version = queries.user(session, actor.scope, user_id).version
        patch = UserPatch(password=given, generate_password=given is None)
        changed = commands.change_user(session, actor, user_id, version, patch)
    typer.echo(f"Đã đặt lại mật khẩu của {changed.username}; các phiên cũ đã đóng.")
    _tell(changed.password)


@app.command("list")
def list_users(search: Annotated[str | None, typer.Argument(help="Tìm theo tên / part of a name.")] = None) -> None:
    """Danh sách người dùng và vai trò hôm nay / users and what they hold today."""
    found: list[UserOut] = []
    with _transaction() as (session, actor):
        cursor = None
        while True:
            page = queries.users(session, actor, queries.Filter(q=search), limit=500, cursor=cursor)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
    _show(found)


def _show(users: list[UserOut]) -> None:
    table = Table(box=None, padding=(0, 2), header_style="bold")
    for column in ("Tên đăng nhập", "Họ và tên", "Vai trò", "Trạng thái"):
        table.add_column(column, overflow="fold")
    for user in users:
        held = "; ".join(_said(grant) for grant in user.grants if _holds(grant)) or "(không có)"
        table.add_row(user.username, escape(user.full_name), escape(held), "đã khoá" if user.disabled else "")
    Console(highlight=False).print(table)


def _said(grant: GrantOut) -> str:
    head = ", trưởng xóm" if grant.head else ""
    return f"{codes.label('role', grant.role)}{head} · {grant.area_name} ({grant.area_code})"


def _holds(grant: GrantOut) -> bool:
    return grant.valid_to is None or grant.valid_to >= clock.today()


def _area_called(session: Session, code: str) -> UUID:
    query = select(_area.c.id).where(_area.c.code == code, valid_on(_area.c, clock.today()))
    found: list[UUID] = list(session.execute(query).scalars())
    if len(found) != 1:
        raise NotFound(f"Không có đơn vị mã {code} (hoặc có hơn một).", f"There is not one area with the code {code}.")
    return found[0]


def _user_called(session: Session, username: str) -> UUID:
    name = known_form(username) or lowered(username)
    found: UUID | None = session.execute(select(_account.c.id).where(_account.c.username == name)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Không có người dùng {name}.", f"There is no user {name}.")
    return found


def _asked() -> str:
    return str(typer.prompt("Mật khẩu / password", hide_input=True, confirmation_prompt="Nhập lại / again"))


def _tell(password: str | None) -> None:
    if password is not None:
        typer.echo(f"Mật khẩu (chỉ hiện lần này) / password (shown only now): {password}")


def _refuse(faults: Sequence[FieldError | Text]) -> NoReturn:
    for said in faults:
        place = f"{said.pointer} " if isinstance(said, FieldError) else ""
        typer.echo(f"✗ {place}{said.vi}\n  {said.en}", err=True)
    raise typer.Exit(1)
