"""Files, backups and digests: what is kept, and what is told of it, in the rare sequences."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, make_url

from api.attachments import store
from api.backups import files as backup_files
from api.backups import server, taking
from api.config import Settings
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line
from mobile_sync.tablet_storage import Storage
from tests.make import backups, database, files, tablets
from tests.make.people import PASSWORD
from tests.make.tablets import HAMLET, household, review

SignIn = Callable[[str], httpx.Client]


@pytest.fixture(autouse=True)
def folder(app: FastAPI, tmp_path: Path) -> Path:
    app.state.settings = app.state.settings.model_copy(update={"files": tmp_path / "files"})
    return tmp_path / "files"


@pytest.fixture
def tablet(base_url: str, tmp_path: Path, sign_in: SignIn) -> Iterator[Tablet]:
    storage = Storage(tmp_path / "tablet.sqlite")
    one = Tablet(storage, Line(base_url, keep_refresh_token=tablet_tokens(storage), pause=lambda _: None))
    one.line.sign_in("xom-3", PASSWORD)
    code = sign_in("truc-thai").post("/sync/v1/enrolments", json={"username": "xom-3"}).json()
    one.enrol(code["enrolment_code"], "máy")
    yield one
    one.line.close()
    storage.close()


def test_what_another_tablet_sent_again_is_not_durable_by_a_backup_that_was_dumped_before(
    sign_in: SignIn, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    client, (lost, new) = sign_in("xom-3"), (tablets.enrolled(engine, "xom-3") for _ in range(2))

    def told(device: str, *sent: Any) -> int:
        answer = client.post("/sync/v1/batches", json=tablets.batch(device, list(sent)))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["durable_through"])

    def asked(device: str) -> int:
        return int(client.get("/sync/v1/submissions", params={"device_id": device}).json()["durable_through"])

    work = [tablets.submission("household", household(), seq=seq) for seq in (1, 2, 3)]
    told(lost, work[0])
    with server.held(database_url) as found:
        taken = taking.prove(found, taking.dump(found, tmp_path))
    told(lost, *work[1:])  # while the backup is proved
    assert told(new, *work) == 0
    backups.noted(database_url, taken)
    assert asked(lost) == 1
    # which work of the other one it sent again is written down nowhere: its mark waits for the next backup
    assert (asked(new), told(new)) == (0, 0)
    backups.backed_up(database_url, tmp_path / "next")
    assert (asked(lost), asked(new), told(new)) == (3, 3, 3)


def test_a_copy_that_the_disk_has_cut_short_is_replaced_by_the_whole_one(tmp_path: Path) -> None:
    photo = files.content()
    name = files.sha(photo)
    for side, content in (("from", photo), ("to", photo[:300])):
        store.whole(tmp_path / side, name).parent.mkdir(parents=True)
        store.whole(tmp_path / side, name).write_bytes(content)
    copied = backup_files.copy(tmp_path / "from", tmp_path / "to")
    assert (copied.new, copied.there) == (1, 0)
    assert store.whole(tmp_path / "to", name).read_bytes() == photo
    # of the same length, and other bytes: read where no backup had it before, and copied anew
    store.whole(tmp_path / "to", name).write_bytes(b"x" * len(photo))
    assert backup_files.lacking(tmp_path / "to", [backup_files.Known(name, len(photo), 1, False)]) == {name}
    assert backup_files.copied_anew(tmp_path / "from", tmp_path / "to", {name, files.sha(b"nowhere")}) == {name}
    assert store.whole(tmp_path / "to", name).read_bytes() == photo
    # and the other way round a cut one replaces nothing
    store.whole(tmp_path / "from", name).write_bytes(photo[:300])
    copied = backup_files.copy(tmp_path / "from", tmp_path / "to")
    assert copied.damaged == [name]
    assert store.whole(tmp_path / "to", name).read_bytes() == photo


def test_a_photo_that_unsent_work_declares_stays_though_an_earlier_record_has_it(
    tablet: Tablet, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    (first, round_id), (second, other_round) = files.home_in_round(engine), files.home_in_round(engine)
    photo = files.content()
    said = tablet.attach(photo, "signature", "image/jpeg")
    tablet.create("review", review(str(first), str(round_id), attachments=[said]))
    tablet.push()
    assert [sent.state for sent in tablet.send_files()] == ["complete"]
    backups.backed_up(database_url, tmp_path / "b")
    again = tablet.attach(photo, "signature", "image/jpeg")
    made = tablet.create("review", review(str(second), str(other_round), attachments=[again]))
    assert [sent.state for sent in tablet.send_files()] != ["durable"]
    tablet.push()
    assert [sent.state for sent in tablet.send_files()] == ["complete"]
    tablet.pull()
    (shown,) = [one for one in tablet.storage.records("review") if one.id == made]
    assert shown.data["attachments_present"] == 1
    backups.backed_up(database_url, tmp_path / "c")
    assert [sent.state for sent in tablet.send_files()] == ["durable"]
    assert tablet.files.kept() == []


def test_a_declaration_that_the_disk_has_spoilt_keeps_no_photo_back(tablet: Tablet, engine: Engine) -> None:
    home, round_id = files.home_in_round(engine)
    said = [tablet.attach(files.content(), "house", "image/jpeg") for _ in range(2)]
    tablet.create("review", review(str(home), str(round_id), attachments=said))
    tablet.push()
    declaration = tablet.files.folder / f"{said[0]['sha256']}.json"
    declaration.write_bytes(b"\xff" + declaration.read_bytes()[1:])
    assert {sent.sha256: sent.state for sent in tablet.send_files()} == {one["sha256"]: "complete" for one in said}


def test_a_file_that_the_disk_has_cut_short_is_not_told_as_the_file(
    sign_in: SignIn, engine: Engine, folder: Path
) -> None:
    client, photo = sign_in("xom-3"), files.content()
    files.reviewed(client, engine, files.declaration(photo))
    files.sent(client, photo)
    for left in (photo[:400], b""):
        store.whole(folder, files.sha(photo)).write_bytes(left)
        assert client.get(f"/api/v1/attachments/{files.sha(photo)}").status_code == 503
    files.sent(client, photo)
    assert client.get(f"/api/v1/attachments/{files.sha(photo)}").content == photo


def test_a_record_that_is_held_in_another_area_is_moved_by_the_repair_and_not_lost(
    sign_in: SignIn, base_url: str, tmp_path: Path
) -> None:
    storage = Storage(tmp_path / "officer.sqlite")
    one = Tablet(storage, Line(base_url, pause=lambda _: None))
    one.line.sign_in("truc-thai", PASSWORD)
    for hamlet in (3, 4):
        answer = sign_in("truc-thai").post("/api/v1/households", json=household(hamlet))
        assert answer.status_code == 201, answer.text
    one.pull()
    for record_id, entity, version, area_id in list(storage.held()):
        if entity != "household":
            continue
        elsewhere = HAMLET[4] if area_id == HAMLET[3] else HAMLET[3]
        record = storage.pulled(record_id)
        assert record is not None
        storage.put(entity, record_id, version, record.data, int(storage.setting("life") or 0), elsewhere)
    found = one.verify()
    assert found.differing == []
    assert len(storage.records("household")) == 2
    one.line.close()
    storage.close()


def test_a_hash_alone_opens_nothing_where_the_declaring_household_moved_to_those_who_have_the_photo(
    sign_in: SignIn, engine: Engine
) -> None:
    photo, (guesser, owner, officer) = files.content(), map(sign_in, ("xom-3", "xom-4", "truc-thai"))
    files.reviewed(owner, engine, files.declaration(photo), hamlet="14080-04")
    files.sent(owner, photo)
    made = files.reviewed(guesser, engine, files.declaration(photo))
    home = f"/api/v1/households/{made['household_id']}"
    move = {"hamlet_id": HAMLET[4], "moved_on": "2024-10-01", "reason": "về quê"}
    moved = officer.post(f"{home}/move", json=move, headers={"If-Match": officer.get(home).headers["etag"]})
    assert moved.is_success, moved.text
    files.put(owner, photo, b"", len(photo))  # the tablet of xom-4 asks again, and is asked for nothing
    files.reviewed(guesser, engine, files.declaration(photo))
    files.put(guesser, photo, b"", 0)
    assert guesser.get(f"/api/v1/attachments/{files.sha(photo)}").status_code == 404
    assert not guesser.get(files.address(photo)).json()["complete"]
    files.sent(guesser, photo)  # who has the bytes may have them
    assert guesser.get(f"/api/v1/attachments/{files.sha(photo)}").content == photo


def test_where_the_register_is_lost_the_newer_backup_beside_an_older_one_is_known(
    sign_in: SignIn, engine: Engine, database_url: str, tmp_path: Path, config: Settings
) -> None:
    older = backups.backed_up(database_url, tmp_path / "b")
    backups.backed_up(database_url, tmp_path / "b")
    elsewhere = database.url_of(database_url, f"{make_url(database_url).database}_lost")
    try:
        run = backups.giamngheo("restore", older.path, "--yes", url=elsewhere, home=config.home)
        assert (run.returncode, "--older" in run.stderr) == (2, True), run.stdout + run.stderr
        run = backups.giamngheo("restore", older.path, "--yes", "--older", url=elsewhere, home=config.home)
        assert run.returncode == 0, run.stderr
    finally:
        database.drop(database_url, f"{make_url(database_url).database}_lost")
