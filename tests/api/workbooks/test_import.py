"""A file comes in: checked without writing anything, then confirmed; the same file twice changes nothing."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.workbooks import checking
from tests.make.answers import done, refused
from tests.make.reviews import counted
from tests.make.workbooks import IMPORTS, answered, book, checked, codes, confirmed, head, member, rows, sent, verdicts

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


def test_a_confirmation_is_once_and_a_cancelled_file_is_gone(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    made = checked(officer, two_homes())
    first = confirmed(officer, made)
    after = counts(engine)
    assert confirmed(officer, made) == first  # the line broke, and the officer confirms again
    assert counts(engine) == after
    where = f"{IMPORTS}/{made['id']}"
    for answer in (officer.delete(where), officer.post(f"{where}/checking")):
        assert refused(answer) == (409, "illegal-stage")
    other = checked(officer, two_homes())
    assert officer.delete(f"{IMPORTS}/{other['id']}").status_code == 204
    assert officer.delete(f"{IMPORTS}/{other['id']}").status_code == 204
    assert rows(officer, other) == {}
    assert done(officer.get(f"{IMPORTS}/{other['id']}"))["state"] == "cancelled"
    assert refused(officer.post(f"{IMPORTS}/{other['id']}/confirmation", json={})) == (409, "illegal-stage")
    listed = [one["id"] for one in done(officer.get(IMPORTS))["items"]]
    assert listed == [other["id"], made["id"]]
    page = done(officer.get(IMPORTS, params={"limit": 1}))
    assert [one["id"] for one in done(officer.get(IMPORTS, params={"cursor": page["next_cursor"]}))["items"]] == listed[
        1:
    ]
    assert [one["id"] for one in done(officer.get(IMPORTS, params={"state": "cancelled"}))["items"]] == listed[:1]


def test_the_same_key_imports_once(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    key = {"Idempotency-Key": "tệp-1".encode().hex()}
    first = done(sent(officer, two_homes(), **key))
    content = two_homes()
    assert done(sent(officer, content, **{"Idempotency-Key": "b"}))["id"] != first["id"]
    assert done(sent(officer, content, **{"Idempotency-Key": "b"}))["version"] == 2
    assert refused(sent(officer, book(head("9", "Lê Văn Sáu")), **{"Idempotency-Key": "b"})) == (
        409, "idempotency-key-reused",
    )  # fmt: skip


def test_what_changed_in_the_register_since_the_check_is_not_overwritten(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, two_homes()))
    home = next(h for h in done(officer.get("/api/v1/households"))["items"] if h["household_no"] == "001")
    changed = book(head("001", "Nguyễn Văn Bình", H="036080001234", O="Tày", F="13/05/1980"))
    made = checked(officer, changed)
    assert {one["field"]: (one["old"], one["new"]) for one in rows(officer, made)[1, 8]["changes"]} == {
        "ethnicity": ("kinh", "tay"), "birth_date": ("1980-05-12", "1980-05-13"), "birth_year": (1980, 1980),
    }  # fmt: skip
    people = done(officer.get(f"/api/v1/households/{home['id']}/members"))["items"]
    bình = next(one for one in people if one["full_name"] == "Nguyễn Văn Bình")
    where, tag = f"/api/v1/members/{bình['id']}", {"If-Match": f'"{bình["version"]}"'}
    done(officer.patch(where, json={"ethnicity": "muong"}, headers=tag))
    before = counts(engine)
    answer = officer.post(f"{IMPORTS}/{made['id']}/confirmation", json={})
    assert refused(answer) == (409, "conflict")
    assert answer.json()["rows"] == 1
    assert "dòng 8" in answer.json()["details"]["vi"]
    assert counts(engine) == before
    again = done(officer.post(f"{IMPORTS}/{made['id']}/checking"))
    assert rows(officer, again)[1, 8]["changes"][0] == {"field": "ethnicity", "old": "muong", "new": "tay"}
    stale = officer.post(f"{IMPORTS}/{made['id']}/confirmation", json={}, headers={"If-Match": '"1"'})
    assert refused(stale) == (412, "stale-version")
    confirmed(officer, again)
    now = done(officer.get(where))
    assert (now["ethnicity"], now["birth_date"], now["birth_year"]) == ("tay", "1980-05-13", 1980)


def test_what_changed_elsewhere_does_not_matter(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, two_homes()))
    home = next(h for h in done(officer.get("/api/v1/households"))["items"] if h["household_no"] == "001")
    made = checked(officer, book(head("001", "Nguyễn Văn Bình", H="036080001234", V="x")))
    where, tag = f"/api/v1/households/{home['id']}", {"If-Match": f'"{home["version"]}"'}
    done(officer.patch(where, json={"note": "đã gọi điện"}, headers=tag))
    confirmed(officer, made)
    now = done(officer.get(where))
    assert (now["note"], now["no_labour_capacity"]) == ("đã gọi điện", True)


def test_a_confirmation_that_is_cut_off_has_written_nothing(sign_in: SignIn, engine: Engine) -> None:
    """The server's connection to its database dies after households and people were written, before the classes."""
    officer = sign_in("truc-thai")
    made = checked(officer, two_homes())
    before = counts(engine)
    with engine.begin() as connection:
        connection.execute(text(_DIES))
    answer = officer.post(f"{IMPORTS}/{made['id']}/confirmation", json={})
    assert answer.status_code in (500, 503), answer.text
    assert counts(engine) == before
    assert done(officer.get(f"{IMPORTS}/{made['id']}"))["state"] == "checked"
    with engine.begin() as connection:
        connection.execute(text("DROP FUNCTION dies() CASCADE"))
    confirmed(officer, made)
    assert counts(engine)["household"] == before["household"] + 2


_DIES = """
CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM pg_terminate_backend(pg_backend_pid());
    RETURN NEW;
END $$;
CREATE TRIGGER dies BEFORE INSERT ON recognition_decision FOR EACH ROW EXECUTE FUNCTION dies();
"""


def test_long_files_are_checked_a_piece_at_a_time_with_the_same_few_statements(
    sign_in: SignIn, app: Any, monkeypatch: Any
) -> None:
    officer = sign_in("truc-thai")
    seen = []
    for size in (40, 400):
        monkeypatch.setattr(checking, "PIECE", size)
        content = []
        for home in range(size):
            content += [head(str(home), f"Nguyễn Văn {home}"), member(f"Con {home}"), member(f"Cháu {home}", "Cháu")]
        made = done(sent(officer, book(*content)))
        assert made["state"] == "read"
        assert size - 3 <= made["done"] <= size, "a piece ends where a household ends"
        with counted(app.state.engine) as statements:
            made = done(officer.post(f"{IMPORTS}/{made['id']}/checking"))
        seen.append(len(statements))
        while made["state"] == "read":
            made = done(officer.post(f"{IMPORTS}/{made['id']}/checking"))
        assert made["done"] == made["total"] == 3 * size + 3
        assert made["counts"] == {"not_data": 3, "new_household": size, "new_member": 2 * size}
    assert seen[0] == seen[1] <= 25, seen


def test_somebody_of_the_same_name_and_birth_is_asked_about_and_never_doubled(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, book(head("1", "Nguyễn Văn Bình"), member("Nguyễn Thị Chi"))))
    home = done(officer.get("/api/v1/households"))["items"][0]
    file = book(head("55", "Nguyễn Văn Bình"), member("Nguyễn Thị Chi"))
    made = checked(officer, file)
    found = rows(officer, made)
    assert [found[1, row]["verdict"] for row in (8, 9)] == ["question", "waiting"]
    asked = found[1, 8]
    assert asked["problems"] == ["maybe_same_household"]
    assert [one["record_id"] for one in asked["candidates"]] == [home["id"]]
    assert asked["choices"] == ["match", "create", "leave_out"]
    answer = officer.post(f"{IMPORTS}/{made['id']}/confirmation", json={"leave_out_errors": True})
    assert (refused(answer), answer.json()["questions"]) == ((409, "conflict"), 2)
    place = {"sheet": 1, "row": 8}
    same = answered(officer, made, place | {"choice": "match", "record_id": home["id"]})
    changes = rows(officer, same)[1, 8]["changes"]
    assert [(one["field"], one["old"], one["new"]) for one in changes] == [("household_no", "1", "55")]
    left = answered(officer, same, place | {"choice": "leave_out"})
    assert set(verdicts(officer, left).values()) == {"left_out"}
    other = answered(officer, left, place | {"choice": "create"}, {"sheet": 1, "row": 9, "choice": "create"})
    assert verdicts(officer, other) == {(1, 8): "new_household", (1, 9): "new_member"}
    confirmed(officer, other)
    assert len(done(officer.get("/api/v1/households"))["items"]) == 2


def test_the_same_name_and_birth_twice_in_a_file_is_asked_about(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = checked(officer, book(head("1", "Nguyễn Văn Bình"), head("2", "Nguyễn Văn Bình")))
    assert rows(officer, made)[1, 9]["problems"] == ["same_in_file"]
    assert set(verdicts(officer, answered(officer, made, {"sheet": 1, "row": 9, "choice": "create"})).values()) == {
        "new_household"
    }


def test_a_household_number_of_somebody_else_and_a_person_of_another_household(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, two_homes()))
    homes = {home["household_no"]: home for home in done(officer.get("/api/v1/households"))["items"]}
    made = checked(
        officer,
        book(
            head("001", "Phạm Văn Giang", F="01/01/1960"),
            head("002", "Trần Thị Dung", G="Nữ", F=1955, P="Hộ cận nghèo"),
            member("Nguyễn Văn Bình", "Con", F="12/05/1980", G="Nam", H="036080001234"),
        ),
    )
    found = rows(officer, made)
    assert [found[1, row]["problems"] for row in (8, 9, 10)] == [["other_head"], [], ["person_elsewhere"]]
    moved = found[1, 10]["candidates"][0]["record_id"]
    answers = (
        {"sheet": 1, "row": 8, "choice": "leave_out"},
        {"sheet": 1, "row": 10, "choice": "match", "record_id": moved},
    )
    confirmed(officer, answered(officer, made, *answers))
    assert done(officer.get(f"/api/v1/members/{moved}"))["household_id"] == homes["002"]["id"]


def test_a_household_behind_rows_that_are_no_data_is_never_cut_in_two(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = sign_in("truc-thai")
    monkeypatch.setattr(checking, "PIECE", 8)
    titles = [{"A": f"Ghi chú {line}"} for line in range(4)]  # eight rows with the title of the sheet, less than a home
    content = book(*titles, head("1", "Nguyễn Văn Bình"), *(member(f"Nguyễn Thị {n}") for n in ("An", "Chi", "Dung")))
    made = checked(officer, content)
    assert list(verdicts(officer, made).values()) == ["new_household", *["new_member"] * 3]
    confirmed(officer, made)
    (home,) = done(officer.get("/api/v1/households"))["items"]
    assert len(done(officer.get(f"/api/v1/households/{home['id']}/members"))["items"]) == 4
