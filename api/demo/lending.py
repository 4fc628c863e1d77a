"""Loans and health insurance in the demo's year."""

from typing import Any

from sqlmodel import Session

from api.accounts.permissions import Permission
from api.credit import lists, loans
from api.credit.schemas import ConfirmationIn, LoanIn, LoanListIn, LoanPatch
from api.demo.register import MadeUp
from api.demo.year import COMMUNE, demo_id, hamlet, near_poor, person, poor
from api.insurance.lists import draw_up_list, send
from api.insurance.schemas import InsuranceListIn, SendingIn

_PURPOSES = ("Mua bò sinh sản", "Nuôi vịt đẻ", "Sửa máy cày", "Trồng rau", "Buôn bán nhỏ")
# Every third of the poor and of the near-poor households borrows.
_EVERY = 3


def load_loans(session: Session, homes: list[MadeUp]) -> None:
    """Loans of a third of the poor and near-poor households; one is overdue, one repaid."""
    bank = person("ngan-hang", Permission.credit_write)
    borrowers = [*((h, "credit_poor") for h in poor(homes)[::_EVERY])]
    borrowers += [(h, "credit_near_poor") for h in near_poor(homes)[::_EVERY]]
    for number, (home, policy) in enumerate(borrowers):
        amount = 20_000_000 + number % 4 * 10_000_000
        loan = {
            "id": demo_id("loan", str(home.id)), "household_id": home.id, "member_id": home.members[0][0],
            "policy": policy, "purpose": _PURPOSES[number % len(_PURPOSES)], "amount_vnd": amount,
            "outstanding_vnd": amount - number % 5 * 3_000_000,
            "lent_on": f"2024-{2 + number % 9:02d}-{5 + number % 20:02d}",
            "term_months": 36, "contract_no": f"TEST-{number + 1:04d}",
        }  # fmt: skip
        recorded = loans.record_loan(session, bank, LoanIn.model_validate(loan), None)
        if number < 2:
            said: dict[str, Any] = {"state": ("overdue", "repaid")[number], "state_since": "2024-11-11"}
            loans.change_loan(session, bank, recorded.id, None, LoanPatch.model_validate(said))


def load_loan_lists(session: Session, homes: list[MadeUp]) -> None:
    """Two lists 03/TD: that of xóm 3 is confirmed, that of xóm 5 is not yet."""
    officer = person("truc-thai", Permission.interventions_write)
    for number in (3, 5):
        here = [h for h in poor(homes)[1::_EVERY] if h.fields["hamlet_id"] == str(hamlet(number))]
        asked = {
            "id": demo_id("loan_list", str(number)), "hamlet_id": hamlet(number), "drawn_up_on": "2024-09-10",
            "group_name": f"Tổ tiết kiệm và vay vốn xóm {number}",
            "lines": [
                {
                    "household_id": home.id, "member_id": home.members[0][0], "policy": "credit_poor",
                    "purpose": _PURPOSES[0], "amount_vnd": 50_000_000, "term_months": 36,
                }
                for home in here
            ],
        }  # fmt: skip
        drawn = lists.draw_up(session, officer, LoanListIn.model_validate(asked), None)
        if number == 3:
            paper = ConfirmationIn.model_validate({"number": "27/XN-UBND", "confirmed_on": "2024-09-12"})
            lists.confirm(session, officer, drawn.id, None, paper)


def load_insurance(session: Session) -> None:
    """The list of June 2024, sent to the insurer: everybody who was entitled then."""
    officer = person("truc-thai", Permission.interventions_write)
    asked = {"id": demo_id("insurance_list", "2024-06"), "area_id": COMMUNE, "month": "2024-06-01"}
    drawn = draw_up_list(session, officer, InsuranceListIn.model_validate(asked), None)
    send(session, officer, drawn.id, None, SendingIn.model_validate({"sent_on": "2024-07-02"}))
