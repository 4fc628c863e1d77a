"""Decisions and what rests on them: classes, certificates, letters, refusals, the standing at the end of a round, and
the recognitions of the third path (average living standard, low-income worker)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Text, func, text
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TIMESTAMP, Range
from sqlmodel import Field, SQLModel

from api.db import one_of
from api.standards.tables import PovertyClass

_WHEN = TIMESTAMP(timezone=True)


class DecisionKind(StrEnum):
    """The decision of a round, one that follows for households held back, or one of the third path (Điều 6)."""

    main = "main"
    supplementary = "supplementary"
    living_standard = "living_standard"


class DecisionState(StrEnum):
    prepared = "prepared"
    signed = "signed"


class Movement(StrEnum):
    """How a household came to its class by a decision (domain.md 3.6); `stays` where the class is the same."""

    stays = "stays"
    poor_to_near_poor = "poor_to_near_poor"
    escaped_poor = "escaped_poor"
    near_poor_to_poor = "near_poor_to_poor"
    escaped_near_poor = "escaped_near_poor"
    relapsed_poor = "relapsed_poor"
    new_poor = "new_poor"
    relapsed_near_poor = "relapsed_near_poor"
    new_near_poor = "new_near_poor"
    stays_not_poor = "stays_not_poor"


class LivingStandardKind(StrEnum):
    """The third path: recognitions of their own kind beside the class (domain.md 10.2)."""

    agri_average_living_standard = "agri_average_living_standard"
    low_income_worker = "low_income_worker"


class LivingStandardStage(StrEnum):
    """How far a case of the third path has come (QĐ 24/2021, Điều 6; stages.py says what may follow)."""

    requested = "requested"
    measured = "measured"
    posted = "posted"
    complained = "complained"
    re_verified = "re_verified"
    cleared = "cleared"
    recognised = "recognised"
    refused = "refused"


class RecognitionDecision(SQLModel, table=True):
    """The paper (Mẫu 02): number, date, and who signed. A class without one does not exist.

    Prepared by the officer without number and date; the chair's signature gives both, and the classes.
    """

    __tablename__ = "recognition_decision"
    __table_args__ = (
        one_of("kind", DecisionKind),
        one_of("state", DecisionState),
        CheckConstraint(
            "state = 'prepared' OR (number IS NOT NULL AND decided_on IS NOT NULL AND signatory IS NOT NULL)",
            name="signed_is_whole",
        ),
        Index("ix_recognition_decision_round", "round_id"),
    )

    id: UUID = Field(primary_key=True)
    area_id: UUID = Field(foreign_key="area.id", index=True)
    round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    kind: DecisionKind = Field(sa_type=Text)
    state: DecisionState = Field(sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    decided_on: date | None = None
    signatory: str | None = Field(default=None, sa_type=Text)
    prepared_by: UUID | None = None
    signed_by: UUID | None = None
    # the round in whose ledger its movements are counted: the first one closed after the signature
    ledger_round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    version: int
    recorded_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class DecisionHousehold(SQLModel, table=True):
    """One line of a decision: the household, its class before and by it, and the movement between the two."""

    __tablename__ = "decision_household"
    __table_args__ = (
        one_of("poverty_class", PovertyClass),
        one_of("class_before", PovertyClass),
        one_of("movement", Movement),
        Index("ix_decision_household_household", "household_id"),
    )

    decision_id: UUID = Field(foreign_key="recognition_decision.id", primary_key=True)
    household_id: UUID = Field(foreign_key="household.id", primary_key=True)
    hamlet_id: UUID = Field(foreign_key="area.id")
    review_id: UUID | None = Field(default=None, foreign_key="review.id")
    poverty_class: PovertyClass = Field(sa_type=Text)
    class_before: PovertyClass | None = Field(default=None, sa_type=Text)
    movement: Movement = Field(sa_type=Text)
    persons: int


class Recognition(SQLModel, table=True):
    """The class of a household over a range of days (ex_recognition_days: no two classes on one day).

    The first day is the day of the decision; the last one is open until the next decision closes it. `recorded_at`:
    since when the register knows of it.
    """

    __tablename__ = "recognition"
    __table_args__ = (
        one_of("poverty_class", PovertyClass),
        Index("ix_recognition_household", "household_id"),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    decision_id: UUID = Field(foreign_key="recognition_decision.id", index=True)
    poverty_class: PovertyClass = Field(sa_type=Text)
    days: Range[Any] = Field(sa_column=Column(DATERANGE, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(_WHEN, nullable=False, server_default=func.now()))


class Standing(SQLModel, table=True):
    """A poor or near-poor household as it stood when a round closed: what the next round opens with (domain.md 3.6)."""

    __tablename__ = "standing"
    __table_args__ = (one_of("poverty_class", PovertyClass), Index("ix_standing_household", "household_id"))

    round_id: UUID = Field(foreign_key="review_round.id", primary_key=True)
    household_id: UUID = Field(foreign_key="household.id", primary_key=True)
    hamlet_id: UUID = Field(foreign_key="area.id")
    poverty_class: PovertyClass = Field(sa_type=Text)
    persons: int


class Certificate(SQLModel, table=True):
    """The certificate (Mẫu 03) of a poor or near-poor household: one paper, one line per year, one book number."""

    __tablename__ = "certificate"
    __table_args__ = (
        Index("uq_certificate_book_no", "area_id", "book_no", unique=True),
        # a household holds one living certificate
        Index("uq_certificate_household", "household_id", unique=True, postgresql_where=text("withdrawn_on IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    area_id: UUID = Field(foreign_key="area.id")
    book_no: int
    issued_on: date
    issued_by: UUID | None = None
    withdrawn_on: date | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class CertificateLine(SQLModel, table=True):
    """The classification of one year on a certificate, by its decision."""

    __tablename__ = "certificate_line"
    __table_args__ = (one_of("poverty_class", PovertyClass),)

    certificate_id: UUID = Field(foreign_key="certificate.id", primary_key=True)
    year: int = Field(primary_key=True)
    poverty_class: PovertyClass = Field(sa_type=Text)
    decision_id: UUID = Field(foreign_key="recognition_decision.id")
    entered_by: UUID | None = None
    entered_at: datetime = Field(sa_type=_WHEN)


class ConfirmationLetter(SQLModel, table=True):
    """A letter that a household was poor, near-poor or newly escaped on a day. `code` is in the QR: it verifies the
    letter without saying anything about a person."""

    __tablename__ = "confirmation_letter"
    __table_args__ = (Index("uq_confirmation_letter_book_no", "area_id", "year", "book_no", unique=True),)

    id: UUID = Field(primary_key=True)
    code: str = Field(sa_type=Text, unique=True)
    household_id: UUID = Field(foreign_key="household.id", index=True)
    area_id: UUID = Field(foreign_key="area.id")
    year: int
    book_no: int
    as_of: date
    poverty_class: PovertyClass | None = Field(default=None, sa_type=Text)
    newly_escaped: bool
    decision_id: UUID | None = Field(default=None, foreign_key="recognition_decision.id")
    issued_on: date
    issued_by: UUID | None = None
    created_at: datetime = Field(sa_type=_WHEN)


class Refusal(SQLModel, table=True):
    """A request that is not granted, in writing with reasons (QĐ 24/2021, Điều 5)."""

    __tablename__ = "refusal"

    request_id: UUID = Field(foreign_key="request.id", primary_key=True)
    area_id: UUID = Field(foreign_key="area.id")
    round_id: UUID | None = Field(default=None, foreign_key="review_round.id")
    reasons: str = Field(sa_type=Text)
    number: str | None = Field(default=None, sa_type=Text)
    signed_on: date | None = None
    signatory: str | None = Field(default=None, sa_type=Text)
    prepared_by: UUID | None = None
    signed_by: UUID | None = None
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class LivingStandardCase(SQLModel, table=True):
    """A request of the third path: income measured over 12 months without social allowances (Điều 2), posted, decided.

    `income_per_head_vnd`: VND per person and month. `member_id` for a low-income worker.
    """

    __tablename__ = "living_standard_case"
    __table_args__ = (
        one_of("kind", LivingStandardKind),
        one_of("stage", LivingStandardStage),
        CheckConstraint("income_per_head_vnd >= 0", name="income_plausible"),
        Index("ix_living_standard_case_household", "household_id"),
        # one case of a kind is under way at a time
        Index(
            "uq_living_standard_case_under_way",
            "household_id",
            "kind",
            "member_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("stage NOT IN ('recognised', 'refused')"),
        ),
    )

    id: UUID = Field(primary_key=True)
    request_id: UUID | None = Field(default=None, foreign_key="request.id")
    household_id: UUID = Field(foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    kind: LivingStandardKind = Field(sa_type=Text)
    stage: LivingStandardStage = Field(sa_type=Text)
    opened_on: date
    income_per_head_vnd: int | None = None
    works_in_agriculture: bool | None = None
    worksheet: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    measured_on: date | None = None
    measured_by: UUID | None = None
    posting_id: UUID | None = Field(default=None, foreign_key="posting.id")
    decision_id: UUID | None = Field(default=None, foreign_key="recognition_decision.id")
    version: int
    created_at: datetime = Field(sa_type=_WHEN)
    updated_at: datetime = Field(sa_type=_WHEN)


class LivingStandardRecognition(SQLModel, table=True):
    """Recognised as of average living standard, or as a low-income worker, over a range of days.

    `recorded_at`: since when the register knows of it. Where it has ended, `ended_at` is when that was recorded, and
    `began_on` its first day, which an empty range does not tell any more.
    """

    __tablename__ = "living_standard_recognition"
    __table_args__ = (
        one_of("kind", LivingStandardKind),
        Index("ix_living_standard_recognition_household", "household_id"),
    )

    id: UUID = Field(primary_key=True)
    household_id: UUID = Field(foreign_key="household.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id")
    kind: LivingStandardKind = Field(sa_type=Text)
    decision_id: UUID = Field(foreign_key="recognition_decision.id", index=True)
    days: Range[Any] = Field(sa_column=Column(DATERANGE, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(_WHEN, nullable=False, server_default=func.now()))
    began_on: date | None = None
    ended_at: datetime | None = Field(default=None, sa_type=_WHEN)
