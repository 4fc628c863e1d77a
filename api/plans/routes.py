"""Plans and their targets over HTTP."""

from fastapi import APIRouter

router = APIRouter(tags=["plans"])
