"""The published description of the wire: /openapi.json and /docs, with the problems and the right of every operation.

A route says what is its own (`responses=problems("not-found") | example({...})`); what every operation has in common
is added here, so that it cannot be forgotten.
"""

import tomllib
from functools import cache
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.routing import iter_route_contexts
from starlette.staticfiles import StaticFiles

from api.accounts.permissions import ROLE_PERMISSIONS, Permission
from api.openapi_examples import nulls_again, restore_request_example, with_nulls_kept
from api.openapi_older import older
from api.openapi_parts import DESCRIPTION, SECURITY, TAGS, problem_schema
from api.problems import CATALOGUE, NotFound, Problem

MEDIA_TYPE = "application/problem+json"
PDF = "application/pdf"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_DATABASE = "/healthz"
_OLDER = "/docs/openapi-3.0.json"


def problems(*slugs: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: the problems an operation can answer with, by status, one example per slug.

    Raises KeyError for a slug that api/problems.py does not have.
    """
    answers: dict[int | str, dict[str, Any]] = {}
    for slug in slugs:
        kind = CATALOGUE[slug]
        said = answers.setdefault(kind.status, {"description": "", "content": {MEDIA_TYPE: _content()}})
        said["description"] = " · ".join(filter(None, (said["description"], f"`{slug}` {kind.title.vi}")))
        said["content"][MEDIA_TYPE]["examples"][slug] = {"summary": kind.title.en, "value": _example_of(kind)}
    return answers


def example(value: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: what a good answer looks like. `problems("not-found") | example({"id": ...}, status=201)`."""
    return {status: {"content": {"application/json": {"example": with_nulls_kept(value)}}}}


def pdf(what: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: a printed paper. An example of it would be a file; `what` says which paper it is."""
    return _file(what, PDF)


def xlsx(what: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: a workbook. `what` says what is in it."""
    return _file(what, XLSX)


def csv(what: str, shown: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: a table as text. `what` says what is in it, `shown` is how it begins."""
    said = _file(what, CSV)
    said[200]["content"][CSV] = {"schema": {"type": "string"}, "example": shown}
    return said


def _file(what: str, media_type: str) -> dict[int | str, dict[str, Any]]:
    disposition = {"description": "The name to save it under.", "schema": {"type": "string"}}
    shown = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": what, "content": {media_type: shown}, "headers": {"Content-Disposition": disposition}}}


def install(app: FastAPI) -> None:
    """Puts the description at /openapi.json and a readable page at /docs, which reads it in the words of OpenAPI 3.0
    (`api/openapi_older.py`); neither needs another host.

    `/problems/<slug>`, the `type` of a problem, answers too: with what the problem is called.
    """

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]
    app.mount("/docs/assets", StaticFiles(packages=[("fastapi_offline", "static")]))

    @cache
    def in_older_words() -> bytes:
        return orjson.dumps(older(described()))

    @app.get(_OLDER, include_in_schema=False)
    def older_document() -> Response:
        return Response(in_older_words(), media_type="application/json")

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=_OLDER,
            title="giamngheo · API",
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/docs/assets/favicon.png",
            swagger_ui_parameters={"docExpansion": "none", "filter": True, "persistAuthorization": False},
        )

    @app.get("/problems/{slug}", include_in_schema=False)
    def problem_page(slug: str) -> HTMLResponse:
        if slug not in CATALOGUE:
            raise NotFound()
        return HTMLResponse(_page_of(CATALOGUE[slug]))


def _describe(app: FastAPI) -> dict[str, Any]:
    document: dict[str, Any] = nulls_again(_written_by_fastapi(app))
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for (path, method), route in _routes(app).items():
        operation = document["paths"].get(path, {}).get(method)
        if operation is not None:
            restore_request_example(route, operation, schemas)
            if method == "patch":
                _without_defaults(operation, schemas)
            _complete(operation, path, _door(route.dependant))
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    schemas["Problem"] = problem_schema()
    for scheme in document["components"].get("securitySchemes", {}).values():
        scheme["description"] = SECURITY
    return document


def _without_defaults(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """What a change does not name stays: a default in its description would have a client send it, and undo others."""
    for sent in operation["requestBody"]["content"].values():
        for told in schemas[sent["schema"]["$ref"].rsplit("/", 1)[1]]["properties"].values():
            told.pop("default", None)


def _written_by_fastapi(app: FastAPI) -> dict[str, Any]:
    return get_openapi(
        title="giamngheo",
        version=_version(),
        description=DESCRIPTION,
        routes=app.routes,
        tags=TAGS,
        servers=[{"url": "/", "description": "Máy chủ này / this server"}],
    )


def _complete(operation: dict[str, Any], path: str, rights: tuple[Permission, ...]) -> None:
    """Adds to one operation what all have in common: the right it needs and the problems that can always come."""
    if rights:
        named = " | ".join(f"`{right}`" for right in rights)
        roles = sorted({holder.role.value for right in rights for holder in ROLE_PERMISSIONS[right]})
        words = f"Quyền / permission: {named} ({', '.join(roles)})"
        operation["description"] = f"{operation.get('description', '').strip()}\n\n{words}".strip()
        operation["x-permissions"] = [right.value for right in rights]
    answers = operation.setdefault("responses", {})
    theirs = answers.get("422", {}).get("content", {})
    if "HTTPValidationError" in str(theirs.get("application/json", "")):
        theirs.pop("application/json")
        if not theirs:
            answers.pop("422")
    for status, said in problems(*_common(operation, path, bool(rights))).items():
        _merge(answers, str(status), said)


def _common(operation: dict[str, Any], path: str, guarded: bool) -> list[str]:
    slugs = ["internal-error"] + ([] if path == _NO_DATABASE else ["unavailable"])
    if operation.get("security"):
        slugs += ["not-signed-in", "device-revoked"]
    if guarded:
        slugs += ["permission-denied"]
    if operation.get("parameters") or "requestBody" in operation:
        slugs += ["invalid"]
    if "requestBody" in operation:
        slugs += ["not-json", "too-large", "unsupported-encoding"]
    return slugs


def _merge(answers: dict[str, Any], status: str, said: dict[str, Any]) -> None:
    """One status may already be there with other slugs: theirs stay, ours are added."""
    there = answers.setdefault(status, {"description": "", "content": {}})
    examples = there.setdefault("content", {}).setdefault(MEDIA_TYPE, _content())["examples"]
    new = {slug: shown for slug, shown in said["content"][MEDIA_TYPE]["examples"].items() if slug not in examples}
    examples.update(new)
    words = [there.get("description", "")] + [f"`{slug}` {CATALOGUE[slug].title.vi}" for slug in new]
    there["description"] = " · ".join(filter(None, words))


def _content() -> dict[str, Any]:
    return {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}


def _page_of(kind: type[Problem]) -> str:
    vi, en = escape(kind.title.vi), escape(kind.title.en)
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{vi}</title>'
        f'<h1>{vi}</h1><p lang="en">{en}</p><p><code>{kind.slug}</code> · HTTP {kind.status}</p>'
        "<p>Câu trả lời cho biết chi tiết và cách xử lý ở <code>detail</code>. "
        '<span lang="en">The answer says in <code>detail</code> what happened and what to do.</span></p></html>'
    )


def _example_of(kind: type[Problem]) -> dict[str, Any]:
    return kind().body("vi", "0b1c2d3e4f5061728394a5b6c7d8e9f0")


def _routes(app: FastAPI) -> dict[tuple[str, str], Any]:
    """(path, method) -> the route behind it."""
    found: dict[tuple[str, str], Any] = {}
    for route in iter_route_contexts(app.routes):
        if getattr(route, "dependant", None) is not None and route.path_format:
            found |= {(route.path_format, method.lower()): route for method in route.methods or ()}
    return found


def _door(dependant: Any) -> tuple[Permission, ...]:
    for inner in dependant.dependencies:
        rights: tuple[Permission, ...] = getattr(inner.call, "permissions", ()) or _door(inner)
        if rights:
            return rights
    return ()


def _version() -> str:
    try:
        return version("giamngheo")
    except PackageNotFoundError:  # run from a checkout that was never installed
        project = Path(__file__).parents[1] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
