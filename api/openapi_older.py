"""The description in the words of OpenAPI 3.0: for the page at /docs, and for generators that read no 3.1.

Swagger UI reads a 3.1 document of this size for ten times as long as the same in 3.0, and takes as long again for each
operation that is opened (swagger-api/swagger-ui, issue 10748). Nothing is left out but what 3.0 has no word for: that
the names of a free object follow a pattern.
"""

from typing import Any

VERSION = "3.0.3"
_DATA = frozenset({"default", "enum", "example", "value"})  # what stands there is an example, and no description
_NAMED = frozenset({"properties", "schemas"})  # what stands there are names, and no words of the language
_NULL = {"type": "null"}


def older(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, said in 3.0; the one that is given stays as it is."""
    return {**_said(document), "openapi": VERSION}


def _said(part: Any) -> Any:
    if isinstance(part, list):
        return [_said(one) for one in part]
    if not isinstance(part, dict):
        return part
    said: dict[str, Any] = {}
    for word, what in part.items():
        if word in _NAMED:
            said[word] = {name: _said(schema) for name, schema in what.items()}
        else:
            said[word] = what if word in _DATA else _said(what)
    return _reworded(said)


def _reworded(said: dict[str, Any]) -> dict[str, Any]:
    said.pop("propertyNames", None)
    if "const" in said:
        said["enum"] = [said.pop("const")]
    if isinstance(said.get("examples"), list):
        said["example"] = said.pop("examples")[0]
    if "patternProperties" in said:
        (said["additionalProperties"],) = said.pop("patternProperties").values()
    if _NULL in said.get("anyOf", ()):
        said |= {"anyOf": [one for one in said["anyOf"] if one != _NULL], "nullable": True}
        if len(said["anyOf"]) == 1:
            (only,) = said.pop("anyOf")
            said = only | said if "$ref" not in only else said | {"allOf": [only]}
    if "$ref" in said and len(said) > 1:  # 3.0 reads nothing that stands beside a reference
        said["allOf"] = [{"$ref": said.pop("$ref")}]
    return said
