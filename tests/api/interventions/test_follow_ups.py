"""What has become due: by the steps that were taken, for each participant or the whole, the overdue first."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from api import clock
from api.interventions.kinds import follow_ups, stages_before
from api.programmes.catalogue import catalogue
from tests.conftest import SignIn
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.programme_work import COMMUNE, HAMLET, ROOT, enrolled, least, opened, take
from tests.make.reviews import counted, household, households

KIND = catalogue().kinds["community_project"]
LIST = "/api/v1/follow-ups"


def on(day: str) -> Any:
    return clock.at(datetime.fromisoformat(f"{day}T09:00:00+07:00"))


def line(home: UUID, **more: Any) -> dict[str, Any]:
    role = next(r for r in KIND.roles if "household" in r.who)
    return {"role": role.code, "household_id": str(home), "fields": least(role.fields)} | more


def running(sign_in: SignIn, *homes: UUID, started: str = "2024-05-20") -> dict[str, Any]:
    made = opened(sign_in, KIND.code)
    if homes:
        enrolled(sign_in("truc-thai"), made, *(line(home, joined_on="2024-05-01") for home in homes))
    for code in ("appraise", "approve", "start"):
        made = take(sign_in, made, code, taken_on=started)
    return made


def work(client: Any, **only: Any) -> list[tuple[str, str | None, str]]:
    items = done(client.get(LIST, params=only))["items"]
    return [(one["step"], one["household_id"], one["due_on"]) for one in items]


def test_the_catalogue_has_results_after_6_12_and_36_months() -> None:
    months = {one.months for one in follow_ups([KIND]) if one.of_participant}
    assert months == {6, 12, 36}
    result = KIND.step("result_6_months")
    assert result is not None
    assert stages_before(KIND, result) == {"proposed", "appraised", "approved", "running", "completed"}


def test_results_fall_due_for_every_participant_the_overdue_first(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home, other = household(session), household(session, "14080-04")
    people(session, home)
    session.commit()
    made = running(sign_in, home, other)
    mine, theirs = str(home), str(other)
    with on("2024-10-01"):
        assert work(officer) == []
    with on("2024-10-25"):
        found = done(officer.get(LIST))["items"]
        assert {(one["step"], one["household_id"]) for one in found} == {
            ("result_6_months", mine), ("result_6_months", theirs),
        }  # fmt: skip
        assert {(one["due_on"], one["days_left"], one["overdue"]) for one in found} == {("2024-11-20", 26, False)}
        (named,) = [one for one in found if one["household_id"] == mine]
        assert (named["name"], named["hamlet_id"], named["title"]) == ("Nguyễn Thị A", HAMLET, made["title"])
    with on("2025-06-01"):
        late = work(officer)
        assert [due for _, _, due in late] == sorted(due for _, _, due in late)
        assert [step for step, _, _ in late] == ["result_6_months"] * 2 + ["check_12_months", *["result_12_months"] * 2]
        assert all(one["overdue"] for one in done(officer.get(LIST))["items"])
        whole = done(officer.get(f"{ROOT}/{made['id']}"))["due"]
        assert len([one for one in whole if one["overdue"]]) == 5
        assert [one["id"] for one in done(officer.get(ROOT, params={"due": "overdue"}))["items"]] == [made["id"]]
    with on("2024-06-01"):
        assert done(officer.get(ROOT, params={"due": "overdue"}))["items"] == []
        far = work(officer, until="2027-06-01")
        assert len(far) == 7
        assert far[-1][2] == "2027-05-20"


def test_what_was_done_is_due_no_more_until_it_is_undone(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home = household(session)
    session.commit()
    made = running(sign_in, home)
    (one,) = done(officer.get(f"{ROOT}/{made['id']}/participants"))["items"]
    until = {"until": "2024-12-01"}
    assert len(work(officer, **until)) == 1
    take(sign_in, made, "result_6_months", participant_id=one["id"], taken_on="2024-11-25")
    assert work(officer, **until) == []
    step = done(officer.get(f"{ROOT}/{made['id']}/steps"))["items"][-1]
    assert (step["due_on"], step["taken_on"]) == ("2024-11-20", "2024-11-25")
    done(officer.post(f"/api/v1/steps/{step['id']}/undoing", json={"reason": "nhầm hộ"}))
    assert len(work(officer, **until)) == 1


def test_who_left_is_followed_up_no_more_and_who_joined_later_later(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home, late = households(session, 2)
    session.commit()
    made = running(sign_in, home)
    enrolled(officer, made, line(late, joined_on="2024-08-31"))
    assert work(officer, until="2025-03-01") == [
        ("result_6_months", str(home), "2024-11-20"),
        ("result_6_months", str(late), "2025-02-28"),
    ]
    first = done(officer.get(f"{ROOT}/{made['id']}/participants"))["items"][0]
    left = {"state": "left", "ended_on": "2024-07-01", "ended_reason": "Chuyển đi"}
    done(officer.patch(f"{ROOT}/{made['id']}/participants/{first['id']}", json=left))
    assert [who for _, who, _ in work(officer, until="2025-03-01")] == [str(late)]


@pytest.mark.parametrize(("ending", "followed"), [("complete", True), ("stop", False)])
def test_a_project_that_was_stopped_is_followed_up_no_more(
    sign_in: SignIn, session: Session, ending: str, followed: bool
) -> None:
    home = household(session)
    session.commit()
    made = running(sign_in, home)
    take(sign_in, made, ending, taken_on="2024-07-01")
    assert bool(work(sign_in("truc-thai"), until="2024-12-31")) == followed


def test_the_head_of_a_hamlet_sees_what_is_due_there(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    home, other = household(session), household(session, "14080-04")
    session.commit()
    running(sign_in, home, other)
    until = {"until": "2024-12-31"}
    assert [who for _, who, _ in work(sign_in("xom-3"), **until)] == [str(home)]
    assert [who for _, who, _ in work(sign_in("xom-4"), **until)] == [str(other)]
    assert work(sign_in("van-hoa"), **until) == []
    assert work(sign_in("truc-dai"), **until) == []
    assert [who for _, who, _ in work(officer, area_id=HAMLET, **until)] == [str(home)]
    assert len(work(officer, area_id=COMMUNE, **until)) == 2


def test_the_work_list_costs_the_same_for_five_and_two_hundred(sign_in: SignIn, session: Session, app: Any) -> None:
    officer = sign_in("truc-thai")
    homes = households(session, 205)
    session.commit()
    costs = []
    for some in (homes[:5], homes[5:]):
        running(sign_in, *some)
        with counted(app.state.engine) as seen:
            items = work(officer, until="2024-12-31", limit=1000)
        costs.append((len(seen), len(items)))
    assert [count for _, count in costs] == [5, 205]
    assert costs[0][0] == costs[1][0], costs
    pages, cursor = [], None
    while True:
        asked: dict[str, Any] = {"until": "2024-12-31", "limit": 90, **({"cursor": cursor} if cursor else {})}
        page = done(officer.get(LIST, params=asked))
        pages += [one["participant_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(pages) == len(set(pages)) == 205


def test_a_household_that_was_merged_is_followed_up_as_its_survivor(sign_in: SignIn, session: Session) -> None:
    officer = sign_in("truc-thai")
    absorbed, survivor = household(session), household(session, "14080-04")
    session.commit()
    running(sign_in, absorbed)
    asked = {"survivor_id": str(survivor), "absorbed_id": str(absorbed), "reason": "ghi hai lần"}
    done(officer.post("/api/v1/households/merge", json=asked))
    assert [who for _, who, _ in work(sign_in("xom-4"), until="2024-12-31")] == [str(survivor)]
    assert work(sign_in("xom-3"), until="2024-12-31") == []
