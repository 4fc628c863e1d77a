"""What several papers share: who issues, number and day, who signs, a person as a form names one.

All texts are words as they are to be printed (Vietnamese, resolved from codes by the caller). None means: not known, so
the paper leaves a dotted line or an empty cell for the pen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["male", "female"]
PovertyKind = Literal["poor", "near_poor"]
ListKind = Literal[
    "poor", "near_poor", "escaped_poor", "escaped_near_poor", "average_living_standard", "low_income_worker"
]


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """The body at the top left: the People's Committee of `commune`, or its `hamlet` for what a hamlet writes.

    `commune` with its kind (`xã Trực Thái`), `place` as it stands before the day (`Trực Thái`), `hamlet` as `xóm 3`.
    """

    commune: str
    place: str
    hamlet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Number and day of a document: `number` whole, as `148/QĐ-UBND`; both None as long as it is a draft."""

    number: str | None = None
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """A signature block of an authority: its lines (`TM. ỦY BAN NHÂN DÂN`, `CHỦ TỊCH`) and the name below."""

    authority: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class QrCode:
    """An address to print as a QR code (error correction M). It must carry no personal data: anybody can scan it."""

    url: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """The applicant of Mẫu 01 and 04, the head on a certificate. `born`: a day, or the year if only that is known."""

    name: str
    sex: Sex | None = None
    born: date | int | None = None
    ethnicity: str | None = None
    citizen_id: str | None = None
    citizen_id_issued: date | None = None
    permanent_residence: str | None = None
    current_residence: str | None = None


@dataclass(frozen=True, kw_only=True)
class Member:
    """A line of a members table. `activity` (Mẫu 01, 04): working, not working or studying, in words."""

    name: str
    sex: Sex | None = None
    born: date | int | None = None
    ethnicity: str | None = None
    relation: str | None = None
    activity: str | None = None
    note: str | None = None
