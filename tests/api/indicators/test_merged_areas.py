"""1 July 2025, three communes become one: by areas, each day has the areas of that day, and nobody is counted twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.area_change import apply_change
from api.areas import law
from api.areas.tables import area_id
from api.audit import SystemActor
from tests.make.answers import done
from tests.make.people import account_id
from tests.make.recognitions import recognise
from tests.make.reviews import households

SignIn = Callable[[str], httpx.Client]
MINH_THAI = str(area_id("14071", date(2025, 7, 1)))
NINH_BINH = str(area_id("37", date(2025, 7, 1)))


def poor(client: httpx.Client, area: str, by: str | None) -> dict[str, dict[str, int]]:
    """Last day of a month -> area -> poor households."""
    asked: dict[str, Any] = {"area": area, "from": "2025-05-31", "to": "2025-08-31"}
    told: dict[str, dict[str, int]] = {}
    points = done(client.get("/api/v1/indicators/poor_households", params=asked | ({"by": by} if by else {})))["points"]
    for point in points:
        told.setdefault(point["period"], {})[point["area_code"]] = point["numerator"]
    return told


def test_each_day_has_the_areas_of_that_day(sign_in: SignIn, engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        for hamlet, many in (("14080-03", 4), ("14071-01", 3)):
            for home in households(session, many, hamlet):
                recognise(session, home, "poor", date(2024, 12, 1))
    with Session(engine) as session, session.begin():
        apply_change(session, SystemActor(), law.change_called("2025-07-01-minh-thai"))
        # the district is gone: whoever worked there works in the province here
        move = text("UPDATE account_grant SET area_id = :province WHERE account_id = :who AND valid_to IS NULL")
        moved = session.connection().execute(move, {"province": NINH_BINH, "who": account_id("truc-ninh")})
        assert moved.rowcount == 1
    officer = sign_in("truc-ninh")
    whole = {day: sum(one.values()) for day, one in poor(officer, NINH_BINH, None).items()}
    assert set(whole.values()) == {7}
    told = poor(officer, NINH_BINH, "area")
    assert {day: sum(one.values()) for day, one in told.items()} == whole
    for day, areas in told.items():
        assert ("363" in areas, "14071" in areas) == ((True, False) if day < "2025-07-01" else (False, True)), day
    hamlets = poor(officer, MINH_THAI, "area")
    assert {day: sum(one.values()) for day, one in hamlets.items()} == whole
    assert {"14080-03", "14071-01"} <= hamlets["2025-05-31"].keys()
