"""Certificates (Mẫu 03): issued by a signed decision, one living paper a household, one line a year, a book number
that has no gaps; withdrawn when the household is not poor any more. And how they are read."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlmodel import Session

from api import audit, clock, paging, sql
from api.accounts.actor import Actor
from api.households.class_view import household_class
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.search import head_name, visible
from api.households.stored import among
from api.problems import Conflict, NotFound
from api.recognitions.books import hold_books
from api.recognitions.certificate_schemas import CertificateOut, IssuedOut, YearOut
from api.recognitions.decision_queries import DECISION, LINE, no_such_decision
from api.recognitions.tables import Certificate, CertificateLine, DecisionKind, DecisionState, Recognition
from api.reviews.queries import under
from api.schema import Page

_CERTIFICATE = Certificate.__table__  # type: ignore[attr-defined]
_YEAR = CertificateLine.__table__  # type: ignore[attr-defined]
_RECOGNITION = Recognition.__table__  # type: ignore[attr-defined]


def issue(session: Session, actor: Actor, decision_id: UUID) -> IssuedOut:
    """The certificates of a signed decision; done again it changes nothing. A fixed number of statements.

    Households whose class rests on a later decision by now are `outdated`: that decision issues theirs. Raises
    NotFound, Conflict while the decision is not signed, and for one of the third path.
    """
    found = select(DECISION).where(DECISION.c.id == decision_id, actor.scope.covers(DECISION.c.area_id))
    row = session.execute(found).one_or_none()
    if row is None:
        raise no_such_decision()
    if row.state != DecisionState.signed or row.kind == DecisionKind.living_standard:
        raise Conflict(
            "Chỉ cấp giấy chứng nhận hộ nghèo, hộ cận nghèo theo quyết định đã ký.",
            "Certificates are issued by a signed decision on poor and near-poor households.",
        )
    hold_books(session, row.area_id)
    values = {"decision_id": decision_id, "today": clock.today(), "at": clock.now()}
    by = {"by": actor.account_id}
    folder = "api/recognitions/sql"
    session.execute(sql.load(f"{folder}/issue_certificates.sql"), values | by | {"area_id": row.area_id})
    written = session.execute(
        sql.load(f"{folder}/extend_certificates.sql"), values | by | {"year": row.decided_on.year}
    ).all()
    gone = session.execute(sql.load(f"{folder}/withdraw_certificates.sql"), values).all()
    ids = [one.id for one in (*written, *gone)]
    audit.record(session, actor, "certificates.issue", "certificate", ids, decision=str(decision_id))
    numbers = [one.book_no for one in written if one.issued]
    return IssuedOut(
        decision_id=decision_id,
        issued=len(numbers),
        extended=len(written) - len(numbers),
        withdrawn=len(gone),
        outdated=_outdated(session, decision_id),
        first_book_no=min(numbers, default=None),
        last_book_no=max(numbers, default=None),
    )


def _outdated(session: Session, decision_id: UUID) -> int:
    """How many of the decision's poor and near-poor households have their class by a later one today."""
    still = select(_RECOGNITION.c.id).where(
        _RECOGNITION.c.decision_id == decision_id,
        _RECOGNITION.c.household_id == LINE.c.household_id,
        _RECOGNITION.c.days.op("@>")(clock.today()),
    )
    return (
        session.scalar(
            select(func.count())
            .select_from(LINE)
            .where(LINE.c.decision_id == decision_id, LINE.c.poverty_class != "not_poor", ~still.exists())
        )
        or 0
    )


def certificates(
    session: Session,
    actor: Actor,
    *,
    household_id: UUID | None,
    area_id: UUID | None,
    living: bool | None,
    limit: int,
    cursor: str | None,
) -> Page[CertificateOut]:
    """The certificates of the households of my areas, by commune and book number; `living`: (not) withdrawn."""
    query = _certificates_of(actor).order_by(_CERTIFICATE.c.area_id, _CERTIFICATE.c.book_no)
    if household_id is not None:
        query = query.where(HOUSEHOLD.c.id == household_id)
    if area_id is not None:
        query = query.where(under(area_id, actor.scope.day, HAMLET))
    if living is not None:
        withdrawn = _CERTIFICATE.c.withdrawn_on
        query = query.where(withdrawn.is_(None) if living else withdrawn.is_not(None))
    after = paging.decode(cursor, UUID, int)
    if after is not None:
        query = query.where(tuple_(_CERTIFICATE.c.area_id, _CERTIFICATE.c.book_no) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (str(row.area_id), row.book_no))
    audit.record(session, actor, "certificates.list", "household", dict.fromkeys(row.home for row in shown))
    years = _years(session, [row.id for row in shown])
    return Page[CertificateOut](items=[_out(row, years) for row in shown], next_cursor=next_cursor)


def certificate(session: Session, actor: Actor, certificate_id: UUID) -> CertificateOut:
    """One certificate. Raises NotFound where its household is none of my areas."""
    row = session.execute(_certificates_of(actor).where(_CERTIFICATE.c.id == certificate_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy giấy chứng nhận này.", "There is no such certificate.")
    audit.record(session, actor, "certificates.read", "household", [row.home])
    return _out(row, _years(session, [row.id]))


def _certificates_of(actor: Actor) -> Select[Any]:
    query = at_home(
        select(
            _CERTIFICATE,
            HOUSEHOLD.c.id.label("home"),
            HOUSEHOLD.c.household_no,
            HAMLET,
            head_name().label("head_name"),
        ).select_from(_CERTIFICATE),
        _CERTIFICATE.c.household_id,
    ).outerjoin(household_class, household_class.c.household_id == HOUSEHOLD.c.id)
    return query.where(actor.scope.covers(HAMLET), visible(actor))


def _years(session: Session, certificate_ids: list[UUID]) -> dict[UUID, list[YearOut]]:
    rows = session.execute(
        select(_YEAR)
        .where(among(_YEAR.c.certificate_id, certificate_ids))
        .order_by(_YEAR.c.certificate_id, _YEAR.c.year)
    )
    found: dict[UUID, list[YearOut]] = {}
    for row in rows:
        line = YearOut(year=row.year, poverty_class=row.poverty_class, decision_id=row.decision_id)
        found.setdefault(row.certificate_id, []).append(line)
    return found


def _out(row: Any, years: dict[UUID, list[YearOut]]) -> CertificateOut:
    stored = {name: getattr(row, name) for name in CertificateOut.model_fields if name in row._fields}
    number = f"{row.book_no}/GCN-HN.HCN"
    return CertificateOut(**stored | {"household_id": row.home, "number": number, "lines": years.get(row.id, [])})
