"""Records of xã Trực Thái, made the way people make them, one of every kind that has an id in an address."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid4, uuid5

import httpx
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.attachments.commands import Declaration, declare
from api.attachments.tables import AttachmentEntity
from api.programmes.catalogue import catalogue
from api.standards.tables import PovertyClass
from tests.make import files, interventions, people, procedure, programme_work, rounds, sheets, workbooks
from tests.make.answers import done
from tests.make.reviews import acting

HAMLET, OTHER_HAMLET = str(area_id("14080-03")), str(area_id("14080-04"))


_NO_SECRETS = {"hamlet_id", "to_hamlet_id", "area_id", "area", "bucket", "position"}


@dataclass(frozen=True)
class Known:
    """`ids`: what an address or a body may name, by the name of the parameter. `secrets`: ids no stranger may see."""

    ids: dict[str, str]
    secrets: frozenset[str]


def make(session: Session, officer: httpx.Client, surveyor: httpx.Client) -> Known:
    """A household with people, a request, a tablet with a conflict and a held submission, a round, a plan."""
    device = _tablet(officer, surveyor)
    made = {name: str(uuid4()) for name in ("household", "second", "member", "request", "held", "clashing")}
    _send(surveyor, device, [
        ("household", made["household"], None, {"hamlet_id": HAMLET, "residence": "permanent", "household_no": "901"}),
        ("household", made["second"], None, {"hamlet_id": HAMLET, "residence": "permanent", "household_no": "902"}),
        ("member", made["member"], None, {
            "household_id": made["household"], "full_name": "Nguyễn Thị Kín", "sex": "female", "birth_year": 1961,
            "relation_to_head": "head", "ethnicity": "kinh", "personal_id": "036161901234",
        }),
        ("request", made["request"], None, {
            "household_id": made["household"], "kind": "review", "received_on": "2024-09-20", "reason": "Ốm đau",
        }),
    ])  # fmt: skip
    note = {"note": "của cán bộ"}
    changed = officer.patch(f"/api/v1/households/{made['household']}", json=note, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    clash, held = _send(surveyor, device, [
        ("household", made["household"], 1, {"note": "của xóm"}),
        ("member", made["held"], None, {
            "household_id": str(uuid4()), "full_name": "Trần Văn Chờ", "sex": "male", "birth_year": 1990,
            "relation_to_head": "head", "ethnicity": "kinh",
        }),
    ], first_seq=10)  # fmt: skip
    assert (clash["outcome"], held["outcome"]) == ("conflict", "held"), (clash, held)
    ids = {
        "household_id": made["household"], "member_id": made["member"], "request_id": made["request"],
        "absorbed_id": made["second"], "survivor_id": made["household"], "device_id": device, "hamlet_id": HAMLET,
        "to_hamlet_id": OTHER_HAMLET, "area_id": HAMLET, "area": HAMLET, "bucket": "0",
        "conflict_id": clash["conflict_id"],
        "submission_id": held["submission_id"], "merge_id": _merge(officer, surveyor, device),
        "account_id": str(people.account_id("xom-3")), "user_id": str(people.account_id("xom-3")),
        "grant_id": str(uuid5(NAMESPACE_DNS, "grant:xom-3")), **_round_and_plan(session),
    }  # fmt: skip
    ids |= _work(session, officer, ids["round_id"], made)
    secret = {value for name, value in ids.items() if name not in _NO_SECRETS}
    return Known(ids, frozenset(secret))


def _work(session: Session, officer: httpx.Client, round_id: str, made: dict[str, str]) -> dict[str, str]:
    """What a commune does beside the register: reviews and decisions, then the programme."""
    home = made["household"]
    return (
        _procedure(session, officer, UUID(round_id), UUID(home))
        | _decided(session, home)
        | _hamlet_work(session)
        | _handed_out(session, officer, home)
        | _interventions(officer, home)
        | _money(session, officer)
        | _published(officer)
        | _lent_and_insured(session, officer, home, made["member"])
        | {"import_id": _workbook(officer)}
    )


def _workbook(officer: httpx.Client) -> str:
    """A file of the commune that was checked and waits."""
    content = workbooks.book(workbooks.head("903", "Nguyễn Thị Kín", G="Nữ", H="036161901234"))
    return str(workbooks.checked(officer, content)["id"])


def _interventions(officer: httpx.Client, household_id: str) -> dict[str, str]:
    """A case of the household, where it and an organisation take part, with a step, and what the household needs."""
    organisation_id = programme_work.organisation(officer)
    case = {"kind": "housing_case", "year": 2024, "title": "Nhà của bà Kín", "household_id": household_id}
    case |= {"fields": programme_work.least(catalogue().kinds["housing_case"].fields)}
    made = done(officer.post("/api/v1/interventions", json=case))
    taken = programme_work.first_step(officer, made)
    shared = {"kind": "support_round", "area_id": str(area_id("14080")), "year": 2024, "title": "Tiền điện quý I"}
    shared |= {"fields": programme_work.least(catalogue().kinds["support_round"].fields)}
    shared_id = done(officer.post("/api/v1/interventions", json=shared))["id"]
    who = {"role": catalogue().kinds["support_round"].roles[0].code, "household_id": household_id}
    enrolled = programme_work.enrolled(officer, {"id": shared_id}, who)
    need = {"household_id": household_id, "kind": "housing", "noted_on": "2024-05-10", "note": "Nhà dột"}
    need_id = done(officer.post("/api/v1/needs", json=need))["id"]
    return {
        "intervention_id": made["id"], "step_id": taken, "participant_id": enrolled[0]["id"],
        "organisation_id": organisation_id, "need_id": need_id,
    }  # fmt: skip


def _tablet(officer: httpx.Client, surveyor: httpx.Client) -> str:
    code = officer.post("/sync/v1/enrolments", json={"hamlet_id": HAMLET})
    assert code.status_code == 201, code.text
    device = str(uuid4())
    asked = {"device_id": device, "name": "Máy xóm 3", "enrolment_code": code.json()["enrolment_code"]}
    enrolled = surveyor.post("/sync/v1/devices", json=asked)
    assert enrolled.status_code == 201, enrolled.text
    return device


def _send(
    surveyor: httpx.Client,
    device: str,
    edits: list[tuple[str, str, int | None, dict[str, Any]]],
    first_seq: int = 1,
) -> list[dict[str, Any]]:
    now = clock.now().isoformat()
    batch = {
        "protocol": 1, "batch_id": str(uuid4()), "device_id": device, "sent_at": now,
        "submissions": [
            {"submission_id": str(uuid4()), "seq": first_seq + position, "entity": entity, "id": record,
             "base_version": base, "recorded_at": now, "data": data}
            for position, (entity, record, base, data) in enumerate(edits)
        ],
    }  # fmt: skip
    receipt = surveyor.post("/sync/v1/batches", json=batch)
    assert receipt.status_code == 200, receipt.text
    outcomes: list[dict[str, Any]] = receipt.json()["outcomes"]
    if first_seq == 1:
        assert {outcome["outcome"] for outcome in outcomes} == {"applied"}, outcomes
    return outcomes


def _merge(officer: httpx.Client, surveyor: httpx.Client, device: str) -> str:
    """Two more households, merged: the id of the merge."""
    survivor, absorbed = str(uuid4()), str(uuid4())
    data = {"hamlet_id": HAMLET, "residence": "permanent"}
    sent: list[tuple[str, str, int | None, dict[str, Any]]] = [
        ("household", survivor, None, data), ("household", absorbed, None, data),
    ]  # fmt: skip
    assert {o["outcome"] for o in _send(surveyor, device, sent, first_seq=20)} == {"applied"}
    asked = {"survivor_id": survivor, "absorbed_id": absorbed, "reason": "ghi hai lần"}
    merged = officer.post("/api/v1/households/merge", json=asked)
    assert merged.is_success, merged.text
    said = merged.json()
    return str(said.get("merge_id") or said["id"])


def _decided(session: Session, household_id: str) -> dict[str, str]:
    """A signed decision that names the household, its certificate, a letter, and a case of the third path."""
    from api.recognitions import tables

    now, commune, home = clock.now(), area_id("14080"), UUID(household_id)
    day = date(2023, 12, 11)
    stamps: dict[str, Any] = {"version": 1, "created_at": now, "updated_at": now}
    decision, certificate, letter, case = (uuid4() for _ in range(4))
    session.add(tables.RecognitionDecision(
        id=decision, area_id=commune, kind=tables.DecisionKind.main, state=tables.DecisionState.signed,
        number="901/QĐ-UBND", decided_on=day, signatory="Chủ tịch", version=1, recorded_at=now, updated_at=now,
    ))  # fmt: skip
    session.flush()
    session.add_all([
        tables.DecisionHousehold(
            decision_id=decision, household_id=home, hamlet_id=UUID(HAMLET), poverty_class=PovertyClass.near_poor,
            movement=tables.Movement.new_near_poor, persons=1,
        ),
        tables.Certificate(
            id=certificate, household_id=home, area_id=commune, book_no=901, issued_on=day, **stamps,
        ),
        tables.ConfirmationLetter(
            id=letter, code="TRUCS" * 6, household_id=home, area_id=commune, year=2023, book_no=901, as_of=day,
            poverty_class=PovertyClass.near_poor, newly_escaped=False, decision_id=decision, issued_on=day,
            created_at=now,
        ),
        tables.LivingStandardCase(
            id=case, household_id=home, kind=tables.LivingStandardKind.agri_average_living_standard,
            stage=tables.LivingStandardStage.requested, opened_on=day, worksheet={}, **stamps,
        ),
    ])  # fmt: skip
    session.commit()
    return {
        "decision_id": str(decision), "certificate_id": str(certificate), "letter_id": str(letter),
        "living_standard_id": str(case),
    }  # fmt: skip


def _handed_out(session: Session, officer: httpx.Client, household_id: str) -> dict[str, str]:
    """A signing sheet of which the household's line is ticked."""
    under = interventions.intervention(session)
    session.commit()
    sheet = sheets.ticked(officer, sheets.drawn_up(officer, under, [household_id], amount_vnd=175_000))
    return {"sheet_id": sheet["id"], "delivery_id": sheet["lines"][0]["delivery_id"]}


def _hamlet_work(session: Session) -> dict[str, str]:
    """What a hamlet collected for the Fund, its plan of the year, its report."""
    from api.fund import tables as fund
    from api.hamlet_plans.tables import HamletPlan, HamletPlanState
    from api.report_submissions import tables as reports

    hamlet, now = UUID(HAMLET), clock.now()
    entry = fund.FundEntry(
        id=uuid4(), area_id=area_id("14080"), hamlet_id=hamlet, direction=fund.FundDirection.income,
        amount_vnd=500_000, booked_on=date(2024, 10, 17), giver="Nguyễn Văn Hảo", purpose="Ủng hộ", recorded_at=now,
    )  # fmt: skip
    stamps: dict[str, Any] = {"version": 1, "created_at": now, "updated_at": now}
    plan = HamletPlan(id=uuid4(), hamlet_id=hamlet, year=2023, summary="…", state=HamletPlanState.submitted, **stamps)
    report = reports.Report(
        id=uuid4(), area_id=hamlet, author=reports.ReportAuthor.hamlet_head, period=reports.ReportPeriod.quarter,
        period_from=date(2024, 7, 1), period_to=date(2024, 9, 30), title="Báo cáo", recipients=[],
        content={"results": "…", "difficulties": None, "proposals": None}, state=reports.ReportState.draft, **stamps,
    )  # fmt: skip
    session.add_all([entry, plan, report])
    session.commit()
    return {"fund_entry_id": str(entry.id), "hamlet_plan_id": str(plan.id), "report_id": str(report.id)}


def _published(officer: httpx.Client) -> dict[str, str]:
    """A form of the commune, published."""
    paper = {"area": "14080", "as_of": "2024-12-31", "number": "45/BC-UBND", "issued_on": "2025-01-05"}
    made = done(officer.post("/api/v1/reports/form-01/editions", json=paper))
    return {"report_edition_id": made["id"]}


def _round_and_plan(session: Session) -> dict[str, str]:
    from api.plans.tables import Plan
    from api.reviews.tables import ReviewRound, RoundKind, RoundStage, UpperLevel

    now, commune = clock.now(), area_id("14080")
    review_round = ReviewRound(
        id=uuid4(), area_id=commune, kind=RoundKind.periodic, year=2024, standard_code="vn-2022",
        standard_version=1, procedure_code="qd-24-2021", procedure_version=1, upper_level=UpperLevel.district,
        opens_on=date(2024, 9, 1), closes_on=date(2024, 12, 14), stage=RoundStage.surveying, version=1,
        created_at=now, updated_at=now,
    )  # fmt: skip
    plan = Plan(
        id=uuid4(), area_id=commune, year=2024, number="16/KH-UBND", title="Kế hoạch", signed_on=date(2024, 4, 2),
        signatory="Chủ tịch", created_at=now,
    )  # fmt: skip
    session.add_all([review_round, plan])
    session.commit()
    return {"round_id": str(review_round.id), "plan_id": str(plan.id)}


def _money(session: Session, officer: httpx.Client) -> dict[str, str]:
    """An approved item of the plan, a line with money that was allocated, and a commitment that waits for the chair."""
    from api.budgets.tables import BudgetLine, MoneyMovement, MovementKind
    from api.plans.tables import ItemState, MoneyLevel, MoneySource, PlanItem

    now, day, line_id, movement_id = clock.now(), date(2024, 4, 10), uuid4(), uuid4()
    body = {
        "area_id": str(area_id("14080")), "year": 2024, "component": "livelihood", "title": "Bò sinh sản",
        "funding": [{"source": "mobilised", "amount_vnd": 100_000_000}],
    }  # fmt: skip
    item_id = UUID(done(officer.post("/api/v1/plan-items", json=body))["id"])
    item = session.get_one(PlanItem, item_id)
    item.state, item.approved_by, item.approved_on = ItemState.approved, people.account_id("chu-tich"), day
    session.add(BudgetLine(
        id=line_id, area_id=area_id("14080"), year=2024, source=MoneySource.mobilised, level=MoneyLevel.none,
        component="livelihood", plan_item_id=item_id, title="Vốn huy động", version=1, created_at=now, updated_at=now,
    ))  # fmt: skip
    session.flush()
    session.add(MoneyMovement(
        id=movement_id, budget_line_id=line_id, kind=MovementKind.allocation, amount_vnd=90_000_000, booked_on=day,
        document_no="45/QĐ", recorded_at=now,
    ))  # fmt: skip
    session.commit()
    asked = {"budget_line_id": str(line_id), "purpose": "Mua bò", "amount_vnd": 1_000_000}
    commitment = done(officer.post("/api/v1/commitments", json=asked))
    return {
        "plan_item_id": str(item_id), "budget_line_id": str(line_id), "movement_id": str(movement_id),
        "commitment_id": commitment["id"],
    }  # fmt: skip


def _procedure(session: Session, officer: httpx.Client, round_id: UUID, household_id: UUID) -> dict[str, str]:
    """The household in the round: agreed by a meeting, posted, complained about; and an opinion on an earlier round."""
    from api.procedure.opinion_schemas import Totals
    from api.procedure.tables import Opinion
    from api.reviews.tables import UpperLevel

    rounds.cases(session, round_id, [household_id], stage="surveyed")
    review_id = rounds.review(session, round_id, household_id)
    session.commit()
    meeting = done(officer.post("/api/v1/meetings", json=procedure.minutes(round_id)))
    photo = files.content(100)
    review = Declaration(AttachmentEntity.review, review_id, [files.declaration(photo)], household_id)
    declare(session, acting("xom-3"), [review])
    session.commit()
    posting = done(officer.post("/api/v1/postings", json=procedure.posting(round_id)))
    said = procedure.complaint(posting["id"], household_id, complainant="Nguyễn Thị Kín")
    complaint = done(officer.post("/api/v1/complaints", json=said))
    now, earlier = clock.now(), rounds.review_round(session, year=2023, stage="opinion_asked")
    session.flush()
    counted = dict.fromkeys(Totals.model_fields, 0)
    opinion = Opinion(
        id=uuid4(), round_id=earlier, level=UpperLevel.district, report_number="45/BC-UBND",
        asked_on=date(2023, 11, 20), due_on=date(2023, 11, 27), totals={"hamlets": [], "total": counted}, version=1,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(opinion)
    session.commit()
    return {
        "meeting_id": meeting["id"], "posting_id": posting["id"], "complaint_id": complaint["id"],
        "opinion_id": str(opinion.id), "review_id": str(review_id), "sha256": files.sha(photo),
    }  # fmt: skip


def _lent_and_insured(session: Session, officer: httpx.Client, household_id: str, member_id: str) -> dict[str, str]:
    """A loan of the household, a list 03/TD with it, and a list of health insurance with its first line."""
    from api.credit.tables import Loan, LoanState

    now, loan, day = clock.now(), uuid4(), date(2024, 5, 10)
    session.add(Loan(
        id=loan, household_id=UUID(household_id), policy="credit_poor", purpose="Nuôi bò", amount_vnd=9_000_001,
        outstanding_vnd=9_000_001, lent_on=day, term_months=12, state=LoanState.active, state_since=day, version=1,
        created_at=now, updated_at=now,
    ))  # fmt: skip
    session.commit()
    line = {
        "household_id": household_id, "member_id": member_id, "policy": "credit_poor", "purpose": "Nuôi bò",
        "amount_vnd": 9_000_001, "term_months": 12,
    }  # fmt: skip
    wanted = {"hamlet_id": HAMLET, "group_name": "Tổ xóm 3", "drawn_up_on": "2024-05-06", "lines": [line]}
    loan_list = done(officer.post("/api/v1/loan-lists", json=wanted))
    month = {"area_id": str(area_id("14080")), "month": "2024-05-01"}
    insured = done(officer.post("/api/v1/insurance-lists", json=month))
    added = {
        "member_id": member_id, "change": "increase", "reason": "moved_in", "policy": "health_insurance_poor",
        "valid_from": "2024-05-01",
    }  # fmt: skip
    done(officer.post(f"/api/v1/insurance-lists/{insured['id']}/lines", json=added))
    return {
        "loan_id": str(loan), "loan_list_id": loan_list["id"], "insurance_list_id": insured["id"], "position": "1",
    }  # fmt: skip
