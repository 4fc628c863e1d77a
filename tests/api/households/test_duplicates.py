"""Pairs of people who may be one person."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import event, text
from sqlmodel import Session

from api.accounts.actor import narrowed
from api.accounts.permissions import Permission
from api.households.duplicates import _pairs
from tests.conftest import SignIn
from tests.make.households import actor, hamlet, put_household, put_member

NUMBER = "036080001234"


def pairs(client: httpx.Client, limit: int = 50) -> list[tuple[frozenset[str], tuple[str, ...]]]:
    found: list[tuple[frozenset[str], tuple[str, ...]]] = []
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = client.get("/api/v1/households/duplicates", params=params).json()
        for item in page["items"]:
            names = frozenset((item["first"]["member"]["id"], item["second"]["member"]["id"]))
            found.append((names, tuple(item["reasons"])))
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_the_same_number_and_the_same_name_birth_and_hamlet(session: Session, sign_in: SignIn) -> None:
    officer = actor("truc-thai")
    here, there, far = (put_household(session, officer, hamlet_id=hamlet(n)) for n in (1, 1, 2))
    tuyen = put_member(session, officer, here, full_name="Lê Văn Tuyến", personal_id=NUMBER)
    again = put_member(session, officer, far, full_name="Lê Tuyến", personal_id=NUMBER, birth_year=1975)
    hoa = put_member(session, officer, here, full_name="Đỗ Thị Hòa", birth_year=1960)
    hoa_too = put_member(session, officer, there, full_name="đỗ thị hoà", birth_date="1960-03-01", birth_year=None)
    both = put_member(session, officer, here, full_name="Mai Anh", personal_id="036080005555", birth_year=1999)
    both_too = put_member(session, officer, there, full_name="Mai Anh", personal_id="036080005555", birth_year=1999)
    # no pairs: another year, another hamlet, another day, one who left
    put_member(session, officer, there, full_name="Lê Văn Tuyến", birth_year=1981)
    put_member(session, officer, far, full_name="Đỗ Thị Hòa", birth_year=1960)
    put_member(session, officer, here, full_name="Bùi Nam", birth_date="1990-01-01", birth_year=1990)
    put_member(session, officer, there, full_name="Bùi Nam", birth_date="1990-01-02", birth_year=1990)
    put_member(session, officer, here, full_name="Cao Lan", left_on="2024-01-01", left_reason="moved")
    put_member(session, officer, there, full_name="Cao Lan")
    session.commit()
    expected = {
        (frozenset((str(tuyen), str(again))), ("personal_id",)),
        (frozenset((str(hoa), str(hoa_too))), ("name_birth_hamlet",)),
        (frozenset((str(both), str(both_too))), ("personal_id", "name_birth_hamlet")),
    }
    assert set(pairs(sign_in("truc-thai"))) == expected
    assert len(pairs(sign_in("truc-thai"), limit=1)) == 3
    assert set(pairs(sign_in("truc-thai"), limit=1)) == expected
    # a surveyor sees pairs of the own hamlet only: the first pair lies half outside
    assert len(pairs(sign_in("xom-1"))) == 2
    assert pairs(sign_in("truc-dai")) == []
    assert sign_in("mat-tran").get("/api/v1/households/duplicates").status_code == 403


def test_a_pair_with_one_half_outside_is_not_shown(session: Session, sign_in: SignIn) -> None:
    officer = actor("truc-thai")
    here, far = put_household(session, officer), put_household(session, officer, hamlet_id=hamlet(2))
    low, high = UUID(int=1), UUID(int=2**127)
    for number, (inside, outside) in {"036080000001": (low, high), "036080000002": (high, low)}.items():
        ids = [UUID(int=start.int + int(number[-1])) for start in (inside, outside)]
        put_member(session, officer, here, ids[0], personal_id=number, full_name=f"Vũ {number}")
        put_member(session, officer, far, ids[1], personal_id=number, full_name=f"Vũ {number}")
    session.commit()
    assert len(pairs(sign_in("truc-thai"))) == 2
    assert pairs(sign_in("xom-1")) == []
    assert pairs(sign_in("xom-2")) == []


def test_both_records_are_shown_masked(session: Session, sign_in: SignIn) -> None:
    officer = actor("truc-thai")
    for number in ("1", "2"):
        home = put_household(session, officer, household_no=number)
        put_member(session, officer, home, personal_id=NUMBER)
    session.commit()
    item = sign_in("xom-1").get("/api/v1/households/duplicates").json()["items"][0]
    assert {item[side]["household"]["household_no"] for side in ("first", "second")} == {"1", "2"}
    assert {item[side]["member"]["personal_id"] for side in ("first", "second")} == {"********1234"}


def test_a_thousand_namesakes_do_not_hold_up_the_page(session: Session, sign_in: SignIn) -> None:
    officer = actor("truc-thai")
    for number in (1, 2):
        put_member(session, officer, put_household(session, officer, hamlet_id=hamlet(number)))
    columns = session.scalars(text(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'member' AND column_name <> 'id' "
        "AND is_generated = 'NEVER'"
    )).all()  # fmt: skip
    names = ", ".join(columns)
    copies = f"INSERT INTO member (id, {names}) SELECT gen_random_uuid(), {names} FROM member, generate_series(1, 1099)"
    session.execute(text(copies))
    session.commit()
    client = sign_in("truc-thai")
    page = client.get("/api/v1/households/duplicates").json()
    page = client.get("/api/v1/households/duplicates", params={"cursor": page["next_cursor"]}).json()
    assert len(page["items"]) == 50
    # 2,200 namesakes are 1.2 million pairs: what the database forms is counted, not how long it takes
    assert max(_rows_formed(session, _pairs(narrowed(officer, Permission.households_read), 51, None))) < 100_000


def _rows_formed(session: Session, query: Any) -> list[int]:
    """How many rows each step of the plan really gave, over all its loops."""

    def explained(_conn: Any, _cursor: Any, statement: str, parameters: Any, context: Any, _many: bool) -> Any:
        asked = context.execution_options.get("explain")
        return (f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}" if asked else statement), parameters

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", explained, retval=True)
    try:
        rows = session.execute(query, execution_options={"explain": True})
        steps = [rows.cursor.fetchone()[0][0]["Plan"]]  # type: ignore[attr-defined]
    finally:
        event.remove(engine, "before_cursor_execute", explained)
    formed = []
    while steps:
        step = steps.pop()
        formed.append(round(step["Actual Rows"] * step["Actual Loops"]))
        steps += step.get("Plans", [])
    return formed
