"""Where reviews, households and standards meet: which standard a round uses, what is known of a household on a day, and
what the rules make of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, any_, bindparam, select
from sqlmodel import Session

from api import sql
from api.areas.scope import valid_on
from api.areas.tables import Area, AreaClosure
from api.households.stored import as_json
from api.households.tables import Member
from api.problems import FieldError, Invalid, NotFound, Problem, UnknownFormVersion
from api.reviews.round_schemas import StandardRef
from api.reviews.tables import RoundKind
from api.standards import queries as standards
from api.standards import rules
from api.standards.compiled import Standard
from api.standards.facts import MEMBER_FIELDS, facts
from api.standards.form_rules import device_faults, form_faults
from api.standards.tables import StandardKind

_member = Member.__table__  # type: ignore[attr-defined]
_area = Area.__table__  # type: ignore[attr-defined]
_closure = AreaClosure.__table__  # type: ignore[attr-defined]

FORM = "form-b"
# what is kept of a person with a review: what the rules may ask, no name and no number
_KEPT = ("id", "birth_date", "birth_year", *(name for name, _, _ in MEMBER_FIELDS))
# a member's facts, and the day on which they left
Person = tuple[dict[str, Any], str | None]


@dataclass(frozen=True, slots=True)
class Place:
    """What of an area the rules ask for."""

    area_type: str | None
    region: str | None


@dataclass(frozen=True, slots=True)
class Scored:
    """What the server makes of a review: the columns of its result, and in what the tablet's differs."""

    assessment: rules.Assessment
    warnings: list[dict[str, Any]]
    differences: list[dict[str, Any]]


def standard_of_round(session: Session, kind: RoundKind, opens_on: date, asked: StandardRef | None) -> StandardRef:
    """The standard a round is prepared with: the one named, else the verified one in force on its first day.

    Raises Invalid for one of another kind (training is not live), not in force on that day, or a draft.
    """
    wanted = StandardKind.training if kind is RoundKind.training else StandardKind.live
    if asked is None:
        found = standards.standard_on(session, opens_on, wanted)
        if found is None:
            raise _no_standard("not_in_force", "Ngày đó chưa có bộ chuẩn nào có hiệu lực và đã được xác nhận.",
                               "No verified standard is in force on that day.")  # fmt: skip
        return StandardRef(code=found.code, version=found.version)
    try:
        found = standards.standard(session, asked.code, asked.version)
    except NotFound as missing:
        raise _no_standard("unknown_standard", "Không có bộ chuẩn này.", "There is no such standard.") from missing
    law = found.definition
    if found.training != (wanted is StandardKind.training):
        raise _no_standard("other_kind", "Đợt tập huấn dùng bộ chuẩn tập huấn, và chỉ đợt tập huấn.",
                           "A training round uses a training standard, and only a training round.")  # fmt: skip
    if opens_on < law.valid_from or (law.valid_to is not None and opens_on > law.valid_to):
        raise _no_standard("not_in_force", "Bộ chuẩn này không có hiệu lực vào ngày bắt đầu của đợt.",
                           "This standard is not in force on the first day of the round.")  # fmt: skip
    if not found.verified and not found.training:
        raise _no_standard("not_verified", "Bộ chuẩn này là dự thảo; phải có người thứ hai xác nhận trước khi dùng.",
                           "This standard is a draft; a second person has to confirm it first.")  # fmt: skip
    return asked


def _no_standard(code: str, vi: str, en: str) -> Invalid:
    return Invalid(errors=(FieldError("#/standard", code, vi, en),))


def standards_of(session: Session, versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Standard]:
    """The standards of some rounds, by code and version."""
    return {key: standards.standard(session, *key) for key in sorted(versions)}


_PLACES = (
    select(_closure.c.descendant_id, _area.c.area_type, _area.c.region)
    .join(_area, _area.c.id == _closure.c.ancestor_id)
    .where(_closure.c.descendant_id == any_(bindparam("hamlets", type_=sql.Ids())))
    .where(valid_on(_closure.c, bindparam("day", type_=Date)))
    .order_by(_closure.c.depth)
)


def places(session: Session, hamlets: Iterable[UUID], day: date) -> dict[UUID, Place]:
    """What is said of each hamlet, or of the nearest area above it that says it."""
    found: dict[UUID, Place] = {}
    for row in sql.fetch(session, _PLACES, hamlets=sql.id_list(hamlets), day=day):
        known = found.get(row.descendant_id, Place(None, None))
        found[row.descendant_id] = Place(known.area_type or row.area_type, known.region or row.region)
    return found


_PEOPLE = (
    select(*(as_json(_member.c[name]) for name in ("household_id", "left_on", *_KEPT)))
    .where(_member.c.household_id == any_(bindparam("households", type_=sql.Ids())))
    .order_by(_member.c.id)
)


def people(session: Session, households: Iterable[UUID]) -> dict[str, list[Person]]:
    """Household, as text -> the facts of everybody who was ever registered there, as JSON, with the day they left."""
    found: dict[str, list[Person]] = {}
    for home, left_on, *values in sql.fetch(session, _PEOPLE, households=sql.id_list(households)):
        found.setdefault(home, []).append((dict(zip(_KEPT, values, strict=True)), left_on))
    return found


def there_on(people: Sequence[Person], day: str) -> list[dict[str, Any]]:
    """Those who lived there on that day, as a review keeps them."""
    return [kept for kept, left_on in people if left_on is None or left_on > day]


def faults(standard: Standard, fields: Mapping[str, Any], place: Place) -> Problem | None:
    """Why a review is refused by its standard: another form, answers that do not fit it, a tablet's impossible sum."""
    form = fields["form"]
    if (form["code"], form["version"]) != (FORM, standard.definition.form_version):
        known = {"code": FORM, "version": standard.definition.form_version}
        return UnknownFormVersion(
            f"Đợt này dùng {FORM} phiên bản {known['version']}. Phiếu vẫn được giữ; hãy cập nhật máy rồi gửi lại.",
            f"This round uses {FORM} of version {known['version']}. The review is kept; update the tablet, send again.",
            known=[known],
        )
    found = form_faults(standard, form["code"], form["version"], fields["answers"])
    found += device_faults(standard, fields["device_result"] or {})
    found += _entered_faults(standard, fields, place)
    for name, listed in (("causes", standard.definition.causes), ("needs", standard.definition.needs)):
        codes = {one.code for one in listed}
        found += [
            FieldError(f"#/{name}/{n}", "unknown_code", "Mã không có trong danh mục.", "There is no such code.")
            for n, code in enumerate(fields[name])
            if code not in codes
        ]
    return Invalid(errors=tuple(found)) if found else None


def points_computed(standard: Standard, place: Place) -> bool:
    """Are the points of B1 known there? Otherwise the total comes from the signed paper."""
    return standard.definition.points_known and standard.column(str(place.area_type), place.region) is not None


def _entered_faults(standard: Standard, fields: Mapping[str, Any], place: Place) -> list[FieldError]:
    if fields["b1_entered"] is None:
        return []
    if points_computed(standard, place):
        return [FieldError("#/b1_entered", "points_are_computed", "Điểm B1 do hệ thống tính từ các câu trả lời.",
                           "The points of B1 are computed here from the answers.")]  # fmt: skip
    if not fields["paper_no"]:
        return [FieldError("#/paper_no", "missing", "Điểm B1 lấy từ phiếu giấy: hãy ghi số phiếu.",
                           "B1 is taken from the signed paper: give its number.")]  # fmt: skip
    return []


def score(standard: Standard, fields: Mapping[str, Any], members: Sequence[Mapping[str, Any]], place: Place) -> Scored:
    """What the rules make of it. `members`: as a review keeps them. Nothing that is unknown is guessed."""
    derived = rules.derive(standard, _facts(standard, fields, members, place))
    found = rules.judged(standard, derived, fields["b1_entered"], told=False)
    warnings = rules.contradictions(standard, derived)
    if not points_computed(standard, place) and fields["b1_entered"] is None:
        warnings.append(_NOT_ENTERED)
    return Scored(found, warnings, differences(fields["device_result"], vars(found)))


_NOT_ENTERED = {
    "code": "b1_not_entered",
    "member_id": None,
    "vi": "Chưa có điểm B1: hãy nhập tổng điểm và số của phiếu giấy đã ký.",
    "en": "B1 is missing: enter the total and the number of the signed paper.",
}


def differences(device: Mapping[str, Any] | None, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """In which fields the tablet computed something else; a field that it did not send is none."""
    if device is None:
        return []
    differ = [
        {"field": name, "device": device[name], "server": found[name]}
        for name in ("b1", "b2", "proposed_class")
        if device[name] is not None and device[name] != found[name]
    ]
    named = device["deprivations"]
    if named is not None and set(named) != set(found["deprivations"]):
        differ.append({"field": "deprivations", "device": sorted(named), "server": sorted(found["deprivations"])})
    return differ


def _facts(
    standard: Standard, fields: Mapping[str, Any], members: Sequence[Mapping[str, Any]], place: Place
) -> dict[str, Any]:
    answers = {code: value for code, value in fields["answers"].items() if value is not None}
    return facts(
        answers,
        members,
        on=fields["surveyed_on"],
        area_type=str(place.area_type),
        region=place.region,
        school_year_starts=standard.definition.school_year_starts,
    )


def again(standard: Standard, review: Any) -> rules.Assessment:
    """A stored review (a row) scored under a standard: its own for an explanation, another one for a dry run."""
    place = Place(review.area_type, review.region)
    fields = {"answers": review.answers, "surveyed_on": review.surveyed_on}
    entered = None if points_computed(standard, place) else review.b1_entered
    return rules.assess(standard, _facts(standard, fields, review.members, place), entered)
