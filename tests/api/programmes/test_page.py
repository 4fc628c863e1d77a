"""docs/programmes.md says what the data say, and its worked example works."""

import re
from importlib.resources import files
from pathlib import Path

from api.programmes.catalogue import catalogue, read
from api.programmes.facts import VOCABULARIES

PAGE = (Path(__file__).parents[3] / "docs/programmes.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[str]:
    """The rows of the first table under a heading."""
    section = PAGE.split(f"\n{heading}\n")[1]
    lines = section[section.index("|---") :].splitlines()[1:]
    return lines[: next(place for place, line in enumerate(lines) if not line.startswith("|"))]


def test_the_table_of_components_is_that_of_the_data() -> None:
    assert rows("## Components") == [
        f"| `{one.code}` | {one.section} | {', '.join(one.projects)} | {one.label.vi} |"
        for one in catalogue().components.values()
    ]


def test_the_table_of_policies_is_that_of_the_data() -> None:
    expected = []
    for one in catalogue().policies.values():
        grounds = ", ".join(f"`{ground.code}`{'?' if ground.asks else ''}" for ground in one.grounds)
        verified = f"{sum(row.verified for row in one.parameters)} / {len(one.parameters)}"
        told = (f"`{one.code}`", one.label.vi, one.subject, one.served, grounds, _number(one.document), verified)
        expected.append(f"| {' | '.join(told)} |")
    assert rows("## Policies") == expected


def _number(document: str) -> str:
    return catalogue().sources[document].number


def test_the_table_of_facts_names_all_that_conditions_may_ask() -> None:
    told = {name for row in rows("### Conditions") for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert told == set(VOCABULARIES["member"])


def test_the_ninth_component_of_the_page_can_be_added_as_it_stands() -> None:
    folder = files("api.programmes").joinpath("data")
    shipped = {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.name.endswith(".toml")}
    (ninth,) = re.findall(r"^```toml ninth\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    found = read(shipped | {"work-abroad.toml": ninth})
    assert len(found.components) == len(catalogue().components) + 1
    assert found.kinds["departure"].component == "work_abroad"
    policy = found.policies["work_abroad_costs"]
    assert policy.priorities == catalogue().priority_sets["plan"].for_subject("member")
    assert (policy.known, len(policy.grounds[0].asks)) == (False, 1)


def test_the_page_names_every_address_of_the_catalogue() -> None:
    from api.programmes.routes import router

    told = set(re.findall(r"^\| `GET /api/v1([^`]+)`", PAGE, re.MULTILINE))
    assert told == {route.path for route in router.routes}  # type: ignore[attr-defined]
