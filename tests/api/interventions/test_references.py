"""A job seeker and a vacancy know of each other: by the steps that name the vacancy, as records and not as words."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.areas.tables import area_id
from api.programmes.catalogue import CatalogueError, read
from tests.house.conftest import check_problem
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.programme_work import ROOT, opened
from tests.make.reviews import counted, household

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def vacancy(sign_in: SignIn) -> dict[str, Any]:
    return opened(sign_in, "vacancy", title="Tuyển công nhân may")


@pytest.fixture
def seeker(session: Session, sign_in: SignIn) -> dict[str, Any]:
    return seekers(session, sign_in, 1)[0]


def seekers(session: Session, sign_in: SignIn, count: int, hamlet: str = "14080-03") -> list[dict[str, Any]]:
    homes: list[UUID] = [household(session, hamlet) for _ in range(count)]
    who = [(home, people(session, home)[0]) for home in homes]
    session.commit()
    return [
        opened(sign_in, "job_seeker", household_id=str(home), member_id=str(one), title="Tìm việc") for home, one in who
    ]


def refer(client: httpx.Client, seeker: dict[str, Any], vacancy_id: str, **more: Any) -> httpx.Response:
    body = {"step": "refer", "taken_on": "2024-06-03", "fields": {"vacancy_id": vacancy_id}, **more}
    return client.post(f"{ROOT}/{seeker['id']}/steps", json=body)


def place(client: httpx.Client, seeker: dict[str, Any], vacancy_id: str) -> dict[str, Any]:
    fields = {"vacancy_id": vacancy_id, "employer": "Công ty may", "contract": True}
    body = {"step": "place", "taken_on": "2024-06-17", "fields": fields}
    made: dict[str, Any] = done(client.post(f"{ROOT}/{seeker['id']}/steps", json=body))
    return made


def test_the_vacancy_shows_who_was_referred_and_placed_and_the_seeker_shows_where(
    sign_in: SignIn, seeker: dict[str, Any], vacancy: dict[str, Any]
) -> None:
    officer = sign_in("truc-thai")
    done(refer(officer, seeker, vacancy["id"]))
    whole = place(officer, seeker, vacancy["id"])
    assert [(one["intervention_id"], one["step"]) for one in whole["refers_to"]] == [
        (vacancy["id"], "place"), (vacancy["id"], "refer"),
    ]  # fmt: skip
    assert whole["refers_to"][0]["title"] == "Tuyển công nhân may"
    assert whole["referred_by"] == []
    told = done(officer.get(f"{ROOT}/{vacancy['id']}"))["referred_by"]
    assert [(one["intervention_id"], one["step"], one["stage"]) for one in told] == [
        (seeker["id"], "place", "placed"), (seeker["id"], "refer", "placed"),
    ]  # fmt: skip
    assert {one["household_id"] for one in told} == {seeker["household_id"]}
    assert all(one["name"] for one in told)


def test_a_referral_that_was_a_mistake_names_nobody(
    sign_in: SignIn, seeker: dict[str, Any], vacancy: dict[str, Any]
) -> None:
    officer = sign_in("truc-thai")
    whole = done(refer(officer, seeker, vacancy["id"]))
    undone = done(officer.post(f"/api/v1/steps/{whole['steps'][-1]['id']}/undoing", json={"reason": "Ghi nhầm"}))
    assert undone["refers_to"] == []
    assert done(officer.get(f"{ROOT}/{vacancy['id']}"))["referred_by"] == []


def test_whoever_may_not_read_the_seeker_sees_the_vacancy_without_them(
    sign_in: SignIn, seeker: dict[str, Any], vacancy: dict[str, Any]
) -> None:
    done(refer(sign_in("truc-thai"), seeker, vacancy["id"]))
    # the seeker lives in xóm 3; the bank and the Front read no job seekers at all
    for username, seen in (("xom-3", 1), ("xom-4", 0), ("ngan-hang", 0), ("mat-tran", 0)):
        told = done(sign_in(username).get(f"{ROOT}/{vacancy['id']}"))["referred_by"]
        assert len(told) == seen, username


def test_only_a_vacancy_that_the_caller_sees_can_be_named(sign_in: SignIn, seeker: dict[str, Any]) -> None:
    officer = sign_in("truc-thai")
    another = refer(officer, seeker, seeker["id"])
    assert another.status_code == 422
    assert [(e["pointer"], e["code"]) for e in check_problem(another)["errors"]] == [
        ("#/fields/vacancy_id", "wrong_kind")
    ]
    elsewhere = done(sign_in("truc-dai").post(ROOT, json={
        "kind": "vacancy", "area_id": str(area_id("14071")), "year": 2024, "title": "Việc",
        "fields": {"work": "May", "places": 1},
    }))  # fmt: skip
    for unseen in (elsewhere["id"], str(uuid4())):
        answer = refer(officer, seeker, unseen)
        assert answer.status_code == 404
        assert [(e["pointer"], e["code"]) for e in check_problem(answer)["errors"]] == [
            ("#/fields/vacancy_id", "not_found")
        ]
    words = refer(officer, seeker, "Công ty may")
    assert words.status_code == 422
    assert check_problem(words)["errors"][0]["pointer"] == "#/fields/vacancy_id"


def test_many_seekers_cost_no_more_statements_than_one(
    engine: Engine, session: Session, sign_in: SignIn, vacancy: dict[str, Any]
) -> None:
    officer = sign_in("truc-thai")
    first, *others = seekers(session, sign_in, 6)
    done(refer(officer, first, vacancy["id"]))
    done(officer.get(f"{ROOT}/{vacancy['id']}"))
    with counted(engine) as one:
        done(officer.get(f"{ROOT}/{vacancy['id']}"))
    for seeker in others:
        done(refer(officer, seeker, vacancy["id"]))
    with counted(engine) as many:
        assert len(done(officer.get(f"{ROOT}/{vacancy['id']}"))["referred_by"]) == 6
    assert len(many) == len(one)


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ('type = "intervention"', "a named intervention has a kind"),
        ('type = "intervention", kind = "nowhere"', "no kind is called nowhere"),
        ('type = "text", kind = "one"', "a named intervention has a kind"),
    ],
)
def test_the_catalogue_refuses_a_reference_that_leads_nowhere(field: str, fault: str) -> None:
    text = f"""
[[kinds]]
code = "one"
section = "IV"
label = {{vi = "Một", en = "One"}}
right = "jobs:write"
stages = [{{code = "open", label = {{vi = "Mở", en = "Open"}}}}]
steps = [{{code = "go", label = {{vi = "Đi", en = "Go"}}, before = ["open"], fields = [
    {{code = "other_id", label = {{vi = "Kia", en = "Other"}}, {field}}}]}}]
"""
    with pytest.raises(CatalogueError, match=fault):
        read({"kinds.toml": text})
