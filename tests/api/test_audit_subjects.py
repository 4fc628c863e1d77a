"""Whoever touched a record of the commune stands in the log that its chair reads, wherever they come from."""

from uuid import uuid4

import httpx
from sqlalchemy import Engine, text

from tests.api.test_audit import lines
from tests.conftest import SignIn
from tests.make.households import hamlet, post_household, post_member


def actors(client: httpx.Client, **only: str) -> set[object]:
    return {line["actor"] for line in lines(client, **only)} - {"chu-tich"}


def test_the_chair_sees_who_read_the_communes_households_from_above(sign_in: SignIn) -> None:
    district, chair = sign_in("truc-ninh"), sign_in("chu-tich")
    mine = post_household(sign_in("truc-thai"))["id"]
    person = post_member(sign_in("truc-thai"), mine)["id"]
    theirs = post_household(sign_in("truc-dai"), hamlet_id=hamlet(1, "14071"))["id"]
    assert "truc-ninh" not in actors(chair)
    assert district.get(f"/api/v1/households/{theirs}").status_code == 200
    assert "truc-ninh" not in actors(chair)  # of another commune
    assert district.get(f"/api/v1/members/{person}").status_code == 200
    seen = lines(chair, actor="truc-ninh")
    assert [(line["action"], line["detail"]) for line in seen] == [("members.read", None)]
    assert district.get("/api/v1/households").status_code == 200
    listed = lines(chair, actor="truc-ninh")[0]
    assert (listed["action"], listed["subject_ids"]) == ("households.list", [mine])  # the other one is not named
    assert "truc-dai" not in actors(chair)
    assert actors(chair, subject_id=mine) == {"truc-thai", "truc-ninh"}


def test_requests_count_too_and_what_has_moved_away_does_not(sign_in: SignIn) -> None:
    officer, district, chair = sign_in("truc-thai"), sign_in("truc-ninh"), sign_in("chu-tich")
    home = post_household(officer)["id"]
    body = {"household_id": home, "kind": "review", "received_on": "2024-01-05"}
    paper = officer.post("/api/v1/requests", json=body).json()["id"]
    assert district.get(f"/api/v1/requests/{paper}").status_code == 200
    assert actors(chair, subject_id=paper) == {"truc-thai", "truc-ninh"}
    away = {"hamlet_id": hamlet(1, "14071"), "moved_on": "2024-02-01"}
    assert officer.post(f"/api/v1/households/{home}/move", json=away).status_code == 200
    assert actors(chair, subject_id=paper) == {"truc-thai"}


def test_who_touched_a_record_is_found_by_an_index(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        plan = connection.execute(
            text("EXPLAIN SELECT 1 FROM audit_entry WHERE subject_ids @> ARRAY[CAST(:one AS uuid)]"),
            {"one": str(uuid4())},
        ).scalars()
        assert any("ix_audit_entry_subject_ids" in line for line in plan)
