"""The dashboard over HTTP: as data, and as a page."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, TypeAdapter, ValidationError

from api import clock
from api.accounts import sessions
from api.accounts.actor import Actor, allow
from api.accounts.installation import CallerAddress, SignInDoor
from api.accounts.permissions import Permission
from api.accounts.sessions import Door
from api.dashboard import examples, listing, page
from api.dashboard.feed import dashboard
from api.dashboard.schemas import Dashboard
from api.db import Db
from api.openapi import example, problems
from api.problems import Problem
from api.schema import PastDay
from mobile_sync.fleet_state import Patience

router = APIRouter(tags=["dashboard"])
pages = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, allow(Permission.indicators_read)]
AreaAsked = Annotated[str | None, Query(max_length=40, description="Id or code of an area; your own if not given.")]
DayAsked = Annotated[PastDay | None, Query(description="The day the numbers are of; today if not given.")]


# a day as the wire takes it, read here because a page says what is wrong with it in its own way
_DAY: TypeAdapter[date] = TypeAdapter(PastDay)


def _storable(text: str) -> str:
    return text.replace("\x00", "?")  # which no database can be asked for


_Typed = Annotated[str, AfterValidator(_storable)]


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
    area: _Typed = "",
    as_of: _Typed = "",
) -> Response:
    """The page of whoever is signed in, or the form to sign in."""
    return _shown(
        request,
        db,
        door,
        as_of,
        lambda visit, day: page.board_page(db, visit, visit.reader, area or None, day, patience),
    )


@pages.get("/records")
def show_records(
    request: Request,
    db: Db,
    door: SignInDoor,
    code: _Typed = "",
    area: _Typed = "",
    as_of: _Typed = "",
    part: _Typed = "numerator",
    cursor: _Typed = "",
) -> Response:
    """Who is behind a number of the page, with the rights of `GET /indicators/{code}/records`."""
    return _shown(
        request, db, door, as_of,
        lambda visit, day: page.records_page(
            visit.actor.full_name, listing.listing(db, visit.reader, code, area or None, day, part, cursor or None)
        ),
    )  # fmt: skip


def _shown(request: Request, db: Db, door: Door, as_of: str, write: Callable[[page.Visitor, date], str]) -> Response:
    """A page for whoever is signed in; for others the form to do so."""
    visit = page.visitor(db, door, request.cookies)
    if visit is None:
        answer: Response = page.html(page.sign_in_page())
        page.forget_tokens(answer, request.cookies)
        return answer
    answer = _content(visit, as_of, write)
    if visit.renewed is not None:
        page.keep_tokens(answer, visit.renewed, door, request)
    return answer


def _content(visit: page.Visitor, as_of: str, write: Callable[[page.Visitor, date], str]) -> Response:
    person = visit.actor.full_name
    if not visit.actor.has(Permission.indicators_read):
        return page.html(page.message_page("Tài khoản này không xem bảng tổng hợp.", person), 403)
    try:
        day = _DAY.validate_python(as_of) if as_of else clock.today()
    except ValidationError:
        said = "Ngày không dùng được: hãy chọn một ngày có thật, từ năm 1900 đến hôm nay."
        return page.html(page.message_page(said, person, "Xem số liệu hôm nay"), 422)
    try:
        return page.html(write(visit, day))
    except Problem as problem:
        return page.html(page.message_page(problem.detail.vi, person, "Về địa bàn của tôi"), problem.status)


@pages.post("/sign-in")
def sign_in(
    request: Request,
    door: SignInDoor,
    address: CallerAddress,
    username: Annotated[str, Form(max_length=1000)] = "",
    password: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:
    """Signs in with the form of the page, and only with that: another site could sign somebody in as somebody else."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return page.html(page.sign_in_page("Hãy đăng nhập ngay trên trang này."), 403)
    try:
        tokens = sessions.sign_in(door, username, password, None, address)
    except Problem as problem:
        return page.html(page.sign_in_page(problem.detail.vi, username), problem.status)
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
    page.forget_tokens(answer, request.cookies)
    return answer


@pages.get("/trang.css")
def style() -> Response:
    """The page's style sheet."""
    return Response(page.STYLE, media_type="text/css; charset=utf-8")
