"""The demo's year 2024, in the order in which one thing rests on another; all through the commands of the web."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session

from api import late_rows
from api.accounts.permissions import Permission
from api.demo import hamlets, lending, money, support, voice, work
from api.demo.register import MadeUp
from api.demo.year import COMMUNE, content, demo_id, person
from api.interventions.organisation_schemas import OrganisationIn
from api.interventions.organisations import add_organisation

_Report = Callable[[str, int, int], None]


def load_year(session: Session, homes: list[MadeUp], plan_id: UUID, report: _Report) -> None:
    """Plan, money, support, work, voices and hamlets of xã Trực Thái; `homes` are its households."""
    # the log of each part is written in one go; deliveries collect their own rows
    with late_rows.collected(session):
        _load_organisations(session)
        money.load_items(session, plan_id)
    report("Kế hoạch, ngân sách / items and money", 1, 1)
    support.load_electricity(session, homes)
    support.load_calves(session, homes)
    with late_rows.collected(session):
        household_id = support.load_house(session, homes)
        work.load_course(session, homes)
        work.load_seekers(session, homes)
        money.load_waiting(session)
    report("Hỗ trợ, đào tạo, việc làm / support, training, work", 1, 1)
    with late_rows.collected(session):
        _load_voices_and_hamlets(session, homes, household_id)
    report("Công việc của các xóm / the hamlets", 1, 1)
    with late_rows.collected(session):
        lending.load_loans(session, homes)
        lending.load_loan_lists(session, homes)
        lending.load_insurance(session)
        hamlets.load_reports(session)
    report("Vốn vay, bảo hiểm y tế, báo cáo / loans, insurance, reports", 1, 1)


def _load_voices_and_hamlets(session: Session, homes: list[MadeUp], household_id: UUID) -> None:
    voice.load_communication(session)
    voice.load_inspection(session)
    voice.load_fund(session, household_id)
    voice.load_order(session)
    hamlets.load_plans(session)
    hamlets.load_promises(session, homes)
    hamlets.load_helpers(session, homes)
    hamlets.load_needs(session, homes)


def _load_organisations(session: Session) -> None:
    officer = person("truc-thai", Permission.interventions_write)
    for one in content()["organisation"]:
        said = {name: value for name, value in one.items() if name != "code"}
        asked = {"id": demo_id("organisation", one["code"]), "area_id": COMMUNE, **said}
        add_organisation(session, officer, OrganisationIn.model_validate(asked), None)
