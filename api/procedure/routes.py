"""Meetings, postings, complaints, opinions and deadlines over HTTP: the routers of this feature in one."""

from fastapi import APIRouter

from api.procedure.complaint_routes import router as complaints
from api.procedure.meeting_routes import router as meetings
from api.procedure.opinion_routes import router as opinions
from api.procedure.posting_routes import router as postings

router = APIRouter()
for part in (meetings, postings, complaints, opinions):
    router.include_router(part)
