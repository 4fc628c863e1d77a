"""Papers of the procedure between survey and decision: minutes, posting, re-verification, report (QĐ 24 Art. 4)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from api.papers.parts import Issuer, QrCode, Reference, Signatory


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """How many came in one role (`Rà soát viên`, `Đại diện hộ được rà soát`), or None where nobody counted it."""

    role: str
    count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Vote:
    """Hands counted, never names. `present`: people present when it was taken, the base of the 50 % rule."""

    agreed: int
    against: int
    present: int


@dataclass(frozen=True, kw_only=True)
class MeetingHousehold:
    """A line of the list the meeting talks about. Classes in words. `vote` only where a separate one was taken."""

    head_name: str
    b1: int | None = None
    b2: int | None = None
    class_now: str | None = None
    proposed_class: str | None = None
    vote: Vote | None = None


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """Minutes of a hamlet meeting, two originals (QĐ 24/2021 Art. 4). The issuer has its hamlet.

    What is missing is left for the pen, so that an empty one can be taken to the meeting. `round_name`:
    `Rà soát định kỳ năm 2026`. `observers`: such as the Fatherland Front. `representatives`: who signs for households.
    """

    issuer: Issuer
    round_name: str
    place: str | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    chair: str | None = None
    secretary: str | None = None
    attendance: tuple[Attendance, ...] = ()
    observers: tuple[str, ...] = ()
    present: int | None = None
    households: tuple[MeetingHousehold, ...] = ()
    list_vote: Vote | None = None
    result: Literal["agreed", "resurvey"] | None = None
    comments: tuple[str, ...] = ()
    representatives: tuple[str, ...] = ()
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class PostedHousehold:
    """A posted line. Points are printed only where the posting's `show_scores` asks for them."""

    head_name: str
    hamlet: str
    class_name: str
    b1: int | None = None
    b2: int | None = None


@dataclass(frozen=True, kw_only=True)
class Posting:
    """The public list: name, hamlet, class and nothing else of a person (Law 91/2025 Art. 16; domain ruling 10.9).

    `complaints_to`: where to complain. `after_complaints`: the second posting, of re-verified households.
    """

    issuer: Issuer
    round_name: str
    households: tuple[PostedHousehold, ...]
    from_day: date | None = None
    to_day: date | None = None
    complaints_to: str | None = None
    show_scores: bool = False
    after_complaints: bool = False
    signatory: Signatory | None = None
    qr: QrCode | None = None
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Points and class (in words) at one moment; None = undetermined."""

    b1: int | None = None
    b2: int | None = None
    class_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReVerified:
    """One household checked again after a complaint. `complaint`: what was said, without the complainant's name."""

    head_name: str
    hamlet: str
    complaint: str
    received_on: date | None
    checked_on: date | None
    before: Outcome
    after: Outcome
    conclusion: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReVerification:
    """The result of the re-verification (phúc tra), within the days of QĐ 24/2021 Art. 4."""

    issuer: Issuer
    reference: Reference
    signatory: Signatory
    round_name: str
    households: tuple[ReVerified, ...]
    recipients: tuple[str, ...] = ()
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class HamletTotals:
    """A line of the report. Households unless said otherwise; `total` is the hamlet's own statistic, None = unknown."""

    hamlet: str
    total: int | None
    poor: int
    near_poor: int
    poor_persons: int
    near_poor_persons: int
    escaped_poor: int
    escaped_near_poor: int


@dataclass(frozen=True, kw_only=True)
class OpinionReport:
    """The report that asks the upper level for its opinion. Totals and rates are added up here; an unknown stays one.

    `to`: whom it asks (`Ủy ban nhân dân huyện Trực Ninh`). `remarks`: paragraphs after the table.
    """

    issuer: Issuer
    reference: Reference
    signatory: Signatory
    to: str
    round_name: str
    hamlets: tuple[HamletTotals, ...]
    remarks: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    training: bool = False
