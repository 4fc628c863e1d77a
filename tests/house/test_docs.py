"""What is written about the code is true: the pages of docs/ and the OpenAPI document, compared with it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.accounts.permissions import BASIS, ROLE_PERMISSIONS, Permission, Role
from api.openapi import XLSX
from api.problems import CATALOGUE
from api.tables import metadata
from tests.house.wire_document import Operation, operations, resolve, shown_answer

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TONED = re.compile(r"[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
SHORT = {
    "DO": Role.district_officer, "CO": Role.commune_officer, "CC": Role.commune_chair, "HS": Role.hamlet_surveyor,
    "BK": Role.bank_officer, "FN": Role.finance_officer, "CU": Role.culture_officer, "OV": Role.oversight,
    "AD": Role.admin, "SV": Role.service,
}  # fmt: skip


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_pages_are_there() -> None:
    assert len(PAGES) >= 16


@pytest.mark.parametrize("where", ["README.md", "docs/architecture.md"])
def test_every_package_is_named(where: str) -> None:
    packages = {folder.parent.name for folder in (ROOT / "api").glob("*/__init__.py")}
    assert len(packages) > 25
    assert packages - set(re.findall(r"([a-z_]+)/(?=\s)", page(where))) == set()


def test_every_page_is_found_from_the_first_one() -> None:
    linked = set(re.findall(r"\((docs/[\w-]+\.md)\)", page("README.md")))
    assert linked == {name(path) for path in (ROOT / "docs").glob("*.md")}
    assert page("README.md").count("\n") <= 100


def test_every_problem_has_its_heading_with_its_titles_and_no_heading_is_left_over() -> None:
    sections = re.split(r"^## ", page("docs/problems.md"), flags=re.MULTILINE)[1:]
    written = {section.split("\n")[0].strip(): section for section in sections}
    assert set(written) == set(CATALOGUE)
    for slug, kind in CATALOGUE.items():
        assert f"`{kind.status}` · {kind.title.vi} · {kind.title.en}" in written[slug], slug
        assert "**When.** " in written[slug], slug
        assert "**What to do.** " in written[slug], slug


def test_the_table_of_rights_is_that_of_the_code() -> None:
    lines = re.findall(
        r"^\| `([a-z_]+:[a-z_]+)` \| ([A-Z+ ]+) \| ([^|]+) \|$", page("docs/permissions.md"), re.MULTILINE
    )
    assert {right for right, _, _ in lines} == {right.value for right in Permission}
    for right, roles, basis in lines:
        told = {(SHORT[role.removesuffix("+")], role.endswith("+")) for role in roles.split()}
        assert told == {(holder.role, holder.head_only) for holder in ROLE_PERMISSIONS[Permission(right)]}, right
        assert basis.strip() == BASIS[Permission(right)], right


def test_the_data_model_names_every_table_and_no_other() -> None:
    told = page("docs/data-model.md")
    assert [table for table in metadata.tables if not re.search(rf"\b{table}\b", told)] == []
    drawn = set(re.findall(r"^    ([a-z_]+) [|}o{-]+ ([a-z_]+) ?:", told, re.MULTILINE))
    assert {table for pair in drawn for table in pair} <= set(metadata.tables)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_file_named_in_code_letters_exists(path: Path) -> None:
    named = re.findall(r"`((?:api|mobile_sync|migrations|tests|docs)/[\w./-]*)", path.read_text(encoding="utf-8"))
    assert [file for file in named if not (ROOT / file.rstrip(".")).exists()] == []


def test_every_make_command_in_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    for path in PAGES:
        told = set(re.findall(r"(?:^|`)make ([a-z]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert told <= targets, f"{name(path)}: {told - targets}"
    assert {"run", "test", "check", "bench", "help"} <= targets


def commands() -> set[str]:
    found = set()
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        found |= {said.strip() for said in re.findall(r"giamngheo ((?:[a-z][a-z-]+ ?){1,2})(?=[`\s\"<-])", text)}
    return {said for said in found if said.split()[0] in cli_commands() or said.split()[0] not in _PROSE}


# Words that follow the name of the program in prose.
_PROSE = {"is", "on", "the"}


def cli_commands() -> dict[str, Any]:
    import typer

    from api.cli import app

    group: Any = typer.main.get_command(app)
    return {command: group.get_command(None, command) for command in group.list_commands(None)}


def test_every_command_named_in_the_pages_exists() -> None:
    known = cli_commands()
    told = commands()
    assert {"serve", "migrate", "audit verify"} <= told
    for said in told:
        first, *rest = said.split()
        assert first in known, f"giamngheo {said}"
        if rest and hasattr(known[first], "commands"):
            assert rest[0] in known[first].commands, f"giamngheo {said}"


def test_the_settings_in_the_operations_page_exist() -> None:
    from api.config import Settings

    fields = {f"GIAMNGHEO_{field.upper()}" for field in Settings.model_fields}
    told = set(re.findall(r"\bGIAMNGHEO_[A-Z_]+\b", page("docs/operations.md")))
    # of docker-compose.yml and of the key files
    elsewhere = {n for n in told - fields if n in page("docker-compose.yml") or n in page("api/key_files.py")}
    assert told - fields - elsewhere == set()


def test_the_help_of_the_command_line_works() -> None:
    run = subprocess.run([sys.executable, "-m", "api.cli", "--help"], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()


# -- the OpenAPI document


@pytest.fixture
def document(nobody: httpx.Client) -> dict[str, Any]:
    return nobody.get("/openapi.json").json()


def test_every_operation_is_described_for_people(document: dict[str, Any]) -> None:
    described = operations(document)
    assert len(described) >= 50
    assert len({o.said["operationId"] for o in described}) == len(described)
    tags = {tag["name"] for tag in document["tags"]}
    faults: list[str] = []
    for operation in described:
        faults += [f"{operation}: {fault}" for fault in _faults(operation, tags)]
    assert faults == []


def _faults(operation: Operation, tags: set[str]) -> Iterator[str]:
    said = operation.said
    if not TONED.search(said["summary"]):
        yield f"no Vietnamese summary: {said['summary']}"
    if len(said.get("description", "")) < 20:
        yield "no description"
    if not said.get("tags") or not set(said["tags"]) <= tags:
        yield f"tags without words: {said.get('tags')}"
    if operation.guarded and "401" not in said["responses"]:
        yield "guarded, but no 401"
    if operation.permissions and "403" not in said["responses"]:
        yield "needs a right, but no 403"
    body = operation.body()
    if body is not None and body[1] is None:
        yield "no example of its body"
    yield from _faults_of_answers(operation)


def _faults_of_answers(operation: Operation) -> Iterator[str]:
    for status, answer in operation.said["responses"].items():
        if status.startswith("2"):
            if list(answer.get("content", {})) == ["application/pdf"]:
                yield from _faults_of_a_paper(answer)
            elif list(answer.get("content", {})) == [XLSX]:
                if "Content-Disposition" not in answer.get("headers", {}):
                    yield "a workbook without a name"
            elif status != "204" and shown_answer(operation.document, answer) is None:
                yield f"no example of {status}"
        elif status != "304":
            content = answer.get("content", {})
            if list(content) != ["application/problem+json"]:
                yield f"{status} is no problem: {list(content)}"
            elif not content["application/problem+json"]["examples"]:
                yield f"{status} without an example"


def _faults_of_a_paper(answer: dict[str, Any]) -> Iterator[str]:
    """An example of a PDF would be a file: it says which paper it is, that it is bytes, and how it is called."""
    if answer["content"]["application/pdf"]["schema"] != {"type": "string", "format": "binary"}:
        yield "a PDF that is not described as bytes"
    if "A4" not in answer["description"]:
        yield f"does not say which paper: {answer['description']}"
    if "Content-Disposition" not in answer.get("headers", {}):
        yield "a PDF without a name"


def test_every_operation_asks_for_the_right_that_the_page_names(document: dict[str, Any]) -> None:
    told = dict(re.findall(r"^\| `([A-Z]+ /[^`]*)` \| (.+) \|$", page("docs/permissions.md"), re.MULTILINE))
    asked = {
        str(o): " or ".join(f"`{right}`" for right in o.permissions) or ("a sign-in" if o.guarded else "everybody")
        for o in operations(document)
    }
    assert told == asked


def test_nothing_of_the_frameworks_own_errors_is_left(document: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in str(document)
    assert "Problem" in document["components"]["schemas"]


def test_every_problem_shown_is_one_of_ours(document: dict[str, Any]) -> None:
    required = set(document["components"]["schemas"]["Problem"]["required"])
    for operation in operations(document):
        for status, answer in operation.said["responses"].items():
            for slug, shown in (
                answer.get("content", {}).get("application/problem+json", {}).get("examples", {}).items()
            ):
                assert CATALOGUE[slug].status == int(status), f"{operation} {slug}"
                assert required <= set(shown["value"]), f"{operation} {slug}"


def test_the_examples_of_answers_have_the_fields_of_their_schema(document: dict[str, Any]) -> None:
    faults = []
    for operation in operations(document):
        for status, answer in operation.said["responses"].items():
            shown = shown_answer(document, answer) if status.startswith("2") else None
            schema = resolve(document, answer.get("content", {}).get("application/json", {}).get("schema", {}))
            if isinstance(shown, dict) and schema.get("properties"):
                lacking = set(schema.get("required", [])) - set(shown)
                unknown = set(shown) - set(schema["properties"])
                if lacking or unknown:
                    faults.append(f"{operation}: lacks {sorted(lacking)}, unknown {sorted(unknown)}")
    assert faults == []


def test_the_pages_of_the_document_need_no_other_host(nobody: httpx.Client) -> None:
    docs = nobody.get("/docs")
    assert docs.status_code == 200
    assert re.findall(r"(?:src|href)=\"(https?:)?//", docs.text) == []
    for asset in re.findall(r"(?:src|href)=\"([^\"]+)\"", docs.text):
        assert nobody.get(asset).status_code == 200, asset
