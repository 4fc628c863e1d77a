"""What stands on the page and in the feed: each number leads to as many records, names are only words, small numbers
and what somebody may not see are absent, and nothing that is typed into the address breaks it."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, text
from sqlmodel import Session

from api import clock
from api.accounts.actor import Grant
from api.accounts.permissions import Role
from api.areas.scope import Scope
from api.areas.tables import area_id
from api.dashboard.feed import board
from api.recognitions.recording import Decision, record_decision
from api.standards.tables import PovertyClass
from mobile_sync.fleet_state import Patience
from tests.api.dashboard.conftest import Visit
from tests.make import rounds
from tests.make.commune_facts import Commune
from tests.make.people import account_id
from tests.make.reviews import acting, counted, households
from tests.make.tablets import enrolled

SignIn = Callable[[str], httpx.Client]
LINK = re.compile(r'<a href="(/records\?[^"]+)">([^<]*)</a>')


def links(page: httpx.Response) -> dict[str, str]:
    """Address -> the number that leads there."""
    return {html.unescape(address): number for address, number in LINK.findall(page.text)}


def rows(page: httpx.Response) -> int:
    assert page.status_code == 200, page.text
    return page.text.count('<tr><th scope="row">')


def test_every_number_leads_to_as_many_records(commune: Commune, visit: Visit) -> None:
    browser = visit("truc-thai")
    found = links(browser.get("/"))
    counted = 0
    for address, number in found.items():
        listed = rows(browser.get(address))
        assert listed > 0, address
        # a rate leads to who is counted in it; whole numbers of people stand in the columns of counts
        if number.isdigit() and "deprived_" in address:
            assert listed == int(number), address
            counted += 1
    assert counted > 20
    assert {"numerator", "denominator", "unknown"} <= {address.rpartition("part=")[2] for address in found}


def test_the_figures_on_top_are_those_of_the_feed(commune: Commune, visit: Visit, sign_in: SignIn) -> None:
    feed = sign_in("truc-thai").get("/api/v1/dashboard").json()
    poor = feed["over_time"][1]["points"][-1]["numerator"]
    assert poor > 0
    page = visit("truc-thai").get("/")
    figure = re.search(r'<a href="([^"]+)"><b>(\d+)</b> <span>hộ nghèo</span>', page.text)
    assert figure is not None
    assert int(figure.group(2)) == poor == rows(visit("truc-thai").get(html.unescape(figure.group(1))))
    asked = {"area": "14080", "as_of": feed["as_of"]}
    one = sign_in("truc-thai").get("/api/v1/indicators/poverty_rate", params=asked).json()["points"][0]
    assert one["numerator"] == poor
    assert [line["code"] for line in feed["by_area"]] == [line["code"] for line in feed["over_time"]]
    assert sum(point["numerator"] for point in feed["by_area"][1]["points"]) == poor


def test_a_long_list_is_turned_page_by_page(session: Session, visit: Visit) -> None:
    ids = [*households(session, 130, "14080-03"), *households(session, 100, "14080-01")]
    officer, paper = acting("truc-thai"), Decision("7/QĐ", date(2024, 12, 20), "Chủ tịch", area_id("14080"))
    record_decision(session, officer, officer.scope, paper, dict.fromkeys(ids, PovertyClass.poor))
    session.commit()
    browser, address, lengths = visit("truc-thai"), "/records?code=poor_households", []
    while address:
        page = browser.get(address)
        lengths.append(rows(page))
        found = re.search(r'<a href="([^"]+)" rel="next">', page.text)
        address = html.unescape(found.group(1)) if found else ""
    assert lengths == [100, 100, 30]
    assert "Trang đầu" in page.text


@pytest.mark.parametrize("nasty", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' & {{ 7 * 7 }}"])
def test_names_are_only_words(commune: Commune, visit: Visit, session: Session, nasty: str) -> None:
    for statement in (
        "UPDATE area SET name = :nasty WHERE code LIKE '14080%'",
        "UPDATE account SET full_name = :nasty",
        "UPDATE member SET full_name = :nasty",
    ):
        session.execute(text(statement), {"nasty": nasty})
    session.commit()
    browser = visit("truc-thai")
    board = browser.get("/")
    lists = [browser.get(address) for address in links(board)][:3]
    assert len(lists) == 3
    for page in (board, *lists):
        assert html.escape(nasty) in page.text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
        assert nasty not in page.text
        assert "49" not in re.findall(r"<h1>(.*?)</h1>", page.text)[0]
    assert html.escape(nasty) in visit().post("/sign-in", data={"username": nasty, "password": "x"}).text.replace(
        "&#34;", "&quot;"
    ).replace("&#39;", "&#x27;")


def test_somebody_elses_area_is_an_area_that_does_not_exist(visit: Visit) -> None:
    browser = visit("truc-thai")
    answers = {
        (page.status_code, page.text)
        for path in ("/?area={}", "/records?code=poverty_rate&area={}")
        for area in (str(area_id("14071")), "14071", str(UUID(int=7)), "99999", "36", "a'b\"<", "x" * 5000)
        if (page := browser.get(path.format(area)))
    }
    assert len(answers) == 1
    status, content = answers.pop()
    assert status == 404
    assert "Không tìm thấy địa bàn này." in content


@pytest.mark.parametrize("day", ["hôm qua", "2024-02-30", "0001-01-01", "9999-12-31", "2024", "-1", "1e9", "\x00"])
def test_a_day_that_is_none_is_refused_in_words(visit: Visit, day: str) -> None:
    for path in ("/", "/records"):
        page = visit("truc-thai").get(path, params={"as_of": day, "code": "poverty_rate"})
        assert page.status_code == 422
        assert "hãy chọn một ngày có thật" in page.text


@pytest.mark.parametrize("name", ["code", "area", "part", "cursor"])
@pytest.mark.parametrize("value", ["\x00", "é" * 300, "../..", "{{7*7}}", "W10", "WyJhIiwgImIiXQ", "-1", "\u202e"])
def test_what_is_typed_into_the_address_breaks_nothing(visit: Visit, name: str, value: str) -> None:
    asked = {"code": "poverty_rate", "part": "numerator", name: value}
    page = visit("truc-thai").get("/records", params=asked)
    assert page.status_code in (400, 404, 422), page.text
    assert page.headers["content-type"].startswith("text/html")
    assert 'role="alert"' in page.text
    if name == "area":
        assert visit("truc-thai").get("/", params={"area": value}).status_code == 404


def test_a_day_of_long_ago_is_an_empty_page(visit: Visit) -> None:
    page = visit("truc-thai").get("/", params={"as_of": "1900-01-01"})
    assert page.status_code == 200


def test_reading_a_list_leaves_a_trace(commune: Commune, visit: Visit, session: Session) -> None:
    browser = visit("truc-thai")
    rows(browser.get("/records?code=poor_households"))
    left = session.execute(
        text("SELECT actor, subject_ids FROM audit_entry WHERE action = 'indicators.records' ORDER BY id DESC LIMIT 1")
    ).one()
    assert left.actor == "truc-thai"
    assert len(left.subject_ids) > 0


def test_a_list_needs_the_rights_of_its_door(commune: Commune, visit: Visit) -> None:
    surveyor = visit("xom-3")
    board = surveyor.get("/")
    for address in links(board):
        assert surveyor.get(address).status_code == 200, address
    assert surveyor.get("/records?code=poverty_rate&area=14080").status_code == 404
    for username in ("tai-chinh", "van-hoa", "ngan-hang", "mat-tran"):
        browser = visit(username)
        for address in links(browser.get("/")):
            assert browser.get(address).status_code == 200, (username, address)
        assert browser.get("/records?code=deprived_nutrition&area=14080").status_code == 403, username


def feed(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    answer = client.get("/api/v1/dashboard", params=asked)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def test_what_somebody_may_not_see_is_absent(commune: Commune, sign_in: SignIn, visit: Visit) -> None:
    may = {
        "truc-thai": (True, True), "truc-ninh": (True, True), "xom-3": (False, False), "van-hoa": (False, False),
        "tai-chinh": (True, False), "ngan-hang": (False, False), "mat-tran": (True, False),
    }  # fmt: skip
    for username, (money, tablets) in may.items():
        told = feed(sign_in(username))
        assert (told["money"] is not None, told["tablets"] is not None) == (money, tablets), username
        page = visit(username).get("/").text
        assert ("Kinh phí năm" in page, "Máy tính bảng" in page) == (money, tablets), username
    assert sign_in("admin").get("/api/v1/dashboard").status_code == 403


def test_the_round_of_an_area_by_the_areas_below(session: Session, sign_in: SignIn) -> None:
    round_id = rounds.review_round(session)
    for hamlet, listed, surveyed in (("14080-01", 7, 6), ("14080-02", 6, 0), ("14080-03", 12, 2)):
        ids = households(session, listed + surveyed, hamlet)
        rounds.cases(session, round_id, ids[:listed], hamlet)
        if surveyed:
            rounds.cases(session, round_id, ids[listed:], hamlet, stage="surveyed")
    session.commit()
    told = feed(sign_in("truc-thai"))["round"]
    assert (told["year"], told["closed"], told["total"], told["surveyed"]) == (2024, False, 33, 8)
    assert [(p["area_code"], p["total"], p["surveyed"]) for p in told["parts"]] == [
        ("14080-01", 13, 6), ("14080-02", 6, 0), ("14080-03", 14, 2),
    ]  # fmt: skip
    assert told["parts"][0]["by_stage"] == {"listed": 7, "surveyed": 6}
    district = feed(sign_in("truc-ninh"))["round"]
    assert [(p["area_code"], p["total"], p["surveyed"]) for p in district["parts"]] == [("14080", 33, 8)]
    hamlet = feed(sign_in("xom-3"))["round"]
    assert [(p["area_code"], p["total"], p["surveyed"]) for p in hamlet["parts"]] == [("14080-03", 14, 2)]
    # 2 of 14 is a small number, and the 8 of all less the 6 of xóm 1 would tell it
    watched = feed(sign_in("mat-tran"))["round"]
    assert (watched["total"], watched["surveyed"]) == (33, 8)
    by_hamlet = {part["area_code"]: part["surveyed"] for part in watched["parts"]}
    assert (by_hamlet["14080-01"], by_hamlet["14080-03"]) == (None, None)
    assert not any(part["by_stage"] for part in watched["parts"])
    assert feed(sign_in("truc-thai"), as_of="2024-08-31")["round"] is None


def test_a_round_whose_list_was_never_kept_is_still_the_last_round(
    session: Session, sign_in: SignIn, visit: Visit
) -> None:
    rounds.review_round(session, stage="closed")
    session.commit()
    for username in ("truc-thai", "xom-3", "truc-ninh"):
        told = feed(sign_in(username))["round"]
        assert (told["year"], told["closed"], told["total"], told["parts"]) == (2024, True, 0, []), username
    assert "Đã kết thúc; phần mềm không giữ danh sách rà soát của đợt này." in visit("truc-thai").get("/").text
    assert feed(sign_in("truc-dai"))["round"] is None


def test_a_rate_of_whom_nobody_knows_anything_is_unknown_and_not_zero(
    commune: Commune, session: Session, sign_in: SignIn, visit: Visit
) -> None:
    session.execute(text("UPDATE review SET in_force = false"))
    session.commit()
    client = sign_in("truc-thai")
    points = [line["points"][0] for line in feed(client)["deprivations"]]
    assert len(points) == 12
    for point in points:
        assert point["unknown"] == point["denominator"] > 0
        assert (point["value"], point["numerator"]) == (None, 0)
        assert point["reason"]["vi"] == "Chưa biết: chưa có kết quả rà soát, hoặc hồ sơ chưa ghi."
    assert client.get("/api/v1/indicators/deprived_nutrition").json()["points"][0]["value"] is None
    section = visit("truc-thai").get("/").text.partition('id="thieu-hut"')[2].partition("</section>")[0]
    assert "Chưa có số liệu để vẽ." in section
    assert "<svg" not in section


def test_of_two_classes_the_one_that_is_told_does_not_tell_the_other(commune: Commune, sign_in: SignIn) -> None:
    """Poor and near-poor are shown together and each by itself: one small number hides both."""
    told = feed(sign_in("mat-tran"))
    for lines in (told["by_area"], told["over_time"]):
        _, poor, near = (line["points"] for line in lines)
        assert [p["suppressed"] for p in poor] == [p["suppressed"] for p in near]
    assert any(p["suppressed"] for p in told["by_area"][1]["points"])
    assert all(p["numerator"] is None and p["value"] is None for p in told["by_area"][1]["points"] if p["suppressed"])
    whole = feed(sign_in("truc-thai"))
    assert not any(p["suppressed"] for line in whole["by_area"] for p in line["points"])


def test_a_silent_tablet_is_named(engine: Engine, sign_in: SignIn, session: Session, visit: Visit) -> None:
    enrolled(engine, "xom-3")
    session.execute(text("UPDATE device SET enrolled_at = now() - interval '40 days', last_contact_at = NULL"))
    session.commit()
    told = feed(sign_in("truc-thai"))["tablets"]
    assert (told["total"], told["fine"], len(told["quiet"])) == (1, 0, 1)
    assert (told["quiet"][0]["state"], told["quiet"][0]["silent_days"]) == ("silent", 40)
    page = visit("truc-thai").get("/").text
    assert "im lặng" in page
    assert "0 trên 1 máy hoạt động tốt." in page


def test_the_tablets_are_those_of_the_place_that_was_chosen(engine: Engine, sign_in: SignIn) -> None:
    for surveyor in ("xom-3", "xom-4", "xom-td-1"):
        enrolled(engine, surveyor)
    district = sign_in("truc-ninh")
    counted = {code: feed(district, area=code)["tablets"]["total"] for code in ("363", "14080", "14071")}
    assert counted == {"363": 3, "14080": 2, "14071": 1}


def test_the_round_of_a_province_is_by_its_districts(session: Session, sign_in: SignIn) -> None:
    for commune, hamlet, listed in (("14080", "14080-01", 6), ("14071", "14071-01", 5)):
        ids = households(session, listed, hamlet)
        rounds.cases(session, rounds.review_round(session, commune), ids, hamlet)
    move = text("UPDATE account_grant SET area_id = :province WHERE account_id = :who")
    session.execute(move, {"province": area_id("36"), "who": account_id("truc-ninh")})
    session.commit()
    told = feed(sign_in("truc-ninh"))["round"]
    assert (told["total"], [(p["area_code"], p["total"]) for p in told["parts"]]) == (11, [("363", 11)])


def test_choosing_an_area_below(commune: Commune, visit: Visit) -> None:
    page = visit("truc-ninh").get("/")
    choices = re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', page.text)
    assert (str(area_id("14080")), "xã Trực Thái") in choices
    below = visit("truc-ninh").get("/", params={"area": str(area_id("14080")), "as_of": "2024-12-31"})
    assert "<h1>Giảm nghèo <span>xã Trực Thái</span></h1>" in below.text
    assert f'<option value="{area_id("14080")}" selected>' in below.text


def test_the_areas_to_choose_are_read_in_one_statement(engine: Engine) -> None:
    today = clock.today()
    codes = {
        ("14080",): ["14080", *(f"14080-{n:02d}" for n in range(1, 9))],
        ("14080-03",): ["14080-03"],
        ("14080-03", "14080-01", "14071"): ["14071", *(f"14071-{n:02d}" for n in (1, 2)), "14080-01", "14080-03"],
        ("14080", "14080-03"): ["14080", *(f"14080-{n:02d}" for n in range(1, 9))],
    }
    for own, expected in codes.items():
        grants = tuple(Grant(Role.commune_officer, area_id(code)) for code in own)
        actor = replace(acting("truc-thai"), grants=grants, scope=Scope.of(area_id(code) for code in own))
        with Session(engine) as session, counted(engine) as statements:
            shown, told = board(session, actor, None, today, Patience(3, 3))
        assert [one.area for one in told] == [area_id(code) for code in expected], own
        assert shown.area_code == min(own)
        assert {one.area_code for lines in shown.by_area for one in lines.points} == {
            code for code in expected if code.startswith(f"{min(own)}-")
        }
        # one statement for the areas, as they are and as they are chosen from
        assert len([one for one in statements if "right_below" in one]) == 1, own
    assert [one.area_name for one in told[:2]] == ["xã Trực Thái", "Xóm 1"]


def test_the_page_takes_no_more_statements_than_the_feed(
    commune: Commune, visit: Visit, sign_in: SignIn, app: FastAPI
) -> None:
    def taken(client: httpx.Client, path: str, **query: str) -> int:
        client.get(path, params=query)  # what has to be counted, is now
        with counted(app.state.engine) as statements:
            assert client.get(path, params=query).status_code == 200
        return len(statements)

    for query in ({}, {"area": str(area_id("14080"))}):
        page = taken(visit("truc-thai"), "/", **query)
        feed = taken(sign_in("truc-thai"), "/api/v1/dashboard", **query)
        print(f"{query}: page {page}, feed {feed}")
        assert page <= feed
