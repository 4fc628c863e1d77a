"""Refusals in writing (QĐ 24/2021, Điều 5): prepared with reasons by the officer, signed by the chair."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, tuple_, update
from sqlmodel import Session

from api import audit, clock, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.problems import AlreadyExists, Conflict, FieldError, NotFound, SeparationOfDuties
from api.recognitions.books import commune_of, hold_books
from api.recognitions.living_standard_queries import LIVING
from api.recognitions.refusal_schemas import RefusalIn, RefusalOut, RefusalSignatureIn
from api.recognitions.tables import LivingStandardStage, Refusal
from api.reviews import stages, steps
from api.reviews.cases import CASE
from api.reviews.queries import REQUEST_HAMLET, REQUEST_HOME, at_home, requests_of
from api.reviews.refused_requests import hold_request, mark_refused
from api.reviews.rounds import expect_version
from api.reviews.tables import CaseStage, Request, RequestKind, Review, Screening
from api.schema import Page

_REFUSAL = Refusal.__table__  # type: ignore[attr-defined]
_REQUEST = Request.__table__  # type: ignore[attr-defined]
_REVIEW = Review.__table__  # type: ignore[attr-defined]
_SCREENING = Screening.__table__  # type: ignore[attr-defined]
_THROUGH = (CaseStage.cleared, CaseStage.recognised)
_REFUSABLE = stages.step("living_standard", "refuse").before


@dataclass(frozen=True, slots=True)
class _Ground:
    """What makes a request refusable; `round_id` where a round found it."""

    round_id: UUID | None


def prepare_refusal(session: Session, actor: Actor, body: RefusalIn) -> RefusalOut:
    """A refusal that waits for its signature; the same content again changes nothing.

    Raises NotFound, Conflict where the request was not screened out and its review has not ended without what it asks
    for, AlreadyExists where the request has a refusal with other reasons.
    """
    row = session.execute(requests_of(actor, _REQUEST.c.id == body.request_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy giấy đề nghị này.", "There is no such request.")
    area_id = commune_of(session, row.hamlet, actor.scope)
    hold_books(session, area_id)
    stored = session.execute(select(_REFUSAL).where(_REFUSAL.c.request_id == row.id)).one_or_none()
    if stored is not None:
        if stored.reasons != body.reasons:
            raise AlreadyExists("Giấy đề nghị này đã có văn bản từ chối.", "The request has a refusal already.")
        return refusal(session, actor, row.id)
    ground = _ground(session, row)
    now = clock.now()
    session.execute(
        insert(_REFUSAL).values(
            request_id=row.id,
            area_id=area_id,
            round_id=ground.round_id,
            reasons=body.reasons,
            prepared_by=actor.account_id,
            version=1,
            created_at=now,
            updated_at=now,
        )
    )
    audit.record(session, actor, "refusals.prepare", "request", [row.id])
    return refusal(session, actor, row.id)


def _ground(session: Session, request: Row[Any]) -> _Ground:
    if request.kind == RequestKind.average_living_standard:
        under_way = select(LIVING.c.id).where(LIVING.c.request_id == request.id, LIVING.c.stage.in_(_REFUSABLE))
        if session.scalar(under_way) is not None:
            return _Ground(None)
    elif session.scalar(select(_SCREENING.c.passed).where(_SCREENING.c.request_id == request.id)) is False:
        return _Ground(None)
    else:
        found = session.execute(_ended_without(request)).first()
        if found is not None:
            return _Ground(found.round_id)
    raise Conflict(
        "Chỉ từ chối được giấy đề nghị không qua phiếu A, hoặc đã rà soát xong mà không đạt điều đề nghị.",
        "Only a request that was screened out, or whose review ended without what it asks for, can be refused.",
    )


def _ended_without(request: Row[Any]) -> Select[Any]:
    """The newest case of the request that has come through without what was asked: not poor for a review (Mẫu 01),
    no better class than before for an escape (Mẫu 04)."""
    found = func.coalesce(_REVIEW.c.override_class, _REVIEW.c.proposed_class)
    without = found == "not_poor"
    if request.kind == RequestKind.escape:
        without = (found == "poor") | (found == CASE.c.class_before)
    return (
        select(CASE.c.round_id)
        .join(_REVIEW, _REVIEW.c.id == CASE.c.review_id)
        .where(CASE.c.request_id == request.id, CASE.c.stage.in_(_THROUGH), without)
        .order_by(CASE.c.created_at.desc())
    )


def sign_refusal(
    session: Session, actor: Actor, request_id: UUID, version: int, body: RefusalSignatureIn
) -> RefusalOut:
    """The chair signs: nothing more comes of the request, and a case of the third path ends with it.

    Raises NotFound, StaleVersion, Conflict where it is signed, or what it was prepared for is so no longer,
    SeparationOfDuties for the preparer, AlreadyExists for a number used that year.
    """
    row = session.execute(_refusals_of(actor).where(_REFUSAL.c.request_id == request_id)).one_or_none()
    if row is None:
        raise _no_such_refusal()
    hold_books(session, row.area_id)
    held = session.execute(select(_REFUSAL).where(_REFUSAL.c.request_id == request_id).with_for_update()).one()
    expect_version(held, version)
    if held.number is not None:
        raise Conflict("Văn bản từ chối này đã ký rồi.", "This refusal is signed already.")
    if held.prepared_by == actor.account_id:
        raise SeparationOfDuties(
            "Người soạn không được ký văn bản từ chối của mình; người khác có quyền phải ký.",
            "Who prepared the refusal does not sign it; somebody else with the right has to.",
        )
    request = hold_request(session, request_id)
    _ground(session, request)  # since it was prepared, another result of Phiếu A may have been written down
    _refuse_used_number(session, row.area_id, body)
    _refuse_third_path(session, request_id)
    session.execute(
        update(_REFUSAL)
        .where(_REFUSAL.c.request_id == request_id)
        .values(**body.model_dump(), signed_by=actor.account_id, version=held.version + 1, updated_at=clock.now())
    )
    mark_refused(session, actor, request, body.number, body.signed_on)
    audit.record(session, actor, "refusals.sign", "request", [request_id])
    return refusal(session, actor, request_id)


def _refuse_used_number(session: Session, area_id: UUID, body: RefusalSignatureIn) -> None:
    used = session.scalar(
        select(_REFUSAL.c.request_id).where(
            _REFUSAL.c.area_id == area_id,
            func.extract("year", _REFUSAL.c.signed_on) == body.signed_on.year,
            func.lower(_REFUSAL.c.number) == body.number.lower(),
        )
    )
    if used is not None:
        raise AlreadyExists(
            f"Số {body.number} đã dùng cho một văn bản từ chối khác của xã trong năm.",
            f"The number {body.number} is that of another refusal of this commune and year.",
            errors=(FieldError("#/number", "already_exists", "Số này đã dùng.", "This number is taken."),),
        )


def _refuse_third_path(session: Session, request_id: UUID) -> None:
    cases = session.execute(
        select(LIVING.c.id, LIVING.c.stage).where(LIVING.c.request_id == request_id).with_for_update()
    ).all()
    for one in cases:  # a request has one case under way at most
        if one.stage in (LivingStandardStage.recognised, LivingStandardStage.refused):
            continue
        after = steps.after("living_standard", "refuse", one.stage)
        session.execute(
            update(LIVING)
            .where(LIVING.c.id == one.id)
            .values(stage=after, decision_id=None, version=LIVING.c.version + 1, updated_at=clock.now())
        )


def refusals(
    session: Session, actor: Actor, *, signed: bool | None, limit: int, cursor: str | None
) -> Page[RefusalOut]:
    """The refusals of the requests of my areas, newest first."""
    day = func.date(func.timezone("Asia/Ho_Chi_Minh", _REFUSAL.c.created_at))
    query = _refusals_of(actor).add_columns(day.label("day")).order_by(day.desc(), _REFUSAL.c.request_id.desc())
    if signed is not None:
        query = query.where(_REFUSAL.c.number.is_not(None) if signed else _REFUSAL.c.number.is_(None))
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(day, _REFUSAL.c.request_id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.day.isoformat(), str(row.request_id)))
    audit.record(session, actor, "refusals.list", "request", [row.request_id for row in shown])
    return Page[RefusalOut](items=[_out(row) for row in shown], next_cursor=next_cursor)


def refusal(session: Session, actor: Actor, request_id: UUID) -> RefusalOut:
    """The refusal of a request. Raises NotFound where there is none in my areas."""
    row = session.execute(_refusals_of(actor).where(_REFUSAL.c.request_id == request_id)).one_or_none()
    if row is None:
        raise _no_such_refusal()
    audit.record(session, actor, "refusals.read", "request", [request_id])
    return _out(row)


def _no_such_refusal() -> NotFound:
    return NotFound("Không tìm thấy văn bản từ chối này.", "There is no such refusal.")


def _refusals_of(actor: Actor) -> Select[Any]:
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(REQUEST_HAMLET).label("sees_sensitive")
    query = select(_REFUSAL, REQUEST_HOME.label("home"), REQUEST_HAMLET.label("hamlet"), sensitive)
    joined = at_home(query.select_from(_REFUSAL).join(_REQUEST, _REQUEST.c.id == _REFUSAL.c.request_id))
    return joined.where(actor.scope.covers(REQUEST_HAMLET))


def _out(row: Any) -> RefusalOut:
    # why a family is refused says how it lives: withheld like the reason of its request (permissions.md)
    withheld = [] if row.sees_sensitive else ["reasons"]
    stored = {name: getattr(row, name) for name in RefusalOut.model_fields if name in row._fields}
    return RefusalOut(
        **stored
        | {
            "household_id": row.home,
            "hamlet_id": row.hamlet,
            "reasons": None if withheld else row.reasons,
            "withheld": withheld,
        }
    )
