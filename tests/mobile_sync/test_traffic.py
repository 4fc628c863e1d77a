"""Recorded traffic: of whatever generation a tablet is, what it sends is in force, and stands as it was sent.

Pain 25: answers under codes and labels that moved on are lost, or become answers to other questions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.areas.tables import area_id
from api.keys import IdKey
from mobile_sync import payloads
from mobile_sync.appliers import KINDS
from tests.make import sheets, traffic
from tests.make.answers import done
from tests.make.interventions import serving
from tests.make.recorded_codes import recorded
from tests.make.rounds import listed
from tests.make.tablets import pull

SignIn = Callable[[str], httpx.Client]
SENT = [one for name in traffic.GENERATIONS for body in traffic.batches(name) for one in body["submissions"]]
# field of a record -> the list that its codes are of
_LISTS = {
    ("household", "residence"): "residence",
    ("member", "sex"): "sex",
    ("member", "relation_to_head"): "relation",
    ("member", "ethnicity"): "ethnicity",
    ("member", "schooling"): "schooling",
    ("member", "qualification"): "qualification",
    ("member", "labour_status"): "labour_status",
    ("member", "disability"): "disability",
    ("member", "nutrition"): "nutrition",
    ("member", "left_reason"): "left_reason",
    ("request", "kind"): "request_kind",
    ("review", "causes"): "cause",
    ("review", "needs"): "need",
    ("delivery", "form"): "support_form",
    ("delivery", "service"): "service_kind",
    ("delivery", "paid_by"): "paid_by",
    ("delivery", "outcome"): "delivery_outcome",
}


def values_of(entity: str, name: str) -> set[Any]:
    """What was recorded in this field; of a list, and of answers by question, what is in it."""
    found = [one["data"][name] for one in SENT if one["entity"] == entity and one["data"].get(name) is not None]
    return {value for one in found for value in (one if isinstance(one, list) else [one])}


def test_every_kind_is_recorded_new_and_changed() -> None:
    assert {one["entity"] for one in SENT if one["base_version"] is None} == set(KINDS)
    merged = {entity for entity, kind in KINDS.items() if kind.meet is not None}  # the others are never changed
    assert {one["entity"] for one in SENT if one["base_version"] is not None} == merged


@pytest.mark.parametrize(("entity", "name"), _LISTS)
def test_every_code_of_a_record_is_recorded(entity: str, name: str) -> None:
    codes = _LISTS[entity, name]
    missing = set(recorded()["lists"][codes]) - values_of(entity, name)
    assert missing == set(), f"a code of {codes} that no recorded tablet sends: record a generation that does"


def test_every_answer_of_the_form_in_force_is_recorded() -> None:
    standard = recorded()["standards"]["vn-2022/1"]
    given: dict[str, set[Any]] = {}
    for one in SENT:
        if one["entity"] == "review" and one["data"]["form"] == {"code": "form-b", "version": 1}:
            for question, answer in one["data"]["answers"].items():
                given.setdefault(question, set()).update(answer if isinstance(answer, list) else [answer])
    options = {question: set(codes) for question, codes in standard["forms"]["form-b"].items()}
    assert given.keys() == options.keys()
    assert {question: codes - given[question] for question, codes in options.items() if codes - given[question]} == {}
    results = [one["data"]["device_result"] for one in SENT if one["data"].get("device_result")]
    assert {one["proposed_class"] for one in results} == set(recorded()["lists"]["poverty_class"])
    assert {code for one in results for code in one["deprivations"]} == set(standard["indicators"])


@dataclass
class Ground:
    """What the recorded households meet: a tablet, a round, interventions, signing sheets."""

    engine: Engine
    officer: httpx.Client
    names: traffic.Names = field(default_factory=dict)

    def laid(self, batches: list[dict[str, Any]]) -> None:
        """For these batches, once their households are there."""
        works = [one for body in batches for one in body["submissions"]]
        reviews = [one["data"] for one in works if one["entity"] == "review"]
        evidence = {"evidence": ["photo", "signature", "position"]}
        training = {"kind": "training", "standard_code": "training-2022"}
        for name, more in (("@round", evidence), ("@training", training)):
            homes = [one["household_id"] for one in reviews if one["round_id"] == name]
            self.names[name] = listed(self.engine, *homes, **more)
        self.names["@intervention"] = str(serving(self.engine))
        self.names["@intervention of the hamlet"] = str(serving(self.engine, "14080-03"))
        school = {"area_id": str(area_id("14080")), "kind": "school", "name": "Trường mầm non"}
        self.names["@organisation"] = str(done(self.officer.post("/api/v1/organisations", json=school))["id"])
        for one in works:
            if one["entity"] == "delivery" and "sheet_line_id" in one["data"]:
                self._drawn_up(one["data"])

    def _drawn_up(self, said: dict[str, Any]) -> None:
        asked = {name: said[name] for name in ("amount_vnd", "quantity", "unit") if name in said}
        whom = [(said["household_id"], said.get("member_id"))]
        how = {"form": said["form"], "paid_by": said.get("paid_by")}
        sheet = sheets.drawn_up(self.officer, self.names["@intervention"], whom, **how, **asked)
        self.names[said["sheet_line_id"]] = sheet["lines"][0]["id"]


@pytest.fixture
def ground(engine: Engine, sign_in: SignIn, device: str) -> Ground:
    return Ground(engine, sign_in("truc-thai"), {"@device": device})


def pushed(surveyor: httpx.Client, generation: str, ground: Ground) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(batch, receipt) of all that this generation sent."""
    batches = traffic.batches(generation)
    for body in batches:
        if "@round" not in ground.names and {"review", "delivery"} & {one["entity"] for one in body["submissions"]}:
            ground.laid(batches)
        sent = traffic.filled(body, ground.names)
        answer = surveyor.post("/sync/v1/batches", json=sent)
        assert answer.status_code == 200, answer.text
        yield sent, answer.json()


@pytest.mark.parametrize("generation", traffic.GENERATIONS)
def test_what_a_tablet_of_that_generation_sends_is_in_force_as_it_was_sent(
    generation: str, surveyor: httpx.Client, ground: Ground, session: Session
) -> None:
    last: dict[str, tuple[str, int, dict[str, Any]]] = {}
    for sent, receipt in pushed(surveyor, generation, ground):
        wrong = [one for one in receipt["outcomes"] if one["outcome"] != "applied"]
        assert wrong == [], "a tablet in the field still sends this: it must go on being taken"
        for one in sent["submissions"]:
            entity, version, before = last.get(one["id"], (one["entity"], 0, {}))
            last[one["id"]] = entity, version + 1, before | one["data"]
        again = surveyor.post("/sync/v1/batches", json=sent).json()
        assert again["outcomes"] == [one | {"replayed": True} for one in receipt["outcomes"]]
        assert journal(session, sent) == {one["submission_id"]: one for one in sent["submissions"]}
    told = {one["id"]: one for one in pull(ground.officer)[0]}
    for record, (entity, version, data) in last.items():
        stands = told[record]
        assert (stands["entity"], stands["version"], stands["op"]) == (entity, version, "put")
        assert {name: stands["data"][name] for name in data} == {name: shown(name, data[name]) for name in data}, record
    assert sum(bool(data.get("personal_id")) for _, _, data in last.values()) > 5


def shown(name: str, value: Any) -> Any:
    """How a field that was sent is told again, to somebody who may see all of it: a file with whether it is here."""
    return [one | {"present": False} for one in value] if name == "attachments" else value


def journal(session: Session, sent: dict[str, Any]) -> dict[str, Any]:
    """The submissions of this batch, as they are kept."""
    key: IdKey = session.info["id_key"]
    ids = [one["submission_id"] for one in sent["submissions"]]
    asked = text("SELECT submission_id, payload FROM sync_submission WHERE submission_id = ANY(CAST(:ids AS uuid[]))")
    rows = session.execute(asked, {"ids": ids}).all()
    session.rollback()
    return {str(row.submission_id): payloads.opened(key, bytes(row.payload), row.submission_id) for row in rows}


def test_the_reference_client_sends_what_was_recorded_of_its_generation() -> None:
    sent = [alike(body) for body in traffic.played()]
    kept = [alike(body) for body in traffic.batches(traffic.NEWEST_CLIENT)]
    assert sent == kept, "the client sends something else today: that is a new generation (tests/make/traffic.py)"


def alike(body: dict[str, Any]) -> dict[str, Any]:
    """Without what is another one at every time."""
    works = [{name: one[name] for name in one if name != "submission_id"} for one in body["submissions"]]
    return {name: body[name] for name in body if name not in ("batch_id", "device_id")} | {"submissions": works}
