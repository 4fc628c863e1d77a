"""How far a plan has come: each target held against its indicator, by hamlet and month, with who is still missing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from api.accounts.actor import Actor
from api.indicators.asked import month_ends
from api.indicators.catalogue import INDICATORS, parts
from api.indicators.definition import Figure, Indicator, Measure
from api.indicators.points import (
    Numbers,
    Place,
    denominator_of,
    numerator_of,
    point,
    unknown_because,
    value_of,
)
from api.indicators.queries import children, find_place, mine_among, numbers, place_of
from api.indicators.schemas import PlanProgress, Point, TargetPoint, TargetProgress
from api.indicators.small_counts import NOT_TOLD, told
from api.indicators.tracks import Stand, gap, track
from api.plans.queries import plan as read_plan
from api.plans.schemas import PlanWithTargets, Target
from api.problems import FieldError, Invalid
from api.schema import Words

By = Literal["area", "month"]
Found = Mapping[tuple[date, UUID], Mapping[str, Numbers]]
# Targets that go by another name than their indicator.
_INDICATOR_OF = {
    "multidimensional_poverty_rate": "multidimensional_poverty_change",
    "livelihood_models": "models_started",
}
_NO_INDICATOR = Words(vi="Chưa có chỉ tiêu được tính cho mục tiêu này.", en="No indicator counts it yet.")
RULE = Words(
    vi="Đúng tiến độ: giá trị đã đạt phần của mục tiêu ứng với số ngày đã qua trong năm kế hoạch, tính từ giá trị ngày"
    " 31/12 năm trước (từ 0 với việc đếm trong năm).",
    en="On track: the value has come as far from that of 31 December before (from 0 for what counts within the year)"
    " to the target as the days of the plan's year have.",
)
_NO_NUMBER = Words(
    vi="Kế hoạch không nêu con số cho mục tiêu này, nên không xét tiến độ.",
    en="The plan gives no number for this target, so there is no track to be on.",
)
# small counts, to whom they are not told
_NOT_TOLD = Stand(None, None, None, None)
# What starts again from 0 with every year.
_WITHIN_THE_YEAR = frozenset({
    "access_to_services_and_policies", "job_support", "vocational_training", "safe_housing", "models_started",
    "officers_trained", "school_benefits",
})  # fmt: skip


def progress(
    session: Session, actor: Actor, plan_id: UUID, as_of: date, area: str | None, by: By | None
) -> PlanProgress:
    """Target by target: of the plan's area or one below it, and where asked for of each area right below that is the
    caller's (a hamlet sees itself and the commune's sum, not the other hamlets), or of the end of each month of the
    plan's year. Raises NotFound, Invalid (an area outside of the plan's)."""
    plan = read_plan(session, actor.scope, plan_id)
    place = _place(session, actor, plan.area_id, area, as_of)
    days = [as_of]
    if by == "month":
        first, last = date(plan.year, 1, 1), min(as_of, date(plan.year, 12, 31))
        days = [day for day in month_ends(first, last) if day < as_of] + [as_of]
    below = [] if place.tells_all and by != "area" else _mine(session, actor, place, as_of)
    own = [] if place.tells_all else [one for one in below if one.tells_all]
    places = [place, *(below if by == "area" else [])]
    counted = list({one.id: one for one in (*places, *own)}.values())
    found = numbers(session, counted, [*days, start_of(plan)], "", wanted(plan))
    targets = held_against(plan, places, days, found, own)
    return PlanProgress(plan_id=plan.id, area_id=place.id, as_of=as_of, targets=targets)


def start_of(plan: PlanWithTargets) -> date:
    """The day before the plan's year: from there its targets are measured."""
    return date(plan.year - 1, 12, 31)


def wanted(plan: PlanWithTargets) -> list[str]:
    """The measures that its targets are made of."""
    counted = [INDICATORS[code] for target in plan.targets if (code := _code(target)) is not None]
    return list(dict.fromkeys(code for one in counted for code in parts(one)))


def held_against(
    plan: PlanWithTargets,
    places: Sequence[Place],
    days: Sequence[date],
    found: Found,
    own: Sequence[Place] = (),
) -> list[TargetProgress]:
    """The targets of a plan, each against what was counted at these places on these days and on `start_of`. `own`: the
    areas below the first place of which the caller is told everything, where that is not so of the place itself."""
    start = start_of(plan)

    def stand(one: Indicator, where: Place, day: date) -> Stand:
        now, before = found[day, where.id][""], found[start, where.id][""]
        value, first = value_of(one, now), value_of(one, before)
        if one.code in _WITHIN_THE_YEAR:
            first = 0.0
        if one.change_since_new_year:
            value = None if value is None or first is None else round(value - first, 4)
        return Stand(value, numerator_of(one, now), denominator_of(one, now), first)

    def stands(one: Indicator) -> list[tuple[Place, date, Stand]]:
        shown = _shown(one, places, days, found, start, own)
        return [
            (p, day, _NOT_TOLD if shown[n].suppressed else stand(one, p, day))
            for n, (p, day) in enumerate((p, day) for p in places for day in days)
        ]

    def targeted(target: Target, one: Indicator) -> TargetProgress:
        every = stands(one)
        place, day, stand = every[-1 if len(places) == 1 else 0]
        why = NOT_TOLD if stand is _NOT_TOLD else unknown_because(one, found[day, place.id][""])
        return _target(target, every, plan.year, why)

    return [
        _uncounted(target) if (code := _code(target)) is None else targeted(target, INDICATORS[code])
        for target in plan.targets
    ]


def _shown(
    one: Indicator, places: Sequence[Place], days: Sequence[date], found: Found, start: date, own: Sequence[Place]
) -> list[Point]:
    """The points of these places on these days, place by place; without what the caller is not told."""
    whole, counted = places[0], one.numerator.code
    points = [point(one, p, day, None, None, found[day, p.id][""], None) for p in places for day in days]
    before = {n: found[start, p.area][""][counted] for n, p in enumerate(points)}
    elsewhere = {day: _elsewhere(found, day, whole, own) for day in {*days, start}}
    rest = {
        n: (point(one, whole, p.period, None, None, elsewhere[p.period], None), elsewhere[start][counted])
        for n, p in enumerate(points)
        if p.area == whole.id
    }
    return told(one, points, places, with_whole=True, before=before, elsewhere=rest)


def _elsewhere(found: Found, day: date, whole: Place, own: Sequence[Place]) -> Numbers:
    """The numbers of the whole without those of these parts of it."""
    return {code: n - sum(found[day, one.id][""][code] for one in own) for code, n in found[day, whole.id][""].items()}


def _place(session: Session, actor: Actor, plan_area: UUID, area: str | None, day: date) -> Place:
    """The plan's own area is shown to whoever may see the plan, a hamlet of it too; another one has to be theirs."""
    whole = place_of(session, actor, plan_area)
    if area is None or area in (str(plan_area), whole.code):
        return whole
    found = find_place(session, actor, area, day)
    if found.id not in {one.id for one in children(session, whole, [day])}:
        vi, en = "Địa bàn này không thuộc kế hoạch.", "This area is not of the plan."
        raise Invalid(vi, en, errors=(FieldError("#query/area", "not_of_the_plan", vi, en),))
    return found


def _mine(session: Session, actor: Actor, place: Place, day: date) -> list[Place]:
    """The areas right below: all of them for whoever has the area itself, otherwise those that are the caller's."""
    below = children(session, place, [day])
    mine = mine_among(session, actor, [place.id, *(one.id for one in below)])
    shown = below if place.id in mine else [one for one in below if one.id in mine]
    return [replace(one, tells_all=mine.get(one.id, one.tells_all)) for one in shown]


def _code(target: Target) -> str | None:
    code = _INDICATOR_OF.get(target.code, target.code)
    return code if code in INDICATORS else None


def _target(
    target: Target, stands: Sequence[tuple[Place, date, Stand]], year: int, why: Words | None
) -> TargetProgress:
    """`why` the value shown first is not known, if it is not."""
    one = INDICATORS[str(_code(target))]
    points = [_point(target, one, where, day, stand, year) for where, day, stand in stands]
    head = points[-1] if len({where.id for where, _, _ in stands}) == 1 else points[0]
    part = "missing" if isinstance(one.denominator, Measure) else "numerator"
    behind = f"/api/v1/indicators/{one.code}/records?part={part}&area={stands[0][0].id}&as_of={stands[-1][1]}"
    return TargetProgress(
        code=target.code,
        name=Words(vi=target.title_vi, en=target.title_en),
        section=target.section,
        indicator=one.code,
        comparison=target.comparison,
        target=target.value,
        unit=target.unit,
        actual=head.value,
        numerator=head.numerator,
        denominator=head.denominator,
        reason=None if head.value is not None else why,
        gap=head.gap,
        gap_of=one.numerator.grain,
        expected=head.expected,
        on_track=head.on_track,
        rule=_NO_NUMBER if target.value is None else RULE,
        work_list=None if isinstance(one.numerator, Figure) else behind,
        points=points if len(points) > 1 else [],
    )


def _uncounted(target: Target) -> TargetProgress:
    return TargetProgress(
        code=target.code,
        name=Words(vi=target.title_vi, en=target.title_en),
        section=target.section,
        indicator=None,
        comparison=target.comparison,
        target=target.value,
        unit=target.unit,
        actual=None,
        numerator=None,
        denominator=None,
        reason=_NO_INDICATOR,
        gap=None,
        gap_of=None,
        expected=None,
        on_track=None,
        rule=_NO_NUMBER,
        work_list=None,
        points=[],
    )


def _point(target: Target, one: Indicator, where: Place, day: date, stand: Stand, year: int) -> TargetPoint:
    expected, on_track = track(target.comparison, target.value, stand, day, year)
    return TargetPoint(
        area=where.id,
        area_code=where.code,
        area_name=where.name,
        period=day,
        value=stand.value,
        numerator=stand.numerator,
        denominator=stand.denominator,
        gap=gap(target.comparison, target.value, stand, share=one.denominator is not None),
        expected=expected,
        on_track=on_track,
    )
