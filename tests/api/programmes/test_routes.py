"""The catalogue over HTTP: who reads it, what it says of a day, and when it has not changed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

from api import clock
from api.accounts.permissions import Permission
from api.programmes.catalogue import catalogue
from tests.house.conftest import check_problem
from tests.make.answers import pointers

SignIn = Callable[[str], httpx.Client]
LISTS = ("/api/v1/programmes", "/api/v1/intervention-kinds", "/api/v1/policies")
ONES = {
    "/api/v1/programmes": "nutrition",
    "/api/v1/intervention-kinds": "community_proposal",
    "/api/v1/policies": "electricity_poor",
}

ADDRESSES = [*LISTS, *(f"{listed}/{code}" for listed, code in ONES.items())]


def read(client: httpx.Client, address: str, **query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/{address}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def everything(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from everything(inner)
    if isinstance(value, list):
        for inner in value:
            yield from everything(inner)


def test_everybody_of_the_plan_reads_it(sign_in: SignIn) -> None:
    for who in ("truc-ninh", "truc-thai", "chu-tich", "xom-3", "ngan-hang", "tai-chinh", "van-hoa", "mat-tran"):
        for address in ADDRESSES:
            assert sign_in(who).get(address).status_code == 200, f"{who} {address}"


def test_without_the_right_it_is_refused(sign_in: SignIn) -> None:
    for who in ("admin", "he-thong"):
        for address in ADDRESSES:
            answer = sign_in(who).get(address)
            assert (answer.status_code, check_problem(answer)["permission"]) == (403, "programmes:read"), address


def test_the_components_are_those_of_the_plan_in_its_order(sign_in: SignIn) -> None:
    items = read(sign_in("xom-1"), "programmes")["items"]
    assert [one["section"] for one in items] == [f"IV.2.{number}" for number in range(1, 9)]
    assert items[0]["projects"] == ["DA2", "DA3-TDA1"]
    assert items[0]["source"] == "16/KH-UBND, IV.2.1"


def test_a_component_says_for_whom_what_and_by_which_text(sign_in: SignIn) -> None:
    found = read(sign_in("xom-1"), "programmes/livelihood", as_of="2024-06-01")
    assert [one["code"] for one in found["groups"]][:2] == ["workers", "merit_and_women"]
    assert "Hỗ trợ giống cây trồng, vật nuôi" in found["contents"][2]["label"]["vi"]
    assert {"27/2022/NĐ-CP, Chương V", "09/2022/TT-BLĐTBXH, Chương II", "04/2022/TT-BNNPTNT, Điều 5, 6, 7"} <= {
        one["source"] for one in found["legal_bases"]
    }
    assert "community_proposal" in {kind["code"] for kind in found["kinds"]}
    assert [policy["code"] for policy in found["policies"]] == ["livelihood_project"]
    assert {one["code"] for one in found["sources"]} == {
        one["document"] for one in everything(found | {"policies": []}) if "document" in one
    }


def test_a_kind_is_enough_to_draw_its_forms(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    kinds = read(client, "intervention-kinds")["items"]
    assert {kind["code"] for kind in kinds} == set(catalogue().kinds)
    for short in kinds:
        whole = read(client, f"intervention-kinds/{short['code']}")
        assert {name: whole[name] for name in short} == short
        stages = {stage["code"] for stage in whole["stages"]}
        assert stages
        for step in whole["steps"]:
            assert set(step["before"]) | ({step["after"]} - {None}) <= stages
            assert step["right"] in set(Permission)
        of_roles = [field for role in whole["roles"] for field in role["fields"]]
        of_steps = [field for step in whole["steps"] for field in step["fields"]]
        for field in [*whole["fields"], *of_steps, *of_roles]:
            assert bool(field["options"]) == (field["type"] in ("code", "codes")), field
            assert field["label"]["vi"]


def test_a_step_names_its_right_also_where_it_is_that_of_its_kind(sign_in: SignIn) -> None:
    found = read(sign_in("truc-thai"), "intervention-kinds/community_proposal")
    rights = {step["code"]: step["right"] for step in found["steps"]}
    assert rights["appraise"] == found["right"] == "interventions:write"
    assert rights["approve"] == "plans:approve"


def test_the_kinds_of_one_component(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    some = read(client, "intervention-kinds", component="nutrition")["items"]
    assert {kind["component"] for kind in some} == {"nutrition"}
    assert len(some) < len(catalogue().kinds)
    unknown = client.get("/api/v1/intervention-kinds", params={"component": "tenth"})
    assert pointers(unknown) == [("#query/component", "unknown_code")]


def test_what_hangs_under_a_kind_is_named(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    for kind in catalogue().kinds.values():
        for parent in kind.parents:
            assert kind.code in read(client, f"intervention-kinds/{parent}")["children"]


def test_policies_are_those_in_force_on_the_day(sign_in: SignIn) -> None:
    client = sign_in("ngan-hang")
    before = read(client, "policies", as_of="2025-06-30")
    after = read(client, "policies", as_of="2025-07-01")
    assert before["as_of"] == "2025-06-30"
    codes_before, codes_after = ({one["code"] for one in found["items"]} for found in (before, after))
    assert codes_after - codes_before == {"social_pension"}
    assert all(one["in_force"] for one in after["items"])
    later = read(client, "policies/social_pension", as_of="2025-06-30")
    assert (later["in_force"], later["grounds"][0]["code"]) == (False, "from_75")


def test_without_a_day_it_is_today_in_viet_nam(sign_in: SignIn) -> None:
    client = sign_in("ngan-hang")
    with clock.at(datetime(2025, 6, 30, 17, 30, tzinfo=UTC)):  # 00:30 on 1 July in Hà Nội
        assert read(client, "policies")["as_of"] == "2025-07-01"
        assert read(client, "policies/social_pension")["in_force"] is True


def test_policies_by_component_field_and_subject(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    credit = read(client, "policies", field="credit", subject="household", as_of="2025-06-01")["items"]
    assert [one["code"] for one in credit] == [
        "credit_poor", "credit_near_poor", "credit_newly_escaped", "credit_clean_water",
    ]  # fmt: skip
    offers = read(client, "policies", component="nutrition", as_of="2025-06-01")["items"]
    assert [one["code"] for one in offers] == ["nutrition"]
    refused = client.get("/api/v1/policies", params={"subject": "village"})
    assert refused.status_code == 422


def test_a_policy_shows_the_number_of_the_day_and_that_nobody_has_verified_it(sign_in: SignIn) -> None:
    client = sign_in("mat-tran")
    found = read(client, "policies/electricity_poor", as_of="2024-10-10")
    amount = next(one for one in found["parameters"] if one["code"] == "monthly_amount")
    assert (amount["value"], amount["verified"], amount["confidence"]) == (54180, False, "medium")
    assert (amount["unit_label"]["vi"], amount["measure"]) == ("đồng mỗi tháng", "amount")
    assert (found["parameter_count"], found["unverified"]) == (2, 1)
    assert {one["value"] for one in found["other_parameters"]} == {42000, 56790, 59520}
    next_day = read(client, "policies/electricity_poor", as_of="2024-10-11")
    assert next(one for one in next_day["parameters"] if one["code"] == "monthly_amount")["value"] == 56790


def test_a_number_that_is_not_known_is_there_and_null(sign_in: SignIn) -> None:
    found = read(sign_in("mat-tran"), "policies/learning_costs", as_of="2025-09-03")
    (amount,) = found["parameters"]
    assert (amount["value"], amount["confidence"], amount["verified"]) == (None, "unknown", False)
    assert amount["note"]


def test_conditions_are_published_as_they_are(sign_in: SignIn) -> None:
    client = sign_in("xom-3")
    for policy in catalogue().policies.values():
        day = policy.valid_from or datetime(2024, 6, 1, tzinfo=UTC).date()
        found = read(client, f"policies/{policy.code}", as_of=day.isoformat())
        assert {one["code"]: one["when"] for one in found["grounds"]} == {
            one.code: one.when for one in policy.on(day).grounds
        }
        assert (found["unless"], found["served_if"]) == (policy.unless, policy.served_if)
        assert {one["code"] for one in found["sources"]} >= {found["document"]}
        asked = {one["code"]: len(one["asks"]) for one in found["grounds"]}
        assert asked == {one.code: len(one.asks) for one in policy.on(day).grounds}


def test_the_housing_of_poor_districts_is_told_as_not_applicable(sign_in: SignIn) -> None:
    found = read(sign_in("xom-3"), "policies/housing_poor_district")
    assert found["unless"] is True
    assert "huyện nghèo" in found["unless_reason"]["vi"]


def test_the_order_that_a_text_sets_is_words(sign_in: SignIn) -> None:
    found = read(sign_in("xom-3"), "policies/telecom_device")
    assert found["order"]["vi"] == "Thứ tự: hộ có người có công, hộ chính sách xã hội, hộ nghèo, hộ cận nghèo"


def test_a_code_that_is_not_there(sign_in: SignIn) -> None:
    client = sign_in("truc-thai")
    for listed in ONES:
        for code in ("nothing", "Nutrition", "a-b", "x" * 60, "%20", "🐃"):
            answer = client.get(f"{listed}/{code}")
            assert (answer.status_code, check_problem(answer)["type"]) == (404, "/problems/not-found"), code


def test_what_has_not_changed_is_not_sent_again(sign_in: SignIn) -> None:
    client = sign_in("xom-1")
    for address in ADDRESSES:
        first = client.get(address)
        tag = first.headers["ETag"]
        for held in (tag, f"W/{tag}", f'"other", {tag}'):
            again = client.get(address, headers={"If-None-Match": held})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), address
        changed = client.get(address, headers={"If-None-Match": '"other"'})
        assert (changed.status_code, changed.json()) == (200, first.json()), address


def test_another_day_has_another_tag(sign_in: SignIn) -> None:
    client = sign_in("xom-1")
    tags = {
        client.get("/api/v1/policies/electricity_poor", params={"as_of": day}).headers["ETag"]
        for day in ("2024-10-10", "2024-10-11")
    }
    assert len(tags) == 2
