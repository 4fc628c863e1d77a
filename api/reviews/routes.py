"""Requests, rounds and recognitions over HTTP."""

from fastapi import APIRouter

router = APIRouter(tags=["reviews"])
