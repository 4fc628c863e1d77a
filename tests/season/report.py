"""The report of a season: what happened, and which promises held."""

from rich.console import Console
from rich.table import Table

from tests.season.plan import Plan
from tests.season.reckoning import PROMISES, Ledger


def show(console: Console, plan: Plan, ledger: Ledger) -> None:
    minutes = ledger.seconds / 60
    console.print(
        f"{plan.tablets} máy, {plan.days} ngày, hạt giống {plan.seed} (kế hoạch {plan.digest()}), {minutes:.1f} phút",
        highlight=False,
    )
    console.print(_counts("Kết quả của mọi phiếu / outcomes", ledger.outcomes))
    if ledger.rejected:
        console.print(_counts("Bị từ chối vì / rejected for", ledger.rejected))
    console.print(_counts("Sự cố đã gây / faults injected", ledger.faults))
    console.print(_counts("Yêu cầu tới máy chủ / requests that reached the server", ledger.requests))
    console.print(_counts("Ở xóm / in the hamlets", ledger.done))
    console.print(_counts("Ở xã / in the offices", ledger.offices))
    console.print(_promises(ledger))
    for promise, words in PROMISES.items():
        for what in ledger.first(promise):
            console.print(f"[red]{words.split(' / ')[0]}:[/red] {what}", highlight=False)


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table(title=title, show_header=False)
    table.add_column("")
    table.add_column("", justify="right")
    for name, many in sorted(counts.items(), key=lambda one: -one[1]):
        table.add_row(name, f"{many:,}")
    return table


def _promises(ledger: Ledger) -> Table:
    table = Table(title="Lời hứa / promises")
    for heading in ("lời hứa / promise", "số lần kiểm tra / checks", "vi phạm / broken"):
        table.add_column(heading, justify="left" if "promise" in heading else "right")
    for promise, words in PROMISES.items():
        bad = len(ledger.failures.get(promise, []))
        table.add_row(words, f"{ledger.checks[promise]:,}", f"[red]{bad}[/red]" if bad else "0")
    return table
