"""The pictures of the page: drawn on the server by pygal as plain SVG, coloured by the page's own style sheet.

No script and no style is left in them, so the page can forbid both. Each picture has its table beside it (page.html):
a picture is never the only way to a number.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import floor, log10
from textwrap import wrap
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup
from pygal.style import Style

# The library looks for plug-ins with maps, which we do not have, by a hook that Python 3.12 no longer asks; until then
# each import after it would warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

_PHONE = 350  # units wide: the letters stay readable where the picture is as narrow as a phone
_ROW = 32
_NOT_OURS = ("defs", "script", "style", "title", "desc")
_LETTERS = 22  # in a line of a label
# only for the library's reckoning of how much room words take: the letters are dressed by page.css
_SIZES = Style(label_font_size=12, major_label_font_size=12, legend_font_size=12, value_font_size=11)


@dataclass(frozen=True)
class Cell:
    """What stands in a table. `link`: where its records are listed, for whoever may see them."""

    text: str
    link: str | None = None


@dataclass(frozen=True)
class Table:
    """What a picture shows, as rows; the first column is the heading of its row."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture with its title and its table. `svg` is empty where there is nothing to draw yet."""

    id: str
    title: str
    note: str
    svg: Markup
    table: Table


Value = float | int | None
Named = Sequence[tuple[str, Sequence[Value]]]


def line(days: Sequence[date], series: Named, unit: str) -> Markup:
    """Values over time, a line each, on a true scale of time; what is not known is a gap."""
    chart = pygal.XY(
        _config(320, unit),
        show_legend=True,
        legend_at_bottom=True,
        legend_at_bottom_columns=1,
        print_values=False,
        allow_interruptions=True,
    )
    chart.x_labels = [{"label": label, "value": day.toordinal()} for label, day in _marked(days)]
    highest = max((value for _, values in series for value in values if value is not None), default=0)
    chart.y_labels = _scale(highest)
    return _drawn(
        chart,
        [
            (name, [(day.toordinal(), value) for day, value in zip(days, values, strict=True)])
            for name, values in series
        ],
        any(value is not None for _, values in series for value in values),
    )


def bars(labels: Sequence[str], series: Named, unit: str, most: float | None = None) -> Markup:
    """Values beside each other, one row for each label, the first at the top."""
    height = 90 + _ROW * len(labels) * max(len(series), 1)
    chart = pygal.HorizontalBar(
        _config(height, unit), show_legend=len(series) > 1, legend_at_bottom=True, legend_at_bottom_columns=1
    )
    highest = max((value for _, values in series for value in values if value is not None), default=0)
    return _horizontal(chart, labels, series, most or highest)


def stacked(labels: Sequence[str], series: Named, unit: str) -> Markup:
    """Parts of a whole, one row for each label."""
    chart = pygal.HorizontalStackedBar(
        _config(110 + _ROW * len(labels), unit), legend_at_bottom=True, legend_at_bottom_columns=1
    )
    wholes = [sum(value or 0 for value in values) for values in zip(*(values for _, values in series), strict=True)]
    chart.config.print_values_position = "center"
    # a part of nothing has no place for its number
    chart.config.formatter = lambda value: _written(unit)(value) if value else ""
    return _horizontal(chart, labels, series, max(wholes, default=0))


def _horizontal(chart: Any, labels: Sequence[str], series: Named, most: float) -> Markup:
    scale = _scale(most)
    chart.y_labels = scale
    # room for the number that is printed beyond the end of the longest bar
    chart.config.range = (0, scale[-1] * 1.2)
    folded = {max(lines, key=len): lines for lines in (wrap(label, _LETTERS) for label in reversed(labels))}
    if len(folded) == len(labels):  # the library makes room for the longest line; `_fold` puts in the others
        chart.x_labels = list(folded)
        chart.add_xml_filter(partial(_fold, folded))
    else:
        chart.x_labels = list(reversed(labels))
    known = any(value is not None for _, values in series for value in values)
    return _drawn(chart, [(name, list(reversed(values))) for name, values in series], known)


def _marked(days: Sequence[date]) -> list[tuple[str, date]]:
    """The days that are named below a line: the ends of years, and the last one where there is room for it."""
    ends = [(f"cuối {day.year}", day) for day in days if (day.month, day.day) == (12, 31)]
    last = days[-1]
    if not ends or (last - ends[-1][1]).days > (last - days[0]).days / 5:
        ends.append((f"{last:%d/%m/%y}", last))
    return ends


def _scale(most: float) -> list[float]:
    """From 0 to beyond the highest value in at most five round steps."""
    if most <= 0:
        return [0, 1]
    if most == 100:  # wide numbers need room
        return [0, 50, 100]
    rough = most / 4
    size = 10.0 ** floor(log10(rough))
    step = next(factor * size for factor in (1, 2, 2.5, 5, 10) if factor * size >= rough)
    return [round(step * n, 6) for n in range(int(-(-most // step)) + 1)]


def _config(height: int, unit: str) -> pygal.Config:
    return pygal.Config(
        js=[],
        css=[],
        style=_SIZES,
        disable_xml_declaration=True,
        width=_PHONE,
        height=height,
        print_values=True,
        print_values_position="top",
        value_formatter=_written(unit),
        no_data_text="Chưa có số liệu",
        truncate_label=-1,
        truncate_legend=-1,
        margin=8,
        margin_right=36,
        spacing=8,
        dots_size=3,
    )


def _written(unit: str) -> Callable[[Value], str]:
    return lambda value: f"{number(round(value, 2) if isinstance(value, float) else value)}{unit}"


def _drawn(chart: Any, series: Sequence[tuple[str, Sequence[Any]]], known: bool) -> Markup:
    if not known:
        return Markup("")
    for name, values in series:
        chart.add(name, list(values))
    chart.add_xml_filter(_plain)
    return Markup(chart.render(is_unicode=True))  # noqa: S704 - drawn by pygal, which escapes every label


def _fold(folded: Mapping[str, list[str]], root: ElementTree.Element) -> ElementTree.Element:
    """Long labels in several lines."""
    for text in root.iter():
        lines = folded.get(text.text or "") if str(text.tag).rpartition("}")[2] == "text" else None
        if lines is None or len(lines) == 1:
            continue
        text.text = None
        for place, words in enumerate(lines):
            rise = f"{-0.6 * (len(lines) - 1):.1f}em" if place == 0 else "1.2em"
            ElementTree.SubElement(text, "tspan", {"x": text.get("x", "0"), "dy": rise}).text = words
    return root


def _plain(root: ElementTree.Element) -> ElementTree.Element:
    """Without the library's script and style, and hidden from screen readers: they read the table."""
    for parent in list(root.iter()):
        for child in list(parent):
            name = str(child.tag).rpartition("}")[2]
            if name in _NOT_OURS or "tooltip" in child.get("class", "").split():
                parent.remove(child)
            elif "style" in child.attrib:  # which the page forbids as well
                del child.attrib["style"]
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return root


def number(value: Value) -> str:
    """As Vietnamese people write it: 1.234,5. Not known is a dash."""
    if value is None:
        return "–"
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".").replace("-", "−")
