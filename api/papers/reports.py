"""The paper of an official report: any form, set from its headings and its rows."""

from dataclasses import dataclass

from api.papers.parts import Issuer, Reference, Signatory


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A column: its text, its number as the form prints it, and what several columns stand under.

    `width`: its part of the page. `left`: it holds words.
    """

    text: str
    number: int
    group: str | None = None
    width: int = 2
    left: bool = False


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """A row, its cells as they are printed. `line`: what the row counts, where an area has several; its label then
    stands beside the first of them (`span` rows high, 0 for the others)."""

    label: str
    line: str | None = None
    cells: tuple[str, ...] = ()
    strong: bool = False
    span: int = 1


@dataclass(frozen=True, kw_only=True)
class OfficialReport:
    """`reference`: number and day of an edition, None as long as there is none. `remark`: what the edition replaces.

    `lead`: the heading of the labels, and `lead_mm` how wide they are. `prepared_by`: người lập biểu.
    """

    issuer: Issuer
    reference: Reference
    title: str
    subtitle: str
    remark: str | None = None
    lead: str = "Đơn vị"
    lead_mm: int = 34
    headings: tuple[Heading, ...] = ()
    lines: tuple[ReportLine, ...] = ()
    notes: tuple[str, ...] = ()
    prepared_by: str | None = None
    signatory: Signatory | None = None
    recipients: tuple[str, ...] = ()
    training: bool = False
