"""The commune around a tablet: households with people on the list of a training round, an officer who does things."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_households, write_members
from api.keys import IdKey
from tests.make import walk
from tests.make.answers import done
from tests.make.households import actor

SignIn = Callable[[str], httpx.Client]

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Vũ", "Hoàng", "Đỗ", "Bùi")
GIVEN = ("Thị Hoà", "Văn Ký", "Thị Thắm", "Văn Quý", "Thị Ngọ", "Văn Đệ", "Thị Xuyến", "Văn Thịnh")
LETTERS = "ABCDEGHIKLMNOPQRSTUVXYZWFJ"


def head_name(number: int) -> str:
    return f"{FAMILY[number % 8]} {GIVEN[number // 8 % 8]} {LETTERS[number // 64 % 26]}"


def child_name(number: int) -> str:
    return f"Nguyễn Thị Con {number}"


def _head(number: int) -> dict[str, Any]:
    return {
        "full_name": head_name(number), "birth_year": 1950 + number % 40, "sex": ("male", "female")[number % 2],
        "relation_to_head": "head", "health_insurance": number % 3 > 0, "labour_status": "working",
        "labour_contract": number % 2 > 0, "qualification": "none", "disability": "none", "pension": False,
        "social_allowance": False,
    }  # fmt: skip


def _child(number: int) -> dict[str, Any]:
    return {
        "full_name": child_name(number), "birth_year": 2015, "sex": "female", "relation_to_head": "child",
        "schooling": "primary", "right_level": True, "health_insurance": True, "disability": "none",
        "nutrition": "normal", "qualification": "none",
    }  # fmt: skip


class Commune:
    """What happens on the other side of the line."""

    def __init__(self, engine: Engine, sign_in: SignIn, id_key: IdKey) -> None:
        self.engine, self._sign_in, self._id_key = engine, sign_in, id_key

    @property
    def officer(self) -> httpx.Client:
        return self._sign_in("truc-thai")

    def homes(self, count: int, hamlet: str = "14080-03", first: int = 1) -> list[str]:
        """Households with a head and a child, numbered; their ids."""
        numbers = {uuid4(): number for number in range(first, first + count)}
        heads = {home: uuid4() for home in numbers}
        with Session(self.engine) as session, session.begin():
            session.info["id_key"] = self._id_key
            self._write(session, write_households, [
                Edit(home, None, {
                    "hamlet_id": str(area_id(hamlet)), "residence": "permanent", "household_no": str(number),
                    "address": f"Nhà số {number}, {hamlet}", "phone": "0912000000",
                }) for home, number in numbers.items()
            ])  # fmt: skip
            self._write(session, write_members, [
                Edit(member, None, {"household_id": str(home), "ethnicity": "kinh", **fields})
                for home, number in numbers.items()
                for member, fields in ((heads[home], _head(number)), (uuid4(), _child(number)))
            ])  # fmt: skip
            chosen = [Edit(home, 1, {"head_member_id": str(head)}) for home, head in heads.items()]
            self._write(session, write_households, chosen)
        return [str(home) for home in numbers]

    def _write(self, session: Session, writer: Callable[..., Any], edits: list[Edit]) -> None:
        for start in range(0, len(edits), 1000):
            written = writer(session, actor("truc-thai"), edits[start : start + 1000], Origin.web)
            assert [one for one in written if one.outcome != "applied"] == []

    def round(self, homes: Sequence[str], *evidence: str) -> str:
        """A training round in its time of surveys, whose points are computed, with these households on its list."""
        days = {"opens_on": "2026-09-01", "closes_on": "2026-12-14"}
        return walk.surveying(self._sign_in, *homes, kind="training", evidence=list(evidence), **days)

    def code(self, username: str) -> str:
        made = done(self.officer.post("/sync/v1/enrolments", json={"username": username}))
        return str(made["enrolment_code"])

    def reference(self, username: str = "xom-3") -> Any:
        return done(self._sign_in(username).get("/sync/v1/reference"))

    def household(self, home: str) -> Any:
        return done(self.officer.get(f"/api/v1/households/{home}"))

    def change(self, home: str, **fields: Any) -> None:
        version = self.household(home)["version"]
        done(self.officer.patch(f"/api/v1/households/{home}", json=fields, headers={"If-Match": f'"{version}"'}))

    def reviews(self, round_id: str) -> dict[str, Any]:
        """The review in force of each household, by its id."""
        page = done(self.officer.get("/api/v1/reviews", params={"round_id": round_id, "in_force": True, "limit": 200}))
        assert page["next_cursor"] is None
        return {one["household_id"]: one for one in page["items"]}

    def revoke(self, username: str) -> None:
        devices = done(self.officer.get("/sync/v1/devices"))["items"]
        for one in devices:
            if one["username"] == username and one["state"] != "revoked":
                done(self.officer.post(f"/sync/v1/devices/{one['id']}/revoke"))

    def new_password(self, username: str, old: str, new: str) -> None:
        """Chosen on another machine: every other session of the account ends."""
        change = {"old_password": old, "new_password": new}
        answer = self._sign_in(username).post("/api/v1/me/password", json=change)
        assert answer.status_code == 204, answer.text

    def submissions(self) -> list[tuple[str, str]]:
        """(submission, outcome) of everything that any tablet has sent."""
        with self.engine.begin() as connection:
            rows = connection.execute(text("SELECT submission_id, outcome FROM sync_submission ORDER BY seq"))
            return [(str(row.submission_id), row.outcome) for row in rows]
