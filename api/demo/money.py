"""The money of the demo's year: items of the plan with their funding, lines of the budget, commitments, payments."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from api.accounts.permissions import Permission
from api.budgets import commitments, lines, payments
from api.budgets.schemas import AllocationIn, CommitmentApprovalIn, CommitmentIn, CommitmentRefusalIn, LineIn, PaymentIn
from api.demo.year import COMMUNE, YEAR, content, demo_id, person
from api.plans import items
from api.plans.item_schemas import ItemApprovalIn, ItemIn

_NOTE = "Số liệu minh hoạ của xã thử"


def load_items(session: Session, plan_id: UUID) -> None:
    """The items of the plan, approved by the chair, each source with a line of the budget and its allocation."""
    officer, chair = person("truc-thai", Permission.plans_write), person("chu-tich", Permission.plans_approve)
    approval = ItemApprovalIn.model_validate({"approved_on": "2024-04-02", "document_no": "16/KH-UBND"})
    for one in content()["item"]:
        asked = one | {"id": item(one["component"]), "area_id": COMMUNE, "year": YEAR, "plan_id": plan_id}
        items.draft(session, officer, ItemIn.model_validate(asked | {"note": _NOTE}), None)
        items.approve(session, chair, item(one["component"]), None, approval)
        for funding in one["funding"]:
            about = {"plan_item_id": item(one["component"]), "title": one["title"]}
            name = f"{one['component']}:{funding['source']}"
            _allocated(session, name, funding, about, "2024-04-10", "45/QĐ-UBND")


def load_electricity_line(session: Session, amount_vnd: int) -> None:
    """Electricity belongs to no component of the programme: a line of its own."""
    funding = {"source": "state_budget", "level": "central", "amount_vnd": amount_vnd}
    about = {"title": "Kinh phí hỗ trợ tiền điện hộ nghèo năm 2024"}
    _allocated(session, "electricity", funding, about, "2024-03-11", "21/QĐ-UBND")


def item(component: str) -> UUID:
    """The id of the plan's item for a component."""
    return demo_id("plan_item", component)


def line(name: str) -> UUID:
    return demo_id("budget_line", name)


def _allocated(
    session: Session, name: str, funding: dict[str, Any], about: dict[str, Any], booked_on: str, document_no: str
) -> None:
    treasurer = person("tai-chinh", Permission.budget_write)
    source = {"source": funding["source"], "level": funding["level"]}
    asked = {"id": line(name), "area_id": COMMUNE, "year": YEAR, **source, **about}
    lines.open_line(session, treasurer, LineIn.model_validate(asked), None)
    money = {"amount_vnd": funding["amount_vnd"], "booked_on": booked_on, "document_no": document_no}
    allocation = AllocationIn.model_validate({"id": demo_id("allocation", name), **money})
    lines.allocate(session, treasurer, line(name), allocation, None)


def prepared(session: Session, name: str, **body: Any) -> UUID:
    """A commitment as the officer prepares it; `line` is the name of its line."""
    commitment_id = demo_id("commitment", name)
    asked = {"id": commitment_id, "budget_line_id": line(body.pop("line")), **body}
    officer = person("truc-thai", Permission.commitments_write)
    commitments.prepare(session, officer, CommitmentIn.model_validate(asked), None)
    return commitment_id


def approved(session: Session, name: str, decided_on: str, **body: Any) -> UUID:
    """A commitment that the chair approved."""
    commitment_id = prepared(session, name, **body)
    chair = person("chu-tich", Permission.commitments_approve)
    approval = CommitmentApprovalIn.model_validate({"decided_on": decided_on})
    commitments.approve(session, chair, commitment_id, None, approval, f"demo:{name}")
    return commitment_id


def load_waiting(session: Session) -> None:
    """One commitment that waits for the chair, and one that the chair refused."""
    prepared(
        session, "leaflets", line="communication:state_budget", amount_vnd=4_000_000, purpose="In 500 tờ rơi chính sách"
    )
    refused = prepared(
        session, "car", line="monitoring_evaluation:state_budget", amount_vnd=5_500_000, purpose="Thuê xe đi kiểm tra"
    )
    chair = person("chu-tich", Permission.commitments_approve)
    reason = {"decided_on": "2024-06-05", "reason": "Các xóm ở gần, đi xe máy được"}
    commitments.refuse(session, chair, refused, None, CommitmentRefusalIn.model_validate(reason))


def paid(session: Session, commitment_id: UUID, amount_vnd: int, booked_on: str, document_no: str) -> None:
    """Money out of a commitment."""
    body = _payment("disbursement", commitment_id, amount_vnd, booked_on, document_no)
    payments.disburse(session, person("tai-chinh", Permission.disbursements_write), commitment_id, body, None)


def settled(session: Session, commitment_id: UUID, amount_vnd: int, booked_on: str, document_no: str) -> None:
    """What was accounted for."""
    body = _payment("settlement", commitment_id, amount_vnd, booked_on, document_no)
    payments.settle(session, person("tai-chinh", Permission.settlements_write), commitment_id, body, None)


def _payment(kind: str, commitment_id: UUID, amount_vnd: int, booked_on: str, document_no: str) -> PaymentIn:
    said = {"amount_vnd": amount_vnd, "booked_on": booked_on, "document_no": document_no}
    return PaymentIn.model_validate({"id": demo_id(kind, f"{commitment_id}:{document_no}"), **said})
