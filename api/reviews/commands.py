"""Writes requests and rounds. Tablets and the web come through the same door: a list of edits."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.changes.attempts import in_savepoints
from api.changes.edits import Edit, Written
from api.changes.fold import Met, already_exists
from api.changes.tables import Origin
from api.idempotency import new_id
from api.problems import IdempotencyKeyReused, Problem
from api.reviews import queries
from api.reviews.request_edits import Requests
from api.reviews.schemas import RequestChange, RequestCreate, RequestOut
from api.reviews.tables import ReviewRound, RoundKind, RoundStage, UpperLevel

# What the breaking of a constraint means: another writer was faster.
_REFUSALS = {"pk_request": already_exists, "pk_record_version": already_exists}


def write_requests(
    session: Session, actor: Actor, edits: Sequence[Edit], origin: Origin, *, strict: bool = False
) -> list[Written]:
    """Creates and changes requests; one outcome per edit, in the same order.

    A request of a household that is not there yet is `held`, waiting for it; one of a household merged into another
    follows it. `strict` is for the web: an edit of an older version is refused (`stale-version`) instead of merged, and
    nothing is held.
    """
    scope = actor.scope_of(Permission.requests_write)

    def write(some: Sequence[Edit], thorough: bool) -> list[Written]:
        requests = Requests(session, scope, some, strict=strict, thorough=thorough)
        outcomes = [requests.write(edit) for edit in some]
        requests.store(actor, origin)
        return outcomes

    return in_savepoints(session, edits, write, _REFUSALS)


def meet_request(session: Session, actor: Actor, edit: Edit) -> Met | None:
    """What this edit would meet now, held as for its writing; None outside the actor's areas. Writes nothing."""
    return Requests(session, actor.scope_of(Permission.requests_write), [edit], strict=False, thorough=True).met(edit)


def create_request(session: Session, actor: Actor, body: RequestCreate, key: str | None) -> RequestOut:
    """A request from the web. The same `id` or idempotency key with the same content again gives what is stored."""
    request_id = new_id(actor.account_id, "request", body.id, key)
    data = body.model_dump(mode="json", exclude={"id"})
    try:
        _settled(write_requests(session, actor, [Edit(request_id, None, data)], Origin.web, strict=True)[0])
    except Problem as problem:
        if problem.slug == "already-exists" and key and body.id is None:
            raise IdempotencyKeyReused() from problem
        raise
    return queries.request(session, actor, request_id)


def change_request(session: Session, actor: Actor, request_id: UUID, version: int, body: RequestChange) -> RequestOut:
    """Changes the fields that were sent. Raises NotFound, StaleVersion."""
    edit = Edit(request_id, version, body.model_dump(mode="json", exclude_unset=True))
    _settled(write_requests(session, actor, [edit], Origin.web, strict=True)[0])
    return queries.request(session, actor, request_id)


def _settled(written: Written) -> None:
    if written.problem is not None:
        raise written.problem


def open_round(
    session: Session,
    actor: audit.Acting,
    scope: Scope,
    *,
    area_id: UUID,
    kind: RoundKind,
    year: int,
    opens_on: date,
    closes_on: date,
    standard_code: str = "vn-2022",
    stage: RoundStage = RoundStage.surveying,
    round_id: UUID | None = None,
) -> UUID:
    """Opens a review in an area of `scope` and fixes which standard applies. Raises NotFound outside of it."""
    queries.require_area(session, scope, area_id)
    now = clock.now()
    row: dict[str, Any] = {
        "id": round_id or uuid4(),
        "area_id": area_id,
        "kind": kind.value,
        "year": year,
        "standard_code": standard_code,
        "standard_version": 1,
        "procedure_code": "qd-24-2021",
        "procedure_version": 1,
        "upper_level": UpperLevel.district.value,
        "opens_on": opens_on,
        "closes_on": closes_on,
        "stage": stage.value,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    session.execute(insert(ReviewRound).values(**row))
    audit.record(session, actor, "rounds.open", "round", [row["id"]], kind=kind.value, year=year)
    return UUID(str(row["id"]))
