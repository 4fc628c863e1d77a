"""Households and members over REST: who may, and which command or query answers."""

from fastapi import APIRouter

router = APIRouter()
