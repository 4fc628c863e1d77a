"""The page at `/`: signs an officer in, and shows the dashboard of their area. Written and drawn on the server.

The browser keeps the two tokens of a session in cookies that no script can read and no other site can send; they open
this page only, which reads and changes nothing. The page holds no script and no style of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlmodel import Session

from api import clock
from api.accounts import sessions
from api.accounts.actor import Actor
from api.accounts.schemas import TokensOut
from api.accounts.sessions import Door
from api.accounts.signed_in import actor_of
from api.dashboard.charts import number
from api.dashboard.feed import dashboard, places_to_choose
from api.dashboard.pictures import goals, pictures
from api.dashboard.schemas import Dashboard
from api.indicators.targets import RULE
from api.problems import Problem
from mobile_sync.fleet_state import Patience

_ACCESS, _REFRESH = "giamngheo_access", "giamngheo_refresh"
_TEMPLATES = Environment(loader=PackageLoader("api.dashboard"), autoescape=True, undefined=StrictUndefined)
STYLE = files("api.dashboard").joinpath("templates/page.css").read_bytes()
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
}
_STATES = {"silent": "im lặng", "stuck": "bị kẹt", "fine": "tốt", "revoked": "đã thu hồi"}


@dataclass(frozen=True)
class Visitor:
    """Who looks, and the tokens to give them where theirs were renewed."""

    actor: Actor
    renewed: TokensOut | None


def visitor(session: Session, door: Door, cookies: Mapping[str, str]) -> Visitor | None:
    """The person of the cookies; None where they have to sign in."""
    read = door.tokens.read_access(cookies[_ACCESS], clock.now()) if cookies.get(_ACCESS) else None
    renewed = None
    try:
        if read is None:
            if not cookies.get(_REFRESH):
                return None
            renewed = sessions.refresh(door, cookies[_REFRESH])
            read = door.tokens.read_access(renewed.access_token, clock.now())
        return None if read is None else Visitor(actor_of(session, read), renewed)
    except Problem:
        return None


def board_page(session: Session, visit: Visitor, actor: Actor, area: str | None, day: date, patience: Patience) -> str:
    """The dashboard as a page. Raises NotFound for an area that is not the visitor's."""
    board = dashboard(session, actor, area, day, patience)
    return _TEMPLATES.get_template("board.html").render(
        person=visit.actor.full_name,
        board=board,
        places=places_to_choose(session, actor, day),
        today=clock.today(),
        known=f"{board.known_at:%H:%M ngày %d/%m/%Y}",
        figures=_figures(board),
        pictures=pictures(board),
        goals=goals(board.targets),
        rule=RULE.vi,
        states=_STATES,
    )


@dataclass(frozen=True)
class Figure:
    """One number at the top of the page."""

    value: str
    name: str


def _figures(board: Dashboard) -> list[Figure]:
    now = [lines.points[-1] for lines in board.over_time]
    poor, near = now[1].numerator, now[2].numerator
    found = [Figure(number(poor), "hộ nghèo"), Figure(number(near), "hộ cận nghèo")]
    rate = now[0]
    found.append(Figure(number(rate.value) + (" %" if rate.value is not None else ""), "tỷ lệ nghèo đa chiều"))
    if board.round is not None and board.round.total:
        found.append(Figure(f"{board.round.surveyed}/{board.round.total}", f"hộ đã rà soát, năm {board.round.year}"))
    if board.tablets is not None:
        found.append(Figure(number(len(board.tablets.quiet)), "máy im lặng hoặc kẹt"))
    return found


def sign_in_page(message: str = "", username: str = "") -> str:
    """The form to sign in, with what was wrong the last time."""
    return _TEMPLATES.get_template("sign_in.html").render(board=None, person=None, message=message, username=username)


def message_page(message: str, person: str | None, way_out: str = "") -> str:
    """A page that only says something."""
    return _TEMPLATES.get_template("message.html").render(board=None, person=person, message=message, way_out=way_out)


def html(content: str) -> HTMLResponse:
    return HTMLResponse(content, headers=_HEADERS)


def to_start() -> RedirectResponse:
    """Back to the page, so that a reload sends no form again."""
    return RedirectResponse("/", status_code=303, headers=_HEADERS)


def keep_tokens(response: Response, tokens: TokensOut, door: Door, request: Request) -> None:
    """Gives the browser the session's tokens."""
    flags: dict[str, Any] = {"httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}
    response.set_cookie(_ACCESS, tokens.access_token, max_age=door.access_seconds, **flags)
    response.set_cookie(_REFRESH, tokens.refresh_token, max_age=door.refresh_days * 86_400, **flags)


def forget_tokens(response: Response) -> None:
    for name in (_ACCESS, _REFRESH):
        response.delete_cookie(name, httponly=True, samesite="strict")
