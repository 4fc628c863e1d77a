"""Who comes in, and the query that reports share."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.reports.basis import Asked
from api.schema import PastDay, PastMoment

FormCode = Annotated[
    str, Path(max_length=60, examples=["form-01"], description="Code of a form, as the catalogue says.")
]
Reader = Annotated[Actor, allow(Permission.indicators_read)]
Publisher = Annotated[Actor, allow(Permission.reports_prepare)]
Submitter = Annotated[Actor, allow(Permission.reports_submit)]
Accepter = Annotated[Actor, allow(Permission.reports_accept)]


def asked(
    area: Annotated[
        str | None, Query(max_length=40, description="Id or code of an area; that of the round, or your own.")
    ] = None,
    round_id: Annotated[
        UUID | None, Query(alias="round", description="A round: closed ones count with their frozen standing.")
    ] = None,
    as_of: Annotated[PastDay | None, Query(description="The register of a day instead of a round.")] = None,
    period: Annotated[
        str | None, Query(max_length=20, description="2024, 2024-H1, 2024-09 or 2024-12-31, where no round is named.")
    ] = None,
    known_at: Annotated[
        PastMoment | None, Query(description="Only what was recorded before, as `known_at` of an earlier answer.")
    ] = None,
) -> Asked:
    """What a report is asked of."""
    return Asked(area, round_id, as_of, period, known_at)
