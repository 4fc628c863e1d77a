"""`Idempotency-Key`: a key becomes the id of what it creates, so that a repeated request meets its own record."""

from typing import Annotated
from uuid import UUID, uuid4, uuid5

from fastapi import Header

IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=200, description="The same key with the same content creates once."),
]


def new_id(account_id: UUID | None, kind: str, given: UUID | None, key: str | None) -> UUID:
    """The id the client gave; without one, that of this key of this account; without a key, a new one."""
    if given is not None:
        return given
    return uuid5(account_id, f"{kind}:{key}") if account_id and key else uuid4()
