"""The reporting line: a hamlet to its commune, the commune to its district; who hands in, who accepts, what is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.accounts.permissions import Role
from api.areas.tables import area_id
from tests.make.answers import done
from tests.make.money import also

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/report-submissions"
COMMUNE, HAMLET = str(area_id("14080")), str(area_id("14080-03"))


def report(**fields: Any) -> dict[str, Any]:
    period = {"period": "quarter", "period_from": "2024-07-01", "period_to": "2024-09-30"}
    said = {"author": "front_committee", "title": "Quý III", "content": {"results": "Đã vận động 12 triệu"}}
    return {"id": str(uuid4()), "area_id": HAMLET, **period, **said, **fields}


def test_a_hamlet_reports_and_the_commune_returns_and_accepts(sign_in: SignIn) -> None:
    front, officer = sign_in("mat-tran"), sign_in("truc-thai")
    made = done(front.post(REPORTS, json=report(due_on="2024-10-05")))
    assert (made["state"], made["figures"], made["overdue"]) == ("draft", None, True)
    at = f"{REPORTS}/{made['id']}"
    handed_in = done(front.post(f"{at}/submission"))
    assert handed_in["figures"]["poor"] == {"households": 0, "persons": 0}
    assert front.post(f"{at}/submission").status_code == 409
    assert done(officer.post(f"{at}/return", json={"remark": "Số chưa khớp"}))["state"] == "returned"
    done(front.patch(at, json={"title": "Quý III (sửa)"}, headers={"If-Match": '"3"'}))
    done(front.post(f"{at}/submission"))
    accepted = done(officer.post(f"{at}/acceptance"))
    assert (accepted["state"], accepted["title"]) == ("accepted", "Quý III (sửa)")
    assert officer.post(f"{at}/return", json={"remark": "x"}).status_code == 409


def test_the_chair_hands_in_for_the_commune_and_only_the_district_accepts(sign_in: SignIn) -> None:
    officer, chair, district = sign_in("truc-thai"), sign_in("chu-tich"), sign_in("truc-ninh")
    made = done(officer.post(REPORTS, json=report(area_id=COMMUNE, author="commune")))
    at = f"{REPORTS}/{made['id']}"
    assert officer.post(f"{at}/submission").json()["type"] == "/problems/conflict"
    assert district.post(f"{at}/acceptance").status_code == 409  # a draft
    done(chair.post(f"{at}/submission"))
    assert officer.post(f"{at}/acceptance").json()["type"] == "/problems/conflict"
    assert done(district.post(f"{at}/acceptance"))["state"] == "accepted"
    hamlets = done(sign_in("xom-3").post(REPORTS, json=report(author="hamlet_head")))
    done(sign_in("xom-3").post(f"{REPORTS}/{hamlets['id']}/submission"))
    assert district.post(f"{REPORTS}/{hamlets['id']}/acceptance").status_code == 409


def test_whoever_wrote_the_report_of_the_commune_does_not_hand_it_in(sign_in: SignIn, engine: Engine) -> None:
    also(engine, "truc-thai", Role.commune_chair)
    at = f"{REPORTS}/{done(sign_in('truc-thai').post(REPORTS, json=report(area_id=COMMUNE, author='commune')))['id']}"
    assert sign_in("truc-thai").post(f"{at}/submission").json()["type"] == "/problems/separation-of-duties"
    assert done(sign_in("chu-tich").post(f"{at}/submission"))["state"] == "submitted"


def test_figures_are_those_of_the_day_they_were_handed_in(sign_in: SignIn, session: Session) -> None:
    head = sign_in("xom-3")
    made = done(head.post(REPORTS, json=report(author="hamlet_head")))
    row = (
        "INSERT INTO intervention (id, area_id, kind, year, title, stage, fields, funded, committed_vnd, disbursed_vnd,"
        " delivered_vnd, version, created_at, updated_at) VALUES (gen_random_uuid(), :area, 'production_group', 2024,"
        " 'Tổ may', 'working', '{}', false, 0, 0, 0, 1, now(), now())"
    )
    session.execute(text(row), {"area": HAMLET})
    session.commit()
    kept = done(head.post(f"{REPORTS}/{made['id']}/submission"))["figures"]
    assert kept["interventions"] == {"production_group": {"working": 1}}
    session.execute(text(row), {"area": HAMLET})
    session.commit()
    assert head.get(f"{REPORTS}/{made['id']}").json()["figures"] == kept


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [({"author": "commune"}, "#/author"), ({"period_to": "2024-06-30"}, "#/period_to")],
)
def test_what_contradicts_itself_is_refused_with_its_place(
    sign_in: SignIn, fields: dict[str, Any], pointer: str
) -> None:
    refused = sign_in("mat-tran").post(REPORTS, json=report(**fields))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_report_is_seen_where_it_belongs(sign_in: SignIn) -> None:
    made = done(sign_in("xom-3").post(REPORTS, json=report(author="hamlet_head")))
    for stranger in ("xom-4", "truc-dai"):
        assert sign_in(stranger).get(f"{REPORTS}/{made['id']}").status_code == 404
    assert len(sign_in("truc-ninh").get(REPORTS, params={"level": "hamlet", "year": 2024}).json()["items"]) == 1
    assert sign_in("truc-ninh").get(REPORTS, params={"level": "commune"}).json()["items"] == []


def test_sent_many_times_at_once_it_is_one_report(sign_in: SignIn) -> None:
    front = sign_in("mat-tran")
    for _ in range(5):
        body = report()
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: front.post(REPORTS, json=body), range(6)))  # noqa: B023  # used at once
        assert [(answer.status_code, answer.json()["id"]) for answer in answers] == [(201, body["id"])] * 6


def test_a_report_has_a_title(sign_in: SignIn) -> None:
    refused = sign_in("mat-tran").post(REPORTS, json=report(title=" "))
    assert [error["pointer"] for error in refused.json()["errors"]] == ["#/title"]
