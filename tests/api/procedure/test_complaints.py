"""Somebody complains about a posted household: it is held back, checked by another person, decided, posted again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from api.changes.tables import ChangePending
from api.reviews.procedure_law import procedure
from tests.make import rounds
from tests.make.answers import done
from tests.make.households import member_body
from tests.make.people import account_id
from tests.make.procedure import complaint, posted, posting, stages, surveyed, under_other_law

SignIn = Callable[[str], httpx.Client]
COMPLAINTS = "/api/v1/complaints"
CHECK = {"re_verified_on": "2024-10-18", "finding": "Xe máy là của con đã tách hộ."}
DISMISSED = {"outcome": "dismissed", "reason": "Kết quả không đổi.", "decided_on": "2024-10-21"}
UPHELD = DISMISSED | {"outcome": "upheld", "reason": "Điểm thay đổi."}


@pytest.fixture
def round_id(session: Session) -> UUID:
    made = rounds.review_round(session)
    session.commit()
    return made


# two lacks: clean water, a hygienic toilet
ANSWERS = {
    "wall_durable": True, "column_durable": True, "roof_durable": True, "floor_area": 60, "water_source": "other",
    "toilet": "none", "internet_used": True, "shared_device": True, "personal_device": True,
}  # fmt: skip


def survey_again(b1: int = 120, **fields: Any) -> dict[str, Any]:
    """A review for CHECK: B1 from the paper, and two lacks, water and toilet."""
    return {
        "form": {"code": "form-b", "version": 1},
        "surveyed_on": "2024-10-17",
        "paper_no": "PT-1",
        "answers": dict(ANSWERS),
        "b1_entered": b1,
        **fields,
    }


def in_force(session: Session, home: UUID) -> tuple[str, bool]:
    """The class of the review that counts, and whether the case points at that very review."""
    session.rollback()
    found = session.execute(
        text(
            "SELECT r.proposed_class, c.review_id = r.id FROM review r JOIN review_case c USING (household_id) "
            "WHERE r.in_force AND r.household_id = :id"
        ),
        {"id": home},
    ).one()
    return found[0], found[1]


def test_inside_its_window_a_complaint_holds_that_household_back(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    told = done(sign_in("mat-tran").post(COMPLAINTS, json=complaint(hung["id"], homes[0], received_on="2024-10-17")))
    assert (told["holds"], told["state"], told["warning"]) == (True, "open", None)
    assert told["due_on"] == "2024-10-28"  # seven working days
    assert stages(session, round_id, homes) == ["complained", "posted", "posted"]
    done(sign_in("xom-3").post(f"/api/v1/postings/{hung['id']}/ending"))
    assert stages(session, round_id, homes) == ["complained", "cleared", "cleared"]


def test_after_its_window_it_is_kept_and_holds_nobody_back(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    late = complaint(hung["id"], homes[0], received_on="2024-10-18")
    told = done(sign_in("truc-thai").post(COMPLAINTS, json=late))
    assert told["holds"] is False
    assert "17/10/2024" in told["warning"]["vi"]
    assert stages(session, round_id, homes) == ["posted"] * 3
    checked = sign_in("truc-thai").post(f"{COMPLAINTS}/{told['id']}/re-verification", json=CHECK)
    assert (checked.status_code, checked.json()["type"]) == (409, "/problems/illegal-stage")
    answered = done(sign_in("chu-tich").post(f"{COMPLAINTS}/{told['id']}/decision", json=DISMISSED))
    assert (answered["state"], answered["outcome"]) == ("decided", "dismissed")
    assert stages(session, round_id, homes) == ["posted"] * 3


def test_a_letter_of_the_last_day_that_is_registered_late_still_holds(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    done(sign_in("xom-3").post(f"/api/v1/postings/{hung['id']}/ending"))
    done(sign_in("truc-thai").post(COMPLAINTS, json=complaint(hung["id"], homes[1], received_on="2024-10-17")))
    assert stages(session, round_id, homes) == ["cleared", "complained", "cleared"]


def test_dismissed_the_household_is_posted_again_and_cleared(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    made = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    checked = done(officer.post(f"{COMPLAINTS}/{made['id']}/re-verification", json=CHECK))
    assert (checked["state"], checked["finding"], checked["version"]) == ("re_verified", CHECK["finding"], 2)
    assert stages(session, round_id, homes)[0] == "re_verified"
    decided = done(chair.post(f"{COMPLAINTS}/{made['id']}/decision", json=DISMISSED, headers={"If-Match": '"2"'}))
    assert (decided["state"], decided["decided_on"], decided["version"]) == ("decided", "2024-10-21", 3)
    assert stages(session, round_id, homes)[0] == "decided"
    early = officer.post("/api/v1/postings", json=posting(round_id, kind="re_verification", posted_on="2024-10-18"))
    assert early.status_code == 409  # it was not decided then
    again = posting(round_id, kind="re_verification", posted_on="2024-10-22")
    hung_again = done(officer.post("/api/v1/postings", json=again))
    assert (hung_again["households"], hung_again["last_day"]) == (1, "2024-10-25")
    done(officer.post(f"/api/v1/postings/{hung_again['id']}/ending"))
    assert stages(session, round_id, homes)[0] == "cleared"


@pytest.fixture
def known(session: Session, sign_in: SignIn, round_id: UUID) -> tuple[UUID, dict[str, Any]]:
    """A posted household that was found poor, of whose one member everything is known, with a complaint."""
    (home,), hung = posted(session, sign_in("xom-3"), round_id, "poor")
    person = member_body(
        birth_year=None, birth_date="1970-05-01", health_insurance=True, labour_status="working", labour_contract=True,
        qualification="upper_secondary", schooling="none", social_allowance=False, pension=False,
    )  # fmt: skip
    done(sign_in("truc-thai").post(f"/api/v1/households/{home}/members", json=person))
    return home, done(sign_in("truc-thai").post(COMPLAINTS, json=complaint(hung["id"], home)))


@pytest.mark.parametrize(("decision", "counts"), [(UPHELD, "near_poor"), (DISMISSED, "poor")])
def test_the_decision_says_which_review_counts(
    session: Session,
    sign_in: SignIn,
    round_id: UUID,
    known: tuple[UUID, dict[str, Any]],
    decision: dict[str, Any],
    counts: str,
) -> None:
    (home, made), officer = known, sign_in("truc-thai")
    check = CHECK | {"review": survey_again()}
    checked = done(officer.post(f"{COMPLAINTS}/{made['id']}/re-verification", json=check))
    review = done(officer.get(f"/api/v1/reviews/{checked['review_id']}"))
    assert (review["kind"], review["result"]["b2"], review["in_force"]) == ("re_verification", 20, True)
    assert in_force(session, home) == ("near_poor", True)
    told = select(ChangePending.entity).order_by(ChangePending.id)  # type: ignore[call-overload]
    before = len(session.scalars(told).all())
    done(sign_in("chu-tich").post(f"{COMPLAINTS}/{made['id']}/decision", json=decision))
    assert in_force(session, home) == (counts, True)
    assert set(session.scalars(told.offset(before))) == (
        {"review_case"} if decision is UPHELD else {"review", "review_case"}
    )
    # what hung on the board first still says so
    board = done(officer.get(f"/api/v1/postings/{made['posting_id']}/list"))["items"]
    assert [line["poverty_class"] for line in board] == ["poor"]
    again = posting(round_id, kind="re_verification", posted_on="2024-10-22")
    hung_again = done(officer.post("/api/v1/postings", json=again))
    board = done(officer.get(f"/api/v1/postings/{hung_again['id']}/list"))["items"]
    assert [line["poverty_class"] for line in board] == [counts]


def test_what_is_wrong_with_the_review_of_a_check_is_told_where_it_stands(
    session: Session, sign_in: SignIn, known: tuple[UUID, dict[str, Any]]
) -> None:
    (home, made), officer = known, sign_in("truc-thai")
    address = f"{COMPLAINTS}/{made['id']}/re-verification"
    for fields, pointer in (
        ({"answers": ANSWERS | {"nonsense": 1}}, "#/review/answers/nonsense"),
        ({"surveyed_on": "2024-10-14"}, "#/review/surveyed_on"),
        ({"surveyed_on": "2024-10-19"}, "#/review/surveyed_on"),
        ({"paper_no": None}, "#/review/paper_no"),
        ({"b1_entered": -1}, "#/review/b1_entered"),
    ):
        answer = officer.post(address, json=CHECK | {"review": survey_again(**fields)})
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [pointer]), answer.text
    unknown = officer.post(address, json=CHECK | {"review": survey_again(form={"code": "form-b", "version": 99})})
    assert unknown.json()["type"] == "/problems/unknown-form-version"
    unclear = officer.post(address, json=CHECK | {"review": survey_again(b1_entered=None)})
    assert (unclear.status_code, unclear.json()["missing"]) == (409, ["class_determined"])
    assert in_force(session, home) == ("poor", True)
    assert done(officer.get(f"{COMPLAINTS}/{made['id']}"))["state"] == "open"


def test_a_check_without_a_review_changes_no_class(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer = sign_in("truc-thai")
    made = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    done(officer.post(f"{COMPLAINTS}/{made['id']}/re-verification", json=CHECK))
    answer = sign_in("chu-tich").post(f"{COMPLAINTS}/{made['id']}/decision", json=UPHELD)
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/outcome", "needs_a_review")]


def test_whoever_surveyed_does_not_check_and_whoever_checked_does_not_decide(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("truc-thai"), round_id)
    made = done(sign_in("xom-3").post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    check, decision = f"{COMPLAINTS}/{made['id']}/re-verification", f"{COMPLAINTS}/{made['id']}/decision"
    refused = sign_in("xom-3").post(check, json=CHECK)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/separation-of-duties")
    done(sign_in("truc-thai").post(check, json=CHECK))
    session.execute(
        text(
            "INSERT INTO account_grant (id, account_id, role, area_id, head, valid_from, created_at) "
            "SELECT :id, account_id, 'commune_chair', area_id, false, valid_from, created_at FROM account_grant "
            "WHERE account_id = :who"
        ),
        {"id": uuid4(), "who": account_id("truc-thai")},
    )
    session.commit()
    refused = sign_in("truc-thai").post(decision, json=DISMISSED)
    assert refused.json()["type"] == "/problems/separation-of-duties"
    assert stages(session, round_id, homes)[0] == "re_verified"
    assert sign_in("xom-3").post(decision, json=DISMISSED).status_code == 403
    done(sign_in("chu-tich").post(decision, json=DISMISSED))


def test_steps_come_in_their_order_and_on_their_days(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer, chair = sign_in("truc-thai"), sign_in("chu-tich")
    before = officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0], received_on="2024-10-13"))
    assert [e["code"] for e in before.json()["errors"]] == ["before_the_posting"]
    made = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    check, decision = f"{COMPLAINTS}/{made['id']}/re-verification", f"{COMPLAINTS}/{made['id']}/decision"
    answer = chair.post(decision, json=DISMISSED)
    assert answer.status_code == 409
    assert [step["action"] for step in answer.json()["allowed"]] == ["re_verify"]
    early = officer.post(check, json=CHECK | {"re_verified_on": "2024-10-14"})
    assert [e["code"] for e in early.json()["errors"]] == ["too_early"]
    done(officer.post(check, json=CHECK))
    assert officer.post(check, json=CHECK).status_code == 409
    early = chair.post(decision, json=DISMISSED | {"decided_on": "2024-10-17"})
    assert [e["pointer"] for e in early.json()["errors"]] == ["#/decided_on"]
    assert chair.post(decision, json=DISMISSED, headers={"If-Match": '"1"'}).status_code == 412
    done(chair.post(decision, json=DISMISSED))
    assert chair.post(decision, json=DISMISSED).json()["type"] == "/problems/conflict"


def test_two_complaints_about_one_household_are_answered_by_one_check(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer = sign_in("truc-thai")
    first = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    second = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0], complainant="Vũ Thị Cúc")))
    assert (second["holds"], second["state"]) == (True, "open")
    done(officer.post(f"{COMPLAINTS}/{second['id']}/re-verification", json=CHECK))
    third = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0], complainant="Đỗ Văn Tư")))
    assert (third["holds"], third["state"], third["finding"]) == (True, "re_verified", CHECK["finding"])
    done(sign_in("chu-tich").post(f"{COMPLAINTS}/{first['id']}/decision", json=DISMISSED))
    told = done(officer.get(COMPLAINTS, params={"household_id": str(homes[0])}))["items"]
    assert [one["state"] for one in told] == ["decided"] * 3
    fourth = officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0], complainant="Hoàng Thị Năm"))
    assert (fourth.status_code, fourth.json()["type"]) == (409, "/problems/illegal-stage")


def test_what_people_said_is_withheld_from_whoever_may_not_read_households(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    made = done(sign_in("truc-thai").post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    address = f"{COMPLAINTS}/{made['id']}"
    front = done(sign_in("mat-tran").get(address))
    assert (front["complainant"], front["content"]) == (None, None)
    assert front["withheld"] == ["complainant", "content", "finding", "decision_reason"]
    for who in ("xom-3", "chu-tich", "truc-ninh"):
        assert done(sign_in(who).get(address))["complainant"] == "Lê Văn Bình"
    for who, status in (("xom-4", 404), ("truc-dai", 404), ("ngan-hang", 403), ("van-hoa", 403)):
        assert sign_in(who).get(address).status_code == status
    log = session.execute(text("SELECT string_agg(detail::text, ' ') FROM audit_entry")).scalar_one()
    assert "Lê Văn Bình" not in log
    assert "xe máy" not in log


def test_a_complaint_is_about_a_household_of_that_list(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    _, hung = posted(session, sign_in("xom-3"), round_id)
    other = surveyed(session, round_id, ["poor"])[0]
    for named in (other, uuid4()):
        answer = sign_in("truc-thai").post(COMPLAINTS, json=complaint(hung["id"], named))
        assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("#/household_id", "not_posted")]
    assert sign_in("xom-4").post(COMPLAINTS, json=complaint(hung["id"], other)).status_code == 404
    assert sign_in("truc-dai").post(COMPLAINTS, json=complaint(hung["id"], other)).status_code == 404


def test_where_the_procedure_says_so_a_complaint_holds_the_whole_list(
    session: Session, sign_in: SignIn, round_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    under_other_law(monkeypatch, complaint_holds="list")
    officer = sign_in("truc-thai")
    made = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    ending = f"/api/v1/postings/{hung['id']}/ending"
    answer = officer.post(ending)
    assert (answer.status_code, answer.json()["missing"]) == (409, ["no_case_held_back"])
    assert stages(session, round_id, homes) == ["complained", "posted", "posted"]
    done(officer.post(f"{COMPLAINTS}/{made['id']}/re-verification", json=CHECK))
    done(sign_in("chu-tich").post(f"{COMPLAINTS}/{made['id']}/decision", json=DISMISSED))
    again = posting(round_id, kind="re_verification", posted_on="2024-10-22")
    done(officer.post("/api/v1/postings", json=again))
    done(officer.post(ending))
    assert stages(session, round_id, homes) == ["posted", "cleared", "cleared"]


def test_after_the_decision_a_letter_of_those_days_is_kept_with_a_warning(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    session.execute(text("UPDATE review_case SET stage = 'recognised' WHERE household_id = :id"), {"id": homes[0]})
    session.commit()
    told = done(sign_in("truc-thai").post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    assert told["holds"] is False
    assert "quyết định" in told["warning"]["vi"]
    assert stages(session, round_id, homes)[0] == "recognised"


def test_a_closed_round_takes_no_complaint(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    session.execute(text("UPDATE review_round SET stage = 'closed' WHERE id = :id"), {"id": round_id})
    session.commit()
    answer = sign_in("truc-thai").post(COMPLAINTS, json=complaint(hung["id"], homes[0]))
    assert (answer.status_code, answer.json()["stage"]) == (409, "closed")


def test_registered_while_the_posting_ends_it_holds_all_the_same(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer, head, front = sign_in("truc-thai"), sign_in("xom-3"), sign_in("mat-tran")
    calls: list[Callable[[], httpx.Response]] = [
        lambda: head.post(f"/api/v1/postings/{hung['id']}/ending"),
        lambda: front.post(COMPLAINTS, json=complaint(hung["id"], homes[0])),
        lambda: officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])),
        lambda: officer.post(f"/api/v1/postings/{hung['id']}/ending"),
    ]
    with ThreadPoolExecutor(len(calls)) as pool:
        answers = list(pool.map(lambda call: call(), calls))
    assert {answer.status_code for answer in answers} == {200, 201}, [answer.text for answer in answers]
    assert stages(session, round_id, homes) == ["complained", "cleared", "cleared"]


def test_sent_twice_it_is_one_complaint(session: Session, sign_in: SignIn, round_id: UUID) -> None:
    homes, hung = posted(session, sign_in("xom-3"), round_id)
    officer, body = sign_in("truc-thai"), complaint(hung["id"], homes[0])
    first = done(officer.post(COMPLAINTS, json=body))
    assert done(officer.post(COMPLAINTS, json=body)) == first
    assert officer.post(COMPLAINTS, json=body | {"content": "Khác."}).json()["type"] == "/problems/already-exists"
    assert first["due_on"] == procedure("qd-24-2021", 1).re_verification_days.last_day(date(2024, 10, 15)).isoformat()


def test_a_second_complaint_is_checked_at_its_own_and_by_nobody_who_surveyed(
    session: Session, sign_in: SignIn, round_id: UUID
) -> None:
    """The check of the first complaint replaced the survey: whoever made that survey still may not check it."""
    officer, first_surveyor = sign_in("truc-thai"), sign_in("xom-3")
    homes, hung = posted(session, officer, round_id)
    session.execute(text("UPDATE review_case SET surveyor_id = NULL"))  # nobody was assigned: the survey alone says it
    session.commit()
    done(
        officer.post(
            f"/api/v1/households/{homes[0]}/members",
            json=member_body(health_insurance=True, labour_status="working", labour_contract=True),
        )
    )
    first = done(officer.post(COMPLAINTS, json=complaint(hung["id"], homes[0])))
    done(officer.post(f"{COMPLAINTS}/{first['id']}/re-verification", json=CHECK | {"review": survey_again()}))
    done(sign_in("chu-tich").post(f"{COMPLAINTS}/{first['id']}/decision", json=UPHELD))
    again = done(
        officer.post("/api/v1/postings", json=posting(round_id, kind="re_verification", posted_on="2024-10-22"))
    )
    second = done(officer.post(COMPLAINTS, json=complaint(again["id"], homes[0], received_on="2024-10-23")))
    late = CHECK | {"re_verified_on": "2024-10-24"}
    refused = first_surveyor.post(f"{COMPLAINTS}/{second['id']}/re-verification", json=late)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/separation-of-duties")
    # the first complaint is answered: its older day would let the second one be checked before it was received
    old = first_surveyor.post(f"{COMPLAINTS}/{first['id']}/re-verification", json=CHECK)
    assert (old.status_code, old.json()["type"]) == (409, "/problems/conflict")
    told = done(officer.get(f"{COMPLAINTS}/{second['id']}"))
    assert (told["state"], told["re_verified_on"]) == ("open", None)
