"""What goes wrong in the hands of people: a child before its parent, a bad submission, an id used twice."""

import json
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from api.areas.tables import area_id
from tests.season.plan import HAMLETS_PER_COMMUNE
from tests.season.road import BATCHES

if TYPE_CHECKING:
    from tests.season.hands import Hand


def play(hand: "Hand", luck: random.Random) -> str:
    """One of them; its name."""
    if hand.promised and luck.random() < 0.5:
        return _parent_at_last(hand, luck)
    kinds: list[tuple[Callable[[Hand, random.Random], str], int]] = [
        (_child_first, 4),
        (_bad, 4),
        (_other_hamlet, 2),
        (_other_household, 2),
    ]
    if hand.days[hand.stage.day].online:
        kinds.append((_id_reused, 1))
    return luck.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0](hand, luck)


def _child_first(hand: "Hand", luck: random.Random) -> str:
    home = str(UUID(int=luck.getrandbits(128), version=4))
    hand.machine.tablet.create("member", _person(home))
    hand.machine.tablet.create("request", {"household_id": home, "kind": "review", "received_on": _day(hand)})
    hand.promised.append(home)
    return "child before its parent"


def _parent_at_last(hand: "Hand", luck: random.Random) -> str:
    home = hand.promised.pop(luck.randrange(len(hand.promised)))
    household = {"hamlet_id": hand.hamlet_id, "residence": "temporary", "address": "đến sau"}
    hand.machine.tablet.create("household", household, home)
    return "parent at last"


def _bad(hand: "Hand", luck: random.Random) -> str:
    homes = hand.machine.tablet.storage.records("household")
    home = luck.choice(homes).id if homes else str(uuid4())
    entity, data = luck.choice(
        [
            ("member", _person(home) | {"sex": "x"}),
            ("member", _person(home) | {"full_name": "Nguyễn\x00Văn"}),
            ("member", _person(home) | {"birth_year": 10**30}),
            ("household", {"hamlet_id": str(uuid4()), "residence": "permanent"}),
            ("household", {"hamlet_id": hand.hamlet_id, "residence": "permanent", "màu sơn": "xanh"}),
            ("household", {"hamlet_id": hand.hamlet_id, "residence": "permanent", "head_member_id": str(uuid4())}),
            ("request", {"household_id": home, "kind": "review", "received_on": "2999-01-01"}),
            ("delivery", {"household_id": home, "delivered_on": _day(hand)}),
            ("xe_máy", {"biển số": "18-B1"}),
            ("review", {"household_id": home, "round_id": str(uuid4()), "answers": {}}),
        ]
    )
    hand.machine.tablet.create(entity, data)
    return "bad submission"


def _other_hamlet(hand: "Hand", luck: random.Random) -> str:
    """The surveyor moves a household themselves, also out of their own areas."""
    homes = [one for one in hand.machine.tablet.storage.records("household") if one.version]
    if homes:
        to = str(area_id(f"{hand.post.commune}-{luck.randint(1, HAMLETS_PER_COMMUNE):02d}"))
        hand.machine.tablet.change("household", luck.choice(homes).id, {"hamlet_id": to})
    return "moved by a tablet"


def _other_household(hand: "Hand", luck: random.Random) -> str:
    storage = hand.machine.tablet.storage
    people, homes = storage.records("member"), storage.records("household")
    if people and homes:
        hand.machine.tablet.change("member", luck.choice(people).id, {"household_id": luck.choice(homes).id})
    return "person to another household"


def _id_reused(hand: "Hand", luck: random.Random) -> str:
    """A broken app gives an id out twice: the first content stands, the second is kept beside it."""
    known = [work for work in hand.machine.tablet.receipts() if work.outcome is not None]
    if not known:
        return "id used twice (nothing sent yet)"
    work = luck.choice(known)
    submission: dict[str, Any] = {
        "submission_id": work.submission_id, "seq": work.seq, "entity": work.entity, "id": work.record_id,
        "base_version": work.base_version, "recorded_at": work.recorded_at, "data": work.data | {"note": "khác"},
    }  # fmt: skip
    machine = hand.machine
    rate, machine.road.rate = machine.road.rate, 0.0
    try:
        body = {"protocol": 1, "batch_id": str(uuid4()), "device_id": machine.device_id}
        body |= {"sent_at": hand._clock().isoformat(), "submissions": [submission]}
        answer = machine.tablet.line.call(
            "POST", BATCHES, content=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
    finally:
        machine.road.rate = rate
    (outcome,) = answer.json()["outcomes"]
    machine.road.witness.told[work.submission_id].pop()  # that was about the other content
    slug = (outcome["problem"] or {}).get("type", "")
    hand.checked["reused"] += 1
    if outcome["outcome"] != "rejected" or not slug.endswith("submission-id-reused"):
        hand.broken.append(f"mã dùng lại {work.submission_id}: {outcome['outcome']} {slug}")
    return "id used twice"


def _person(home: str) -> dict[str, Any]:
    return {
        "household_id": home,
        "full_name": "Trần Thị Mẫu",
        "sex": "female",
        "birth_year": 1975,
        "relation_to_head": "other",
        "ethnicity": "kinh",
    }


def _day(hand: "Hand") -> str:
    return hand.stage.plan.today(hand.stage.day).isoformat()
