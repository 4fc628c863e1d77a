"""What the database's refusals about plan and money mean to a person (api/errors.py).

The commands look first and say how much is left; these speak where two people booked at the same moment.
"""

from api.problems import AboveApproved, AlreadyExists, IllegalStage, Problem, SeparationOfDuties

MONEY: dict[str, tuple[type[Problem], str, str]] = {
    "ck_budget_line_approved_plausible": (
        AboveApproved,
        "Không thể hoàn nhiều hơn số đã phân bổ cho dòng ngân sách.",
        "No more can be taken back than was allocated to the line.",
    ),
    "ck_budget_line_committed_as_approved": (
        AboveApproved,
        "Dòng ngân sách không còn đủ tiền: số cam kết không được vượt số đã phân bổ. Hãy đọc lại.",
        "The line has not enough left: no more is committed than was allocated. Read it again.",
    ),
    "ck_budget_line_disbursed_as_committed": (
        AboveApproved,
        "Số chi không được vượt số đã cam kết. Hãy đọc lại.",
        "No more is paid out than was committed. Read it again.",
    ),
    "ck_budget_line_settled_as_disbursed": (
        AboveApproved,
        "Số quyết toán không được vượt số đã chi. Hãy đọc lại.",
        "No more is settled than was paid out. Read it again.",
    ),
    "ck_commitment_committed_as_asked": (
        AboveApproved,
        "Cam kết này đã được ghi sổ. Hãy đọc lại.",
        "The commitment is booked already. Read it again.",
    ),
    "ck_commitment_disbursed_as_committed": (
        AboveApproved,
        "Số chi không được vượt số còn lại của cam kết. Hãy đọc lại.",
        "No more is paid out than is left of the commitment. Read it again.",
    ),
    "ck_commitment_settled_as_disbursed": (
        AboveApproved,
        "Số quyết toán không được vượt số đã chi của cam kết. Hãy đọc lại.",
        "No more is settled than was paid out of the commitment. Read it again.",
    ),
    "ck_intervention_delivered_as_approved": (
        AboveApproved,
        "Số đã cấp cho người dân không được vượt số đã cam kết cho hoạt động. Hãy đọc lại.",
        "No more is delivered to people than was committed for the intervention. Read it again.",
    ),
    "ck_intervention_spent_as_approved": (
        AboveApproved,
        "Số chi không được vượt số đã cam kết cho hoạt động. Hãy đọc lại.",
        "No more is paid out than was committed for the intervention. Read it again.",
    ),
    "ck_money_movement_reversed_once": (
        AboveApproved,
        "Bút toán này đã được hoàn trước đó; không thể hoàn nhiều hơn số còn lại. Hãy đọc lại.",
        "The movement was reversed already; no more than its rest can be. Read it again.",
    ),
    "ck_money_movement_line_is_open": (
        IllegalStage,
        "Dòng ngân sách đã khoá sổ; chỉ còn ghi được bút toán hoàn.",
        "The line is closed; only reversals are booked.",
    ),
    "ck_money_movement_commitment_is_approved": (
        IllegalStage,
        "Cam kết chưa được phê duyệt.",
        "The commitment is not approved.",
    ),
    "ck_commitment_approved_by_another": (
        SeparationOfDuties,
        "Người lập cam kết không được tự phê duyệt.",
        "Who prepared a commitment does not approve it.",
    ),
    "ck_plan_item_approved_by_another": (
        SeparationOfDuties,
        "Người lập mục kế hoạch không được tự phê duyệt.",
        "Who prepared an item of the plan does not approve it.",
    ),
    **dict.fromkeys(
        ("pk_plan_item", "pk_budget_line", "pk_commitment", "pk_money_movement"),
        (AlreadyExists, "Mã này đã dùng cho bản ghi khác.", "This id belongs to another record."),
    ),
}
