"""Writes the items of the yearly plan: drafted and changed by the officer, approved by the chair.

An approved item never changes; it is cancelled where money is known (api/budgets/cancellation.py).
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor
from api.areas.places import require_level
from api.areas.scope import Scope
from api.areas.tables import Level
from api.idempotency import new_id
from api.plans import item_queries as queries
from api.plans.item_queries import FUNDING, ITEM
from api.plans.item_schemas import Funding, ItemApprovalIn, ItemIn, ItemOut, ItemPatch
from api.plans.tables import ItemState, MoneyLevel, MoneySource, Plan
from api.plans.years import require_in_time
from api.problems import (
    AlreadyExists,
    FieldError,
    IdempotencyKeyReused,
    IllegalStage,
    Invalid,
    NotFound,
    SeparationOfDuties,
)
from api.programmes.catalogue import catalogue
from api.reviews.rounds import expect_version

_PLAN = Plan.__table__  # type: ignore[attr-defined]
_CONTENT = ("area_id", "year", "plan_id", "component", "title", "quantity", "unit", "note")


def draft(session: Session, actor: Actor, body: ItemIn, key: str | None) -> ItemOut:
    """Stores a draft. The same id or key with the same content again gives what is stored.

    Raises NotFound (an area or plan that is not the caller's), Invalid (an unknown component, a source named twice),
    AlreadyExists or IdempotencyKeyReused for an id or key of something else.
    """
    item_id = new_id(actor.account_id, "plan_item", body.id, key)
    asked = body.model_dump(include=set(_CONTENT))
    require_level(session, actor.scope, body.area_id, Level.commune, Level.hamlet)
    _require_plan(session, actor.scope, body.plan_id, body.year)
    require_component(body.component)
    _require_funding(body.funding)
    now = clock.now()
    made = session.execute(
        upsert(ITEM)
        .values(id=item_id, **asked, state=ItemState.draft, prepared_by=actor.account_id, version=1, created_at=now,
                updated_at=now)
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(ITEM.c.id)
    ).one_or_none()  # fmt: skip
    if made is None:
        return _stored(session, actor, item_id, body, by_key=bool(key) and body.id is None)
    _plan_money(session, item_id, body.funding)
    audit.record(session, actor, "plan_items.draft", "plan_item", [item_id], year=body.year, component=body.component)
    return queries.item(session, actor.scope, item_id)


def change(session: Session, actor: Actor, plan_item_id: UUID, read: int, body: ItemPatch) -> ItemOut:
    """Changes a draft. Whoever changes it may not approve it. Raises NotFound, StaleVersion, IllegalStage, Invalid."""
    row = hold_item(session, actor.scope, plan_item_id)
    expect_version(row, read)
    _require_draft(row)
    changes = body.model_dump(exclude_unset=True, exclude={"funding"})
    if "plan_id" in changes:
        _require_plan(session, actor.scope, body.plan_id, row.year)
    if "component" in changes:
        require_component(body.component)
    if "funding" in body.model_fields_set:
        _require_funding(body.funding)
        session.execute(delete(FUNDING).where(FUNDING.c.plan_item_id == row.id))
        _plan_money(session, row.id, body.funding)
    known = [*(row.changed_by or []), actor.account_id]
    _store(session, row, **changes, changed_by=list(dict.fromkeys(known)))
    audit.record(session, actor, "plan_items.change", "plan_item", [row.id], fields=sorted(body.model_fields_set))
    return queries.item(session, actor.scope, row.id)


def approve(session: Session, actor: Actor, plan_item_id: UUID, read: int | None, body: ItemApprovalIn) -> ItemOut:
    """Approves a draft; from then on it never changes, and money may be committed for it.

    Raises NotFound, StaleVersion, IllegalStage, SeparationOfDuties for whoever prepared or changed it, Invalid for a
    day before the year was prepared.
    """
    row = hold_item(session, actor.scope, plan_item_id)
    expect_version(row, read)
    _require_draft(row)
    if actor.account_id in (row.prepared_by, *(row.changed_by or [])):
        raise SeparationOfDuties(
            "Người lập hoặc sửa mục kế hoạch không được tự phê duyệt; người khác phải phê duyệt.",
            "Who prepared or changed an item of the plan does not approve it; somebody else has to.",
        )
    require_in_time(row.year, body.approved_on, "#/approved_on")
    _store(session, row, state=ItemState.approved, approved_by=actor.account_id, **body.model_dump())
    audit.record(session, actor, "plan_items.approve", "plan_item", [row.id], approved_on=str(body.approved_on))
    return queries.item(session, actor.scope, row.id)


def hold_item(session: Session, scope: Scope, plan_item_id: UUID, *, share: bool = False) -> Row[Any]:
    """The item under lock. `share`: it only must not be cancelled meanwhile. Raises NotFound."""
    query = queries.items_of(scope).where(ITEM.c.id == plan_item_id)
    row = session.execute(query.with_for_update(of=ITEM, read=share, key_share=not share)).one_or_none()
    if row is None:
        raise queries.no_such_item()
    return row


def require_component(component: str) -> None:
    """Raises Invalid for a component that the catalogue of the programme does not have."""
    known = catalogue().components
    if component not in known:
        vi = f"Chương trình không có hợp phần này. Các hợp phần: {', '.join(known)}."
        en = f"The programme has no such component. Known: {', '.join(known)}."
        raise Invalid(vi, en, errors=(FieldError("#/component", "unknown_component", vi, en),))


def require_money_level(source: MoneySource, level: MoneyLevel, pointer: str) -> None:
    """Raises Invalid unless a level of the state is named for the state's budget, and only there."""
    if (source is MoneySource.state_budget) == (level is MoneyLevel.none):
        vi = "Ngân sách nhà nước phải nêu cấp (trung ương, tỉnh, huyện, xã); nguồn khác không có cấp."
        en = "The state's budget names its level (central, province, district, commune); other sources have none."
        raise Invalid(vi, en, errors=(FieldError(pointer, "source_and_level", vi, en),))


def _require_plan(session: Session, scope: Scope, plan_id: UUID | None, year: int) -> None:
    query = select(_PLAN.c.id).where(_PLAN.c.id == plan_id, _PLAN.c.year == year, scope.touches(_PLAN.c.area_id))
    if plan_id is not None and session.execute(query).first() is None:
        raise NotFound("Không có kế hoạch này trong năm đó.", "There is no such plan of that year.")


def _require_funding(funding: list[Funding]) -> None:
    seen = set()
    for position, one in enumerate(funding):
        require_money_level(one.source, one.level, f"#/funding/{position}/level")
        if (one.source, one.level) in seen:
            vi, en = "Nguồn và cấp này đã có ở trên.", "This source and level stands there already."
            raise Invalid(vi, en, errors=(FieldError(f"#/funding/{position}", "twice", vi, en),))
        seen.add((one.source, one.level))


def _require_draft(row: Row[Any]) -> None:
    if row.state != ItemState.draft:
        raise IllegalStage(
            "Mục kế hoạch đã phê duyệt hoặc đã hủy thì không sửa được. Hãy lập mục mới, hoặc hủy mục này.",
            "An item that is approved or cancelled does not change. Draft a new one, or cancel this one.",
            state=row.state,
        )


def _store(session: Session, row: Row[Any], **changes: Any) -> None:
    stamped = changes | {"version": row.version + 1, "updated_at": clock.now()}
    session.execute(update(ITEM).where(ITEM.c.id == row.id).values(**stamped))


def _plan_money(session: Session, item_id: UUID, funding: list[Funding]) -> None:
    if funding:
        session.execute(insert(FUNDING), [{"plan_item_id": item_id, **one.model_dump()} for one in funding])


def _stored(session: Session, actor: Actor, item_id: UUID, body: ItemIn, *, by_key: bool) -> ItemOut:
    try:
        found = queries.item(session, actor.scope, item_id)
    except NotFound:
        found = None
    content = {*_CONTENT, "funding"}
    if found is None or _sorted(found.model_dump(include=content)) != _sorted(body.model_dump(include=content)):
        if by_key:
            raise IdempotencyKeyReused()
        raise AlreadyExists("Mã này đã dùng cho bản ghi khác.", "This id belongs to another record.")
    return found


def _sorted(content: dict[str, Any]) -> dict[str, Any]:
    return content | {"funding": sorted(content["funding"], key=lambda one: (one["source"], one["level"]))}
