"""The class in a file is history of a decision on paper: recorded once, added to, never put over the register."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.make.answers import done
from tests.make.workbooks import answered, book, checked, codes, confirmed, head, rows, verdicts

SignIn = Callable[[str], httpx.Client]
YEAR_BEFORE = {"Q": "60/QĐ-UBND", "R": "12/12/2022"}
ONE_YEAR_ON = {"Q": "91/QĐ-UBND", "R": "10/12/2024"}


def classes(officer: httpx.Client) -> dict[str, list[tuple[Any, ...]]]:
    """Household number -> its classes with their days, oldest first."""
    homes = {home["id"]: home["household_no"] for home in done(officer.get("/api/v1/households"))["items"]}
    found: dict[str, list[tuple[Any, ...]]] = {}
    for one in done(officer.get("/api/v1/recognitions"))["items"]:
        said = (one["from_day"], one["poverty_class"], one["to_day"])
        found.setdefault(homes[one["household_id"]], []).append(said)
    return {number: sorted(said) for number, said in found.items()}


def test_a_second_file_of_the_same_decision_adds_its_households(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, book(head("1", "Nguyễn Văn Bình"))))
    confirmed(officer, checked(officer, book(head("2", "Trần Văn Chung", N="Xóm 4"))))
    decisions = done(officer.get("/api/v1/recognition-decisions"))["items"]
    assert [(one["number"], one["decided_on"], one["state"]) for one in decisions] == [
        ("77/QĐ-UBND", "2023-12-11", "signed")
    ]
    lines = done(officer.get(f"/api/v1/recognition-decisions/{decisions[0]['id']}/households"))["items"]
    assert len(lines) == 2


def test_years_in_their_order_make_a_history_and_an_earlier_one_is_asked_about(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, book(head("1", "Nguyễn Văn Bình"))))
    made = checked(officer, book(head("1", "Nguyễn Văn Bình", P="Hộ nghèo", **ONE_YEAR_ON)))
    changes = {one["field"]: (one["old"], one["new"]) for one in rows(officer, made)[1, 8]["changes"]}
    assert changes["decision"] == ("77/QĐ-UBND", "91/QĐ-UBND (10/12/2024)")
    confirmed(officer, made)
    assert classes(officer)["1"] == [("2023-12-11", "poor", "2024-12-09"), ("2024-12-10", "poor", None)]
    earlier = checked(officer, book(head("1", "Nguyễn Văn Bình", P="Hộ cận nghèo", **YEAR_BEFORE)))
    asked = rows(officer, earlier)[1, 8]
    assert (asked["problems"], asked["choices"]) == (["class_differs"], ["keep", "leave_out"])
    kept = answered(officer, earlier, {"sheet": 1, "row": 8, "choice": "keep"})
    assert verdicts(officer, kept) == {(1, 8): "same"}
    assert "class_kept" in codes(rows(officer, kept)[1, 8])


def test_another_class_than_the_registers_is_a_question_and_taken_only_when_told_to(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, book(head("1", "Nguyễn Văn Bình"))))
    before = classes(officer)
    same_paper = checked(officer, book(head("1", "Nguyễn Văn Bình", P="Hộ cận nghèo")))
    asked = rows(officer, same_paper)[1, 8]
    assert (asked["problems"], asked["choices"]) == (["class_differs"], ["keep", "leave_out"])
    assert "«Hộ nghèo»" in asked["notes"][0]["vi"]
    made = checked(officer, book(head("1", "Nguyễn Văn Bình", P="Hộ cận nghèo", **ONE_YEAR_ON)))
    assert rows(officer, made)[1, 8]["choices"] == ["keep", "take", "leave_out"]
    assert classes(officer) == before
    confirmed(officer, answered(officer, made, {"sheet": 1, "row": 8, "choice": "take"}))
    assert classes(officer)["1"] == [("2023-12-11", "poor", "2024-12-09"), ("2024-12-10", "near_poor", None)]


def test_who_escaped_needs_a_decision_and_a_past(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    confirmed(officer, checked(officer, book(head("1", "Nguyễn Văn Bình"), head("2", "Trần Văn Chung"))))

    def escaped(name: str, **more: Any) -> dict[str, Any]:
        return {
            "C": name,
            "D": "Chủ hộ",
            "E": "Nam",
            "F": "12/05/1980",
            "H": "Kinh",
            "I": "Xóm 3, xã Trực Thái",
            **more,
        }

    made = checked(officer, book(escaped_poor=[escaped("Nguyễn Văn Bình"), escaped("Lê Văn Lạ", F=1950)]))
    assert rows(officer, made)[2, 10]["problems"] == ["class_without_decision"]
    sheets = made["mapping"]["sheets"]
    sheets[1] |= {"decision_no": "92/QĐ-UBND", "decided_on": "2024-12-10"}
    where, tag = f"/api/v1/workbook-imports/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    decided = done(officer.patch(where, json={"sheets": sheets}, headers=tag))
    found = rows(officer, decided)
    assert found[2, 10]["problems"] == ["maybe_same_household"]
    assert found[2, 10]["choices"] == ["match", "leave_out"]
    assert found[2, 11]["problems"] == ["not_in_register"]
    home = found[2, 10]["candidates"][0]["record_id"]
    answer = {"sheet": 2, "row": 10, "choice": "match", "record_id": home}
    known = answered(officer, decided, answer)
    asked = rows(officer, known)[2, 10]
    assert (asked["problems"], asked["choices"]) == (["class_differs"], ["keep", "take", "leave_out"])
    taken = answered(officer, known, answer, {"sheet": 2, "row": 10, "choice": "take"})
    confirmed(officer, taken, leave_out_errors=True)
    assert classes(officer)["1"][-1] == ("2024-12-10", "not_poor", None)
