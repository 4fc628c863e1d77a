"""Every row of the monitoring reports against a count by hand: hamlets, communes, and the district that adds up."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.config import Settings
from tests.api.reports.monitoring_by_hand import ByHand, Sheet, together
from tests.make.answers import done
from tests.make.commune_facts import ACTS, delivers, merges, moves, reverses
from tests.make.commune_money import SPENDS, RichCommune
from tests.make.figures import COMMUNES, figure, some_figures
from tests.make.recognitions import recognise
from tests.make.report_register import total
from tests.make.reviews import households
from tests.make.rounds import review, review_round

SignIn = Callable[[str], httpx.Client]
REPORTS, EDITIONS = "/api/v1/reports", "/api/v1/report-editions"
START = datetime(2024, 2, 20, 2, tzinfo=UTC)
UNDER = {
    "14080-01": ("14080-01",), "14080-03": ("14080-03",), "14080": (*(f"14080-{n:02d}" for n in range(1, 9)), "14080"),
    "14071": ("14071-01", "14071-02", "14071"),
}  # fmt: skip
WHO = {"14080-01": "xom-1", "14080-03": "truc-thai", "14080": "truc-thai", "14071": "truc-dai"}


@pytest.fixture(params=[1, 2, 3])
def made(request: pytest.FixtureRequest, engine: Engine, config: Settings) -> RichCommune:
    return RichCommune(engine, config.secrets().id_key, Random(request.param), START)


# what decides where a delivery counts, and whether it does
CHURN = (delivers, delivers, delivers, reverses, moves, moves, merges)


def settle(commune: RichCommune, session: Session) -> None:
    """At work for a while; and the totals of the hamlets where nothing happens are known, and the communes' figures."""
    with clock.at(START):
        for commune_code in COMMUNES:
            figure(session, commune_code, "poverty_officers", date(2022, 6, 30), 9)
            for year, due, paid in ((2023, 900, 300), (2024, 700, 350), (2025, 7, 3)):
                figure(session, commune_code, "average_premium_due", date(year, 1, 1), due)
                figure(session, commune_code, "average_premium_supported", date(year, 1, 1), paid)
        for hamlet in (*(f"14080-{n:02d}" for n in (2, 4, 5, 6, 7, 8)), "14071-02"):
            total(session, hamlet, date(2022, 6, 30), 100, 300)
        session.commit()
    commune.settle()


def live(commune: RichCommune, acts: int) -> None:
    some_figures(commune, Random(commune.now.isoformat()))
    for n in range(acts):
        commune.act(commune.choose.choice((SPENDS, CHURN, ACTS)[n % 3]))
        if n % 8 == 7:
            commune.pass_days(commune.choose.randint(0, 30))


def told(report: dict[str, Any]) -> dict[str, tuple[Any, Any, Any]]:
    """Code -> number, of how many, value; the unit and the columns say what they are."""
    assert [column["code"] for column in report["columns"]] == ["unit", "numerator", "denominator", "value"]
    return {row["code"]: tuple(cell["value"] for cell in row["cells"][1:]) for row in report["rows"]}


def agree(report: dict[str, Any], sheet: Sheet, *, money: bool = True) -> int:
    """How many numbers other than zero were compared."""
    compared = 0
    for code, said in told(report).items():
        line = sheet[code]
        hand = (line.above, line.below, line.value)
        if code.startswith("money_") and not money:
            hand = (None, None, None)
        assert said == hand, (report["area"]["code"], report["period"], report["as_of"], code)
        compared += any(said)
    return compared


def days_of(period: str, today: date) -> tuple[date, date]:
    year = int(period[:4])
    first = date(year, 7, 1) if period.endswith("H2") else date(year, 1, 1)
    last = date(year, 6, 30) if period.endswith("H1") else date(year, 12, 31)
    return first, min(last, today)


def asked(client: httpx.Client, area: str, period: str, **query: Any) -> dict[str, Any]:
    form = "monitoring-six-month" if "H" in period else "monitoring-annual"
    found: dict[str, Any] = done(client.get(f"{REPORTS}/{form}", params={"area": area, "period": period, **query}))
    return found


def test_every_row_of_hamlet_and_commune(sign_in: SignIn, made: RichCommune, engine: Engine, session: Session) -> None:
    people = {who: sign_in(who) for who in set(WHO.values())}
    settle(made, session)
    live(made, 150)
    earlier = made.now
    made.pass_days(1)
    live(made, 150)
    made.pass_days(1)
    by_hand, compared = ByHand(made, engine), 0
    seen = dict.fromkeys(("premium_support", "officers_trained", "multidimensional_poverty_change"), 0)
    today = clock.at(made.now)
    with today:
        this, half = made.now.year, f"{made.now.year}-H{1 if made.now.month < 7 else 2}"
        before, long_before = (made.now.date() - timedelta(days=back) for back in (30, 130))
        for area, under in UNDER.items():
            for period, day, known in (
                (str(this), None, None), (str(this - 1), None, None), (half, None, None), (half, None, earlier),
                (str(before.year), before, None), (str(before.year), before, earlier),
                (str(long_before.year), long_before, None), (str(long_before.year), long_before, earlier),
            ):  # fmt: skip
                first, last = days_of(period, made.now.date())
                query = ({"as_of": day.isoformat()} if day else {}) | ({"known_at": known.isoformat()} if known else {})
                report = asked(people[WHO[area]], area, period, **query)
                sheet = by_hand.sheet(under, first, day or last, known)
                compared += agree(report, sheet, money=area != "14080-01")
                for code in seen:
                    seen[code] += told(report)[code][2] is not None
    assert compared > 200, made.done
    assert min(seen.values()) > 0, seen


def hand_in(session: Session, officer: httpx.Client, area: str, period: str, day: str, **more: Any) -> str:
    """An edition of the annual report that was handed in; its id."""
    body = {"id": str(uuid4()), "area": area, "period": period, "number": "45/BC-UBND", "issued_on": day, **more}
    made = done(officer.post(f"{REPORTS}/monitoring-annual/editions", json=body))
    row = (
        "INSERT INTO report_hand_in (edition_id, state, submitted_by, submitted_on, version, created_at, updated_at)"
        " VALUES (:id, 'submitted', gen_random_uuid(), :on, 2, :at, :at)"
    )
    session.execute(text(row), {"id": made["id"], "on": day, "at": clock.now()})
    session.commit()
    return str(made["id"])


def test_the_district_is_the_sum_of_what_was_handed_in_at_the_time(
    sign_in: SignIn, made: RichCommune, engine: Engine, session: Session
) -> None:
    officers = {"14080": sign_in("truc-thai"), "14071": sign_in("truc-dai")}
    district = sign_in("truc-ninh")
    settle(made, session)
    live(made, 150)
    year = str(made.now.year)
    first, last = days_of(year, made.now.date())
    sums: list[tuple[datetime, Sheet]] = []
    with clock.at(made.now):
        sheets = {area: ByHand(made, engine).sheet(UNDER[area], first, last, None) for area in officers}
        at = {area: hand_in(session, one, area, year, last.isoformat()) for area, one in officers.items()}
    made.pass_days(1)
    sums.append((made.now, together(list(sheets.values()))))
    live(made, 5)
    made.pass_days(1)
    with clock.at(made.now):
        first, last = days_of(year, made.now.date())
        sheets["14080"] = ByHand(made, engine).sheet(UNDER["14080"], first, last, None)
        newer = {"replaces_id": at["14080"], "reason": "Bổ sung"}
        at["14080"] = hand_in(session, officers["14080"], "14080", year, made.now.date().isoformat(), **newer)
    made.pass_days(1)
    sums.append((made.now, together(list(sheets.values()))))
    made.pass_days(1)
    with clock.at(made.now):
        now = asked(district, "363", year)
        assert agree(now, sums[1][1]) > 15
        assert {one["code"] for one in now["missing"]} == {"14086"}
        back = district.post(f"{EDITIONS}/{at['14071']}/return", json={"remark": "Số chưa khớp"})
        assert done(back)["state"] == "returned"
    made.pass_days(1)
    with clock.at(made.now):
        assert agree(asked(district, "363", year), together([sheets["14080"]])) > 15
        for moment, sheet in sums:
            then = asked(district, "363", year, known_at=moment.isoformat())
            assert agree(then, sheet) > 15
            assert {one["code"] for one in then["missing"]} == {"14086"}
    assert told(asked(district, "363", str(int(year) + 1))) == {}


def test_where_nothing_is_known_there_is_no_share_of_nought(sign_in: SignIn, session: Session) -> None:
    """Poor households that nobody reviewed: who of them has clean water, nobody can tell."""
    for hamlet, many in (("14080-03", 2), ("14071-01", 3)):
        for home in households(session, many, hamlet):
            recognise(session, home, "poor", date(2022, 12, 12))
    session.commit()
    for who, area, whole in (("truc-thai", "14080-03", 2), ("truc-thai", "14080", 2), ("truc-dai", "14071", 3)):
        report = asked(sign_in(who), area, "2024")
        row = next(row for row in report["rows"] if row["code"] == "clean_water")
        assert [cell["value"] for cell in row["cells"][1:]] == [0, whole, None]
        assert row["cells"][3]["reason"]["vi"].startswith("Chưa biết")
    hand_in(session, sign_in("truc-thai"), "14080", "2024", "2025-01-05")
    hand_in(session, sign_in("truc-dai"), "14071", "2024", "2025-01-05")
    both = told(asked(sign_in("truc-ninh"), "363", "2024"))
    assert both["clean_water"] == (0, 5, None)
    round_id = review_round(session, "14071")
    (home,) = households(session, 1, "14071-01")
    recognise(session, home, "poor", date(2022, 12, 12))
    review(session, round_id, home, "poor", surveyed_on=date(2024, 9, 20), deprivations=[])
    session.commit()
    before = done(sign_in("truc-dai").get(f"{REPORTS}/monitoring-annual/editions", params={"area": "14071"}))
    newer = {"replaces_id": before["items"][0]["id"], "reason": "Đã rà soát"}
    hand_in(session, sign_in("truc-dai"), "14071", "2024", "2025-01-06", **newer)
    assert told(asked(sign_in("truc-ninh"), "363", "2024"))["clean_water"] == (1, 6, 16.67)


def test_each_value_says_its_unit(sign_in: SignIn, session: Session) -> None:
    hand_in(session, sign_in("truc-thai"), "14080", "2024", "2025-01-05")
    for who, area in (("truc-thai", "14080"), ("truc-ninh", "363")):
        report = asked(sign_in(who), area, "2024")
        assert [column["unit"] for column in report["columns"]] == ["text", "count", "count", "of_row"]
        units = {row["code"]: row["unit"] for row in report["rows"]}
        assert {code: units[code] for code in (
            "poor_households", "clean_water", "multidimensional_poverty_change", "money_settled", "deliveries",
            "supported_amount",
        )} == {
            "poor_households": "count", "clean_water": "percent", "deliveries": "count", "money_settled": "vnd",
            "multidimensional_poverty_change": "percentage_point", "supported_amount": "vnd",
        }  # fmt: skip
        for row in report["rows"]:
            said = {"percent": "%", "percentage_point": "điểm %", "count": "số lượng", "vnd": "đồng"}[row["unit"]]
            assert row["cells"][0]["value"] == said, row["code"]
    plain = done(sign_in("truc-thai").get(f"{REPORTS}/form-05", params={"area": "14080", "as_of": "2024-12-31"}))
    assert {row["unit"] for row in plain["rows"]} == {None}
    assert {column["unit"] for column in plain["columns"]} == {"count", "percent"}
