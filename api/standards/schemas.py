"""Standards on the wire."""

from datetime import date, datetime
from typing import Any

from pydantic import ConfigDict
from pydantic.config import JsonDict

from api.schema import Schema, Words
from api.standards.points import PointsTable
from api.standards.tables import StandardKind, StandardStatus


class StandardOut(Schema):
    """A version of a standard. `training`: nothing scored by it has any legal effect, and `label` says so.

    `points_known` false: the points of form B1 are not known; a live round takes the total from the signed paper.
    """

    code: str
    version: int
    form_version: int
    kind: StandardKind
    training: bool
    status: StandardStatus
    label: Words
    points_known: bool
    valid_from: date
    valid_to: date | None
    source: str
    sha256: str
    loaded_at: datetime
    loaded_by: str
    verified_at: datetime | None
    verified_by: str | None


class StandardWhole(StandardOut):
    """With its content: each value names document, article, `verified` and `confidence`; what is unknown is null."""

    content: dict[str, Any]


_POINTS_EXAMPLE: JsonDict = {
    "legal_source": "VBHN 1315/VBHN-BLĐTBXH, Phụ lục IV",
    "article": "Phụ lục IV",
    "note": None,
    "valid_from": None,
    "valid_to": None,
    "columns": [],
    "groups": [
        {
            "code": "dependants",
            "options": [
                {"code": "none", "points": {"NT_DBSH": 1, "TT": 1}},
                {"code": "one", "points": {"NT_DBSH": 0, "TT": None}},
            ],
        }
    ],
    "without": ["livestock"],
}


class PointsIn(PointsTable):
    """The points table of form B1: groups, lines, one value for each column. null: not printed, no points."""

    model_config = ConfigDict(json_schema_extra={"examples": [_POINTS_EXAMPLE]})
