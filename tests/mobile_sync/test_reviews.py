"""Reviews from tablets: scored by the server, each bad one with its named outcome, nothing dropped."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.changes.edits import Edit
from api.changes.tables import Origin
from api.reviews.cases import case_id
from api.reviews.review_commands import write_reviews
from tests.make import rounds, tablets
from tests.make.reviews import acting, counted, households
from tests.make.rounds import listed
from tests.make.tablets import ANSWERS, household, member, on_tablet, pull, push, review, submission

SignIn = Callable[[str], httpx.Client]

ADULT: dict[str, Any] = {
    "birth_date": "1970-05-01", "health_insurance": True, "labour_status": "working", "labour_contract": True,
    "qualification": "upper_secondary", "schooling": "none", "social_allowance": False, "pension": False,
}  # fmt: skip


@pytest.fixture
def home(surveyor: httpx.Client, device: str) -> str:
    """A household of xóm 3 with one grown-up of whom everything is known."""
    made = submission("household", household(), seq=1)
    person = submission("member", {**member(made["id"]), **ADULT}, seq=2)
    person["data"].pop("birth_year")
    assert {o["outcome"] for o in push(surveyor, device, made, person)} == {"applied"}
    return str(made["id"])


def case(session: Session, home: str) -> tuple[str, str | None]:
    query = "SELECT stage, review_id FROM review_case WHERE household_id = :id"
    stage, review_id = session.execute(text(query), {"id": home}).one()
    session.rollback()
    return stage, review_id and str(review_id)


_UNTOLD = """
CREATE FUNCTION refuse_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.record_id = '{}' THEN RAISE EXCEPTION 'refused'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refuse_it BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION refuse_it()
"""


@pytest.mark.parametrize("table", ["change_pending", "record_version"])
def test_what_is_refused_while_reviews_are_scored_harms_neither_them_nor_its_neighbours(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session, table: str
) -> None:
    """The rows that a household's members leave behind go to the database while the next kind is decided."""
    new = submission("household", household(), seq=3)
    people = [submission("member", member(new["id"]), seq=n + 4) for n in range(60)]
    scored = submission("review", review(home, listed(engine, home)), seq=99)
    session.execute(text(_UNTOLD.format(people[7]["id"], table)))
    session.commit()
    outcomes = push(surveyor, device, new, *people, scored)
    bad = [o["submission_id"] for o in outcomes if o["outcome"] != "applied"]
    assert bad == [people[7]["submission_id"]]
    assert case(session, home) == ("surveyed", scored["id"])
    kept = "SELECT count(*), count(DISTINCT submission_id) FROM sync_submission WHERE seq > 2"
    assert tuple(session.execute(text(kept)).one()) == (62, 62)
    told = "SELECT count(*) FROM change_pending WHERE household_id = CAST(:home AS uuid)"
    assert session.execute(text(told), {"home": new["id"]}).scalar_one() == 60
    assert push(surveyor, device, new, *people, scored) == [o | {"replayed": True} for o in outcomes]


def test_what_was_sent_while_a_refused_review_was_scored_is_sent_again(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    """The list of reviews goes back to its mark, and takes back what went to the database after that."""
    new = submission("household", household(), seq=3)
    people = [submission("member", member(new["id"]), seq=n + 4) for n in range(60)]
    refused = submission("review", review(home, listed(engine, home)), seq=99)
    session.execute(text(_UNTOLD.replace("record_id", "id").format(refused["id"], "review")))
    session.commit()
    outcomes = push(surveyor, device, new, *people, refused)
    assert [o["outcome"] for o in outcomes] == ["applied"] * 61 + ["quarantined"]
    for kept in (
        "SELECT count(DISTINCT submission_id) FROM sync_submission WHERE seq BETWEEN 3 AND 63",
        "SELECT count(*) FROM change_pending WHERE household_id = CAST(:home AS uuid)",
        "SELECT count(*) FROM record_version JOIN sync_submission s USING (submission_id) WHERE s.seq BETWEEN 3 AND 63",
    ):
        assert session.execute(text(kept), {"home": new["id"]}).scalar_one() == 61, kept


def test_a_review_is_scored_by_the_server_and_moves_its_case(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    round_id = listed(engine, home)
    device_result = {
        "b1": 120,
        "b2": 20,
        "proposed_class": "near_poor",
        "deprivations": ["hygienic_toilet", "clean_water"],
    }
    sent = submission("review", review(home, round_id, device_result=device_result), seq=3)
    (outcome,) = push(surveyor, device, sent)
    assert (outcome["outcome"], outcome["version"]) == ("applied", 1)
    assert outcome["result"] == {
        "b1": 120, "b2": 20, "proposed_class": "near_poor", "deprivations": ["clean_water", "hygienic_toilet"],
        "undetermined": [], "standard": {"code": "vn-2022", "version": 1}, "differs_from_device": False,
        "differences": [], "warnings": [], "training": False,
    }  # fmt: skip
    assert case(session, home) == ("surveyed", sent["id"])
    changes, _ = pull(surveyor)
    pulled = {change["entity"]: change["data"] for change in changes}
    assert pulled["review"]["result"] == outcome["result"]
    assert (pulled["review_case"]["stage"], pulled["review_case"]["review_id"]) == ("surveyed", sent["id"])
    (kept,) = pulled["review"]["members"]
    assert (kept["birth_date"], kept["health_insurance"]) == ("1970-05-01", True)
    assert "full_name" not in kept


def test_a_difference_to_the_tablet_is_a_flag_and_not_an_error(
    surveyor: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    wrong = {"b1": 119, "b2": 30, "proposed_class": "poor", "deprivations": ["clean_water", "nutrition", "employment"]}
    (outcome,) = push(
        surveyor, device, submission("review", review(home, listed(engine, home), device_result=wrong), seq=3)
    )
    assert (outcome["outcome"], outcome["result"]["differs_from_device"]) == ("applied", True)
    assert [one["field"] for one in outcome["result"]["differences"]] == [
        "b1", "b2", "proposed_class", "deprivations"
    ]  # fmt: skip
    assert outcome["result"]["differences"][1] == {"field": "b2", "device": 30, "server": 20}


def test_the_same_review_again_changes_nothing(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    sent = submission("review", review(home, listed(engine, home)), seq=3)
    (first,) = push(surveyor, device, sent)
    (replayed,) = push(surveyor, device, sent)
    (other_id,) = push(surveyor, device, {**sent, "submission_id": str(uuid4())})
    assert replayed == first | {"replayed": True}
    assert (other_id["outcome"], other_id["result"]) == ("applied", first["result"])
    other = {**sent, "submission_id": str(uuid4()), "data": {**sent["data"], "b1_entered": 121}}
    (refused,) = push(surveyor, device, other)
    assert (refused["outcome"], refused["problem"]["type"]) == ("rejected", "/problems/already-exists")
    changed = submission("review", {"b1_entered": 121}, seq=9, base=1, record=sent["id"])
    (no,) = push(surveyor, device, changed)
    assert (no["outcome"], no["problem"]["type"]) == ("rejected", "/problems/conflict")
    assert session.execute(text("SELECT count(*) FROM review")).scalar_one() == 1


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"device_result": {"b2": 25, "deprivations": None}}, "#/device_result/b2", "not_a_sum"),
        ({"device_result": {"b2": 30, "deprivations": ["clean_water"]}}, "#/device_result/b2", None),
        ({"device_result": {"b2": 10, "deprivations": ["nothing"]}}, "#/device_result/deprivations", None),
        ({"answers": {**ANSWERS, "toilet": "golden"}}, "#/answers/toilet", "unknown_option"),
        ({"answers": {**ANSWERS, "floor_area": "sixty"}}, "#/answers/floor_area", "wrong_type"),
        ({"answers": {**ANSWERS, "floor_area": -1}}, "#/answers/floor_area", "out_of_range"),
        ({"answers": {**ANSWERS, "weather": True}}, "#/answers/weather", "unknown_question"),
        ({"answers": {}}, "#/answers/toilet", "missing"),
        ({"answers": {**ANSWERS, "toilet": {"a": 1}}}, "#/answers/toilet", "answer_type"),
        ({"paper_no": None}, "#/paper_no", "missing"),
        ({"causes": ["bad luck"]}, "#/causes/0", "unknown_code"),
        ({"needs": ["everything"]}, "#/needs/0", "unknown_code"),
        ({"surveyed_on": "2024-08-31"}, "#/surveyed_on", "before_the_round"),
        ({"surveyed_on": "2099-01-01"}, "#/surveyed_on", "day_in_future"),
        ({"attachments": [{"sha256": "x", "size": 1, "media_type": "image/jpeg", "purpose": "scan"}]},
         "#/attachments/0/sha256", None),
        ({"b1_entered": -1}, "#/b1_entered", None),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session,
    fields: dict[str, Any], pointer: str, code: str | None,
) -> None:  # fmt: skip
    (outcome,) = push(surveyor, device, submission("review", review(home, listed(engine, home), **fields), seq=3))
    assert (outcome["outcome"], outcome["problem"]["type"]) == ("rejected", "/problems/invalid"), outcome
    found = {error["pointer"]: error["code"] for error in outcome["problem"]["errors"]}
    assert pointer in found
    assert code is None or found[pointer] == code
    assert case(session, home) == ("listed", None)
    assert session.execute(text("SELECT count(*) FROM sync_submission WHERE entity = 'review'")).scalar_one() == 1


def test_a_form_nobody_knows_is_kept_and_can_be_tried_again(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn, session: Session
) -> None:
    round_id = listed(engine, home, standard_code="training-2022", kind="training")
    sent = submission("review", review(home, round_id, b1_entered=None), seq=3)  # form 1 is that of vn-2022
    (outcome,) = push(surveyor, device, sent)
    assert (outcome["outcome"], outcome["problem"]["type"]) == ("rejected", "/problems/unknown-form-version")
    (known,) = outcome["problem"]["known"]
    assert known["code"] == "form-b"
    assert known["version"] != 1
    with engine.begin() as connection:  # as if the standard had been loaded meanwhile
        connection.execute(text("UPDATE review_round SET standard_code = 'vn-2022', kind = 'periodic'"))
    retried = sign_in("truc-thai").post(f"/sync/v1/submissions/{sent['submission_id']}/retry")
    assert (retried.status_code, retried.json()["outcome"]) == (200, "applied")


def test_answers_that_contradict_the_people_are_kept_and_pointed_out(
    surveyor: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    pupil = submission("member", {**member(home, "Vũ Văn Học"), "birth_year": 1984, "schooling": "primary"}, seq=3)
    sent = submission("review", review(home, listed(engine, home)), seq=4)
    _, outcome = push(surveyor, device, pupil, sent)
    assert outcome["outcome"] == "applied"
    named = {warning["member_id"] for warning in outcome["result"]["warnings"]}
    assert pupil["id"] in named
    assert all(warning["vi"] and warning["en"] for warning in outcome["result"]["warnings"])


def test_what_is_not_known_stays_unknown(surveyor: httpx.Client, device: str, home: str, engine: Engine) -> None:
    unclear = submission("member", {**member(home, "Vũ Thị Mờ"), "birth_year": 1990}, seq=3)
    sent = submission("review", review(home, listed(engine, home), b1_entered=None, paper_no=None), seq=4)
    _, outcome = push(surveyor, device, unclear, sent)
    assert outcome["outcome"] == "applied"
    result = outcome["result"]
    assert (result["b1"], result["b2"], result["proposed_class"]) == (None, None, None)
    assert {"employment", "health_insurance"} <= set(result["undetermined"])
    assert result["deprivations"] == ["clean_water", "hygienic_toilet"]
    assert "b1_not_entered" in [warning["code"] for warning in result["warnings"]]


def test_in_a_training_round_the_points_are_computed_and_say_so(
    surveyor: httpx.Client, device: str, home: str, engine: Engine
) -> None:
    forms = surveyor.get("/sync/v1/reference").json()["forms"]
    assert [form["code"] for form in forms] == ["form-a"], "no round is open, and a household may ask all the same"
    round_id = listed(engine, home, standard_code="training-2022", kind="training")
    reference = surveyor.get("/sync/v1/reference").json()
    (one,) = [form for form in reference["forms"] if form["code"] == "form-b"]
    assert [(r["training"], r["standard_version"]) for r in reference["rounds"]] == [(True, 1)]
    assert one["scoring"]["training"] is True
    good = review(home, round_id, form={"code": "form-b", "version": one["version"]}, b1_entered=None, paper_no=None)
    entered = submission("review", good | {"b1_entered": 100, "paper_no": "B-1"}, seq=3)
    (refused,) = push(surveyor, device, entered)
    assert [(e["pointer"], e["code"]) for e in refused["problem"]["errors"]] == [
        ("#/b1_entered", "points_are_computed")
    ]
    more = {"non_farm_job": "none", "electricity_kwh": 60, "assets": ["motorbike"], "land": [], "cattle": 0, "pigs": 0,
            "poultry": 0, "aquaculture": False, "hired_without_contract": False}  # fmt: skip
    (outcome,) = push(surveyor, device, submission("review", good | {"answers": ANSWERS | more}, seq=4))
    assert (outcome["outcome"], outcome["result"]["training"]) == ("applied", True), outcome
    assert isinstance(outcome["result"]["b1"], int)
    assert outcome["result"]["standard"] == {"code": "training-2022", "version": 1}


def test_a_review_waits_for_its_household_and_one_outside_the_list_says_what_to_do(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn
) -> None:
    round_id = listed(engine)
    late = submission("household", household(), seq=9)
    waiting = submission("review", review(late["id"], round_id), seq=3)
    unlisted = submission("review", review(home, round_id), seq=4)
    nowhere = submission("review", review(home, str(uuid4())), seq=5)
    held, refused, lost = push(surveyor, device, waiting, unlisted, nowhere)
    assert (held["outcome"], held["waiting_for"]) == ("held", late["id"])
    assert (refused["outcome"], refused["problem"]["type"]) == ("rejected", "/problems/not-in-round")
    assert "cán bộ xã" in refused["problem"]["details"]["vi"]
    assert (lost["problem"]["type"], lost["problem"]["errors"][0]["pointer"]) == ("/problems/not-found", "#/round_id")
    with Session(engine) as session, session.begin():
        rounds.cases(session, UUID(round_id), [UUID(home)])
    push(surveyor, device, late)
    released = push(surveyor, device, waiting)[0]
    assert released["problem"]["type"] == "/problems/not-in-round"


def test_a_household_of_another_hamlet_sounds_like_one_that_is_not_there(
    home: str, engine: Engine, sign_in: SignIn
) -> None:
    other, theirs = sign_in("xom-4"), tablets.enrolled(engine, "xom-4")
    round_id = listed(engine, home)
    there, nowhere = (submission("review", review(i, round_id), seq=n) for n, i in ((1, home), (2, str(uuid4()))))
    outcomes = push(other, theirs, there, nowhere)
    assert [o["outcome"] for o in outcomes] == ["held", "held"]
    assert [o["result"] for o in outcomes] == [None, None]


@pytest.mark.parametrize("stage", ["prepared", "consolidated", "closed"])
def test_outside_of_the_time_of_surveys_the_step_is_refused(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, stage: str
) -> None:
    (outcome,) = push(surveyor, device, submission("review", review(home, listed(engine, home, stage=stage)), seq=3))
    assert (outcome["outcome"], outcome["problem"]["type"]) == ("rejected", "/problems/illegal-stage")
    assert outcome["problem"]["missing"] == ["round_is_surveying"]


def second(surveyor: httpx.Client, device: str, home: str, round_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A first review (near-poor), and the conflict of the second one (not poor): its outcome and the submission."""
    push(surveyor, device, submission("review", review(home, round_id), seq=3))
    sent = submission("review", review(home, round_id, b1_entered=160, paper_no="B-2", needs=[]), seq=4)
    return push(surveyor, device, sent)[0], sent


def test_the_second_review_of_a_household_is_kept_and_a_person_decides(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn, session: Session
) -> None:
    outcome, sent = second(surveyor, device, home, listed(engine, home))
    assert (outcome["outcome"], outcome["result"]["proposed_class"]) == ("conflict", "not_poor")
    officer = sign_in("truc-thai")
    (open_one,) = officer.get("/sync/v1/conflicts").json()
    assert set(open_one["fields"]) == set(sent["data"])
    assert open_one["fields"]["b1_entered"] == {"base": None, "server": 120, "device": 160}
    assert (open_one["entity"], open_one["record_id"]) == ("review", sent["id"])
    stage, first = case(session, home)
    assert (stage, first == sent["id"]) == ("surveyed", False)
    mixed = {"choice": "values", "values": sent["data"] | {"b1_entered": 140}, "reason": "x"}
    refused = officer.post(f"/sync/v1/conflicts/{open_one['id']}/resolution", json=mixed)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "never_mixed")
    chosen = {"choice": "device", "reason": "phiếu sau đúng"}
    decided = officer.post(f"/sync/v1/conflicts/{open_one['id']}/resolution", json=chosen)
    assert (decided.status_code, decided.json()["in_force"], decided.json()["id"]) == (200, True, sent["id"])
    assert case(session, home) == ("surveyed", sent["id"])
    states = session.execute(text("SELECT id, in_force, version FROM review")).all()
    assert {(str(i), in_force, version) for i, in_force, version in states} == {
        (sent["id"], True, 2), (first, False, 2),
    }  # fmt: skip
    (stored,) = push(surveyor, device, sent)
    assert (stored["outcome"], stored["replayed"]) == ("merged", True)


def test_where_the_first_review_holds_the_second_is_superseded_and_stays(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn, session: Session
) -> None:
    outcome, sent = second(surveyor, device, home, listed(engine, home))
    body = {"choice": "server", "reason": "phiếu đầu đúng"}
    answer = sign_in("truc-thai").post(f"/sync/v1/conflicts/{outcome['conflict_id']}/resolution", json=body)
    assert (answer.status_code, answer.json()["in_force"]) == (200, False)
    (stored,) = push(surveyor, device, sent)
    assert (stored["outcome"], stored["problem"]["type"]) == ("rejected", "/problems/superseded")
    assert session.execute(text("SELECT count(*) FROM review")).scalar_one() == 2


def test_after_the_meeting_a_conflict_no_longer_changes_the_review(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn
) -> None:
    outcome, _ = second(surveyor, device, home, listed(engine, home))
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET stage = 'agreed'"))
    body = {"choice": "device", "reason": "x"}
    answer = sign_in("truc-thai").post(f"/sync/v1/conflicts/{outcome['conflict_id']}/resolution", json=body)
    assert (answer.status_code, answer.json()["stage"]) == (409, "agreed")


def test_two_tablets_review_one_household_in_one_moment(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn
) -> None:
    round_id = listed(engine, home)
    other = tablets.enrolled(engine, "truc-thai")
    first, again = (submission("review", review(home, round_id, paper_no=f"B-{n}"), seq=3) for n in (1, 2))
    assert push(surveyor, device, first)[0]["outcome"] == "applied"
    assert push(sign_in("truc-thai"), other, again)[0]["outcome"] == "conflict"
    twins = [submission("review", review(home, round_id, paper_no=f"C-{n}"), seq=10 + n) for n in (1, 2)]
    assert [o["outcome"] for o in push(surveyor, device, *twins)] == ["conflict", "conflict"]


def test_after_a_failed_vote_the_new_review_takes_the_place_of_the_old(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    round_id = listed(engine, home)
    push(surveyor, device, submission("review", review(home, round_id), seq=3))
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_case SET stage = 'resurvey'"))
    sent = submission("review", review(home, round_id, b1_entered=130), seq=4)
    assert push(surveyor, device, sent)[0]["outcome"] == "applied"
    assert case(session, home) == ("surveyed", sent["id"])
    kinds = session.execute(text("SELECT kind, in_force FROM review ORDER BY created_at")).all()
    assert [tuple(row) for row in kinds] == [("survey", False), ("resurvey", True)]


def test_a_household_that_was_not_met_is_reviewed_after_all(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, session: Session
) -> None:
    round_id = listed(engine)
    with Session(engine) as arranged, arranged.begin():
        rounds.cases(arranged, UUID(round_id), [UUID(home)], stage="not_reached", not_reached_reason="đi vắng")
    sent = submission("review", review(home, round_id), seq=3)
    assert push(surveyor, device, sent)[0]["outcome"] == "applied"
    assert case(session, home) == ("surveyed", sent["id"])
    assert session.execute(text("SELECT not_reached_reason FROM review_case")).scalar_one() is None


def test_two_hundred_reviews_cost_as_many_statements_as_two(session: Session, engine: Engine) -> None:
    counts = []
    for many in (2, 200):
        homes = households(session, many)
        round_id = rounds.review_round(session)
        rounds.cases(session, round_id, homes)
        session.commit()
        edits = [Edit(uuid4(), None, review(str(home), str(round_id))) for home in homes]
        with counted(engine) as seen:
            written = write_reviews(session, acting("xom-3"), edits, Origin.tablet)
        assert {one.outcome for one in written} == {"applied"}
        session.commit()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 25, seen


def test_what_the_list_or_the_round_refused_is_tried_again_and_stays_its_surveyors(
    surveyor: httpx.Client, device: str, home: str, engine: Engine, sign_in: SignIn, session: Session
) -> None:
    """The review waits in the journal until the officer has put the household onto the list, and the round is open
    again; the officer who tries it again did not survey anybody."""
    officer, round_id = sign_in("truc-thai"), listed(engine)
    sent = submission("review", review(home, round_id), seq=3)
    (outcome,) = push(surveyor, device, sent)
    assert (outcome["outcome"], outcome["problem"]["type"]) == ("rejected", "/problems/not-in-round")
    body = {"household_id": home, "reason": "Bị sót khi lập danh sách"}
    assert officer.post(f"/api/v1/rounds/{round_id}/households", json=body).status_code == 201
    with engine.begin() as connection:
        connection.execute(text("UPDATE review_round SET stage = 'consolidated'"))
    path = f"/sync/v1/submissions/{sent['submission_id']}/retry"
    closed = officer.post(path).json()
    assert (closed["outcome"], closed["problem"]["type"]) == ("rejected", "/problems/illegal-stage")
    assert officer.post(f"/api/v1/rounds/{round_id}/reopening").status_code == 200
    assert officer.post(path).json()["outcome"] == "applied"
    assert officer.get(f"/api/v1/reviews/{sent['id']}").json()["surveyor"] == "xom-3"
    (again,) = push(surveyor, device, sent)
    assert (again["outcome"], again["replayed"]) == ("applied", True)


def test_a_conflict_is_decided_after_its_household_was_merged_into_another_of_the_list(
    surveyor: httpx.Client, device: str, engine: Engine, sign_in: SignIn, session: Session
) -> None:
    """Both were surveyed: the second review of the absorbed one takes the place of the first of that one only."""
    officer = sign_in("truc-thai")
    one, two = (submission("household", household(), seq=n) for n in (1, 2))
    push(surveyor, device, one, two)
    round_id = listed(engine, one["id"], two["id"])
    home, other = sorted((one["id"], two["id"]), key=lambda i: case_id(UUID(round_id), UUID(i)))
    first = [submission("review", review(i, round_id), seq=n) for n, i in enumerate((home, other), 3)]
    push(surveyor, device, *first)
    again = submission("review", review(other, round_id, respondent="Con trai"), seq=5)
    (outcome,) = push(surveyor, device, again)
    merge = {"survivor_id": home, "absorbed_id": other}
    assert officer.post("/api/v1/households/merge", json=merge).status_code == 200
    path = f"/sync/v1/conflicts/{outcome['conflict_id']}/resolution"
    answer = officer.post(path, json={"choice": "device", "reason": "Đã hỏi lại"})
    assert answer.status_code == 200, answer.text
    rows = session.execute(text("SELECT household_id::text, id::text FROM review WHERE in_force")).all()
    assert {tuple(row) for row in rows} == {(home, first[0]["id"]), (other, again["id"])}
    pointed = session.execute(text("SELECT household_id::text, review_id::text FROM review_case")).all()
    assert {tuple(row) for row in pointed} == {tuple(row) for row in rows}


def test_a_review_made_under_a_merge_that_was_a_mistake_goes_back_with_its_household(
    sign_in: SignIn, engine: Engine
) -> None:
    """Two households of two hamlets; the one that was merged away is the one on the list."""
    there, here = sign_in("xom-2"), sign_in("xom-3")
    goes = submission("household", household(2))
    push(there, tablets.enrolled(engine, "xom-2"), goes)
    device, stays = tablets.enrolled(engine, "xom-3"), submission("household", household())
    push(here, device, stays)
    round_id = listed(engine, goes["id"])
    officer = sign_in("truc-thai")
    merged = {"survivor_id": stays["id"], "absorbed_id": goes["id"]}
    assert officer.post("/api/v1/households/merge", json=merged).is_success
    scored = submission("review", review(stays["id"], round_id), seq=2)
    assert push(here, device, scored)[0]["outcome"] == "applied"
    told = {client: pull(client) for client in (there, here)}
    assert scored["id"] in on_tablet(told[here][0])
    assert officer.post(f"/api/v1/households/{goes['id']}/unmerge").is_success
    for client, (before, cursor) in told.items():
        after, _ = pull(client, cursor)
        assert on_tablet([*before, *after]) == on_tablet(pull(client)[0])
        assert (scored["id"] in on_tablet(after)) is (client is there)


@pytest.mark.parametrize("both", [True, False])
def test_a_conflict_of_two_reviews_under_a_merge_is_decided_where_they_stand_also_once_that_was_taken_back(
    both: bool, surveyor: httpx.Client, device: str, engine: Engine, sign_in: SignIn, session: Session
) -> None:
    """The second one named the household that had been merged away, on the list too or not: it stands at the case of
    the one that stayed, whose first review it takes the place of."""
    officer = sign_in("truc-thai")
    made = [submission("household", household(), seq=n) for n in (1, 2)]
    push(surveyor, device, *made)
    goes, stays = (one["id"] for one in made)
    on_list = (goes, stays) if both else (stays,)
    round_id = listed(engine, *on_list)
    first = {i: submission("review", review(i, round_id), seq=n) for n, i in enumerate(on_list, 3)}
    push(surveyor, device, *first.values())
    merge = {"survivor_id": stays, "absorbed_id": goes}
    assert officer.post("/api/v1/households/merge", json=merge).is_success
    again = submission("review", review(goes, round_id, b1_entered=140), seq=5)
    (outcome,) = push(surveyor, device, again)
    assert outcome["outcome"] == "conflict"
    assert officer.post(f"/api/v1/households/{goes}/unmerge").is_success
    assert officer.get(f"/api/v1/reviews/{again['id']}").json()["household_id"] == stays
    path = f"/sync/v1/conflicts/{outcome['conflict_id']}/resolution"
    answer = officer.post(path, json={"choice": "device", "reason": "Đã hỏi lại"})
    assert answer.status_code == 200, answer.text
    holds = {i: one["id"] for i, one in first.items()} | {stays: again["id"]}
    rows = session.execute(text("SELECT household_id::text, id::text FROM review WHERE in_force")).all()
    assert {tuple(row) for row in rows} == set(holds.items())
    pointed = session.execute(text("SELECT household_id::text, review_id::text FROM review_case")).all()
    assert {tuple(row) for row in pointed} == set(holds.items())
