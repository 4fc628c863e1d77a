"""create_app(): settings, engine, routers, problems, middleware. Nothing else."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api import errors, openapi, wire
from api.accounts.routes import router as accounts
from api.app_files import router as app_files
from api.app_origins import Origins
from api.areas.routes import router as areas
from api.attachments.routes import router as attachments
from api.audit_routes import router as audit
from api.audit_sealer import Sealer
from api.budgets.routes import router as budgets
from api.changes.epoch import await_epoch
from api.changes.routes import router as changes
from api.compression import Compression
from api.config import Settings, settings
from api.credit.routes import router as credit
from api.dashboard.routes import pages
from api.dashboard.routes import router as dashboard
from api.db import close, make_engine
from api.deliveries.received import received_by
from api.deliveries.routes import router as deliveries
from api.eligibility.routes import router as eligibility
from api.fund.routes import router as fund
from api.hamlet_plans.routes import router as hamlet_plans
from api.health import router as health
from api.households.routes import router as households
from api.indicators.figure_routes import router as figures
from api.indicators.keeper import Keeper
from api.indicators.routes import router as indicators
from api.indicators.target_routes import router as progress
from api.indicators.total_routes import router as totals
from api.insurance.routes import router as insurance
from api.interventions.routes import router as interventions
from api.keys import IdKey
from api.labour.routes import router as labour
from api.plans.item_routes import router as plan_items
from api.plans.routes import router as plans
from api.printing.report_routes import router as report_papers
from api.printing.routes import router as printing
from api.procedure.routes import router as procedure
from api.programmes.catalogue import catalogue
from api.programmes.routes import router as programmes
from api.recognitions.letter_routes import verify_router
from api.recognitions.routes import router as recognitions
from api.report_submissions.routes import router as submissions
from api.reports.edition_routes import router as report_editions
from api.reports.routes import router as reports
from api.reviews import merged_households
from api.reviews.review_routes import router as household_reviews
from api.reviews.round_routes import router as rounds
from api.reviews.routes import router as reviews
from api.security import Tokens
from api.serve import die_with_parent, tune_gc
from api.standards.routes import router as standards
from api.workbooks.routes import router as workbooks
from mobile_sync.appliers import LOADERS
from mobile_sync.fleet_state import Patience
from mobile_sync.gauges import FleetGauges
from mobile_sync.routes import router as sync

_SYNC_BATCHES = "/sync/v1/batches"
_WORKBOOKS = "/api/v1/workbook-imports"
_SYNC_FILES = "/sync/v1/attachments/"
_QUESTIONS = {"GET", "HEAD", "OPTIONS"}
# So many requests may wait for each connection of the pool: with a tenth of a second each, the last one waits for five.
_QUEUE = 50


def create_app(config: Settings | None = None) -> FastAPI:
    """The service. `config` defaults to the environment; a worker process calls this without arguments."""
    config = config or settings()
    app = FastAPI(title="giamngheo", lifespan=_lifespan, docs_url=None, redoc_url=None, redirect_slashes=False)
    furnish(app, config)
    procedures = (reviews, rounds, household_reviews, procedure, recognitions, printing)
    planned = (programmes, plans, plan_items, budgets)
    support = (eligibility, interventions, deliveries, credit, insurance, fund, hamlet_plans, submissions, labour)
    official = (reports, report_papers, report_editions)
    told = (workbooks, indicators, totals, figures, progress, dashboard, *official, changes, audit)
    features = (accounts, areas, households, standards, *procedures, attachments, *planned, *support, *told)
    # A request is held against one path after the other: the tablets' come first, for the others are 2 ms of them.
    app.include_router(sync, prefix="/sync/v1")
    for router in features:
        app.include_router(router, prefix="/api/v1")
    app.include_router(verify_router)
    app.include_router(health)
    app.include_router(pages)
    app.include_router(app_files)
    errors.install(app)
    openapi.install(app)

    limits = {_SYNC_BATCHES: config.sync_max_bytes, _WORKBOOKS: config.workbook_max_bytes}

    def limit_of(method: str, path: str) -> int | None:
        # A file of a tablet is written as it comes, and is as long as was declared. How much of it is here already is a
        # question like others, and has its turn: two hundred tablets ask it at once.
        sends = path.startswith(_SYNC_FILES) and method not in _QUESTIONS
        return None if sends else limits.get(path, config.max_body_bytes)

    app.add_middleware(Compression)
    turns = {"at_once": config.pool_size, "most_at_work": config.pool_size * _QUEUE}
    app.add_middleware(wire.Wire, limit_of=limit_of, **turns)
    if config.app_origins:
        app.add_middleware(Origins, origins=config.app_origins)  # around everything: a page reads our refusals too
    return app


def warm(app: FastAPI) -> None:
    """Resolves every route: FastAPI would do it while the first request after a start waits, half a second on one."""
    deque(iter_route_contexts(app.routes), maxlen=0)


def furnish(app: FastAPI, config: Settings) -> None:
    """Puts into `app.state` everything that requests share: the settings, the connections, the keys, the gauges."""
    secrets = config.secrets()
    app.state.settings = config
    app.state.engine = make_engine(config.sqlalchemy_url(), config.pool_size)
    app.state.tokens = Tokens(secrets.token_key_pem, secrets.refresh_key)
    app.state.id_key = IdKey(secrets.id_key)
    app.state.gauges = FleetGauges(Patience(config.tablet_silent_days, config.tablet_stuck_days))
    app.state.loaders = LOADERS  # api.changes lies below the features whose records its feed shows
    app.state.after_merge = merged_households.tell  # and api.households below what hangs on households
    app.state.received_by = received_by  # as api.interventions below what is delivered


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    config: Settings = app.state.settings
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    die_with_parent()
    # as many request threads as connections, and as requests that have their turn: nobody queues inside the pool
    anyio.to_thread.current_default_thread_limiter().total_tokens = config.pool_size
    catalogue()  # a mistake in its files stops the start, and not the first officer who asks
    warm(app)
    tune_gc()
    await_epoch(app.state.engine)
    sealer = Sealer(app.state.engine)
    sealer.start()
    keeper = Keeper(app.state.engine)
    if config.count_ahead:
        keeper.start()
    yield
    keeper.stop()
    sealer.stop()
    # in a thread: requests that uvicorn has just cancelled need the loop for their own end
    await asyncio.to_thread(close, app.state.engine)
