"""`giamngheo backup` and `giamngheo restore`: proved backups, and the way back."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import audit, databases, embedded
from api.attachments import safekeeping
from api.audit import SystemActor
from api.backups import commands, files, manifest, restoring, server, taking
from api.backups.manifest import Manifest
from api.backups.taking import Report, Taken
from api.banner import complain, console, say
from api.changes import epoch
from api.config import ConfigError, Settings, settings
from api.db import make_engine
from mobile_sync import durability

backup_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
restore_app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@backup_app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="Thư mục sao lưu, tốt nhất ở máy khác / where to.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="Chỉ giữ N bản đã kiểm chứng mới nhất / keep the N newest verified ones.")
    ] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Không thử khôi phục; không tính là bản sao lưu / no trial restore.")
    ] = False,
    new_folder: Annotated[
        bool, typer.Option("--new-folder", help="Thư mục mới, chưa có bản sao lưu nào / no backup is there yet.")
    ] = False,
) -> None:
    """Sao lưu, rồi khôi phục thử để kiểm chứng / back up, and prove it by restoring it. The service may run."""
    chosen = settings()
    with _steps() as report, databases.database(chosen, say) as url, server.held(url) as found:
        with taking.sentences(folder):
            _check_ready(url, folder, unverified=unverified, new_folder=new_folder)
        taken = taking.dump(found, folder, report)
        report("Sao chép tệp đính kèm / copying uploaded files")
        damaged = files.copy(chosen.files_folder, folder / "files").damaged
        lacking = files.lacking(folder / "files", taken.files)
        lacking -= files.copied_anew(chosen.files_folder, folder / "files", lacking)
        if not unverified:
            taken = taking.prove(found, taken, report)
            note(url, taken, lacking)
        gone = taking.prune(folder, keep, taken.epochs) if keep is not None and not unverified else []
    _tell(folder, taken, gone)
    if damaged or lacking:
        _complain_of_files(damaged, lacking)
        raise typer.Exit(1)


@restore_app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="Tệp giamngheo-….dump, cạnh tệp .json của nó / the dump.")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại / do not ask.")] = False,
    older: Annotated[
        bool, typer.Option("--older", help="Dù đã có bản sao lưu mới hơn / although a newer backup is known.")
    ] = False,
) -> None:
    """Khôi phục từ bản sao lưu; dữ liệu đang có được giữ dưới tên khác / restore; what is there now is kept."""
    paper = manifest.read(file)
    say(f"Kiểm tra {file} / checking the file")
    manifest.check_file(file, paper)
    chosen = settings()
    with _stopped(chosen) as url, server.held(url) as found:
        restoring.check_unused(found)
        _check_newest(paper, taking.newest(found, file.parent), older)
        if not yes:
            _ask(paper, found.database)
        with _steps() as report:
            id_key = chosen.secrets().id_key
            # before the register is in its place: a name is a hash, so nothing whole that is there is written over
            report("Sao chép tệp đính kèm / copying uploaded files")
            copied, missing, again = files.copy(file.parent / "files", chosen.files_folder), list[str](), list[str]()

            def prepare(there: str) -> None:
                missing.extend(_prepare(there, paper, chosen))
                again.extend(restoring.in_force_again(found, there))

            kept = restoring.restore(found, file, paper, id_key, prepare, report)
    _tell_restored(paper, found.database, kept, copied, missing)
    if again:
        complain(
            "Đã bị thu hồi sau bản sao lưu, nay lại có hiệu lực; hãy thu hồi lại trước khi máy tính bảng có mạng / "
            "withdrawn after the backup and in force again, withdraw it before tablets have a line:\n"
            + "\n".join(again)
        )


def _check_ready(url: str, folder: Path, *, unverified: bool, new_folder: bool) -> None:
    if databases.revision(url) is None:
        raise ConfigError("Cơ sở dữ liệu này trống, chưa có gì để sao lưu / this database is empty.")
    if unverified:
        return
    with server.connected(url) as connection:
        there: Any = connection.execute("SELECT to_regclass('public.backup') IS NOT NULL").fetchone()
        if not there[0]:
            raise ConfigError(
                "Cấu trúc dữ liệu cũ hơn chương trình. Hãy sao lưu bằng `--unverified`, rồi chạy `giamngheo migrate`.\n"
                "The database is older than the program: back up with `--unverified`, then `giamngheo migrate`."
            )
        known = connection.execute("SELECT 1 FROM backup LIMIT 1").fetchone()
        epochs = taking.epochs_of(connection)
    ours = any(paper.contents.epoch in epochs for _, paper in manifest.verified(folder))
    if known and not ours and not new_folder:
        raise ConfigError(_not_mounted(folder))
    if not server.may_make_databases(url):
        raise server.no_scratch()
    with _engine(url) as engine, Session(engine) as session, session.begin():
        epoch.epoch_of(session)  # a register that no service was started on has none yet


def _not_mounted(folder: Path) -> str:
    return (
        f"Trong {folder} không có bản sao lưu nào của sổ này, dù đã từng sao lưu. Ổ đĩa sao lưu đã được gắn chưa? Nếu "
        "đây là thư mục mới: thêm --new-folder. Chưa có gì được ghi.\n"
        "No backup of this register is in this folder, though there were some: is the disk mounted? If the folder is "
        "new: --new-folder. Nothing was written."
    )


def note(url: str, taken: Taken, lacking: Collection[str]) -> None:
    """The backup was proved: from now on it counts, but for the files it lacks."""
    with _engine(url) as engine, Session(engine) as session, session.begin():
        # no request: the batches that are being received are waited for, and a journal of years is looked through
        session.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
        durability.note_backup(session, taken.arrivals)
        safekeeping.note_backup(session, taken.files, lacking, taken.manifest.taken_at)
        commands.record(session, SystemActor("<giamngheo backup>"), taken)


def _prepare(url: str, paper: Manifest, chosen: Settings) -> list[str]:
    """The restored register, made ready before it is in its place: of this version, and another life for tablets. The
    files that it lacks, and asks for again."""
    databases.migrate(url)
    with _engine(url) as engine:
        epoch.begin_again(engine)
        with Session(engine) as session, session.begin():
            missing = safekeeping.forget_missing(session, chosen.files_folder)
            actor = SystemActor("<giamngheo restore>")
            audit.record(
                session,
                actor,
                "backups.restore",
                "backup",
                file=paper.file_name,
                taken_at=str(paper.taken_at),
                files_missing=len(missing),
            )
    return missing


def _check_newest(paper: Manifest, newest: datetime | None, older: bool) -> None:
    if newest is None or newest <= paper.taken_at or older:
        return
    raise ConfigError(
        f"Đã có bản sao lưu mới hơn, lúc {_when(newest)}; bản này lúc {_when(paper.taken_at)}. Máy tính bảng có thể đã "
        "xoá phiếu có trong bản mới hơn, nên khôi phục bản này có thể mất phiếu. Nếu vẫn muốn: thêm --older.\n"
        "A newer verified backup is known, and tablets may have let go of what it holds: restoring this one may lose "
        "work. If you mean it: --older."
    )


def _ask(paper: Manifest, database: str) -> None:
    say(f"Bản sao lưu lúc / taken at {_when(paper.taken_at)}, {paper.contents.rows('household')} hộ / households")
    if paper.verified_at is None:
        say("Bản này chưa từng được kiểm chứng; nó được kiểm chứng ngay khi khôi phục / never verified until now")
    typer.confirm(f"Thay cơ sở dữ liệu {database} bằng bản này / put it in the place of {database}?", abort=True)


@contextmanager
def _stopped(chosen: Settings) -> Iterator[str]:
    """The database while no service runs on it; the embedded PostgreSQL is started for it, and stopped after it."""
    if chosen.database_url is not None:
        yield chosen.database_url
        return
    cluster = embedded.start(chosen.home, say)  # refuses where a service runs in this home
    try:
        yield cluster.url
    finally:
        cluster.stop()


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url, pool_size=1)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _steps() -> Iterator[Report]:
    """A function to call at the beginning of each step: a clock at a terminal, one line a step elsewhere."""
    if not console.is_terminal:
        yield say
        return
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console) as progress:

        def step(what: str) -> None:
            for task in progress.tasks:
                progress.update(task.id, total=1, completed=1)
            progress.add_task(what, total=None)

        yield step


def _tell(folder: Path, taken: Taken, gone: list[Path]) -> None:
    paper = taken.manifest
    size = f"{paper.size_bytes / 1e6:.1f} MB, {paper.contents.rows('sync_submission')} phiếu / submissions"
    if paper.verified_at is None:
        say(f"Đã ghi {folder / paper.file_name} ({size}), CHƯA kiểm chứng / written, NOT verified")
        say("Máy tính bảng chưa được xoá gì vì tệp này / tablets may let go of nothing because of it")
    else:
        say(f"Đã sao lưu và kiểm chứng / backed up and verified: {folder / paper.file_name} ({size})")
    if paper.contents.audit_head:
        say(f"Mắt xích cuối của nhật ký / head of the audit log: {paper.contents.audit_head}")
    for path in gone:
        say(f"Đã xoá bản cũ / removed: {path.name}")


def _complain_of_files(damaged: list[str], lacking: set[str]) -> None:
    if damaged:
        complain(
            f"{len(damaged)} tệp đính kèm không đúng với mã của nó và không được sao chép / damaged uploaded files:\n"
            + "\n".join(damaged[:20])
        )
    if lacking:
        complain(
            f"{len(lacking)} tệp đã nhận đủ nhưng không có trong bản sao lưu; máy tính bảng còn giữ sẽ không xoá "
            "/ files that the register calls complete are not in this backup:\n" + "\n".join(sorted(lacking)[:20])
        )


def _tell_restored(paper: Manifest, database: str, kept: str | None, copied: files.Copied, missing: list[str]) -> None:
    say(f"Đã khôi phục {database} như lúc / restored as of {_when(paper.taken_at)}; tệp đính kèm / files: {copied.new}")
    if kept:
        say(f"Dữ liệu trước đó được giữ ở / what was there before is kept in: {kept} (DROP DATABASE khi không cần nữa)")
    say(
        "Máy tính bảng sẽ tải lại từ đầu và gửi lại những gì còn giữ / tablets pull again and send again what they kept"
    )
    say("Tiếp theo: chạy dịch vụ, `giamngheo audit verify`, rồi sao lưu lại / next: serve, verify the log, back up")
    if missing:
        say(
            f"{len(missing)} tệp không có trên đĩa; máy tính bảng nào còn giữ sẽ gửi lại / files that are missing and "
            "asked for again"
        )
    for name in copied.damaged[:20]:
        complain(f"Tệp đính kèm hỏng trong bản sao lưu / damaged file in the backup: {name}")


def _when(moment: datetime) -> str:
    return f"{moment.astimezone():%d/%m/%Y %H:%M:%S}"
