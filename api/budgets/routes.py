"""Money over HTTP: the routers of this feature in one."""

from fastapi import APIRouter

from api.budgets.commitment_routes import router as commitments
from api.budgets.line_routes import router as lines

router = APIRouter()
for part in (lines, commitments):
    router.include_router(part)
