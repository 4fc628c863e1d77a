"""Finding households: names without tone marks, filters, pages, and who may see how much of each."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api import clock
from tests.conftest import SignIn
from tests.make.households import actor, hamlet, post_household, put_household, put_member
from tests.make.recognitions import recognise


def names(client: httpx.Client, **params: Any) -> list[str]:
    """The heads of all households found, page by page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = client.get("/api/v1/households", params=params | ({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        found += [item["head_name"] for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
def register(session: Session) -> Session:
    officer = actor("truc-thai")
    for name in (
        "Nguyễn Văn An",
        "Nguyễn Văn Á",
        "Nguyễn Văn Ả",
        "Nguyễn Văn A",
        "Nguyen Van A",
        "Trần Nguyễn Văn Á",
        "Đỗ Thị Hòa",
        "Đỗ Thị Hoà",
        "Đỗ Thị Hoa",
        "100% Tên_lạ",
    ):
        home = put_household(session, officer, hamlet_id=hamlet(1))
        put_member(session, officer, home, full_name=name)
    session.commit()
    return session


def test_without_tone_marks_every_spelling_is_found(register: Session, sign_in: SignIn) -> None:
    found = names(sign_in("truc-thai"), q="nguyen van a")
    assert found[0] == "Nguyen Van A"  # typed exactly so
    assert set(found[1:4]) == {"Nguyễn Văn A", "Nguyễn Văn Á", "Nguyễn Văn Ả"}  # then the whole name
    assert set(found[4:]) == {"Nguyễn Văn An", "Trần Nguyễn Văn Á"}


def test_exact_tones_come_first(register: Session, sign_in: SignIn) -> None:
    found = names(sign_in("truc-thai"), q="Nguyễn Văn Á")
    assert found[:2] == ["Nguyễn Văn Á", "Trần Nguyễn Văn Á"]
    assert set(found[2:]) == {"Nguyễn Văn A", "Nguyễn Văn Ả", "Nguyen Van A", "Nguyễn Văn An"}


def test_where_the_tone_mark_stands_does_not_matter(register: Session, sign_in: SignIn) -> None:
    assert set(names(sign_in("truc-thai"), q="ĐỖ THỊ HÒA")[:2]) == {"Đỗ Thị Hòa", "Đỗ Thị Hoà"}
    assert names(sign_in("truc-thai"), q="do thi hoa", limit=1)[0] in ("Đỗ Thị Hoa", "Đỗ Thị Hòa", "Đỗ Thị Hoà")


def test_pages_of_a_search_neither_repeat_nor_skip(register: Session, sign_in: SignIn) -> None:
    whole = names(sign_in("truc-thai"), q="nguyen")
    assert len(whole) == 6
    for limit in (1, 2, 5):
        assert names(sign_in("truc-thai"), q="nguyen", limit=limit) == whole
        assert sorted(names(sign_in("truc-thai"), limit=limit)) == sorted(names(sign_in("truc-thai")))


def test_wildcards_are_letters(register: Session, sign_in: SignIn) -> None:
    assert names(sign_in("truc-thai"), q="%") == []
    assert names(sign_in("truc-thai"), q="100%") == ["100% Tên_lạ"]
    assert names(sign_in("truc-thai"), q="Tên_lạ") == ["100% Tên_lạ"]
    assert names(sign_in("truc-thai"), q="van a\\") == []


def test_somebody_who_left_is_not_found(register: Session, sign_in: SignIn) -> None:
    register.execute(text("UPDATE member SET left_on = '2024-01-01' WHERE full_name = 'Nguyễn Văn Á'"))
    register.commit()
    assert "Nguyễn Văn Á" not in names(sign_in("truc-thai"), q="nguyen van a")


def test_filters(session: Session, sign_in: SignIn) -> None:
    officer = actor("truc-thai")
    today = clock.today()
    long_ago, lately = today - timedelta(days=900), today - timedelta(days=100)
    homes = {}
    for name, place in (("Nghèo", 1), ("Cận nghèo", 2), ("Mới thoát", 1), ("Thoát lâu", 1), ("Chưa xét", 2)):
        homes[name] = put_household(session, officer, hamlet_id=hamlet(place))
        put_member(session, officer, homes[name], full_name=name)
    recognise(session, homes["Nghèo"], "poor", long_ago)
    recognise(session, homes["Cận nghèo"], "near_poor", lately)
    recognise(session, homes["Mới thoát"], "poor", long_ago, lately)
    recognise(session, homes["Mới thoát"], "near_poor", lately)
    recognise(session, homes["Thoát lâu"], "poor", today - timedelta(days=2000), today - timedelta(days=1300))
    recognise(session, homes["Thoát lâu"], "not_poor", today - timedelta(days=1300))
    session.commit()
    client = sign_in("truc-thai")
    assert names(client, **{"class": "poor"}) == ["Nghèo"]
    assert set(names(client, **{"class": "near_poor"})) == {"Cận nghèo", "Mới thoát"}
    assert names(client, newly_escaped=True) == ["Mới thoát"]
    assert len(names(client, newly_escaped=False)) == 4
    assert set(names(client, hamlet_id=hamlet(2))) == {"Cận nghèo", "Chưa xét"}
    assert names(client, hamlet_id=hamlet(1, "14071")) == []
    commune = client.get("/api/v1/areas", params={"level": "commune"}).json()["items"]
    thai = next(area["id"] for area in commune if area["code"] == "14080")
    assert len(names(client, area_id=thai)) == 5
    client.post(f"/api/v1/households/{homes['Chưa xét']}/leave")
    assert names(client, status="left") == ["Chưa xét"]
    # who may only list sees five fields; the bank only those with a recognition that counts for credit
    listed = sign_in("mat-tran").get("/api/v1/households").json()["items"]
    assert len(listed) == 5
    assert all(item.keys() == {"id", "household_no", "head_name", "hamlet_id", "current_class"} for item in listed)
    assert set(names(sign_in("ngan-hang"))) == {"Nghèo", "Cận nghèo", "Mới thoát"}
    assert names(sign_in("xom-3")) == []


def test_the_class_of_today_comes_from_recognitions(session: Session, sign_in: SignIn) -> None:
    officer = actor("truc-thai")
    today = clock.today()
    start, then, last = (today - timedelta(days=days) for days in (900, 500, 200))
    home = put_household(session, officer)
    recognise(session, home, "poor", start, then)
    recognise(session, home, "near_poor", then, last)
    recognise(session, home, "near_poor", last)
    ended = put_household(session, officer)
    recognise(session, ended, "poor", start, then)
    session.commit()
    read = sign_in("truc-thai").get(f"/api/v1/households/{home}").json()
    assert (read["current_class"], read["class_since"]) == ("near_poor", then.isoformat())
    assert read["newly_escaped_until"] == _three_years_after(then)
    read = sign_in("truc-thai").get(f"/api/v1/households/{ended}").json()
    assert (read["current_class"], read["class_since"], read["newly_escaped_until"]) == (None, None, None)


def test_who_fell_back_into_poverty_is_no_longer_newly_escaped(session: Session, sign_in: SignIn) -> None:
    today = clock.today()
    start, out, back = (today - timedelta(days=days) for days in (900, 500, 200))
    home = put_household(session, actor("truc-thai"))
    recognise(session, home, "poor", start, out)
    recognise(session, home, "not_poor", out, back)
    recognise(session, home, "poor", back)
    session.commit()
    read = sign_in("truc-thai").get(f"/api/v1/households/{home}").json()
    assert (read["current_class"], read["class_since"]) == ("poor", back.isoformat())
    assert read["newly_escaped_until"] is None


def test_a_forged_cursor_is_refused(sign_in: SignIn) -> None:
    post_household(sign_in("truc-thai"))
    for cursor in ("x", "W10", "WzFd", "WyIwIiwgIjEiXQ", "ñ"):
        for q in (None, "a"):
            params = {"cursor": cursor} | ({"q": q} if q else {})
            answer = sign_in("truc-thai").get("/api/v1/households", params=params)
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor")


def _three_years_after(day: Any) -> str:
    try:
        return str(day.replace(year=day.year + 3))
    except ValueError:  # 29 February
        return str(day.replace(year=day.year + 3, day=28))
