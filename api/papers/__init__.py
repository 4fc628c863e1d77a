"""The printed forms: frozen dataclasses of plain values in, PDF bytes out. Knows no database, no web and no feature."""
