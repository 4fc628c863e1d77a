"""The paper of credit: the list 03/TD, with which a group's households ask the policy bank for loans."""

from dataclasses import dataclass
from datetime import date

from api.papers.parts import Issuer, Reference, Signatory


@dataclass(frozen=True, kw_only=True)
class Borrower:
    """A line: who borrows for a household, what the household is on the day of the list (in words), by which policy."""

    name: str
    address: str | None = None
    standing: str | None = None
    policy: str
    amount_vnd: int
    purpose: str
    term_months: int


@dataclass(frozen=True, kw_only=True)
class LoanList:
    """Mẫu 03/TD. `reference`: number and day of the commune's confirmation; both None as long as it is a draft.

    `hamlet` as `xóm 3`, where the group is; `drawn_up_on`: the day on which the households were held against the
    recognitions.
    """

    issuer: Issuer
    reference: Reference
    group_name: str
    hamlet: str | None = None
    drawn_up_on: date | None = None
    borrowers: tuple[Borrower, ...] = ()
    signatory: Signatory | None = None
    training: bool = False
