"""Every list of the programme: five records or sixty, the same number of statements, and pages that follow each other.

All records of a list are of one day and one moment: what comes after what is then said by their ids alone.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert
from sqlmodel import Session

from api.areas.tables import area_id
from api.budgets.tables import BudgetLine, Commitment, MoneyMovement
from api.credit.tables import LoanList
from api.deliveries.tables import SigningSheet
from api.eligibility.tables import PriorityOrder
from api.fund.tables import FundEntry
from api.hamlet_plans.tables import HamletPlan
from api.insurance.tables import InsuranceLine, InsuranceList
from api.interventions.tables import InterventionStep, Organisation, Participant
from api.plans.tables import Plan, PlanItem
from api.report_submissions.tables import Report
from tests.conftest import SignIn
from tests.make import interventions
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.entitlements import loan, need
from tests.make.people import account_id
from tests.make.recognitions import recognise
from tests.make.reviews import counted, households

DAY, MOMENT = date(2024, 5, 2), datetime(2024, 5, 2, 8, tzinfo=UTC)
COMMUNE, HAMLET = area_id("14080"), area_id("14080-03")
HAMLETS = [area_id(f"14080-{n:02d}") for n in range(1, 9)]
STAMPS = {"version": 1, "created_at": MOMENT, "updated_at": MOMENT}
MONEY = {"source": "state_budget", "level": "central"}
PARENTS: dict[str, UUID] = {}
Maker = Callable[[Session, int, int], str]


def put(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    session.execute(insert(table), [{"id": uuid4(), **row} for row in rows])


def parent(name: str, make: Callable[[], UUID]) -> UUID:
    """The record that both parts of a list hang under."""
    if name not in PARENTS:
        PARENTS[name] = make()
    return PARENTS[name]


def a_line(session: Session) -> UUID:
    made = uuid4()
    about = {"area_id": COMMUNE, "year": 2024, **MONEY, "title": "Vốn", "component": "livelihood"}
    session.execute(insert(BudgetLine).values(id=made, **about, **STAMPS))
    return made


def _interventions(session: Session, count: int, first: int) -> str:
    for home in households(session, count):
        interventions.intervention(session, kind="housing_case", stage="proposed", household_id=home, created_at=MOMENT)
    return "interventions"


def _participants(session: Session, count: int, first: int) -> str:
    under = parent("project", lambda: interventions.project(session, kind="community_project", stage="running"))
    rest = {"role": "participant", "state": "enrolled", "joined_on": DAY, "fields": {}, **STAMPS}
    put(
        session,
        Participant,
        [{"intervention_id": under, "household_id": h, **rest} for h in households(session, count)],
    )
    return f"interventions/{under}/participants"


def _steps(session: Session, count: int, first: int) -> str:
    under = parent("broken", lambda: interventions.intervention(session, kind="loudspeaker_system", stage="working"))
    rest = {"step": "broadcast", "stage_before": "working", "stage_after": "working", "taken_on": DAY, "fields": {}}
    rest |= {"intervention_id": under, "recorded_at": MOMENT}
    put(session, InterventionStep, [{"position": first + n + 1, **rest} for n in range(count)])
    return f"interventions/{under}/steps"


def _follow_ups(session: Session, count: int, first: int) -> str:
    _participants(session, count, first)
    under = PARENTS["project"]
    if not first:
        start = {"step": "start", "stage_before": "approved", "stage_after": "running", "taken_on": DAY, "fields": {}}
        rest = {"intervention_id": under, "position": 1, "recorded_at": MOMENT}
        put(session, InterventionStep, [start | rest])
    return "follow-ups"


def _needs(session: Session, count: int, first: int) -> str:
    for home in households(session, count):
        need(session, "job", home, DAY, created_at=MOMENT)
    return "needs"


def _organisations(session: Session, count: int, first: int) -> str:
    rows = [{"area_id": COMMUNE, "kind": "bank", "name": f"Tổ {first + n}", "led_by": []} for n in range(count)]
    put(session, Organisation, [row | STAMPS for row in rows])
    return "organisations"


def _deliveries(session: Session, count: int, first: int) -> str:
    under = parent("round", lambda: interventions.intervention(session))
    for home in households(session, count):
        interventions.handed_out(session, under, household_id=home, delivered_on=DAY)
    return "deliveries"


def _sheets(session: Session, count: int, first: int) -> str:
    under = parent("round", lambda: interventions.intervention(session))
    row = {"intervention_id": under, "hamlet_id": HAMLET, "title": "Tết", "hand_out_on": DAY, "form": "cash"}
    put(session, SigningSheet, [row | {"state": "open"} | STAMPS for _ in range(count)])
    return "signing-sheets"


def _plans(session: Session, count: int, first: int) -> str:
    row = {"area_id": COMMUNE, "year": 2024, "signed_on": DAY, "signatory": "Chủ tịch", "created_at": MOMENT}
    put(session, Plan, [row | {"number": f"{first + n}/KH", "title": "Kế hoạch"} for n in range(count)])
    return "plans"


def _plan_items(session: Session, count: int, first: int) -> str:
    row = {"area_id": COMMUNE, "year": 2024, "component": "livelihood", "title": "Bò", "state": "draft"}
    put(session, PlanItem, [row | STAMPS for _ in range(count)])
    return "plan-items"


def _budget_lines(session: Session, count: int, first: int) -> str:
    for _ in range(count):
        a_line(session)
    return "budget-lines"


def _commitments(session: Session, count: int, first: int) -> str:
    under = parent("line", lambda: a_line(session))
    row = {"budget_line_id": under, "purpose": "Mua bò", "amount_vnd": 1, "state": "prepared"}
    put(session, Commitment, [row | {"prepared_by": account_id("truc-thai")} | STAMPS for _ in range(count)])
    return "commitments"


def _movements(session: Session, count: int, first: int) -> str:
    under = parent("line", lambda: a_line(session))
    row = {"budget_line_id": under, "kind": "allocation", "amount_vnd": 1, "booked_on": DAY, "recorded_at": MOMENT}
    put(session, MoneyMovement, [dict(row) for _ in range(count)])
    return "money-movements"


def _fund(session: Session, count: int, first: int) -> str:
    row = {"area_id": COMMUNE, "direction": "income", "amount_vnd": 1, "booked_on": DAY, "purpose": "Ủng hộ"}
    put(session, FundEntry, [row | {"recorded_at": MOMENT} for _ in range(count)])
    return "fund/entries"


def _hamlet_plans(session: Session, count: int, first: int) -> str:
    places = [(HAMLETS[n % 8], 2015 + n // 8) for n in range(first, first + count)]
    rows = [{"hamlet_id": hamlet, "year": year, "summary": "x", "state": "draft"} for hamlet, year in places]
    put(session, HamletPlan, [row | STAMPS for row in rows])
    return "hamlet-plans"


def _reports(session: Session, count: int, first: int) -> str:
    row = {"area_id": HAMLET, "author": "hamlet_head", "period": "month", "period_from": DAY, "period_to": DAY}
    row |= {"title": "Tháng 5", "content": {"results": "x"}, "recipients": [], "state": "draft"}
    put(session, Report, [row | STAMPS for _ in range(count)])
    return "report-submissions"


def _loans(session: Session, count: int, first: int) -> str:
    for home in households(session, count):
        loan(session, "credit_poor", home, DAY, created_at=MOMENT)
    return "loans"


def _loan_lists(session: Session, count: int, first: int) -> str:
    row = {"hamlet_id": HAMLET, "group_name": "Tổ 3", "drawn_up_on": DAY, "state": "drafted"}
    put(session, LoanList, [row | STAMPS for _ in range(count)])
    return "loan-lists"


def _insurance_lists(session: Session, count: int, first: int) -> str:
    row = {"area_id": COMMUNE, "month": date(2024, 5, 1), "as_of": DAY, "state": "settled", "sent_on": DAY}
    put(session, InsuranceList, [row | {"number": first + n + 1} | STAMPS for n in range(count)])
    return "insurance-lists"


def _insurance_lines(session: Session, count: int, first: int) -> str:
    def sent() -> UUID:
        made = uuid4()
        row = {"area_id": COMMUNE, "month": date(2024, 5, 1), "number": 1, "as_of": DAY, "state": "sent"}
        session.execute(insert(InsuranceList).values(id=made, **row, **STAMPS))
        return made

    under = parent("list", sent)
    said = {"change": "increase", "reason": "moved_in", "policy": "health_insurance_poor", "valid_from": DAY}
    for n, home in enumerate(households(session, count), first + 1):
        (person,) = people(session, home)
        whom = {"list_id": under, "position": n, "household_id": home, "member_id": person}
        session.execute(insert(InsuranceLine).values(**whom, **said))
    return f"insurance-lists/{under}/lines"


def _priority_orders(session: Session, count: int, first: int) -> str:
    row = {"area_id": COMMUNE, "codes": [], "valid_from": DAY, "created_at": MOMENT}
    put(session, PriorityOrder, [dict(row) for _ in range(count)])
    return "priority-order"


def _eligible(session: Session, count: int, first: int) -> str:
    for home in households(session, count):
        recognise(session, home, "poor", DAY)
    return "eligibility?served=all"


LISTS: dict[str, Maker] = {
    one.__name__.removeprefix("_"): one
    for one in (
        _interventions, _participants, _steps, _follow_ups, _needs, _organisations, _deliveries, _sheets, _plans,
        _plan_items, _budget_lines, _commitments, _movements, _fund, _hamlet_plans, _reports, _loans, _loan_lists,
        _insurance_lists, _insurance_lines, _priority_orders, _eligible,
    )
}  # fmt: skip


def walked(client: httpx.Client, address: str, limit: int) -> list[str]:
    """All records of a list, page by page."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = done(client.get(f"/api/v1/{address}", params=httpx.QueryParams(address.partition("?")[2]).merge(
            {"limit": limit, **cursor})))  # fmt: skip
        assert len(page["items"]) <= limit
        found += [json.dumps(one, sort_keys=True) for one in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_as_many_statements_however_long_and_pages_in_one_order(
    sign_in: SignIn, session: Session, app: Any, name: str
) -> None:
    PARENTS.clear()
    client = sign_in("truc-thai")
    taken, shown = [], []
    for count, first in ((5, 0), (55, 5)):
        address = LISTS[name](session, count, first)
        session.commit()
        client.get(f"/api/v1/{address}")  # what is read once and kept
        with counted(app.state.engine) as statements:
            shown.append(len(done(client.get(f"/api/v1/{address}"))["items"]))
        taken.append(len(statements))
    assert (shown[0] >= 5, shown[1] >= 60) == (True, True), shown
    assert taken[0] == taken[1], statements
    whole = walked(client, address, 1000)
    assert len(set(whole)) == len(whole)
    assert walked(client, address, 7) == whole


def test_every_list_of_the_programme_stands_here(app: Any) -> None:
    """A list that is added without a line above is found by its address."""
    tags = {"interventions", "deliveries", "plans", "budget", "fund", "hamlet plans", "reports", "credit", "insurance",
            "eligibility"}  # fmt: skip
    lists = {
        address
        for address, methods in app.openapi()["paths"].items()
        for one in methods.get("get", {}).get("parameters", [])
        if one["name"] == "cursor" and tags & set(methods["get"]["tags"])
    }
    assert len(lists) == len(LISTS), sorted(lists)
