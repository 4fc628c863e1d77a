"""The history of a record: who, when, from which tablet, which field from what to what."""

from uuid import uuid4

from sqlmodel import Session

from api import clock
from api.accounts.tables import Device
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_households
from tests.conftest import SignIn
from tests.make.households import actor, hamlet, post_household, post_member, put_household
from tests.make.people import account_id


def test_every_change_is_told_newest_first(sign_in: SignIn) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-1")
    home = post_household(officer, phone="1", household_no="9")["id"]
    address = f"/api/v1/households/{home}"
    assert surveyor.patch(address, json={"phone": "2", "note": "a"}, headers={"If-Match": '"1"'}).status_code == 200
    assert officer.patch(address, json={"phone": None}, headers={"If-Match": '"2"'}).status_code == 200
    third, second, first = officer.get(f"{address}/history").json()["items"]
    assert (third["version"], third["changed_by"], third["change"]) == (3, "truc-thai", {"phone": ["2", None]})
    assert (second["changed_by"], second["change"]) == ("xom-1", {"phone": ["1", "2"], "note": [None, "a"]})
    assert (first["version"], first["origin"]) == (1, "web")
    # the first version has no change of its own: its values are today's with every later change taken back
    assert first["change"]["phone"] == [None, "1"]
    assert first["change"]["household_no"] == [None, "9"]
    assert first["change"]["note"] == [None, None]


def test_history_comes_in_pages(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    address = f"/api/v1/households/{post_household(officer)['id']}"
    for version in range(1, 6):
        officer.patch(address, json={"phone": str(version)}, headers={"If-Match": f'"{version}"'})
    seen, cursor = [], None
    while True:
        page = officer.get(f"{address}/history", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [version["version"] for version in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1]


def test_nothing_changed_is_no_version(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    address = f"/api/v1/households/{post_household(officer, phone='1')['id']}"
    same = officer.patch(address, json={"phone": "1"}, headers={"If-Match": '"1"'})
    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert len(officer.get(f"{address}/history").json()["items"]) == 1


def test_a_change_from_a_tablet_names_it(sign_in: SignIn, session: Session) -> None:
    surveyor = actor("xom-1")
    device, submission = uuid4(), uuid4()
    session.add(Device(id=device, account_id=account_id("xom-1"), name="Máy xóm 1", enrolled_at=clock.now()))
    home = put_household(session, surveyor)
    edit = Edit(home, 1, {"phone": "5"}, submission_id=submission, device_id=device)
    assert write_households(session, surveyor, [edit], Origin.tablet)[0].version == 2
    session.commit()
    newest = sign_in("truc-thai").get(f"/api/v1/households/{home}/history").json()["items"][0]
    assert newest["origin"] == "tablet"
    assert (newest["device_id"], newest["device_name"]) == (str(device), "Máy xóm 1")
    assert newest["submission_id"] == str(submission)
    assert newest["changed_by"] == "xom-1"


def test_the_verbs_stand_in_the_history(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home, other = post_household(officer)["id"], post_household(officer)["id"]
    person = post_member(officer, home)["id"]
    officer.post(f"/api/v1/households/{home}/move", json={"hamlet_id": hamlet(2), "moved_on": "2024-02-01"})
    officer.post("/api/v1/households/merge", json={"survivor_id": other, "absorbed_id": home})
    officer.post(f"/api/v1/households/{home}/unmerge")
    origins = [v["origin"] for v in officer.get(f"/api/v1/households/{home}/history").json()["items"]]
    assert origins == ["unmerge", "merge", "move", "web"]
    homes = [v["change"].get("household_id") for v in officer.get(f"/api/v1/members/{person}/history").json()["items"]]
    assert homes == [[other, home], [home, other], [None, home]]
