"""One household from the day it was poor to three years after it escaped: insured, its child in school, a calf from a
project paid from the commune's budget, a loan, a job; and at every turn what it is entitled to, what it got, from which
money, and what is still open. By the API alone, but for its recognitions, which are put in: how they come about is
tests/year/test_a_year.py.
"""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from tests.make.recognitions import recognise
from tests.year.commune import CHAIR, COMMUNE, DISTRICT, OFFICER, Commune, hamlet_id, on

HEAD, BANK, FINANCE = "xom-3", "ngan-hang", "tai-chinh"
POOR_ON, ESCAPED_ON = date(2024, 1, 20), date(2024, 12, 12)
HOME, MOTHER, CHILD = (str(uuid4()) for _ in range(3))


def test_a_household_from_poor_to_three_years_after_its_escape(commune: Commune, session: Session) -> None:
    it_is_registered_and_recognised_as_poor(commune, session)
    it_appears_entitled_and_nothing_is_served_yet(commune)
    its_people_are_insured(commune)
    its_electricity_is_paid_by_a_signing_sheet(commune)
    its_child_gets_the_costs_of_learning(commune)
    calf = a_calf_comes_from_a_project_of_the_plan(commune)
    the_bank_lends(commune)
    the_mother_finds_work(commune)
    it_escapes_and_the_lists_follow(commune, session)
    the_project_is_followed_for_36_months(commune, calf)
    everything_can_be_read_in_one_place(commune)


def entitled(commune: Commune, day: str | None = None) -> dict[tuple[str, str | None], str]:
    """(policy, person) -> open, served, unknown, excluded."""
    told = commune.get(OFFICER, f"/households/{HOME}/entitlements", **({"as_of": day} if day else {}))
    return {(one["policy"], one["member_id"]): one["state"] for one in told["entitlements"]}


def it_is_registered_and_recognised_as_poor(commune: Commune, session: Session) -> None:
    with on("2024-01-15"):
        home = {"id": HOME, "hamlet_id": hamlet_id(3), "residence": "permanent", "household_no": "031"}
        commune.post(HEAD, "/households", home)
        people = {"ethnicity": "kinh", "health_insurance": False}
        commune.post(HEAD, f"/households/{HOME}/members", people | {
            "id": MOTHER, "full_name": "Nguyễn Thị Mận", "sex": "female", "birth_date": "1986-03-02",
            "relation_to_head": "head", "labour_status": "unemployed",
        })  # fmt: skip
        commune.post(HEAD, f"/households/{HOME}/members", people | {
            "id": CHILD, "full_name": "Trần Văn Minh", "sex": "male", "birth_date": "2014-05-20",
            "relation_to_head": "child", "schooling": "primary", "right_level": True,
        })  # fmt: skip
    recognise(session, UUID(HOME), "poor", POOR_ON, ESCAPED_ON)
    session.commit()


def it_appears_entitled_and_nothing_is_served_yet(commune: Commune) -> None:
    with on("2024-02-01"):
        found = entitled(commune)
        assert found["electricity_poor", None] == "open"
        assert found["credit_poor", None] == "open"
        assert found["learning_costs", CHILD] == "open"
        assert {found["health_insurance_poor", who] for who in (MOTHER, CHILD)} == {"open"}
        assert ("credit_newly_escaped", None) not in found
        assert commune.get(OFFICER, "/eligibility", policy="electricity_poor", area_id=hamlet_id(3))["items"]


def its_people_are_insured(commune: Commune) -> None:
    with on("2024-02-05"):
        made = commune.post(OFFICER, "/insurance-lists", {"area_id": COMMUNE, "month": "2024-02-01"})
        lines = commune.everything(OFFICER, f"/insurance-lists/{made['id']}/lines")
        assert {line["member_id"] for line in lines} == {MOTHER, CHILD}
        assert {(line["change"], line["policy"]) for line in lines} == {("increase", "health_insurance_poor")}
        commune.post(OFFICER, f"/insurance-lists/{made['id']}/sending", {"sent_on": "2024-02-05"}, 200)
    with on("2024-02-20"):
        for who in (MOTHER, CHILD):
            commune.call(OFFICER, "PATCH", f"/api/v1/members/{who}", json={"health_insurance": True},
                         headers={"If-Match": '"1"'})  # fmt: skip
        assert {entitled(commune)["health_insurance_poor", who] for who in (MOTHER, CHILD)} == {"served"}
        assert entitled(commune, "2024-02-01")["health_insurance_poor", MOTHER] == "open"


def its_electricity_is_paid_by_a_signing_sheet(commune: Commune) -> None:
    with on("2024-04-02"):
        round_ = commune.post(OFFICER, "/interventions", {
            "kind": "support_round", "area_id": COMMUNE, "year": 2024, "title": "Tiền điện quý II/2024",
            "policy": "electricity_poor", "fields": {"period": "Quý II/2024"},
        })  # fmt: skip
        sheet = commune.post(OFFICER, "/signing-sheets", {
            "intervention_id": round_["id"], "hamlet_id": hamlet_id(3), "title": "Hỗ trợ tiền điện hộ nghèo",
            "period": "Quý II/2024", "hand_out_on": "2024-04-10", "form": "cash", "paid_by": "hand",
            "lines": [{"household_id": HOME, "amount_vnd": 162_540}],
        })  # fmt: skip
    with on("2024-04-10"):
        tick = {"line_id": sheet["lines"][0]["id"], "state": "delivered", "received_by": "Nguyễn Thị Mận"}
        commune.post(HEAD, f"/signing-sheets/{sheet['id']}/ticks", {"ticks": [tick]}, 200)
        assert entitled(commune)["electricity_poor", None] == "served"
        assert entitled(commune, "2024-07-01")["electricity_poor", None] == "open"  # another quarter


def its_child_gets_the_costs_of_learning(commune: Commune) -> None:
    with on("2024-04-12"):
        round_ = commune.post(OFFICER, "/interventions", {
            "kind": "support_round", "area_id": COMMUNE, "year": 2024, "title": "Chi phí học tập học kỳ II",
            "policy": "learning_costs", "fields": {"period": "Học kỳ II 2023-2024"},
        })  # fmt: skip
        commune.post(HEAD, "/deliveries", {"deliveries": [{
            "intervention_id": round_["id"], "household_id": HOME, "member_id": CHILD, "form": "cash",
            "amount_vnd": 750_000, "delivered_on": "2024-04-12", "received_by": "Nguyễn Thị Mận",
        }]})  # fmt: skip
        assert entitled(commune)["learning_costs", CHILD] == "served"
        assert entitled(commune, "2024-10-01")["learning_costs", CHILD] == "open"  # another school year


def a_calf_comes_from_a_project_of_the_plan(commune: Commune) -> dict[str, str]:
    line, project, commitment = a_project_is_planned(commune)
    participant = it_takes_part_and_gets_a_calf(commune, project, commitment)
    the_year_is_settled(commune, line, commitment)
    return {"project": project, "participant": participant}


def a_project_is_planned(commune: Commune) -> tuple[str, str, str]:
    """Its line of the budget, itself, and what is to be committed for it."""
    with on("2024-04-15"):
        money = {"source": "state_budget", "level": "central"}
        item = commune.post(OFFICER, "/plan-items", {
            "area_id": COMMUNE, "year": 2024, "component": "livelihood", "title": "Bò sinh sản", "quantity": 1,
            "unit": "con", "funding": [money | {"amount_vnd": 20_000_000}],
        })  # fmt: skip
        commune.post(CHAIR, f"/plan-items/{item['id']}/approval", {"approved_on": "2024-04-15"}, 200)
        line = commune.post(FINANCE, "/budget-lines", money | {
            "area_id": COMMUNE, "year": 2024, "component": "livelihood", "plan_item_id": item["id"], "title": "DA2",
        })  # fmt: skip
        commune.post(FINANCE, f"/budget-lines/{line['id']}/allocations",
                     {"amount_vnd": 20_000_000, "booked_on": "2024-04-15", "document_no": "45/QĐ"})  # fmt: skip
        project = commune.post(OFFICER, "/interventions", {
            "kind": "community_project", "area_id": COMMUNE, "year": 2024, "title": "Nuôi bò sinh sản",
            "plan_item_id": item["id"], "funded": True, "fields": {"product": "Bò sinh sản"},
        })  # fmt: skip
        at = f"/interventions/{project['id']}"
        for paper in ("application", "meeting_minutes", "project_plan", "appraisal_minutes", "approval_decision"):
            commune.post(OFFICER, f"{at}/documents", {"code": paper, "number": "01"})
        for who, step in ((OFFICER, "appraise"), (CHAIR, "approve")):
            commune.post(who, f"{at}/steps", {"step": step, "taken_on": "2024-04-15"})
        commitment = commune.post(OFFICER, "/commitments", {
            "budget_line_id": line["id"], "intervention_id": project["id"], "purpose": "Mua bò",
            "amount_vnd": 18_000_000,
        })  # fmt: skip
    return line["id"], project["id"], commitment["id"]


def it_takes_part_and_gets_a_calf(commune: Commune, project: str, commitment: str) -> str:
    at = f"/interventions/{project}"
    with on("2024-05-02"):
        (participant,) = commune.post(OFFICER, f"{at}/participants", {
            "participants": [{"role": "participant", "household_id": HOME, "joined_on": "2024-05-02"}],
        })["items"]  # fmt: skip
        commune.post(OFFICER, f"{at}/steps", {"step": "start", "taken_on": "2024-05-02"})
        calf = {
            "intervention_id": project, "household_id": HOME, "form": "in_kind", "quantity": 1, "unit": "con",
            "amount_vnd": 18_000_000, "delivered_on": "2024-05-02", "received_by": "Nguyễn Thị Mận",
        }  # fmt: skip
        refused = commune.post(OFFICER, "/deliveries", {"deliveries": [calf]}, 409)
        assert refused["type"] == "/problems/above-approved"  # the chair has not approved the money yet
        commune.post(CHAIR, f"/commitments/{commitment}/approval", {"decided_on": "2024-05-02"}, 200)
        commune.post(OFFICER, "/deliveries", {"deliveries": [calf]})
        payment = {"amount_vnd": 18_000_000, "booked_on": "2024-05-02"}
        commune.post(FINANCE, f"/commitments/{commitment}/disbursements", payment)
    found: str = participant["id"]
    return found


def the_year_is_settled(commune: Commune, line: str, commitment: str) -> None:
    with on("2025-01-20"):
        payment = {"amount_vnd": 18_000_000, "booked_on": "2025-01-20"}
        commune.post(FINANCE, f"/commitments/{commitment}/settlements", payment)
        commune.post(FINANCE, f"/budget-lines/{line}/closing",
                     {"closed_on": "2025-01-20", "rest": "given_back", "document_no": "01/QT"}, 200)  # fmt: skip
        whole = commune.get(DISTRICT, "/budget", area_id=COMMUNE, year=2024)["total"]
        assert [whole[f"{name}_vnd"] for name in ("approved", "committed", "disbursed", "settled")] == [18_000_000] * 4


def the_bank_lends(commune: Commune) -> None:
    with on("2024-05-10"):
        commune.post(BANK, "/loans", {
            "household_id": HOME, "policy": "credit_poor", "purpose": "Làm chuồng bò", "amount_vnd": 30_000_000,
            "lent_on": "2024-05-10", "term_months": 36,
        })  # fmt: skip
        assert entitled(commune)["credit_poor", None] == "served"
        (seen,) = commune.get(HEAD, "/loans", household_id=HOME)["items"]
        assert (seen["state"], seen["amount_vnd"], seen["purpose"]) == ("active", None, None)


def the_mother_finds_work(commune: Commune) -> None:
    with on("2024-06-03"):
        need = commune.post(HEAD, "/needs", {
            "household_id": HOME, "member_id": MOTHER, "kind": "job", "noted_on": "2024-06-03",
        })  # fmt: skip
        seeking = commune.post(HEAD, "/interventions", {
            "kind": "job_seeker", "year": 2024, "title": "Mận tìm việc", "household_id": HOME, "member_id": MOTHER,
            "fields": {"wants": "May công nghiệp"},
        })  # fmt: skip
    with on("2024-07-01"):
        commune.post(HEAD, f"/interventions/{seeking['id']}/steps", {
            "step": "place", "taken_on": "2024-07-01", "fields": {"employer": "Công ty may", "contract": True},
        })  # fmt: skip
        ending = {"state": "met", "ended_on": "2024-07-01", "reason": "Có việc", "intervention_id": seeking["id"]}
        commune.post(HEAD, f"/needs/{need['id']}/ending", ending, 200)
    with on("2025-01-02"):
        due = commune.everything(HEAD, "/follow-ups", until="2025-01-31")
        assert [one["step"] for one in due if one["intervention_id"] == seeking["id"]] == ["lasts_6_months"]


def it_escapes_and_the_lists_follow(commune: Commune, session: Session) -> None:
    recognise(session, UUID(HOME), "not_poor", ESCAPED_ON)
    session.commit()
    with on("2024-12-20"):
        found = entitled(commune)
        assert ("electricity_poor", None) not in found or found["electricity_poor", None] == "excluded"
        assert found["credit_newly_escaped", None] == "open"
    with on("2025-01-03"):
        made = commune.post(OFFICER, "/insurance-lists", {"area_id": COMMUNE, "month": "2025-01-01"})
        lines = commune.everything(OFFICER, f"/insurance-lists/{made['id']}/lines")
        assert {(line["member_id"], line["change"], line["reason"]) for line in lines} == {
            (who, "decrease", "escaped") for who in (MOTHER, CHILD)
        }  # fmt: skip
    with on("2027-12-11"):
        assert entitled(commune)["credit_newly_escaped", None] == "open"
        assert commune.get(OFFICER, f"/households/{HOME}")["newly_escaped_until"] == "2027-12-12"
    with on("2027-12-14"):
        assert ("credit_newly_escaped", None) not in entitled(commune)
        assert commune.get(OFFICER, f"/households/{HOME}")["newly_escaped_until"] is None


def the_project_is_followed_for_36_months(commune: Commune, calf: dict[str, str]) -> None:
    at = f"/interventions/{calf['project']}/steps"
    for months, day in ((6, "2024-11-02"), (12, "2025-05-02"), (36, "2027-05-02")):
        with on(day):
            due = commune.everything(OFFICER, "/follow-ups", until=day)
            mine = [one for one in due if one["participant_id"] == calf["participant"]]
            assert [(one["step"], one["due_on"]) for one in mine] == [(f"result_{months}_months", day)]
            result = {"alive": True, "remark": "Đã có bê con"}
            commune.post(OFFICER, at, {
                "step": f"result_{months}_months", "taken_on": day, "participant_id": calf["participant"],
                "fields": result,
            })  # fmt: skip
    with on("2027-06-01"):
        due = commune.everything(OFFICER, "/follow-ups", until="2027-06-01")
        assert [one for one in due if one["participant_id"] == calf["participant"]] == []


def everything_can_be_read_in_one_place(commune: Commune) -> None:
    with on("2027-06-01"):
        whole: dict[str, Any] = commune.get(OFFICER, f"/households/{HOME}/support")
        assert [one["kind"] for one in whole["about"]] == ["job_seeker"]
        assert [one["kind"] for one in whole["takes_part"]] == ["community_project"]
        assert [(one["kind"], one["state"]) for one in whole["needs"]] == [("job", "met")]
        assert sorted(one["amount_vnd"] for one in whole["received"]) == [162_540, 750_000, 18_000_000]
