"""docs/plan.md: every line of the commune's plan names an address that exists, and kinds and policies that exist."""

import re
from pathlib import Path

import httpx
import pytest

from api.programmes.catalogue import catalogue
from tests.house.wire_document import operations

_PAGE = Path("docs/plan.md").read_text(encoding="utf-8")
_ROWS = [row.strip("|").split("|") for row in re.findall(r"^\|.*\|$", _PAGE, re.MULTILINE)[2:]]
_NAMED = re.compile(r"(kind|policy) `([a-z_0-9]+)`")


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    assert len(_ROWS) > 50, "the table has lost lines"
    return [[cell.strip() for cell in row] for row in _ROWS]


def test_every_line_names_an_address_that_exists(rows: list[list[str]], nobody: httpx.Client) -> None:
    known = {str(operation) for operation in operations(nobody.get("/openapi.json").json())}
    assert {row[2].strip("`") for row in rows} - known == set()


def test_every_kind_and_policy_named_is_in_the_catalogue_and_every_kind_is_named(rows: list[list[str]]) -> None:
    named = [found for row in rows for found in _NAMED.findall(row[3])]
    kinds, policies = ({code for what, code in named if what == wanted} for wanted in ("kind", "policy"))
    assert policies - set(catalogue().policies) == set()
    assert kinds - set(catalogue().kinds) == set()
    parents = {parent for kind in catalogue().kinds.values() for parent in kind.parents}
    assert set(catalogue().kinds) - kinds <= parents, "a kind that no line of the plan asks for"


def test_every_section_of_the_plan_that_asks_for_work_has_a_line(rows: list[list[str]]) -> None:
    sections = {section.strip() for row in rows for section in row[0].split(",")}
    wanted = {
        "I.1",
        "II.1",
        "II.2",
        "III.1",
        "IV.1",
        *(f"IV.2.{n}" for n in range(1, 9)),
        "V",
        *(f"VI.{n}" for n in range(1, 7)),
    }
    assert wanted <= sections
