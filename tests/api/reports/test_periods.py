"""Which periods a report can be asked of, and which day belongs to them: through every door."""

import io
from collections.abc import Callable
from datetime import date

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlmodel import Session

from tests.api.reports.test_editions import paper
from tests.make.answers import done
from tests.make.recognitions import recognise
from tests.make.report_register import commune, on
from tests.make.reviews import household
from tests.make.rounds import review_round

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/reports"
DAY = "2024-12-31"
NO_PERIOD = ["9999-H2", "9999", "0000", "1999", "2028", "2024-H3", "2024-02-31", "2024-13", "2024-00", "٢٠٢٤", "x"]


@pytest.mark.parametrize("period", NO_PERIOD)
@pytest.mark.parametrize("form", ["form-01", "list-poor", "monitoring-annual", "monitoring-six-month"])
def test_what_is_no_period_is_none_at_any_door(sign_in: SignIn, form: str, period: str) -> None:
    officer = sign_in("truc-thai")
    for query in ({"period": period}, {"period": period, "as_of": DAY}):
        for door in ("", "/workbook", "/paper"):
            assert wrong(officer.get(f"{REPORTS}/{form}{door}", params=query)) == "#query/period", door
        assert wrong(officer.post(f"{REPORTS}/{form}/editions", json=paper(**({"as_of": None} | query)))) == "#/period"
    behind = {"row": "total", "column": "poor_households", "period": period}
    if form == "form-01":
        assert wrong(officer.get(f"{REPORTS}/{form}/records", params=behind)) == "#query/period"


def wrong(answer: httpx.Response) -> str:
    """The pointer of the one thing that is wrong."""
    said = answer.json()
    assert (answer.status_code, said["type"].rpartition("/")[2]) == (422, "invalid"), answer.text
    (error,) = said["errors"]
    assert error["details"]["vi"] != error["details"]["en"]
    pointer: str = error["pointer"]
    return pointer


@pytest.mark.parametrize("period", ["2023", "2024-H1", "2024-11", "2024-12-30", "2025"])
def test_the_numbers_of_a_day_stand_under_a_period_of_it(sign_in: SignIn, session: Session, period: str) -> None:
    officer = sign_in("truc-thai")
    asked = {"area": "14080", "period": period, "as_of": DAY}
    assert wrong(officer.get(f"{REPORTS}/form-01", params=asked)) == "#query/as_of"
    assert wrong(officer.post(f"{REPORTS}/form-01/editions", json=paper(**asked))) == "#/as_of"
    form = "monitoring-six-month" if "H" in period else "monitoring-annual"
    if period in ("2023", "2025", "2024-H1"):
        assert wrong(officer.get(f"{REPORTS}/{form}", params=asked)) == "#query/as_of"
    assert session.execute(text("SELECT count(*) FROM report_edition")).scalar_one() == 0


@pytest.mark.parametrize("period", ["2024", "2024-H2", "2024-12", "2024-12-31"])
def test_a_day_of_its_period_is_taken(sign_in: SignIn, period: str) -> None:
    officer = sign_in("truc-thai")
    seen = done(officer.get(f"{REPORTS}/form-01", params={"period": period, "as_of": DAY}))
    assert (seen["period"], seen["as_of"]) == (period, DAY)
    assert done(officer.get(f"{REPORTS}/form-01", params={"period": period}))["as_of"] == DAY


def test_a_period_to_come_has_no_numbers_of_today(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    with on(date(2024, 8, 1)):
        recognise(session, household(session), "poor", date(2022, 12, 12))
        session.commit()
        for period in ("2025", "2024-09", "2024-12-31"):
            assert wrong(officer.get(f"{REPORTS}/form-01", params={"period": period})) == "#query/period", period
        assert wrong(officer.post(f"{REPORTS}/form-01/editions", json=paper(
            as_of=None, period="2025", issued_on="2024-08-01"))) == "#/period"  # fmt: skip
        assert wrong(officer.get(f"{REPORTS}/monitoring-annual", params={"period": "2025"})) == "#query/period"
        under_way = done(officer.get(f"{REPORTS}/form-01", params={"period": "2024"}))
        assert (under_way["period"], under_way["as_of"]) == ("2024", "2024-08-01")
        last = done(officer.get(f"{REPORTS}/monitoring-six-month"))
        assert (last["period"], last["as_of"]) == ("2024-H1", "2024-06-30")
        of_day = done(officer.get(f"{REPORTS}/monitoring-six-month", params={"as_of": "2023-10-01"}))
        assert (of_day["period"], of_day["as_of"]) == ("2023-H2", "2023-10-01")


def test_the_result_of_a_review_that_goes_on_is_preliminary(sign_in: SignIn, session: Session) -> None:
    officer, chair, district = sign_in("truc-thai"), sign_in("chu-tich"), sign_in("truc-ninh")
    recognise(session, household(session), "poor", date(2022, 12, 12))
    round_id = review_round(session, opens_on=date(2024, 9, 1))
    session.commit()
    query, whole = {"round": str(round_id)}, {"area": "363", "period": "2024"}
    with on(date(2024, 11, 10)):
        open_ = done(officer.get(f"{REPORTS}/form-01", params=query))
        assert (open_["preliminary"], open_["due_on"]) == (True, "2024-11-14")
        of_a_day = done(officer.get(f"{REPORTS}/form-01", params={"period": "2024", "as_of": "2024-11-09"}))
        assert (of_a_day["preliminary"], of_a_day["due_on"]) == (False, "2024-12-19")
        body = paper(round_id=str(round_id), as_of=None, issued_on="2024-11-10")
        at = f"/api/v1/report-editions/{done(officer.post(f'{REPORTS}/form-01/editions', json=body))['id']}"
        handed = done(chair.post(f"{at}/submission"))
        assert (handed["due_on"], handed["overdue"]) == ("2024-11-14", False)
        (sheet,) = load_workbook(io.BytesIO(officer.get(f"{at}/workbook").content)).worksheets
        assert "Kết quả sơ bộ" in str(list(sheet.iter_rows(values_only=True)))
        summed = done(district.get(f"{REPORTS}/form-01", params=whole))
        assert (summed["preliminary"], summed["due_on"]) == (True, "2024-11-14")
    session.execute(
        text("UPDATE review_round SET stage = 'closed', closed_on = '2024-12-14', closed_at = now() WHERE id = :r"),
        {"r": round_id},
    )
    session.commit()
    with on(date(2024, 12, 15)):
        closed = done(officer.get(f"{REPORTS}/form-01", params=query))
        assert (closed["preliminary"], closed["due_on"]) == (False, "2024-12-19")
        assert done(officer.get(f"{at}/content"))["report"]["preliminary"] is True
        assert done(district.get(f"{REPORTS}/form-01", params=whole))["preliminary"] is True


def test_a_round_has_its_own_period(sign_in: SignIn, session: Session) -> None:
    made = commune(session, 7)
    session.commit()
    officer, query = sign_in("truc-thai"), {"round": str(made.rounds[-1])}
    assert wrong(officer.get(f"{REPORTS}/form-02", params=query | {"period": "2024"})) == "#query/period"
    assert done(officer.get(f"{REPORTS}/form-02", params=query | {"period": "2025"}))["period"] == "2025"
