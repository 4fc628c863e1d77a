"""Several changes made without a line, while others change the same record: what nobody at the tablet has seen is not
overwritten, and the tablet does not clash with itself."""

from collections.abc import Callable
from itertools import count, permutations
from typing import Any

import httpx
import pytest

from mobile_sync.tablet import Tablet
from tests.make.tablets import HAMLET, household, member, push, submission
from tests.mobile_sync import test_tablet
from tests.mobile_sync.test_left_behind import decide

SignIn = Callable[[str], httpx.Client]
Make = Callable[..., Tablet]
# a household, how its tablet changes it, how the officer decides what clashed
Clashed = tuple[str, Callable[..., dict[str, Any]], Callable[..., dict[str, Any]]]
tablet = test_tablet.tablet


def merged(sign_in: SignIn, stays: str, goes: str) -> None:
    one = {"survivor_id": stays, "absorbed_id": goes}
    assert sign_in("truc-thai").post("/api/v1/households/merge", json=one).status_code == 200


def changed(sign_in: SignIn, home: str, **changes: Any) -> None:
    officer = sign_in("truc-thai")
    tag = officer.get(f"/api/v1/households/{home}").headers["ETag"]
    answer = officer.patch(f"/api/v1/households/{home}", json=changes, headers={"If-Match": tag})
    assert answer.is_success, answer.text


def test_a_second_change_does_not_overwrite_what_only_the_server_merged(tablet: Make, sign_in: SignIn) -> None:
    one, officer = tablet("a"), sign_in("truc-thai")
    home = one.create("household", household(phone="0", note="0"))
    one.push(), one.pull()
    changed(sign_in, home, phone="1")
    one.change("household", home, {"note": "a"})
    one.change("household", home, {"phone": "5"})
    told = one.push()
    assert [o["outcome"] for o in told] == ["merged", "conflict"], told
    assert officer.get(f"/api/v1/households/{home}").json()["phone"] == "1"


def test_nor_where_the_household_was_merged_away_meanwhile(tablet: Make, sign_in: SignIn) -> None:
    one, officer = tablet("a"), sign_in("truc-thai")
    goes = one.create("household", household(phone="0", note="0"))
    stays = one.create("household", household(phone="1", note="0", address="x"))
    one.push(), one.pull()
    changed(sign_in, goes, phone="1")
    merged(sign_in, stays, goes)
    one.change("household", goes, {"note": "a"})
    one.change("household", goes, {"phone": "5"})
    told = one.push()
    assert [o["outcome"] for o in told] == ["merged", "conflict"], told
    assert officer.get(f"/api/v1/households/{stays}").json()["phone"] == "1"


@pytest.mark.parametrize("away", [False, True])
def test_what_the_tablet_took_back_itself_is_taken_back(away: bool, tablet: Make, sign_in: SignIn) -> None:
    """Each later change is made on the tablet's own earlier ones, whatever others did beside them."""
    one = tablet("a")
    home, stays = (one.create("household", household(phone="0", note="0")) for _ in range(2))
    one.push(), one.pull()
    changed(sign_in, home, address="mới")
    if away:
        merged(sign_in, stays, home)
    for changes in ({"phone": "2"}, {"phone": "0", "note": "a"}, {"phone": "3"}):
        one.change("household", home, changes)
    assert [o["outcome"] for o in one.push()] == ["merged"] * 3
    stood = sign_in("truc-thai").get(f"/api/v1/households/{stays if away else home}").json()
    assert (stood["phone"], stood["note"]) == ("3", "a")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_older_work_that_is_tried_again_does_not_pass_as_newer(
    order: tuple[int, ...], surveyor: httpx.Client, device: str, sign_in: SignIn
) -> None:
    """The officer tries them one by one, in whatever order; the surveyor has written 0 again in the end."""
    made = submission("household", household(phone="0"))
    push(surveyor, device, made)
    officer = sign_in("truc-thai")
    away = {"hamlet_id": HAMLET[4], "moved_on": "2024-09-03"}
    assert officer.post(f"/api/v1/households/{made['id']}/move", json=away).is_success
    changes = ({"phone": "2", "note": "a"}, {"phone": "3"}, {"phone": "0"})
    late = [submission("household", one, seq=n, base=1, record=made["id"]) for n, one in enumerate(changes, start=2)]
    assert [o["outcome"] for o in push(surveyor, device, *late)] == ["held"] * 3
    assert {decide(officer, late[n], "retry").json()["outcome"] for n in order} == {"merged"}
    stood = officer.get(f"/api/v1/households/{made['id']}").json()
    assert (stood["phone"], stood["note"]) == ("0", "a")


def test_newer_work_that_stands_with_another_household_takes_nothing_from_the_older(
    surveyor: httpx.Client, device: str, sign_in: SignIn
) -> None:
    """The newer was tried again while the household was merged away, the older when that merge had been taken back."""
    made, other = (submission("household", household(), seq=n) for n in (1, 2))
    push(surveyor, device, made, other)
    officer = sign_in("truc-thai")
    away = {"hamlet_id": HAMLET[4], "moved_on": "2024-09-03"}
    assert officer.post(f"/api/v1/households/{made['id']}/move", json=away).is_success
    changes = ({"phone": "2", "note": "a"}, {"phone": "3", "note": "b"})
    late = [submission("household", one, seq=n, base=1, record=made["id"]) for n, one in enumerate(changes, start=3)]
    assert [o["outcome"] for o in push(surveyor, device, *late)] == ["held"] * 2
    merged(sign_in, other["id"], made["id"])
    assert decide(officer, late[1], "retry").json()["outcome"] == "merged"
    assert officer.post(f"/api/v1/households/{made['id']}/unmerge").is_success
    assert decide(officer, late[0], "retry").json()["outcome"] == "merged"
    there, here = (officer.get(f"/api/v1/households/{one['id']}").json() for one in (other, made))
    assert (there["phone"], there["note"]) == ("3", "b")
    assert (here["phone"], here["note"]) == ("2", "a")


@pytest.mark.parametrize(("choice", "phone"), [("server", "1"), ("device", "0")])
def test_what_a_tablet_took_back_is_not_brought_back_by_a_decision(
    choice: str, phone: str, tablet: Make, sign_in: SignIn
) -> None:
    """Typed and put right again on one day, while somebody else wrote another number: the first change clashes, and the
    second changes nothing here."""
    one, officer = tablet("a"), sign_in("truc-thai")
    home = one.create("household", household(phone="0", note="0"))
    one.push(), one.pull()
    changed(sign_in, home, phone="1")
    one.change("household", home, {"phone": "2", "note": "2"})
    one.change("household", home, {"phone": "0", "note": "0"})
    clash, _ = one.push()
    (shown,) = officer.get("/sync/v1/conflicts").json()
    assert shown["fields"] == {"phone": {"base": "0", "server": "1", "device": "0"}}
    body = {"choice": choice, "reason": "đã hỏi"}
    record = officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body).json()
    assert (record["phone"], record["note"]) == (phone, "0")


def test_a_person_whose_household_is_merged_away_meanwhile_is_changed_on_their_own_version(
    tablet: Make, sign_in: SignIn
) -> None:
    """Their receipt tells the household that stands for theirs today, and their own version."""
    one = tablet("a")
    home, stays = (one.create("household", household()) for _ in range(2))
    one.push(), one.pull()
    merged(sign_in, stays, home)
    person = one.create("member", member(home))
    one.change("member", person, {"occupation": "thợ mộc"})
    told = one.push()
    assert [(o["outcome"], o["version"]) for o in told] == [("applied", 1), ("applied", 2)]
    assert told[0]["result"]["merged_into"] == stays
    assert [work.created_as for work in one.storage.all_work() if work.record_id == person] == [1, 0]


@pytest.fixture
def clashed(surveyor: httpx.Client, device: str, sign_in: SignIn) -> Clashed:
    """The household says 0 everywhere, and an officer has set its phone to 1; the tablet has not pulled since."""
    made = submission("household", household(phone="0", note="0"))
    push(surveyor, device, made)
    changed(sign_in, made["id"], phone="1")
    officer, seqs = sign_in("truc-thai"), count(2)

    def change(**changes: str) -> dict[str, Any]:
        one = submission("household", changes, seq=next(seqs), base=1, record=made["id"])
        (told,) = push(surveyor, device, one)
        return told

    def decides(clash: dict[str, Any], choice: str, **values: str) -> dict[str, Any]:
        body = {"choice": choice, "reason": "đã hỏi", "values": values or None}
        answer = officer.post(f"/sync/v1/conflicts/{clash['conflict_id']}/resolution", json=body)
        assert answer.is_success, answer.text
        record: dict[str, Any] = answer.json()
        return record

    return made["id"], change, decides


@pytest.mark.parametrize("choice", ["server", "device", "values"])
def test_what_is_taken_back_after_an_officer_has_decided_is_taken_back(
    choice: str, clashed: Clashed, sign_in: SignIn
) -> None:
    """The note did not clash: that it is in force is the tablet's own word, though an officer's decision wrote it."""
    home, change, decides = clashed
    decides(change(phone="2", note="2"), choice, **({"phone": "7"} if choice == "values" else {}))
    assert change(note="0")["outcome"] == "merged"
    stood = sign_in("truc-thai").get(f"/api/v1/households/{home}").json()
    assert (stood["note"], stood["phone"]) == ("0", {"server": "1", "device": "2", "values": "7"}[choice])


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("choice", ["server", "device"])
def test_nor_does_the_order_of_two_decisions_bring_back_what_was_taken_back(
    first: int, choice: str, clashed: Clashed
) -> None:
    _, change, decides = clashed
    clashes = [change(phone="2", note="2"), change(phone="3", note="0")]
    assert [one["outcome"] for one in clashes] == ["conflict", "conflict"]
    decides(clashes[first], choice)
    assert decides(clashes[1 - first], choice)["note"] == "0"


@pytest.mark.parametrize("later", [{"phone": "0"}, {"phone": "4"}])
@pytest.mark.parametrize("choice", ["device", "values"])
def test_what_an_officer_has_decided_is_not_what_the_screen_showed(
    choice: str,
    later: dict[str, str],
    clashed: Clashed,
    sign_in: SignIn,
) -> None:
    """Another word of its tablet overwrites no decision, and is not lost either: a person decides."""
    _, change, decides = clashed
    decides(change(phone="2"), choice, **({"phone": "7"} if choice == "values" else {}))
    told = change(**later)
    stood = "2" if choice == "device" else "7"
    (shown,) = sign_in("truc-thai").get("/sync/v1/conflicts").json()
    assert shown["fields"] == {"phone": {"base": None, "server": stood, "device": later["phone"]}}
    assert decides(told, "server")["phone"] == stood


def test_nor_where_the_officer_kept_the_older_word_against_the_newer(clashed: Clashed, sign_in: SignIn) -> None:
    """The screen showed 3, which was decided against."""
    home, change, decides = clashed
    clashes = [change(phone="2"), change(phone="3")]
    decides(clashes[1], "server"), decides(clashes[0], "device")
    assert change(phone="4")["outcome"] == "conflict"
    assert sign_in("truc-thai").get(f"/api/v1/households/{home}").json()["phone"] == "2"


def test_nor_where_the_officer_brought_the_older_note_back(clashed: Clashed, sign_in: SignIn) -> None:
    home, change, decides = clashed
    clash = change(phone="2", note="2")
    assert change(note="9")["outcome"] == "merged"
    decides(clash, "values", phone="1", note="2")
    assert change(note="10")["outcome"] == "conflict"
    assert sign_in("truc-thai").get(f"/api/v1/households/{home}").json()["note"] == "2"


def test_nor_where_a_later_conflict_still_waits(clashed: Clashed, sign_in: SignIn) -> None:
    """It says otherwise about what was decided meanwhile: the officer is told, and names that field too."""
    _, change, decides = clashed
    first, second = change(phone="2", note="2"), change(phone="3", note="0")
    decides(first, "values", phone="7", note="8")
    kept = {"choice": "server", "reason": "đã hỏi"}
    refused = sign_in("truc-thai").post(f"/sync/v1/conflicts/{second['conflict_id']}/resolution", json=kept)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["note"])
    assert decides(second, "values", phone="7", note="0")["note"] == "0"


def test_nor_what_an_officer_corrected(clashed: Clashed, surveyor: httpx.Client, device: str, sign_in: SignIn) -> None:
    """Nor does it matter what the refused form was: this one had no content at all."""
    home, change, decides = clashed
    clash, refused = change(phone="2"), submission("household", {}, seq=9, base=1, record=home)
    del refused["data"]
    assert push(surveyor, device, refused)[0]["outcome"] == "rejected"
    officer = sign_in("truc-thai")
    correction = {"data": {"address": "xóm 4"}, "reason": "đã hỏi"}
    answer = officer.post(f"/sync/v1/submissions/{refused['submission_id']}/repair", json=correction)
    assert answer.is_success, answer.text
    assert decides(clash, "device")["phone"] == "2"
    later = submission("household", {"address": "xóm 5"}, seq=10, base=1, record=home)
    assert push(surveyor, device, later)[0]["outcome"] == "conflict"
    assert officer.get(f"/api/v1/households/{home}").json()["address"] == "xóm 4"
