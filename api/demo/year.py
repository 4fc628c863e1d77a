"""What the parts of the demo's year 2024 share: ids, days of the data, who acts, and whom it is about."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from api.accounts.actor import Actor, narrowed
from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.demo import accounts
from api.demo.register import NEAR, POOR, MadeUp

CODE = "14080"
COMMUNE = area_id(CODE)
YEAR = 2024
HAMLETS = range(1, 9)


def demo_id(kind: str, name: str) -> UUID:
    """The same at every first start."""
    return uuid5(NAMESPACE_DNS, f"demo:{kind}:{name}")


def hamlet(number: int) -> UUID:
    return area_id(f"{CODE}-{number:02d}")


def person(username: str, right: Permission) -> Actor:
    """One of the demo's people as the door of a route lets them in. Raises PermissionDenied without the right."""
    return narrowed(accounts.acting(username), right)


def poor(homes: list[MadeUp]) -> list[MadeUp]:
    return [home for home in homes if home.classes[1] == POOR]


def near_poor(homes: list[MadeUp]) -> list[MadeUp]:
    return [home for home in homes if home.classes[1] == NEAR]


def grown(home: MadeUp, *statuses: str) -> list[UUID]:
    """Who of a household lives there, may work and does so as one of `statuses` says (born 1970 to 2005)."""
    return [
        member_id
        for member_id, one in home.members
        if one.get("labour_status") in statuses
        and 1970 <= int(one.get("birth_date", "1900")[:4]) <= 2005
        and "left_on" not in one
    ]


@cache
def content() -> dict[str, Any]:
    """Organisations, items of the plan and gifts (data/year-2024.toml)."""
    text = files("api.demo").joinpath("data/year-2024.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
