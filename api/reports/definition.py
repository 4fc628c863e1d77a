"""What the official forms are: their titles, rows, columns and what must balance, read from data/forms.toml."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from api import codes
from api.schema import Words
from api.standards.shipped import shipped

Unit = Literal["households", "persons"]
Relation = Literal["=", "<=", "each<="]
# The row of a monitoring report with the rate of 31 December before, which a change is taken from.
RATE_BEFORE = "multidimensional_poverty_rate_before"


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted: a counter of counters.py, its argument, in households or persons, of which class.

    `unit` and `poverty_class` None: those of the line.
    """

    name: str
    argument: str = ""
    unit: Unit | None = None
    poverty_class: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """`number`: as the form prints it, `(3)`. `over`: the column is a percentage of that. `each`: the column stands for
    one per code of a list, and `of_each` is where it came from."""

    code: str
    number: int
    heading: Words
    counts: Count
    over: Count | None = None
    group: Words | None = None
    each: str | None = None
    of_each: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What a row counts, where an area has several rows."""

    code: str
    label: Words
    unit: Unit
    poverty_class: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """`left relation right`: sums of columns; `each:code` are all columns that came from `code`, and `each<=` compares
    every one of these."""

    left: str
    relation: Relation
    right: str


@dataclass(frozen=True, slots=True)
class Form:
    """`basis`: `round` for a ledger, which only a round has; `day` for what the register says of a day."""

    code: str
    title: Words
    source: str
    basis: Literal["round", "day"]
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    checks: tuple[Check, ...]
    notes: tuple[Words, ...]
    poverty_class: str | None = None

    def over_all(self) -> frozenset[str]:
        """The columns that are a share of all who live in the area."""
        return frozenset(one.code for one in self.columns if one.over is not None and one.over.name == "statistic")


@dataclass(frozen=True, slots=True)
class ListForm:
    """A list. `detailed`: forms 14 and 15; otherwise for public posting: name, hamlet, class."""

    code: str
    title: Words
    poverty_class: str
    detailed: bool
    escaped: bool


@cache
def data(name: str) -> Any:
    """A file of data/. Shared: never changed."""
    return tomllib.loads(files("api.reports").joinpath(f"data/{name}.toml").read_text(encoding="utf-8"))


@cache
def forms() -> dict[str, Form]:
    """The forms that are tables of areas, by code."""
    found: dict[str, Form] = {}
    for one in data("forms")["forms"]:
        found[one["code"]] = _variant(found[one["same_as"]], one) if "same_as" in one else _form(one)
    return found


@cache
def list_forms() -> dict[str, ListForm]:
    """The forms that are lists, by code."""
    return {
        one["code"]: ListForm(
            one["code"], Words(**one["title"]), one["class"], one.get("detailed", False), one.get("escaped", False)
        )
        for one in data("forms")["lists"]
    }


@cache
def monitoring_forms() -> dict[str, Any]:
    """The monitoring reports of TT 10/2022, by code: `period` is `half` or `year`."""
    return {one["code"]: one for one in data("monitoring")["forms"]}


def _variant(form: Form, one: dict[str, Any]) -> Form:
    return replace(form, code=one["code"], title=Words(**one["title"]), poverty_class=one["class"])


def _form(one: dict[str, Any]) -> Form:
    read = data("forms")
    columns: list[Column] = []
    for column in one["columns"]:
        columns += _columns(column, read["groups"], len(columns) + 1)
    return Form(
        code=one["code"],
        title=Words(**one["title"]),
        source=one["source"],
        basis=one["basis"],
        lines=tuple(_line(code, read["lines"][code]) for code in one["lines"]),
        columns=tuple(columns),
        checks=tuple(Check(**check) for check in one.get("checks", [])),
        notes=tuple(Words(**read["notes"][note]) for note in one.get("notes", [])),
        poverty_class=one.get("class"),
    )


def _line(code: str, one: dict[str, Any]) -> Line:
    return Line(code, Words(**one["label"]), one["unit"], one.get("class"))


def _columns(one: dict[str, Any], groups: dict[str, Any], number: int) -> list[Column]:
    counts = count_of(one["counts"])
    over = count_of(one["over"]) if "over" in one else None
    group = Words(**groups[one["group"]]) if "group" in one else None
    each = one.get("each")
    if each is None:
        return [Column(one["code"], number, Words(vi=one["vi"], en=one["en"]), counts, over, group)]
    if each == "minority":  # which ethnic groups live in an area is only known there: see `spread`
        return [Column(one["code"], number, Words(vi="", en=""), counts, over, group, each)]
    return [
        Column(
            f"{one['code']}_{code}",
            number + place,
            words,
            replace(counts, argument=code),
            over,
            group,
            None,
            one["code"],
        )
        for place, (code, words) in enumerate(_each(each))
    ]


def spread(columns: tuple[Column, ...], ethnicities: set[str]) -> tuple[Column, ...]:
    """The columns, with one for each of the ethnic groups that are there in the place of the one for all."""
    found: list[Column] = []
    for column in columns:
        if column.each is None:
            found.append(replace(column, number=len(found) + 1))
            continue
        for code, words in _each("ethnicity"):
            if code in ethnicities:
                counts = replace(column.counts, argument=code)
                made = replace(column, code=f"{column.code}_{code}", heading=words, counts=counts, each=None)
                found.append(replace(made, number=len(found) + 1, of_each=column.code))
    return tuple(found)


def same_counts(form: Form, codes: list[str]) -> list[list[tuple[int, str]]]:
    """Where in a row (`codes`: its columns) the same people are counted: (place, `number` or `over`), two or more."""
    groups: dict[Count, list[tuple[int, str]]] = {}
    for one in form.columns:
        if one.code not in codes:
            continue
        place = codes.index(one.code)
        groups.setdefault(one.counts, []).append((place, "number"))
        if one.over is not None:
            groups.setdefault(one.over, []).append((place, "over"))
    return [group for group in groups.values() if len(group) > 1]


def _each(name: str) -> list[tuple[str, Words]]:
    if name == "deprivation":
        indicators = sorted(shipped()[0]["indicators"], key=lambda one: int(one["order"]))
        return [(one["code"], Words(**one["label"])) for one in indicators]
    values = next(one["values"] for one in codes.code_lists() if one["code"] == name)
    return [(value["code"], Words(**value["label"])) for value in values]


def count_of(text: str) -> Count:
    """`name[:argument][@unit][/class]`."""
    text, _, poverty_class = text.partition("/")
    text, _, unit = text.partition("@")
    name, _, argument = text.partition(":")
    return Count(name, argument, unit or None, poverty_class or None)  # type: ignore[arg-type]
