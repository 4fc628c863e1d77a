"""The code lists: complete, in words, and the national list of ethnic groups as it was published."""

import unicodedata
from enum import StrEnum

import pytest

from api import codes
from api.accounts.permissions import Role
from api.areas.tables import AreaType, Level, LocalKind, SuccessionKind
from api.attachments.tables import AttachmentEntity
from api.budgets import tables as budgets
from api.changes.tables import Op, Origin, RemoveReason
from api.credit import tables as credit
from api.deliveries import tables as deliveries
from api.eligibility.judging import EntitlementState
from api.fund import tables as fund
from api.hamlet_plans import tables as hamlet_plans
from api.households import tables as households
from api.indicators import tables as indicators
from api.insurance import tables as insurance
from api.interventions import tables as interventions
from api.plans import tables as plans
from api.procedure import tables as procedure
from api.recognitions import tables as recognitions
from api.recognitions.decision_schemas import LeftOutReason
from api.recognitions.living_standard_schemas import LivingStandardReason
from api.report_submissions import tables as report_submissions
from api.reports import tables as reports
from api.reviews import stages
from api.reviews import tables as reviews
from api.standards import tables as standards
from api.workbooks import tables as workbooks
from mobile_sync.tables import ConflictState, OutcomeKind, StuckBecause, TabletState

_ENUMS: dict[str, type[StrEnum]] = {
    "level": Level,
    "local_kind": LocalKind,
    "area_type": AreaType,
    "succession_kind": SuccessionKind,
    "figure_kind": indicators.FigureKind,
    "residence": households.Residence,
    "household_status": households.HouseholdStatus,
    "sex": households.Sex,
    "relation": households.Relation,
    "schooling": households.Schooling,
    "qualification": households.Qualification,
    "labour_status": households.LabourStatus,
    "disability": households.Disability,
    "nutrition": households.Nutrition,
    "left_reason": households.LeftReason,
    "request_kind": reviews.RequestKind,
    "round_kind": reviews.RoundKind,
    "round_state": reviews.RoundState,
    "round_stage": reviews.RoundStage,
    "upper_level": reviews.UpperLevel,
    "case_ground": reviews.CaseGround,
    "case_stage": reviews.CaseStage,
    "review_kind": reviews.ReviewKind,
    "evidence": reviews.Evidence,
    "meeting_result": procedure.MeetingResult,
    "posting_kind": procedure.PostingKind,
    "complaint_state": procedure.ComplaintState,
    "complaint_outcome": procedure.ComplaintOutcome,
    "verdict": procedure.Verdict,
    "decision_kind": recognitions.DecisionKind,
    "decision_state": recognitions.DecisionState,
    "movement": recognitions.Movement,
    "left_out_reason": LeftOutReason,
    "living_standard_kind": recognitions.LivingStandardKind,
    "living_standard_reason": LivingStandardReason,
    "living_standard_stage": recognitions.LivingStandardStage,
    "poverty_class": standards.PovertyClass,
    "standard_kind": standards.StandardKind,
    "standard_status": standards.StandardStatus,
    "comparison": plans.Comparison,
    "item_state": plans.ItemState,
    "money_source": plans.MoneySource,
    "money_level": plans.MoneyLevel,
    "organisation_kind": interventions.OrganisationKind,
    "led_by": interventions.LedBy,
    "support_need_state": interventions.SupportNeedState,
    "participant_state": interventions.ParticipantState,
    "support_form": deliveries.SupportForm,
    "paid_by": deliveries.PaidBy,
    "delivery_outcome": deliveries.DeliveryOutcome,
    "sheet_state": deliveries.SheetState,
    "sheet_line_state": deliveries.SheetLineState,
    "commitment_state": budgets.CommitmentState,
    "movement_kind": budgets.MovementKind,
    "entitlement_state": EntitlementState,
    "loan_state": credit.LoanState,
    "loan_list_state": credit.LoanListState,
    "insurance_list_state": insurance.InsuranceListState,
    "insurance_change": insurance.InsuranceChange,
    "insurance_reason": insurance.InsuranceReason,
    "fund_direction": fund.FundDirection,
    "hamlet_plan_state": hamlet_plans.HamletPlanState,
    "report_period": report_submissions.ReportPeriod,
    "report_author": report_submissions.ReportAuthor,
    "report_state": report_submissions.ReportState,
    "report_audience": reports.ReportAudience,
    "hand_in_state": reports.HandInState,
    "workbook_state": workbooks.WorkbookState,
    "sheet_role": workbooks.SheetRole,
    "row_verdict": workbooks.RowVerdict,
    "row_choice": workbooks.RowChoice,
    "role": Role,
    "origin": Origin,
    "op": Op,
    "remove_reason": RemoveReason,
    "attachment_entity": AttachmentEntity,
    "outcome_kind": OutcomeKind,
    "conflict_state": ConflictState,
    "tablet_state": TabletState,
    "stuck_because": StuckBecause,
}
_LISTS = {one["code"]: [value["code"] for value in one["values"]] for one in codes.code_lists()}


@pytest.mark.parametrize("name", _ENUMS)
def test_a_list_has_exactly_the_values_of_its_enum(name: str) -> None:
    assert _LISTS[name] == [value.value for value in _ENUMS[name]]


def test_the_steps_are_those_of_the_table_of_stages() -> None:
    assert _LISTS["step"] == [f"{row.subject}.{row.action}" for row in stages.TABLE]


def test_lists_without_an_enum_are_those_of_the_law() -> None:
    law = {"region", "cause", "need", "target_unit", "ethnicity", "attendee_role", "posting_place", "step"}
    law |= {"service_kind", "support_need_kind", "loan_objection"}
    law |= {"policy_field", "served", "parameter_measure", "parameter_unit"}
    assert set(_LISTS) - set(_ENUMS) == law
    assert _LISTS["cause"] == [
        "lack_production_land",
        "lack_capital",
        "lack_labour",
        "lack_production_tools",
        "lack_production_knowledge",
        "lack_labour_skills",
        "illness_or_accident",
        "other",
    ]
    assert _LISTS["need"] == ["health", "education", "production", "credit", "housing", "other"]


def test_the_national_list_has_54_groups_in_its_order_and_then_the_foreigner() -> None:
    groups = _LISTS["ethnicity"]
    assert len(groups) == 55
    # numbers 01 to 09, 10, 24, 30, 54 of QĐ 121-TCTK/PPCĐ
    assert groups[:9] == ["kinh", "tay", "thai", "hoa", "khmer", "muong", "nung", "hmong", "dao"]
    assert (groups[9], groups[23], groups[29], groups[53], groups[54]) == ("gia_rai", "tho", "co", "ro_mam", "foreign")
    assert frozenset(groups) == codes.ETHNICITIES
    assert len(codes.ETHNICITIES) == 55


def test_every_code_is_ascii_and_has_two_labels() -> None:
    for one in codes.code_lists():
        assert len({value["code"] for value in one["values"]}) == len(one["values"])
        for value in one["values"]:
            assert value["code"].isascii()
            assert value["code"] == value["code"].lower()
            for words in value["label"].values():
                assert words.strip() == words != ""
                assert unicodedata.is_normalized("NFC", words)


def test_known_and_label() -> None:
    assert codes.known("sex", "female")
    assert not codes.known("sex", "Female")
    assert codes.label("poverty_class", "near_poor") == "Hộ cận nghèo"
    assert codes.label("poverty_class", "near_poor", "en") == "Near-poor"
    with pytest.raises(KeyError):
        codes.known("no-such-list", "x")
