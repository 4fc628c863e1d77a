"""Phiếu A and Phiếu B of a hamlet, pre-filled, with the numbers under which they are typed back (`paper_no`)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlmodel import Session

from api import audit
from api.accounts.actor import Actor
from api.accounts.tables import Account
from api.households.aliases import all_names, ends
from api.households.wire_records import HOUSEHOLD
from api.papers import survey
from api.printing import form_words, people, places
from api.printing.people import Home
from api.printing.sheet import Sheet, is_training, round_name
from api.problems import NotFound, NotInRound
from api.procedure.records import require_hamlet
from api.recognitions.tables import Recognition
from api.reviews import scoring
from api.reviews.cases import CASE, merged_cases
from api.reviews.rounds import ROUND
from api.reviews.tables import CaseGround
from api.standards import queries as standards

_account = Account.__table__  # type: ignore[attr-defined]
_recognition = Recognition.__table__  # type: ignore[attr-defined]

FormCode = Literal["form-a", "form-b"]
_LETTER: dict[str, Literal["A", "B"]] = {"form-a": "A", "form-b": "B"}
# Whoever is managed as poor or near-poor goes straight to Phiếu B (TT 07/2021)
_ASKED = (CaseGround.request, CaseGround.added)


@dataclass(frozen=True, slots=True)
class Listed:
    """A household on the list of the hamlet, under whom it stands today, and the number of its paper."""

    household_id: UUID
    home: UUID
    ground: str
    surveyor: str | None
    paper_no: str
    merged: bool


def forms(
    session: Session, actor: Actor, round_id: UUID, hamlet_id: UUID, form: FormCode, household_id: UUID | None
) -> Sheet:
    """The forms of all households of the hamlet's list by number, or of one. Phiếu A: of those that asked to be
    reviewed or were added. A fixed number of statements. Raises NotFound, NotInRound."""
    row = session.execute(
        select(ROUND).where(ROUND.c.id == round_id, actor.scope.touches(ROUND.c.area_id))
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy đợt rà soát này.", "There is no such round.")
    require_hamlet(session, actor.scope, row, hamlet_id)
    place = places.place(session, hamlet_id, row.opens_on)
    chosen = _chosen(_listed(session, row, hamlet_id, place.paper_prefix()), form, household_id)
    found = people.homes(session, actor, [one.home for one in chosen])
    mine = [one for one in chosen if one.home in found]
    if not mine:
        raise NotFound("Không có hộ nào của xóm để in phiếu này.", "No household of the hamlet needs this form.")
    history = _history(session, [one.home for one in mine])
    standard = standards.standard(session, row.standard_code, row.standard_version)
    area = scoring.places(session, [hamlet_id], row.opens_on).get(hamlet_id, scoring.Place(None, None))
    surveyors = {one.surveyor for one in mine}
    paper = survey.SurveyForms(
        form=_LETTER[form],
        issuer=place.hamlet_issuer(),
        province=place.province or "",
        district=place.district,
        round_name=round_name(row),
        standard=f"{standard.definition.label.vi} ({standard.code}, phiên bản {standard.version})",
        area_type=people.word("area_type", area.area_type),
        region=people.word("region", area.region),
        surveyor=surveyors.pop() if len(surveyors) == 1 else None,
        households=tuple(_household(one, found[one.home], history.get(one.home, ())) for one in mine),
        sections=form_words.sections(standard, form),
        indicators=form_words.indicators(standard) if form == "form-b" else (),
        causes=tuple(one.label.vi for one in standard.definition.causes) if form == "form-b" else (),
        needs=tuple(one.label.vi for one in standard.definition.needs) if form == "form-b" else (),
        training=is_training(row),
    )
    audit.record(session, actor, "forms.print", "household", [one.home for one in mine], round=str(round_id), form=form)
    return Sheet("survey_forms", paper, f"Phiếu {_LETTER[form]} - {place.hamlet} - {round_name(row)}")


def _listed(session: Session, row: Row[Any], hamlet_id: UUID, prefix: str) -> list[Listed]:
    """The list of a hamlet in the order in which it grew, which is the order of the numbers: whoever is put on it later
    gets the next one, and no number ever changes hands."""
    followed = ends()
    today = func.coalesce(followed.c.survivor, CASE.c.household_id)
    rows = session.execute(
        select(CASE.c.id, CASE.c.household_id, HOUSEHOLD.c.id.label("home"), CASE.c.ground, _account.c.full_name)
        .outerjoin_from(CASE, followed, followed.c.absorbed == CASE.c.household_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == today)
        .outerjoin(_account, _account.c.id == CASE.c.surveyor_id)
        .where(CASE.c.round_id == row.id, CASE.c.hamlet_id == hamlet_id)
        .order_by(CASE.c.created_at, CASE.c.id)
    ).all()
    merged, numbered = merged_cases(session, row.id), enumerate(rows, start=1)
    return [
        Listed(one.household_id, one.home, one.ground, one.full_name, f"{prefix}-{n:04d}", one.id in merged)
        for n, one in numbered
    ]


def _chosen(listed: Sequence[Listed], form: FormCode, household_id: UUID | None) -> list[Listed]:
    """Who gets a form; of several cases that became one household, the one that stands for it."""
    alone = [one for one in listed if not one.merged]
    if household_id is None:
        return [one for one in alone if form == "form-b" or one.ground in _ASKED]
    named = {one.home for one in listed if household_id in (one.home, one.household_id)}
    if not named:
        raise NotInRound()
    return [one for one in alone if one.home in named]


def _history(session: Session, homes: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Earlier classes by decision, latest first, also those of households that were merged into this one."""
    known = all_names(homes).subquery()
    since = func.lower(_recognition.c.days).label("since")
    rows = session.execute(
        select(known.c.home, _recognition.c.poverty_class, since)
        .join(_recognition, _recognition.c.household_id == known.c.known)
        .where(~func.isempty(_recognition.c.days))
        .order_by(since.desc(), _recognition.c.id)
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for row in rows:
        found[row.home] = (*found.get(row.home, ()), _class_since(row.poverty_class, row.since))
    return found


def _class_since(poverty_class: str, day: date) -> str:
    return f"{people.word('poverty_class', poverty_class)} từ ngày {day:%d/%m/%Y}"


def _household(one: Listed, home: Home, history: tuple[str, ...]) -> survey.SurveyHousehold:
    return survey.SurveyHousehold(
        paper_no=one.paper_no,
        household_no=home.household_no,
        head_name=home.head_name,
        address=home.address,
        members=form_words.survey_members(home),
        characteristics=form_words.characteristics(home),
        history=history,
    )
