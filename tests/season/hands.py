"""A surveyor and the tablet in their hands: goes out in the morning, sends when there is a line, loses it once."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from api.areas.tables import area_id
from mobile_sync.surveyor import Surveyor
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make.people import PASSWORD
from tests.season import oddities
from tests.season.plan import Post, TabletDay
from tests.season.road import Crash, Road
from tests.season.stage import Stage

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass
class Machine:
    """A tablet as a thing: its file, its road, and whether it is still in the surveyor's hands."""

    name: str
    storage: Storage
    road: Road
    tablet: Tablet
    enrolled: bool = False
    # every record that was ever on it
    seen: set[str] = field(default_factory=set)
    lost: bool = False

    @property
    def device_id(self) -> str:
        return self.tablet.device_id


@dataclass
class Hand:
    """A surveyor, the tablets they had, and the hamlets they may work in."""

    stage: Stage
    post: Post
    officer: httpx.Client
    days: list[TabletDay] = field(init=False)
    areas: set[str] = field(init=False)
    hamlet_id: str = field(init=False)
    machines: list[Machine] = field(default_factory=list)
    reference: dict[str, Any] = field(default_factory=dict)
    # households of which a person was registered before the household itself
    promised: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.days = self.stage.plan.tablet_days(self.post.number)
        self.hamlet_id = str(area_id(self.post.hamlet))
        self.areas = {self.hamlet_id}

    @property
    def machine(self) -> Machine:
        return self.machines[-1]

    # the tablet as a thing

    def take_new(self) -> None:
        """A tablet out of its box."""
        name = f"{self.post.number}-{len(self.machines)}"
        road = Road(self.stage.traffic, self.stage.plan.luck("road", name), self.stage.fault_rate)
        self.machines.append(self._machine(name, road))

    def _machine(self, name: str, road: Road) -> Machine:
        storage = Storage(self.stage.folder / f"{name}.sqlite")
        line = Line(
            self.stage.server.base_url,
            transport=road,
            attempts=4,
            pause=lambda _: None,  # days are played, not waited for
            keep_refresh_token=tablet_tokens(storage),
            refresh_token=storage.setting("refresh_token"),
        )
        machine = Machine(name, storage, road, Tablet(storage, line, clock=self._clock))
        road.on_page = lambda page: self._look_at(machine, page)
        return machine

    def restart(self) -> None:
        """The battery was dead, or the program was: all that is left is the file."""
        old = self.machine
        old.storage.close()
        new = self._machine(old.name, old.road)
        new.enrolled, new.seen = old.enrolled, old.seen
        self.machines[-1] = new

    def _clock(self) -> datetime:
        there = datetime.combine(self.stage.plan.today(self.stage.day), time(9), _VIET_NAM)
        return there + timedelta(seconds=self.stage.plan.skew_seconds(self.post.number))

    def lose(self) -> Machine:
        """It fell off the motorbike; the surveyor gets a new one."""
        lost = self.machine
        lost.lost = True
        self.take_new()
        return lost

    # a day

    def play(self, day: int) -> None:
        """The work of a day, and the line in the evening where there is one."""
        today = self.days[day]
        luck = self.stage.plan.luck("work", self.post.number, day)
        self.machine.road.deliver_late(0.5)
        try:
            if self.machine.enrolled:
                self._work(today, luck)
            if today.online or not self.machine.enrolled:
                self.sync()
        except Crash:
            self.restart()
        except Unreachable:
            self.done["gave up for the day"] += 1

    def _work(self, today: TabletDay, luck: Any) -> None:
        walker = Surveyor(
            self.machine.tablet, self.hamlet_id, luck, self.stage.plan.today(self.stage.day).isoformat(), self.reference
        )
        for _ in range(today.visits):
            walker.visit()
        self.done += walker.day.done
        if today.visits and today.odd < 0.35:
            self.done[oddities.play(self, luck)] += 1

    def sync(self) -> bool:
        """Push, pull, ask again; whether all of it went through."""
        machine = self.machine
        try:
            if not machine.enrolled:
                self._enrol(machine)
            if self.post.reviews and not self.reference.get("rounds"):
                self.reference = machine.tablet.line.call("GET", "/sync/v1/reference").json()
            machine.tablet.push()
            self.done["pushes"] += 1
            pulled = machine.tablet.pull()
            self.done["pulls"] += 1
            self.done["resyncs"] += pulled.resynced
            if self.done["pulls"] % 3 == 0 or self.stage.day == self.stage.plan.days:
                machine.tablet.ask_again()
            return True
        except (Unreachable, httpx.TransportError):  # the second: a worker died under the officer who makes the code
            self.done["gave up for the day"] += 1
        except Refused as refused:
            self._refused(machine, refused)
        return False

    def _enrol(self, machine: Machine) -> None:
        machine.tablet.line.sign_in(self.post.username, PASSWORD)
        asked = self.officer.post("/sync/v1/enrolments", json={"hamlet_id": self.hamlet_id})
        machine.tablet.enrol(asked.raise_for_status().json()["enrolment_code"], f"Máy {machine.name}")
        machine.enrolled = True

    def _refused(self, machine: Machine, refused: Refused) -> None:
        if refused.slug == "not-signed-in":
            # the last answer to a refresh went under with the tablet: the surveyor types the password
            self.done["signed in again"] += 1
            try:
                machine.tablet.line.sign_in(self.post.username, PASSWORD)
            except Unreachable:
                self.done["gave up for the day"] += 1
            return
        self.broken.append(f"máy {machine.name}: bị từ chối {refused}")

    # what the pages brought

    def _look_at(self, machine: Machine, page: dict[str, Any]) -> None:
        here: set[str] = set()
        for change in page["changes"]:
            if change["op"] == "remove":
                here.discard(change["id"])
                continue
            data = change["data"]
            machine.seen.add(change["id"])
            self.checked["pulled"] += 1
            if change["entity"] == "household":
                here.add(change["id"])
                if data["hamlet_id"] not in self.areas:
                    self.broken.append(f"máy {machine.name} nhận hộ {change['id']} ngoài địa bàn: {data['hamlet_id']}")
            elif data.get("household_id"):
                home = data["household_id"]
                if home not in here and machine.storage.pulled(home) is None:
                    self.broken.append(f"máy {machine.name}: {change['entity']} {change['id']} đến trước hộ {home}")
            elif change["entity"] == "member":
                self.broken.append(f"máy {machine.name}: nhân khẩu {change['id']} không có hộ")
