"""Publishes standards: those that ship, a points table that somebody loads, and the second person's confirmation."""

from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlmodel import Session

from api import audit, clock
from api.config import ConfigError
from api.problems import Conflict, NotFound, SeparationOfDuties
from api.standards import queries
from api.standards.definition import as_json
from api.standards.documents import sha256_of, standard_of
from api.standards.points import PointsTable, with_points
from api.standards.schemas import StandardOut
from api.standards.shipped import shipped
from api.standards.tables import StandardKind, StandardStatus, StandardVersion

_standard = StandardVersion.__table__  # type: ignore[attr-defined]
SHIPPER = audit.SystemActor()
# Versions and form versions that are made here begin above it: what ships later can never take their number.
_LOADED_HERE_FROM = 1000


def publish_shipped(session: Session) -> int:
    """Stores the shipped versions that are not there yet; how many. The rest stands as it is.

    Raises ConfigError where a shipped version is stored with another content: a published standard never changes.
    """
    _lock(session)
    stored = {(r.code, r.version): r.sha256 for r in session.execute(select(_standard).with_only_columns(*_NAMES))}
    new = []
    for content in shipped():
        key, sha256 = (content["code"], content["version"]), sha256_of(content)
        if key not in stored:
            new.append(content)
        elif stored[key] != sha256:
            raise ConfigError(
                f"Bộ chuẩn {key[0]} phiên bản {key[1]} đã công bố với nội dung khác: không sửa bản đã công bố, "
                f"hãy tăng số phiên bản / the published {key[0]} version {key[1]} is another: raise the version."
            )
    for content in new:
        _publish(session, SHIPPER, content)
    return len(new)


def load_points(session: Session, actor: audit.Acting, code: str, table: PointsTable) -> StandardOut:
    """A new draft version of the standard with this points table in it. The same table again gives the same version.

    Raises NotFound, Conflict for a training standard, Invalid with a sentence for each row that is wrong.
    """
    _lock(session)
    base = _newest_content(session, code)
    if base["kind"] != StandardKind.live:
        raise Conflict(
            "Bộ chuẩn tập huấn chỉ có điểm minh hoạ, không nạp bảng điểm thật vào đó.",
            "A training standard has illustrative points only: no real table is loaded into it.",
        )
    content = with_points(base, table)
    content |= {"status": StandardStatus.draft, "source": table.legal_source}
    content |= {name: as_json(day) for name in ("valid_from", "valid_to") if (day := getattr(table, name)) is not None}
    if base["points_known"] and _apart_from_version(content) == _apart_from_version(base):
        return _out(session, code, base["version"])
    of_code, of_all = session.execute(
        select(func.max(_standard.c.version).filter(_standard.c.code == code), func.max(_standard.c.form_version))
    ).one()
    content |= {
        "version": max(of_code, _LOADED_HERE_FROM) + 1,
        "form_version": max(of_all, _LOADED_HERE_FROM) + 1,
        "replaces": f"{code}@{base['version']}",
    }
    _publish(session, actor, content)
    return _out(session, code, content["version"])


def verify(session: Session, actor: audit.Acting, code: str, version: int) -> StandardOut:
    """Confirms a draft, by somebody else than who loaded it. From then on live rounds may use it.

    Raises NotFound, Conflict for one that is verified or incomplete, SeparationOfDuties for its loader.
    """
    named = (_standard.c.code == code, _standard.c.version == version)
    row = session.execute(select(_standard).where(*named).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"Không có bộ chuẩn {code} phiên bản {version}.", f"There is no {code} version {version}.")
    if row.status != StandardStatus.draft:
        raise Conflict("Bộ chuẩn này đã được xác nhận.", "This version is verified already.")
    if row.loaded_by is not None and row.loaded_by == actor.account_id:
        raise SeparationOfDuties(
            "Người nạp bảng điểm không tự xác nhận: hãy để người khác đối chiếu với văn bản rồi xác nhận.",
            "Whoever loaded the table does not confirm it: let another person compare it with the text.",
        )
    definition = standard_of(row.content).definition
    unknown = [f"{t.code} {t.area_type}" for t in definition.thresholds if t.value is None]
    unknown += [one.code for one in definition.indicators if one.deprived_if is None]
    if unknown:
        raise Conflict(
            f"Bộ chuẩn còn thiếu, chưa xác nhận được: {', '.join(unknown)}.",
            f"The standard is not complete and cannot be confirmed: {', '.join(unknown)}.",
        )
    said = {"verified_at": clock.now(), "verified_by": actor.account_id, "verified_by_name": actor.username}
    session.execute(update(_standard).where(*named).values(status=StandardStatus.verified.value, **said))
    audit.record(session, actor, "standards.verify", "standard", code=code, version=version)
    return _out(session, code, version)


_NAMES = (_standard.c.code, _standard.c.version, _standard.c.sha256)


def _lock(session: Session) -> None:
    """One publisher at a time: hosts that start together, people who load together. Readers do not wait."""
    session.execute(text("LOCK TABLE standard IN SHARE ROW EXCLUSIVE MODE"))


def _newest_content(session: Session, code: str) -> dict[str, Any]:
    query = select(_standard.c.content).where(_standard.c.code == code).order_by(_standard.c.version.desc()).limit(1)
    content: dict[str, Any] | None = session.scalar(query)
    if content is None:
        raise NotFound(f"Không có bộ chuẩn {code}.", f"There is no standard {code}.")
    return content


def _publish(session: Session, actor: audit.Acting, content: dict[str, Any]) -> None:
    definition = standard_of(content).definition  # raises Invalid: nothing is stored that cannot score
    session.execute(
        insert(_standard).values(
            code=definition.code,
            version=definition.version,
            form_version=definition.form_version,
            kind=definition.kind,
            status=definition.status,
            valid_from=definition.valid_from,
            valid_to=definition.valid_to,
            content=content,
            sha256=sha256_of(content),
            source=definition.source,
            loaded_at=clock.now(),
            loaded_by=actor.account_id,
            loaded_by_name=actor.username,
        )
    )
    audit.record(session, actor, "standards.load", "standard", code=definition.code, version=definition.version)


def _apart_from_version(content: dict[str, Any]) -> dict[str, Any]:
    own = ("version", "form_version", "replaces", "status")
    return {name: value for name, value in content.items() if name not in own}


def _out(session: Session, code: str, version: int) -> StandardOut:
    found = queries.whole(session, code, version)
    return StandardOut.model_validate(found.model_dump(exclude={"content"}))
