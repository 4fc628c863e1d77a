"""What a surveyor's tablet gets of the demo at its first sync: the hamlet's register, with the decided classes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import Session

from api.areas.tables import area_id

SignIn = Callable[[str], httpx.Client]


def first_sync(client: httpx.Client) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = []
    cursor, more = None, True
    while more:
        page = client.get("/sync/v1/changes", params={"limit": 200} | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        changes += page.json()["changes"]
        cursor, more = page.json()["cursor"], page.json()["more"]
    return changes


def test_the_first_sync_brings_the_hamlets_register(sign_in: SignIn, session: Session) -> None:
    hamlet = area_id("14080-03")
    changes = first_sync(sign_in("xom-3"))
    stored = {
        entity: session.execute(text(statement), {"hamlet": hamlet}).scalar_one()
        for entity, statement in {
            "household": "SELECT count(*) FROM household WHERE hamlet_id = :hamlet",
            "member": "SELECT count(*) FROM member m JOIN household h ON h.id = household_id WHERE hamlet_id = :hamlet",
            "request": "SELECT count(*) FROM request WHERE hamlet_id = :hamlet",
            "review_case": "SELECT count(*) FROM review_case WHERE hamlet_id = :hamlet",
            "review": "SELECT count(*) FROM review v JOIN household h ON h.id = v.household_id "
            "WHERE h.hamlet_id = :hamlet",
            "sheet_line": "SELECT count(*) FROM sheet_line l JOIN signing_sheet s ON s.id = l.sheet_id "
            "WHERE s.hamlet_id = :hamlet",
            "delivery": "SELECT count(*) FROM delivery d JOIN household h ON h.id = d.household_id "
            "WHERE h.hamlet_id = :hamlet",
        }.items()
    }
    assert Counter(change["entity"] for change in changes) == stored
    assert len({change["id"] for change in changes}) == len(changes)
    classes = Counter(c["data"]["current_class"] for c in changes if c["entity"] == "household")
    decided = session.execute(
        text(
            "SELECT c.current_class, count(*) FROM household_class_on(current_date, 36) c "
            "JOIN household h ON h.id = c.household_id "
            "WHERE h.hamlet_id = :hamlet GROUP BY 1"
        ),
        {"hamlet": hamlet},
    ).all()
    assert classes == dict(map(tuple, decided))
    assert set(classes) == {"poor", "near_poor", "not_poor", None}


def test_the_history_of_a_household_tells_its_decisions(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    poor_then_not = officer.get("/api/v1/recognitions", params={"as_of": "2023-06-01", "limit": 1000}).json()["items"]
    home = next(r for r in poor_then_not if r["poverty_class"] == "poor" and r["to_day"] == "2023-12-10")[
        "household_id"
    ]
    answer = officer.get(f"/api/v1/households/{home}/history")
    assert answer.status_code == 200, answer.text
    newest, *_, oldest = answer.json()["items"]
    assert newest["change"]["current_class"][0] == "poor"
    assert newest["change"]["class_since"] == ["2022-12-12", "2023-12-11"]
    assert (newest["origin"], newest["changed_by"]) == ("load", "truc-thai")
    assert (oldest["version"], oldest["change"]["current_class"]) == (1, [None, None])
