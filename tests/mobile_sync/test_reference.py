"""What a tablet needs beside its households, and that it is sent only when it changed."""

from collections.abc import Callable

import httpx

from tests.make.tablets import HAMLET

SignIn = Callable[[str], httpx.Client]


def test_the_areas_of_the_tablet_with_what_is_above_them(sign_in: SignIn) -> None:
    reference = sign_in("xom-3").get("/sync/v1/reference").json()
    assert [area["code"] for area in reference["areas"]] == ["14080", "14080-03", "36", "363"]
    by_id = {area["id"]: area for area in reference["areas"]}
    assert by_id[by_id[HAMLET[3]]["parent_id"]]["code"] == "14080"
    officers = sign_in("truc-thai").get("/sync/v1/reference").json()
    assert len([area for area in officers["areas"] if area["level"] == "hamlet"]) == 8


def test_every_code_of_a_record_has_its_words(sign_in: SignIn) -> None:
    lists = {one["code"]: one["values"] for one in sign_in("xom-3").get("/sync/v1/reference").json()["codes"]}
    for name in ("sex", "relation", "ethnicity", "schooling"):
        assert all(value["label"]["vi"] and value["label"]["en"] for value in lists[name]), name
    assert len(lists["ethnicity"]) >= 54


def test_not_sent_again_while_it_is_the_same(sign_in: SignIn) -> None:
    surveyor = sign_in("xom-3")
    first = surveyor.get("/sync/v1/reference")
    again = surveyor.get("/sync/v1/reference", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert surveyor.get("/sync/v1/reference", headers={"If-None-Match": '"other"'}).status_code == 200
    assert sign_in("xom-4").get("/sync/v1/reference").headers["ETag"] != first.headers["ETag"]
