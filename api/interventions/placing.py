"""Where a new intervention lies, whom it is about, and what it hangs under."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select
from sqlmodel import Session

from api.accounts.actor import Actor
from api.areas.scope import Scope, valid_on
from api.areas.tables import AreaClosure, Level
from api.interventions.organisation_queries import require_organisation
from api.interventions.places import require_area, require_household, require_member
from api.interventions.reach import require_visible
from api.interventions.schemas import InterventionIn
from api.plans.tables import ItemState, PlanItem
from api.problems import FieldError, Invalid, NotFound
from api.programmes.definition import Kind

_CLOSURE = AreaClosure.__table__  # type: ignore[attr-defined]
_ITEM = PlanItem.__table__  # type: ignore[attr-defined]
_ABOUT = {"household": "hộ", "member": "một người trong hộ", "organisation": "tổ chức"}


@dataclass(frozen=True)
class Subject:
    """Where it lies; the household of today where it is about one."""

    area_id: UUID
    household_id: UUID | None


def placed(session: Session, mine: Actor, kind: Kind, body: InterventionIn) -> Subject:
    """Checks area and subject; `mine`: the caller, narrowed to the right of the kind. Raises NotFound, Invalid."""
    home = None if body.household_id is None else require_household(session, mine.scope, body.household_id)
    area_id = body.area_id or (home and home[1])
    level = None if area_id is None else require_area(session, mine.scope, area_id)
    if body.organisation_id is not None:
        require_organisation(session, mine.scope, body.organisation_id)
    if home is not None and body.member_id is not None:
        require_member(session, home[0], body.member_id)
    wrong = tuple(_faults(kind, body, level, home is not None))
    if wrong:
        raise Invalid(errors=wrong)
    assert area_id is not None  # a fault otherwise
    if home is not None and body.area_id is not None and not _below(session, home[1], body.area_id, mine.scope):
        vi, en = "Hộ không ở trong địa bàn này.", "The household does not live in this area."
        raise Invalid(errors=(FieldError("#/area_id", "not_of_the_household", vi, en),))
    return Subject(area_id, home and home[0])


def _faults(kind: Kind, body: InterventionIn, level: Level | None, has_home: bool) -> Iterator[FieldError]:
    if body.area_id is None and not has_home:
        yield FieldError("#/area_id", "missing", "Thiếu địa bàn của hoạt động.", "The area is missing.")
    if not has_home and level not in _levels(kind):
        at = "xã hoặc xóm" if kind.hamlet else "xã"
        en = "in a commune or a hamlet" if kind.hamlet else "in a commune"
        yield FieldError("#/area_id", "wrong_level", f"Loại hoạt động này ghi ở cấp {at}.", f"It lies {en}.")
    if body.member_id is not None and body.household_id is None:
        vi, en = "Nêu một người thì phải nêu hộ của người đó.", "Who names a person names their household."
        yield FieldError("#/household_id", "missing", vi, en)
    named = _named(body)
    for what, place in named.items():
        if what not in kind.about:
            vi = f"Loại hoạt động này không phải việc của riêng {_ABOUT[what]}."
            yield FieldError(place, "not_about", vi, f"This kind is not about one {what}.")
    if kind.about_required and not named:
        place = "#/organisation_id" if kind.about == ("organisation",) else "#/household_id"
        who = " hoặc ".join(_ABOUT[one] for one in kind.about)
        vi, en = f"Phải nêu đây là việc của {who} nào.", f"It has to name its {' or '.join(kind.about)}."
        yield FieldError(place, "missing", vi, en)


def _named(body: InterventionIn) -> dict[str, str]:
    """What is named, with its place. A person stands for the household they live in."""
    found = {}
    if body.member_id is not None:
        found["member"] = "#/member_id"
    elif body.household_id is not None:
        found["household"] = "#/household_id"
    if body.organisation_id is not None:
        found["organisation"] = "#/organisation_id"
    return found


def _levels(kind: Kind) -> set[Level | None]:
    # an area that is missing is told by itself
    return {Level.commune, Level.hamlet, None} if kind.hamlet else {Level.commune, None}


def _below(session: Session, hamlet_id: UUID, area_id: UUID, scope: Scope) -> bool:
    pair = _CLOSURE.c.descendant_id == hamlet_id, _CLOSURE.c.ancestor_id == area_id
    return session.execute(select(literal(1)).where(*pair, valid_on(_CLOSURE.c, scope.day))).first() is not None


def check_parent(session: Session, actor: Actor, kind: Kind, parent_id: UUID | None, area_id: UUID) -> None:
    """Raises NotFound for a parent the caller does not see, Invalid for one it cannot hang under."""
    if parent_id is None:
        return
    parent = require_visible(session, actor, parent_id)
    if parent.kind not in kind.parents:
        vi, en = "Loại hoạt động này không nằm dưới hoạt động đó.", "This kind does not hang under that one."
        raise Invalid(errors=(FieldError("#/parent_id", "wrong_kind", vi, en),))
    near = select(literal(1)).where(Scope.of([parent.area_id]).touches(literal(area_id)))
    if session.execute(near).first() is None:
        vi, en = "Hoạt động đó ở địa bàn khác.", "That one lies in another area."
        raise Invalid(errors=(FieldError("#/parent_id", "other_area", vi, en),))


def check_plan_item(session: Session, scope: Scope, kind: Kind, item_id: UUID | None, area_id: UUID) -> None:
    """Raises NotFound for an item that is not there, Invalid for a cancelled one or one of another component."""
    if item_id is None:
        return
    near: Any = Scope.of([area_id]).touches(_ITEM.c.area_id)
    row = session.execute(select(_ITEM).where(_ITEM.c.id == item_id, scope.touches(_ITEM.c.area_id), near)).first()
    if row is None:
        raise NotFound("Không tìm thấy mục kế hoạch này.", "There is no such item of the plan.")
    if row.state == ItemState.cancelled:
        vi, en = "Mục kế hoạch này đã bỏ.", "This item of the plan was cancelled."
        raise Invalid(errors=(FieldError("#/plan_item_id", "cancelled", vi, en),))
    if kind.component is not None and row.component != kind.component:
        vi, en = "Mục kế hoạch này thuộc nội dung khác.", "This item of the plan is of another component."
        raise Invalid(errors=(FieldError("#/plan_item_id", "other_component", vi, en),))
