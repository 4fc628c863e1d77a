"""The demo of the contract: what is there, that it is the same everywhere, and that a killed start leaves nothing."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from subprocess import PIPE
from typing import Any

import httpx
import psycopg
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.demo import load
from api.demo.accounts import ACCOUNTS
from api.keys import IdKey
from tests.demo.conftest import quiet
from tests.make import database, people

SignIn = Callable[[str], httpx.Client]
# every table whose rows the demo adds, with those that follow from them
TABLES = (
    *(
        "area",
        "area_statistic",
        "area_figure",
        "account",
        "account_grant",
        "household",
        "member",
        "request",
        "review_round",
    ),
    *("recognition_decision", "recognition", "plan", "plan_target", "record_version", "change_pending", "audit_entry"),
    *("plan_item", "budget_line", "money_movement", "intervention", "intervention_step", "delivery", "sheet_line"),
    *(
        "review_case",
        "review",
        "loan",
        "insurance_list",
        "insurance_line",
        "fund_entry",
        "hamlet_plan",
        "report",
        "support_need",
    ),
)


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {table: connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES}


def one(session: Session, statement: str, **values: object) -> object:
    return session.execute(text(statement), values).scalar_one()


def test_the_contracts_numbers(session: Session) -> None:
    homes = session.execute(
        text(
            "SELECT a.code, count(*) FROM household h JOIN area a ON a.id = h.hamlet_id GROUP BY a.code ORDER BY a.code"
        )
    ).all()
    by_hamlet = dict(map(tuple, homes))
    assert list(by_hamlet) == ["14071-01", "14071-02", *(f"14080-{n:02d}" for n in range(1, 9))]
    assert sum(count for code, count in by_hamlet.items() if code.startswith("14080")) == 400
    assert sum(count for code, count in by_hamlet.items() if code.startswith("14071")) == 40
    assert min(count for code, count in by_hamlet.items() if code.startswith("14080")) >= 25
    totals = session.execute(
        text(
            "SELECT s.as_of, sum(s.households), sum(s.persons), min(s.source) FROM area_statistic s "
            "JOIN area a ON a.id = s.area_id WHERE a.code LIKE '14080-%' GROUP BY s.as_of ORDER BY s.as_of"
        )
    ).all()
    assert [row[0] for row in totals] == [date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31)]
    for _, households, persons, source in totals:
        assert 2450 <= households <= 2550
        assert 3.2 < persons / households < 3.6
        assert "minh hoạ" in source
    assert one(session, "SELECT count(*) FROM account") == 17
    assert one(session, "SELECT count(*) FROM plan_target") == 15
    rounds = session.execute(
        text("SELECT year, state, kind FROM review_round WHERE area_id = :a ORDER BY year"), {"a": area_id("14080")}
    )
    assert [tuple(row) for row in rounds] == [
        (2022, "closed", "periodic"), (2023, "closed", "periodic"), (2024, "open", "training"),
        (clock.today().year, "open", "periodic"),
    ]  # fmt: skip
    listed = session.execute(text("SELECT count(*), count(surveyor_id) FROM review_case WHERE stage = 'listed'")).one()
    assert listed[0] == listed[1] > 100


def test_a_class_comes_from_a_decision_and_from_nothing_else(session: Session) -> None:
    found = session.execute(
        text(
            "SELECT c.current_class, count(*) FROM household_class_on(current_date, 36) c "
            "JOIN household h ON h.id = c.household_id "
            "JOIN area a ON a.id = h.hamlet_id WHERE a.code LIKE '14080-%' GROUP BY 1"
        )
    ).all()
    assert dict(map(tuple, found)) == {"poor": 59, "near_poor": 113, "not_poor": 140, None: 88}
    decided = session.execute(text("SELECT decided_on, count(*) FROM recognition_decision GROUP BY 1 ORDER BY 1")).all()
    assert [tuple(row) for row in decided] == [(date(2022, 12, 12), 2), (date(2023, 12, 11), 2)]
    assert (
        one(
            session,
            "SELECT count(*) FROM recognition r LEFT JOIN recognition_decision d ON d.id = r.decision_id "
            "WHERE lower(r.days) <> d.decided_on",
        )
        == 0
    )
    # applicants have asked, and have no class
    asked = session.execute(
        text(
            "SELECT r.kind, count(*), count(c.current_class) FROM request r "
            "JOIN household_class_on(current_date, 36) c ON c.household_id = r.household_id GROUP BY 1 ORDER BY 1"
        )
    ).all()
    assert [tuple(row) for row in asked] == [("average_living_standard", 13, 0), ("escape", 13, 13), ("review", 84, 0)]
    assert one(session, "SELECT count(*) FROM request WHERE household_id IS NULL") == 2


def test_the_last_finished_round_has_its_surveys_and_its_decision_gives_their_classes(session: Session) -> None:
    found = session.execute(
        text(
            "SELECT c.stage, r.poverty_class = coalesce(v.override_class, v.proposed_class), "
            "v.b1 <= 140 AND cardinality(v.deprivations) >= 3, r.poverty_class "
            "FROM review_case c JOIN review_round o ON o.id = c.round_id AND o.year = 2023 "
            "LEFT JOIN review v ON v.id = c.review_id AND v.in_force "
            "LEFT JOIN recognition r ON r.household_id = c.household_id AND r.decision_id = c.decision_id"
        )
    ).all()
    assert len(found) == 310
    assert {tuple(row[:2]) for row in found} == {("recognised", True)}
    assert all(poor for _, _, poor, poverty_class in found if poverty_class == "poor")
    by_lack = session.execute(text("SELECT d, count(*) FROM review, unnest(deprivations) d GROUP BY 1")).all()
    assert len(by_lack) == 12
    assert min(count for _, count in by_lack) >= 5
    overridden = one(session, "SELECT count(*) FROM review WHERE override_class IS NOT NULL")
    assert 0 < int(str(overridden)) < 30


def test_a_round_is_on_its_way_this_year(session: Session) -> None:
    year = clock.today().year
    rows = session.execute(
        text(
            "SELECT a.code, count(*), count(c.review_id), count(c.surveyor_id) FROM review_case c "
            "JOIN review_round o ON o.id = c.round_id JOIN area a ON a.id = c.hamlet_id "
            "WHERE o.year = :year AND o.kind = 'periodic' AND o.opens_on < :today AND o.closes_on >= :today "
            "GROUP BY 1 ORDER BY 1"
        ),
        {"year": year, "today": clock.today()},
    ).all()
    assert [row[0] for row in rows] == [f"14080-{n:02d}" for n in range(1, 9)]
    assert sum(row[1] for row in rows) == sum(row[3] for row in rows) == 172
    shares = [reviewed / listed for _, listed, reviewed, _ in rows]
    assert shares[0] == 1
    assert shares[-1] == 0
    assert 0.4 < sum(row[2] for row in rows) / 172 < 0.7


def test_every_household_has_a_head_among_its_members(session: Session) -> None:
    assert (
        one(
            session,
            "SELECT count(*) FROM household h WHERE NOT EXISTS (SELECT 1 FROM member m WHERE m.id = h.head_member_id "
            "AND m.household_id = h.id AND m.relation_to_head = 'head' AND m.left_on IS NULL)",
        )
        == 0
    )
    heads = "SELECT count(*) FROM member WHERE relation_to_head = 'head'"
    assert one(session, heads) == one(session, "SELECT count(*) FROM household") == 440
    assert 1200 < int(str(one(session, "SELECT count(*) FROM member"))) < 1500


def test_history_feed_and_log_belong_to_it(session: Session) -> None:
    for table in ("household", "member", "request"):
        kept = f"SELECT count(*) FROM {table} t JOIN record_version v ON v.record_id = t.id"
        assert one(session, kept) == one(session, f"SELECT sum(version) FROM {table}"), table
        told = f"SELECT count(*) FROM {table} t JOIN change_pending p ON p.record_id = t.id AND p.version = t.version"
        assert one(session, told) == one(session, f"SELECT count(*) FROM {table}"), table
    # what was handed out went through the door of the web
    loaded = "SELECT array_agg(DISTINCT origin) FROM record_version WHERE entity <> 'delivery'"
    assert one(session, loaded) == ["load"]
    assert (
        one(
            session,
            "SELECT count(*) FROM record_version v LEFT JOIN account a ON a.id = v.changed_by WHERE a.id IS NULL",
        )
        == 0
    )
    actions = set(session.execute(text("SELECT DISTINCT action FROM audit_entry")).scalars())
    assert {
        "areas.load",
        "accounts.load",
        "plans.load",
        "households.write",
        "members.write",
        "requests.write",
        "rounds.open",
        "recognitions.record",
    } <= actions


def test_a_second_start_changes_nothing(engine: Engine, id_key: IdKey) -> None:
    before = rows(engine)
    assert load(engine, people.PASSWORD, quiet, id_key) is False
    assert rows(engine) == before


def test_two_first_starts_at_once_load_it_once(fresh: Engine, empty_url: str, engine: Engine, id_key: IdKey) -> None:
    outcomes: list[bool] = []

    def start() -> None:
        with database.opened(empty_url) as own:
            outcomes.append(load(own, people.PASSWORD, quiet, id_key))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    assert sorted(outcomes) == [False, True]
    assert rows(fresh) == rows(engine)


_KILLED = """
import os, signal, sys
from api.db import make_engine
from api.demo import load
from api.keys import IdKey

def report(step, done, total):
    if step.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

load(make_engine(sys.argv[1]), "mot mat khau nao do", report, IdKey(b"k" * 32))
"""


def test_killed_half_way_the_next_start_loads_it_whole(
    fresh: Engine, empty_url: str, engine: Engine, id_key: IdKey
) -> None:
    before = rows(fresh)
    assert before["household"] == before["account"] == 0
    for step in ("Tài khoản", "Thành viên", "Hai đợt", "Hỗ trợ"):  # one after the other, as on a day with power cuts
        killed = subprocess.run([sys.executable, "-c", _KILLED, empty_url, step], timeout=600, check=False)
        assert (step, killed.returncode) == (step, -signal.SIGKILL)
        assert (step, rows(fresh)) == (step, before)
    assert load(fresh, people.PASSWORD, quiet, id_key) is True
    assert rows(fresh) == rows(engine)


def test_autovacuum_meanwhile_does_not_mislead_the_planner(fresh: Engine, empty_url: str, id_key: IdKey) -> None:
    """It comes after a start that was killed, sees nothing of the rows of this one, and tells the planner so."""
    event.listen(fresh, "connect", _impatient)
    analysed = []

    def autovacuum(_step: str, _done: int, _total: int) -> None:
        with database.opened(empty_url, pool_size=1) as other, other.begin() as connection:
            connection.execute(text(f"ANALYZE (SKIP_LOCKED) {', '.join(TABLES)}"))
            analysed.append(connection.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'household'")))

    assert load(fresh, people.PASSWORD, autovacuum, id_key) is True
    assert 0 in analysed, "it was never told that there are no households"


def _impatient(connection: psycopg.Connection[Any], _record: object) -> None:
    connection.execute("SET statement_timeout = '20s'")
    connection.commit()


def test_the_same_register_everywhere() -> None:
    script = "from api.demo.register import register; print(register())"
    made = [
        subprocess.Popen([sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, stdout=PIPE)
        for seed in ("1", "2")
    ]
    first, second = (one.communicate(timeout=180)[0] for one in made)
    assert [one.returncode for one in made] == [0, 0]
    assert len(first) > 10_000
    assert first == second


def test_everybody_signs_in_and_sees_their_part(sign_in: SignIn) -> None:
    assert Counter(one.role.value for one in ACCOUNTS)["hamlet_surveyor"] == 8
    for account in ACCOUNTS:
        me = sign_in(account.username).get("/api/v1/me")
        assert me.status_code == 200, account.username
    requests = {who: len(_all(sign_in(who), "requests")) for who in ("truc-ninh", "truc-thai", "truc-dai")}
    assert requests == {"truc-ninh": 112, "truc-thai": 102, "truc-dai": 10}
    homes = {who: len(_all(sign_in(who), "households")) for who in ("truc-ninh", "truc-thai", "truc-dai")}
    assert homes == {"truc-ninh": 440, "truc-thai": 400, "truc-dai": 40}
    assert sum(len(_all(sign_in(f"xom-{n}"), "households")) for n in range(1, 9)) == 400
    assert sign_in("admin").get("/api/v1/households").status_code == 403
    for who in ("truc-ninh", "truc-thai", "xom-8", "ngan-hang", "tai-chinh", "van-hoa", "mat-tran"):
        plans = sign_in(who).get("/api/v1/plans").json()["items"]
        assert [plan["number"] for plan in plans] == ["16/KH-UBND"], who


def _all(client: httpx.Client, what: str) -> list[object]:
    items: list[object] = []
    cursor = None
    while True:
        page = client.get(f"/api/v1/{what}", params={"limit": 200} | ({"cursor": cursor} if cursor else {})).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def test_the_password_of_this_start_works_unless_its_owner_chose_another(
    engine: Engine, nobody: httpx.Client, id_key: IdKey
) -> None:
    def token(username: str, password: str) -> int:
        return nobody.post("/api/v1/auth/token", data={"username": username, "password": password}).status_code

    with engine.begin() as connection:
        chosen = text("UPDATE account SET password_changed_at = now() + interval '1 hour' WHERE username = 'chu-tich'")
        connection.execute(chosen)
    assert load(engine, "mot mat khau moi 2025", quiet, id_key) is False
    assert token("truc-thai", "mot mat khau moi 2025") == 200
    assert token("truc-thai", people.PASSWORD) == 401
    assert token("chu-tich", people.PASSWORD) == 200
