"""Bad input: a problem with a pointer, never a 500, and nothing stored by halves."""

import json
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, text

from tests.conftest import SignIn
from tests.make.households import household_body, member_body, post_household, post_member

HOUSEHOLDS = "/api/v1/households"
JSON = {"Content-Type": "application/json"}


# One database for all: each case must leave it as it was.
HOUSEHOLD_CASES: list[tuple[dict[str, Any], str | None]] = [
    ({"hamlet_id": "14080-01"}, "#/hamlet_id"),
    ({"hamlet_id": None}, "#/hamlet_id"),
    ({"household_no": "1" * 21}, "#/household_no"),
    ({"household_no": 12}, "#/household_no"),
    ({"address": "a\x00b"}, "#/address"),
    ({"address": "a\nb"}, "#/address"),
    ({"note": "x" * 2001}, "#/note"),
    ({"note": "\ud800"}, "#/note"),
    ({"residence": "thường trú"}, "#/residence"),
    ({"residence": None}, "#/residence"),
    ({"no_labour_capacity": "yes"}, "#/no_labour_capacity"),
    ({"no_labour_capacity": 1}, "#/no_labour_capacity"),
    ({"head_member_id": 3}, "#/head_member_id"),
    ({"members": []}, "#/members"),
    ({"version": 1}, "#/version"),
    ({"x" * 400: 1}, None),
    ({"id": "không"}, "#/id"),
    ({"class_since": 0}, "#/class_since"),
    ({"status": "merged"}, "#/status"),
    ({"merged_into": str(uuid4())}, "#/merged_into"),
]


def test_a_household(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    for fields, pointer in HOUSEHOLD_CASES:
        body = json.dumps(household_body(**fields))
        _refused(officer.post(HOUSEHOLDS, content=body, headers=JSON), pointer, fields)
    assert _rows(engine) == 0


MEMBER_CASES: list[tuple[dict[str, Any], str]] = [
    ({"full_name": "  "}, "#/full_name"),
    ({"full_name": "x" * 121}, "#/full_name"),
    ({"full_name": None}, "#/full_name"),
    ({"sex": "nam"}, "#/sex"),
    ({"birth_year": 1899}, "#/birth_year"),
    ({"birth_year": 3000}, "#/birth_year"),
    ({"birth_year": 10**30}, "#/birth_year"),
    ({"birth_year": "1980"}, "#/birth_year"),
    ({"birth_year": 1980.5}, "#/birth_year"),
    ({"birth_year": True}, "#/birth_year"),
    ({"birth_year": None}, "#/birth_year"),
    ({"birth_year": None, "birth_date": "2999-01-01"}, "#/birth_date"),
    ({"birth_year": None, "birth_date": "1000-01-01"}, "#/birth_date"),
    ({"birth_year": None, "birth_date": "2023-02-30"}, "#/birth_date"),
    ({"birth_year": None, "birth_date": 0}, "#/birth_date"),
    ({"birth_year": None, "birth_date": "0"}, "#/birth_date"),
    ({"birth_year": 1980, "birth_date": "1981-01-01"}, "#/birth_year"),
    ({"relation_to_head": "vợ"}, "#/relation_to_head"),
    ({"ethnicity": "Kinh"}, "#/ethnicity"),
    ({"ethnicity": None}, "#/ethnicity"),
    ({"personal_id": "03608000123４"}, "#/personal_id"),
    ({"personal_id": "********1234"}, "#/personal_id"),
    ({"personal_id": "1" * 13}, "#/personal_id"),
    ({"personal_id": 36080001234}, "#/personal_id"),
    ({"pension": "true"}, "#/pension"),
    ({"merit_person": None}, "#/merit_person"),
    ({"disability": None}, "#/disability"),
    ({"left_on": "2024-13-01"}, "#/left_on"),
    ({"left_reason": "đi"}, "#/left_reason"),
    ({"household_id": str(uuid4())}, "#/household_id"),
    ({"occupation": {"a": 1}}, "#/occupation"),
]


def test_a_member(sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    rows = _rows(engine)
    for fields, pointer in MEMBER_CASES:
        body = json.dumps(member_body(**fields))
        _refused(officer.post(f"{HOUSEHOLDS}/{home}/members", content=body, headers=JSON), pointer, fields)
    assert _rows(engine) == rows


BODIES = (
    b"",
    b"{",
    b"[]",
    b"null",
    b'"a"',
    b"1e999",
    b"\xff",
    b'{"a":' * 2000,
    b"[" * 100_000,
    b'{"hamlet_id": "\\ud800"}',
)


def test_a_body_that_is_no_object(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    person = post_member(officer, post_household(officer)["id"])["id"]
    for body in BODIES:
        for method, path in (
            ("POST", HOUSEHOLDS),
            ("POST", f"{HOUSEHOLDS}/merge"),
            ("PATCH", f"/api/v1/members/{person}"),
            ("POST", "/api/v1/members/search"),
        ):
            answer = officer.request(method, path, content=body, headers=JSON | {"If-Match": '"1"'})
            assert answer.status_code in (400, 422), (path, body[:20], answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_query(sign_in: SignIn) -> None:
    queries = ("q=%00", "limit=0", "limit=1001", "class=giau", "status=x", "hamlet_id=1", "cursor=%FF")
    for query in (*queries, "q=" + "x" * 121):
        _refused(sign_in("truc-thai").get(f"{HOUSEHOLDS}?{query}"), f"#query/{query.split('=')[0]}", query)


def test_odd_queries_are_answered(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    post_member(officer, post_household(officer)["id"])
    for q in ("%20", "'", "\\", "_", "%25", "İ", "ﬀ", "🙂", "a" * 120, "%CC%81"):
        assert officer.get(f"{HOUSEHOLDS}?q={q}").status_code == 200


def test_an_if_match_that_names_no_version(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    for version in ("1", '"x"', '"1", "2"', '"99999999999999999999"', "ñ", "*", ""):
        headers = {b"If-Match": version.encode("utf-8")}
        answer = officer.patch(f"{HOUSEHOLDS}/{home}", json={"phone": "1"}, headers=headers)
        assert answer.status_code in (412, 428), version
    assert officer.get(f"{HOUSEHOLDS}/{home}").json()["version"] == 1


def test_an_id_that_is_no_uuid(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    for path in (f"{HOUSEHOLDS}/x", f"{HOUSEHOLDS}/x/members", "/api/v1/members/%00", f"{HOUSEHOLDS}/x/history"):
        assert officer.get(path).status_code == 422


def test_text_is_stored_composed_and_trimmed(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    made = post_member(officer, home, full_name="  Nguye\u0302\u0303n Va\u0306n A\u0301 ")
    assert made["full_name"] == "Nguyễn Văn Á"


def _refused(answer: Any, pointer: str | None, case: Any) -> None:
    assert answer.status_code == 422, (case, answer.text)
    problem = answer.json()
    assert problem["type"] in ("/problems/invalid", "/problems/invalid-cursor")
    if pointer is not None and problem["type"] == "/problems/invalid":
        assert pointer in [error["pointer"] for error in problem["errors"]], case
        assert all(error["details"]["vi"] for error in problem["errors"])


def _rows(engine: Engine) -> int:
    tables = ("household", "member", "record_version", "change_pending")
    with engine.connect() as connection:
        return sum(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables)
