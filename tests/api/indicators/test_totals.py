"""Totals of all hamlets in one go: as a list, as lines of a sheet; what is missing, old, or below the register."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.areas.tables import area_id
from api.areas.totals import Hamlet, names_of
from api.indicators.total_sheet import read_sheet
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.reviews import counted, household

SignIn = Callable[[str], httpx.Client]
TODAY = clock.today()
HAMLETS = [f"14080-{n:02d}" for n in range(1, 9)]


def address(code: str = "14080") -> str:
    return f"/api/v1/areas/{area_id(code)}/hamlet-totals"


def body(**more: Any) -> dict[str, Any]:
    items = [{"hamlet_id": str(area_id(c)), "households": 100 + n, "persons": 400} for n, c in enumerate(HAMLETS)]
    return {"as_of": str(TODAY), "source": "Công an xã", "items": items} | more


def test_all_hamlets_in_one_call(sign_in: SignIn, session: Session, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    assert (done(officer.get(address()))["hamlets"], done(officer.get(address()))["missing"]) == (8, 8)
    with counted(engine) as statements:
        after = done(officer.post(address(), json=body()))
    assert len(statements) < 20
    assert (after["missing"], after["old"]) == (0, 0)
    assert [(i["area_code"], i["households"], i["state"]) for i in after["items"]] == [
        (code, 100 + n, "current") for n, code in enumerate(HAMLETS)
    ]
    rate = done(officer.get("/api/v1/indicators/poverty_rate", params={"area": "14080"}))["points"][0]
    assert (rate["value"], rate["denominator"]) == (0.0, sum(range(100, 108)))
    done(officer.post(address(), json=body()))
    assert session.execute(text("SELECT count(*) FROM area_statistic")).scalar() == 8, "the same word is said once"
    one = body(items=[{"hamlet_id": str(area_id(HAMLETS[0])), "households": 90, "persons": 300}])
    assert done(officer.post(address(), json=one))["items"][0]["households"] == 90, "a correction is the newest word"


def test_what_is_old_and_what_is_below_the_register(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    for _ in range(2):
        people(session, household(session, "14080-01"), 3)
    session.commit()
    old = TODAY.replace(year=TODAY.year - 1)
    sheet = "14080-01\t1\t9\n14080-02\t50\t150"
    done(officer.post(address(), json=body(as_of=str(old), items=[], sheet=sheet)))
    now = done(officer.get(address()))
    assert (now["missing"], now["old"]) == (6, 2)
    first, second = now["items"][:2]
    assert (first["registered_households"], first["registered_persons"]) == (2, 6)
    assert "2 hộ" in first["warning"]["vi"]
    assert second["warning"] is None
    assert done(officer.get(address(), params={"as_of": str(TODAY - timedelta(days=1))}))["old"] == 0


def test_who_is_not_told_small_counts_sees_the_warning_without_them(sign_in: SignIn, session: Session) -> None:
    household(session, "14080-01")
    session.commit()
    done(sign_in("truc-thai").post(address(), json=body(items=[], sheet="14080-01;0;0")))
    told = done(sign_in("mat-tran").get(address()))["items"][0]
    assert (told["registered_households"], told["registered_persons"]) == (None, None)
    assert told["warning"] is not None
    assert "1" not in told["warning"]["vi"]


SHEETS: list[tuple[str, list[str]]] = [
    ("14080-01\tba mươi\t3", ["not_a_number"]),
    ("14080-01\t3", ["columns"]),
    ("14071-01\t3\t9", ["unknown_hamlet"]),
    ("Xóm 99;3;9\nXóm 1;3", ["unknown_hamlet", "columns"]),
    ("14080-01;9;3", ["fewer_than_households"]),
    ("14080-01;3;9\nXÓM 1;3;9", ["said_twice"]),
    (f"14080-01;{'9' * 6000};9", ["not_a_number"]),
    (f"14080-01;1{'.000' * 4000};9", ["not_a_number"]),
    ("14080-01;100.000.001;9\n14080-02;٣;٤", ["not_a_number", "not_a_number"]),
    ("Xóm;Số hộ;Số khẩu", ["missing"]),
]


@pytest.mark.parametrize(("sheet", "faults"), SHEETS, ids=lambda value: str(value)[:20])
def test_a_wrong_line_is_named_and_nothing_is_recorded(
    sign_in: SignIn, session: Session, sheet: str, faults: list[str]
) -> None:
    answer = sign_in("truc-thai").post(address(), json=body(items=[], sheet=sheet))
    assert answer.status_code == 422, answer.text
    assert [error["code"] for error in answer.json()["errors"]] == faults
    assert session.execute(text("SELECT count(*) FROM area_statistic")).scalar() == 0


def test_a_sheet_as_it_is_copied() -> None:
    hamlets = [Hamlet(area_id(c), c, f"Xóm {n}") for n, c in enumerate(HAMLETS, start=1)]
    text_of_sheet = 'Tên xóm\tSố hộ\tNhân khẩu\n"XOM 1"\t1.104\t4 210\n\n14080-02;287;985;ghi chú\n'
    found, wrong = read_sheet(text_of_sheet, names_of(hamlets))
    assert wrong == []
    assert [(one.code, households, persons) for one, households, persons in found] == [
        ("14080-01", 1104, 4210), ("14080-02", 287, 985),
    ]  # fmt: skip
    twins = names_of([Hamlet(area_id("a"), "a", "Xóm Đông"), Hamlet(area_id("b"), "b", "Xóm đông")])
    assert [fault.code for fault in read_sheet("xom dong;1;2", twins)[1]] == ["unknown_hamlet"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"as_of": str(TODAY + timedelta(days=1))}, "#/as_of"), ({"source": ""}, "#/source"),
    ({"items": [{"hamlet_id": str(area_id("14071-01")), "households": 1, "persons": 2}]}, "#/items/0/hamlet_id"),
    ({"items": [{"hamlet_id": str(area_id("14080-01")), "households": -1, "persons": 2}]}, "#/items/0/households"),
    ({"sheet": "\x00"}, "#/sheet"), ({"sheet": "x" * 30_000}, "#/sheet"), ({"items": [], "sheet": None}, "#/items"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "pointer"), WRONG, ids=lambda value: str(value)[:25])
def test_a_wrong_body_is_refused_with_the_place(sign_in: SignIn, change: dict[str, Any], pointer: str) -> None:
    answer = sign_in("truc-thai").post(address(), json=body() | change)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_nobody_but_the_communes_officer_records_and_others_see_nothing(sign_in: SignIn) -> None:
    assert sign_in("truc-dai").post(address(), json=body()).status_code == 404
    assert sign_in("truc-dai").get(address()).status_code == 404
    for who in ("chu-tich", "xom-3", "truc-ninh", "mat-tran"):
        assert sign_in(who).post(address(), json=body()).status_code == 403, who
    assert done(sign_in("xom-3").get(address("14080-03")))["hamlets"] == 1
    assert sign_in("xom-3").get(address("14080-04")).status_code == 404


def test_a_new_hamlet_without_totals_makes_the_rate_unknown_from_its_first_day(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    done(officer.post(address(), json=body(as_of=str(TODAY - timedelta(days=40)))))
    asked = {"area": "14080"}
    assert done(officer.get("/api/v1/indicators/poverty_rate", params=asked))["points"][0]["value"] == 0.0
    new = {"code": "14080-09", "name": "Xóm 9", "local_kind": "xom", "parent_id": str(area_id("14080"))}
    made = sign_in("admin").post("/api/v1/areas", json=new | {"valid_from": str(TODAY), "source": "Nghị quyết 12"})
    assert made.status_code == 201, made.text
    now = done(officer.get("/api/v1/indicators/poverty_rate", params=asked))["points"][0]
    assert (now["value"], now["denominator"]) == (None, None)
    before = asked | {"as_of": str(TODAY - timedelta(days=1))}
    assert done(officer.get("/api/v1/indicators/poverty_rate", params=before))["points"][0]["value"] == 0.0


def test_before_there_were_hamlets(sign_in: SignIn) -> None:
    found = done(sign_in("truc-thai").get(address(), params={"as_of": str(date(1900, 1, 1))}))
    assert (found["hamlets"], found["items"]) == (0, [])
