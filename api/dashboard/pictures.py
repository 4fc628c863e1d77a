"""From the data of the dashboard to its pictures and their tables, in Vietnamese."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.dashboard import charts
from api.dashboard.charts import Cell, Picture, Table, number
from api.dashboard.follow import Follow
from api.dashboard.schemas import Dashboard, Lines, MoneyOfYear, RoundOfYear
from api.indicators.records import Part
from api.indicators.schemas import Point, TargetProgress
from api.schema import Words

_PERCENT = " %"
_MILLION = 1_000_000
_MONEY = (
    ("planned_vnd", "Kế hoạch"),
    ("approved_vnd", "Đã phân bổ"),
    ("committed_vnd", "Đã cam kết"),
    ("disbursed_vnd", "Đã giải ngân"),
    ("settled_vnd", "Đã quyết toán"),
)


@dataclass(frozen=True)
class Goal:
    """A target as a line of the page. `level` and `goal` are percents for its meter; None: it has no such thing."""

    name: str
    section: str
    level: float | None
    goal: float | None
    value: str
    aim: str
    gap: str
    state: str
    words: str
    link: str | None


_GAPS = {"household": "hộ", "person": "người", "intervention": "mô hình", "trainee": "người", "vnd": "đồng"}
_UNITS = {"percent": " %", "percentage_point": " điểm phần trăm", "count": ""}


def goals(board: Dashboard, follow: Follow) -> list[Goal]:
    """The targets of the plan, in its own words; each leads to who is still missing, or to what was counted."""
    return [_goal(one, _link(one, board, follow)) for one in board.targets]


def _link(one: TargetProgress, board: Dashboard, follow: Follow) -> str | None:
    if one.indicator is None or one.work_list is None:
        return None
    part: Part = "missing" if "part=missing" in one.work_list else "numerator"
    missing = (one.denominator or 0) - (one.numerator or 0)
    return (
        follow.to(one.indicator, board.area, board.as_of, part) if (missing, one.numerator)[part != "missing"] else None
    )


def _goal(one: TargetProgress, link: str | None) -> Goal:
    unit = _UNITS.get(one.unit, "")
    share = one.unit == "percent"
    state, words = {True: ("good", "Đúng tiến độ"), False: ("late", "Chậm"), None: ("open", "Không xét")}[one.on_track]
    if one.actual is None:
        state, words = "open", (one.reason or Words(vi="Chưa rõ", en="")).vi
    gap = (
        ""
        if not one.gap or one.actual is None
        else f"Còn thiếu {number(one.gap)} {_GAPS.get(one.gap_of or '', '')}".strip()
    )
    aims = {"decrease_by": "giảm ", "more_than": "trên ", "at_least": "ít nhất ", "strive": ""}
    return Goal(
        name=one.name.vi,
        section=one.section,
        level=one.actual if share else None,
        goal=one.target if share else None,
        value=f"{number(one.actual)}{unit if one.actual is not None else ''}",
        aim="không nêu số" if one.target is None else f"{aims[one.comparison]}{number(one.target)}{unit}",
        gap=gap,
        state=state,
        words=words,
        link=link,
    )


def pictures(board: Dashboard, follow: Follow) -> list[Picture]:
    """In the order of the page; what the caller may not see, or the area does not have, is not among them."""
    found = [_over_time(board.over_time, follow)]
    if board.by_area and board.by_area[0].points:
        found.append(_by_area(board.by_area, follow))
    found.append(_deprivations(board.deprivations, follow))
    if board.round is not None:
        found.append(_round(board.round))
    if board.money is not None:
        found.append(_money(board.money))
    return found


def _rate(follow: Follow, code: str, point: Point) -> Cell:
    """A rate, which leads to who is counted in it."""
    return follow.cell(point.value, point.numerator, code, point.area, point.period)


def _counted(follow: Follow, code: str, point: Point, part: Part = "numerator") -> Cell:
    """One of the numbers a rate is made of."""
    count = getattr(point, part)
    return follow.cell(count, count, code, point.area, point.period, part)


def _over_time(lines: Sequence[Lines], follow: Follow) -> Picture:
    days = [one.period for one in lines[0].points]
    series = [(one.name.vi, [p.value for p in one.points]) for one in lines]
    rows = [
        (Cell(f"{day:%d/%m/%Y}"), *(_rate(follow, one.code, one.points[place]) for one in lines))
        for place, day in enumerate(days)
    ]
    return Picture(
        "qua-thoi-gian",
        "Tỷ lệ nghèo qua thời gian",
        "Phần trăm trên tổng số hộ của địa bàn theo số liệu thống kê. Chỗ trống: chưa có tổng số hộ của ngày đó.",
        charts.line(days, [(name.partition(" (")[0], values) for name, values in series], _PERCENT),
        Table("Ngày", tuple(f"{name}, %" for name, _ in series), tuple(rows)),
    )


def _by_area(lines: Sequence[Lines], follow: Follow) -> Picture:
    names = [one.area_name for one in lines[0].points]
    series = [(one.name.vi, [p.value for p in one.points]) for one in lines[1:]]
    rows = []
    for place, name in enumerate(names):
        counted = lines[0].points[place]
        rates = (_rate(follow, one.code, one.points[place]) for one in lines)
        both = _counted(follow, lines[0].code, counted)
        rows.append((Cell(name), *rates, both, Cell(number(counted.denominator))))
    columns = (*(f"{one.name.vi}, %" for one in lines), "Số hộ nghèo và hộ cận nghèo", "Tổng số hộ")
    return Picture(
        "theo-dia-ban",
        "Tỷ lệ nghèo theo địa bàn",
        "Phần trăm trên tổng số hộ của từng địa bàn.",
        charts.bars(names, series, _PERCENT),
        Table("Địa bàn", columns, tuple(rows)),
    )


def _deprivations(lines: Sequence[Lines], follow: Follow) -> Picture:
    names = [one.name.vi.rpartition(": ")[2] for one in lines]
    points = [one.points[0] for one in lines]
    rows = [
        (
            Cell(name),
            _rate(follow, one.code, point),
            _counted(follow, one.code, point),
            _counted(follow, one.code, point, "denominator"),
            _counted(follow, one.code, point, "unknown"),
        )
        for name, one, point in zip(names, lines, points, strict=True)
    ]
    unknown = next((p.reason.vi for p in points if p.value is None and p.reason is not None), "")
    return Picture(
        "thieu-hut",
        "12 chỉ số thiếu hụt của hộ nghèo, hộ cận nghèo",
        f"Phần trăm số hộ nghèo, hộ cận nghèo thiếu hụt, theo lần rà soát gần nhất. {unknown}".strip(),
        charts.bars(names, [("Thiếu hụt", [p.value for p in points])], _PERCENT, 100),
        Table("Chỉ số", ("Tỷ lệ, %", "Số hộ thiếu hụt", "Số hộ nghèo, cận nghèo", "Số hộ chưa rõ"), tuple(rows)),
    )


def _round(one: RoundOfYear) -> Picture:
    names = [part.area_name for part in one.parts]
    waiting = [_less(part.total, part.surveyed) for part in one.parts]
    series = [("Đã rà soát", [part.surveyed for part in one.parts]), ("Chưa rà soát", waiting)]
    state = "Đã kết thúc" if one.closed else f"Đang làm, hạn {one.closes_on:%d/%m/%Y}"
    done = f"đã rà soát {number(one.surveyed)} trên {number(one.total)} hộ trong danh sách"
    if not one.parts:
        done = "phần mềm không giữ danh sách rà soát của đợt này"
    return Picture(
        "dot-ra-soat",
        f"Tiến độ rà soát năm {one.year}",
        f"{state}; {done}.",
        charts.stacked(names, series, ""),
        Table(
            "Địa bàn",
            ("Trong danh sách", "Đã rà soát", "Chưa rà soát"),
            tuple(
                tuple(map(Cell, (part.area_name, number(part.total), number(part.surveyed), number(left))))
                for part, left in zip(one.parts, waiting, strict=True)
            ),
        ),
    )


def _less(total: int | None, part: int | None) -> int | None:
    return None if total is None or part is None else total - part


def _money(one: MoneyOfYear) -> Picture:
    named = [(name, getattr(one, field)) for field, name in _MONEY]
    any_money = any(vnd for _, vnd in named)
    # a year without any money is no picture
    millions = [vnd / _MILLION if any_money else None for _, vnd in named]
    none_yet = f"Năm {one.year} chưa ghi khoản nào. Để xem năm khác, hãy chọn một ngày của năm đó ở đầu trang."
    return Picture(
        "kinh-phi",
        f"Kinh phí năm {one.year}",
        "Triệu đồng, tất cả các nguồn." if any_money else none_yet,
        charts.bars([name for name, _ in named], [("Triệu đồng", millions)], ""),
        Table("Bước", ("Đồng",), tuple((Cell(name), Cell(number(vnd))) for name, vnd in named)),
    )
