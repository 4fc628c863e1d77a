"""What one document cannot carry is refused in words, and was not read."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.papers import rendering
from tests.api.printing.families import families, printed
from tests.make import rounds
from tests.make.households import hamlet

SignIn = Callable[[str], httpx.Client]


def test_too_many_households_for_one_paper(session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    homes = families(session)
    made = rounds.review_round(session)
    rounds.cases(session, made, list(homes.values()))
    session.commit()
    address = f"/rounds/{made}/hamlets/{hamlet(3)}/forms"
    one = len(printed(sign_in("xom-3"), address, household_id=homes["trai"]))
    assert one > 10_000
    # the whole list has no room any more, one household has
    monkeypatch.setattr(rendering, "LARGEST", 8_800)
    refused = sign_in("xom-3").get(f"/api/v1{address}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/paper-too-large")
    assert "từng xóm" in refused.json()["detail"]
    printed(sign_in("xom-3"), address, household_id=homes["trai"])
    session.rollback()
    logged = text("SELECT cardinality(subject_ids) FROM audit_entry WHERE action = 'forms.print' ORDER BY id")
    assert session.scalars(logged).all() == [1, 1]
