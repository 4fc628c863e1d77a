"""Reads the OpenAPI document the way a foreign client would: operations, their examples, the rights they name."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    said: dict[str, Any] = field(repr=False)
    document: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def guarded(self) -> bool:
        return bool(self.said.get("security"))

    @property
    def permissions(self) -> list[str]:
        return list(self.said.get("x-permissions", []))

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [p for p in self.said.get("parameters", []) if p["in"] == place]

    def body(self) -> tuple[str, Any] | None:
        """The media type and the documented example of the request, None where it takes no body."""
        content = self.said.get("requestBody", {}).get("content")
        if not content:
            return None
        media_type, described = next(iter(content.items()))
        return media_type, _example(self.document, described)


def operations(document: dict[str, Any]) -> list[Operation]:
    """All of them, in the order of the document."""
    return list(_each(document))


def _each(document: dict[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(method, path, item[method], document)


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follows one $ref."""
    reference = schema.get("$ref")
    if reference:
        return document["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return schema


def _example(document: dict[str, Any], described: dict[str, Any]) -> Any:
    if "example" in described:
        return described["example"]
    for shown in described.get("examples", {}).values():
        return shown["value"]
    schema = resolve(document, described.get("schema", {}))
    if schema.get("examples"):
        return schema["examples"][0]
    return schema.get("example")


def shown_answer(document: dict[str, Any], answer: dict[str, Any]) -> Any:
    """The documented example of an answer of an operation, None without one."""
    for described in answer.get("content", {}).values():
        return _example(document, described)
    return None
