"""Opens interventions and changes them until they have ended. What a kind asks for stands in the catalogue."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from api import audit, clock
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.households.stored import home_of
from api.idempotency import new_id
from api.interventions import fields, kinds, queries
from api.interventions.placing import Subject, check_parent, check_plan_item, placed
from api.interventions.reach import INTERVENTION, hold, kind_of
from api.interventions.schemas import InterventionIn, InterventionPatch
from api.problems import FieldError, IllegalStage, Invalid
from api.procedure.records import change, reused
from api.programmes.catalogue import catalogue
from api.programmes.definition import Kind
from api.reviews.rounds import expect_version

# What says which intervention it is. The rest may have been changed since.
_FIXED = (
    "kind", "area_id", "year", "policy", "plan_item_id", "funded", "parent_id", "household_id", "member_id",
    "organisation_id",
)  # fmt: skip
_CHANGEABLE = ("title", "starts_on", "ends_on", "fields")


def open_intervention(session: Session, actor: Actor, body: InterventionIn, key: str | None) -> UUID:
    """An intervention at the first stage of its kind. The same id or key again opens nothing.

    Raises Invalid (a kind, policy or field that is not in the catalogue, a subject that the kind is not about),
    PermissionDenied without the right of the kind, NotFound (area, household, parent, plan item).
    """
    kind = _kind(body.kind)
    mine = narrowed(actor, Permission(kind.right))
    subject = placed(session, mine, kind, body)
    check_parent(session, actor, kind, body.parent_id, subject.area_id)
    check_plan_item(session, mine.scope, kind, body.plan_item_id, subject.area_id)
    values = _values(kind, body, subject)
    intervention_id = new_id(actor.account_id, "intervention", body.id, key)
    now = clock.now()
    asked = insert(INTERVENTION).values(
        id=intervention_id, **values, component=kind.component, stage=kind.first_stage, committed_vnd=0,
        disbursed_vnd=0, delivered_vnd=0, recorded_by=actor.account_id, version=1, created_at=now, updated_at=now,
    )  # fmt: skip
    added = asked.on_conflict_do_nothing(index_elements=[INTERVENTION.c.id]).returning(INTERVENTION.c.id)
    if session.scalar(added) is None:
        if not _same(session, intervention_id, values):
            raise reused(by_key=bool(key) and body.id is None)
        return intervention_id
    told = ("household", [subject.household_id]) if subject.household_id else ("intervention", [intervention_id])
    audit.record(session, actor, "interventions.open", *told, kind=kind.code)
    return intervention_id


def _same(session: Session, intervention_id: UUID, values: dict[str, Any]) -> bool:
    """Is it what was opened before? A case lies wherever its household stands by now, and is of what that became."""
    stored = session.execute(select(INTERVENTION).where(INTERVENTION.c.id == intervention_id)).one()
    there = dict(stored._mapping)
    if stored.household_id is not None:
        there |= {"household_id": home_of(session, stored.household_id), "area_id": values["area_id"]}
    names = _FIXED if stored.version > 1 else (*_FIXED, *_CHANGEABLE)
    return all(there[name] == values[name] for name in names)


def change_intervention(
    session: Session, actor: Actor, intervention_id: UUID, read: int | None, body: InterventionPatch
) -> None:
    """Changes title, days and fields. Raises NotFound, PermissionDenied, StaleVersion, Invalid, IllegalStage once it
    has ended."""
    row = hold(session, actor, intervention_id)
    kind = require_under_way(row)
    expect_version(row, read)
    sent = body.model_dump(exclude_unset=True)
    values = {name: sent.get(name, getattr(row, name)) for name in _CHANGEABLE}
    if "fields" in sent:
        found = fields.checked(kind.fields, fields.changed(row.fields, sent["fields"]), "#/fields")
        if isinstance(found, tuple):
            raise Invalid(errors=found)
        values["fields"] = found
    _check_days(values["starts_on"], values["ends_on"])
    change(session, INTERVENTION, row, None, **values)
    audit.record(session, actor, "interventions.change", *queries.subject(row), fields=sorted(sent))


def require_under_way(row: Row[Any]) -> Kind:
    """The kind of an intervention that has not ended. Raises IllegalStage."""
    kind = kind_of(row)
    if kinds.has_ended(kind, row.stage):
        label = next(stage.label for stage in kind.stages if stage.code == row.stage)
        raise IllegalStage(
            f"Hoạt động đã kết thúc («{label.vi}»), không sửa được nữa. Nếu bước cuối ghi nhầm, hãy hủy bước đó trước.",
            f"It has ended («{label.en}») and cannot be changed. If the last step was a mistake, undo that step first.",
            stage=row.stage,
            missing=[],
            allowed=[],
        )
    return kind


def _kind(code: str) -> Kind:
    kind = catalogue().kinds.get(code)
    if kind is None:
        vi = "Không có loại hoạt động này trong danh mục chương trình. Xem GET /api/v1/intervention-kinds."
        en = "The catalogue has no such kind. See GET /api/v1/intervention-kinds."
        raise Invalid(errors=(FieldError("#/kind", "unknown_kind", vi, en),))
    return kind


def _values(kind: Kind, body: InterventionIn, subject: Subject) -> dict[str, Any]:
    wrong: list[FieldError] = []
    found = fields.checked(kind.fields, body.fields, "#/fields")
    if isinstance(found, tuple):
        wrong += found
    if body.policy is not None and body.policy not in catalogue().policies:
        vi, en = "Không có chính sách này trong danh mục.", "The catalogue has no such policy."
        wrong.append(FieldError("#/policy", "unknown_policy", vi, en))
    if body.funded and body.plan_item_id is None:
        vi = "Chi từ ngân sách kế hoạch thì phải nêu mục kế hoạch (plan_item_id)."
        en = "What is paid from the plan names its item (plan_item_id)."
        wrong.append(FieldError("#/funded", "without_plan_item", vi, en))
    if wrong:
        raise Invalid(errors=tuple(wrong))
    _check_days(body.starts_on, body.ends_on)
    plain = body.model_dump(exclude={"id", "area_id", "household_id", "member_id", "fields"})
    whose = {"area_id": subject.area_id, "household_id": subject.household_id, "member_id": body.member_id}
    return plain | whose | {"fields": found}


def _check_days(starts_on: Any, ends_on: Any) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        vi = f"Ngày kết thúc trước ngày bắt đầu ({starts_on:%d/%m/%Y})."
        en = f"It ends before it starts ({starts_on})."
        raise Invalid(errors=(FieldError("#/ends_on", "before_the_start", vi, en),))
