"""Loans and lists as people send them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from api.areas.tables import area_id

LOANS, LISTS = "/api/v1/loans", "/api/v1/loan-lists"
HAMLET = str(area_id("14080-03"))
# what only the bank and the commune officer may see of a loan
SECRETS = ("51234567", "Mua bò sinh sản", "HD-77", "34567890")


def loan(household_id: Any, **more: Any) -> dict[str, Any]:
    return {
        "household_id": str(household_id), "policy": "credit_poor", "purpose": "Mua bò sinh sản",
        "amount_vnd": 51_234_567, "lent_on": "2024-05-10", "term_months": 36, "contract_no": "HD-77", **more,
    }  # fmt: skip


def line(household_id: Any, member_id: Any, **more: Any) -> dict[str, Any]:
    return {
        "household_id": str(household_id), "member_id": str(member_id), "policy": "credit_poor",
        "purpose": "Mua bò sinh sản", "amount_vnd": 50_000_000, "term_months": 36, **more,
    }  # fmt: skip


def loan_list(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "hamlet_id": HAMLET, "group_name": "Tổ vay vốn xóm 3", "drawn_up_on": "2024-12-11",
        "lines": list(lines), **more,
    }  # fmt: skip


def objections(made: dict[str, Any]) -> list[str | None]:
    return [one["objection"] for one in made["lines"]]


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield str(value)


def ids(found: dict[str, Any]) -> set[UUID]:
    return {UUID(one["household_id"]) for one in found["items"]}
