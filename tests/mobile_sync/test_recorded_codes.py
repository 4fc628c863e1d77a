"""Codes only grow: what a tablet was ever told may stand in stored records, in drafts and in work still to be sent."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api import codes
from tests.make.recorded_codes import of_today, options_of, recorded
from tests.make.rounds import listed

SignIn = Callable[[str], httpx.Client]
RECORDED, TODAY = recorded(), of_today()
RECORD_IT = "is new: `python -m tests.make.recorded_codes` adds it to tests/vectors/codes.json, for ever"


@pytest.mark.parametrize("name", RECORDED["lists"])
def test_no_code_is_taken_away_or_renamed(name: str) -> None:
    assert name in TODAY["lists"], f"the list {name} is gone: put it back into api/data/codes.toml"
    gone = [code for code in RECORDED["lists"][name] if not codes.known(name, code)]
    assert gone == [], (
        f"{name}: these stand in records and on tablets. Put them back into api/data/codes.toml (and into the enum of "
        "that name): a code is never taken away. Its words may change; another meaning is a new code beside it."
    )


@pytest.mark.parametrize("key", RECORDED["standards"])
def test_a_published_standard_never_changes(key: str) -> None:
    assert key in TODAY["standards"], f"{key} is gone: answers under it are stored, and it has to be read for ever"
    assert TODAY["standards"][key] == RECORDED["standards"][key], (
        f"{key} is published: answers are stored under it, and tablets hold it. Put it back as it was; a correction is "
        "a new version with a form_version of its own (docs/standards.md, The next period)."
    )


def test_what_is_new_is_recorded() -> None:
    for name, values in TODAY["lists"].items():
        assert [code for code in values if code not in RECORDED["lists"].get(name, [])] == [], f"of {name} {RECORD_IT}"
    assert [key for key in TODAY["standards"] if key not in RECORDED["standards"]] == [], f"a standard {RECORD_IT}"


def test_a_tablet_is_told_every_recorded_code(sign_in: SignIn, engine: Engine) -> None:
    """Over the wire: the lists, and the forms of the rounds that are open."""
    listed(engine), listed(engine, kind="training", standard_code="training-2022")
    told: dict[str, Any] = sign_in("xom-3").get("/sync/v1/reference").raise_for_status().json()
    lists = {one["code"]: {value["code"] for value in one["values"]} for one in told["codes"]}
    untold = {name: set(values) - lists.get(name, set()) for name, values in RECORDED["lists"].items()}
    assert {name: values for name, values in untold.items() if values} == {}
    forms = {(one["code"], one["version"]): one for one in told["forms"]}
    assert {version for _, version in forms} == {1, 3}
    for standard in RECORDED["standards"].values():
        for code, questions in standard["forms"].items():
            form = forms.get((code, standard["form_version"]))
            if form is not None:
                assert (form["sha256"], options_of(form["questions"])) == (standard["sha256"], questions)
