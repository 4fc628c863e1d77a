"""Confirmation letters: what a household was on a day, a number a year, and a code that says nothing of a person."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session

from tests.make.decisions import people
from tests.make.recognitions import recognise
from tests.make.reviews import households

SignIn = Callable[[str], httpx.Client]
LETTERS = "/api/v1/confirmation-letters"


@pytest.fixture
def story(session: Session) -> dict[str, UUID]:
    """Lan was poor in 2022 and is near-poor since 2024; Hoa was poor and is not since 2024; Mai never had a class."""
    homes = dict(zip(("lan", "hoa", "mai"), households(session, 3), strict=True))
    for home in homes.values():
        people(session, home, 2)
    for name, then in (("lan", "near_poor"), ("hoa", "not_poor")):
        recognise(session, homes[name], "poor", date(2022, 12, 12), date(2024, 12, 11))
        recognise(session, homes[name], then, date(2024, 12, 11))
    session.commit()
    return homes


def written(client: httpx.Client, household_id: UUID, as_of: str, **more: Any) -> dict[str, Any]:
    answer = client.post(LETTERS, json={"household_id": str(household_id), "as_of": as_of} | more)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_letter_says_what_was_on_its_day(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    told = {
        (name, day): (letter["poverty_class"], letter["newly_escaped"], letter["decision"]["decided_on"])
        for name, day in (("lan", "2024-12-10"), ("lan", "2024-12-11"), ("hoa", "2024-12-10"), ("hoa", "2025-06-01"))
        for letter in [written(officer, story[name], day)]
    }
    assert told == {
        ("lan", "2024-12-10"): ("poor", False, "2022-12-12"),
        ("lan", "2024-12-11"): ("near_poor", True, "2024-12-11"),
        ("hoa", "2024-12-10"): ("poor", False, "2022-12-12"),
        ("hoa", "2025-06-01"): ("not_poor", True, "2024-12-11"),
    }
    listed = officer.get(LETTERS).json()["items"]
    assert sorted(item["book_no"] for item in listed) == [1, 2, 3, 4]
    assert officer.get(f"{LETTERS}/{listed[0]['id']}").json() == listed[0]


@pytest.mark.parametrize(("name", "day"), [("mai", "2024-12-31"), ("lan", "2022-12-11")])
def test_there_is_nothing_to_confirm_for_who_had_no_class(
    sign_in: SignIn, story: dict[str, UUID], name: str, day: str
) -> None:
    answer = sign_in("truc-thai").post(LETTERS, json={"household_id": str(story[name]), "as_of": day})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert sign_in("truc-thai").get(LETTERS).json()["items"] == []


def test_a_repeated_call_writes_one_letter(sign_in: SignIn, story: dict[str, UUID]) -> None:
    officer, own = sign_in("truc-thai"), str(uuid4())
    assert written(officer, story["lan"], "2024-12-31", id=own) == written(officer, story["lan"], "2024-12-31", id=own)
    body = {"id": own, "household_id": str(story["hoa"]), "as_of": "2024-12-31"}
    assert officer.post(LETTERS, json=body).json()["type"] == "/problems/already-exists"
    other = {"household_id": str(story["lan"]), "as_of": "2023-12-31"}
    keyed = [
        officer.post(LETTERS, json=one, headers={"Idempotency-Key": "k-1"})
        for one in (other, other, other | {"as_of": "2024-12-30"})
    ]
    assert (keyed[0].status_code, keyed[1].json()) == (201, keyed[0].json())
    assert keyed[2].json()["type"] == "/problems/idempotency-key-reused"
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: written(officer, story["lan"], "2024-12-31")["book_no"], range(6)))
    assert sorted(made) == list(range(3, 9))


def test_everybody_can_verify_a_letter_and_learns_nothing_of_a_person(
    sign_in: SignIn, nobody: httpx.Client, story: dict[str, UUID]
) -> None:
    letter = written(sign_in("truc-thai"), story["hoa"], "2025-06-01")
    assert re.fullmatch("[A-Z2-7]{32}", letter["code"])
    told = nobody.get(letter["verify_path"])
    assert told.json() == {
        "valid": True,
        "commune": "xã Trực Thái",
        "book_no": 1,
        "year": letter["year"],
        "issued_on": letter["issued_on"],
    }
    assert told.headers["Cache-Control"] == "no-store"
    # as a person types it, and as a program opens it
    assert nobody.get(f"/verify/{letter['code'].lower()}", params={"utm_source": "zalo"}).json() == told.json()
    page = nobody.get(letter["verify_path"], headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "xã Trực Thái" in page.text
    assert "Giấy xác nhận có thật" in page.text
    for said in (told.text, page.text):
        for secret in ("Nguyễn", str(story["hoa"]), "poor", "nghèo", "2025-06-01"):
            assert secret not in said, secret


def test_an_unknown_code_is_said_to_be_unknown(nobody: httpx.Client) -> None:
    answer = nobody.get("/verify/AAAAAAAAAAAAAAAA")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert {name: answer.json()[name] for name in ("valid", "commune", "book_no", "year", "issued_on")} == {
        "valid": False, "commune": None, "book_no": None, "year": None, "issued_on": None,
    }  # fmt: skip
    page = nobody.get("/verify/AAAAAAAAAAAAAAAA", headers={"Accept": "text/html"})
    assert "Không có giấy xác nhận nào mang mã này" in page.text
    assert "có thật" not in page.text


def test_only_who_prints_letters_writes_and_reads_them(sign_in: SignIn, story: dict[str, UUID]) -> None:
    letter = written(sign_in("truc-thai"), story["lan"], "2024-12-31")
    body = {"household_id": str(story["lan"]), "as_of": "2024-12-31"}
    for who in ("chu-tich", "xom-3", "ngan-hang", "mat-tran"):
        assert sign_in(who).post(LETTERS, json=body).status_code == 403
        assert sign_in(who).get(f"{LETTERS}/{letter['id']}").status_code == 403
    assert sign_in("truc-dai").post(LETTERS, json=body).status_code == 404
    assert sign_in("truc-dai").get(f"{LETTERS}/{letter['id']}").status_code == 404
    assert sign_in("truc-dai").get(LETTERS).json()["items"] == []
