"""Reads standards. Law is public: they have no area, and whoever may read areas may read them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, case, or_, select, text, tuple_
from sqlmodel import Session

from api import paging, sql
from api.problems import NotFound, UnknownFormVersion
from api.schema import Page, Words
from api.standards.compiled import Standard
from api.standards.definition import Form, as_json
from api.standards.documents import standard_of
from api.standards.schemas import StandardOut, StandardWhole
from api.standards.tables import StandardKind, StandardStatus, StandardVersion

_standard = StandardVersion.__table__  # type: ignore[attr-defined]
_KEY = (_standard.c.code, _standard.c.version, _standard.c.sha256, _standard.c.status)
_NAMED = text("SELECT code, version, sha256, status FROM standard WHERE code = :code AND version = :version")

# A version never changes, so neither does what was compiled from it: (sha256, verified) -> the standard. Compiling one
# takes some 10 ms. There are a handful; `clear` is for a process that goes on with another database.
_COMPILED: dict[tuple[str, bool], Standard] = {}


def standard(session: Session, code: str, version: int | None = None) -> Standard:
    """A version of a standard; without one the latest verified, else the latest. Raises NotFound."""
    if version is None:
        found = _one(session, select(*_KEY).where(_standard.c.code == code).order_by(*_newest()))
    else:
        rows = sql.fetch(session, _NAMED, code=code, version=version)
        found = _compiled(session, rows)[0] if rows else None
    if found is None:
        raise NotFound(f"Không có bộ chuẩn {code}.", f"There is no standard {code}.")
    return found


def standard_on(session: Session, day: date, kind: StandardKind) -> Standard | None:
    """The verified standard of that kind in force on the day, None where there is none."""
    query = select(*_KEY).where(
        _standard.c.kind == kind,
        _standard.c.status == StandardStatus.verified,
        _standard.c.valid_from <= day,
        or_(_standard.c.valid_to.is_(None), _standard.c.valid_to >= day),
    )
    return _one(session, query.order_by(_standard.c.valid_from.desc(), _standard.c.version.desc()))


def form(session: Session, code: str, version: int) -> tuple[Standard, Form]:
    """The form `{"code", "version"}` of a review, and its standard. Raises UnknownFormVersion."""
    found = _one(session, select(*_KEY).where(_standard.c.form_version == version))
    asked = None if found is None else found.form(code)
    if found is None or asked is None:
        raise UnknownFormVersion(
            f"Không có phiếu {code} phiên bản {version}. Hãy đồng bộ lại máy tính bảng.",
            f"There is no form {code} of version {version}. Synchronise the tablet.",
        )
    return found, asked


def by_form_version(session: Session, versions: Collection[int]) -> dict[int, Standard]:
    """The standards whose forms have these numbers, without those that are not here."""
    if not versions:
        return {}
    rows = session.execute(select(*_KEY).where(_standard.c.form_version.in_(list(versions)))).all()
    return {one.definition.form_version: one for one in _compiled(session, rows)}


FORM_A = "form-a"


def forms_of(session: Session, versions: Collection[tuple[str, int]]) -> list[dict[str, Any]]:
    """The forms of these versions (code, version) as docs/sync-protocol.md shows them in `reference`."""
    if not versions:
        return []
    query = select(*_KEY).where(tuple_(_standard.c.code, _standard.c.version).in_(list(versions)))
    rows = session.execute(query.order_by(_standard.c.code, _standard.c.version)).all()
    return [wire_form(one, asked) for one in _compiled(session, rows) for asked in one.definition.forms]


def form_a_on(session: Session, day: date) -> dict[str, Any] | None:
    """Form A of the standard in force on the day: a household may ask to be reviewed whatever round is open."""
    found = standard_on(session, day, StandardKind.live)
    asked = None if found is None else found.form(FORM_A)
    return None if found is None or asked is None else wire_form(found, asked)


def wire_form(one: Standard, asked: Form) -> dict[str, Any]:
    """All that a tablet needs to show, check and score a review offline."""
    from dataclasses import asdict

    fields: dict[str, Any] = as_json(asdict(asked))
    return {
        "code": asked.code,
        "version": one.definition.form_version,
        "sha256": one.sha256,
        "label": fields["label"],
        "note": fields["note"],
        "questions": fields["questions"],
        "needs_b_if": fields["needs_b_if"],
        "scoring": one.scoring,
    }


def standards(
    session: Session, *, kind: StandardKind | None, code: str | None, limit: int, cursor: str | None
) -> Page[StandardOut]:
    """The versions of all standards, by code, the newest version of each first."""
    query = select(*_SHOWN).order_by(_standard.c.code, _standard.c.version.desc())
    if kind is not None:
        query = query.where(_standard.c.kind == kind)
    if code is not None:
        query = query.where(_standard.c.code == code)
    after = paging.decode(cursor, str, int)
    if after is not None:
        query = query.where(tuple_(_standard.c.code, -_standard.c.version) > tuple_(*after))
    rows = session.execute(query.limit(limit + 1)).all()
    shown, next_cursor = paging.page(rows, limit, lambda row: (row.code, -row.version))
    return Page[StandardOut](items=[out(row) for row in shown], next_cursor=next_cursor)


def whole(session: Session, code: str, version: int) -> StandardWhole:
    """One version with everything in it and the marks of each value. Raises NotFound."""
    query = select(*_SHOWN, _standard.c.content).where(_standard.c.code == code, _standard.c.version == version)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Không có bộ chuẩn {code} phiên bản {version}.", f"There is no {code} version {version}.")
    return StandardWhole(**out(row).model_dump(), content=row.content)


_SHOWN = (
    *(column for column in _standard.c if column.name not in ("content", "loaded_by", "verified_by")),
    _standard.c.content["label"].label("label"),
    _standard.c.content["points_known"].label("points_known"),
)


def out(row: Any) -> StandardOut:
    """A row of `_SHOWN` as people see it."""
    return StandardOut(
        code=row.code,
        version=row.version,
        form_version=row.form_version,
        kind=StandardKind(row.kind),
        training=row.kind == StandardKind.training,
        status=StandardStatus(row.status),
        label=Words(**row.label),
        points_known=row.points_known,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        sha256=row.sha256,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by_name,
        verified_at=row.verified_at,
        verified_by=row.verified_by_name,
    )


def _newest() -> tuple[Any, ...]:
    return case((_standard.c.status == StandardStatus.verified, 0), else_=1), _standard.c.version.desc()


def _one(session: Session, query: Select[Any]) -> Standard | None:
    row = session.execute(query.limit(1)).one_or_none()
    return None if row is None else _compiled(session, [row])[0]


def _compiled(session: Session, rows: Collection[Any]) -> list[Standard]:
    """The standards of these rows; the content is read only of those that were never compiled here."""
    keys = {(row.code, row.version): (row.sha256, row.status == StandardStatus.verified) for row in rows}
    missing = [version for version, key in keys.items() if key not in _COMPILED]
    if missing:
        named = tuple_(_standard.c.code, _standard.c.version).in_(missing)
        for row in session.execute(select(_standard.c.code, _standard.c.version, _standard.c.content).where(named)):
            key = keys[row.code, row.version]
            _COMPILED[key] = standard_of(row.content, key[1])
    return [_COMPILED[key] for key in keys.values()]
