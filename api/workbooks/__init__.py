"""Workbooks in and out: the list per household that communes and districts hand around (docs/workbooks.md)."""
