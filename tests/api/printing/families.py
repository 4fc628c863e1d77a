"""Families of xóm 3 with their people, and papers printed and read back."""

from typing import Any
from uuid import UUID

import httpx
from sqlmodel import Session

from tests.api.papers.reading import pages, squeezed
from tests.make import rounds
from tests.make.households import actor, hamlet, put_household, put_member
from tests.make.people import account_id

NUMBER = "036161901234"

# head, household number, address, members besides the head; fields that differ from tests/make/households.py
FAMILIES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[dict[str, Any], ...]]] = {
    "huong": (
        {"household_no": "017", "address": "Ngõ 4"},
        {
            "full_name": "Nguyễn Thị Hưởng", "sex": "female", "birth_year": None, "birth_date": "1961-03-04",
            "personal_id": NUMBER, "labour_status": "working", "health_insurance": True, "qualification": "primary",
        },
        (
            {
                "full_name": "Phạm Văn Đoàn", "birth_year": 1958, "relation_to_head": "spouse",
                "labour_status": "not_working", "disability": "severe", "social_allowance": True,
            },
            {
                "full_name": "Phạm Thị Ngọc Ánh", "sex": "female", "birth_year": None, "birth_date": "2014-11-20",
                "relation_to_head": "grandchild", "schooling": "primary", "nutrition": "stunted",
            },
        ),
    ),
    "trai": ({"household_no": "009"}, {"full_name": "Trần Đình Trãi", "birth_year": 1949}, ()),
    "lua": (
        {"household_no": "112", "residence": "temporary"},
        {"full_name": "Lò Thị Lụa", "sex": "female", "birth_year": 1983, "ethnicity": "thai"},
        ({"full_name": "Lò Văn Thoại", "birth_year": 2011, "relation_to_head": "child", "ethnicity": "thai"},),
    ),
}  # fmt: skip


def family(session: Session, name: str, number: int = 3) -> UUID:
    """A family of the cast above in a hamlet of Trực Thái; not committed."""
    household, head, others = FAMILIES[name]
    officer = actor("truc-thai")
    home = put_household(session, officer, hamlet_id=hamlet(number), **household)
    for person in (head, *others):
        put_member(session, officer, home, **person)
    return home


def families(session: Session, *names: str) -> dict[str, UUID]:
    made = {name: family(session, name) for name in names or FAMILIES}
    session.commit()
    return made


def printed(client: httpx.Client, address: str, **query: Any) -> bytes:
    """The PDF at an address."""
    answer = client.get(f"/api/v1{address}", params={name: value for name, value in query.items() if value is not None})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline; filename*=UTF-8''")
    return answer.content


def text_of(pdf: bytes) -> str:
    """All of its text without spaces and line ends, to look for with `said`."""
    return squeezed("".join(pages(pdf)))


def said(pdf: bytes, *words: str) -> list[str]:
    """Which of these words do not stand on the paper."""
    text = text_of(pdf)
    return [word for word in words if squeezed(word) not in text]


def reviewed(session: Session, round_id: UUID, found: dict[UUID, str], **case: Any) -> None:
    """These households on the list of xóm 3, surveyed by its head, with that proposal; not committed."""
    listed = {"stage": "surveyed", "surveyor_id": account_id("xom-3"), **case}
    rounds.cases(session, round_id, list(found), **listed)
    for home, proposed in found.items():
        rounds.review(session, round_id, home, proposed, surveyor_id=account_id("xom-3"))
