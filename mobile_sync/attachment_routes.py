"""The addresses where the bytes of declared files are handed in, piece by piece."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from api.accounts.actor import Actor, allow, allow_briefly
from api.attachments import examples
from api.attachments.queries import COLLECTING
from api.attachments.schemas import SHA256, UploadOut
from api.db import Db
from api.interventions.doors import RECORDING
from api.openapi import example, problems
from mobile_sync import uploads

router = APIRouter(tags=["sync"])

# Whoever may store a record that declares files: reviews, minutes, deliveries, papers of interventions.
_SENDERS = tuple(dict.fromkeys((*COLLECTING, *RECORDING)))
Sha256 = Annotated[str, Path(pattern=SHA256, description="SHA-256 of the file, 64 small hexadecimal digits.")]
_BODY: dict[str, Any] = {
    "required": False,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}, "example": "…"}},
}


@router.get(
    "/attachments/{sha256}",
    operation_id="read_upload",
    summary="Đã nhận được bao nhiêu byte của một tệp",
    responses=problems("not-found") | example(examples.UPLOAD),
)
def read_upload(sha256: Sha256, request: Request, actor: Annotated[Actor, allow(*_SENDERS)], db: Db) -> UploadOut:
    """How many bytes of a declared file are here; go on from there. Whoever sends records, for those of their areas."""
    return uploads.status(db, actor, request.app.state.settings, sha256)


@router.put(
    "/attachments/{sha256}",
    operation_id="upload_attachment",
    summary="Gửi nội dung ảnh, chữ ký, bản chụp",
    responses=problems("not-found", "wrong-offset", "hash-mismatch") | example(examples.UPLOAD),
    openapi_extra={"requestBody": _BODY},
)
async def upload_attachment(
    sha256: Sha256,
    request: Request,
    actor: Annotated[Actor, allow_briefly(*_SENDERS)],
    offset: Annotated[int, Query(ge=0, le=2**40, description="How many bytes are here already (`received`).")] = 0,
) -> UploadOut:
    """Takes the bytes of a declared file from `offset` on, in one piece or in many; what came before a cut is kept.

    With the last byte the file is checked against its SHA-256 and its media type. `complete` is said when it is on the
    disk, `durable` when a verified backup has it too. A file that is here already is `complete` at once.
    """
    return await uploads.upload(request, actor, sha256, offset)
