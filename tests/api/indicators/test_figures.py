"""Figures that a commune has from a paper: written down, corrected by a later row, and what is counted with them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, insert, text
from sqlmodel import Session

from api import clock
from api.area_change import apply_change
from api.areas.law import change_called
from api.areas.tables import area_id
from api.audit import SystemActor
from api.indicators.tables import FigureKind
from api.interventions.tables import InterventionStep, Participant
from tests.make import interventions
from tests.make.answers import done, pointers, refused
from tests.make.figures import figure
from tests.make.people import ONE_OF_EACH, Person
from tests.make.reviews import counted

SignIn = Callable[[str], httpx.Client]
OFFICERS = {"kind": "poverty_officers", "as_of": "2024-03-01", "value": 4, "source": "Quyết định số 21/QĐ-UBND"}


def address(code: str = "14080") -> str:
    return f"/api/v1/areas/{area_id(code)}/figures"


def stored(session: Session) -> Any:
    return session.execute(text("SELECT count(*) FROM area_figure")).scalar_one()


def point(client: httpx.Client, code: str, area: str = "14080", day: str = "2024-12-31", **more: Any) -> Any:
    asked = {"area": area, "as_of": day, **more}
    return done(client.get(f"/api/v1/indicators/{code}", params=asked))["points"][0]


def training(session: Session, held: date, *names: str, area: str = "14080", officer: bool = True) -> None:
    """A training that was held, with its trainees."""
    under = interventions.intervention(session, area, "staff_training", policy=None)
    now = clock.now()
    session.execute(insert(InterventionStep).values(
        id=uuid4(), intervention_id=under, position=1, step="hold", stage_before="planned", stage_after="held",
        taken_on=held, fields={}, recorded_at=now,
    ))  # fmt: skip
    for name in names:
        session.execute(insert(Participant).values(
            id=uuid4(), intervention_id=under, role="trainee", state="enrolled", joined_on=held, version=1,
            outsider={"name": name, "sex": "female"}, created_at=now, updated_at=now,
            fields={"category": "collaborator", "poverty_officer": officer},
        ))  # fmt: skip


def test_the_officer_writes_it_down_with_its_paper_and_corrects_it_by_a_later_row(
    sign_in: SignIn, session: Session
) -> None:
    officer = sign_in("truc-thai")
    first = done(officer.post(address(), json=OFFICERS))
    assert first | OFFICERS | {"current": True} == first
    assert done(officer.post(address(), json=OFFICERS)) == first, "the same word is said once"
    second = done(officer.post(address(), json=OFFICERS | {"value": 5}))
    other = done(officer.post(address(), json=OFFICERS | {"kind": "average_premium_due", "value": 10**12}))
    shown = {one["id"] for one in done(officer.get(address()))["items"]}
    assert shown == {second["id"], other["id"]}
    asked: dict[str, Any] = {"kind": "poverty_officers", "history": True}
    history = done(sign_in("mat-tran").get(address(), params=asked))["items"]
    assert [(one["value"], one["current"]) for one in history] == [(5, True), (4, False)]
    assert stored(session) == 3
    said = session.execute(text("SELECT actor, subject_ids FROM audit_entry WHERE action = 'figures.record'")).all()
    assert [tuple(one) for one in said] == [("truc-thai", [area_id("14080")])] * 3


def test_it_comes_in_pages(sign_in: SignIn) -> None:
    officer, seen, cursor = sign_in("truc-thai"), [], None
    for value in range(5):
        done(officer.post(address(), json=OFFICERS | {"value": value}))
    while True:
        asked = {"history": True, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = done(officer.get(address(), params=asked))
        seen += [item["value"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == [4, 3, 2, 1, 0]


def test_a_page_costs_the_same_whatever_stands_on_it(sign_in: SignIn, engine: Engine) -> None:
    officer, costs = sign_in("truc-thai"), []
    officer.get(address())
    for value in range(6):
        done(officer.post(address(), json=OFFICERS | {"value": value}))
        with counted(engine) as statements:
            shown = done(officer.get(address(), params={"history": True}))["items"]
        assert len(shown) == value + 1
        costs.append(len(statements))
    assert len(set(costs)) == 1, costs
    assert costs[0] < 6


@pytest.mark.parametrize("named", ["id", "key"])
def test_an_id_or_a_key_is_used_once(sign_in: SignIn, session: Session, named: str) -> None:
    officer, value = sign_in("truc-thai"), str(uuid4())
    body = OFFICERS | ({"id": value} if named == "id" else {})
    headers = {"Idempotency-Key": value} if named == "key" else {}
    first = officer.post(address(), json=body, headers=headers)
    done(officer.post(address(), json=OFFICERS | {"value": 9}))
    again = done(officer.post(address(), json=body, headers=headers))
    assert (again["id"], again["current"], stored(session)) == (done(first)["id"], False, 2)
    clash = officer.post(address(), json=body | {"value": 7}, headers=headers)
    assert refused(clash) == (409, "already-exists")


def test_the_same_word_by_two_at_once_is_said_once(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    with ThreadPoolExecutor(4) as at_once:
        answers = list(at_once.map(lambda _: officer.post(address(), json=OFFICERS), range(8)))
    assert len({done(answer)["id"] for answer in answers}) == stored(session) == 1


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"as_of": str(clock.today() + timedelta(days=1))}, "#/as_of", ""), ({"as_of": "1970-01-01"}, "#/as_of", ""),
    ({"source": ""}, "#/source", ""), ({"source": "a\x00"}, "#/source", ""), ({"value": -1}, "#/value", ""),
    ({"value": 1.5}, "#/value", ""), ({"value": 10**30}, "#/value", ""), ({"value": 100_001}, "#/value", "too_large"),
    ({"kind": "cows"}, "#/kind", ""), ({"note": "x"}, "#/note", ""),
]  # fmt: skip


@pytest.mark.parametrize(("change", "pointer", "code"), WRONG, ids=lambda value: str(value)[:25])
def test_what_is_wrong_is_refused_with_the_place(
    sign_in: SignIn, session: Session, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = sign_in("truc-thai").post(address(), json=OFFICERS | change)
    assert answer.status_code == 422, answer.text
    assert [(at, code or said) for at, said in pointers(answer)] == [(pointer, pointers(answer)[0][1])]
    assert stored(session) == 0


@pytest.mark.parametrize("person", [p for p in ONE_OF_EACH if p.role != "commune_officer"], ids=lambda p: p.role)
def test_nobody_but_the_communes_officer_writes(sign_in: SignIn, session: Session, person: Person) -> None:
    answer = sign_in(person.username).post(address(), json=OFFICERS)
    assert (refused(answer), answer.json()["permission"]) == ((403, "permission-denied"), "statistics:write")
    assert stored(session) == 0


def test_outside_of_ones_areas_there_is_nothing_and_a_hamlet_has_none(sign_in: SignIn) -> None:
    assert refused(sign_in("truc-dai").post(address(), json=OFFICERS)) == (404, "not-found")
    assert refused(sign_in("truc-dai").get(address())) == (404, "not-found")
    assert refused(sign_in("xom-3").get(address())) == (404, "not-found")
    answer = sign_in("truc-thai").post(address("14080-03"), json=OFFICERS)
    assert pointers(answer) == [("#path/area_id", "not_a_commune")]


def test_after_the_merger_the_figures_of_what_the_commune_was_made_of_are_its_own(
    sign_in: SignIn, session: Session
) -> None:
    apply_change(session, SystemActor(), change_called("2025-07-01-minh-thai"))
    session.commit()
    officer = sign_in("truc-thai")
    assert done(officer.post(address("14071"), json=OFFICERS))["value"] == 4
    late = officer.post(address("14071"), json=OFFICERS | {"as_of": "2025-07-01"})
    assert pointers(late) == [("#/as_of", "area_not_there")]


def test_every_kind_says_what_it_means_and_which_indicator_needs_it(sign_in: SignIn) -> None:
    kinds = {one["kind"]: one for one in done(sign_in("truc-thai").get("/api/v1/figure-kinds"))["items"]}
    assert kinds.keys() == {kind.value for kind in FigureKind}
    assert {kind: (one["unit"], one["of_year"], one["needed_by"]) for kind, one in kinds.items()} == {
        "poverty_officers": ("persons", False, ["officers_trained"]),
        "average_premium_due": ("vnd", True, ["premium_support"]),
        "average_premium_supported": ("vnd", True, ["premium_support"]),
    }


def test_officers_trained_are_persons_over_the_figure_of_the_commune(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    training(session, date(2024, 3, 5), "Trần Thị A", "Vũ Thị B")
    training(session, date(2024, 9, 5), "Trần Thị A")
    training(session, date(2024, 9, 6), "Đỗ Thị C", officer=False)
    session.commit()
    unknown = point(officer, "officers_trained")
    assert (unknown["value"], unknown["numerator"], unknown["denominator"]) == (None, 2, None)
    assert unknown["reason"]["vi"].startswith("Chưa có số cán bộ làm công tác giảm nghèo của xã")
    done(officer.post(address(), json=OFFICERS))
    known = point(officer, "officers_trained")
    assert (known["value"], known["numerator"], known["denominator"], known["reason"]) == (50.0, 2, 4, None)
    assert point(officer, "officers_trained", day="2024-02-29")["denominator"] is None, "the paper is of March"
    assert point(officer, "officers_trained", day="2024-06-30")["value"] == 50.0
    assert point(officer, "officers_trained", day="2025-06-30")["value"] == 0.0, "it holds until the next one"
    hamlet = point(officer, "officers_trained", "14080-03")
    assert (hamlet["value"], hamlet["denominator"]) == (None, None)
    assert "không chia theo xóm" in hamlet["reason"]["vi"]
    split = point(officer, "officers_trained", by="sex")
    assert (split["by"], split["value"], "không chia" in split["reason"]["vi"]) == ("female", None, True)
    who = done(officer.get("/api/v1/indicators/officers_trained/records", params={"as_of": "2024-12-31"}))["items"]
    assert len(who) == 2


@pytest.mark.parametrize("value", [2, 0])
def test_more_trained_than_there_are_is_no_rate(value: int, sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    training(session, date(2024, 3, 5), "Trần Thị A", "Vũ Thị B", "Đỗ Thị C")
    session.commit()
    done(officer.post(address(), json=OFFICERS | {"value": value}))
    found = point(officer, "officers_trained")
    assert (found["value"], found["numerator"], found["denominator"]) == (None, 3, value)
    assert "kiểm tra lại" in found["reason"]["vi"]


def test_a_district_knows_when_all_its_communes_have_said_it(sign_in: SignIn, session: Session) -> None:
    district = sign_in("truc-ninh")
    for commune, value in (("14080", 4), ("14071", 6)):
        figure(session, commune, "poverty_officers", date(2024, 3, 1), value)
    session.commit()
    assert point(district, "officers_trained", "363")["denominator"] is None
    figure(session, "14086", "poverty_officers", date(2024, 3, 1), 5)
    session.commit()
    assert point(district, "officers_trained", "363")["denominator"] == 15


def test_the_support_of_the_premium_is_money_over_money_of_one_year(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")

    def write(kind: str, day: str, value: int) -> None:
        paper = {"kind": kind, "as_of": day, "value": value, "source": "Thông báo của BHXH huyện"}
        done(officer.post(address(), json=paper))

    write("average_premium_due", "2024-06-30", 97_200_000)
    found = point(officer, "premium_support")
    assert (found["value"], found["numerator"], found["denominator"]) == (None, None, None)
    assert "cùng một ngày" in found["reason"]["vi"]
    write("average_premium_supported", "2024-06-30", 29_160_000)
    assert point(officer, "premium_support")["value"] == 30.0
    write("average_premium_supported", "2024-10-31", 90_000_000)
    later = point(officer, "premium_support")
    assert (later["value"], later["denominator"]) == (30.0, 97_200_000), "over what was due up to June it is no share"
    write("average_premium_due", "2024-10-31", 180_000_000)
    assert point(officer, "premium_support")["value"] == 50.0
    assert point(officer, "premium_support", day="2024-06-30")["value"] == 30.0
    write("average_premium_supported", "2024-10-31", 0)
    assert point(officer, "premium_support")["value"] == 0.0, "nothing was paid, and that is known"
    later = point(officer, "premium_support", day="2025-01-31")
    assert (later["value"], later["denominator"]) == (None, None), "last year's premium says nothing of this one"
    write("average_premium_due", "2024-10-31", 0)
    assert point(officer, "premium_support")["reason"]["vi"] == "Không có ai thuộc diện tính."
    none = officer.get("/api/v1/indicators/premium_support/records", params={"as_of": "2024-12-31"})
    assert pointers(none) == [("#query/part", "no_records")]
    assert point(sign_in("mat-tran"), "premium_support", day="2024-06-30")["value"] == 30.0


def test_a_published_number_comes_again_after_a_correction(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    done(officer.post(address(), json=OFFICERS))
    asked = {"area": "14080", "as_of": "2024-12-31"}
    before = done(officer.get("/api/v1/indicators/officers_trained", params=asked))
    done(officer.post(address(), json=OFFICERS | {"value": 8}))
    now = done(officer.get("/api/v1/indicators/officers_trained", params=asked))
    assert (before["points"][0]["denominator"], now["points"][0]["denominator"]) == (4, 8)
    then = done(officer.get("/api/v1/indicators/officers_trained", params=asked | {"known_at": before["known_at"]}))
    assert then["points"] == before["points"]
