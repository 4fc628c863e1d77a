"""The rules of a form in the words that stand above its columns. PURE."""

from collections.abc import Sequence

from api.reports.definition import Check, Column
from api.reports.schemas import ReportColumn
from api.schema import Words

ROWS_ADD_UP = Words(
    vi="Cộng số của các dòng phải bằng dòng tổng.", en="The rows have to add up to the row of the total."
)
_PARTS = Words(vi="chi tiết", en="details")
_RELATIONS = {
    "=": ("phải bằng", "has to be"),
    "<=": ("không được lớn hơn", "may not be more than"),
    "each<=": ("không được lớn hơn", "may not be more than"),
}


def in_words(check: Check, columns: Sequence[Column]) -> Words:
    """`poor + near <= total` as a sentence: «Số hộ nghèo» cộng «Số hộ cận nghèo» không được lớn hơn «Tổng số hộ»."""
    vi_relation, en_relation = _RELATIONS[check.relation]
    every = check.relation == "each<="
    left, right = (_sum(side, columns, alone) for side, alone in ((check.left, every), (check.right, False)))
    return Words(
        vi=_capital(f"{left.vi} {vi_relation} {right.vi}."), en=_capital(f"{left.en} {en_relation} {right.en}.")
    )


def _sum(text: str, columns: Sequence[Column], alone: bool) -> Words:
    signs = {"+": ("cộng", "plus"), "-": ("trừ", "less")}
    vi, en = [], []
    for word in text.split():
        if word in signs:
            one = Words(vi=signs[word][0], en=signs[word][1])
        elif word.startswith("each:"):
            one = _several(word.removeprefix("each:"), columns, alone)
        else:
            one = heading(next(column for column in columns if column.code == word))
        vi.append(one.vi)
        en.append(one.en)
    return Words(vi=" ".join(vi), en=" ".join(en))


def _several(origin: str, columns: Sequence[Column], alone: bool) -> Words:
    """The columns that one became: their sum, or each of them by itself. None are left where nobody is of any."""
    called = next((column.group for column in columns if column.of_each == origin and column.group), _PARTS)
    if alone:
        return Words(vi=f"mỗi cột của «{called.vi}»", en=f"each column of «{called.en}»")
    return Words(vi=f"tổng các cột của «{called.vi}»", en=f"the sum of the columns of «{called.en}»")


def heading(column: Column | ReportColumn) -> Words:
    """What stands above a column, with what stands above several: two columns of a form may both be `Số hộ`."""
    if column.group is None:
        return Words(vi=f"«{column.heading.vi}»", en=f"«{column.heading.en}»")
    return Words(vi=f"«{column.group.vi}: {column.heading.vi}»", en=f"«{column.group.en}: {column.heading.en}»")


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
