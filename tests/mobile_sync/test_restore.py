"""After a disaster: what tablets were told is safe is there, what they still hold comes back, and nothing twice."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, make_url, text
from sqlmodel import Session

from api.attachments import store
from api.backups import server, taking
from api.backups.files import lacking
from api.config import ConfigError, Settings
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make import backups, database, files, tablets
from tests.make.people import PASSWORD
from tests.make.tablets import household, member, request, review

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
Disaster = Callable[..., str]


@pytest.fixture
def tablet(base_url: str, tmp_path: Path, sign_in: SignIn) -> Iterator[Make]:
    made: list[Tablet] = []

    def make(name: str, transport: httpx.BaseTransport | None = None, *, enrol: bool = True) -> Tablet:
        storage = Storage(tmp_path / f"{name}.sqlite")
        kept = tablet_tokens(storage)
        line = Line(base_url, transport=transport, keep_refresh_token=kept, pause=lambda _: None, attempts=2)
        one = Tablet(storage, line)
        made.append(one)
        one.line.sign_in("xom-3", PASSWORD)
        if enrol:
            enrolled(one)
        return one

    def enrolled(one: Tablet) -> None:
        code = sign_in("truc-thai").post("/sync/v1/enrolments", json={"username": "xom-3"}).json()
        one.enrol(code["enrolment_code"], "máy")

    make.enrol = enrolled  # type: ignore[attr-defined]
    yield make
    for one in made:
        one.line.close()
        one.storage.close()


@pytest.fixture
def restored(database_url: str, engine: Engine, app: Any, config: Settings) -> Iterator[Disaster]:
    """`restored(taken)`: the service stops, the register is lost, the backup is put in its place; what was said."""

    def restore(taken: taking.Taken | Path, *options: str) -> str:
        path = taken if isinstance(taken, Path) else taken.path
        with backups.nobody_connected(engine, app.state.engine):
            run = backups.giamngheo("restore", path, "--yes", *options, url=database_url, home=config.home)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    yield restore
    engine.dispose()
    app.state.engine.dispose()
    backups.drop_kept(database_url)


def count(session: Session, statement: str, **values: Any) -> int:
    return int(session.execute(text(statement), values).scalar_one())


def sign_in_again(*machines: Tablet) -> None:
    # a session that began after the backup is unknown to the restored register
    for one in machines:
        one.line.sign_in("xom-3", PASSWORD)


def durable(one: Tablet) -> int:
    return int(one.storage.setting("durable_through") or -1)


def test_a_drill(tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, session: Session) -> None:
    one, two = tablet("a"), tablet("b")
    old = one.create("household", household(phone="1"))
    one.create("member", member(old))
    two_home = two.create("household", household(note="của b"))
    one.push(), two.push()
    assert (durable(one), durable(two)) == (0, 0)
    taken = backups.backed_up(database_url, tmp_path / "backups")
    lets_go_of_what_is_durable(one, old)
    late = works_on(one, old)
    two.pull()
    two.change("household", two_home, {"note": "của b, sửa"})
    one.push(), two.push()
    one.pull(), two.pull()
    lived = lives(session)
    session.close()

    assert "_before_" in restored(taken)
    assert count(session, "SELECT count(*) FROM household WHERE id = :id", id=late) == 0
    assert count(session, "SELECT count(*) FROM pg_stats WHERE tablename = 'household'") > 10

    sign_in_again(one, two)
    one.create("household", household(phone="mới"))  # new work does not go before what was lost
    assert one.pull().resynced
    assert [(o["outcome"], o["replayed"]) for o in one.push()] == [("applied", False)] * 6
    # what the backup held comes back as a replay
    assert [(o["outcome"], o["replayed"]) for o in two.push()] == [("applied", True), ("applied", False)]
    assert set(lives(session)) > set(lived)
    assert len(lives(session)) == len(lived) + 1
    assert count(session, "SELECT count(*) FROM sync_conflict") == 0
    assert count(session, "SELECT count(*) FROM sync_submission") == 10
    one.pull()
    seen = one.storage.record(old)
    assert seen is not None
    assert (seen.version, seen.data["phone"]) == (3, "3")
    assert one.push() == two.push() == []


def lets_go_of_what_is_durable(one: Tablet, home: str) -> None:
    one.pull()
    one.change("household", home, {"phone": "2"})
    one.ask_again()
    assert durable(one) == 2
    assert one.let_go() == 1  # the household's: its next change will need the version
    one.push()
    assert durable(one) == 2
    assert one.let_go() == 1
    assert [work.seq for work in one.receipts()] == [3]


def works_on(one: Tablet, home: str) -> str:
    one.change("household", home, {"phone": "3"})
    late = one.create("household", household(phone="muộn"))
    one.create("member", member(late))
    one.create("request", request(late))
    return late


def lives(session: Session) -> list[Any]:
    """Households, members, requests, with versions, in the order in which they were made."""
    session.rollback()
    rows = session.execute(
        text("""
        SELECT id, version, phone, note FROM household UNION ALL SELECT id, version, full_name, '' FROM member
        UNION ALL SELECT id, version, kind, '' FROM request ORDER BY id
        """)
    )
    return [tuple(row) for row in rows]


class BreaksAfter(httpx.HTTPTransport):
    """A line that is gone after so many batches."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/batches"):
            self.left -= 1
            if self.left < 0:
                raise httpx.ConnectError("no line", request=request)
        return super().handle_request(request)


def test_a_disk_set_back_without_a_new_epoch_is_offered_again_what_it_lost(
    tablet: Make, postgres: str, database_url: str, engine: Engine, app: Any, session: Session
) -> None:
    one, name = tablet("a"), str(make_url(database_url).database)
    home = one.create("household", household(phone="1"))
    one.push(), one.pull()
    session.close()
    with backups.nobody_connected(engine, app.state.engine):
        database.create(postgres, f"{name}_older", name)
    late = one.create("household", household())
    one.push(), one.pull()
    with backups.nobody_connected(engine, app.state.engine):
        database.drop(postgres, name)
        database.create(postgres, name, f"{name}_older")
        database.drop(postgres, f"{name}_older")

    sign_in_again(one)
    assert one.pull().resynced
    assert one.let_go() == 0
    told = {outcome["id"]: (outcome["outcome"], outcome["replayed"]) for outcome in one.push()}
    assert told == {home: ("applied", True), late: ("applied", False)}
    assert one.push() == []


def test_a_restore_is_noticed_also_on_a_machine_whose_clock_lies_behind(
    tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, session: Session
) -> None:
    """A new machine, or one with an empty battery: by its clock the life before began tomorrow."""
    one = tablet("a")
    one.create("household", household())
    one.push()
    session.execute(text("UPDATE feed_epoch SET started_at = started_at + interval '1 day'"))
    session.commit()
    taken = backups.backed_up(database_url, tmp_path / "backups")
    late = one.create("household", household(phone="muộn"))
    one.push()  # and it pulls nothing: only the epoch can tell it
    session.close()
    restored(taken)
    sign_in_again(one)
    one.ask_again()
    one.push()
    assert count(session, "SELECT count(*) FROM household WHERE id = :id", id=late) == 1
    session.close()
    backups.backed_up(database_url, tmp_path / "next")
    one.pull()
    one.ask_again()
    assert durable(one) == 2


def test_seq_alone_does_not_let_go_of_what_the_restored_register_never_had(
    tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, session: Session
) -> None:
    one = tablet("a", transport=BreaksAfter(1))
    home = one.create("household", household(note="1"))
    one.change("household", home, {"note": "2"})
    one.create("household", household(note="3"))
    with pytest.raises(Unreachable):
        one.push()
    assert [work.seq for work in one.storage.unsent()] == [2]
    taken = backups.backed_up(database_url, tmp_path / "backups")
    one = tablet("a", enrol=False)
    one.push()
    session.close()
    restored(taken)
    # a backup of the restored register calls everything that it knows of durable: 1 and 3
    again = backups.backed_up(database_url, tmp_path / "backups")
    assert again.manifest.contents.epoch != taken.manifest.contents.epoch
    sign_in_again(one)
    one.ask_again()
    one.pull()
    assert durable(one) == 3
    one.let_go()
    assert [work.seq for work in one.storage.unsent()] == [2]
    assert [(o["outcome"], o["version"]) for o in one.push()] == [("applied", 2)]
    assert durable(one) == 1
    one.pull()
    one.let_go()
    assert [work.seq for work in one.receipts()] == [2]
    backups.backed_up(database_url, tmp_path / "backups")
    one.ask_again()
    assert one.let_go() == 1


def test_a_tablet_enrolled_after_the_backup_is_enrolled_again_and_loses_nothing(
    tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, session: Session, sign_in: SignIn
) -> None:
    taken = backups.backed_up(database_url, tmp_path / "backups")
    one = tablet("a")
    home = one.create("household", household())
    one.change("household", home, {"note": "hai"})
    one.push()
    session.close()
    restored(taken)
    sign_in_again(one)
    with pytest.raises(Refused) as refused:
        one.push()
    assert refused.value.slug == "device-not-enrolled"
    assert len(one.storage.unsent()) == 2
    officer = sign_in("truc-thai")
    form = {"username": "truc-thai", "password": PASSWORD}
    token = officer.post("/api/v1/auth/token", data=form, headers={"Authorization": ""}).json()["access_token"]
    officer.headers["Authorization"] = f"Bearer {token}"
    tablet.enrol(one)  # type: ignore[attr-defined]
    assert [(o["outcome"], o["version"]) for o in one.push()] == [("applied", 1), ("applied", 2)]
    assert session.execute(text("SELECT note FROM household WHERE id = :id"), {"id": home}).scalar_one() == "hai"


def test_held_and_rejected_work_is_kept_and_offered_again(
    tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, session: Session
) -> None:
    one = tablet("a")
    taken = backups.backed_up(database_url, tmp_path / "backups")
    nowhere = "018f7f6e-9000-7000-8000-00000000dead"
    one.create("member", member(nowhere))
    one.create("household", household(residence="sai"))
    assert [o["outcome"] for o in one.push()] == ["held", "rejected"]
    backups.backed_up(database_url, tmp_path / "backups")
    one.pull()
    one.ask_again()
    assert durable(one) == 2
    assert one.let_go() == 0
    session.close()
    restored(taken, "--older")
    sign_in_again(one)
    assert [(o["outcome"], o["replayed"]) for o in one.push()] == [("held", False), ("rejected", False)]


def test_an_unverified_backup_makes_nothing_durable(
    tablet: Make, database_url: str, tmp_path: Path, session: Session, config: Settings
) -> None:
    one = tablet("a")
    one.create("household", household())
    one.push()
    run = backups.giamngheo("backup", tmp_path / "b", "--unverified", url=database_url, home=config.home)
    assert run.returncode == 0, run.stderr
    assert "CHƯA kiểm chứng" in run.stdout
    assert len(list((tmp_path / "b").glob("*.dump"))) == 1
    assert count(session, "SELECT count(*) FROM backup") == 0
    one.ask_again()
    assert durable(one) == 0
    with server.held(database_url) as found:
        taken = taking.dump(found, tmp_path / "b2")
    with pytest.raises(ConfigError, match="không còn là"):
        backups.noted(database_url, taken)
    one.ask_again()
    assert durable(one) == 0
    run = backups.giamngheo("backup", tmp_path / "b", url=database_url, home=config.home)
    assert run.returncode == 0, run.stderr
    one.ask_again()
    assert durable(one) == 1


# -- photos


def photographed(one: Tablet, engine: Engine) -> tuple[str, str]:
    """A review with a photo, sent and complete: (review, the photo's name)."""
    home, round_id = files.home_in_round(engine)
    said = one.attach(files.content(), "house", "image/jpeg")
    made = one.create("review", review(str(home), str(round_id), attachments=[said]))
    one.push()
    assert (said["sha256"], "complete") in states(one)
    return made, said["sha256"]


def states(one: Tablet) -> list[tuple[str, str]]:
    return [(sent.sha256, sent.state) for sent in one.send_files()]


def present(one: Tablet, review_id: str) -> bool:
    answer = one.line.call("GET", f"/api/v1/reviews/{review_id}").json()
    return bool(answer["attachments"][0]["present"])


def command(folder: Path, url: str, config: Settings) -> Path:
    """`giamngheo backup`; the newest dump."""
    run = backups.giamngheo("backup", folder, url=url, home=config.home)
    assert run.returncode == 0, run.stdout + run.stderr
    return max(folder.glob("*.dump"))


@pytest.fixture
def disk(app: Any, config: Settings) -> Iterator[Path]:
    folder = Path(app.state.settings.files_folder)
    assert folder == config.home / "files"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_photo_is_kept_until_a_backup_has_it_and_comes_back_after_a_lost_disk(
    tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, engine: Engine, disk: Path, config: Settings
) -> None:
    one = tablet("a")
    old, early = photographed(one, engine)
    dump = command(tmp_path / "b", database_url, config)
    young, late = photographed(one, engine)
    assert [sent["sha256"] for sent in one.files.kept()] == [late]  # the backup has the other one
    shutil.rmtree(disk)
    restored(dump)
    sign_in_again(one)
    one.pull()
    assert store.whole(disk, early).exists()
    assert states(one) == [(late, "waiting")]
    # the household of the later review was entered in the web after the backup: entered again, what waits is applied
    (told,) = [told for told in one.push() if told["id"] == young]
    assert (told["outcome"], told["replayed"]) == ("held", False)
    assert present(one, old)
    assert [sent["sha256"] for sent in one.files.kept()] == [late]


def test_a_photo_that_the_disk_lacks_after_a_restore_is_asked_for_again(
    tablet: Make, database_url: str, tmp_path: Path, restored: Disaster, engine: Engine, disk: Path, config: Settings
) -> None:
    one = tablet("a")
    made, photo = photographed(one, engine)
    store.whole(disk, photo).rename(tmp_path / "lost")
    run = backups.giamngheo("backup", tmp_path / "b", url=database_url, home=config.home)
    assert (run.returncode, photo in run.stderr) == (1, True)
    (tmp_path / "lost").rename(store.whole(disk, photo))
    assert states(one) == [(photo, "complete")]  # that backup does not have it
    shutil.rmtree(disk)
    restored(next((tmp_path / "b").glob("*.dump")))
    sign_in_again(one)
    one.pull()
    there = one.line.call("GET", files.address(photo)).json()
    assert (there["complete"], there["received"], present(one, made)) == (False, 0, False)
    assert states(one) == [(photo, "complete")]
    assert present(one, made)
    command(tmp_path / "b", database_url, config)
    assert states(one) == [(photo, "waiting")]  # the restored server may lack a record that declares it, too
    one.push()
    assert (states(one), one.files.kept()) == ([(photo, "durable")], [])


def test_a_photo_that_arrived_for_one_more_record_since_is_not_durable(
    tablet: Make, database_url: str, tmp_path: Path, engine: Engine, disk: Path, sign_in: SignIn
) -> None:
    photo, client = files.content(), sign_in("xom-3")
    files.reviewed(client, engine, files.declaration(photo))
    files.sent(client, photo)
    client.get("/sync/v1/info")  # a register in use has an epoch
    with server.held(database_url) as found:
        taken = taking.prove(found, taking.dump(found, tmp_path))
    files.reviewed(client, engine, files.declaration(photo))
    files.put(client, photo, b"", len(photo))
    backups.noted(database_url, taken)
    there = client.get(files.address(photo)).json()
    assert (there["complete"], there["durable"]) == (True, False)
    backups.backed_up(database_url, tmp_path)
    assert client.get(files.address(photo)).json()["durable"]
    files.reviewed(client, engine, files.declaration(photo))
    files.put(client, photo, b"", len(photo))
    assert not client.get(files.address(photo)).json()["durable"]


def test_what_a_later_backup_lacks_is_durable_no_longer(
    database_url: str, tmp_path: Path, engine: Engine, disk: Path, sign_in: SignIn
) -> None:
    photo, client = files.content(), sign_in("xom-3")
    files.reviewed(client, engine, files.declaration(photo))
    files.sent(client, photo)
    backups.backed_up(database_url, tmp_path)
    assert client.get(files.address(photo)).json()["durable"]
    with server.held(database_url) as found:
        taken = taking.prove(found, taking.dump(found, tmp_path))
    known = taken.files
    assert lacking(tmp_path / "files", known) == {files.sha(photo)}
    backups.noted(database_url, taken, lacking(tmp_path / "files", known))
    assert not client.get(files.address(photo)).json()["durable"]
    place = store.whole(tmp_path / "files", files.sha(photo))
    place.parent.mkdir(parents=True)
    place.write_bytes(b"x" * len(photo))
    with server.held(database_url) as found:
        again = taking.dump(found, tmp_path)
    assert lacking(tmp_path / "files", again.files) == {files.sha(photo)}  # read, not measured
    place.write_bytes(photo)
    assert lacking(tmp_path / "files", again.files) == set()


def test_the_outbox_of_a_lost_tablet_sent_by_a_new_one_is_durable_when_the_first_ones_arrivals_are(
    sign_in: SignIn, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    client, (lost, new) = sign_in("xom-3"), (tablets.enrolled(engine, "xom-3") for _ in range(2))

    def told(device: str, *sent: Any) -> int:
        answer = client.post("/sync/v1/batches", json=tablets.batch(device, list(sent)))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["durable_through"])

    work = [tablets.submission("household", household(), seq=seq) for seq in (1, 2, 3)]
    told(lost, *work[:1])
    backups.backed_up(database_url, tmp_path)
    told(lost, *work[1:])
    assert told(new, *work) == 1
    assert told(new) == 1  # nor does the next answer say more
    backups.backed_up(database_url, tmp_path / "next")
    assert told(new, *work) == 3


def test_what_was_withdrawn_after_the_backup_is_named_for_it_is_in_force_again(
    tablet: Make, sign_in: SignIn, database_url: str, tmp_path: Path, engine: Engine, app: Any, config: Settings
) -> None:
    lost = tablet("a")
    taken = backups.backed_up(database_url, tmp_path / "b")
    assert sign_in("truc-thai").post(f"/sync/v1/devices/{lost.device_id}/revoke").is_success
    with engine.begin() as connection:
        connection.execute(text("UPDATE account SET disabled_at = now() WHERE username = 'xom-4'"))
        whose = "SELECT id FROM account WHERE username = 'xom-5'"
        connection.execute(text(f"UPDATE account_grant SET valid_to = valid_from - 1 WHERE account_id = ({whose})"))
    with backups.nobody_connected(engine, app.state.engine):
        run = backups.giamngheo("restore", taken.path, "--yes", url=database_url, home=config.home)
    backups.drop_kept(database_url)
    assert run.returncode == 0, run.stderr
    (_, named) = run.stderr.split("have a line:\n")
    said = [line.split(" / ")[1] for line in named.splitlines()]
    assert [line.partition(" ")[0] for line in said] == ["tablet", "right", "right", "account"]
    assert said[1:] == ["right xom-4 hamlet_surveyor 14080-04", "right xom-5 hamlet_surveyor 14080-05", "account xom-4"]
