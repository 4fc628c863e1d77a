"""The one table of steps, walked: every step from every stage gives a next stage or a refusal that says what to do."""

import pytest

from api.accounts.permissions import Permission
from api.codes import label
from api.problems import IllegalStage
from api.reviews import stages, steps
from api.reviews.stages import CONDITIONS, SETTLED, TABLE, Refusal, allowed, taken
from api.reviews.tables import CaseStage, RoundStage

STAGES = {"round": {s.value for s in RoundStage}, "case": {s.value for s in CaseStage}}


@pytest.mark.parametrize("step", TABLE, ids=lambda step: f"{step.subject}.{step.action}")
def test_a_step_names_stages_rights_conditions_and_words_that_exist(step: stages.Step) -> None:
    if step.subject in STAGES:
        assert {*step.before, step.after} <= STAGES[step.subject]
    assert Permission(step.permission)
    assert set(step.needs) <= set(CONDITIONS)
    assert label("step", f"{step.subject}.{step.action}") != label("step", f"{step.subject}.{step.action}", "en")


@pytest.mark.parametrize("step", TABLE, ids=lambda step: f"{step.subject}.{step.action}")
def test_a_step_is_taken_from_its_stages_only_and_while_all_holds(step: stages.Step) -> None:
    every = {stage for row in TABLE if row.subject == step.subject for stage in (*row.before, row.after)}
    for stage in every:
        found = taken(step.subject, step.action, stage, step.needs)
        if stage in step.before:
            assert found == step.after
        else:
            assert isinstance(found, Refusal)
            assert (found.missing, found.allowed) == ((), allowed(step.subject, stage))
    for need in step.needs:
        refused = taken(step.subject, step.action, step.before[0], set(step.needs) - {need})
        assert isinstance(refused, Refusal)
        assert refused.missing == (need,)


def test_every_household_can_come_from_the_list_to_a_decision_and_nothing_leads_back_from_it() -> None:
    reached = {"listed"}
    before: set[str] = set()
    while reached != before:
        before = set(reached)
        reached |= {row.after for row in TABLE if row.subject == "case" and set(row.before) & reached}
    assert reached == STAGES["case"]
    assert allowed("case", "recognised") == ()
    assert {"surveyed", "listed", "agreed", "posted", "resurvey"}.isdisjoint(SETTLED)


def test_a_refusal_says_what_is_allowed_and_who_may_do_it() -> None:
    with pytest.raises(IllegalStage) as refused:
        steps.after("case", "post", "listed")
    assert refused.value.extras["stage"] == "listed"
    assert [row["action"] for row in refused.value.extras["allowed"]] == ["miss", "review"]
    assert refused.value.extras["allowed"][1]["roles"] == ["hamlet_surveyor", "commune_officer"]
    assert "rà soát hộ" in refused.value.detail.vi
