"""Danh sách ký nhận: the paper on which people sign for what they are given. No form is prescribed for it."""

from dataclasses import dataclass
from datetime import date

from api.papers.parts import Issuer, Signatory


@dataclass(frozen=True, kw_only=True)
class Signing:
    """A line to sign. `receiver`: who receives, where that is not the head. `amount_vnd` money, `goods` in words
    (`10 kg gạo`)."""

    head_name: str
    receiver: str | None = None
    household_no: str | None = None
    amount_vnd: str | None = None
    goods: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class SigningSheet:
    """A signing sheet of a hamlet, with what it adds up to: `total_vnd` in digits and `total_words`, None where there
    is no money on it or a part of it is not known. `form` as it stands in a sentence (`tiền mặt`, `hiện vật`);
    `period` as people say it.
    """

    issuer: Issuer
    title: str
    intervention: str
    period: str | None = None
    hand_out_on: date | None = None
    form: str | None = None
    lines: tuple[Signing, ...] = ()
    total_vnd: str | None = None
    total_words: str | None = None
    total_goods: str | None = None
    signatories: tuple[Signatory, ...] = ()
    training: bool = False
