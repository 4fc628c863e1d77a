"""Who is on the lists, in which order, and what is said of them: against lists written by hand from the stored rows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.recognitions.movements import Stands
from tests.api.reports.by_hand import Exported, head
from tests.make.answers import done
from tests.make.report_register import HAMLETS, NAMES, NEEDS, Commune, commune

SignIn = Callable[[str], httpx.Client]
REPORTS = "/api/v1/reports"
XOM = dict(zip(HAMLETS, ("Xóm 1", "Xóm 2", "Xóm 3"), strict=True))
ETHNICITY = {"kinh": "Kinh", "tay": "Tày", "muong": "Mường", "foreign": "Người nước ngoài"}
RELATION = {"head": "Chủ hộ", "child": "Con"}
POSTED = {"list-poor": ("poor", "Hộ nghèo"), "list-near-poor": ("near_poor", "Hộ cận nghèo")}
DETAILED = {"form-15": "poor", "form-14": "near_poor"}
ABOVE, NEARLY = "Hộ thoát nghèo, vượt chuẩn cận nghèo", "Hộ thoát nghèo, trở thành hộ cận nghèo"


class ByHand:
    """The rows as they stood right after the last closing, and both standings."""

    def __init__(self, session: Session, made: Commune) -> None:
        self.rows, self.decided = Exported(session, made.rounds[-1]), made.decided
        self.opening, self.closing = (_stood(session, one) for one in made.rounds)

    def called(self, home: UUID) -> str:
        """The head; where nobody is, the first one of the list."""
        people = self.rows.members[home]
        if not people:
            return "(chưa có tên chủ hộ)"
        chief = head(self.rows.households[home], people)
        return str(chief["full_name"] if chief else min((one["full_name"] for one in people), key=NAMES.index))

    def in_order(self, homes: dict[UUID, str]) -> list[UUID]:
        """Hamlet by hamlet, by name; of one name by id. `homes`: with the hamlet each is listed in."""

        def place(home: UUID) -> tuple[int, int, UUID]:
            name = self.called(home)
            return HAMLETS.index(homes[home]), NAMES.index(name) if name in NAMES else -1, home

        return sorted(homes, key=place)

    def of_class(self, poverty_class: str) -> dict[UUID, str]:
        return {i: self.hamlet(one) for i, one in self.closing.items() if one.poverty_class == poverty_class}

    def hamlet(self, one: Stands) -> str:
        return self.rows.hamlet[one.hamlet_id]

    def escaped(self, poverty_class: str) -> dict[UUID, str]:
        """Who left the class, and what they are called on the list: of poverty both ways out."""
        found = {}
        for home, stood in self.opening.items():
            if stood.poverty_class != poverty_class:
                continue
            now = self.closing.get(home)
            last = self.decided.get(home, ["none"])[-1]
            if now is None and (last.startswith("escaped") or last == "stays_not_poor"):
                found[home] = ABOVE if poverty_class == "poor" else "Hộ thoát cận nghèo"
            elif now is not None and (poverty_class, now.poverty_class) == ("poor", "near_poor"):
                found[home] = NEARLY
        return found

    def mark(self, home: UUID, poverty_class: str) -> str:
        """How a household came to its class in this round."""
        before = self.opening.get(home)
        if before is not None:
            return "cũ" if before.poverty_class == poverty_class else "chuyển"
        for movement in self.decided.get(home, []):
            if movement.startswith(("new", "relapsed")):
                return "mới" if movement.startswith("new") else "tái"
        return "cũ"

    def detailed(self, poverty_class: str) -> list[list[Any]]:
        homes, lines = self.of_class(poverty_class), []
        for home in self.in_order(homes):
            stored, people = self.rows.households[home], self.rows.members[home]
            chief = head(stored, people)
            family = sorted(people, key=lambda one: (one is not chief, one["birth_year"], one["id"]))
            wishes = self.rows.reviews[home]["needs"] if home in self.rows.reviews else []
            for place, one in enumerate(family, start=1):
                male, first = one["sex"] == "male", place == 1
                lines.append([
                    stored["household_no"], place, one["full_name"],
                    one["birth_year"] if male else None, None if male else one["birth_year"],
                    ETHNICITY[one["ethnicity"]], RELATION[one["relation_to_head"]],
                    self.mark(home, poverty_class) if first else None, "x" if one["merit_person"] else None,
                    "x" if first and stored["no_labour_capacity"] else None,
                    *("x" if first and need in wishes else None for need in NEEDS),
                ])  # fmt: skip
        return lines


def _stood(session: Session, round_id: UUID) -> dict[UUID, Stands]:
    rows = session.execute(text("SELECT * FROM standing WHERE round_id = :r"), {"r": round_id})
    return {row.household_id: Stands(row.hamlet_id, row.poverty_class, row.persons) for row in rows}


def listed(client: httpx.Client, form: str, made: Commune, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = done(client.get(f"{REPORTS}/{form}", params={"round": str(made.rounds[-1]), **query}))
    assert [row["code"] for row in found["rows"]] == [str(n + 1) for n in range(len(found["rows"]))]
    return found


def values(report: dict[str, Any]) -> list[list[Any]]:
    return [[cell["value"] for cell in row["cells"]] for row in report["rows"]]


@pytest.mark.parametrize("seed", range(1, 4))
def test_who_is_posted_and_in_which_order(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    by_hand = ByHand(session, made)
    session.commit()
    hamlet_of = {area: code for area, code in by_hand.rows.hamlet.items() if code in HAMLETS}
    for form, (poverty_class, word) in POSTED.items():
        homes = by_hand.of_class(poverty_class)
        expected = [[by_hand.called(home), XOM[homes[home]], word] for home in by_hand.in_order(homes)]
        for who in ("truc-thai", "mat-tran"):
            report = listed(sign_in(who), form, made)
            assert values(report) == expected, form
            # beside name, hamlet and class only the hamlet's own name and id
            assert [hamlet_of[UUID(row["area_id"])] for row in report["rows"]] == [
                homes[home] for home in by_hand.in_order(homes)
            ]
            for row in report["rows"]:
                assert {row["label"]["vi"], row["label"]["en"]} == {row["cells"][1]["value"]}
                assert (row["line"], row["line_label"], row["unit"]) == (None, None, None)
        assert len(expected) > 1
        of_one = [line for line in expected if line[1] == "Xóm 3"]
        assert values(listed(sign_in("xom-3"), form, made, area="14080-03")) == of_one


@pytest.mark.parametrize("seed", range(1, 4))
def test_who_is_posted_as_escaped(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    by_hand = ByHand(session, made)
    session.commit()
    posted = 0
    for form, poverty_class in (("list-escaped-poor", "poor"), ("list-escaped-near-poor", "near_poor")):
        kinds = by_hand.escaped(poverty_class)
        homes = {home: by_hand.hamlet(by_hand.opening[home]) for home in kinds}
        expected = [[by_hand.called(home), XOM[homes[home]], kinds[home]] for home in by_hand.in_order(homes)]
        assert values(listed(sign_in("truc-thai"), form, made)) == expected, form
        posted += len(expected)
    assert posted > 0


@pytest.mark.parametrize("seed", range(1, 4))
def test_what_the_detailed_lists_say_of_everybody(sign_in: SignIn, session: Session, seed: int) -> None:
    made = commune(session, seed)
    by_hand = ByHand(session, made)
    session.commit()
    for form, poverty_class in DETAILED.items():
        report, expected = listed(sign_in("truc-thai"), form, made), by_hand.detailed(poverty_class)
        assert values(report) == expected, form
        assert [column["code"] for column in report["columns"]][10:] == [f"support_{need}" for need in NEEDS]
        masked = values(listed(sign_in("truc-ninh"), form, made, area="14080"))
        assert masked == [[*line[:5], None, *line[6:]] for line in expected]
        assert len(expected) > 5
