"""Every number that the bank, the culture board or the Front can read may be told, or is one whose small values
are not told (docs/permissions.md): a new address that counts people cannot forget it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.accounts.permissions import ROLE_PERMISSIONS, SMALL_COUNTS_HIDDEN, Permission
from tests.house.wire_document import operations, resolve

# What counts nobody: order, time, money, versions of records.
_NO_COUNT = re.compile(r"_vnd|(_no|version|position|year|months|days_left|min|max|order)$")
# Schemas whose small counts are not told; tests/api/test_small_counts.py holds each to it.
_SUPPRESSED = {
    "CasesAt", "ClassFigures", "ClassTotal", "CountOut", "DecisionTotals", "Figures", "Headcount", "Heads", "Promised",
    "Point", "ReportCell", "SupportFigures", "TargetPoint", "TargetProgress",
}  # fmt: skip
# schema or schema.field -> why its numbers are told as they are
_TOLD = {
    "AttachmentOut.size": "the bytes of a file",
    "Heads.organisations": "organisations are no people",
    "LoanListBrief.line_count": "the bank's own list, whose lines name everybody",
    "LoanListOut.line_count": "the bank's own list, whose lines name everybody",
    "MeetingOut": "the Front was there, and the minutes name everybody (QĐ 24/2021, Điều 5)",
    "VoteOut": "the Front was there, and the minutes name everybody (QĐ 24/2021, Điều 5)",
    "PostingOut.households": "a list that hangs in public, with names",
    "PostedLine": "points on a list that hangs in public, with names",
    "SheetLine": "points on the sheet of the meeting, with names",
    "MovedOut": "one household that the reader may list by name",
    "LineOut": "one household that the reader may list by name",
    "PolicyOut": "numbers of the law",
    "PolicyShort": "numbers of the law",
    "ParameterOut": "numbers of the law",
    "ReportFault": "hidden with the counts it is of: a minimised report has no faults",
    "ReportColumn.number": "the number of a column on the form",
    "ReportRecordOut.count": "whoever is not told small counts is shown no records of a report",
    "EditionOut.edition": "how often a report was corrected",
    "EditionHeader.edition": "how often a report was corrected",
    "StatisticOut": "everybody who lives in a hamlet, as the authorities publish it; nothing about poverty",
    "FigureOut": "what the commune has from a paper: officers and money, nobody of the register",
    "HamletTotals": "everybody who lives in a hamlet, as the authorities publish it; of the register null",
    "TotalsOut": "numbers of hamlets",
    "Tablets": "machines; null for whoever may not see the fleet",
    "QuietTablet": "machines; null for whoever may not see the fleet",
    "UploadOut": "the bytes of a file",
    "RoundPart": "sent to whoever is told everything only",
    "RoundOfYear": "sent to whoever is told everything only",
}


def integers(document: dict[str, Any], schema: dict[str, Any], at: str, seen: set[str]) -> Iterator[tuple[str, bool]]:
    """(schema.field, whether small values of it are suppressed) of every whole number in an answer."""
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    if name in seen:
        return
    schema = resolve(document, schema)
    inner = seen | ({name} if name else set())
    if schema.get("type") == "integer":
        yield at, False
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        for where, _ in integers(document, part, at, inner):
            yield where, {"type": "null"} in schema.get("anyOf", ())
    if isinstance(schema.get("additionalProperties"), dict):
        yield from integers(document, schema["additionalProperties"], at, inner)
    if "items" in schema:
        yield from integers(document, schema["items"], at, inner)
    for field, part in schema.get("properties", {}).items():
        yield from integers(document, part, f"{name or at}.{field}", inner)


@pytest.fixture(scope="module")
def rights() -> set[Permission]:
    """What the roles can do to whom small counts are not told."""
    return {right for right, holders in ROLE_PERMISSIONS.items() if {h.role for h in holders} & SMALL_COUNTS_HIDDEN}


def test_every_number_they_can_read_is_accounted_for(nobody: httpx.Client, rights: set[Permission]) -> None:
    document = nobody.get("/openapi.json").json()
    read: dict[str, bool] = {}
    asked = [one for one in operations(document) if one.method == "get" and set(one.permissions) & rights]
    for operation in asked:
        answer = operation.said["responses"]["200"].get("content", {}).get("application/json")
        if answer is not None:
            for at, may_be_null in integers(document, answer["schema"], "answer", set()):
                read[at.rsplit("__", 1)[-1]] = may_be_null
    counts = {at for at in read if not _NO_COUNT.search(at)}
    assert len(asked) > 30
    assert {at for at in counts if at.split(".")[0] in _SUPPRESSED and at not in _TOLD and not read[at]} == set()
    known = {at for at in counts if at in _TOLD or at.split(".")[0] in (_TOLD.keys() | _SUPPRESSED)}
    assert counts - known == set(), "small values of these are not looked after (api/suppression.py)"
    used = {at.split(".")[0] for at in counts} | counts
    assert (_TOLD.keys() | _SUPPRESSED) - used == set(), "nobody reads these any more"
