"""One list of reviews folded over what it touches: scored, stored, their cases moved; always as many statements.

A review is never changed: a later one takes its place, and both stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.attachments.commands import Declaration, declare
from api.attachments.tables import AttachmentEntity
from api.changes import history
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Step, already_exists, worth_loading
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.problems import Problem
from api.reviews import review_faults, scoring, stages
from api.reviews.cases import Case, move_cases
from api.reviews.review_ground import Ground, Touched, surveyors
from api.reviews.review_rows import CONTENT, result_of, row_of, sent_of
from api.reviews.review_schemas import parsed, same_content
from api.reviews.review_store import ENTITY, store_changed, storing_added
from api.reviews.tables import CaseStage, ReviewKind
from api.sql import id_text

# Which of the stages a case may be reviewed from; where it stands further, a review is the second one.
_REVIEW = stages.step("case", "review")


@dataclass(slots=True)
class Changes:
    """What is to be stored at the end. `homes`: household as listed -> (hamlet, household of today), of cases moved."""

    added: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    changed: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    moved: dict[UUID, Case] = field(default_factory=dict)
    homes: dict[UUID, tuple[UUID, UUID]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


class Reviews:
    """What one list of reviews does. `replacing`: the reason for which an officer puts a review in another's place.
    Not `thorough`: reviews that are created are taken for new (`fold.worth_loading`)."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        edits: Sequence[Edit],
        origin: Origin,
        *,
        strict: bool,
        replacing: str | None = None,
        thorough: bool = True,
    ) -> None:
        self.session, self.actor, self.origin = session, actor, origin
        self.strict, self.replacing = strict, replacing
        self.fields = [
            parsed(edit.data) if edit.base_version is None or self._decides(edit) else None for edit in edits
        ]
        good = [one for one in self.fields if isinstance(one, dict)]
        scope = actor.scope_of(Permission.reviews_write)
        decided = {edit.record_id for edit in edits if edit.base_version is not None and self._decides(edit)}
        self.touched = Touched(session, scope, worth_loading(edits, thorough), good, decided)
        self.surveyors = surveyors(session, {edit.device_id for edit in edits})
        self.changes = Changes()

    def _decides(self, edit: Edit) -> bool:
        """Has an officer decided a conflict for this submission? (mobile_sync/repairs.py writes it over the web.)"""
        return self.origin is Origin.web and edit.submission_id is not None

    def write(self, edit: Edit, fields: dict[str, Any] | Problem | None) -> Written:
        """Decides one edit over what the ones before it left."""
        stored = self.touched.stored.get(edit.record_id)
        if edit.record_id in self.touched.foreign or (stored is not None and not stored["mine"]):
            return rejected(already_exists() if edit.base_version is None else review_faults.no_review())
        if fields is None:
            return rejected(review_faults.no_review() if stored is None else review_faults.append_only())
        if isinstance(fields, Problem):
            return rejected(fields)
        if stored is not None:
            return self._decided(stored, fields) if edit.base_version else self._again(stored, fields)
        home = self.touched.home(fields)
        if home is None:
            # Outside the caller's areas is as if it were not there: who knows an id must not learn that it exists.
            named = UUID(fields["household_id"])
            return rejected(review_faults.no_household()) if self.strict else Written("held", waiting_for=named)
        ground = self.touched.ground(fields, home)
        return rejected(ground) if isinstance(ground, Problem) else self._judged(edit, fields, ground)

    def _followed(self, written: Written, fields: dict[str, Any]) -> Written:
        """With where the household went, if it was merged away. Not with a conflict: that is about the review."""
        into = self.touched.merged_into(fields)
        return written._replace(result=(written.result or {}) | {"merged_into": str(into)}) if into else written

    def _judged(self, edit: Edit, fields: dict[str, Any], ground: Ground) -> Written:
        problem = review_faults.round_fault(ground.round, ground.case.stage) or self._fault(fields, ground)
        if problem is not None:
            return rejected(problem)
        if ground.case.stage in _REVIEW.before:
            kind = ReviewKind.resurvey if ground.case.stage is CaseStage.resurvey else ReviewKind.survey
            row = self._add(edit, fields, ground, kind)
            self._put_in_force(row, ground, CaseStage(_REVIEW.after))
            return self._followed(Written("applied", 1, result=result_of(row, ground.standard)), fields)
        return self._second(edit, fields, ground)

    def _second(self, edit: Edit, fields: dict[str, Any], ground: Ground) -> Written:
        """The household has a review: two are never mixed, and a person decides which of them holds."""
        if self.replacing is not None:
            problem = review_faults.may_replace(ground.round, ground.case.stage)
            if problem is not None:
                return rejected(problem)
            row = self._add(edit, fields, ground, ReviewKind.survey)
            self._put_in_force(row, ground, ground.case.stage)
            return Written("applied", 1, result=result_of(row, ground.standard))
        if self.strict:
            return rejected(review_faults.review_exists(ground.case.review_id))
        clashes = self._clashes(edit, fields, ground)
        row = self._add(edit, fields, ground, ReviewKind.survey)
        return Written("conflict", 1, clashes=clashes, result=result_of(row, ground.standard))

    def re_verified(self, edit: Edit, fields: dict[str, Any] | Problem | None) -> Problem | None:
        """The review of a re-verification, in force at once; its case stays where it is."""
        if not isinstance(fields, dict):
            return fields
        if edit.record_id in self.touched.foreign or edit.record_id in self.touched.stored:
            return already_exists()
        home, named = self.touched.home(fields), UUID(fields["household_id"])
        ground = review_faults.no_household() if home is None else self.touched.ground(fields, home, named)
        if isinstance(ground, Problem):
            return ground
        problem = self._fault(fields, ground)
        if problem is not None:
            return problem
        row = self._add(edit, fields, ground, ReviewKind.re_verification)
        self._make_room(row, ground)
        return None

    def _fault(self, fields: dict[str, Any], ground: Ground) -> Problem | None:
        too_early = review_faults.day_fault(fields, ground.round.opens_on)
        unasked = review_faults.position_fault(fields, ground.round)
        return too_early or unasked or scoring.faults(ground.standard, fields, ground.place)

    def _add(self, edit: Edit, fields: dict[str, Any], ground: Ground, kind: ReviewKind) -> dict[str, Any]:
        """A new review with the server's result, not in force yet. It stands under the household as the list has it."""
        members = scoring.there_on(self.touched.people.get(id_text(ground.home), []), fields["surveyed_on"])
        found = scoring.score(ground.standard, fields, members, ground.place)
        row = row_of(fields, members, ground.place, ground.standard, found) | {
            "id": edit.record_id, "round_id": ground.round.id, "household_id": ground.case.household_id, "version": 1,
            "kind": kind, "in_force": False, "surveyor_id": self.surveyors.get(edit.device_id, self.actor.account_id),
            "mine": True, "home": ground.home, "hamlet": self.touched.hamlet(ground.home),
        }  # fmt: skip
        self.touched.stored[edit.record_id] = self.changes.added[edit.record_id] = row
        self.changes.steps.append(Step(edit.record_id, 1, None, edit.device_id, edit.submission_id))
        return row

    def _put_in_force(self, row: dict[str, Any], ground: Ground, stage: CaseStage) -> None:
        """The review takes the place of the one before it, and the case goes to its stage."""
        self._make_room(row, ground)
        after = ground.case._replace(stage=stage, review_id=row["id"], not_reached_reason=None)
        self.changes.homes[after.household_id] = self.touched.hamlet(ground.home), ground.home
        self.changes.moved[after.id] = self.touched.listed[after.round_id, after.household_id] = after
        if self.touched.cases[after.round_id, ground.home].id == after.id:
            self.touched.cases[after.round_id, ground.home] = after

    def _make_room(self, row: dict[str, Any], ground: Ground) -> None:
        before = ground.case.review_id
        if before is not None and before != row["id"]:
            self._turn(before, in_force=False)
        self._turn(row["id"], in_force=True)

    def _turn(self, review_id: UUID, *, in_force: bool) -> None:
        row = self.touched.stored[review_id]
        if row["in_force"] is in_force:
            return
        row["in_force"] = in_force
        if review_id in self.changes.added:  # of this very list: nothing is stored yet
            return
        row["version"] += 1
        self.changes.changed[review_id] = row
        change: dict[str, Any] = {"in_force": [not in_force, in_force]}
        if self.replacing is not None:
            change["replaced_because"] = [None, self.replacing]
        self.changes.steps.append(Step(review_id, row["version"], change))

    def _again(self, stored: dict[str, Any], fields: dict[str, Any]) -> Written:
        """A review that is there already: the same one sent again, or another one under its id."""
        named = self.touched.homes.get(UUID(fields["household_id"]))
        same = stored["home"] == named and str(stored["round_id"]) == fields["round_id"]
        if not same or not same_content(_content(stored), _content(fields)):
            return rejected(already_exists())
        if not stored["in_force"]:
            return rejected(review_faults.review_exists(None))
        row = self.touched.rounds[stored["round_id"]]
        standard = self.touched.standards[row.standard_code, row.standard_version]
        return self._followed(Written("applied", stored["version"], result=result_of(stored, standard)), fields)

    def _decided(self, stored: dict[str, Any], fields: dict[str, Any]) -> Written:
        """The second review takes the place of the first, as it was sent."""
        if not same_content(_content(stored), _content(fields)):
            return rejected(review_faults.mixed())
        ground = self.touched.ground(fields, stored["home"], stored["household_id"])
        if isinstance(ground, Problem):
            return rejected(ground)
        problem = review_faults.may_replace(ground.round, ground.case.stage)
        if problem is not None:
            return rejected(problem)
        self._put_in_force(stored, ground, ground.case.stage)
        return Written("applied", stored["version"])

    def _clashes(self, edit: Edit, fields: dict[str, Any], ground: Ground) -> dict[str, dict[str, Any]]:
        """Every field that was sent: nothing of it stands beside the other review."""
        assert ground.case.review_id is not None
        server = sent_of(self.touched.stored[ground.case.review_id])
        return {name: {"base": None, "server": server[name], "device": fields[name]} for name in edit.data}

    def store(self) -> None:
        """Writes what was decided: reviews, cases, history, the feed's queue and the log."""
        changed, added = list(self.changes.changed.values()), list(self.changes.added.values())
        store_changed(self.session, changed)
        with storing_added(self.session, added):
            history.keep(self.session, self.actor, ENTITY, self.changes.steps, self.origin)
            told = [Announcement(ENTITY, r["id"], r["hamlet"], r["home"], r["version"]) for r in changed + added]
            move_cases(self.session, self.actor, list(self.changes.moved.values()), self.changes.homes, told)
        # with the review, never after it: what is missing can be asked for from then on
        declare(self.session, self.actor, [_declaration(row) for row in added])
        if changed or added:
            homes = {row["household_id"] for row in changed + added}
            audit.record(self.session, self.actor, "reviews.write", "household", homes, origin=self.origin.value)


def _declaration(row: dict[str, Any]) -> Declaration:
    files, surveyor = row["attachments"], row["surveyor_id"]
    return Declaration(AttachmentEntity.review, row["id"], files, household_id=row["household_id"], by=surveyor)


def _content(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in CONTENT}
