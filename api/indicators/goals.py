"""Indicators of section II.2 of the plan: work, credit, services, insurance, school, housing, water, telecom, training."""

from typing import Any

from sqlalchemy import all_, and_, any_, case, func, literal, or_

from api.indicators.definition import Breakdown, Figure, Indicator, Measure
from api.indicators.facts import HOUSEHOLD, INTERVENTION, PERSON, TRAINEE
from api.indicators.poverty import LISTED
from api.indicators.tables import FigureKind

_h, _p, _i = HOUSEHOLD.c, PERSON.c, INTERVENTION.c
_PLAN = "Kế hoạch 16/KH-UBND, mục "
_HOUSEHOLD_PARTS: tuple[Breakdown, ...] = ("area", "class", "sex", "ethnicity", "merit", "disability")
_PERSON_PARTS: tuple[Breakdown, ...] = (*_HOUSEHOLD_PARTS, "age")
_PROJECTS = ("value_chain_project", "community_project", "assigned_task_project")
_SERVED = or_(_h.borrows, func.cardinality(_h.received) > 0)
_TARGET = or_(LISTED, _h.newly_escaped)
_P_LISTED = _p.poverty_class.in_(("poor", "near_poor"))
_P_TARGET = or_(_P_LISTED, _p.newly_escaped)


def _needs(columns: Any, kind: str) -> Any:
    return literal(kind) == any_(columns.needs)


def _got(columns: Any, *kinds: str) -> Any:
    return or_(*(literal(kind) == any_(columns.received) for kind in kinds))


def _known_not(code: str) -> Any:
    """The last review says that the household is not deprived of it."""
    return and_(
        _h.review_id.is_not(None),
        literal(code) != all_(_h.deprivations),
        literal(code) != all_(_h.undetermined),
    )


def _share(
    code: str,
    section: str,
    names: tuple[str, str],
    definitions: tuple[str, str],
    counted: Any,
    among: Any,
    *,
    person: bool = False,
    unknown: Any = None,
) -> Indicator:
    """A share: the facts `among` that are `counted`, over all of them."""
    grain: Any = "person" if person else "household"
    return Indicator(
        code=code,
        vi=names[0],
        en=names[1],
        vi_definition=definitions[0],
        en_definition=definitions[1],
        unit="percent",
        numerator=Measure(code, grain, and_(among, counted)),
        denominator=Measure(f"{code}_of", grain, among),
        breakdowns=_PERSON_PARTS if person else _HOUSEHOLD_PARTS,
        source=_PLAN + section,
        unknown=None if unknown is None else Measure(f"{code}_unknown", grain, and_(among, unknown)),
    )


# NĐ 07/2021: lớp 1 vào năm tròn 6 tuổi, lớp 6 vào năm tròn 11 tuổi; a higher level is never too low (domain.md 10.6)
_LEVEL = case(
    (_p.schooling.in_(("upper_secondary", "vocational", "college", "university")), 4),
    (_p.schooling == "lower_secondary", 3),
    (_p.schooling == "primary", 2),
    (_p.schooling == "preschool", 1),
    else_=0,
)
_LEAST = case((_p.school_age < 6, 1), (_p.school_age < 11, 2), else_=3)
_CHILD = and_(_P_LISTED, _p.age >= 3, _p.age < 16)
_ATTENDS = or_(
    _p.right_level.is_(True),
    _LEVEL > _LEAST,
    and_(_LEVEL == _LEAST, _p.right_level.is_not(False)),
)
_WORKER = and_(_p.age >= 15, or_(_P_TARGET, _p.low_income_worker))
_UNREVIEWED = _h.review_id.is_(None)


def _undetermined(code: str) -> Any:
    return or_(_UNREVIEWED, literal(code) == any_(_h.undetermined))


def _count(code: str, section: str, names: tuple[str, str], definitions: tuple[str, str], where: Any) -> Indicator:
    return Indicator(
        code=code,
        vi=names[0],
        en=names[1],
        vi_definition=definitions[0],
        en_definition=definitions[1],
        unit="count",
        numerator=Measure(code, "intervention", where),
        denominator=None,
        breakdowns=("area", "kind"),
        source=_PLAN + section,
    )


GOALS: tuple[Indicator, ...] = (
    _share(
        "access_to_services_and_policies", "II.2.1",
        ("Tỷ lệ hộ nghèo, hộ cận nghèo được tiếp cận dịch vụ, chính sách trong năm", "Poor and near-poor households reached by a service or policy this year"),
        ("Hộ có ít nhất một khoản hỗ trợ, dịch vụ, hoạt động trong năm tới ngày tính, hoặc đang vay vốn ưu đãi; chia cho số hộ nghèo, hộ cận nghèo.", "Households with at least one delivery or participation this year, or a loan; over all poor and near-poor households."),
        _SERVED, LISTED,
    ),
    _share(
        "preferential_credit", "II.2.1",
        ("Tỷ lệ hộ nghèo, cận nghèo, mới thoát nghèo đang vay vốn ưu đãi", "Poor, near-poor and newly escaped households with a preferential loan"),
        ("Hộ đang có khoản vay chính sách; chia cho toàn bộ số hộ nghèo, cận nghèo, mới thoát nghèo, như kế hoạch viết.", "Households with a loan; over all of them, as the plan says."),
        _h.borrows, _TARGET,
    ),
    _share(
        "preferential_credit_of_need", "II.2.1",
        ("Tỷ lệ hộ có nhu cầu vay đang vay vốn ưu đãi", "Households in need of credit that have a preferential loan"),
        ("Hộ đang có khoản vay chính sách; chia cho số hộ có nhu cầu vay được ghi nhận hoặc đang vay.", "Households with a loan; over those whose need was recorded or who have one."),
        _h.borrows, and_(_TARGET, or_(_needs(_h, "credit"), _h.borrows)),
    ),
    _share(
        "sustainable_job_in_household", "II.2.1",
        ("Tỷ lệ hộ nghèo, cận nghèo có ít nhất một người trong tuổi lao động có việc làm bền vững", "Poor and near-poor households with a sustainable job"),
        ("Hộ có ít nhất một người trong tuổi lao động đang làm việc có hợp đồng lao động; chia cho số hộ có người trong tuổi lao động.", "Households where somebody of working age works under a labour contract; over those with somebody of working age."),
        func.coalesce(_h.has_sustainable_job, False), and_(LISTED, func.coalesce(_h.has_working_age, False)),
        unknown=and_(~func.coalesce(_h.has_sustainable_job, False), func.coalesce(_h.job_unknown, False)),
    ),
    _share(
        "job_support", "II.2.2",
        ("Tỷ lệ lao động có nhu cầu được hỗ trợ tìm việc làm", "Workers in need who were helped to find work"),
        ("Người của hộ nghèo, cận nghèo, mới thoát nghèo có nhu cầu việc làm được ghi nhận trong năm mà đã được tư vấn, giới thiệu, kết nối; chia cho số người có nhu cầu.", "Persons with a recorded need who got a job service; over those with the need."),
        _got(_p, "job_support", "job_seeker", "vacancy"), and_(_P_TARGET, _needs(_p, "job")), person=True,
    ),
    _share(
        "health_insurance", "II.2.2",
        ("Tỷ lệ người thuộc hộ nghèo, hộ cận nghèo có bảo hiểm y tế", "Members of poor and near-poor households with health insurance"),
        ("Người đang có thẻ bảo hiểm y tế; chia cho tổng số người của hộ nghèo, hộ cận nghèo.", "Persons insured; over all persons of poor and near-poor households."),
        _p.health_insurance.is_(True), _P_LISTED, person=True, unknown=_p.health_insurance.is_(None),
    ),
    _share(
        "average_living_standard_insured", "II.2.2",
        ("Tỷ lệ người của hộ nông nghiệp mức sống trung bình có bảo hiểm y tế", "Members of farming households of average living standard with health insurance"),
        ("Người của hộ làm nông, lâm, ngư, diêm nghiệp được công nhận có mức sống trung bình, đang có thẻ bảo hiểm y tế; chia cho tổng số người của các hộ đó. Chỉ nói có thẻ hay không, không nói mức phí được hỗ trợ.", "Insured persons of recognised households of average living standard; over all their persons. It says who has a card, not how much of the premium was paid."),
        _p.health_insurance.is_(True), _p.average_living_standard, person=True, unknown=_p.health_insurance.is_(None),
    ),
    Indicator(
        code="premium_support",
        vi="Phần mức phí thẻ bảo hiểm y tế được hỗ trợ cho người của hộ nông nghiệp mức sống trung bình",
        en="Share of the health-insurance premium paid for members of farming households of average living standard",
        vi_definition="Số tiền đã hỗ trợ trong năm, chia cho tổng mức phí thẻ trong năm của người thuộc hộ làm nông, lâm, ngư, diêm nghiệp có mức sống trung bình tham gia theo nhu cầu. Tính bằng tiền, theo số liệu xã ghi từ giấy tờ của cơ quan bảo hiểm xã hội; ai có thẻ xem ở chỉ tiêu average_living_standard_insured.",
        en_definition="What was paid of it this year, over the whole premium of the year of the members of farming households of average living standard who asked to join. In money, by the figures that the commune has from the social insurer; who has a card is told by average_living_standard_insured.",
        unit="percent",
        numerator=Figure(FigureKind.average_premium_supported),
        denominator=Figure(FigureKind.average_premium_due),
        breakdowns=("area",),
        source=_PLAN + "II.2.2",
    ),
    _share(
        "school_attendance", "II.2.2",
        ("Tỷ lệ trẻ em hộ nghèo, cận nghèo từ 3 đến dưới 16 tuổi đi học đúng cấp", "Children of 3 to under 16 of poor and near-poor households at the right school level"),
        ("Trẻ học đúng cấp của năm học, hoặc cấp cao hơn; chia cho số trẻ từ 3 đến dưới 16 tuổi.", "Children at the level of their school year or above; over children of 3 to under 16."),
        _ATTENDS, _CHILD, person=True, unknown=and_(_p.right_level.is_(None), _p.schooling.is_(None)),
    ),
    _share(
        "school_benefits", "II.2.2",
        ("Tỷ lệ trẻ em hộ nghèo, cận nghèo đi học được hưởng chế độ trong năm", "Schoolchildren of poor and near-poor households who received a benefit this year"),
        ("Trẻ từ 3 đến dưới 16 tuổi đang đi học đã nhận ít nhất một khoản hỗ trợ trong năm; chia cho số trẻ đang đi học.", "Children at school who received at least one support this year; over children at school."),
        func.cardinality(_p.received) > 0, and_(_CHILD, _LEVEL > 0), person=True,
    ),
    _share(
        "vocational_training", "II.2.2",
        ("Tỷ lệ lao động có nhu cầu được đào tạo nghề", "Workers in need who were trained"),
        ("Người từ 15 tuổi của hộ nghèo, cận nghèo, mới thoát nghèo và lao động thu nhập thấp có nhu cầu học nghề được ghi nhận mà đã tham gia lớp nghề; chia cho số người có nhu cầu.", "Persons with the need who joined a course; over those with the need."),
        _got(_p, "vocational_course"), and_(_WORKER, _needs(_p, "vocational_training")), person=True,
    ),
    _share(
        "safe_housing", "II.2.2",
        ("Tỷ lệ hộ nghèo, cận nghèo có nhu cầu được hỗ trợ nhà ở", "Poor and near-poor households in need that were helped with housing"),
        ("Hộ có nhu cầu nhà ở được ghi nhận mà đã nhận hỗ trợ nhà ở trong năm; chia cho số hộ có nhu cầu.", "Households with a recorded need that received housing support this year; over those with the need."),
        _got(_h, "housing_case"), and_(LISTED, or_(_needs(_h, "housing"), _got(_h, "housing_case"))),
    ),
    _share(
        "clean_water", "II.2.2",
        ("Tỷ lệ hộ nghèo, hộ cận nghèo dùng nước sinh hoạt hợp vệ sinh", "Poor and near-poor households with hygienic domestic water"),
        ("Hộ không thiếu hụt chỉ số nguồn nước theo lần rà soát gần nhất; chia cho số hộ nghèo, hộ cận nghèo. Hộ chưa rõ không được tính là có.", "Households whose last review finds no lack of clean water; over all of them. Not known is not counted as having it."),
        _known_not("clean_water"), LISTED, unknown=_undetermined("clean_water"),
    ),
    _share(
        "hygienic_toilet", "II.2.2",
        ("Tỷ lệ hộ nghèo, hộ cận nghèo dùng nhà tiêu hợp vệ sinh", "Poor and near-poor households with a hygienic toilet"),
        ("Hộ không thiếu hụt chỉ số nhà tiêu theo lần rà soát gần nhất; chia cho số hộ nghèo, hộ cận nghèo. Hộ chưa rõ không được tính là có.", "Households whose last review finds no lack of a hygienic toilet; over all of them."),
        _known_not("hygienic_toilet"), LISTED, unknown=_undetermined("hygienic_toilet"),
    ),
    _share(
        "telecom_service", "II.2.2",
        ("Tỷ lệ hộ nghèo, cận nghèo có nhu cầu được dùng dịch vụ viễn thông, internet", "Poor and near-poor households in need with telecom or internet"),
        ("Hộ không thiếu hụt chỉ số dịch vụ viễn thông, trong số hộ có nhu cầu: có nhu cầu được ghi nhận, đã được hỗ trợ hoặc đang dùng.", "Households that use it, among those in need: whose need was recorded, who were helped or who use it."),
        _known_not("telecom_service"),
        and_(LISTED, or_(_needs(_h, "telecom"), _got(_h, "telecom_support"), _known_not("telecom_service"))),
        unknown=_undetermined("telecom_service"),
    ),
    Indicator(
        code="officers_trained",
        vi="Tỷ lệ cán bộ làm công tác giảm nghèo được tập huấn trong năm",
        en="Officers for poverty reduction who were trained this year",
        vi_definition="Người được ghi là làm công tác giảm nghèo, dự ít nhất một lớp tập huấn đã tổ chức trong năm (cùng tên, cùng giới tính trong một địa bàn tính là một người); chia cho số cán bộ làm công tác giảm nghèo mà xã ghi theo quyết định hoặc danh sách.",
        en_definition="Trainees marked as working on poverty reduction, of at least one training held this year (of one name and sex in an area: one person); over how many such officers the commune wrote down from a decision or list.",
        unit="percent",
        numerator=Measure("officers_trained", "trainee", TRAINEE.c.first_of_officer),
        denominator=Figure(FigureKind.poverty_officers),
        breakdowns=("area", "sex", "category"),
        source=_PLAN + "II.2.1",
    ),
    _count(
        "models_started", "II.2.1",
        ("Số mô hình, dự án giảm nghèo bắt đầu trong năm", "Poverty-reduction projects and models started this year"),
        ("Dự án sinh kế (chuỗi giá trị, cộng đồng, theo nhiệm vụ) có bước bắt đầu trong năm tới ngày tính.", "Livelihood projects whose start was recorded this year."),
        and_(_i.kind.in_(_PROJECTS), _i.started_on >= func.date_trunc("year", _i.as_of)),
    ),
    _count(
        "models_replicated", "II.2.1",
        ("Số mô hình được nhân rộng", "Models replicated"),
        ("Dự án đã bắt đầu, ghi là nhân rộng từ một mô hình hoặc được đánh giá là đã nhân rộng.", "Started projects that replicate a model, or were found replicated."),
        and_(_i.kind.in_(_PROJECTS), _i.started_on.is_not(None), or_(_i.replicates, _i.replicated)),
    ),
    Indicator(
        code="models_alive_at_12_months",
        vi="Tỷ lệ mô hình, dự án còn hoạt động sau 12 tháng",
        en="Projects and models alive after 12 months",
        vi_definition="Dự án bắt đầu từ 12 tháng trở lên được đánh giá còn hoạt động; chia cho số dự án bắt đầu từ 12 tháng trở lên.",
        en_definition="Projects that started at least 12 months ago and were found alive; over those that started so long ago.",
        unit="percent",
        numerator=Measure("models_alive_at_12_months", "intervention", and_(_i.kind.in_(_PROJECTS), _i.alive_12_months.is_(True))),
        denominator=Measure(
            "models_of_12_months", "intervention",
            and_(_i.kind.in_(_PROJECTS), or_(_i.alive_12_months.is_not(None), _i.started_on <= _i.as_of - func.make_interval(1))),
        ),
        breakdowns=("area", "kind"),
        source=_PLAN + "II.2.1",
        unknown=Measure(
            "models_of_12_months_unchecked", "intervention",
            and_(_i.kind.in_(_PROJECTS), _i.alive_12_months.is_(None), _i.started_on <= _i.as_of - func.make_interval(1)),
        ),
    ),
)  # fmt: skip
