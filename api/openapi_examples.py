"""Examples keep their nulls. FastAPI drops every null when it writes the document, also those inside of an example,
and a page without its `next_cursor`, or an edit without its `base_version`, would be an example that we refuse."""

from typing import Any

_NULL = "\ue000null"  # a private character: no example of ours contains it


def with_nulls_kept(value: Any) -> Any:
    """The example with its nulls in disguise, as it is handed to FastAPI."""
    if isinstance(value, dict):
        return {key: with_nulls_kept(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [with_nulls_kept(inner) for inner in value]
    return _NULL if value is None else value


def nulls_again(value: Any) -> Any:
    """The document with its nulls back in their places."""
    if isinstance(value, dict):
        return {key: nulls_again(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [nulls_again(inner) for inner in value]
    return None if value == _NULL else value


def restore_request_example(route: Any, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The example of a request body as its schema or its route states it."""
    for described in operation.get("requestBody", {}).get("content", {}).values():
        extra = (getattr(route, "openapi_extra", None) or {}).get("requestBody", {}).get("content", {})
        for stated in extra.values():
            if "example" in stated:
                described["example"] = stated["example"]
        model = getattr(getattr(route.body_field, "field_info", None), "annotation", None)
        stated = getattr(model, "model_config", {}).get("json_schema_extra")
        component = schemas.get(described.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1])
        if component is not None and isinstance(stated, dict) and "examples" in stated:
            component["examples"] = stated["examples"]
