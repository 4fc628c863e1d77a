"""The pictures of the page: drawn on the server by pygal as plain SVG, coloured by the page's own style sheet.

No script and no style is left in them, so the page can forbid both. Each picture has its table beside it (page.html):
a picture is never the only way to a number.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

# The library looks for plug-ins with maps, which we do not have, by a hook that Python 3.12 no longer asks; until then
# each import after it would warn.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

_PHONE = 480  # units wide: the letters stay readable where the picture is as narrow as a phone
_ROW = 34


@dataclass(frozen=True)
class Table:
    """What a picture shows, as rows; the first column is the heading of its row."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


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


def line(labels: Sequence[str], series: Named, unit: str) -> Markup:
    """Values over time, a line each; what is not known is a gap."""
    chart = pygal.Line(_config(320, unit), show_legend=True, legend_at_bottom=True, legend_at_bottom_columns=1)
    return _drawn(chart, labels, series)


def bars(labels: Sequence[str], series: Named, unit: str, most: float | None = None) -> Markup:
    """Values beside each other, one row for each label, the first at the top."""
    height = 70 + _ROW * len(labels) * max(len(series), 1)
    chart = pygal.HorizontalBar(_config(height, unit), show_legend=len(series) > 1, legend_at_bottom=True)
    if most is not None:
        chart.config.range = (0, most)
    return _drawn(chart, list(reversed(labels)), [(name, list(reversed(values))) for name, values in series])


def stacked(labels: Sequence[str], series: Named, unit: str) -> Markup:
    """Parts of a whole, one row for each label."""
    chart = pygal.HorizontalStackedBar(_config(90 + _ROW * len(labels), unit), legend_at_bottom=True)
    return _drawn(chart, list(reversed(labels)), [(name, list(reversed(values))) for name, values in series])


def _config(height: int, unit: str) -> pygal.Config:
    return pygal.Config(
        js=[],
        css=[],
        disable_xml_declaration=True,
        width=_PHONE,
        height=height,
        print_values=True,
        print_values_position="top",
        value_formatter=lambda value: f"{number(value)}{unit}",
        no_data_text="Chưa có số liệu",
        truncate_label=-1,
        truncate_legend=-1,
        show_minor_x_labels=True,
        margin=8,
        spacing=8,
        dots_size=4,
    )


def _drawn(chart: Any, labels: Sequence[str], series: Named) -> Markup:
    if not any(value is not None for _, values in series for value in values):
        return Markup("")
    chart.x_labels = list(labels)
    for name, values in series:
        chart.add(name, list(values))
    chart.add_xml_filter(_plain)
    return Markup(chart.render(is_unicode=True))  # noqa: S704 - drawn by pygal, which escapes every label


def _plain(root: ElementTree.Element) -> ElementTree.Element:
    """Without the library's script and style, and hidden from screen readers: they read the table."""
    for parent in list(root.iter()):
        for child in list(parent):
            name = str(child.tag).rpartition("}")[2]
            if name in ("defs", "script", "style", "title", "desc"):
                parent.remove(child)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return root


def number(value: Value) -> str:
    """As Vietnamese people write it: 1.234,5. Not known is a dash."""
    if value is None:
        return "–"
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")
