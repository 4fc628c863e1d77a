"""What hangs on a household is told again under another one, where the two turn out to be one, or two after all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from api import sql


def regroup(
    session: Session, from_group: UUID, to_group: UUID, to_area: Any, some: Sequence[UUID] | None = None
) -> list[UUID]:
    """The records (all that hang on `from_group`, or some of them) that readers get again, in the group and area given.

    Nothing here knows what kinds of records they are: only that the feed knows them under that household. The two
    households are left out; what was announced elsewhere in this transaction already stays where it was announced.
    """
    asked = {"from_group": from_group, "to_group": to_group, "to_area": to_area, "some": some}
    return list(session.execute(sql.load("api/changes/sql/regroup.sql"), asked).scalars())
