"""The made-up register of the demo: which household stands where, with which past, the same at every run (fixed seed).

The numbers of households by past class are chosen, not drawn, so that the demo tells the same story every time:
at the end of 2023 the commune of about 2,500 households has 59 poor and 113 near-poor ones.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_DNS, UUID, uuid5

from api.areas.tables import area_id
from api.demo.families import family
from api.demo.people import Means

SEED = 14080

POOR, NEAR, OUT = "poor", "near_poor", "not_poor"

# (class by the decision of 2022, by that of 2023, what they ask for in 2024) -> households in Trực Thái, in Trực Đại.
# None: that decision does not name the household. A household that no decision ever named has no class.
_STORIES: tuple[tuple[str | None, str | None, str | None, int, int], ...] = (
    (POOR, POOR, None, 40, 4),
    (POOR, POOR, "escape", 5, 0),
    (POOR, NEAR, None, 20, 2),
    (POOR, OUT, None, 25, 2),
    (NEAR, NEAR, None, 68, 8),
    (NEAR, NEAR, "escape", 7, 1),
    (NEAR, POOR, None, 4, 0),
    (NEAR, OUT, None, 85, 8),
    (None, POOR, None, 8, 1),
    (None, NEAR, None, 18, 2),
    (OUT, None, None, 30, 3),
    (OUT, POOR, None, 2, 0),
    (None, None, "review", 76, 8),
    (None, None, "average_living_standard", 12, 1),
)
# Hamlets are not equally poor.
_WEIGHTS = (11, 9, 13, 8, 10, 14, 12, 9)
# Persons found in two hamlets, on purpose: material for the search of duplicates.
_TWICE = 4

_MEANS = {
    POOR: Means(insured=0.97, jobless=0.18, badly_fed=0.2),
    NEAR: Means(insured=0.96, jobless=0.12, badly_fed=0.13),
    OUT: Means(insured=0.75, jobless=0.06, badly_fed=0.07),
    None: Means(insured=0.6, jobless=0.09, badly_fed=0.09),
}
_REASONS = {
    "review": (
        "Chủ hộ ốm nặng, không còn lao động chính",
        "Mất mùa, chăn nuôi thua lỗ, nợ nhiều",
        "Chồng mất, một mình nuôi con nhỏ",
        "Nhà dột nát, không có tiền sửa",
        "Tai nạn lao động, phải điều trị dài ngày",
    ),
    "escape": ("Con đã đi làm, thu nhập ổn định", "Đã trả hết nợ, tự nguyện xin thoát nghèo"),
    "average_living_standard": ("Hộ làm nông nghiệp, cần mua bảo hiểm y tế",),
}


@dataclass(frozen=True)
class MadeUp:
    """One household with everything the demo loads for it."""

    id: UUID
    commune: str
    fields: dict[str, Any]
    members: list[tuple[UUID, dict[str, Any]]]
    classes: tuple[str | None, str | None]
    request: dict[str, Any] | None


def register() -> list[MadeUp]:
    """About 400 households in the eight xóm of Trực Thái and 40 in the two of Trực Đại."""
    rng = Random(SEED)  # noqa: S311  (no secret: the same demo for everybody)
    homes: list[MadeUp] = []
    for place, (commune, hamlets) in enumerate((("14080", 8), ("14071", 2))):
        stories = [story for *story, here, there in _STORIES for _ in range((here, there)[place])]
        rng.shuffle(stories)
        numbers = [0] * hamlets
        for first, second, asks in stories:
            xom = rng.choices(range(hamlets), weights=_WEIGHTS[:hamlets])[0]
            numbers[xom] += 1
            homes.append(_home(rng, commune, f"{commune}-{xom + 1:02d}", numbers[xom], (first, second), asks))
    _some_twice(homes)
    return homes


def requests_without_household() -> list[tuple[UUID, dict[str, Any]]]:
    """Two papers (Mẫu 01) of households nobody has registered yet."""
    papers = (("14080-02", date(2024, 3, 18)), ("14080-06", date(2024, 3, 25)))
    return [
        (
            _id("request", hamlet),
            {
                "household_id": None,
                "hamlet_id": str(area_id(hamlet)),
                "kind": "review",
                "received_on": day.isoformat(),
                "reason": "Hộ mới chuyển về xóm, chưa có trong sổ",
            },
        )
        for hamlet, day in papers
    ]


def _home(
    rng: Random, commune: str, hamlet: str, number: int, classes: tuple[str | None, str | None], asks: str | None
) -> MadeUp:
    household_id = _id("household", f"{hamlet}:{number}")
    people = family(rng, _MEANS[classes[1] or classes[0]])
    members = [
        (_id("member", f"{hamlet}:{number}:{place}"), person | {"household_id": str(household_id)})
        for place, person in enumerate(people, start=1)
    ]
    xom = int(hamlet[-2:])
    name = "Trực Thái" if commune == "14080" else "Trực Đại"
    weak = all(person.get("labour_status") in (None, "not_working") for person in people)
    fields: dict[str, Any] = {
        "hamlet_id": str(area_id(hamlet)),
        "residence": "permanent" if rng.random() < 0.97 else "temporary",
        "address": f"Xóm {xom}, xã {name}, huyện Trực Ninh",
        "head_member_id": str(members[0][0]),
        "no_labour_capacity": weak,
    }
    if rng.random() < 0.95:  # a few papers have no number yet
        fields["household_no"] = f"{number:03d}"
    if rng.random() < 0.55:
        fields["phone"] = f"0100{rng.randint(0, 999_999):06d}"
    if weak:
        fields["no_labour_capacity_ground"] = "Già yếu hoặc khuyết tật nặng, không còn ai lao động được"
    return MadeUp(household_id, commune, fields, members, classes, _request(rng, household_id, asks))


def _request(rng: Random, household_id: UUID, kind: str | None) -> dict[str, Any] | None:
    if kind is None:
        return None
    day = date(2024, 1, 8) + timedelta(days=rng.randint(0, 80))
    return {
        "household_id": str(household_id),
        "kind": kind,
        "received_on": day.isoformat(),
        "reason": rng.choice(_REASONS[kind]),
    }


def _some_twice(homes: list[MadeUp]) -> None:
    """A widowed parent who lives with a child in one hamlet still stands alone in the book of another one."""
    parents = [
        (home.commune, home.fields["hamlet_id"], person)
        for home in homes
        for _, person in home.members
        if person["relation_to_head"] == "parent" and len(person.get("personal_id", "")) == 12
    ][:_TWICE]
    alone = [home for home in homes if len(home.members) == 1]
    for commune, hamlet_id, person in parents:
        home = next(h for h in alone if h.commune == commune and h.fields["hamlet_id"] != hamlet_id)
        alone.remove(home)
        member_id, before = home.members[0]
        home.members[0] = (member_id, person | {"household_id": before["household_id"], "relation_to_head": "head"})


def _id(kind: str, name: str) -> UUID:
    return uuid5(NAMESPACE_DNS, f"demo:{kind}:{name}")
