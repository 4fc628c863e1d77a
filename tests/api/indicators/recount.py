"""The register counted again in plain Python, from its exported rows and from what the indicators' definitions say.

Nothing here knows api/indicators or its SQL: rows in, numbers out. `Register.facts(day, known)` says what was true of
each household, person, intervention and trainee on a day; `COUNTED` says who is counted over whom, by code.
"""

from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from tests.api.indicators.definitions import BESIDE, FIGURES

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
FOREVER = datetime.max.replace(tzinfo=UTC)
Row = dict[str, Any]
_TABLES = (
    "household", "member", "record_version", "household_move", "household_merge", "recognition", "decision_household",
    "recognition_decision", "living_standard_recognition", "review", "review_round", "support_need", "loan", "delivery",
    "participant", "intervention", "intervention_step", "earlier_state", "area_statistic", "area_figure",
)  # fmt: skip


def over(day: date) -> datetime:
    """When the day has ended."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), _VIET_NAM)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(_VIET_NAM).date()


def _years_later(day: date, years: int) -> date:
    return (
        date(day.year + years, 3, 1)
        if (day.month, day.day) == (2, 29) and not isleap(day.year + years)
        else day.replace(year=day.year + years)
    )


def _months_between(born: date, day: date) -> int:
    months = (day.year - born.year) * 12 + day.month - born.month
    return months - (day.day < born.day)


@dataclass
class Facts:
    """Of one day: fact rows per grain. Each names its `place` (an area) and its `id`."""

    day: date
    household: list[Row] = field(default_factory=list)
    person: list[Row] = field(default_factory=list)
    intervention: list[Row] = field(default_factory=list)
    trainee: list[Row] = field(default_factory=list)
    totals: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    figures: dict[tuple[UUID, str], int] = field(default_factory=dict)


class Register:
    """Every row there is."""

    def __init__(self, engine: Engine) -> None:
        self.rows: dict[str, list[Row]] = {}
        with engine.connect() as connection:
            for table in _TABLES:
                columns = "*, lower(days) AS first_day, upper(days) AS day_after, isempty(days) AS never"
                chosen = columns if table in ("recognition", "living_standard_recognition") else "*"
                self.rows[table] = [
                    dict(row._mapping) for row in connection.execute(text(f"SELECT {chosen} FROM {table}"))
                ]
        self.versions: dict[UUID, list[Row]] = {}
        for row in sorted(self.rows["record_version"], key=lambda v: v["version"]):
            self.versions.setdefault(row["record_id"], []).append(row)
        self.earlier: dict[UUID, list[Row]] = {}
        for row in sorted(self.rows["earlier_state"], key=lambda v: v["version"]):
            self.earlier.setdefault(row["record_id"], []).append(row)

    def facts(self, day: date, known: datetime | None = None) -> Facts:
        return _Day(self, day, known or FOREVER).facts()

    def homes(self, day: date, known: datetime | None = None) -> dict[UUID, tuple[str, set[UUID]]]:
        """Household -> the hamlet it stood in on a day, and the ids it goes by: its own, and those merged into it. Of
        all that were not merged away themselves, whatever has become of them."""
        then = _Day(self, day, known or FOREVER)
        names = {row["id"]: then.absorbed(row["id"]) for row in self.rows["household"]}
        gone = set().union(*names.values())
        found = {}
        for row in self.rows["household"]:
            if row["created_at"] < then.known and row["id"] not in gone:
                moment = then.read_at(row["created_at"])
                found[row["id"]] = (then.place(row, self.then(row, moment), moment), names[row["id"]] | {row["id"]})
        return found

    def then(self, row: Row, moment: datetime) -> Row:
        """A record as it stood at a moment: the changes since are taken back, the newest first."""
        was = dict(row)
        for version in reversed(self.versions.get(row["id"], [])):
            if version["changed_at"] >= moment:
                for name, (old, _) in (version["change"] or {}).items():
                    was[name] = old
        return was

    def fields_then(self, row: Row, moment: datetime) -> Row:
        found: Row = row["fields"]
        for state in reversed(self.earlier.get(row["id"], [])):
            if state["replaced_at"] >= moment and "fields" in state["was"]:
                found = state["was"]["fields"]
        return found

    def states(self, row: Row, known: datetime) -> list[Row]:
        """What was said of a loan or participant, one after the other; of the same said again only the last."""
        every = [{"version": one["version"], **one["was"]} for one in self.earlier.get(row["id"], [])]
        said: list[Row] = []
        for one in [*every, row]:
            recorded = one["updated_at"]
            recorded = datetime.fromisoformat(recorded) if isinstance(recorded, str) else recorded
            if recorded >= known:
                continue
            same = bool(said) and said[-1]["state"] == one["state"]
            turned = said[-1]["turned"] if same else recorded if said else None
            if same:
                said.pop()
            said.append({**one, "turned": turned})
        return said


class _Day:
    def __init__(self, register: Register, day: date, known: datetime) -> None:
        self.r, self.day, self.known = register, day, known
        self.year = date(day.year, 1, 1)
        self.kinds = {row["id"]: row["kind"] for row in register.rows["intervention"]}

    def read_at(self, made: datetime) -> datetime:
        return min(max(over(self.day), over(_day_of(made))), self.known)

    def facts(self) -> Facts:
        found = Facts(self.day)
        homes = {row["id"]: home for row in self.r.rows["household"] if (home := self.household(row)) is not None}
        found.household = list(homes.values())
        for row in self.r.rows["member"]:
            person = self.person(row, homes)
            if person is not None:
                found.person.append(person)
        for home in found.household:
            self.of_people(home, [p for p in found.person if p["household"] == home["id"]])
        found.intervention = [
            self.intervention(row) for row in self.r.rows["intervention"] if row["created_at"] < self.known
        ]
        found.trainee = self.trainees()
        found.totals = self.totals()
        found.figures = self.figures()
        return found

    # households

    def household(self, row: Row) -> Row | None:
        if row["created_at"] >= self.known:
            return None
        moment = self.read_at(row["created_at"])
        was = self.r.then(row, moment)
        given = self.recognitions(row["id"])
        now_is = given[-1]["poverty_class"] if given and self.holds(given[-1]) else None
        late = row["created_at"] >= over(self.day)
        if was["status"] != "active" or (late and now_is is None):
            return None
        names = {row["id"]} | self.absorbed(row["id"])
        review = self.review(names)
        return {
            "id": row["id"], "place": self.place(row, was, moment), "class": now_is,
            "escaped": now_is != "poor" and self.escaped(row["id"]),
            "average": any(
                one["household_id"] == row["id"] and one["kind"] == "agri_average_living_standard" and self.third(one)
                for one in self.r.rows["living_standard_recognition"]
            ),
            "head": was["head_member_id"] and str(was["head_member_id"]), "before": over(_day_of(row["created_at"])),
            "movements": self.movements(row["id"]), "review": review,
            "needs": self.needs(lambda one: one["household_id"] in names),
            "borrows": any(one["household_id"] in names and self.owed(one) for one in self.r.rows["loan"]),
            "received": self.received(lambda one: one["household_id"] in names),
        }  # fmt: skip

    def place(self, row: Row, was: Row, moment: datetime) -> str:
        late = [
            m for m in self.r.rows["household_move"]
            if m["household_id"] == row["id"] and m["moved_on"] <= self.day and moment <= m["recorded_at"] < self.known
        ]  # fmt: skip
        return str(max(late, key=lambda m: m["recorded_at"])["to_hamlet_id"] if late else was["hamlet_id"])

    def absorbed(self, home: UUID) -> set[UUID]:
        made = {row["id"]: row["created_at"] for row in self.r.rows["household"]}
        found: set[UUID] = set()
        waiting = [home]
        while waiting:
            survivor = waiting.pop()
            for one in self.r.rows["household_merge"]:
                moment = self.read_at(made[one["absorbed_id"]])
                holds = one["merged_at"] < moment and (one["undone_at"] is None or one["undone_at"] >= moment)
                if one["survivor_id"] == survivor and holds and one["absorbed_id"] not in found:
                    found.add(one["absorbed_id"])
                    waiting.append(one["absorbed_id"])
        return found

    def recognitions(self, home: UUID) -> list[Row]:
        known = [
            one for one in self.r.rows["recognition"]
            if one["household_id"] == home and one["recorded_at"] < self.known and one["first_day"] <= self.day
        ]  # fmt: skip
        return sorted(known, key=lambda one: one["first_day"])

    def holds(self, one: Row) -> bool:
        """Nothing ends a class but the next one, which would be the last of the list if it were known."""
        return one["day_after"] is None or one["day_after"] > self.day or self.known < FOREVER

    def escaped(self, home: UUID) -> bool:
        given = self.recognitions(home)
        for before, one in pairwise(given):
            if before["poverty_class"] == "poor" != one["poverty_class"] and self.day <= _years_later(
                one["first_day"], 3
            ):
                return True
        return False

    def third(self, one: Row) -> bool:
        if one["recorded_at"] >= self.known:
            return False
        if one["ended_at"] is not None and one["ended_at"] >= self.known:
            return bool(one["began_on"] <= self.day)
        return (
            not one["never"]
            and one["first_day"] <= self.day
            and (one["day_after"] is None or self.day < one["day_after"])
        )

    def movements(self, home: UUID) -> set[str]:
        decided = {d["id"]: d["decided_on"] for d in self.r.rows["recognition_decision"]}
        given = {
            one["decision_id"] for one in self.r.rows["recognition"]
            if one["household_id"] == home and one["recorded_at"] < self.known
        }  # fmt: skip
        return {
            line["movement"] for line in self.r.rows["decision_household"]
            if line["household_id"] == home and line["decision_id"] in given
            and self.year <= decided[line["decision_id"]] <= self.day
        }  # fmt: skip

    def review(self, names: set[UUID]) -> Row | None:
        training = {r["id"] for r in self.r.rows["review_round"] if r["kind"] == "training"}
        found = [
            one for one in self.r.rows["review"]
            if one["household_id"] in names and one["round_id"] not in training and one["created_at"] < self.known
            and one["surveyed_on"] <= self.day and self.r.then(one, self.read_at(one["created_at"]))["in_force"]
        ]  # fmt: skip
        return max(found, key=lambda one: (one["surveyed_on"], one["created_at"], -one["id"].int), default=None)

    # what hangs on them

    def needs(self, whose: Callable[[Row], bool]) -> set[str]:
        found = set()
        for one in self.r.rows["support_need"]:
            if not whose(one) or one["created_at"] >= self.known or one["noted_on"] > self.day:
                continue
            ended = one["state"] != "open" and one["updated_at"] < self.known
            if not ended or (one["ended_on"] >= self.year if one["state"] == "met" else one["ended_on"] > self.day):
                found.add(one["kind"])
        return found

    def owed(self, one: Row) -> bool:
        if one["created_at"] >= self.known or one["lent_on"] > self.day:
            return False
        said = [s for s in self.r.states(one, self.known) if date.fromisoformat(str(s["state_since"])) <= self.day]
        return not said or said[-1]["state"] in ("active", "overdue")

    def took_part(self, one: Row) -> bool:
        if one["created_at"] >= self.known:
            return False
        holds = True
        for said in self.r.states(one, self.known):
            if said["state"] == "enrolled":
                if said["turned"] is None or said["turned"] < over(self.day):
                    holds = True
                continue
            ended_on = date.fromisoformat(str(said["ended_on"]))
            if ended_on <= self.day:
                holds = said["state"] == "finished" and ended_on >= self.year
        return holds

    def received(self, whose: Callable[[Row], bool]) -> set[str]:
        got = {
            self.kinds[one["intervention_id"]] for one in self.r.rows["delivery"]
            if whose(one) and one["outcome"] == "delivered" and one["created_at"] < self.known
            and self.year <= one["delivered_on"] <= self.day
            and (one["reversed_at"] is None or one["reversed_at"] >= self.known)
        }  # fmt: skip
        return got | {
            self.kinds[one["intervention_id"]] for one in self.r.rows["participant"]
            if whose(one) and one["joined_on"] <= self.day and self.took_part(one)
        }  # fmt: skip

    # people

    def person(self, row: Row, homes: dict[UUID, Row]) -> Row | None:
        was = self.r.then(row, self.read_at(row["created_at"]))
        home = homes.get(UUID(str(was["household_id"])))
        if home is None or row["created_at"] >= min(max(over(self.day), home["before"]), self.known):
            return None
        left = self.r.then(row, self.known)["left_on"]
        if left is not None and date.fromisoformat(str(left)) <= self.day:
            return None
        born = date.fromisoformat(str(was["birth_date"])) if was["birth_date"] else date(was["birth_year"], 1, 1)
        if born > self.day:
            return None
        months = _months_between(born, self.day)
        school_year = self.day.year - (self.day.month < 9)
        is_head = home["head"] == str(row["id"]) if home["head"] else was["relation_to_head"] == "head"
        return {
            **was, "id": row["id"], "household": home["id"], "place": home["place"], "home": home, "is_head": is_head,
            "age": months // 12, "months": months, "school_age": school_year - born.year,
            "low_income": any(
                one["member_id"] == row["id"] and one["kind"] == "low_income_worker" and self.third(one)
                for one in self.r.rows["living_standard_recognition"]
            ),
            "needs": self.needs(lambda one: one["member_id"] == row["id"]),
            "received": self.received(lambda one: one["member_id"] == row["id"]),
        }  # fmt: skip

    def of_people(self, home: Row, people: list[Row]) -> None:
        able = [p for p in people if working_age(p, self.day)]
        steady = [p for p in able if p["labour_status"] == "working" and p["labour_contract"] is True]
        unsure = [
            p for p in able
            if p["labour_status"] is None or (p["labour_status"] == "working" and p["labour_contract"] is None)
        ]  # fmt: skip
        heads = [p for p in people if p["is_head"]]
        home |= {
            "sex": max((p["sex"] for p in heads), default=None),
            "ethnicity": max((p["ethnicity"] for p in heads), default=None),
            "merit": any(p["merit_person"] for p in people), "disabled": any(p["disability"] != "none" for p in people),
            "able": bool(able), "steady": bool(steady), "unsure": bool(unsure),
        }  # fmt: skip

    # interventions

    def steps(self, under: UUID, *names: str) -> list[Row]:
        found = [
            one for one in self.r.rows["intervention_step"]
            if one["intervention_id"] == under and one["step"] in names and one["recorded_at"] < self.known
            and (one["undone_at"] is None or one["undone_at"] >= self.known)
        ]  # fmt: skip
        return sorted(found, key=lambda one: one["position"])

    def intervention(self, row: Row) -> Row:
        fields = self.r.fields_then(row, self.read_at(row["created_at"]))
        checks = [s for s in self.steps(row["id"], "check_12_months") if s["taken_on"] <= self.day]
        started = [s["taken_on"] for s in self.steps(row["id"], "start", "hold", "open") if s["taken_on"] <= self.day]
        return {
            "id": row["id"], "place": str(row["area_id"]), "kind": row["kind"], "started": min(started, default=None),
            "replicates": bool(fields.get("replicates")),
            "alive": checks[-1]["fields"].get("alive") if checks else None,
            "replicated": bool(checks and checks[-1]["fields"].get("replicated")),
        }  # fmt: skip

    def trainees(self) -> list[Row]:
        found = []
        for row in self.r.rows["intervention"]:
            held = min((s["taken_on"] for s in self.steps(row["id"], "hold")), default=None)
            if row["kind"] != "staff_training" or held is None or not self.year <= held <= self.day:
                continue
            for one in self.r.rows["participant"]:
                if (
                    one["intervention_id"] == row["id"]
                    and one["role"] == "trainee"
                    and one["joined_on"] <= self.day
                    and self.took_part(one)
                ):
                    fields = self.r.fields_then(one, self.read_at(one["created_at"]))
                    found.append({
                        "id": one["id"], "place": str(row["area_id"]), "category": fields.get("category"),
                        "sex": (one["outsider"] or {}).get("sex"), "name": one["outsider"]["name"], "held": held,
                        "officer": bool(fields.get("poverty_officer")), "first_of_officer": False,
                    })  # fmt: skip
        # an officer who was trained twice is one officer
        seen = set()
        for row in sorted(found, key=lambda t: (t["held"], t["id"])):
            who = (row["place"], row["name"].lower(), row["sex"])
            row["first_of_officer"] = row["officer"] and who not in seen
            seen |= {who} if row["officer"] else set()
        return found

    def figures(self) -> dict[tuple[UUID, str], int]:
        said = [
            one for one in self.r.rows["area_figure"]
            if one["as_of"] <= self.day and one["recorded_at"] < self.known
            and (one["as_of"] >= self.year or not FIGURES[one["kind"]])
        ]  # fmt: skip
        # the premium and what was paid of it count with each other, of one day
        there = {(one["area_id"], one["as_of"], one["kind"]) for one in said}
        said = [one for one in said if (one["area_id"], one["as_of"], BESIDE.get(one["kind"], one["kind"])) in there]
        said.sort(key=lambda one: (one["as_of"], one["recorded_at"], one["id"].int))
        return {(one["area_id"], one["kind"]): one["value"] for one in said}

    def totals(self) -> dict[UUID, tuple[int, int]]:
        said = [
            one for one in self.r.rows["area_statistic"] if one["as_of"] <= self.day and one["recorded_at"] < self.known
        ]
        said.sort(key=lambda one: (one["as_of"], one["recorded_at"], one["id"].int))
        return {one["area_id"]: (one["households"], one["persons"]) for one in said}


# Men 60, women 55 until 2020; men 62 in 2028, women 60 in 2035: three and four months more each year from 2021.
def working_age(person: Row, day: date) -> bool:
    if day.year < 2021:
        least = 720 if person["sex"] == "male" else 660
    elif person["sex"] == "male":
        least = min(723 + 3 * (day.year - 2021), 744)
    else:
        least = min(664 + 4 * (day.year - 2021), 720)
    return bool(person["months"] >= 180 and person["months"] < least)
