"""Standards over HTTP: everybody reads them, one person loads a points table, another confirms it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.api.standards.sample_2016 import sample
from tests.house.conftest import check_problem

SignIn = Callable[[str], httpx.Client]
STANDARDS = "/api/v1/standards"


def load(client: httpx.Client, **changes: Any) -> dict[str, Any]:
    answer = client.post(f"{STANDARDS}/vn-2022/points", json=sample() | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize("who", ["xom-3", "mat-tran", "he-thong", "admin"])
def test_everybody_reads_the_law(sign_in: SignIn, who: str) -> None:
    listed = sign_in(who).get(STANDARDS).json()["items"]
    assert [(one["code"], one["status"]) for one in listed] == [
        ("training-2022", "verified"), ("vn-2022", "verified"), ("vn-2027", "draft"),
    ]  # fmt: skip
    training = sign_in(who).get(f"{STANDARDS}/training-2022/versions/1").json()
    assert training["training"] is True
    assert training["label"]["vi"].startswith("MINH HỌA - KHÔNG CÓ GIÁ TRỊ")


def test_every_value_is_marked_and_what_is_unknown_is_empty(sign_in: SignIn) -> None:
    content = sign_in("xom-1").get(f"{STANDARDS}/vn-2022/versions/1").json()["content"]
    documents = {source["code"] for source in content["sources"]}
    for name in ("thresholds", "columns", "indicators", "groups", "forms", "causes", "needs"):
        assert content[name], name
        assert {one["document"] for one in content[name]} <= documents
        assert all("confidence" in one for one in content[name]), name
    assert len(content["dimensions"]) == 6
    assert len(content["indicators"]) == 12
    assert content["points_known"] is False
    assert not any(option.get("points") for group in content["groups"] for option in group["options"])
    form_a = next(form for form in content["forms"] if form["code"] == "form-a")
    assert (form_a["questions"], form_a["confidence"]) == ([], "unknown")
    draft = sign_in("xom-1").get(f"{STANDARDS}/vn-2027/versions/1").json()["content"]
    assert len(draft["indicators"]) == 12
    assert not any("deprived_if" in one for one in draft["indicators"])
    codes = {one["code"] for one in draft["indicators"]}
    assert codes ^ {one["code"] for one in content["indicators"]} == {"info_devices", "waste_handling"}


def test_pages_and_filters(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    seen, cursor = [], None
    while True:
        page = client.get(STANDARDS, params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        seen += [(one["code"], one["version"]) for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [("training-2022", 1), ("vn-2022", 1), ("vn-2027", 1)]
    only = client.get(STANDARDS, params={"kind": "training"}).json()["items"]
    assert [one["code"] for one in only] == ["training-2022"]
    assert client.get(STANDARDS, params={"code": "vn-1999"}).json()["items"] == []


def test_one_loads_and_another_confirms(sign_in: SignIn) -> None:
    district, chair = sign_in("truc-ninh"), sign_in("chu-tich")
    made = load(district)
    assert (made["version"], made["status"], made["loaded_by"]) == (1001, "draft", "truc-ninh")
    assert load(district)["version"] == 1001, "a repeated request creates once"
    verification = f"{STANDARDS}/vn-2022/versions/1001/verification"
    own = district.post(verification)
    assert (own.status_code, check_problem(own)["type"]) == (409, "/problems/separation-of-duties")
    confirmed = chair.post(verification)
    assert confirmed.status_code == 200, confirmed.text
    assert (confirmed.json()["status"], confirmed.json()["verified_by"]) == ("verified", "chu-tich")
    again = chair.post(verification)
    assert (again.status_code, check_problem(again)["type"]) == (409, "/problems/conflict")


def test_loading_and_confirming_stand_in_the_log(sign_in: SignIn) -> None:
    load(sign_in("truc-ninh"))
    sign_in("chu-tich").post(f"{STANDARDS}/vn-2022/versions/1001/verification")
    told = sign_in("admin").get("/api/v1/audit", params={"limit": 50}).json()["items"]
    assert {("truc-ninh", "standards.load"), ("chu-tich", "standards.verify")} <= {
        (line["actor"], line["action"]) for line in told
    }


def test_a_table_that_is_wrong_names_its_rows(sign_in: SignIn) -> None:
    table = sample()
    table["groups"][1]["options"][0]["points"]["NT_TN"] = -3
    refused = sign_in("truc-ninh").post(f"{STANDARDS}/vn-2022/points", json=table)
    assert refused.status_code == 422
    assert [e["pointer"] for e in check_problem(refused)["errors"]] == ["#/groups/1/options/0/points/NT_TN"]
    table = sample()
    del table["groups"][1]["options"][0]
    refused = sign_in("truc-ninh").post(f"{STANDARDS}/vn-2022/points", json=table)
    assert [e["code"] for e in check_problem(refused)["errors"]] == ["missing_option"]


@pytest.mark.parametrize("path", ["vn-1999/versions/1", "vn-2022/versions/77", "vn-2022/versions/1001"])
def test_what_is_not_there(sign_in: SignIn, path: str) -> None:
    assert check_problem(sign_in("truc-thai").get(f"{STANDARDS}/{path}"))["type"] == "/problems/not-found"


@pytest.mark.parametrize("who", ["xom-3", "ngan-hang", "chu-tich"])
def test_who_may_not_load(sign_in: SignIn, who: str) -> None:
    answer = sign_in(who).post(f"{STANDARDS}/vn-2022/points", json=sample())
    assert (answer.status_code, answer.json()["permission"]) == (403, "standards:load")


def test_who_may_not_confirm(sign_in: SignIn) -> None:
    load(sign_in("truc-ninh"))
    answer = sign_in("truc-thai").post(f"{STANDARDS}/vn-2022/versions/1001/verification")
    assert (answer.status_code, answer.json()["permission"]) == (403, "standards:verify")
