"""Plays the season day by day: what people arrange in the morning, then everybody at once, then the officers."""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from api.areas.tables import area_id
from mobile_sync.tablet_line import Refused, Unreachable
from tests.bench import stage as bench
from tests.make import database
from tests.make.interventions import serving
from tests.make.people import account_id
from tests.make.sheets import body as sheet_body
from tests.season import places, reckoning, report
from tests.season.hands import Hand, Machine
from tests.season.officers import Officer, signed_in
from tests.season.plan import HAMLETS_PER_COMMUNE, Plan
from tests.season.reckoning import Ledger
from tests.season.stage import Stage

console = Console()
Tick = Callable[[int, str], None]


def main() -> None:
    """The command: plays, reports, and leaves with 1 where a promise was broken."""
    asked = argparse.ArgumentParser(prog="make season", description="Plays a field season and reckons it up.")
    asked.add_argument("--tablets", type=int, default=200)
    asked.add_argument("--days", type=int, default=60)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--threads", type=int, default=4, help="1: the same season again, as far as a server allows")
    given = asked.parse_args()
    plan = Plan(given.seed, given.tablets, given.days)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=console)
    with bench.postgres() as server, bench.databases(server, 1) as (url,), bar:
        step = bar.add_task("Chuẩn bị", total=plan.days + 3)
        ledger = play(plan, url, given.threads, lambda n, what: bar.update(step, completed=n, description=what))
    report.show(console, plan, ledger)
    raise SystemExit(1 if ledger.broken else 0)


def play(plan: Plan, url: str, threads: int = 4, tick: Tick = lambda _n, _what: None) -> Ledger:
    """A whole season on this database (which has the cast): what was done, and every promise that was checked."""
    started = time.monotonic()
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="gn-season-", dir=memory if memory.is_dir() else None))
    places.load(url, plan)
    with ExitStack() as rest:
        rest.callback(shutil.rmtree, folder, ignore_errors=True)
        # sessions end in the middle of a day's work, for tablets and at desks
        server = bench.Server(url, GIAMNGHEO_ACCESS_TOKEN_SECONDS="10")
        rest.callback(server.stop)
        season = Season.on(plan, Stage.on(plan, server, url, folder), threads)
        rest.callback(season.close)
        for day in range(plan.days):
            tick(day, f"Ngày {day + 1}/{plan.days}")
            season.day(day)
        tick(plan.days, "Đường truyền tốt trở lại")
        season.calm()
        tick(plan.days + 1, "Đối chiếu")
        ledger = season.reckon(time.monotonic() - started)
        tick(plan.days + 3, "Xong")
        return ledger


@dataclass
class Season:
    """Everybody who takes part. A tablet's file belongs to one thread, so each hand has its lane."""

    plan: Plan
    stage: Stage
    hands: list[Hand]
    officers: list[Officer]
    admin: httpx.Client
    lanes: list[ThreadPoolExecutor]
    grants: dict[str, tuple[str, str]] = field(default_factory=dict)  # username -> (grant, hamlet)
    revoked: list[tuple[Hand, Machine]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    refused_after_loss: int = 0

    @classmethod
    def on(cls, plan: Plan, stage: Stage, threads: int) -> "Season":
        officers = {
            code: Officer(plan, code, signed_in(stage.server, stage, places.officer_of(code)))
            for code in plan.communes()
        }
        hands = [Hand(stage, post, officers[post.commune].client) for post in plan.posts()]
        admin = signed_in(stage.server, stage, "admin")
        lanes = [ThreadPoolExecutor(1) for _ in range(threads)]
        season = cls(plan, stage, hands, list(officers.values()), admin, lanes)
        season.everybody(lambda hand: hand.take_new())
        return season

    def everybody(self, act: Callable[[Hand], Any]) -> list[Any]:
        """Each hand in its lane, all lanes at once."""
        return _results(self._lane(hand).submit(act, hand) for hand in self.hands)

    def _lane(self, hand: Hand) -> ThreadPoolExecutor:
        return self.lanes[hand.post.number % len(self.lanes)]

    def day(self, day: int) -> None:
        self.stage.day = day
        for hand in self.hands:
            if hand.days[day].changes_hamlet:
                self._another_hamlet(hand, day)
            if hand.days[day].loses_tablet:
                self._lane(hand).submit(self._loses, hand).result()
        if day == min(3, self.plan.days - 2):
            self._open_round()
        if day % 7 == 1:
            self._draw_up_sheets()
        self.stage.arm()
        busy: list[Future[Any]] = [self._lane(hand).submit(hand.play, day) for hand in self.hands]
        busy += [self.lanes[n % len(self.lanes)].submit(o.day, day) for n, o in enumerate(self.officers)]
        _results(busy)
        waiting = self._waiting()
        _results(
            self.lanes[n % len(self.lanes)].submit(o.evening, day, waiting.get(o.commune, []))
            for n, o in enumerate(self.officers)
        )
        self.stage.disarm()

    def _waiting(self) -> dict[str, list[str]]:
        """What the tablets were told is held or quarantined, by the commune whose surveyor sent it."""
        found: dict[str, list[str]] = {}
        for hand in self.hands:
            for machine in hand.machines:
                for submission, told in machine.road.witness.told.items():
                    if told and told[-1]["outcome"] in ("held", "quarantined"):
                        found.setdefault(hand.post.commune, []).append(submission)
        return found

    # the morning

    def _another_hamlet(self, hand: Hand, day: int) -> None:
        """The surveyor is sent to another hamlet of the commune: the new grant first, then the end of the old one."""
        luck = self.plan.luck("hamlet", hand.post.number)
        code = f"{hand.post.commune}-{luck.randint(1, HAMLETS_PER_COMMUNE):02d}"
        to, user = str(area_id(code)), account_id(hand.post.username)
        if to in hand.areas:
            return
        new = str(uuid5(NAMESPACE_DNS, f"season:{hand.post.username}:{day}"))
        body = {"id": new, "role": "hamlet_surveyor", "area_id": to}
        self.admin.post(f"/api/v1/users/{user}/grants", json=body).raise_for_status()
        old = places.first_grant(hand.post.username)
        self.admin.post(f"/api/v1/users/{user}/grants/{old}/end", json={}).raise_for_status()
        hand.areas, hand.hamlet_id = {to}, to
        hand.done["sent to another hamlet"] += 1

    def _loses(self, hand: Hand) -> None:
        """The tablet is gone; the officer revokes it; whoever finds it gets nothing."""
        lost = hand.lose()
        hand.done["tablets lost"] += 1
        if not lost.enrolled:
            return
        hand.officer.post(f"/sync/v1/devices/{lost.device_id}/revoke").raise_for_status()
        self.revoked.append((hand, lost))
        lost.road.rate, lost.road.late = 0.0, []
        try:
            lost.tablet.create("request", {"household_id": None, "kind": "review", "received_on": "2024-01-01"})
            lost.tablet.push()
            self.broken.append(f"máy đã thu hồi {lost.name} vẫn gửi được")
        except Refused as refused:
            self.refused_after_loss += 1
            if refused.slug != "device-revoked":
                self.broken.append(f"máy đã thu hồi {lost.name}: {refused}")
        except Unreachable as error:
            self.broken.append(f"máy đã thu hồi {lost.name}: {error}")

    def _open_round(self) -> None:
        """A training round in Trực Thái, with the households there are by now on its list."""
        officer = self.officers[0].client
        chair = signed_in(self.stage.server, self.stage, "chu-tich")
        year = self.plan.first_day.year
        body = {"area_id": str(area_id("14080")), "kind": "training", "year": year}
        body |= {"opens_on": self.plan.first_day.isoformat(), "closes_on": f"{year}-12-31"}
        made = officer.post("/api/v1/rounds", json=body).raise_for_status().json()["id"]
        homes = (
            officer.get("/api/v1/households", params={"limit": 60, "status": "active"})
            .raise_for_status()
            .json()["items"]
        )
        for home in homes:
            added = {"household_id": home["id"], "reason": "Trưởng xóm đề nghị"}
            officer.post(f"/api/v1/rounds/{made}/households", json=added).raise_for_status()
        listed = officer.post(f"/api/v1/rounds/{made}/list").raise_for_status().json()["by_hamlet"]
        here = {hand.hamlet_id: hand.post.username for hand in self.hands if hand.post.reviews}
        items = [{"hamlet_id": hamlet, "username": here[hamlet]} for hamlet in listed if hamlet in here]
        officer.put(f"/api/v1/rounds/{made}/assignments", json={"items": items}).raise_for_status()
        chair.post(f"/api/v1/rounds/{made}/approval").raise_for_status()

    def _draw_up_sheets(self) -> None:
        """Once a week: what is to be handed out in each hamlet of Trực Thái, to the households there are by now."""
        officer = self.officers[0].client
        with database.opened(self.stage.url) as engine:
            under = serving(engine)
        for hamlet in sorted({hand.hamlet_id for hand in self.hands if hand.post.reviews}):
            query: dict[str, Any] = {"limit": 60, "status": "active", "hamlet_id": hamlet}
            homes = officer.get("/api/v1/households", params=query).raise_for_status().json()["items"]
            if homes:
                sheet = sheet_body(under, [home["id"] for home in homes], amount_vnd=175_000, hamlet_id=hamlet)
                officer.post("/api/v1/signing-sheets", json=sheet).raise_for_status()

    # the end

    def calm(self) -> None:
        """The line is good again: what was late arrives, everybody sends, the officers decide once more, all pull."""
        self.stage.day = self.plan.days
        self.everybody(_with_good_line)
        for _ in range(2):  # the first round releases what waited, the second brings it to everybody
            for finished, hand in zip(self.everybody(lambda hand: hand.sync()), self.hands, strict=True):
                if not finished:
                    self.broken.append(f"máy {hand.machine.name} không đồng bộ xong khi đường truyền tốt")

    def reckon(self, seconds: float) -> Ledger:
        ledger = Ledger()
        for hand, proofs in zip(self.hands, self.everybody(reckoning.of_hand), strict=True):
            ledger.add(hand, proofs)
        reckoning.of_register(ledger, self)
        ledger.seconds = seconds
        return ledger

    def close(self) -> None:
        """The files in their own threads, then the threads, then the line."""
        self.everybody(_closed)
        for lane in self.lanes:
            lane.shutdown()
        self.stage.traffic.below.close()


def _closed(hand: Hand) -> None:
    for machine in hand.machines:
        machine.storage.close()


def _with_good_line(hand: Hand) -> None:
    hand.machine.road.rate = 0.0
    hand.machine.road.deliver_late()


def _results(futures: Iterable[Future[Any]]) -> list[Any]:
    return [future.result() for future in list(futures)]
