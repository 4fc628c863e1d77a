"""`giamngheo indicators`: the catalogue as a page."""

import typer

from api.indicators.page import markdown

app = typer.Typer()


@app.command()
def indicators() -> None:
    """In danh mục chỉ tiêu dưới dạng Markdown / Prints the catalogue of indicators as Markdown."""
    typer.echo(markdown(), nl=False)
