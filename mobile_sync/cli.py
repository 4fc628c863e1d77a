"""`giamngheo tablet`: plays a surveyor with a tablet against a running server. A process of its own, HTTP only."""

import os
import random
import re
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import NAMESPACE_DNS, uuid5
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from mobile_sync.surveyor import Day, LosesAnswers, Surveyor, reckon
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console()


@app.command()
def tablet(
    hamlet: Annotated[str, typer.Option(help="Mã xóm / code of the hamlet.")] = "14080-03",
    visits: Annotated[int, typer.Option(min=1, max=5000, help="Số lượt thăm hộ / visits.")] = 40,
    url: Annotated[str | None, typer.Option(help="Địa chỉ máy chủ / the server (http://127.0.0.1:$PORT).")] = None,
    user: Annotated[str | None, typer.Option(help="Người rà soát / the surveyor (xom-3).")] = None,
    password: Annotated[str | None, typer.Option(help="Mật khẩu / password (GIAMNGHEO_DEMO_PASSWORD).")] = None,
    officer: Annotated[str, typer.Option(help="Cán bộ xã cấp mã / the commune officer.")] = "truc-thai",
    seed: Annotated[int, typer.Option(help="Cùng số này thì cùng một ngày / the same seed, the same day.")] = 1,
) -> None:
    """Đóng vai người rà soát một ngày: tải về, đi các hộ khi mất mạng, gửi lên, đối chiếu / play a surveyor's day."""
    url = url or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    user = user or _surveyor_of(hamlet)
    secret = password or _demo_password()
    try:
        with TemporaryDirectory(prefix="giamngheo-tablet-") as folder:
            day = _play(Path(folder), url, hamlet, visits, user, secret, officer, seed)
    except Unreachable as error:
        console.print(
            f"[red]Không tới được máy chủ {url}.[/red] Hãy chạy `make run` trước, hoặc nêu đúng --url ({error})."
        )
        raise typer.Exit(1) from error
    except Refused as error:
        console.print(f"[red]Máy chủ từ chối / refused:[/red] {error}")
        raise typer.Exit(1) from error
    for sentence in day.broken:
        console.print(f"[red]Sai:[/red] {sentence}")
    if day.broken:
        raise typer.Exit(1)
    console.print("[green]Khớp:[/green] mỗi phiếu có đúng một kết quả; dữ liệu tải về đúng như đã ghi.")


def _play(folder: Path, url: str, hamlet: str, visits: int, user: str, secret: str, officer: str, seed: int) -> Day:
    storage = Storage(folder / "tablet.sqlite")
    faulty = LosesAnswers(httpx.HTTPTransport(), "/sync/v1/batches", times=1)
    line = Line(url, transport=faulty, keep_refresh_token=tablet_tokens(storage))
    machine = Tablet(storage, line)
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        step = bar.add_task("Đăng ký máy", total=visits + 4)
        machine.line.sign_in(user, secret, machine.device_id)
        machine.enrol(_code(url, officer, secret, hamlet), f"Máy thử {hamlet}")
        bar.update(step, advance=1, description="Tải dữ liệu lần đầu")
        first = machine.pull()
        today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()
        luck = random.Random(seed)  # noqa: S311  a game, not a secret
        reference = machine.line.call("GET", "/sync/v1/reference").json()
        newest = max(((one["standard_code"], one["standard_version"]) for one in reference["rounds"]), default=None)
        machine.form_version = f"{newest[0]}/{newest[1]}" if newest else None
        walker = Surveyor(machine, _hamlet_id(hamlet), luck, today, reference)
        bar.update(step, advance=1, description="Mất mạng, đi các hộ")
        for _ in range(visits):
            walker.visit()
            bar.advance(step)
        bar.update(step, description="Có mạng: gửi lên (mất một câu trả lời)")
        told = machine.push()
        bar.update(step, advance=1, description="Tải về, đối chiếu")
        later = machine.pull()
        walker.day.broken += reckon(machine, 0, told)
        bar.update(step, advance=1, description="Xong")
    _show(walker.day, machine, first.put, later.put, sum(outcome["replayed"] for outcome in told))
    line.close()
    storage.close()
    return walker.day


def _code(url: str, officer: str, secret: str, hamlet: str) -> str:
    line = Line(url)
    line.sign_in(officer, secret)
    answer = line.call("POST", "/sync/v1/enrolments", json={"hamlet_id": _hamlet_id(hamlet)}).json()
    line.close()
    return str(answer["enrolment_code"])


def _surveyor_of(hamlet: str) -> str:
    """The demo's account for a hamlet: 14080-03 is xom-3's. Other communes have surveyors of other names."""
    shape = re.fullmatch(r"(\d{5})-(\d{2})", hamlet)
    if shape is None:
        raise typer.BadParameter("mã xóm có dạng 14080-03 / such as 14080-03", param_hint="--hamlet")
    if shape[1] != "14080":
        raise typer.BadParameter("xóm của xã khác: hãy nêu --user và --officer / name both", param_hint="--hamlet")
    return f"xom-{int(shape[2])}"


def _hamlet_id(code: str) -> str:
    # the ids of the contract's areas are known to everyone
    return str(uuid5(NAMESPACE_DNS, f"area:{code}"))


def _demo_password() -> str:
    given = os.environ.get("GIAMNGHEO_DEMO_PASSWORD")
    if given:
        return given
    from api.config import settings  # only where the server's own home is on this machine

    kept = settings().home / "secrets/demo-password"
    try:
        return kept.read_text(encoding="utf-8").strip()
    except OSError:
        console.print("[red]Cần mật khẩu:[/red] --password hoặc GIAMNGHEO_DEMO_PASSWORD / a password is needed.")
        raise typer.Exit(2) from None


def _show(day: Day, machine: Tablet, first: int, later: int, replayed: int) -> None:
    done = ", ".join(f"{count} {what}" for what, count in day.done.most_common())
    console.print(f"Lần đầu tải {first} bản ghi; {day.visits} lượt thăm: {done}.")
    table = Table("Kết quả", "Số phiếu", title="Biên nhận của máy chủ")
    work = machine.receipts()
    for outcome in sorted({one.outcome or "chưa gửi" for one in work}):
        table.add_row(_WORDS.get(outcome, outcome), str(sum((one.outcome or "chưa gửi") == outcome for one in work)))
    console.print(table)
    for one in work:
        if one.outcome == "rejected" and one.told:
            console.print(f"  {one.entity} {one.record_id}: {one.told['problem']['details']['vi']}")
    console.print(f"Mất một câu trả lời: {replayed} phiếu gửi lại, không phiếu nào ghi hai lần. Tải về thêm {later}.")


_WORDS = {
    "applied": "đã ghi (applied)",
    "merged": "đã ghép (merged)",
    "conflict": "chờ quyết định (conflict)",
    "held": "đang chờ (held)",
    "rejected": "không nhận (rejected)",
    "quarantined": "cách ly (quarantined)",
}
