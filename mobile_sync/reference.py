"""What a tablet needs to know beside its households: areas, open rounds, code lists, the forms of a review, and under
which interventions something is handed out."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import Session

from api import clock, codes
from api.accounts.actor import Actor
from api.areas import names
from api.areas.scope import Scope, valid_on
from api.areas.tables import Area, AreaParent, Level, LocalKind
from api.deliveries import queries as deliveries
from api.reviews import queries as reviews
from api.reviews import scoring
from api.reviews.tables import Evidence, RoundKind, RoundState
from api.schema import Schema
from api.standards import queries as standards

_MOST_ROUNDS = 100


class ReferenceArea(Schema):
    """A unit of the tablet's areas, or one above them. Type and region: its own, or those of the nearest above."""

    id: UUID
    code: str
    level: Level
    name: str
    full_name: str
    parent_id: UUID | None
    area_type: str | None
    region: str | None
    valid_from: date
    valid_to: date | None


class Words(Schema):
    vi: str
    en: str


class CodeValue(Schema):
    code: str
    label: Words


class CodeList(Schema):
    """The values a field may have, in the order in which a form shows them."""

    code: str
    values: list[CodeValue]


class Round(Schema):
    """A review that is open now. `training`: what is scored in it has no legal effect, and every screen says so.
    `evidence`: what is asked for beside the answers."""

    id: UUID
    area_id: UUID
    kind: str
    year: int
    standard_code: str
    standard_version: int
    training: bool
    opens_on: date
    closes_on: date
    evidence: list[Evidence]


class Form(Schema):
    """A form of a standard, with all that is needed to ask, check and score it offline.

    `needs_b_if`, of form A: whether its answers lead to form B; null while the rule is not known. `note`: what is to
    be known of the form, such as that its questions are not.
    """

    code: str
    version: int
    sha256: str
    label: Words
    note: str | None
    questions: list[dict[str, Any]]
    needs_b_if: Any
    scoring: dict[str, Any]


class Serving(Schema):
    """An intervention under which something can be handed out now: what a delivery names."""

    id: UUID
    kind: str
    title: str
    policy: str | None
    year: int
    area_id: UUID


class Reference(Schema):
    """All of it; its ETag changes when any of it does."""

    areas: list[ReferenceArea]
    rounds: list[Round]
    codes: list[CodeList]
    forms: list[Form]
    interventions: list[Serving]


def reference(session: Session, actor: Actor) -> tuple[str, str]:
    """The content as JSON, and its ETag."""
    rounds = _open_rounds(session, actor.scope)
    forms = standards.forms_of(session, {(one.standard_code, one.standard_version) for one in rounds})
    form_a = standards.form_a_on(session, clock.today())
    if form_a is not None and form_a not in forms:
        forms.insert(0, form_a)
    content = Reference(
        areas=_areas(session, actor.scope),
        rounds=rounds,
        codes=[CodeList.model_validate(one) for one in codes.code_lists()],
        forms=[Form.model_validate(one) for one in forms],
        interventions=[Serving.model_validate(one) for one in deliveries.serving(session, actor)],
    )
    text = json.dumps(content.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
    return text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _areas(session: Session, scope: Scope) -> list[ReferenceArea]:
    area: Any = Area  # its columns as SQL, not as values
    parent: Any = AreaParent
    today = clock.today()
    rows: Sequence[Any] = session.execute(
        select(area, parent.parent_id)
        .outerjoin(parent, and_(parent.area_id == area.id, valid_on(parent, today)))
        .where(valid_on(area, today), scope.touches(area.id))
        .order_by(area.code, area.id)
    ).all()
    places = scoring.places(session, [unit.id for unit, _ in rows], today)
    return [
        ReferenceArea(
            id=unit.id,
            code=unit.code,
            level=unit.level,
            name=unit.name,
            full_name=names.full_name(LocalKind(unit.local_kind), unit.name),
            parent_id=parent_id,
            area_type=places[unit.id].area_type,
            region=places[unit.id].region,
            valid_from=unit.valid_from,
            valid_to=unit.valid_to,
        )
        for unit, parent_id in rows
    ]


def _open_rounds(session: Session, scope: Scope) -> list[Round]:
    page = reviews.rounds(session, scope, year=None, state=RoundState.open, limit=_MOST_ROUNDS, cursor=None)
    return [
        Round.model_validate(
            one.model_dump(include=set(Round.model_fields)) | {"training": one.kind is RoundKind.training}
        )
        for one in page.items
    ]
