"""The commune's money of a year on one paper: by component, by source, by hamlet."""

from dataclasses import dataclass

from api.papers.parts import Issuer, Reference, Signatory


@dataclass(frozen=True, kw_only=True)
class MoneyLine:
    """Whole VND. `remaining`: approved and not committed."""

    label: str
    planned: int
    approved: int
    committed: int
    disbursed: int
    settled: int
    remaining: int


@dataclass(frozen=True, kw_only=True)
class MoneyTable:
    """One way to cut the same total. `by`: what its lines are (`Hợp phần`)."""

    by: str
    lines: tuple[MoneyLine, ...] = ()


@dataclass(frozen=True, kw_only=True)
class BudgetOverview:
    """The overview of a year. `reference.day`: the day as of which it stands. `total` is that of every table."""

    issuer: Issuer
    reference: Reference
    signatory: Signatory
    year: int
    total: MoneyLine
    tables: tuple[MoneyTable, ...] = ()
    recipients: tuple[str, ...] = ()
    training: bool = False
