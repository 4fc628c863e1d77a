"""One list of edits to results of Phiếu A: reads what they touch, folds them, writes what changed; always as many
statements.

A request has one result. Its id follows from the request's, so that two people who write it down without a line meet:
the second one is a conflict, and nothing is overwritten unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Session

from api import audit, clock, field_errors, sql
from api.accounts.actor import Actor
from api.areas.scope import Scope
from api.changes import history
from api.changes.edits import Edit, Written, rejected
from api.changes.fold import Fold, Met, Record, already_exists, wanting_past
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.households.stored import Lock, among, hold_households, survivors
from api.problems import Invalid, Problem
from api.reviews import screening_faults
from api.reviews.cases import CASE
from api.reviews.rounds import ROUND
from api.reviews.screening_schemas import ScreeningChange, ScreeningFields
from api.reviews.tables import Request, RequestKind, RoundKind, Screening
from api.standards import form_rules
from api.standards import queries as standards

_request = Request.__table__  # type: ignore[attr-defined]
_screening = Screening.__table__  # type: ignore[attr-defined]

ENTITY = "screening"
# what was found, by which form, when and why is one thing: a mixture of two is what nobody found
_TOGETHER = (("form", "answers", "passed", "reason", "screened_on"),)


def screening_id(request_id: UUID) -> UUID:
    """The id of the result of a request: UUIDv5 in the namespace of the request's id, of the name `screening`."""
    return uuid5(request_id, ENTITY)


class Screenings:
    """What one list of edits touches, and what it does to it."""

    def __init__(self, session: Session, scope: Scope, edits: Sequence[Edit], *, strict: bool, thorough: bool) -> None:
        self.session, self.scope, self.strict = session, scope, strict
        self.fields = [_parsed(edit) for edit in edits]
        ids = {edit.record_id for edit in edits}
        named = {UUID(one["request_id"]) for one in self.fields if isinstance(one, dict) and one.get("request_id")}
        self.requests = {row.id: row for row in self._hold_requests(ids, named)}
        self._place(self.requests.values())
        self.differs: dict[UUID, bool] = {}
        records = self._load()
        self.foreign = history.load_past(session, ENTITY, records, wanting_past(edits, records, thorough))
        self.fold = Fold(records, _TOGETHER, strict=strict)
        self.mistaken = history.mistaken(session, scope, edits, set() if strict else self.foreign)
        self.listed = self._have_led()
        sent = [one["form"]["version"] for one in self.fields if isinstance(one, dict) and one.get("form")]
        stored = [one.values["form"]["version"] for one in records.values() if one.values["form"]]
        self.standards = standards.by_form_version(session, {*sent, *stored})

    def write(self, edit: Edit, fields: dict[str, Any] | Problem) -> Written:
        """Folds one edit over what the ones before it left."""
        if isinstance(fields, Problem):
            return rejected(fields)
        stored = self.fold.records.get(edit.record_id)
        refused = self._unreachable(edit, fields, stored)
        if refused is not None:
            return refused
        if stored is not None and fields.get("request_id") not in (None, stored.values["request_id"]):
            return rejected(screening_faults.other_request())
        whole = self._whole(edit, fields, stored)
        problem = screening_faults.content(self.standards, whole)
        if problem is not None:
            return rejected(problem)
        ruled = self._ruled(whole)
        said = fields.get("passed")
        if ruled is not None and ("passed" in fields or ruled != whole["passed"]):
            fields = fields | {"passed": ruled}
        written = self._fold(edit, fields, stored)
        if written.outcome not in ("applied", "merged"):
            return written
        if said is not None:
            self.differs[edit.record_id] = ruled is not None and ruled != said
        return written._replace(result=self._result(edit.record_id))

    def met(self, edit: Edit) -> Met | None:
        """What the edit is held against; None where that is not in reach. Raises its problem."""
        (fields,) = self.fields
        if isinstance(fields, Problem):
            raise fields
        stored = self.fold.records.get(edit.record_id)
        if stored is None or UUID(stored.values["request_id"]) not in self.mine:
            return None
        whole = self._whole(edit, fields, stored)
        ruled = self._ruled(whole) if screening_faults.content(self.standards, whole) is None else None
        values = fields if ruled is None else fields | {"passed": ruled}
        return Met(values, stored, stored, self.fold.together)

    def _fold(self, edit: Edit, fields: dict[str, Any], stored: Record | None) -> Written:
        if stored is None:
            return self.fold.create(edit, fields, self._check)
        if edit.base_version is None:
            again = self.fold.create(edit, fields, self._check)
            # somebody else has written it down meanwhile: what is the same is no quarrel, what is not is for a person
            if again.outcome != "rejected" or self.strict:
                return again
        return self.fold.update(edit, fields, self._check, stored)

    def _whole(self, edit: Edit, fields: Mapping[str, Any], stored: Record | None) -> dict[str, Any]:
        """What would stand there, were it taken: the version that the editor saw, with what was sent."""
        if stored is None or not edit.base_version:
            return dict(fields)
        return {**(stored.at(edit.base_version) or stored.values), **fields}

    def _ruled(self, values: Mapping[str, Any]) -> bool | None:
        form = values["form"]
        if form is None:
            return None
        return form_rules.needs_b(self.standards[form["version"]], form["code"], values["answers"])

    def _check(self, _: UUID, values: Mapping[str, Any]) -> Problem | None:
        request_id = UUID(values["request_id"])
        asked = self.requests[request_id]
        if asked.kind != RequestKind.review:
            return screening_faults.needs_none()
        if asked.refused_on is not None:
            return screening_faults.is_refused(asked.refusal_number, asked.refused_on)
        if request_id in self.listed:
            return screening_faults.has_led()
        return None

    def _unreachable(self, edit: Edit, fields: Mapping[str, Any], stored: Record | None) -> Written | None:
        named = UUID(fields["request_id"]) if fields.get("request_id") else None
        if edit.base_version is None:
            assert named is not None
            if edit.record_id != screening_id(named):
                return rejected(screening_faults.wrong_id(screening_id(named)))
            if named in self.mine:
                return rejected(already_exists()) if edit.record_id in self.foreign else None
            # outside the caller's areas is as if it were not there: who knows an id must not learn that it exists
            return rejected(screening_faults.no_request()) if self.strict else Written("held", waiting_for=named)
        if stored is not None and UUID(stored.values["request_id"]) in self.mine:
            return None
        if self.strict or edit.record_id in self.mistaken:
            return rejected(screening_faults.no_request())
        return Written("held", waiting_for=edit.record_id)

    def _hold_requests(self, ids: Iterable[UUID], named: Iterable[UUID]) -> Sequence[Any]:
        """The requests named, and those of the results named: held, so that none is listed or refused meanwhile."""
        theirs = select(_screening.c.request_id).where(among(_screening.c.id, ids))
        query = select(_request, self.scope.covers(_request.c.hamlet_id).label("handed_in_here"))
        query = query.where(among(_request.c.id, named) | _request.c.id.in_(theirs)).order_by(_request.c.id)
        return self.session.execute(query.with_for_update(of=_request)).all()

    def _place(self, requests: Iterable[Any]) -> None:
        """Where each request is dealt with today; its household is held, so that it does not go elsewhere meanwhile."""
        asked = list(requests)
        held = hold_households(self.session, self.scope, {r.household_id for r in asked if r.household_id}, Lock.share)
        ends = survivors(self.session, held, self.scope, Lock.share)
        self.mine: set[UUID] = set()
        self.places: dict[UUID, tuple[UUID, UUID]] = {}  # request -> hamlet, group of the feed
        for row in asked:
            home = ends.get(row.household_id, row.household_id)
            self.places[row.id] = (UUID(held.hamlets[home]), home) if home else (row.hamlet_id, row.id)
            if home in held.mine if home else row.handed_in_here:
                self.mine.add(row.id)

    def _load(self) -> dict[UUID, Record]:
        records = {}
        for row in self.session.execute(select(_screening).where(among(_screening.c.request_id, self.requests))):
            records[row.id] = Record(row.id, row.version, _values_of(row), row.version)
            self.differs[row.id] = row.differs_from_device
        return records

    def _have_led(self) -> set[UUID]:
        """The requests that led onto a list; that of a training round settles nothing."""
        led = select(CASE.c.request_id).join(ROUND, ROUND.c.id == CASE.c.round_id)
        led = led.where(among(CASE.c.request_id, self.requests), ROUND.c.kind != RoundKind.training)
        return set(self.session.scalars(led))

    def _result(self, record_id: UUID) -> dict[str, Any]:
        values = self.fold.records[record_id].values
        ruled = self._ruled(values) is not None
        return {"passed": values["passed"], "by_rule": ruled, "differs_from_device": self.differs[record_id]}

    def store(self, actor: Actor, origin: Origin) -> None:
        """Writes what the fold left: records, history, the feed's queue and the log."""
        touched = self.fold.added() + self.fold.changed()
        if not touched:
            return
        rows = [self._row(record, actor) for record in touched]
        loaded = sql.load("api/reviews/sql/store_screenings.sql")
        self.session.execute(loaded, {"rows": sql.rows(rows), "at": clock.now()})
        history.keep(self.session, actor, ENTITY, self.fold.steps, origin)
        history.announce(self.session, [self._announced(record) for record in touched])
        ids = [UUID(record.values["request_id"]) for record in touched]
        passed = sum(record.values["passed"] for record in touched)
        audit.record(self.session, actor, "requests.screen", "request", ids, origin=origin.value, passed=passed)

    def _announced(self, record: Record) -> Announcement:
        hamlet, group = self.places[UUID(record.values["request_id"])]
        return Announcement(ENTITY, record.id, hamlet, group, record.version)

    def _row(self, record: Record, actor: Actor) -> dict[str, Any]:
        form = record.values["form"] or {"code": None, "version": None}
        return {name: value for name, value in record.values.items() if name != "form"} | {
            "id": str(record.id),
            "version": record.version,
            "form_code": form["code"],
            "form_version": form["version"],
            "by_rule": self._ruled(record.values) is not None,
            "differs_from_device": self.differs[record.id],
            "screened_by": str(actor.account_id) if actor.account_id else None,
        }


def _values_of(row: Any) -> dict[str, Any]:
    """A stored result as JSON values."""
    form = None if row.form_code is None else {"code": row.form_code, "version": row.form_version}
    return {
        "request_id": str(row.request_id),
        "form": form,
        "passed": row.passed,
        "reason": row.reason,
        "answers": row.answers,
        "screened_on": row.screened_on.isoformat(),
    }


def _parsed(edit: Edit) -> dict[str, Any] | Problem:
    creates = edit.base_version is None
    model: type[ScreeningFields] | type[ScreeningChange] = ScreeningFields if creates else ScreeningChange
    try:
        read = model.model_validate(edit.data)
    except ValidationError as error:
        return Invalid(errors=field_errors.told(error))
    return read.model_dump(mode="json", exclude_unset=not creates)
