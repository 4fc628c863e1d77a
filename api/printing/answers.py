"""A printed paper as an answer: PDF, shown by the browser, saved under a name that says what it is."""

from fastapi import Response

from api.downloads import saved_as
from api.papers.rendering import PaperTooLarge, render
from api.printing.sheet import Sheet
from api.problems import TooManyForOnePaper


class PdfAnswer(Response):
    media_type = "application/pdf"


def printed(sheet: Sheet) -> PdfAnswer:
    """Sets the paper. Raises TooManyForOnePaper. It is set inside the transaction: what could not be printed was not
    read, and is not in the log."""
    try:
        content = render(sheet.template, sheet.paper)
    except PaperTooLarge:
        raise TooManyForOnePaper(
            "Quá nhiều hộ cho một lần in. Hãy in từng xóm hoặc từng hộ.",
            "These are too many households for one paper: print hamlet by hamlet, or one household.",
        ) from None
    return PdfAnswer(content, headers=saved_as(f"{sheet.title}.pdf", "inline"))
