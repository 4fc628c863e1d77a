"""`giamngheo …`: the commands of an installation. Each feature brings its own, loaded only when it is called."""

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from api.config import ConfigError, settings

# Where the commands of the features are. A name, not an import: starting the service must not load every feature's
# command line, and a mistake in one must not take `giamngheo serve` away.
COMMANDS = {
    "areas": "api.areas_cli:app",
    "audit": "api.audit_cli:app",
    "backup": "api.backup_cli:backup_app",
    "restore": "api.backup_cli:restore_app",
    "standard": "api.standards.cli:app",
    "indicators": "api.indicators.cli:app",
    "round": "api.reviews.cli:app",
    "tablet": "mobile_sync.cli:app",
    "users": "api.accounts.cli:app",
}


class Commands(TyperGroup):
    """The commands below, and those of COMMANDS."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted({*super().list_commands(ctx), *(name for name, place in COMMANDS.items() if _exists(place))})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        place = COMMANDS.get(cmd_name)
        if place is None or not _exists(place):
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command = typer.main.get_command(getattr(importlib.import_module(module), name))
        command.name = cmd_name
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Answers a wrong configuration with its sentence instead of a traceback, whichever command met it."""
        try:
            return super().main(*args, **kwargs)
        except ConfigError as error:
            _refuse(str(error))
        except ValidationError as error:
            lines = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            _refuse("Cấu hình sai / wrong configuration:\n" + "\n".join(f"  {line}" for line in lines))


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Sổ theo dõi giảm nghèo của xã / the poverty register of a commune.",
)


@app.command()
def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Nạp xã thử Trực Thái / load the demo commune.")] = False,
    port: Annotated[int | None, typer.Option(help="Cổng HTTP / HTTP port (PORT).")] = None,
    workers: Annotated[int | None, typer.Option(help="Số tiến trình / worker processes.")] = None,
) -> None:
    """Chạy máy chủ / run the service."""
    from api import serve as launcher

    # As environment, not as arguments: the worker processes read their settings from there too.
    for name, value in (("GIAMNGHEO_PORT", port), ("GIAMNGHEO_WORKERS", workers)):
        if value is not None:
            os.environ[name] = str(value)
    raise typer.Exit(launcher.serve(settings(), demo=demo))


@app.command()
def migrate() -> None:
    """Nâng cấu trúc dữ liệu lên bản mới nhất / bring the database to the newest revision."""
    from api import serve as launcher

    with launcher.database(settings()) as url:
        before, after = launcher.migrate(url)
    print(f"{before or 'trống'} -> {after}")


@app.command()
def secrets(folder: Path) -> None:
    """Tạo các tệp khoá cho docker-compose.yml / make the key files; existing ones are kept."""
    from api.key_files import CONTAINER_UID, write_all

    for path in write_all(folder):
        print(path)
    if os.geteuid() != 0:
        # Only root may give files to the container's user, so here the container takes the owner's number.
        print(
            f"Chạy compose với / run compose with: GIAMNGHEO_UID={os.geteuid()} (mặc định / default: {CONTAINER_UID})"
        )


@app.command()
def database() -> None:
    """In địa chỉ cơ sở dữ liệu (cho psql, pg_dump) / print the database's address; starts nothing."""
    print(settings().sqlalchemy_url().replace("postgresql+psycopg://", "postgresql://", 1))


def _exists(place: str) -> bool:
    """Whether this installation has that feature: one left out must not break the help of the others."""
    return importlib.util.find_spec(place.partition(":")[0]) is not None


def _refuse(text: str) -> None:
    from api.banner import complain

    complain(text)
    sys.exit(2)


if __name__ == "__main__":
    app()
