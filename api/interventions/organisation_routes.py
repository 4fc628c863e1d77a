"""The register of organisations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.db import Db
from api.etag import VersionIfGiven, tagged
from api.idempotency import IdempotencyKey
from api.interventions import examples, organisation_queries, organisations
from api.interventions.doors import AreaFilter, Reader, Registrar
from api.interventions.organisation_schemas import OrganisationIn, OrganisationOut, OrganisationPatch
from api.interventions.tables import LedBy, OrganisationKind
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.schema import Page

router = APIRouter()


@router.get(
    "/organisations",
    operation_id="list_organisations",
    summary="Danh sách tổ chức phối hợp",
    responses=problems("invalid-cursor") | example(examples.page(examples.ORGANISATION)),
)
def list_organisations(
    actor: Reader,
    db: Db,
    kind: Annotated[OrganisationKind | None, Query(description="Only of this kind.")] = None,
    led_by: Annotated[LedBy | None, Query(description="Only led by one of these.")] = None,
    area_id: AreaFilter = None,
    ended: Annotated[bool | None, Query(description="Only those that have ended, or only the others.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[OrganisationOut]:
    """Cooperatives, enterprises, schools, … of the caller's areas, by name."""
    return organisation_queries.organisations(
        db, actor.scope, kind=kind, led_by=led_by, area_id=area_id, ended=ended, limit=limit, cursor=cursor
    )


@router.post(
    "/organisations",
    operation_id="add_organisation",
    summary="Thêm tổ chức phối hợp",
    status_code=201,
    responses=problems("not-found", "already-exists", "idempotency-key-reused") | example(examples.ORGANISATION, 201),
)
def add_organisation(
    body: OrganisationIn, actor: Registrar, db: Db, response: Response, idempotency_key: IdempotencyKey = None
) -> OrganisationOut:
    """Adds an organisation that leads, supplies, employs, teaches or gives."""
    organisation_id = organisations.add_organisation(db, actor, body, idempotency_key)
    return tagged(response, organisation_queries.organisation(db, actor.scope, organisation_id))


@router.get(
    "/organisations/{organisation_id}",
    operation_id="read_organisation",
    summary="Một tổ chức phối hợp",
    responses=problems("not-found") | example(examples.ORGANISATION),
)
def read_organisation(organisation_id: UUID, actor: Reader, db: Db, response: Response) -> OrganisationOut:
    """One organisation with its ETag."""
    return tagged(response, organisation_queries.organisation(db, actor.scope, organisation_id))


@router.patch(
    "/organisations/{organisation_id}",
    operation_id="change_organisation",
    summary="Sửa thông tin tổ chức, ghi ngày ngừng phối hợp",
    responses=problems("not-found", "stale-version") | example(examples.ORGANISATION | {"version": 2}),
)
def change_organisation(
    organisation_id: UUID,
    body: OrganisationPatch,
    actor: Registrar,
    db: Db,
    response: Response,
    read: VersionIfGiven = None,
) -> OrganisationOut:
    """Changes the fields that are sent. With `ended_on` the commune works with it no more from that day on; what it
    did stays readable."""
    organisations.change_organisation(db, actor, organisation_id, read, body)
    return tagged(response, organisation_queries.organisation(db, actor.scope, organisation_id))
