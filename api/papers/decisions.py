"""What the chair signs: decision (Mẫu 02), certificates (Mẫu 03), confirmation, refusal (QĐ 24/2021/QĐ-TTg)."""

from dataclasses import dataclass
from datetime import date

from api.papers.parts import Issuer, ListKind, Member, Person, PovertyKind, QrCode, Reference, Signatory


@dataclass(frozen=True, kw_only=True)
class ListedHousehold:
    """A line of an annexed list. `persons`: members at the decision; `note`: such as the class after an escape."""

    head_name: str
    hamlet: str
    persons: int | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class AnnexList:
    """One annexed list; lines are numbered in the order given. A list without lines is printed as `không có hộ nào`."""

    kind: ListKind
    households: tuple[ListedHousehold, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecognitionDecision:
    """Mẫu 02, also the supplementary decision (`supplements`: the decision it adds to).

    `grounds`: one citation each, without `Căn cứ` and without a full stop; `grounds.legal_grounds(day)` gives the law
    of a day. `proposed_by`: who proposes. `standard`: its words. `effective_on` None = the day of signing.
    """

    issuer: Issuer
    reference: Reference
    signatory: Signatory
    year: int
    lists: tuple[AnnexList, ...]
    grounds: tuple[str, ...] = ()
    proposed_by: str | None = None
    standard: str | None = None
    supplements: Reference | None = None
    effective_on: date | None = None
    recipients: tuple[str, ...] = ()
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class CertificateYear:
    """One line of a certificate: the class of a year and the decision that says so."""

    year: int
    kind: PovertyKind
    decision: Reference


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Mẫu 03 of one household. `number` whole (`12/GCN-HN.HCN`); `book_number`: the entry of the issuing book."""

    number: str | None
    book_number: str | None
    head: Person
    members: tuple[Member, ...] = ()
    years: tuple[CertificateYear, ...] = ()
    issued_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Mẫu 03 of one or many households, each beginning on a new page. Empty year lines are left for later years."""

    issuer: Issuer
    signatory: Signatory
    certificates: tuple[Certificate, ...]
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """Confirms what a household was on a day (`on`): `status` in words (`hộ nghèo`, `hộ mới thoát nghèo`).

    Anybody checks it at the address in the QR code, which shows no personal data. `purpose`: what it is asked for.
    """

    issuer: Issuer
    reference: Reference
    signatory: Signatory
    book_number: str
    head: Person
    on: date
    status: str
    decision: Reference
    qr: QrCode
    persons: int | None = None
    purpose: str | None = None
    training: bool = False


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Written answer with reasons to a request that is not granted (QĐ 24/2021 Art. 5). `request`: which, in words.

    `b1`, `b2` are the points of the review where there was one. `complaint_to`: where and until when to complain.
    """

    issuer: Issuer
    reference: Reference
    signatory: Signatory
    head_name: str
    address: str
    request: str
    filed_on: date | None
    reasons: tuple[str, ...]
    b1: int | None = None
    b2: int | None = None
    complaint_to: str | None = None
    recipients: tuple[str, ...] = ()
    training: bool = False
