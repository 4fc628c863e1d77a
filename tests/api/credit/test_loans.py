"""The bank records its loans; the commune officer sees all of one, the others that it exists (the plan, VI.2)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from tests.api.credit.bank import LOANS, SECRETS, ids, loan
from tests.make.answers import done, pointers, refused
from tests.make.households import actor, put_member
from tests.make.recognitions import recognise
from tests.make.reviews import counted, household

SignIn = Callable[[str], httpx.Client]
BANK = "ngan-hang"


@pytest.fixture
def poor(session: Session) -> UUID:
    found = household(session)
    put_member(session, actor("truc-thai"), found)
    recognise(session, found, "poor", date(2023, 12, 11))
    session.commit()
    return found


def merge(client: httpx.Client, survivor: UUID, absorbed: UUID) -> None:
    body = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    assert client.post("/api/v1/households/merge", json=body).is_success


def test_the_bank_records_a_loan_and_says_later_how_it_stands(sign_in: SignIn, poor: UUID) -> None:
    bank = sign_in(BANK)
    answer = bank.post(LOANS, json=loan(poor))
    made = done(answer)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert (made["state"], made["state_since"], made["outstanding_vnd"]) == ("active", "2024-05-10", 51_234_567)
    where = f"{LOANS}/{made['id']}"
    late = done(
        bank.patch(where, json={"state": "overdue", "state_since": "2024-08-11", "outstanding_vnd": 30_000_000})
    )
    assert (late["version"], late["state"], late["outstanding_vnd"]) == (2, "overdue", 30_000_000)
    paid = done(bank.patch(where, json={"state": "repaid", "state_since": "2024-09-01"}, headers={"If-Match": '"2"'}))
    assert (paid["version"], paid["outstanding_vnd"], paid["state_since"]) == (3, 0, "2024-09-01")
    assert done(bank.get(where)) == paid
    assert refused(bank.patch(where, json={"purpose": "x"}, headers={"If-Match": '"2"'})) == (412, "stale-version")
    # the wrong loan was closed: the next entry sets it right
    again = done(
        bank.patch(where, json={"state": "active", "state_since": "2024-08-11", "outstanding_vnd": 30_000_000})
    )
    assert (again["state"], again["outstanding_vnd"], again["version"]) == ("active", 30_000_000, 4)


def test_a_change_that_changes_nothing_is_no_version(sign_in: SignIn, poor: UUID) -> None:
    bank = sign_in(BANK)
    made = done(bank.post(LOANS, json=loan(poor)))
    assert done(bank.patch(f"{LOANS}/{made['id']}", json={"purpose": made["purpose"]})) == made


@pytest.mark.parametrize(
    ("said", "where", "code"),
    [
        ({"outstanding_vnd": 51_234_568}, "#/outstanding_vnd", "above_amount"),
        ({"state": "repaid", "outstanding_vnd": 1}, "#/outstanding_vnd", "repaid_and_owing"),
        ({"outstanding_vnd": 0}, "#/state", "owes_nothing"),
        ({"state": "overdue", "outstanding_vnd": 0}, "#/state", "owes_nothing"),
        ({"state": "overdue", "state_since": "2024-05-09"}, "#/state_since", "before_loan"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_place(
    sign_in: SignIn, poor: UUID, said: dict[str, object], where: str, code: str
) -> None:
    bank = sign_in(BANK)
    made = done(bank.post(LOANS, json=loan(poor)))
    answer = bank.patch(f"{LOANS}/{made['id']}", json=said)
    assert refused(answer) == (422, "invalid")
    assert pointers(answer) == [(where, code)]
    assert done(bank.get(f"{LOANS}/{made['id']}")) == made


@pytest.mark.parametrize("value", [0, -1, 10**13 + 1, 5.0, "1000", True])
@pytest.mark.parametrize("field", ["amount_vnd", "outstanding_vnd", "term_months"])
def test_only_a_whole_number_is_money_or_months(sign_in: SignIn, poor: UUID, field: str, value: object) -> None:
    answer = sign_in(BANK).post(LOANS, json=loan(poor) | {field: value})
    assert answer.status_code == 422
    assert [where for where, _ in pointers(answer)] == [f"#/{field}"]


def test_the_day_of_the_loan_itself_may_be_the_day_it_fell_due(sign_in: SignIn, poor: UUID) -> None:
    bank = sign_in(BANK)
    made = done(bank.post(LOANS, json=loan(poor)))
    answer = bank.patch(f"{LOANS}/{made['id']}", json={"state": "overdue", "state_since": "2024-05-10"})
    assert done(answer)["state"] == "overdue"


def test_a_policy_that_is_none_of_credit_is_refused(sign_in: SignIn, poor: UUID) -> None:
    for code in ("electricity_poor", "nothing"):
        answer = sign_in(BANK).post(LOANS, json=loan(poor, policy=code))
        assert refused(answer) == (422, "invalid")
        assert pointers(answer) == [("#/policy", "unknown_policy")]


def test_who_signed_lives_in_the_household(session: Session, sign_in: SignIn, poor: UUID) -> None:
    other = put_member(session, actor("truc-thai"), household(session))
    mine = put_member(session, actor("truc-thai"), poor)
    session.commit()
    assert refused(sign_in(BANK).post(LOANS, json=loan(poor, member_id=str(other)))) == (404, "not-found")
    assert done(sign_in(BANK).post(LOANS, json=loan(poor, member_id=str(mine))))["member_id"] == str(mine)


def test_sent_twice_it_is_one_loan(engine: Engine, sign_in: SignIn, poor: UUID) -> None:
    bank, key = sign_in(BANK), {"Idempotency-Key": "phieu-chi-77"}
    first = done(bank.post(LOANS, json=loan(poor), headers=key))
    done(bank.patch(f"{LOANS}/{first['id']}", json={"outstanding_vnd": 5}))
    assert done(bank.post(LOANS, json=loan(poor), headers=key))["id"] == first["id"]
    other = bank.post(LOANS, json=loan(poor, amount_vnd=1), headers=key)
    assert refused(other) == (409, "idempotency-key-reused")
    named = loan(poor, id=str(uuid4()))
    assert done(bank.post(LOANS, json=named))["id"] == named["id"]
    assert refused(bank.post(LOANS, json=named | {"lent_on": "2024-05-09"})) == (409, "already-exists")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM loan")) == 2


def test_sent_twice_at_once_it_is_one_loan(engine: Engine, sign_in: SignIn, poor: UUID) -> None:
    bank, key = sign_in(BANK), {"Idempotency-Key": "phieu-chi-77"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: bank.post(LOANS, json=loan(poor), headers=key), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({done(answer)["id"] for answer in answers}) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM loan")) == 1


@pytest.mark.parametrize("who", ["truc-ninh", "chu-tich", "xom-3", "mat-tran"])
def test_others_see_that_a_loan_exists_and_nothing_more(sign_in: SignIn, poor: UUID, who: str) -> None:
    made = done(sign_in(BANK).post(LOANS, json=loan(poor, amount_vnd=51_234_567, outstanding_vnd=34_567_890)))
    seen = sign_in(who).get(f"{LOANS}/{made['id']}")
    listed = sign_in(who).get(LOANS, params={"household_id": str(poor)})
    assert [secret for secret in SECRETS if secret in seen.text + listed.text] == []
    said = done(seen)
    assert {name for name, value in said.items() if value is None} == set(said["withheld"])
    assert (said["policy"], said["state"], said["lent_on"]) == ("credit_poor", "active", "2024-05-10")
    assert done(listed)["items"] == [said]


@pytest.mark.parametrize("who", [BANK, "truc-thai"])
def test_the_bank_and_the_officer_see_all_of_it(sign_in: SignIn, poor: UUID, who: str) -> None:
    made = done(sign_in(BANK).post(LOANS, json=loan(poor, outstanding_vnd=34_567_890)))
    seen = sign_in(who).get(f"{LOANS}/{made['id']}")
    assert [secret for secret in SECRETS if secret not in seen.text] == []
    assert done(seen)["withheld"] == []


def test_the_finance_desk_sees_none_and_only_the_bank_writes(sign_in: SignIn, poor: UUID) -> None:
    made = done(sign_in(BANK).post(LOANS, json=loan(poor)))
    for who in ("tai-chinh", "van-hoa", "admin"):
        assert refused(sign_in(who).get(LOANS)) == (403, "permission-denied")
    for who in ("truc-thai", "chu-tich", "xom-3", "mat-tran", "tai-chinh"):
        assert refused(sign_in(who).post(LOANS, json=loan(poor))) == (403, "permission-denied")
        answer = sign_in(who).patch(f"{LOANS}/{made['id']}", json={"outstanding_vnd": 1})
        assert refused(answer) == (403, "permission-denied")


@pytest.mark.parametrize("who", ["truc-dai", "xom-4"])
def test_elsewhere_a_loan_does_not_exist(sign_in: SignIn, poor: UUID, who: str) -> None:
    made = done(sign_in(BANK).post(LOANS, json=loan(poor)))
    assert refused(sign_in(who).get(f"{LOANS}/{made['id']}")) == (404, "not-found")
    assert done(sign_in(who).get(LOANS, params={"household_id": str(poor)}))["items"] == []


def test_the_bank_knows_recognised_households_and_its_borrowers_only(session: Session, sign_in: SignIn) -> None:
    never, left = household(session), household(session)
    recognise(session, left, "near_poor", date(2020, 12, 10), date(2021, 12, 10))
    session.commit()
    bank = sign_in(BANK)
    for unknown in (never, left, uuid4()):
        assert refused(bank.post(LOANS, json=loan(unknown))) == (404, "not-found")
    # it was poor when it borrowed, and is not any more: a borrower it stays until the loan is repaid
    session.execute(
        text("INSERT INTO loan SELECT gen_random_uuid(), :home, NULL, 'credit_poor', 'x', 9, 9, '2021-01-01', 12, NULL,"
             " 'active', '2021-01-01', NULL, 1, now(), now()"), {"home": left},
    )  # fmt: skip
    session.commit()
    listed = {one["id"] for one in done(bank.get("/api/v1/households"))["items"]}
    assert listed == {str(left)}
    made = done(bank.post(LOANS, json=loan(left, policy="credit_newly_escaped")))
    assert ids(done(bank.get(LOANS))) == {left}
    done(bank.patch(f"{LOANS}/{made['id']}", json={"state": "repaid"}))
    session.execute(text("UPDATE loan SET state = 'repaid', outstanding_vnd = 0"))
    session.commit()
    assert done(bank.get("/api/v1/households"))["items"] == []
    assert len(done(bank.get(LOANS))["items"]) == 2, "its own books the bank keeps reading"


def test_a_loan_follows_the_household_into_which_its_own_was_merged(
    session: Session, sign_in: SignIn, poor: UUID
) -> None:
    survivor = household(session)
    session.commit()
    bank, key = sign_in(BANK), {"Idempotency-Key": "k"}
    made = done(bank.post(LOANS, json=loan(poor), headers=key))
    # neither is recognised any more: the bank sees its borrower all the same
    session.execute(text("UPDATE recognition SET days = daterange(lower(days), '2024-06-01')"))
    session.commit()
    merge(sign_in("truc-thai"), survivor, poor)
    assert done(bank.get(f"{LOANS}/{made['id']}"))["household_id"] == str(survivor)
    for name in (survivor, poor):
        assert ids(done(bank.get(LOANS, params={"household_id": str(name)}))) == {survivor}
    assert str(survivor) in {one["id"] for one in done(bank.get("/api/v1/households"))["items"]}
    # sent again under the old id, it is still that loan; a new one goes to the survivor
    assert done(bank.post(LOANS, json=loan(poor), headers=key))["id"] == made["id"]
    assert done(bank.post(LOANS, json=loan(poor, policy="credit_near_poor")))["household_id"] == str(survivor)


def test_a_page_of_loans_costs_the_same_however_long(
    engine: Engine, app: object, session: Session, sign_in: SignIn
) -> None:
    sql = text(
        "INSERT INTO loan SELECT gen_random_uuid(), :home, NULL, 'credit_poor', 'x', 9, 9, '2024-01-01', 12, NULL,"
        " 'active', '2024-01-01', NULL, 1, now(), now() FROM generate_series(1, :count)"
    )
    home = household(session)
    session.execute(sql, {"home": home, "count": 2})
    session.commit()
    officer = sign_in("truc-thai")

    def cost(limit: int) -> int:
        with counted(app.state.engine) as seen:  # type: ignore[attr-defined]
            done(officer.get(LOANS, params={"limit": limit}))
        return len(seen)

    few = cost(2)
    session.execute(sql, {"home": home, "count": 300})
    session.commit()
    assert cost(250) == few
    pages, cursor, seen = 0, None, set()
    while pages == 0 or cursor:
        page = done(officer.get(LOANS, params={"limit": 100} | ({"cursor": cursor} if cursor else {})))
        seen |= {one["id"] for one in page["items"]}
        cursor, pages = page["next_cursor"], pages + 1
    assert (len(seen), pages) == (302, 4)


def test_every_look_at_a_loan_is_in_the_log(session: Session, sign_in: SignIn, poor: UUID) -> None:
    made = done(sign_in(BANK).post(LOANS, json=loan(poor)))
    done(sign_in("mat-tran").get(f"{LOANS}/{made['id']}"))
    done(sign_in("xom-3").get(LOANS))
    rows = session.execute(
        text("SELECT actor, action, detail::text FROM audit_entry"
             " WHERE action LIKE 'loans.%' AND :home = ANY(subject_ids)"), {"home": poor},
    ).all()  # fmt: skip
    assert {(row.actor, row.action) for row in rows} >= {
        (BANK, "loans.record"), ("mat-tran", "loans.read"), ("xom-3", "loans.list"),
    }  # fmt: skip
    assert [row for row in rows if "51234567" in row.detail or "bò" in row.detail] == []
