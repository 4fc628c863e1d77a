"""Who may knock at the addresses of households and members, and the parameters they share."""

from typing import Annotated, Any

from fastapi import Body, Depends, Request, Response

from api.accounts.actor import Actor, allow
from api.accounts.permissions import Permission
from api.etag import etag
from api.households import moves

Lister = Annotated[Actor, allow(Permission.households_list, Permission.households_read)]
Reader = Annotated[Actor, allow(Permission.households_read)]
Writer = Annotated[Actor, allow(Permission.households_write)]
Merger = Annotated[Actor, allow(Permission.households_merge)]
NumberReader = Annotated[Actor, allow(Permission.persons_id_full)]


def _after_merge(request: Request) -> Any:
    return request.app.state.after_merge


AfterMerge = Annotated[moves.AfterMerge, Depends(_after_merge)]


def shown(value: dict[str, Any]) -> Any:
    """A body with an example."""
    return Body(openapi_examples={"example": {"summary": "Ví dụ / example", "value": value}})


def tagged(response: Response, record: dict[str, Any]) -> dict[str, Any]:
    """The record, with its version as ETag."""
    response.headers["ETag"] = etag(record["version"])
    return record


def paged(found: tuple[list[dict[str, Any]], str | None]) -> dict[str, Any]:
    items, next_cursor = found
    return {"items": items, "next_cursor": next_cursor}
