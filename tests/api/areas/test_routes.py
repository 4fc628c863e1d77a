"""Areas over HTTP: what everybody may read, what only an administrator may change, and how a change is refused."""

import base64
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select
from sqlmodel import Session, col

from api.area_change import apply_change
from api.areas import examples, law
from api.areas.schemas import AreaDetail, AreaOut, AreaPatch, AreaTree, HamletIn, StatisticIn, StatisticOut
from api.areas.tables import Area, area_id
from api.audit import AuditEntry, SystemActor
from api.schema import Page
from tests.conftest import SignIn
from tests.make.people import CAST, ONE_OF_EACH, Person

URL = "/api/v1/areas"
DAY = date(2025, 7, 1)
NEW = {
    "code": "14080-09",
    "name": "Xóm 9",
    "local_kind": "xom",
    "parent_id": str(area_id("14080")),
    "valid_from": "2024-06-01",
    "source": "Nghị quyết HĐND xã",
}


_FORGED = [
    base64.urlsafe_b64encode(text.encode()).decode()
    for text in (
        '[Infinity, "x", "00000000-0000-0000-0000-000000000000"]',
        '[1e999, "x", "00000000-0000-0000-0000-000000000000"]',
        '[0, "\\u0000", "00000000-0000-0000-0000-000000000000"]',
        '[0, "\\ud800", "00000000-0000-0000-0000-000000000000"]',
        f'[{10**40}, "x", "00000000-0000-0000-0000-000000000000"]',
        "[" * 1000,
    )
]


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("/problems/")


def pointers(answer: httpx.Response) -> list[str]:
    assert slug(answer) == "invalid", answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("person", ONE_OF_EACH, ids=lambda p: p.role)
def test_everybody_who_is_signed_in_reads_areas(sign_in: SignIn, person: Person) -> None:
    client = sign_in(person.username)
    assert len(client.get(URL).json()["items"]) == 15
    assert client.get(f"{URL}/tree").json()["items"][0]["code"] == "36"
    assert client.get(f"{URL}/{area_id('14071-01')}").json()["full_name"] == "Xóm 1"


def test_nobody_else_does(nobody: httpx.Client) -> None:
    for path in (URL, f"{URL}/tree", f"{URL}/{area_id('36')}", f"{URL}/{area_id('36')}/statistics"):
        assert nobody.get(path).status_code == 401


def test_a_hamlet_looks_as_the_contract_says(sign_in: SignIn) -> None:
    items = sign_in("xom-3").get(URL, params={"level": "hamlet"}).json()["items"]
    assert [item["code"] for item in items] == [
        "14071-01",
        "14071-02",
        *(f"14080-{number:02d}" for number in range(1, 9)),
    ]
    assert items[4] == {
        "id": str(area_id("14080-03")),
        "code": "14080-03",
        "level": "hamlet",
        "name": "Xóm 3",
        "full_name": "Xóm 3",
        "local_kind": "xom",
        "area_type": "rural",
        "region": "red_river_delta",
        "parent_id": str(area_id("14080")),
        "valid_from": "2004-07-08",
        "valid_to": None,
    }


def test_pages_hold_every_area_once(sign_in: SignIn) -> None:
    client, seen, cursor = sign_in("admin"), [], None
    while True:
        answer = client.get(URL, params={"limit": 4} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["code"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 15
    assert seen == sorted(seen)


def test_filters(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    under = client.get(URL, params={"parent_id": str(area_id("14080"))}).json()["items"]
    assert len(under) == 8
    assert [item["name"] for item in client.get(URL, params={"code": "14080"}).json()["items"]] == ["Trực Thái"]
    assert client.get(URL, params={"as_of": "2004-07-07"}).json()["items"] == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("truc thai", ["14080"]),
        ("xã trực", ["14071", "14080", "14086"]),
        ("TRỰC THẮNG", ["14086"]),
        ("%", []),
        ("_óm", []),
        ("xom 1", ["14071-01", "14080-01"]),
    ],
)
def test_search_by_name_without_tones(sign_in: SignIn, words: str, found: list[str]) -> None:
    items = sign_in("truc-thai").get(URL, params={"q": words}).json()["items"]
    assert [item["code"] for item in items] == found


def test_exact_tones_come_first_over_pages(sign_in: SignIn) -> None:
    client = sign_in("admin")
    for number, name in ((9, "Xóm Thai"), (10, "Xóm Thái")):
        given = NEW | {"code": f"14080-{number:02d}", "name": name}
        assert client.post(URL, json=given).status_code == 201
    asked: dict[str, Any] = {"q": "thái", "limit": 2}
    first = client.get(URL, params=asked).json()
    second = client.get(URL, params=asked | {"cursor": first["next_cursor"]}).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["Trực Thái", "Xóm Thái", "Xóm Thai"]


@pytest.mark.parametrize(
    ("params", "pointer"),
    [
        ({"level": "xa"}, "#query/level"),
        ({"limit": "0"}, "#query/limit"),
        ({"limit": "100000"}, "#query/limit"),
        ({"as_of": "2024-13-01"}, "#query/as_of"),
        ({"as_of": "0001-01-01"}, "#query/as_of"),
        ({"parent_id": "1"}, "#query/parent_id"),
        ({"surprise": "1"}, "#query/surprise"),
        ({"q": "a\x00b"}, "#query/q"),
        ({"code": "x" * 3000}, "#query/code"),
    ],
)
def test_a_wrong_question_is_answered_with_the_place(sign_in: SignIn, params: dict[str, str], pointer: str) -> None:
    answer = sign_in("admin").get(URL, params=params)
    assert answer.status_code == 422
    assert pointers(answer) == [pointer]


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WzEsICJ4IiwgInkiXQ", "%00", "é", *_FORGED])
def test_a_made_up_cursor_is_refused(sign_in: SignIn, cursor: str) -> None:
    answer = sign_in("admin").get(URL, params={"cursor": cursor})
    assert (answer.status_code, slug(answer)) == (422, "invalid-cursor")


def test_an_area_with_those_above_it(sign_in: SignIn) -> None:
    answer = sign_in("xom-1").get(f"{URL}/{area_id('14080-01')}")
    assert [above["full_name"] for above in answer.json()["ancestors"]] == [
        "xã Trực Thái",
        "huyện Trực Ninh",
        "tỉnh Nam Định",
    ]
    assert answer.headers["etag"].startswith('"')


def test_an_area_on_another_day(sign_in: SignIn, session: Session) -> None:
    apply_change(session, SystemActor(), law.change_called("2025-07-01-minh-thai"))
    session.commit()
    client = sign_in("xom-1")
    now, then = (client.get(f"{URL}/{area_id('14080-01')}", params=day) for day in ({}, {"as_of": "2025-06-30"}))
    assert [above["full_name"] for above in now.json()["ancestors"]] == ["xã Minh Thái", "tỉnh Ninh Bình"]
    assert [above["code"] for above in then.json()["ancestors"]] == ["14080", "363", "36"]
    assert now.headers["etag"] == then.headers["etag"], "the unit itself did not change"
    assert client.get(f"{URL}/{area_id('14071', DAY)}", params={"as_of": "2025-06-30"}).status_code == 404
    ended = client.get(f"{URL}/{area_id('363')}").json()
    assert (ended["valid_to"], ended["successors"][0]["area"]["full_name"]) == ("2025-06-30", "xã Minh Thái")
    assert [item["name"] for item in client.get(URL, params={"code": "14071"}).json()["items"]] == ["Minh Thái"]
    asked = {"code": "14071", "as_of": "2025-06-30"}
    assert [item["name"] for item in client.get(URL, params=asked).json()["items"]] == ["Trực Đại"]


def test_an_unknown_area_is_not_there(sign_in: SignIn) -> None:
    client = sign_in("admin")
    for path in (f"{URL}/{area_id('x')}", f"{URL}/{area_id('x')}/statistics", f"{URL}/tree?root_id={area_id('x')}"):
        answer = client.get(path)
        assert (answer.status_code, slug(answer)) == (404, "not-found")
    assert client.get(f"{URL}/not-a-uuid").status_code == 422


def test_the_tree_under_one_unit(sign_in: SignIn) -> None:
    answer = (
        sign_in("xom-1").get(f"{URL}/tree", params={"root_id": str(area_id("14071")), "as_of": "2025-01-01"}).json()
    )
    assert answer["as_of"] == "2025-01-01"
    assert [(top["code"], len(top["children"])) for top in answer["items"]] == [("14071", 2)]


def test_an_administrator_adds_a_hamlet_once(sign_in: SignIn, session: Session) -> None:
    client = sign_in("admin")
    first, again = client.post(URL, json=NEW), client.post(URL, json=NEW)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["area_type"] == "rural"
    assert [above["code"] for above in first.json()["ancestors"]] == ["14080", "363", "36"]
    said = session.execute(select(AuditEntry).where(col(AuditEntry.action) == "areas.add")).scalars().all()
    assert [entry.actor for entry in said] == ["admin"]


def test_its_commune_covers_it_at_once(sign_in: SignIn) -> None:
    hamlet = sign_in("admin").post(URL, json=NEW).json()["id"]
    said = {"as_of": "2024-06-30", "households": 1, "persons": 1, "source": "Công an xã"}
    assert sign_in("truc-thai").post(f"{URL}/{hamlet}/statistics", json=said).status_code == 201
    assert sign_in("truc-dai").post(f"{URL}/{hamlet}/statistics", json=said).status_code == 404


def test_the_same_code_with_other_content_is_refused(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.post(URL, json=NEW)
    assert slug(client.post(URL, json=NEW | {"name": "Xóm khác"})) == "already-exists"
    other_id = client.post(URL, json=NEW | {"id": str(area_id("other"))})
    assert (other_id.status_code, slug(other_id)) == (409, "conflict")


@pytest.mark.parametrize("person", [p for p in ONE_OF_EACH if p.role != "admin"], ids=lambda p: p.role)
def test_nobody_but_an_administrator_changes_areas(sign_in: SignIn, person: Person) -> None:
    client = sign_in(person.username)
    for answer in (client.post(URL, json=NEW), client.patch(f"{URL}/{area_id('14080-01')}", json={"name": "Xóm A"})):
        assert (answer.status_code, slug(answer)) == (403, "permission-denied")
        assert answer.json()["permission"] == "areas:write"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"code": "14080-9"}, "#/code"),
        ({"code": "14071-09"}, "#/code"),
        ({"name": ""}, "#/name"),
        ({"name": "a\nb"}, "#/name"),
        ({"name": None}, "#/name"),
        ({"local_kind": "xa"}, "#/local_kind"),
        ({"parent_id": str(area_id("363"))}, "#/parent_id"),
        ({"valid_from": "2004-07-07"}, "#/valid_from"),
        ({"valid_from": "9999-01-01"}, "#/valid_from"),
        ({"source": " "}, "#/source"),
        ({"level": "hamlet"}, "#/level"),
        ({"id": "1"}, "#/id"),
    ],
)
def test_a_wrong_hamlet_is_refused_with_the_place(sign_in: SignIn, change: dict[str, Any], pointer: str) -> None:
    assert pointers(sign_in("admin").post(URL, json=NEW | change)) == [pointer]


def test_a_parent_outside_of_the_administrators_areas_is_not_there(sign_in: SignIn) -> None:
    answer = sign_in("admin").post(URL, json=NEW | {"parent_id": str(area_id("99999"))})
    assert (answer.status_code, slug(answer)) == (404, "not-found")


def test_renaming_needs_the_version_that_was_read(sign_in: SignIn, session: Session) -> None:
    client, path = sign_in("admin"), f"{URL}/{area_id('14080-01')}"
    read = client.get(path)
    without = client.patch(path, json={"name": "Xóm Đông"})
    assert (without.status_code, slug(without)) == (428, "version-required")
    changed = client.patch(path, json={"name": "Xóm Đông"}, headers={"If-Match": read.headers["etag"]})
    assert (changed.status_code, changed.json()["full_name"]) == (200, "Xóm Đông")
    assert changed.headers["etag"] != read.headers["etag"]
    stale = client.patch(path, json={"name": "Xóm Tây"}, headers={"If-Match": read.headers["etag"]})
    assert (stale.status_code, slug(stale)) == (412, "stale-version")
    assert stale.json()["etag"] == changed.headers["etag"] == client.get(path).headers["etag"]
    assert [item["code"] for item in client.get(URL, params={"q": "dong"}).json()["items"]] == ["14080-01"]
    entry = session.execute(select(AuditEntry).where(col(AuditEntry.action) == "areas.change")).scalar_one()
    assert entry.detail == {"change": {"name": ["Xóm 1", "Xóm Đông"]}}


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"name": None}, "#/name"),
        ({"local_kind": None}, "#/local_kind"),
        ({"local_kind": "tinh"}, "#/local_kind"),
        ({"valid_to": "2024-01-01"}, "#/valid_to"),
    ],
)
def test_a_wrong_change_is_refused_with_the_place(sign_in: SignIn, patch: dict[str, Any], pointer: str) -> None:
    client, path = sign_in("admin"), f"{URL}/{area_id('14080-01')}"
    assert pointers(client.patch(path, json=patch, headers={"If-Match": client.get(path).headers["etag"]})) == [pointer]


def test_a_change_of_nothing_changes_nothing(sign_in: SignIn, session: Session) -> None:
    client, path = sign_in("admin"), f"{URL}/{area_id('14080-01')}"
    etag = client.get(path).headers["etag"]
    for patch in ({}, {"name": "Xóm 1"}):
        assert client.patch(path, json=patch, headers={"If-Match": etag}).headers["etag"] == etag
    assert session.execute(select(AuditEntry).where(col(AuditEntry.action) == "areas.change")).all() == []


def test_a_list_costs_the_same_statements_for_one_area_and_for_all(app: Any, sign_in: SignIn) -> None:
    client = sign_in("admin")
    counted: list[str] = []
    event.listen(app.state.engine, "before_cursor_execute", lambda *args: counted.append(args[2]))
    costs = []
    for limit in (1, 100, 100):
        counted.clear()
        client.get(URL, params={"limit": limit})
        costs.append(len(counted))
    assert costs[1] == costs[2] <= 3
    assert costs[0] - costs[1] in (0, 1), "the first request notes that the token was seen"


def test_the_published_examples_are_answers_that_could_be_given() -> None:
    Page[AreaOut].model_validate(examples.PAGE)
    AreaDetail.model_validate(examples.AREA)
    AreaTree.model_validate(examples.TREE)
    Page[StatisticOut].model_validate(examples.STATISTICS)
    for body in (HamletIn, AreaPatch, StatisticIn):
        body.model_validate(body.model_json_schema()["example"])


def test_nobody_in_the_cast_was_forgotten(session: Session) -> None:
    assert {person.area for person in CAST} <= set(session.execute(select(col(Area.code))).scalars())


def test_many_at_once_leave_a_closure_that_holds_all(sign_in: SignIn) -> None:
    from concurrent.futures import ThreadPoolExecutor

    client = sign_in("admin")
    communes = ["14080", "14071", "14086"]
    given = [
        NEW | {"code": f"{code}-{number}", "name": f"Xóm {number}", "parent_id": str(area_id(code))}
        for number in range(20, 23)
        for code in communes
    ]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: client.post(URL, json=one).status_code, given))
    assert answers == [201] * 9
    for code, number in zip(communes, (8 + 3, 2 + 3, 3), strict=True):
        (commune,) = client.get(f"{URL}/tree", params={"root_id": str(area_id(code))}).json()["items"]
        assert len(commune["children"]) == number
