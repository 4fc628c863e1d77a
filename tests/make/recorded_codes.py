"""Every code that a tablet was ever told, as recorded in tests/vectors/codes.json: it may stand in stored records, and
in work that is still on the road. `python -m tests.make.recorded_codes` adds what is new; it takes nothing away."""

import json
from pathlib import Path
from typing import Any

from api import codes
from api.standards.documents import sha256_of
from api.standards.shipped import shipped

FILE = Path(__file__).parents[1] / "vectors" / "codes.json"


def recorded() -> dict[str, Any]:
    """`lists`: list -> its codes. `standards`: "code/version" -> its hash, form_version, indicators, and of each form
    the questions with the codes of their options."""
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def of_today() -> dict[str, Any]:
    """The same of this program: what `reference` tells."""
    lists = {one["code"]: [value["code"] for value in one["values"]] for one in codes.code_lists()}
    return {"lists": lists, "standards": {f"{one['code']}/{one['version']}": _standard(one) for one in shipped()}}


def _standard(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "sha256": sha256_of(content),
        "form_version": content["form_version"],
        "indicators": [one["code"] for one in content["indicators"]],
        "forms": {form["code"]: options_of(form["questions"]) for form in content["forms"]},
    }


def options_of(questions: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Question -> the codes of its options."""
    return {one["code"]: [option["code"] for option in one.get("options", [])] for one in questions}


def grown(before: dict[str, Any], today: dict[str, Any]) -> dict[str, Any]:
    """What was recorded, and behind it what is new."""
    lists = {
        name: list(dict.fromkeys([*before["lists"].get(name, []), *today["lists"].get(name, [])]))
        for name in [*before["lists"], *today["lists"]]
    }
    return {"lists": lists, "standards": today["standards"] | before["standards"]}


def main() -> None:
    before = recorded() if FILE.exists() else {"lists": {}, "standards": {}}
    FILE.write_text(json.dumps(grown(before, of_today()), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
