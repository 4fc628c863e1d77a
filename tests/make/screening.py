"""A standard with a made-up form A that has items and a rule, only to test: those of the law are not known here."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from api import clock
from api.standards.documents import sha256_of
from api.standards.shipped import shipped
from api.standards.tables import StandardVersion

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "screening" / "test-only.json").read_text(encoding="utf-8")
)
FORM = {"code": "form-a", "version": 900}


def content(**more: Any) -> dict[str, Any]:
    """The standard of 2022 with that form A; `more`: other fields of the form."""
    (live,) = (one for one in shipped() if one["code"] == "vn-2022")
    forms = [VECTORS["form"] | more if form["code"] == "form-a" else form for form in live["forms"]]
    words = {"vi": "CHỈ ĐỂ THỬ", "en": "ONLY TO TEST"}
    own = {"code": "test-screening", "version": 1, "form_version": FORM["version"], "label": words}
    return live | own | {"valid_from": "2022-01-02", "forms": forms}


def in_force(session: Session, **more: Any) -> None:
    """Puts it into the place of the standard in force."""
    made = content(**more)
    named = {
        name: made[name]
        for name in ("code", "version", "form_version", "kind", "status", "valid_from", "valid_to", "source")
    }
    session.execute(
        insert(StandardVersion).values(
            **named, content=made, sha256=sha256_of(made), loaded_at=clock.now(), loaded_by_name="test"
        )
    )
