"""Standards are published once, loaded by one person, confirmed by another, and never change."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from api.config import ConfigError
from api.problems import Conflict, Invalid, NotFound, SeparationOfDuties, UnknownFormVersion
from api.standards import commands, queries, rules
from api.standards.facts import facts
from api.standards.points import PointsTable
from api.standards.shipped import shipped
from api.standards.tables import StandardKind
from tests.api.standards.sample_2016 import BY_HAND, sample
from tests.make.reviews import acting

SignIn = Callable[[str], httpx.Client]


def load(session: Session, **changes: Any) -> Any:
    return commands.load_points(session, acting("truc-ninh"), "vn-2022", PointsTable(**sample() | changes))


def test_what_ships_is_published_once(session: Session) -> None:
    page = queries.standards(session, kind=None, code=None, limit=9, cursor=None)
    stored = [(one.code, one.version, one.status) for one in page.items]
    assert stored == [("training-2022", 1, "verified"), ("vn-2022", 1, "verified"), ("vn-2027", 1, "draft")]
    assert commands.publish_shipped(session) == 0


def test_a_shipped_version_with_other_content_stops_the_start(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tuple(c | {"poor_min_b2": 40} for c in shipped())
    monkeypatch.setattr("api.standards.commands.shipped", lambda: changed)
    with pytest.raises(ConfigError, match="2022 version 1"):
        commands.publish_shipped(session)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE standard SET content = jsonb_set(content, '{poor_min_b2}', '40') WHERE code = 'vn-2022'",
        "UPDATE standard SET valid_to = '2030-12-31' WHERE code = 'vn-2022'",
        "UPDATE standard SET kind = 'live' WHERE code = 'training-2022'",
        "UPDATE standard SET status = 'draft' WHERE code = 'vn-2022'",
        "UPDATE standard SET status = 'verified', verified_at = now(), source = 'x' WHERE code = 'vn-2027'",
        "UPDATE standard SET verified_by = gen_random_uuid() WHERE code = 'vn-2022'",
        "DELETE FROM standard WHERE code = 'vn-2027'",
        "TRUNCATE standard",
    ],
)
def test_the_database_refuses_every_change_of_a_published_standard(engine: Engine, statement: str) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"never changes|append-only"):
        connection.execute(text(statement))


def test_in_force_on_a_day(session: Session) -> None:
    def on(day: date, kind: StandardKind = StandardKind.live) -> str | None:
        found = queries.standard_on(session, day, kind)
        return f"{found.code}@{found.version}" if found else None

    assert on(date(2022, 1, 1)) == on(date(2026, 12, 31)) == "vn-2022@1"
    assert on(date(2021, 12, 31)) is None
    assert on(date(2027, 1, 1)) is None, "a draft is not in force"
    assert on(date(2024, 10, 1), StandardKind.training) == "training-2022@1"


def test_a_form_names_its_standard(session: Session) -> None:
    standard, form = queries.form(session, "form-b", 3)
    assert (standard.code, standard.training, form.code) == ("training-2022", True, "form-b")
    for unknown in (("form-b", 99), ("form-c", 1), ("form-b", 2)):
        with pytest.raises(UnknownFormVersion):
            queries.form(session, *unknown)


def test_forms_for_the_tablet_say_what_they_are(session: Session) -> None:
    forms = queries.forms_of(session, [("training-2022", 1), ("vn-2022", 1)])
    assert [(f["code"], f["version"]) for f in forms] == [("form-a", 3), ("form-b", 3), ("form-a", 1), ("form-b", 1)]
    training = forms[1]["scoring"]
    assert training["training"] is True
    assert "KHÔNG CÓ GIÁ TRỊ" in training["label"]["vi"]
    assert training["standard"] == {"code": "training-2022", "version": 1}
    assert queries.forms_of(session, []) == []


def test_reading_a_standard_again_costs_one_statement(session: Session) -> None:
    assert queries.standard(session, "vn-2022") is queries.standard(session, "vn-2022", 1)
    with pytest.raises(NotFound):
        queries.standard(session, "vn-1999")


# -- a points table


def test_the_sample_of_2016_gives_the_points_of_its_table(session: Session) -> None:
    made = load(session)
    assert (made.version, made.form_version, made.status, made.points_known) == (1001, 1001, "draft", True)
    standard = queries.standard(session, "vn-2022", 1001)
    for case in BY_HAND:
        known = facts(case.answers, case.members, on="2024-10-01", area_type=case.area_type, region=case.region)
        found = rules.assess(standard, known)
        assert found.b1 == case.points, found.b1_lines
        assert sum(line.points or 0 for line in found.b1_lines) == found.b1
        assert not any(line.verified for line in found.b1_lines), "a draft"


def test_a_draft_is_not_what_rounds_get(session: Session) -> None:
    load(session)
    assert queries.standard(session, "vn-2022").version == 1
    commands.verify(session, acting("chu-tich"), "vn-2022", 1001)
    assert queries.standard(session, "vn-2022").version == 1001
    in_force = queries.standard_on(session, date(2024, 10, 1), StandardKind.live)
    assert in_force is not None
    assert in_force.version == 1001
    assert in_force.verified
    assert queries.standard(session, "vn-2022", 1).version == 1, "old reviews keep theirs"


def test_the_loader_does_not_confirm_and_confirming_happens_once(session: Session) -> None:
    load(session)
    with pytest.raises(SeparationOfDuties):
        commands.verify(session, acting("truc-ninh"), "vn-2022", 1001)
    made = commands.verify(session, acting("chu-tich"), "vn-2022", 1001)
    assert (made.status, made.loaded_by, made.verified_by) == ("verified", "truc-ninh", "chu-tich")
    with pytest.raises(Conflict):
        commands.verify(session, acting("chu-tich"), "vn-2022", 1001)


def test_what_is_incomplete_is_not_confirmed(session: Session) -> None:
    with pytest.raises(Conflict, match="b1 rural"):
        commands.verify(session, acting("chu-tich"), "vn-2027", 1)
    with pytest.raises(NotFound):
        commands.verify(session, acting("chu-tich"), "vn-2022", 77)


def test_the_same_table_again_is_the_same_version_and_a_correction_a_new_one(session: Session) -> None:
    assert load(session).version == load(session).version == 1001
    assert load(session, legal_source="bản đính chính").version == 1002


def test_no_real_points_into_a_training_standard(session: Session) -> None:
    with pytest.raises(Conflict):
        commands.load_points(session, acting("truc-ninh"), "training-2022", PointsTable(**sample()))


def _faults(session: Session, change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    table = sample()
    change(table)
    with pytest.raises(Invalid) as refused:
        commands.load_points(session, acting("truc-ninh"), "vn-2022", PointsTable(**table))
    return {fault.pointer: fault.code for fault in refused.value.errors}


def test_every_row_that_is_wrong_is_named(session: Session) -> None:
    def change(table: dict[str, Any]) -> None:
        size, dependants, *_ = table["groups"]
        size["options"].pop(3)
        del size["options"][0]["points"]["TT"]
        size["options"][1]["points"]["NT_XYZ"] = 5
        dependants["options"][0]["code"] = "nobody"
        table["without"].remove("land")
        table["groups"].append({"code": "cars", "options": [{"code": "one", "points": {}}]})

    assert _faults(session, change) == {
        "#/groups/household_size/options/size_1/points/TT": "missing_points",
        "#/groups/household_size/options/size_2/points/NT_XYZ": "unknown_column",
        "#/groups/household_size/options/size_4": "missing_option",
        "#/groups/dependants/options/nobody": "unknown_option",
        "#/groups/dependants/options/none": "missing_option",
        "#/groups/cars": "unknown_group",
        "#/groups/land": "missing_group",
    }


def test_bands_with_a_gap_are_refused(session: Session) -> None:
    def change(table: dict[str, Any]) -> None:
        table["groups"][0]["options"][1] |= {"min": 2, "max": 2}

    assert "bands" in _faults(session, change).values()


def test_a_line_without_points_for_an_area_gives_none(session: Session) -> None:
    table = sample()
    for option in table["groups"][0]["options"]:
        option["points"]["NT_DBSH"] = None
    commands.load_points(session, acting("truc-ninh"), "vn-2022", PointsTable(**table))
    case = BY_HAND[0]
    known = facts(case.answers, case.members, on="2024-10-01", area_type="rural", region="red_river_delta")
    lines = rules.assess(queries.standard(session, "vn-2022", 1001), known).b1_lines
    assert [line.points for line in lines if line.code == "household_size"] == [0]
