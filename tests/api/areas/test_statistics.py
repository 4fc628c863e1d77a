"""How many live in a hamlet: recorded by its commune, corrected by a later row, never overwritten."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from api.areas.tables import AreaStatistic, area_id
from api.audit import AuditEntry
from tests.api.areas.test_routes import pointers, slug
from tests.conftest import SignIn
from tests.make.people import ONE_OF_EACH, Person, account_id

HAMLET = f"/api/v1/areas/{area_id('14080-03')}/statistics"
SAID = {"as_of": "2024-06-30", "households": 312, "persons": 1104, "source": "Công an xã Trực Thái"}


def stored(session: Session) -> int:
    return session.execute(select(func.count()).select_from(AreaStatistic)).scalar_one()


def test_the_commune_records_and_everybody_reads(sign_in: SignIn, session: Session) -> None:
    answer = sign_in("truc-thai").post(HAMLET, json=SAID)
    assert answer.status_code == 201
    for reader in ("xom-1", "truc-dai", "ngan-hang"):
        assert sign_in(reader).get(HAMLET).json() == {"items": [answer.json()], "next_cursor": None}
    assert answer.json() | SAID | {"current": True, "recorded_by": str(account_id("truc-thai"))} == answer.json()
    entry = session.execute(select(AuditEntry).where(col(AuditEntry.action) == "statistics.record")).scalar_one()
    assert (entry.actor, entry.subject_ids) == ("truc-thai", [area_id("14080-03")])


@pytest.mark.parametrize("person", [p for p in ONE_OF_EACH if p.role != "commune_officer"], ids=lambda p: p.role)
def test_nobody_but_the_communes_officer_records(sign_in: SignIn, session: Session, person: Person) -> None:
    answer = sign_in(person.username).post(HAMLET, json=SAID)
    assert (answer.status_code, slug(answer), answer.json()["permission"]) == (
        403,
        "permission-denied",
        "statistics:write",
    )
    assert stored(session) == 0


def test_another_communes_hamlet_is_as_if_it_were_not_there(sign_in: SignIn, session: Session) -> None:
    answer = sign_in("truc-dai").post(HAMLET, json=SAID)
    unknown = sign_in("truc-dai").post(f"/api/v1/areas/{uuid4()}/statistics", json=SAID)
    assert (answer.status_code, slug(answer)) == (404, "not-found")
    assert answer.json()["detail"] == unknown.json()["detail"]
    assert stored(session) == 0


def test_a_correction_is_a_later_row_and_the_newest_counts(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    for households in (312, 313, 314):
        client.post(HAMLET, json=SAID | {"households": households})
    client.post(HAMLET, json=SAID | {"as_of": "2023-12-31", "households": 300})
    shown = client.get(HAMLET).json()["items"]
    assert [(s["as_of"], s["households"]) for s in shown] == [("2024-06-30", 314), ("2023-12-31", 300)]
    all_of_them = client.get(HAMLET, params={"history": True}).json()["items"]
    assert [(s["households"], s["current"]) for s in all_of_them] == [
        (314, True),
        (313, False),
        (312, False),
        (300, True),
    ]


def test_two_rows_of_one_moment_keep_their_order(sign_in: SignIn) -> None:
    from datetime import datetime

    from api import clock

    client = sign_in("truc-thai")
    client.get(HAMLET)
    with clock.at(clock.now()):
        for households in (312, 1, 2, 3):
            assert client.post(HAMLET, json=SAID | {"households": households}).status_code == 201
    items = client.get(HAMLET, params={"history": True}).json()["items"]
    assert [item["households"] for item in items] == [3, 2, 1, 312]
    assert len({datetime.fromisoformat(item["recorded_at"]) for item in items}) == 4


def test_history_comes_in_pages(sign_in: SignIn) -> None:
    client, seen, cursor = sign_in("truc-thai"), [], None
    for households in range(5):
        client.post(HAMLET, json=SAID | {"households": households})
    while True:
        asked = {"history": True, "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = client.get(HAMLET, params=asked).json()
        seen += [item["households"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == [4, 3, 2, 1, 0]


def test_the_same_word_twice_is_said_once(sign_in: SignIn, session: Session) -> None:
    client = sign_in("truc-thai")
    named = SAID | {"id": str(uuid4())}
    assert client.post(HAMLET, json=SAID).json() == client.post(HAMLET, json=SAID).json()
    assert client.post(HAMLET, json=named).json() == client.post(HAMLET, json=named).json()
    assert stored(session) == 2
    other = client.post(HAMLET, json=named | {"households": 1})
    assert (other.status_code, slug(other)) == (409, "already-exists")


def test_the_first_number_can_be_said_again_after_a_correction(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    for households in (312, 313, 312):
        client.post(HAMLET, json=SAID | {"households": households})
    assert client.get(HAMLET).json()["items"][0]["households"] == 312


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"persons": 311}, "#/persons"),
        ({"households": -1}, "#/households"),
        ({"households": 10**30}, "#/households"),
        ({"persons": 1.5}, "#/persons"),
        ({"persons": "x"}, "#/persons"),
        ({"as_of": "2999-01-01"}, "#/as_of"),
        ({"as_of": "2004-07-07"}, "#/as_of"),
        ({"source": ""}, "#/source"),
        ({"source": "a\u0000"}, "#/source"),
        ({"source": "x" * 301}, "#/source"),
        ({"note": "x"}, "#/note"),
    ],
)
def test_a_wrong_number_is_refused_with_the_place(
    sign_in: SignIn, session: Session, change: dict[str, Any], pointer: str
) -> None:
    assert pointers(sign_in("truc-thai").post(HAMLET, json=SAID | change)) == [pointer]
    assert stored(session) == 0


def test_totals_are_kept_per_hamlet(sign_in: SignIn) -> None:
    answer = sign_in("truc-thai").post(f"/api/v1/areas/{area_id('14080')}/statistics", json=SAID)
    assert pointers(answer) == ["#path/area_id"]
