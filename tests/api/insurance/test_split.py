"""A commune that is split: each part goes on from what the insurer was told of its own people, and of nobody else's."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from api.areas.commands import rebuild_closure
from api.areas.tables import Area, AreaParent, AreaSuccession, area_id
from api.insurance import standing
from tests.api.insurance.insurer import home, round_of
from tests.conftest import SignIn
from tests.make.answers import done

C, DAY, LATER = area_id("14080"), date(2024, 3, 1), date(2024, 3, 31)


@pytest.fixture
def officer(sign_in: SignIn) -> httpx.Client:
    return sign_in("truc-thai")


def split(session: Session, *parts: tuple[str, tuple[str, ...]], ends: bool) -> list[UUID]:
    """New communes from DAY on, each with these hamlets of the old one; `ends`: nothing is left of that."""
    (old,) = session.execute(text("SELECT * FROM area WHERE id = :id"), {"id": C}).all()
    (district,) = session.execute(text("SELECT parent_id FROM area_parent WHERE area_id = :id"), {"id": C}).one()
    made = []
    for code, hamlets in parts:
        new = area_id(code, DAY)
        row: dict[str, Any] = dict(old._mapping) | {"id": new, "code": code, "valid_from": DAY, "valid_to": None}
        session.execute(insert(Area).values(**row))
        session.execute(insert(AreaParent).values(area_id=new, parent_id=district, valid_from=DAY))
        way = {"predecessor_id": C, "successor_id": new, "on_day": DAY, "kind": "split_from", "source": "thử"}
        session.execute(insert(AreaSuccession).values(**way))
        for hamlet in hamlets:
            said = {"id": area_id(hamlet), "eve": date(2024, 2, 29)}
            session.execute(text("UPDATE area_parent SET valid_to = :eve WHERE area_id = :id"), said)
            session.execute(insert(AreaParent).values(area_id=said["id"], parent_id=new, valid_from=DAY))
        made.append(new)
    if ends:
        eve = {"id": C, "eve": date(2024, 2, 29)}
        session.execute(text("UPDATE area_parent SET valid_to = :eve WHERE area_id = :id"), eve)
        session.execute(text("UPDATE area SET valid_to = :eve WHERE id = :id"), eve)
    rebuild_closure(session)
    session.commit()
    return made


def on(session: Session, area: UUID, day: date = LATER) -> set[UUID]:
    return {member for member, one in standing.told(session, area, day).items() if one.on}


def test_each_part_goes_on_from_what_was_told_of_its_own_people(session: Session, officer: httpx.Client) -> None:
    _, *three = home(session, 2, hamlet="14080-03")
    _, *four = home(session, 3, hamlet="14080-04")
    away, *gone = home(session, 1, hamlet="14080-04")
    round_of(officer, "2024-01-01")
    move = {"hamlet_id": str(area_id("14071-01")), "moved_on": "2024-02-10"}
    done(officer.post(f"/api/v1/households/{away}/move", json=move))
    a, b = split(session, ("99001", ("14080-03",)), ("99002", ("14080-04",)), ends=True)
    # who had left before is told to be off by every part
    assert on(session, a) == {*three, *gone}
    assert on(session, b) == {*four, *gone}
    everybody = {*three, *four, *gone}
    here = {one.member_id: one.lives_here for one in standing.people(session, b, LATER, everybody)}
    assert here == dict.fromkeys(everybody, False) | dict.fromkeys(four, True)
    # before the split it was one
    assert on(session, C, date(2024, 2, 28)) == everybody
    ((increases, decreases),) = standing.sums(session, b, LATER, C).values()
    assert (increases, decreases) == (4, 0)


def test_a_part_that_left_takes_its_people_from_what_goes_on(session: Session, officer: httpx.Client) -> None:
    _, *three = home(session, 2, hamlet="14080-03")
    house, *four = home(session, 3, hamlet="14080-04")
    round_of(officer, "2024-01-01")
    (b,) = split(session, ("99002", ("14080-04",)), ends=False)
    assert (on(session, C), on(session, b)) == (set(three), set(four))
    # where they go later is a move like any other: off in the one, on in the other
    move = text("INSERT INTO household_move (id, household_id, from_hamlet_id, to_hamlet_id, moved_on, recorded_at) "
                "VALUES (gen_random_uuid(), :house, :from, :to, '2024-03-10', now())")  # fmt: skip
    session.execute(move, {"house": house, "from": area_id("14080-04"), "to": area_id("14080-03")})
    session.execute(
        text("UPDATE household SET hamlet_id = :to WHERE id = :house"), {"house": house, "to": area_id("14080-03")}
    )
    session.commit()
    assert (on(session, C), on(session, b)) == (set(three), set(four))


def test_what_went_on_and_was_merged_later_takes_its_people_along(session: Session, officer: httpx.Client) -> None:
    _, *three = home(session, 2, hamlet="14080-03")
    _, *four = home(session, 1, hamlet="14080-04")
    round_of(officer, "2024-01-01")
    (b,) = split(session, ("99002", ("14080-04",)), ends=False)
    into = {"predecessor_id": C, "successor_id": area_id("14071"), "on_day": date(2024, 3, 15)}
    session.execute(insert(AreaSuccession).values(**into, kind="merged_into", source="thử"))
    session.commit()
    assert (on(session, area_id("14071")), on(session, b)) == (set(three), set(four))
