"""What changes the tree, and the totals of households and persons that every rate is divided by."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select, text
from sqlmodel import Session, col

from api import audit, clock, restated
from api.areas import queries
from api.areas.documents import read_areas
from api.areas.loading import Row, rows_of
from api.areas.names import full_name
from api.areas.schemas import KINDS, AreaDetail, AreaPatch, HamletIn, StatisticIn, StatisticOut
from api.areas.scope import Scope
from api.areas.tables import Area, AreaClosure, AreaStatistic, Level, LocalKind, area_id
from api.names import fold, toned
from api.problems import AlreadyExists, FieldError, Invalid, NotFound, StaleVersion, VersionRequired
from api.sql import load

_SYSTEM = audit.SystemActor()


def load_areas(session: Session, document: dict[str, Any], actor: audit.Acting = _SYSTEM) -> int:
    """Adds the units of a parsed file (data/truc-ninh.toml) that are not there yet; returns how many.

    The same file again changes nothing: what was renamed meanwhile stays renamed. Raises Invalid for a file that
    is not right.
    """
    file = read_areas(document)
    only_one_writer(session)
    added = insert(session, rows_of(file, stored(session)))
    if added:
        rebuild_closure(session)
        audit.record(session, actor, "areas.load", "area", added, source=file.source)
    return len(added)


def insert(session: Session, rows: Iterable[Row]) -> list[UUID]:
    """Stores units and what they hang under; the ids of those that were not there yet."""
    given = json.dumps([row.as_json() for row in rows])
    return list(session.execute(load("api/areas/sql/insert_areas.sql"), {"rows": given}).scalars())


def rebuild_closure(session: Session) -> None:
    """Derives area_closure anew from area and area_parent; who reads meanwhile still sees the old one."""
    only_one_writer(session)
    session.flush()
    session.execute(delete(AreaClosure))
    session.execute(load("api/areas/sql/rebuild_closure.sql"))


def only_one_writer(session: Session) -> None:
    """Every change of the tree waits here for the one before; who reads waits for nobody."""
    # Two rebuilds side by side would each miss the other's new unit. Reading goes on: only writers wait.
    session.execute(text("LOCK TABLE area_closure IN SHARE ROW EXCLUSIVE MODE"))


def stored(session: Session, *conditions: ColumnElement[bool]) -> list[Row]:
    """The units as they are stored (`parent_id` left out: it is dated)."""
    columns = [getattr(Area, name) for name in Row.__dataclass_fields__ if name != "parent_id"]
    return [Row.of(found._asdict()) for found in session.execute(select(*columns).where(*conditions))]


class Placed(audit.Acting, Protocol):
    """A caller, and where the right that was asked for reaches (accounts' Actor)."""

    @property
    def scope(self) -> Scope: ...


def add_hamlet(session: Session, actor: Placed, given: HamletIn) -> AreaDetail:
    """A new hamlet under a commune of the caller's. The same one sent again changes nothing.

    Raises NotFound for a parent outside the caller's areas, Invalid, AlreadyExists for an id with other content;
    the database refuses (Conflict) a code that another living unit has.
    """
    only_one_writer(session)
    parent = _mine(session, actor, given.parent_id)
    _check_hamlet(given, parent)
    row = _new_hamlet(session, given, parent)
    there = next((found for found in stored(session, col(Area.id) == row.id)), None)
    if there is None:
        insert(session, [row])
        rebuild_closure(session)
        audit.record(session, actor, "areas.add", "area", [row.id], code=row.code, name=row.name)
    elif replace(row, parent_id=None) != there:
        raise AlreadyExists("Đã có một đơn vị khác với mã này.", "Another area has this id or code.")
    return queries.area(session, row.id)


def change_area(session: Session, actor: Placed, area_id: UUID, patch: AreaPatch, if_match: str | None) -> AreaDetail:
    """Puts a unit's name or kind right. `if_match`: the ETag that was read.

    Raises NotFound outside the caller's areas, VersionRequired, StaleVersion, Invalid for a kind of another level.
    """
    unit = _mine(session, actor, area_id)
    now = queries.area(session, area_id)
    if if_match is None:
        raise VersionRequired()
    if if_match.strip() != "*" and now.etag() not in (tag.strip() for tag in if_match.split(",")):
        raise StaleVersion(
            "Đơn vị này đã được sửa. Hãy đọc lại rồi sửa tiếp.", "The area has changed: read it again.", etag=now.etag()
        )
    if patch.local_kind is not None and patch.local_kind not in KINDS[Level(unit.level)]:
        raise _invalid("#/local_kind", "wrong_kind", "Tên loại này không dùng cho cấp đó.", "Not a kind of that level.")
    new = {key: value for key, value in patch.model_dump(exclude_unset=True).items() if getattr(unit, key) != value}
    if new:
        change = {key: [getattr(unit, key), value] for key, value in new.items()}
        unit.sqlmodel_update(new)
        called = full_name(LocalKind(unit.local_kind), unit.name)
        unit.name_folded, unit.name_toned = fold(called), toned(called)
        session.flush()
        audit.record(session, actor, "areas.change", "area", [area_id], change=change)
    return queries.area(session, area_id)


def record_statistic(session: Session, actor: Placed, area_id: UUID, given: StatisticIn) -> StatisticOut:
    """How many live in a hamlet on a day: a new row, never a change of an old one.

    What is said already (same id, or the newest word on that day) is not said twice. Raises NotFound outside the
    caller's areas, Invalid, AlreadyExists for an id with other content.
    """
    hamlet = _mine(session, actor, area_id)
    _check_statistic(given, hamlet)
    said = {"area_id": area_id, **given.model_dump(exclude={"id"})}
    newest = session.execute(
        select(AreaStatistic)
        .where(col(AreaStatistic.area_id) == area_id, col(AreaStatistic.as_of) == given.as_of)
        .order_by(col(AreaStatistic.recorded_at).desc(), col(AreaStatistic.id).desc())
        .limit(1)
    ).scalar()
    same = session.get(AreaStatistic, given.id) if given.id else newest
    if same is not None and all(getattr(same, key) == value for key, value in said.items()):
        return _statistic(same, newest)
    if given.id and same is not None:
        raise AlreadyExists("Mã này đã dùng cho số liệu khác.", "This id was used for other totals.")
    now = restated.later_than(newest, clock.now())
    row = AreaStatistic(id=given.id or uuid4(), recorded_at=now, recorded_by=actor.account_id, **said)
    session.add(row)
    session.flush()
    audit.record(session, actor, "statistics.record", "area", [area_id], as_of=str(given.as_of))
    return _statistic(row, row)


def _statistic(row: AreaStatistic, newest: AreaStatistic | None) -> StatisticOut:
    return StatisticOut(**row.model_dump(), current=newest is None or row.id == newest.id)


def _mine(session: Session, actor: Placed, area_id: UUID) -> Area:
    """The unit, locked against other changes of it. Outside the caller's areas it is not there."""
    found = select(Area).where(col(Area.id) == area_id, actor.scope.covers(col(Area.id)))
    unit: Area | None = session.execute(found.with_for_update(key_share=True)).scalar()
    if unit is None:
        raise NotFound("Không có đơn vị này.", "There is no such area.")
    return unit


def _check_hamlet(given: HamletIn, parent: Area) -> None:
    if parent.level != Level.commune:
        raise _invalid("#/parent_id", "not_a_commune", "Xóm phải thuộc một xã.", "A hamlet belongs to a commune.")
    if not given.code.startswith(f"{parent.code}-"):
        raise _invalid(
            "#/code",
            "code_of_another_commune",
            f"Mã xóm bắt đầu bằng {parent.code}-.",
            f"The code begins with {parent.code}-.",
        )
    if given.valid_from < parent.valid_from or (parent.valid_to and given.valid_from > parent.valid_to):
        raise _invalid(
            "#/valid_from", "parent_not_there", "Ngày đó chưa có xã này.", "The commune is not there on that day."
        )


def _new_hamlet(session: Session, given: HamletIn, parent: Area) -> Row:
    fields = given.model_dump(exclude={"id"})
    held_before = stored(session, col(Area.code) == given.code, col(Area.valid_to) < given.valid_from)
    return Row(
        **fields,
        id=given.id or area_id(given.code, given.valid_from if held_before else None),
        level=Level.hamlet,
        area_type=parent.area_type,
        region=parent.region,
        valid_to=parent.valid_to,
    )


def _check_statistic(given: StatisticIn, hamlet: Area) -> None:
    if hamlet.level != Level.hamlet:
        raise _invalid("#path/area_id", "not_a_hamlet", "Số liệu được ghi theo xóm.", "Totals are kept per hamlet.")
    if given.persons < given.households:
        raise _invalid(
            "#/persons",
            "fewer_than_households",
            "Số nhân khẩu không được ít hơn số hộ.",
            "There are at least as many persons as households.",
        )
    if given.as_of < hamlet.valid_from or (hamlet.valid_to and given.as_of > hamlet.valid_to):
        raise _invalid("#/as_of", "area_not_there", "Ngày đó không có xóm này.", "The hamlet is not there on that day.")


def _invalid(pointer: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(vi, en, errors=(FieldError(pointer, code, vi, en),))
