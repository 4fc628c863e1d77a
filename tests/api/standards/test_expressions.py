"""The closed profile of JsonLogic: what passes is read alike by every engine; the rest is refused, with its place."""

from typing import Any

import pytest

from api.standards.expressions import ExpressionError, Kind, check, compiled

WORDS = {
    "on": Kind("int", False),
    "m.born": Kind("int", False),
    "m.age": Kind("int"),
    "m.insured": Kind("bool"),
    "m.school": Kind("code", True, frozenset({"none", "primary"})),
    "answers.assets": Kind("codes", True, frozenset({"tv", "car"})),
    "answers.area": Kind("number"),
    "counts.members": Kind("int", False),
}
AGE, AREA, INSURED = {"var": "m.age"}, {"var": "answers.area"}, {"var": "m.insured"}


@pytest.mark.parametrize(
    ("logic", "place"),
    [
        ({"==": [AGE, 1]}, "/=="),
        ({"!!": [AGE]}, "/!!"),
        ({"/": [6, 2]}, "//"),
        ({"map": [{"var": "answers.assets"}, 1]}, "/map"),
        ({"var": "m.height"}, "m.height"),
        ({"var": ["m.age", 0]}, "/var"),
        ({"var": ""}, "/var"),
        ({"var": {"var": "m.age"}}, "/var"),
        ({"<": [AGE, 6]}, "/</0"),  # null would count as 0
        ({"<": [1, 2, 3]}, "/<"),
        ({"+": [AGE, 1]}, "/+/0"),
        ({"-": [3]}, "/-"),
        ({"and": [{"!==": [AREA, None]}, {"<": [AGE, 6]}]}, "/and/1/</0"),
        ({"or": [{"!==": [AGE, None]}, {"<": [AGE, 6]}]}, "/or/1/</0"),
        ({"<": [{"var": "m.school"}, 6]}, "/</0"),
        ({"and": [INSURED, True]}, "/and/0"),
        ({"!": [{"var": "answers.assets"}]}, "/!/0"),
        ({"if": [INSURED, 1, 2]}, "/if/0"),
        ({"if": [True, 1]}, "/if"),
        ({"if": [True, 1, True]}, "/if"),
        ({"===": [{"var": "m.school"}, "primry"]}, "/==="),
        ({"===": [AGE, "6"]}, "/==="),
        ({"===": [INSURED, 1]}, "/==="),
        ({"in": [{"var": "m.school"}, ["primary", "college"]]}, "/in"),
        ({"in": ["bike", {"var": "answers.assets"}]}, "/in"),
        ({"in": [AGE, [1, 2]]}, "/in"),
        ({"<": [AREA, 1.5]}, "/</"),
        ({"<": [1, 2], ">": [1, 2]}, ""),
        ([1, 2], ""),
    ],
)
def test_what_engines_could_read_differently_is_refused(logic: Any, place: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        check(logic, WORDS, "rule")
    assert str(refused.value).startswith("rule")
    assert place in str(refused.value)


@pytest.mark.parametrize(
    ("logic", "data", "value"),
    [
        ({"<": [{"var": "on"}, {"+": [{"var": "m.born"}, 160000]}]}, {"on": 20240930, "m": {"born": 20081001}}, True),
        ({"and": [{"!==": [AGE, None]}, {"<": [AGE, 6]}]}, {"m": {"age": None}}, False),
        ({"and": [{"!==": [AGE, None]}, {"<": [AGE, 6]}]}, {"m": {"age": 5}}, True),
        ({"or": [{"===": [AGE, None]}, {"<": [AGE, 6]}]}, {"m": {}}, True),
        ({"if": [{"===": [AGE, None]}, None, {">=": [AGE, 6]}]}, {"m": {"age": 6}}, True),
        ({"if": [{"===": [AGE, None]}, None, {">=": [AGE, 6]}]}, {"m": {}}, None),
        ({"if": [{"!": [{"!==": [AGE, None]}]}, None, {">=": [AGE, 6]}]}, {"m": {"age": 5}}, False),
        ({"===": [INSURED, None]}, {"m": {}}, True),
        ({"in": ["tv", {"var": "answers.assets"}]}, {"answers": {"assets": ["car", "tv"]}}, True),
        ({"in": ["tv", {"var": "answers.assets"}]}, {"answers": {}}, False),
        ({"in": [{"var": "m.school"}, ["none"]]}, {"m": {"school": None}}, False),
        ({"*": [8, {"var": "counts.members"}]}, {"counts": {"members": 4}}, 32),
    ],
)
def test_what_passes_gives_its_value(logic: Any, data: dict[str, Any], value: Any) -> None:
    assert compiled(logic, WORDS).evaluate(data) == value
    assert type(compiled(logic, WORDS).evaluate(data)) is type(value)
