"""Ways in which other systems lost people's work between the tablet and the receipt, and why ours does not."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.problems import CATALOGUE
from api.reviews.screening_edits import screening_id
from mobile_sync.tablet import Tablet
from tests.make import tablets
from tests.make.interventions import serving
from tests.make.rounds import listed
from tests.make.tablets import HAMLET, batch, delivery, household, member, push, request, review, screening, submission
from tests.mobile_sync import test_tablet
from tests.mobile_sync.test_intake import UNLEARNT, faulty, unlearnt  # noqa: F401 (a fixture)

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
tablet = test_tablet.tablet


def test_fifty_retries_at_once_under_fifty_batch_ids_make_one_record(
    surveyor: httpx.Client, device: str, session: Session
) -> None:
    """Pains 1 and 2: a slow server is asked again and again; whatever the batch is called, a submission counts once,
    and every answer but for `replayed` is the same."""
    home = submission("household", household())
    sent = [home, submission("member", member(home["id"]), seq=2)]

    def once(_: int) -> httpx.Response:
        return surveyor.post("/sync/v1/batches", json=batch(device, sent))

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(once, range(50)))
    assert {answer.status_code for answer in answers} == {200}
    told = [json.dumps([o | {"replayed": None} for o in a.json()["outcomes"]]) for a in answers]
    assert len(set(told)) == 1
    for table in ("household", "member"):
        assert session.execute(text(f"SELECT count(*), max(version) FROM {table}")).one() == (1, 1)


def test_both_contents_under_one_id_are_kept(surveyor: httpx.Client, device: str, session: Session) -> None:
    """Pain 3: two copies of the app finish one draft differently. The second is refused by name, and is still there."""
    first = submission("household", household(note="một"))
    other = first | {"data": household(note="hai")}
    push(surveyor, device, first)
    (told,) = push(surveyor, device, other)
    assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/submission-id-reused")
    kept = "SELECT count(*) FROM (SELECT digest FROM sync_reuse UNION SELECT digest FROM sync_submission) d"
    assert session.execute(text(kept)).scalar_one() == 2


@pytest.mark.usefixtures("unlearnt")
def test_a_receipt_names_every_submission_with_its_outcome_and_so_does_the_server_later(
    surveyor: httpx.Client, device: str
) -> None:
    """Pains 5, 7 and 11: "synchronised" while some were held or refused. Each has its outcome in the very answer, in
    the order sent, and the same when it is asked for again."""
    home = submission("household", household())
    sent = [
        home,
        submission("member", member(str(uuid4())), seq=2),
        submission("household", {"hamlet_id": HAMLET[3]}, seq=3),
        submission(UNLEARNT, {"quantity": 1}, seq=4),
        submission("weather", {}, seq=5),
        submission("request", request(home["id"]), seq=6),
    ]
    told = push(surveyor, device, *sent)
    assert [o["outcome"] for o in told] == ["applied", "held", "rejected", "quarantined", "rejected", "applied"]
    page = surveyor.get("/sync/v1/submissions", params={"device_id": device}).json()
    shared = told[0].keys()
    assert [{name: item[name] for name in shared} for item in page["items"]] == told


def test_an_update_without_a_base_version_is_no_update(surveyor: httpx.Client, device: str, session: Session) -> None:
    """Pain 14: what does not say on which version it was made would overwrite in silence."""
    home = submission("household", household(phone="1"))
    push(surveyor, device, home)
    blind = submission("household", {"phone": "2"}, seq=2, record=home["id"])
    creates = submission("household", household(phone="2"), seq=3, record=home["id"])
    silent = {name: value for name, value in blind.items() if name != "base_version"} | {"submission_id": str(uuid4())}
    told = push(surveyor, device, blind, creates, silent)
    assert [o["problem"]["type"] for o in told] == [
        "/problems/invalid", "/problems/already-exists", "/problems/invalid"
    ]  # fmt: skip
    assert session.execute(text("SELECT phone, version FROM household")).one() == ("1", 1)


def test_a_change_made_while_a_batch_is_on_the_road_is_sent_after_it(tablet: Make, session: Session) -> None:
    """Pain 15: a receipt marks by id what it names, and not "everything that was waiting"."""

    class Interrupts(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if request.url.path == "/sync/v1/batches" and not meanwhile:
                meanwhile.append("x")
                one.change("household", home, {"note": "trong lúc gửi"})
            return answer

    meanwhile: list[str] = []
    one = tablet(transport=Interrupts())
    home = one.create("household", household(note="trước"))
    told = one.push()
    assert [o["outcome"] for o in told] == ["applied", "applied"]
    assert session.execute(text("SELECT note, version FROM household")).one() == ("trong lúc gửi", 2)
    assert one.storage.unsent() == []


def test_third_update_of_a_record_whose_parent_comes_from_another_tablet_is_not_stuck(
    tablet: Make, surveyor: httpx.Client, engine: Engine, session: Session
) -> None:
    """Pains 12 and 13: child before parent, and then one change after the other in batches of their own, as the
    reference client sends them; all of it is applied when the parent comes, and none clashes with its predecessor."""
    one = tablet()
    home = submission("household", household())
    person = one.create("member", member(home["id"]))
    one.push()
    for job in ("hai", "ba", "bốn"):
        one.change("member", person, {"occupation": job})
        assert one.push()[0]["outcome"] == "held"
    push(surveyor, tablets.enrolled(engine, "xom-3"), home)
    one.ask_again()
    assert [work.outcome for work in one.receipts()] == ["applied"] * 4
    assert session.execute(text("SELECT occupation, version FROM member")).one() == ("bốn", 4)


def test_a_review_keeps_the_form_and_the_standard_it_was_answered_under(
    surveyor: httpx.Client, device: str, engine: Engine, session: Session
) -> None:
    """Pains 24 and 25: answers under a label that moved on are answers to other questions. A version nobody has here
    is kept and named, and can be tried again."""
    home = submission("household", household())
    push(surveyor, device, home)
    body = review(home["id"], listed(engine, home["id"]))
    later = submission("review", body | {"form": {"code": "form-b", "version": 9}}, seq=2)
    told, applied = push(surveyor, device, later, submission("review", body, seq=3))
    assert (told["outcome"], told["problem"]["type"]) == ("rejected", "/problems/unknown-form-version")
    assert applied["outcome"] == "applied"
    row = session.execute(text("SELECT form_code, form_version, standard_code, standard_version FROM review")).one()
    assert row == ("form-b", 1, "vn-2022", 1)


def test_work_of_a_tablet_that_was_revoked_later_stands_under_its_authors_name(
    surveyor: httpx.Client, sign_in: SignIn, device: str
) -> None:
    """Pain 38: the tablet is lost, the work on it that came before is not: also what still waited is applied."""
    officer = sign_in("truc-thai")
    home = submission("household", household())
    push(surveyor, device, submission("household", {"phone": "1"}, base=1, record=home["id"]))
    assert officer.post(f"/sync/v1/devices/{device}/revoke").is_success
    refused = surveyor.post("/sync/v1/batches", json=batch(device, [submission("household", household(), seq=2)]))
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/device-revoked")
    assert officer.post("/api/v1/households", json={"id": home["id"], **household()}).status_code == 201
    assert officer.get("/sync/v1/submissions/waiting").json()["items"] == []
    newest = officer.get(f"/api/v1/households/{home['id']}/history").json()["items"][0]
    assert (newest["origin"], newest["device_id"]) == ("tablet", device)


@pytest.mark.parametrize("slug", sorted(CATALOGUE))
def test_every_problem_speaks_both_languages(slug: str) -> None:
    said = CATALOGUE[slug]().body("vi")
    for words in (said["titles"], said["details"]):
        assert words["vi"].strip()
        assert words["en"].strip()
        assert words["vi"] != words["en"]


def test_every_refusal_in_a_receipt_says_why_in_both_languages(
    surveyor: httpx.Client, sign_in: SignIn, device: str, engine: Engine
) -> None:
    """Whatever is wrong with a submission of whatever kind."""
    home = submission("household", household(household_no="1"))
    paper = submission("request", request(home["id"]))
    push(surveyor, device, home, paper)
    good = {
        "household": home | {"data": household()},
        "member": submission("member", member(home["id"])),
        "request": submission("request", request(home["id"])),
        "screening": submission("screening", screening(paper["id"]), record=str(screening_id(UUID(paper["id"])))),
        "review": submission("review", review(home["id"], listed(engine))),
        "delivery": submission("delivery", delivery(home["id"], serving(engine))),
    }
    sent = [one for kind, body in good.items() for one in faulty(kind, body)]
    sent += [
        submission("household", household(household_no="1"), seq=50),
        submission("household", household(7), seq=51),
        submission("household", {"status": "merged"}, base=1, record=home["id"], seq=52),
        submission("household", household(), record=home["id"], seq=53),
        submission("member", member(home["id"]), record=home["id"], seq=54),
        submission("weather", {}, seq=55),
        good["review"] | {"submission_id": str(uuid4()), "seq": 56},
    ]
    answer = surveyor.post("/sync/v1/batches", content=json.dumps(batch(device, sent)).replace("Infinity", "1e999"))
    assert answer.status_code == 200, answer.text
    problems = [o["problem"] for o in answer.json()["outcomes"] if o["outcome"] == "rejected"]
    assert len(problems) > 100
    slugs = {problem["type"].removeprefix("/problems/") for problem in problems}
    assert {"invalid", "already-exists", "not-found", "not-in-round", "unknown-entity"} <= slugs
    for problem in problems:
        for words in (problem["titles"], problem["details"], *(e["details"] for e in problem.get("errors", []))):
            assert words["vi"].strip(), problem
            assert words["en"].strip(), problem
            assert words["vi"] != words["en"], problem
