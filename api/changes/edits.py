"""What a writer is given and what it gives back: one Written per Edit, in the same order."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple
from uuid import UUID

from api.problems import Problem

Outcome = Literal["applied", "merged", "conflict", "held", "rejected"]


# Named tuples, not frozen dataclasses: every record has several of them, and one is made in a third of the time.


class Edit(NamedTuple):
    """One wish to create or change a record, from the web or from a tablet.

    `base_version` is the version the editor saw (None: creates). `data` are the raw JSON fields: all of them for a
    create, the changed ones for an update; they are validated by the feature that owns the record. `waited`: it was
    held until now, so the tablet's later edits were made on top of it without knowing which version it would become.
    `seq`: where it stands in its tablet's order, None for what no tablet sent: what that tablet had done before, its
    editor saw as well, also beyond `base_version`.
    """

    record_id: UUID
    base_version: int | None
    data: Mapping[str, Any]
    submission_id: UUID | None = None
    device_id: UUID | None = None
    waited: bool = False
    seq: int | None = None


class Written(NamedTuple):
    """What became of an Edit.

    `version`: of the record as the editor may now assume it. `waiting_for`: the record whose arrival (or hand-over by
    a person) releases a held edit. `clashes`: `{field: {"base", "server", "device"}}`, citizen numbers masked.
    `result`: `{"merged_into": uuid}` where an alias was followed, `{"warnings": [...]}` for what is kept but
    implausible.
    """

    outcome: Outcome
    version: int | None = None
    problem: Problem | None = None
    waiting_for: UUID | None = None
    clashes: dict[str, dict[str, Any]] | None = None
    result: dict[str, Any] | None = None
    # an edit that had waited has become this version (`Fold.late`)
    became: bool = False


def rejected(problem: Problem) -> Written:
    return Written("rejected", problem=problem)
