"""Files handed in piece by piece: resumed, checked, refused, stored once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text

from api.attachments import store
from api.attachments.schemas import MOST_BYTES
from api.programmes.catalogue import catalogue
from tests.make import files, procedure, programme_work, rounds, tablets
from tests.make.answers import done, refused
from tests.make.interventions import serving
from tests.make.people import account_id
from tests.make.reviews import household
from tests.make.tablets import enrolled, pull, push, review, submission

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def surveyor(sign_in: SignIn) -> httpx.Client:
    return sign_in("xom-3")


@pytest.fixture(autouse=True)
def folder(app: FastAPI, tmp_path: Path) -> Iterator[Path]:
    """A folder of files for this test alone."""
    app.state.settings = app.state.settings.model_copy(update={"files": tmp_path / "files"})
    yield tmp_path / "files"
    left = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert {oct(path.stat().st_mode & 0o777) for path in left} <= {"0o600"}


def test_the_limits_are_told(surveyor: httpx.Client) -> None:
    told = surveyor.get("/sync/v1/info").json()
    assert (told["max_attachment_bytes"], told["attachment_chunk_bytes"]) == (20 * 1024 * 1024, 512 * 1024)
    assert told["attachment_types"] == ["image/jpeg", "image/png", "image/webp", "application/pdf"]


def test_a_photo_comes_in_pieces_and_is_there_when_it_is_said_to_be(
    surveyor: httpx.Client, engine: Engine, folder: Path
) -> None:
    photo = files.content(300_000)
    made = files.reviewed(surveyor, engine, files.declaration(photo))
    assert (made["attachments_present"], made["attachments_declared"]) == (0, 1)
    asked = surveyor.get(files.address(photo))
    nothing = {
        "sha256": files.sha(photo),
        "size": 300_000,
        "media_type": "image/jpeg",
        "received": 0,
        "complete": False,
        "durable": False,
    }
    assert (asked.status_code, asked.json()) == (200, nothing)
    for start in range(0, 300_000, 100_000):
        answer = files.put(surveyor, photo, photo[start : start + 100_000], start)
        end = start + 100_000
        assert (answer.status_code, answer.json()) == (200, nothing | {"received": end, "complete": end == 300_000})
    assert store.whole(folder, files.sha(photo)).read_bytes() == photo
    assert list((folder / "partial").iterdir()) == []
    assert surveyor.get(files.address(photo)).json() == nothing | {"received": 300_000, "complete": True}
    again = surveyor.get(f"/api/v1/reviews/{made['id']}").json()
    assert (again["attachments_present"], again["attachments"][0]["present"]) == (1, True)


def test_every_piece_goes_to_the_end_of_what_is_there(surveyor: httpx.Client, engine: Engine) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo))
    assert files.put(surveyor, photo, photo[:400]).json()["received"] == 400
    for wrong in (0, 399, 401, 1000, 5000):
        answer = files.put(surveyor, photo, photo[wrong:], wrong)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/wrong-offset")
        assert answer.json()["received"] == 400
        assert "400" in answer.json()["details"]["vi"]
    assert files.put(surveyor, photo, b"", 400).json()["received"] == 400
    assert files.put(surveyor, photo, photo[400:], 400).json()["complete"]


def test_more_than_was_declared_is_not_taken(surveyor: httpx.Client, engine: Engine) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo))
    assert files.put(surveyor, photo, photo[:400]).json()["received"] == 400
    for body in (photo[400:] + b"!", iter([photo[400:], b"!"])):
        answer = surveyor.put(files.address(photo), params={"offset": 400}, content=body)
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        there = surveyor.get(files.address(photo)).json()["received"]
        assert there == 400 or there == 1000  # what came before the first byte too many may stay
    assert files.put(surveyor, photo, photo[there:], there).json()["complete"]


def test_what_is_not_the_declared_file_is_let_go_with_words(
    surveyor: httpx.Client, engine: Engine, folder: Path
) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo))
    answer = files.put(surveyor, photo, photo[:-1] + bytes([photo[-1] ^ 1]))
    said = answer.json()
    assert (answer.status_code, said["type"], said["reason"], said["received"]) == (
        422, "/problems/hash-mismatch", "sha256", 0,
    )  # fmt: skip
    assert "gửi lại" in said["details"]["vi"]
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    files.sent(surveyor, photo)


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp", "application/pdf"])
def test_a_file_is_of_the_type_that_was_declared(surveyor: httpx.Client, engine: Engine, media_type: str) -> None:
    good = files.content(500, media_type)
    page = b"<!doctype html><script>alert(1)</script>" + files.content(500)
    made = [files.declaration(good, media_type), files.declaration(page, media_type)]
    files.reviewed(surveyor, engine, *made)
    files.sent(surveyor, good)
    answer = files.put(surveyor, page, page)
    assert (answer.status_code, answer.json()["type"], answer.json()["reason"]) == (
        422, "/problems/hash-mismatch", "media_type",
    )  # fmt: skip
    assert not surveyor.get(files.address(page)).json()["complete"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"size": MOST_BYTES + 1}, "#/attachments/0/size"),
        ({"size": 0}, "#/attachments/0/size"),
        ({"media_type": "text/html"}, "#/attachments/0/media_type"),
        ({"media_type": "image/svg+xml"}, "#/attachments/0/media_type"),
        ({"sha256": "A" * 64}, "#/attachments/0/sha256"),
    ],
)
def test_what_could_not_be_taken_is_not_declared(
    surveyor: httpx.Client, engine: Engine, change: dict[str, Any], place: str
) -> None:
    home, round_id = files.home_in_round(engine)
    sent = review(str(home), str(round_id), attachments=[files.declaration(files.content()) | change])
    answer = surveyor.post("/api/v1/reviews", json=sent)
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [place])
    outcome = push(surveyor, enrolled(engine, "xom-3"), submission("review", sent))[0]
    assert (outcome["outcome"], [e["pointer"] for e in outcome["problem"]["errors"]]) == ("rejected", [place])


def test_a_compressed_body_is_not_taken(surveyor: httpx.Client, engine: Engine) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo))
    answer = surveyor.put(files.address(photo), content=photo, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-encoding")


def test_nobody_sends_or_asks_for_a_file_of_another_hamlet(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine
) -> None:
    photo, unknown = files.content(), files.content()
    files.reviewed(surveyor, engine, files.declaration(photo))
    bodies = []
    for person in ("xom-4", "truc-dai", "mat-tran"):
        for name in (photo, unknown):
            for answer in (sign_in(person).get(files.address(name)), files.put(sign_in(person), name, name)):
                assert answer.status_code == 404
                bodies.append({k: v for k, v in answer.json().items() if k != "trace_id"})
    assert all(body == bodies[0] for body in bodies)
    assert sign_in("ngan-hang").get(files.address(photo)).status_code == 403
    assert files.put(sign_in("truc-thai"), photo, photo).json()["complete"]


def test_who_knows_only_the_hash_of_a_foreign_photo_does_not_get_it_by_declaring_it(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine, folder: Path
) -> None:
    photo, other = files.content(), sign_in("xom-4")
    files.reviewed(surveyor, engine, files.declaration(photo))
    files.put(surveyor, photo, photo[:-1])
    made = files.reviewed(other, engine, files.declaration(photo), hamlet="14080-04")
    assert other.get(files.address(photo)).json()["received"] == 0
    assert files.put(other, photo, photo[-1:], len(photo) - 1).status_code == 409
    files.put(surveyor, photo, photo[-1:], len(photo) - 1)
    assert (made["attachments_present"], other.get(f"/api/v1/attachments/{files.sha(photo)}").status_code) == (0, 404)
    assert not other.get(files.address(photo)).json()["complete"]
    files.sent(other, photo)  # who has the bytes may have them; they are kept once
    assert other.get(f"/api/v1/attachments/{files.sha(photo)}").content == photo
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [files.sha(photo)]


def test_the_same_photo_declared_twice_is_sent_once(surveyor: httpx.Client, engine: Engine, folder: Path) -> None:
    photo = files.content()
    first, second = (files.reviewed(surveyor, engine, files.declaration(photo)) for _ in range(2))
    files.sent(surveyor, photo)
    for made in (first, second):
        assert surveyor.get(f"/api/v1/reviews/{made['id']}").json()["attachments_present"] == 1
    third = files.reviewed(surveyor, engine, files.declaration(photo))
    assert surveyor.get(files.address(photo)).json()["received"] == len(photo)
    answer = files.put(surveyor, photo, b"", len(photo))
    assert (answer.status_code, answer.json()["complete"]) == (200, True)
    assert surveyor.get(f"/api/v1/reviews/{third['id']}").json()["attachments_present"] == 1
    assert files.put(surveyor, photo, b"whatever, from anywhere", 7).json()["complete"]
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [files.sha(photo)]


def test_two_sizes_declared_for_one_file_do_not_spoil_it(surveyor: httpx.Client, engine: Engine) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo, size=900))
    files.put(surveyor, photo, photo[:800])
    files.reviewed(surveyor, engine, files.declaration(photo))
    assert files.put(surveyor, photo, photo[800:], 800).json()["complete"]
    files.reviewed(surveyor, engine, files.declaration(photo, size=5000))
    assert files.put(surveyor, photo, b"", 1000).json() == surveyor.get(files.address(photo)).json()
    assert surveyor.get(files.address(photo)).json()["size"] == 1000


def test_who_declares_my_photo_with_another_size_does_not_stop_it(
    surveyor: httpx.Client, sign_in: SignIn, engine: Engine
) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo))
    files.put(surveyor, photo, photo[:800])
    files.reviewed(sign_in("truc-thai"), engine, files.declaration(photo, size=5))
    assert surveyor.get(files.address(photo)).json()["size"] == 1000
    assert files.put(surveyor, photo, photo[800:], 800).json()["complete"]


def test_the_wrong_size_alone_never_becomes_complete(surveyor: httpx.Client, engine: Engine) -> None:
    photo = files.content(1000)
    files.reviewed(surveyor, engine, files.declaration(photo, size=900))
    assert files.put(surveyor, photo, photo[:900]).json()["type"] == "/problems/hash-mismatch"
    assert surveyor.get(files.address(photo)).json()["received"] == 0


def test_a_review_pulled_shows_two_of_three_and_then_three(surveyor: httpx.Client, engine: Engine) -> None:
    photos = [files.content() for _ in range(3)]
    made = files.reviewed(surveyor, engine, *map(files.declaration, photos))
    for photo in photos[:2]:
        files.sent(surveyor, photo)
    changes, cursor = pull(surveyor)
    assert _counted(changes, made["id"]) == [(2, 3, [True, True, False])]
    files.sent(surveyor, photos[2])
    changes, _ = pull(surveyor, cursor)
    assert _counted(changes, made["id"]) == [(3, 3, [True, True, True])]


def _counted(changes: list[dict[str, Any]], review_id: str) -> list[tuple[int, int, list[bool]]]:
    found = [change["data"] for change in changes if change["id"] == review_id]
    return [
        (one["attachments_present"], one["attachments_declared"], [f["present"] for f in one["attachments"]])
        for one in found
    ]


def test_the_minutes_of_a_meeting_have_their_scan(sign_in: SignIn, engine: Engine, session: Any) -> None:
    officer, scan = sign_in("truc-thai"), files.content(2000, "application/pdf")
    round_id = rounds.review_round(session)
    home = household(session)
    rounds.cases(session, round_id, [home], stage="surveyed")
    rounds.review(session, round_id, home)
    session.commit()
    said = files.declaration(scan, "application/pdf", purpose="minutes")
    body = procedure.minutes(round_id) | {"minutes": [said]}
    meeting = done(officer.post("/api/v1/meetings", json=body))
    assert meeting["minutes"] == [said | {"present": False}]
    (missing,) = officer.get("/api/v1/attachments").json()["items"]
    assert (missing["entity"], missing["record_id"], missing["household_id"]) == ("meeting", meeting["id"], None)
    files.sent(officer, scan)
    assert officer.get(f"/api/v1/meetings/{meeting['id']}").json()["minutes"] == [said | {"present": True}]
    assert sign_in("xom-4").get(f"/api/v1/attachments/{files.sha(scan)}").status_code == 404
    assert sign_in("xom-3").get(f"/api/v1/attachments/{files.sha(scan)}").content == scan


@pytest.mark.parametrize(
    ("who", "kind"), [("van-hoa", "vocational_course"), ("mat-tran", "dialogue"), ("truc-ninh", "inspection")]
)
def test_whoever_records_a_paper_hands_in_its_scan(who: str, kind: str, sign_in: SignIn, engine: Engine) -> None:
    client, scan = sign_in(who), files.content(500, "application/pdf")
    made = done(client.post(programme_work.ROOT, json=programme_work.body_of(catalogue().kinds[kind])))
    code = catalogue().kinds[kind].documents[0].code
    paper = {"code": code, "attachments": [files.declaration(scan, "application/pdf", purpose="paper")]}
    where = f"{programme_work.ROOT}/{made['id']}/documents"
    assert done(client.post(where, json=paper))["documents"][0]["attachments"][0]["present"] is False
    files.sent(client, scan)
    assert done(client.get(where))[0]["attachments"][0]["present"] is True
    # and nothing that others declared: not even whether it is here
    photo = files.content()
    files.reviewed(sign_in("xom-3"), engine, files.declaration(photo))
    assert refused(client.get(files.address(photo))) == refused(client.get(files.address("0" * 64)))
    assert refused(files.put(client, photo, photo)) == (404, "not-found")


@pytest.mark.parametrize("entity", ["review", "delivery"])
def test_the_photo_of_what_an_officer_tried_again_is_handed_in_by_the_tablet_that_has_it(
    entity: str, sign_in: SignIn, surveyor: httpx.Client, engine: Engine
) -> None:
    device, photo, officer = enrolled(engine, "xom-3"), files.content(), sign_in("truc-thai")
    home = submission("household", tablets.household())
    push(surveyor, device, home)
    files_of = {"attachments": [files.declaration(photo)]}
    data = {
        "review": lambda: review(home["id"], rounds.listed(engine, home["id"]), **files_of),
        "delivery": lambda: tablets.delivery(home["id"], serving(engine), **files_of),
    }[entity]()
    moved = {"hamlet_id": tablets.HAMLET[5], "moved_on": "2024-09-02"}
    etag = officer.get(f"/api/v1/households/{home['id']}").headers["ETag"]
    done(officer.post(f"/api/v1/households/{home['id']}/move", json=moved, headers={"If-Match": etag}))
    late = submission(entity, data, seq=2)
    assert [told["outcome"] for told in push(surveyor, device, late)] == ["held"]
    assert done(officer.post(f"/sync/v1/submissions/{late['submission_id']}/retry"))["outcome"] == "applied"
    assert done(files.put(surveyor, photo, photo))["complete"]


def test_a_full_disk_is_told_and_what_was_received_stays(surveyor: httpx.Client, engine: Engine, folder: Path) -> None:
    photo, other = files.content(), files.content()
    files.reviewed(surveyor, engine, files.declaration(photo), files.declaration(other))
    files.put(surveyor, photo, photo[:100])
    # the kernel's own full disk, in the place where the next file would grow
    (folder / "partial" / f"{files.sha(other)}.{account_id('xom-3').hex}").symlink_to("/dev/full")
    answer = files.put(surveyor, other, other)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert 3 <= int(answer.headers["retry-after"]) <= 15
    assert "đầy" in answer.json()["details"]["vi"]
    assert surveyor.get(files.address(photo)).json()["received"] == 100


def test_a_folder_that_is_not_there_is_told(surveyor: httpx.Client, engine: Engine, folder: Path) -> None:
    photo = files.content()
    files.reviewed(surveyor, engine, files.declaration(photo))
    folder.write_text("not a folder")
    assert files.put(surveyor, photo, photo).json()["type"] == "/problems/unavailable"
    folder.unlink()
    files.sent(surveyor, photo)
    store.whole(folder, files.sha(photo)).unlink()
    assert surveyor.get(f"/api/v1/attachments/{files.sha(photo)}").json()["type"] == "/problems/unavailable"
    # an older folder was put back: the file is asked for again, and is whole again
    assert surveyor.get(files.address(photo)).json()["received"] == 0
    files.sent(surveyor, photo)
    assert surveyor.get(f"/api/v1/attachments/{files.sha(photo)}").content == photo


def test_who_came_and_what_was_read_is_in_the_log(surveyor: httpx.Client, engine: Engine) -> None:
    photo = files.content()
    made = files.reviewed(surveyor, engine, files.declaration(photo))
    files.sent(surveyor, photo)
    surveyor.get(f"/api/v1/attachments/{files.sha(photo)}")
    with engine.connect() as connection:
        query = "SELECT action, subject_ids, detail FROM audit_entry WHERE action ~ '^attachments' ORDER BY id"
        rows = connection.execute(text(query)).all()
    assert [(row.action, [str(i) for i in row.subject_ids]) for row in rows] == [
        ("attachments.store", [made["household_id"]]),
        ("attachments.read", [made["household_id"]]),
    ]
    assert all(row.detail == {"sha256": files.sha(photo), "records": [made["id"]]} for row in rows)
