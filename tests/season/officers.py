"""A commune's officer: by day moves, splits and merges households over the web; in the evening decides what waits."""

import random
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import httpx

from api.areas.tables import area_id
from tests.bench.stage import Server
from tests.make.people import PASSWORD
from tests.season.plan import Plan
from tests.season.road import Road
from tests.season.stage import Stage

# answers that a day in an office brings: somebody else was faster, or the thing does not fit
_NO = {404, 409, 412, 422, 428}


def signed_in(server: Server, stage: Stage, username: str) -> httpx.Client:
    """A person at a desk: a good line, watched all the same."""
    road = Road(stage.traffic, random.Random(0))
    client = httpx.Client(base_url=server.base_url, transport=road, timeout=120, auth=_Password(username))
    client.road = road  # type: ignore[attr-defined]
    return client


class _Password(httpx.Auth):
    """Typed in the morning, and whenever the session is over: a season may take longer than one lasts."""

    requires_response_body = True

    def __init__(self, username: str) -> None:
        self._form = {"username": username, "password": PASSWORD}
        self._token: str | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        answer = None
        if self._token is not None:
            answer = yield self._signed(request)
        if answer is None or answer.status_code == httpx.codes.UNAUTHORIZED:
            told = yield httpx.Request("POST", request.url.join("/api/v1/auth/token"), data=self._form)
            self._token = told.raise_for_status().json()["access_token"]
            yield self._signed(request)

    def _signed(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@dataclass
class Officer:
    """The commune officer of one commune."""

    plan: Plan
    commune: str
    client: httpx.Client
    done: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def _hamlets(self) -> list[str]:
        """Those of the commune in which somebody works: elsewhere nothing would meet."""
        return sorted({post.hamlet for post in self.plan.posts() if post.commune == self.commune})

    def day(self, day: int) -> None:
        """Some of the register's own work, while the tablets send."""
        luck = self.plan.luck("officer", self.commune, day)
        homes = self._homes(luck)
        works = [
            self._move,
            self._merge,
            self._edit,
            self._move_far,
            self._split,
            self._leave,
            self._edit,
            self._unmerge,
        ]
        for work in (works[day % len(works)], *luck.choices(works, k=luck.choice([0, 1, 3]))):
            if len(homes) > 1:
                work(homes, luck)

    def evening(self, day: int, waiting: list[str]) -> None:
        """Decides the open conflicts, most of them, and tries some of what waits again."""
        luck = self.plan.luck("evening", self.commune, day)
        for conflict in self._get("/sync/v1/conflicts", state="open", limit=1000) or []:
            if not conflict["handed_over"] and luck.random() < 0.8:
                self._decide(conflict, luck)
        luck.shuffle(waiting)
        for submission in waiting[:6]:
            self._post(f"/sync/v1/submissions/{submission}/retry", None, "thử lại")

    def _decide(self, conflict: dict[str, Any], luck: random.Random) -> None:
        choice = luck.choice(["server", "device"] if conflict["entity"] == "review" else ["server", "device", "values"])
        body: dict[str, Any] = {"choice": choice, "reason": "Đã gọi hỏi chủ hộ"}
        if choice == "values":
            body["values"] = {name: values["server"] for name, values in conflict["fields"].items()}
        self._post(f"/sync/v1/conflicts/{conflict['id']}/resolution", body, f"mâu thuẫn: {choice}")

    # the register's own work

    def _homes(self, luck: random.Random) -> list[dict[str, Any]]:
        page = self._get("/api/v1/households", limit=200, area_id=str(area_id(self.commune))) or {"items": []}
        found: list[dict[str, Any]] = [home for home in page["items"] if home["status"] == "active"]
        luck.shuffle(found)
        return found

    def _move(self, homes: list[dict[str, Any]], luck: random.Random) -> None:
        self._move_to(homes, luck.choice(self._hamlets), "chuyển xóm")

    def _move_far(self, homes: list[dict[str, Any]], luck: random.Random) -> None:
        self._move_to(homes, luck.choice(self.plan.posts()).hamlet, "chuyển xa")

    def _move_to(self, homes: list[dict[str, Any]], hamlet: str, name: str) -> None:
        body = {"hamlet_id": str(area_id(hamlet)), "moved_on": self.plan.first_day.isoformat()}
        self._post(f"/api/v1/households/{homes.pop()['id']}/move", body, name)

    def _split(self, homes: list[dict[str, Any]], _luck: random.Random) -> None:
        home = homes.pop()
        page = self._get(f"/api/v1/households/{home['id']}/members") or {"items": []}
        people = [one["id"] for one in page["items"] if one["id"] != home["head_member_id"]]
        if len(people) > 1:
            self._post(f"/api/v1/households/{home['id']}/split", {"member_ids": people[:1]}, "tách hộ")

    def _merge(self, homes: list[dict[str, Any]], _luck: random.Random) -> None:
        survivor, absorbed = homes.pop()["id"], homes.pop()["id"]
        if self._post("/api/v1/households/merge", {"survivor_id": survivor, "absorbed_id": absorbed}, "gộp hộ"):
            self.merged.append(absorbed)

    def _unmerge(self, _homes: list[dict[str, Any]], _luck: random.Random) -> None:
        if self.merged:
            self._post(f"/api/v1/households/{self.merged.pop()}/unmerge", None, "bỏ gộp hộ")

    def _edit(self, homes: list[dict[str, Any]], luck: random.Random) -> None:
        home = homes.pop()
        change = {"phone": f"08{luck.randrange(10**8):08d}"}
        self._call(
            "PATCH",
            f"/api/v1/households/{home['id']}",
            "sửa hộ",
            json=change,
            headers={"If-Match": f'"{home["version"]}"'},
        )

    def _leave(self, homes: list[dict[str, Any]], luck: random.Random) -> None:
        home = homes.pop()
        if self._post(f"/api/v1/households/{home['id']}/leave", None, "chuyển đi hẳn") and luck.random() < 0.5:
            self._post(f"/api/v1/households/{home['id']}/reopen", None, "mở lại hộ")

    # calls

    def _get(self, path: str, **query: Any) -> Any:
        answer = self._call("GET", path, "xem", params=query)
        return None if answer is None else answer.json()

    def _post(self, path: str, body: Any, name: str) -> bool:
        return self._call("POST", path, name, json=body) is not None

    def _call(self, method: str, path: str, name: str, **more: Any) -> httpx.Response | None:
        """The answer, or None where it was no (or a worker died under it)."""
        try:
            answer = self.client.request(method, path, **more)
        except httpx.TransportError:
            self.done["đứt quãng"] += 1
            return None
        if answer.is_success:
            self.done[name] += 1
            return answer
        self.done[f"{name}: không"] += 1
        if answer.status_code not in (_NO if method != "GET" else ()):
            self.broken.append(f"{self.commune} {method} {path}: {answer.status_code} {answer.text[:200]}")
        return None
