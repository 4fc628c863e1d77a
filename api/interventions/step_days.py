"""The days of steps: nothing is done before what it rests on.

Papers are often typed late, so steps are compared by day, not by when they were recorded, and only with the steps they
rest on: visits and results of the same stage may come in any order.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from api.interventions import kinds
from api.plans.years import first_day
from api.problems import FieldError, Invalid
from api.programmes.definition import Kind, Step


def check_day(
    kind: Kind, step: Step, row: Row[Any], taken_on: date, joined_on: date | None, taken: Sequence[Row[Any]]
) -> None:
    """Raises Invalid for a day before an earlier step it rests on (which it names with its day), before the participant
    joined, before the start of what it ends, or before the year that precedes the year of the intervention: what was
    done then prepared something else.

    `taken`: the steps of the intervention in their order. The same day is fine.
    """
    said = _fault(kind, step, row, taken_on, joined_on, [one for one in taken if one.undone_at is None])
    if said is not None:
        raise Invalid(errors=(FieldError("#/taken_on", *said),))


def _fault(
    kind: Kind, step: Step, row: Row[Any], taken_on: date, joined_on: date | None, taken: Sequence[Row[Any]]
) -> tuple[str, str, str] | None:
    late = [one for one in _rests_on(kind, step, row.stage, taken_on, taken) if one.taken_on > taken_on]
    if late:
        last = max(late, key=lambda one: one.taken_on)
        earlier = kind.step(last.step)
        vi, en = (earlier.label.vi, earlier.label.en) if earlier else (last.step, last.step)
        return (
            "before_an_earlier_step",
            f"Ngày này trước bước «{vi}» ngày {last.taken_on:%d/%m/%Y}, là bước phải làm trước.",
            f"This day lies before «{en}» of {last.taken_on}, which comes first.",
        )
    if joined_on is not None and taken_on < joined_on:
        vi = f"Ngày này trước ngày tham gia ({joined_on:%d/%m/%Y})."
        return "before_joining", vi, f"Before the day of joining ({joined_on})."
    if row.starts_on is not None and taken_on < row.starts_on and _ends_what_ran(kind, step):
        vi = f"Ngày kết thúc trước ngày bắt đầu ({row.starts_on:%d/%m/%Y})."
        return "before_the_start", vi, f"It ends before it starts ({row.starts_on})."
    first = first_day(row.year)
    if taken_on < first:
        vi = f"Hoạt động của năm {row.year}: ngày của bước không được trước {first:%d/%m/%Y}."
        return "before_its_time", vi, f"It is of {row.year}: no step lies before {first}."
    return None


def _rests_on(kind: Kind, step: Step, stage: str, day: date, taken: Sequence[Row[Any]]) -> Sequence[Row[Any]]:
    """The steps that come before this one, whatever was recorded when."""
    if kinds.moves_on(step, stage):
        return [one for one in taken if _led_on(one) or not _still_possible(kind, one.step, step.after)]
    bases = [one for one in taken if one.step == step.due_after][-1:]
    # it is possible since the intervention came into one of the stages that allow it, without having left them since
    entered = next((one for one in reversed(taken) if _led_on(one) and one.stage_before not in step.before), None)
    return bases if entered is None or _was_possible(step, day, taken) else [*bases, entered]


def _was_possible(step: Step, day: date, taken: Sequence[Row[Any]]) -> bool:
    """Was it, on that day, at a stage that allows the step, and went on since? (A loudspeaker that broke meanwhile.)"""
    since = date.min
    for one in filter(_led_on, taken):
        if one.stage_before in step.before and since <= day <= one.taken_on:
            return True
        since = one.taken_on
    return False


def _led_on(one: Row[Any]) -> bool:
    return bool(one.stage_after != one.stage_before)


def _still_possible(kind: Kind, code: str, stage: str | None) -> bool:
    """May such a step be taken at the stage that comes next? Then its day says nothing about that stage."""
    earlier = kind.step(code)
    return earlier is not None and stage in earlier.before


def _ends_what_ran(kind: Kind, step: Step) -> bool:
    """Where a kind has one end only, it was not called off or refused before it began."""
    ends = [one.code for one in kind.stages if kinds.has_ended(kind, one.code)]
    return ends == [step.after]
