"""Files on the wire: how a record declares one, and what is told of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.attachments.tables import AttachmentEntity
from api.schema import AreaId, Line60, Schema

# Promises of the protocol and not settings: a lower one would forbid the upload of what was declared before.
MOST_BYTES = 20 * 1024 * 1024
# What a line in the countryside carries in a few seconds; a larger piece is taken too.
CHUNK_BYTES = 512 * 1024
MediaType = Literal["image/jpeg", "image/png", "image/webp", "application/pdf"]
MEDIA_TYPES: tuple[MediaType, ...] = ("image/jpeg", "image/png", "image/webp", "application/pdf")
SHA256 = r"^[0-9a-f]{64}$"

EXAMPLE: dict[str, Any] = {
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 182_044,
    "media_type": "image/jpeg",
    "purpose": "house",
}


class AttachmentIn(Schema):
    """A file that belongs to the record: a photo, a signature, the scan of the paper. Its bytes come later."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    sha256: Annotated[str, Field(pattern=SHA256, description="Of the bytes, in small letters.")]
    size: Annotated[int, Field(strict=True, ge=1, le=MOST_BYTES, description="Bytes.")]
    media_type: MediaType
    purpose: Line60


class AttachmentOut(Schema):
    """A file as it was declared. `present`: its bytes are here."""

    sha256: str
    size: int
    media_type: str
    purpose: str
    present: bool


class DeclaredOut(Schema):
    """A declared file with the record it belongs to, and since when it is here (null: not yet)."""

    sha256: str
    size: int
    media_type: str
    purpose: str
    entity: AttachmentEntity
    record_id: UUID
    household_id: UUID | None
    hamlet_id: AreaId
    declared_at: datetime
    device_id: Annotated[UUID | None, Field(description="The tablet that declared it, null for the web.")]
    arrived_at: datetime | None


class UploadOut(Schema):
    """How much of a file has come: `received` bytes of `size`. `complete`: stored and checked. `durable`: in a verified
    backup too, so let go of it."""

    sha256: str
    size: int
    media_type: str
    received: int
    complete: bool
    durable: bool
