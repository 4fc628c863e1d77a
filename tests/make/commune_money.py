"""The plan and the money of a commune by chance, through the commands of the service; and a journal of its plan, kept
beside it: what was approved and cancelled on which day, and when anybody knew of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine
from sqlmodel import Session

from api.areas.tables import area_id
from api.budgets import cancellation, commitments, lines, payments, reversals
from api.budgets.schemas import AllocationIn, CommitmentApprovalIn, CommitmentIn, LineIn, PaymentIn, ReversalIn
from api.plans import items
from api.plans.item_schemas import Funding, ItemApprovalIn, ItemCancellationIn, ItemIn
from api.plans.tables import MoneySource
from tests.make.commune_facts import Commune
from tests.make.reviews import acting

AREAS = ("14080", "14080", "14080-01", "14080-03")
CENTRAL: Any = {"source": "state_budget", "level": "central"}
OFFICER, CHAIR, TREASURER = (acting(name) for name in ("truc-thai", "chu-tich", "tai-chinh"))


@dataclass
class Planned:
    """An item of the plan. The moments say since when that is on record."""

    area: str
    year: int
    amount: int
    approved_on: date | None = None
    approved_at: datetime | None = None
    cancelled_on: date | None = None
    cancelled_at: datetime | None = None

    def holds(self, day: date, known: datetime) -> bool:
        """Is it in the plan on a day, to whoever knows what was recorded before a moment?"""
        if self.approved_on is None or self.approved_at is None or self.approved_on > day or self.approved_at >= known:
            return False
        gone = self.cancelled_at is not None and self.cancelled_at < known and self.cancelled_on is not None
        return not (gone and self.cancelled_on is not None and self.cancelled_on <= day)


class RichCommune(Commune):
    """A commune that plans and spends too."""

    def __init__(self, engine: Engine, *given: Any) -> None:
        super().__init__(engine, *given)
        self.plan: dict[UUID, Planned] = {}


def plans(c: Commune, session: Session) -> None:
    assert isinstance(c, RichCommune)
    area, year, amount = c.choose.choice(AREAS), c.day().year, c.choose.randint(50, 900)
    item = uuid4()
    body = ItemIn(
        id=item, area_id=area_id(area), year=year, component="livelihood", title="Bò",
        funding=[Funding(**CENTRAL, amount_vnd=amount), Funding(source=MoneySource.mobilised, amount_vnd=7)],
    )  # fmt: skip
    items.draft(session, OFFICER, body, None)
    c.plan[item] = Planned(area, year, amount + 7)


def approves_an_item(c: Commune, session: Session) -> None:
    assert isinstance(c, RichCommune)
    row = c.some(session, "SELECT id FROM plan_item WHERE state = 'draft' ORDER BY created_at, id")
    if row:
        day = c.day()
        items.approve(session, CHAIR, row.id, None, ItemApprovalIn(approved_on=day))
        c.plan[row.id].approved_on, c.plan[row.id].approved_at = day, c.now


def cancels_an_item(c: Commune, session: Session) -> None:
    assert isinstance(c, RichCommune)
    row = c.some(session, "SELECT id, approved_on FROM plan_item WHERE state <> 'cancelled' ORDER BY created_at, id")
    if row:
        day = c.day(row.approved_on)
        cancellation.cancel(session, CHAIR, row.id, None, ItemCancellationIn(cancelled_on=day, reason="Không còn cần"))
        c.plan[row.id].cancelled_on, c.plan[row.id].cancelled_at = day, c.now


def opens_a_line(c: Commune, session: Session) -> None:
    item = c.some(session, "SELECT id, area_id, year FROM plan_item WHERE state = 'approved' ORDER BY created_at, id")
    if item and c.choose.random() < 0.4:
        of: dict[str, Any] = {"area_id": item.area_id, "year": item.year, "plan_item_id": item.id}
    else:
        of = {"area_id": area_id(c.choose.choice(AREAS)), "year": c.now.year}
    body = LineIn(id=uuid4(), component="livelihood", title="Vốn sự nghiệp", **of, **CENTRAL)
    lines.open_line(session, TREASURER, body, None)


def allocates(c: Commune, session: Session) -> None:
    row = c.some(
        session,
        "SELECT l.id, i.approved_on FROM budget_line l LEFT JOIN plan_item i ON i.id = l.plan_item_id"
        " ORDER BY l.created_at, l.id",
    )
    if row:
        body = AllocationIn(
            id=uuid4(), amount_vnd=c.choose.randint(20, 300), booked_on=c.day(row.approved_on), document_no="1/QĐ"
        )
        lines.allocate(session, TREASURER, row.id, body, None)


def binds(c: Commune, session: Session) -> None:
    row = c.some(
        session,
        "SELECT l.id, l.approved_vnd - l.committed_vnd AS rest, max(m.booked_on) AS since FROM budget_line l"
        " JOIN money_movement m ON m.budget_line_id = l.id WHERE l.approved_vnd > l.committed_vnd"
        " GROUP BY l.id ORDER BY l.created_at, l.id",
    )
    if row:
        commitment, amount = uuid4(), c.choose.randint(1, row.rest)
        body = CommitmentIn(id=commitment, budget_line_id=row.id, purpose="Mua bò", amount_vnd=amount)
        commitments.prepare(session, OFFICER, body, None)
        commitments.approve(session, CHAIR, commitment, None, CommitmentApprovalIn(decided_on=c.day(row.since)), None)


def pays(c: Commune, session: Session) -> None:
    """Pays out, or settles what was paid out."""
    settles = c.choose.random() < 0.4
    rest = "c.disbursed_vnd - c.settled_vnd" if settles else "c.committed_vnd - c.disbursed_vnd"
    row = c.some(
        session,
        f"SELECT c.id, {rest} AS rest, max(m.booked_on) AS since FROM commitment c"
        f" JOIN money_movement m ON m.commitment_id = c.id WHERE {rest} > 0 GROUP BY c.id ORDER BY c.created_at, c.id",
    )
    if row:
        body = PaymentIn(id=uuid4(), amount_vnd=c.choose.randint(1, row.rest), booked_on=c.day(row.since))
        step = payments.settle if settles else payments.disburse
        step(session, TREASURER, row.id, body, None)


def reverses_a_booking(c: Commune, session: Session) -> None:
    row = c.some(
        session,
        "SELECT id, kind, booked_on FROM money_movement WHERE reverses_id IS NULL AND reversed_vnd < amount_vnd"
        " ORDER BY recorded_at, id",
    )
    if row:
        part = c.choose.choice((None, 1))
        body = ReversalIn(id=uuid4(), amount_vnd=part, booked_on=c.day(row.booked_on), reason="Ghi nhầm")
        actor = CHAIR if row.kind == "commitment" else TREASURER
        reversals.reverse(session, actor, row.id, body, None)


SPENDS = (
    *((plans, approves_an_item, opens_a_line, reverses_a_booking) * 2), *((allocates, binds) * 3), *((pays,) * 5),
    *((plans, approves_an_item, cancels_an_item) * 2),
)  # fmt: skip
