"""An independent account of plan and money: plain numbers, kept by hand, that know nothing of the database.

Each method says what must happen: None where the step is taken (and then the account has taken it), otherwise the slug
of the refusal.
"""

from dataclasses import dataclass, field
from uuid import UUID

ABOVE, STAGE, CONFLICT = "above-approved", "illegal-stage", "conflict"


@dataclass
class Item:
    planned: int
    state: str = "draft"


@dataclass
class Line:
    item: Item | None
    year: int
    approved: int = 0
    committed: int = 0
    disbursed: int = 0
    settled: int = 0
    closed: bool = False


@dataclass
class Project:
    funded: bool = False
    committed: int = 0
    disbursed: int = 0
    delivered: int = 0


@dataclass
class Commitment:
    line: Line
    project: Project | None
    amount: int
    state: str = "prepared"
    committed: int = 0
    disbursed: int = 0
    settled: int = 0


@dataclass
class Movement:
    kind: str
    line: Line
    commitment: Commitment | None
    amount: int
    reverses: "Movement | None" = None
    reversed: int = 0


@dataclass
class Account:
    """Everything by its id."""

    items: dict[UUID, Item] = field(default_factory=dict)
    lines: dict[UUID, Line] = field(default_factory=dict)
    projects: dict[UUID, Project] = field(default_factory=dict)
    commitments: dict[UUID, Commitment] = field(default_factory=dict)
    movements: dict[UUID, Movement] = field(default_factory=dict)

    def allocate(self, movement_id: UUID, line: Line, amount: int) -> str | None:
        if line.closed or (line.item and line.item.state != "approved"):
            return STAGE
        if line.item and amount > self._unallocated(line.item):
            return ABOVE
        self._book(movement_id, Movement("allocation", line, None, amount))
        return None

    def _unallocated(self, item: Item) -> int:
        return item.planned - sum(line.approved for line in self.lines.values() if line.item is item)

    def prepare(self, commitment_id: UUID, line: Line, project: Project | None, amount: int) -> str | None:
        if line.closed or (line.item and line.item.state != "approved"):
            return STAGE
        if amount > line.approved - line.committed:
            return ABOVE
        self.commitments[commitment_id] = Commitment(line, project, amount)
        return None

    def approve(self, movement_id: UUID, commitment: Commitment) -> str | None:
        line = commitment.line
        if commitment.state != "prepared" or line.closed or (line.item and line.item.state != "approved"):
            return STAGE
        if commitment.amount > line.approved - line.committed:
            return ABOVE
        commitment.state = "approved"
        self._book(movement_id, Movement("commitment", line, commitment, commitment.amount))
        if commitment.project and commitment.project.delivered <= commitment.project.committed:
            commitment.project.funded = True
        return None

    def refuse(self, commitment: Commitment) -> str | None:
        if commitment.state != "prepared":
            return STAGE
        commitment.state = "refused"
        return None

    def pay(self, movement_id: UUID, commitment: Commitment, kind: str, amount: int) -> str | None:
        if commitment.state != "approved" or commitment.line.closed:
            return STAGE
        before = commitment.committed if kind == "disbursement" else commitment.disbursed
        after = commitment.disbursed if kind == "disbursement" else commitment.settled
        if amount > before - after:
            return ABOVE
        self._book(movement_id, Movement(kind, commitment.line, commitment, amount))
        return None

    def written(self, movement_id: UUID, commitment: Commitment, kind: str, amount: int) -> str | None:
        """A movement put straight into the table: what its constraints let through."""
        line = commitment.line
        if line.closed or commitment.state != "approved":
            return "refused"
        sums = {"commitment": commitment.committed, "disbursement": commitment.disbursed}
        sums["settlement"] = commitment.settled
        sums[kind] += amount
        order = [sums["settlement"], sums["disbursement"], sums["commitment"], commitment.amount]
        too_much = kind == "commitment" and line.committed + amount > line.approved
        if order != sorted(order) or too_much:
            return "refused"
        self._book(movement_id, Movement(kind, line, commitment, amount))
        return None

    def reverse(self, reversal_id: UUID, movement: Movement, asked: int | None) -> str | None:
        left = movement.amount - movement.reversed
        if movement.reverses or left == 0:
            return CONFLICT
        amount = asked or left
        if amount > left or amount > self._unused(movement):
            return ABOVE
        self._book(reversal_id, Movement(movement.kind, movement.line, movement.commitment, -amount, movement))
        return None

    def _unused(self, movement: Movement) -> int:
        line, commitment = movement.line, movement.commitment
        if commitment is None:
            return line.approved - line.committed
        if movement.kind == "settlement":
            return commitment.settled
        if movement.kind == "disbursement":
            return commitment.disbursed - commitment.settled
        unused = commitment.committed - commitment.disbursed
        if commitment.project and commitment.project.funded:
            unused = min(unused, commitment.project.committed - commitment.project.delivered)
        return unused

    def deliver(self, project: Project, amount: int) -> str | None:
        if project.funded and project.delivered + amount > project.committed:
            return "refused"
        project.delivered += amount
        return None

    def cancel(self, item: Item) -> str | None:
        if item.state == "cancelled":
            return STAGE
        if any(line.committed for line in self.lines.values() if line.item is item):
            return CONFLICT
        item.state = "cancelled"
        return None

    def finished(self, line: Line) -> bool:
        return not line.closed and all(
            one.state != "prepared" and one.committed == one.disbursed == one.settled
            for one in self.commitments.values()
            if one.line is line
        )

    def close(self, line: Line, to: Line | None) -> tuple[str | None, int]:
        """Also says the rest."""
        rest = line.approved - line.committed
        if not self.finished(line):
            return STAGE, rest
        if rest and to is not None:
            if to.year != line.year + 1:
                return CONFLICT, rest
            if to.closed or (to.item and to.item.state != "approved"):
                return STAGE, rest
            if to.item and rest > self._unallocated(to.item):
                return ABOVE, rest
            to.approved += rest
        line.approved -= rest
        line.closed = True
        return None, rest

    def _book(self, movement_id: UUID, movement: Movement) -> None:
        name = {"allocation": "approved", "commitment": "committed"}.get(movement.kind) or {
            "disbursement": "disbursed",
            "settlement": "settled",
        }[movement.kind]
        for holder in (movement.line, movement.commitment, movement.commitment and movement.commitment.project):
            if holder is not None and hasattr(holder, name):
                setattr(holder, name, getattr(holder, name) + movement.amount)
        if movement.reverses:
            movement.reverses.reversed -= movement.amount
        self.movements[movement_id] = movement
