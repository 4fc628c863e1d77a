"""What the public, and whoever is not told small counts, can work out of a report: attacked by sums and differences."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.api.reports.test_editions import paper
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.recognitions import recognise
from tests.make.report_register import commune, total
from tests.make.reviews import households
from tests.make.rounds import review, review_round

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/reports"
DAY = "2024-12-31"


def surveyed(session: Session, hamlet: str, many: int, deprived: int) -> None:
    """Poor households, the first of them without clean water."""
    round_id = review_round(session)
    for number, home in enumerate(households(session, many, hamlet)):
        recognise(session, home, "poor", date(2022, 12, 12))
        lacks = ["clean_water"] if number < deprived else []
        review(session, round_id, home, "poor", surveyed_on=date(2024, 9, 20), deprivations=lacks)


def row_of(report: dict[str, Any], code: str) -> dict[str, dict[str, Any]]:
    row = next(row for row in [*report["rows"], *report["totals"]] if row["code"] == code)
    return {column["code"]: cell for column, cell in zip(report["columns"], row["cells"], strict=True)}


@pytest.mark.parametrize(
    ("many", "deprived", "numerator", "denominator"),
    [(3, 3, None, None), (2, 0, 0, None), (17, 15, None, 17), (20, 3, None, 20), (20, 8, 8, 20), (9, 0, 0, 9)],
)
def test_a_share_tells_no_small_count(
    sign_in: SignIn, session: Session, many: int, deprived: int, numerator: int | None, denominator: int | None
) -> None:
    surveyed(session, "14080-03", many, deprived)
    surveyed(session, "14080-04", 30, 10)
    surveyed(session, "14080-05", 30, 11)
    session.commit()
    query = {"area": "14080", "as_of": DAY}
    seen = row_of(done(sign_in("mat-tran").get(f"{REPORTS}/form-05", params=query)), "14080-03")
    cell, whole = seen["deprived_clean_water"], seen["households"]
    assert (cell["numerator"], cell["denominator"]) == (numerator, denominator)
    hidden = numerator is None or denominator is None
    assert (cell["suppressed"], cell["value"] is None) == (hidden, hidden)
    assert whole["value"] == denominator
    public = done(sign_in("truc-thai").post(f"{REPORTS}/form-05/editions", json=paper(audience="public")))
    content = done(sign_in("van-hoa").get(f"/api/v1/report-editions/{public['id']}/content"))
    assert row_of(content["report"], "14080-03") == seen
    known = row_of(done(sign_in("truc-thai").get(f"{REPORTS}/form-05", params=query)), "14080-03")
    assert known["deprived_clean_water"]["denominator"] == many


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_small_number_is_left_in_a_report_by_chance(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    session.commit()
    told = hidden = 0
    for form in [f"form-{n:02d}" for n in range(1, 14)]:
        query = {"round": str(made.rounds[-1])}
        for row in _rows(done(sign_in("mat-tran").get(f"{REPORTS}/{form}", params=query))):
            for cell in row["cells"]:
                told, hidden = told + (not cell["suppressed"]), hidden + cell["suppressed"]
                assert not [one for one in _numbers(cell) if 0 < one < 5], (form, row["code"], cell)
    assert told > 100
    assert hidden > 100


def _rows(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [*report["rows"], *report["totals"]]


def _numbers(cell: dict[str, Any]) -> list[int]:
    """Every count that a cell tells: of a share of records its parts, of a share of all the residents what is above."""
    number, whole = cell["numerator"], cell["denominator"]
    if number is None and whole is None:
        return [cell["value"]] if isinstance(cell["value"], int) else []
    rest = [whole - number] if number is not None and whole is not None and whole < 100 else []
    return [one for one in (number, whole, *rest) if one is not None]


def test_a_monitoring_report_tells_no_small_whole(sign_in: SignIn, session: Session) -> None:
    surveyed(session, "14080-03", 3, 0)
    surveyed(session, "14080-04", 30, 10)
    total(session, "14080-03", date(2024, 6, 30), 300, 1000)
    session.commit()
    query = {"area": "14080-03", "period": "2024"}
    seen = done(sign_in("mat-tran").get(f"{REPORTS}/monitoring-annual", params={"area": "14080", "period": "2024"}))
    rows = {row["code"]: [cell["value"] for cell in row["cells"]] for row in seen["rows"]}
    assert rows["clean_water"][2] == 33
    assert rows["poor_households"][1] == 33
    small = sign_in("van-hoa").get(f"{REPORTS}/monitoring-annual", params=query)
    told = {row["code"]: row["cells"] for row in done(small)["rows"]}
    for code in ("clean_water", "access_to_services_and_policies", "telecom_service"):
        assert [cell["denominator"] or cell["value"] for cell in told[code][2:]] == [None, None], code
    rate = told["multidimensional_poverty_rate"]
    assert (rate[1]["value"], rate[2]["value"], rate[3]["value"]) == (None, 300, None)
    change = told["multidimensional_poverty_change"]
    assert (change[1]["value"], change[3]["value"]) == (None, None)
    whole = {
        row["code"]: row["cells"]
        for row in done(sign_in("truc-thai").get(small.request.url.path, params=query))["rows"]
    }
    assert whole["clean_water"][2]["value"] == 3


def test_the_units_of_a_town_and_their_subtotal_hide_no_small_count_between_them(
    sign_in: SignIn, session: Session
) -> None:
    for hamlet, many in (("14080-01", 2), ("14080-02", 20), ("14080-03", 3), ("14080-04", 30), ("14080-05", 40)):
        surveyed(session, hamlet, many, 0)
    session.execute(text("UPDATE area SET area_type = 'urban' WHERE code IN ('14080-01', '14080-02')"))
    session.commit()
    query = {"area": "14080", "as_of": DAY}
    whole = done(sign_in("truc-thai").get(f"{REPORTS}/form-05", params=query))
    assert row_of(whole, "urban")["households"]["value"] == 22
    seen = done(sign_in("mat-tran").get(f"{REPORTS}/form-05", params=query))
    at = next(n for n, column in enumerate(seen["columns"]) if column["code"] == "households")
    for kind in ("urban", "rural"):
        units = {row["code"]: row["cells"][at]["value"] for row in seen["rows"] if row["area_type"] == kind}
        hidden = [code for code, value in units.items() if value is None]
        assert {"urban": "14080-01", "rural": "14080-03"}[kind] in hidden
        assert len(hidden) > 1 or row_of(seen, kind)["households"]["value"] is None, (kind, units)
    assert row_of(seen, "total")["households"]["value"] is not None


def test_the_persons_of_one_class_are_not_those_of_both_less_the_other(sign_in: SignIn, session: Session) -> None:
    for poverty_class, many in (("poor", 6), ("near_poor", 1)):
        for home in households(session, many, "14080-03"):
            recognise(session, home, poverty_class, date(2022, 12, 12))
            people(session, home, 3)
    session.execute(text("UPDATE household SET created_at = created_at - interval '3 years'"))
    session.execute(text("UPDATE member SET created_at = created_at - interval '3 years'"))
    session.commit()
    front, officer = sign_in("mat-tran"), sign_in("truc-thai")

    def counted(client: httpx.Client, code: str, name: str = "numerator") -> int | None:
        (point,) = done(client.get(f"/api/v1/indicators/{code}", params={"area": "14080-03"}))["points"]
        number: int | None = point[name]
        return number

    asked = (("poor_persons_rate",), ("near_poor_persons_rate",), ("health_insurance", "denominator"))
    assert [counted(officer, *one) for one in asked] == [18, 3, 21]
    assert [counted(front, *one) for one in asked] == [None, None, 21]
