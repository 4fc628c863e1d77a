"""A printed paper read back: its pages as text, and letters the font could not draw."""

import io
import re

from pypdf import PdfReader
from pypdf.generic import ByteStringObject, ContentStream, DictionaryObject, IndirectObject, TextStringObject


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    """Without spaces and line ends: where a line breaks is the paper's business."""
    return re.sub(r"[\s\u200b]+", "", text)


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    """Width and height of every page in whole millimetres."""
    boxes = [page.mediabox for page in PdfReader(io.BytesIO(pdf)).pages]
    return {(round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) for box in boxes}


def letters_not_drawn(pdf: bytes) -> int:
    """How often the glyph 0, the empty box of a font, stands on the paper."""
    reader = PdfReader(io.BytesIO(pdf))
    missing = 0
    for page in reader.pages:
        contents = page["/Contents"]
        held = contents.get_object() if isinstance(contents, IndirectObject) else contents
        for operands, operator in ContentStream(held, reader).operations:
            if operator in (b"Tj", b"TJ"):
                missing += sum(_zeros(part) for part in _strings(operands))
    return missing


def fonts(pdf: bytes) -> set[str]:
    found = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        for font in resources.get("/Font", {}).values():
            found.add(str(font.get_object()["/BaseFont"]).split("+")[-1])
    return found


def across(pdf: bytes, words: tuple[str, ...]) -> dict[str, float]:
    """How far from the left, in points, each of `words` begins on the first page (its first appearance)."""
    found: dict[str, float] = {}

    def see(text: str, matrix: list[float], position: list[float], *_: object) -> None:
        if text.strip() in words:
            found.setdefault(text.strip(), matrix[0] * position[4] + matrix[4])

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=see)
    return found


def _strings(operands: list) -> list[bytes]:
    flat = [part for one in operands for part in (one if isinstance(one, list) else [one])]
    return [part.original_bytes for part in flat if isinstance(part, ByteStringObject | TextStringObject)]


def _zeros(codes: bytes) -> int:
    return sum(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2))
