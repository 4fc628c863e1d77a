"""Mẫu 03: certificates, one by one or all of a decision, with the people who live in the household today."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.households.homes import HAMLET, HOUSEHOLD, at_home
from api.households.stored import among
from api.papers import decisions
from api.papers.parts import Reference
from api.printing import people, places
from api.printing.people import Home
from api.printing.places import Place
from api.printing.sheet import Sheet, chair
from api.problems import Conflict, NotFound
from api.recognitions.decision_queries import DECISION, find, no_such_decision
from api.recognitions.tables import Certificate, CertificateLine
from api.reviews.queries import under

_CERTIFICATE = Certificate.__table__  # type: ignore[attr-defined]
_YEAR = CertificateLine.__table__  # type: ignore[attr-defined]


def certificate(session: Session, actor: Actor, certificate_id: UUID) -> Sheet:
    """One certificate with its lines. Raises NotFound, Conflict where it was withdrawn."""
    row = session.execute(_of(actor).where(_CERTIFICATE.c.id == certificate_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy giấy chứng nhận này.", "There is no such certificate.")
    if row.withdrawn_on is not None:
        raise Conflict(
            f"Giấy chứng nhận này đã thu hồi ngày {row.withdrawn_on:%d/%m/%Y}.",
            f"This certificate was withdrawn on {row.withdrawn_on}.",
        )
    return _sheet(session, actor, [row], None, f"số {row.book_no}")


def of_decision(session: Session, actor: Actor, decision_id: UUID, hamlet_id: UUID | None) -> Sheet:
    """The certificates in force that bear a line of this decision, by book number; `hamlet_id`: only of households that
    live there. A fixed number of statements. Raises NotFound, Conflict where none was issued."""
    decision = session.execute(find(actor, decision_id)).one_or_none()
    if decision is None:
        raise no_such_decision()
    with_line = select(_YEAR.c.certificate_id).where(_YEAR.c.decision_id == decision_id)
    query = _of(actor).where(_CERTIFICATE.c.id.in_(with_line), _CERTIFICATE.c.withdrawn_on.is_(None))
    if hamlet_id is not None:
        query = query.where(under(hamlet_id, actor.scope.day, HAMLET))
    rows = session.execute(query.order_by(_CERTIFICATE.c.book_no)).all()
    if not rows:
        raise Conflict(
            "Chưa có giấy chứng nhận nào cấp theo quyết định này; hãy cấp giấy rồi in.",
            "No certificate was issued by this decision: issue them first, then print.",
        )
    return _sheet(session, actor, rows, decision.signatory, f"theo quyết định {decision.number.replace('/', '-')}")


def _of(actor: Actor) -> Select[Any]:
    query = at_home(select(_CERTIFICATE, HOUSEHOLD.c.id.label("home")), _CERTIFICATE.c.household_id)
    return query.where(actor.scope.covers(HAMLET))


def _sheet(session: Session, actor: Actor, rows: Sequence[Row[Any]], signatory: str | None, what: str) -> Sheet:
    place = places.place(session, rows[0].area_id, clock.today())
    found = people.homes(session, actor, [row.home for row in rows])
    hamlets = places.names(session, [home.hamlet_id for home in found.values()])
    years = _years(session, [row.id for row in rows])
    last = max((line for row in rows for line in years[row.id]), key=lambda line: line.decided_on, default=None)
    paper = decisions.Certificates(
        issuer=place.issuer(),
        signatory=chair(signatory or (last.signatory if last else None)),
        certificates=tuple(
            _certificate(row, found[row.home], _at(place, hamlets, found[row.home]), years[row.id]) for row in rows
        ),
    )
    audit.record(session, actor, "certificates.print", "household", dict.fromkeys(row.home for row in rows))
    return Sheet("certificates", paper, f"Giấy chứng nhận hộ nghèo, hộ cận nghèo {what}")


def _at(place: Place, hamlets: dict[Any, str], home: Home) -> Place:
    """The place of a household in the same commune."""
    return Place(
        commune=place.commune,
        town=place.town,
        commune_code=place.commune_code,
        hamlet=hamlets.get(home.hamlet_id),
        district=place.district,
        province=place.province,
    )


def _years(session: Session, certificate_ids: list[UUID]) -> dict[UUID, list[Row[Any]]]:
    rows = session.execute(
        select(_YEAR, DECISION.c.number, DECISION.c.decided_on, DECISION.c.signatory)
        .join(DECISION, DECISION.c.id == _YEAR.c.decision_id)
        .where(among(_YEAR.c.certificate_id, certificate_ids))
        .order_by(_YEAR.c.year)
    )
    found: dict[UUID, list[Row[Any]]] = {i: [] for i in certificate_ids}
    for row in rows:
        found[row.certificate_id].append(row)
    return found


def _certificate(row: Row[Any], home: Home, place: Place, years: Sequence[Row[Any]]) -> decisions.Certificate:
    return decisions.Certificate(
        number=f"{row.book_no}/GCN-HN.HCN",
        book_number=str(row.book_no),
        head=people.person(home, place) or people.nobody(),
        members=people.members(home),
        years=tuple(
            decisions.CertificateYear(
                year=line.year,
                kind=line.poverty_class,
                decision=Reference(number=line.number, day=line.decided_on),
            )
            for line in years
        ),
        issued_on=row.issued_on,
    )
