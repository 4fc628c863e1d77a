"""Loads the demo commune: areas, accounts, totals, plan, a made-up register, two past rounds, requests, the year
2024, a round of this year that is on its way.

NO REAL PERSON'S DATA: names are put together by chance, citizen and telephone numbers lie outside of what is issued
(people.py). One transaction, through the same writers as the web and the tablets: a start that is killed half-way has
loaded nothing, and the next one begins again.
"""

import gc
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from sqlalchemy import Engine, insert, text
from sqlmodel import Session

from api import clock, sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.areas.commands import load_areas
from api.areas.tables import AreaStatistic, area_id
from api.changes.edits import Edit, Written
from api.changes.tables import Origin
from api.demo import accounts, surveys, training
from api.demo.register import MadeUp, register, requests_without_household
from api.demo.work_of_2024 import load_year
from api.demo.year import CODE
from api.households.commands import write_households, write_members
from api.indicators.tables import AreaFigure
from api.keys import IdKey
from api.plans.commands import load_plan
from api.recognitions.closing import keep_standing, last_closed
from api.recognitions.recording import Decision, record_decision
from api.reviews.commands import open_round, write_requests
from api.reviews.tables import ReviewRound, RoundKind, RoundStage
from api.standards.tables import PovertyClass

Report = Callable[[str, int, int], None]
_Write = Callable[[Session, Actor, Sequence[Edit], Origin], list[Written]]

# Two first starts of one database at once: the second waits, and then finds the demo there.
_LOCK = 0x67_6E_64_65_6D_6F
# Edits per list: large enough that the number of statements does not matter, small enough that progress is seen.
_AT_ONCE = 400


def load(engine: Engine, password: str, report: Report, id_key: IdKey) -> bool:
    """Loads the demo, and says whether it had to: False where it is there already, then only the accounts' password is
    brought up to date (`accounts.give_password`). `report(step, done, total)` is called as the work goes on.
    """
    session = Session(engine, expire_on_commit=False, info={"id_key": id_key})
    with _without_collector(), session, session.begin():
        _wait_for_another_start(session)
        if session.get(Account, accounts.account_id("truc-thai")) is not None:
            accounts.give_password(session, password)
            return False
        plan_id = _load_places(session, password, report)
        homes = register()
        for commune in accounts.OFFICERS:
            _load_register(session, commune, [home for home in homes if home.commune == commune], report)
        listed = training.open_training(session, _id("round", "training:2024"))
        report("Đợt tập huấn / training round", listed, listed)
        listed = surveys.on_its_way(session, homes)
        report("Đợt rà soát năm nay / this year's round", listed, listed)
        load_year(session, [home for home in homes if home.commune == CODE], plan_id, report)
    return True


@contextmanager
def _without_collector() -> Iterator[None]:
    """Nearly all that is made here stays until the end: looking for garbage meanwhile takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _load_places(session: Session, password: str, report: Report) -> UUID:
    """The id of the commune's plan."""
    report("Đơn vị hành chính / areas", 0, 1)
    load_areas(session, _toml("api.areas", "data/truc-ninh.toml"))
    report("Đơn vị hành chính / areas", 1, 1)
    accounts.create_accounts(session, password)
    report("Tài khoản / accounts", len(accounts.ACCOUNTS), len(accounts.ACCOUNTS))
    _load_statistics(session)
    report("Tổng số hộ của xóm / hamlet totals", 1, 1)
    plan_id = load_plan(session, accounts.officer("14080"), _toml("api.plans", "data/16-kh-ubnd-2024.toml"))
    report("Kế hoạch 16/KH-UBND / the plan", 1, 1)
    return plan_id


def _load_register(session: Session, commune: str, homes: list[MadeUp], report: Report) -> None:
    actor = accounts.officer(commune)
    name = {"14080": "Trực Thái", "14071": "Trực Đại"}[commune]

    def write(what: str, writer: _Write, edits: list[Edit]) -> None:
        for start in range(0, len(edits), _AT_ONCE):
            _all_applied(writer(session, actor, edits[start : start + _AT_ONCE], Origin.load))
            report(f"{what}, xã {name}", min(start + _AT_ONCE, len(edits)), len(edits))
        _tell_planner(session)

    write("Hộ / households", write_households, [Edit(home.id, None, home.fields) for home in homes])
    people = [Edit(member_id, None, fields) for home in homes for member_id, fields in home.members]
    write("Thành viên / members", write_members, people)
    papers = [Edit(_id("request", str(h.id)), None, h.request) for h in homes if h.request is not None]
    if commune == "14080":
        papers += [Edit(request_id, None, fields) for request_id, fields in requests_without_household()]
    write("Giấy đề nghị / requests", write_requests, papers)
    _load_rounds(session, actor, commune, homes)
    _tell_planner(session)
    report(f"Hai đợt rà soát / two rounds, xã {name}", 2, 2)


def _tell_planner(session: Session) -> None:
    """Autovacuum cannot see the rows of a transaction that goes on: for it a table of 400 new households is empty, and
    after a start that was killed it comes and says so to the planner, which then reads whole tables for each row. What
    we say ourselves counts our rows, and keeps autovacuum away until the load has ended.
    """
    session.execute(text(session.execute(sql.load("api/demo/sql/tell_planner.sql")).scalar_one()))


def _all_applied(outcomes: list[Written]) -> None:
    for written in outcomes:
        if written.outcome != "applied":
            # a mistake in the made-up data, never a state of the database: nothing is loaded
            raise written.problem or ValueError(f"the demo was not taken: {written}")


def _load_rounds(session: Session, actor: Actor, commune: str, homes: list[MadeUp]) -> None:
    """The classes of 2022 and 2023, each by its decision: nothing else gives a household a class. Of the last round the
    surveys are there too."""
    rounds = _toml("api.demo", "data/truc-thai.toml")["rounds"]
    for place, past in enumerate(rounds):
        round_id = open_round(
            session,
            actor,
            actor.scope_of(Permission.rounds_write),
            area_id=area_id(commune),
            kind=RoundKind.periodic,
            year=past["year"],
            opens_on=past["opens_on"],
            closes_on=past["closes_on"],
            round_id=_id("round", f"{commune}:{past['year']}"),
        )
        decision = Decision(
            number=past["numbers"][commune],
            decided_on=past["decided_on"],
            signatory="Chủ tịch UBND xã",
            area_id=area_id(commune),
            round_id=round_id,
            id=_id("decision", f"{commune}:{past['year']}"),
        )
        recognised = {home.id: PovertyClass(found) for home in homes if (found := home.classes[place])}
        scope = actor.scope_of(Permission.recognitions_prepare)
        if past is rounds[-1]:
            surveys.finished(session, actor, round_id, homes, past["opens_on"])
        record_decision(session, actor, scope, decision, recognised, Origin.load)
        surveys.settle(session, round_id, _id("decision", f"{commune}:{past['year']}"))
        _close(session, area_id(commune), round_id, past["closes_on"])


def _wait_for_another_start(session: Session) -> None:
    """As long as it takes: on a slow machine a first start loads for longer than any statement may wait otherwise."""
    for limit in ("lock_timeout", "statement_timeout"):
        session.execute(text(f"SET LOCAL {limit} = 0"))
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    for limit in ("lock_timeout", "statement_timeout"):
        session.execute(text(f"SET LOCAL {limit} TO DEFAULT"))


def _close(session: Session, commune_id: UUID, round_id: UUID, day: date) -> None:
    """What closing a round leaves behind: its standing, and the round it opened with."""
    opening, round_ = last_closed(session, commune_id), ReviewRound.__table__  # type: ignore[attr-defined]
    now = clock.now()
    closed: dict[str, Any] = {"closed_on": day, "closed_at": now, "opening_round_id": opening, "updated_at": now}
    closed["stage"] = RoundStage.closed
    session.execute(round_.update().where(round_.c.id == round_id).values(**closed))
    keep_standing(session, commune_id, round_id, day)


def _load_statistics(session: Session) -> None:
    """Totals of the hamlets and figures of the commune, marked as made up in their source."""
    read = _toml("api.demo", "data/truc-thai.toml")
    officers = {commune: accounts.account_id(name) for commune, name in accounts.OFFICERS.items()}
    rows = [
        {
            "id": _id("statistic", f"{hamlet}:{year['as_of']}"),
            "area_id": area_id(hamlet),
            "as_of": year["as_of"],
            "households": households,
            "persons": persons,
            "source": read["source"],
            "recorded_at": clock.now(),
            "recorded_by": officers[year["commune"]],
        }
        for year in read["statistics"]
        for number, (households, persons) in enumerate(zip(year["households"], year["persons"], strict=True), start=1)
        for hamlet in [f"{year['commune']}-{number:02d}"]
    ]
    session.execute(insert(AreaStatistic), rows)
    figures = [
        {
            **{name: one[name] for name in ("kind", "as_of", "value")},
            "id": _id("figure", f"{one['commune']}:{one['kind']}:{one['as_of']}"),
            "area_id": area_id(one["commune"]),
            "source": read["source"],
            "recorded_at": clock.now(),
            "recorded_by": officers[one["commune"]],
        }
        for one in read["figures"]
    ]
    session.execute(insert(AreaFigure), figures)


def _toml(package: str, path: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath(path).read_text(encoding="utf-8"))


def _id(kind: str, name: str) -> UUID:
    return uuid5(NAMESPACE_DNS, f"demo:{kind}:{name}")
