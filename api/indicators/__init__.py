"""Indicators and targets: questions asked of the facts, for any area and day (docs/indicators.md)."""
