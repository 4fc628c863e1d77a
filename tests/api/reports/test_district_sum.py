"""What a district's report says beside plain sums: the change of a rate, and by which day each commune is late."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from tests.api.reports.test_monitoring import hand_in
from tests.make.answers import done
from tests.make.figures import figure
from tests.make.recognitions import recognise
from tests.make.report_register import on, total
from tests.make.reviews import households
from tests.make.rounds import review_round

SignIn = Callable[[str], httpx.Client]
REPORTS, EDITIONS = "/api/v1/reports", "/api/v1/report-editions"
CHANGE, BEFORE = "multidimensional_poverty_change", "multidimensional_poverty_rate_before"
WHOLE = {"area": "363", "period": "2024"}


@pytest.fixture
def register(session: Session) -> Session:
    """Poor households: of 2,400 in Trực Thái eight before 2024, two more in it; of 200 in Trực Đại (100 in 2024) seven
    and none."""
    for hamlet, early, late in (("14080-03", 8, 2), ("14071-01", 7, 0)):
        for number, home in enumerate(households(session, early + late, hamlet)):
            recognise(session, home, "poor", date(2022, 12, 12) if number < early else date(2024, 5, 2))
    for number in range(1, 9):
        total(session, f"14080-{number:02d}", date(2023, 6, 30), 300, 1000)
    for number in (1, 2):
        total(session, f"14071-0{number}", date(2023, 6, 30), 100, 400)
        total(session, f"14071-0{number}", date(2024, 6, 30), 50, 200)
    session.commit()
    return session


def row(client: httpx.Client, code: str, area: str = "363") -> list[dict[str, Any]]:
    report = done(client.get(f"{REPORTS}/monitoring-annual", params=WHOLE | {"area": area}))
    return next(list(one["cells"][1:]) for one in report["rows"] if one["code"] == code)


def values(cells: list[dict[str, Any]]) -> list[Any]:
    return [cell["value"] for cell in cells]


def test_the_change_of_a_district_is_that_of_the_rates_of_its_sums(sign_in: SignIn, register: Session) -> None:
    assert values(row(sign_in("truc-thai"), BEFORE, "14080")) == [8, 2400, 0.33]
    assert values(row(sign_in("truc-thai"), CHANGE, "14080")) == [10, 2400, 0.09]
    assert values(row(sign_in("truc-dai"), CHANGE, "14071")) == [7, 100, 3.5]
    first = hand_in(register, sign_in("truc-thai"), "14080", "2024", "2025-01-05")
    hand_in(register, sign_in("truc-dai"), "14071", "2024", "2025-01-05")
    district = sign_in("truc-ninh")
    assert values(row(district, BEFORE)) == [15, 2600, 0.58]
    assert values(row(district, "multidimensional_poverty_rate")) == [17, 2500, 0.68]
    assert values(row(district, CHANGE)) == [17, 2500, 0.1]
    # an edition from before reports had that row
    stored = register.execute(text("SELECT content FROM report_edition WHERE id = :id"), {"id": first}).scalar_one()
    content = json.loads(stored)
    content["report"]["rows"] = [one for one in content["report"]["rows"] if one["code"] != BEFORE]
    _rewrite(register, first, content)
    change = row(district, CHANGE)
    assert values(change) == [17, 2500, None]
    assert change[2]["reason"]["vi"].startswith("Chưa biết: có xã chưa nêu tỷ lệ cuối năm trước")


def test_a_figure_that_one_commune_did_not_write_down_is_not_known_of_the_district(
    sign_in: SignIn, register: Session
) -> None:
    figure(register, "14080", "poverty_officers", date(2024, 1, 2), 10)
    figure(register, "14080", "average_premium_due", date(2024, 6, 30), 1000)
    figure(register, "14080", "average_premium_supported", date(2024, 6, 30), 500)
    register.commit()
    assert values(row(sign_in("truc-thai"), "premium_support", "14080")) == [500, 1000, 50.0]
    hand_in(register, sign_in("truc-thai"), "14080", "2024", "2025-01-05")
    district = sign_in("truc-ninh")
    assert values(row(district, "officers_trained")) == [0, 10, 0.0]
    second = hand_in(register, sign_in("truc-dai"), "14071", "2024", "2025-01-05")
    trained = row(district, "officers_trained")
    assert values(trained) == [0, None, None]
    assert "xã cần ghi" in trained[2]["reason"]["vi"]
    # an edition in which the row counted persons who have a card
    stored = register.execute(text("SELECT content FROM report_edition WHERE id = :id"), {"id": second}).scalar_one()
    content = json.loads(stored)
    (premium,) = [one for one in content["report"]["rows"] if one["code"] == "premium_support"]
    premium["line"], premium["cells"][1]["value"] = "person", 3
    _rewrite(register, second, content)
    assert values(row(district, "premium_support")) == [None, None, None]


def _rewrite(session: Session, edition: str, content: dict[str, Any]) -> None:
    session.execute(text("ALTER TABLE report_edition DISABLE TRIGGER USER"))
    session.execute(
        text("UPDATE report_edition SET content = :content WHERE id = :id"),
        {"content": json.dumps(content, ensure_ascii=False), "id": edition},
    )
    session.execute(text("ALTER TABLE report_edition ENABLE TRIGGER USER"))
    session.commit()


def test_a_small_count_of_the_year_before_is_not_told_by_the_change(sign_in: SignIn, session: Session) -> None:
    for number, home in enumerate(households(session, 12, "14080-03")):
        recognise(session, home, "poor", date(2022, 12, 12) if number < 3 else date(2024, 5, 2))
    for number in range(1, 9):
        total(session, f"14080-{number:02d}", date(2023, 6, 30), 100, 400)
        total(session, f"14080-{number:02d}", date(2024, 6, 30), 300, 1000)
    session.commit()
    assert values(row(sign_in("truc-thai"), CHANGE, "14080")) == [12, 2400, 0.12]
    front = sign_in("mat-tran")
    assert values(row(front, "multidimensional_poverty_rate", "14080")) == [12, 2400, 0.5]
    assert values(row(front, BEFORE, "14080")) == [None, 800, None]
    change = row(front, CHANGE, "14080")
    assert (values(change), change[2]["suppressed"]) == ([12, 2400, None], True)


def late(client: httpx.Client, form: str, **query: Any) -> dict[str, tuple[str, bool]]:
    report = done(client.get(f"{REPORTS}/{form}", params=WHOLE | query))
    return {one["code"]: (one["due_on"], one["overdue"]) for one in report["missing"]}


def test_a_commune_owes_the_preliminary_result_until_its_review_is_closed(sign_in: SignIn, session: Session) -> None:
    review_round(session, "14080", opens_on=date(2024, 9, 1))
    closed = review_round(session, "14071", opens_on=date(2024, 9, 1))
    session.execute(
        text("UPDATE review_round SET stage = 'closed', closed_on = '2024-11-12', closed_at = now() WHERE id = :r"),
        {"r": closed},
    )
    session.commit()
    district = sign_in("truc-ninh")
    with on(date(2024, 11, 14)):
        assert late(district, "form-01") == {
            "14071": ("2024-12-19", False), "14080": ("2024-11-14", False), "14086": ("2024-11-14", False),
        }  # fmt: skip
        assert done(district.get(f"{REPORTS}/form-01", params=WHOLE))["due_on"] == "2024-11-14"
    with on(date(2024, 11, 15)):
        assert late(district, "form-01") == {
            "14071": ("2024-12-19", False), "14080": ("2024-11-14", True), "14086": ("2024-11-14", True),
        }  # fmt: skip
    # the year's monitoring ends with the year: 15 working days later, and one of them is New Year
    with on(date(2025, 1, 10)):
        assert set(late(district, "monitoring-annual").values()) == {("2025-01-22", False)}
