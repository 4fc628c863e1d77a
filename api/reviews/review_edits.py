"""One list of reviews: reads what they touch, scores them, stores them and moves their cases; always as many statements.

A review is never changed: a later one takes its place, and both stay. Locks: rounds, households, cases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlmodel import Session

from api import audit, clock, sql
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.changes import history
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Record, Step, already_exists
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.households.aliases import all_names
from api.households.stored import Held, Lock, among, hold_households, survivors
from api.problems import Conflict, FieldError, Invalid, NotFound, NotInRound, Problem, ReviewExists
from api.reviews import scoring, stages, steps
from api.reviews.cases import CASE, Case, hold_cases, move_cases
from api.reviews.review_rows import CONTENT, result_of, row_of, stored_reviews
from api.reviews.review_schemas import parsed, same_content
from api.reviews.rounds import ROUND, conditions
from api.reviews.scoring import Place
from api.reviews.tables import CaseStage, ReviewKind
from api.standards.compiled import Standard

ENTITY = "review"
# Which of the stages a case may be reviewed from; where it stands further, a review is the second one.
_FIRST = stages.step("case", "review").before


@dataclass(slots=True)
class Ground:
    """Where a review stands: its round, its household of today, and the case."""

    round: Row[Any]
    home: UUID
    case: Case
    place: Place


@dataclass(slots=True)
class Changes:
    """What is to be stored at the end."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    moved: dict[UUID, Case] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


class Reviews:
    """What one list of reviews touches, and what it does to it."""

    def __init__(self, session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool) -> None:
        self.session, self.actor, self.strict, self.origin = session, actor, strict, origin
        self.scope = scope = actor.scope_of(Permission.reviews_write)
        self.fields = [parsed(edit.data) if edit.base_version is None or self._decides(edit) else None for edit in edits]
        good = [one for one in self.fields if isinstance(one, dict)]
        self.rounds = self._rounds({UUID(one["round_id"]) for one in good})
        self.held, self.homes = self._homes({UUID(one["household_id"]) for one in good})
        self.cases = self._cases()
        self.stored = self._stored([edit.record_id for edit in edits])
        records = {i: Record(i, row["version"], row, row["version"]) for i, row in self.stored.items()}
        self.foreign = history.load_past(session, ENTITY, records, {edit.record_id: 0 for edit in edits})
        self.standards = scoring.standards_of(
            session, {(row.standard_code, row.standard_version) for row in self.rounds.values()}
        )
        self.places = self._places()
        self.people = scoring.people(session, set(self.homes.values()))
        self.changes = Changes()
        # the reason for which an officer puts a review in the place of the one in force
        self.replacing: str | None = None

    def write(self, edit: Edit, fields: dict[str, Any] | Problem | None) -> Written:
        """Decides one edit over what the ones before it left."""
        stored = self.stored.get(edit.record_id)
        if edit.record_id in self.foreign or (stored is not None and not stored["mine"]):
            return rejected(already_exists() if edit.base_version is None else no_review())
        if fields is None:
            return rejected(no_review() if stored is None else _append_only())
        if isinstance(fields, Problem):
            return rejected(fields)
        if stored is not None:
            return self._decided(stored, fields) if edit.base_version else self._again(stored, fields)
        home = self.homes.get(UUID(fields["household_id"]))
        if home is None or home not in self.held.mine:
            return self._no_home(UUID(fields["household_id"]))
        ground = self._ground(fields, home)
        if isinstance(ground, Problem):
            return rejected(ground)
        return self._judged(edit, fields, ground)

    def _judged(self, edit: Edit, fields: dict[str, Any], ground: Ground) -> Written:
        problem = _day_fault(fields, ground.round) or _round_fault(ground)
        standard = self.standards[ground.round.standard_code, ground.round.standard_version]
        problem = problem or scoring.faults(standard, fields, ground.place)
        if problem is not None:
            return rejected(problem)
        first = ground.case.stage in _FIRST
        if not first and self.strict and self.replacing is None:
            return rejected(review_exists(ground.case.review_id))
        if not first and self.replacing is not None:
            return self._replaced(edit, fields, ground, standard)
        row = self.scored(edit.record_id, fields, ground, in_force=first)
        if first:
            row["kind"] = ReviewKind.resurvey if ground.case.stage is CaseStage.resurvey else ReviewKind.survey
            self.put_in_force(row, ground, CaseStage(stages.step("case", "review").after))
        self.add(row, edit)
        result = result_of(row, standard)
        if first:
            return Written("applied", 1, result=result)
        return Written("conflict", 1, clashes=self._clashes(fields, ground), result=result)

    def _replaced(self, edit: Edit, fields: dict[str, Any], ground: Ground, standard: Standard) -> Written:
        problem = may_replace(ground)
        if problem is not None:
            return rejected(problem)
        row = self.scored(edit.record_id, fields, ground, in_force=True)
        self.put_in_force(row, ground, ground.case.stage)
        self.add(row, edit)
        return Written("applied", 1, result=result_of(row, standard))

    def scored(self, review_id: UUID, fields: dict[str, Any], ground: Ground, *, in_force: bool) -> dict[str, Any]:
        """The row of a new review. It stands under the household as the list has it."""
        standard = self.standards[ground.round.standard_code, ground.round.standard_version]
        members = scoring.there_on(self.people.get(ground.home, []), fields["surveyed_on"])
        found = scoring.score(standard, fields, members, ground.place)
        row = row_of(fields, members, ground.place, standard, found)
        return row | {
            "id": review_id, "round_id": ground.round.id, "household_id": ground.case.household_id, "version": 1,
            "kind": ReviewKind.survey, "in_force": in_force, "surveyor_id": self.actor.account_id,
            "home": ground.home, "hamlet": UUID(self.held.hamlets[ground.home]),
        }  # fmt: skip

    def put_in_force(self, row: dict[str, Any], ground: Ground, stage: CaseStage) -> None:
        """The review takes the place of the one before it, and the case goes to its stage."""
        before = ground.case.review_id
        if before is not None and before != row["id"]:
            self._change(before, in_force=False, reason=self.replacing)
        row["in_force"] = True
        after = replace(ground.case, stage=stage, review_id=row["id"], not_reached_reason=None)
        self.cases[ground.round.id, ground.home] = self.changes.moved[after.id] = after

    def add(self, row: dict[str, Any], edit: Edit) -> None:
        self.stored[row["id"]] = row | {"mine": True}
        self.changes.added.append(row)
        self.changes.steps.append(Step(row["id"], 1, None, edit.device_id, edit.submission_id))

    def _change(self, review_id: UUID, *, in_force: bool, reason: str | None = None) -> None:
        row = self.stored[review_id]
        for added in self.changes.added:
            if added["id"] == review_id:  # of this very list: nothing is stored yet
                added["in_force"] = row["in_force"] = in_force
                return
        row |= {"in_force": in_force, "version": row["version"] + 1}
        self.changes.changed[review_id] = row
        change: dict[str, Any] = {"in_force": [not in_force, in_force]}
        if reason is not None:
            change["replaced_because"] = [None, reason]
        self.changes.steps.append(Step(review_id, row["version"], change))

    def store(self) -> None:
        """Writes what was decided: reviews, cases, history, the feed's queue and the log."""
        changed, added = list(self.changes.changed.values()), self.changes.added
        # first those that make room: two reviews of a case are never in force at once
        for in_force in (False, True):
            rows = [{n: row[n] for n in ("id", "version", "in_force")} for row in changed if row["in_force"] is in_force]
            if rows:
                self._run("change_reviews", rows)
        if added:
            self._run("insert_reviews", [{k: v for k, v in row.items() if k not in ("home", "hamlet")} for row in added])
        move_cases(self.session, self.actor, list(self.changes.moved.values()))
        history.keep(self.session, self.actor, ENTITY, self.changes.steps, self.origin)
        history.announce(
            self.session,
            [Announcement(ENTITY, row["id"], row["hamlet"], row["home"], row["version"]) for row in changed + added],
        )
        if changed or added:
            homes = {row["household_id"] for row in changed + added}
            audit.record(self.session, self.actor, "reviews.write", "household", homes, origin=self.origin.value)

    def _run(self, statement: str, rows: list[Any]) -> None:
        self.session.execute(
            sql.load(f"api/reviews/sql/{statement}.sql"), {"rows": sql.rows(rows), "at": clock.now()}
        )

    def _again(self, stored: dict[str, Any], fields: dict[str, Any]) -> Written:
        """A review that is there already: the same one sent again, or another one under its id."""
        named = self.homes.get(UUID(fields["household_id"]))
        same = same_content(_content(stored), _content(fields))
        if not same or str(stored["round_id"]) != fields["round_id"] or stored["home"] != named:
            return rejected(already_exists())
        if not stored["in_force"]:
            return rejected(review_exists(None))
        row = self.rounds[stored["round_id"]]
        standard = self.standards[row.standard_code, row.standard_version]
        return Written("applied", stored["version"], result=result_of(stored, standard))

    def _decides(self, edit: Edit) -> bool:
        """Has an officer decided a conflict for this submission? (mobile_sync/repairs.py writes it over the web.)"""
        return self.origin is Origin.web and edit.submission_id is not None

    def _decided(self, stored: dict[str, Any], fields: dict[str, Any]) -> Written:
        """The second review takes the place of the first, as it was sent: two reviews are never mixed."""
        if not same_content(_content(stored), _content(fields)):
            return rejected(_mixed())
        ground = self._ground(fields, self.homes[UUID(fields["household_id"])])
        problem = ground if isinstance(ground, Problem) else may_replace(ground)
        if problem is not None:
            return rejected(problem)
        assert isinstance(ground, Ground)
        self.put_in_force(stored, ground, ground.case.stage)
        self._change(stored["id"], in_force=True)
        return Written("applied", stored["version"])

    def _no_home(self, named: UUID) -> Written:
        # Outside the caller's areas is as if it were not there: whoever knows an id must not learn that it exists.
        if self.strict:
            vi, en = "Không tìm thấy hộ này.", "There is no such household."
            return rejected(NotFound(vi, en, errors=(FieldError("#/household_id", "not_found", vi, en),)))
        return Written("held", waiting_for=named)

    def _ground(self, fields: dict[str, Any], home: UUID) -> Ground | Problem:
        row = self.rounds.get(UUID(fields["round_id"]))
        if row is None:
            vi, en = "Không tìm thấy đợt rà soát này.", "There is no such round."
            return NotFound(vi, en, errors=(FieldError("#/round_id", "not_found", vi, en),))
        case = self.cases.get((row.id, home))
        if case is None:
            return NotInRound(
                "Hộ này không có trong danh sách của đợt. Đề nghị cán bộ xã đưa hộ vào danh sách rồi gửi lại phiếu.",
                "The household is not on the list of the round. Ask the commune officer to add it, then send it again.",
            )
        return Ground(row, home, case, self.places.get((row.id, case.hamlet_id), Place(None, None)))

    def _clashes(self, fields: dict[str, Any], ground: Ground) -> dict[str, dict[str, Any]]:
        assert ground.case.review_id is not None
        row = self.stored[ground.case.review_id]
        return {
            name: {"base": None, "server": row[name], "device": fields[name]}
            for name in CONTENT
            if fields[name] not in (None, [])
        }

    def _rounds(self, ids: set[UUID]) -> dict[UUID, Row[Any]]:
        query = select(ROUND).where(among(ROUND.c.id, ids), self.scope.touches(ROUND.c.area_id)).order_by(ROUND.c.id)
        return {row.id: row for row in self.session.execute(query.with_for_update(of=ROUND, read=True))}

    def _homes(self, named: set[UUID]) -> tuple[Held, dict[UUID, UUID]]:
        held = hold_households(self.session, self.scope, named, Lock.share)
        ends = survivors(self.session, held, self.scope, Lock.share)
        return held, {asked: ends.get(asked, asked) for asked in named if asked in held.records}

    def _cases(self) -> dict[tuple[UUID, UUID], Case]:
        """(round, household of today) -> its case, also one listed under a household merged away since."""
        homes = set(self.homes.values())
        known: dict[UUID, UUID] = dict(self.session.execute(all_names(homes)).tuples().all())
        held = hold_cases(self.session, among(CASE.c.round_id, self.rounds), among(CASE.c.household_id, known))
        return {(case.round_id, known[case.household_id]): case for case in reversed(held)}

    def _stored(self, ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        """The reviews of these ids, and those in force of the cases."""
        in_force = [case.review_id for case in self.cases.values() if case.review_id is not None]
        return stored_reviews(self.session, self.scope, {*ids, *in_force})

    def _places(self) -> dict[tuple[UUID, UUID], Place]:
        found: dict[tuple[UUID, UUID], Place] = {}
        hamlets = {case.hamlet_id for case in self.cases.values()}
        for row in self.rounds.values():
            found |= {(row.id, i): one for i, one in scoring.places(self.session, hamlets, row.opens_on).items()}
        return found


def may_replace(ground: Ground) -> Problem | None:
    """Before the meeting a review may take another one's place; later a vote or a complaint has to bring it about."""
    return _round_fault(ground) or (None if ground.case.stage is CaseStage.surveyed else _refused(ground.case.stage))


def _round_fault(ground: Ground) -> Problem | None:
    return None if "round_is_surveying" in conditions(ground.round) else _refused(ground.case.stage, "round_is_surveying")


def _refused(stage: CaseStage, *missing: str) -> Problem:
    return steps.refused(stages.Refusal("case", "review", stage, missing, stages.allowed("case", stage)))


def _day_fault(fields: dict[str, Any], row: Row[Any]) -> Problem | None:
    if fields["surveyed_on"] >= row.opens_on.isoformat():
        return None
    vi = f"Ngày rà soát trước ngày bắt đầu của đợt ({row.opens_on:%d/%m/%Y})."
    en = f"The day of the survey lies before the first day of the round ({row.opens_on})."
    return Invalid(errors=(FieldError("#/surveyed_on", "before_the_round", vi, en),))


def _content(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in CONTENT}


def no_review() -> Problem:
    return NotFound("Không tìm thấy phiếu rà soát này.", "There is no such review.")


def review_exists(review_id: UUID | None) -> Problem:
    named = {} if review_id is None else {"review_id": str(review_id)}
    return ReviewExists(
        "Hộ đã có phiếu rà soát trong đợt này. Hãy so hai phiếu; người có quyền có thể thay phiếu, kèm lý do.",
        "The household has a review in this round. Compare the two; whoever may can replace it, with a reason.",
        **named,
    )


def _append_only() -> Problem:
    return Conflict(
        "Phiếu rà soát không sửa được; hãy lập phiếu mới, phiếu cũ vẫn được giữ.",
        "A review is not changed: make a new one, the old one stays.",
    )


def _mixed() -> Problem:
    vi, en = "Hai phiếu không trộn với nhau: hãy chọn một phiếu.", "Two reviews are never mixed: choose one of them."
    return Invalid(errors=(FieldError("#/values", "never_mixed", vi, en),))
