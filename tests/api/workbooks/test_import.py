"""A file comes in: checked without writing anything, then confirmed; the same file twice changes nothing."""

from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import Engine, text

from tests.make.answers import done
from tests.make.workbooks import book, checked, codes, confirmed, head, member, rows, verdicts

SignIn = Callable[[str], httpx.Client]


def counts(engine: Engine) -> dict[str, int]:
    tables = ("household", "member", "recognition", "recognition_decision", "record_version")
    with engine.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) or 0 for t in tables}


def two_homes() -> bytes:
    return book(
        head("001", "Nguyễn Văn Bình", H="036080001234", S=95, T=40),
        member("Nguyễn Thị Chi"),
        head("002", "Trần Thị Dung", G="Nữ", F=1955, P="Hộ cận nghèo"),
    )


def test_nothing_is_written_until_it_is_confirmed_and_the_same_file_twice_changes_nothing(
    sign_in: SignIn, engine: Engine
) -> None:
    officer = sign_in("truc-thai")
    before = counts(engine)
    made = checked(officer, two_homes())
    assert verdicts(officer, made) == {(1, 8): "new_household", (1, 9): "new_member", (1, 10): "new_household"}
    assert made["counts"] == {"new_household": 2, "new_member": 1, "not_data": 3}
    assert counts(engine) == before
    confirmed(officer, made)
    after = counts(engine)
    assert (after["household"] - before["household"], after["member"] - before["member"]) == (2, 3)
    assert (after["recognition"], after["recognition_decision"]) == (2, 1)
    homes = done(officer.get("/api/v1/households"))["items"]
    assert {h["household_no"]: (h["current_class"], h["class_since"], h["head_name"]) for h in homes} == {
        "001": ("poor", "2023-12-11", "Nguyễn Văn Bình"),
        "002": ("near_poor", "2023-12-11", "Trần Thị Dung"),
    }
    again = checked(officer, two_homes())
    assert set(verdicts(officer, again).values()) == {"same"}
    confirmed(officer, again)
    assert counts(engine) == after


def test_points_and_causes_are_kept_with_the_row_and_told(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = checked(officer, two_homes())
    first = rows(officer, made)[1, 8]
    assert "kept_here" in codes(first)
    assert (first["cells"]["b1"], first["cells"]["b2"]) == ("95", "40")
