"""Every list of the programme: two records or twelve, the same number of statements."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from tests.conftest import SignIn
from tests.make import interventions, money
from tests.make.answers import done
from tests.make.entitlements import loan, need
from tests.make.programme_work import organisation
from tests.make.recognitions import recognise
from tests.make.reviews import counted, households

DAY = date(2024, 5, 2)
LISTS = (
    "interventions", "needs", "deliveries", "loans", "plan-items", "budget-lines", "fund/entries", "hamlet-plans",
    "report-submissions", "organisations", "eligibility?served=all",
)  # fmt: skip


def made(sign_in: SignIn, session: Session, count: int, first: int) -> None:
    """`count` more of each."""
    for home in households(session, count):
        case = interventions.intervention(session, kind="housing_case", stage="proposed", household_id=home)
        interventions.handed_out(session, case, household_id=home)
        loan(session, "credit_poor", home, DAY)
        need(session, "job", home, DAY)
        recognise(session, home, "poor", DAY)
    session.commit()
    head, front, officer = sign_in("xom-3"), sign_in("mat-tran"), sign_in("truc-thai")
    for n in range(first, first + count):
        organisation(officer)
        money.line(sign_in, money.drafted(sign_in))
        gift = {"direction": "income", "area_id": money.COMMUNE, "amount_vnd": 1, "booked_on": "2024-10-17"}
        done(front.post("/api/v1/fund/entries", json=gift | {"purpose": "Ủng hộ Quỹ"}))
        plan = {"hamlet_id": money.HAMLET, "year": 2010 + n, "summary": "Giảm hai hộ nghèo"}
        done(head.post("/api/v1/hamlet-plans", json=plan))
        period = {"period": "month", "period_from": f"{2010 + n}-01-01", "period_to": f"{2010 + n}-01-31"}
        report = {"area_id": money.HAMLET, "author": "hamlet_head", "title": "Báo cáo tháng", "recipients": []}
        content = {"content": {"results": "Đã vận động", "difficulties": None, "proposals": None}}
        done(head.post("/api/v1/report-submissions", json=report | period | content))


@pytest.mark.parametrize("address", LISTS)
def test_a_list_takes_as_many_statements_however_long(
    sign_in: SignIn, session: Session, app: Any, address: str
) -> None:
    taken, shown = [], []
    for count, first in ((2, 0), (10, 2)):
        made(sign_in, session, count, first)
        with counted(app.state.engine) as statements:
            shown.append(len(done(sign_in("truc-thai").get(f"/api/v1/{address}"))["items"]))
        taken.append(len(statements))
    assert shown[1] >= shown[0] + 10
    assert taken[0] == taken[1], statements
