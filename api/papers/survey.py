"""The paper beside the tablet: pre-filled Phiếu A and Phiếu B of a hamlet (TT 07/2021, annexes II and III)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from api.papers.parts import Issuer, Sex


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question with boxes. `single` and `multiple` use `options`; `boolean` prints Có and Không; the rest a line.

    `number` as printed (`1`, `5a`); `unit` after a number (`m²`).
    """

    number: str
    label: str
    kind: Literal["single", "multiple", "boolean", "number", "text"]
    options: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """Questions under one heading. A section without questions prints `note`, or that its content is not known yet."""

    title: str
    questions: tuple[Question, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeprivationIndicator:
    """One of the twelve (NĐ 07/2021 Art. 3): boxes for deprived and not."""

    dimension: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Characteristic:
    """A mark of the household (2.2): ticked, crossed out as no, or left open where it is not known."""

    label: str
    holds: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyMember:
    """A member with every column of 2.2, in words; None = to be asked. `born`: a day or a year."""

    name: str
    relation: str | None = None
    sex: Sex | None = None
    born: date | int | None = None
    citizen_id: str | None = None
    ethnicity: str | None = None
    schooling: str | None = None
    qualification: str | None = None
    labour_status: str | None = None
    labour_contract: str | None = None
    health_insurance: str | None = None
    disability: str | None = None
    social_allowance: str | None = None
    merit_person: str | None = None
    nutrition: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyHousehold:
    """One form. `paper_no` is the number by which the paper is typed back: printed large, and again on every page.

    `history`: earlier classes in words, latest first.
    """

    paper_no: str
    household_no: str | None = None
    head_name: str | None = None
    address: str | None = None
    respondent: str | None = None
    members: tuple[SurveyMember, ...] = ()
    characteristics: tuple[Characteristic, ...] = ()
    history: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SurveyForms:
    """Phiếu A or Phiếu B of many households, each beginning on a new page.

    `issuer` has its hamlet. `area_type` and `region` in words. `standard`: name and version of the rules behind the
    questions. `indicators`, `causes`, `needs` and the result with points belong to form B only.
    """

    form: Literal["A", "B"]
    issuer: Issuer
    province: str
    district: str | None
    round_name: str
    standard: str
    households: tuple[SurveyHousehold, ...]
    area_type: str | None = None
    region: str | None = None
    surveyor: str | None = None
    surveyed_on: date | None = None
    sections: tuple[Section, ...] = ()
    indicators: tuple[DeprivationIndicator, ...] = ()
    causes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    training: bool = False
