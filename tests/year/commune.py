"""The people of Trực Thái at their work through a year: tablets in the hamlets, the officer, the chair, the district.

Everything goes over HTTP. The calendar is the commune's (`clock.at`): nothing waits.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from api import clock
from api.areas.tables import area_id
from api.clock import VIET_NAM
from mobile_sync.tablet import Tablet
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from tests.make.clients import client_of
from tests.make.people import PASSWORD
from tests.year.truth import HAMLETS, HOMES, Finding, Home, persons_of

COMMUNE = str(area_id("14080"))
OFFICER, CHAIR, DISTRICT = "truc-thai", "chu-tich", "truc-ninh"


def household_of(home: Home) -> str:
    return str(uuid5(NAMESPACE_DNS, f"year:{home[0]}:{home[1]}"))


def hamlet_id(hamlet: int) -> str:
    return str(area_id(f"14080-{hamlet:02d}"))


@contextmanager
def on(day: str) -> Iterator[None]:
    """Inside the block it is eight in the morning of that day."""
    with clock.at(datetime.combine(date.fromisoformat(day), time(8), VIET_NAM)):
        yield


class Commune:
    """Who does what. Sessions end as months go by, so everybody signs in for each piece of work."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.tablets: dict[int, Tablet] = {}
        self._folder = folder

    def call(self, who: str, method: str, path: str, expect: int = 200, **more: Any) -> Any:
        """The body of the answer, which must have the status `expect`."""
        with client_of(self.url) as client:
            form = {"username": who, "password": PASSWORD}
            signed_in = client.post("/api/v1/auth/token", data=form)
            assert signed_in.status_code == 200, signed_in.text
            headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}", **more.pop("headers", {})}
            answer = client.request(method, path, headers=headers, **more)
        assert answer.status_code == expect, f"{who} {method} {path}: {answer.status_code} {answer.text[:800]}"
        return answer.json() if answer.content else None

    def get(self, who: str, path: str, **query: Any) -> Any:
        return self.call(who, "GET", f"/api/v1{path}", params=query)

    def post(self, who: str, path: str, body: Any = None, expect: int = 201, version: int | None = None) -> Any:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self.call(who, "POST", f"/api/v1{path}", expect, json=body, headers=headers)

    def everything(self, who: str, path: str, **query: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = self.get(who, path, limit=50, **query, **cursor)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = {"cursor": page["next_cursor"]}

    # the tablets

    def enrol_tablets(self) -> None:
        """One tablet for each hamlet, with a code from the officer."""
        for hamlet in HAMLETS:
            storage = Storage(self._folder / f"xom-{hamlet}.sqlite")
            tablet = Tablet(storage, Line(self.url, pause=lambda _: None), clock=clock.now)
            tablet.line.sign_in(f"xom-{hamlet}", PASSWORD)
            code = self.call(OFFICER, "POST", "/sync/v1/enrolments", 201, json={"username": f"xom-{hamlet}"})
            tablet.enrol(code["enrolment_code"], f"Máy xóm {hamlet}")
            self.tablets[hamlet] = tablet

    def close(self) -> None:
        for tablet in self.tablets.values():
            tablet.line.close()
            tablet.storage.close()

    def field_day(self, hamlet: int, work: Callable[[Tablet], None]) -> list[dict[str, Any]]:
        """Pull, work without a line, push: the outcomes, all of them good."""
        tablet = self.tablets[hamlet]
        tablet.line.sign_in(f"xom-{hamlet}", PASSWORD)
        tablet.pull()
        work(tablet)
        outcomes = tablet.push()
        assert {told["outcome"] for told in outcomes} <= {"applied", "merged"}, outcomes
        return outcomes

    def register_everybody(self) -> None:
        for hamlet in HAMLETS:
            self.field_day(hamlet, lambda tablet, hamlet=hamlet: _register(tablet, hamlet))  # type: ignore[misc]

    def survey(self, round_id: str, found: dict[Home, Finding], day: str) -> dict[Home, dict[str, Any]]:
        """The surveyors of the hamlets named go from house to house; what the server made of each review."""
        results: dict[Home, dict[str, Any]] = {}
        for hamlet in sorted({home[0] for home in found}):
            homes = [home for home in found if home[0] == hamlet]

            def work(tablet: Tablet, homes: list[Home] = homes) -> None:
                for home in homes:
                    tablet.create("review", review_of(home, round_id, found[home], day))

            outcomes = self.field_day(hamlet, work)
            results |= {home: told["result"] for home, told in zip(homes, outcomes, strict=True)}
        return results

    # the procedure

    def hold_meeting(self, round_id: str, hamlet: int, day: str, agreed: int = 30, **more: Any) -> dict[str, Any]:
        """A meeting of 40; `own`: votes for single households, (home, hands)."""
        own = more.pop("own", {})
        votes: list[dict[str, Any]] = [{"household_id": None, "votes_for": agreed, "votes_against": 40 - agreed}]
        votes += [
            {"household_id": household_of(home), "votes_for": hands, "votes_against": 40 - hands}
            for home, hands in own.items()
        ]
        body = {
            "round_id": round_id,
            "hamlet_id": hamlet_id(hamlet),
            "held_on": day,
            "place": f"Nhà văn hoá xóm {hamlet}",
            "chaired_by": "Trần Văn Hoà",
            "secretary": "Phạm Thị Lụa",
            "attendance": {"hamlet_head": 1, "reviewed_households": 19, "other_households": 20},
            "present": 40,
            "votes": votes,
            "front_observed": True,
        }
        made: dict[str, Any] = self.post(f"xom-{hamlet}", "/meetings", body)
        return made

    def put_up(self, round_id: str, hamlet: int, day: str, kind: str = "list") -> dict[str, Any]:
        body = {
            "round_id": round_id,
            "hamlet_id": hamlet_id(hamlet),
            "kind": kind,
            "posted_on": day,
            "places": ["hamlet_house", "commune_office"],
            "announced": True,
        }
        made: dict[str, Any] = self.post(OFFICER, "/postings", body)
        return made

    def take_down(self, postings: Iterable[dict[str, Any]]) -> None:
        for posting in postings:
            self.post(OFFICER, f"/postings/{posting['id']}/ending", expect=200)

    def decide(self, round_id: str, number: str, day: str) -> dict[str, Any]:
        """Prepared by the officer, signed by the chair; the decision with its lines."""
        prepared = self.post(OFFICER, "/recognition-decisions", {"round_id": round_id})
        body = {"number": number, "decided_on": day, "signatory": "Trần Văn Kiên"}
        path = f"/recognition-decisions/{prepared['id']}"
        signed = self.post(CHAIR, f"{path}/signature", body, expect=200, version=prepared["version"])
        lines = self.everything(OFFICER, f"{path}/households")
        return {**signed, "left_out": prepared["left_out"], "lines": lines}


def review_of(home: Home, round_id: str, finding: Finding, day: str) -> dict[str, Any]:
    """A signed paper, as the tablet sends it."""
    return {
        "household_id": household_of(home),
        "round_id": round_id,
        "form": {"code": "form-b", "version": 1},
        "surveyed_on": day,
        "respondent": "Chủ hộ",
        "paper_no": f"{home[0]:02d}-{home[1]:03d}",
        "answers": finding.answers,
        "b1_entered": finding.b1,
        "causes": ["lack_capital"],
        "needs": ["credit"],
        "device_result": {
            "b1": finding.b1,
            "b2": 10 * finding.lacking,
            "proposed_class": finding.poverty_class,
        },
        "attachments": [],
    }


def _register(tablet: Tablet, hamlet: int) -> None:
    for number in HOMES:
        home = (hamlet, number)
        household = household_of(home)
        fields = {"hamlet_id": hamlet_id(hamlet), "residence": "permanent", "household_no": f"{number:03d}"}
        tablet.create("household", fields, household)
        people = [_person(household, place) for place in range(persons_of(home))]
        head = tablet.create("member", people[0])
        for person in people[1:]:
            tablet.create("member", person)
        tablet.change("household", household, {"head_member_id": head})


def _person(household: str, place: int) -> dict[str, Any]:
    return {
        "household_id": household,
        "full_name": f"Nguyễn Văn {('An', 'Bình', 'Cường')[place]}",
        "sex": "male",
        "birth_year": 1975 + place,
        "relation_to_head": "head" if place == 0 else "sibling",
        "ethnicity": "kinh",
        "labour_status": "working",
        "labour_contract": True,
        "health_insurance": True,
        "social_allowance": False,
        "pension": False,
    }
