"""Is the process alive, can it work, and how is it doing: for the launcher, the proxy and the monitoring."""

import logging
import os
from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.databases import migrations_folder
from api.openapi import example, problems
from api.problems import Unavailable
from api.schema import Schema

router = APIRouter(tags=["health"])

# two lines at every look of the proxy would bury the log
logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)


class Alive(Schema):
    """The process answers."""

    status: str


class Ready(Schema):
    """The database answers, and its schema is the one this program was written for."""

    status: str
    migration: str


@router.get(
    "/healthz", operation_id="healthz", summary="Máy chủ còn sống không", responses=example({"status": "alive"})
)
async def healthz() -> Alive:
    """Public. 200 as long as the process answers, whatever becomes of the database."""
    return Alive(status="alive")


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Máy chủ đã sẵn sàng chưa",
    responses=problems("unavailable") | example({"status": "ready", "migration": "0007"}),
)
def readyz(request: Request) -> Ready:
    """Public. 200 when the database answers and has every migration; otherwise 503 `unavailable` saying which."""
    return Ready(status="ready", migration=check(request.app.state.engine))


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Số đo cho hệ thống giám sát",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"example": 'giamngheo_requests_total{status="200"} 1.0\n'}}}},
)
def metrics(request: Request) -> Response:
    """Public. Prometheus text; routes and counts only, nothing about a person. Sums over all worker processes; the
    tablets and what waits of their work are counted in the database, and left out while it does not answer."""
    fleet = request.app.state.gauges.page(request.app.state.engine)
    return Response(_metrics() + fleet, headers={"Content-Type": CONTENT_TYPE_LATEST})


def check(engine: Engine) -> str:
    """The migration level of the database. Raises Unavailable where it does not answer or is not at the newest one."""
    try:
        with engine.connect() as connection:
            heads = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError:
        raise Unavailable("Cơ sở dữ liệu chưa trả lời.", "The database does not answer.", reason="database") from None
    newest = _newest()
    if heads != (newest,):
        raise Unavailable(
            "Cơ sở dữ liệu chưa ở phiên bản mới nhất; hãy chạy `giamngheo migrate`.",
            "The database is not at the newest level; run `giamngheo migrate`.",
            reason="migration",
            migration=", ".join(heads) or None,
            needed=newest,
        )
    return newest


@cache
def _newest() -> str:
    head = ScriptDirectory(str(migrations_folder())).get_current_head()
    assert head is not None
    return head


def _metrics() -> bytes:
    # With several workers each writes its numbers into files of this folder (the launcher names it); one reads all.
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
