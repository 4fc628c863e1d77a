"""Classes by decision: ranges of days without gaps or overlaps, told to the tablets, seen by whom they concern."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session

from api import clock
from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.changes.tables import ChangePending, RecordVersion
from api.households.class_view import classes
from api.households.tables import Household
from api.problems import Conflict, NotFound
from api.recognitions.recording import Decision, record_decision
from api.reviews.commands import open_round
from api.reviews.tables import RoundKind
from api.standards.tables import PovertyClass
from tests.make.reviews import acting, counted, household, households

POOR, NEAR, OUT = PovertyClass.poor, PovertyClass.near_poor, PovertyClass.not_poor
SignIn = Callable[[str], httpx.Client]


def decide(session: Session, day: str, recognised: dict[UUID, PovertyClass], who: str = "truc-thai") -> UUID:
    actor = acting(who)
    commune = "14071" if who == "truc-dai" else "14080"
    decision = Decision(f"{day}/QĐ-UBND", date.fromisoformat(day), "Chủ tịch UBND xã", area_id(commune))
    return record_decision(session, actor, actor.scope_of(Permission.recognitions_prepare), decision, recognised)


def ranges(session: Session, home: UUID) -> list[tuple[str, str]]:
    found = session.execute(
        text("SELECT poverty_class, days::text FROM recognition WHERE household_id = :id ORDER BY lower(days)"),
        {"id": home},
    )
    return [(row[0], row[1]) for row in found]


def test_the_next_decision_closes_the_class_before(session: Session) -> None:
    home, other = households(session, 2)
    decide(session, "2022-12-12", {home: POOR, other: NEAR})
    decide(session, "2023-12-11", {home: NEAR})
    assert ranges(session, home) == [("poor", "[2022-12-12,2023-12-11)"), ("near_poor", "[2023-12-11,)")]
    # whoever is not named keeps what they had
    assert ranges(session, other) == [("near_poor", "[2022-12-12,)")]
    assert classes(session, [home])[home]["current_class"] == "near_poor"


def test_the_household_gets_a_version_that_tells_its_class(session: Session) -> None:
    home = household(session)
    decide(session, "2022-12-12", {home: POOR})
    assert session.get(Household, home, populate_existing=True).version == 2  # type: ignore[union-attr]
    version = session.get(RecordVersion, (home, 2))
    assert version is not None
    assert (version.entity, version.origin) == ("household", "web")
    assert version.change == {"current_class": [None, "poor"], "class_since": [None, "2022-12-12"]}
    queued = select(ChangePending.version, ChangePending.area_id).where(ChangePending.record_id == home)  # type: ignore[call-overload]
    assert session.execute(queued.order_by(ChangePending.id)).all() == [
        (1, area_id("14080-03")),
        (2, area_id("14080-03")),
    ]


def test_today_is_the_day_of_our_clock(session: Session) -> None:
    home = household(session)
    decide(session, "2022-12-12", {home: POOR})
    decide(session, "2023-12-11", {home: NEAR})
    found = []
    for day in ("2022-12-11", "2023-12-10", "2023-12-11"):
        with clock.at(datetime.fromisoformat(f"{day}T12:00:00+07:00")):
            found.append(classes(session, [home])[home]["current_class"])
    assert found == [None, "poor", "near_poor"]


def test_the_same_class_again_is_no_news_to_the_tablets(session: Session) -> None:
    home = household(session)
    decide(session, "2022-12-12", {home: POOR})
    decide(session, "2023-12-11", {home: POOR})
    assert [c for c, _ in ranges(session, home)] == ["poor", "poor"]
    assert session.get(Household, home, populate_existing=True).version == 2  # type: ignore[union-attr]


def test_history_is_not_rewritten(session: Session) -> None:
    home = household(session)
    decide(session, "2023-12-11", {home: POOR})
    for day in ("2023-12-11", "2022-12-12"):
        with pytest.raises(Conflict):
            decide(session, day, {home: NEAR})
    assert ranges(session, home) == [("poor", "[2023-12-11,)")]


def test_nobody_recognises_outside_their_areas(session: Session) -> None:
    mine, foreign = household(session), household(session, "14071-01")
    for homes in ({mine: POOR, foreign: POOR}, {uuid4(): POOR}):
        with pytest.raises(NotFound):
            decide(session, "2023-12-11", homes)
    actor = acting("truc-thai")
    away = Decision("1/QĐ", date(2023, 12, 11), "Chủ tịch", area_id("14071"))
    with pytest.raises(NotFound):
        record_decision(session, actor, actor.scope, away, {mine: POOR})
    assert ranges(session, mine) == []


def test_a_merged_household_is_recognised_no_more(session: Session) -> None:
    absorbed, survivor = households(session, 2)
    session.execute(
        text("UPDATE household SET status = 'merged', merged_into = :into WHERE id = :id"),
        {"id": absorbed, "into": survivor},
    )
    with pytest.raises(NotFound):
        decide(session, "2023-12-11", {absorbed: POOR})


def test_a_decision_on_sixty_households_costs_as_many_statements_as_one_on_five(
    session: Session, engine: Engine
) -> None:
    homes = households(session, 60)
    counts = []
    for day, some in (("2022-12-12", homes[:5]), ("2023-12-11", homes)):
        with counted(engine) as seen:
            decide(session, day, dict.fromkeys(some, POOR if day < "2023" else NEAR))
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 15


@pytest.fixture
def decided(session: Session) -> dict[str, UUID]:
    """Two households of xóm 3, one of xóm 4 and one of the other commune, with two decisions behind them."""
    a, b = households(session, 2)
    c, d = household(session, "14080-04"), household(session, "14071-01")
    decide(session, "2022-12-12", {a: POOR, b: NEAR, c: POOR})
    decide(session, "2023-12-11", {a: NEAR})
    decide(session, "2023-12-11", {d: POOR}, who="truc-dai")
    session.commit()
    return {"a": a, "b": b, "c": c, "d": d}


def test_recognitions_are_seen_where_classes_are(sign_in: SignIn, decided: dict[str, UUID]) -> None:
    seen = {}
    for who in (
        "truc-ninh",
        "truc-thai",
        "chu-tich",
        "xom-3",
        "xom-4",
        "truc-dai",
        "ngan-hang",
        "tai-chinh",
        "mat-tran",
    ):
        seen[who] = len(sign_in(who).get("/api/v1/recognitions").json()["items"])
    assert seen == {
        "truc-ninh": 5,
        "truc-thai": 4,
        "chu-tich": 4,
        "xom-3": 3,
        "xom-4": 1,
        "truc-dai": 1,
        "ngan-hang": 5,
        "tai-chinh": 4,
        "mat-tran": 4,
    }
    for who in ("van-hoa", "admin", "he-thong"):
        answer = sign_in(who).get("/api/v1/recognitions")
        assert (answer.status_code, answer.json()["permission"]) == (403, "households:list"), who


def test_recognitions_of_a_household_and_of_a_day(sign_in: SignIn, decided: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")

    def items(**params: str | int) -> list[dict[str, object]]:
        return officer.get("/api/v1/recognitions", params=params).json()["items"]

    history = items(household_id=str(decided["a"]))
    assert [(i["poverty_class"], i["from_day"], i["to_day"]) for i in history] == [
        ("poor", "2022-12-12", "2023-12-10"),
        ("near_poor", "2023-12-11", None),
    ]
    assert history[0]["decision"]["number"] == "2022-12-12/QĐ-UBND"  # type: ignore[index]
    day_before = items(household_id=str(decided["a"]), as_of="2023-12-10")
    assert [i["poverty_class"] for i in day_before] == ["poor"]
    assert [i["poverty_class"] for i in items(household_id=str(decided["a"]), as_of="2023-12-11")] == ["near_poor"]
    assert items(as_of="2022-12-11") == []
    assert {i["household_id"] for i in items(area_id=str(area_id("14080-04")))} == {str(decided["c"])}
    assert items(household_id=str(decided["d"])) == []
    assert officer.get("/api/v1/recognitions", params={"as_of": "x"}).status_code == 422


def test_recognitions_come_in_pages(sign_in: SignIn, decided: dict[str, UUID]) -> None:
    officer = sign_in("truc-thai")
    ids, cursor = [], None
    while True:
        page = officer.get("/api/v1/recognitions", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        ids += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(ids) == len(set(ids)) == 4


def test_a_round_is_seen_in_its_commune_below_and_above(session: Session, sign_in: SignIn) -> None:
    actor = acting("truc-thai")
    scope = actor.scope_of(Permission.rounds_write)
    days: dict[str, Any] = {"opens_on": date(2023, 9, 1), "closes_on": date(2023, 12, 14)}
    made = open_round(session, actor, scope, area_id=area_id("14080"), kind=RoundKind.periodic, year=2023, **days)
    with pytest.raises(NotFound):
        open_round(session, actor, scope, area_id=area_id("14071"), kind=RoundKind.periodic, year=2023, **days)
    session.commit()
    for who in ("truc-thai", "xom-3", "truc-ninh", "van-hoa", "admin", "he-thong"):
        found = sign_in(who).get("/api/v1/rounds").json()["items"]
        assert [r["id"] for r in found] == [str(made)], who
        one = sign_in(who).get(f"/api/v1/rounds/{made}")
        assert (one.json()["kind"], one.json()["year"], one.headers["ETag"]) == ("periodic", 2023, '"1"')
    for who in ("truc-dai", "xom-td-1"):
        assert sign_in(who).get("/api/v1/rounds").json()["items"] == []
        assert sign_in(who).get(f"/api/v1/rounds/{made}").status_code == 404
    assert sign_in("truc-thai").get("/api/v1/rounds", params={"year": 2022}).json()["items"] == []
