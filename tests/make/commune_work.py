"""What the people of a commune do for a while: surveyors on their tablets, officers in the web. Everything is noted."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import httpx
from sqlalchemy import Engine, text

from api.areas.tables import area_id
from mobile_sync.tablet_line import Refused, Unreachable
from mobile_sync.tablet_work import screening_of
from tests.make.field import BATCHES, NOW, Hand, Road
from tests.make.people import account_id
from tests.make.replay import Said
from tests.make.tablets import batch, household, member, request, screening

HAMLETS = {n: str(area_id(f"14080-{n:02d}")) for n in (3, 4, 5)}
ELSEWHERE = str(area_id("14071-01"))
OWNERS = ("xom-3", "xom-3", "xom-4", "truc-thai")


class Work:
    """One history, from empty lists to whatever comes."""

    def __init__(
        self, engine: Engine, base_url: str, folder: Path, sign_in: Callable[[str], httpx.Client], told: Any
    ) -> None:
        self.engine, self.base_url, self.folder = engine, base_url, folder
        self.officers = [sign_in("truc-thai"), sign_in("truc-dai")]
        self.admin = sign_in("admin")
        self.told = told  # called with (hand, page) for every page of changes
        self.said = Said()
        self.acknowledged: dict[str, str] = {}
        self.homes: list[str] = []
        self.people: list[str] = []
        self.papers: list[str] = []
        self._numbers = count()
        self._http = httpx.HTTPTransport()
        self.hands = [self.hand(username) for username in OWNERS]

    def close(self) -> None:
        for hand in self.hands:
            hand.close()
        self._http.close()

    # tablets

    def hand(self, username: str) -> Hand:
        """An enrolled tablet."""
        road = Road(self._http, self._arrived, lambda page: self.told(hand, page))
        hand = Hand(username, self.folder / f"{next(self._numbers)}.sqlite", road, self.base_url)
        code = self.officers[0].post("/sync/v1/enrolments", json={"username": username}).json()
        hand.tablet.enrol(code["enrolment_code"], "máy")
        return hand

    def _arrived(self, submissions: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> None:
        assert [s["submission_id"] for s in submissions] == [o["submission_id"] for o in outcomes]
        for sent in submissions:
            before = self.said.sent.setdefault(sent["submission_id"], sent)
            assert before == sent, "a tablet sent other content under an id it had used"

    def new_id(self) -> str:
        return str(uuid5(NAMESPACE_DNS, f"history:{next(self._numbers)}"))

    def add_home(self, hand: Hand, hamlet: int, number: str | None) -> None:
        data = household(hamlet, household_no=number) if number else household(hamlet)
        self.homes.append(hand.tablet.create("household", data, self.new_id()))

    def add_person(self, hand: Hand, home: str) -> None:
        self.people.append(hand.tablet.create("member", member(home), self.new_id()))

    def add_paper(self, hand: Hand, home: str) -> None:
        self.papers.append(hand.tablet.create("request", request(home), self.new_id()))

    def screen(self, hand: Hand, paper: str, reason: str) -> None:
        """Phiếu A of a paper: two who write it down write one record."""
        screened = screening(paper, reason=reason)
        if hand.tablet.storage.record(screening_of(paper)) is None:
            hand.tablet.create("screening", screened, screening_of(paper))

    def push(self, hand: Hand, hazards: list[str]) -> None:
        hand.road.hazards[:] = hazards
        refused = None
        try:
            hand.tablet.push()
        except Unreachable:
            assert hazards
        except Refused as error:
            refused = error.slug
        hand.road.hazards.clear()
        assert refused == ("device-revoked" if hand.revoked and hand.tablet.storage.unsent() else None)

    def send_again(self, hand: Hand, some: list[int]) -> None:
        """Old work in any order, all in one batch: the outcomes are the stored ones."""
        sent = [work for work in hand.tablet.receipts() if work.submission_id in self.said.sent]
        chosen = [self.said.sent[sent[n % len(sent)].submission_id] for n in some] if sent else []
        if not chosen or hand.revoked:
            return
        answer = hand.tablet.line.call("POST", BATCHES, json=batch(hand.tablet.device_id, chosen)).json()
        stored = {row["submission_id"]: row for row in self.journal()}
        for one, told in zip(chosen, answer["outcomes"], strict=True):
            assert told["replayed"], told
            assert told["submission_id"] == one["submission_id"]
            assert told["outcome"] == stored[one["submission_id"]]["outcome"]

    def reuse(self, hand: Hand, n: int) -> None:
        """Other content under a used id: refused, and the first is what it was."""
        if hand.revoked or not self.said.sent:
            return
        first = list(self.said.sent.values())[n % len(self.said.sent)]
        before = self.journal()
        other = first | {"data": first["data"] | {"note": "khác"}, "seq": first["seq"] + 1}
        body = batch(hand.tablet.device_id, [other])
        (told,) = hand.tablet.line.call("POST", BATCHES, json=body).json()["outcomes"]
        assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/submission-id-reused")
        assert {r["submission_id"]: r["outcome"] for r in before if r["outcome"] != "held"}.items() <= {
            r["submission_id"]: r["outcome"] for r in self.journal()
        }.items()

    def revoke(self, hand: Hand) -> None:
        if not hand.revoked:
            answer = self.officers[0].post(f"/sync/v1/devices/{hand.tablet.device_id}/revoke")
            assert answer.status_code == 200, answer.text
            hand.revoked = True
            self.hands.append(self.hand(hand.username))

    # the web

    def officer_of(self, home: str) -> tuple[httpx.Client, httpx.Response] | None:
        for officer in self.officers:
            found = officer.get(f"/api/v1/households/{home}")
            if found.status_code == 200:
                return officer, found
        return None

    def edit(self, home: str, changes: dict[str, Any]) -> None:
        found = self.officer_of(home)
        if found is not None and found[1].json()["status"] == "active":
            officer, seen = found
            path, headers = f"/api/v1/households/{home}", {"If-Match": seen.headers["ETag"]}
            self._noted(home, seen, officer.patch(path, json=changes, headers=headers), changes)

    def move(self, home: str, hamlet: str) -> None:
        found = self.officer_of(home)
        if found is not None and found[1].json()["status"] == "active":
            body = {"hamlet_id": hamlet, "moved_on": "2024-02-01"}
            answer = found[0].post(f"/api/v1/households/{home}/move", json=body)
            if answer.status_code != 409:
                kept = {"household_no": answer.json()["household_no"]} if answer.status_code == 200 else {}
                self._noted(home, found[1], answer, {"hamlet_id": hamlet} | kept)

    def _noted(self, home: str, seen: httpx.Response, answer: httpx.Response, changes: dict[str, Any]) -> None:
        assert answer.status_code == 200, answer.text
        version = self.version(home)
        if version != seen.json()["version"]:
            self.said.done[home, version] = changes

    def merge(self, stays: str, goes: str) -> None:
        found = self.officer_of(stays)
        if found is None or stays == goes:
            return
        people = self.rows("SELECT id FROM member WHERE household_id = :id", id=goes)
        before = self.version(goes)
        answer = found[0].post("/api/v1/households/merge", json={"survivor_id": stays, "absorbed_id": goes})
        assert answer.status_code in (200, 404, 409), answer.text
        if self.version(goes) != before:
            assert answer.status_code == 200
            self.said.done[goes, before + 1] = {"status": "merged", "merged_into": stays}
            for person in people:
                self.said.done[person["id"], self.version(person["id"], "member")] = {"household_id": stays}

    def grant(self, username: str, hamlet: int) -> None:
        """Another hamlet for a surveyor; or no longer, where they have it already."""
        user = f"/api/v1/users/{account_id(username)}"
        has = [g for g in self.admin.get(user).json()["grants"] if g["area_id"] == HAMLETS[hamlet] and _holds(g)]
        if has:
            answer = self.admin.post(f"{user}/grants/{has[0]['id']}/end")
        else:
            answer = self.admin.post(f"{user}/grants", json={"role": "hamlet_surveyor", "area_id": HAMLETS[hamlet]})
        assert answer.status_code in (200, 201), answer.text

    def resolve(self, n: int, choice: str) -> None:
        officer = self.officers[n % 2]
        open_ones = [one for one in officer.get("/sync/v1/conflicts").json() if not one["handed_over"]]
        if not open_ones:
            return
        conflict = open_ones[n % len(open_ones)]
        sent, fields = self.said.sent[conflict["submission_id"]]["data"], conflict["fields"]
        values = {name: "9" if name in ("phone", "note", "occupation") else sent[name] for name in fields}
        body = {"choice": choice, "reason": "đã hỏi"} | ({"values": values} if choice == "values" else {})
        answer = officer.post(f"/sync/v1/conflicts/{conflict['id']}/resolution", json=body)
        if answer.status_code != 200 and conflict["entity"] == "household":
            self._resolve_all(officer, conflict, sent)
        elif answer.status_code == 200:
            self._chosen(conflict, sent, {"device": sent, "server": {}, "values": values}[choice])

    def _resolve_all(self, officer: httpx.Client, conflict: dict[str, Any], sent: dict[str, Any]) -> None:
        """Somebody has changed more since: the officer reads the record, and decides about every field."""
        record = officer.get(f"/api/v1/households/{conflict['record_id']}").json()
        values = {name: "9" if name in ("phone", "note") else value for name, value in sent.items()}
        body = {"choice": "values", "values": values, "reason": "đã hỏi"}
        answer = officer.post(f"/sync/v1/conflicts/{conflict['id']}/resolution", json=body)
        assert answer.status_code == 200, answer.text
        self.said.chosen[conflict["submission_id"]] = ({name: record[name] for name in sent}, values)

    def _chosen(self, conflict: dict[str, Any], sent: dict[str, Any], values: dict[str, Any]) -> None:
        quiet = {name: value for name, value in sent.items() if name not in conflict["fields"]}
        shown = {name: sides["server"] for name, sides in conflict["fields"].items()}
        self.said.chosen[conflict["submission_id"]] = (shown, quiet | values)

    def clear_the_desk(self) -> None:
        """Some of the open conflicts are decided, in every way there is."""
        for n in range(6):
            self.resolve(2 * n, ("device", "server", "values")[n % 3])

    def retry(self, n: int) -> None:
        held = [row for row in self.journal() if row["outcome"] == "held"]
        if held:
            path = f"/sync/v1/submissions/{held[n % len(held)]['submission_id']}/retry"
            assert self.officers[n % 2].post(path).status_code in (200, 404)

    # what is stored

    def rows(self, query: str, **values: Any) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            found = connection.execute(text(f"SELECT to_jsonb(q) FROM ({query}) AS q"), values)
            return list(found.scalars())

    def version(self, record: str, table: str = "household") -> int:
        found = self.rows(f"SELECT version FROM {table} WHERE id = :id", id=record)
        return found[0]["version"] if found else 0

    def journal(self) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT submission_id, device_id, account_id, seq, entity, record_id, base_version, outcome, version,"
            " result, problem, waiting_for FROM sync_submission ORDER BY received_at, seq"
        )


def _holds(grant: dict[str, Any]) -> bool:
    return grant["valid_to"] is None or grant["valid_to"] > NOW.date().isoformat()
