"""Certificates over HTTP (Mẫu 03)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.db import Db
from api.etag import tagged
from api.openapi import example, problems
from api.paging import Cursor, Limit
from api.recognitions import certificates, examples
from api.recognitions.certificate_schemas import CertificateOut, IssuedOut, IssueIn
from api.schema import Page

router = APIRouter(tags=["recognitions"])

ClassReader = Annotated[Actor, allow(Permission.households_list)]
Issuer = Annotated[Actor, allow(Permission.certificates_issue)]


@router.get(
    "/certificates",
    operation_id="list_certificates",
    summary="Sổ cấp giấy chứng nhận hộ nghèo, hộ cận nghèo",
    responses=problems("invalid-cursor") | example(examples.page(examples.CERTIFICATE)),
)
def list_certificates(
    actor: ClassReader,
    db: Db,
    household_id: Annotated[UUID | None, Query(description="Only of this household.")] = None,
    area_id: Annotated[UUID | None, Query(description="Only below this area.")] = None,
    living: Annotated[bool | None, Query(description="Only those (not) in force.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[CertificateOut]:
    """The certificates of the households of the caller's areas with their lines, by commune and book number."""
    return certificates.certificates(
        db, actor, household_id=household_id, area_id=area_id, living=living, limit=limit, cursor=cursor
    )


@router.post(
    "/certificates",
    operation_id="issue_certificates",
    summary="Cấp giấy chứng nhận theo quyết định",
    responses=problems("not-found", "conflict") | example(examples.ISSUED),
)
def issue_certificates(body: IssueIn, actor: Issuer, db: Db) -> IssuedOut:
    """Every poor and near-poor household of a signed decision gets a certificate, or a line for the year on the one it
    holds; those not poor any more lose theirs. Book numbers of a commune have no gaps. Done again, nothing changes."""
    return certificates.issue(db, actor, body.decision_id)


@router.get(
    "/certificates/{certificate_id}",
    operation_id="read_certificate",
    summary="Một giấy chứng nhận",
    responses=problems("not-found") | example(examples.CERTIFICATE),
)
def read_certificate(certificate_id: UUID, actor: ClassReader, db: Db, response: Response) -> CertificateOut:
    """One certificate with a line for each year, and its ETag."""
    found = certificates.certificate(db, actor, certificate_id)
    return tagged(response, found)
