"""The audit log over HTTP."""

from fastapi import APIRouter

router = APIRouter(prefix="/audit", tags=["audit"])
