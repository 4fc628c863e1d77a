"""The demo's training round: open, listed, assigned and approved, so that a tablet of the demo can review at once.

Of kind `training`: its points are illustrations, and nothing of it has legal effect.
"""

from uuid import UUID

from sqlmodel import Session

from api.areas.tables import area_id
from api.demo import accounts
from api.reviews.assignments import assign
from api.reviews.round_commands import approve, prepare_round
from api.reviews.round_list import build_list
from api.reviews.round_schemas import Assignment, Assignments, RoundCreate
from api.reviews.tables import RoundKind

COMMUNE = "14080"


def open_training(session: Session, round_id: UUID) -> int:
    """Opens the round of 2024 in xã Trực Thái; how many households are on its list."""
    officer = accounts.officer(COMMUNE)
    made = RoundCreate.model_validate(
        {
            "id": round_id,
            "area_id": area_id(COMMUNE),
            "kind": RoundKind.training,
            "year": 2024,
            "opens_on": "2024-09-01",
            "closes_on": "2024-12-14",
            "evidence": ["photo", "signature"],
        }
    )
    prepare_round(session, officer, made, None)
    listed = build_list(session, officer, round_id)
    hamlets = {f"xom-{n}": area_id(f"{COMMUNE}-{n:02d}") for n in range(1, 9)}
    items = [
        Assignment(hamlet_id=hamlet, username=surveyor)
        for surveyor, hamlet in hamlets.items()
        if str(hamlet) in listed.by_hamlet
    ]
    assign(session, officer, round_id, Assignments(items=items))
    approve(session, accounts.acting("chu-tich"), round_id, None)
    return listed.total
