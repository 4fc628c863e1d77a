"""The procedures of law, shipped as data (`data/procedures/<code>.toml`): terms, shares, windows, with their sources.

A round keeps the code and version it was prepared under (`procedure`), and the upper level that held then.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from api.problems import NotFound
from api.reviews.working_days import Holidays, add_working_days, is_approximate

_DATA = files("api.reviews").joinpath("data")


@dataclass(frozen=True, slots=True)
class Term:
    """So many days, as working days or as days of the calendar; the day they are counted from is not counted."""

    days: int
    working: bool

    def last_day(self, day: date) -> date:
        """The last day of the term that begins after `day`."""
        if self.working:
            return add_working_days(day, self.days, holidays())
        return day + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a value stands. `verified`: compared with the text by a second person."""

    document: str
    article: str
    confidence: Literal["high", "medium", "low"]
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class LivingStandardTerms:
    """The terms of the third path (QĐ 24/2021, Điều 6): no meeting, one posting at the commune office."""

    posting_days: Term
    re_verification_days: Term
    total_days: Term


@dataclass(frozen=True, slots=True)
class UpperRule:
    """Who gives the opinion on a periodic round that opens between these days."""

    first: date
    last: date | None
    level: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of a procedure. Every value has a citation under the name of its field.

    `agree_share_percent`: of those present, for each vote. `complaint_holds`: what a complaint inside its window
    holds back. `relapse_lookback_months`: None where the law's limit is unknown (then none is applied).
    `upper_level`: for the day and the kind of round asked for; a round keeps its own.
    """

    code: str
    version: int
    vi: str
    en: str
    source: str
    valid_from: date
    valid_to: date | None
    posting_days: Term
    re_verification_days: Term
    reposting_days: Term
    opinion_days: Term
    agree_share_percent: int
    complaint_holds: Literal["household", "list"]
    regular_opens_day: int
    regular_length_days: int
    periodic_opens: tuple[int, int]
    periodic_closes: tuple[int, int]
    living_standard: LivingStandardTerms
    scores_posted: bool
    relapse_lookback_months: int | None
    upper_level: str
    upper_rules: tuple[UpperRule, ...]
    citations: Mapping[str, Citation]

    def periodic_window(self, year: int) -> tuple[date, date]:
        """First and last day of the periodic round of a year (Điều 3)."""
        return date(year, *self.periodic_opens), date(year, *self.periodic_closes)

    def upper_level_for(self, day: date, kind: str) -> str:
        """Who gives the opinion on a round of this kind that opens on `day`: only periodic rounds ask (Điều 4.5, 5)."""
        if kind != "periodic":
            return "none"
        for rule in self.upper_rules:
            if rule.first <= day and (rule.last is None or day <= rule.last):
                return rule.level
        return "none"


def procedure_on(day: date, kind: str) -> Procedure:
    """The procedure in force on `day`, with the upper level for a round of this kind. Raises NotFound."""
    valid = [p for p in shipped() if p.valid_from <= day and (p.valid_to is None or day <= p.valid_to)]
    if not valid:
        raise NotFound(
            f"Chưa có quy trình rà soát nào có hiệu lực ngày {day:%d/%m/%Y}.",
            f"No review procedure is in force on {day}.",
        )
    found = max(valid, key=lambda p: (p.valid_from, p.version))
    return replace(found, upper_level=found.upper_level_for(day, kind))


def procedure(code: str, version: int) -> Procedure:
    """The procedure of a round, by what the round keeps. Raises NotFound where this server does not have it."""
    for known in shipped():
        if (known.code, known.version) == (code, version):
            return known
    raise NotFound(
        f"Máy chủ này không có quy trình {code}, phiên bản {version}.",
        f"This server does not have version {version} of procedure {code}.",
    )


@lru_cache(maxsize=1)
def shipped() -> tuple[Procedure, ...]:
    """Every procedure that comes with this version."""
    entries = sorted(_DATA.joinpath("procedures").iterdir(), key=lambda entry: entry.name)
    return tuple(_procedure(tomllib.loads(entry.read_text("utf-8"))) for entry in entries if entry.name[-5:] == ".toml")


@lru_cache(maxsize=1)
def holidays() -> Holidays:
    """The shipped table of free days."""
    read = tomllib.loads(_DATA.joinpath("holidays.toml").read_text("utf-8"))
    off = {
        span["from"] + timedelta(days=number)
        for span in read["off"]
        for number in range((span["to"] - span["from"]).days + 1)
    }
    return Holidays(
        off=frozenset(off),
        works=frozenset(row["day"] for row in read["works"]),
        every_year=frozenset(_month_day(row["day"]) for row in read["every_year"]),
        listed=frozenset(day.year for day in off),
        announced=frozenset(read["announced"]),
    )


def counted_roughly(first: date, last: date) -> bool:
    """Does a term touch a year whose holidays are not announced yet?"""
    return is_approximate(first, last, holidays())


def _procedure(read: dict[str, Any]) -> Procedure:
    values = dict(read["values"])
    third_path = {name: _term(values[f"living_standard_{name}"]) for name in LivingStandardTerms.__dataclass_fields__}
    plain = {name: _value(row) for name, row in values.items() if not name.startswith("living_standard_")}
    rules = tuple(UpperRule(row["from"], row.get("to"), row["level"]) for row in read["upper_level"])
    cited = values | {"upper_level": read["upper_level"][-1]}
    return Procedure(
        **{name: read[name] for name in ("code", "version", "vi", "en", "source", "valid_from")},
        valid_to=read.get("valid_to"),
        living_standard=LivingStandardTerms(**third_path),
        relapse_lookback_months=plain.pop("relapse_lookback_months", None),
        upper_level=rules[-1].level,
        upper_rules=rules,
        citations={name: _citation(row) for name, row in cited.items()},
        **plain,
    )


def _value(row: dict[str, Any]) -> Any:
    if "working" in row:
        return _term(row)
    value = row["value"]
    return _month_day(value) if isinstance(value, str) and value[:2].isdigit() else value


def _term(row: dict[str, Any]) -> Term:
    return Term(row["value"], row["working"])


def _month_day(value: str) -> tuple[int, int]:
    month, day = value.split("-")
    return int(month), int(day)


def _citation(row: dict[str, Any]) -> Citation:
    return Citation(row["document"], row["article"], row["confidence"], row["verified"], row.get("note", ""))
