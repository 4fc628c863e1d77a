"""The dashboard over HTTP: as data, and as a page."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from api import clock
from api.accounts import sessions
from api.accounts.actor import Actor, allow, narrowed
from api.accounts.installation import CallerAddress, SignInDoor
from api.accounts.permissions import Permission
from api.dashboard import examples, page
from api.dashboard.feed import dashboard
from api.dashboard.schemas import Dashboard
from api.db import Db
from api.openapi import example, problems
from api.problems import NotFound, Problem
from api.schema import PastDay
from mobile_sync.fleet_state import Patience

router = APIRouter(tags=["dashboard"])
pages = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, allow(Permission.indicators_read)]
AreaAsked = Annotated[str | None, Query(max_length=40, description="Id or code of an area; your own if not given.")]
DayAsked = Annotated[PastDay | None, Query(description="The day the numbers are of; today if not given.")]


def _patience(request: Request) -> Patience:
    settings = request.app.state.settings
    return Patience(settings.tablet_silent_days, settings.tablet_stuck_days)


@router.get(
    "/dashboard",
    operation_id="read_dashboard",
    summary="Bảng tổng hợp của địa bàn",
    responses=problems("not-found") | example(examples.DASHBOARD),
)
def read_dashboard(
    actor: Reader,
    db: Db,
    patience: Annotated[Patience, Depends(_patience)],
    area: AreaAsked = None,
    as_of: DayAsked = None,
) -> Dashboard:
    """What the page at `/` shows: poverty rates over time and by area, the 12 deprivations, the targets of the plan,
    the progress of the round, the year's money and the tablets that are silent. What the caller may not see is null."""
    return dashboard(db, actor, area, as_of or clock.today(), patience)


@pages.get("/")
def show_page(
    request: Request,
    db: Db,
    door: SignInDoor,
    patience: Annotated[Patience, Depends(_patience)],
    area: str = "",
    as_of: str = "",
) -> Response:
    """The page of whoever is signed in, or the form to sign in."""
    visit = page.visitor(db, door, request.cookies)
    if visit is None:
        answer: Response = page.html(page.sign_in_page())
        page.forget_tokens(answer)
        return answer
    answer = page.html(_content(db, visit, area, as_of, patience))
    if visit.renewed is not None:
        page.keep_tokens(answer, visit.renewed, door, request)
    return answer


def _content(db: Db, visit: page.Visitor, area: str, as_of: str, patience: Patience) -> str:
    person = visit.actor.full_name
    if not visit.actor.has(Permission.indicators_read):
        return page.message_page("Tài khoản này không xem bảng tổng hợp.", person)
    try:
        day = min(date.fromisoformat(as_of), clock.today()) if as_of else clock.today()
        actor = narrowed(visit.actor, Permission.indicators_read)
        return page.board_page(db, visit, actor, area or None, day, patience)
    except NotFound:
        return page.message_page("Không tìm thấy địa bàn này.", person, "Về địa bàn của tôi")
    except (ValueError, OverflowError):
        return page.message_page(
            "Ngày không đọc được; hãy ghi theo dạng năm-tháng-ngày.", person, "Xem số liệu hôm nay"
        )


@pages.post("/sign-in")
def sign_in(
    request: Request,
    door: SignInDoor,
    address: CallerAddress,
    username: Annotated[str, Form(max_length=1000)] = "",
    password: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Signs in with the form of the page."""
    try:
        tokens = sessions.sign_in(door, username, password, None, address)
    except Problem as problem:
        return page.html(page.sign_in_page(problem.detail.vi, username))
    answer = page.to_start()
    page.keep_tokens(answer, tokens, door, request)
    return answer


@pages.post("/sign-out")
def sign_out(request: Request, db: Db, door: SignInDoor) -> Response:
    """Ends the session of the browser."""
    visit = page.visitor(db, door, request.cookies)
    if visit is not None:
        sessions.sign_out(db, visit.actor, every=False)
    answer = page.to_start()
    page.forget_tokens(answer)
    return answer


@pages.get("/trang.css")
def style() -> Response:
    """The page's style sheet."""
    return Response(page.STYLE, media_type="text/css; charset=utf-8")
