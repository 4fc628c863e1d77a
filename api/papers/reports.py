"""The paper of an official report: any form, set from its headings and its rows."""

from dataclasses import dataclass

from api.papers.parts import Issuer, Reference, Signatory


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A column: its text, its number as the form prints it, and what several columns stand under."""

    text: str
    number: int
    group: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A row, its cells as they are printed. `line`: what the row counts, where an area has several."""

    label: str
    line: str | None = None
    cells: tuple[str, ...] = ()
    strong: bool = False


@dataclass(frozen=True, kw_only=True)
class OfficialReport:
    """`reference`: number and day of an edition, None as long as there is none. `remark`: what the edition replaces.

    `text`: the columns hold words (a list), and no numbers. `prepared_by`: người lập biểu.
    """

    issuer: Issuer
    reference: Reference
    title: str
    subtitle: str
    remark: str | None = None
    lead: str = "Đơn vị"
    headings: tuple[Heading, ...] = ()
    lines: tuple[ReportLine, ...] = ()
    notes: tuple[str, ...] = ()
    text: bool = False
    prepared_by: str | None = None
    signatory: Signatory | None = None
    recipients: tuple[str, ...] = ()
    training: bool = False
