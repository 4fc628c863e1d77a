"""A pull is a contact of the tablet: noted once in a minute, and only of the tablet the session is bound to."""

from collections.abc import Callable
from uuid import uuid4

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.make import tablets
from tests.make.reviews import counted
from tests.make.tablets import batch, pull

SignIn = Callable[[str], httpx.Client]
LAST = "SELECT last_contact_at FROM device WHERE id = :id"


def test_a_pull_is_a_contact_noted_once_in_a_minute(sign_in: SignIn, engine: Engine, session: Session) -> None:
    surveyor, device, other = sign_in("xom-3"), tablets.enrolled(engine, "xom-3"), tablets.enrolled(engine, "xom-3")
    pull(surveyor)  # no tablet yet
    assert surveyor.post("/sync/v1/batches", json=batch(device, [])).status_code == 200  # binds the session
    aged = {"id": device}
    session.execute(text("UPDATE device SET last_contact_at = now() - interval '2 minutes' WHERE id = :id"), aged)
    session.commit()
    old = session.scalar(text(LAST), aged)
    session.rollback()
    pull(surveyor)
    noted = session.scalar(text(LAST), aged)
    session.rollback()
    assert old is not None
    assert noted is not None
    assert noted > old
    with counted(engine) as statements:
        pull(surveyor)
    assert len([one for one in statements if one.startswith("UPDATE device")]) <= 1
    assert session.scalar(text(LAST), aged) == noted
    assert session.scalar(text(LAST), {"id": other}) is None


def test_a_pull_does_not_wait_for_a_batch_of_the_same_tablet(sign_in: SignIn, engine: Engine) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    assert surveyor.post("/sync/v1/batches", json=batch(device, [])).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("UPDATE device SET last_contact_at = NULL WHERE id = :id"), {"id": device})
    with engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM device WHERE id = :id FOR NO KEY UPDATE"), {"id": device})
        assert surveyor.get("/sync/v1/changes").status_code == 200


def test_a_refused_pull_notes_nothing(sign_in: SignIn, engine: Engine, session: Session) -> None:
    surveyor, device = sign_in("xom-3"), tablets.enrolled(engine, "xom-3")
    assert surveyor.post("/sync/v1/batches", json=batch(device, [])).status_code == 200
    session.execute(text("UPDATE device SET last_contact_at = NULL WHERE id = :id"), {"id": device})
    session.commit()
    assert surveyor.get("/sync/v1/changes", params={"cursor": str(uuid4())}).status_code == 422
    assert session.scalar(text(LAST), {"id": device}) is None
