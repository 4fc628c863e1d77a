"""Phiếu A of a request (TT 07/2021, Phụ lục II): does the household go on to Phiếu B?

Tablets and the web come through the same door, a list of edits. The items and the rule of the form are data of the
standard; where they are not known, a person decides and says why.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.changes.attempts import in_savepoints
from api.changes.edits import Edit, Written
from api.changes.fold import Met, already_exists
from api.changes.tables import Origin
from api.households.stored import among
from api.reviews.queries import REQUEST_HAMLET, at_home
from api.reviews.screening_edits import Screenings, screening_id
from api.reviews.screening_faults import no_request
from api.reviews.screening_schemas import ScreeningIn, ScreeningOut
from api.reviews.tables import Request, Screening

_request = Request.__table__  # type: ignore[attr-defined]
_screening = Screening.__table__  # type: ignore[attr-defined]
_account = Account.__table__  # type: ignore[attr-defined]

# What the breaking of a constraint means: another writer was faster.
_REFUSALS = {
    "pk_screening": already_exists,
    "uq_screening_request": already_exists,
    "pk_record_version": already_exists,
}

# (result, the hamlet its request is dealt with in)
SCREENING_PLACES = at_home(
    select(_screening.c.id, REQUEST_HAMLET)
    .select_from(_request)
    .join(_screening, _screening.c.request_id == _request.c.id)
)


def write_screenings(
    session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool = False
) -> list[Written]:
    """Writes down and corrects results; one outcome per edit, in the same order, with what the rule says.

    The result of a request that is not there yet is `held`, waiting for it. The second one of a request is merged with
    the first where they say the same, and else a `conflict`. `strict` is for the web: nothing is held or merged.
    """
    scope = actor.scope_of(Permission.reviews_write)

    def write(some: Sequence[Edit], thorough: bool) -> list[Written]:
        screenings = Screenings(session, scope, some, strict=strict, thorough=thorough)
        outcomes = [screenings.write(edit, fields) for edit, fields in zip(some, screenings.fields, strict=True)]
        screenings.store(actor, origin)
        return outcomes

    return in_savepoints(session, edits, write, _REFUSALS)


def meet_screening(session: Session, actor: Actor, edit: Edit) -> Met | None:
    """What this edit would meet now, held as for its writing; None outside the actor's areas. Writes nothing."""
    return Screenings(session, actor.scope_of(Permission.reviews_write), [edit], strict=False, thorough=True).met(edit)


def screen(session: Session, actor: Actor, request_id: UUID, body: ScreeningIn) -> ScreeningOut:
    """Stores the result; a new one replaces the old one until the household stands on a list by this request, or
    the request is refused in writing.

    Raises NotFound, Conflict for a request that needs no Phiếu A, IllegalStage once it has led onto a list or is
    refused, Invalid for answers that do not fit the form, UnknownFormVersion.
    """
    # held first: the version read must be the one that is written on
    session.execute(select(_request.c.id).where(_request.c.id == request_id).with_for_update())
    version = session.scalar(select(_screening.c.version).where(_screening.c.request_id == request_id))
    data = body.model_dump(mode="json") | {"request_id": str(request_id)}
    edit = Edit(screening_id(request_id), version, data)
    written = write_screenings(session, actor, [edit], Origin.web, strict=True)[0]
    if written.problem is not None:
        raise written.problem
    return _read(session, actor, request_id)


def screening(session: Session, actor: Actor, request_id: UUID) -> ScreeningOut:
    """The result of a request. Raises NotFound outside of one's areas, and where there is none yet."""
    found = _read(session, actor, request_id)
    audit.record(session, actor, "requests.read-screening", "request", [request_id])
    return found


def load_screenings(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed: the fields of the wire as JSON, of those the reader may see."""
    some = _request.c.id.in_(select(_screening.c.request_id).where(among(_screening.c.id, ids)))
    return {
        row.id: (row.version, _out(row).model_dump(mode="json", exclude={"id", "version", "recorded_at"}))
        for row in session.execute(_results_of(actor, some))
    }


def _results_of(actor: Actor, some: Any) -> Select[Any]:
    """The results of the requests of the condition `some` that stand in the actor's areas."""
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(REQUEST_HAMLET).label("sees_sensitive")
    query: Select[Any] = select(*_screening.c, _account.c.username, sensitive).select_from(_request)
    query = at_home(query.join(_screening, _screening.c.request_id == _request.c.id), some)
    query = query.outerjoin(_account, _account.c.id == _screening.c.screened_by)
    return query.where(some, actor.scope.covers(REQUEST_HAMLET))


def _read(session: Session, actor: Actor, request_id: UUID) -> ScreeningOut:
    row = session.execute(_results_of(actor, _request.c.id == request_id)).one_or_none()
    if row is None:
        raise no_request()
    return _out(row)


def _out(row: Row[Any]) -> ScreeningOut:
    # what is asked of a family in need is withheld like the reason of its request
    withheld = [] if row.sees_sensitive else ["reason", "answers"]
    form = None if row.form_code is None else {"code": row.form_code, "version": row.form_version}
    return ScreeningOut.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "request_id": row.request_id,
            "form": form,
            "passed": row.passed,
            "reason": None if withheld else row.reason,
            "answers": None if withheld else row.answers,
            "screened_on": row.screened_on,
            "screened_by": row.username,
            "by_rule": row.by_rule,
            "differs_from_device": row.differs_from_device,
            "withheld": withheld,
            "recorded_at": row.recorded_at,
        }
    )
