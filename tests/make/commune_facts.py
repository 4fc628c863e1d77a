"""A commune in which everything happens that indicators count: by the product's own commands where there are such, by
rows put in directly where a command would need a whole procedure before it. Nothing is random here but the choices."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from api import clock
from api.areas.commands import record_statistic
from api.areas.schemas import StatisticIn
from api.areas.tables import area_id
from api.changes import history
from api.changes.edits import Edit
from api.changes.fold import Step
from api.changes.tables import Origin
from api.credit.loans import change_loan
from api.credit.schemas import LoanPatch
from api.credit.tables import LoanState
from api.deliveries.tables import Delivery
from api.households.commands import write_households, write_members
from api.households.moves import end_household, merge_households, move_household, unmerge_household
from api.households.schemas import MoveIn, SplitIn
from api.households.splits import split_household
from api.households.tables import HouseholdStatus
from api.interventions.need_schemas import NeedEnding, NeedIn
from api.interventions.needs import end_need, note_need
from api.interventions.tables import InterventionStep, Participant, SupportNeedState
from api.keys import IdKey
from api.problems import Problem
from api.recognitions.recording import Decision, record_decision
from api.recognitions.tables import LivingStandardRecognition
from api.reviews.review_store import store_changed
from api.standards.tables import PovertyClass
from tests.make import entitlements, interventions, rounds
from tests.make.reviews import acting

HAMLETS = ("14080-01", "14080-02", "14080-03", "14071-01")
DEPRIVATIONS = (
    "employment", "dependants", "nutrition", "health_insurance", "adult_education", "child_school_attendance",
    "housing_quality", "housing_area", "clean_water", "hygienic_toilet", "telecom_service", "info_devices",
)  # fmt: skip
NEEDS = ("credit", "job", "vocational_training", "housing", "telecom", "clean_water")
KINDS = (
    "support_round", "job_support", "vocational_course", "housing_case", "telecom_support", "community_project",
    "value_chain_project", "staff_training",
)  # fmt: skip
# what meets a need, and the needs that something meets
_MEETS = {
    "job": ("job_support",), "vocational_training": ("vocational_course",), "housing": ("housing_case",),
    "telecom": ("telecom_support",),
}  # fmt: skip
_WANTED = "SELECT * FROM support_need WHERE kind IN ('job', 'vocational_training', 'housing', 'telecom')"
_BY = {"14080": "truc-thai", "14071": "truc-dai"}
_INTERVENTION = interventions.INTERVENTION
_PARTICIPANT = Participant.__table__  # type: ignore[attr-defined]
_DELIVERY = Delivery.__table__  # type: ignore[attr-defined]
_STEP = InterventionStep.__table__  # type: ignore[attr-defined]


class Commune:
    """One history. `now` only goes forward; `late`: may things be recorded of days before today?"""

    def __init__(self, engine: Engine, id_key: bytes, choose: Random, start: datetime, late: bool = True) -> None:
        self.engine, self.id_key, self.choose, self.now, self.late = engine, id_key, choose, start, late
        self.first = start.date()
        self.rounds: list[UUID] = []
        self.done: list[str] = []

    # what happens

    def act(self, only: Callable[["Commune", Session], None] | None = None) -> str:
        """Something happens, or is refused; its name."""
        act = only or self.choose.choice(ACTS)
        self.now += timedelta(seconds=self.choose.randint(1, 50))
        with clock.at(self.now), Session(self.engine, expire_on_commit=False) as session:
            session.info["id_key"] = IdKey(self.id_key)
            try:
                act(self, session)
                session.commit()
            except Problem as refused:
                session.rollback()
                self.done.append(f"{act.__name__}: {refused.slug}")
                return "refused"
        self.done.append(act.__name__)
        return act.__name__

    def settle(self, homes: int = 25) -> None:
        """A commune that has been at work for a while."""
        for act in (*([registers] * homes), *([counts_everybody] * 6), *([decides] * homes), *([reviews] * homes)):
            self.act(act)

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)

    def day(self, since: date | None = None) -> date:
        """Today, or a day before it where late records are allowed; not before `since`."""
        today = self.now.date()
        if not self.late:
            return today
        oldest = since or self.first - timedelta(days=200)
        back = self.choose.choice((0, 0, 2, 10, 40, 400))
        return max(min(oldest, today), today - timedelta(days=self.choose.randint(0, back)))

    # choices

    def some(self, session: Session, query: str, **values: Any) -> Any:
        """A row of a query, or nothing."""
        rows = session.execute(text(query), values).all()
        return self.choose.choice(rows) if rows else None

    def home(self, session: Session, status: str = "active") -> Any:
        return self.some(
            session,
            "SELECT h.id, h.version, h.hamlet_id, a.code FROM household h JOIN area a ON a.id = h.hamlet_id"
            " WHERE h.status = :status ORDER BY h.created_at, h.id",
            status=status,
        )

    def person(self, session: Session) -> Any:
        return self.some(
            session,
            "SELECT m.id, m.version, m.household_id, m.left_on, a.code FROM member m"
            " JOIN household h ON h.id = m.household_id JOIN area a ON a.id = h.hamlet_id"
            " WHERE h.status = 'active' ORDER BY m.created_at, m.id",
        )

    def person_fields(self) -> dict[str, Any]:
        c = self.choose
        years = (2008, 2020) if c.random() < 0.45 else (1945, 2023)
        born = date(c.randint(*years), c.randint(1, 12), c.randint(1, 28))
        age_known = (
            {"birth_date": born.isoformat(), "birth_year": None}
            if c.random() < 0.6
            else {"birth_date": None, "birth_year": born.year}
        )
        maybe = (None, True, False)
        return age_known | {
            "sex": c.choice(("male", "female")), "ethnicity": c.choice(("kinh", "kinh", "tay")),
            "merit_person": c.random() < 0.2, "disability": c.choice(("none", "none", "severe")),
            "health_insurance": c.choice(maybe), "labour_status": c.choice((None, "working", "unemployed", "studying")),
            "labour_contract": c.choice(maybe), "right_level": c.choice(maybe),
            "schooling": c.choice((None, "none", "preschool", "primary", "lower_secondary", "upper_secondary")),
        }  # fmt: skip


def who(code: str) -> Any:
    return acting(_BY[code[:5]])


def _written(outcomes: list[Any]) -> None:
    for one in outcomes:
        if one.problem is not None:
            raise one.problem


def registers(c: Commune, session: Session) -> None:
    code, home = c.choose.choice(HAMLETS), uuid4()
    data = {"hamlet_id": str(area_id(code)), "residence": "permanent"}
    _written(write_households(session, who(code), [Edit(home, None, data)], Origin.web))
    people = [uuid4() for _ in range(c.choose.randint(0, 4))]
    edits = [
        Edit(one, None, {
            "household_id": str(home), "full_name": f"Trần Thị {'ABCDEGHIK'[n]}",
            "relation_to_head": "head" if n == 0 else "child", **c.person_fields(),
        })
        for n, one in enumerate(people)
    ]  # fmt: skip
    _written(write_members(session, who(code), edits, Origin.web))


def adds_a_person(c: Commune, session: Session) -> None:
    if home := c.home(session):
        data = {
            "household_id": str(home.id),
            "full_name": "Lê Văn Út",
            "relation_to_head": "other",
            **c.person_fields(),
        }
        _written(write_members(session, who(home.code), [Edit(uuid4(), None, data)], Origin.web))


def edits_a_person(c: Commune, session: Session) -> None:
    if one := c.person(session):
        given = c.person_fields()
        few = set(c.choose.sample(sorted(given), 4)) | {"birth_date", "birth_year"}
        changed = {name: value for name, value in given.items() if name in few}
        _written(write_members(session, who(one.code), [Edit(one.id, one.version, changed)], Origin.web))


def loses_a_person(c: Commune, session: Session) -> None:
    """Somebody dies or goes; or that was a mistake."""
    if one := c.person(session):
        gone: dict[str, Any] = {"left_on": c.day().isoformat(), "left_reason": c.choose.choice(("died", "moved"))}
        if one.left_on and c.late and c.choose.random() < 0.5:
            gone = {"left_on": None, "left_reason": None}
        _written(write_members(session, who(one.code), [Edit(one.id, one.version, gone)], Origin.web))


def edits_a_household(c: Commune, session: Session) -> None:
    if home := c.home(session):
        member = c.some(session, "SELECT id FROM member WHERE household_id = :h ORDER BY created_at, id", h=home.id)
        changed: dict[str, Any] = {"residence": c.choose.choice(("permanent", "temporary"))}
        if member and c.choose.random() < 0.5:
            changed["head_member_id"] = str(member.id)
        if c.choose.random() < 0.3 and home.code.startswith("14080"):
            changed["hamlet_id"] = str(area_id(c.choose.choice(HAMLETS[:3])))
        _written(write_households(session, who(home.code), [Edit(home.id, home.version, changed)], Origin.web))


def moves(c: Commune, session: Session) -> None:
    if home := c.home(session):
        to = MoveIn(hamlet_id=area_id(c.choose.choice(HAMLETS)), moved_on=c.day())
        move_household(session, who(home.code), home.id, to, None)


def splits(c: Commune, session: Session) -> None:
    if one := c.person(session):
        split_household(session, who(one.code), one.household_id, uuid4(), SplitIn(member_ids=[one.id]), None)


def merges(c: Commune, session: Session) -> None:
    if (stays := c.home(session)) and (goes := c.home(session)):
        merge_households(session, who(stays.code), stays.id, goes.id, None, lambda *_: None)


def unmerges(c: Commune, session: Session) -> None:
    if gone := c.home(session, "merged"):
        unmerge_household(session, who(gone.code), gone.id, None, lambda *_: None)


def ends_a_household(c: Commune, session: Session) -> None:
    if home := c.home(session, c.choose.choice(("active", "left", "dissolved"))):
        status = c.choose.choice(tuple(HouseholdStatus)[:2])
        end_household(session, who(home.code), home.id, status, None)


def decides(c: Commune, session: Session) -> None:
    if home := c.home(session):
        day = c.day()
        paper = Decision(f"{uuid4().hex[:6]}/QĐ", day, "Chủ tịch", area_id(home.code[:5]))
        given = {home.id: c.choose.choice(tuple(PovertyClass))}
        other = c.home(session)
        if other and other.code[:5] == home.code[:5]:
            given[other.id] = c.choose.choice((PovertyClass.poor, PovertyClass.near_poor))
        record_decision(session, who(home.code), who(home.code).scope, paper, given)


def reviews(c: Commune, session: Session) -> None:
    """A survey; of a household that has one in this round, it takes the place of that one."""
    home = c.home(session)
    if home is None:
        return
    if not c.rounds or c.choose.random() < 0.2:
        kind = "training" if c.choose.random() < 0.15 else "periodic"
        c.rounds.append(rounds.review_round(session, home.code[:5], kind=kind))
    round_id = c.choose.choice(c.rounds[-2:])
    before = c.some(
        session, "SELECT * FROM review WHERE in_force AND round_id = :r AND household_id = :h", r=round_id, h=home.id
    )
    if before is not None:
        row = {"id": before.id, "version": before.version + 1, "in_force": False}
        store_changed(session, [row])
        history.keep(
            session,
            who(home.code),
            "review",
            [Step(before.id, row["version"], {"in_force": [True, False]})],
            Origin.web,
        )
    else:
        rounds.cases(session, round_id, [home.id], home.code)
    lacks = c.choose.sample(DEPRIVATIONS, c.choose.randint(0, 8))
    unsure = [one for one in c.choose.sample(DEPRIVATIONS, 3) if one not in lacks]
    rounds.review(session, round_id, home.id, surveyed_on=c.day(), deprivations=lacks, undetermined=unsure)


def needs(c: Commune, session: Session) -> None:
    if one := c.person(session):
        kind = c.choose.choice(NEEDS)
        member = one.id if kind in ("job", "vocational_training") else None
        body = NeedIn(household_id=one.household_id, member_id=member, kind=kind, noted_on=c.day())
        note_need(session, who(one.code), body, None)


def ends_a_need(c: Commune, session: Session) -> None:
    row = c.some(
        session,
        "SELECT n.id, n.noted_on, a.code FROM support_need n JOIN household h ON h.id = n.household_id"
        " JOIN area a ON a.id = h.hamlet_id WHERE n.state = 'open' ORDER BY n.created_at, n.id",
    )
    if row:
        state = c.choose.choice((SupportNeedState.met, SupportNeedState.withdrawn))
        body = NeedEnding(state=state, ended_on=c.day(row.noted_on), reason="Đã xong")
        end_need(session, who(row.code), row.id, None, body)


def borrows(c: Commune, session: Session) -> None:
    if home := c.home(session):
        entitlements.loan(session, "credit_poor", home.id, c.day())


def bank_says(c: Commune, session: Session) -> None:
    row = c.some(session, "SELECT id, lent_on, state FROM loan ORDER BY created_at, id")
    if row:
        state = c.choose.choice((LoanState.active, LoanState.overdue, LoanState.repaid, LoanState.written_off))
        owed: dict[str, Any] = {} if state == "repaid" else {"outstanding_vnd": 1000}
        # the same state of another day sets the past right
        since: dict[str, Any] = (
            {"state_since": c.day(row.lent_on)} if c.choose.random() < 0.7 and (c.late or state != row.state) else {}
        )
        change_loan(session, acting("ngan-hang"), row.id, None, LoanPatch(state=state, **owed, **since))


def _under_way(c: Commune, session: Session, *kinds: str) -> UUID:
    kind = c.choose.choice(kinds)
    found = c.some(session, "SELECT id FROM intervention WHERE kind = :k ORDER BY created_at, id", k=kind)
    if found and c.choose.random() < 0.5:
        return UUID(str(found.id))
    area = c.choose.choice(("14080", "14080-01", "14071"))
    return interventions.intervention(session, area, kind, policy=None, fields={"is_model": c.choose.random() < 0.5})


def delivers(c: Commune, session: Session) -> None:
    if one := c.person(session):
        wanted = c.some(session, _WANTED) if c.choose.random() < 0.6 else None
        kinds = ("support_round", "job_support", "housing_case", "telecom_support")
        under = _under_way(c, session, *(kinds if wanted is None else _MEETS[wanted.kind]))
        if wanted is not None:
            whom = {"household_id": wanted.household_id, "member_id": wanted.member_id}
        else:
            whom = {"household_id": one.household_id} | ({"member_id": one.id} if c.choose.random() < 0.6 else {})
        how = c.choose.choice(("delivered", "delivered", "refused"))
        worth = len(c.done) % 7 * 1000 or None
        interventions.handed_out(session, under, delivered_on=c.day(), outcome=how, amount_vnd=worth, **whom)


def reverses(c: Commune, session: Session) -> None:
    row = c.some(session, "SELECT id FROM delivery WHERE reversed_at IS NULL ORDER BY created_at, id")
    if row and c.late and c.choose.random() < 0.5:
        said = {"reversed_at": clock.now(), "reversal_reason": "Nhầm", "version": 2, "updated_at": clock.now()}
        session.execute(update(_DELIVERY).where(_DELIVERY.c.id == row.id).values(**said))


def _participant(session: Session, under: UUID, role: str, joined_on: date, **fields: Any) -> None:
    now = clock.now()
    row = {
        "id": uuid4(), "intervention_id": under, "role": role, "state": "enrolled", "joined_on": joined_on,
        "fields": {}, "version": 1, "created_at": now, "updated_at": now, **fields,
    }  # fmt: skip
    session.execute(insert(_PARTICIPANT).values(**row))


def takes_part(c: Commune, session: Session) -> None:
    if one := c.person(session):
        wanted = c.some(session, f"{_WANTED} AND kind = 'vocational_training'") if c.choose.random() < 0.6 else None
        under = _under_way(c, session, "vocational_course", "community_project", "job_support")
        if wanted is not None:
            one = c.some(session, "SELECT id, household_id FROM member WHERE id = :m", m=wanted.member_id)
            under = _under_way(c, session, "vocational_course")
        there = c.some(
            session,
            "SELECT 1 FROM participant WHERE intervention_id = :i AND household_id = :h",
            i=under,
            h=one.household_id,
        )
        if there is None:
            _participant(session, under, "learner", c.day(), household_id=one.household_id, member_id=one.id)


def trains_an_officer(c: Commune, session: Session) -> None:
    under = _under_way(c, session, "staff_training")
    fields = {"category": c.choose.choice(("commune", "hamlet")), "poverty_officer": c.choose.random() < 0.7}
    outsider = {"name": "Phạm Văn B", "sex": c.choose.choice(("male", "female"))}
    _participant(session, under, "trainee", c.day(), outsider=outsider, fields=fields)


def participation_turns(c: Commune, session: Session) -> None:
    row = c.some(
        session, "SELECT id, version, state, joined_on, ended_on, fields FROM participant ORDER BY created_at, id"
    )
    if row is None:
        return
    state = c.choose.choice(("enrolled", "finished", "left"))
    if not c.late and row.state != "enrolled":
        state = "enrolled"
    ended = {} if state == "enrolled" else {"ended_on": c.day(row.joined_on), "ended_reason": "Lý do"}
    values = {"state": state, "ended_on": None, "version": row.version + 1, "updated_at": clock.now(), **ended}
    values["fields"] = row.fields | {"poverty_officer": c.choose.random() < 0.5}
    session.execute(update(_PARTICIPANT).where(_PARTICIPANT.c.id == row.id).values(**values))


def takes_a_step(c: Commune, session: Session) -> None:
    under = _under_way(c, session, "community_project", "value_chain_project", "staff_training")
    kind = c.some(
        session,
        "SELECT kind, (SELECT count(*) FROM intervention_step s WHERE s.intervention_id = i.id) AS n"
        " FROM intervention i WHERE id = :i",
        i=under,
    )
    step = "hold" if kind.kind == "staff_training" else c.choose.choice(("start", "start", "check_12_months"))
    found = (
        {"alive": c.choose.random() < 0.5, "replicated": c.choose.random() < 0.5} if step == "check_12_months" else {}
    )
    session.execute(insert(_STEP).values(
        id=uuid4(), intervention_id=under, position=kind.n + 1, step=step, stage_before="running",
        stage_after="running", taken_on=c.day(), fields=found, recorded_at=clock.now(),
    ))  # fmt: skip


def undoes_a_step(c: Commune, session: Session) -> None:
    row = c.some(session, "SELECT id FROM intervention_step WHERE undone_at IS NULL ORDER BY recorded_at, id")
    if row and c.late and c.choose.random() < 0.4:
        said = {"undone_at": clock.now(), "undone_reason": "Nhầm"}
        session.execute(update(_STEP).where(_STEP.c.id == row.id).values(**said))


def changes_a_project(c: Commune, session: Session) -> None:
    row = c.some(session, "SELECT id, version FROM intervention ORDER BY created_at, id")
    if row:
        fields = {"is_model": c.choose.random() < 0.5, "replicates": c.choose.choice(("", "Mô hình A"))}
        values = {"fields": fields, "version": row.version + 1, "updated_at": clock.now()}
        session.execute(update(_INTERVENTION).where(_INTERVENTION.c.id == row.id).values(**values))


def counts_everybody(c: Commune, session: Session) -> None:
    code, households = c.choose.choice(HAMLETS), c.choose.randint(1, 400)
    given = StatisticIn(as_of=c.day(), households=households, persons=households * 3, source="Công an xã")
    record_statistic(session, who(code), area_id(code), given)


def third_path(c: Commune, session: Session) -> None:
    """Recognised beside the class; it ends with the next class of poor or near-poor."""
    one = c.some(
        session,
        "SELECT m.id, m.household_id FROM member m WHERE NOT EXISTS (SELECT 1 FROM recognition r WHERE"
        " r.household_id = m.household_id AND upper_inf(r.days) AND r.poverty_class <> 'not_poor')"
        " ORDER BY m.created_at, m.id",
    )
    decision = c.some(session, "SELECT id FROM recognition_decision ORDER BY recorded_at, id")
    if one is None or decision is None:
        return
    worker = c.choose.random() < 0.5
    kind = "low_income_worker" if worker else "agri_average_living_standard"
    there = c.some(
        session,
        "SELECT 1 FROM living_standard_recognition WHERE household_id = :h AND kind = :k",
        h=one.household_id,
        k=kind,
    )
    if there is None:
        session.execute(insert(LivingStandardRecognition).values(
            id=uuid4(), household_id=one.household_id, member_id=one.id if worker else None, kind=kind,
            decision_id=decision.id, days=Range(c.day(), None), recorded_at=clock.now(),
        ))  # fmt: skip


ACTS: tuple[Callable[[Commune, Session], None], ...] = (
    *(registers, adds_a_person, loses_a_person, edits_a_household, splits, unmerges, ends_a_household),
    *(ends_a_need, borrows, undoes_a_step, changes_a_project),
    *((reverses, merges, registers, edits_a_person, moves, bank_says) * 2),
    *((participation_turns, counts_everybody, third_path) * 2),
    *((reviews, delivers, takes_part, trains_an_officer, takes_a_step) * 3),
    *((needs,) * 4), *((decides,) * 6),
)  # fmt: skip
