"""Editions: frozen bytes, corrections, handing in, the district's sum, and what does not balance."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from api.accounts.permissions import Role
from api.areas.tables import area_id
from tests.api.papers.reading import pages, squeezed
from tests.make.answers import done, pointers, refused
from tests.make.decisions import people
from tests.make.money import also
from tests.make.recognitions import recognise
from tests.make.report_register import total
from tests.make.reviews import household, households

SignIn = Callable[[str], httpx.Client]
REPORTS, EDITIONS = "/api/v1/reports", "/api/v1/report-editions"
DAY = "2024-12-31"


def paper(**fields: Any) -> dict[str, Any]:
    recipients = ["UBND huyện Trực Ninh", "Lưu: VT"]
    given = {"area": "14080", "as_of": DAY, "number": "45/BC-UBND", "issued_on": "2025-01-05", "recipients": recipients}
    return {"id": str(uuid4()), **given, **fields}


def publish(client: httpx.Client, form: str = "form-01", **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = done(client.post(f"{REPORTS}/{form}/editions", json=paper(**fields)))
    return made


@pytest.fixture
def register(session: Session) -> Session:
    """Six poor households of three people in xóm 3, two near-poor in xóm 4; totals of all eight hamlets."""
    for home in households(session, 6):
        people(session, home, 3)
        recognise(session, home, "poor", date(2022, 12, 12))
    for home in households(session, 2, "14080-04"):
        people(session, home, 1)
        recognise(session, home, "near_poor", date(2022, 12, 12))
    for number in range(1, 9):
        total(session, f"14080-{number:02d}", date(2024, 6, 30), 300, 1000)
    session.commit()
    return session


def bytes_of(client: httpx.Client, edition: dict[str, Any]) -> list[bytes]:
    found = []
    for kind in ("content", "workbook", "paper"):
        answer = client.get(f"{EDITIONS}/{edition['id']}/{kind}")
        assert answer.status_code == 200, answer.text
        found.append(answer.content)
    return found


def test_an_edition_is_the_same_bytes_whatever_happens_later(sign_in: SignIn, register: Session) -> None:
    officer = sign_in("truc-thai")
    made = publish(officer, signatory="Trần Văn Chủ", prepared_by="Lê Văn Biểu")
    before = bytes_of(officer, made)
    assert hashlib.sha256(before[0]).hexdigest() == made["sha256"]
    content = json.loads(before[0])
    assert content["report"]["totals"][0]["cells"][2]["value"] == 6
    assert (content["header"]["number"], content["header"]["recipients"][0]) == ("45/BC-UBND", "UBND huyện Trực Ninh")
    recognise(register, household(register), "poor", date(2023, 12, 12))
    total(register, "14080-03", date(2024, 12, 31), 500, 2000)
    register.commit()
    assert bytes_of(officer, made) == before
    assert done(officer.get(f"{REPORTS}/form-01", params={"area": "14080", "as_of": DAY}))["totals"][0]["cells"][2][
        "value"] == 7  # fmt: skip
    printed = squeezed("".join(pages(before[2])))
    for words in ("45/BC-UBND", "NGƯỜI LẬP BIỂU", "Lê Văn Biểu", "CHỦ TỊCH", "Trần Văn Chủ", "Nơi nhận:", "Lưu: VT."):
        assert squeezed(words) in printed, words


@pytest.mark.parametrize(
    "change",
    ["UPDATE report_edition SET content = '{}'", "DELETE FROM report_edition", "TRUNCATE report_edition CASCADE"],
)
def test_nothing_changes_an_edition(sign_in: SignIn, register: Session, change: str) -> None:
    publish(sign_in("truc-thai"))
    with pytest.raises(IntegrityError, match="a published report never changes"):
        register.execute(text(change))


def test_a_correction_names_what_it_replaces_and_why(sign_in: SignIn, register: Session) -> None:
    officer = sign_in("truc-thai")
    first = publish(officer)
    again = officer.post(f"{REPORTS}/form-01/editions", json=paper(number="46/BC-UBND"))
    assert (refused(again), again.json()["last_edition_id"]) == ((409, "conflict"), first["id"])
    silent = officer.post(f"{REPORTS}/form-01/editions", json=paper(replaces_id=first["id"]))
    assert refused(silent) == (422, "invalid")
    second = publish(officer, number="46/BC-UBND", replaces_id=first["id"], reason="Sửa số hộ xóm 3")
    assert (second["edition"], second["replaces_id"]) == (2, first["id"])
    assert done(officer.get(f"{EDITIONS}/{first['id']}"))["replaced_by_id"] == second["id"]
    assert squeezed("thay bản số 45/BC-UBND") in squeezed("".join(pages(bytes_of(officer, second)[2])))
    listed = done(officer.get(f"{REPORTS}/form-01/editions", params={"limit": 1}))
    assert [one["id"] for one in listed["items"]] == [second["id"]]
    rest = done(officer.get(f"{REPORTS}/form-01/editions", params={"limit": 1, "cursor": listed["next_cursor"]}))
    assert [one["id"] for one in rest["items"]] == [first["id"]]


def test_the_same_request_publishes_once(sign_in: SignIn, register: Session) -> None:
    officer = sign_in("truc-thai")
    body = paper()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: officer.post(f"{REPORTS}/form-01/editions", json=body), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert register.execute(text("SELECT count(*) FROM report_edition")).scalar_one() == 1
    other = officer.post(f"{REPORTS}/form-01/editions", json=body | {"number": "99/BC"})
    assert refused(other) == (409, "already-exists")


def test_handing_in_returned_and_accepted(sign_in: SignIn, register: Session) -> None:
    officer, chair, district = sign_in("truc-thai"), sign_in("chu-tich"), sign_in("truc-ninh")
    made = publish(officer, period="2024", as_of=None)
    at = f"{EDITIONS}/{made['id']}"
    assert made["state"] is None
    assert refused(district.post(f"{at}/acceptance")) == (409, "illegal-stage")
    assert officer.post(f"{at}/submission").json()["permission"] == "reports:submit"
    handed = done(chair.post(f"{at}/submission"))
    assert (handed["state"], handed["due_on"], handed["overdue"]) == ("submitted", "2024-12-19", True)
    assert refused(officer.post(f"{at}/acceptance")) == (409, "conflict")
    assert refused(district.post(f"{at}/acceptance", headers={"If-Match": '"1"'})) == (412, "stale-version")
    returned = done(district.post(f"{at}/return", json={"remark": "Số chưa khớp"}))
    assert (returned["state"], returned["remark"]) == ("returned", "Số chưa khớp")
    second = publish(officer, period="2024", as_of=None, replaces_id=made["id"], reason="Theo ý kiến huyện")
    assert refused(chair.post(f"{at}/submission")) == (409, "conflict")
    done(chair.post(f"{EDITIONS}/{second['id']}/submission"))
    accepted = done(district.post(f"{EDITIONS}/{second['id']}/acceptance"))
    assert (accepted["state"], accepted["sha256"]) == ("accepted", second["sha256"])


def test_what_was_replaced_since_is_not_accepted(sign_in: SignIn, register: Session) -> None:
    officer, chair, district = sign_in("truc-thai"), sign_in("chu-tich"), sign_in("truc-ninh")
    first = publish(officer, period="2024", as_of=None)
    at = f"{EDITIONS}/{first['id']}"
    done(chair.post(f"{at}/submission"))
    second = publish(officer, period="2024", as_of=None, replaces_id=first["id"], reason="Sửa số hộ xóm 3")
    late = district.post(f"{at}/acceptance")
    assert (refused(late), late.json()["replaced_by_id"]) == ((409, "conflict"), second["id"])
    assert done(district.get(at))["state"] == "submitted"
    assert done(district.post(f"{at}/return", json={"remark": "Đã có bản mới"}))["state"] == "returned"
    done(chair.post(f"{EDITIONS}/{second['id']}/submission"))
    assert done(district.post(f"{EDITIONS}/{second['id']}/acceptance"))["state"] == "accepted"


def test_whoever_published_does_not_hand_it_in(sign_in: SignIn, register: Session, engine: Engine) -> None:
    also(engine, "truc-thai", Role.commune_chair)
    made = publish(sign_in("truc-thai"))
    at = f"{EDITIONS}/{made['id']}/submission"
    assert refused(sign_in("truc-thai").post(at)) == (409, "separation-of-duties")
    assert done(sign_in("chu-tich").post(at))["state"] == "submitted"


def test_the_district_adds_up_what_was_handed_in_and_names_who_is_missing(sign_in: SignIn, register: Session) -> None:
    officer, district = sign_in("truc-thai"), sign_in("truc-ninh")
    whole = {"area": "363", "period": "2024"}
    made = publish(officer, period="2024", as_of=None)
    nothing = done(district.get(f"{REPORTS}/form-01", params=whole))
    assert {one["code"] for one in nothing["missing"]} >= {"14080", "14071"}
    assert all(one["overdue"] for one in nothing["missing"])
    done(sign_in("chu-tich").post(f"{EDITIONS}/{made['id']}/submission"))
    told = done(district.get(f"{REPORTS}/form-01", params=whole))
    assert "14080" not in {one["code"] for one in told["missing"]}
    (row,) = [one for one in told["rows"] if one["code"] == "14080"]
    assert [cell["value"] for cell in row["cells"]][:5] == [2400, 8000, 6, 0.25, 2]
    assert told["totals"][0]["cells"] == row["cells"]
    (silent,) = [one for one in told["rows"] if one["code"] == "14071"]
    assert {(cell["value"], cell["reason"]["vi"]) for cell in silent["cells"]} == {(None, "Chưa nộp báo cáo.")}
    second = publish(sign_in("truc-dai"), area="14071", period="2024", as_of=None)
    register.execute(
        text(
            "INSERT INTO report_hand_in"
            " (edition_id, state, submitted_by, submitted_on, version, created_at, updated_at)"
            " VALUES (:id, 'accepted', gen_random_uuid(), now(), 2, now(), now())"
        ),
        {"id": second["id"]},
    )
    register.commit()
    both = done(district.get(f"{REPORTS}/form-01", params=whole))
    # nobody recorded the totals of the other commune: then that of the district is not known either
    assert [cell["value"] for cell in both["totals"][0]["cells"]][:5] == [None, None, 6, None, 2]
    assert both["faults"] == []


def test_what_does_not_balance_becomes_no_file(sign_in: SignIn, register: Session) -> None:
    officer = sign_in("truc-thai")
    total(register, "14080-03", date(2024, 12, 1), 5, 2000)
    register.commit()
    seen = done(officer.get(f"{REPORTS}/form-01", params={"area": "14080", "as_of": DAY}))
    fault = {"row": "14080-03", "column": "poor_households", "left": 6, "relation": "<=", "right": 5}
    assert {key: seen["faults"][0][key] for key in fault} == fault
    for answer in (
        officer.get(f"{REPORTS}/form-01/workbook", params={"area": "14080", "as_of": DAY}),
        officer.get(f"{REPORTS}/form-01/paper", params={"area": "14080", "as_of": DAY}),
        officer.post(f"{REPORTS}/form-01/editions", json=paper()),
    ):
        said = answer.json()
        assert refused(answer) == (409, "does-not-balance")
        assert {key: said[key] for key in fault} == fault
        assert said["form"] == "form-01"
        # in the words of the form, not in the codes of its columns
        assert said["detail"] == (
            f"«{seen['title']['vi']}», dòng «Xóm 3», cột «Hộ nghèo: Số hộ»: có 6, nhiều nhất là 5. "
            "«Hộ nghèo: Số hộ» cộng «Hộ cận nghèo: Số hộ» cộng "
            "«Hộ làm nông, lâm, ngư, diêm nghiệp có mức sống trung bình: Số hộ» không được "
            "lớn hơn «Tổng số hộ». Hãy sửa số liệu trước khi xuất báo cáo."
        )
    assert register.execute(text("SELECT count(*) FROM report_edition")).scalar_one() == 0


def test_who_may_see_and_publish(sign_in: SignIn, register: Session) -> None:
    officer, front, surveyor = sign_in("truc-thai"), sign_in("mat-tran"), sign_in("xom-3")
    made = publish(officer)
    detailed = publish(officer, "form-15")
    assert sign_in("truc-dai").get(f"{EDITIONS}/{made['id']}").status_code == 404
    assert refused(front.post(f"{REPORTS}/form-01/editions", json=paper())) == (409, "conflict")
    assert surveyor.post(f"{REPORTS}/form-01/editions", json=paper()).status_code == 404
    assert front.get(f"{EDITIONS}/{made['id']}/content").status_code == 403
    public = publish(officer, audience="public")
    assert front.get(f"{EDITIONS}/{public['id']}/content").status_code == 200
    kept = front.get(f"{EDITIONS}/{detailed['id']}/content")
    assert (kept.status_code, kept.json()["permission"]) == (403, "households:read")
    district = sign_in("truc-ninh").get(f"{EDITIONS}/{detailed['id']}/content")
    assert (district.status_code, district.json()["permission"]) == (403, "persons:sensitive")
    never = officer.post(f"{REPORTS}/form-15/editions", json=paper(audience="public"))
    assert refused(never) == (422, "invalid")


def test_small_counts_are_hidden_from_some_and_from_the_public(sign_in: SignIn, register: Session) -> None:
    query = {"area": "14080", "as_of": DAY}
    for who, told in (("truc-thai", True), ("truc-ninh", True), ("mat-tran", False), ("ngan-hang", False)):
        report = done(sign_in(who).get(f"{REPORTS}/form-01", params=query))
        rows = {row["code"]: row["cells"] for row in [*report["rows"], *report["totals"]]}
        assert rows["14080-03"][2]["value"] == 6
        near, share = rows["14080-04"][4:6]
        assert (near["value"], near["suppressed"]) == ((2, False) if told else (None, True)), who
        assert (share["value"], share["numerator"] is None) == ((0.67, False) if told else (None, True)), who
        whole = rows["total"][4]
        assert whole["value"] == (2 if told else None), "the only hidden part of a told total is no secret"
    records = sign_in("mat-tran").get(
        f"{REPORTS}/form-01/records", params=query | {"row": "14080-04", "column": "near_poor_households"}
    )
    assert records.status_code == 403
    public = publish(sign_in("truc-thai"), audience="public")
    content = done(sign_in("van-hoa").get(f"{EDITIONS}/{public['id']}/content"))
    (row,) = [one for one in content["report"]["rows"] if one["code"] == "14080-04"]
    assert row["cells"][4] == {
        "denominator": None,
        "numerator": None,
        "reason": None,
        "suppressed": True,
        "value": None,
    }


def test_what_a_report_of_long_ago_hides_is_known_too(sign_in: SignIn, register: Session) -> None:
    for who in ("ngan-hang", "van-hoa", "mat-tran"):
        for form in ("form-01", "monitoring-annual"):
            done(sign_in(who).get(f"{REPORTS}/{form}", params={"area": "14080", "as_of": "2002-05-05"}))


def test_a_list_for_posting_carries_name_hamlet_and_class_only(sign_in: SignIn, register: Session) -> None:
    for who in ("truc-thai", "mat-tran", "tai-chinh"):
        posted = done(sign_in(who).get(f"{REPORTS}/list-poor", params={"area": "14080", "as_of": DAY}))
        assert [column["code"] for column in posted["columns"]] == ["name", "hamlet", "class"]
        assert [cell["value"] for cell in posted["rows"][0]["cells"]][1:] == ["Xóm 3", "Hộ nghèo"]
        assert len(posted["rows"]) == 6
        ids = {str(row.id) for row in register.execute(text("SELECT id FROM household"))}
        assert not ids & set(json.dumps(posted).split('"'))
    assert sign_in("van-hoa").get(f"{REPORTS}/list-poor").json()["permission"] == "households:list"
    assert sign_in("tai-chinh").get(f"{REPORTS}/form-15").json()["permission"] == "households:read"
    detailed = done(sign_in("truc-ninh").get(f"{REPORTS}/form-15", params={"area": "14080", "as_of": DAY}))
    assert {row["cells"][5]["value"] for row in detailed["rows"]} == {None}
    known = done(sign_in("xom-3").get(f"{REPORTS}/form-15", params={"as_of": DAY}))
    assert ({row["cells"][5]["value"] for row in known["rows"]}, len(known["rows"])) == ({"Kinh"}, 18)
    read = register.execute(text("SELECT count(*) FROM audit_entry WHERE action = 'reports.list'")).scalar_one()
    assert read == 5


def test_what_is_asked_wrongly(sign_in: SignIn, register: Session) -> None:
    officer = sign_in("truc-thai")
    assert refused(officer.get(f"{REPORTS}/form-99")) == (404, "unknown-form")
    for query in ({"period": "2024-13-99"}, {"period": "x"}, {"round": str(uuid4()), "as_of": DAY}, {"as_of": "x"}):
        assert refused(officer.get(f"{REPORTS}/form-01", params=query))[0] == 422, query
    # a day of its own takes the place of the period's last day, and not of the period
    for period in ("x", "2024-13", "2024-02-30", "0000", "9999-H2", "1899", "2024-H3", "٢٠٢٤"):
        for query in ({"period": period}, {"period": period, "as_of": DAY}):
            for form in ("form-01", "form-15"):
                wrong = officer.get(f"{REPORTS}/{form}/workbook", params=query)
                assert pointers(wrong) == [("#query/period", "no_such_period")], (form, query)
    for form, fields, pointer in (
        ("form-01", {"period": "x"}, "#/period"), ("form-02", {}, "#/round_id"),
        ("form-01", {"round_id": str(uuid4())}, "#/as_of"), ("monitoring-annual", {"period": "9999-H2"}, "#/period"),
        ("form-01", {"known_at": "2100-01-01T00:00:00Z"}, "#/known_at"),
    ):  # fmt: skip
        wrong = officer.post(f"{REPORTS}/{form}/editions", json=paper(**fields))
        assert [place for place, _ in pointers(wrong)] == [pointer], (form, fields)
    future = officer.get(f"{REPORTS}/form-01", params={"known_at": "2100-01-01T00:00:00Z"})
    assert pointers(future) == [("#query/known_at", "moment_in_future")]
    assert refused(officer.get(f"{REPORTS}/form-01", params={"round": str(uuid4())})) == (404, "not-found")
    assert refused(officer.get(f"{REPORTS}/form-02", params={"area": "14080"}))[0] == 422
    assert refused(officer.get(f"{REPORTS}/form-15", params={"area": "363"})) == (404, "not-found")
    assert refused(sign_in("truc-ninh").get(f"{REPORTS}/form-15", params={"area": "363"})) == (422, "invalid")
    assert refused(officer.get(f"{REPORTS}/monitoring-annual", params={"period": "2024-H1"})) == (422, "invalid")
    assert str(area_id("14080")) == done(officer.get(f"{REPORTS}/form-01"))["area"]["id"]
