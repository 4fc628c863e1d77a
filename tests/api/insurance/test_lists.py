"""A commune's lists month after month, over HTTP: drawn up, changed, sent, returned with errors, settled."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.accounts.permissions import Role
from api.areas.tables import area_id
from tests.api.insurance.insurer import (
    COMMUNE,
    LISTS,
    average,
    change_member,
    drawn,
    home,
    lines,
    round_of,
    sent,
    told,
    turn,
)
from tests.make import money
from tests.make.answers import done, pointers, refused
from tests.make.households import actor, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import counted, household

SignIn = Callable[[str], httpx.Client]


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def summed(client: httpx.Client, made: dict[str, Any]) -> tuple[int, int, int, int]:
    said = done(client.get(f"{LISTS}/{made['id']}"))
    return said["on_before"], said["increases"], said["decreases"], said["on_after"]


def test_a_year_of_a_household_and_the_sums_add_up(session: Session, officer: httpx.Client) -> None:
    house, mother, grandmother, son = home(session, 3)
    first = drawn(officer, "2024-01-01")
    assert (first["state"], first["number"], first["as_of"]) == ("drafted", 1, "2024-01-31")
    assert (first["on_before"], first["increases"], first["decreases"], first["on_after"]) == (0, 3, 0, 3)
    found = lines(officer, first)
    assert {(one["reason"], one["group_code"], one["valid_from"]) for one in found} == {
        ("newly_recognised", "HN", "2023-12-11")
    }
    sent(officer, first)
    assert round_of(officer, "2024-02-01") == []
    baby = put_member(session, actor("truc-thai"), house, birth_date="2024-03-08", birth_year=2024)
    session.commit()
    change_member(officer, grandmother, left_on="2024-03-20", left_reason="died")
    third = drawn(officer, "2024-03-01")
    assert told(lines(officer, third)) == {("increase", "born", str(baby)), ("decrease", "died", str(grandmother))}
    assert [one["valid_from"] for one in lines(officer, third)] == ["2024-04-01", "2024-03-08"]
    sent(officer, third)
    assert summed(officer, third) == (3, 1, 1, 3)
    turn(session, house, "near_poor", date(2024, 4, 10))
    fourth = drawn(officer, "2024-04-01")
    moved = lines(officer, fourth)
    assert {(one["change"], one["reason"], one["group_code"]) for one in moved} == {
        ("decrease", "other_group", "HN"), ("increase", "other_group", "CN"),
    }  # fmt: skip
    sent(officer, fourth)
    assert summed(officer, fourth) == (3, 3, 3, 3)
    change_member(officer, son, left_on="2024-05-02", left_reason="moved")
    average(session, house, date(2024, 6, 10))
    assert told(round_of(officer, "2024-05-01")) == {("decrease", "moved_out", str(son))}
    june = round_of(officer, "2024-06-01")
    assert {(one["change"], one["group_code"]) for one in june} == {("decrease", "CN"), ("increase", "GB")}
    assert {one["member_id"] for one in june} == {str(mother), str(baby)}
    change_member(officer, mother, pension=True)
    last = drawn(officer, "2024-07-01")
    assert told(lines(officer, last)) == {("decrease", "other_group", str(mother))}
    sent(officer, last)
    assert summed(officer, last) == (2, 0, 1, 1)
    assert summed(officer, first) == (0, 3, 0, 3), "what was true of a list stays true of it"


def test_the_day_of_a_decision_is_in_the_month_it_falls_into(session: Session, officer: httpx.Client) -> None:
    for day in (date(2024, 3, 31), date(2024, 4, 1)):
        home(session, 1, since=day)
    assert [one["valid_from"] for one in round_of(officer, "2024-03-01")] == ["2024-03-31"]
    assert [one["valid_from"] for one in round_of(officer, "2024-04-01")] == ["2024-04-01"]


def test_who_moves_to_another_commune_goes_off_here_and_comes_on_there(
    session: Session, officer: httpx.Client, sign_in: SignIn
) -> None:
    house, person = home(session, 1)
    round_of(officer, "2024-01-01")
    there = sign_in("truc-dai")
    other = {"area_id": str(area_id("14071")), "month": "2024-01-01"}
    sent(there, done(there.post(LISTS, json=other)))
    move = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-02-14"}
    assert officer.post(f"/api/v1/households/{house}/move", json=move).is_success
    gone = drawn(officer, "2024-02-01")
    assert told(lines(officer, gone)) == {("decrease", "moved_out", str(person))}, "the commune sees its own list whole"
    assert [(one["hamlet"], one["head_name"]) for one in lines(officer, gone)] == [(None, None)]
    (come,) = lines(there, done(there.post(LISTS, json=other | {"month": "2024-02-01"})))
    assert (come["change"], come["reason"], come["member_id"]) == ("increase", "moved_in", str(person))


def test_a_move_inside_the_commune_tells_the_insurer_nothing(session: Session, officer: httpx.Client) -> None:
    house, _ = home(session, 1)
    round_of(officer, "2024-01-01")
    move = {"hamlet_id": str(area_id("14080-04")), "moved_on": "2024-02-14"}
    assert officer.post(f"/api/v1/households/{house}/move", json=move).is_success
    assert round_of(officer, "2024-02-01") == []


def test_a_household_that_left_goes_off(session: Session, officer: httpx.Client) -> None:
    house, person = home(session, 1)
    round_of(officer, "2024-01-01")
    left = officer.post(f"/api/v1/households/{house}/leave", json={"left_on": "2026-11-01", "reason": "x"})
    assert left.is_success or officer.post(f"/api/v1/households/{house}/leave").is_success, left.text
    month = f"{date.today():%Y-%m}-01"  # noqa: DTZ011  # the register says when it was told, and that is today
    assert told(lines(officer, drawn(officer, month))) == {("decrease", "moved_out", str(person))}


def test_a_merge_tells_the_insurer_nothing_and_lines_follow(session: Session, officer: httpx.Client) -> None:
    absorbed, person = home(session, 1)
    survivor = household(session)
    recognise(session, survivor, "poor", date(2023, 12, 11))
    session.commit()
    first = drawn(officer, "2024-01-01")
    sent(officer, first)
    body = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=body).is_success
    assert [one["household_id"] for one in lines(officer, first)] == [str(survivor)]
    assert round_of(officer, "2026-10-01") == []
    assert [one["member_id"] for one in lines(officer, first)] == [str(person)]


def test_one_draft_at_a_time_months_in_their_order_and_none_to_come(session: Session, officer: httpx.Client) -> None:
    home(session, 1)
    key = {"Idempotency-Key": "BHYT-3-2024"}
    body = {"area_id": COMMUNE, "month": "2024-03-01"}
    made = done(officer.post(LISTS, json=body, headers=key))
    assert done(officer.post(LISTS, json=body, headers=key)) == made
    assert refused(officer.post(LISTS, json=body)) == (409, "conflict")
    other = officer.post(LISTS, json=body | {"month": "2024-04-01"}, headers=key)
    assert refused(other) == (409, "idempotency-key-reused")
    sent(officer, made)
    assert pointers(officer.post(LISTS, json=body | {"month": "2024-02-01"})) == [("#/month", "before_last_list")]
    second = done(officer.post(LISTS, json=body))
    assert (second["number"], second["line_count"]) == (2, 0)
    assert officer.delete(f"{LISTS}/{second['id']}", headers={"If-Match": '"1"'}).status_code == 204
    assert refused(officer.get(f"{LISTS}/{second['id']}")) == (404, "not-found")
    assert refused(officer.delete(f"{LISTS}/{made['id']}")) == (409, "illegal-stage")
    assert pointers(officer.post(LISTS, json=body | {"month": "2099-01-01"})) == [("#/month", "in_future")]
    assert pointers(officer.post(LISTS, json=body | {"month": "2024-04-02"})) == [("#/month", "not_first_of_month")]
    hamlet = officer.post(LISTS, json=body | {"area_id": str(area_id("14080-03"))})
    assert pointers(hamlet) == [("#/area_id", "not_a_commune")]
    for elsewhere in (str(area_id("14071")), str(uuid4())):
        assert refused(officer.post(LISTS, json=body | {"area_id": elsewhere})) == (404, "not-found")


def test_of_two_who_draw_up_at_once_one_does(session: Session, officer: httpx.Client) -> None:
    home(session, 2)
    body = {"area_id": COMMUNE, "month": "2024-01-01"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: officer.post(LISTS, json=body), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert [one["line_count"] for one in done(officer.get(LISTS))["items"]] == [2]


def test_a_draft_is_changed_added_to_and_taken_from(session: Session, officer: httpx.Client) -> None:
    home(session, 2)
    outsider, unknown = (put_member(session, actor("truc-thai"), household(session)) for _ in range(2))
    session.commit()
    made = drawn(officer, "2024-01-01")
    where = f"{LISTS}/{made['id']}"
    later = done(officer.patch(f"{where}/lines/1", json={"valid_from": "2024-02-01", "group_code": "HN"}))
    assert (later["valid_from"], later["group_code"]) == ("2024-02-01", "HN")
    assert done(officer.get(where))["version"] == 2
    off = done(officer.post(f"{where}/lines/2/removal", json={"reason": "Đã có thẻ của quân đội"}))
    assert off["taken_off"] == "Đã có thẻ của quân đội"
    extra = {"member_id": str(outsider), "change": "increase", "reason": "correction",
             "policy": "health_insurance_near_poor", "valid_from": "2024-01-01"}  # fmt: skip
    added = officer.post(f"{where}/lines", json=extra)
    assert (added.status_code, done(added)["position"], added.json()["group_code"]) == (201, 3, "CN")
    assert done(officer.post(f"{where}/lines", json=extra))["position"] == 3
    assert refused(officer.post(f"{where}/lines", json=extra | {"valid_from": "2024-01-02"})) == (409, "conflict")
    nothing = extra | {"member_id": str(unknown), "change": "decrease"}
    assert refused(officer.post(f"{where}/lines", json=nothing)) == (409, "conflict"), "who is not on does not go off"
    for policy in ("credit_poor", None):
        answer = officer.post(f"{where}/lines", json=extra | {"policy": policy})
        assert pointers(answer) == [("#/policy", "unknown_policy")]
    assert refused(officer.post(f"{where}/lines", json=extra | {"member_id": str(uuid4())})) == (404, "not-found")
    assert refused(officer.patch(f"{where}/lines/9", json={"card_no": "x"})) == (404, "not-found")
    said = done(officer.get(where))
    assert (said["line_count"], said["taken_off_count"], said["on_after"]) == (2, 1, 2)
    sent(officer, made)
    assert refused(officer.patch(f"{where}/lines/1", json={"group_code": "x"})) == (409, "illegal-stage")
    assert refused(officer.post(f"{where}/lines/1/removal", json={"reason": "x"})) == (409, "illegal-stage")
    assert refused(officer.post(f"{where}/lines", json=extra)) == (409, "illegal-stage")
    assert done(officer.patch(f"{where}/lines/1", json={"card_no": "HN436001"}))["card_no"] == "HN436001"
    # who was taken off was not told, and the next list finds them again
    found = drawn(officer, "2024-02-01")
    assert {(one["change"], one["member_id"]) for one in lines(officer, found)} == {
        ("increase", off["member_id"]), ("decrease", str(outsider)),
    }  # fmt: skip


def test_a_line_has_a_code_of_its_group_and_a_day_near_the_month(session: Session, officer: httpx.Client) -> None:
    home(session, 1)
    outsider = put_member(session, actor("truc-thai"), household(session))
    session.commit()
    made = drawn(officer, "2024-01-01")
    where = f"{LISTS}/{made['id']}"
    extra = {"member_id": str(outsider), "change": "increase", "reason": "correction",
             "policy": "health_insurance_near_poor", "valid_from": "2024-01-01"}  # fmt: skip
    for code in ("XX", "HN"):
        wrong = officer.post(f"{where}/lines", json=extra | {"group_code": code})
        assert pointers(wrong) == [("#/group_code", "not_of_the_group")]
        (said,) = wrong.json()["errors"]
        assert "HN (Người thuộc hộ nghèo); CN (Người thuộc hộ cận nghèo)" in said["details"]["vi"]
    assert pointers(officer.patch(f"{where}/lines/1", json={"group_code": "CN"})) == [
        ("#/group_code", "not_of_the_group")
    ]
    # a year back for what is told late, two months ahead for what December decides about January
    for day in ("2022-12-31", "2024-03-02", "2034-01-01"):
        wrong = officer.post(f"{where}/lines", json=extra | {"valid_from": day})
        assert pointers(wrong) == [("#/valid_from", "far_from_the_month")]
        assert "từ 01/01/2023 đến 01/03/2024" in wrong.json()["errors"][0]["details"]["vi"]
        assert pointers(officer.patch(f"{where}/lines/1", json={"valid_from": day})) == [
            ("#/valid_from", "far_from_the_month")
        ]
    assert done(officer.patch(f"{where}/lines/1", json={"valid_from": "2023-01-01"}))["valid_from"] == "2023-01-01"
    added = done(officer.post(f"{where}/lines", json=extra | {"group_code": "CN", "valid_from": "2024-03-01"}))
    assert (added["group_code"], added["valid_from"]) == ("CN", "2024-03-01")


def test_a_line_is_added_of_who_lives_in_the_commune_and_taken_off_wherever_they_live(
    session: Session, officer: httpx.Client, engine: Engine
) -> None:
    house, mother, grandmother = home(session, 2)
    elsewhere, stranger = home(session, 1)
    move = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-01-10"}
    done(officer.post(f"/api/v1/households/{elsewhere}/move", json=move))
    money.also(engine, "truc-thai", Role.commune_officer, "14071")  # an officer of both communes
    made = drawn(officer, "2024-01-01")
    where = f"{LISTS}/{made['id']}/lines"
    line = {"change": "increase", "reason": "correction", "policy": "health_insurance_poor", "valid_from": "2024-02-01"}
    assert refused(officer.post(where, json=line | {"member_id": str(stranger)})) == (404, "not-found")
    assert refused(officer.post(where, json=line | {"member_id": str(uuid4())})) == (404, "not-found")
    sent(officer, made)
    change_member(officer, grandmother, left_on="2024-02-20", left_reason="died")
    second = drawn(officer, "2024-02-01")
    assert told(lines(officer, second)) == {("decrease", "died", str(grandmother))}
    where = f"{LISTS}/{second['id']}/lines"
    late = officer.post(where, json=line | {"member_id": str(grandmother), "valid_from": "2024-02-21"})
    assert pointers(late) == [("#/valid_from", "after_leaving")]
    sent(officer, second)
    done(officer.post(f"/api/v1/households/{house}/move", json=move | {"moved_on": "2024-03-05"}))
    third = drawn(officer, "2024-03-01")
    (found,) = lines(officer, third)
    where = f"{LISTS}/{third['id']}/lines"
    done(officer.post(f"{where}/{found['position']}/removal", json={"reason": "ghi lại"}))
    gone = {"member_id": str(mother), "change": "decrease", "reason": "moved_out", "valid_from": "2024-03-05"}
    assert done(officer.post(where, json=gone))["policy"] == "health_insurance_poor"


def test_half_of_a_change_of_group_is_not_sent(session: Session, officer: httpx.Client) -> None:
    house, _ = home(session, 1)
    round_of(officer, "2024-01-01")
    turn(session, house, "near_poor", date(2024, 2, 10))
    made = drawn(officer, "2024-02-01")
    done(officer.post(f"{LISTS}/{made['id']}/lines/1/removal", json={"reason": "x"}))
    answer = officer.post(f"{LISTS}/{made['id']}/sending", json={"sent_on": made["as_of"]})
    assert (refused(answer), answer.json()["lines"]) == ((409, "conflict"), [2])
    early = officer.post(f"{LISTS}/{made['id']}/sending", json={"sent_on": "2024-02-28"})
    assert pointers(early) == [("#/sent_on", "before_list")]


def test_what_the_insurer_returns_is_kept_by_its_line(session: Session, officer: httpx.Client) -> None:
    home(session, 2)
    made = drawn(officer, "2024-01-01")
    where = f"{LISTS}/{made['id']}"
    errors = [{"position": 1, "code": "E03", "text": "Sai số định danh", "card_no": "HN4360000001"}]
    back = {"returned_on": "2024-02-05", "errors": errors}
    assert refused(officer.post(f"{where}/return", json=back)) == (409, "illegal-stage")
    sent(officer, made)
    early = officer.post(f"{where}/return", json=back | {"returned_on": "2024-01-30"})
    assert pointers(early) == [("#/returned_on", "before_sending")]
    for named in ([*errors, {"position": 3, "text": "x"}], [*errors, {"position": 1, "text": "x"}]):
        answer = officer.post(f"{where}/return", json=back | {"errors": named})
        assert pointers(answer) == [("#/errors/1/position", "no_such_line")]
    came = done(officer.post(f"{where}/return", json=back))
    assert (came["state"], came["open_error_count"], came["on_after"]) == ("returned", 1, 1)
    (line,) = lines(officer, made, open_errors=True)
    assert (line["error_code"], line["error_text"], line["card_no"]) == ("E03", "Sai số định danh", "HN4360000001")


def test_errors_said_again_leave_what_was_resolved_and_later_ones_do_not_move_the_day(
    session: Session, officer: httpx.Client
) -> None:
    home(session, 3)
    made = drawn(officer, "2024-01-01")
    sent(officer, made)
    where = f"{LISTS}/{made['id']}"
    back = {"returned_on": "2024-02-05", "errors": [{"position": 1, "code": "E03", "text": "Sai số"}]}
    done(officer.post(f"{where}/return", json=back))
    said = {"resolved_on": "2024-02-07", "resolution": "Đã sửa"}
    solved = done(officer.post(f"{where}/lines/1/resolution", json=said))
    # the same return again, whose answer was lost
    assert done(officer.post(f"{where}/return", json=back))["open_error_count"] == 0
    assert lines(officer, made)[0] == solved
    # other errors later; the first one, resolved before them, is written down after them
    later = {"returned_on": "2024-02-20", "errors": [{"position": 2, "text": "Sai tên"}, {"position": 3, "text": "x"}]}
    assert done(officer.post(f"{where}/return", json=later))["returned_on"] == "2024-02-05"
    assert done(officer.post(f"{where}/lines/1/resolution", json=said)) == solved
    done(officer.post(f"{where}/lines/2/resolution", json={"resolved_on": "2024-02-21", "resolution": "Đã sửa"}))
    # another error of a line that was resolved, or the same one on a later day, waits again
    other = {"position": 1, "code": "E05", "text": "Sai ngày sinh"}
    again = {"returned_on": "2024-02-22", "errors": [other, {"position": 2, "text": "Sai tên"}]}
    assert done(officer.post(f"{where}/return", json=again))["open_error_count"] == 3


def test_what_is_resolved_is_told_once_more(session: Session, officer: httpx.Client) -> None:
    home(session, 2)
    made = drawn(officer, "2024-01-01")
    sent(officer, made)
    where = f"{LISTS}/{made['id']}"
    back = {"returned_on": "2024-02-05", "errors": [{"position": 1, "text": "Sai số định danh"}]}
    done(officer.post(f"{where}/return", json=back))
    (line,) = lines(officer, made, open_errors=True)
    # not resolved it waits, on this list and not on the next
    assert refused(officer.post(f"{where}/settling")) == (409, "conflict")
    assert round_of(officer, "2024-02-01") == []
    said = {"resolved_on": "2024-03-04", "resolution": "Đã sửa theo CCCD"}
    assert refused(officer.post(f"{where}/lines/2/resolution", json=said)) == (409, "illegal-stage")
    early = officer.post(f"{where}/lines/1/resolution", json=said | {"resolved_on": "2024-02-04"})
    assert pointers(early) == [("#/resolved_on", "before_return")]
    solved = done(officer.post(f"{where}/lines/1/resolution", json=said))
    assert (solved["resolved_on"], solved["resolution"]) == ("2024-03-04", "Đã sửa theo CCCD")
    assert done(officer.post(f"{where}/lines/1/resolution", json=said)) == solved
    other = officer.post(f"{where}/lines/1/resolution", json=said | {"resolution": "x"})
    assert refused(other) == (409, "conflict")
    assert lines(officer, made, open_errors=True) == []
    march = drawn(officer, "2024-03-01")
    (again,) = lines(officer, march)
    assert (again["change"], again["reason"], again["member_id"]) == ("increase", "correction", line["member_id"])
    assert again["valid_from"] == line["valid_from"], "the card counts from the day that was told first"
    sent(officer, march)
    assert summed(officer, march) == (1, 1, 0, 2)
    assert round_of(officer, "2024-04-01") == []
    settled = done(officer.post(f"{where}/settling"))
    assert settled["state"] == "settled"
    assert done(officer.post(f"{where}/settling")) == settled
    assert refused(officer.post(f"{where}/return", json=back)) == (409, "illegal-stage")


def test_an_error_that_comes_after_the_next_list_keeps_the_sums_right(session: Session, officer: httpx.Client) -> None:
    _, person, _ = home(session, 2)
    first = drawn(officer, "2024-01-01")
    sent(officer, first)
    (place,) = [one["position"] for one in lines(officer, first) if one["member_id"] == str(person)]
    change_member(officer, person, left_on="2024-02-10", left_reason="died")
    second = drawn(officer, "2024-02-01")
    sent(officer, second)
    assert summed(officer, second) == (2, 0, 1, 1)
    back = {"returned_on": "2024-03-05", "errors": [{"position": place, "text": "Sai tên"}]}
    done(officer.post(f"{LISTS}/{first['id']}/return", json=back))
    assert summed(officer, first) == (0, 1, 0, 1)
    assert summed(officer, second) == (1, 0, 0, 1), "who never came on does not go off"


def test_a_stale_version_changes_nothing(session: Session, officer: httpx.Client) -> None:
    home(session, 1)
    made = drawn(officer, "2024-01-01")
    where, stale = f"{LISTS}/{made['id']}", {"If-Match": '"7"'}
    calls = [
        officer.post(f"{where}/sending", json={"sent_on": "2024-02-01"}, headers=stale),
        officer.patch(f"{where}/lines/1", json={"card_no": "x"}, headers=stale),
        officer.post(f"{where}/lines/1/removal", json={"reason": "x"}, headers=stale),
        officer.delete(where, headers=stale),
    ]
    assert [refused(answer) for answer in calls] == [(412, "stale-version")] * len(calls)
    assert done(officer.get(where)) == made


@pytest.mark.parametrize("verb", ["sending", "settling", "return"])
def test_a_list_of_nobody_is_not_there(officer: httpx.Client, verb: str) -> None:
    bodies: dict[str, Any] = {
        "sending": {"sent_on": "2024-02-01"},
        "return": {"returned_on": "2024-02-01", "errors": [{"position": 1, "text": "x"}]},
    }
    answer = officer.post(f"{LISTS}/{uuid4()}/{verb}", json=bodies.get(verb))
    assert refused(answer) == (404, "not-found")


def test_a_list_of_hundreds_costs_as_many_statements_as_one_of_few(
    app: Any, session: Session, officer: httpx.Client
) -> None:
    def cost(month: str) -> tuple[int, ...]:
        with counted(app.state.engine) as drawing:
            made = drawn(officer, month)
        with counted(app.state.engine) as reading:
            found = lines(officer, made)
        with counted(app.state.engine) as listing:
            done(officer.get(LISTS))
        with counted(app.state.engine) as exporting:
            assert officer.get(f"{LISTS}/{made['id']}/workbook").is_success
        with counted(app.state.engine) as sending:
            sent(officer, made)
        return len(found), len(drawing), len(reading), len(listing), len(exporting), len(sending)

    home(session, 2)
    few = cost("2024-01-01")
    for _ in range(60):
        home(session, 5, since=date(2024, 2, 2))
    many = cost("2024-02-01")
    assert (few[0], many[0]) == (2, 300)
    assert few[1:] == many[1:]


def test_nobody_but_the_officer_writes(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    home(session, 1)
    where = f"{LISTS}/{drawn(officer, '2024-01-01')['id']}"
    for who in ("chu-tich", "xom-3", "truc-ninh", "ngan-hang", "tai-chinh", "mat-tran", "van-hoa"):
        client = sign_in(who)
        calls = [
            client.post(LISTS, json={"area_id": COMMUNE, "month": "2024-01-01"}),
            client.post(f"{where}/sending", json={"sent_on": "2024-02-01"}),
            client.post(f"{where}/lines/1/removal", json={"reason": "x"}),
            client.patch(f"{where}/lines/1", json={"card_no": "x"}),
            client.delete(where),
        ]
        assert [refused(answer) for answer in calls] == [(403, "permission-denied")] * len(calls), who


def test_who_reads_and_what_of_whom(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    _, here = home(session, 1)
    _, there = home(session, 1, hamlet="14080-04")
    change_member(officer, here, personal_id="036185001234")
    made = drawn(officer, "2024-01-01")
    where = f"{LISTS}/{made['id']}"
    for who in ("ngan-hang", "tai-chinh", "mat-tran", "van-hoa"):
        for address in (LISTS, where, f"{where}/lines", f"{where}/workbook"):
            assert refused(sign_in(who).get(address)) == (403, "permission-denied"), who
    for stranger in ("truc-dai", "xom-td-1"):
        assert done(sign_in(stranger).get(LISTS))["items"] == []
        for address in (where, f"{where}/lines", f"{where}/workbook"):
            assert refused(sign_in(stranger).get(address)) == (404, "not-found"), stranger
    seen = {who: {one["member_id"]: one["personal_id"] for one in lines(sign_in(who), made)}
            for who in ("truc-thai", "chu-tich", "truc-ninh", "xom-3", "xom-5")}  # fmt: skip
    masked = "********1234"
    assert seen == {
        "truc-thai": {str(here): "036185001234", str(there): None},
        "chu-tich": {str(here): "036185001234", str(there): None},
        "truc-ninh": {str(here): masked, str(there): None},
        "xom-3": {str(here): masked},
        "xom-5": {},
    }


def test_every_look_is_in_the_log(session: Session, officer: httpx.Client, sign_in: SignIn) -> None:
    house, _ = home(session, 1)
    made = drawn(officer, "2024-01-01")
    lines(sign_in("xom-3"), made)
    assert sign_in("chu-tich").get(f"{LISTS}/{made['id']}/workbook").is_success
    assert done(sign_in("truc-ninh").get(f"{LISTS}/{made['id']}"))
    rows = session.execute(
        text("SELECT actor, action FROM audit_entry WHERE action LIKE 'insurance%' AND subject_ids && ARRAY[:a, :b]"),
        {"a": house, "b": UUID(made["id"])},
    ).all()  # fmt: skip
    assert {tuple(row) for row in rows} >= {
        ("truc-thai", "insurance_lists.draw_up"), ("xom-3", "insurance_lists.read_lines"),
        ("chu-tich", "insurance_lists.export"), ("truc-ninh", "insurance_lists.read"),
    }  # fmt: skip
