"""Certificates (Mẫu 03) and confirmation letters on the wire."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict

from api.households.schemas import TextPastDay
from api.recognitions.schemas import DecisionBrief
from api.schema import AreaId, Count, Schema, Version
from api.standards.tables import PovertyClass

_LETTER: dict[str, Any] = {"household_id": "5f0c1a52-6d0e-7a5b-9c1d-3f2e1a0b9c8d", "as_of": "2024-12-31"}


class IssueIn(Schema):
    """The signed decision whose certificates are issued."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision_id": "3e4d5c6b-7a89-5068-8172-93a4b5c6d7e8"}]})

    decision_id: UUID


class IssuedOut(Schema):
    """`issued`: new papers, with their book numbers; `extended`: papers with a new line; `withdrawn`: of households
    not poor any more; `outdated`: households whose class rests on a later decision."""

    decision_id: UUID
    issued: Count
    extended: Count
    withdrawn: Count
    outdated: Count
    first_book_no: int | None
    last_book_no: int | None


class YearOut(Schema):
    """The classification line of a year."""

    year: int
    poverty_class: PovertyClass
    decision_id: UUID


class CertificateOut(Schema):
    id: UUID
    version: Version
    household_id: UUID
    household_no: str | None
    head_name: str | None
    hamlet_id: AreaId
    area_id: AreaId
    book_no: int
    number: str
    issued_on: date
    withdrawn_on: date | None
    lines: list[YearOut]
    created_at: datetime
    updated_at: datetime


class LetterIn(Schema):
    """Whose class of which day is confirmed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LETTER]})

    id: UUID | None = None
    household_id: UUID
    as_of: TextPastDay


class LetterOut(Schema):
    """`poverty_class` and `newly_escaped` on `as_of`; `verify_path` goes into the QR of the printed letter."""

    id: UUID
    code: str
    verify_path: str
    household_id: UUID
    hamlet_id: AreaId
    area_id: AreaId
    year: int
    book_no: int
    as_of: date
    poverty_class: PovertyClass | None
    newly_escaped: bool
    decision: DecisionBrief | None
    issued_on: date
    issued_by: UUID | None
    created_at: datetime


class VerifiedOut(Schema):
    """That a letter is genuine, and which one it is; nothing about whom, or of which class."""

    valid: bool
    commune: str | None
    book_no: int | None
    year: int | None
    issued_on: date | None
