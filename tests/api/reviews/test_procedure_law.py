"""The shipped procedure: its numbers, who gives the opinion by date, and that each value says where it stands."""

import tomllib
from datetime import date
from importlib.resources import files

import pytest

from api.problems import NotFound
from api.reviews.procedure_law import Procedure, Term, procedure, procedure_on, shipped


def test_the_numbers_of_decision_24() -> None:
    law = procedure("qd-24-2021", 1)
    assert (law.posting_days, law.re_verification_days) == (Term(3, True), Term(7, True))
    assert (law.reposting_days, law.opinion_days) == (Term(3, True), Term(5, True))
    assert (law.agree_share_percent, law.complaint_holds, law.scores_posted) == (50, "household", False)
    third = law.living_standard
    assert (third.posting_days, third.re_verification_days) == (Term(5, True), Term(3, True))
    assert law.relapse_lookback_months is None


def test_its_window() -> None:
    law = procedure("qd-24-2021", 1)
    assert law.periodic_window(2024) == (date(2024, 9, 1), date(2024, 12, 14))


@pytest.mark.parametrize(
    ("day", "kind", "level"),
    [
        (date(2024, 9, 1), "periodic", "district"),
        (date(2025, 6, 30), "periodic", "district"),
        (date(2025, 7, 1), "periodic", "none"),
        (date(2024, 3, 15), "regular", "none"),
        (date(2024, 9, 1), "training", "none"),
    ],
)
def test_who_gives_the_opinion_goes_by_date_and_kind(day: date, kind: str, level: str) -> None:
    assert procedure_on(day, kind).upper_level == level


def test_before_the_first_procedure_there_is_none() -> None:
    with pytest.raises(NotFound, match="2019"):
        procedure_on(date(2019, 9, 1), "periodic")
    with pytest.raises(NotFound, match="version 9"):
        procedure("qd-24-2021", 9)


def test_every_value_has_a_citation_and_every_term_counts_from_the_day_after() -> None:
    described = {"code", "version", "vi", "en", "source", "valid_from", "valid_to", "upper_rules", "citations"}
    for law in shipped():
        named = set(Procedure.__dataclass_fields__) - described - {"living_standard", "relapse_lookback_months"}
        assert named <= set(law.citations)
        assert all(cited.document for cited in law.citations.values())
        assert law.posting_days.last_day(date(2024, 10, 17)) == date(2024, 10, 22)


def test_a_holiday_says_where_it_stands() -> None:
    rows = tomllib.loads(files("api.reviews").joinpath("data/holidays.toml").read_text("utf-8"))
    assert len(rows["off"]) > 20
    assert all(row["source"] and row["to"] >= row["from"] for row in rows["off"])
    assert all(row["day"].weekday() == 5 for row in rows["works"])
