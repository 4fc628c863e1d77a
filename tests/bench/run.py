"""The measurements and their table: ratios within one run, because absolute numbers belong to the machine."""

import argparse
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from rich.console import Console
from rich.table import Table

from tests.bench import bare, eligibility, poison, province, pulling, pushing, recognising, scoring, stage, visits
from tests.bench.pulling import Reader, fill
from tests.bench.pushing import SUBMISSIONS, Batch, Tablet
from tests.bench.stage import Server

CLIENTS = (1, 4, 8)
console = Console()


@dataclass
class Best:
    """The shortest times seen, by number of clients."""

    push: dict[int, float] = field(default_factory=dict)
    bare: dict[int, float] = field(default_factory=dict)
    replay: dict[int, float] = field(default_factory=dict)

    def note(self, kind: str, clients: int, seconds: float) -> None:
        times: dict[int, float] = getattr(self, kind)
        times[clients] = min(times.get(clients, float("inf")), seconds)


@dataclass
class Pushed:
    """What the pushes cost: creations only, and a day in the field."""

    creations: Best = field(default_factory=Best)
    visits: Best = field(default_factory=Best)
    poison: dict[str, float] = field(default_factory=dict)
    memory: int = 0


def main() -> None:
    """Runs it and prints the table."""
    options = _options()
    if options.province:
        _province(province.Scale(options.province))
        return
    quick = options.quick
    rounds, count = (1, 8) if quick else (3, 16)
    small, large = (10_000, 50_000) if quick else (10_000, 200_000)
    with stage.postgres() as server, stage.databases(server, 9) as urls:
        with console.status("…") as status:

            def say(what: str) -> None:
                status.update(what)
                if not console.is_terminal:
                    console.print(what, highlight=False)

            pushed = _pushes(urls[0], urls[1], rounds, count, say)
            statements = poison.statements(urls[6])
            if not options.push_only:
                pulls = _pulls(urls[2:4], (small, large), rounds, say)
                say(f"a decision on {recognising.HOUSEHOLDS:,} households")
                recognised = recognising.measured(*urls[4:6])
                say(f"who is entitled to what, {eligibility.HOUSEHOLDS:,} households")
                entitled = eligibility.measured(urls[7])
                asked_there = province.measured(urls[8], province.SMALL if quick else province.USUAL, say)
        console.print(_about_the_machine(urls[0]), highlight=False)
        console.print(_pushes_table("a day in the field: created, reviewed, changed, merged", pushed.visits, count))
        console.print(_pushes_table("creations only", pushed.creations, count))
        console.print(_poison_table(pushed.poison, statements))
        if options.push_only:
            return
        console.print(_others_table(count, pulls, (small, large), pushed.memory))
        console.print(scoring.table(10_000 if quick else 100_000))
        console.print(_recognising_table(recognised))
        console.print(eligibility.table(entitled))
        console.print(province.table(asked_there))


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="make bench", description="Measures the sync against bare SQL.")
    asked.add_argument("--quick", action="store_true", help="fewer batches, smaller registers, one round")
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


def _pushes(url: str, bare_url: str, rounds: int, count: int, say: Callable[[str], None]) -> Pushed:
    pushed = Pushed()
    service = Server(url)
    try:
        tablets = pushing.tablets(service, max(CLIENTS))
        bare.copy_devices(url, bare_url)
        opened = visits.open_round(url)
        for number in range(1, rounds + 1):
            for clients in CLIENTS:
                say(f"round {number} of {rounds}: {count} batches of {SUBMISSIONS} by {clients} clients")
                mine, each = tablets[:clients], count // clients
                made = [(tablet, pushing.batches(tablet, each)) for tablet in mine]
                _one_push(url, bare_url, made, pushed.creations)
                grounds = [[visits.ground(url, tablet, opened) for _ in range(each)] for tablet in mine]
                visits.copy_ground(url, bare_url, [one for some in grounds for one in some])
                made = [(t, [visits.batch(t, one) for one in some]) for t, some in zip(mine, grounds, strict=True)]
                _one_push(url, bare_url, made, pushed.visits)
        say("one bad record in 200")
        pushed.memory = service.peak_bytes()
        pushed.poison = poison.ratios(url, tablets[0], 3 * rounds)
        return pushed
    finally:
        service.stop()


def _one_push(url: str, bare_url: str, work: list[tuple[Tablet, list[Batch]]], best: Best) -> None:
    clients = len(work)
    before = bare.mark(url)
    best.note("push", clients, pushing.seconds(work, replayed=False))
    rows = bare.read_back(url, [mine for _, mine in work], before)
    best.note("bare", clients, bare.seconds(bare_url, rows))
    best.note("replay", clients, pushing.seconds(work, replayed=True))


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


def _pushes_table(what: str, best: Best, count: int) -> Table:
    table = Table(title=f"Push, records per second: {what}", caption="goal: at least 50 % of bare SQL; replay below 1")
    for heading in ("clients", "service", "bare SQL", "ratio", "same batches again", "again / first"):
        table.add_column(heading, justify="right")
    for clients in CLIENTS:
        records = count // clients * clients * SUBMISSIONS
        push, plain, replay = (records / times[clients] for times in (best.push, best.bare, best.replay))
        table.add_row(
            str(clients),
            f"{push:,.0f}",
            f"{plain:,.0f}",
            f"{push / plain:.0%}",
            f"{replay:,.0f}",
            f"{push / replay:.2f}",
        )
    return table


def _poison_table(ratios: dict[str, float], statements: dict[int, int]) -> Table:
    table = Table(title="One bad record in 200, against the clean batch; statements", caption="goal: at most 2 times")
    table.add_column("what")
    table.add_column("value", justify="right")
    for what, ratio in ratios.items():
        table.add_row(what, f"{ratio:.2f} times")
    for size, found in statements.items():
        table.add_row(f"statements for a batch of {size}", str(found))
    return table


def _others_table(count: int, pulls: dict[int, float], sizes: tuple[int, int], memory: int) -> Table:
    small, large = sizes
    table = Table(title="Pull and memory")
    table.add_column("what")
    table.add_column("value", justify="right")
    table.add_column("goal")
    for size in sizes:
        table.add_row(f"{pulling.CHANGES} changes out of {size:,} records", f"{pulls[size] * 1000:.1f} ms", "")
    table.add_row("large / small", f"{pulls[large] / pulls[small]:.2f}", "at most 1.2")
    pushed = 2 * sum(count // clients * clients for clients in CLIENTS) * SUBMISSIONS
    table.add_row(f"peak memory of the service, after {pushed:,} records a round", f"{memory / 2**20:,.0f} MiB", "")
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
