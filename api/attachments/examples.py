"""What the calls about files look like, for the OpenAPI page."""

from typing import Any

from api.attachments.schemas import EXAMPLE

FILE: dict[str, Any] = EXAMPLE | {"present": True}
UPLOAD: dict[str, Any] = {
    "sha256": EXAMPLE["sha256"],
    "size": EXAMPLE["size"],
    "media_type": EXAMPLE["media_type"],
    "received": 65_536,
    "complete": False,
    "durable": False,
}
DECLARED: dict[str, Any] = EXAMPLE | {
    "entity": "review",
    "record_id": "018e4f4c-9a1b-7c22-8d3e-1a2b3c4d5e6f",
    "household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d",
    "hamlet_id": "69a2a8ea-a202-51f9-96ac-479bed1b93ab",
    "declared_at": "2024-09-20T16:20:00+07:00",
    "device_id": "01920b5e-0000-7000-8000-000000000001",
    "arrived_at": None,
}
