"""The bounds of income of the third path, out of the thresholds of the live standards in force."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from api.recognitions.living_standard_rules import Bounds
from api.standards.tables import StandardKind, StandardStatus, StandardVersion

_STANDARD = StandardVersion.__table__.c  # type: ignore[attr-defined]
_ABOVE, _UP_TO = "income_poor", "income_average"


def known_bounds(session: Session) -> list[Bounds]:
    """The bounds of every verified live standard, newest version first; one statement. A standard that does not know
    one of the two values gives none: then nobody is judged by it."""
    rows = session.execute(
        select(_STANDARD.valid_from, _STANDARD.valid_to, _STANDARD.content["thresholds"], _STANDARD.content["sources"])
        .where(_STANDARD.kind == StandardKind.live, _STANDARD.status == StandardStatus.verified)
        .order_by(_STANDARD.valid_from.desc(), _STANDARD.version.desc())
    )
    return [bounds for row in rows for area in ("rural", "urban") for bounds in _bounds(area, *row)]


def _bounds(area_type: str, valid_from: Any, valid_to: Any, thresholds: Any, sources: Any) -> list[Bounds]:
    found = {t["code"]: t for t in thresholds if t["area_type"] == area_type and t["value"] is not None}
    if not {_ABOVE, _UP_TO} <= found.keys():
        return []
    above, up_to = found[_ABOVE], found[_UP_TO]
    numbers = {source["code"]: source["number"] for source in sources}
    return [
        Bounds(
            valid_from,
            valid_to,
            area_type,
            above["value"],
            up_to["value"],
            numbers.get(up_to["document"], up_to["document"]),
            up_to["article"],
            above["verified"] and up_to["verified"],
        )
    ]
