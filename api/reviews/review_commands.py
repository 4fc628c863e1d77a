"""Writes reviews: from tablets and from paper through the same door; replaces, overrides, re-verifies.

A score is a proposal: nothing here gives a household a class.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlmodel import Session

from api import audit, clock, late_rows
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.changes import history
from api.changes.attempts import in_savepoints
from api.changes.edits import Edit, Written
from api.changes.fold import Step, already_exists, stale
from api.changes.history import Announcement
from api.changes.tables import Origin
from api.idempotency import new_id
from api.problems import FieldError, IdempotencyKeyReused, IllegalStage, Invalid, SeparationOfDuties
from api.reviews import review_queries, stages, steps
from api.reviews.cases import CASE, Case, hold_cases
from api.reviews.review_edits import Reviews
from api.reviews.review_faults import no_review
from api.reviews.review_rows import REVIEW, stored_reviews
from api.reviews.review_schemas import Override, ReviewCreate, ReviewOut
from api.reviews.review_store import ENTITY, restored
from api.reviews.rounds import hold_round
from api.reviews.tables import CaseStage

# What the breaking of a constraint means: another writer was faster.
_REFUSALS = {"pk_review": already_exists, "pk_record_version": already_exists}


def write_reviews(
    session: Session,
    actor: Actor,
    edits: Sequence[Edit],
    origin: Origin,
    *,
    strict: bool = False,
    replacing: str | None = None,
) -> list[Written]:
    """Stores reviews; one outcome per edit, in the same order, each applied one with the server's own result.

    A review of a household that is not there yet is `held`; the second one of a household in a round is stored, not in
    force, and a `conflict`. `strict` is for the web: nothing is held, and a second review is refused, unless it is
    `replacing` the first, with the reason.
    """

    def write(some: Sequence[Edit], thorough: bool) -> list[Written]:
        reviews = Reviews(session, actor, some, origin, strict=strict, replacing=replacing, thorough=thorough)
        outcomes = late_rows.meanwhile(session, reviews.write, some, reviews.fields)
        if not thorough and any(written.outcome != "applied" for written in outcomes):
            return write(some, True)  # one that is there already may be answered otherwise
        reviews.store()
        return outcomes

    return in_savepoints(session, edits, write, _REFUSALS)


def create_review(session: Session, actor: Actor, body: ReviewCreate, key: str | None) -> ReviewOut:
    """A review typed back from paper. The same `id` or key with the same content again gives what is stored.

    Raises NotFound, NotInRound, IllegalStage, UnknownFormVersion, Invalid, ReviewExists for a second one without
    `replaces`, PermissionDenied where it replaces without `reviews:override`.
    """
    review_id = new_id(actor.account_id, ENTITY, body.id, key)
    if body.replaces:
        narrowed(actor, Permission.reviews_override)
        if body.reason is None:
            raise Invalid(
                errors=(FieldError("#/reason", "missing", "Cần lý do thay phiếu.", "Say why it is replaced."),)
            )
    data = body.model_dump(mode="json", exclude={"id", "replaces", "reason"})
    replacing = body.reason if body.replaces else None
    edit = Edit(review_id, None, data)
    written = write_reviews(session, actor, [edit], Origin.web, strict=True, replacing=replacing)[0]
    if written.problem is not None:
        if written.problem.slug == "already-exists" and key and body.id is None:
            raise IdempotencyKeyReused() from written.problem
        raise written.problem
    return review_queries.review(session, actor, review_id)


def override(session: Session, actor: Actor, review_id: UUID, version: int, body: Override) -> ReviewOut:
    """Another class than the rules propose, before the meeting. Raises NotFound, StaleVersion, IllegalStage."""
    named = select(REVIEW.c.round_id, REVIEW.c.household_id).where(REVIEW.c.id == review_id)
    where = session.execute(named).one_or_none()
    found = stored_reviews(session, actor.scope, [review_id]).get(review_id)
    if where is None or found is None or not found["mine"]:
        raise no_review()
    hold_round(session, actor.scope, where.round_id)
    (case,) = hold_cases(session, CASE.c.round_id == where.round_id, CASE.c.household_id == where.household_id)
    row = stored_reviews(session, actor.scope, [review_id])[review_id]  # as it is under the lock
    if row["version"] != version:
        raise stale(version, row["version"])
    if not row["in_force"] or case.stage is not CaseStage.surveyed:
        raise _too_late(case)
    now = clock.now()
    values = {
        "override_class": body.poverty_class,
        "override_reason": body.reason,
        "override_by": actor.account_id,
        "override_at": now,
    }
    session.execute(
        update(REVIEW).where(REVIEW.c.id == review_id).values(**values, version=version + 1, updated_at=now)
    )
    change = {"override_class": [row["override_class"], body.poverty_class]}
    history.keep(session, actor, ENTITY, [Step(review_id, version + 1, change)], Origin.web)
    history.announce(session, [Announcement(ENTITY, review_id, row["hamlet"], row["home"], version + 1)])
    audit.record(session, actor, "reviews.override", "household", [row["home"]], poverty_class=body.poverty_class)
    return review_queries.review(session, actor, review_id)


def _too_late(case: Case) -> IllegalStage:
    refused = steps.refused(stages.Refusal("case", "review", case.stage, (), stages.allowed("case", case.stage)))
    return IllegalStage(
        f"Chỉ sửa phân loại đề xuất trước khi họp dân, trên phiếu đang dùng. {refused.detail.vi}",
        f"A proposed class is overridden before the meeting only, on the review in force. {refused.detail.en}",
        **refused.extras,
    )


def store_re_verification(session: Session, actor: Actor, case: Case, fields: Mapping[str, Any]) -> UUID:
    """The review of a re-verification (phúc tra): in force at once, the one before stays. The case is not moved:
    whoever calls holds it, with its round, and puts the id into it.

    `fields`: those of a review without household and round, with an `id` or without. Raises SeparationOfDuties for the
    surveyor of the review before, Invalid, UnknownFormVersion.
    """
    given = dict(fields)
    review_id = UUID(str(given.pop("id", None) or uuid4()))
    data = given | {"household_id": str(case.household_id), "round_id": str(case.round_id)}
    edit = Edit(review_id, None, data)
    reviews = Reviews(session, actor, [edit], Origin.web, strict=True)
    before = reviews.touched.stored.get(case.review_id) if case.review_id else None
    if before is not None and before["surveyor_id"] == actor.account_id:
        raise SeparationOfDuties(
            "Người đã rà soát hộ này không được phúc tra. Hãy để người khác làm.",
            "Whoever surveyed this household may not re-verify it. Let somebody else do it.",
        )
    problem = reviews.re_verified(edit, reviews.fields[0])
    if problem is not None:
        raise problem
    reviews.store()
    return review_id


def put_in_force(session: Session, actor: Actor, case: Case, review_id: UUID) -> None:
    """An earlier review of a case in the place of the present one (a complaint was dismissed, upheld again). The case
    is not moved: whoever calls holds it and puts the id into it. Nothing happens where it is in force already."""
    found = stored_reviews(session, actor.scope, [i for i in (case.review_id, review_id) if i is not None])
    others = [row for i, row in found.items() if i != review_id and row["in_force"]]
    wanted = found[review_id]
    if wanted["in_force"] and not others:
        return
    restored(session, actor, [*others, wanted], review_id)
