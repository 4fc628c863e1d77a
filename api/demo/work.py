"""Work in the demo's year: a vocational course with its learners, people who look for work, a vacancy."""

from itertools import islice

from sqlmodel import Session

from api.demo import accounts, cases, money
from api.demo.register import MadeUp
from api.demo.year import COMMUNE, demo_id, grown, near_poor, poor
from api.interventions.participant_schemas import ParticipantPatch
from api.interventions.participants import change_participant

_LEARNERS = 8
_SEEKERS = 5


def load_course(session: Session, homes: list[MadeUp]) -> None:
    """A course that has ended: most have a certificate, one left; whether they work is asked after six months."""
    who = "van-hoa"
    case = cases.opened(
        session, who, "sewing", kind="vocational_course", area_id=COMMUNE,
        plan_item_id=money.item("vocational_education"),
        organisation_id=demo_id("organisation", "training_centre"), title="Lớp may công nghiệp", starts_on="2024-06-10",
        ends_on="2024-08-30", fields={"trade": "May công nghiệp", "level": "under_3_months", "lessons": 60},
    )  # fmt: skip
    learners = islice(
        (
            (home.id, member)
            for home in [*poor(homes), *near_poor(homes)]
            for member in grown(home, "working", "unemployed")[:1]
        ),
        _LEARNERS,
    )
    people = cases.enrolled(
        session, "truc-thai", case,
        [{"role": "learner", "household_id": home, "member_id": one, "joined_on": "2024-06-10"}
         for home, one in learners],
    )  # fmt: skip
    bound = money.approved(
        session, "sewing", "2024-06-05", line="vocational_education:state_budget", intervention_id=case,
        organisation_id=demo_id("organisation", "training_centre"), amount_vnd=48_000_000,
        purpose="Hợp đồng mở lớp may công nghiệp", document_no="11/HĐ",
    )  # fmt: skip
    money.paid(session, bound, 24_000_000, "2024-06-20", "UNC 22")
    cases.papers(session, who, case, "2024-06-03", "opening_decision")
    cases.step(session, who, case, "start", "2024-06-10")
    actor = accounts.acting("truc-thai")
    left = {"state": "left", "ended_on": "2024-07-05", "ended_reason": "Đã đi làm ở nơi khác"}
    change_participant(session, actor, case, people[-1], None, ParticipantPatch.model_validate(left))
    for number, one in enumerate(people[:-1], start=1):
        fields = {"lessons_attended": 60 - number, "certificate_no": f"CC-{number:03d}", "certified_on": "2024-08-30"}
        done = {"state": "finished", "ended_on": "2024-08-30", "fields": fields}
        change_participant(session, actor, case, one, None, ParticipantPatch.model_validate(done))
    cases.papers(session, who, case, "2024-08-30", "graduation_decision")
    cases.step(session, who, case, "end", "2024-08-30")


def load_seekers(session: Session, homes: list[MadeUp]) -> None:
    """A vacancy, and people who look for work: one was taken there, one was referred."""
    looking = islice(
        ((home.id, one) for home in [*poor(homes), *near_poor(homes)] for one in grown(home, "unemployed")), _SEEKERS
    )
    who = "truc-thai"
    vacancy = cases.opened(
        session, who, "vacancy", kind="vacancy", area_id=COMMUNE, organisation_id=demo_id("organisation", "factory"),
        title="Tuyển công nhân may", starts_on="2024-05-27",
        fields={"work": "Công nhân may", "places": 10, "wage_vnd": 6_500_000},
    )  # fmt: skip
    for number, (home, one) in enumerate(looking):
        case = cases.opened(
            session, who, f"seeker:{number}", kind="job_seeker", household_id=home, member_id=one, title="Tìm việc làm",
            starts_on="2024-05-20",
            fields={"wants": "Công nhân may", "where": ["commune", "district"]},
        )  # fmt: skip
        if number < 2:
            cases.step(session, who, case, "refer", "2024-06-03", vacancy_id=str(vacancy))
        if number == 0:
            cases.step(
                session, who, case, "place", "2024-06-17", vacancy_id=str(vacancy),
                employer="Công ty may (minh hoạ)", contract=True, wage_vnd=6_500_000,
            )  # fmt: skip
