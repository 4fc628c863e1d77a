"""The description in OpenAPI 3.0, which /docs reads: the same as /openapi.json, in words that 3.0 has."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

TYPES = {"string", "integer", "number", "boolean", "array", "object"}
NO_WORDS_OF_IT = {"const", "patternProperties", "propertyNames", "prefixItems", "contentMediaType", "if", "then"}
DATA = {"example", "value", "default", "enum"}


@pytest.fixture
def newer(nobody: httpx.Client) -> dict[str, Any]:
    return dict(nobody.get("/openapi.json").json())


@pytest.fixture
def older(nobody: httpx.Client) -> dict[str, Any]:
    return dict(nobody.get("/docs/openapi-3.0.json").json())


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Whatever stands where a schema may stand; examples and names are none."""
    if isinstance(part, list):
        for one in part:
            yield from schemas(one)
    elif isinstance(part, dict):
        yield part
        for word, what in part.items():
            if word in ("properties", "schemas"):
                yield from schemas(list(what.values()))
            elif word not in DATA:
                yield from schemas(what)


def may_be_null(document: dict[str, Any]) -> int:
    return sum(
        schema.get("nullable") is True or {"type": "null"} in schema.get("anyOf", ()) for schema in schemas(document)
    )


def told(document: dict[str, Any]) -> dict[str, Any]:
    """What an operation is, without the schemas."""
    return {
        f"{method} {path}": (
            {word: said for word, said in operation.items() if word not in ("parameters", "requestBody", "responses")},
            [(p["in"], p["name"], p.get("required"), p.get("description")) for p in operation.get("parameters", [])],
            list(operation.get("requestBody", {}).get("content", {})),
            {
                status: (
                    answer["description"],
                    {kind: shown.get("examples") for kind, shown in answer.get("content", {}).items()},
                )
                for status, answer in operation["responses"].items()
            },
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_it_tells_the_same_operations_parameters_answers_and_examples(
    newer: dict[str, Any], older: dict[str, Any]
) -> None:
    assert len(told(newer)) > 250
    assert told(older) == told(newer)


def test_the_same_fields_may_be_null_and_have_the_same_names(newer: dict[str, Any], older: dict[str, Any]) -> None:
    assert may_be_null(newer) > 1000
    assert may_be_null(older) == may_be_null(newer)
    for name, schema in newer["components"]["schemas"].items():
        assert list(older["components"]["schemas"][name].get("properties", {})) == list(schema.get("properties", {}))


def test_no_word_of_it_is_one_that_only_openapi_3_1_has(older: dict[str, Any]) -> None:
    assert older["openapi"] == "3.0.3"
    faults: Counter[str] = Counter()
    for schema in schemas(older):
        faults.update(NO_WORDS_OF_IT & schema.keys())
        faults["a list of examples"] += isinstance(schema.get("examples"), list)
        faults["no type of 3.0"] += isinstance(schema.get("type"), list) or schema.get("type") == "null"
        faults["beside a reference"] += "$ref" in schema and len(schema) > 1
    assert +faults == Counter()


def test_a_chapter_is_introduced_once_and_a_change_names_no_default(newer: dict[str, Any]) -> None:
    chapters = Counter(chapter["name"] for chapter in newer["tags"])
    assert [name for name, times in chapters.items() if times > 1] == []
    for item in newer["paths"].values():
        for sent in item.get("patch", {}).get("requestBody", {}).get("content", {}).values():
            change = newer["components"]["schemas"][sent["schema"]["$ref"].rsplit("/", 1)[1]]
            assert [name for name, field in change["properties"].items() if "default" in field] == []


def test_the_page_reads_it(nobody: httpx.Client) -> None:
    assert "url: '/docs/openapi-3.0.json'" in nobody.get("/docs").text
