"""The kinds of records a tablet sends: one table. A new kind is one entry here, and inherits the shared tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.changes.edits import Edit, Written
from api.changes.feed import Loader
from api.changes.fold import Met
from api.changes.tables import Origin
from api.deliveries.commands import write_deliveries
from api.deliveries.queries import load_deliveries
from api.deliveries.rows import DELIVERY_PLACES
from api.deliveries.sheet_queries import load_lines
from api.households.aliases import ends
from api.households.commands import meet_household, meet_member, write_households, write_members
from api.households.queries import load_households, load_members
from api.households.tables import Household, Member
from api.problems import FieldError, UnknownEntity
from api.reviews.commands import meet_request, write_requests
from api.reviews.queries import REQUEST_PLACES, load_requests
from api.reviews.review_commands import write_reviews
from api.reviews.review_queries import load_reviews
from api.reviews.review_rows import REVIEW_PLACES
from api.reviews.round_queries import load_cases
from api.reviews.screening import SCREENING_PLACES, load_screenings, meet_screening, write_screenings

Writer = Callable[[Session, Actor, Sequence[Edit], Origin], list[Written]]
Meeter = Callable[[Session, Actor, Edit], Met | None]


@dataclass(frozen=True)
class Kind:
    """A kind of record: what writes it, with which right, in which order (parents have the lower rank), what reads it.

    `write` None: a kind of protocol 1 that this build cannot apply yet. Its submissions are quarantined, not
    rejected: the tablet did nothing wrong and must not be told to correct anything; the work is kept and is applied
    by a retry once the server has learnt the kind.
    """

    entity: str
    rank: int
    permission: Permission
    write: Writer | None
    load: Loader | None
    # (record, the hamlet it stands in; of a household merged away the survivor's): who decides about its conflicts
    place: Select[tuple[UUID, UUID]] | None
    # what a submission meets that is decided later; None for a kind that is not merged field by field
    meet: Meeter | None = None


_ENDS, _TODAY = ends(), aliased(Household)
_HOUSEHOLDS: Select[tuple[UUID, UUID]] = (
    select(Household.id, _TODAY.hamlet_id)  # type: ignore[call-overload]
    .outerjoin(_ENDS, _ENDS.c.absorbed == Household.id)
    .join(_TODAY, _TODAY.id == func.coalesce(_ENDS.c.survivor, Household.id))
)
_MEMBERS = select(Member.id, Household.hamlet_id).join(Household, Household.id == Member.household_id)  # type: ignore[call-overload]

KINDS: dict[str, Kind] = {
    kind.entity: kind
    for kind in (
        Kind("household", 0, Permission.households_write, write_households, load_households, _HOUSEHOLDS,
             meet_household),
        Kind("member", 1, Permission.households_write, write_members, load_members, _MEMBERS, meet_member),
        Kind("request", 2, Permission.requests_write, write_requests, load_requests, REQUEST_PLACES, meet_request),
        Kind("screening", 3, Permission.reviews_write, write_screenings, load_screenings, SCREENING_PLACES,
             meet_screening),
        Kind("review", 2, Permission.reviews_write, write_reviews, load_reviews, REVIEW_PLACES),
        Kind("delivery", 2, Permission.deliveries_write, write_deliveries, load_deliveries, DELIVERY_PLACES),
    )
}  # fmt: skip


def unknown_kind() -> UnknownEntity:
    """For a submission of a kind that is not in the table: of a newer program perhaps, then it is tried again."""
    vi = "Máy chủ chưa biết loại bản ghi này. Phiếu vẫn được giữ; cán bộ thử lại sau khi máy chủ được nâng cấp."
    en = "The server does not know this kind of record. It is kept; an officer tries it again after an update."
    return UnknownEntity(vi, en, errors=(FieldError("#/entity", "unknown_entity", vi, en),))


# beside what tablets send, the feed tells them of the lists of rounds, and of what is to be handed out
LOADERS: dict[str, Loader] = {kind.entity: kind.load for kind in KINDS.values() if kind.load} | {
    "review_case": load_cases,
    "sheet_line": load_lines,
}

# Whoever may send at least one kind may push; each submission is then held against the right of its own kind.
PUSHERS: tuple[Permission, ...] = tuple(dict.fromkeys(kind.permission for kind in KINDS.values()))
