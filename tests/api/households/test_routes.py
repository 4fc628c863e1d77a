"""Households and members over HTTP: made, read, changed, by those who may, where they may."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from api.audit import AuditEntry
from tests.conftest import SignIn
from tests.make.households import hamlet, household_body, member_body, post_household, post_member
from tests.make.reviews import counted


def test_a_household_is_made_read_and_changed(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    made = post_household(officer, household_no="001", phone="0912345678", address="  Xóm 1  ")
    assert (made["version"], made["status"], made["current_class"], made["address"]) == (1, "active", None, "Xóm 1")
    read = officer.get(f"/api/v1/households/{made['id']}")
    assert read.json() == made
    assert read.headers["ETag"] == '"1"'
    changed = officer.patch(f"/api/v1/households/{made['id']}", json={"phone": ""}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == '"2"'
    assert (changed.json()["phone"], changed.json()["household_no"]) == (None, "001")


def test_a_change_without_a_version_is_428_and_of_an_old_version_412(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    address = f"/api/v1/households/{post_household(officer)['id']}"
    assert officer.patch(address, json={"phone": "1"}).status_code == 428
    assert officer.patch(address, json={"phone": "1"}, headers={"If-Match": '"1"'}).status_code == 200
    stale = officer.patch(address, json={"note": "khác"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["type"] == "/problems/stale-version"
    assert stale.json()["current_version"] == 2
    assert officer.get(address).json()["note"] is None


def test_of_two_people_who_change_one_household_at_once_one_is_told(sign_in: SignIn) -> None:
    officer, surveyor = sign_in("truc-thai"), sign_in("xom-1")
    for _ in range(5):
        address = f"/api/v1/households/{post_household(officer)['id']}"

        def change(client: object, address: str = address) -> int:
            answer = client.patch(address, json={"phone": str(id(client))[-9:]}, headers={"If-Match": '"1"'})  # type: ignore[attr-defined]
            return int(answer.status_code)

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(change, (officer, surveyor))) == [200, 412]
        assert officer.get(address).json()["version"] == 2


def test_the_same_id_or_key_with_the_same_content_creates_once(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    body = household_body(id=str(uuid4()), note="một")
    one, two = officer.post("/api/v1/households", json=body), officer.post("/api/v1/households", json=body)
    assert (one.status_code, two.status_code) == (201, 201)
    assert one.json() == two.json()
    other = officer.post("/api/v1/households", json=body | {"note": "hai"})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/already-exists")

    key = {"Idempotency-Key": "phieu-17"}
    one = officer.post("/api/v1/households", json=household_body(), headers=key)
    two = officer.post("/api/v1/households", json=household_body(), headers=key)
    assert one.json()["id"] == two.json()["id"]
    other = officer.post("/api/v1/households", json=household_body(phone="1"), headers=key)
    assert (other.status_code, other.json()["type"]) == (409, "/problems/idempotency-key-reused")


def test_a_number_is_taken_once_in_a_hamlet(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    post_household(officer, household_no="7")
    again = officer.post("/api/v1/households", json=household_body(household_no="7"))
    assert again.status_code == 409
    assert again.json()["errors"][0]["pointer"] == "#/household_no"
    post_household(officer, household_no="7", hamlet_id=hamlet(2))


def test_read_only_fields_come_back_only_with_their_value(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    address = f"/api/v1/households/{post_household(officer)['id']}"
    same = {"status": "active", "current_class": None, "class_since": None, "newly_escaped_until": None, "phone": "1"}
    assert officer.patch(address, json=same, headers={"If-Match": '"1"'}).status_code == 200
    for name, value in (("status", "left"), ("current_class", "poor"), ("class_since", "2024-01-01")):
        refused = officer.patch(address, json={name: value}, headers={"If-Match": '"2"'})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == f"#/{name}"
    created = officer.post("/api/v1/households", json=household_body(current_class="poor"))
    assert created.status_code == 422


def test_members_are_added_read_and_changed(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    made = post_member(officer, home, full_name="Trần Thị Bé", sex="female", personal_id="036 180 001 234")
    assert made["personal_id"] == "036180001234"
    assert made["warnings"] == []
    read = officer.get(f"/api/v1/members/{made['id']}")
    assert read.headers["ETag"] == '"1"'
    assert officer.get(f"/api/v1/households/{home}/members/{made['id']}").json() == read.json()
    assert officer.get(f"/api/v1/households/{uuid4()}/members/{made['id']}").status_code == 404
    changed = officer.patch(
        f"/api/v1/households/{home}/members/{made['id']}",
        json={"birth_year": 1990, "disability": "mild"},
        headers={"If-Match": '"1"'},
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["version"], changed.json()["disability"]) == (2, "mild")
    listed = officer.get(f"/api/v1/households/{home}/members").json()
    assert [person["id"] for person in listed["items"]] == [made["id"]]


def test_members_come_by_given_name_in_pages_those_who_left_last(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    for name in ("Vũ Văn Bình", "Vũ Thị Ân", "Vũ Văn Đức"):
        post_member(officer, home, full_name=name)
    post_member(officer, home, full_name="Vũ Văn An", left_on="2024-01-02", left_reason="moved")
    seen, cursor = [], None
    while True:
        page = officer.get(f"/api/v1/households/{home}/members", params={"limit": 1, "cursor": cursor or ()}).json()
        seen += [person["full_name"] for person in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["Vũ Thị Ân", "Vũ Văn Bình", "Vũ Văn Đức", "Vũ Văn An"]


def test_what_is_implausible_about_a_citizen_number_is_said_and_kept(sign_in: SignIn) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    for number, codes in (
        ("036080001234", []),
        ("036180001234", ["personal_id_sex"]),
        ("036081001234", ["personal_id_birth_year"]),
        ("036280001234", ["personal_id_birth_year"]),
        ("163123456", ["personal_id_old"]),
        ("12345", ["personal_id_length"]),
    ):
        made = post_member(officer, home, personal_id=number)
        assert [warning["code"] for warning in made["warnings"]] == codes, number
        assert made["personal_id"] == number


def test_outside_of_my_areas_is_as_if_it_were_not_there(sign_in: SignIn) -> None:
    mine = post_household(sign_in("truc-thai"))
    person = post_member(sign_in("truc-thai"), mine["id"])
    there = f"/api/v1/households/{mine['id']}"
    for stranger in (sign_in("xom-2"), sign_in("truc-dai")):
        nothing = stranger.get(f"/api/v1/households/{uuid4()}").json()
        for answer in (
            stranger.get(there),
            stranger.get(f"{there}/history"),
            stranger.get(f"{there}/members"),
            stranger.get(f"/api/v1/members/{person['id']}"),
            stranger.get(f"/api/v1/members/{person['id']}/history"),
            stranger.patch(there, json={"phone": "1"}, headers={"If-Match": '"1"'}),
            stranger.patch(f"/api/v1/members/{person['id']}", json={"pension": True}, headers={"If-Match": '"1"'}),
            stranger.post(f"{there}/members", json=member_body()),
            stranger.post(f"{there}/move", json={"hamlet_id": hamlet(2), "moved_on": "2024-01-01"}),
            stranger.post(f"{there}/split", json={"member_ids": [person["id"]]}),
            stranger.post(f"{there}/leave"),
        ):
            assert answer.status_code == 404, answer.request.url
            if answer.request.url.path == there and answer.request.method == "GET":
                assert answer.json()["detail"] == nothing["detail"]
        assert stranger.get("/api/v1/households").json()["items"] == []
    refused = sign_in("xom-2").post("/api/v1/households", json=household_body())
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (404, "#/hamlet_id")


def test_a_hamlet_is_changed_inside_my_areas_only(sign_in: SignIn) -> None:
    home = f"/api/v1/households/{post_household(sign_in('truc-thai'))['id']}"
    surveyor = sign_in("xom-1")
    assert surveyor.patch(home, json={"hamlet_id": hamlet(2)}, headers={"If-Match": '"1"'}).status_code == 404
    officer = sign_in("truc-thai")
    assert officer.patch(home, json={"hamlet_id": hamlet(2)}, headers={"If-Match": '"1"'}).status_code == 200
    assert surveyor.get(home).status_code == 404


def test_every_read_and_write_is_in_the_audit_log_with_the_household(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home = post_household(officer)["id"]
    person = post_member(officer, home)["id"]
    officer.get(f"/api/v1/households/{home}")
    officer.get(f"/api/v1/households/{home}/history")
    officer.get(f"/api/v1/households/{home}/members")
    officer.get(f"/api/v1/members/{person}")
    officer.get("/api/v1/households")
    officer.post("/api/v1/members/search", json={"personal_id": "036080001234"})
    by_officer = select(AuditEntry).where(col(AuditEntry.actor) == "truc-thai")
    entries = session.scalars(by_officer.order_by(col(AuditEntry.id))).all()
    noted = [
        (entry.action, [str(subject_id) for subject_id in entry.subject_ids])
        for entry in entries
        if entry.subject in ("household", "member")
    ]
    assert noted == [
        ("households.write", [home]),
        ("members.write", [person]),
        ("households.read", [home]),
        ("households.history", [home]),
        ("members.read", [home]),
        ("members.read", [home]),
        ("households.list", [home]),
        ("members.search", []),
    ]


def test_lists_cost_a_fixed_number_of_statements(sign_in: SignIn, app: object) -> None:
    officer = sign_in("truc-thai")
    counts = []
    for more in (2, 12):
        for number in range(more):
            home = post_household(officer)["id"]
            post_member(officer, home, full_name="Nguyễn Văn Tý", birth_year=1970 + number % 3)
        spent = []
        for path in (
            "/api/v1/households",
            "/api/v1/households?q=nguyen",
            "/api/v1/households/duplicates",
            f"/api/v1/households/{home}/members",
            f"/api/v1/households/{home}/history",
        ):
            with counted(app.state.engine) as statements:  # type: ignore[attr-defined]
                assert officer.get(path).status_code == 200
            spent.append(len(statements))
        counts.append(spent)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 7
