"""The measurements and their table: ratios within one run, because absolute numbers belong to the machine."""

import argparse
import os
import platform
from collections.abc import Callable

import psycopg
from rich.console import Console
from rich.table import Table

from tests.bench import bare, eligibility, pairs, poison, province, pulling, pushing, recognising, scoring, stage
from tests.bench.pulling import Reader, fill
from tests.bench.stage import Server

console = Console()


def main() -> None:
    """Runs it and prints the table."""
    options = _options()
    if options.province:
        _province(province.Scale(options.province))
        return
    quick = options.quick
    rounds, turns = (1, 12) if quick else (3, 24)
    small, large = (10_000, 50_000) if quick else (10_000, 200_000)
    with stage.postgres() as server, stage.databases(server, 9) as urls:
        with console.status("…") as status:

            def say(what: str) -> None:
                status.update(what)
                if not console.is_terminal:
                    console.print(what, highlight=False)

            pushed = pairs.measured(urls[0], urls[1], turns, 3 * rounds, say)
            statements = poison.statements(urls[6])
            if not options.push_only:
                pulls = _pulls(urls[2:4], (small, large), rounds, say)
                say(f"a decision on {recognising.HOUSEHOLDS:,} households")
                recognised = recognising.measured(*urls[4:6])
                say(f"who is entitled to what, {eligibility.HOUSEHOLDS:,} households")
                entitled = eligibility.measured(urls[7])
                asked_there = province.measured(urls[8], province.SMALL if quick else province.USUAL, say)
        console.print(_about_the_machine(urls[0]), highlight=False)
        console.print(pairs.table("a day in the field: created, reviewed, changed, merged", pushed.visits))
        console.print(pairs.table("creations only", pushed.creations))
        console.print(_poison_table(pushed.poison, statements))
        if options.push_only:
            return
        console.print(_others_table(pulls, (small, large), pushed))
        console.print(scoring.table(10_000 if quick else 100_000))
        console.print(_recognising_table(recognised))
        console.print(eligibility.table(entitled))
        console.print(province.table(asked_there))


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make bench", description="Measures the sync against bare SQL.")
    asked.add_argument("--quick", action="store_true", help="fewer turns, smaller registers, one round")
    asked.add_argument("--push-only", action="store_true", help="the pushes, and nothing else")
    asked.add_argument(
        "--province", type=int, metavar="HOUSEHOLDS", help="a province of so many (300000: half an hour), nothing else"
    )
    return asked.parse_args()


def _province(scale: province.Scale) -> None:
    with stage.postgres() as server, stage.databases(server, 1) as (url,):
        seen = province.measured(url, scale, lambda what: console.print(what, highlight=False))
        console.print(_about_the_machine(url), highlight=False)
        console.print(province.table(seen))


def _pulls(urls: list[str], sizes: tuple[int, int], rounds: int, say: Callable[[str], None]) -> dict[int, float]:
    best = dict.fromkeys(sizes, float("inf"))
    services: list[Server] = []
    try:
        readers = {}
        for url, size in zip(urls, sizes, strict=True):
            say(f"a register of {size:,} records, pulled once from the start")
            fill(url, size)
            services.append(Server(url))
            (tablet,) = pushing.tablets(services[-1], 1)
            readers[size] = Reader(services[-1], tablet)
        for number in range(1, 3 * rounds + 1):
            say(f"pulls, round {number} of {3 * rounds}")
            for size, reader in readers.items():
                best[size] = min(best[size], reader.seconds())
        return best
    finally:
        for service in services:
            service.stop()


def _poison_table(ratios: dict[str, float], statements: dict[int, int]) -> Table:
    table = Table(title="One bad record in 200, against the clean batch; statements", caption="goal: at most 2 times")
    table.add_column("what")
    table.add_column("value", justify="right")
    for what, ratio in ratios.items():
        table.add_row(what, f"{ratio:.2f} times")
    for size, found in statements.items():
        table.add_row(f"statements for a batch of {size}", str(found))
    return table


def _others_table(pulls: dict[int, float], sizes: tuple[int, int], pushed: pairs.Pushed) -> Table:
    small, large = sizes
    table = Table(title="Pull and memory")
    table.add_column("what")
    table.add_column("value", justify="right")
    table.add_column("goal")
    for size in sizes:
        table.add_row(f"{pulling.CHANGES} changes out of {size:,} records", f"{pulls[size] * 1000:.1f} ms", "")
    table.add_row("large / small", f"{pulls[large] / pulls[small]:.2f}", "at most 1.2")
    memory = f"{pushed.memory / 2**20:,.0f} MiB"
    table.add_row(f"peak memory of the service, after {pushed.records:,} records", memory, "")
    return table


def _recognising_table(seen: recognising.Recognising) -> Table:
    table = Table(title=f"A decision on {recognising.HOUSEHOLDS:,} households, seconds")
    for heading in ("prepared", "signed", "bare SQL", "ratio"):
        table.add_column(heading, justify="right")
    table.add_row(f"{seen.prepare:.2f}", f"{seen.sign:.2f}", f"{seen.bare:.2f}", f"{seen.ratio:.0%}")
    return table


def _about_the_machine(url: str) -> str:
    with psycopg.connect(bare.plain(url)) as connection:
        version = connection.info.parameter_status("server_version")
    cores = len(os.sched_getaffinity(0))
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.machine()}, {cores} cores, {total:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, PostgreSQL {version}; service, clients and database on this machine"
    )
