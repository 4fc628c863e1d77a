"""Who sees which file, which are missing, and how a file is read."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from tests.make import files
from tests.make.households import post_household
from tests.make.reviews import counted
from tests.make.tablets import HAMLET, enrolled, push, review, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture(autouse=True)
def folder(app: FastAPI, tmp_path: Path) -> None:
    app.state.settings = app.state.settings.model_copy(update={"files": tmp_path / "files"})


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def url(data: bytes) -> str:
    return f"/api/v1/attachments/{files.sha(data)}"


def test_a_file_is_read_as_it_is(officer: httpx.Client, engine: Engine) -> None:
    scan = files.content(5000, "application/pdf")
    files.reviewed(officer, engine, files.declaration(scan, "application/pdf"))
    assert officer.get(url(scan)).status_code == 404
    files.sent(officer, scan)
    answer = officer.get(url(scan))
    assert (answer.status_code, answer.content) == (200, scan)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{files.sha(scan)[:16]}.pdf"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["etag"] == f'"{files.sha(scan)}"'
    again = officer.get(url(scan), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-99", (0, 99)), ("bytes=4900-", (4900, 4999)), ("bytes=-10", (4990, 4999)),
        ("bytes=-9999", (0, 4999)), ("bytes=10-99999", (10, 4999)), ("bytes=4999-4999", (4999, 4999)),
    ],
)  # fmt: skip
def test_a_part_of_a_file(officer: httpx.Client, engine: Engine, wanted: str, part: tuple[int, int]) -> None:
    photo = files.content(5000)
    files.reviewed(officer, engine, files.declaration(photo))
    files.sent(officer, photo)
    answer = officer.get(url(photo), headers={"Range": wanted})
    first, last = part
    assert (answer.status_code, answer.content) == (206, photo[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/5000"


def test_a_part_that_is_no_part(officer: httpx.Client, engine: Engine) -> None:
    photo = files.content(5000)
    files.reviewed(officer, engine, files.declaration(photo))
    files.sent(officer, photo)
    for wanted in ("bytes=5000-", "bytes=-0"):
        answer = officer.get(url(photo), headers={"Range": wanted})
        assert (answer.status_code, answer.json()["type"]) == (416, "/problems/range-not-satisfiable")
        assert answer.headers["content-range"] == "bytes */5000"
    for wanted in ("bytes=5-2", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "x", "bytes=٣-٤"):
        answer = officer.get(url(photo), headers={b"Range": wanted.encode()})
        assert (answer.status_code, answer.content) == (200, photo), wanted
    other = {"Range": "bytes=0-9", "If-Range": '"another file"'}
    assert officer.get(url(photo), headers=other).content == photo
    same = {"Range": "bytes=0-9", "If-Range": f'"{files.sha(photo)}"'}
    assert officer.get(url(photo), headers=same).content == photo[:10]


def test_who_may_read_the_household_and_its_answers_may_read_its_files(
    officer: httpx.Client, sign_in: SignIn, engine: Engine
) -> None:
    photo = files.content()
    files.reviewed(officer, engine, files.declaration(photo))
    files.sent(officer, photo)
    asked = {
        person: sign_in(person).get(url(photo))
        for person in ("xom-3", "chu-tich", "truc-ninh", "mat-tran", "xom-4", "truc-dai", "xom-td-1")
    }
    assert {person: answer.status_code for person, answer in asked.items()} == {
        "xom-3": 200, "chu-tich": 200, "truc-ninh": 403, "mat-tran": 403, "xom-4": 404, "truc-dai": 404,
        "xom-td-1": 404,
    }  # fmt: skip
    assert asked["truc-ninh"].json()["permission"] == "persons:sensitive"
    assert asked["mat-tran"].json()["permission"] == "households:read"


def test_what_is_missing_is_a_question(officer: httpx.Client, sign_in: SignIn, engine: Engine) -> None:
    home, round_id = files.home_in_round(engine)
    device = enrolled(engine, "xom-3")
    photos = [files.content() for _ in range(5)]
    sent = review(str(home), str(round_id), attachments=[files.declaration(photo) for photo in photos])
    (outcome,) = push(sign_in("xom-3"), device, submission("review", sent))
    assert outcome["outcome"] == "applied"
    files.sent(officer, photos[1])
    seen, cursor = [], None
    for _ in range(10):
        page = officer.get("/api/v1/attachments", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [one["sha256"] for one in seen] == [files.sha(photo) for n, photo in enumerate(photos) if n != 1]
    first = seen[0]
    assert (first["entity"], first["record_id"], first["household_id"], first["hamlet_id"], first["arrived_at"]) == (
        "review", outcome["id"], str(home), HAMLET[3], None,
    )  # fmt: skip
    assert (first["size"], first["media_type"], first["purpose"]) == (1000, "image/jpeg", "house")
    assert first["device_id"] == device
    (here,) = officer.get("/api/v1/attachments", params={"state": "present"}).json()["items"]
    assert (here["sha256"], here["arrived_at"] is not None) == (files.sha(photos[1]), True)
    for person in ("xom-4", "truc-dai"):
        assert sign_in(person).get("/api/v1/attachments").json()["items"] == []
    assert len(sign_in("truc-ninh").get("/api/v1/attachments").json()["items"]) == 4


def test_a_page_of_reviews_asks_once_for_all_its_files(officer: httpx.Client, engine: Engine, app: FastAPI) -> None:
    def asked() -> int:
        with counted(app.state.engine) as statements:
            assert officer.get("/api/v1/reviews").status_code == 200
        return len(statements)

    files.reviewed(officer, engine, files.declaration(files.content()))
    one = asked()
    for _ in range(4):
        files.reviewed(officer, engine, *(files.declaration(files.content()) for _ in range(3)))
    assert asked() == one


def test_a_batch_declares_all_its_files_with_one_statement(sign_in: SignIn, engine: Engine, app: FastAPI) -> None:
    surveyor, device = sign_in("xom-3"), enrolled(engine, "xom-3")

    def sent(count: int) -> int:
        made = [files.home_in_round(engine) for _ in range(count)]
        declared = [[files.declaration(files.content()) for _ in range(2)] for _ in range(count)]
        with counted(app.state.engine) as statements:
            push(surveyor, device, *(
                submission("review", review(str(home), str(round_id), attachments=own), seq=n)
                for n, ((home, round_id), own) in enumerate(zip(made, declared, strict=True))
            ))  # fmt: skip
        return sum("INSERT INTO attachment_link" in statement for statement in statements)

    assert (sent(1), sent(6)) == (1, 1)
    assert len(surveyor.get("/api/v1/attachments").json()["items"]) == 14


def test_files_go_with_their_household_and_its_surveyor_still_hands_them_in(
    officer: httpx.Client, sign_in: SignIn, engine: Engine
) -> None:
    photo, late = files.content(), files.content()
    made = files.reviewed(sign_in("xom-3"), engine, files.declaration(photo), files.declaration(late))
    files.sent(sign_in("xom-3"), photo)
    home = f"/api/v1/households/{made['household_id']}"
    move = {"hamlet_id": HAMLET[4], "moved_on": "2024-10-01", "reason": "về quê"}
    version = officer.get(home).headers["etag"]
    moved = officer.post(f"{home}/move", json=move, headers={"If-Match": version})
    assert moved.is_success, moved.text
    assert sign_in("xom-3").get(url(photo)).status_code == 404
    assert sign_in("xom-4").get(url(photo)).content == photo
    assert files.put(sign_in("xom-5"), late, late).status_code == 404
    files.sent(sign_in("xom-3"), late)
    assert sign_in("xom-3").get(url(late)).status_code == 404
    assert sign_in("xom-4").get(f"/api/v1/reviews/{made['id']}").json()["attachments_present"] == 2

    survivor = post_household(officer, hamlet_id=HAMLET[5])
    merge = {"survivor_id": survivor["id"], "absorbed_id": made["household_id"], "reason": "ghi hai lần"}
    merged = officer.post("/api/v1/households/merge", json=merge)
    assert merged.is_success, merged.text
    assert [sign_in(person).get(url(photo)).status_code for person in ("xom-4", "xom-5")] == [404, 200]
    shown = sign_in("xom-5").get("/api/v1/attachments", params={"state": "present"}).json()["items"]
    assert {one["household_id"] for one in shown} == {survivor["id"]}
