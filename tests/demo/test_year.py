"""The year 2024 of the demo: whoever opens a list of plans, support or money finds something there."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel import Session

from api.areas.tables import area_id

SignIn = Callable[[str], httpx.Client]
COMMUNE = str(area_id("14080"))
# a list, whose task it is, and how many stand there
LISTS = (
    ("organisations", "truc-thai", 6),
    ("plan-items", "tai-chinh", 8),
    ("budget-lines", "tai-chinh", 10),
    ("commitments", "chu-tich", 5),
    ("money-movements", "tai-chinh", 18),
    ("interventions", "truc-thai", 31),
    ("needs", "xom-3", 2),
    ("deliveries", "truc-thai", 62),
    ("signing-sheets", "truc-thai", 8),
    ("signing-sheets", "xom-4", 1),
    ("loans", "ngan-hang", 58),
    ("loans", "truc-thai", 58),
    ("loan-lists", "truc-thai", 2),
    ("insurance-lists", "truc-thai", 1),
    ("fund/entries", "mat-tran", 5),
    ("hamlet-plans", "truc-thai", 8),
    ("hamlet-plans", "xom-6", 1),
    ("report-submissions", "truc-thai", 5),
    ("report-submissions", "truc-ninh", 5),
    ("priority-order", "truc-thai", 1),
)
TABLES = (
    *("organisation", "plan_item", "budget_line", "commitment", "money_movement", "intervention", "intervention_step"),
    *("intervention_document", "participant", "support_need", "delivery", "signing_sheet", "sheet_line", "loan"),
    *("loan_list", "insurance_list", "fund_entry", "hamlet_plan", "report", "priority_order"),
)


def items(client: httpx.Client, what: str, **only: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{what}", params={"limit": 200, **only})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_every_list_has_life_in_it(sign_in: SignIn) -> None:
    people = {who: sign_in(who) for who in {who for _, who, _ in LISTS}}
    found = [(what, who, len(items(people[who], what))) for what, who, _ in LISTS]
    assert tuple(found) == LISTS


def test_what_is_due_or_open_on_the_day_of_the_reader(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    due = {one["step"] for one in items(officer, "follow-ups")}
    assert due >= {"result_6_months", "job_6_months", "lasts_6_months"}
    assert items(officer, "eligibility")


def test_the_next_commune_finds_nothing_of_it(sign_in: SignIn) -> None:
    neighbour = sign_in("truc-dai")
    for what in ("interventions", "needs", "deliveries", "signing-sheets", "loans", "insurance-lists", "plan-items"):
        assert items(neighbour, what) == [], what


def test_the_money_adds_up_from_the_plan_to_the_settlement(sign_in: SignIn) -> None:
    answer = sign_in("tai-chinh").get("/api/v1/budget", params={"area_id": COMMUNE, "year": 2024}).json()
    total = answer["total"]
    electricity = 59 * 3 * 54_180
    assert total["planned_vnd"] == 340_000_000
    assert total["approved_vnd"] == 340_000_000 + 4 * electricity
    assert total["committed_vnd"] == 96_000_000 + 48_000_000 + electricity
    assert total["disbursed_vnd"] == 96_000_000 + 24_000_000 + electricity
    assert total["settled_vnd"] == 84_000_000 + 54 * 3 * 54_180
    states = Counter(one["state"] for one in items(sign_in("chu-tich"), "commitments"))
    assert states == {"approved": 3, "prepared": 1, "refused": 1}


def test_a_signing_sheet_for_each_hamlet_mostly_ticked(sign_in: SignIn) -> None:
    sheets = items(sign_in("truc-thai"), "signing-sheets")
    assert len({sheet["hamlet_id"] for sheet in sheets}) == 8
    lines: Counter[str] = Counter()
    for sheet in sheets:
        lines.update(sheet["by_state"])
    assert lines == {"delivered": 54, "awaited": 5} | dict.fromkeys(set(lines) - {"delivered", "awaited"}, 0)
    assert Counter(sheet["state"] for sheet in sheets) == {"closed": 3, "open": 5}


def test_what_a_new_user_looks_for_first(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    kinds = Counter((one["kind"], one["stage"]) for one in items(officer, "interventions"))
    for expected in (
        ("community_project", "running"), ("vocational_course", "ended"), ("housing_case", "building"),
        ("job_seeker", "placed"), ("job_seeker", "seeking"), ("communication_item", "published"), ("dialogue", "held"),
        ("dialogue_question", "asked"), ("finding", "open"), ("helper", "assigned"), ("support_round", "running"),
    ):  # fmt: skip
        assert kinds[expected], expected
    project = items(officer, "interventions", kind="community_project")[0]
    whole = officer.get(f"/api/v1/interventions/{project['id']}").json()
    assert whole["heads"]["households"] == 8
    assert "result_6_months" in {due["step"] for due in whole["due"]}
    assert [(one["state"], one["line_count"] > 300) for one in items(officer, "insurance-lists")] == [("sent", True)]
    plans = Counter(one["state"] for one in items(officer, "hamlet-plans"))
    assert plans == {"accepted": 5, "returned": 1, "submitted": 1, "draft": 1}


def test_every_start_makes_the_same_records(session: Session) -> None:
    """Ids are made from names (UUIDv5), never by chance."""
    for table in TABLES:
        every, by_name = session.execute(
            text(f"SELECT count(*), count(*) FILTER (WHERE substr(id::text, 15, 1) = '5') FROM {table}")
        ).one()
        assert every == by_name > 0, table
