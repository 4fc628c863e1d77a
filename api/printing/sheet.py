"""What a printer hands to its route: which paper, set from which values, saved under which name."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, select

from api.accounts.tables import Account
from api.papers.parts import Signatory
from api.reviews.tables import RoundKind

_account = Account.__table__  # type: ignore[attr-defined]

# What a list prints where nobody of a household is registered (yet): a line without a name would look forgotten.
NAMELESS = "(chưa có tên chủ hộ)"
COMMITTEE = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`template` and `paper` as `api.papers.rendering.render` takes them. `title`: the name of the file without `.pdf`.

    No title carries the name of a person: file names end up in histories and logs.
    """

    template: str
    paper: Any
    title: str


def chair(name: str | None) -> Signatory:
    """The chair signs for the People's Committee; without a name the line is left for the pen."""
    return Signatory(authority=COMMITTEE, name=name)


def full_name_of(session: Session, account_id: Any) -> str | None:
    """Whose account it is; None without one."""
    if account_id is None:
        return None
    found: str | None = session.execute(
        select(_account.c.full_name).where(_account.c.id == account_id)
    ).scalar_one_or_none()
    return found


def round_name(row: Row[Any]) -> str:
    """What a round is called on paper: `Rà soát định kỳ năm 2026`."""
    if row.kind == RoundKind.periodic:
        return f"Rà soát định kỳ năm {row.year}"
    if row.kind == RoundKind.regular:
        return f"Rà soát thường xuyên tháng {row.opens_on.month} năm {row.opens_on.year}"
    return f"Đợt tập huấn rà soát năm {row.year}"


def is_training(row: Any) -> bool:
    """Is it a paper of a training round? What belongs to no round is real."""
    return row is not None and bool(row.kind == RoundKind.training)


def as_lines(text: str | None) -> tuple[str, ...]:
    """The paragraphs of a text, without empty ones."""
    return tuple(line.strip() for line in (text or "").splitlines() if line.strip())
