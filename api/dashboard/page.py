"""The page at `/` and the lists behind its numbers: written and drawn on the server, for officers who sign in.

The browser keeps the two tokens of a session in cookies that no script can read and no other site can send; they open
these pages only, which read and change nothing. The pages hold no script and no style of their own.
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
from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.accounts.schemas import TokensOut
from api.accounts.sessions import Door
from api.accounts.signed_in import actor_of
from api.dashboard.charts import number
from api.dashboard.feed import board
from api.dashboard.follow import Follow
from api.dashboard.listing import Listing
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
    # the address of a list names an area and a day
    "Referrer-Policy": "same-origin",
}
_STATES = {"silent": "im lặng", "stuck": "bị kẹt", "fine": "tốt", "revoked": "đã thu hồi"}


@dataclass(frozen=True)
class Visitor:
    """Who looks, and the tokens to give them where theirs were renewed."""

    actor: Actor
    renewed: TokensOut | None

    @property
    def reader(self) -> Actor:
        """The person, with the scope in which they may read numbers. Raises PermissionDenied where there is none."""
        return narrowed(self.actor, Permission.indicators_read)


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
    shown, places = board(session, actor, area, day, patience)
    follow = Follow(actor)
    return _TEMPLATES.get_template("board.html").render(
        person=visit.actor.full_name,
        board=shown,
        places=places,
        today=clock.today(),
        known=f"{shown.known_at:%H:%M ngày %d/%m/%Y}",
        figures=_figures(shown, follow),
        pictures=pictures(shown, follow),
        goals=goals(shown, follow),
        rule=RULE.vi,
        states=_STATES,
    )


@dataclass(frozen=True)
class Figure:
    """One number at the top of the page. `link`: the list of who is counted, or the section that says more."""

    value: str
    name: str
    link: str | None = None


def _figures(board: Dashboard, follow: Follow) -> list[Figure]:
    both, poor, near = (lines.points[-1] for lines in board.over_time)

    def counted(count: int | None, code: str, name: str) -> Figure:
        link = follow.to(code, board.area, board.as_of, "numerator") if count else None
        return Figure(number(count), name, link)

    rate = number(both.value) + (" %" if both.value is not None else "")
    found = [
        counted(poor.numerator, board.over_time[1].code, "hộ nghèo"),
        counted(near.numerator, board.over_time[2].code, "hộ cận nghèo"),
        Figure(rate, "tỷ lệ nghèo đa chiều", "#qua-thoi-gian"),
    ]
    if board.round is not None and board.round.total and board.round.surveyed is not None:
        done = f"{number(board.round.surveyed)}/{number(board.round.total)}"
        found.append(Figure(done, f"hộ đã rà soát, năm {board.round.year}", "#dot-ra-soat"))
    if board.tablets is not None:
        found.append(Figure(number(len(board.tablets.quiet)), "máy im lặng hoặc bị kẹt", "#may"))
    return found


def records_page(person: str, listing: Listing) -> str:
    """The list behind a number."""
    return _TEMPLATES.get_template("records.html").render(person=person, board=None, listing=listing)


def sign_in_page(message: str = "", username: str = "") -> str:
    """The form to sign in, with what was wrong the last time."""
    return _TEMPLATES.get_template("sign_in.html").render(board=None, person=None, message=message, username=username)


def message_page(message: str, person: str | None, way_out: str = "") -> str:
    """A page that only says something."""
    return _TEMPLATES.get_template("message.html").render(board=None, person=person, message=message, way_out=way_out)


def html(content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(content, status, headers=_HEADERS)


def to_start() -> RedirectResponse:
    """Back to the page, so that a reload sends no form again."""
    return RedirectResponse("/", status_code=303, headers=_HEADERS)


def keep_tokens(response: Response, tokens: TokensOut, door: Door, request: Request) -> None:
    """Gives the browser the session's tokens."""
    flags: dict[str, Any] = {"httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}
    response.set_cookie(_ACCESS, tokens.access_token, max_age=door.access_seconds, **flags)
    response.set_cookie(_REFRESH, tokens.refresh_token, max_age=door.refresh_days * 86_400, **flags)


def forget_tokens(response: Response, cookies: Mapping[str, str]) -> None:
    """Takes away what the browser sent. It sends nothing where somebody follows a link from another site, and whoever
    does so stays signed in."""
    for name in {_ACCESS, _REFRESH} & set(cookies):
        response.delete_cookie(name, httponly=True, samesite="strict")
