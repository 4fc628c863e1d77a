"""Priority groups are a set; an order comes from the commune, from a day on, and then it orders the work list."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import Session

from api.areas.tables import area_id
from api.eligibility.judging import Books, books
from api.eligibility.priority_orders import known_groups, places
from api.eligibility.queries import Asked, work_list
from tests.make.decisions import people
from tests.make.entitlements import catalogue_of, policy
from tests.make.recognitions import recognise
from tests.make.reviews import acting, households

SignIn = Callable[[str], httpx.Client]
URL, COMMUNE, DAY = "/api/v1/priority-order", str(area_id("14080")), date(2024, 11, 20)
GROUPS = sorted(known_groups())


def body(*codes: str, valid_from: str = "2024-04-02", **fields: Any) -> dict[str, Any]:
    return {"area_id": COMMUNE, "valid_from": valid_from, "codes": list(codes), **fields}


def post(client: httpx.Client, status: int, asked: dict[str, Any], **headers: str) -> Any:
    answer = client.post(URL, json=asked, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_without_an_order_all_are_equal(session: Session, sign_in: SignIn) -> None:
    assert sign_in("truc-thai").get(URL).json() == {"items": [], "next_cursor": None}
    assert places(session, area_id("14080-03"), DAY) == {}


def test_an_order_holds_from_its_day_until_the_next_one(session: Session, sign_in: SignIn) -> None:
    officer, hamlet = sign_in("truc-thai"), area_id("14080-03")
    first = post(officer, 201, body(*GROUPS[:2], decided_by="Họp UBND xã"))
    post(officer, 201, body(GROUPS[1], valid_from="2024-07-01"))
    post(officer, 201, body(valid_from="2024-09-01"))
    assert first["codes"] == GROUPS[:2]
    assert places(session, hamlet, date(2024, 4, 1)) == {}
    assert places(session, hamlet, date(2024, 4, 2)) == {GROUPS[0]: 1, GROUPS[1]: 2}
    assert places(session, hamlet, date(2024, 6, 30)) == {GROUPS[0]: 1, GROUPS[1]: 2}
    assert places(session, area_id("14080"), date(2024, 7, 1)) == {GROUPS[1]: 1}
    assert places(session, hamlet, date(2024, 9, 1)) == {}, "equal again"
    assert places(session, area_id("14071-01"), date(2024, 7, 1)) == {}, "another commune"
    listed = officer.get(URL, params={"area_id": COMMUNE}).json()["items"]
    assert [one["valid_from"] for one in listed] == ["2024-09-01", "2024-07-01", "2024-04-02"]


def test_a_mistake_is_set_right_on_the_same_day(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    post(officer, 201, body(GROUPS[0]))
    post(officer, 201, body(GROUPS[1]))
    assert places(session, area_id("14080"), DAY) == {GROUPS[1]: 1}
    pages = [officer.get(URL, params={"limit": 1}).json()]
    pages.append(officer.get(URL, params={"limit": 1, "cursor": pages[0]["next_cursor"]}).json())
    assert [page["items"][0]["codes"] for page in pages] == [[GROUPS[1]], [GROUPS[0]]]
    assert pages[1]["next_cursor"] is None


def test_the_same_key_or_id_records_once(sign_in: SignIn) -> None:
    officer, own = sign_in("truc-thai"), str(uuid4())
    key = {"Idempotency-Key": "một lần".encode().hex()}
    once = [post(officer, 201, body(GROUPS[0]), **key) for _ in range(2)]
    assert once[0] == once[1]
    other = post(officer, 409, body(GROUPS[1]), **key)
    assert other["type"] == "/problems/idempotency-key-reused"
    assert post(officer, 201, body(GROUPS[0], id=own))["id"] == own
    assert post(officer, 201, body(GROUPS[0], id=own))["id"] == own
    assert post(officer, 409, body(GROUPS[1], id=own))["type"] == "/problems/already-exists"
    assert len(officer.get(URL).json()["items"]) == 2


@pytest.mark.parametrize(
    ("codes", "pointer", "code"),
    [(["no-such"], "#/codes/0", "no_such_group"), ([GROUPS[0], GROUPS[1], GROUPS[0]], "#/codes/2", "twice")],
)
def test_unknown_and_repeated_groups_are_refused(sign_in: SignIn, codes: list[str], pointer: str, code: str) -> None:
    refused = post(sign_in("truc-thai"), 422, body(*codes))
    assert (refused["errors"][0]["pointer"], refused["errors"][0]["code"]) == (pointer, code)


def test_who_sets_and_who_reads_it(sign_in: SignIn) -> None:
    post(sign_in("truc-thai"), 201, body(GROUPS[0]))
    for person in ("chu-tich", "xom-3", "truc-ninh", "mat-tran"):
        assert post(sign_in(person), 403, body(GROUPS[0]))["permission"] == "plans:write"
        assert len(sign_in(person).get(URL).json()["items"]) == 1
    post(sign_in("truc-dai"), 404, body(GROUPS[0]))
    assert sign_in("truc-dai").get(URL).json()["items"] == []
    for area in ("14080-03", "363"):
        post(sign_in("truc-thai"), 404, body(GROUPS[0]) | {"area_id": str(area_id(area))})


_PRIORITY = """
[[policies.priorities]]
code = "{code}"
label = {{vi = "Nhóm", en = "Group"}}
when = '{{">=": [{{"var": "counts.{counted}"}}, 1]}}'
document = "luat"
"""
_TEXT = (
    policy("p", '{"===": [{"var": "h.class"}, "poor"]}')
    + _PRIORITY.format(code=GROUPS[0], counted="merit_persons")
    + _PRIORITY.format(code=GROUPS[1], counted="children_under_16")
)


def listed(session: Session, by: Books, area: str | None, who: str = "truc-thai", **asked: Any) -> list[Any]:
    found, cursor = [], None
    while True:
        what = Asked(**{"area_id": area and area_id(area), "served": "open", "priority": None, "limit": 2} | asked,
                     cursor=cursor)  # fmt: skip
        page = work_list(session, acting(who), what, by)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_the_work_list_is_in_the_order_that_the_commune_set(session: Session, sign_in: SignIn) -> None:
    made = households(session, 5)
    for home in made:
        recognise(session, home, "poor", date(2023, 12, 12))
    merit, children, both, neither, also = made
    for home in (merit, both):
        people(session, home, 1, merit_person=True)
    for home in (children, both, also):
        people(session, home, 1, birth_year=2015)
    session.commit()
    by = books(catalogue_of(_TEXT), DAY)

    def ids(items: list[Any]) -> list[UUID]:
        return [item.household_id for item in items]

    equal = listed(session, by, "14080-03")
    assert ids(equal) == sorted(made)
    assert {item.place for item in equal} == {None}
    post(sign_in("truc-thai"), 201, body(GROUPS[1], GROUPS[0]))
    for area, who in (("14080-03", "truc-thai"), ("14080", "truc-thai"), (None, "xom-3")):
        ordered = listed(session, by, area, who)
        assert ids(ordered) == [*sorted([children, both, also]), merit, neither]
        assert [item.place for item in ordered] == [1, 1, 1, 2, None]
    groups = {g.code: g.place for item in ordered if item.household_id == both for g in item.entitlements[0].priorities}
    assert groups == {GROUPS[0]: 2, GROUPS[1]: 1}
    assert ids(listed(session, by, "14080-03", priority=GROUPS[0])) == [both, merit]
    assert ids(listed(session, by, "363", "truc-ninh")) == sorted(made), "a district has no order"


def test_sent_many_times_at_once_it_is_one_order(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    for _ in range(5):
        sent = body(id=str(uuid4()))
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: officer.post(URL, json=sent), range(6)))  # noqa: B023  # used at once
        assert [(answer.status_code, answer.json()["id"]) for answer in answers] == [(201, sent["id"])] * 6
