"""Mẫu 03/TD: the list with which a group's households ask the policy bank for loans; not confirmed it is a draft."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.credit.list_queries import LIST, findings, lines_of, lists_of, no_such_list
from api.credit.rules import Finding
from api.credit.tables import LoanListState
from api.papers.credit import Borrower, LoanList
from api.papers.parts import Reference
from api.printing import places
from api.printing.people import word
from api.printing.places import Place
from api.printing.sheet import Sheet, chair
from api.programmes.catalogue import catalogue

_NEWLY_ESCAPED = "Hộ mới thoát nghèo"


def loan_list(session: Session, actor: Actor, loan_list_id: UUID) -> Sheet:
    """The lines that stand on the list, with what their households were on its day. A fixed number of statements.

    Raises NotFound outside of the actor's areas, and for the bank before the commune has confirmed it.
    """
    row = session.execute(lists_of(actor).where(LIST.c.id == loan_list_id)).one_or_none()
    if row is None:
        raise no_such_list()
    place = places.place(session, row.hamlet_id, row.drawn_up_on)
    lines = lines_of(session, actor, loan_list_id, with_taken_off=False)
    found = findings(session, row, lines) if row.state == LoanListState.drafted else {}
    paper = LoanList(
        issuer=place.issuer(),
        reference=Reference(number=row.number, day=row.confirmed_on),
        group_name=row.group_name,
        hamlet=place.hamlet and places.in_a_sentence(place.hamlet),
        drawn_up_on=row.drawn_up_on,
        borrowers=tuple(_borrower(line, found.get(line.position), place) for line in lines),
        signatory=chair(None),
    )
    homes = dict.fromkeys(line.home for line in lines)
    audit.record(session, actor, "loan_lists.print", "household", homes, loan_list=str(loan_list_id))
    return Sheet("loan_list", paper, f"03-TD - {place.hamlet or place.commune} - {row.drawn_up_on:%d-%m-%Y}")


def _borrower(line: Row[Any], found: Finding | None, place: Place) -> Borrower:
    said = found or line
    policy = catalogue().policies.get(line.policy)
    return Borrower(
        name=line.member_name,
        address=line.address or place.hamlet,
        standing=_NEWLY_ESCAPED if said.newly_escaped else word("poverty_class", said.poverty_class),
        policy=policy.label.vi if policy else line.policy,
        amount_vnd=line.amount_vnd,
        purpose=line.purpose,
        term_months=line.term_months,
    )
