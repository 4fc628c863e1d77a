"""After a disaster: what tablets were told is safe is there, what they still hold comes back, and nothing twice."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.backups import server, taking
from api.config import Settings
from mobile_sync.tablet import Tablet, tablet_tokens
from mobile_sync.tablet_line import Line, Refused, Unreachable
from mobile_sync.tablet_storage import Storage
from tests.make import backups
from tests.make.people import PASSWORD
from tests.make.tablets import household, member, request

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

    def restore(taken: taking.Taken, *options: str) -> str:
        with backups.nobody_connected(engine, app.state.engine):
            run = backups.giamngheo("restore", taken.path, "--yes", *options, url=database_url, home=config.home)
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
    one.pull(), one.ask_again()
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
    with pytest.raises(server.ConfigError, match="không còn là"):
        backups.noted(database_url, taken)
    one.ask_again()
    assert durable(one) == 0
    run = backups.giamngheo("backup", tmp_path / "b", url=database_url, home=config.home)
    assert run.returncode == 0, run.stderr
    one.ask_again()
    assert durable(one) == 1
