"""Who may look behind which cell."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.accounts.permissions import Role
from tests.make.money import also
from tests.make.report_register import commune

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/reports"
ILLNESS = "cause_illness_or_accident"


@pytest.fixture
def round_id(session: Session) -> str:
    made = commune(session, 6)
    session.commit()
    return str(made.rounds[-1])


def look(client: httpx.Client, round_id: str, form: str, column: str, line: str = "") -> httpx.Response:
    row = f"total:{line}" if line else "total"
    return client.get(f"{REPORTS}/{form}/records", params={"round": round_id, "row": row, "column": column})


CLASSES = [("form-01", "poor_households", ""), ("form-02", "closing", "households"), ("form-05", "households", "")]
READ = [
    ("form-01", "average_households", ""),
    ("form-01", "poor_persons", ""),
    ("form-02", "closing", "persons"),
    ("form-08", "merit", "poor_households"),
    ("form-11", "no_insurance", "poor_children"),
]
SENSITIVE = [
    ("form-04", "deprivations", ""),
    ("form-05", "deprived_clean_water", ""),
    ("form-08", "minority", "poor_households"),
    ("form-08", "no_labour", "poor_households"),
    ("form-08", "other", "poor_households"),
    ("form-09", "kinh", "poor_persons"),
    ("form-10", ILLNESS, "poor_households"),
    ("form-11", "malnourished", "poor_children"),
    ("form-12", "no_labour", ""),
]


@pytest.mark.parametrize(
    ("who", "sees", "refused"),
    [
        ("truc-thai", [*CLASSES, *READ, *SENSITIVE], []),
        ("truc-ninh", [*CLASSES, *READ], SENSITIVE),
        ("tai-chinh", CLASSES, [*READ, *SENSITIVE]),
        ("mat-tran", [], [*CLASSES, *READ, *SENSITIVE]),
        ("van-hoa", [], [*CLASSES, *READ, *SENSITIVE]),
    ],
)
def test_who_looks_behind_which_cells(
    sign_in: SignIn, round_id: str, who: str, sees: list[tuple[str, str, str]], refused: list[tuple[str, str, str]]
) -> None:
    client = sign_in(who)
    for cell in sees:
        assert look(client, round_id, *cell).status_code == 200, cell
    for cell in refused:
        answer = look(client, round_id, *cell)
        assert (answer.status_code, answer.json()["type"][-17:]) == (403, "permission-denied"), cell


def test_a_right_in_another_commune_opens_nothing_here(sign_in: SignIn, engine: Engine, round_id: str) -> None:
    also(engine, "tai-chinh", Role.commune_officer, "14071")
    client = sign_in("tai-chinh")
    assert look(client, round_id, "form-09", "kinh", "poor_persons").json()["permission"] == "households:read"
    assert look(client, round_id, "form-12", "no_labour").status_code == 403
    assert look(client, round_id, "form-01", "poor_households").status_code == 200
