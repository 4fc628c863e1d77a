"""Households made up by hypothesis: members and answers of every kind, with gaps, around the ages that decide."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from api import codes
from api.standards.definition import Question
from api.standards.facts import MEMBER_FIELDS
from tests.api.standards.vectors import standards

_EPOCH = date(2020, 1, 1)
_AREAS = [("rural", "red_river_delta"), ("rural", "mekong_delta"), ("urban", "south_east"), ("rural", None)]


def _listed(name: str) -> list[str]:
    return [value["code"] for one in codes.code_lists() if one["code"] == name for value in one["values"]]


def _field(kind: str, listed: str | None) -> st.SearchStrategy[Any]:
    known: st.SearchStrategy[Any] = st.booleans() if kind == "bool" else st.sampled_from(_listed(str(listed)))
    return st.one_of(known, known, known, st.none())


@st.composite
def members(draw: st.DrawFn, on: date) -> dict[str, Any]:
    age = draw(st.one_of(st.sampled_from([2, 3, 5, 6, 10, 11, 13, 14, 15, 16, 17, 18, 30, 31, 59, 60, 61]),
                         st.integers(0, 99)))  # fmt: skip
    near = date(on.year - age, on.month, min(on.day, 28)) + timedelta(days=draw(st.integers(-2, 2)))
    born = {"birth_date": near.isoformat()} if draw(st.booleans()) else {"birth_year": near.year}
    fields = {name: draw(_field(kind, listed)) for name, kind, listed in MEMBER_FIELDS}
    left = draw(st.sampled_from([None, None, None, on.isoformat(), (on + timedelta(days=1)).isoformat()]))
    return {"id": draw(st.uuids()).hex, **born, **fields, "left_on": left}


def answer(question: Question) -> st.SearchStrategy[Any]:
    options = [option.code for option in question.options]
    if question.type == "number":
        values: st.SearchStrategy[Any] = st.integers(0, 120)
        return st.one_of(values, st.integers(0, 1200).map(lambda n: n / 10), st.none()) if question.decimals else (
            st.one_of(values, st.none())
        )  # fmt: skip
    made = {
        "boolean": st.booleans(),
        "single": st.sampled_from(options or [""]),
        "multi": st.lists(st.sampled_from(options or [""]), unique=True),
    }[question.type]
    return st.one_of(made, made, made, st.none())


@st.composite
def household_cases(draw: st.DrawFn) -> dict[str, Any]:
    code = draw(st.sampled_from(["vn-2022", "training-2022"]))
    form = standards()[code].form("form-b")
    assert form is not None
    on = _EPOCH + timedelta(days=draw(st.integers(0, 3650)))
    area_type, region = draw(st.sampled_from(_AREAS))
    whole = draw(st.booleans())  # half of them with everything answered, so that classes are reached
    answers = {q.code: draw(answer(q).filter(lambda v: v is not None) if whole else answer(q)) for q in form.questions}
    return {
        "standard": code,
        "on": on.isoformat(),
        "area_type": area_type,
        "region": region,
        "members": draw(st.lists(members(on), max_size=6)),
        "answers": answers,
        "b1_entered": draw(st.one_of(st.none(), st.integers(0, 300))),
    }
