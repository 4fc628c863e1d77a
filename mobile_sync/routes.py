"""The sync protocol, version 1 (docs/sync-protocol.md): one call per endpoint."""

from fastapi import APIRouter

router = APIRouter(tags=["sync"])
