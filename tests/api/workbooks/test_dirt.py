"""A file as communes really have them: each kind of dirt is read, asked about, or told in words with its row."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
from openpyxl import load_workbook

from api.workbooks import layout
from tests.make.answers import done
from tests.make.households import hamlet
from tests.make.workbooks import IMPORTS, book, checked, codes, confirmed, head, member, rows, saved, verdicts

SignIn = Callable[[str], httpx.Client]
HEADINGS = {column.column: column.heading for column in layout.sheets()[0].columns}


def person(officer: httpx.Client, name: str) -> dict[str, Any]:
    """The person of that name, of the only household that has one."""
    for home in done(officer.get("/api/v1/households"))["items"]:
        for found in done(officer.get(f"/api/v1/households/{home['id']}/members"))["items"]:
            if found["full_name"] == name:
                return found
    raise AssertionError(f"nobody is called {name}")


def test_a_file_full_of_dirt_is_read_row_by_row(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    content = book(
        HEADINGS,
        {letter: place for place, letter in enumerate(HEADINGS, 1)},
        head(7.0, "  Nguyễn  Văn Hoà ", F=date(1980, 5, 12), H=36080001234, N="xom 03 ", O=" KINH "),
        member("Nguyễn Thị Hoa", "vợ", F="1/2/82", H=None),
        member("Nguyễn Văn Út", "con trai", F=2012, G="nam", H=36212001234.0),
        HEADINGS,
        head("8", "Trần Thị Chín", E=None, G="nữ", F="30-04-1950", H="123456789", P="HN"),
        {"A": "Tổng cộng", "C": "2 hộ"},
        {"K": "Người lập biểu"},
    )
    made = checked(officer, content)
    found = rows(officer, made)
    assert verdicts(officer, made) == {
        (1, 10): "new_household", (1, 11): "error", (1, 12): "new_member", (1, 14): "new_household",
    }  # fmt: skip
    assert codes(found[1, 10]) == {"number_padded"}
    assert codes(found[1, 11]) == {"birth_unreadable"}
    told = found[1, 11]["notes"][0]
    assert told["vi"] == "Dòng 11: ngày sinh «1/2/82» không đọc được; sửa thành dd/mm/yyyy hoặc ghi năm sinh."
    assert told["column"] == "F"
    assert codes(found[1, 12]) == {"number_padded", "ethnicity_of_first"}
    assert codes(found[1, 14]) == {"number_old"}
    confirmed(officer, made, leave_out_errors=True)
    assert person(officer, "Nguyễn Văn Hoà") | {"id": 0} == person(officer, "Nguyễn Văn Hoà") | {
        "id": 0, "personal_id": "036080001234", "birth_date": "1980-05-12", "ethnicity": "kinh",
    }  # fmt: skip
    assert person(officer, "Nguyễn Văn Út")["birth_year"] == 2012
    assert person(officer, "Trần Thị Chín")["personal_id"] == "123456789"
    homes = {home["household_no"]: home for home in done(officer.get("/api/v1/households"))["items"]}
    assert {no: (h["hamlet_id"], h["current_class"]) for no, h in homes.items()} == {
        "7": (hamlet(3), "poor"), "8": (hamlet(3), "poor"),
    }  # fmt: skip


def test_merged_cells_are_the_first_row_of_the_household(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    read = load_workbook(io.BytesIO(book(head("7", "Nguyễn Văn Hòa"), member("Nguyễn Thị Lan"))))
    for letter in ("B", "C", "N", "O", "P", "Q", "R"):
        read.worksheets[0].merge_cells(f"{letter}8:{letter}9")
    assert verdicts(officer, checked(officer, saved(read))) == {(1, 8): "new_household", (1, 9): "new_member"}


def test_household_fields_filled_down_are_one_household(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    first = head("7", "Nguyễn Văn Hòa")
    second = first | member("Nguyễn Thị Lan")
    third = head("8", "Nguyễn Văn Hòa", F="01/01/1970")
    made = checked(officer, book(first, second, third))
    assert verdicts(officer, made) == {(1, 8): "new_household", (1, 9): "new_member", (1, 10): "new_household"}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a day that is none": ({"F": "32/13/1980"}, "birth_unreadable"),
    "a birth to come": ({"F": "01/01/2090"}, "birth_unreadable"),
    "no birth": ({"F": None}, "birth_missing"),
    "no sex": ({"G": None}, "sex_missing"),
    "a sex nobody has": ({"G": "1"}, "sex_unknown"),
    "a hamlet that is not there": ({"N": "Xóm 99"}, "hamlet_unknown"),
    "no hamlet": ({"N": None}, "hamlet_missing"),
    "another commune": ({"L": "Trực Đại"}, "commune_differs"),
    "an ethnic group that is not there": ({"O": "Klingon"}, "ethnicity_unknown"),
    "no ethnic group": ({"O": None}, "ethnicity_missing"),
    "a class that is not there": ({"P": "giàu"}, "class_unknown"),
    "a class without its decision": ({"Q": None, "R": None}, "class_without_decision"),
    "a class without the day": ({"R": None}, "class_without_decision"),
    "a day of decision that is none": ({"R": "hôm qua"}, "decision_day_unreadable"),
    "a decision to come": ({"R": "01/01/2090"}, "decision_in_future"),
    "a number with letters": ({"H": "03608000123A"}, "number_unreadable"),
    "a number as a power": ({"H": "3.6E+10"}, "number_unreadable"),
    "a number that lost its zero as text": ({"H": "36080001234"}, "number_length"),
    "points that cannot be": ({"T": 35}, "score_unreadable"),
    "a mark that is none": ({"V": "có lẽ"}, "flag_unknown"),
    "a relation that is none": ({"E": "người dưng"}, "relation_unknown"),
    "a name of digits": ({"C": "123", "D": "123"}, "field_invalid"),
    "a household number that is too long": ({"B": "1" * 30}, "field_invalid"),
    "a code that is not ours": ({"AB": "5b0e6a52-0000-4000-8000-000000000000"}, "code_unknown"),
    "a code that is no code": ({"AB": "xyz"}, "code_unknown"),
}


def test_what_is_wrong_is_told_in_words_and_keeps_its_household_out(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    content: list[dict[str, Any]] = []
    for number, (cells, _) in enumerate(WRONG.values(), start=1):
        content += [head(str(number), f"Nguyễn Văn {chr(64 + number)}", **cells), member("Nguyễn Thị Lan")]
    made = checked(officer, book(*content))
    found = rows(officer, made)
    for place, (name, (_, code)) in enumerate(WRONG.items()):
        first, second = found[1, 8 + 2 * place], found[1, 9 + 2 * place]
        assert (first["verdict"], second["verdict"]) == ("error", "error"), (name, first, second)
        assert code in first["problems"], (name, first)
        assert "home_in_error" in second["problems"], name
        words = next(note for note in first["notes"] if note["code"] == code)
        assert words["vi"].startswith(f"Dòng {first['row']}: "), name
        assert words["en"].startswith(f"Row {first['row']}: "), name
    assert list(rows(officer, made, problem="hamlet_missing")) == [(1, 8 + 2 * list(WRONG).index("no hamlet"))]
    refused = officer.post(f"{IMPORTS}/{made['id']}/confirmation", json={})
    assert (refused.status_code, refused.json()["error_rows"]) == (409, 2 * len(WRONG))
    confirmed(officer, made, leave_out_errors=True)
    assert done(officer.get("/api/v1/households"))["items"] == []


def test_people_without_a_head_and_with_two(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = checked(
        officer,
        book(
            member("Nguyễn Thị Lạc"),
            head("7", "Nguyễn Văn Hòa"),
            member("Nguyễn Văn Hai", "Chủ hộ"),
            head("8", "Trần Văn Ba", E="Con"),
        ),
    )
    found = rows(officer, made)
    assert [found[1, row]["problems"] for row in (8, 9, 10, 11)] == [["no_home"], [], ["two_heads"], ["no_head"]]
    assert any("dòng 9" in note["vi"] for note in found[1, 10]["notes"])


def test_the_same_person_or_household_twice_in_a_file(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = checked(
        officer,
        book(
            head("7", "Nguyễn Văn Hòa", H="036080001234"),
            head("8", "Trần Văn Ba", H="036080001234"),
            head("7", "Lê Văn Tư", F="01/01/1966"),
        ),
    )
    found = rows(officer, made)
    assert [found[1, row]["problems"] for row in (8, 9, 10)] == [[], ["twice"], ["household_twice"]]


def test_a_mapping_teaches_words_hamlets_columns_and_the_decision_of_a_sheet(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    first = head("7", "Nguyễn Văn Hòa", N="Xóm Đông", P="Diện A", Q=None, R=None, F=None, Y="12/05/1980")
    made = checked(officer, book(first, member("Nguyễn Thị Lan", "thím", F=None, Y=1950)))
    assert set(verdicts(officer, made).values()) == {"error"}
    where, mapping = f"{IMPORTS}/{made['id']}", made["mapping"]
    sheet = mapping["sheets"][0]
    sheet["columns"]["birth"] = "Y"
    sheet |= {"decision_no": "77/QĐ-UBND", "decided_on": "2023-12-11"}
    patch = {
        "sheets": mapping["sheets"], "hamlets": {"xóm đông": hamlet(2)}, "classes": {"diện a": "near_poor"},
        "relations": {"Thím": "in_law"},
    }  # fmt: skip
    stale = officer.patch(where, json=patch, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    changed = done(officer.patch(where, json=patch, headers={"If-Match": f'"{made["version"]}"'}))
    assert verdicts(officer, changed) == {(1, 8): "new_household", (1, 9): "new_member"}
    confirmed(officer, changed)
    home = done(officer.get("/api/v1/households"))["items"][0]
    assert (home["hamlet_id"], home["current_class"], home["class_since"]) == (hamlet(2), "near_poor", "2023-12-11")
    assert person(officer, "Nguyễn Thị Lan")["relation_to_head"] == "in_law"


def test_a_mapping_to_elsewhere_or_of_nothing_is_refused(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = checked(officer, book(head("7", "Nguyễn Văn Hòa")))
    where, tag = f"{IMPORTS}/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    assert officer.patch(where, json={"hamlets": {"Xóm 3": hamlet(1, "14071")}}, headers=tag).status_code == 404
    assert officer.patch(where, json={"sheets": None}, headers=tag).status_code == 422
    sheet = {"sheet": 1, "role": "listed", "first_row": 8, "columns": {"shoe_size": "B"}}
    assert officer.patch(where, json={"sheets": [sheet]}, headers=tag).status_code == 422
    assert officer.patch(where, json={"classes": {"A": "rich"}}, headers=tag).status_code == 422
    assert officer.patch(where, json={"classes": {}}).status_code == 428


def test_a_cover_sheet_does_not_take_the_place_of_the_titled_list(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    read = load_workbook(io.BytesIO(book(head("7", "Nguyễn Văn Hòa"))))
    cover = read.create_sheet("Bìa", 0)
    cover["A1"] = "UBND XÃ TRỰC THÁI"
    made = checked(officer, saved(read))
    assert [one["role"] for one in made["mapping"]["sheets"]] == [
        "ignored", "listed", "escaped_poor", "escaped_near_poor",
    ]  # fmt: skip
    assert verdicts(officer, made) == {(2, 8): "new_household"}
