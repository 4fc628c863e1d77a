"""Which declared files a caller may see, and which of them are here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.attachments.schemas import AttachmentOut, DeclaredOut
from api.attachments.tables import Attachment, AttachmentEntity, AttachmentLink
from api.households.aliases import ends
from api.households.stored import among
from api.households.tables import Household
from api.problems import NotFound, PermissionDenied
from api.schema import Page

FILE = Attachment.__table__  # type: ignore[attr-defined]
LINK = AttachmentLink.__table__  # type: ignore[attr-defined]
_HOME = Household.__table__  # type: ignore[attr-defined]

# Who goes round with tablets, and types what others wrote on paper, also hands in what somebody else declared.
COLLECTING = (Permission.reviews_write, Permission.meetings_write, Permission.deliveries_write)
State = Literal["missing", "present"]
_PLACE = func.coalesce(_HOME.c.hamlet_id, LINK.c.area_id)


def placed(some: ColumnElement[bool]) -> Select[Any]:
    """The declarations that fulfil a condition, with `home` (the household as it is today) and `hamlet`."""
    followed = ends(select(LINK.c.household_id).where(some))
    return (
        select(*LINK.c, _HOME.c.id.label("home"), _PLACE.label("hamlet"))
        .select_from(LINK)
        .outerjoin(followed, followed.c.absorbed == LINK.c.household_id)
        .outerjoin(_HOME, _HOME.c.id == func.coalesce(followed.c.survivor, LINK.c.household_id))
        .where(some)
    )


def declared(session: Session, actor: Actor, *, state: State, limit: int, cursor: str | None) -> Page[DeclaredOut]:
    """The files that records of my areas declare, not here yet or here; the oldest declaration first."""
    gone = LINK.c.arrived_at.is_(None)
    query = placed(gone if state == "missing" else ~gone).where(actor.scope.covers(_PLACE))
    after = paging.decode(cursor, datetime.fromisoformat, UUID, int)
    if after is not None:
        query = query.where(tuple_(LINK.c.declared_at, LINK.c.record_id, LINK.c.position) > tuple_(*after))
    query = query.order_by(LINK.c.declared_at, LINK.c.record_id, LINK.c.position)
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(
        rows, limit, lambda row: (row.declared_at.isoformat(), str(row.record_id), row.position)
    )
    audit.record(session, actor, "attachments.list", "household", {row.home for row in shown if row.home})
    return Page[DeclaredOut](items=[_declared(row) for row in shown], next_cursor=next_cursor)


def _declared(row: Row[Any]) -> DeclaredOut:
    plain = {name: getattr(row, name) for name in DeclaredOut.model_fields if hasattr(row, name)}
    return DeclaredOut(**plain | {"size": row.size_bytes, "household_id": row.home, "hamlet_id": row.hamlet})


@dataclass(frozen=True)
class Stored:
    """A file that is here and that the caller may read."""

    sha256: str
    size: int
    media_type: str


def stored(session: Session, actor: Actor, sha256: str) -> Stored:
    """Raises NotFound unless a record that stands in the actor's areas declares it and it has arrived there,
    PermissionDenied where that is the review of a household and the actor lacks `persons:sensitive` there: on the scan
    of a form stand the answers that are withheld from them, and no field tells it from the photo of a roof."""
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(_PLACE)
    here = placed(LINK.c.sha256 == sha256).add_columns((sensitive | LINK.c.area_id.is_not(None)).label("open"))
    query = here.where(actor.scope.covers(_PLACE), LINK.c.arrived_at.is_not(None))
    found = session.execute(query).all()
    file = session.execute(select(FILE).where(FILE.c.sha256 == sha256)).one_or_none()
    if not found or file is None:
        raise NotFound("Không tìm thấy tệp này.", "There is no such file.")
    rows = [row for row in found if row.open]
    if not rows:
        raise PermissionDenied(
            "Xem ảnh và bản chụp phiếu của hộ cần quyền persons:sensitive.",
            "Photos and scans of a household need the permission persons:sensitive.",
            permission=Permission.persons_sensitive.value,
        )
    records = [str(row.record_id) for row in rows]
    homes = {row.home for row in rows if row.home}
    audit.record(session, actor, "attachments.read", "household", homes, sha256=sha256, records=records)
    return Stored(sha256, file.size_bytes, file.media_type)


@dataclass(frozen=True)
class Expected:
    """A file that the caller may send: `here`, so that its bytes need not be sent again, `settled` for all of the
    records they may send it for, `durable` where a verified backup has all of that.

    What has arrived for a household that has moved away may have been handed in by those who live there: it spares
    nobody the bytes for a record of their own, or a hash alone would open the file (docs/decisions/0012).

    `size` and `media_type` as the newest declaration says, one's own first, or as the file is.
    """

    sha256: str
    size: int
    media_type: str
    here: bool
    settled: bool
    durable: bool


def expected(session: Session, actor: Actor, sha256: str) -> Expected:
    """Raises NotFound where no record in the actor's areas declares it, nor did the actor."""
    rows = sendable(session, actor, sha256)
    if not rows:
        raise NotFound(
            "Chưa có phiếu nào trong địa bàn của bạn khai tệp này. Hãy gửi phiếu trước, rồi gửi tệp.",
            "No record in your areas declares this file. Send the record first, then the file.",
        )
    here = [row for row in rows if row.arrived_at is not None]
    # one's own declaration before anybody else's: who declares it wrongly stops nobody's upload but their own
    newest = max(
        here or rows,
        key=lambda row: (row.declared_by == actor.account_id, row.declared_at, row.record_id, row.position),
    )
    size, media_type = newest.size_bytes, newest.media_type
    settled = len(here) == len(rows)
    durable = False
    if here:
        file = session.execute(select(FILE).where(FILE.c.sha256 == sha256)).one()
        size, media_type = file.size_bytes, file.media_type
        durable = settled and file.backed_up_at is not None
    return Expected(sha256, size, media_type, settled or any(row.near for row in here), settled, durable)


def sendable(session: Session, actor: Actor, sha256: str) -> list[Row[Any]]:
    """The declarations of a file that the actor may fulfil: of the areas where they collect such files (`near`), and
    their own.

    Their own also where the household has moved away since: they alone hold the photo, and handing it in shows nothing.
    """
    mine = LINK.c.declared_by == actor.account_id
    near = actor.scope_of(*COLLECTING).covers(_PLACE)
    rows = placed(LINK.c.sha256 == sha256).add_columns(near.label("near")).where(mine | near)
    return list(session.execute(rows).all())


def told(
    session: Session, entity: AttachmentEntity, lists: dict[UUID, Collection[dict[str, Any]]]
) -> dict[UUID, list[AttachmentOut]]:
    """The files of many records (`{id: what it declares}`) with whether each is here: one statement."""
    asked = [record_id for record_id, files in lists.items() if files]
    present: set[tuple[UUID, int]] = set()
    if asked:
        arrived = LINK.c.arrived_at.is_not(None)
        query = select(LINK.c.record_id, LINK.c.position).where(LINK.c.entity == entity, arrived)
        rows = session.execute(query.where(among(LINK.c.record_id, asked)))
        present = {(row.record_id, row.position) for row in rows}
    return {
        record_id: [AttachmentOut(**file, present=(record_id, n) in present) for n, file in enumerate(files)]
        for record_id, files in lists.items()
    }
