"""What the demo's hamlets do in 2024: plans, promises, helpers and their visits, needs, reports."""

from typing import Any

from sqlmodel import Session

from api.accounts.permissions import Permission
from api.demo import cases
from api.demo.register import MadeUp
from api.demo.year import COMMUNE, HAMLETS, YEAR, demo_id, hamlet, near_poor, person, poor
from api.hamlet_plans import commands as plans
from api.hamlet_plans.schemas import HamletPlanIn
from api.interventions.need_schemas import NeedEnding, NeedIn
from api.interventions.needs import end_need, note_need
from api.report_submissions import commands as reports
from api.report_submissions.schemas import ReportIn

_HELPERS = ("Chi hội Phụ nữ", "Chi hội Nông dân", "Chi hội Cựu chiến binh", "Chi đoàn Thanh niên")
_NEEDS = ("credit", "livelihood", "job", "housing", "clean_water", "toilet", "health_insurance", "vocational_training")


def load_plans(session: Session) -> None:
    """The plan of every hamlet: five accepted, one returned, one handed in, one still a draft."""
    officer = person("truc-thai", Permission.hamlet_plans_accept)
    for number in HAMLETS:
        head = person(f"xom-{number}", Permission.hamlet_plans_write)
        asked = {
            "id": demo_id("hamlet_plan", str(number)), "hamlet_id": hamlet(number), "year": YEAR,
            "summary": f"Xóm {number} phấn đấu giảm 1 đến 2 hộ nghèo; vận động doanh nghiệp nhận lao động của xóm.",
        }  # fmt: skip
        plan_id = plans.draft(session, head, HamletPlanIn.model_validate(asked), None)
        if number < 8:
            plans.submit(session, head, plan_id, None)
        if number < 7:
            remark = "Bổ sung danh sách hộ đăng ký thoát nghèo." if number == 6 else None
            plans.decide(session, officer, plan_id, None, remark)


def load_promises(session: Session, homes: list[MadeUp]) -> None:
    """What the plans of some hamlets hold: jobs, a group, households that want to escape."""
    for number in (1, 2, 3):
        cases.opened(
            session, f"xom-{number}", f"pledge:{number}", kind="job_pledge", area_id=hamlet(number),
            organisation_id=demo_id("organisation", "factory"), title="Nhận lao động của xóm", fields={"jobs": 2},
        )  # fmt: skip
        home = _here(near_poor(homes), number)[0]
        cases.opened(
            session, f"xom-{number}", f"escape:{number}", kind="escape_registration", household_id=home.id,
            title="Đăng ký thoát cận nghèo", fields={"reasons": "Con đã đi làm, thu nhập đều"},
        )  # fmt: skip
    cases.opened(
        session, "xom-3", "group:3", kind="production_group", area_id=hamlet(3), title="Tổ trồng rau sạch",
        fields={"trade": "Trồng rau"},
    )  # fmt: skip


def load_helpers(session: Session, homes: list[MadeUp]) -> None:
    """A helper for one poor household of each hamlet, with visits; in the first two hamlets two."""
    for number in HAMLETS:
        who, home = f"xom-{number}", _here(poor(homes), number)[0]
        case = cases.opened(
            session, who, f"helper:{number}", kind="helper", household_id=home.id, title="Giúp đỡ hộ nghèo",
            starts_on="2024-04-08",
            fields={"helper_name": f"{_HELPERS[number % 4]} xóm {number}", "promised": "Giúp ngày công, cây giống"},
        )  # fmt: skip
        cases.step(session, who, case, "visit", "2024-05-12", found="Hộ cần giống rau; đã giúp làm đất")
        if number < 3:
            cases.step(session, who, case, "visit", "2024-09-08", found="Vườn rau đã có thu")


def load_needs(session: Session, homes: list[MadeUp]) -> None:
    """Two needs noted in every hamlet; the credit ones were met."""
    for number in HAMLETS:
        surveyor = person(f"xom-{number}", Permission.needs_write)
        for place, home in enumerate(_here([*poor(homes), *near_poor(homes)], number)[1:3]):
            kind = _NEEDS[(2 * number + place) % len(_NEEDS)]
            need = {"id": demo_id("need", str(home.id)), "household_id": home.id, "kind": kind}
            body = NeedIn.model_validate(need | {"noted_on": "2024-04-20"})
            need_id = note_need(session, surveyor, body, None)
            if kind == "credit":
                ending = {"state": "met", "ended_on": "2024-06-20", "reason": "Đã được vay vốn"}
                end_need(session, surveyor, need_id, None, NeedEnding.model_validate(ending))


def load_reports(session: Session) -> None:
    """Reports of four hamlets for the second quarter, and of the commune for half a year, handed in by its chair."""
    officer = person("truc-thai", Permission.reports_accept)
    quarter = {"period": "quarter", "period_from": "2024-04-01", "period_to": "2024-06-30", "due_on": "2024-07-05"}
    for number in (1, 2, 3, 4):
        head = person(f"xom-{number}", Permission.reports_prepare)
        about = {"area_id": hamlet(number), "author": "hamlet_head", "recipients": ["UBND xã"], **quarter}
        body = _report(f"xom-{number}", f"Báo cáo giảm nghèo quý II/2024 xóm {number}", about)
        report_id = reports.draft(session, head, body, None)
        if number < 4:
            reports.submit(session, head, report_id, None)
        if number < 3:
            reports.decide(session, officer, report_id, None, None if number == 1 else "Ghi rõ số hộ được vay vốn.")
    half = {"period": "six_months", "period_from": "2024-01-01", "period_to": "2024-06-30", "due_on": "2024-07-15"}
    about = {"area_id": COMMUNE, "author": "commune", "recipients": ["Phòng LĐTBXH huyện"], **half}
    body = _report("commune", "Báo cáo giảm nghèo 6 tháng đầu năm 2024", about)
    report_id = reports.draft(session, person("truc-thai", Permission.reports_prepare), body, None)
    reports.submit(session, person("chu-tich", Permission.reports_submit), report_id, None)


def _report(name: str, title: str, about: dict[str, Any]) -> ReportIn:
    words = {"results": "Đã chi trả tiền điện, giao bò giống, mở lớp may.", "proposals": "Tăng vốn vay ưu đãi."}
    return ReportIn.model_validate({"id": demo_id("report", name), "title": title, "content": words, **about})


def _here(some: list[MadeUp], number: int) -> list[MadeUp]:
    return [home for home in some if home.fields["hamlet_id"] == str(hamlet(number))]
