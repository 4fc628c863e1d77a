"""The cells of the forms, counted in plain Python over rows as they are stored; knows nothing of the reports' code."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from tests.make.report_register import CAUSES, DEPRIVATIONS, HAMLETS

DAY = date(2025, 12, 14)
# (hamlet, line, column) -> number
Cells = dict[tuple[str, str, str], int]


class Exported:
    """The rows as they stood right after the closing."""

    def __init__(self, session: Session, round_id: UUID) -> None:
        def ask(query: str, **given: Any) -> list[dict[str, Any]]:
            return [row._asdict() for row in session.execute(text(query), given)]

        self.hamlet = {row["id"]: row["code"] for row in ask("SELECT id, code FROM area WHERE level = 'hamlet'")}
        members = ask("SELECT * FROM member WHERE left_on IS NULL OR left_on > :day", day=DAY)
        self.members: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
        for member in members:
            self.members[member["household_id"]].append(member)
        self.households = {row["id"]: row for row in ask("SELECT * FROM household WHERE status = 'active'")}
        recognised = ask("SELECT * FROM recognition WHERE days @> CAST(:day AS date)", day=DAY)
        self.classes = {row["household_id"]: row["poverty_class"] for row in recognised}
        of_round = ask("SELECT * FROM review WHERE in_force AND round_id = :r", r=round_id)
        older = ask("SELECT * FROM review WHERE in_force AND round_id <> :r", r=round_id)
        self.reviews = {row["household_id"]: row for row in (*older, *of_round)}
        totals = ask("SELECT a.code, s.households, s.persons FROM area_statistic s JOIN area a ON a.id = s.area_id")
        self.totals = {row["code"]: (row["households"], row["persons"]) for row in totals}

    def listed(self, *classes: str) -> Iterator[tuple[str, str, dict[str, Any], list[dict[str, Any]]]]:
        """(hamlet, class, household, people) of the poor and near-poor."""
        for home_id, home in self.households.items():
            if self.classes.get(home_id) in classes:
                yield self.hamlet[home["hamlet_id"]], self.classes[home_id], home, self.members[home_id]


def head(home: dict[str, Any], people: list[dict[str, Any]]) -> dict[str, Any] | None:
    named = [one for one in people if one["id"] == home["head_member_id"] or one["relation_to_head"] == "head"]
    return named[0] if named else None


def minority(ethnicity: str | None) -> bool:
    return ethnicity not in (None, "kinh", "foreign")


def expected(rows: Exported) -> dict[str, Cells]:
    """Every count of forms 1 and 4 to 13; shares are looked at apart."""
    found: dict[str, Cells] = defaultdict(lambda: defaultdict(int))
    for hamlet, poverty_class, home, people in rows.listed("poor", "near_poor"):
        _result(found, hamlet, poverty_class, home, people)
        _deprived(found, rows, hamlet, poverty_class, home)
        _groups(found, hamlet, poverty_class, home, people)
        _ethnic(found, hamlet, poverty_class, home, people)
        _causes(found, rows, hamlet, poverty_class, home)
        for child in people:
            _child(found, hamlet, poverty_class, child)
    return found


def _result(found: dict[str, Cells], hamlet: str, poverty_class: str, home: Any, people: list[Any]) -> None:
    found["form-01"][hamlet, "", f"{poverty_class}_households"] += 1
    found["form-01"][hamlet, "", f"{poverty_class}_persons"] += len(people)
    form = found["form-12" if poverty_class == "poor" else "form-13"]
    chief = head(home, people)
    form[hamlet, "", "households"] += 1
    form[hamlet, "", "persons"] += len(people)
    form[hamlet, "", "kinh"] += chief is not None and chief["ethnicity"] == "kinh"
    form[hamlet, "", "minority"] += chief is not None and minority(chief["ethnicity"])
    form[hamlet, "", "merit"] += any(one["merit_person"] for one in people)
    form[hamlet, "", "no_labour"] += home["no_labour_capacity"]
    form[hamlet, "", "female_head"] += chief is not None and chief["sex"] == "female"
    form[hamlet, "", "persons_kinh"] += sum(one["ethnicity"] == "kinh" for one in people)
    form[hamlet, "", "persons_minority"] += sum(minority(one["ethnicity"]) for one in people)


def _deprived(found: dict[str, Cells], rows: Exported, hamlet: str, poverty_class: str, home: Any) -> None:
    for form in ("form-04", "form-05") if poverty_class == "poor" else ("form-06", "form-07"):
        found[form][hamlet, "", "households"] += 1
        review = rows.reviews.get(home["id"])
        found[form][hamlet, "", "not_reviewed"] += review is None
        found[form][hamlet, "", "undetermined"] += bool(review and review["undetermined"])
        if review is None:
            continue
        for code in DEPRIVATIONS:
            lacks = code in review["deprivations"]
            found[form][hamlet, "", f"deprived_{code}"] += lacks
            found[form][hamlet, "", "deprivations"] += lacks


def _groups(found: dict[str, Cells], hamlet: str, poverty_class: str, home: Any, people: list[Any]) -> None:
    chief = head(home, people)
    groups = {
        "minority": chief is not None and minority(chief["ethnicity"]),
        "no_labour": home["no_labour_capacity"],
        "merit": any(one["merit_person"] for one in people),
    }
    for name, there in {**groups, "other": not any(groups.values()), "total": True}.items():
        if there:
            found["form-08"][hamlet, f"{poverty_class}_households", name] += 1
            found["form-08"][hamlet, f"{poverty_class}_persons", name] += len(people)


def _ethnic(found: dict[str, Cells], hamlet: str, poverty_class: str, home: Any, people: list[Any]) -> None:
    chief = head(home, people)
    counted = [("households", chief["ethnicity"] if chief else None)]
    counted += [("persons", one["ethnicity"]) for one in people]
    for unit, ethnicity in counted:
        line = f"{poverty_class}_{unit}"
        found["form-09"][hamlet, line, "total"] += 1
        if ethnicity == "kinh":
            found["form-09"][hamlet, line, "kinh"] += 1
        elif minority(ethnicity):
            found["form-09"][hamlet, line, "minority"] += 1
            found["form-09"][hamlet, line, f"group_{ethnicity}"] += 1
        else:
            found["form-09"][hamlet, line, "other"] += 1


def _causes(found: dict[str, Cells], rows: Exported, hamlet: str, poverty_class: str, home: Any) -> None:
    line = f"{poverty_class}_households"
    named = rows.reviews[home["id"]]["causes"] if home["id"] in rows.reviews else []
    found["form-10"][hamlet, line, "total"] += 1
    found["form-10"][hamlet, line, "no_cause"] += not named
    for cause in CAUSES:
        found["form-10"][hamlet, line, f"cause_{cause}"] += cause in named


def _child(found: dict[str, Cells], hamlet: str, poverty_class: str, child: Any) -> None:
    if DAY.year - child["birth_year"] >= 16:
        return
    line, lacks = f"{poverty_class}_children", []
    if child["health_insurance"] is False:
        lacks.append("no_insurance")
    if child["nutrition"] == "stunted":
        lacks.append("malnourished")
    form = found["form-11"]
    form[hamlet, line, "total"] += 1
    form[hamlet, line, "health_items"] += len(lacks)
    form[hamlet, line, "health_any"] += bool(lacks)
    for name in lacks:
        form[hamlet, line, name] += 1
    form[hamlet, line, "education"] += _lacks_school(child)


def _lacks_school(child: Any) -> bool:
    """School years: in December the year of life is the school year's (domain.md 10.6)."""
    age = DAY.year - child["birth_year"]
    if age < 3 or (child["schooling"] is None and child["right_level"] is None):
        return False
    if child["right_level"] is True:
        return False
    reached = {"preschool": 1, "primary": 2, "lower_secondary": 3}.get(child["schooling"], 0)
    due = 3 if age >= 11 else 2 if age >= 6 else 1
    return reached < due or (reached == due and child["right_level"] is False)


__all__ = ["HAMLETS", "Exported", "expected"]
