"""A list 03/TD: drawn up for a group, held line by line against the recognition of its day, confirmed for the bank."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.areas.tables import area_id
from api.credit.rules import Facts, finding
from api.programmes.catalogue import catalogue
from tests.api.credit.bank import LISTS, line, loan, loan_list, objections
from tests.api.printing import families
from tests.make.answers import done, pointers, refused
from tests.make.households import actor, member_body, put_household, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import counted, household

SignIn = Callable[[str], httpx.Client]
CONFIRM = {"number": "27/XN-UBND", "confirmed_on": "2024-12-12"}
DAY = date(2024, 12, 11)  # of every list here


def home(session: Session, *classes: tuple[str, date, date | None], hamlet: str = "14080-03") -> tuple[UUID, UUID]:
    """A household with these classes from day to day, and its head."""
    found = household(session, hamlet)
    head = put_member(session, actor("truc-thai"), found)
    for name, start, end in classes:
        recognise(session, found, name, start, end)
    session.commit()
    return found, head


def poor(session: Session, **more: Any) -> tuple[UUID, UUID]:
    return home(session, ("poor", date(2023, 12, 11), None), **more)


# classes of a household from day to day; what speaks on 11/12/2024 against a loan by each of the three policies
@pytest.mark.parametrize(
    ("classes", "as_poor", "as_near_poor", "as_newly_escaped"),
    [
        ([("poor", "2023-12-11", None)], None, "other_class", "other_class"),
        ([("near_poor", "2023-12-11", None)], "other_class", None, "other_class"),
        ([], "not_recognised", "not_recognised", "not_recognised"),
        # recognised on the day of the list, and only the day after
        ([("poor", "2024-12-11", None)], None, "other_class", "other_class"),
        ([("poor", "2024-12-12", None)], "not_recognised", "not_recognised", "not_recognised"),
        # left the list three years ago to the day, and a day more; poor and near-poor alike
        ([("poor", "2020-12-10", "2021-12-11"), ("not_poor", "2021-12-11", None)], "other_class", "other_class", None),
        ([("near_poor", "2020-12-10", "2021-12-11")], "other_class", "other_class", None),
        ([("poor", "2020-12-10", "2021-12-10"), ("not_poor", "2021-12-10", None)],
         "not_recognised", "not_recognised", "not_recognised"),
        # left the list by a decision of the very day
        ([("poor", "2023-12-11", "2024-12-11"), ("not_poor", "2024-12-11", None)], "other_class", "other_class", None),
        # poor, then near-poor, then neither: it left the list when it stopped being near-poor
        ([("poor", "2018-12-10", "2019-12-10"), ("near_poor", "2019-12-10", "2023-12-11")],
         "other_class", "other_class", None),
        # near-poor after poverty has not left the list, though the programme counts it as newly escaped
        ([("poor", "2020-12-10", "2023-12-11"), ("near_poor", "2023-12-11", None)], "other_class", None, "other_class"),
        # left once, relapsed since
        ([("poor", "2020-12-10", "2022-12-12"), ("poor", "2023-12-11", None)], None, "other_class", "other_class"),
    ],
)  # fmt: skip
def test_each_line_is_held_against_the_recognition_of_the_day(
    session: Session, sign_in: SignIn, classes: list[tuple[str, str, str | None]], as_poor: str | None,
    as_near_poor: str | None, as_newly_escaped: str | None,
) -> None:  # fmt: skip
    days = [(name, date.fromisoformat(a), b and date.fromisoformat(b)) for name, a, b in classes]
    found = home(session, *days)  # type: ignore[arg-type]
    policies = ("credit_poor", "credit_near_poor", "credit_newly_escaped")
    lines = [line(*found, policy=policy) for policy in policies]
    made = done(sign_in("truc-thai").post(LISTS, json=loan_list(*lines)))
    assert objections(made) == [as_poor, as_near_poor, as_newly_escaped]
    assert {one["newly_escaped"] for one in made["lines"]} == {as_newly_escaped is None}


def test_a_list_is_judged_by_its_own_day_not_by_today(session: Session, sign_in: SignIn) -> None:
    found = home(session, ("poor", date(2020, 12, 10), date(2021, 12, 11)))
    body = loan_list(line(*found, policy="credit_newly_escaped"), drawn_up_on="2024-12-12")
    assert objections(done(sign_in("truc-thai").post(LISTS, json=body))) == ["not_recognised"]


def test_a_loan_under_way_and_another_hamlet_object(session: Session, sign_in: SignIn) -> None:
    borrower, elsewhere, free = poor(session), poor(session, hamlet="14080-04"), poor(session)
    bank, officer = sign_in("ngan-hang"), sign_in("truc-thai")
    lent = done(bank.post("/api/v1/loans", json=loan(borrower[0])))
    done(bank.post("/api/v1/loans", json=loan(free[0], policy="credit_near_poor")))
    made = done(officer.post(LISTS, json=loan_list(line(*borrower), line(*elsewhere), line(*free))))
    assert objections(made) == ["already_borrowing", "not_of_the_hamlet", None]
    done(bank.patch(f"/api/v1/loans/{lent['id']}", json={"state": "repaid"}))
    # a draft is checked whenever it is read
    assert objections(done(officer.get(f"{LISTS}/{made['id']}"))) == [None, "not_of_the_hamlet", None]


def test_a_household_of_another_hamlet_is_said_to_be_whatever_its_class(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    unlisted, stays, came, went = home(session, hamlet="14080-04"), *(poor(session) for _ in range(3))
    move = {"hamlet_id": str(area_id("14080-04")), "moved_on": "2024-11-30"}
    done(officer.post(f"/api/v1/households/{went[0]}/move", json=move))
    # after the day of the list nothing about it changes
    done(officer.post(f"/api/v1/households/{stays[0]}/move", json=move | {"moved_on": "2024-12-20"}))
    made = done(officer.post(LISTS, json=loan_list(*(line(*one) for one in (unlisted, stays, came, went)))))
    assert objections(made) == ["not_of_the_hamlet", None, None, "not_of_the_hamlet"]
    assert [one["poverty_class"] for one in made["lines"]] == [None, "poor", "poor", "poor"]


def test_a_ceiling_that_nobody_verified_is_shown_and_objects_to_nothing(session: Session, sign_in: SignIn) -> None:
    body = loan_list(line(*poor(session), amount_vnd=100_000_001), drawn_up_on="2025-01-01")
    (one,) = done(sign_in("truc-thai").post(LISTS, json=body))["lines"]
    assert (one["objection"], one["limit_vnd"], one["limit_verified"]) == (None, 100_000_000, False)


@pytest.mark.parametrize(("amount", "verified", "objection"), [
    (100_000_000, True, None), (100_000_001, True, "above_limit"), (100_000_001, False, None),
])  # fmt: skip
def test_a_verified_ceiling_objects_to_a_dong_more(amount: int, verified: bool, objection: str | None) -> None:
    policy = catalogue().policies["credit_poor"]
    known = replace(policy, parameters=tuple(replace(one, verified=verified) for one in policy.parameters))
    facts = Facts(
        hamlet_id=area_id("14080-03"), poverty_class="poor", class_since=DAY, left_poor_on=None, left_list_on=None
    )
    found = finding(known, None, facts, amount, facts.hamlet_id, date(2025, 1, 1))
    assert found.objection == objection


def test_it_is_confirmed_once_nothing_objects_and_then_stands(session: Session, sign_in: SignIn) -> None:
    good, bad = poor(session), home(session)
    officer, bank = sign_in("truc-thai"), sign_in("ngan-hang")
    made = done(officer.post(LISTS, json=loan_list(line(*good), line(*bad))))
    where = f"{LISTS}/{made['id']}"
    answer = officer.post(f"{where}/confirmation", json=CONFIRM)
    assert refused(answer) == (409, "conflict")
    assert answer.json()["lines"] == [2]
    assert refused(bank.get(where)) == (404, "not-found"), "the bank sees what the commune confirmed"
    taken = done(officer.post(f"{where}/lines/2/removal", json={"reason": "Hộ không thuộc diện"}))
    assert (taken["version"], taken["line_count"], taken["amount_vnd"]) == (2, 1, 50_000_000)
    assert [one["taken_off"] for one in taken["lines"]] == [None, "Hộ không thuộc diện"]
    before = {"number": "27/XN-UBND", "confirmed_on": "2024-12-10"}
    assert pointers(officer.post(f"{where}/confirmation", json=before)) == [("#/confirmed_on", "before_list")]
    kept = done(officer.post(f"{where}/confirmation", json=CONFIRM, headers={"If-Match": '"2"'}))
    assert (kept["state"], kept["number"], kept["confirmed_on"]) == ("confirmed", "27/XN-UBND", "2024-12-12")
    # said twice it is confirmed once; another number is another thing
    assert done(officer.post(f"{where}/confirmation", json=CONFIRM)) == kept
    other = officer.post(f"{where}/confirmation", json=CONFIRM | {"number": "28/XN-UBND"})
    assert refused(other) == (409, "illegal-stage")
    assert refused(officer.post(f"{where}/lines/1/removal", json={"reason": "x"})) == (409, "illegal-stage")
    seen = done(bank.get(where))
    assert [one["position"] for one in seen["lines"]] == [1], "whoever was taken off is nobody's business at the bank"
    assert [one["id"] for one in done(bank.get(LISTS))["items"]] == [made["id"]]
    # what was found then stays, whatever becomes of the household
    session.execute(text("UPDATE recognition SET days = daterange(lower(days), '2024-12-11')"))
    session.commit()
    assert [one["poverty_class"] for one in done(bank.get(where))["lines"]] == ["poor"]


def test_nothing_is_confirmed_of_a_list_without_lines(session: Session, sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    where = f"{LISTS}/{done(officer.post(LISTS, json=loan_list(line(*poor(session)))))['id']}"
    done(officer.post(f"{where}/lines/1/removal", json={"reason": "rút"}))
    assert refused(officer.post(f"{where}/confirmation", json=CONFIRM)) == (409, "conflict")
    assert refused(officer.post(f"{where}/lines/2/removal", json={"reason": "rút"})) == (404, "not-found")


def test_it_is_checked_once_more_when_it_is_confirmed(session: Session, sign_in: SignIn) -> None:
    found = poor(session)
    officer = sign_in("truc-thai")
    made = done(officer.post(LISTS, json=loan_list(line(*found))))
    assert objections(made) == [None]
    done(sign_in("ngan-hang").post("/api/v1/loans", json=loan(found[0])))
    answer = officer.post(f"{LISTS}/{made['id']}/confirmation", json=CONFIRM)
    assert (refused(answer), answer.json()["lines"]) == ((409, "conflict"), [1])


def test_a_list_sent_twice_is_one_list(session: Session, sign_in: SignIn) -> None:
    officer, body = sign_in("truc-thai"), loan_list(line(*poor(session)))
    key = {"Idempotency-Key": "03TD-xom3"}
    made = done(officer.post(LISTS, json=body, headers=key))
    assert done(officer.post(LISTS, json=body, headers=key)) == made
    other = body | {"lines": [body["lines"][0] | {"term_months": 12}]}
    assert refused(officer.post(LISTS, json=other, headers=key)) == (409, "idempotency-key-reused")
    assert len(done(officer.get(LISTS))["items"]) == 1


def test_a_list_sent_twice_at_once_is_one_list(session: Session, sign_in: SignIn) -> None:
    officer, body = sign_in("truc-thai"), loan_list(line(*poor(session)))
    key = {"Idempotency-Key": "03TD-xom3"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: officer.post(LISTS, json=body, headers=key), range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len(done(officer.get(LISTS))["items"]) == 1


def test_what_a_list_cannot_hold_is_said_at_its_line(session: Session, sign_in: SignIn) -> None:
    officer, (one, head) = sign_in("truc-thai"), poor(session)
    (_, stranger), foreign = (
        poor(session),
        put_household(session, actor("truc-dai"), hamlet_id=str(area_id("14071-01"))),
    )
    session.commit()
    twice = officer.post(LISTS, json=loan_list(line(one, head), line(one, head)))
    assert pointers(twice) == [("#/lines/1/household_id", "twice")]
    person = officer.post(LISTS, json=loan_list(line(one, head), line(one, stranger, policy="credit_near_poor")))
    assert (refused(person), pointers(person)) == ((404, "not-found"), [("#/lines/1/member_id", "not_found")])
    answers = [officer.post(LISTS, json=loan_list(line(one, head), line(i, head))) for i in (foreign, uuid4())]
    assert [pointers(answer) for answer in answers] == [[("#/lines/1/household_id", "not_found")]] * 2
    by_person = officer.post(LISTS, json=loan_list(line(one, head, policy="credit_job_creation")))
    assert pointers(by_person) == [("#/lines/0/policy", "not_by_class")]
    unknown = officer.post(LISTS, json=loan_list(line(one, head, policy="electricity_poor")))
    assert pointers(unknown) == [("#/lines/0/policy", "unknown_policy")]
    for area in ("14080", "14071-01"):
        answer = officer.post(LISTS, json=loan_list(line(one, head), hamlet_id=str(area_id(area))))
        assert refused(answer) == (404, "not-found")


def test_only_the_officer_draws_up_and_confirms(session: Session, sign_in: SignIn) -> None:
    body = loan_list(line(*poor(session)))
    made = done(sign_in("truc-thai").post(LISTS, json=body))
    where = f"{LISTS}/{made['id']}"
    for who in ("ngan-hang", "chu-tich", "xom-3", "mat-tran", "tai-chinh", "truc-ninh"):
        client = sign_in(who)
        for address, said in ((LISTS, body), (f"{where}/confirmation", CONFIRM)):
            assert refused(client.post(address, json=said)) == (403, "permission-denied"), who
    for who in ("chu-tich", "xom-3", "mat-tran", "tai-chinh", "truc-ninh"):
        for address in (LISTS, where):
            assert refused(sign_in(who).get(address)) == (403, "permission-denied"), who
    assert refused(sign_in("truc-dai").get(where)) == (404, "not-found")
    assert refused(sign_in("truc-dai").post(f"{where}/confirmation", json=CONFIRM)) == (404, "not-found")
    assert done(sign_in("truc-dai").get(LISTS))["items"] == []


def test_a_merged_household_stands_on_the_list_as_its_survivor(session: Session, sign_in: SignIn) -> None:
    (absorbed, head), (survivor, _) = poor(session), poor(session)
    officer = sign_in("truc-thai")
    made = done(officer.post(LISTS, json=loan_list(line(absorbed, head))))
    merged = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    assert officer.post("/api/v1/households/merge", json=merged).is_success
    (one,) = done(officer.get(f"{LISTS}/{made['id']}"))["lines"]
    assert one["household_id"] == str(survivor)
    again = done(officer.post(LISTS, json=loan_list(line(absorbed, head, amount_vnd=7))))
    assert again["lines"][0]["household_id"] == str(survivor)
    twice = officer.post(LISTS, json=loan_list(line(absorbed, head), line(survivor, head)))
    assert pointers(twice) == [("#/lines/1/household_id", "twice")]


def test_of_who_moved_away_the_list_tells_who_borrows_and_not_where_they_live_now(
    session: Session, sign_in: SignIn
) -> None:
    officer, there = sign_in("truc-thai"), sign_in("truc-dai")
    moved, who = poor(session)
    stays, other = poor(session)
    drafted, confirmed = (
        done(officer.post(LISTS, json=loan_list(line(moved, who), line(stays, other)))) for _ in range(2)
    )
    done(officer.post(f"{LISTS}/{confirmed['id']}/confirmation", json=CONFIRM))
    move = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-12-20"}
    done(officer.post(f"/api/v1/households/{moved}/move", json=move))
    where = f"/api/v1/households/{moved}"
    head = done(there.post(f"{where}/members", json=member_body(full_name="Trần Thị Nơi Khác", sex="female")))
    for changes in ({"address": "Đội 9 nơi khác"}, {"household_no": "77"}, {"head_member_id": head["id"]}):
        done(there.patch(where, json=changes, headers={"If-Match": there.get(where).headers["ETag"]}))
    for made in (drafted, confirmed):
        (gone, here) = done(officer.get(f"{LISTS}/{made['id']}"))["lines"]
        assert (gone["member_id"], gone["household_no"], gone["head_name"]) == (str(who), None, None)
        assert here["head_name"] is not None
        paper = officer.get(f"{LISTS}/{made['id']}/paper").content
        assert families.said(paper, "Đội 9 nơi khác", "Tổ vay vốn xóm 3") == ["Đội 9 nơi khác"]
    # the bank's areas hold both communes
    (gone, _) = done(sign_in("ngan-hang").get(f"{LISTS}/{confirmed['id']}"))["lines"]
    assert (gone["household_no"], gone["head_name"]) == ("77", "Trần Thị Nơi Khác")


def test_of_two_households_that_became_one_a_line_is_left_and_of_one_that_is_gone_none(
    session: Session, sign_in: SignIn
) -> None:
    officer = sign_in("truc-thai")
    (one, first), (other, second), (gone, third) = (poor(session) for _ in range(3))
    made = done(officer.post(LISTS, json=loan_list(line(one, first), line(other, second), line(gone, third))))
    where = f"{LISTS}/{made['id']}"
    assert objections(made) == [None, None, None]
    merge = {"survivor_id": str(one), "absorbed_id": str(other), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=merge))
    done(officer.post(f"/api/v1/households/{gone}/leave"))
    assert objections(done(officer.get(where))) == [None, "twice", "not_of_the_hamlet"]
    answer = officer.post(f"{where}/confirmation", json=CONFIRM)
    assert (refused(answer), answer.json()["lines"]) == ((409, "conflict"), [2, 3])
    done(officer.post(f"{where}/lines/1/removal", json={"reason": "ghi hai lần"}))
    assert objections(done(officer.get(where)))[1:] == [None, "not_of_the_hamlet"]
    done(officer.post(f"{where}/lines/3/removal", json={"reason": "đã chuyển đi"}))
    assert done(officer.post(f"{where}/confirmation", json=CONFIRM))["line_count"] == 1


def test_a_list_of_two_hundred_lines_costs_as_many_statements_as_one_of_two(
    app: Any, session: Session, sign_in: SignIn
) -> None:
    officer = sign_in("truc-thai")
    found = [poor(session) for _ in range(60)]

    def cost(count: int) -> tuple[int, ...]:
        policies = ("credit_poor", "credit_near_poor", "credit_newly_escaped")
        lines = [line(*one, policy=policy) for one in found for policy in policies][:count]
        with counted(app.state.engine) as drawing:
            made = done(officer.post(LISTS, json=loan_list(*lines)))
        with counted(app.state.engine) as reading:
            done(officer.get(f"{LISTS}/{made['id']}"))
        with counted(app.state.engine) as listing:
            done(officer.get(LISTS))
        return len(drawing), len(reading), len(listing)

    assert cost(180) == cost(3)
