"""What a move tells about the place it goes to, and verbs on the version that the caller saw."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import SignIn
from tests.make.households import hamlet, post_household, post_member

FAR = hamlet(1, "14071")


def move(client: httpx.Client, home: str, to: str, **headers: str) -> httpx.Response:
    body = {"hamlet_id": to, "moved_on": "2024-02-01"}
    return client.post(f"/api/v1/households/{home}/move", json=body, headers=headers)


def test_a_move_out_of_my_areas_does_not_tell_whether_the_number_is_used_there(sign_in: SignIn) -> None:
    post_household(sign_in("truc-dai"), hamlet_id=FAR, household_no="5")
    officer = sign_in("truc-thai")
    numbers = ("5", "6")  # taken there, and free there
    homes = [post_household(officer, household_no=number)["id"] for number in numbers]
    assert [move(officer, home, FAR).json()["household_no"] for home in homes] == [None, None]
    # xóm 2 is not one of the surveyor's areas either, though it lies in the commune
    kept = post_household(officer, household_no="7")["id"]
    assert move(sign_in("xom-1"), kept, hamlet(2)).json()["household_no"] is None
    assert move(officer, post_household(officer, household_no="8")["id"], hamlet(2)).json()["household_no"] == "8"


@pytest.mark.parametrize("to", [hamlet(2), FAR])
def test_a_household_without_a_number_has_none_in_its_history(sign_in: SignIn, to: str) -> None:
    officer = sign_in("truc-thai")
    post_household(officer, hamlet_id=hamlet(2))  # another one without a number
    home = post_household(officer)["id"]
    assert move(officer, home, to).status_code == 200
    reader = sign_in("truc-dai") if to == FAR else officer
    moved = reader.get(f"/api/v1/households/{home}/history").json()["items"][0]
    assert moved["version"] == 2
    assert "household_no" not in moved["change"]


def verbs(son: str) -> dict[str, dict[str, Any] | None]:
    return {
        "move": {"hamlet_id": hamlet(2), "moved_on": "2024-02-01"},
        "split": {"id": str(uuid4()), "member_ids": [son]},
        "leave": None,
        "dissolve": None,
        "reopen": None,
        "unmerge": None,
    }


@pytest.mark.parametrize("verb", verbs(""))
def test_a_verb_on_an_older_version_is_refused(sign_in: SignIn, verb: str) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    son = [post_member(officer, home)["id"] for _ in range(2)][1]
    if verb == "unmerge":
        survivor = post_household(officer)["id"]
        body = {"survivor_id": survivor, "absorbed_id": home}
        assert officer.post("/api/v1/households/merge", json=body).status_code == 200
    elif verb == "reopen":
        officer.post(f"/api/v1/households/{home}/leave")
    else:
        officer.patch(f"/api/v1/households/{home}", json={"phone": "0912345678"}, headers={"If-Match": '"1"'})
    url, body_of_it = f"/api/v1/households/{home}/{verb}", verbs(son)[verb]
    stale = officer.post(url, json=body_of_it, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-version"), stale.text
    assert stale.json()["current_version"] == 2
    assert officer.post(url, json=body_of_it, headers={"If-Match": '"x"'}).status_code == 412
    good = officer.post(url, json=body_of_it, headers={"If-Match": '"2"'})
    assert good.is_success, good.text
    if verb != "unmerge":  # sent again because the answer was lost: done already, whatever the version is now
        again = officer.post(url, json=body_of_it, headers={"If-Match": '"2"'})
        assert (again.status_code, again.json()) == (good.status_code, good.json())


def test_verbs_need_no_version_and_say_so_in_the_document(sign_in: SignIn, nobody: httpx.Client) -> None:
    officer = sign_in("truc-thai")
    for headers in ({}, {"If-Match": "*"}):
        assert move(officer, post_household(officer)["id"], hamlet(2), **headers).status_code == 200
    paths = nobody.get("/openapi.json").json()["paths"]
    for verb in verbs(""):
        operation = paths["/api/v1/households/{household_id}/" + verb]["post"]
        told = next(p for p in operation["parameters"] if p["name"].lower() == "if-match")
        assert not told["required"]
        assert "412" in operation["responses"]
