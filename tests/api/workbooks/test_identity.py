"""Out and in again is the identity, on registers made by chance: whatever the writers accept goes out and comes in."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.codes import ETHNICITIES
from api.households.commands import write_households, write_members
from api.households.tables import Relation, Sex
from api.recognitions.recording import Decision, record_decision
from api.standards.tables import PovertyClass
from tests.demo.test_workbooks import versions
from tests.make.households import actor, hamlet
from tests.make.workbooks import checked, confirmed, exported, rows

SignIn = Callable[[str], httpx.Client]
NAMES = st.one_of(
    st.sampled_from(
        ["Nguyễn Văn Hòa", "Nguyễn Văn Hoà", "=SUM(A1)", "  Ộ  Đặng", "Tổng Văn Cộng", "STT", "x", "+84 Ánh"]
    ),
    st.text("AĂÂBCDĐEÊaăâđêôơư ạảãàá'-.=", min_size=1, max_size=30).filter(lambda name: any(map(str.isalpha, name))),
)
NUMBERS = st.one_of(
    st.none(), st.from_regex(r"\A0[0-9]{11}\Z"), st.from_regex(r"\A[0-9]{9}\Z"), st.sampled_from(["7", "36080001234"])
)
BORN = st.one_of(
    st.dates(date(1920, 1, 1), date(2022, 12, 31)).map(lambda day: {"birth_date": day.isoformat()}),
    st.integers(1920, 2022).map(lambda year: {"birth_year": year}),
    st.dates(date(1920, 1, 1), date(2022, 12, 31)).map(
        lambda day: {"birth_date": day.isoformat(), "birth_year": day.year}
    ),
)
PEOPLE = st.builds(
    lambda born, **fields: born | fields,
    born=BORN,
    full_name=NAMES,
    sex=st.sampled_from(list(Sex)),
    relation_to_head=st.sampled_from(list(Relation)),
    ethnicity=st.sampled_from(sorted(ETHNICITIES)),
    personal_id=NUMBERS,
    merit_person=st.booleans(),
    left_on=st.sampled_from([None, None, None, "2023-06-01"]),
)
HOMES = st.fixed_dictionaries(
    {
        "hamlet": st.integers(1, 8),
        "household_no": st.one_of(st.none(), st.sampled_from(["x", "0", "00", "Hộ số", "1a"])),
        "address": st.one_of(st.none(), st.sampled_from(["Xóm 1, xã Trực Thái", "=1+1", "số 5"])),
        "no_labour_capacity": st.booleans(),
        "people": st.lists(PEOPLE, max_size=5),
        "head": st.one_of(st.none(), st.integers(0, 4)),
        "classes": st.lists(st.sampled_from([None, *PovertyClass]), min_size=2, max_size=2),
    }
)
_YEARS = count(1990)


def put(session: Session, homes: list[dict[str, Any]]) -> None:
    """The register, through the writers; two decisions of two years give the classes."""
    officer, numbers = actor("truc-thai"), count(1)
    year = next(_YEARS)
    ids = [uuid4() for _ in homes]
    people = [[uuid4() for _ in home["people"]] for home in homes]
    edits, members = [], []
    for home_id, home, member_ids in zip(ids, homes, people, strict=True):
        head = member_ids[home["head"]] if home["head"] is not None and home["head"] < len(member_ids) else None
        number = home["household_no"] and f"{home['household_no']}{year}{next(numbers)}"
        data = {name: home[name] for name in ("address", "no_labour_capacity")} | {"residence": "permanent"}
        data |= {"hamlet_id": hamlet(home["hamlet"]), "household_no": number, "head_member_id": head and str(head)}
        edits.append(Edit(home_id, None, data))
        for member_id, person in zip(member_ids, home["people"], strict=True):
            left = {"left_reason": "moved"} if person["left_on"] else {}
            members.append(Edit(member_id, None, person | left | {"household_id": str(home_id)}))
    for write, some in ((write_households, edits), (write_members, members)):
        assert {one.outcome for one in write(session, officer, some, Origin.load)} <= {"applied"}
    for place in (0, 1):
        recognised = {i: home["classes"][place] for i, home in zip(ids, homes, strict=True) if home["classes"][place]}
        paper = Decision(f"{place}/QĐ {year}", date(year + place, 12, 10), "Chủ tịch", area_id("14080"))
        record_decision(session, officer, officer.scope, paper, recognised, Origin.load)
    session.commit()


def test_out_and_in_again_changes_no_record(session: Session, sign_in: SignIn, engine: Engine) -> None:
    officer = sign_in("truc-thai")
    sizes = []

    @seed(14080)
    @settings(
        max_examples=6, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.lists(HOMES, min_size=12, max_size=30))
    def same(homes: list[dict[str, Any]]) -> None:
        put(session, homes)
        before = versions(engine)
        made = checked(officer, exported(officer))
        assert {place: one for place, one in rows(officer, made).items() if one["verdict"] != "same"} == {}
        sizes.append(made["counts"].get("same", 0))
        confirmed(officer, made)
        assert versions(engine) == before

    same()
    assert sizes[-1] > 40
