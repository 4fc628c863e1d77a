"""The Fund for the poor: gifts, outlays, reversals, what it holds, and the account that everybody may read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from api.areas.tables import area_id
from tests.make.answers import done
from tests.make.interventions import intervention
from tests.make.people import account_id
from tests.make.programme_work import organisation
from tests.make.reviews import household

SignIn = Callable[[str], httpx.Client]
ENTRIES = "/api/v1/fund/entries"
COMMUNE, HAMLET = str(area_id("14080")), str(area_id("14080-03"))


def entry(direction: str = "income", amount: int = 2_000_000, **fields: Any) -> dict[str, Any]:
    asked = {"direction": direction, "area_id": COMMUNE, "amount_vnd": amount, "booked_on": "2024-10-17"}
    return {"id": str(uuid4()), **asked, "purpose": "Ủng hộ Quỹ", **fields}


def account(client: httpx.Client, year: int = 2024) -> dict[str, Any]:
    answer = client.get("/api/v1/fund", params={"area_id": COMMUNE, "year": year})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_what_comes_in_goes_out_and_is_taken_back(sign_in: SignIn) -> None:
    front, finance = sign_in("mat-tran"), sign_in("tai-chinh")
    done(front.post(ENTRIES, json=entry(amount=1_000, booked_on="2023-11-18")))
    gift = done(front.post(ENTRIES, json=entry(amount=5_000, giver="Bà Nhài")))
    spent = done(front.post(ENTRIES, json=entry("outlay", 4_000, purpose="Quà Tết")))
    refused = front.post(ENTRIES, json=entry("outlay", 2_001))
    assert (refused.status_code, refused.json()["available_vnd"]) == (409, 1_000 + 5_000 - 4_000)
    assert "Quỹ chỉ còn 2.000 đồng, không" in refused.json()["details"]["vi"]
    back = done(front.post(f"{ENTRIES}/{spent['id']}/reversal", json={"reason": "Nhầm", "booked_on": "2024-10-18"}))
    assert (back["amount_vnd"], back["reverses_id"]) == (-4_000, spent["id"])
    assert front.get(f"{ENTRIES}/{spent['id']}").json()["reversed_by_id"] == back["id"]
    again = front.post(f"{ENTRIES}/{spent['id']}/reversal", json={"reason": "Nhầm", "booked_on": "2024-10-18"})
    assert again.json()["id"] == back["id"]
    assert (
        front.post(f"{ENTRIES}/{back['id']}/reversal", json={"reason": "x", "booked_on": "2024-10-18"}).status_code
        == 409
    )
    told = account(finance)
    assert {name: told[name] for name in ("opening_vnd", "closing_vnd", "balance_vnd")} == {
        "opening_vnd": 1_000, "closing_vnd": 6_000, "balance_vnd": 6_000,
    }  # fmt: skip
    assert told["of_year"] == {"income_vnd": 5_000, "outlay_vnd": 0}
    done(front.post(ENTRIES, json=entry("outlay", 6_000)))
    taken = front.post(f"{ENTRIES}/{gift['id']}/reversal", json={"reason": "x", "booked_on": "2024-12-01"})
    assert taken.status_code == 409  # that money has been given on


def test_a_hamlet_enters_what_it_collects_and_sees_only_that(sign_in: SignIn) -> None:
    hamlet, front = sign_in("xom-3"), sign_in("mat-tran")
    done(front.post(ENTRIES, json=entry(amount=900)))
    mine = done(hamlet.post(ENTRIES, json=entry(amount=300, area_id=HAMLET)))
    assert (mine["area_id"], mine["hamlet_id"]) == (COMMUNE, HAMLET)
    assert [one["id"] for one in hamlet.get(ENTRIES).json()["items"]] == [mine["id"]]
    assert len(front.get(ENTRIES).json()["items"]) == 2
    assert hamlet.post(ENTRIES, json=entry("outlay", 100, area_id=HAMLET)).status_code == 403
    assert hamlet.post(ENTRIES, json=entry(area_id=str(area_id("14080-04")))).status_code == 404
    assert sign_in("xom-4").get(f"{ENTRIES}/{mine['id']}").status_code == 404
    assert account(hamlet)["balance_vnd"] == 1_200


def test_the_same_gift_sent_twice_is_one(sign_in: SignIn) -> None:
    front, gift = sign_in("mat-tran"), entry()
    assert done(front.post(ENTRIES, json=gift)) == done(front.post(ENTRIES, json=gift))
    other = front.post(ENTRIES, json=gift | {"amount_vnd": 1})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/already-exists")
    keyed = entry() | {"id": None}
    first, second = (front.post(ENTRIES, json=keyed, headers={"Idempotency-Key": "k1"}).json() for _ in range(2))
    assert first == second
    assert account(front)["balance_vnd"] == 4_000_000


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1, 2**70, 5.0, "1000", True, None])
def test_only_a_whole_number_is_money(sign_in: SignIn, amount: object) -> None:
    refused = sign_in("mat-tran").post(ENTRIES, json=entry(amount=amount))  # type: ignore[arg-type]
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["#/amount_vnd"]


def test_a_purpose_and_a_reason_are_said(sign_in: SignIn) -> None:
    front = sign_in("mat-tran")
    assert front.post(ENTRIES, json=entry(purpose=" ")).status_code == 422
    gift = done(front.post(ENTRIES, json=entry()))
    silent = front.post(f"{ENTRIES}/{gift['id']}/reversal", json={"reason": " ", "booked_on": "2024-10-18"})
    assert silent.status_code == 422


def test_an_organisation_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    refused = sign_in("mat-tran").post(ENTRIES, json=entry(organisation_id=str(uuid4())))
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found")


def test_a_reversal_takes_no_id_of_another_entry_and_is_one(sign_in: SignIn) -> None:
    front = sign_in("mat-tran")
    one, two = (done(front.post(ENTRIES, json=entry())) for _ in range(2))
    said = {"reason": "Nhầm", "booked_on": "2024-10-18"}
    for taken in (one, two):
        refused = front.post(f"{ENTRIES}/{two['id']}/reversal", json={**said, "id": taken["id"]})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/already-exists")
    back = done(front.post(f"{ENTRIES}/{two['id']}/reversal", json=said))
    assert done(front.post(f"{ENTRIES}/{two['id']}/reversal", json=said))["id"] == back["id"]
    other = front.post(f"{ENTRIES}/{two['id']}/reversal", json=said | {"reason": "Lý do khác"})
    assert other.json()["type"] == "/problems/already-exists"


def test_the_fund_pays_for_a_house_and_its_bookkeeper_does_not_read_the_case(sign_in: SignIn, session: Session) -> None:
    front, home = sign_in("mat-tran"), household(session)
    session.commit()
    asked = {"kind": "housing_case", "year": 2024, "title": "Nhà của hộ", "household_id": str(home)}
    case = done(
        sign_in("truc-thai").post(
            "/api/v1/interventions", json=asked | {"fields": {"works": "repair", "hardship": ["serious_illness"]}}
        )
    )
    done(front.post(ENTRIES, json=entry(amount=30_000)))
    paid = done(front.post(ENTRIES, json=entry("outlay", 30_000, household_id=str(home), intervention_id=case["id"])))
    assert paid["intervention_id"] == case["id"]
    assert front.get(f"/api/v1/interventions/{case['id']}").status_code == 404
    hamlet = sign_in("xom-4").post(ENTRIES, json=entry(area_id=str(area_id("14080-04")), intervention_id=case["id"]))
    assert hamlet.status_code == 404


def test_two_outlays_at_once_do_not_both_get_the_last_money(sign_in: SignIn) -> None:
    front = sign_in("mat-tran")
    done(front.post(ENTRIES, json=entry(amount=1_000)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: front.post(ENTRIES, json=entry("outlay", 1_000)), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert account(front)["balance_vnd"] == 0


def test_everybody_may_read_the_account_and_nobody_is_named_who_did_not_agree(
    sign_in: SignIn, nobody: httpx.Client, session: Session
) -> None:
    front = sign_in("mat-tran")
    done(front.post(ENTRIES, json=entry(giver="Công ty may", public_name=True)))
    done(front.post(ENTRIES, json=entry(giver="Nguyễn Văn Kín")))
    told = nobody.get("/api/v1/public/fund/14080", params={"year": 2024})
    assert told.status_code == 200
    assert "Kín" not in told.text
    assert [line["giver"] for line in told.json()["lines"] if line["giver"]] == ["Công ty may"]
    assert told.json()["closing_vnd"] == 4_000_000
    assert nobody.get("/api/v1/public/fund/99999").status_code == 404


@pytest.mark.parametrize("change", ["UPDATE fund_entry SET amount_vnd = 1", "DELETE FROM fund_entry"])
def test_the_book_is_never_changed(sign_in: SignIn, session: Session, change: str) -> None:
    done(sign_in("mat-tran").post(ENTRIES, json=entry()))
    with pytest.raises(DBAPIError):
        session.execute(text(change))


_STEP = st.tuples(st.sampled_from(["income", "outlay", "reverse"]), st.integers(1, 9), st.integers(0, 9))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_STEP, max_size=25))
def test_the_sums_are_those_of_the_book_whatever_happens(engine: Any, steps: list[tuple[str, int, int]]) -> None:
    """Straight at the database: its trigger and its checks alone keep the Fund right."""
    with Session(engine) as session:
        standing: dict[str, tuple[str, int]] = {}
        balance = 0
        values: dict[str, Any]
        for what, amount, which in steps:
            if what == "reverse":
                if not standing:
                    continue
                taken = sorted(standing)[which % len(standing)]
                direction, booked = standing[taken]
                values = {"direction": direction, "amount": -booked, "reverses": taken, "reason": "nhầm"}
            else:
                values = {"direction": what, "amount": amount, "reverses": None, "reason": None}
            made = str(uuid4())
            change = values["amount"] if values["direction"] == "income" else -values["amount"]
            try:
                with session.begin_nested():
                    session.execute(text(_INSERT), values | {"id": made, "area": COMMUNE, "by": account_id("mat-tran")})
            except DBAPIError:
                assert balance + change < 0  # nothing but an empty Fund refuses
                continue
            balance += change
            if what == "reverse":
                del standing[taken]
            else:
                standing[made] = (what, amount)
            held = session.execute(text("SELECT income_vnd - outlay_vnd FROM fund WHERE area_id = :a"), {"a": COMMUNE})
            assert held.scalar_one() == balance >= 0


_INSERT = """
    INSERT INTO fund_entry (id, area_id, direction, amount_vnd, booked_on, public_name, purpose, reverses_id, reason,
        recorded_by, recorded_at)
    VALUES (:id, :area, :direction, :amount, '2024-10-17', false, 'x', :reverses, :reason, :by, now())
"""


def test_what_is_booked_for_the_case_of_a_household_says_nothing_of_it_in_public(
    sign_in: SignIn, nobody: httpx.Client, session: Session
) -> None:
    case = intervention(session, kind="helper", stage="assigned", policy=None, household_id=household(session))
    session.commit()
    given = entry(purpose="Giúp riêng ông Nguyễn Văn Kín", intervention_id=str(case), area_id=HAMLET)
    done(sign_in("xom-3").post(ENTRIES, json=given))
    done(sign_in("mat-tran").post(ENTRIES, json=entry(purpose="Ủng hộ Quỹ")))
    told = nobody.get("/api/v1/public/fund/14080", params={"year": 2024})
    assert {line["purpose"] for line in told.json()["lines"]} == {"Ủng hộ Quỹ", "Hỗ trợ hộ nghèo, hộ cận nghèo"}
    assert "Kín" not in told.text


def test_a_gift_names_an_organisation_of_the_commune(sign_in: SignIn) -> None:
    front, cooperative = sign_in("mat-tran"), organisation(sign_in("truc-thai"))
    assert done(front.post(ENTRIES, json=entry(organisation_id=cooperative)))["organisation_id"] == cooperative
    answer = front.post(ENTRIES, json=entry(organisation_id=str(uuid4())))
    assert (answer.status_code, answer.json()["details"]["vi"]) == (404, "Không tìm thấy tổ chức này.")


def test_an_entry_is_taken_back_for_a_reason(sign_in: SignIn) -> None:
    front = sign_in("mat-tran")
    gift = done(front.post(ENTRIES, json=entry()))
    answer = front.post(f"{ENTRIES}/{gift['id']}/reversal", json={"reason": " ", "booked_on": "2024-10-18"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/reason")
