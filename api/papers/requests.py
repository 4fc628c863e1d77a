"""What a household files: Mẫu 01 and Mẫu 04 of QĐ 24/2021/QĐ-TTg. Also printed empty, to be filled by pen."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from api.papers.parts import Issuer, Member, Person, PovertyKind


@dataclass(frozen=True, kw_only=True)
class ReviewRequest:
    """Mẫu 01: asks for a poverty review, or to be found of average living standard, or a low-income worker.

    `purpose` None leaves the boxes empty. `year` is the year of the review. `filed_on` is the day beside the signature.
    """

    issuer: Issuer
    year: int | None = None
    purpose: Literal["poverty", "average_living_standard", "low_income_worker"] | None = None
    head: Person | None = None
    members: tuple[Member, ...] = ()
    reason: str | None = None
    filed_on: date | None = None
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class EscapeRequest:
    """Mẫu 04: asks to be recognised as escaped from poverty or near-poverty. `current_class`: the class held today."""

    issuer: Issuer
    year: int | None = None
    current_class: PovertyKind | None = None
    head: Person | None = None
    members: tuple[Member, ...] = ()
    reason: str | None = None
    filed_on: date | None = None
    training: bool = False
