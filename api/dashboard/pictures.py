"""From the data of the dashboard to its pictures and their tables, in Vietnamese."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.dashboard import charts
from api.dashboard.charts import Picture, Table, number
from api.dashboard.schemas import Dashboard, Lines, MoneyOfYear, RoundOfYear
from api.indicators.schemas import TargetProgress
from api.schema import Words

_PERCENT = " %"
_MILLION = 1_000_000
_MONEY = (
    ("planned_vnd", "Kế hoạch"),
    ("approved_vnd", "Được giao"),
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


_GAPS = {"household": "hộ", "person": "người", "intervention": "mô hình", "trainee": "lượt"}
_UNITS = {"percent": " %", "percentage_point": " điểm phần trăm", "count": ""}


def goals(targets: Sequence[TargetProgress]) -> list[Goal]:
    """The targets of the plan, in its own words."""
    return [_goal(one) for one in targets]


def _goal(one: TargetProgress) -> Goal:
    unit = _UNITS.get(one.unit, "")
    share = one.unit == "percent"
    state, words = {True: ("good", "Đúng tiến độ"), False: ("late", "Chậm"), None: ("open", "Không xét")}[one.on_track]
    if one.actual is None:
        state, words = "open", (one.reason or Words(vi="Chưa rõ", en="")).vi
    gap = "" if not one.gap else f"Còn thiếu {number(one.gap)} {_GAPS.get(one.gap_of or '', '')}".strip()
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
    )


def pictures(board: Dashboard) -> list[Picture]:
    """In the order of the page; what the caller may not see, or the area does not have, is not among them."""
    found = [_over_time(board.over_time)]
    if board.by_area and board.by_area[0].points:
        found.append(_by_area(board.by_area))
    found.append(_deprivations(board.deprivations))
    if board.round is not None:
        found.append(_round(board.round))
    if board.money is not None:
        found.append(_money(board.money))
    return found


def _over_time(lines: Sequence[Lines]) -> Picture:
    days = [f"{one.period:%d/%m/%Y}" for one in lines[0].points]
    short = [f"{one.period:%m/%y}" for one in lines[0].points]
    series = [(one.name.vi, [p.value for p in one.points]) for one in lines]
    return Picture(
        "qua-thoi-gian",
        "Tỷ lệ nghèo qua thời gian",
        "Phần trăm trên tổng số hộ của địa bàn theo số liệu thống kê. Chỗ trống: chưa có tổng số hộ của ngày đó.",
        charts.line(short, series, _PERCENT),
        Table(
            "Ngày",
            tuple(name for name, _ in series),
            tuple((day, *(number(values[place]) for _, values in series)) for place, day in enumerate(days)),
        ),
    )


def _by_area(lines: Sequence[Lines]) -> Picture:
    names = [one.area_name for one in lines[0].points]
    series = [(one.name.vi, [p.value for p in one.points]) for one in lines[1:]]
    rows = []
    for place, name in enumerate(names):
        counted = lines[0].points[place]
        values = (number(one.points[place].value) for one in lines)
        rows.append((name, *values, number(counted.numerator), number(counted.denominator)))
    return Picture(
        "theo-dia-ban",
        "Tỷ lệ nghèo theo địa bàn",
        "Phần trăm trên tổng số hộ của từng địa bàn.",
        charts.bars(names, series, _PERCENT),
        Table("Địa bàn", (*(one.name.vi for one in lines), "Hộ nghèo và cận nghèo", "Tổng số hộ"), tuple(rows)),
    )


def _deprivations(lines: Sequence[Lines]) -> Picture:
    names = [one.name.vi.rpartition(": ")[2] for one in lines]
    points = [one.points[0] for one in lines]
    return Picture(
        "thieu-hut",
        "12 chỉ số thiếu hụt của hộ nghèo, hộ cận nghèo",
        "Phần trăm số hộ nghèo, hộ cận nghèo thiếu hụt, theo lần rà soát gần nhất.",
        charts.bars(names, [("Thiếu hụt", [p.value for p in points])], _PERCENT, 100),
        Table(
            "Chỉ số",
            ("Tỷ lệ %", "Số hộ thiếu hụt", "Số hộ", "Chưa rõ"),
            tuple(
                (name, number(p.value), number(p.numerator), number(p.denominator), number(p.unknown))
                for name, p in zip(names, points, strict=True)
            ),
        ),
    )


def _round(one: RoundOfYear) -> Picture:
    names = [part.area_name for part in one.parts]
    done = [part.surveyed for part in one.parts]
    waiting = [part.total - part.surveyed for part in one.parts]
    return Picture(
        "dot-ra-soat",
        f"Tiến độ rà soát năm {one.year}",
        f"Đã rà soát {number(one.surveyed)} trên {number(one.total)} hộ trong danh sách.",
        charts.stacked(names, [("Đã rà soát", done), ("Chưa rà soát", waiting)], ""),
        Table(
            "Địa bàn",
            ("Trong danh sách", "Đã rà soát", "Chưa rà soát"),
            tuple(
                (part.area_name, number(part.total), number(part.surveyed), number(part.total - part.surveyed))
                for part in one.parts
            ),
        ),
    )


def _money(one: MoneyOfYear) -> Picture:
    named = [(name, getattr(one, field)) for field, name in _MONEY]
    return Picture(
        "kinh-phi",
        f"Kinh phí năm {one.year}",
        "Triệu đồng, tất cả các nguồn.",
        charts.bars([name for name, _ in named], [("Triệu đồng", [vnd / _MILLION for _, vnd in named])], ""),
        Table("Bước", ("Đồng",), tuple((name, number(vnd)) for name, vnd in named)),
    )
