"""Indicators of section I and II.1 of the plan: how many are poor, who fell back, who is new, and the 12 deprivations."""

from sqlalchemy import any_, literal

from api.indicators.definition import Breakdown, Indicator, Measure, Statistic
from api.indicators.facts import HOUSEHOLD, PERSON
from api.standards.shipped import shipped

_h, _p = HOUSEHOLD.c, PERSON.c
LISTED = _h.poverty_class.in_(("poor", "near_poor"))
_HOUSEHOLDS, _PERSONS = Statistic("households"), Statistic("persons")
_OF_HOUSEHOLDS: tuple[Breakdown, ...] = ("area", "sex", "ethnicity", "merit", "disability")
_OF_PERSONS: tuple[Breakdown, ...] = (*_OF_HOUSEHOLDS, "age")
_LAW = "NĐ 07/2021/NĐ-CP, Điều 3; TT 07/2021/TT-BLĐTBXH"
_LEDGER = "QĐ 24/2021/QĐ-TTg; TT 07/2021/TT-BLĐTBXH, biểu diễn biến"

listed_households = Measure("listed_households", "household", LISTED)
poor_households = Measure("poor_households", "household", _h.poverty_class == "poor")
near_poor_households = Measure("near_poor_households", "household", _h.poverty_class == "near_poor")
poor_persons = Measure("poor_persons", "person", _p.poverty_class == "poor")
near_poor_persons = Measure("near_poor_persons", "person", _p.poverty_class == "near_poor")
average_households = Measure("average_households", "household", _h.average_living_standard)
newly_escaped_households = Measure("newly_escaped_households", "household", _h.newly_escaped)


# What is listed is made up of the two classes: of three such numbers two tell the third. The persons of both are the
# whole of the health insurance.
MADE_OF = {
    "listed_households": ("poor_households", "near_poor_households"),
    "health_insurance_of": ("poor_persons", "near_poor_persons"),
}
# a class -> the other one, and both together
MADE_UP_WITH = {
    one: (*(other for other in parts if other != one), every) for every, parts in MADE_OF.items() for one in parts
}


def _moved(movement: str) -> Measure:
    return Measure(f"{movement}_households", "household", literal(movement) == any_(_h.movements))


# out of poverty, whether above the near-poor line or still near-poor (domain.md 1.5)
escaped_poor_households = Measure(
    "escaped_poor_households",
    "household",
    (literal("escaped_poor") == any_(_h.movements)) | (literal("poor_to_near_poor") == any_(_h.movements)),
)


def _rate(code: str, measure: Measure, vi: str, en: str, of: Statistic, source: str = _LAW) -> Indicator:
    persons = of is _PERSONS
    return Indicator(
        code=code,
        vi=vi,
        en=en,
        vi_definition=f"{'Số người' if persons else 'Số hộ'} chia cho tổng số {'nhân khẩu' if persons else 'hộ'} của địa "
        "bàn theo số liệu thống kê có ngày và nguồn. Thiếu số liệu của một xóm thì chưa biết tỷ lệ.",
        en_definition=f"{'Persons' if persons else 'Households'} over all {'persons' if persons else 'households'} of "
        "the area by dated statistics. Unknown where the totals of a hamlet are missing.",
        unit="percent",
        numerator=measure,
        denominator=of,
        breakdowns=_OF_PERSONS if persons else _OF_HOUSEHOLDS,
        source=source,
        lower_is_better=True,
    )


def _number(
    code: str, measure: Measure, vi: str, en: str, source: str = _LAW, more: tuple[str, str] = ("", "")
) -> Indicator:
    """`more`: what else the definition says, in Vietnamese and English."""
    return Indicator(
        code=code,
        vi=vi,
        en=en,
        vi_definition=f"Đếm trong sổ bộ tại ngày tính: {vi[0].lower()}{vi[1:]}.{more[0]}",
        en_definition=f"Counted in the register as of the day: {en[0].lower()}{en[1:]}.{more[1]}",
        unit="count",
        numerator=measure,
        denominator=None,
        breakdowns=_OF_PERSONS if measure.grain == "person" else _OF_HOUSEHOLDS,
        source=source,
        lower_is_better=True,
    )


_MULTIDIMENSIONAL = _rate(
    "multidimensional_poverty_rate",
    listed_households,
    "Tỷ lệ nghèo đa chiều (hộ nghèo và hộ cận nghèo)",
    "Multidimensional poverty rate (poor and near-poor households)",
    _HOUSEHOLDS,
    "Kế hoạch 16/KH-UBND, mục II.1; QĐ 71/QĐ-LĐTBXH",
)

_BOTH = (
    " Gồm hộ thoát nghèo vượt chuẩn cận nghèo và hộ thoát nghèo trở thành hộ cận nghèo.",
    " Both above the near-poor line, and near-poor now.",
)

RATES: tuple[Indicator, ...] = (
    _MULTIDIMENSIONAL,
    Indicator(
        code="multidimensional_poverty_change",
        vi="Mức tăng, giảm tỷ lệ nghèo đa chiều so với cuối năm trước",
        en="Change of the multidimensional poverty rate since the end of the year before",
        vi_definition="Tỷ lệ nghèo đa chiều của ngày tính trừ tỷ lệ của ngày 31/12 năm trước, tính bằng điểm phần trăm; số âm là giảm.",
        en_definition="The rate of the day less the rate of 31 December of the year before, in percentage points.",
        unit="percentage_point",
        numerator=listed_households,
        denominator=_HOUSEHOLDS,
        breakdowns=("area",),
        source="Kế hoạch 16/KH-UBND, mục II.1",
        lower_is_better=True,
        change_since_new_year=True,
    ),
    Indicator(
        code="criterion_11_poverty",
        vi="Tiêu chí số 11 nông thôn mới: nghèo đa chiều của xã",
        en="Criterion 11 of new rural communes: multidimensional poverty",
        vi_definition="Tỷ lệ nghèo đa chiều, so với mức tối đa của tiêu chí số 11 tại ngày tính. Mức tối đa là dữ liệu có ngày và nguồn; chưa nạp thì chưa biết đạt hay không.",
        en_definition="The multidimensional poverty rate, held against the most that criterion 11 allows on the day. The most is dated data; while none is loaded, whether it is met is not known.",
        unit="percent",
        numerator=listed_households,
        denominator=_HOUSEHOLDS,
        breakdowns=("area",),
        source="Kế hoạch 16/KH-UBND, mục I.2; Bộ tiêu chí quốc gia về xã nông thôn mới, tiêu chí số 11",
        lower_is_better=True,
        threshold="criterion_11",
    ),
    _rate("poverty_rate", poor_households, "Tỷ lệ hộ nghèo", "Share of poor households", _HOUSEHOLDS),
    _rate("near_poverty_rate", near_poor_households, "Tỷ lệ hộ cận nghèo", "Share of near-poor households", _HOUSEHOLDS),
    _rate("poor_persons_rate", poor_persons, "Tỷ lệ người thuộc hộ nghèo", "Share of persons in poor households", _PERSONS),
    _rate(
        "near_poor_persons_rate",
        near_poor_persons,
        "Tỷ lệ người thuộc hộ cận nghèo",
        "Share of persons in near-poor households",
        _PERSONS,
    ),
    _rate("relapse_rate", _moved("relapsed_poor"), "Tỷ lệ hộ tái nghèo trong năm", "Households relapsed into poverty this year", _HOUSEHOLDS, _LEDGER),
    _rate("new_poor_rate", _moved("new_poor"), "Tỷ lệ hộ nghèo phát sinh trong năm", "Newly poor households this year", _HOUSEHOLDS, _LEDGER),
    _rate("relapse_near_poor_rate", _moved("relapsed_near_poor"), "Tỷ lệ hộ tái cận nghèo trong năm", "Households relapsed into near-poverty this year", _HOUSEHOLDS, _LEDGER),
    _rate("new_near_poor_rate", _moved("new_near_poor"), "Tỷ lệ hộ cận nghèo phát sinh trong năm", "Newly near-poor households this year", _HOUSEHOLDS, _LEDGER),
    _number("poor_households", poor_households, "Số hộ nghèo", "Poor households"),
    _number("near_poor_households", near_poor_households, "Số hộ cận nghèo", "Near-poor households"),
    _number("newly_escaped_households", newly_escaped_households, "Số hộ mới thoát nghèo", "Newly escaped households", "QĐ 90/QĐ-TTg; Kế hoạch 16/KH-UBND, mục III.1"),
    _number("average_living_standard_households", average_households, "Số hộ làm nông, lâm, ngư, diêm nghiệp có mức sống trung bình", "Farming households of average living standard", "NĐ 07/2021/NĐ-CP, Điều 3; QĐ 24/2021/QĐ-TTg, Điều 6"),
    _number("poor_persons", poor_persons, "Số người thuộc hộ nghèo", "Persons in poor households"),
    _number("near_poor_persons", near_poor_persons, "Số người thuộc hộ cận nghèo", "Persons in near-poor households"),
    _number("escaped_poor_households", escaped_poor_households, "Số hộ thoát nghèo trong năm", "Households that escaped poverty this year", _LEDGER, _BOTH),
)  # fmt: skip


def _deprived(code: str, vi: str, en: str, article: str) -> Indicator:
    not_known = _h.review_id.is_(None) | (literal(code) == any_(_h.undetermined))
    return Indicator(
        code=f"deprived_{code}",
        vi=f"Tỷ lệ hộ nghèo, hộ cận nghèo thiếu hụt: {vi}",
        en=f"Poor and near-poor households deprived of: {en}",
        vi_definition=f"Số hộ nghèo, hộ cận nghèo thiếu hụt chỉ số «{vi}» theo lần rà soát gần nhất, chia cho tổng số hộ nghèo, hộ cận nghèo.",
        en_definition=f"Poor and near-poor households that their last review finds deprived of «{en}», over all of them.",
        unit="percent",
        numerator=Measure(f"deprived_{code}", "household", LISTED & (literal(code) == any_(_h.deprivations))),
        denominator=listed_households,
        breakdowns=("area", "class", "sex", "ethnicity", "merit", "disability"),
        source=article,
        unknown=Measure(f"deprived_{code}_unknown", "household", LISTED & not_known),
        lower_is_better=True,
    )


_STANDARD = shipped()[0]
DEPRIVATIONS: tuple[Indicator, ...] = tuple(
    _deprived(one["code"], one["label"]["vi"], one["label"]["en"], "NĐ 07/2021/NĐ-CP, Điều 3 và Phụ lục; biểu 4-7")
    for one in sorted(_STANDARD["indicators"], key=lambda one: one["order"])
)
