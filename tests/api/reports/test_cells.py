"""Every cell of every form against a count by hand on communes made by chance; and the records behind the cells."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from api.accounts.actor import narrowed
from api.accounts.permissions import Permission
from api.areas.tables import area_id
from api.changes.edits import Edit
from api.changes.tables import Origin
from api.households.commands import write_members
from api.recognitions.movements import Stands
from api.reports import queries
from api.reports.basis import Asked
from tests.api.recognitions.lives import counted_by_hand
from tests.api.reports.by_hand import Exported, expected
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.recognitions import recognise
from tests.make.report_register import HAMLETS, Commune, commune, on
from tests.make.reviews import acting, counted, households
from tests.make.rounds import review_round

SignIn = Callable[[str], httpx.Client]
COUNTED = [f"form-{n:02d}" for n in (1, *range(4, 14))]
REPORTS = "/api/v1/reports"


def asked(client: httpx.Client, form: str, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = done(client.get(f"{REPORTS}/{form}", params=query))
    return found


def cells(report: dict[str, Any], rows: str = "rows") -> dict[tuple[str, str, str], dict[str, Any]]:
    """(hamlet or `total`, line, column) -> cell."""
    return {
        (row["code"].partition(":")[0], row["line"] or "", column["code"]): cell
        for row in report[rows]
        for column, cell in zip(report["columns"], row["cells"], strict=True)
    }


def number(cell: dict[str, Any]) -> int | None:
    """The count of a cell: of a share what is above its line."""
    return cell["numerator"] if cell["denominator"] is not None or cell["numerator"] is not None else cell["value"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_count_of_every_form(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    rows = Exported(session, made.rounds[-1])
    session.commit()
    by_hand, officer = expected(rows), sign_in("truc-thai")
    seen: Counter[str] = Counter()
    for form in COUNTED:
        report = asked(officer, form, round=made.rounds[-1])
        assert report["faults"] == []
        for (hamlet, line, column), cell in cells(report).items():
            if hamlet not in HAMLETS or _is_statistic(column):
                continue
            name = column.replace("_rate", "_households") if form == "form-01" and column.count("_") < 3 else column
            name = {"poor_persons_rate": "poor_persons", "near_poor_persons_rate": "near_poor_persons"}.get(
                column, name
            )
            hand = by_hand[form].get((hamlet, line, name), 0)
            if column.startswith("depriv") and _nobody_reviewed(by_hand, form, hamlet):
                assert (cell["value"], cell["reason"] is not None) == (None, True)
                continue
            assert number(cell) == hand, (form, hamlet, line, column)
            seen[form] += hand
        totals = cells(report, "totals")
        for (_, line, column), cell in totals.items():
            parts = [one for (_, its, code), one in cells(report).items() if (its, code) == (line, column)]
            if cell["value"] is not None and number(cell) is not None:
                assert number(cell) == sum(number(one) or 0 for one in parts), (form, line, column)
    assert all(seen[form] > 0 for form in COUNTED), seen


def _is_statistic(column: str) -> bool:
    return column.startswith(("total_", "all_", "average")) or column in ("rate", "persons_rate")


def _nobody_reviewed(by_hand: Any, form: str, hamlet: str) -> bool:
    found = by_hand[form]
    return 0 < found.get((hamlet, "", "households"), 0) == found.get((hamlet, "", "not_reviewed"), 0)


@pytest.mark.parametrize("seed", [4, 5])
def test_the_movement_of_a_round(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    first, second = made.rounds
    opening, closing = (_stood(session, one) for one in (first, second))
    session.commit()
    by_hand = counted_by_hand(opening, closing, made.decided, inside=False)
    ledger = done(sign_in("truc-thai").get("/api/v1/movements", params={"round_id": str(second)}))
    for form, poverty_class in (("form-02", "poor"), ("form-03", "near_poor")):
        found = cells(asked(sign_in("truc-thai"), form, round=second))
        for (hamlet, line, column), cell in found.items():
            if line == "households":
                assert cell["value"] == by_hand[area_id(hamlet), poverty_class, column], (hamlet, column)
            (row,) = [
                one for one in ledger["rows"]
                if (one["area_id"], one["poverty_class"]) == (str(area_id(hamlet)), poverty_class)
            ]  # fmt: skip
            assert cell["value"] == row[line][column]
    assert sum(by_hand.values()) > 20


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_the_list_of_who_escaped_has_both_ways_out_of_poverty(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    first, second = made.rounds
    opening, closing = (_stood(session, one) for one in (first, second))
    session.commit()
    by_hand, seen = counted_by_hand(opening, closing, made.decided, inside=False), 0
    for form, ways in (
        ("list-escaped-poor", {
            "Hộ thoát nghèo, vượt chuẩn cận nghèo": ("poor", "above_line"),
            "Hộ thoát nghèo, trở thành hộ cận nghèo": ("poor", "to_other_class")}),
        ("list-escaped-near-poor", {"Hộ thoát cận nghèo": ("near_poor", "above_line")}),
    ):  # fmt: skip
        listed = Counter(row["cells"][2]["value"] for row in asked(sign_in("truc-thai"), form, round=second)["rows"])
        hand = {kind: sum(by_hand[area_id(hamlet), *way] for hamlet in HAMLETS) for kind, way in ways.items()}
        assert listed == Counter(hand), form
        seen += sum(hand.values())
    assert seen > 0


def _stood(session: Session, round_id: UUID) -> dict[UUID, Stands]:
    rows = session.execute(text("SELECT * FROM standing WHERE round_id = :r"), {"r": round_id})
    return {row.household_id: Stands(row.hamlet_id, row.poverty_class, row.persons) for row in rows}


def test_the_records_behind_a_cell_add_up_to_it(sign_in: SignIn, session: Session) -> None:
    made = commune(session, 6)
    session.commit()
    officer, looked = sign_in("truc-thai"), 0
    for form in ("form-01", "form-02", "form-04", "form-09", "form-11"):
        report = asked(officer, form, round=made.rounds[-1])
        for row in report["rows"][:8] + report["totals"]:
            for column, cell in zip(report["columns"], row["cells"], strict=True):
                if _is_statistic(column["code"]) or not number(cell):
                    continue
                query = {"round": str(made.rounds[-1]), "row": row["code"], "column": column["code"], "limit": "7"}
                assert _records(officer, form, query) == number(cell), (form, row["code"], column["code"])
                looked += 1
    assert looked > 60
    wrong = officer.get(f"{REPORTS}/form-01/records", params={"row": "14080-01", "column": "total_households"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "no_records")
    none = officer.get(f"{REPORTS}/form-01/records", params={"row": "x", "column": "poor_households"})
    assert (none.status_code, none.json()["errors"][0]["code"]) == (422, "no_such_cell")


def _records(client: httpx.Client, form: str, query: dict[str, str]) -> int:
    total, cursor, seen = 0, None, set()
    while True:
        page = done(client.get(f"{REPORTS}/{form}/records", params=query | ({"cursor": cursor} if cursor else {})))
        for one in page["items"]:
            assert (one["identity"], one["area_id"]) not in seen
            seen.add((one["identity"], one["area_id"]))
            total += one["count"]
        cursor = page["next_cursor"]
        if cursor is None:
            return total


def test_a_closed_round_stays_whatever_is_edited_later(sign_in: SignIn, session: Session) -> None:
    made = commune(session, 7)
    session.commit()
    officer, round_id = sign_in("truc-thai"), made.rounds[-1]
    every = (*COUNTED, "form-02", "form-03", "form-14", "form-15", "list-poor", "list-escaped-poor")
    before = {form: asked(officer, form, round=round_id)["rows"] for form in every}
    with on(date(2025, 12, 14), hour=20):  # the evening after the closing
        rows = session.execute(text("SELECT id, version FROM member WHERE left_on IS NULL")).all()
        edits = [Edit(row.id, row.version, {"ethnicity": "hoa", "nutrition": None}) for row in rows]
        assert all(w.outcome == "applied" for w in write_members(session, acting("truc-thai"), edits, Origin.web))
    session.commit()
    _edit_everything(officer, session)
    for form, rows in before.items():
        assert asked(officer, form, round=round_id)["rows"] == rows, form
    assert asked(officer, "form-08")["rows"] != before["form-08"]


def test_a_word_on_a_closed_round_does_not_let_later_facts_in(sign_in: SignIn, session: Session) -> None:
    made = commune(session, 7)
    session.commit()
    officer, round_id = sign_in("truc-thai"), made.rounds[-1]
    before = {form: asked(officer, form, round=round_id) for form in COUNTED}
    with on(date(2025, 12, 14), hour=20):  # the evening after the closing
        rows = session.execute(text("SELECT id, version FROM member WHERE left_on IS NULL")).all()
        edits = [Edit(row.id, row.version, {"ethnicity": "hoa", "nutrition": None}) for row in rows]
        assert all(w.outcome == "applied" for w in write_members(session, acting("truc-thai"), edits, Origin.web))
    session.commit()
    at = f"/api/v1/rounds/{round_id}"
    version = done(officer.get(at))["version"]
    late = officer.patch(at, json={"overdue_reason": "Mưa bão"}, headers={"If-Match": f'"{version}"'})
    assert done(late)["version"] == version + 1
    for form, report in before.items():
        assert asked(officer, form, round=round_id) == report, form
    assert asked(officer, "form-08")["rows"] != before["form-08"]["rows"]


def _edit_everything(officer: httpx.Client, session: Session) -> None:
    """Every household loses its labour, every member becomes a Tày of merit without insurance."""
    for home in session.execute(text("SELECT id, version FROM household")).all():
        body = {"no_labour_capacity": True, "no_labour_capacity_ground": "Già yếu"}
        done(officer.patch(f"/api/v1/households/{home.id}", json=body, headers={"If-Match": f'"{home.version}"'}))
    for member in session.execute(text("SELECT id, version FROM member WHERE left_on IS NULL")).all():
        body = {"ethnicity": "tay", "merit_person": True, "health_insurance": False}
        done(officer.patch(f"/api/v1/members/{member.id}", json=body, headers={"If-Match": f'"{member.version}"'}))
    session.rollback()


def test_without_totals_a_rate_is_not_known(sign_in: SignIn, session: Session) -> None:
    made = commune(session, 8)
    session.commit()
    report = asked(sign_in("truc-thai"), "form-01", round=made.rounds[-1])
    known, unknown, whole = (
        cells(report)["14080-01", "", "poor_rate"],
        cells(report)["14080-03", "", "poor_rate"],
        cells(report, "totals")["total", "", "poor_rate"],
    )
    assert known["value"] == round(known["numerator"] * 100 / 100, 2)
    assert (unknown["value"], unknown["reason"]["vi"]) == (None, "Chưa có số liệu.")
    assert (whole["value"], whole["denominator"]) == (None, None)


def test_a_report_costs_the_same_for_few_and_many(session: Session, engine: Engine) -> None:
    reader = narrowed(acting("truc-thai"), Permission.indicators_read)
    round_id = review_round(session)
    spent: dict[str, list[int]] = {}
    for many in (2, 40):
        for home in households(session, many):
            people(session, home, 2)
            recognise(session, home, "poor", date(2022, 12, 12))
        session.commit()
        for form in ("form-02", "form-09", "form-15", "monitoring-annual"):
            asked_ = Asked("14080", None if form.startswith("m") else round_id)
            queries.report(session, reader, form, asked_)  # counts are kept
            with counted(engine) as seen:
                queries.report(session, reader, form, asked_)
            spent.setdefault(form, []).append(len(seen))
    assert all(few == many <= 30 for few, many in spent.values()), spent


def test_made_by_chance_is_not_made_empty(session: Session) -> None:
    made: Commune = commune(session, 1)
    assert {"poor", "near_poor", "not_poor"} == set(made.classes.values())
