"""What holds for every kind of the catalogue: it can be opened, all of its steps can be taken by people who hold the
rights, and everybody whom a role takes can be enrolled."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import Session

from api.accounts.permissions import ROLE_PERMISSIONS, Permission
from api.interventions import kinds
from api.interventions.doors import RECORDING, STEPPING
from api.programmes.catalogue import catalogue
from api.programmes.definition import Kind, Step
from tests.make.answers import done
from tests.make.decisions import people
from tests.make.programme_work import ROOT, body_of, enrolled, least, opened, organisation, somebody, take, who_holds
from tests.make.reviews import household

SignIn = Callable[[str], httpx.Client]
KINDS = sorted(catalogue().kinds.values(), key=lambda kind: kind.code)


class Village:
    """Whom a kind may be about, and who may take part."""

    def __init__(self, session: Session, officer: httpx.Client) -> None:
        self.household_id: UUID = household(session)
        self.member_id: UUID = people(session, self.household_id)[0]
        session.commit()
        self.organisation_id = organisation(officer)

    def subject(self, kind: Kind) -> dict[str, str]:
        """Names of whom it is about, where it has to be about somebody."""
        if not kind.about:
            return {}
        named = somebody(kind.about[0], self.household_id, self.member_id, self.organisation_id)
        return {name: str(value) for name, value in named.items()}


@pytest.fixture
def village(session: Session, sign_in: SignIn) -> Village:
    return Village(session, sign_in("truc-thai"))


def test_the_doors_know_every_right_that_a_kind_names() -> None:
    assert {kind.right for kind in KINDS} <= set(RECORDING)
    assert {kinds.right_of(kind, step) for kind in KINDS for step in kind.steps} <= set(STEPPING)
    readers = {reader for kind in KINDS for reader in kind.readers}
    # the list is behind programmes:read: whoever may read a kind has to get in there
    may = {holder.role for holder in ROLE_PERMISSIONS[Permission.programmes_read]}
    for reader in readers:
        assert {holder.role for holder in ROLE_PERMISSIONS[Permission(reader)]} <= may, reader


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_step_can_be_taken_by_people_who_hold_the_rights(kind: Kind, sign_in: SignIn, village: Village) -> None:
    client = sign_in(who_holds(kind.right).username)
    open_steps = {step.code for step in kind.steps}
    assert opened(sign_in, kind.code, **village.subject(kind))["stage"] == kind.first_stage
    while open_steps:
        before = len(open_steps)
        made = opened(sign_in, kind.code, **village.subject(kind))
        step = next_of(kind, made["stage"], open_steps)
        while step is not None:
            whom = takes_part(client, kind, made, village) if step.of_participant else {}
            assert step.code in {one["step"] for one in made["next_steps"]}
            after = take(sign_in, made, step.code, **whom)
            assert after["stage"] == (step.after or made["stage"])
            open_steps.discard(step.code)
            listed = done(client.get(f"{ROOT}/{made['id']}/steps"))["items"]
            assert (listed[-1]["step"], listed[-1]["participant_id"]) == (step.code, whom.get("participant_id"))
            made = after
            step = next_of(kind, made["stage"], open_steps)
        assert len(open_steps) < before, f"{kind.code}: nobody can take {open_steps}"


def next_of(kind: Kind, stage: str, left: set[str]) -> Step | None:
    """A step that was not taken yet, those that stay first; otherwise one on the way to such a step."""
    here = sorted(kinds.steps_at(kind, stage), key=lambda step: kinds.moves_on(step, stage))
    untaken = [step for step in here if step.code in left]
    towards = [
        step
        for step in here
        if kinds.moves_on(step, stage)
        and any(step.after in kinds.stages_before(kind, one) for one in kind.steps if one.code in left)
    ]
    return next(iter([*untaken, *towards]), None)


def takes_part(client: httpx.Client, kind: Kind, made: dict[str, Any], village: Village) -> dict[str, Any]:
    there = done(client.get(f"{ROOT}/{made['id']}/participants"))["items"]
    if not there:
        role = kind.roles[0]
        whom = somebody(role.who[0], village.household_id, village.member_id, village.organisation_id)
        there = enrolled(client, made, {"role": role.code, "fields": least(role.fields), **whom})
    return {"participant_id": there[0]["id"]}


@pytest.mark.parametrize("kind", [k for k in KINDS if k.roles], ids=lambda kind: kind.code)
def test_everybody_whom_a_role_takes_can_be_enrolled_and_nobody_else(
    kind: Kind, sign_in: SignIn, village: Village
) -> None:
    client = sign_in(who_holds(kind.right).username)
    made = opened(sign_in, kind.code, **village.subject(kind))
    whom = (village.household_id, village.member_id, village.organisation_id)
    for role in kind.roles:
        for taking in ("household", "member", "organisation", "outsider", "headcount"):
            who = {"role": role.code, "fields": least(role.fields), "joined_on": "2024-05-20"}
            sent = {"participants": [who | somebody(taking, *whom)]}
            answer = client.post(f"{ROOT}/{made['id']}/participants", json=sent)
            if taking in role.who:
                assert answer.status_code == 201, f"{role.code} {taking}: {answer.text}"
            else:
                assert answer.status_code == 422, f"{role.code} {taking}: {answer.text}"
                assert answer.json()["errors"][0]["code"] == "not_of_this_role"
    heads = done(client.get(f"{ROOT}/{made['id']}"))["heads"]
    assert heads["participants"] == sum(len(role.who) for role in kind.roles)


def test_what_a_kind_requires_is_asked_for_with_its_place_and_label(sign_in: SignIn, village: Village) -> None:
    for kind in KINDS:
        client = sign_in(who_holds(kind.right).username)
        for field in (one for one in kind.fields if one.required):
            fields = {code: value for code, value in least(kind.fields).items() if code != field.code}
            answer = client.post(ROOT, json=body_of(kind, **village.subject(kind), fields=fields))
            assert answer.status_code == 422, answer.text
            (error,) = answer.json()["errors"]
            assert (error["pointer"], error["code"]) == (f"#/fields/{field.code}", "missing")
            assert error["details"]["vi"] == f"{field.label.vi}: Thiếu trường bắt buộc này."
        if kind.about_required:
            answer = client.post(ROOT, json=body_of(kind))
            assert answer.status_code == 422, answer.text
            assert "missing" in {error["code"] for error in answer.json()["errors"]}
