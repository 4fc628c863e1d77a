"""What a refusal says: which text is wrong and why, in the reader's language; and that a mistyped filter is refused."""

import sys
import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Literal

import httpx
import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy.exc import DataError

from api.accounts.schemas import Password, Username
from api.errors import from_database
from api.field_errors import translate
from api.insurance.schemas import Month
from api.problems import CATALOGUE, Invalid
from api.reviews.review_schemas import Answer
from api.schema import Line20, Line120, Note, PersonName
from tests.house.wire_document import operations

SignIn = Callable[[str], httpx.Client]


def refusal(kind: Any, value: object) -> Any:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return translate(caught.value.errors()[0])


@pytest.mark.parametrize(
    ("kind", "value", "code", "vi"),
    [
        (Line20, "x" * 21, "string_too_long", "Nhiều nhất 20 ký tự."),
        (Line20 | None, "x" * 21, "string_too_long", "Nhiều nhất 20 ký tự."),
        (Note, "x" * 2001, "string_too_long", "Nhiều nhất 2000 ký tự."),
        (PersonName, "  ", "string_too_short", "Cần ít nhất 1 ký tự."),
        (Annotated[Note, Field(min_length=1)], " ", "too_short", "Không được để trống."),
        (Annotated[Line20 | None, Field(min_length=1)], "", "too_short", "Không được để trống."),
        (Annotated[list[int], Field(min_length=1)], [], "too_short", "Cần ít nhất 1 mục."),
        (Month, "2024-06-02", "not_first_of_month", "Phải là ngày đầu tháng, ví dụ 2024-06-01."),
        (Username, "x" * 41, "string_too_long", "Nhiều nhất 40 ký tự."),
        (Username, "x", "string_too_short", "Cần ít nhất 2 ký tự."),
        (Password, "x" * 201, "string_too_long", "Nhiều nhất 200 ký tự."),
        (Annotated[list[int], "few"], "x", "list_type", "Phải là danh sách."),
        (PersonName, "12 - 3", "name_without_letter", "Tên cần có ít nhất một chữ cái."),
        (PersonName, "An\u202egnoD", "text_invisible", "Có ký tự ẩn không nhìn thấy được. Hãy xoá và gõ lại."),
        (Line120, "\u200b", "text_invisible", "Có ký tự ẩn không nhìn thấy được. Hãy xoá và gõ lại."),
        (Line120, "Lan\u3164", "text_invisible", "Có ký tự ẩn không nhìn thấy được. Hãy xoá và gõ lại."),
        (Line120, "a\u2028b", "text_not_one_line", "Chỉ được một dòng, không có ký tự điều khiển."),
        (Answer, [["a"]], "answer_type", "Phải là văn bản, số, đúng hoặc sai, hoặc danh sách mã."),
    ],
)
def test_a_text_is_refused_in_words_about_texts(kind: Any, value: object, code: str, vi: str) -> None:
    said = refusal(kind, value)
    assert (said.code, said.vi) == (code, vi)


def test_every_format_character_of_unicode_is_refused_and_no_name_is() -> None:
    name: TypeAdapter[Any] = TypeAdapter(PersonName)
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) == "Cf":
            with pytest.raises(ValidationError):
                name.validate_python(f"A{chr(point)}B")
    for good in ("Nguyễn Thị Ổn", "Y", "H'Hen Niê", "K’Sor H’Bia", "Trần Văn Á-2", "李 小龙"):
        assert name.validate_python(good) == unicodedata.normalize("NFC", good)


def test_codes_are_listed_without_a_language() -> None:
    class Form(BaseModel):
        state: Literal["permanent", "temporary", "gone"]

    said = refusal(Form, {"state": "x"})
    assert said.vi == "Chỉ nhận: permanent, temporary, gone."
    assert said.en == "Must be one of: permanent, temporary, gone."


def test_a_value_the_database_refuses_is_an_error_with_a_place() -> None:
    problem = from_database(DataError("SELECT", {}, Exception("out of range")))
    assert isinstance(problem, Invalid)
    assert [(e.pointer, e.code) for e in problem.errors] == [("#", "not_storable")]


def test_nul_in_a_search_is_told_with_its_place(sign_in: SignIn) -> None:
    for who, address in (("admin", "/api/v1/users?q=%00"), ("truc-thai", "/api/v1/households?q=%00")):
        answer = sign_in(who).get(address)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#query/q"), address


@pytest.mark.parametrize(
    "address", ["areas?level=hamlet&as_of=2024-01-01&limit=5", "households?class=poor&q=an&limit=5"]
)
def test_parameters_that_are_declared_pass(sign_in: SignIn, address: str) -> None:
    assert sign_in("truc-thai").get(f"/api/v1/{address}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("vi;q=0.1, en;q=0.9", "en"),
        ("en;q=0.1, vi", "vi"),
        ("en-GB,vi;q=0.8", "en"),
        ("fr, en;q=0", "vi"),
        ("en;q=zzz", "vi"),
        ("vi, en", "vi"),
        ("", "vi"),
    ],
)
def test_the_language_liked_best_is_spoken(nobody: httpx.Client, asked: str, language: str) -> None:
    answer = nobody.get("/api/v1/me", headers={"Accept-Language": asked})
    assert answer.headers["Content-Language"] == language


def test_the_type_of_every_problem_is_an_address_that_answers(nobody: httpx.Client) -> None:
    for slug, kind in CATALOGUE.items():
        page = nobody.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert kind.title.vi in page.text
        assert kind.title.en.split("'")[0] in page.text
    assert nobody.get("/problems/no-such").json()["type"] == "/problems/not-found"


def test_the_page_of_the_wire_names_its_version_and_no_empty_tag(nobody: httpx.Client) -> None:
    document = nobody.get("/openapi.json").json()
    assert document["info"]["version"] != "0"
    used = {tag for o in operations(document) for tag in o.said["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used
