"""What a person sees at the terminal while the service starts, and when it is ready."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

# The accounts of the demo (docs: api/demo) and what somebody who tries it would use each one for.
DEMO_ACCOUNTS = (
    ("truc-thai", "cán bộ giảm nghèo xã Trực Thái: hộ, rà soát, kế hoạch, báo cáo"),
    ("chu-tich", "chủ tịch UBND xã: ký quyết định công nhận"),
    ("xom-1 … xom-8", "trưởng xóm, điều tra viên: máy tính bảng của xóm mình"),
    ("truc-ninh", "cán bộ huyện Trực Ninh: xem và kiểm tra các xã"),
    ("truc-dai", "cán bộ xã khác cùng huyện: không thấy gì của Trực Thái"),
    ("ngan-hang", "ngân hàng chính sách: vốn vay"),
    ("tai-chinh", "tài chính xã: kinh phí, mức hỗ trợ"),
    ("van-hoa", "văn hoá - thông tin: truyền thông, số liệu"),
    ("mat-tran", "Mặt trận Tổ quốc: giám sát, ý kiến của dân"),
    ("admin", "quản trị tài khoản và địa bàn: không xem được dữ liệu cá nhân"),
)

# One console for all; where the output is no terminal, rich leaves the colours away by itself.
console = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """One step, one line."""
    console.print(f"[dim]•[/] {escape(text)}")


def complain(text: str) -> None:
    """Why it does not go on, and what to do."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]✗[/] {escape(text)}")


@contextmanager
def counting() -> Iterator[Callable[[str, int, int], None]]:
    """A function to call with (stage, done, total): a bar at a terminal, one line a stage elsewhere."""
    if not console.is_terminal:
        seen: set[str] = set()

        def line(stage: str, _done: int, total: int) -> None:
            if stage not in seen:
                seen.add(stage)
                say(f"{stage} ({total})")

        yield line
        return
    columns = (TextColumn("  {task.description:<40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks: dict[str, object] = {}

        def bar(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield bar


def show_ready(address: str, password: str | None) -> None:
    """The address, and where the demo is loaded its accounts and what to try first."""
    console.print(f"\n[bold green]✓ Sẵn sàng / ready:[/] [bold]{address}[/]   tài liệu API: {address}/docs")
    console.print(f"  Ứng dụng rà soát cho máy tính bảng / the survey app: {address}/app/")
    if password is not None:
        _show_demo(address, password)
    console.print("\n[dim]Dừng: Ctrl-C. Dữ liệu được giữ cho lần chạy sau. / Ctrl-C stops; all data is kept.[/]\n")


def _show_demo(address: str, password: str) -> None:
    table = Table(show_header=True, header_style="bold", box=None, padding=(0, 2))
    table.add_column("Tài khoản thử")
    table.add_column("Dùng để", overflow="fold")
    for name, purpose in DEMO_ACCOUNTS:
        table.add_row(name, purpose)
    console.print()
    console.print(table)
    console.print(f"\n  Mật khẩu của mọi tài khoản thử / password of all: [bold]{escape(password)}[/]\n")
    console.print("[bold]Thử tiếp / try next[/]")
    console.print(f"  1. mở {address}/docs")
    sign_in = f"curl -s {address}/api/v1/auth/token -d username=truc-thai --data-urlencode password='{password}'"
    console.print(f"  2. {escape(sign_in)}")
    console.print("  3. .venv/bin/giamngheo tablet --hamlet 14080-03 --visits 40")
