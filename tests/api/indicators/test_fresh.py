"""What is written shows at the next request: each kind of write over HTTP, readers and writers at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.areas.tables import Level, area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.config import Settings
from api.households.commands import write_households
from api.indicators.catalogue import places as kept_places
from api.indicators.counting import count as count_now
from api.indicators.points import Place
from api.indicators.queries import numbers
from api.keys import IdKey
from tests.make import tablets
from tests.make.answers import done
from tests.make.decisions import decide, people, ready_round
from tests.make.interventions import serving
from tests.make.recognitions import recognise
from tests.make.reviews import acting, household
from tests.races.test_at_once import at_once

SignIn = Callable[[str], httpx.Client]
TODAY = clock.today()
HAMLET, ID = "14080-03", str(area_id("14080-03"))


class Scene:
    """A poor household of xóm 3 with three people, and its commune at work."""

    def __init__(self, sign_in: SignIn, session: Session, engine: Engine) -> None:
        self.sign_in, self.session, self.engine = sign_in, session, engine
        self.officer = sign_in("truc-thai")
        self.home = household(session, HAMLET)
        self.second = household(session, HAMLET)
        self.people = people(session, self.home, 3, health_insurance=True)
        for home in (self.home, self.second):
            recognise(session, home, "poor", date(2024, 1, 2))
        session.commit()
        self._numbers = count(1)

    def numerator(self, code: str, area: str = HAMLET) -> float:
        asked = {"area": area}
        (point,) = done(self.officer.get(f"/api/v1/indicators/{code}", params=asked))["points"]
        return point["numerator"] + (point["denominator"] or 0) / 1000

    def post(self, path: str, who: str = "truc-thai", **body: Any) -> Any:
        return done(self.sign_in(who).post(f"/api/v1/{path}", json=body))

    def patch(self, path: str, body: dict[str, Any], who: str = "truc-thai") -> Any:
        client = self.sign_in(who)
        read = client.get(f"/api/v1/{path}")
        return done(client.patch(f"/api/v1/{path}", json=body, headers={"If-Match": read.headers["ETag"]}))

    def deliver(self) -> str:
        under = serving(self.engine)
        given = {"intervention_id": str(under), "household_id": str(self.home), "delivered_on": str(TODAY)}
        found = self.post("deliveries", deliveries=[given | {"form": "in_kind", "received_by": "Chủ hộ"}])
        return str(found["items"][0]["id"])

    def push(self, data: Any, entity: str = "member") -> None:
        device = tablets.enrolled(self.engine, "xom-3")
        (told,) = tablets.push(self.sign_in("xom-3"), device, tablets.submission(entity, data))
        assert told["outcome"] == "applied", told

    def decided(self, to: str) -> None:
        round_id = ready_round(self.session, {self.second: to})
        self.session.commit()
        decide(self.officer, self.sign_in("chu-tich"), round_id, f"{next(self._numbers)}/QĐ-UBND", str(TODAY))

    def lent(self, home: UUID | None = None) -> str:
        loan = {
            "household_id": str(home or self.home),
            "policy": "credit_poor",
            "purpose": "Nuôi bò",
            "amount_vnd": 1_000_000,
        }
        return str(self.post("loans", "ngan-hang", **loan, lent_on=str(TODAY), term_months=12)["id"])

    def needs(self) -> str:
        return str(self.post("needs", household_id=str(self.home), kind="credit", noted_on=str(TODAY))["id"])

    def merged(self) -> None:
        self.post("households/merge", survivor_id=str(self.home), absorbed_id=str(self.second))

    def member(self, **fields: Any) -> None:
        self.patch(f"members/{self.people[2]}", fields)


def _nothing(_: Scene) -> None:
    """Needs nothing before it."""


# what happens first (its result goes into what happens then) -> whose count changes by it
WRITES: dict[str, tuple[str, Callable[[Scene], Any], Callable[[Scene, Any], Any]]] = {
    "a person by a tablet": ("poor_persons", _nothing, lambda s, _: s.push(tablets.member(str(s.home)))),
    "a person over the web": (
        "poor_persons", _nothing,
        lambda s, _: s.post(
            f"households/{s.home}/members", full_name="Lê Út", sex="male", birth_year=1990, relation_to_head="child",
            ethnicity="kinh",
        ),
    ),
    "an edit": ("health_insurance", _nothing, lambda s, _: s.member(health_insurance=False)),
    "a death": ("poor_persons", _nothing, lambda s, _: s.member(left_on=str(TODAY), left_reason="died")),
    "a move": (
        "poor_households", _nothing,
        lambda s, _: s.post(f"households/{s.home}/move", hamlet_id=str(area_id("14080-04")), moved_on=str(TODAY)),
    ),
    "a relocation": (
        "poor_households", _nothing,
        lambda s, _: s.patch(f"households/{s.home}", {"hamlet_id": str(area_id("14080-04"))}),
    ),
    "an end": ("poor_households", _nothing, lambda s, _: s.post(f"households/{s.home}/leave")),
    "a merge": ("poor_households", _nothing, lambda s, _: s.merged()),
    "a merge taken back": (
        "poor_households", lambda s: s.merged(), lambda s, _: s.post(f"households/{s.second}/unmerge")
    ),
    "a decision": ("poor_households", _nothing, lambda s, _: s.decided("near_poor")),
    "totals": (
        "poverty_rate", _nothing,
        lambda s, _: s.post(f"areas/{ID}/statistics", as_of=str(TODAY), households=50, persons=90, source="Công an"),
    ),
    "a need": ("preferential_credit_of_need", _nothing, lambda s, _: s.needs()),
    "a need withdrawn": (
        "preferential_credit_of_need", lambda s: s.needs(),
        lambda s, need: s.post(f"needs/{need}/ending", state="withdrawn", ended_on=str(TODAY), reason="Thôi"),
    ),
    "a loan": ("preferential_credit", _nothing, lambda s, _: s.lent()),
    "a loan repaid": (
        "preferential_credit", lambda s: s.lent(),
        lambda s, loan: s.patch(f"loans/{loan}", {"state": "repaid"}, "ngan-hang"),
    ),
    "a delivery": ("access_to_services_and_policies", _nothing, lambda s, _: s.deliver()),
    "a delivery reversed": (
        "access_to_services_and_policies", lambda s: s.deliver(),
        lambda s, one: s.post(f"deliveries/{one}/reversal", reason="Ghi nhầm hộ"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRITES)
def test_it_shows_at_the_next_request(sign_in: SignIn, session: Session, engine: Engine, what: str) -> None:
    code, first, then = WRITES[what]
    scene = Scene(sign_in, session, engine)
    found = first(scene)
    before = (scene.numerator(code), scene.numerator(code, "14080"))
    assert scene.numerator(code) == before[0]
    then(scene, found)
    after = (scene.numerator(code), scene.numerator(code, "14080"))
    assert after[0] != before[0], what
    assert (after[1] != before[1]) == (what not in ("a move", "a relocation", "totals")), "inside the commune"


def test_what_hung_on_a_household_that_went_counts_for_the_one_that_stays(
    sign_in: SignIn, session: Session, engine: Engine
) -> None:
    scene = Scene(sign_in, session, engine)
    scene.lent(scene.second)
    assert scene.numerator("preferential_credit") == 1.002
    scene.merged()
    assert scene.numerator("preferential_credit") == 1.001
    scene.post(f"households/{scene.second}/unmerge")
    assert scene.numerator("preferential_credit") == 1.002


def kept(engine: Engine, code: str = "poor_households") -> int:
    with Session(engine) as session, session.begin():
        found = numbers(session, [Place(area_id(HAMLET), HAMLET, HAMLET, Level.hamlet)], [TODAY], "", [code])
    return found[TODAY, area_id(HAMLET)][""][code]


def test_a_reader_between_a_write_and_its_commit_sees_it_afterwards(engine: Engine, config: Settings) -> None:
    """The writer's transaction began before the count and ends after it: the count is stale from then on."""
    with Session(engine) as other, other.begin():
        other.info["id_key"] = IdKey(config.secrets().id_key)
        recognise(other, household(other, HAMLET), "poor", date(2024, 1, 2))
    assert kept(engine) == 1
    for n in range(3):
        with Session(engine) as writer, writer.begin():
            recognise(writer, household(writer, HAMLET), "poor", date(2024, 1, 2))
            writer.flush()
            assert kept(engine) == n + 1, "what is not committed is not there"
            assert kept(engine) == n + 1
        assert kept(engine) == n + 2, "what is committed shows"


def test_somebody_who_counts_the_same_day_is_not_waited_for(engine: Engine) -> None:
    """Another request keeps this day and is not done: the numbers are right, and nobody waits for it."""
    with Session(engine) as other, other.begin():
        recognise(other, household(other, HAMLET), "poor", date(2024, 1, 2))
    with Session(engine) as first, first.begin():
        place = [Place(area_id(HAMLET), HAMLET, HAMLET, Level.hamlet)]
        numbers(first, place, [TODAY], "", ["poor_households"])
        with Session(engine) as impatient, impatient.begin():
            impatient.execute(text("SET LOCAL lock_timeout = '2s'"))
            found = numbers(impatient, place, [TODAY], "", ["poor_households"])
            assert found[TODAY, area_id(HAMLET)][""] == {"poor_households": 1}
    assert kept(engine) == 1


def nothing_is_stale(engine: Engine) -> None:
    hamlets = {area_id(f"14080-{n:02d}"): Level.hamlet for n in range(1, 9)}
    names = list(kept_places())
    with Session(engine) as reader, reader.begin():
        places = [Place(one, "", "", Level.hamlet) for one in hamlets]
        found = numbers(reader, places, [TODAY], "", names)
        counted = count_now(reader, hamlets, [TODAY], None, "")[TODAY]
    assert {one: found[TODAY, one][""] for one in hamlets} == {
        one: dict(zip(names, counted[one][""], strict=True)) for one in hamlets
    }


def test_many_readers_and_writers_end_with_what_is_there(sign_in: SignIn, engine: Engine, session: Session) -> None:
    """Nobody is refused, nobody waits for ever, and nothing stale is left."""
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    homes = [household(session, f"14080-{n % 3 + 1:02d}") for n in range(6)]
    for home in homes:
        recognise(session, home, "poor", date(2024, 1, 2))
    session.commit()

    def reads(code: str, area: str, by: str) -> Callable[[], httpx.Response]:
        asked = {"area": area, "by": by, "from": str(date(TODAY.year - 1, 11, 1))}
        return lambda: chair.get(f"/api/v1/indicators/{code}", params=asked)

    def writes(home: UUID, n: int) -> Callable[[], httpx.Response]:
        body = {"hamlet_id": str(area_id(f"14080-{n % 3 + 1:02d}")), "moved_on": str(TODAY)}
        person = {
            "full_name": "Lê Văn Út",
            "sex": "male",
            "birth_year": 1990,
            "relation_to_head": "child",
            "ethnicity": "kinh",
        }
        if n % 2:
            return lambda: officer.post(f"/api/v1/households/{home}/move", json=body)
        return lambda: officer.post(f"/api/v1/households/{home}/members", json=person)

    questions = (
        ("poor_households", "14080", "area"), ("multidimensional_poverty_change", "14080", "area"),
        ("poor_persons", "14080", "sex"),
    )  # fmt: skip
    for n in range(4):
        work = [writes(home, n + at) for at, home in enumerate(homes[:3])]
        answers = at_once(*(reads(*one) for one in questions), *work)
        assert {answer.status_code for answer in answers} <= {200, 201, 409}, [a.text[:200] for a in answers]
    nothing_is_stale(engine)


def test_a_rolled_back_write_leaves_nothing(engine: Engine) -> None:
    assert kept(engine) == 0
    with Session(engine) as writer:
        recognise(writer, household(writer, HAMLET), "poor", date(2024, 1, 2))
        writer.rollback()
    assert kept(engine) == 0
    edit = Edit(uuid4(), None, {"hamlet_id": ID, "residence": "permanent"})
    with Session(engine) as writer, writer.begin():
        write_households(writer, acting("truc-thai"), [edit], Origin.web)
        recognise(writer, edit.record_id, "poor", date(2024, 1, 2))
    assert kept(engine) == 1
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: kept(engine), range(8))) == {1}
