"""A surveyor's day, played against a running server over HTTP: the demo, the smoke test, and a worked example.

Made-up people only. The same seed makes the same day (with other ids).
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from mobile_sync.interview import interview
from mobile_sync.tablet import Tablet, uuid7
from mobile_sync.tablet_work import STANDING, Record, Work, screening_of

_FAMILY = ("Nguyễn", "Trần", "Vũ", "Phạm", "Đỗ", "Hoàng", "Bùi", "Ngô")
_MIDDLE = {"male": ("Văn", "Đức", "Hữu"), "female": ("Thị", "Ngọc", "Thu")}
_GIVEN = {"male": ("Bình", "Dũng", "Hải", "Khánh", "Sơn"), "female": ("Hoà", "Lan", "Mận", "Thuý", "Yến")}
_WORK = ("trồng lúa", "thợ nề", "may gia công", "buôn bán nhỏ", "đan lát", "đi biển")
_NOTES = ("Nhà xuống cấp, cần sửa mái.", "Cần vay vốn chăn nuôi.", "Có người ốm dài ngày.", "Đã có nước máy.")
# the members of the API, masked or withheld in what is pulled: they cannot be compared
_NOT_SHOWN = {"personal_id", "ethnicity", "disability", "nutrition"}


# what a delivery says as the line of the signing sheet does
_OF_LINE = (
    "intervention_id", "household_id", "member_id", "form", "paid_by", "amount_vnd", "quantity", "unit",
)  # fmt: skip


class LosesAnswers(httpx.BaseTransport):
    """A line that drops the answers of some requests after the server has done the work: the maker of duplicates."""

    def __init__(self, below: httpx.BaseTransport, path: str, times: int) -> None:
        self._below, self._path, self.left = below, path, times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._below.handle_request(request)
        if self.left and request.url.path == self._path:
            self.left -= 1
            response.read()
            response.close()
            raise httpx.ReadError("mất sóng sau khi máy chủ đã ghi", request=request)
        return response

    def close(self) -> None:
        self._below.close()


@dataclass
class Day:
    """What was done, and what does not add up (`broken`: sentences; empty when all is well)."""

    visits: int = 0
    done: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


@dataclass
class Surveyor:
    """Goes from door to door with a tablet that has no line."""

    tablet: Tablet
    hamlet_id: str
    luck: random.Random
    today: str
    # as `GET /sync/v1/reference` gave it: the open rounds and their forms
    reference: dict[str, Any] = field(default_factory=dict)
    day: Day = field(default_factory=Day)

    def visit(self) -> None:
        """One household: mostly one that is known, sometimes a new one."""
        known = [h for h in self.tablet.storage.records("household") if self._mine(h)]
        self.day.visits += 1
        if not known or self.luck.random() < 0.15:
            self._register()
            return
        household = self.luck.choice(known)
        if interview(self.tablet, self.reference, household.id, self.luck, self.today):
            self.day.done["phiếu rà soát"] += 1
            return
        if self._hand_out(household):
            return
        what = self.luck.random()
        if what < 0.45:
            self._note_down(household)
        elif what < 0.7:
            self._ask_about_people(household)
        elif what < 0.85:
            self._add_person(household.id, "child")
        else:
            self._take_paper(household)

    def _mine(self, household: Record) -> bool:
        return household.data.get("hamlet_id") == self.hamlet_id and household.data.get("status") in (None, "active")

    def _hand_out(self, household: Record) -> bool:
        """What a signing sheet has for the household and nobody gave it yet. Now and then it is refused."""
        given = {one.data.get("sheet_line_id") for one in self.tablet.storage.records("delivery")}
        for line in self.tablet.storage.records("sheet_line"):
            told = line.data
            if told["household_id"] != household.id or line.id in given or told["state"] in ("delivered", "refused"):
                continue
            same = {name: told[name] for name in _OF_LINE}
            more = {"delivered_on": self.today, "received_by": "Chủ hộ", "sheet_line_id": line.id}
            refused = {"outcome": "refused"} if self.luck.random() < 0.05 else {}
            self.tablet.create("delivery", same | more | refused)
            self.day.done["lượt hỗ trợ"] += 1
            return True
        return False

    def _note_down(self, household: Record) -> None:
        changes = {"phone": f"09{self.luck.randrange(10**8):08d}", "note": self.luck.choice(_NOTES)}
        self.tablet.change("household", household.id, changes)
        self.day.done["sửa hộ"] += 1

    def _ask_about_people(self, household: Record) -> None:
        people = [m for m in self.tablet.storage.records("member") if m.data.get("household_id") == household.id]
        if not people:
            self._add_person(household.id, "head")
            return
        changes = {"occupation": self.luck.choice(_WORK), "health_insurance": self.luck.random() < 0.8}
        self.tablet.change("member", self.luck.choice(people).id, changes)
        self.day.done["sửa nhân khẩu"] += 1

    def _add_person(self, household_id: str, relation: str) -> str:
        sex = self.luck.choice(("male", "female"))
        born = self.luck.randrange(1950, 1995) if relation in ("head", "spouse") else self.luck.randrange(2000, 2024)
        name = f"{self.luck.choice(_FAMILY)} {self.luck.choice(_MIDDLE[sex])} {self.luck.choice(_GIVEN[sex])}"
        self.day.done["thêm nhân khẩu"] += 1
        return self.tablet.create(
            "member",
            {
                "household_id": household_id,
                "full_name": name,
                "sex": sex,
                "birth_year": born,
                "relation_to_head": relation,
                "ethnicity": "kinh",
            },
        )

    def _register(self) -> None:
        household_id = uuid7()
        address = f"Ngõ {self.luck.randrange(1, 30)}"
        data = {"hamlet_id": self.hamlet_id, "residence": "permanent", "address": address}
        self.tablet.create("household", data, household_id)
        self.day.done["hộ mới"] += 1
        head = self._add_person(household_id, "head")
        for _ in range(self.luck.randrange(3)):
            self._add_person(household_id, "child")
        self.tablet.change("household", household_id, {"head_member_id": head})
        self._take_paper(Record(household_id, "household", None, data))

    def _take_paper(self, household: Record) -> None:
        paper = {"household_id": household.id, "kind": "review", "received_on": self.today}
        request_id = self.tablet.create("request", paper | {"reason": self.luck.choice(_NOTES)})
        self.day.done["giấy đề nghị"] += 1
        if self.luck.random() < 0.5:
            self._screen(request_id)

    def _screen(self, request_id: str) -> None:
        """Phiếu A, filled in on paper: its items are not known, so a person says what was found, and why."""
        found = {"passed": self.luck.random() < 0.7, "reason": self.luck.choice(_NOTES), "screened_on": self.today}
        self.tablet.create("screening", {"request_id": request_id, **found}, screening_of(request_id))
        self.day.done["phiếu A"] += 1


def reckon(tablet: Tablet, since: int, told: list[dict[str, Any]]) -> list[str]:
    """What does not add up after the day: the promises of the protocol, checked from the tablet's side."""
    mine = [work for work in tablet.receipts() if work.seq > since]
    broken = _one_outcome_each(mine, told)
    before = {work.submission_id: work.outcome for work in mine}
    tablet.ask_again()
    stored = {work.submission_id: work for work in tablet.receipts()}
    for submission_id, outcome in before.items():
        now = stored[submission_id].outcome
        if now != outcome and outcome not in ("held", "quarantined", "conflict"):
            broken.append(f"{submission_id}: biên nhận là {outcome}, máy chủ đang lưu {now}")
    return broken + _pulled_equals_applied(tablet, mine)


def _one_outcome_each(mine: list[Work], told: list[dict[str, Any]]) -> list[str]:
    times = Counter(outcome["submission_id"] for outcome in told)
    return [
        f"{work.submission_id}: {times[work.submission_id]} kết quả (phải đúng 1)"
        for work in mine
        if times[work.submission_id] != 1 or work.outcome is None
    ]


def _pulled_equals_applied(tablet: Tablet, mine: list[Work]) -> list[str]:
    broken = []
    last: dict[tuple[str, str], Any] = {}
    for work in mine:
        if work.outcome in STANDING:
            last |= {(work.record_id, name): value for name, value in work.data.items() if name not in _NOT_SHOWN}
    for (record_id, name), value in last.items():
        pulled = tablet.storage.pulled(record_id)
        if pulled is None:
            broken.append(f"{record_id}: đã ghi nhưng chưa tải về")
        elif pulled.data.get(name) != value:
            broken.append(f"{record_id}.{name}: đã gửi {value!r}, tải về {pulled.data.get(name)!r}")
    return broken
