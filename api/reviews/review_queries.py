"""Reads reviews, each as its reader may see it, and explains their results."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_
from sqlmodel import Session

from api import audit, paging
from api.accounts.actor import Actor
from api.accounts.permissions import Permission
from api.accounts.tables import Account
from api.attachments import queries as attachments
from api.attachments.schemas import AttachmentOut
from api.attachments.tables import AttachmentEntity
from api.households.aliases import known_as
from api.households.stored import among
from api.problems import NotFound
from api.reviews import scoring
from api.reviews.review_rows import HOME, REVIEW, at_home, result_of
from api.reviews.review_schemas import (
    ExplanationOut,
    FormRef,
    LineOut,
    OverrideOut,
    Result,
    ReviewOut,
    Warned,
)
from api.reviews.round_schemas import StandardRef
from api.schema import Page
from api.standards.compiled import Standard
from api.standards.rules import Line
from api.standards.tables import PovertyClass

_account = Account.__table__  # type: ignore[attr-defined]

# Health, ethnic origin and want stand in them (NĐ 356/2025, Điều 4); a position leads to the door of a poor family
SENSITIVE = ("answers", "members", "causes", "needs", "position")


@dataclass(frozen=True)
class Filters:
    """What is asked for; None means anything."""

    round_id: UUID | None = None
    household_id: UUID | None = None
    in_force: bool | None = None
    differs_from_device: bool | None = None
    undetermined: bool | None = None


def reviews_of(actor: Actor, some: Any = None) -> Select[Any]:
    """The reviews of the actor's areas (all, or those of the condition `some`), with home and hamlet of today."""
    sensitive = actor.scope_of(Permission.persons_sensitive).covers(HOME.c.hamlet_id).label("sees_sensitive")
    overrider = _account.alias("overrider")
    query = (
        select(
            *REVIEW.c,
            HOME.c.id.label("home"),
            HOME.c.hamlet_id.label("hamlet"),
            _account.c.username.label("surveyor"),
            overrider.c.username.label("overrider"),
            sensitive,
        )
        .select_from(REVIEW)
        .outerjoin(_account, _account.c.id == REVIEW.c.surveyor_id)
        .outerjoin(overrider, overrider.c.id == REVIEW.c.override_by)
    )
    found = at_home(query, some).where(actor.scope.covers(HOME.c.hamlet_id))
    return found if some is None else found.where(some)


def reviews(session: Session, actor: Actor, filters: Filters, *, limit: int, cursor: str | None) -> Page[ReviewOut]:
    """The reviews of my areas, the latest survey first."""
    query = reviews_of(actor).where(*_conditions(filters))
    query = query.order_by(REVIEW.c.surveyed_on.desc(), REVIEW.c.id.desc())
    after = paging.decode(cursor, date.fromisoformat, UUID)
    if after is not None:
        query = query.where(tuple_(REVIEW.c.surveyed_on, REVIEW.c.id) < tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.surveyed_on.isoformat(), str(row.id)))
    audit.record(session, actor, "reviews.list", "household", [row.home for row in shown])
    return Page[ReviewOut](items=_told(session, shown), next_cursor=next_cursor)


def review(session: Session, actor: Actor, review_id: UUID) -> ReviewOut:
    """One review. Raises NotFound outside of my areas."""
    row = _row(session, actor, review_id)
    audit.record(session, actor, "reviews.read", "household", [row.home])
    return _told(session, [row])[0]


def load_reviews(session: Session, actor: Actor, ids: Collection[UUID]) -> dict[UUID, tuple[int, dict[str, Any]]]:
    """`{id: (version, data)}` for the feed, of those the reader may see, withheld in the same way."""
    rows = session.execute(reviews_of(actor, among(REVIEW.c.id, ids))).all()
    told = _told(session, rows)
    return {one.id: (one.version, one.model_dump(mode="json", exclude=_NOT_DATA)) for one in told}


_NOT_DATA = {"id", "version", "created_at", "updated_at"}


def explanation(session: Session, actor: Actor, review_id: UUID) -> ExplanationOut:
    """Each point and each flag with the answer, the people and the article it comes from. Raises NotFound."""
    row = _row(session, actor, review_id)
    standard = _standards(session, [row])[row.standard_code, row.standard_version]
    found = scoring.again(standard, row)
    audit.record(session, actor, "reviews.explain", "household", [row.home])
    label = standard.definition.label
    return ExplanationOut(
        review_id=review_id,
        standard=StandardRef(code=row.standard_code, version=row.standard_version),
        training=standard.training,
        label={"vi": label.vi, "en": label.en},
        b1=found.b1,
        b1_lines=[_line(line, row.sees_sensitive) for line in found.b1_lines],
        b2=found.b2,
        b2_lines=[_line(line, row.sees_sensitive) for line in found.b2_lines],
        undetermined=list(found.undetermined),
        proposed_class=None if found.proposed_class is None else PovertyClass(found.proposed_class),
        reason={"vi": found.reason_vi, "en": found.reason_en},
        override=_override(row),
        warnings=[Warned(**one) for one in row.warnings] if row.sees_sensitive else [],
        withheld=[] if row.sees_sensitive else ["answer", "member_ids", "warnings"],
    )


def _line(line: Line, whole: bool) -> LineOut:
    return LineOut(
        code=line.code,
        label={"vi": line.label_vi, "en": line.label_en},
        answer={"vi": line.answer_vi, "en": line.answer_en} if whole else None,
        member_ids=list(line.member_ids) if whole else None,
        points=line.points,
        deprived=line.deprived,
        document=line.document,
        article=line.article,
        verified=line.verified,
    )


def _row(session: Session, actor: Actor, review_id: UUID) -> Row[Any]:
    row = session.execute(reviews_of(actor, REVIEW.c.id == review_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy phiếu rà soát này.", "There is no such review.")
    return row


def _told(session: Session, rows: Collection[Row[Any]]) -> list[ReviewOut]:
    standards = _standards(session, rows)
    files = attachments.told(session, AttachmentEntity.review, {row.id: row.attachments for row in rows})
    return [_out(row, standards[row.standard_code, row.standard_version], files[row.id]) for row in rows]


def _standards(session: Session, rows: Collection[Row[Any]]) -> dict[tuple[str, int], Standard]:
    return scoring.standards_of(session, {(row.standard_code, row.standard_version) for row in rows})


def _out(row: Row[Any], standard: Standard, files: list[AttachmentOut]) -> ReviewOut:
    withheld = [] if row.sees_sensitive else list(SENSITIVE)
    result = result_of(dict(row._mapping), standard)
    if withheld:
        result["warnings"] = []  # they name people and their health
        withheld.append("result.warnings")
    whole = {name: None if name in withheld else getattr(row, name) for name in SENSITIVE}
    plain = {name: getattr(row, name) for name in _PLAIN}
    told = {
        "household_id": row.home,
        "hamlet_id": row.hamlet,
        "form": FormRef(code=row.form_code, version=row.form_version),
        "result": Result(**result),
        "override": _override(row),
        "withheld": withheld,
        "attachments": files,
        "attachments_declared": len(files),
        "attachments_present": sum(file.present for file in files),
    }
    return ReviewOut.model_validate(plain | whole | told)


_PLAIN = (
    "id", "version", "round_id", "kind", "in_force", "surveyed_on", "surveyor", "respondent", "paper_no", "b1_entered",
    "device_result", "created_at", "updated_at",
)  # fmt: skip


def _override(row: Row[Any]) -> OverrideOut | None:
    if row.override_class is None:
        return None
    return OverrideOut(
        poverty_class=row.override_class,
        reason=row.override_reason if row.sees_sensitive else None,
        by=row.overrider,
        at=row.override_at,
    )


def _conditions(filters: Filters) -> list[Any]:
    found: list[Any] = []
    if filters.round_id is not None:
        found.append(REVIEW.c.round_id == filters.round_id)
    if filters.household_id is not None:
        found.append(REVIEW.c.household_id.in_(known_as(filters.household_id)))
    for name in ("in_force", "differs_from_device"):
        wanted = getattr(filters, name)
        if wanted is not None:
            found.append(REVIEW.c[name].is_(wanted))
    if filters.undetermined is not None:
        unknown = REVIEW.c.proposed_class.is_(None) | (func.cardinality(REVIEW.c.undetermined) > 0)
        found.append(unknown if filters.undetermined else ~unknown)
    return found
