"""Which interventions a caller sees, and may work on: by the readers and the right of their kind, and by their place.

An intervention of a commune is seen by its hamlets too; one that is about a household only where that household stands,
by whoever may read households there or records its kind.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlmodel import Session

from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.areas.scope import Scope
from api.households.aliases import ends
from api.households.wire_records import HOUSEHOLD
from api.interventions.tables import Intervention
from api.problems import NotFound, PermissionDenied
from api.programmes.catalogue import catalogue
from api.programmes.definition import Kind

INTERVENTION = Intervention.__table__  # type: ignore[attr-defined]
HOME = HOUSEHOLD.c.id.label("home")
# where it lies: with the household it is about, otherwise in its area (of a query made by `interventions_of`)
PLACE = func.coalesce(HOUSEHOLD.c.hamlet_id, INTERVENTION.c.area_id)


def interventions_of(condition: ColumnElement[bool], *columns: Any) -> Select[Any]:
    """Interventions joined with HOUSEHOLD (the one they are about, as of today; null where they are about none).

    Without `columns`: all of theirs, with `home` and `place`.
    """
    followed = ends(select(INTERVENTION.c.household_id).where(INTERVENTION.c.household_id.is_not(None)))
    today = func.coalesce(followed.c.survivor, INTERVENTION.c.household_id)
    return (
        select(*(columns or (INTERVENTION, HOME, PLACE.label("place"))))
        .select_from(INTERVENTION)
        .outerjoin(followed, followed.c.absorbed == INTERVENTION.c.household_id)
        .outerjoin(HOUSEHOLD, HOUSEHOLD.c.id == today)
        .where(condition)
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """The interventions a caller may see (of a query made by `interventions_of`)."""
    return _readable(actor.scope_of)


def tells_all(actor: Actor) -> Any:
    """Of those, the ones of which the caller is told small counts too."""
    return _readable(actor.tells_all).label("tells_all")


def _readable(scope_of: Callable[..., Scope]) -> ColumnElement[bool]:
    by_readers: dict[tuple[str, ...], list[str]] = {}
    for kind in catalogue().kinds.values():
        by_readers.setdefault((*kind.readers, kind.right), []).append(kind.code)
    return or_(
        *(
            and_(INTERVENTION.c.kind.in_(kinds), within(scope_of(*map(Permission, rights))))
            for rights, kinds in by_readers.items()
        )
    )


def within(scope: Scope) -> ColumnElement[bool]:
    """It lies in these areas, above or below them; where it is about a household, that stands in them."""
    about_none = and_(INTERVENTION.c.household_id.is_(None), scope.touches(INTERVENTION.c.area_id))
    return or_(about_none, scope.covers(HOUSEHOLD.c.hamlet_id))


def require_visible(session: Session, actor: Actor, intervention_id: UUID) -> Row[Any]:
    """The intervention with its `home`. Raises NotFound for one the caller does not see."""
    return _one(session, intervention_id, visible(actor))


def require_within(session: Session, scope: Scope, intervention_id: UUID) -> Row[Any]:
    """For whoever names an intervention of their areas without reading it: the Fund pays for houses, and its bookkeeper
    reads no housing case. Raises NotFound for one that lies elsewhere."""
    return _one(session, intervention_id, within(scope))


def _one(session: Session, intervention_id: UUID, where: ColumnElement[bool]) -> Row[Any]:
    row = session.execute(interventions_of(and_(INTERVENTION.c.id == intervention_id, where))).one_or_none()
    if row is None:
        raise no_such_intervention()
    return row


def hold(session: Session, actor: Actor, intervention_id: UUID, right: Permission | None = None) -> Row[Any]:
    """The intervention under lock, for whoever has `right` (without: the right of its kind) where it lies.

    Raises NotFound for one the caller does not see, PermissionDenied for one they see without the right there.
    """
    row = require_visible(session, actor, intervention_id)
    needed = right or Permission(kind_of(row).right)
    scope = narrowed(actor, needed).scope
    query = interventions_of(and_(INTERVENTION.c.id == intervention_id, scope.covers(PLACE))).with_for_update(
        of=INTERVENTION, key_share=True
    )
    held = session.execute(query).one_or_none()
    if held is None:
        raise PermissionDenied(
            f"Việc này cần quyền {needed} ở địa bàn của hoạt động.",
            f"This needs the permission {needed} where the intervention lies.",
            permission=needed.value,
        )
    return held


def kind_of(row: Row[Any]) -> Kind:
    """The kind of a stored intervention: kinds are never taken out of the catalogue (a test compares)."""
    return catalogue().kinds[row.kind]


def no_such_intervention() -> NotFound:
    return NotFound("Không tìm thấy hoạt động này.", "There is no such intervention.")
