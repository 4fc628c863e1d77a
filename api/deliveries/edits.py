"""One list of deliveries folded over what it touches: stored, their lines on signing sheets ticked; always as many
statements. A delivery is never changed: what was wrong is reversed, and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.attachments import queries as attachments
from api.attachments.commands import Declaration, declare
from api.attachments.tables import AttachmentEntity
from api.changes import history
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Step, already_exists, worth_loading
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.deliveries import faults
from api.deliveries.ground import Line, Served, Touched, takes
from api.deliveries.rows import ENTITY, LINE_ENTITY, content, mark_lines, store_deliveries, told_again
from api.deliveries.schemas import parsed
from api.deliveries.tables import DeliveryOutcome, SheetLineState, SheetState
from api.problems import Problem
from api.programmes.catalogue import catalogue
from api.reviews.review_ground import surveyors
from api.reviews.review_schemas import same_content


@dataclass(slots=True)
class Changes:
    """What is to be stored at the end. `unticked`: earlier deliveries (refusals) whose line another one has ticked now.
    `files`: delivery -> what it declares, of those the receipt tells of."""

    added: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    ticked: dict[UUID, Line] = field(default_factory=dict)
    unticked: set[UUID] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    files: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)


class Deliveries:
    """What one list of deliveries does. Not `thorough`: they are taken for new (`fold.worth_loading`)."""

    def __init__(
        self, session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool, thorough: bool
    ) -> None:
        self.session, self.actor, self.origin, self.strict = session, actor, origin, strict
        self.fields = [parsed(edit.data) if edit.base_version is None else None for edit in edits]
        good = [one for one in self.fields if isinstance(one, dict)]
        self.touched = Touched(session, actor, worth_loading(edits, thorough), good)
        self.recorders = surveyors(session, {edit.device_id for edit in edits})
        self.changes = Changes()

    def write(self, edit: Edit, fields: dict[str, Any] | Problem | None) -> Written:
        """Decides one edit over what the ones before it left."""
        stored = self.touched.stored.get(edit.record_id)
        if edit.record_id in self.touched.foreign or (stored is not None and not stored["mine"]):
            return rejected(already_exists() if edit.base_version is None else faults.no_delivery())
        if fields is None:
            return rejected(faults.no_delivery() if stored is None else faults.append_only())
        if isinstance(fields, Problem):
            return rejected(fields)
        if stored is not None:
            return self._again(stored, fields)
        home = self.touched.home(fields["household_id"]) if fields["household_id"] else None
        if fields["household_id"] and home is None:
            # Outside the caller's areas is as if it were not there: who knows an id must not learn that it exists.
            return self._not_there(fields["household_id"], faults.no_household())
        home = self.touched.home_of_line(fields, home)
        if home is not None and home not in self.touched.held.mine:
            return self._not_there(str(home), faults.no_line())
        if fields["member_id"] and UUID(fields["member_id"]) not in self.touched.members:
            return self._not_there(fields["member_id"], faults.no_member())
        return self._judged(edit, fields, home)

    def _not_there(self, named: str, problem: Problem) -> Written:
        return rejected(problem) if self.strict else Written("held", waiting_for=UUID(named))

    def _judged(self, edit: Edit, fields: dict[str, Any], home: UUID | None) -> Written:
        served = self.touched.interventions.get(UUID(fields["intervention_id"]))
        if served is None:
            return rejected(faults.no_intervention())
        problem = self._fault(fields, home, served)
        if problem is not None:
            return rejected(problem)
        line, warned = self._line(fields, home, served)
        if isinstance(line, Problem):
            return rejected(line)
        asked = takes(fields)
        if served.left_vnd is not None and asked > served.left_vnd:
            return rejected(faults.above_approved(served.left_vnd, asked))
        if served.left_vnd is not None:
            served.left_vnd -= asked
        self._add(edit, fields, home, served)
        if line is not None:
            self._tick(edit, line, fields)
        return Written("applied", 1, result=self._result(fields, line, warned))

    def _fault(self, fields: dict[str, Any], home: UUID | None, served: Served) -> Problem | None:
        kind = catalogue().kinds.get(served.kind)
        if kind is None or not kind.serves:
            return faults.does_not_serve()
        if home is None and not served.mine:
            return faults.of_another_place()
        if served.home is not None and home != served.home:
            return faults.about_another()
        if fields["member_id"] and self.touched.members[UUID(fields["member_id"])] != home:
            return faults.no_member()
        if fields["organisation_id"] and UUID(fields["organisation_id"]) not in self.touched.organisations:
            return faults.no_organisation()
        return None

    def _line(
        self, fields: dict[str, Any], home: UUID | None, served: Served
    ) -> tuple[Line | Problem | None, list[dict[str, Any]]]:
        """The line that the delivery ticks, or why it is not taken; and what is to be pointed out."""
        mine = [one for one in self.touched.lines.values() if (one.intervention_id, one.home) == (served.id, home)]
        if fields["sheet_line_id"] is not None:
            return _named_line(mine, fields)
        waiting = [one for one in _matching(mine, fields["member_id"]) if one.sheet_state == SheetState.open]
        left = [one for one in waiting if one.state != SheetLineState.delivered]
        if len(left) > 1:
            return None, [faults.warning("several_lines")]
        if left:
            return left[0], []
        return (_given(waiting[0]) if waiting else None), []

    def _add(self, edit: Edit, fields: dict[str, Any], home: UUID | None, served: Served) -> None:
        """A new delivery. It stands under the household as it is today."""
        row = content(fields) | {
            "id": edit.record_id, "household_id": home and str(home), "version": 1, "mine": True, "home": home,
            "place": self.touched.hamlet(home) if home else served.area_id, "device_id": edit.device_id,
            "recorded_by": self.recorders.get(edit.device_id, self.actor.account_id),
        }  # fmt: skip
        self.touched.stored[edit.record_id] = self.changes.added[edit.record_id] = row
        self.changes.steps.append(Step(edit.record_id, 1, None, edit.device_id, edit.submission_id))
        self._tell_files(row)

    def _tick(self, edit: Edit, line: Line, fields: dict[str, Any]) -> None:
        delivered = fields["outcome"] == DeliveryOutcome.delivered
        if line.delivery_id is not None and line.delivery_id not in self.changes.added:
            self.changes.unticked.add(line.delivery_id)
        line.state, line.version = SheetLineState.delivered if delivered else SheetLineState.refused, line.version + 1
        line.delivery_id, line.delivered_on = edit.record_id, date.fromisoformat(fields["delivered_on"])
        self.changes.ticked[line.id] = line

    def _again(self, stored: dict[str, Any], fields: dict[str, Any]) -> Written:
        """A delivery that is there already: the same one sent again, or another one under its id."""
        named = self.touched.homes.get(UUID(fields["household_id"])) if fields["household_id"] else None
        # one that came before the merge was taken back stays where it was handed out
        homes = named, self.touched.home_of_line(fields, named)
        if stored["home"] not in homes or not same_content(content(stored), content(fields)):
            return rejected(already_exists())
        self._tell_files(stored)
        return Written("applied", stored["version"], result=self._result(fields, None, []))

    def _result(self, fields: dict[str, Any], line: Line | None, warned: list[dict[str, Any]]) -> dict[str, Any] | None:
        """What the receipt tells beside the outcome; a household that was merged away is always followed."""
        found: dict[str, Any] = {}
        home = self.touched.home(fields["household_id"]) if fields["household_id"] else None
        if home is not None and str(home) != fields["household_id"]:
            found["merged_into"] = str(home)
        if line is not None:
            found["sheet_line_id"] = str(line.id)
        if warned:
            found["warnings"] = warned
        return found or None

    def _tell_files(self, row: dict[str, Any]) -> None:
        if row["attachments"]:
            self.changes.files[row["id"]] = row["attachments"]

    def store(self) -> None:
        """Writes what was decided: deliveries, ticked lines, history, the feed's queue and the log."""
        added, ticked = list(self.changes.added.values()), list(self.changes.ticked.values())
        if added:
            store_deliveries(self.session, added)
            # with the delivery, never after it: what is missing can be asked for from then on
            declare(self.session, self.actor, [_declaration(row) for row in added])
        history.keep(self.session, self.actor, ENTITY, self.changes.steps, self.origin)
        told = [Announcement(ENTITY, row["id"], row["place"], row["home"] or row["id"], 1) for row in added]
        if ticked:
            mark_lines(self.session, [_marked(line) for line in ticked], self.actor.account_id)
            told += [
                Announcement(LINE_ENTITY, one.id, self.touched.hamlet(one.home), one.home, one.version)
                for one in ticked
            ]
        history.announce(self.session, told)
        told_again(self.session, self.touched.scope, self.changes.unticked)  # each was read with the line it had
        if added:
            homes = {row["home"] for row in added if row["home"]}
            audit.record(self.session, self.actor, "deliveries.write", "household", homes, origin=self.origin.value)

    def with_files(self, edits: Sequence[Edit], outcomes: Sequence[Written]) -> list[Written]:
        """The outcomes, each with how many of its files were declared and are here."""
        if not self.changes.files:
            return list(outcomes)
        told = attachments.told(self.session, AttachmentEntity.delivery, dict(self.changes.files))
        return [_counted(written, told.get(edit.record_id)) for edit, written in zip(edits, outcomes, strict=True)]


def _counted(written: Written, files: list[Any] | None) -> Written:
    if files is None or written.outcome != "applied":
        return written
    counts = {"attachments_declared": len(files), "attachments_present": sum(file.present for file in files)}
    return written._replace(result=(written.result or {}) | counts)


def _matching(lines: Sequence[Line], member_id: str | None) -> list[Line]:
    """The lines of exactly this person, or else those of the household as a whole."""
    own = [one for one in lines if one.member_id is not None and str(one.member_id) == member_id]
    return own or [one for one in lines if one.member_id is None]


def _named_line(lines: Sequence[Line], fields: dict[str, Any]) -> tuple[Line | Problem | None, list[dict[str, Any]]]:
    line = next((one for one in lines if str(one.id) == fields["sheet_line_id"]), None)
    if line is None:
        return faults.no_line(), []
    if line.member_id is not None and str(line.member_id) != fields["member_id"]:
        return faults.line_of_another(), []
    if line.state == SheetLineState.delivered:
        return _given(line), []
    if line.sheet_state == SheetState.cancelled:
        return None, [faults.warning("sheet_cancelled")]
    # it was handed over before the tablet had a line: the fact counts
    return line, [faults.warning("sheet_closed")] if line.sheet_state == SheetState.closed else []


def _given(line: Line) -> Problem:
    assert line.delivery_id is not None
    return faults.already_delivered(line.delivery_id, line.delivered_on)


def _declaration(row: dict[str, Any]) -> Declaration:
    place = {"household_id": row["home"]} if row["home"] else {"area_id": row["place"]}
    return Declaration(AttachmentEntity.delivery, row["id"], row["attachments"], **place, by=row["recorded_by"])


def _marked(line: Line) -> dict[str, Any]:
    return {
        "id": line.id, "sheet_id": line.sheet_id, "version": line.version, "state": line.state,
        "delivery_id": line.delivery_id, "note": line.note,
    }  # fmt: skip
