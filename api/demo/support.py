"""Support in the demo's year: a quarter's electricity with signing sheets, calves of a community project, a house."""

from uuid import UUID

from sqlmodel import Session

from api.accounts.permissions import Permission
from api.deliveries import commands, sheets
from api.deliveries.schemas import DeliveriesIn
from api.deliveries.sheet_schemas import SheetIn, TicksIn, WholeSheetOut
from api.deliveries.ticks import tick
from api.demo import cases, money
from api.demo.register import MadeUp
from api.demo.year import COMMUNE, HAMLETS, demo_id, hamlet, near_poor, person, poor

# three months at the amount that the catalogue gives for the first half of 2024
_QUARTER_VND = 3 * 54_180
_CALF_VND = 12_000_000
_CALVES = 8


def load_electricity(session: Session, homes: list[MadeUp]) -> None:
    """The first quarter of 2024: a signing sheet for each hamlet, mostly ticked; what was handed out is settled."""
    total = len(poor(homes)) * _QUARTER_VND
    money.load_electricity_line(session, 4 * total)
    case = cases.opened(
        session, "truc-thai", "electricity", kind="support_round", area_id=COMMUNE, policy="electricity_poor",
        title="Hỗ trợ tiền điện hộ nghèo quý I/2024", starts_on="2024-03-18",
        fields={"period": "Quý I/2024", "amount_each_vnd": _QUARTER_VND},
    )  # fmt: skip
    cases.papers(session, "truc-thai", case, "2024-03-14", "decision")
    cases.step(session, "truc-thai", case, "start", "2024-03-18")
    bound = money.approved(
        session, "electricity", "2024-03-15", line="electricity", intervention_id=case, amount_vnd=total,
        purpose="Chi trả tiền điện hộ nghèo quý I/2024", document_no="09/DS",
    )  # fmt: skip
    money.paid(session, bound, total, "2024-03-20", "UNC 06")
    handed = sum(_sheet(session, case, number, poor(homes)) for number in HAMLETS)
    money.settled(session, bound, handed, "2024-04-05", "QT 02")


def _sheet(session: Session, case: UUID, number: int, all_poor: list[MadeUp]) -> int:
    """The sheet of a hamlet: of three hamlets all have signed, elsewhere one has not come yet. VND handed out."""
    here = [home for home in all_poor if home.fields["hamlet_id"] == str(hamlet(number))]
    asked = {
        "id": demo_id("signing_sheet", f"electricity:{number}"), "intervention_id": case, "hamlet_id": hamlet(number),
        "title": "Hỗ trợ tiền điện hộ nghèo", "period": "Quý I/2024", "hand_out_on": "2024-03-28", "form": "cash",
        "paid_by": "hand", "lines": [{"household_id": home.id, "amount_vnd": _QUARTER_VND} for home in here],
    }  # fmt: skip
    officer = person("truc-thai", Permission.interventions_write)
    sheet = sheets.draw_up(session, officer, SheetIn.model_validate(asked), None)
    signed = sheet.lines if number <= 3 else sheet.lines[:-1]
    if not signed:
        return 0
    ticks = [{"line_id": line.id, "state": "delivered"} for line in signed]
    surveyor = person(f"xom-{number}", Permission.deliveries_write)
    ticked: WholeSheetOut = tick(session, surveyor, sheet.id, None, TicksIn.model_validate({"ticks": ticks}))
    if number <= 3:
        sheets.close(session, officer, sheet.id, None)
    return ticked.delivered_vnd


def load_calves(session: Session, homes: list[MadeUp]) -> None:
    """A community project from its proposal to the results after six months; one result is overdue."""
    who = "truc-thai"
    case = cases.opened(
        session, who, "calves", kind="community_project", area_id=COMMUNE, plan_item_id=money.item("livelihood"),
        organisation_id=demo_id("organisation", "cooperative"), title="Nuôi bò cái sinh sản",
        starts_on="2024-05-15", fields={"product": "Bò cái sinh sản", "is_model": True, "led_by": ["woman"]},
    )  # fmt: skip
    cases.papers(session, who, case, "2024-04-12", "application", "meeting_minutes", "project_plan")
    cases.step(session, who, case, "appraise", "2024-04-22")
    cases.papers(session, who, case, "2024-04-22", "appraisal_minutes")
    cases.step(session, "chu-tich", case, "approve", "2024-05-02")
    cases.papers(session, who, case, "2024-05-02", "approval_decision")
    cases.step(session, who, case, "start", "2024-05-15")
    chosen = [*poor(homes)[:5], *near_poor(homes)[: _CALVES - 5]]
    taking = [
        {"role": "participant", "household_id": h.id, "joined_on": "2024-05-16", "fields": {"support": "Một bò cái"}}
        for h in chosen
    ]
    people = cases.enrolled(session, who, case, taking)
    bound = money.approved(
        session, "calves", "2024-05-06", line="livelihood:state_budget", intervention_id=case,
        organisation_id=demo_id("organisation", "cooperative"), amount_vnd=_CALVES * _CALF_VND,
        purpose="Hợp đồng mua 8 con bò cái sinh sản", document_no="07/HĐ",
    )  # fmt: skip
    _hand_out_calves(session, case, chosen)
    money.paid(session, bound, _CALVES * _CALF_VND, "2024-05-30", "UNC 18")
    money.settled(session, bound, (_CALVES - 1) * _CALF_VND, "2024-07-15", "QT 05")
    for place, one in enumerate(people[:-1]):
        alive = place != 4
        income = {"income_vnd": 1_500_000} if alive else {"remark": "Bò ốm chết, hộ xin hỗ trợ lại"}
        cases.step(session, who, case, "result_6_months", "2024-11-18", one, alive=alive, **income)


def _hand_out_calves(session: Session, case: UUID, chosen: list[MadeUp]) -> None:
    deliveries = [
        {
            "id": demo_id("delivery", f"calf:{home.id}"), "intervention_id": case, "household_id": home.id,
            "delivered_on": "2024-05-28", "form": "in_kind", "quantity": 1.0, "unit": "con", "amount_vnd": _CALF_VND,
            "received_by": home.members[0][1]["full_name"],
        }
        for home in chosen
    ]  # fmt: skip
    body = DeliveriesIn.model_validate({"deliveries": deliveries})
    commands.create_deliveries(session, person("truc-thai", Permission.deliveries_write), body, None)


def load_house(session: Session, homes: list[MadeUp]) -> UUID:
    """A house that is being built; the household it is for."""
    who, home = "truc-thai", poor(homes)[0]
    case = cases.opened(
        session, who, "house", kind="housing_case", household_id=home.id, title="Xây nhà cho hộ nghèo",
        starts_on="2024-05-06",
        fields={
            "works": "build", "hardship": ["serious_illness"], "not_durable": ["frame_wall", "roof"],
            "cost_vnd": 90_000_000, "family_share_vnd": 30_000_000,
        },
    )  # fmt: skip
    cases.papers(session, who, case, "2024-04-08", "application", "meeting_minutes")
    cases.step(session, who, case, "agree", "2024-04-15", present=42, in_favour=41)
    cases.step(session, "chu-tich", case, "approve", "2024-04-26")
    cases.papers(session, who, case, "2024-05-04", "photo_before")
    cases.step(session, who, case, "start", "2024-05-06")
    women = demo_id("organisation", "women")
    funder = {
        "role": "funder",
        "organisation_id": women,
        "joined_on": "2024-05-06",
        "fields": {"amount_vnd": 5_000_000},
    }
    cases.enrolled(session, who, case, [funder])
    return home.id
