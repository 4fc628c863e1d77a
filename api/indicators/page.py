"""docs/indicators.md, made from the catalogue: `giamngheo indicators` prints it."""

from collections.abc import Iterator
from importlib.resources import files

from api.indicators.breakdowns import COLUMNS
from api.indicators.catalogue import INDICATORS
from api.indicators.definition import Breakdown, Figure, Indicator

_UNITS = {
    "percent": "phần trăm / percent",
    "count": "số đếm / count",
    "percentage_point": "điểm phần trăm / percentage points",
}
_GRAINS = {
    "household": "hộ / households",
    "person": "người / persons",
    "intervention": "dự án, hoạt động / interventions",
    "trainee": "người dự tập huấn / trainees",
    "vnd": "tiền (đồng) / money (VND)",
}
_OVER = {
    "records": "{grain} thuộc diện / in question",
    "total_households": "tổng số hộ (số liệu thống kê) / total households (dated statistics)",
    "total_persons": "tổng số nhân khẩu (số liệu thống kê) / total persons (dated statistics)",
    "nothing": "không chia / not divided",
    "figure": "số liệu xã ghi / a figure of the commune",
}
_BREAKDOWNS: dict[Breakdown, str] = {
    "area": "địa bàn trực thuộc / areas right below",
    "class": "diện hộ / class of the household",
    "sex": "giới tính (của hộ: chủ hộ) / sex (of a household: its head's)",
    "ethnicity": "dân tộc (của hộ: chủ hộ) / ethnic group (of a household: its head's)",
    "merit": "người có công (của hộ: có người có công) / merit (of a household: has such a person)",
    "disability": "khuyết tật (của hộ: có người khuyết tật) / disability (of a household: has such a person)",
    "age": "nhóm tuổi / age group",
    "kind": "loại hoạt động / kind of intervention",
    "category": "thành phần tập huấn / category of trainee",
}
_HEAD = files("api.indicators").joinpath("data/page-head.md")


def markdown() -> str:
    """The page."""
    return _HEAD.read_text(encoding="utf-8") + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| breakdown | what it is | of |"
    yield "|---|---|---|"
    for name, words in _BREAKDOWNS.items():
        grains = ", ".join(COLUMNS[name]) if name in COLUMNS else "all"
        yield f"| `{name}` | {words} | {grains} |"
    yield ""
    yield "## The catalogue"
    for one in INDICATORS.values():
        yield from _entry(one)


def _entry(one: Indicator) -> Iterator[str]:
    grain = _GRAINS[one.numerator.grain]
    yield ""
    yield f"### {one.code}"
    yield ""
    yield f"**{one.vi}** · {one.en}"
    yield ""
    yield f"{one.vi_definition} · {one.en_definition}"
    yield ""
    better = "; càng thấp càng tốt / lower is better" if one.lower_is_better else ""
    yield f"- Đơn vị / unit: {_UNITS[one.unit]}{better}"
    yield f"- Tử số / numerator: {grain}{_named(one.numerator)}"
    yield f"- Mẫu số / denominator: {_OVER[one.over].format(grain=grain)}{_named(one.denominator)}"
    if one.unknown is not None:
        yield "- Có nêu số chưa rõ / tells how many are not known"
    if one.threshold is not None:
        yield f"- Ngưỡng / threshold: `{one.threshold}` (`api/indicators/data/parameters.toml`)"
    yield f"- Chia theo / split by: {', '.join(f'`{name}`' for name in one.breakdowns)}"
    yield f"- Nguồn / source: {one.source}"


def _named(part: object) -> str:
    """Which figure it is, where it is one."""
    return f", `{part.kind}`: {part.meaning.label.vi} / {part.meaning.label.en}" if isinstance(part, Figure) else ""
