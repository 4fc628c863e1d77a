"""The feed of changes for other systems."""

from fastapi import APIRouter

router = APIRouter(tags=["changes"])
